"""Every file of a centre carries its format; one of a newer Vigie is refused by its own door before a byte of it is written."""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from centre.backup.manifest import KNOWN
from centre.settings import Settings
from dashboard.access import schema as accounts
from dashboard.access.accounts import Accounts
from dashboard.access.rules import AccountError
from feeds.buttons import store as buttons
from feeds.buttons.store import ButtonStore
from feeds.gateway import feed_file
from feeds.gateway.feed_file import FeedFile
from incidents.cases import CaseRegister, import_cases
from incidents.cases import sealed as cases
from incidents.cases.sealed import CasesLocked
from incidents.log import LogUnavailable, schema
from incidents.log.local_copy import create_copy
from incidents.log.sqlite import SqliteLog
from incidents.log.training import TrainingLog, TrainingVault
from incidents.log.vault import Vault
from tests.centre.backup.parts import small_centre
from tests.rules.house import room, sources

Open = Callable[[Settings], Any]


def logs(settings: Settings) -> None:
    asyncio.run(_opened(SqliteLog.open(settings.log)))


def training_logs(settings: Settings) -> None:
    asyncio.run(_opened(TrainingLog.open(settings.log.with_name("training") / "room.log")))


async def _opened(opening: Any) -> None:
    await (await opening).close()


def registers(settings: Settings) -> None:
    assert settings.cases is not None
    assert CaseRegister.open(settings.cases).state == "locked"
    import_cases(settings.log.with_name("cases.json"), settings.cases)


def button_files(settings: Settings) -> None:
    assert settings.buttons.store is not None
    store = ButtonStore(settings.buttons.store)
    try:
        assert store.load() is None
        raise LogUnavailable(store.reason)
    finally:
        store.close()


def feed_files(settings: Settings) -> None:
    file = FeedFile(settings.log.with_name("vigie.feed"))
    try:
        file.open()
    finally:
        file.close()


# A feed gateway's file is in no backup: an older copy of it would give a desk numbers that it had for other messages.
# Nor is a server's copy of a log that a cluster keeps: it follows again.
FORMATS = {**KNOWN, feed_file.APPLICATION: feed_file.FORMAT, schema.COPY: schema.FORMAT}
# Each kind of file by its application id: which it is, and what opens it to work with it.
DOORS: dict[int, tuple[str, Open]] = {
    schema.LIVE: ("vigie.log", logs),
    Vault.APPLICATION: ("vigie.log.private", logs),
    schema.COPY: ("copy.log", lambda settings: create_copy(settings.log.with_name("copy.log"))),
    schema.TRAINING: ("training/room.log", training_logs),
    TrainingVault.APPLICATION: ("training/room.log.private", training_logs),
    cases.APPLICATION: ("cases.db", registers),
    accounts.APPLICATION: ("vigie.users", lambda settings: Accounts(settings.log.with_name("vigie.users"))),
    buttons.APPLICATION: ("vigie.buttons", button_files),
    feed_file.APPLICATION: ("vigie.feed", feed_files),
}


def in_the_code() -> Iterator[int]:
    """The application ids that stand in the product: every one begins with VIG."""
    for text in sources("*.py").values():
        yield from (int(found, 16) for found in re.findall(r"\b0x564947[0-9A-Fa-f]{2}\b", text))


def test_every_kind_of_file_is_known_here_and_to_backups() -> None:
    assert set(in_the_code()) == set(DOORS) == set(FORMATS)


def test_every_table_is_made_in_a_file_of_a_kind() -> None:
    """What makes tables names the kind of file that they are in, or looks what kind it is."""
    makers = {path for path, text in sources("*.py").items() if "CREATE TABLE" in text and room(path) != "bench"}
    of_a_kind = {path for path, text in sources("*.py").items() if re.search(r"\b0x564947|PRAGMA application_id", text)}
    assert makers <= of_a_kind


def content(folder: Path) -> dict[Path, bytes]:
    """Of each file; what SQLite and a writer's lock leave beside one that is opened holds nothing."""
    passing = (".lock", "-shm")
    return {
        path: held
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(passing) and (held := path.read_bytes())
    }


@pytest.mark.parametrize("kind", DOORS)
def test_a_newer_file_is_refused_and_stays_as_it_is(tmp_path: Path, kind: int) -> None:
    settings = small_centre(tmp_path / "desk")
    create_copy(tmp_path / "desk" / "copy.log")
    place, open_it = DOORS[kind]
    with contextlib.closing(sqlite3.connect(tmp_path / "desk" / place)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (kind,)
        assert db.execute("PRAGMA user_version").fetchone() == (FORMATS[kind],)
        db.execute(f"PRAGMA user_version = {FORMATS[kind] + 1}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = content(tmp_path / "desk")
    with pytest.raises((LogUnavailable, CasesLocked, AccountError), match="written by a newer Vigie"):
        open_it(settings)
    assert content(tmp_path / "desk") == before
