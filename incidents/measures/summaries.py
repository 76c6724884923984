"""The summary of each interval, over all rows or over each part of them: every column is sorted once, whatever it is cut into."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.measures.estimates import Floats, Ints, quantiles, share
from incidents.measures.shape import (
    DURATION_SUFFIX,
    INTERVALS,
    Estimate,
    Interval,
    Profile,
    Reached,
    Summary,
    Target,
)

_COUNTED, _MISSING, _NEGATIVE, _OPEN = range(4)
_QUANTILES = (0.5, 0.9, 0.95, 0.99)


class Column(NamedTuple):
    """One interval of the selected rows, ready to be cut into parts."""

    interval: Interval
    standing: npt.NDArray[np.int8]  # a row: counted, missing, negative or open
    order: Ints  # the counted rows in the order of their durations
    ordered: Floats
    corrected: npt.NDArray[np.bool_]  # a row: counted, with a corrected end


def columns_of(rows: pd.DataFrame) -> tuple[Column, ...]:
    """Each interval of a table's rows, in the order of INTERVALS."""
    still_open = rows["open"].to_numpy(bool)
    return tuple(_column(rows, interval, still_open) for interval in INTERVALS)


def _column(rows: pd.DataFrame, interval: Interval, still_open: npt.NDArray[np.bool_]) -> Column:
    took = rows[interval.name + DURATION_SUFFIX].to_numpy(np.float64)
    there = ~np.isnan(took)
    standing = np.where(there, np.where(took < 0, _NEGATIVE, _COUNTED), np.where(still_open, _OPEN, _MISSING))
    counted = np.flatnonzero(standing == _COUNTED)
    values = took[counted]
    order = np.argsort(values)
    corrected = rows[f"{interval.start}_corrected"].to_numpy(bool) | rows[f"{interval.end}_corrected"].to_numpy(bool)
    return Column(interval, standing.astype(np.int8), counted[order], values[order], corrected & (standing == _COUNTED))


def summaries_of(
    columns: Sequence[Column], profile: Profile, method: str, parts: Ints | None = None, count: int = 1
) -> list[tuple[Summary, ...]]:
    """For each of `count` parts a summary of each interval. `parts`: the part of each row, 0 to count - 1; None: all are one."""
    made = [_summaries(column, profile, method, parts, count) for column in columns]
    return [tuple(summaries[part] for summaries in made) for part in range(count)]


def _summaries(column: Column, profile: Profile, method: str, parts: Ints | None, count: int) -> list[Summary]:
    if parts is None:
        parts, ordered = np.zeros(len(column.standing), dtype=np.int64), column.ordered
        of_ordered = parts[: len(ordered)]
    else:
        of_ordered = parts[column.order]
        small = of_ordered.astype(np.uint16) if count < 1 << 16 else of_ordered  # numpy sorts these without comparing
        ordered = column.ordered[np.argsort(small, kind="stable")]
    standing = np.bincount(parts * 4 + column.standing, minlength=count * 4).reshape(count, 4)
    counts = standing[:, _COUNTED]
    starts = np.cumsum(counts) - counts
    corrected = np.bincount(parts[column.corrected], minlength=count)
    sums = np.bincount(of_ordered, weights=column.ordered, minlength=count)
    median, p90, p95, p99 = (quantiles(ordered, starts, counts, q, method) for q in _QUANTILES)
    targets = [target for target in profile.targets if target.interval == column.interval.name]
    within = [_within(column, target, of_ordered, count) for target in targets]
    made = []
    for part in range(count):
        n = int(counts[part])
        reached = [_reached(target, int(k[part]), n) for target, k in zip(targets, within, strict=True)]
        made.append(
            Summary(
                interval=column.interval.name,
                definition=column.interval.definition,
                selected=int(standing[part].sum()),
                counted=n,
                missing=int(standing[part, _MISSING]),
                negative=int(standing[part, _NEGATIVE]),
                open=int(standing[part, _OPEN]),
                corrected=int(corrected[part]),
                mean=float(sums[part]) / n if n else None,
                median=median.estimate(part),
                p90=p90.estimate(part),
                p95=p95.estimate(part),
                p99=p99.estimate(part),
                maximum=float(ordered[starts[part] + n - 1]) if n else None,
                target=reached[0].target if reached else None,
                within=reached[0].within if reached else None,
                within_count=reached[0].within_count if reached else 0,
                further=tuple(reached[1:]),
            )
        )
    return made


def _within(column: Column, target: Target, of_ordered: Ints, count: int) -> Ints:
    until = np.searchsorted(column.ordered, target.limit_s, side="left" if target.under else "right")
    return np.bincount(of_ordered[:until], minlength=count)


def _reached(target: Target, k: int, n: int) -> Reached:
    return Reached(target=target, within=share(k, n) if n else Estimate(value=None), within_count=k)
