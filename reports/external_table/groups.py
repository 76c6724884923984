"""Parts of the incidents: by the value of a column, or by a part of a time (the clock on the wall)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.external_table.mapping import Grouping
from reports.external_table.prepare import Prepared

MOST = 2000  # more parts than that are no table anybody reads
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Parts(NamedTuple):
    """For each incident the number of its part; `labels` in order, "" where it is not known."""

    codes: npt.NDArray[np.int64]
    labels: tuple[str, ...]


def parts(prepared: Prepared, name: str) -> Parts:
    """The parts of one of the mapping's groups, made once. Raises MappingError when there are too many."""
    if name not in prepared.grouped:
        prepared.grouped[name] = _parts(prepared, name)
    made: Parts = prepared.grouped[name]
    return made


def _parts(prepared: Prepared, name: str) -> Parts:
    group = prepared.mapping.groups[name]
    keys = prepared.text[group.column] if group.column else _of_time(prepared.wall(group.time), group)
    codes, found = pd.factorize(keys, use_na_sentinel=True)
    order = np.argsort(np.asarray(found, dtype=object), kind="stable") if len(found) else np.array([], dtype=np.int64)
    if len(found) > MOST:
        raise prepared.mapping.fail(f"{name}: {len(found)} different values are too many for groups", "groups", name)
    labels = [_label(found[at], group) for at in order]
    rank = np.empty(len(found) + 1, dtype=np.int64)
    rank[order] = np.arange(len(found))
    if (codes < 0).any():
        rank[-1] = len(found)
        labels.append("")
    return Parts(rank[codes], tuple(labels))


def _of_time(wall: pd.Series, group: Grouping) -> pd.Series:
    """A value that sorts as its label should."""
    if group.by in ("year", "month", "day"):
        unit = {"year": "Y", "month": "M", "day": "D"}[group.by]
        cut = wall.to_numpy().astype(f"datetime64[{unit}]").astype("datetime64[us]")
        return pd.Series(cut)
    if group.by == "quarter":
        return pd.Series(wall.dt.year * 10 + wall.dt.quarter)
    if group.by == "week":
        iso = wall.dt.isocalendar()
        return pd.Series((iso["year"] * 100 + iso["week"]).astype("float64"))
    return pd.Series({"month_of_year": wall.dt.month, "weekday": wall.dt.day_of_week, "hour": wall.dt.hour}[group.by])


def _label(value: object, group: Grouping) -> str:
    if group.column:
        return str(value)
    if group.by in ("year", "month", "day"):
        return str(value)[: {"year": 4, "month": 7, "day": 10}[group.by]]
    number = int(float(str(value)))
    match group.by:
        case "quarter":
            return f"{number // 10}-Q{number % 10}"
        case "week":
            return f"{number // 100}-W{number % 100:02}"
        case "weekday":
            return WEEKDAYS[number]
        case "month_of_year":
            return MONTHS[number - 1]
        case _:
            return f"{number:02}"
