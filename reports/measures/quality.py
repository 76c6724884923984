"""Rows that need a look: nothing is dropped without being named here.

The numbers leave out what has no duration or a negative one; a report lists each with its row. What is listed as missing is what
ought to be there: a step that a later one shows must have happened. An accident closed without an order lacks nothing.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.incident import TIME_NAMES, TimeName
from incidents.intervals import HELD_UP_S, INTERVALS
from reports.counted import counted
from reports.locale_formats import formats
from reports.measures.local import milliseconds, repeated
from reports.measures.shape import DURATION_SUFFIX, Problem
from reports.words import codes

_CARRIED = "pressed->received"
Mask = npt.NDArray[np.bool_]
Translate = Callable[[str], str]
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


def quality(rows: pd.DataFrame, translate: Translate = str) -> tuple[Problem, ...]:
    """The problems of the rows of a table: negative, missing, duplicate, repeated_hour, held_up, corrected, each by row.

    Missing is looked for in closed rows only. `where` is an interval, a time's name or several; no problem names a person.
    Its `detail` is in the translator's language, all else codes.
    """
    names = rows["incident"].astype(object).to_numpy()
    return tuple(
        problem
        for found in (_negative, _missing, _duplicate, _in_the_repeated_hour, _held_up, _corrected)
        for problem in found(rows, names, translate)
    )


def _negative(rows: pd.DataFrame, names: npt.NDArray[np.object_], _: Translate) -> Iterator[Problem]:
    f = formats(_)
    for interval in (one for one in INTERVALS if not one.either_first):
        took = rows[interval.name + DURATION_SUFFIX].to_numpy(np.float64)
        text = (
            _("{s} s, not counted; its ends may be of two clocks") if interval.two_clocks else _("{s} s, not counted")
        )
        for at in np.flatnonzero(took < 0):
            yield Problem(
                row=names[at],
                kind="negative",
                where=interval.name,
                detail=text.format(s=f.decimals(float(took[at]), 3)),
            )


def _missing(rows: pd.DataFrame, names: npt.NDArray[np.object_], _: Translate) -> Iterator[Problem]:
    said = _times(_)
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
            yield Problem(
                row=names[at], kind="missing", where=name, detail=_("there is {time}").format(time=said[shown])
            )
    unfinished = closed & ~there["closed"] & rows["state"].eq("closed").to_numpy(bool)
    if not there["closed"].any():
        unfinished &= ours
    for at in np.flatnonzero(unfinished):
        yield Problem(row=names[at], kind="missing", where="closed", detail=_("its state is closed"))


def _duplicate(rows: pd.DataFrame, names: npt.NDArray[np.object_], _: Translate) -> Iterator[Problem]:
    at, keys = np.arange(len(rows)), ["incident"]
    if rows["origin"].ne("").all():  # ours: of one id and one moment, which few rows share
        received = milliseconds(rows["received"])
        ordered = np.sort(received)
        at = np.flatnonzero(np.isin(received, np.unique(ordered[1:][ordered[1:] == ordered[:-1]])))
        keys.append("received")
    again = rows[keys].iloc[at].duplicated().to_numpy(bool) & rows["incident"].iloc[at].ne("").to_numpy(bool)
    for row in names[at[again]]:
        yield Problem(row=row, kind="duplicate", where="incident", detail=_("named before; both are counted"))


def _in_the_repeated_hour(rows: pd.DataFrame, names: npt.NDArray[np.object_], _: Translate) -> Iterator[Problem]:
    said = _times(_)
    passes = {name: repeated(rows[name]) for name in TIME_NAMES}
    paper = rows["paper"].to_numpy(bool)
    corrected = {name: rows[f"{name}_corrected"].to_numpy(bool) for name in TIME_NAMES}
    any_of = np.logical_or.reduce([found > 0 for found in passes.values()])
    for at in np.flatnonzero(any_of):
        inside = [name for name in TIME_NAMES if passes[name][at]]
        first = passes[inside[0]][at] == 1
        text = (
            _("{time} in the first pass of the hour that comes twice")
            if first
            else _("{time} in the second pass of the hour that comes twice")
        )
        typed = paper[at] or any(corrected[name][at] for name in inside)
        yield Problem(
            row=names[at],
            kind="repeated_hour",
            where=", ".join(inside),
            detail=text.format(time=said[inside[0]])
            + (_("; a person wrote such a time: which pass is theirs to know") if typed else ""),
        )


def _held_up(rows: pd.DataFrame, names: npt.NDArray[np.object_], _: Translate) -> Iterator[Problem]:
    took = rows[_CARRIED + DURATION_SUFFIX].to_numpy(np.float64)
    f, text = formats(_), _("{took} on the way, counted: until then nobody could see it")
    for at in np.flatnonzero(took > HELD_UP_S):
        yield Problem(
            row=names[at],
            kind="held_up",
            where=_CARRIED,
            detail=text.format(took=f.lasted(float(took[at]))),
        )


def _corrected(rows: pd.DataFrame, names: npt.NDArray[np.object_], _: Translate) -> Iterator[Problem]:
    marks = {name: rows[f"{name}_corrected"].to_numpy(bool) for name in TIME_NAMES}
    times = rows["corrections"].to_numpy(np.int64)
    text = counted(_, "corrected {n} time, counted as corrected", "corrected {n} times, counted as corrected")
    any_of = (times > 0) | np.logical_or.reduce(list(marks.values()))
    for at in np.flatnonzero(any_of):
        yield Problem(
            row=names[at],
            kind="corrected",
            where=", ".join(name for name in TIME_NAMES if marks[name][at]),
            detail=text.format(n=max(int(times[at]), 1)),
        )


def _times(_: Translate) -> dict[TimeName, str]:
    known = codes(_)
    return {name: known[f"time.{name}"] for name in TIME_NAMES}
