"""The accounts' file: who may sign in, and what it never holds or forgets."""

import logging
import sqlite3
import stat
from pathlib import Path
from typing import Literal

import pyotp
import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.exceptions import VerificationError, VerifyMismatchError

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


def test_an_unknown_name_is_hashed_as_a_known_one_is_at_the_same_cost(tmp_path: Path) -> None:
    asked: list[tuple[Parameters, type[Exception]]] = []

    class Noted(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            try:
                return super().verify(hash, password)
            except VerificationError as error:
                asked.append((extract_parameters(str(hash)), type(error)))
                raise

    accounts = Accounts(tmp_path / "vigie.users", hasher=Noted(time_cost=1, memory_cost=8, parallelism=1))
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    for name in ("Mieke Voorbeeld", "Nobody"):
        assert accounts.verify(name, PASSWORD + "x") is None
    known, unknown = asked
    assert known == unknown and known[1] is VerifyMismatchError


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


def with_a_code(accounts: Accounts) -> pyotp.TOTP:
    return pyotp.TOTP(accounts.add("Jan Fictief", ["supervisor"], PASSWORD, totp=True))


def kept_beside(path: Path) -> bytes:
    """All that the folder of the accounts holds, the key apart."""
    return b"".join(
        file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(path.name + "-") or file == path
    )


def test_the_secret_of_a_code_stands_nowhere_in_clear_and_its_key_is_its_owners(accounts: Accounts) -> None:
    code = with_a_code(accounts)
    assert code.secret.encode() not in kept_beside(accounts.path)
    key = accounts.path.with_name("vigie.users.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_secrets_that_an_older_version_kept_in_clear_are_sealed_when_the_file_is_opened(
    accounts: Accounts, clock: DrivenClock
) -> None:
    code = with_a_code(accounts)
    with accounts.database() as db:
        db.execute("UPDATE accounts SET totp = ? WHERE totp != ''", (code.secret,))
    accounts.path.with_name("vigie.users.key").unlink()
    assert code.secret.encode() in kept_beside(accounts.path)
    again = Accounts(accounts.path, hasher=QUICK, now=lambda: clock.now().timestamp())
    assert code.secret.encode() not in kept_beside(accounts.path)
    assert again.verify("Jan Fictief", PASSWORD, code.at(int(clock.now().timestamp()))) is not None


@pytest.mark.parametrize("key", ["", "00" * 32, "no key at all"])
def test_without_its_key_a_code_is_never_right_and_others_sign_in(
    accounts: Accounts, clock: DrivenClock, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    code = with_a_code(accounts)
    accounts.add("Nacht Fictief", ["supervisor"], PASSWORD, break_glass=True)
    file = accounts.path.with_name("vigie.users.key")
    right = file.read_text()
    file.unlink()
    if key:
        file.write_text(key)
    now = code.at(int(clock.now().timestamp()))
    with caplog.at_level(logging.ERROR):
        again = Accounts(accounts.path, hasher=QUICK, now=lambda: clock.now().timestamp())
        for given in (now, "", "000000"):
            assert again.verify("Jan Fictief", PASSWORD, given) is None
    assert "can't sign in" in caplog.text
    assert "Fictief" not in caplog.text and code.secret not in caplog.text
    assert again.code_lost("Jan Fictief") and not again.code_lost("Nacht Fictief")
    assert again.verify("Nacht Fictief", PASSWORD) is not None
    assert again.verify("Mieke Voorbeeld", PASSWORD) is not None
    file.write_text(right)  # it came back: nothing needs a restart
    assert again.verify("Jan Fictief", PASSWORD, now) is not None


def test_a_secret_moved_to_another_account_opens_nothing(accounts: Accounts, clock: DrivenClock) -> None:
    code = with_a_code(accounts)
    with accounts.database() as db:
        db.execute(
            "UPDATE accounts SET totp = (SELECT totp FROM accounts WHERE key = 'jan fictief') WHERE key = 'mieke voorbeeld'"
        )
    now = code.at(int(clock.now().timestamp()))
    assert accounts.verify("Mieke Voorbeeld", PASSWORD, now) is None
    assert accounts.verify("Jan Fictief", PASSWORD, now) is not None


def test_a_code_used_under_a_clock_years_ahead_keeps_nobody_out_for_years(
    accounts: Accounts, clock: DrivenClock
) -> None:
    code = with_a_code(accounts)
    day = 24 * 3600
    clock.pass_s(1000 * day)
    assert accounts.verify("Jan Fictief", PASSWORD, code.at(int(clock.now().timestamp()))) is not None
    clock.pass_s(-1000 * day)
    now = code.at(int(clock.now().timestamp()))
    assert accounts.verify("Jan Fictief", PASSWORD, now) is not None
    assert accounts.verify("Jan Fictief", PASSWORD, now) is None  # good once, then as ever


def test_roles_are_changed_and_an_account_is_removed_for_good(accounts: Accounts) -> None:
    accounts.set_roles("mieke VOORBEELD", ["zone"], zone="5415")
    found = accounts.get("Mieke Voorbeeld")
    assert found is not None
    assert (found.roles, found.zone) == ({"zone"}, "5415")
    for roles, zone in (([], ""), (["boss"], ""), (["zone"], ""), (["dispatcher"], "5415")):
        with pytest.raises(AccountError):
            accounts.set_roles("Mieke Voorbeeld", roles, zone=zone)
    accounts.remove("mieke voorbeeld")
    assert accounts.verify("Mieke Voorbeeld", PASSWORD) is None
    assert b"Mieke" not in accounts.path.read_bytes()
    for change in (accounts.remove, lambda name: accounts.set_roles(name, ["dispatcher"])):
        with pytest.raises(AccountError, match="no account"):
            change("Mieke Voorbeeld")


def test_an_account_of_a_role_that_is_none_any_more_opens_and_gives_nothing_by_it(accounts: Accounts) -> None:
    with accounts.database() as db:
        db.execute("UPDATE accounts SET roles = 'administrator dispatcher'")
    again = Accounts(accounts.path, hasher=QUICK).get("Mieke Voorbeeld")
    assert again is not None
    assert (again.roles, again.former) == ({"dispatcher"}, ("administrator",))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts SET roles = CAST(x'ff00fe' AS TEXT)",
        "UPDATE accounts SET name = CAST(x'ff' AS TEXT)",
        "DROP TABLE accounts",
        "ALTER TABLE accounts RENAME COLUMN hash TO hush",
        "ALTER TABLE accounts DROP COLUMN zone",
        "PRAGMA application_id = 7",
    ],
)
def test_a_damaged_file_is_said_in_a_line_and_never_opened(accounts: Accounts, sql: str) -> None:
    with sqlite3.connect(accounts.path) as db:
        db.execute(sql)
    db.close()
    with pytest.raises(AccountError) as damage:
        Accounts(accounts.path, hasher=QUICK)
    assert "\n" not in str(damage.value)


def test_a_hash_that_the_disk_damaged_is_a_wrong_password(accounts: Accounts) -> None:
    with accounts.database() as db:
        db.execute("UPDATE accounts SET hash = 'é' || hash")
    assert Accounts(accounts.path, hasher=QUICK).verify("Mieke Voorbeeld", PASSWORD) is None


@pytest.mark.parametrize("change", ["set_roles", "set_disabled", "set_password"])
def test_what_was_judged_by_an_account_of_before_is_not_written_and_not_told(tmp_path: Path, change: str) -> None:
    accounts = Accounts(tmp_path / "users", hasher=QUICK)
    accounts.add("Mieke Voorbeeld", ["dispatcher", "auditor"], PASSWORD)
    was, told = accounts.get("Mieke Voorbeeld"), list[str]()
    Accounts(accounts.path, hasher=QUICK).set_roles("Mieke Voorbeeld", ["dispatcher"])  # another process, meanwhile
    given = {"set_roles": ["auditor"], "set_disabled": True, "set_password": "een ander wachtwoord"}[change]
    with pytest.raises(AccountError, match="changed meanwhile"):
        getattr(accounts, change)("Mieke Voorbeeld", given, was=was, first=lambda *_: told.append("told"))
    assert not told and accounts.get("Mieke Voorbeeld").roles == {"dispatcher"}  # type: ignore[union-attr]
    getattr(accounts, change)(
        "Mieke Voorbeeld", given, was=accounts.get("Mieke Voorbeeld"), first=lambda *_: told.append("told")
    )
    assert told == ["told"]
