"""Numbers as the page shows them: each with its statistic, its count and its interval; shares only from 20 counted."""

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.intervals import Target
from reports.measures.estimates import ENOUGH, enough, quantile, share
from reports.measures.shape import DURATION_SUFFIX

MANY = ENOUGH["share"]  # counted, below which no control limit and no colour is shown either

Mask = npt.NDArray[np.bool_]


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One number. `scope` says which rows of the filtered table it is made from, "" all; durations in seconds, shares 0 to 1."""

    stat: str
    n: int
    scope: str = ""
    interval: str = ""
    limit_s: float | None = None
    value: float | int | None = None
    low: float | None = None
    high: float | None = None


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """One interval over rows: the seconds of the counted ones in ascending order, and why the others are not counted."""

    interval: str
    took: npt.NDArray[np.float64]
    open: int
    missing: int
    negative: int

    @property
    def n(self) -> int:
        return int(self.took.size)


def counted(rows: pd.DataFrame, interval: str) -> Counted:
    """An open incident that has not got there is neither counted nor missing."""
    took = rows[interval + DURATION_SUFFIX].to_numpy(np.float64)
    none, opened = np.isnan(took), rows["open"].to_numpy(bool)
    good = ~none & (took >= 0)
    return Counted(
        interval=interval,
        took=np.sort(took[good]),
        open=int((none & opened).sum()),
        missing=int((none & ~opened).sum()),
        negative=int((took < 0).sum()),
    )


def within(took: npt.NDArray[np.float64], target: Target) -> Mask:
    """Which of these seconds are within the target. NaN is not."""
    return took < target.limit_s if target.under else took <= target.limit_s


def share_of(took: npt.NDArray[np.float64], target: Target, scope: str = "") -> Figure | None:
    """The share within a target with Wilson's interval; None below 20 counted."""
    if not enough("share", took.size):
        return None
    found, many = share(int(within(took, target).sum()), int(took.size)), count_of(took, target, scope)
    return msgspec.structs.replace(many, stat="share", value=found.value, low=found.low, high=found.high)


def count_of(took: npt.NDArray[np.float64], target: Target, scope: str = "") -> Figure:
    """How many are within a target."""
    return Figure(
        stat="within",
        scope=scope,
        interval=target.interval,
        limit_s=target.limit_s,
        n=int(took.size),
        value=int(within(took, target).sum()),
    )


def quantiles_of(what: Counted, names: Iterable[tuple[str, float]], scope: str = "") -> list[Figure]:
    """Quantiles with the intervals of their order statistics, and the maximum; none of which too few are counted."""
    if not what.n:
        return []
    found = [(name, quantile(what.took, q)) for name, q in names if enough(name, what.n)]
    made = [
        Figure(stat=name, scope=scope, interval=what.interval, n=what.n, value=one.value, low=one.low, high=one.high)
        for name, one in found
    ]
    most = Figure(stat="maximum", scope=scope, interval=what.interval, n=what.n, value=float(what.took[-1]))
    return [*made, most]


def amount(value: int, scope: str = "", interval: str = "") -> Figure:
    """How many rows of the filtered table are of this scope; of an interval's rows with that interval."""
    return Figure(stat="count", scope=scope, interval=interval, n=value, value=value)
