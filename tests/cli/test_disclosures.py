"""Every command that discloses persons asks why, and is a record before anything is written. One that nobody listed fails."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest
from typer.testing import CliRunner

import app
from centre.master_keys import export
from centre.settings import Settings
from centre.this_account import this_account
from cli import retention
from cli.second_person import By
from cli.why import TakenBy, TakenWho
from dashboard.access.accounts import Accounts
from incidents.case import Exclusion
from incidents.cases import import_cases
from incidents.events import DISCLOSURES
from incidents.log.sqlite import SqliteLog
from tests.centre.documents.evidence.test_making import story
from tests.cli.test_progress import COMMANDS
from tests.dashboard.access.conftest import QUICK
from tests.incidents.conftest import FewCases, Open
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import open_floor as open_floor
from tests.processes import vigie

KEPT = {"cases.json", "cases.db", "cases.db.key", "vigie.users"}  # before a command wrote anything, beside the log
PASSPHRASE = "seventeen plain words\n"
WHY = "asked for by the magistrate"
# What each discloses, and how it is asked; `{id}` an incident, `{out}` and `{beside}` files that it writes.
ASKS: dict[str, tuple[str, str]] = {
    "evidence": ("evidence_made", "{id} -o {out}.json --annex {beside}.pdf --log {log} --cases {cases}"),
    "devices list": ("device_list_made", "-o {out} --names --log {log} --cases {cases}"),
    "report": ("report_exported", "--log {log} --cases {cases} --format csv -o {out} --summary {beside}"),
    "record": ("recording_made", "{id} -o {out} --log {log} --cases {cases}"),
    "subject": ("subject_extracted", "{number} -o {out}.json --log {log} --cases {cases}"),
    "log export": ("log_exported", "{out} --log {log}"),
    "keys export": ("master_keys", "{out} --log {log} --cases {cases} --passphrase-stdin"),
}
# What an excluded person is refused, and how it is said; of the others their part is left out of the file.
REFUSED = {"evidence": "no incident", "record": "no such incident", "subject": "no case of this number"}
PARTLY = {"devices list": "AMR-00412", "report": "suspect_arrested"}
# Options that name somebody else than who takes what is kept of a person.
OTHERS = {
    "who did it, and nothing of a person goes": ("backup test", "restore", "buttons enrol"),
    "sealed: no case that excludes anybody is in it": ("degraded open", "degraded opened"),
    "who confirms a change": ("approve",),
}
OF_THE_MACHINE = ("log export", "keys export")  # whose record names the machine's account, whoever is before it
# Those that are records, and ask no reason: for when nothing else works, or of nobody but counted.
RECORDED = ("degraded open", "degraded opened", "export-aggregate", "keys rotate")
OF_NOBODY = {
    "what is the case, an account or a setting: it changes, and that is a record": ("cases import",),
    "who may sign in, of this centre's own people": (
        *("users add", "users list", "users disable", "users enable", "users passwd", "users role", "users remove"),
        *("users roles", "approve"),
    ),
    "sealed as it is, and its keys apart": ("backup make", "backup test", "restore"),
    "whether keys open something; to write them asks why and is a record": ("keys check",),
    "which incident is kept or over, and no word of it": (
        *("retention run", "retention times", "retention hold", "retention lift"),
    ),
    "digests and counts": ("log verify", "log head", "check"),
    "into an empty log, or from one storage into another, hashes, seals and all": ("log import", "log copy"),
    "made up": ("log generate", "demo", "feed simulate", "bench", "cluster run", "cluster break", "cluster mend"),
    "a feed, not what became of it": ("feed replay", "feed check", "feed gateway"),
    "which hardware is in use, and no case of it": (
        *("buttons scan", "buttons enrol", "buttons list", "buttons remove", "buttons test", "buttons serve"),
    ),
    "pages, of which each asks and records by itself": ("serve", "train"),
    "the map": (
        *("zones build", "zones import", "locate", "streets import", "streets status"),
        *("addresses import", "addresses status"),
    ),
    "settings": ("settings template", "settings show"),
}
READ = {
    *("log", "cases", "key_file", "columns", "reviewed", "users", "folder", "backup", "keys", "data", "zones", "files"),
    *("token_file", "ca", "store", "tokens", "client_ca", "register"),
}
# Files that commands write, and which write each; `file` is read by all others that have one.
WRITTEN = {
    "out": {*ASKS, *RECORDED, "zones build"} - {"log export", "degraded opened", "keys export", "keys rotate"},
    "file": {"log export", "keys export"},
    "write": {"keys check"},
    "annex": {"evidence"},
    "summary": {"report"},
    "texts": {"record"},
    "to": {"restore", "zones import", "streets import"},
}


@pytest.fixture(scope="module")
def made() -> dict[str, Path]:
    """The folder of the past that the first test makes, by its incident: each works on a copy."""
    return {}


@pytest.fixture
async def past(open_floor: Open, tmp_path: Path, made: dict[str, Path]) -> dict[str, Any]:
    """A log that no desk writes, with an incident, and its register."""
    if not made:
        incident = await _past(open_floor, tmp_path)
        made[incident] = Path(shutil.copytree(tmp_path, f"{tmp_path}-made"))
    ((incident, folder),) = made.items()
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return {
        "id": incident,
        "number": FewCases().case.number,
        "log": tmp_path / "vigie.log",
        "cases": tmp_path / "cases.db",
        "out": tmp_path / "out.x",
        "beside": tmp_path / "beside.x",
    }


async def _past(open_floor: Open, tmp_path: Path) -> str:
    async with open_floor() as floor:
        incident = await story(floor)
    file = tmp_path / "cases.json"
    excluded = (Exclusion(reason="the suspect", account="Desk 9"), Exclusion(reason="serves there", zone="5418"))
    Accounts(tmp_path / "vigie.users", hasher=QUICK).add("Zed", ["zone"], "a long sentence for Zed", zone="5418")
    case = msgspec.structs.replace(FewCases().case, exclusions=excluded)
    file.write_bytes(msgspec.json.encode({"cases": [case]}))
    import_cases(file, tmp_path / "cases.db")
    return incident


def test_every_command_is_here_once() -> None:
    listed = [*ASKS, *RECORDED, *(name for names in OF_NOBODY.values() for name in names)]
    assert sorted(listed) == sorted(COMMANDS), "say of a new command what it discloses"


def test_every_file_that_a_command_writes_is_of_one_that_is_looked_at() -> None:
    found: dict[str, set[str]] = {}
    for name, command in COMMANDS.items():
        for parameter, kind in get_type_hints(command).items():
            if "Path" in str(kind):
                found.setdefault(parameter, set()).add(name)
    assert found.keys() == READ | WRITTEN.keys(), "say of a new file whether a command writes it"
    assert {file: found[file] & names for file, names in WRITTEN.items()} == WRITTEN
    assert {file for file in ("out", "annex", "summary", "texts", "to") if found[file] != WRITTEN[file]} == set()


def test_whoever_takes_what_is_kept_of_a_person_is_asked_for_in_one_way() -> None:
    """`TakenBy` is what a case's exclusions are held against: a new option that names a person says which it is."""
    named = {
        name: hints[parameter]
        for name, command in COMMANDS.items()
        for hints in [get_type_hints(command, include_extras=True)]
        for parameter in ("by", "who")
        if parameter in hints and (name, parameter) != ("report", "by")
    }
    taken = {name for name, kind in named.items() if kind in (TakenBy, TakenWho)}
    assert taken == {*REFUSED, *PARTLY} == set(ASKS).difference(OF_THE_MACHINE)
    rest = {name for name, kind in named.items() if kind not in (By, retention.By)} - taken
    assert rest == {name for names in OTHERS.values() for name in names}


async def test_a_process_of_its_own_refuses_whom_the_case_excludes_and_enters_who_took_it(past: dict[str, Any]) -> None:
    """The command line as it is run: one process after the other, and the log read after them."""

    async def run(by: str) -> tuple[int, str]:
        asked = [*f"evidence {ASKS['evidence'][1]}".format(**past).split(), "--by", by, "--reason", WHY]
        return await vigie(*asked)

    before = await disclosed(past["log"])
    refused, said = await run("DESK 9")
    known, past["id"] = past["id"], "aaaaaaaa"
    unknown, same = await run("Ben of another centre")
    assert (refused, unknown) == (1, 1) and said == same, "as of an incident that there is not"
    assert await disclosed(past["log"]) == before and not past["out"].exists()
    past["id"] = known
    assert (await run("Ben of another centre"))[0] == 0
    ((kind, who, facts),) = (await disclosed(past["log"]))[len(before) :]
    assert (kind, who, facts["reason"]) == ("evidence_made", "Ben of another centre", WHY)


async def test_a_report_is_refused_where_the_register_cannot_say_what_it_keeps(
    past: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "cases.db.key").rename(tmp_path / "away")
    asked = [*f"report {ASKS['report'][1]}".format(**past).split(), "--who", "desk 9", "--reason", WHY]
    before = await disclosed(past["log"])
    refused = await asyncio.to_thread(CliRunner().invoke, app.app, asked)
    assert refused.exit_code == 1 and "cases locked" in refused.output
    assert not past["out"].exists() and await disclosed(past["log"]) == before
    (tmp_path / "away").rename(tmp_path / "cases.db.key")
    other = tmp_path / "other.key"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    named = await asyncio.to_thread(CliRunner().invoke, app.app, [*asked, "--key-file", str(other)])
    assert named.exit_code == 1 and not past["out"].exists(), "the key that is named is the register's too"


def files(folder: Path) -> set[str]:
    """Those beside the log and its own."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(("vigie.log", "cases.db-"))}


async def disclosed(log: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """The records of disclosures: type, who, the facts in full."""
    opened = await SqliteLog.open(log, reading=True)
    try:
        return [
            (
                record.type,
                opened.vault.name_of(record.actor) or "",
                {**record.open, **json.loads(opened.unseal(record) or b"{}")},
            )
            async for _, record in opened.records()
            if record.type in DISCLOSURES and record.stream.startswith(("audit/", "incident/"))
        ]
    finally:
        await opened.close()


@pytest.mark.parametrize("name", ASKS)
@pytest.mark.parametrize("who", ["normal", "foreign", "excluded", "of an excluded zone"])
async def test_a_command_refuses_without_a_reason_and_is_a_record_with_one(
    past: dict[str, Any], tmp_path: Path, name: str, who: str
) -> None:
    kind, words = ASKS[name]
    asked = [*name.split(), *words.format(**past).split()]
    by = "--who" if name == "report" else "--by"
    people = {"foreign": "Ben of another centre", "excluded": "desk 9", "of an excluded zone": "Zed"}
    person = people.get(who, "")
    kept_from = who.endswith(("excluded", "zone")) and name not in OF_THE_MACHINE
    asked += [by, person] if person and name not in OF_THE_MACHINE else []
    before = await disclosed(past["log"])
    for wrong in ((), ("--reason", "..."), ("--reason", " ")):
        refused = await asyncio.to_thread(CliRunner().invoke, app.app, [*asked, *wrong])
        assert refused.exit_code == 2 and "--reason" in refused.output, refused.output
    assert files(tmp_path) == KEPT
    assert await disclosed(past["log"]) == before
    done = await asyncio.to_thread(CliRunner().invoke, app.app, [*asked, "--reason", WHY], PASSPHRASE)
    made = (await disclosed(past["log"]))[len(before) :]
    if kept_from and name in REFUSED:
        assert done.exit_code == 1 and REFUSED[name] in done.output.lower() and not made, done.output
        assert files(tmp_path) == KEPT
        return
    assert done.exit_code == 0, done.output
    ((recorded, actor, facts),) = made
    expected = person if person and name not in OF_THE_MACHINE else this_account()
    assert (recorded, actor, facts["reason"]) == (kind, expected, WHY)
    assert facts.get("role", "") == ("zone" if expected == "Zed" else ""), "by the account of who takes it"
    if name in PARTLY:
        told = past["out"].read_text("utf-8-sig")
        marks = {PARTLY[name], *(["A. Voorbeeld"] if name == "devices list" else [])}
        assert {mark for mark in marks if mark in told} == (set() if kept_from else marks)


WRITES = {name: f"{words} --reason {{why}}" for name, (_, words) in ASKS.items()} | {
    "keys check": "{copy} --write {out} --log {log} --cases {cases} --passphrase-stdin --reason {why}",
    "export-aggregate": "--log {log} --cases {cases} --since 2026-01 --until 2026-01 -o {out}.zip",
}


@pytest.mark.parametrize(
    ("name", "file", "lacks"),
    [
        *((name, "out", lacks) for name in WRITES for lacks in ("its folder", "its name")),
        *((name, "beside", lacks) for name in ("evidence", "report") for lacks in ("its folder", "its name")),
        ("keys export", "out", "a passphrase"),
    ],
)
async def test_what_a_command_cannot_write_it_has_not_entered(
    past: dict[str, Any], tmp_path: Path, name: str, file: str, lacks: str
) -> None:
    past |= {"copy": tmp_path / "copy", "why": "asked"}
    if name == "keys check":
        export(Settings(log=past["log"], cases=past["cases"]), past["copy"], PASSPHRASE.strip())
    if lacks == "its folder":
        past[file] = tmp_path / "away" / "file.x"
    asked = [*name.split(), *WRITES[name].format(**past).split()]
    if lacks == "its name":  # a folder has it
        (taken,) = (word for word in asked if word.startswith(str(past[file])))
        Path(taken).mkdir()
    before, there = await disclosed(past["log"]), set(tmp_path.rglob("*"))
    typed = "short\n" if lacks == "a passphrase" else PASSPHRASE
    done = await asyncio.to_thread(CliRunner().invoke, app.app, asked, typed)
    assert done.exit_code == 1, done.output
    assert await disclosed(past["log"]) == before
    more = {*tmp_path.rglob("*")} - there
    assert not [path for path in more if not path.name.endswith(("-wal", "-shm", ".columns"))], "neither note nor draft"
