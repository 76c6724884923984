"""Response times of the cells whose count is published: rounded quantiles with enough incidents on either side of each.

Two published counts of which one includes the other differ by nothing or by the threshold and more (`suppress`), so what two
such cells say about times never differs by one person's. Exact counts of an interval are not published: they would be one more
table to subtract.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from incidents.intervals import INTERVALS, Profile, Target
from reports.aggregate.tables import ALL, Cell, Tables
from reports.locale_formats import rounded as nearest
from reports.measures.estimates import Floats, quantile
from reports.measures.shape import DURATION_SUFFIX

SIDE: Final = 5  # counted incidents at or beyond a published quantile, on either side
LEAST: Final = 2 * SIDE
LEAST_P90: Final = 10 * SIDE


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """One interval in one cell. Seconds, rounded; None where too few incidents lie on one side."""

    cell: Cell
    interval: str
    counted_at_least: int  # 10, or 50
    median_s: int
    median_low_s: int | None = None  # the median's 95 % interval
    median_high_s: int | None = None
    p90_s: int | None = None
    limit_s: float | None = None  # of the profile, and the share within it in whole percent
    within_percent: int | None = None


def times(found: Tables, published: Sequence[Cell], profile: Profile) -> list[Times]:
    """What may be said of each interval in each published cell but those by outcome; a row a target where there are several."""
    made = []
    for cell in published:
        if cell.outcome != ALL:
            continue
        rows = found.rows(cell)
        for interval in INTERVALS:
            took = rows[interval.name + DURATION_SUFFIX].to_numpy(np.float64)
            took = np.sort(took[took >= 0])
            if len(took) < LEAST:
                continue
            targets: Sequence[Target | None] = [t for t in profile.targets if t.interval == interval.name] or [None]
            made += [_times(cell, interval.name, took, target) for target in targets]
    return made


def _times(cell: Cell, interval: str, took: Floats, target: Target | None) -> Times:
    median = quantile(took, 0.5)
    assert median.value is not None
    p90 = quantile(took, 0.9).value if len(took) >= LEAST_P90 else None
    return Times(
        cell=cell,
        interval=interval,
        counted_at_least=LEAST_P90 if len(took) >= LEAST_P90 else LEAST,
        median_s=rounded(median.value),
        median_low_s=_with_enough(took, median.low),
        median_high_s=_with_enough(took, median.high),
        p90_s=_with_enough(took, p90),
        limit_s=target.limit_s if target else None,
        within_percent=_percent(took, target) if target else None,
    )


def rounded(seconds: float) -> int:
    """To whole seconds below a minute, to 5 s below ten minutes, to whole minutes from there."""
    step = 1 if seconds < 60 else 5 if seconds < 600 else 60
    return int(nearest(seconds / step)) * step


def _with_enough(took: Floats, value: float | None) -> int | None:
    if value is None or (took <= value).sum() < SIDE or (took >= value).sum() < SIDE:
        return None
    return rounded(value)


def _percent(took: Floats, target: Target) -> int | None:
    within = int((took < target.limit_s).sum() if target.under else (took <= target.limit_s).sum())
    if within < SIDE or len(took) - within < SIDE:
        return None
    return int(nearest(100 * within / len(took)))
