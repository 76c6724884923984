"""Every number of a report over random tables is that of a second, deliberately naive computation."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.incident import TIME_NAMES
from incidents.intervals import INTERVALS
from reports.measures.local import busiest_hour
from reports.measures.profiles import PROFILES
from reports.measures.report import report
from reports.measures.select import REASONS, select
from reports.measures.shape import Breakdown, Estimate, Problem, Report, Selection, Summary
from reports.measures.table import table_of
from tests.budget import drawn
from tests.reports.measures import naive
from tests.rules.house import sources

BREAKDOWNS: tuple[Breakdown, ...] = Breakdown.__args__  # type: ignore[attr-defined]
# About the two changes of the clocks of 2026, and the turn of the year, where a week has days of both.
NIGHTS = (
    datetime(2026, 3, 28, 22, tzinfo=UTC),
    datetime(2026, 10, 24, 22, tzinfo=UTC),
    datetime(2026, 12, 31, 12, tzinfo=UTC),
)


@st.composite
def a_row(draw: st.DrawFn) -> dict[str, Any]:
    at = draw(st.sampled_from(NIGHTS)) + timedelta(minutes=draw(st.integers(0, 400)))
    origin = draw(st.sampled_from(["press", "press", "hand", ""]))
    still_open = draw(st.booleans())
    row: dict[str, Any] = {
        "incident": f"i{draw(st.integers(0, 40))}",
        "state": "on_scene" if still_open else draw(st.sampled_from(["closed", ""])),
        "origin": origin,
        "as_class": draw(st.sampled_from(["real", "test", "accidental", "unknown", ""])),
        "zone": draw(st.sampled_from(["5415", "5416", ""])),
        "cic": draw(st.sampled_from(["OVL", "ANT"])),
        "operator": draw(st.sampled_from(["an", "ben", ""])),
        "shift": draw(st.sampled_from(["07:00", "19:00"])),
        "open": still_open,
        "drill": draw(st.integers(0, 5)) == 0,
        "paper": draw(st.integers(0, 5)) == 0,
        "corrections": draw(st.sampled_from([0, 0, 0, 2])),
    }
    for name in TIME_NAMES:
        at += timedelta(milliseconds=draw(st.sampled_from([0, 900, 10_000, 15_000, 61_250, 600_000, -2_000])))
        row[name] = at if draw(st.integers(0, 6)) else None
        row[f"{name}_corrected"] = draw(st.integers(0, 9)) == 0
    return row


ROWS = st.one_of(
    st.lists(a_row(), max_size=12),
    st.lists(a_row(), min_size=1, max_size=6).flatmap(lambda some: st.just(some * 13)),  # enough for intervals
)


def some(*values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.one_of(st.just(()), st.lists(st.sampled_from(values), unique=True, min_size=1).map(tuple))


SELECTIONS = st.builds(
    Selection,
    since=st.sampled_from([None, date(2026, 3, 29), date(2026, 10, 25)]),
    until=st.sampled_from([None, date(2026, 10, 25), date(2026, 12, 31)]),
    classes=some("real", "test", "accidental", "unknown", ""),
    drills=st.booleans(),
    paper=st.booleans(),
    zones=some("5415", ""),
    cics=some("OVL"),
    operators=some("an", ""),
    shifts=some("07:00"),
    weekdays=some(3, 4, 6),
    hours=some(2, 3, 13),
    incidents=some("i1", "i2", "i3", "i4"),
)


def close(found: float | None, wanted: float | None) -> bool:
    return found is None if wanted is None else found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def same(found: Estimate, wanted: tuple[float | None, ...]) -> bool:
    return all(map(close, (found.value, found.low, found.high), wanted))


def check(found: Summary, wanted: dict[str, Any]) -> None:
    for name in ("interval", "selected", "counted", "missing", "negative", "open", "corrected", "maximum"):
        assert getattr(found, name) == wanted[name], name
    assert close(found.mean, wanted["mean"])
    for name in ("median", "p90", "p95", "p99"):
        assert same(getattr(found, name), wanted[name]), (name, getattr(found, name), wanted[name])
    reached = [(r.target, r.within_count, r.within) for r in found.further]
    if found.target is not None:
        reached.insert(0, (found.target, found.within_count, found.within))
    assert len(reached) == len(wanted["targets"])
    for (target, count, within), (its, k, estimate) in zip(reached, wanted["targets"], strict=True):
        assert (target, count) == (its, k) and same(within, estimate)


def check_all(found: Report, rows: list[naive.Row], selection: Selection, point: Any) -> None:
    reasons = [naive.reason(row, selection) for row in rows]
    kept = [row for row, reason in zip(rows, reasons, strict=True) if reason is None]
    assert found.excluded == Counter(reason for reason in reasons if reason)
    assert list(found.excluded) == [reason for reason in REASONS if reason in found.excluded]
    assert (found.rows, found.selected, found.open) == (len(rows), len(kept), sum(row["open"] for row in kept))
    for summary, (start, end) in zip(found.summaries, naive.PAIRS, strict=True):
        check(summary, naive.summary(kept, start, end, found.profile, point))
    for breakdown, groups in found.groups.items():
        keys = [naive.key(row, breakdown) for row in kept]
        assert [group.key for group in groups] == sorted(set(keys))
        for group in groups:
            part = [row for row, key in zip(kept, keys, strict=True) if key == group.key]
            assert group.rows == len(part)
            for summary, (start, end) in zip(group.summaries, naive.PAIRS, strict=True):
                check(summary, naive.summary(part, start, end, found.profile, point))
    received = [row["received"] for row in kept if row["received"]]
    said = (
        [at.astimezone(naive.BELGIUM).isoformat(timespec="milliseconds") for at in (min(received), max(received))]
        if received
        else ["", ""]
    )
    assert [found.first, found.last] == said
    assert (found.busiest_hour, found.busiest_hour_rows) == naive.busiest(kept)
    assert Counter((p.row, p.kind, p.where) for p in found.problems) == naive.problems(kept)


@given(
    rows=ROWS,
    selection=st.one_of(st.just(Selection(classes=(), drills=True)), SELECTIONS),
    profile=st.sampled_from(sorted(PROFILES)),
    by=st.lists(st.sampled_from(BREAKDOWNS), unique=True, max_size=2),
    method=st.sampled_from([("linear", naive.linear), ("inverted_cdf", naive.inverted)]),
)
@settings(max_examples=drawn(60), deadline=None)
def test_every_number_is_that_of_the_naive_computation(
    rows: list[naive.Row], selection: Selection, profile: str, by: list[Breakdown], method: tuple[str, Any]
) -> None:
    found = report(table_of(rows), selection, PROFILES[profile], by=by, method=method[0])
    check_all(found, rows, selection, method[1])
    assert (found.selection, found.percentile_method, list(found.groups)) == (selection, method[0], by)


@given(rows=ROWS)
@settings(max_examples=15, deadline=None)
def test_what_is_selected_is_counted_missing_negative_or_open(rows: list[naive.Row]) -> None:
    found = report(table_of(rows), Selection(classes=(), drills=True), PROFILES["amr"], by=("zone",))
    for summary in (*found.summaries, *(summary for group in found.groups["zone"] for summary in group.summaries)):
        assert summary.selected == summary.counted + summary.missing + summary.negative + summary.open
    assert sum(group.rows for group in found.groups["zone"]) == found.selected == found.rows == len(rows)


def a_press(at: str, **facts: Any) -> dict[str, Any]:
    moment = datetime.fromisoformat(at)
    row = {
        "incident": at,
        "origin": "press",
        "state": "closed",
        "as_class": "real",
        "pressed": moment,
        "received": moment,
    }
    later = dict.fromkeys(("presented", "acknowledged", "routed", "accepted", "en_route", "on_scene", "closed"), moment)
    return row | later | facts


def test_tests_and_drills_are_left_out_unless_asked_for_and_counted() -> None:
    rows = [a_press("2026-11-24T10:00:00Z", as_class=name) for name in ("real", "test", "")]
    rows.append(a_press("2026-11-24T10:00:00Z", as_class="test", drill=True))
    table = table_of(rows)
    assert select(table, Selection())[1] == {"drill": 1, "test": 1}
    assert report(table, Selection(classes=("test",), drills=True), PROFILES["amr"]).selected == 2
    assert select(table, Selection(classes=(), drills=True))[1] == {}


def test_a_day_of_the_clock_change_has_23_or_25_hours_and_the_hour_that_comes_twice_is_said() -> None:
    march = [f"2026-03-{day}T{hour:02}:30:00Z" for day in (28, 29) for hour in range(24)]
    october = [f"2026-10-{day}T{hour:02}:30:00Z" for day in (24, 25) for hour in range(24)]
    table = table_of([a_press(at) for at in march + october])
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        found = report(table, Selection(since=day, until=day), PROFILES["amr"], by=("hour", "day"))
        assert found.selected == hours and [group.key for group in found.groups["day"]] == [f"{day}"]
        sizes = {group.key: group.rows for group in found.groups["hour"]}
        assert sizes.get("02", 0) == hours - 23
    assert [(p.row, p.kind) for p in found.problems] == [
        ("2026-10-25T00:30:00Z", "repeated_hour"),
        ("2026-10-25T01:30:00Z", "repeated_hour"),
    ]
    assert "first pass" in found.problems[0].detail and "second pass" in found.problems[1].detail
    assert select(table, Selection(hours=(2,), since=date(2026, 10, 25), until=date(2026, 10, 25)))[0].shape[0] == 2


def test_durations_over_the_clock_change_are_those_of_a_stopwatch() -> None:
    on_scene = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    table = table_of([a_press("2026-10-25T00:55:00Z", on_scene=on_scene)])  # 02:55 to 02:05 on the wall
    assert table["pressed->on_scene_s"][0] == 600
    assert report(table, Selection(), PROFILES["amr"]).summaries[8].within_count == 1


def test_the_busiest_of_two_hours_with_one_name_says_which_it_is() -> None:
    rows = [a_press(at) for at in ("2026-10-25T01:10:00Z", "2026-10-25T01:20:00Z", "2026-10-25T00:10:00Z")]
    found = report(table_of(rows), Selection(), PROFILES["amr"])
    assert (found.busiest_hour, found.busiest_hour_rows) == ("2026-10-25 02:00+01:00", 2)


def test_hours_are_cut_by_the_clock_of_their_zone() -> None:
    at = np.array(["2026-11-24T10:25", "2026-11-24T10:35", "2026-11-24T11:29"], dtype="datetime64[us]")
    assert busiest_hour(at, ZoneInfo("Asia/Kolkata")) == ("2026-11-24 16:00", 2)
    assert busiest_hour(at, None) == ("2026-11-24 10:00", 2)


def test_no_report_cuts_moments_into_hours_by_itself() -> None:
    """By what a clock shows the two hours of one name would be one: who cuts so has a reason."""
    cut = re.compile(r"datetime64\[h\]|floor\(\"h\"\)")
    assert {path for path, text in sources("reports/*.py", "dashboard/*.py").items() if cut.search(text)} == {
        "reports/measures/local.py",
        "reports/external_table/groups.py",  # for their names: the hour of a day is both
        "dashboard/supervisor/review/parts.py",  # in UTC
    }


def test_under_a_limit_is_not_at_it() -> None:
    rows = [a_press("2026-11-24T10:00:00Z", acknowledged=datetime(2026, 11, 24, 10, 0, 10, tzinfo=UTC))]
    assert report(table_of(rows), Selection(), PROFILES["cic"]).summaries[2].within_count == 0
    assert report(table_of(rows), Selection(), PROFILES["nfpa"]).summaries[2].within_count == 1


def test_two_targets_for_one_interval_are_both_reached_or_not() -> None:
    rows = [a_press("2026-11-24T10:00:00Z", acknowledged=datetime(2026, 11, 24, 10, 0, 17, tzinfo=UTC))]
    summary = report(table_of(rows), Selection(), PROFILES["nena"]).summaries[2]
    assert summary.target.limit_s == 15 and summary.within_count == 0
    assert [(r.target.limit_s, r.within_count) for r in summary.further] == [(20, 1)]


def test_a_report_of_nothing_says_none_everywhere() -> None:
    found = report(table_of([]), Selection(since=date(2026, 1, 1), hours=(2,)), PROFILES["nena"], by=BREAKDOWNS)
    assert (found.first, found.busiest_hour, found.problems) == ("", "", ())
    assert [summary.interval for summary in found.summaries] == [interval.name for interval in INTERVALS]
    assert all(summary.median == Estimate(value=None) and summary.mean is None for summary in found.summaries)


def test_an_unknown_percentile_method_is_refused() -> None:
    with pytest.raises(ValueError, match="guess"):
        report(table_of([a_press("2026-11-24T10:00:00Z")]), Selection(), PROFILES["amr"], method="guess")


def test_problems_found_while_reading_come_first() -> None:
    found = Problem(row="7", kind="unreadable", where="received", detail="no time")
    rows = [a_press("2026-11-24T10:00:00Z", corrections=1)]
    assert [p.kind for p in report(table_of(rows), Selection(), PROFILES["amr"], problems=[found]).problems] == [
        "unreadable",
        "corrected",
    ]


def test_a_table_of_categories_gives_the_same_report() -> None:
    table = table_of([a_press("2026-11-24T10:00:00Z", zone=zone) for zone in ("b", "a", "")])
    narrow = table.astype(
        {name: pd.CategoricalDtype(sorted(set(table[name]))) for name in ("zone", "as_class", "state")}
    )
    wanted = report(table, Selection(zones=("a", "b")), PROFILES["amr"], by=("zone", "as_class"))
    assert report(narrow, Selection(zones=("a", "b")), PROFILES["amr"], by=("zone", "as_class")) == wanted


@pytest.mark.parametrize(
    ("at", "hour", "day", "week", "weekday"),
    [
        ("2026-11-22T22:59:59.999Z", "23", "2026-11-22", "2026-W47", "6"),
        ("2026-11-22T23:00:00Z", "00", "2026-11-23", "2026-W48", "0"),  # Monday begins at midnight in Belgium
        ("2026-11-25T12:00:00Z", "13", "2026-11-25", "2026-W48", "2"),
        ("2026-12-31T23:00:00Z", "00", "2027-01-01", "2026-W53", "4"),
    ],
)
def test_a_part_has_the_name_that_a_belgian_calendar_gives_it(
    at: str, hour: str, day: str, week: str, weekday: str
) -> None:
    found = report(table_of([a_press(at)]), Selection(), PROFILES["amr"], by=("hour", "day", "week", "weekday"))
    assert [groups[0].key for groups in found.groups.values()] == [hour, day, week, weekday]
