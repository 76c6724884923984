"""Response times in the export: only of published cells, only with enough incidents on either side, rounded."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.aggregate.export import Export
from reports.aggregate.period import Period
from reports.aggregate.tables import Cell, tables
from reports.aggregate.times import SIDE, rounded, times
from reports.measures.profiles import PROFILES
from tests.reports.aggregate.parts import PROVINCE_OF, made, table

ON_SCENE = "pressed->on_scene"


def scenes(export: Export) -> dict[tuple[str, str, str], dict[str, str]]:
    rows = csv.DictReader(io.StringIO(export.files["intervals.csv"].decode("utf-8-sig")), delimiter=";")
    return {(r["period"], r["province"], r["class"]): r for r in rows if r["interval"] == ON_SCENE}


def of(count: int, took: list[float]) -> dict[tuple[str, str, str], dict[str, str]]:
    return scenes(made(table([(count, "2026-01", "OVL", "real", "victim_safe")], took)))


def test_a_median_needs_five_on_either_side_and_a_p90_five_beyond_it() -> None:
    nine, ten = of(30, [100.0] * 9), of(30, [float(n) for n in range(100, 1100, 100)])
    assert nine == {}
    row = ten[("all", "all", "all")]
    assert (row["count"], row["counted_at_least"], row["median_s"], row["p90_s"]) == ("30", "10", "550", "")
    assert (row["median_low_s"], row["median_high_s"]) == ("", "")
    fifty = of(60, [float(n) for n in range(100, 600, 10)])[("all", "all", "all")]
    assert (fifty["counted_at_least"], fifty["p90_s"]) == ("50", "540")
    assert fifty["median_low_s"] and fifty["median_high_s"]


def test_a_share_needs_five_within_the_limit_and_five_beyond_it() -> None:
    for within, said in ((4, ""), (5, "25"), (15, "75"), (16, "")):
        took = [300.0] * within + [700.0] * (20 - within)
        assert of(20, took)[("all", "all", "all")]["within_percent"] == said, within


def test_a_profile_with_two_limits_gives_two_rows() -> None:
    parts = table([(40, "2026-01", "OVL", "real", "victim_safe")]).assign(**{"received->acknowledged_s": 12.0})
    rows = made(parts, profile=PROFILES["nena"]).files["intervals.csv"].decode().splitlines()
    whole = [row.split(";") for row in rows if row.startswith("all;all;all;received->acknowledged")]
    assert [row[10] for row in whole] == ["15", "20"]


def test_nothing_is_said_of_the_times_of_a_hidden_cell() -> None:
    took = [400.0] * 60
    parts = table(
        [(4, "2026-01", "WVL", "real", "other"), (56, "2026-02", "OVL", "test", "test_ok")],
        took,
    )
    export = made(parts)
    shown = {
        (r["period"], r["province"], r["class"])
        for r in csv.DictReader(io.StringIO(export.files["counts.csv"].decode("utf-8-sig")), delimiter=";")
        if r["count"] and r["outcome"] == "all"
    }
    assert scenes(export).keys() <= shown


def test_negative_and_missing_times_are_not_counted() -> None:
    assert of(30, [-5.0] * 10 + [100.0] * 9) == {}


@given(st.floats(0, 100_000), st.floats(0, 100_000))
def test_rounding_keeps_the_order_and_moves_nothing_by_more_than_half_a_minute(one: float, two: float) -> None:
    assert abs(rounded(one) - one) <= 30
    if one <= two:
        assert rounded(one) <= rounded(two)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=10, max_size=80))
def test_every_published_quantile_has_enough_on_either_side(took: list[int]) -> None:
    parts = table([(len(took), "2026-01", "OVL", "real", "victim_safe")], [float(t) for t in took])
    found = tables(parts, Period("2026-01", "2026-01"), PROVINCE_OF)
    row = next(row for row in times(found, [Cell()], PROFILES["amr"]) if row.interval == ON_SCENE)
    values = np.array([rounded(t) for t in took])
    for value in (row.median_low_s, row.median_high_s, row.p90_s):
        if value is not None:
            assert (values <= value).sum() >= SIDE and (values >= value).sum() >= SIDE
    assert (np.array(took) <= row.median_s + 30).sum() >= SIDE
    assert (np.array(took) >= row.median_s - 30).sum() >= SIDE


def test_rounding_is_coarser_the_longer_it_took() -> None:
    assert [rounded(s) for s in (0.4, 59.4, 62.0, 63.0, 597.0, 629.0, 630.0)] == [0, 59, 60, 65, 595, 600, 660]


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_threshold_below_five_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="below 5 is refused"):
        made(table([]), threshold=threshold)
