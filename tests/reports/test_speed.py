"""A gross loss of speed is noticed in every run; `make bench` measures the budget itself."""

import pytest

from bench.rows import median
from bench.table import BUDGET, FORMATS, measure


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_report_of_a_csv_is_not_grossly_slower_than_its_budget_beside_duckdb(form: str) -> None:
    assert median([ours / theirs for ours, theirs in measure(20_000, form, rounds=2)]) < 3 * BUDGET
