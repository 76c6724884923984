"""Browsers that are signed in: their limits, a restart, and what a page may know."""

from collections.abc import Iterator

import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns, page_token
from dashboard.access.standing import standing
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.conftest import DrivenClock

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
