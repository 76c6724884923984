"""What is counted: the rows a selection keeps, and for what reason each other one is left out.

Days and hours are those of the clock on the wall in Belgium when the incident was received. On the night in October when the
hour from 02:00 comes twice, hour 2 is both passes of it; in March there is no hour 2.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.measures.local import belgian
from reports.measures.shape import Selection

# In the order in which they are looked at: a row that is left out for two reasons counts for the first. First what was looked
# for, then what is left out of that: "tests" are those of the zone, the shift, the hours that were chosen.
REASONS = (
    "undated",  # days or hours are chosen, and it is not known when it was received
    "period",
    "zone",
    "cic",
    "operator",
    "shift",
    "weekday",
    "hour",
    "incident",
    "drill",
    "paper",
    "real",  # this and the next four: its class was not asked for
    "test",
    "accidental",
    "unknown",
    "unclassified",
)


def select(table: pd.DataFrame, selection: Selection) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows that a selection keeps, in their order, and how many it leaves out for each of `REASONS` (no zeros)."""
    kept, excluded = chosen(table, selection)
    return (table if kept.all() else table[kept]), excluded


def chosen(table: pd.DataFrame, selection: Selection) -> tuple[npt.NDArray[np.bool_], dict[str, int]]:
    """As `select`, with a mask over the rows."""
    kept = np.ones(len(table), dtype=bool)
    excluded: dict[str, int] = {}
    for reason, out in _left_out(table, selection).items():
        first = out & kept
        if count := int(np.count_nonzero(first)):
            excluded[reason] = count
            kept &= ~first
    return kept, excluded


def _left_out(table: pd.DataFrame, selection: Selection) -> dict[str, npt.NDArray[np.bool_]]:
    """For each reason that the selection may have, the rows it would leave out; in the order of `REASONS`."""
    out: dict[str, npt.NDArray[np.bool_]] = {}
    dated = selection.since or selection.until or selection.weekdays or selection.hours
    if dated:
        local = belgian(table["received"])
        days = local.to_numpy().astype("datetime64[D]")
        out["undated"] = np.isnat(days)
        outside = np.zeros(len(table), dtype=bool)
        if selection.since:
            outside |= days < np.datetime64(selection.since)
        if selection.until:
            outside |= days > np.datetime64(selection.until)
        out["period"] = outside
    for reason, column, wanted in (
        ("zone", "zone", selection.zones),
        ("cic", "cic", selection.cics),
        ("operator", "operator", selection.operators),
        ("shift", "shift", selection.shifts),
    ):
        if wanted:
            out[reason] = ~table[column].isin(wanted).to_numpy(bool)
    if selection.weekdays:
        out["weekday"] = ~local.dt.day_of_week.isin(selection.weekdays).to_numpy(bool)
    if selection.hours:
        out["hour"] = ~local.dt.hour.isin(selection.hours).to_numpy(bool)
    if selection.incidents:
        out["incident"] = ~table["incident"].isin(selection.incidents).to_numpy(bool)
    if not selection.drills:
        out["drill"] = table["drill"].to_numpy(bool)
    if not selection.paper:
        out["paper"] = table["paper"].to_numpy(bool)
    if selection.classes:
        for name in ("real", "test", "accidental", "unknown", ""):
            if name not in selection.classes:
                out[name or "unclassified"] = table["as_class"].eq(name).to_numpy(bool)
    return out
