"""What is told of an erased incident where rows are shown or taken: how long things took, its month, its province.

Counts are made of the rows as they are: what was published stays the same (docs/retention.md). A selection shows a row of an
erased incident only where it says no more of it than the row does.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.events import BRUSSELS
from incidents.incident import TIME_NAMES
from reports.measures.local import belgian, milliseconds
from reports.measures.shape import Selection


def month_of(moment: datetime) -> datetime:
    """The beginning of a moment's month in Belgium."""
    return moment.astimezone(BRUSSELS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def within(months: npt.NDArray[np.datetime64], since: date | None, until: date | None) -> npt.NDArray[np.bool_]:
    """Of these months, which lie wholly in the days from `since` to `until`, both included; of a month that is not known none."""
    whole = ~np.isnat(months)
    if since is not None:
        whole &= months.astype("datetime64[D]") >= np.datetime64(since)
    if until is not None:
        whole &= (months + np.timedelta64(1, "M")).astype("datetime64[D]") <= np.datetime64(until) + np.timedelta64(
            1, "D"
        )
    return whole


def whole_provinces(zones: Collection[str], provinces: Mapping[str, str]) -> set[str]:
    """The zones of those provinces of which none is left out; `provinces` by zone."""
    torn = {province for zone, province in provinces.items() if zone not in zones}
    return {zone for zone in zones if provinces.get(zone, "") not in torn | {""}}


def shown_rows(
    rows: pd.DataFrame, selection: Selection, erased: Collection[str], provinces: Mapping[str, str]
) -> pd.DataFrame:
    """The rows as they are shown under a selection (`coarse`): without those of erased incidents of which its days, hours, zones,
    shift or operator say more than their month and their province, and in an order that does not tell when they were."""
    gone = rows["incident"].isin(erased).to_numpy(bool)
    if not gone.any():
        return rows
    shown = np.full(len(rows), not (selection.weekdays or selection.hours or selection.shifts or selection.operators))
    if selection.since or selection.until:
        months = belgian(rows["received"]).to_numpy().astype("datetime64[M]")
        shown &= within(months, selection.since, selection.until)
    if selection.zones:
        shown &= rows["zone"].isin(whole_provinces(selection.zones, provinces)).to_numpy(bool)
    out = coarse(rows[~gone | shown], erased, provinces)
    ids = out["incident"].where(out["incident"].isin(erased), "")
    return out.iloc[np.lexsort((ids.to_numpy(str), milliseconds(out["received"])))]


def coarse(rows: pd.DataFrame, erased: Collection[str], provinces: Mapping[str, str]) -> pd.DataFrame:
    """The rows, those of erased incidents with `received` at the beginning of its month and no other time, and in the place of a
    zone its province; who answered and in which shift is not told. The durations stay."""
    gone = rows["incident"].isin(erased)
    if not gone.any():
        return rows
    out = rows.copy()
    local = out.loc[gone, "received"].dt.tz_convert(BRUSSELS)
    months = (local.dt.tz_localize(None).dt.to_period("M").dt.start_time).dt.tz_localize(BRUSSELS)
    for name in TIME_NAMES:
        out.loc[gone, name] = pd.NaT
    out.loc[gone, "received"] = months.dt.tz_convert("UTC").dt.as_unit("ms")
    for column in ("zone", "operator", "shift"):
        if column in out:
            texts = out[column].astype(object)
            texts[gone] = texts[gone].map(lambda key: provinces.get(key, "")) if column == "zone" else ""
            out[column] = texts.astype(str)
    return out
