"""A log that can't be written: the alarm is shown, marked, and written when the log takes it again."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents import recorder
from incidents.board import Board
from incidents.log import Draft, LogUnavailable, Record
from incidents.log.sqlite import SqliteLog
from incidents.messages import PressReport
from incidents.recorder import Recorder
from tests.incidents.conftest import DEVICE, START, Floor, Open
from tests.incidents.log.parts import everything
from tests.people import dispatcher
from tests.waiting import LONG_S


class FailingDisk:
    """Stands before the real log's append while its disk is full, or hangs."""

    def __init__(self, log: SqliteLog) -> None:
        self._append = log.append
        self.fails = False
        self.hangs = asyncio.Event()
        self.hangs.set()
        self.under_way = self.most = 0
        log.append = self.append  # type: ignore[method-assign]

    async def append(self, stream: str, expected_version: int, draft: Draft) -> Record:
        await self.hangs.wait()
        if self.fails:
            raise LogUnavailable("database or disk is full")
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._append(stream, expected_version, draft)
        finally:
            self.under_way -= 1


@pytest.fixture
async def disk(floor: Floor) -> FailingDisk:
    return FailingDisk(floor.log)


async def until_recorded(floor: Floor) -> None:
    async with asyncio.timeout(LONG_S):
        while floor.desk.board.recording != "ok":
            await asyncio.sleep(0.02)


async def test_a_press_that_cannot_be_written_is_shown_held_and_written_later(floor: Floor, disk: FailingDisk) -> None:
    disk.fails = True
    message = floor.message(PressReport(device=DEVICE), id="m1")
    assert await floor.desk.receive(message) == "held"
    assert await floor.desk.receive(message) == "held", "sent again while it is not durable"
    incident = floor.incident()
    assert incident is not None and (incident.presses.count, incident.history.unrecorded) == (1, 1)
    assert not incident.history.entries[0].recorded
    assert (floor.desk.board.recording, floor.desk.board.held) == ("failed", 1)
    disk.fails = False
    await until_recorded(floor)
    assert await floor.desk.receive(message) == "repeated"
    incident = floor.incident()
    assert incident is not None and (incident.presses.count, incident.history.unrecorded) == (1, 0)
    assert all(entry.recorded for entry in incident.history.entries), (
        "the history says no longer that it is not recorded"
    )
    assert [kind for _, kind in await floor.records()] == ["raised"]


async def test_operators_go_on_working_without_the_log_and_it_is_written_in_order(
    floor: Floor, disk: FailingDisk
) -> None:
    disk.fails = True
    incident = await floor.press()
    assert incident is not None
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("me"))
    await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), dispatcher("me"))
    with pytest.raises(cmd.Refused):
        await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("other"))
    shown = floor.incident()
    assert shown is not None and shown.state == "routed"
    disk.fails = False
    await until_recorded(floor)
    assert [kind for _, kind in await floor.records()] == ["raised", "acknowledged", "ordered"]


async def test_what_was_held_of_many_alarms_is_written_together_and_each_in_its_order(
    floor: Floor, disk: FailingDisk
) -> None:
    disk.fails = True
    for n in range(60):
        device = f"AMR-{min(n, 50):05d}"  # the last ten are one alarm's
        await floor.desk.receive(floor.message(PressReport(device=device), id=f"m{n}"))
    assert floor.desk.board.held == 60
    disk.fails = False
    await until_recorded(floor)
    assert disk.most > 40
    assert [record.id for _, record in [one async for one in floor.log.records()]] == [f"test/m{n}" for n in range(60)]


async def test_a_log_that_hangs_does_not_keep_an_alarm_off_the_screens(floor: Floor, disk: FailingDisk) -> None:
    disk.hangs.clear()
    async with asyncio.timeout(2):
        assert await floor.desk.receive(floor.message(PressReport(device=DEVICE), id="m1")) == "held"
    assert floor.incident() is not None
    disk.hangs.set()
    await until_recorded(floor)
    assert [kind for _, kind in await floor.records()] == ["raised"]


async def test_what_was_held_is_written_when_the_desk_closes(open_floor: Open) -> None:
    async with open_floor() as floor:
        disk = FailingDisk(floor.log)
        disk.fails = True
        await floor.press(id="m1")
        disk.fails = False
    async with open_floor() as floor:
        assert [kind for _, kind in await floor.records()] == ["raised"]


@pytest.fixture
async def small_disk(tmp_path: Path) -> AsyncIterator[Path]:
    """A file system of 16 MiB: what a full disk really does."""
    mount = await asyncio.create_subprocess_exec("mount", "-t", "tmpfs", "-o", "size=16m", "vigie-test", str(tmp_path))
    assert await mount.wait() == 0, "mounting a tmpfs needs root: run the tests as root or in a user namespace"
    yield tmp_path
    await (await asyncio.create_subprocess_exec("umount", "--lazy", str(tmp_path))).wait()


async def test_on_a_really_full_disk_every_press_is_shown_and_none_is_lost(small_disk: Path, open_floor: Open) -> None:
    async with open_floor() as floor:
        filler = small_disk / "filler"
        await floor.press(id="before")
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(b"0" * 4096)
        receipts = [
            await floor.desk.receive(floor.message(PressReport(device=f"AMR-{n:05d}"), id=f"full-{n}"))
            for n in range(200)
        ]
        assert "held" in receipts and floor.desk.board.recording == "failed"
        assert len(floor.desk.board.incidents) == 201
        filler.unlink()
        await until_recorded(floor)
        assert len([kind for _, kind in await floor.records() if kind == "raised"]) == 201


async def spoilt(floor: Floor, stream: str) -> None:
    """The records of a stream as a failing disk may leave them: there, and not to be read."""
    path = floor.log.vault._reading.path.with_name("vigie.log")
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("UPDATE records SET at = 'x' WHERE stream = ?", (stream,)).rowcount
        db.commit()


async def test_a_press_whose_stream_cannot_be_read_any_more_is_shown_and_written_after_it(open_floor: Open) -> None:
    async with open_floor() as floor:
        first = await floor.press(id="m1")
        assert first is not None
        stream = f"incident/{first.id}"
        await spoilt(floor, stream)
        board = floor.desk.board = Board()
        other = Recorder(floor.log, board, floor.clock, floor.log.vault.incident_id_for_message)
        raised = ev.Raised(origin="press", device=DEVICE)

        async def press(id: str) -> str:
            return (await other.record(stream, lambda: raised, id=id, source_at=START, actor="feed"))[0]

        # Its own earlier record can't be folded: it is not said to be known before it stands on a screen.
        assert await press("test/m1") == "held"
        assert board.of_device(DEVICE)[0].open
        async with asyncio.timeout(LONG_S):
            while board.held:
                await asyncio.sleep(0.02)
        board.incidents.clear()
        assert await press("test/m2") == "recorded"
        assert board.incidents[first.id].open
        assert await floor.log.version(stream) == board.version(stream)
        await other.close()


async def test_what_is_late_while_the_log_takes_others_is_waited_for_and_holds_nothing_up(
    floor: Floor, disk: FailingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "SHOWN_WITHIN_S", 0.2)
    disk.hangs.clear()
    late = asyncio.create_task(floor.desk.receive(floor.message(PressReport(device="AMR-1"), id="m1")))
    await asyncio.sleep(0.1)
    append, floor.log.append = floor.log.append, disk._append  # type: ignore[method-assign]
    for n in range(2, 12):  # for five times as long
        assert await floor.desk.receive(floor.message(PressReport(device=f"AMR-{n}"), id=f"m{n}")) == "recorded"
        await asyncio.sleep(0.1)
    assert not late.done() and floor.desk.board.recording == "ok"
    floor.log.append = append  # type: ignore[method-assign]
    await asyncio.sleep(0.4)  # it takes none any more
    assert late.done() and late.result() == "held" and floor.desk.board.recording == "failed"
    disk.hangs.set()
    await until_recorded(floor)
    assert len([r for r in await everything(floor.log) if r.type == "raised"]) == 11


async def test_names_of_who_acts_on_a_full_disk_are_kept_once_there_is_room(small_disk: Path, open_floor: Open) -> None:
    async with open_floor() as floor:
        await floor.press("AMR-1", id="m1")
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(bytes(512))
        word = floor.log.vault.pseudonym("Example Dispatcher")
        assert floor.log.vault.pseudonym("Example Dispatcher") == word
        assert floor.log.vault.name_of(word) == "Example Dispatcher"
        filler.unlink()
        await floor.press("AMR-2", id="m2")
        await until_recorded(floor)
    async with open_floor() as floor:
        assert floor.log.vault.pseudonym("Example Dispatcher") == word
        assert floor.log.vault.name_of(word) == "Example Dispatcher"
