"""Attempts that fail make the next ones wait; nobody waits for ever, and nobody is kept out by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.throttle import (
    CAP_S,
    FORGOTTEN_S,
    KEPT,
    LONGEST_S,
    SIDE_BY_SIDE,
    Busy,
    Lane,
    Throttle,
    host_of,
    lanes_of,
)


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


def test_who_tries_an_account_from_elsewhere_costs_its_owner_a_second_at_most() -> None:
    throttle = Throttle(Now())
    for n in range(1000):
        throttle.failed(lanes_of("mieke", f"192.0.2.{n % 3}"))
    assert wait(throttle, lanes_of("mieke", "192.0.2.1")) == LONGEST_S
    assert wait(throttle, lanes_of("mieke", "192.0.2.7")) == CAP_S["account"] == 1


def test_no_number_of_attempts_elsewhere_takes_a_place() -> None:
    throttle = Throttle(Now())
    attempts = [throttle.attempt(lanes_of(f"account {n % 50}", f"192.0.2.{n % 200}")) for n in range(700)]
    for attempt in attempts:
        attempt.__enter__()
    assert wait(throttle, lanes_of("mieke", "192.0.2.254")) == 0


def test_what_failed_is_kept_of_so_many_and_the_newest_stay() -> None:
    throttle = Throttle(Now())
    for n in range(KEPT):
        throttle.failed(lanes_of(f"account {n}", f"192.0.{n // 250}.{n % 250}"))
    assert len(throttle._lanes) == KEPT
    newest = lanes_of(f"account {KEPT - 1}", f"192.0.{(KEPT - 1) // 250}.{(KEPT - 1) % 250}")
    assert throttle.failed(newest) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_of_ipv6_a_whole_network_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (host_of(one) == host_of(other)) == same


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
