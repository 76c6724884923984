"""What takes two people, at the command line: whatever lets an account see more, by whichever commands."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner, Result

import app
from centre.belonging import bind
from centre.proposals import witness
from centre.settings import Settings
from centre.spool import CHANGED, Note, append, leave_note
from cli import accounts as accounts_module
from cli import second_person
from dashboard.access.accounts import Accounts
from incidents import events as ev
from incidents.audit import stream_of
from incidents.case import Exclusion
from incidents.cases import CaseRegister
from incidents.log.sqlite import SqliteLog
from tests.centre.test_cases_import import CASE

PASSWORD = "geen echt wachtwoord"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Centre:
    """A folder with a log and accounts, and the commands that an administrator runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accounts = Accounts(folder / "vigie.users", hasher=QUICK)
        for name, roles in {
            "Ann Fictief": ["supervisor"],
            "Aud Fictief": ["auditor"],
            "Dis Fictief": ["dispatcher"],
        }.items():
            self.accounts.add(name, roles, PASSWORD)

    def run(self, *words: str, by: str = "", typed: str = PASSWORD) -> Result:
        asked = [*words, *(("--by", by, "--password-stdin") if by else ()), "--users", str(self.folder / "vigie.users")]
        return CliRunner().invoke(app.app, asked, input=typed + "\n")

    def waiting(self) -> list[str]:
        """By which words the proposals that wait are confirmed."""
        return [line.partition(":")[0] for line in self.run("approve").output.splitlines() if "; waits" in line]

    def approve(self, by: str, typed: str = PASSWORD) -> Result:
        """Confirm the one that waits."""
        (word,) = self.waiting()
        return self.run("approve", word, by=by, typed=typed)

    def roles(self, name: str) -> set[str]:
        self.accounts.reload()
        account = self.accounts.get(name)
        return set(account.roles) if account is not None else set()

    def recorded(self) -> list[dict[str, Any]]:
        """The facts in full of what the log was told, the first first."""
        return asyncio.run(recorded(self.folder / "vigie.log"))


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.chdir(tmp_path)  # where the log is
    asyncio.run(begin(tmp_path / "vigie.log"))
    return Centre(tmp_path)


WIDER = ("users", "role", "Dis Fictief", "--role", "dispatcher", "--role", "supervisor")


def test_a_role_more_is_proposed_by_one_confirmed_by_another_and_then_given(centre: Centre) -> None:
    assert "takes two people" in centre.run(*WIDER).output
    assert "do not go together" in centre.run(*WIDER, by="Ann Fictief", typed="another password").output
    assert "whom it is not about" in centre.run(*WIDER, by="Dis Fictief").output
    assert centre.recorded() == [] and centre.run("approve").output == "nothing waits for a second person\n"
    proposed = centre.run(*WIDER, by="Ann Fictief")
    assert proposed.exit_code == 1 and "nothing is changed yet" in proposed.output
    assert centre.roles("Dis Fictief") == {"dispatcher"}
    kept = (centre.folder / "vigie.users.proposals").read_text()
    assert "Fictief" not in kept and (centre.folder / "vigie.users.proposals").stat().st_mode & 0o777 == 0o600
    (line,) = centre.run("approve").output.splitlines()
    assert "roles Dis Fictief: dispatcher, supervisor; dis fictief sees more: supervisor; proposed by Ann" in line
    assert centre.run(*WIDER).exit_code == 1, "one person is not enough"
    for who, why in (("Ann Fictief", "who proposed it"), ("Dis Fictief", "who it is about"), ("Nobody", "do not go")):
        refused = centre.approve(by=who)
        assert refused.exit_code == 1 and why in refused.output and line in refused.output
    assert "no such proposal" in centre.run("approve", "1", by="Aud Fictief").output
    assert centre.approve(by="Aud Fictief").exit_code == 0
    other = ("users", "role", "Dis Fictief", "--role", "dispatcher", "--role", "trainer")
    assert centre.run(*other).exit_code == 1, "what was confirmed is this change and no other"
    done = centre.run(*WIDER)
    assert done.exit_code == 0 and centre.roles("Dis Fictief") == {"dispatcher", "supervisor"}
    assert centre.run("users", "role", "Dis Fictief", "--role", "dispatcher").exit_code == 0, "a role less takes one"
    assert centre.run(*WIDER).exit_code == 1, "it was confirmed once"
    told = [(one["type"], one.get("step", one.get("what"))) for one in centre.recorded()]
    assert told == [
        ("change_proposed", "proposed"),
        ("change_proposed", "confirmed"),
        ("account_changed", "roles"),
        ("account_changed", "roles"),
    ]
    changed = centre.recorded()[2]
    assert (changed["proposed_by"], changed["confirmed_by"]) == ("Ann Fictief", "Aud Fictief")


def test_an_account_more_and_one_that_was_disabled_take_two_and_a_password_that_is_none_spends_nothing(
    centre: Centre,
) -> None:
    add = ("users", "add", "New Fictief", "--role", "supervisor", "--password-stdin")
    assert "takes two people" in centre.run(*add).output and not centre.roles("New Fictief")
    assert "nothing is changed yet" in centre.run(*add[:-1], by="Aud Fictief").output
    assert centre.approve("Ann Fictief").exit_code == 0
    assert "at least" in centre.run(*add, typed="short").output
    assert centre.run(*add).exit_code == 0 and centre.roles("New Fictief") == {"supervisor"}
    assert centre.run("users", "disable", "New Fictief").exit_code == 0
    assert "takes two people" in centre.run("users", "enable", "New Fictief").output


def test_anothers_password_takes_two_and_ones_own_the_password_that_it_has(centre: Centre) -> None:
    """Who knows a password passes for its person, and so for the second one."""
    centre.accounts.add("Sup Fictief", ["supervisor"], PASSWORD)
    another, asked = "quite another sentence", ("users", "passwd", "Aud Fictief")
    assert "takes two people" in centre.run(*asked, "--password-stdin", typed=another).output
    assert "whom it is not about" in centre.run(*asked, by="Dis Fictief").output
    assert "do not go together" in centre.run(*asked, by="Aud Fictief", typed=f"{another}\n{another}").output
    assert centre.run(*asked, by="AUD Fictief", typed=f"{PASSWORD}\n{another}").exit_code == 0
    assert centre.accounts.verify("Aud Fictief", another) is not None
    other = ("users", "passwd", "Dis Fictief")
    assert "nothing is changed yet" in centre.run(*other, by="Ann Fictief").output
    assert centre.approve("Aud Fictief", another).exit_code == 0
    assert centre.accounts.verify("Dis Fictief", PASSWORD) is not None
    assert centre.run(*other, "--password-stdin", typed=another).exit_code == 0
    assert centre.accounts.verify("Dis Fictief", another) is not None
    told = [one for one in centre.recorded() if one["type"] == "account_changed"]
    assert [(one["what"], one["account"], one.get("confirmed_by", "")) for one in told] == [
        ("password", "Aud Fictief", ""),
        ("password", "Dis Fictief", "Aud Fictief"),
    ]


def test_where_nobody_could_confirm_it_one_is_enough_and_the_record_says_so(centre: Centre) -> None:
    for name in ("Ann Fictief", "Aud Fictief"):
        centre.accounts.remove(name)
    assert (
        centre.run("users", "add", "First", "--role", "supervisor", "--break-glass", "--password-stdin").exit_code == 0
    )
    (note,) = centre.recorded()
    assert note["alone"] and note["break_glass"] and note["account"] == "First"


@pytest.mark.parametrize("words", [("users", "passwd", "Aud Fictief"), WIDER], ids=["about the other", "one is left"])
def test_where_one_is_left_whom_it_is_not_about_their_password_is_asked(centre: Centre, words: tuple[str, ...]) -> None:
    if words is WIDER:
        centre.accounts.remove("Aud Fictief")
    another = "quite another sentence"
    assert "one person is left" in centre.run(*words, *["--password-stdin"] * (words != WIDER), typed=another).output
    for by, typed in (("Dis Fictief", PASSWORD), ("Glass", PASSWORD), ("Ann Fictief", another)):
        assert centre.run(*words, by=by, typed=f"{typed}\n{another}").exit_code == 1 and centre.recorded() == []
    assert centre.run(*words, by="Ann Fictief", typed=f"{PASSWORD}\n{another}").exit_code == 0
    (note,) = centre.recorded()
    assert note["alone"] and note["proposed_by"] == "Ann Fictief"


def test_where_nobody_can_tell_who_could_confirm_it_a_break_glass_account_does_it_and_the_record_says_so(
    centre: Centre,
) -> None:
    centre.accounts.remove("Aud Fictief")
    centre.accounts.add("Glass Fictief", ["dispatcher"], PASSWORD, break_glass=True)
    (centre.folder / "vigie.log.key").unlink()
    for by in ("", "Ann Fictief", "Dis Fictief"):
        assert "nobody knows who could confirm it" in centre.run(*WIDER, by=by).output
    assert "do not go together" in centre.run(*WIDER, by="Glass Fictief", typed="another password").output
    assert centre.run(*WIDER, by="Glass Fictief").exit_code == 0 and "supervisor" in centre.roles("Dis Fictief")
    (note,) = centre.folder.glob("vigie.log.change-*")
    assert json.loads(note.read_text())["event"]["alone"]


def test_where_the_accounts_file_is_gone_a_break_glass_account_is_made_and_the_record_says_so(centre: Centre) -> None:
    (centre.folder / "vigie.users").unlink()
    add = ("users", "add", "First Fictief", "--role", "supervisor", "--password-stdin")
    assert "make a break-glass account first" in centre.run(*add).output and centre.recorded() == []
    assert centre.run(*add, "--break-glass").exit_code == 0
    (note,) = centre.recorded()
    assert note["alone"] and note["break_glass"] and note["account"] == "First Fictief"
    made = centre.run(
        "users", "add", "Dis Fictief", "--role", "dispatcher", by="First Fictief", typed=f"{PASSWORD}\n" * 2
    )
    assert made.exit_code == 0 and centre.recorded()[-1]["proposed_by"] == "First Fictief"


def test_a_zone_is_dropped_by_one_person_only_where_the_cases_say_that_it_is_kept_from_nothing(centre: Centre) -> None:
    centre.accounts.add("Sue Fictief", ["supervisor"], PASSWORD)
    centre.accounts.add("Zed Fictief", ["dispatcher", "zone"], PASSWORD, zone="5418")
    drop = ("users", "role", "Zed Fictief", "--role", "dispatcher")
    assert "takes two people" in centre.run(*drop).output, "no register is set: nobody can say"
    imports(centre.folder, {"zone": "5415", "reason": "a relative"})
    (centre.folder / "vigie.toml").write_text('cases = "cases.db"\n')
    assert centre.run("cases", "import", "cases.json").exit_code == 0
    assert centre.run(*drop).exit_code == 0 and centre.roles("Zed Fictief") == {"dispatcher"}


def test_every_option_is_part_of_what_is_confirmed_and_is_shown_before_the_password(centre: Centre) -> None:
    add = ("users", "add", "New Fictief", "--role", "dispatcher")
    assert "nothing is changed yet" in centre.run(*add, "--totp", "--break-glass", by="Ann Fictief").output
    assert "add New Fictief: dispatcher, with a code, break-glass" in centre.approve("Aud Fictief", "wrong").output
    assert centre.approve("Aud Fictief").exit_code == 0
    for less in ((), ("--totp",), ("--break-glass",)):
        assert centre.run(*add, *less, "--password-stdin").exit_code == 1 and not centre.roles("New Fictief")
    assert centre.run(*add, "--totp", "--break-glass", "--password-stdin").exit_code == 0


def test_what_comes_while_a_password_is_typed_is_kept_and_what_moved_meanwhile_is_not_confirmed(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.accounts.add("Sue Fictief", ["supervisor"], PASSWORD)
    other = ("users", "role", "Sue Fictief", "--role", "supervisor", "--role", "trainer")
    typed, asks = list[tuple[str, ...]](), second_person.verified

    def slowly(settings: Settings, accounts: Accounts, name: str, from_stdin: bool, **how: Any) -> Any:
        if name == "Aud Fictief" and typed:
            assert "nothing is changed yet" in centre.run(*typed.pop(), by="Ann Fictief").output
        return asks(settings, accounts, name, from_stdin, **how)

    monkeypatch.setattr(second_person, "verified", slowly)
    centre.run(*WIDER, by="Ann Fictief")
    typed.append(other)
    assert centre.approve("Aud Fictief").exit_code == 0
    assert "roles Sue Fictief: supervisor, trainer" in centre.run("approve").output, "what came meanwhile is there"
    assert centre.run(*WIDER).exit_code == 0
    typed.append(other)  # it is proposed once more: by whom and when is another matter
    moved = centre.approve("Aud Fictief")
    assert moved.exit_code == 1 and "no more what was shown" in moved.output
    assert centre.run(*other).exit_code == 1


def test_what_was_confirmed_once_is_done_once_though_two_do_it_at_a_time(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwd, asks, again = ("users", "passwd", "Dis Fictief", "--password-stdin"), accounts_module._password, [True]
    centre.run(*passwd[:-1], by="Ann Fictief")
    centre.approve("Aud Fictief")

    def slowly(from_stdin: bool) -> str:
        if again and again.pop():
            assert centre.run(*passwd, typed="the first one's").exit_code == 0
        return asks(from_stdin)

    monkeypatch.setattr(accounts_module, "_password", slowly)
    late = centre.run(*passwd, typed="the second one's")
    assert late.exit_code == 1 and "meanwhile" in late.output
    assert centre.accounts.verify("Dis Fictief", "the first one's") is not None


def test_a_file_of_proposals_that_is_damaged_or_of_another_key_has_none(centre: Centre) -> None:
    centre.run(*WIDER, by="Ann Fictief")
    centre.approve("Aud Fictief")
    file = centre.folder / "vigie.users.proposals"
    for content in (b"", b"\xff", b"[]", b'[{"about":"x"}]', file.read_bytes()[:-4] + b"AAAA", b"sealed 1 AAAA"):
        file.write_bytes(content)
        assert centre.run(*WIDER).exit_code == 1 and "nothing waits" in centre.run("approve").output


async def begin(log: Path) -> None:
    """A log that knows of an account."""
    opened, now = await SqliteLog.open(log), datetime.now(UTC)
    event = ev.AccountChanged(what="added", account="Ann Fictief", after="supervisor")
    await append(opened, stream_of(now), event, id="begin", at=now, actor="a")
    await opened.close()


async def test_of_accounts_that_were_made_before_there_is_a_log_none_counts_that_was_removed(tmp_path: Path) -> None:
    """Their records have no name: whoever is removed by one of which nothing was told is one of them, once."""
    log, now = tmp_path / "vigie.log", datetime.now(UTC)
    notes: list[Any] = ["added", "added", "added", "removed"]
    aud, new, again = ("removed", "Aud"), ("removed", "New"), ("added", "New")
    records: list[Any] = [aud, aud, again, new, new]
    for n, what in enumerate(notes):
        event = ev.AccountChanged(what=what, account="Ann Fictief", after="supervisor")
        leave_note(log, CHANGED, Note(id=f"change-{n:032x}", at=now + timedelta(microseconds=n), by="x", event=event))
    standing = [witness(settings := Settings(log=log), now).standing]
    opened = await SqliteLog.open(log)
    for n, (what, name) in enumerate(records):
        event, at = ev.AccountChanged(what=what, account=name), now + timedelta(seconds=1 + n)
        await append(opened, stream_of(now), event, id=f"{n}", at=at, actor="a")
        standing.append(witness(settings, now).standing)
    await opened.close()
    assert standing == [2, 1, 1, 2, 1, 1]


async def recorded(path: Path) -> list[dict[str, Any]]:
    """The facts in full of each change that was told since the log began."""
    log = await SqliteLog.open(path, reading=True)
    found = [
        {"type": one.type, **one.open, **json.loads(log.unseal(one) or b"{}")}
        async for _, one in log.records()
        if one.type in ("account_changed", "cases_imported", "change_proposed") and one.id != "begin"
    ]
    await log.close()
    return found


def imports(folder: Path, *exclusions: dict[str, str]) -> str:
    cases = [CASE | {"number": "2026-0001", "devices": ["AMR-0001"], "exclusions": list(exclusions)}]
    file = folder / "cases.json"
    file.write_text(json.dumps({"cases": cases}))
    return str(file)


def test_an_exclusion_is_lifted_by_two_of_whom_it_excludes_neither(centre: Centre) -> None:
    folder = centre.folder
    words = ("cases", "import", "cases.json", "--cases", "cases.db", "--log", "vigie.log")
    excluded = {"account": "ann fictief", "reason": "a relative"}

    def kept() -> tuple[Exclusion, ...]:
        case = CaseRegister.open(folder / "cases.db").by_number("2026-0001")
        assert case is not None
        return case.exclusions

    imports(folder, excluded)
    assert centre.run(*words).exit_code == 0 and len(kept()) == 1
    imports(folder)
    # Ann may not propose what is about her.
    centre.accounts.add("Sue Fictief", ["supervisor"], PASSWORD)
    assert "takes two people" in centre.run(*words).output and len(kept()) == 1
    assert "whom it is not about" in centre.run(*words, by="Ann Fictief").output
    assert "nothing is changed yet" in centre.run(*words, by="Sue Fictief").output
    assert "who it is about" in centre.approve("Ann Fictief").output
    assert centre.approve("Aud Fictief").exit_code == 0
    assert centre.run(*words).exit_code == 0 and kept() == ()
    made = centre.recorded()[-1]
    assert (made["lifted"], made["proposed_by"], made["confirmed_by"]) == (1, "Sue Fictief", "Aud Fictief")


def test_a_case_that_was_withdrawn_and_comes_back_excludes_as_before_until_two_lift_it(centre: Centre) -> None:
    words = ("cases", "import", "cases.json", "--cases", "cases.db", "--log", "vigie.log")
    imports(centre.folder, {"account": "ann fictief", "reason": "a relative"})
    assert centre.run(*words).exit_code == 0
    asyncio.run(begin(centre.folder / "vigie.log"))
    centre.accounts.add("Sue Fictief", ["supervisor"], PASSWORD)
    (centre.folder / "cases.json").write_text(json.dumps({"cases": [], "withdrawn": ["2026-0001"]}))
    assert "takes two people" in centre.run(*words).output, "the device is kept from nobody then"
    assert "nothing is changed yet" in centre.run(*words, by="Sue Fictief").output
    assert "ann fictief sees more: device AMR-0001" in centre.approve("Aud Fictief").output
    assert centre.run(*words).exit_code == 0
    imports(centre.folder)
    assert "takes two people" in centre.run(*words).output
    assert CaseRegister.open(centre.folder / "cases.db").by_number("2026-0001") is None


def test_who_was_alone_when_it_was_judged_is_no_more_when_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, asks = tmp_path / "users", accounts_module._password

    def slowly(from_stdin: bool) -> str:
        people = Accounts(users, hasher=QUICK)
        for name in ("Ann Fictief", "Bob Fictief"):
            people.add(name, ["supervisor"], PASSWORD)
        bind(Settings(log=tmp_path / "vigie.log", users=users), users)
        return asks(from_stdin)

    monkeypatch.setattr(accounts_module, "_password", slowly)
    words = ["users", "add", "Mal Fictief", "--role", "supervisor", "--password-stdin", "--users", str(users)]
    env = {"VIGIE_LOG": str(tmp_path / "vigie.log")}
    done = CliRunner().invoke(app.app, words, input=PASSWORD + "\n", env=env)
    assert done.exit_code == 1 and "begin again" in done.output
    assert Accounts(users, hasher=QUICK).get("Mal Fictief") is None
