"""The accounts' file: who may sign in, and what it never holds or forgets."""

import stat
from pathlib import Path

import pyotp
import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.rules import AccountError
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.conftest import DrivenClock


def test_the_right_password_gives_the_account_however_its_name_is_capitalised(accounts: Accounts) -> None:
    found = accounts.verify(" mieke VOORBEELD ", PASSWORD)
    assert found is not None
    assert (found.name, found.roles) == ("Mieke Voorbeeld", {"dispatcher"})
    assert accounts.verify("Mieke Voorbeeld", PASSWORD + "x") is None
    assert accounts.verify("Nobody", PASSWORD) is None


def test_the_file_is_its_owners_alone_and_holds_no_password(accounts: Accounts) -> None:
    assert stat.S_IMODE(accounts.path.stat().st_mode) == 0o600
    kept = accounts.path.read_bytes()
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


def test_an_account_is_disabled_and_enabled_by_another_process(accounts: Accounts) -> None:
    other = Accounts(accounts.path, hasher=QUICK)
    other.set_disabled("mieke voorbeeld", True)
    assert accounts.verify("Mieke Voorbeeld", PASSWORD) is None
    other.set_disabled("mieke voorbeeld", False)
    assert accounts.verify("Mieke Voorbeeld", PASSWORD) is not None


def test_a_code_is_asked_for_and_is_good_once_even_after_a_restart(accounts: Accounts, clock: DrivenClock) -> None:
    code = pyotp.TOTP(accounts.add("Jan Fictief", ["supervisor"], PASSWORD, totp=True))
    assert accounts.verify("Jan Fictief", PASSWORD) is None
    now = code.at(int(clock.now().timestamp()))
    assert accounts.verify("Jan Fictief", "wrong password", now) is None
    assert accounts.verify("Jan Fictief", PASSWORD, f"{now[:3]} {now[3:]}") is not None
    assert accounts.verify("Jan Fictief", PASSWORD, now) is None
    again = Accounts(accounts.path, hasher=QUICK, now=lambda: clock.now().timestamp())
    assert again.verify("Jan Fictief", PASSWORD, now) is None
    clock.pass_s(30)
    assert again.verify("Jan Fictief", PASSWORD, code.at(int(clock.now().timestamp()))) is not None


@pytest.mark.parametrize(
    ("name", "roles", "password", "zone", "says"),
    [
        ("MIEKE voorbeeld", ["dispatcher"], PASSWORD, "", "already"),
        ("Jan Fictief", ["dispatcher"], "short", "", "at least 10"),
        ("Jan Fictief", ["boss"], PASSWORD, "", "no role"),
        ("Jan Fictief", [], PASSWORD, "", "--role"),
        ("Jan Fictief", ["zone"], PASSWORD, "", "--zone"),
        ("Jan Fictief", ["dispatcher"], PASSWORD, "5415", "--zone"),
        ("<b>Jan", ["dispatcher"], PASSWORD, "", "a name has"),
        ("J\nan", ["dispatcher"], PASSWORD, "", "a name has"),
    ],
)
def test_what_can_be_no_account_is_refused_in_a_line(
    accounts: Accounts, name: str, roles: list[str], password: str, zone: str, says: str
) -> None:
    with pytest.raises(AccountError) as refused:
        accounts.add(name, roles, password, zone=zone)
    assert says in str(refused.value)
    assert password not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(accounts.all()) == 1


def test_another_file_is_not_taken_for_accounts_and_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("not a database at all, but a text of some length " * 30)
    before = file.read_bytes()
    with pytest.raises(AccountError):
        Accounts(file, hasher=QUICK)
    assert file.read_bytes() == before


def test_a_file_that_can_no_longer_be_read_keeps_nobody_from_signing_in(accounts: Accounts) -> None:
    accounts.path.write_bytes(b"overwritten by a fault of the disk " * 100)
    assert accounts.verify("Mieke Voorbeeld", PASSWORD) is not None
