"""Attempts that fail make the next ones wait; nobody waits for ever, and nobody is kept out by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.throttle import AT_ALL, FORGOTTEN_S, LONGEST_S, SIDE_BY_SIDE, Busy, Lane, Throttle, lanes_of


class Now:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def wait(throttle: Throttle, lanes: tuple[Lane, ...]) -> float:
    with throttle.attempt(lanes) as wait_s:
        return wait_s


def test_each_failure_doubles_the_wait_and_success_ends_it() -> None:
    throttle, lanes, waits = Throttle(Now()), lanes_of("mieke", "192.0.2.1"), []
    for _ in range(6):
        waits.append(wait(throttle, lanes))
        throttle.failed(lanes)
    assert waits == [0, 0, 0, 1, 2, 4]
    throttle.succeeded(lanes)
    assert wait(throttle, lanes) == 0


def test_failures_are_forgotten() -> None:
    now = Now()
    throttle, lanes = Throttle(now), lanes_of("mieke", "192.0.2.1")
    for _ in range(50):
        throttle.failed(lanes)
    now.at = FORGOTTEN_S
    assert wait(throttle, lanes) == 0


def test_a_browser_that_was_in_the_account_does_not_wait_for_others_failures() -> None:
    throttle = Throttle(Now())
    for n in range(1000):
        throttle.failed(lanes_of("mieke", f"192.0.2.{n % 250}"))
    assert wait(throttle, lanes_of("mieke", "192.0.2.1", "her cookie")) == 0


def test_a_room_behind_one_address_goes_on_when_one_of_them_fails() -> None:
    throttle = Throttle(Now())
    for _ in range(20):
        throttle.failed(lanes_of("mieke", "192.0.2.1"))
    assert wait(throttle, lanes_of("jan", "192.0.2.1")) == 0


def test_a_known_browser_gets_in_though_all_places_are_taken() -> None:
    throttle = Throttle(Now())
    attempts = [throttle.attempt(lanes_of(f"account {n}", "192.0.2.1")) for n in range(AT_ALL)]
    for attempt in attempts:
        attempt.__enter__()
    with pytest.raises(Busy):
        wait(throttle, lanes_of("mieke", "192.0.2.7"))
    assert wait(throttle, lanes_of("mieke", "192.0.2.7", "her cookie")) == 0
    for attempt in attempts:
        attempt.__exit__(None, None, None)
    assert wait(throttle, lanes_of("mieke", "192.0.2.7")) == 0


def test_one_address_has_few_attempts_at_one_account_at_once() -> None:
    throttle, lanes = Throttle(Now()), lanes_of("mieke", "192.0.2.1")
    attempts = [throttle.attempt(lanes) for _ in range(SIDE_BY_SIDE)]
    for attempt in attempts:
        attempt.__enter__()
    with pytest.raises(Busy):
        wait(throttle, lanes)
    assert wait(throttle, lanes_of("mieke", "192.0.2.2")) == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["mieke", "jan"]),
            st.sampled_from(["192.0.2.1", "192.0.2.2"]),
            st.sampled_from(["", "cookie"]),
            st.floats(0, 100),
            st.booleans(),
        ),
        max_size=80,
    )
)
def test_nobody_ever_waits_longer_than_the_longest_wait(
    attempts: list[tuple[str, str, str, float, bool]],
) -> None:
    now = Now()
    throttle = Throttle(now)
    for account, address, browser, passes_s, right in attempts:
        now.at += passes_s
        lanes = lanes_of(account, address, browser)
        assert 0 <= wait(throttle, lanes) <= LONGEST_S
        throttle.succeeded(lanes) if right else throttle.failed(lanes)
