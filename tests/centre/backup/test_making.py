"""A backup holds all that can't be made anew, none of the keys, and is there whole or not at all."""

import asyncio
import contextlib
import errno
import sqlite3
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from centre.backup import manifest as saved
from centre.backup.making import Made, keys, make, sources
from centre.backup.manifest import BackupError, KeyManifest, Manifest
from centre.backup.restoring import restore
from centre.settings import Settings
from incidents.log.copying import copy_database, make_durable
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import head
from tests.centre.backup.parts import AT, NAME, backup, disk_of, small_centre, with_one_key
from tests.incidents.log.parts import write
from tests.processes import run


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_holds_each_file_of_a_centre_and_its_keys_lie_apart(settings: Settings, made: Made) -> None:
    assert made.path.name == NAME
    assert made.keys is not None
    assert files(made.path) == {
        "manifest.json", "vigie.log", "vigie.log.private", "cases.db", "vigie.users", "vigie.buttons", "training/room.log",
        "training/room.log.private", "training/scenarios/bridge.yaml",
    }  # fmt: skip
    assert files(made.keys) == {
        "manifest.json", "vigie.log.key", "cases.db.key", "vigie.users.key", "vigie.buttons.key", "training/room.log.key",
    }  # fmt: skip
    assert made.manifest.digest == head(settings.log)
    assert not made.notes


def test_no_byte_of_a_key_is_in_a_backup(settings: Settings, made: Made) -> None:
    secrets = [path.read_text().strip() for path in settings.log.parent.rglob("*.key")]
    assert len(secrets) == 5
    for path in made.path.rglob("*.*"):
        if path.is_file():
            held = path.read_bytes()
            assert not [one for one in secrets if one.encode() in held or bytes.fromhex(one) in held], path


def test_only_its_owner_reads_a_backup(made: Made) -> None:
    assert made.keys is not None
    for folder in (made.path, made.keys):
        for path in (folder, *folder.rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_manifest_says_of_each_file_what_it_is(made: Made) -> None:
    saved.check(made.path, saved.read(made.path, Manifest))
    formats = {one.path: (one.application, one.format) for one in made.manifest.files if one.application}
    assert set(formats.values()) == {(kind, saved.KNOWN[kind]) for kind in saved.KNOWN}


def test_what_a_desk_has_only_in_its_wal_is_saved(tmp_path: Path) -> None:
    settings = small_centre(tmp_path / "desk")

    async def written() -> Made:
        log = await SqliteLog.open(settings.log)
        try:
            await write(log, "desk/notes", 3, sealed=b"{}")
            assert (tmp_path / "desk" / "vigie.log-wal").stat().st_size
            return backup(settings, tmp_path)
        finally:
            await log.close()

    made = asyncio.run(written())
    assert made.manifest.digest == head(settings.log)


def test_every_record_of_a_backup_has_its_key_whatever_begins_between_two_files(tmp_path: Path) -> None:
    settings = small_centre(tmp_path / "desk")
    (tmp_path / "backups").mkdir()
    (tmp_path / "keys").mkdir()

    async def made_while_alarms_begin() -> Made:
        log, loop, begun = await SqliteLog.open(settings.log), asyncio.get_running_loop(), 0

        def begin_another(size: int) -> None:
            nonlocal begun
            begun += 1
            asyncio.run_coroutine_threadsafe(write(log, f"incident/{begun}", 1, sealed=b"{}"), loop).result(20)

        try:
            folders = {"keys_folder": tmp_path / "keys", "told": begin_another, "now": lambda: AT}
            made = await asyncio.to_thread(make, settings, tmp_path / "backups", **folders)
            assert begun > 5
            return made
        finally:
            await log.close()

    made = asyncio.run(made_while_alarms_begin())
    restore(made.path, tmp_path / "to", keys=made.keys)

    async def unreadable() -> list[str]:
        log = await SqliteLog.open(tmp_path / "to" / "vigie.log", reading=True)
        try:
            erased = {record.stream async for _, record in log.records() if record.type == "erased"}
            return [r.id async for _, r in log.records() if log.unseal(r) is None and r.stream not in erased]
        finally:
            await log.close()

    assert not asyncio.run(unreadable())


def test_one_key_of_all_is_saved_once(settings: Settings, tmp_path: Path) -> None:
    made = backup(with_one_key(settings, settings.log.with_name("vigie.log.key")), tmp_path)
    assert made.keys is not None
    assert files(made.keys) == {"manifest.json", "vigie.key", "training/room.log.key"}


@pytest.mark.parametrize("place", ["backups", "backups/keys", "."])
def test_keys_are_never_saved_with_what_they_open(settings: Settings, tmp_path: Path, place: str) -> None:
    (tmp_path / "backups" / "keys").mkdir(parents=True)
    (tmp_path / "other").symlink_to(tmp_path / place)
    for keys_folder in (tmp_path / place, tmp_path / "other"):
        with pytest.raises(BackupError, match="apart"):
            make(settings, tmp_path / "backups", keys_folder=keys_folder, now=lambda: AT)
    assert files(tmp_path) == set()


@pytest.mark.parametrize("missing", ["backups", "keys"])
def test_a_disk_that_is_not_mounted_is_not_made_on_another(settings: Settings, tmp_path: Path, missing: str) -> None:
    for name in {"backups", "keys"} - {missing}:
        (tmp_path / name).mkdir()
    with pytest.raises(BackupError, match="no such folder"):
        make(settings, tmp_path / "backups", keys_folder=tmp_path / "keys")
    assert not (tmp_path / missing).exists()


NEEDED = ["vigie.log", "vigie.log.private", "cases.db", "vigie.users", "vigie.buttons", "vigie.log.key", "cases.db.key"]


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_set_and_is_not_there_is_named_and_nothing_is_saved(tmp_path: Path, name: str) -> None:
    settings = small_centre(tmp_path / "desk")
    (tmp_path / "desk" / name).unlink()
    with pytest.raises(BackupError, match=name):
        backup(settings, tmp_path)
    assert not list((tmp_path / "backups").iterdir())
    assert not list((tmp_path / "keys").iterdir())


def test_each_file_that_is_needed_is_tried_to_be_missing(settings: Settings) -> None:
    """The list above is that of the code."""
    assert {one.place for one in (*sources(settings), *keys(settings)) if one.needed} == set(NEEDED)


def test_a_second_backup_of_one_second_leaves_the_first_alone(settings: Settings, tmp_path: Path) -> None:
    made = backup(settings, tmp_path)
    before = {path: path.read_bytes() for path in made.path.rglob("*.*") if path.is_file()}
    with pytest.raises(BackupError, match="this second"):
        backup(settings, tmp_path)
    assert {path: path.read_bytes() for path in made.path.rglob("*.*") if path.is_file()} == before
    assert backup(settings, tmp_path, AT + timedelta(seconds=1)).path != made.path


@pytest.mark.parametrize("begin", [0, 4096])
def test_a_damaged_log_leaves_no_backup_and_is_named(tmp_path: Path, begin: int) -> None:
    settings = small_centre(tmp_path / "desk")
    log = settings.log.read_bytes()
    settings.log.write_bytes(log[:begin] + b"\xff" * (len(log) - begin))
    with pytest.raises(BackupError, match=f"^{settings.log}: the log: it is damaged.*; nothing was saved; `check` and"):
        backup(settings, tmp_path)
    assert not list((tmp_path / "backups").iterdir())


@pytest.fixture(params=["backups", "keys"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk of two pages, which neither a backup nor its keys fit on; the other's folder lies beside it."""
    for name in ("backups", "keys"):
        (tmp_path / name).mkdir()
    with disk_of(8, tmp_path / request.param) as folder:
        yield folder


def test_a_full_disk_leaves_nothing_and_says_which(settings: Settings, tmp_path: Path, small_disk: Path) -> None:
    with pytest.raises(BackupError, match=f"^{small_disk}.*: the disk is full; nothing was saved"):
        backup(settings, tmp_path)
    assert files(tmp_path) == set()


@pytest.mark.parametrize("last", ["backups", "keys"])
@pytest.mark.parametrize("failure", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_what_fails_once_a_name_is_given_leaves_neither_backup_nor_keys(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, failure: BaseException
) -> None:
    def failing(path: Path) -> None:
        if path == tmp_path / last:
            raise failure
        make_durable(path)

    monkeypatch.setattr("centre.backup.making.make_durable", failing)
    with pytest.raises((BackupError, KeyboardInterrupt)) as said:
        backup(settings, tmp_path)
    if isinstance(failure, OSError):
        assert str(said.value) == f"{tmp_path / last}: input/output error; nothing was saved"
    assert not list((tmp_path / "backups").iterdir()) and not list((tmp_path / "keys").iterdir())


def test_a_flood_of_writes_has_no_copy_begin_anew(tmp_path: Path) -> None:
    """Another process writes between any two steps of the copy; it is of the moment at which it began."""
    source = tmp_path / "vigie.log"
    with contextlib.closing(sqlite3.connect(source, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, x BLOB)")
        db.execute("BEGIN")
        db.executemany("INSERT INTO t (x) VALUES (?)", [(bytes(4000),)] * 6000)
        db.execute("COMMIT")
        writes = 0

        def write_between(size: int) -> None:
            nonlocal writes
            writes += 1
            assert writes < 100, "the copy begins anew and anew"
            db.execute("INSERT INTO t (x) VALUES ('')")

        copy_database(source, tmp_path / "copy", "the log", write_between)
        assert writes > 2
        with contextlib.closing(sqlite3.connect(tmp_path / "copy")) as copy:
            assert copy.execute("SELECT count(*) FROM t").fetchone() == (6000,)


def test_a_training_file_whose_name_no_backup_can_hold_is_said(tmp_path: Path) -> None:
    settings = small_centre(tmp_path / "desk")
    (tmp_path / "desk" / "training" / "scenarios" / "a:b.yaml").write_text("x")
    made = backup(settings, tmp_path)
    assert [note for note in made.notes if "a:b.yaml" in note]
    saved.check(made.path, saved.read(made.path, Manifest))


def test_the_keys_manifest_names_its_backup(made: Made) -> None:
    assert made.keys is not None
    of_keys = saved.read(made.keys, KeyManifest)
    assert of_keys.backup == made.manifest.name
    assert {one.role for one in of_keys.files} == {"key"}
    assert msgspec.json.decode((made.path / "manifest.json").read_bytes())["digest"] == made.manifest.digest


def test_the_command_ends_in_order_when_it_is_asked_to() -> None:
    code = (
        "import os, signal\nfrom cli.backup import _ending_in_order\nfrom cli.terminal import answered\n"
        "import typer\ntry:\n    with _ending_in_order(), answered():\n        try:\n"
        "            os.kill(os.getpid(), signal.SIGTERM); signal.pause()\n"
        "        finally:\n            print('tidied')\nexcept typer.Exit as end:\n    print(end.exit_code)"
    )
    code, said = run(code=code)
    assert (code, said.split()) == (0, ["tidied", "130"])
