"""The report: every number from one selection of one table, its count, its interval, its definition, what was left out."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from incidents.events import BRUSSELS
from incidents.intervals import BY_NAME, Profile
from reports.measures.estimates import Ints
from reports.measures.local import HOUR_MS, belgian, busiest_hour, milliseconds
from reports.measures.profiles import PROFILES
from reports.measures.quality import quality
from reports.measures.select import chosen
from reports.measures.shape import DURATION_SUFFIX, TEXT_COLUMNS, Breakdown, Group, Problem, Report, Selection, Summary
from reports.measures.summaries import Cut, Mask, Whole, summaries, summaries_of

# Columns that no number but those of a breakdown is made of: not worth copying.
_ONLY_SELECTED_BY = frozenset(TEXT_COLUMNS) - {"incident", "state", "origin"}
_NAT = int(np.iinfo(np.int64).min)

__all__ = ["quality", "report"]


def report(
    table: pd.DataFrame,
    selection: Selection,
    profile: Profile,
    *,
    title: str = "",
    by: Sequence[Breakdown] = (),
    method: str = "linear",
    problems: Sequence[Problem] = (),
    translate: Callable[[str], str] = str,
) -> Report:
    """The report of what a selection keeps of a table that `complete` made.

    `by`: the breakdowns to add. `method`: numpy's name of the percentile method. `problems`: those found while a foreign table
    was read; those of the selected rows follow them, said in the translator's
    language. Raises ValueError for a method that numpy does not have.
    """
    kept, excluded = chosen(table, selection)
    needed = [name for name in table.columns if name not in _ONLY_SELECTED_BY or name in by]
    rows = table[needed] if kept.all() else table.loc[kept, needed]
    received = rows["received"]
    busiest, most = busiest_hour(milliseconds(received.dropna()).view("datetime64[ms]"), BRUSSELS)
    return Report(
        title=title,
        profile=profile,
        selection=selection,
        rows=len(table),
        selected=len(rows),
        excluded=excluded,
        open=int(rows["open"].sum()),
        first=_said(received.min()),
        last=_said(received.max()),
        summaries=summaries_of(rows, Whole(len(rows)), profile, method)[0],
        groups={breakdown: _groups(rows, breakdown, profile, method) for breakdown in by},
        busiest_hour=busiest,
        busiest_hour_rows=most,
        problems=(*problems, *quality(rows, translate)),
        percentile_method=method,
        promise=_promise(table, kept, method),
    )


def _promise(table: pd.DataFrame, kept: Mask, method: str) -> Summary:
    interval = BY_NAME[PROFILES["amr"].targets[0].interval]
    ends = [f"{name}_corrected" for name in (interval.start, interval.end)]
    real = table.loc[
        kept & table["as_class"].eq("real").to_numpy(bool), ["open", *ends, interval.name + DURATION_SUFFIX]
    ]
    return summaries(real, interval, Whole(len(real)), PROFILES["amr"], method)[0]


def _said(moment: pd.Timestamp) -> str:
    return "" if pd.isna(moment) else moment.to_pydatetime().astimezone(BRUSSELS).isoformat(timespec="milliseconds")


def _groups(rows: pd.DataFrame, breakdown: Breakdown, profile: Profile, method: str) -> tuple[Group, ...]:
    parts, keys = keys_of(rows, breakdown)
    cut = Cut(parts, len(keys))
    made = summaries_of(rows, cut, profile, method)
    return tuple(Group(key=keys[at], rows=int(cut.sizes[at]), summaries=made[at]) for at in range(len(keys)))


def keys_of(rows: pd.DataFrame, breakdown: Breakdown) -> tuple[Ints, list[str]]:
    """For each row the place of its key, and the keys in order: those that occur, as `Group` says they are written."""
    if breakdown in ("hour", "day", "week", "weekday"):
        local = belgian(rows["received"])
        at = local.to_numpy().astype("datetime64[ms]").view(np.int64)
        days = at // (24 * HOUR_MS)  # day 0, 1 January 1970, was a Thursday
        numbers = {
            "hour": at // HOUR_MS % 24,
            "day": days,
            "week": (days + 3) // 7 * 7 - 3,  # its Monday
            "weekday": (days + 3) % 7,
        }[breakdown]
        parts, found = pd.factorize(np.where(at == _NAT, _NAT, numbers), sort=True)
        return parts.astype(np.int64), [_key(breakdown, int(number)) for number in found]
    parts, names = pd.factorize(rows[breakdown], sort=True)
    return parts.astype(np.int64), [str(name) for name in names]


def _key(breakdown: Breakdown, number: int) -> str:
    if number == _NAT:
        return ""
    match breakdown:
        case "hour":
            return f"{number:02}"
        case "weekday":
            return str(number)
    day = np.datetime64(number, "D").item()
    if breakdown == "day":
        return day.isoformat()
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
