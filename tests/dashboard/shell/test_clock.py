"""What a person means by a time of day, also on the nights the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shell.clock import BRUSSELS, moment, on_paper

AUTUMN = datetime(2026, 10, 25, tzinfo=UTC)  # 03:00 summer time becomes 02:00
SPRING = datetime(2027, 3, 28, tzinfo=UTC)  # 02:00 becomes 03:00

MOMENTS = st.integers(1_767_225_600, 1_830_297_600).map(lambda s: datetime.fromtimestamp(s, UTC))  # 2026 and 2027


@given(MOMENTS, st.integers(0, 86_000))
def test_a_time_just_typed_is_the_moment_it_names(now: datetime, ago_s: int) -> None:
    meant = (now - timedelta(seconds=ago_s)).replace(microsecond=0)
    typed = meant.astimezone(BRUSSELS).strftime("%H:%M:%S")
    found = moment(typed, now)
    assert found <= now
    assert found.astimezone(BRUSSELS).strftime("%H:%M:%S") == typed
    assert found >= meant  # never an earlier one than was meant


def test_the_hour_that_comes_twice_means_the_later_one_that_has_passed() -> None:
    assert moment("02:30", AUTUMN.replace(hour=0, minute=45)) == AUTUMN.replace(hour=0, minute=30)
    assert moment("02:30", AUTUMN.replace(hour=1, minute=45)) == AUTUMN.replace(hour=1, minute=30)


def test_the_hour_the_clocks_skipped_is_refused() -> None:
    with pytest.raises(ValueError, match="skipped"):
        moment("02:30", SPRING.replace(hour=6))


def test_a_time_of_day_that_has_not_come_yet_was_yesterday() -> None:
    assert moment("23h50", datetime(2026, 11, 25, 0, 10, tzinfo=UTC)) == datetime(2026, 11, 24, 22, 50, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "25:00", "12:60", "noon", "12", "12:00:61"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        moment(typed, AUTUMN)


def local(day: int, hour: int, minute: int = 0, *, month: int = 10, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BRUSSELS, fold=fold).astimezone(UTC)


NOON = local(26, 12)


def test_times_on_a_paper_cross_midnight() -> None:
    found = on_paper("24/10", ["23:50", "23:51", "0:04", "00:30"], NOON)
    assert found == [local(24, 23, 50), local(24, 23, 51), local(25, 0, 4), local(25, 0, 30)]


def test_without_a_day_the_latest_day_is_meant_on_which_the_first_time_has_passed() -> None:
    assert on_paper("", ["11:50", "11:52"], NOON)[0] == local(26, 11, 50)
    assert on_paper("", ["23:50", "00:10"], NOON) == [local(25, 23, 50), local(26, 0, 10)]


def test_times_follow_each_other_over_the_hour_that_comes_twice() -> None:
    found = on_paper("25/10/2026", ["02:50", "02:10", "03:05"], NOON)
    assert found == [local(25, 2, 50), local(25, 2, 10, fold=1), local(25, 3, 5)]
    later = local(25, 2, 50, fold=1)
    assert on_paper("25/10", ["02:50", "02:55"], NOON)[0] == later, "as everywhere, the later one when both fit"


@pytest.mark.parametrize("typed", [["01:50", "02:30"], ["02:30"]])
def test_an_hour_the_clocks_skipped_is_refused_on_paper(typed: list[str]) -> None:
    with pytest.raises(ValueError, match="skipped"):
        on_paper("29/03", typed, NOON)


@pytest.mark.parametrize(
    ("day", "typed"), [("26/10", ["12:01"]), ("31/02", ["10:00"]), ("monday", ["10:00"]), ("", ["25:00"])]
)
def test_what_is_no_time_that_passed_is_refused_on_paper(day: str, typed: list[str]) -> None:
    with pytest.raises(ValueError):
        on_paper(day, typed, NOON)


def test_a_time_before_the_one_it_follows_is_given_as_it_stands() -> None:
    found = on_paper("24/10", ["21:14", "21:13"], NOON)
    assert found == [local(24, 21, 14), local(24, 21, 13)]


@given(
    start=MOMENTS,
    steps=st.lists(st.integers(0, 100), max_size=6),
    since=st.integers(0, 5000),
)
def test_any_times_in_order_are_read_as_they_were_or_as_the_other_pass_of_the_same_hour(
    start: datetime, steps: list[int], since: int
) -> None:
    moments = [start.replace(second=0, microsecond=0)]
    for step in steps:
        moments.append(moments[-1] + timedelta(minutes=step))
    now = moments[-1] + timedelta(minutes=since)
    walls = [at.astimezone(BRUSSELS) for at in moments]
    found = on_paper(f"{walls[0]:%d/%m/%Y}", [f"{wall:%H:%M}" for wall in walls], now)
    assert found == sorted(found)
    assert [f"{at.astimezone(BRUSSELS):%d %H:%M}" for at in found] == [f"{wall:%d %H:%M}" for wall in walls]
