"""The alarm load of a desk and shift, in windows of ten minutes, those without an alarm too."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.shifts import ShiftTimes, shift_at
from reports.measures.estimates import share
from reports.measures.load import FLOOD_ABOVE, Load, load
from reports.measures.table import table_of
from tests.reports.measures.naive import BELGIUM

STARTS = ("07:00", "19:00")
TEN = timedelta(minutes=10)


def received(*moments: datetime, **facts: object) -> pd.DataFrame:
    return table_of(
        [
            {"incident": f"{at}", "received": moment, "presses": 1, "cic": "OVL"} | facts
            for at, moment in enumerate(moments)
        ]
    )


def test_a_quiet_week_is_counted_with_its_empty_windows() -> None:
    rows = received(datetime(2026, 11, 24, 20, 14, tzinfo=UTC))
    (found,) = load(rows, STARTS, since=date(2026, 11, 23), until=date(2026, 11, 29))
    # Seven days of 12 hours at night: the first has only what lies after midnight of the night before.
    assert (found.desk, found.shift, found.alarms, found.windows) == ("OVL", "19:00", 1, 7 * 72)
    assert (found.peak, found.peak_at, found.flooded, found.standing) == (1, "2026-11-24 21:10", 0, "acceptable")
    assert found.average == 1 / 504 and found.a_day == pytest.approx(2 / 7)


def test_more_than_ten_in_ten_minutes_are_a_flood_and_ten_are_none() -> None:
    start = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    ten = [start + timedelta(seconds=at) for at in range(10)]
    (found,) = load(received(*ten), STARTS)
    assert (found.peak, found.flooded, found.windows) == (10, 0, 72)
    later = [start + timedelta(hours=1, seconds=at) for at in range(11)]
    (found,) = load(received(*ten, *later), STARTS)
    assert (found.peak, found.flooded, found.peak_at) == (11, 1, "2026-11-24 08:00")
    assert found.flood == share(1, 72)


def test_a_window_begins_with_the_shift_and_does_not_reach_over_its_end() -> None:
    change = datetime(2026, 11, 24, 18, 5, tzinfo=UTC)
    around = [change + timedelta(seconds=at) for at in (-2, -1, 0, 1)]
    day, night = load(received(*around), ("07:05", "19:05"))
    assert (day.shift, day.peak, night.shift, night.peak) == ("07:05", 2, "19:05", 2)
    assert night.peak_at == "2026-11-24 19:05"


def test_the_night_of_the_clock_change_has_an_hour_of_windows_more_or_less() -> None:
    for night, windows in ((datetime(2026, 10, 25, 0, tzinfo=UTC), 78), (datetime(2026, 3, 29, 0, tzinfo=UTC), 66)):
        (found,) = load(received(night), STARTS)
        assert found.windows == windows


def test_an_operators_shifts_are_those_in_which_they_acknowledged() -> None:
    first = datetime(2026, 11, 24, 20, tzinfo=UTC)
    rows = received(first, first + timedelta(days=9), operator="an")
    (found,) = load(rows, STARTS, desk="operator", since=date(2026, 11, 1), until=date(2026, 12, 31))
    assert (found.desk, found.shifts, found.windows, found.alarms) == ("an", 2, 144, 2)


def test_without_shifts_a_day_is_one_and_what_has_no_time_stands_apart() -> None:
    rows = table_of(
        [{"received": None, "cic": "ANT"}, {"received": datetime(2026, 11, 24, 20, tzinfo=UTC), "cic": "OVL"}]
    )
    undated, found = load(rows, ())
    assert (undated.desk, undated.shift, undated.alarms, undated.average, undated.standing) == (
        "ANT",
        "",
        1,
        None,
        "unknown",
    )
    assert (found.shift, found.windows) == ("00:00", 144)
    assert load(table_of([]), STARTS) == ()


@given(st.lists(st.tuples(st.integers(0, 3 * 1440), st.sampled_from(["OVL", "ANT"])), min_size=1, max_size=60))
@settings(max_examples=25, deadline=None)
def test_every_figure_is_that_of_a_count_by_hand(alarms: list[tuple[int, str]]) -> None:
    begin = datetime(2026, 10, 23, 22, tzinfo=UTC)  # three days with the night that has an hour more
    moments = [(begin + timedelta(minutes=minute // 5), desk) for minute, desk in alarms]
    rows = table_of(
        [
            {"incident": f"{at}", "received": moment, "cic": desk, "presses": 2}
            for at, (moment, desk) in enumerate(moments)
        ]
    )
    shifts = ShiftTimes(starts=STARTS)
    windows: Counter[tuple[str, datetime, int]] = Counter()
    for moment, desk in moments:
        shift = shift_at(shifts, moment)
        windows[desk, shift.start, (moment - shift.start) // TEN] += 1
    running, all_shifts = shift_at(shifts, min(moments)[0]), []
    while running.start <= max(moments)[0]:
        all_shifts.append(running)
        running = shift_at(shifts, running.end)
    wanted = {}
    for desk, name in sorted({(desk, f"{start.astimezone(BELGIUM):%H:%M}") for desk, start, _ in windows}):
        theirs = {at: n for at, n in windows.items() if at[0] == desk and f"{at[1].astimezone(BELGIUM):%H:%M}" == name}
        such = [shift for shift in all_shifts if f"{shift.start.astimezone(BELGIUM):%H:%M}" == name]
        total = sum((shift.end - shift.start) // TEN for shift in such)
        peak = max(theirs.values())
        at = min(start + window * TEN for (_, start, window), n in theirs.items() if n == peak)
        flooded = sum(n > FLOOD_ABOVE for n in theirs.values())
        wanted[desk, name] = Load(
            desk=desk,
            shift=name,
            shifts=len(such),
            alarms=sum(theirs.values()),
            presses=2 * sum(theirs.values()),
            windows=total,
            average=sum(theirs.values()) / total,
            a_day=sum(theirs.values()) / total * 144,
            peak=peak,
            peak_at=f"{at.astimezone(BELGIUM):%Y-%m-%d %H:%M}",
            flooded=flooded,
            flood=share(flooded, total),
        )
    assert {(found.desk, found.shift): found for found in load(rows, STARTS)} == wanted
