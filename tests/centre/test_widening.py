"""No one person's commands let anybody see more: those that name accounts or cases, in any order, with whatever they take."""

import asyncio
import contextlib
import inspect
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import argon2
import msgspec
import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import app
from centre.belonging import bind
from centre.changes import State, effect, say_settings
from centre.settings import load
from centre.spool import append
from dashboard.access.accounts import Accounts
from dashboard.access.rules import Account
from incidents.board import Board
from incidents.case import Case
from incidents.cases import CaseRegister, KnownCases
from incidents.cases import rows as rows_module
from incidents.clock import SystemClock
from incidents.exclusion import Exclusions
from incidents.log.sqlite import SqliteLog
from incidents.roles import User
from tests.budget import drawn
from tests.centre.test_cases_import import CASE
from tests.centre.test_two_people import QUICK, begin
from tests.cli.test_progress import COMMANDS
from tests.incidents.test_exclusion import case

MINE, ANOTHER, THEIRS = "my very own sentence", "quite another sentence", "nobody told me this one"
ME, GLASS = "Ann Fictief", "Glass Fictief"
ROLES = {
    ME: ["supervisor"],
    "Aud Fictief": ["auditor"],
    "Sue Fictief": ["supervisor"],
    "Dis Fictief": ["dispatcher"],
    "Zed Fictief": ["dispatcher", "zone"],
    "Out Fictief": ["supervisor"],
}


def rows(*said: tuple[str, str, tuple[str, ...]], withdrawn: tuple[str, ...] = (), zone: str = "5300") -> str:
    """A file of cases: each one's number, device, and whom it excludes, accounts by name and zones by number. `zone` manages."""
    cases = [
        CASE
        | {"number": f"2026-{number}", "devices": [device], "managing_zone": zone}
        | {"exclusions": [{"zone" if one.isdigit() else "account": one, "reason": "r"} for one in excluded]}
        for number, device, excluded in said
    ]
    return json.dumps({"cases": cases, "withdrawn": [f"2026-{number}" for number in withdrawn]})


FIRST, SECOND = ("0001", "AMR-1", ("dis fictief", "5418")), ("0002", "AMR-2", ("ann fictief",))
FREE = ("0001", "AMR-1", ())
EVERYBODY = ("aud fictief", "sue fictief", "out fictief", "ann fictief")
FILES = {
    "same": rows(FIRST, SECOND),
    "lifts": rows(FREE),
    "lifts mine": rows(("0002", "AMR-2", ())),
    "twice": rows(FREE, FIRST),
    "withdraws": rows(withdrawn=("0001",)),
    "again": rows(("0003", "AMR-1", ()), withdrawn=("0001",)),
    "moves": rows(("0001", "AMR-9", FIRST[2])),
    "excludes": rows(("0001", "AMR-1", (*FIRST[2], *EVERYBODY))),
    "hands over": rows(SECOND, zone="5418"),
    "withdraws mine": rows(withdrawn=("0002",)),
    "broken": "{",
}
SEEN = [("AMR-1", None), ("AMR-2", None), (None, "2026-0001"), (None, "2026-0002")]


class Concerned(msgspec.Struct, frozen=True):
    device: str | None
    case: str | None
    open: bool
    case_version: int | None = 1


def rule_of(register: Any) -> Exclusions:
    return Exclusions(register, Board(), None)  # type: ignore[arg-type]


def sees(rule: Exclusions, account: Account, known: tuple[Case, ...]) -> set[str]:
    """What an account sees: by the rule that every page asks."""
    if account.disabled:
        return set()
    user = User(actor="x", roles=account.roles, zone=account.zone, name=account.name)
    incidents = [Concerned(device, number, open_) for device, number in SEEN for open_ in (True, False)]
    managed = {one.number for one in known if one.managed_by(user.zone) and not rule.case(one, user)}
    seen = {str(one) for one in incidents if not rule.incident(one, user)}
    return {*account.roles, f"zone {account.zone}", *seen, *(managed & {"2026-0001", "2026-0002"})}


def all_see(folder: Path) -> dict[str, set[str]]:
    rule = rule_of(register := CaseRegister.open(folder / "cases.db"))
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    mine = {
        one.name
        for one in accounts.all()
        if one.name != ME and any(accounts.verify(one.name, word) for word in (MINE, ANOTHER))
    }
    return {
        one.name: sees(rule, one, register.all()) | ({"by me"} if one.name in mine else set()) for one in accounts.all()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    (folder / "vigie.toml").write_text('cases = "cases.db"\n')
    for name, content in FILES.items():
        (folder / f"{name}.json").write_text(content)
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    for name, roles in ROLES.items():
        accounts.add(name, roles, MINE if name == ME else THEIRS, zone="5418" if "zone" in roles else "")
    accounts.set_disabled("Out Fictief", True)
    accounts.add(GLASS, ["keeper"], MINE, break_glass=True)
    asyncio.run(begin(folder / "vigie.log"))
    with contextlib.chdir(folder):
        assert "2 added" in said(["cases", "import", "same.json"])
        asyncio.run(start())
    return folder.rename(folder.with_name("kept"))  # what is moved is taken up by the next start, a copy is not


async def start() -> None:
    """What a desk does at its start."""
    log, clock = await SqliteLog.open(load().log, key_file=load().key_file), SystemClock()

    async def note(stream: str, event: Any, *, id: str, actor: str) -> None:
        await append(log, stream, event, id=id, at=clock.now(), actor=actor)

    try:
        desk: Any = SimpleNamespace(clock=clock, note=note, pseudonym=log.vault.pseudonym)
        await say_settings(load(), desk, log)
    finally:
        await log.close()
    bind(load())


@pytest.fixture
def anew(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """The same centre once more, where the commands find it."""
    quick = argon2.extract_parameters(QUICK.hash("x"))
    monkeypatch.setattr("dashboard.access.accounts.RFC_9106_LOW_MEMORY", quick)
    monkeypatch.setattr("centre.master_keys.SETTLED_S", 0.0)
    folder = tmp_path / "centre"

    def copied() -> Path:
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
        monkeypatch.chdir(folder)
        bind(load())
        return folder

    return copied


def said(words: list[str], env: dict[str, str | None] = MappingProxyType({})) -> str:  # type: ignore[assignment]
    """What a command says to me, who type my password where it is asked, and else another one."""
    typed = [MINE if {ME, GLASS} & {*words} else ANOTHER, ANOTHER]
    return CliRunner().invoke(app.app, words, input="\n".join([*typed, ""]), env={"VIGIE_LOG": None, **env}).output


MOVES = {"cp": shutil.copy, "ln": lambda path, to: os.link(path, to), "mv": shutil.move}
TWO_OF_MINE = ("users add Sue --role supervisor", "users add Aud --role auditor --by Sue --password-stdin")
LIFTED_BY_THEM = (
    "cases import lifts.json --by Sue --password-stdin",
    "approve waits --by Aud --password-stdin",
    "cases import lifts.json",
)
WAYS = {
    "a number twice": ["cases import twice.json --partial"],
    "no accounts": ["cases import lifts.json --users none"],
    "neither": ["cases import lifts.json --users none --log none.log"],
    "no log that knows them": ["users disable Aud", "users disable Sue", "cases import lifts.json --log none.log"],
    "the others are out": ["users disable Aud", "users remove Sue", "cases import lifts.json"],
    "the others lose their roles": [
        *(
            "users role Aud --role auditor",
            "users disable Aud",
            "users disable Sue",
            "users role Dis --role supervisor",
        ),
    ],
    "she has another case": ["cases import again.json"],
    "it is withdrawn and comes back": ["cases import withdraws.json", "cases import lifts.json"],
    "the device leaves it": ["cases import moves.json"],
    "about all who could confirm": ["cases import excludes.json", "cases import lifts.json"],
    "a zone is dropped": ["users role Zed --role dispatcher"],
    "a password while it is out": ["users disable Aud", "users passwd Aud", "users enable Aud"],
    "an account more": ["users remove Aud", "users add Aud --role auditor"],
    "accounts of my own": [
        "users add New --role supervisor --users mine.users",
        "cases import lifts.json --users mine.users",
    ],
    "mine": ["cases import lifts_mine.json"],
    "a log and accounts of my own": [
        "VIGIE_LOG=q/new.log users add New --role supervisor --users q/u",
        "VIGIE_LOG=q/new.log cases import lifts.json --users q/u",
        "VIGIE_LOG=q/vigie.log users add New --role supervisor --users mine.users",
        "cases import lifts.json --users mine.users",
        "cases import same.json --users q/u --log q/x.log",
        "cases import lifts.json --users q/u --log q/x.log",
        "cases import lifts.json --users q/u",
    ],
    "a log of my own": [
        "users disable Aud",
        "users disable Sue",
        "cases import same.json --users vigie.users --log q/x.log",
        "cases import lifts.json --users vigie.users --log q/x.log",
    ],
    "a log of my own by the environment": [
        "VIGIE_LOG=q/x.log users disable Aud --users vigie.users",
        "VIGIE_LOG=q/x.log users disable Sue --users vigie.users",
        "VIGIE_LOG=q/x.log users role Dis --role supervisor --users vigie.users",
        "users role Dis --role supervisor",
    ],
    "a log that is not there, by a break-glass account": [
        "users disable Aud",
        "users disable Sue",
        "cases import lifts.json --users vigie.users --log nolog --by Glass --password-stdin",
    ],
    "copies of the accounts": [
        "cp c",
        "VIGIE_LOG=c/vigie.log users disable Aud --users c/vigie.users",
        "VIGIE_LOG=c/vigie.log users disable Sue --users c/vigie.users",
        "cases import lifts.json --users c/vigie.users",
        "VIGIE_LOG=c/vigie.log cases import lifts.json --users c/vigie.users",
    ],
    "copies of the log": [
        "cp a",
        "cp b",
        "VIGIE_LOG=a/vigie.log users disable Aud --users vigie.users",
        "VIGIE_LOG=a/vigie.log users disable Sue --users vigie.users",
        "VIGIE_LOG=b/vigie.log cases import lifts.json --users vigie.users",
        "VIGIE_LOG=b/vigie.log users role Dis --role supervisor --users vigie.users",
    ],
    "one account removed from copy after copy": [
        *(word for n in range(5) for word in (f"cp c{n}", f"users remove Dis --users c{n}/vigie.users")),
        "cases import lifts.json --users none",
    ],
    "a log that is not there, beside accounts of my own": [
        "VIGIE_LOG=q/vigie.log users add New --role supervisor --users q/mine",
        "VIGIE_LOG=q/vigie.log cases import lifts.json --users q/mine",
        "VIGIE_LOG=q/vigie.log users role Zed --role dispatcher --users vigie.users --cases q/none.db",
    ],
    "another register": [
        "cases import lifts.json --cases fake.db",
        "cases import lifts.json --users none --cases fake.db",
    ],
    "a start with accounts of my own": [
        *(f"VIGIE_CASES=q/none.db VIGIE_LOG=q/vigie.log {line} --users q/mine" for line in TWO_OF_MINE),
        "VIGIE_USERS=q/mine start",
        *(f"VIGIE_USERS=q/mine {line}" for line in LIFTED_BY_THEM),
        "start",
        *LIFTED_BY_THEM,
    ],
    "the log aside while accounts are made": [
        *("mv vigie.log vigie.users cases.db aside", *TWO_OF_MINE, "mv aside/vigie.log aside/cases.db ."),
        *(*LIFTED_BY_THEM, "start", *LIFTED_BY_THEM),
    ],
    "the log aside while an exclusion is lifted": [
        *("mv vigie.log vigie.users aside", *TWO_OF_MINE, *LIFTED_BY_THEM, "mv aside/vigie.log aside/vigie.users ."),
    ],
    "the key of the log aside": [
        *("mv vigie.users vigie.log.key aside", *TWO_OF_MINE, *LIFTED_BY_THEM, "mv aside/vigie.log ."),
        *("start", *LIFTED_BY_THEM),
    ],
    "another password in accounts that the log does not see": [
        *("mv vigie.log cases.db aside", "users passwd Sue", "users passwd Aud", "mv aside/vigie.log aside/cases.db ."),
        *("users passwd Sue --by Sue --password-stdin", *LIFTED_BY_THEM),
    ],
    "hard links": [
        *(f"VIGIE_CASES=q/none.db VIGIE_LOG=q/vigie.log {line} --users q/mine" for line in TWO_OF_MINE),
        "ln vigie.log cases.db q",
        *(f"VIGIE_USERS=q/mine VIGIE_LOG=q/vigie.log VIGIE_CASES=q/cases.db {line}" for line in LIFTED_BY_THEM),
        *(f"VIGIE_USERS=q/mine VIGIE_LOG=q/vigie.log {line}" for line in LIFTED_BY_THEM),
    ],
    "another zone manages it": ["cases import hands_over.json"],
    "it comes back to another zone": ["cases import withdraws_mine.json", "cases import hands_over.json"],
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_that_was_found_lets_one_person_widen_anything(anew: Callable[[], Path], way: str) -> None:
    folder = anew()
    before = all_see(folder)
    (folder / "q").mkdir()
    asyncio.run(begin(folder / "q/x.log"))
    for line in WAYS[way]:
        words, env = line.split(), dict[str, str | None]()
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            env[name] = value
        words = [word.replace("_", " ") for word in words]
        if words[0] in MOVES:
            what, to = words[1:-1] or ["vigie."], words[-1]
            Path(to).mkdir(exist_ok=True)
            for path in [path for one in what for path in folder.glob(f"{one}*")]:
                MOVES[words[0]](path, Path(to) / path.name)
            continue
        if words == ["start"]:
            with pytest.MonkeyPatch.context() as patch:
                for name, told in env.items():
                    patch.setenv(name, str(told))
                asyncio.run(start())
            continue
        if "waits" in words:
            listed = said(["approve"], env)[:8]
            words = [listed if word == "waits" else word for word in words]
        words = [f"{word} Fictief" if f"{word} Fictief" in (*ROLES, "New Fictief", GLASS) else word for word in words]
        stdin = ["--password-stdin"] if words[1] in ("add", "passwd") else []
        said([*words, *stdin], env)
        said([*words, "--by", ME, "--password-stdin"], env)
    if "vigie.users" in {path.name for path in folder.glob("aside/*")}:
        (folder / "aside/vigie.users").replace(folder / "vigie.users")
    after = all_see(folder)
    assert not Path("fake.db").exists()
    assert {who: more for who, what in after.items() if (more := what - before.get(who, set()))} == {}


# What a command may be given, by what the option or argument is called; a word that no file has, where it is another's.
GIVEN: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from([*ROLES, "New Fictief"]),
    "role": st.sampled_from([["dispatcher"], ["supervisor"], ["zone"], ["dispatcher", "zone"], ["auditor"]]),
    "zone": st.sampled_from(["", "5418", "5415"]),
    "file": st.sampled_from([f"{name}.json" for name in FILES]),
    "by": st.sampled_from(["", ME, ME, "Aud Fictief"]),
    "users": st.sampled_from(["", "", "", "none"]),
    "log": st.sampled_from(["", "", "", "none.log"]),
    "cases": st.just(""),
    "proposal": st.sampled_from(["", "waits"]),
}


def leaves(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        yield from leaves(command, f"{path}{name} ") if hasattr(command, "commands") else [(path + name, command)]


WALKED = {
    name: command
    for name, command in leaves(typer.main.get_command(app.app))
    if {"users", "cases"} & {one.name for one in command.params}
    and "until_told" not in inspect.getsource(COMMANDS[name])
}


@st.composite
def asked(draw: st.DrawFn) -> list[str]:
    """One of those commands, each of its parameters as it may be given; each group of them as often as another."""
    group = draw(st.sampled_from(sorted({name.split()[0] for name in WALKED})))
    name = draw(st.sampled_from(sorted(name for name in WALKED if name.split()[0] == group)))
    words, arguments = name.split(), list[str]()
    for one in WALKED[name].params:
        assert one.name is not None
        if getattr(one, "is_flag", False):
            words += [one.opts[0]] if draw(st.booleans()) else []
            continue
        value = draw(GIVEN[one.name]) if one.name in GIVEN else ("x" if one.required else "")
        for each in value if isinstance(value, list) else filter(None, [value]):
            if one.param_type_name == "argument":
                arguments.append(each)
            else:
                words += [one.opts[0], each]
    return [*words, *arguments]


@settings(max_examples=drawn(24), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(asked(), min_size=4, max_size=12))
def test_no_order_of_commands_lets_one_person_widen_anything(anew: Callable[[], Path], lines: list[list[str]]) -> None:
    folder = anew()
    before = all_see(folder)
    for words in lines:
        listed = CliRunner().invoke(app.app, ["approve"]).output
        said([listed[:8] if word == "waits" else word for word in words])
    after = all_see(folder)
    assert not Path("fake.db").exists()
    assert {who: more for who, what in after.items() if (more := what - before.get(who, set()))} == {}


def test_a_file_is_read_once_whatever_stands_in_its_place_by_then(
    anew: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked is what is written, by its digest too; a pipe, which gives each reader something else, is refused."""
    folder, opened = anew(), []
    before = all_see(folder)
    read = rows_module.read_regular

    def exchanged(path: Path, most: int) -> bytes:
        opened.append(path.name)
        content = read(path, most)
        path.rename(path.with_name("gone"))
        path.write_text(FILES["lifts"])
        return content

    monkeypatch.setattr(rows_module, "read_regular", exchanged)
    assert "2 unchanged" in said(["cases", "import", "same.json"])
    assert opened == ["same.json"] and all_see(folder) == before
    monkeypatch.setattr(rows_module, "read_regular", read)
    os.mkfifo("pipe.json")
    assert "it is no ordinary file" in said(["cases", "import", "pipe.json"])


NUMBERS = st.sampled_from(["1", "2"])
CASES = st.builds(
    lambda number, devices, accounts, zones: case(number, *devices, accounts=tuple(accounts), zones=tuple(zones)),
    NUMBERS,
    st.sets(st.sampled_from(["AMR-1", "AMR-2"])),
    st.sets(st.sampled_from(["Dis Fictief", "zed FICTIEF"])),
    st.sets(st.sampled_from(["5415", "5418"])),
)
PEOPLE = st.builds(
    lambda name, role, zone, disabled: Account(name=name, roles=frozenset({role}), zone=zone, disabled=disabled),
    st.sampled_from(["Dis Fictief", "Zed Fictief"]),
    st.sampled_from(["dispatcher", "zone"]),
    st.sampled_from(["", "5415", "5418"]),
    st.booleans(),
)


def by_number(cases: list[Case]) -> dict[str, Case]:
    return {one.number: one for one in cases}


def alone(cases: dict[str, Case], account: Account, numbers: set[str]) -> set[str]:
    """What an account sees of devices and of these cases, alone and by a search."""
    rule, user = (
        rule_of(CaseRegister.of(cases.values())),
        User(actor="", roles=account.roles, name=account.name, zone=account.zone),
    )
    if account.disabled:
        return set()
    return {
        *account.roles,
        *(device for device in ("AMR-1", "AMR-2") if not rule.device(device, user)),
        *(number for number in numbers if not rule.case(cases[number], user)),
    }


@given(
    st.lists(
        st.tuples(st.lists(CASES, max_size=2).map(by_number), st.lists(PEOPLE, max_size=2)), min_size=2, max_size=6
    )
)
def test_what_has_no_effect_shows_nobody_more_however_often_it_is_done(
    states: list[tuple[dict[str, Case], list[Account]]],
) -> None:
    """The rule itself, against the one that every page asks: whoever sees more after steps is named by one of them."""
    (first, before), *steps = states
    now, people, last = first, {one.name: one for one in before}, dict(first)
    for cases, accounts in steps:
        after = {one.name: one for one in accounts}
        was = State(
            accounts=tuple(people.values()), cases=KnownCases(now, {n: last[n] for n in last.keys() - now.keys()})
        )
        left = KnownCases(cases, {n: last[n] for n in last.keys() - cases.keys()})
        if not effect(was, State(accounts=tuple(after.values()), cases=left)):
            now, people, last = cases, after, last | cases
    for name, account in people.items():
        old = {one.name: one for one in before}[name]
        both = first.keys() & now.keys()
        assert alone(now, account, both) <= alone(first, old, both)
