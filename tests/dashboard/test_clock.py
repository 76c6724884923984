"""What a person means by a time of day, also on the nights the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clock import BRUSSELS, moment

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
