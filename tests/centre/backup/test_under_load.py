"""A real desk under a flood of presses is backed up: restored elsewhere it is the desk of one moment. Killed half-way: none."""

import asyncio
import random
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from centre.backup.manifest import BackupError
from centre.backup.restoring import Restored, restore
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from incidents import events as ev
from incidents.board import Board
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from tests.centre.backup.parts import PERSON, small_centre
from tests.centre.parts import OwnFeed, Running, own_feed
from tests.centre.test_always_starts import waiting
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.processes import run, vigie
from tests.waiting import until


async def flood(feed: OwnFeed) -> None:
    dice = random.Random(7)
    while True:
        for _ in range(10):
            device = f"AMR-{dice.randrange(60):05d}"
            feed.press(device)
            feed.put(kind="fix", device=device, fix={"lat": 51.0, "lon": 3.7, "radius": 30})
        await asyncio.sleep(0.05)


async def open_at(log: Path, records: int) -> tuple[str, ...]:
    """The incidents that stood open when the log had so many records."""
    opened = await SqliteLog.open(log, reading=True)
    try:
        board = Board()
        async for position, record in opened.records():
            if position <= records:
                board.fold(ev.entry(record, opened.unseal(record)))
        return tuple(sorted(name for name, incident in board.incidents.items() if incident.open))
    finally:
        await opened.close()


async def test_backups_of_a_desk_under_a_flood_are_each_of_one_moment(tmp_path: Path) -> None:
    for name in ("backups", "keys"):
        (tmp_path / name).mkdir()
    desk = tmp_path / "desk"
    desk.mkdir()
    Accounts(desk / "vigie.users", hasher=QUICK).add(PERSON, ["dispatcher"], PASSWORD)
    async with own_feed() as feed:
        server = Running(desk, feeds=[feed.url], sign_in=True)
        await server.start()
        load = asyncio.create_task(flood(feed))
        try:
            words = ("backup", str(tmp_path / "backups"), "--keys", str(tmp_path / "keys"), "--log", str(server.log))
            for _ in range(3):
                durable = len(feed.durable)
                await until(lambda durable=durable: len(feed.durable) > durable + 100)
                # Each is named after its second.
                await until(lambda: not (tmp_path / "backups" / f"vigie-{datetime.now(UTC):%Y%m%dT%H%M%SZ}").exists())
                durable = len(feed.durable)
                code, said = await vigie(*words)
                assert code == 0, said
                # A press is answered as ever, while it is made or at once after it: a small one takes a moment only.
                await until(lambda durable=durable: len(feed.durable) > durable, 2)
        finally:
            load.cancel()
            assert await server.stop() == 0
    made = sorted((tmp_path / "backups").iterdir())
    assert len(made) == 3
    counts = []
    for path in made:
        to = tmp_path / path.name
        keys = tmp_path / "keys" / f"{path.name}.keys"
        restored = await asyncio.to_thread(restore, path, to, keys=keys)
        counts.append(restored.proof.records)
        assert restored.proof.digest == restored.manifest.digest
        code, said = await vigie("log", "verify", "--expect", restored.manifest.digest, "--log", str(server.log))
        assert code == 0, said
        assert restored.proof.open_incidents == await open_at(server.log, restored.proof.records) != ()
        assert Accounts(to / "vigie.users", hasher=QUICK).verify(PERSON, PASSWORD) is not None
    assert counts == sorted(set(counts))
    restored_desk = Running(tmp_path / made[-1].name, feeds=[], sign_in=True)
    await restored_desk.start()
    try:
        assert await waiting(restored_desk) == len(restored.proof.open_incidents)  # nobody had any
    finally:
        assert await restored_desk.stop() == 0


# The process ends itself, as the machine would end it, once so many files and folders were made durable.
DYING = """
import os, signal, sys
left, fsync = int(sys.argv.pop(1)), os.fsync
def dying(file):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(file)
os.fsync = dying
import app
app.app()
"""


def killed_after(durable: int, settings: Settings, folder: Path) -> int:
    """Back up until so many things are durable; the exit code of the process."""
    paths = {"--keys": folder / "keys", "--log": settings.log, "--cases": settings.cases}
    words = [str(word) for pair in paths.items() for word in pair]
    return run(str(durable), "backup", str(folder / "backups"), *words, code=DYING)[0]


def whole(folder: Path) -> list[Restored]:
    """What of all that lies there can be restored."""
    found = []
    for n, path in enumerate(sorted((folder / "backups").iterdir())):
        for keys in (folder / "keys").iterdir():
            try:
                found.append(restore(path, folder / f"to-{n}", keys=keys))
            except BackupError:
                assert not (folder / f"to-{n}").exists()
    return found


def test_a_backup_whose_process_is_left_alone_is_whole(tmp_path: Path) -> None:
    """Else the kills below would kill nothing."""
    settings = small_centre(tmp_path / "desk")
    for name in ("backups", "keys"):
        (tmp_path / name).mkdir()
    assert killed_after(1000, settings, tmp_path) == 0
    assert len(whole(tmp_path)) == 1


# Things made durable, in their order: each file, then the folders, the manifest, the same of the keys, the names of both.
@pytest.mark.parametrize(
    "steps", [(0, 9, 16), pytest.param(range(50), marks=[pytest.mark.prove, pytest.mark.timeout(900)])]
)
def test_a_backup_that_is_killed_half_way_is_refused(
    tmp_path: Path, steps: Sequence[int], record_testsuite_property: Callable[[str, object], None]
) -> None:
    settings = small_centre(tmp_path / "desk")
    cut = 0
    for step in steps:
        folder = tmp_path / str(step)
        for name in ("backups", "keys"):
            (folder / name).mkdir(parents=True)
        code = killed_after(step, settings, folder)
        assert code in (0, -signal.SIGKILL)
        (left,) = (folder / "backups").iterdir()
        half = left.name.endswith(".part")
        assert half or code == 0 or len(list((folder / "keys").iterdir())) == 1
        assert len(whole(folder)) == (0 if half else 1)
        cut += half
    assert cut >= min(len(steps), 15), "hardly one was cut off half-way"
    record_testsuite_property("backups killed half-way and refused", cut)
    assert verify(settings.log).ok
