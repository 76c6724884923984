"""The summary of each interval, over all rows or over each part of them.

The rows of a part are brought together once for all columns; then each column is sorted within its parts, so nothing is sorted
twice for the same cut, and no row is looked at by itself.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.intervals import INTERVALS, Interval, Profile, Target
from reports.measures.estimates import Floats, Ints, enough, quantiles, share, told
from reports.measures.shape import DURATION_SUFFIX, Estimate, Reached, Summary

_QUANTILES = (0.5, 0.9, 0.95, 0.99)
Mask = npt.NDArray[np.bool_]


class Whole:
    """All rows as one part."""

    def __init__(self, rows: int) -> None:
        self.sizes: Ints = np.array([rows])
        self.starts: Ints = np.array([0])

    def ordered(self, values: Floats) -> Floats:
        """The values of each part in ascending order, NaN last, one part after the other."""
        return np.sort(values)

    def tally(self, some: Mask) -> Ints:
        """How many of some rows are in each part."""
        return np.array([np.count_nonzero(some)])

    def sums(self, values: Floats) -> Floats:
        """The sum of the values in each part."""
        return np.array([values.sum()])


class Cut(Whole):
    """Rows cut into `count` parts: `parts` is the part of each row, 0 to count - 1."""

    def __init__(self, parts: Ints, count: int) -> None:
        self._parts = parts.astype(np.uint16) if count < 1 << 16 else parts  # numpy sorts these without comparing
        self._order = np.argsort(self._parts, kind="stable")
        self.sizes = np.bincount(self._parts, minlength=count)
        self.starts = np.cumsum(self.sizes) - self.sizes

    def ordered(self, values: Floats) -> Floats:
        """As of the whole."""
        ordered = values[self._order]
        for start, size in zip(self.starts.tolist(), self.sizes.tolist(), strict=True):
            ordered[start : start + size].sort()
        return ordered

    def tally(self, some: Mask) -> Ints:
        """As of the whole."""
        return np.bincount(self._parts[some], minlength=len(self.sizes))

    def sums(self, values: Floats) -> Floats:
        """As of the whole."""
        return np.bincount(self._parts, weights=values, minlength=len(self.sizes)).astype(np.float64)


def held(targets: Sequence[Target], within: Sequence[int], of: int, *, few: bool = False) -> dict[str, Any]:
    """A summary's fields of how many are within each target; of `few` no share is told."""
    reached = tuple(
        Reached(target=target, within=Estimate(value=None) if few else share(k, of), within_count=k)
        for target, k in zip(targets, within, strict=True)
    )
    return {**msgspec.structs.asdict(reached[0]), "further": reached[1:]} if reached else {}


def summaries_of(rows: pd.DataFrame, cut: Whole, profile: Profile, method: str) -> list[tuple[Summary, ...]]:
    """For each part of a table's rows a summary of each of INTERVALS, in that order."""
    made = [summaries(rows, interval, cut, profile, method) for interval in INTERVALS]
    return [tuple(one[part] for one in made) for part in range(len(cut.sizes))]


def summaries(rows: pd.DataFrame, interval: Interval, cut: Whole, profile: Profile, method: str) -> list[Summary]:
    """One interval over each part of a table's rows."""
    took = rows[interval.name + DURATION_SUFFIX].to_numpy(np.float64)
    absent, is_counted = np.isnan(took), took >= 0
    still_open = cut.tally(absent & rows["open"].to_numpy(bool))
    missing = cut.tally(absent) - still_open
    counted = cut.tally(is_counted)
    negative = cut.sizes - counted - missing - still_open
    ends = rows[f"{interval.start}_corrected"].to_numpy(bool) | rows[f"{interval.end}_corrected"].to_numpy(bool)
    corrected = cut.tally(ends & is_counted)
    sums = cut.sums(np.where(is_counted, took, 0.0))
    ordered, starts = cut.ordered(took), cut.starts + negative
    median, p90, p95, p99 = (quantiles(ordered, starts, counted, q, method) for q in _QUANTILES)
    targets = [target for target in profile.targets if target.interval == interval.name]
    within = [
        cut.tally(is_counted & (took < target.limit_s if target.under else took <= target.limit_s))
        for target in targets
    ]
    made = []
    for part, n in enumerate(counted.tolist()):
        made.append(
            Summary(
                interval=interval.name,
                definition=interval.definition,
                selected=int(cut.sizes[part]),
                counted=n,
                missing=int(missing[part]),
                negative=int(negative[part]),
                open=int(still_open[part]),
                corrected=int(corrected[part]),
                mean=float(sums[part]) / n if enough("mean", n) else None,
                median=median.estimate(part),
                p90=told("p90", p90.estimate(part), n),
                p95=told("p95", p95.estimate(part), n),
                p99=told("p99", p99.estimate(part), n),
                maximum=float(ordered[starts[part] + n - 1]) if n else None,
                **held(targets, [int(k[part]) for k in within], n, few=not enough("share", n)),
            )
        )
    return made
