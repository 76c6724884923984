"""The summary of each interval, over all rows or over each part of them: every column is sorted once, whatever it is cut into."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.measures.estimates import Floats, Ints, quantiles, share
from incidents.measures.shape import DURATION_SUFFIX, INTERVALS, Interval, Profile, Reached, Summary

_QUANTILES = (0.5, 0.9, 0.95, 0.99)


class _Parts(NamedTuple):
    """What a summary is made of, for each part of the rows: its counted durations are `ordered[starts:starts + counted]`."""

    ordered: Floats
    counted: Ints
    missing: Ints
    negative: Ints
    open: Ints
    corrected: Ints
    sums: Floats
    within: list[Ints]  # for each target


class Column:
    """One interval of the selected rows. In ascending order its durations are negative, then counted, then missing or open."""

    def __init__(self, rows: pd.DataFrame, interval: Interval, profile: Profile) -> None:
        self.interval = interval
        self.targets = [target for target in profile.targets if target.interval == interval.name]
        self._took = rows[interval.name + DURATION_SUFFIX].to_numpy(np.float64)
        self._open = rows["open"].to_numpy(bool)
        self._corrected = rows[f"{interval.start}_corrected"].to_numpy(bool) | rows[
            f"{interval.end}_corrected"
        ].to_numpy(bool)

    @cached_property
    def _order(self) -> Ints:
        return np.argsort(self._took)

    def whole(self) -> _Parts:
        """All rows as one part."""
        ordered = np.sort(self._took)
        first, end = self._bounds(ordered)
        counted = ordered[first:end]
        absent = len(ordered) - end
        still_open = int(np.count_nonzero(self._open & np.isnan(self._took))) if absent else 0
        corrected = int(np.count_nonzero(self._took[self._corrected] >= 0))
        return _Parts(
            ordered=counted,
            counted=np.array([len(counted)]),
            missing=np.array([absent - still_open]),
            negative=np.array([first]),
            open=np.array([still_open]),
            corrected=np.array([corrected]),
            sums=np.array([counted.sum()]),
            within=[np.array([until]) for until in self._within(counted)],
        )

    def cut(self, parts: npt.NDArray[np.integer], count: int) -> _Parts:
        """Cut into `count` parts: `parts` is the part of each row, 0 to count - 1."""
        first, end = self._bounds(self._took[self._order])
        order = self._order[first:end]
        of_counted, counted = parts[order], self._took[order]
        absent = self._order[end:]
        still_open = self._open[absent]

        def tally(some: npt.NDArray[np.integer]) -> Ints:
            return np.bincount(some, minlength=count)

        return _Parts(
            ordered=counted[np.argsort(of_counted, kind="stable")],
            counted=tally(of_counted),
            missing=tally(parts[absent[~still_open]]),
            negative=tally(parts[self._order[:first]]),
            open=tally(parts[absent[still_open]]),
            corrected=tally(parts[self._corrected & (self._took >= 0)]),
            sums=np.bincount(of_counted, weights=counted, minlength=count).astype(np.float64),
            within=[tally(of_counted[:until]) for until in self._within(counted)],
        )

    @staticmethod
    def _bounds(ordered: Floats) -> tuple[int, int]:
        """Where the counted ones begin and end: NaN sorts last."""
        first, end = np.searchsorted(ordered, [0.0, np.nan])
        return int(first), int(end)

    def _within(self, counted: Floats) -> Iterator[int]:
        for target in self.targets:
            yield int(np.searchsorted(counted, target.limit_s, side="left" if target.under else "right"))


def columns_of(rows: pd.DataFrame, profile: Profile) -> tuple[Column, ...]:
    """Each interval of a table's rows, in the order of INTERVALS."""
    return tuple(Column(rows, interval, profile) for interval in INTERVALS)


def summaries_of(columns: Sequence[Column], method: str) -> tuple[Summary, ...]:
    """A summary of each interval over all rows."""
    return tuple(_summaries(column, column.whole(), method)[0] for column in columns)


def summaries_of_parts(columns: Sequence[Column], method: str, parts: Ints, count: int) -> list[tuple[Summary, ...]]:
    """For each of `count` parts of the rows a summary of each interval; `parts` is the part of each row."""
    small = parts.astype(np.uint16) if count < 1 << 16 else parts  # numpy sorts these without comparing
    made = [_summaries(column, column.cut(small, count), method) for column in columns]
    return [tuple(summaries[part] for summaries in made) for part in range(count)]


def _summaries(column: Column, parts: _Parts, method: str) -> list[Summary]:
    starts = np.cumsum(parts.counted) - parts.counted
    median, p90, p95, p99 = (quantiles(parts.ordered, starts, parts.counted, q, method) for q in _QUANTILES)
    made = []
    for part, n in enumerate(parts.counted.tolist()):
        reached = [
            Reached(target=target, within=share(int(k[part]), n), within_count=int(k[part]))
            for target, k in zip(column.targets, parts.within, strict=True)
        ]
        missing, negative, still_open = int(parts.missing[part]), int(parts.negative[part]), int(parts.open[part])
        made.append(
            Summary(
                interval=column.interval.name,
                definition=column.interval.definition,
                selected=n + missing + negative + still_open,
                counted=n,
                missing=missing,
                negative=negative,
                open=still_open,
                corrected=int(parts.corrected[part]),
                mean=float(parts.sums[part]) / n if n else None,
                median=median.estimate(part),
                p90=p90.estimate(part),
                p95=p95.estimate(part),
                p99=p99.estimate(part),
                maximum=float(parts.ordered[starts[part] + n - 1]) if n else None,
                target=reached[0].target if reached else None,
                within=reached[0].within if reached else None,
                within_count=reached[0].within_count if reached else 0,
                further=tuple(reached[1:]),
            )
        )
    return made
