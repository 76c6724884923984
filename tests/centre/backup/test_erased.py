"""A backup of before an erasure: restored, it is erased again before the first page opens; without the register it is refused."""

import asyncio
import re
import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from centre.backup.making import Made
from centre.backup.manifest import BackupError
from centre.backup.restoring import Register, restore
from centre.runtime import Centre
from centre.settings import Settings, load
from incidents import events as ev
from incidents.log import LogUnavailable
from incidents.log.erasures import Erasures, register_beside
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import head, verify
from incidents.log.writer import Writer
from tests.centre.backup.parts import backup, settings_of
from tests.centre.backup.test_command import run

AT = "2026-11-26T10:00:00.000Z"
AT_NIGHT = datetime(2026, 11, 28, 2, tzinfo=UTC)


@pytest.fixture
def desk(settings: Settings, tmp_path: Path) -> Settings:
    """A desk of one's own, whose register lies on another disk."""
    shutil.copytree(settings.log.parent, tmp_path / "desk")
    return settings_of(tmp_path / "desk")


@pytest.fixture
def register(desk: Settings) -> Path:
    return register_beside(desk.log)


def of(desk: Settings, register: Path, *, lost: bool = False) -> Register:
    """As who restores it knows it, with the sheet of now."""
    return Register(path=register, by="a", lost=lost, digest=head(desk.log, register))


async def erase(log: Path) -> str:
    """Of a backup made before, its first incident; its stream."""
    opened = await SqliteLog.open(log)
    stream = f"incident/{opened.vault.incident_id('AMR-00412', 1)}"
    assert any(opened.unseal(record) for record in await opened.stream(stream))
    await opened.erase(stream, id="erase/2", at=AT, actor="a")
    await opened.close()
    return stream


async def sealed_that_open(log: Path, stream: str) -> int:
    opened = await SqliteLog.open(log, reading=True)
    try:
        return sum(bool(opened.unseal(record)) for record in await opened.stream(stream))
    finally:
        await opened.close()


async def restorations(log: Path) -> list[ev.Event | None]:
    opened = await SqliteLog.open(log, reading=True)
    try:
        return [ev.entry(record, opened.unseal(record)).event for record in await opened.stream("desk/backups")]
    finally:
        await opened.close()


def test_an_older_backup_is_erased_again_while_it_is_restored(desk: Settings, register: Path, tmp_path: Path) -> None:
    made = backup(desk, tmp_path)
    stream = asyncio.run(erase(desk.log))
    known = register.read_bytes()
    where = ("--keys", made.keys or "", "--to", tmp_path / "to", "--register", register)
    done = run("restore", made.path, *where, "--digest", head(desk.log, register))
    assert done.exit_code == 0, done.output
    log = tmp_path / "to" / "vigie.log"
    assert "erased again: 1\n" in done.stdout and f'erased_register = "{register}"' in done.stdout
    assert asyncio.run(sealed_that_open(log, stream)) == 0
    assert asyncio.run(restorations(log)) == [ev.BackupRestored(backup=made.path.name, register=True, erased_again=1)]
    assert verify(log, made.manifest.digest).ok
    assert register.read_bytes() == known  # what is repeated is no new erasure
    assert not register_beside(log).exists()


def test_files_put_back_by_hand_are_erased_again_before_the_first_page(
    desk: Settings, register: Path, tmp_path: Path
) -> None:
    """Nobody used `restore`: the desk itself does it, before it serves."""
    saved = {file: file.read_bytes() for file in (desk.log, desk.log.with_name("vigie.log.private"))}
    stream = asyncio.run(erase(desk.log))
    for file, content in saved.items():
        file.write_bytes(content)

    async def opened() -> list[bool]:
        centre = await Centre.open(desk)
        try:
            return [bool(centre.log.unseal(record)) for record in await centre.log.stream(stream)]
        finally:
            await centre.close()

    assert not any(asyncio.run(opened()))


def test_without_the_register_nothing_is_restored_unless_somebody_says_it_is_lost(
    desk: Settings, register: Path, tmp_path: Path
) -> None:
    made = backup(desk, tmp_path)
    stream = asyncio.run(erase(desk.log))
    register.unlink()
    where = ("--keys", made.keys or "", "--to", tmp_path / "to", "--register", register)
    words = ("restore", made.path, *where, "--digest", head(desk.log, register))
    refused = run(*words)
    assert refused.exit_code == 1 and "there is no register of what was erased" in refused.output
    assert "--register-lost" in refused.output and "comes back" in refused.output
    assert not (tmp_path / "to").exists()
    done = run(*words, "--register-lost")
    assert done.exit_code == 0, done.output
    assert "WHAT WAS ERASED AFTER THIS BACKUP MAY BE BACK" in done.stderr
    log = tmp_path / "to" / "vigie.log"
    assert asyncio.run(restorations(log)) == [ev.BackupRestored(backup=made.path.name, register=False)]
    assert asyncio.run(sealed_that_open(log, stream)) > 0
    assert register_beside(log).is_file()  # another begins


@pytest.mark.parametrize("how", ["cut", "older", "older, and another backup", "no digest", "one that says nothing"])
def test_a_register_that_lacks_what_was_written_down_of_it_is_refused(
    desk: Settings, register: Path, tmp_path: Path, how: str
) -> None:
    """The log that is restored knows of none of it: a paper does, and what was saved later."""
    made, old = backup(desk, tmp_path), register.read_bytes()
    digest = head(desk.log, register)
    asyncio.run(erase(desk.log))
    lines = register.read_bytes().splitlines(keepends=True)
    if how == "older, and another backup":
        backup(desk, tmp_path, AT_NIGHT)
    elif how in ("cut", "older"):
        digest = head(desk.log, register)
    elif how == "one that says nothing":
        digest = head(desk.log)
    register.write_bytes(b"".join(lines[:-1]) if how == "cut" else old)
    where = ("--keys", made.keys or "", "--to", tmp_path / "to", "--register", register)
    said = run("restore", made.path, *where, *(() if how == "no digest" else ("--digest", digest)))
    assert said.exit_code == 1 and "--register-lost" in said.output and not (tmp_path / "to").exists()
    why = {"no digest": "it is missing", "one that says nothing": "it says nothing of the register"}
    assert why.get(how, "it has no line 2-") in said.output


@pytest.mark.parametrize("how", ["another log's", "older", "a line changed", "no register", "a folder"])
def test_a_register_that_does_not_hold_is_none_and_stays_as_it_is(
    desk: Settings, register: Path, tmp_path: Path, how: str
) -> None:
    old = register.read_bytes()
    asyncio.run(erase(desk.log))
    made, known = backup(desk, tmp_path), of(desk, register)
    if how == "another log's":
        register.write_bytes(
            re.sub(rb"- \w", b"- 0" if register.read_bytes()[4:5] != b"0" else b"- 1", register.read_bytes())
        )
    elif how == "older":
        register.write_bytes(old)
    elif how == "a line changed":
        register.write_bytes(register.read_bytes().replace(b"incident/", b"incident/x"))
    elif how == "no register":
        register.write_bytes(b"names of persons\n")
    else:
        register.unlink()
        register.mkdir()
    before = register.read_bytes() if register.is_file() else b""
    for _ in range(2):
        with pytest.raises(BackupError) as told:
            restore(made.path, tmp_path / "to", keys=made.keys, register=known)
        assert "register-lost" in str(told.value) and "persons" not in str(told.value)
        assert not (tmp_path / "to").exists()
        assert (register.read_bytes() if register.is_file() else b"") == before


@pytest.mark.parametrize("what", ["log", "keys", "records", "register"])
def test_what_can_not_be_erased_again_is_not_restored(
    desk: Settings, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    made = backup(desk, tmp_path)
    asyncio.run(erase(desk.log))

    def fails(*_: object, **__: object) -> NoReturn:
        raise LogUnavailable("the disk is full")

    if what == "records":
        monkeypatch.setattr(Writer, "commit", lambda writer, jobs: [LogUnavailable("the disk is full")] * len(jobs))
    else:
        place = {
            "log": "incidents.log.sqlite.open_writing",
            "keys": "incidents.log.vault.Vault.forget_keys",
            "register": "incidents.log.erasures.Erasures.begin",
        }
        monkeypatch.setattr(place[what], fails)
    with pytest.raises(BackupError, match="nothing was restored"):
        restore(made.path, tmp_path / "to", keys=made.keys, register=of(desk, register))
    assert not (tmp_path / "to").exists()


def test_what_holds_of_a_damaged_register_counts_although_it_is_said_to_be_lost(
    desk: Settings, register: Path, tmp_path: Path
) -> None:
    made = backup(desk, tmp_path)
    stream = asyncio.run(erase(desk.log))
    with register.open("ab") as file:
        file.write(b"damage\n")
    lost = of(desk, register, lost=True)
    restored = restore(made.path, tmp_path / "to", keys=made.keys, register=lost)
    assert restored.erased_again == 1
    assert asyncio.run(sealed_that_open(tmp_path / "to" / "vigie.log", stream)) == 0


def test_without_keys_the_desk_erases_again_once_it_has_them(desk: Settings, register: Path, tmp_path: Path) -> None:
    made = backup(desk, tmp_path)
    stream = asyncio.run(erase(desk.log))
    restored = restore(made.path, tmp_path / "to", register=of(desk, register))
    (tmp_path / "printed.toml").write_text(restored.settings)
    own = load(file=tmp_path / "printed.toml", environ={})
    assert own.erased_register == register and made.keys is not None
    shutil.copy(made.keys / "vigie.log.key", tmp_path / "to" / "vigie.log.key")

    async def opened() -> int:
        log = await SqliteLog.open(own.log, register=own.erased_register or "beside")
        try:
            assert not any(log.unseal(record) for record in await log.stream(stream))
            return log.erased_again
        finally:
            await log.close()

    assert asyncio.run(opened()) == 1


def test_a_trial_of_a_backup_needs_no_register(desk: Settings, made: Made, tmp_path: Path) -> None:
    assert restore(made.path, tmp_path / "to", keys=made.keys).erased_again == 0


def test_a_backup_never_holds_the_register(desk: Settings, tmp_path: Path) -> None:
    asyncio.run(erase(desk.log))
    made = backup(desk, tmp_path)
    assert not [file for file in tmp_path.rglob("*.erased") if file.is_relative_to(made.path)]


@pytest.mark.parametrize("what", ["is_file", "read"])
@pytest.mark.parametrize("lost", [False, True])
def test_a_register_on_a_disk_that_hangs_holds_no_restoring_up(
    desk: Settings, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, lost: bool
) -> None:
    made = backup(desk, tmp_path)
    answers = threading.Event()
    if what == "is_file":
        is_file = Path.is_file
        monkeypatch.setattr(Path, "is_file", lambda path: answers.wait(60) if path == register else is_file(path))
    else:
        monkeypatch.setattr(Erasures, "read", lambda own: answers.wait(60) if own.path == register else None)
    for place in ("centre.backup.restoring.ANSWER_S", "incidents.log.repeating.ANSWER_S"):
        monkeypatch.setattr(place, 0.3)
    known = of(desk, register, lost=lost)
    began = time.monotonic()
    try:
        if lost:
            assert restore(made.path, tmp_path / "to", keys=made.keys, register=known).erased_again == 0
        else:
            with pytest.raises(BackupError, match=r"does not answer.*register-lost"):
                restore(made.path, tmp_path / "to", keys=made.keys, register=known)
            assert not (tmp_path / "to").exists()
    finally:
        answers.set()
    assert time.monotonic() - began < 30
