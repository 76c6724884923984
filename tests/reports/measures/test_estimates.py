"""Shares and quantiles with their intervals, against published values rather than another computation of the same formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.measures.estimates import quantile, share
from reports.measures.shape import Estimate

# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (the score interval without correction).
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
# The ranks of the 95 % interval of a median: Altman, Machin, Bryant, Gardner, Statistics with Confidence (2000), table 18.5.
MEDIAN_RANKS = {
    6: (1, 6),
    7: (1, 7),
    8: (1, 8),
    9: (2, 8),
    10: (2, 9),
    15: (4, 12),
    20: (6, 15),
    25: (8, 18),
    30: (10, 21),
}
MEDIAN_RANKS |= {40: (14, 27), 50: (18, 33), 60: (22, 39), 80: (31, 50), 100: (40, 61)}
METHODS = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
)


@pytest.mark.parametrize(("k", "n", "low", "high"), NEWCOMBE)
def test_a_share_has_the_published_wilson_interval(k: int, n: int, low: float, high: float) -> None:
    found = share(k, n)
    assert found.value == k / n
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_share_of_none_has_no_value_and_one_of_too_many_is_refused() -> None:
    assert share(0, 0) == Estimate(value=None)
    with pytest.raises(ValueError, match="3 of 2"):
        share(3, 2)


@given(st.integers(0, 200), st.integers(1, 200))
def test_a_share_lies_within_its_interval_and_the_rest_mirrors_it(k: int, more: int) -> None:
    n = k + more
    one, rest = share(k, n), share(n - k, n)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert one.low == pytest.approx(1 - rest.high) and one.high == pytest.approx(1 - rest.low)


@pytest.mark.parametrize("n", MEDIAN_RANKS)
def test_a_median_has_the_published_ranks_for_its_interval(n: int) -> None:
    found = quantile([float(rank) for rank in range(1, n + 1)], 0.5)
    assert (found.low, found.high) == MEDIAN_RANKS[n]


@pytest.mark.parametrize(("q", "n"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368)])
def test_an_interval_exists_from_the_smallest_count_for_which_two_values_hold_the_quantile(q: float, n: int) -> None:
    values = np.arange(n, dtype=float)
    assert quantile(values[1:], q).high is None and quantile(values[1:], q).low is None
    assert quantile(values, q).high == n - 1


@given(
    method=st.sampled_from(METHODS),
    values=st.lists(st.integers(0, 10**7).map(lambda ms: ms / 1000), min_size=1, max_size=60),
    q=st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_a_quantile_is_that_of_numpys_method(method: str, values: list[float], q: float) -> None:
    assert quantile(values, q, method).value == pytest.approx(np.quantile(values, q, method=method), abs=1e-6)


def test_a_quantile_of_nothing_is_none_and_one_of_missing_values_is_refused() -> None:
    assert quantile([], 0.5) == Estimate(value=None)
    with pytest.raises(ValueError, match="no rank"):
        quantile([1.0, float("nan")], 0.5)
    with pytest.raises(ValueError):
        quantile([1.0], 0.5, "guessed")
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile([1.0], 90)
