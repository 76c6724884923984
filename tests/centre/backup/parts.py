"""A whole centre's files, small: a log with two incidents, accounts with codes, cases, a button with a key, a training room."""

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from centre.backup.making import Made, make
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from feeds.buttons.settings import ButtonSettings
from feeds.buttons.store import ButtonStore, Enrolled, new_enrolment
from feeds.gateway.feed_file import FeedFile
from incidents.cases import import_cases
from incidents.log.training import TrainingLog
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.incidents.cases.conftest import case
from tests.incidents.log.samples.make import make as log_of_two_incidents

AT = datetime(2026, 11, 27, 2, 0, 0, tzinfo=UTC)
NAME = "vigie-20261127T020000Z"
PERSON = "Mieke Voorbeeld"


def small_centre(folder: Path) -> Settings:
    folder.mkdir()
    asyncio.run(log_of_two_incidents(folder / "vigie.log"))
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    accounts.add(PERSON, ["dispatcher"], PASSWORD, totp=True)
    rows = folder / "cases.json"
    rows.write_text(json.dumps({"cases": [case()]}))
    import_cases(rows, folder / "cases.db")
    store = ButtonStore(folder / "vigie.buttons")
    store.enrol(
        Enrolled(
            address="AA:BB:CC:00:00:01", device="AMR-00412", enrolment=new_enrolment(), key=bytes(16), enrolled_at=AT
        ),
        instead=False,
    )
    store.close()
    feed = FeedFile(folder / "vigie.feed")
    feed.open()
    feed.close()
    asyncio.run(_training(folder / "training"))
    return settings_of(folder)


def settings_of(folder: Path) -> Settings:
    """Those of a small centre in this folder."""
    return Settings(
        log=folder / "vigie.log",
        cases=folder / "cases.db",
        users=folder / "vigie.users",
        buttons=ButtonSettings(store=folder / "vigie.buttons"),
    )


async def _training(folder: Path) -> None:
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios" / "bridge.yaml").write_text("a scenario")
    (folder / "replays" / "open").mkdir(parents=True)
    (folder / "replays" / "open" / "kept.log").write_text("made anew")
    log = await TrainingLog.open(folder / "room.log")
    log.vault.pseudonym(PERSON)
    await log.close()


def backup(settings: Settings, folder: Path, at: datetime = AT) -> Made:
    """With its keys, in folders of their own."""
    for name in ("backups", "keys"):
        (folder / name).mkdir(exist_ok=True)
    return make(settings, folder / "backups", keys_folder=folder / "keys", now=lambda: at)


@contextlib.contextmanager
def disk_of(kib: int, folder: Path) -> Iterator[Path]:
    """A disk of so many KiB, mounted at this folder."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.fail("a full disk needs a mount of its own: run the tests as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def with_one_key(settings: Settings, key: Path) -> Settings:
    """The same with `key_file`."""
    return msgspec.structs.replace(settings, key_file=key)
