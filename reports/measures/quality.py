"""Rows that need a look: nothing is dropped without being named here.

The numbers leave out what has no duration or a negative one; a report lists each with its row. What is listed as missing is what
ought to be there: a step that a later one shows must have happened. An accident closed without an order lacks nothing.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.incident import TIME_NAMES, TimeName
from incidents.intervals import HELD_UP_S, INTERVALS
from reports.measures.local import milliseconds, repeated
from reports.measures.shape import DURATION_SUFFIX, Problem
from reports.rounding import lasted

_CARRIED = "pressed->received"
Mask = npt.NDArray[np.bool_]
# Each step, and those of which any shows that it must have happened. Not every alarm is listened to.
_SHOWN_BY: dict[TimeName, tuple[TimeName, ...]] = {
    "pressed": ("received",),
    "received": (
        "presented",
        "acknowledged",
        "listening",
        "routed",
        "accepted",
        "en_route",
        "on_scene",
        "safe",
        "closed",
    ),
    "presented": ("acknowledged",),
    "acknowledged": ("listening", "routed", "accepted", "en_route", "on_scene", "safe", "closed"),
    "routed": ("accepted", "en_route", "on_scene"),
    "accepted": ("en_route", "on_scene"),
    "en_route": ("on_scene",),
}


def quality(rows: pd.DataFrame) -> tuple[Problem, ...]:
    """The problems of the rows of a table: negative, missing, duplicate, repeated_hour, held_up, corrected, each by row.

    Missing is looked for in closed rows only. `where` is an interval, a time's name or several; no problem names a person.
    """
    names = rows["incident"].astype(object).to_numpy()
    return tuple(
        problem
        for found in (_negative, _missing, _duplicate, _in_the_repeated_hour, _held_up, _corrected)
        for problem in found(rows, names)
    )


def _negative(rows: pd.DataFrame, names: npt.NDArray[np.object_]) -> Iterator[Problem]:
    for interval in (one for one in INTERVALS if not one.either_first):
        took = rows[interval.name + DURATION_SUFFIX].to_numpy(np.float64)
        clocks = "; its ends may be of two clocks" if interval.two_clocks else ""
        for at in np.flatnonzero(took < 0):
            yield Problem(
                row=names[at], kind="negative", where=interval.name, detail=f"{took[at]:.3f} s, not counted{clocks}"
            )


def _missing(rows: pd.DataFrame, names: npt.NDArray[np.object_]) -> Iterator[Problem]:
    there = {name: rows[name].notna().to_numpy(bool) for name in TIME_NAMES}
    closed = ~rows["open"].to_numpy(bool)
    pressed, paper = rows["origin"].eq("press").to_numpy(bool), rows["paper"].to_numpy(bool)
    ours = rows["origin"].ne("").to_numpy(bool)
    for name, later in _SHOWN_BY.items():
        wrong = closed & ~there[name] & np.logical_or.reduce([there[other] for other in later])
        if not there[name].any():
            wrong &= ours  # a foreign table that has no such column at all
        if name == "presented":
            wrong &= pressed  # whoever raises an alarm by hand sees it anyway
        if name == "accepted":
            wrong &= ~paper  # the sheet does not ask for it
        for at in np.flatnonzero(wrong):
            shown = next(other for other in later if there[other][at])
            yield Problem(row=names[at], kind="missing", where=name, detail=f"there is {shown}")
    unfinished = closed & ~there["closed"] & rows["state"].eq("closed").to_numpy(bool)
    if not there["closed"].any():
        unfinished &= ours
    for at in np.flatnonzero(unfinished):
        yield Problem(row=names[at], kind="missing", where="closed", detail="its state is closed")


def _duplicate(rows: pd.DataFrame, names: npt.NDArray[np.object_]) -> Iterator[Problem]:
    at, keys = np.arange(len(rows)), ["incident"]
    if rows["origin"].ne("").all():  # ours: of one id and one moment, which few rows share
        received = milliseconds(rows["received"])
        ordered = np.sort(received)
        at = np.flatnonzero(np.isin(received, np.unique(ordered[1:][ordered[1:] == ordered[:-1]])))
        keys.append("received")
    again = rows[keys].iloc[at].duplicated().to_numpy(bool) & rows["incident"].iloc[at].ne("").to_numpy(bool)
    for row in names[at[again]]:
        yield Problem(row=row, kind="duplicate", where="incident", detail="named before; both are counted")


def _in_the_repeated_hour(rows: pd.DataFrame, names: npt.NDArray[np.object_]) -> Iterator[Problem]:
    passes = {name: repeated(rows[name]) for name in TIME_NAMES}
    paper = rows["paper"].to_numpy(bool)
    corrected = {name: rows[f"{name}_corrected"].to_numpy(bool) for name in TIME_NAMES}
    any_of = np.logical_or.reduce([found > 0 for found in passes.values()])
    for at in np.flatnonzero(any_of):
        inside = [name for name in TIME_NAMES if passes[name][at]]
        first = passes[inside[0]][at] == 1
        typed = paper[at] or any(corrected[name][at] for name in inside)
        yield Problem(
            row=names[at],
            kind="repeated_hour",
            where=", ".join(inside),
            detail=f"{inside[0]} in the {'first' if first else 'second'} pass of the hour that comes twice"
            + ("; a person wrote such a time: which pass is theirs to know" if typed else ""),
        )


def _held_up(rows: pd.DataFrame, names: npt.NDArray[np.object_]) -> Iterator[Problem]:
    took = rows[_CARRIED + DURATION_SUFFIX].to_numpy(np.float64)
    for at in np.flatnonzero(took > HELD_UP_S):
        yield Problem(
            row=names[at],
            kind="held_up",
            where=_CARRIED,
            detail=f"{lasted(float(took[at]))} on the way, counted: until then nobody could see it",
        )


def _corrected(rows: pd.DataFrame, names: npt.NDArray[np.object_]) -> Iterator[Problem]:
    marks = {name: rows[f"{name}_corrected"].to_numpy(bool) for name in TIME_NAMES}
    times = rows["corrections"].to_numpy(np.int64)
    any_of = (times > 0) | np.logical_or.reduce(list(marks.values()))
    for at in np.flatnonzero(any_of):
        yield Problem(
            row=names[at],
            kind="corrected",
            where=", ".join(name for name in TIME_NAMES if marks[name][at]),
            detail=f"corrected {max(times[at], 1)} times, counted as corrected",
        )
