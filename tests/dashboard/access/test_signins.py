"""Browsers that are signed in: their limits, a restart, and what a page may know."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.access.accounts import Accounts
from dashboard.access.signins import MOST, SignIns, page_token
from dashboard.access.signins import _digest as _page_digest
from dashboard.access.standing import standing
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.conftest import START, DrivenClock

HOUR = 3600


@pytest.fixture
def signins(accounts: Accounts, clock: DrivenClock) -> Iterator[SignIns]:
    signins = SignIns(accounts, clock=clock)
    yield signins
    signins.close_file()


def signed_in(signins: SignIns) -> str:
    account = signins.accounts.get("Mieke Voorbeeld")
    assert account is not None
    return signins.open(account)


def test_a_browser_without_input_is_idle_after_an_hour_and_only_a_sign_in_revives_it(
    signins: SignIns, clock: DrivenClock
) -> None:
    token = signed_in(signins)
    clock.pass_s(HOUR / 2)
    signins.touch(token)
    clock.pass_s(HOUR - 1)
    assert signins.state(token) == "active"
    clock.pass_s(1)
    assert signins.state(token) == "idle"
    signins.touch(token)
    assert signins.state(token) == "idle"


def test_a_shift_ends_after_twelve_hours_and_a_half_and_its_browser_is_known_a_day_more(
    signins: SignIns, clock: DrivenClock
) -> None:
    token = signed_in(signins)
    for _ in range(25):
        clock.pass_s(HOUR / 2)
        signins.touch(token)
    assert signins.state(token) == "expired"
    clock.pass_s(24 * HOUR - 1)
    assert (signins.state(token), signins.of(token) is not None) == ("expired", True)
    clock.pass_s(1)
    assert signins.state(token) == "none"
    signins.look()
    assert signins.of(token) is None


def test_a_restart_keeps_people_signed_in_and_the_file_holds_no_token(
    signins: SignIns, accounts: Accounts, clock: DrivenClock
) -> None:
    token, left = signed_in(signins), signed_in(signins)
    signins.close(left)
    signins.close_file()
    for secret in (token, page_token(token)):
        assert secret.encode() not in accounts.path.read_bytes()
    again = SignIns(accounts, clock=clock)
    assert (again.state(token), again.by_cookie(token), again.state(page_token(token))) == ("active",) * 3
    assert again.state(left) == "none"
    again.close_file()


def test_a_pages_token_is_no_cookie(signins: SignIns) -> None:
    token = signed_in(signins)
    assert signins.by_cookie(page_token(token)) == "none"
    assert signins.of(page_token(token)) == signins.of(token)


def test_a_sign_in_makes_a_new_token_and_ends_the_old_one(signins: SignIns) -> None:
    old = signed_in(signins)
    account = signins.accounts.get("Mieke Voorbeeld")
    assert account is not None
    new = signins.open(account, instead_of=old)
    assert (signins.state(old), signins.state(new), old != new) == ("none", "active", True)


@pytest.mark.parametrize("change", ["disabled", "password", "removed"])
def test_who_an_administrator_puts_out_is_nobody_at_every_browser(
    signins: SignIns, accounts: Accounts, change: str
) -> None:
    token, signed_out, told = signed_in(signins), signed_in(signins), []
    signins.close(signed_out)
    signins.listen(lambda: told.append(signins.state(token)))
    if change == "disabled":
        accounts.set_disabled("Mieke Voorbeeld", True)
    elif change == "removed":
        accounts.remove("Mieke Voorbeeld")
    else:
        accounts.set_password("Mieke Voorbeeld", PASSWORD + " 2")
    assert signins.look()
    assert (signins.state(token), signins.opens(token), signins.of(token)) == ("out", False, None)
    left = page_token(signed_out)
    assert (signins.state(left), signins.of(left)) == ("out", None)  # a page that was left open, too
    if change == "removed":  # whoever gets the name is not them
        accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
        assert signins.state(token) == "out"


def test_sign_ins_go_on_when_their_file_fails(signins: SignIns, accounts: Accounts) -> None:
    accounts.path.write_bytes(b"overwritten by a fault of the disk " * 100)
    assert signins.state(signed_in(signins)) == "active"


def test_a_break_glass_account_is_told_while_it_is_in_use(
    signins: SignIns, accounts: Accounts, clock: DrivenClock
) -> None:
    accounts.add("Nacht Fictief", ["supervisor"], PASSWORD, break_glass=True)
    account = accounts.get("Nacht Fictief")
    assert account is not None
    signed_in(signins)
    assert signins.glass == ()
    token = signins.open(account)
    assert signins.glass == ("Nacht Fictief",)
    assert standing(signins, token).glass == ("Nacht Fictief",)
    assert standing(signins, signed_in(signins)).glass == ()
    signins.close(token)
    assert signins.glass == ()


class SetClock:
    """A wall clock that somebody sets, over a steady one that only passes."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.set_by_s = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed_s + self.set_by_s)

    def steady(self) -> float:
        return self.passed_s


DAYS_1000 = 1000 * 24 * HOUR


def test_a_wall_clock_that_is_set_ends_no_sign_in_and_prolongs_none(accounts: Accounts) -> None:
    steps = st.lists(
        st.tuples(
            st.sampled_from(["pass", "set", "touch", "restart"]),
            st.floats(0, 3 * HOUR),
            st.sampled_from([-DAYS_1000, -HOUR, -30.0, 0.0, 0.0, 40.0, HOUR, 24 * HOUR, DAYS_1000]),
        ),
        max_size=12,
    )

    @settings(deadline=None, max_examples=40)  # each writes to the disk
    @given(steps)
    def try_it(steps: list[tuple[str, float, float]]) -> None:
        clock = SetClock()
        signins = SignIns(accounts, clock=clock)
        token = signed_in(signins)
        since = seen = 0.0
        for what, seconds, by in steps:
            if what == "set":
                clock.set_by_s = by
            elif what == "pass":
                clock.passed_s += seconds
            elif what == "restart" and not clock.set_by_s:  # over one the wall clock decides: while it is right
                signins.close_file()
                signins = SignIns(accounts, clock=clock)
            elif signins.state(token) == "active":
                signins.touch(token)
                seen = clock.passed_s
            signins.look()
            age, unused = clock.passed_s - since, clock.passed_s - seen
            if age >= 36.5 * HOUR:
                assert signins.state(token) == "none"
                break
            expected = "expired" if age >= 12.5 * HOUR else "idle" if unused >= HOUR else "active"
            if abs(age - 12.5 * HOUR) > 1 and abs(unused - HOUR) > 1 and abs(age - 36.5 * HOUR) > 1:
                assert signins.state(token) == expected
        signins.close(token)
        signins.close_file()

    try_it()


def test_a_restart_under_a_clock_that_is_years_wrong_forgets_nobody_for_good(accounts: Accounts) -> None:
    clock = SetClock()
    before = SignIns(accounts, clock=clock)
    token = signed_in(before)
    before.close_file()
    clock.set_by_s = DAYS_1000
    during = SignIns(accounts, clock=clock)
    during.look()
    assert during.state(token) == "none"
    clock.set_by_s = 0
    during.look()
    assert during.state(token) == "active"  # in the same process, once the clock is right
    clock.set_by_s = DAYS_1000
    during.look()
    during.close_file()
    clock.set_by_s = 0
    after = SignIns(accounts, clock=clock)
    assert (
        after.state(token) == "active"
    )  # what was written under the wrong clock is not believed to be younger than now
    clock.passed_s = 13 * HOUR
    assert after.state(token) == "expired"
    after.close_file()


def test_who_is_really_too_old_is_deleted_a_day_later(accounts: Accounts) -> None:
    clock = SetClock()
    before = SignIns(accounts, clock=clock)
    signed_in(before)
    before.close_file()
    clock.set_by_s = 40 * HOUR
    after = SignIns(accounts, clock=clock)
    clock.passed_s = 24 * HOUR
    after.look()
    after.close_file()
    with accounts.database() as db:
        assert db.execute("SELECT count(*) FROM browsers").fetchone() == (0,)


def test_an_account_is_known_at_so_many_browsers_and_no_more(signins: SignIns, clock: DrivenClock) -> None:
    first = signed_in(signins)
    for _ in range(MOST):
        clock.pass_s(1)
        newest = signed_in(signins)
    assert (signins.state(first), signins.state(newest)) == ("none", "active")
    assert len(signins._pages) == MOST


@pytest.mark.parametrize("value", [float("inf"), 1e300, -1e300, 253402300799.0])
def test_a_damaged_sign_in_asks_its_browser_again_and_nobody_else(
    signins: SignIns, accounts: Accounts, clock: DrivenClock, value: float
) -> None:
    token, other = signed_in(signins), signed_in(signins)
    signins.close_file()
    with accounts.database() as db:
        db.execute("UPDATE browsers SET expires = ? WHERE page = ?", (value, _page_digest(page_token(token))))
    again = SignIns(accounts, clock=clock)
    assert (again.state(token), again.state(other)) == ("none", "active")
    again.close_file()


def test_roles_that_are_changed_hold_at_once_where_somebody_is_signed_in(signins: SignIns, accounts: Accounts) -> None:
    token = signed_in(signins)
    Accounts(accounts.path, hasher=QUICK).set_roles("Mieke Voorbeeld", ["technician"])
    accounts.reload()
    assert (signins.state(token), standing(signins, token).why, standing(signins, token).dark) == (
        "active",
        "role",
        True,
    )
