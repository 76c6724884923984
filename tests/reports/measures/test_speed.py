"""A gross loss of speed is noticed in every run; `make bench` measures the budget itself."""

from bench.report import BUDGET, BY, measure
from bench.rows import median


def test_a_report_from_the_columns_is_not_grossly_slower_than_its_budget_beside_duckdb() -> None:
    found = measure(3_000, real=60, rounds=2)
    for by in (BY, ()):
        assert median([ours / theirs for ours, theirs in found[by]]) < 3 * BUDGET
