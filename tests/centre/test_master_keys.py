"""A new master key while the desk serves, killed anywhere; a copy under a passphrase, and whether it fits."""

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from centre import master_keys
from centre.checks.finding import Subject
from centre.checks.keys import keys as check_keys
from centre.master_keys import check, export, opened_by, rotate
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from feeds.buttons.store import ButtonStore
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.cases.bindings import Binding
from incidents.log.boxes import Boxes
from incidents.log.master import KeyMismatch, Master, fresh, secrets_in, write_secrets
from incidents.log.sqlite import SqliteLog
from tests.centre.backup.parts import AT, PERSON, settings_of, small_centre, with_one_key
from tests.dashboard.access.conftest import QUICK
from tests.incidents.log.parts import write
from tests.processes import Command

PASSPHRASE = "seventeen plain words"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small centre whose files are all under one key."""
    folder = tmp_path_factory.mktemp("centre") / "desk"
    settings = small_centre(folder)
    (key,) = folder.glob("vigie.log.key")
    for name in ("cases.db", "vigie.users", "vigie.buttons"):  # each over to the log's key, as key_file has it
        own = folder / f"{name}.key"
        (one,) = [one for one in opened_by(settings) if one.path.name == name]
        one.rotate(one.path, *(Master(secrets_in(file)[0], fresh) for file in (own, key)))
        own.unlink()
    key.rename(folder / "vigie.key")
    return settings


@pytest.fixture
def settings(made: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(made.log.parent, tmp_path / "desk")
    own = with_one_key(settings_of(tmp_path / "desk"), tmp_path / "desk" / "vigie.key")
    assert {one.what for one in opened_by(own)} == {"log", "cases", "accounts", "buttons"}
    return own


async def everything(settings: Settings) -> dict[str, object]:
    """All that is sealed anywhere in a centre, opened with what lies in the key file."""
    log = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    try:
        records = [(r.id, log.unseal(r)) async for _, r in log.records() if r.sealed]
        names = sorted(str(log.vault.name_of(actor)) for actor in {r.actor async for _, r in log.records()})
        raw = [one.raw for one in log.vault.quarantined()]
    finally:
        await log.close()
    register = CaseRegister.open(settings.cases, key_file=settings.key_file)
    assert register.state == "open", register.reason
    assert settings.users is not None and settings.buttons.store is not None
    accounts = Accounts(settings.users, key_file=settings.key_file, hasher=QUICK)
    store = ButtonStore(settings.buttons.store, settings.key_file)
    buttons = [(one.device, one.key) for one in store.load() or ()]
    assert store.state == "open", store.reason
    store.close()
    return {
        "records": records,
        "names": names,
        "raw": raw,
        "cases": sorted(msgspec.json.encode(case) for case in register.all()),
        "versions": {case.number: register.versions(case.number) for case in register.all()},
        "bindings": register.bindings.get("AMR-00412"),
        "codes": [accounts.code_lost(account.name) for account in accounts.all()],
        "buttons": buttons,
    }


async def filled(settings: Settings) -> None:
    """With a name, quarantine, an erased stream, a binding."""
    log = await SqliteLog.open(settings.log, key_file=settings.key_file)
    log.vault.pseudonym(PERSON)
    await log.quarantine("feed", "2026-11-27T00:00:00.000Z", "no JSON", b"AMR-00412")
    await write(log, "incident/gone", 1, sealed=b"gone")
    await log.erase("incident/gone", id="erase/gone", at="2026-11-27T00:00:00.000Z", actor="a")
    await log.close()
    register = CaseRegister.open(settings.cases, key_file=settings.key_file)
    (case,) = register.all()
    register.bind(Binding(device="AMR-00412", case=case.number, at=AT, by="w"), seen={})


def sealed_in(folder: Path) -> set[bytes]:
    """Whatever stands sealed in the tables, and the names and digests that follow from the key."""
    found: set[bytes] = set()
    for path in folder.iterdir():
        if path.suffix in (".db", ".private", ".users", ".buttons"):
            with contextlib.closing(sqlite3.connect(path)) as db:
                db.text_factory = bytes
                tables = [
                    name.decode() for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
                ]
                for row in (row for table in tables for row in db.execute(f"SELECT * FROM {table}")):
                    found |= {one for one in row if isinstance(one, bytes) and _sealed(one)}
    return found


def _sealed(value: bytes) -> bool:
    return value.startswith(b"sealed 1 ") or (len(value) >= 28 and any(value) and not value.isascii())


def assert_opens_nothing(settings: Settings, old: bytes, before: set[bytes]) -> None:
    """With the key that was: not by its own doors, and nothing that it sealed stands anywhere in a file."""
    assert settings.key_file is not None
    master = Master(old, fresh)
    for one in opened_by(settings):
        assert not one.fits(one.path, master), one.what
    for path in settings.log.parent.iterdir():
        if path.is_file():
            held = path.read_bytes()
            assert old not in held and old.hex().encode() not in held, path
            assert not [value for value in before if value in held], path
    with contextlib.closing(sqlite3.connect(settings.log.with_name("vigie.log.private"))) as db:
        rows = db.execute("SELECT stream, wrapped FROM keys").fetchall()
    assert rows
    for stream, wrapped in rows:
        with pytest.raises(InvalidTag):
            Boxes(master).wrap.open(wrapped, stream)


async def test_a_new_key_opens_what_the_old_one_did_which_opens_nothing(settings: Settings) -> None:
    await filled(settings)
    assert settings.key_file is not None
    (old,) = secrets_in(settings.key_file)
    seen, before = await everything(settings), sealed_in(settings.log.parent)
    assert len(before) > 10 and len(seen["records"]) > 3 and seen["raw"] == [b"AMR-00412"]  # type: ignore[arg-type]
    assert seen["bindings"] is not None and seen["codes"] == [""]
    waits: list[float] = []
    assert rotate(settings, wait=waits.append) == [settings.key_file]
    assert waits == [master_keys.SETTLED_S] * 2
    assert await everything(settings) == seen
    (new,) = secrets_in(settings.key_file)
    assert new != old and settings.key_file.stat().st_mode & 0o777 == 0o600
    assert_opens_nothing(settings, old, before)
    with contextlib.suppress(FileNotFoundError):
        settings.log.with_name("vigie.log.columns").unlink()
    write_secrets(settings.key_file, [old])
    with pytest.raises(KeyMismatch):
        await SqliteLog.open(settings.log, key_file=settings.key_file)
    assert CaseRegister.open(settings.cases, key_file=settings.key_file).state == "locked"


async def test_who_has_it_open_goes_on_over_two_rotations(settings: Settings) -> None:
    """A desk, its register and its buttons hold the key that was."""
    await filled(settings)
    log = await SqliteLog.open(settings.log, key_file=settings.key_file)
    (before,) = await write(log, "incident/x", 1, sealed=b"before")
    view = log.vault.seal_view(b"a note that waits")
    word = log.vault.pseudonym("B. Exemple")
    register = CaseRegister.open(settings.cases, key_file=settings.key_file)
    accounts = Accounts(settings.log.with_name("vigie.users"), key_file=settings.key_file, hasher=QUICK)
    edition = register.edition
    for n in range(2):
        await asyncio.to_thread(rotate, settings, wait=lambda seconds: None)
        assert log.unseal(before) == b"before"
        (after,) = await write(log, f"incident/new-{n}", 1, sealed=b"after")
        assert log.unseal(after) == b"after" and log.vault.open_view(view) == b"a note that waits"
        assert (log.vault.pseudonym("B. Exemple"), log.vault.name_of(word)) == (word, "B. Exemple")
        other = log.vault.pseudonym(f"Person {n}")
        await log.quarantine("feed", "2026-11-27T00:00:00.000Z", "again", b"raw")
        await write(log, f"incident/theirs-{n}", 1, sealed=b"theirs")  # a name is written before the next record
        assert register.reload_if_changed() == ()  # the same cases under other names in the file
        assert register.state == "open" and register.edition is not edition
        accounts.reload()
        assert accounts.code_lost(PERSON) == ""
        fresh_reader = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
        assert (fresh_reader.vault.pseudonym(PERSON), fresh_reader.vault.name_of(other)) == (
            log.vault.pseudonym(PERSON),
            f"Person {n}",
        )
        assert fresh_reader.unseal(after) == b"after"
        await fresh_reader.close()
    await log.close()


async def test_a_name_known_before_a_rotation_gets_no_second_word(settings: Settings) -> None:
    """Somebody's process looked nothing up yet, and knows the old key alone."""
    await filled(settings)
    early = await SqliteLog.open(settings.log, key_file=settings.key_file)
    await asyncio.to_thread(rotate, settings, wait=lambda seconds: None)
    later = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    assert early.vault.pseudonym(PERSON) == later.vault.pseudonym(PERSON)
    await early.close()
    await later.close()


DYING = """
import os, signal, sys
from pathlib import Path
from centre import master_keys
from centre.settings import Settings, load
from incidents.log.store import Store

left = int(sys.argv[1])

def die(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

used, replaced = Store.drop, Path.replace

def traced(statement):  # before and after each commit, and each key file
    if statement in ("COMMIT", "BEGIN IMMEDIATE", "VACUUM"):
        die()

connecting = Store._connect

def connect(store):
    db = connecting(store)
    db.set_trace_callback(traced)
    return db

def replace(path, target):
    die()
    found = replaced(path, target)
    die()
    return found

Store._connect, Path.replace = connect, replace
settings = load(file=Path(sys.argv[2]), environ={})
master_keys.rotate(settings, wait=lambda seconds: die())
"""


def rotating(settings: Settings, folder: Path, dies_at: int) -> Command:
    """A process that rotates, and kills itself at its n-th step."""
    file = folder / "vigie.toml"
    assert settings.buttons.store is not None
    names = {"log": settings.log, "cases": settings.cases, "users": settings.users, "key_file": settings.key_file}
    lines = [f'{name} = "{path}"' for name, path in names.items()]
    file.write_text("\n".join([*lines, "[buttons]", f'store = "{settings.buttons.store}"', ""]))
    return Command(str(dies_at), str(file), code=DYING, output=folder / "said")


PRESS_S = 0.02  # between two presses
NEW = 10  # presses for each that begins an incident, and so makes a key


async def killed_under_load(settings: Settings, tmp_path: Path, steps: Iterator[int]) -> int:
    """Rotate again and again, killed each time at another step, while a desk records presses; how often it was killed.

    Presses come at a pace: each key makes a rotation longer, and as many as a desk can take would outrun it.
    """
    await filled(settings)
    assert settings.key_file is not None
    (old,) = secrets_in(settings.key_file)
    seen, before, killed, n = await everything(settings), sealed_in(settings.log.parent), 0, 0
    desk = await SqliteLog.open(settings.log, key_file=settings.key_file)
    own: dict[str, bytes] = {}
    try:
        for step in steps:
            process = rotating(settings, tmp_path, step)
            while process.code is None or n % 5:
                n += 1
                (record,) = await write(desk, f"incident/load-{n // NEW}", 1, sealed=f"press {n}".encode())
                own[record.id] = f"press {n}".encode()
                desk.vault.pseudonym(f"Person {n // NEW}")
                await asyncio.sleep(PRESS_S)
            assert process.code in (0, -signal.SIGKILL), process.said
            killed += process.code != 0
            now = await everything(settings)
            records = dict(now["records"])  # type: ignore[call-overload]
            assert {one: records[one] for one in own} == own
            assert {**records, **dict(seen["records"])} == records  # type: ignore[call-overload]
            assert {**now, "records": 0, "names": 0} == {**seen, "records": 0, "names": 0}
            if process.code == 0:
                break
        else:
            await asyncio.to_thread(rotate, settings, wait=lambda seconds: None)
    finally:
        await desk.close()
    assert {one: b for one, b in (await everything(settings))["records"] if one in own} == own  # type: ignore[attr-defined]
    assert_opens_nothing(settings, old, before)
    return killed


async def test_a_rotation_killed_half_way_under_load_loses_nothing_and_is_gone_on_with(
    settings: Settings, tmp_path: Path
) -> None:
    assert await killed_under_load(settings, tmp_path, iter((2, 6, 11))) == 3


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_a_rotation_killed_at_each_step_loses_nothing(settings: Settings, tmp_path: Path) -> None:
    assert await killed_under_load(settings, tmp_path, iter(range(1, 200))) > 20


def test_a_rotation_that_was_cut_off_is_said_by_the_check(settings: Settings) -> None:
    assert settings.key_file is not None
    write_secrets(settings.key_file, [os.urandom(32), *secrets_in(settings.key_file)])
    found = list(check_keys(Subject(settings=settings, said={}, now=AT)))
    assert [one for one in found if "begun and not ended" in one.text and "keys rotate" in one.todo]
    rotate(settings, wait=lambda seconds: None)
    assert not [one for one in check_keys(Subject(settings=settings, said={}, now=AT)) if "begun" in one.text]


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"ab" * 32, b"z" * 64, b"\n".join([b"ab" * 32] * 3)])
async def test_where_the_key_is_another_nothing_is_changed(settings: Settings, content: bytes) -> None:
    assert settings.key_file is not None
    settings.key_file.write_bytes(content)
    before = {path: path.read_bytes() for path in settings.log.parent.iterdir() if path.is_file()}
    with pytest.raises(KeyMismatch) as told:
        rotate(settings, wait=lambda seconds: None)
    assert content.decode() not in str(told.value) or not content
    assert {path: path.read_bytes() for path in before} == before


async def test_a_copy_says_whether_it_opens_this_log(settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "keys.copy"
    assert export(settings, copy, PASSPHRASE) == [settings.key_file]
    assert settings.key_file is not None and copy.stat().st_mode & 0o777 == 0o600
    assert secrets_in(settings.key_file)[0].hex() not in copy.read_text()
    assert [(one.what, one.opens) for one in check(settings, copy, PASSPHRASE)] == [
        ("log", True), ("cases", True), ("accounts", True), ("buttons", True),
    ]  # fmt: skip
    with pytest.raises(KeyMismatch, match="passphrase"):
        check(settings, copy, PASSPHRASE + "!")
    rotate(settings, wait=lambda seconds: None)
    assert not any(one.opens for one in check(settings, copy, PASSPHRASE))
    new = tmp_path / "new.copy"
    export(settings, new, PASSPHRASE)
    assert all(one.opens for one in check(settings, new, PASSPHRASE, write=tmp_path / "again"))
    shutil.copy(tmp_path / "again" / "vigie.key", settings.key_file)
    await everything(settings)
    with pytest.raises(FileExistsError):
        export(settings, new, PASSPHRASE)
    with pytest.raises(ValueError, match="characters at least"):
        export(settings, tmp_path / "weak", "short")


def test_what_is_no_copy_is_said(settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "keys.copy"
    export(settings, copy, PASSPHRASE)
    whole = copy.read_bytes()
    for content in (b"", b"{}", b"[" * 100_000, whole[:-20], whole.replace(b"131072", b"1073741824"), b"\xff\xfe"):
        copy.write_bytes(content)
        with pytest.raises(KeyMismatch):
            check(settings, copy, PASSPHRASE)
    copy.unlink()
    os.mkfifo(copy)
    with pytest.raises(KeyMismatch):
        check(settings, copy, PASSPHRASE)


def test_the_commands_say_how_it_ended(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    import app

    monkeypatch.chdir(settings.log.parent)
    monkeypatch.setattr(master_keys, "SETTLED_S", 0.0)
    given = ("--log", "vigie.log", "--cases", "cases.db", "--key-file", "vigie.key")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app.app, ["keys", *words, *given], input=f"{PASSPHRASE}\n")
        return done.exit_code, done.output

    assert run("export", "copy", "--passphrase-stdin")[0] == 2 and not Path("copy").exists()
    assert run("export", "copy", "--passphrase-stdin", "--reason", "for the safe")[0] == 0
    assert run("check", "copy", "--passphrase-stdin") == (
        0, "log: opens vigie.log\ncases: opens cases.db\naccounts: opens vigie.users\nbuttons: opens vigie.buttons\n",
    )  # fmt: skip
    assert run("check", "copy", "--passphrase-stdin", "--write", "out")[0] == 2 and not Path("out").exists()
    assert run("check", "copy", "--passphrase-stdin", "--write", "out", "--reason", "a key was lost")[0] == 0
    code, text = run("rotate")
    assert code == 0 and "vigie.key: a new master key" in text and "destroy the old ones" in text
    code, text = run("check", "copy", "--passphrase-stdin")
    assert code == 1 and "log: DOES NOT OPEN vigie.log" in text
    assert PASSPHRASE not in text
    assert asyncio.run(recorded(settings)) == [
        (getpass.getuser(), "exported", "log cases accounts buttons", "for the safe"),
        (getpass.getuser(), "written", "log cases accounts buttons", "a key was lost"),
        (getpass.getuser(), "rotated", "log cases accounts buttons", ""),
    ]


async def recorded(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Who did what with the keys, as the log has it."""
    log = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    try:
        found = [
            (log.vault.name_of(record.actor) or "", ev.entry(record, log.unseal(record)).event)
            async for _, record in log.records()
            if record.type == "master_keys"
        ]
    finally:
        await log.close()
    return [(who, e.what, e.opens, e.reason) for who, e in found if isinstance(e, ev.MasterKeys)]
