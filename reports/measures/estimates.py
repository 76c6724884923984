"""A number with how sure it is: a share with Wilson's interval, a quantile with the interval of its order statistics.

Both are 95 % intervals and take the counted incidents as a sample of what the service does. Neither assumes a distribution of
the durations. At small counts they are wide, or there is none: then nothing is printed but the number and its count.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from reports.measures.shape import Estimate

# From so many counted on a figure is told; below stand the count and the times themselves. A share of fewer moves by more than
# five in a hundred with each incident, a mean by whichever was forgotten; a percentile of fewer is the longest by another name.
ENOUGH = {"share": 20, "mean": 20, "p90": 10, "p95": 20, "p99": 100}
Z = 1.959963984540054  # the normal distribution's 97.5 % point
TAIL = 0.025  # on either side
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def enough(figure: str, counted: int) -> bool:
    """Whether so many are enough to tell a figure, on the page, in a report and in its files alike."""
    return counted >= ENOUGH.get(figure, 1)


def told(figure: str, estimate: Estimate, counted: int) -> Estimate:
    """An estimate of so many counted, without a value where they are too few."""
    return estimate if enough(figure, counted) else Estimate(value=None)


def share(k: int, n: int) -> Estimate:
    """k of n, 0 to 1, with Wilson's score interval (Wilson 1927, JASA 22:209). No value without any."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return Estimate(value=None)
    p, z2 = k / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)) ** 0.5
    return Estimate(
        value=p, low=0.0 if k == 0 else max(0.0, middle - half), high=1.0 if k == n else min(1.0, middle + half)
    )


def quantile(values: Sequence[float] | Floats, q: float, method: str = "linear") -> Estimate:
    """The q-quantile (0 < q < 1) by one of numpy's methods, with the interval between two order statistics.

    The interval runs from the l-th to the u-th smallest value: chosen so that the binomial distribution of how many values lie
    below the true quantile leaves at most 2.5 % on either side (David & Nagaraja, Order Statistics, 7.1). None where n is too
    small for such two: below 6 for a median, 36 for P90, 72 for P95, 368 for P99. NaN is refused: say what is missing apart.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if ordered.size and np.isnan(ordered[-1]):
        raise ValueError("a missing value has no rank")
    counts, starts = np.array([ordered.size]), np.array([0])
    return quantiles(ordered, starts, counts, q, method).estimate(0)


class Quantiles(NamedTuple):
    """The same quantile of several groups; NaN where there is none."""

    value: Floats
    low: Floats
    high: Floats

    def estimate(self, group: int) -> Estimate:
        """That of one group."""
        value, low, high = (float(column[group]) for column in self)
        return Estimate(
            value=None if np.isnan(value) else value,
            low=None if np.isnan(low) else low,
            high=None if np.isnan(high) else high,
        )


def quantiles(ordered: Floats, starts: Ints, counts: Ints, q: float, method: str) -> Quantiles:
    """The q-quantile of each group: group i is `ordered[starts[i]:starts[i] + counts[i]]`, in ascending order."""
    sizes, which = np.unique(counts, return_inverse=True)
    at = np.array([_position(int(n), q, method) for n in sizes])[which]
    low, high = (ranks[which] for ranks in _ranks(sizes, q))
    value = np.full(counts.shape, np.nan)
    some = counts > 0
    below = np.floor(at[some]).astype(np.int64)
    first = ordered[starts[some] + below]
    second = ordered[starts[some] + np.minimum(below + 1, counts[some] - 1)]
    part = at[some] - below
    step = second - first  # as numpy does it: from the nearer end, so that equal values stay exactly equal
    value[some] = np.where(part < 0.5, first + step * part, second - step * (1 - part))
    return Quantiles(value, _picked(ordered, starts, low), _picked(ordered, starts, high))


def _picked(ordered: Floats, starts: Ints, rank: Ints) -> Floats:
    found = np.full(rank.shape, np.nan)
    there = rank > 0
    found[there] = ordered[starts[there] + rank[there] - 1]
    return found


@cache
def _position(n: int, q: float, method: str) -> float:
    """Where among n ordered values the quantile lies, from 0: every method of numpy's lies on or between two neighbours."""
    if not 0 < q < 1:
        raise ValueError(f"{q} is not between 0 and 1")
    if method == "linear":
        return (n - 1) * q if n else 0.0
    return float(np.quantile(np.arange(max(n, 1), dtype=np.float64), q, method=method))  # type: ignore[call-overload]


def _ranks(n: Ints, q: float) -> tuple[Ints, Ints]:
    """The ranks (from 1) of the two order statistics for each n; 0 for both where there are no such two."""
    low, high = _least(n, q, TAIL), _least(n, q, 1 - TAIL) + 1
    there = (low >= 1) & (high <= n)
    return np.where(there, low, 0), np.where(there, high, 0)


def _least(n: Ints, q: float, probability: float) -> Ints:
    """The least k with P(B <= k) >= probability, B binomial of n and q: halving all at once."""
    low, high = np.full(n.shape, -1, dtype=np.int64), n.astype(np.int64)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        reached = bdtr(np.maximum(middle, 0).astype(np.float64), n, q) >= probability
        reached &= middle >= 0
        high = np.where(reached, middle, high)
        low = np.where(reached, low, middle)
    return high
