"""What is told of an erased incident where rows are shown or taken: how long things took, its month, its province.

Counts are made of the rows as they are: what was published stays the same (docs/retention.md).
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import pandas as pd

from incidents.events import BRUSSELS
from incidents.incident import TIME_NAMES


def month_of(moment: datetime) -> datetime:
    """The beginning of a moment's month in Belgium."""
    return moment.astimezone(BRUSSELS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


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
