"""Each fault its honest state in /health, no press lost or unseen, recovery without a restart."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from incidents.log.sqlite import SqliteLog
from tests.centre.parts import OwnFeed, Running, own_feed
from tests.processes import vigie
from tests.waiting import LONG_S, until

SAMPLE = Path(__file__).parents[2] / "docs" / "cases.sample.json"
NOBODY_LISTENS = {"VIGIE_WATCH_BLIND_S": "3600"}  # no page is opened here, and that is a fault of its own


@pytest.fixture
async def feed() -> AsyncIterator[OwnFeed]:
    async with own_feed(per_frame=5) as feed:
        yield feed


@pytest.fixture
async def start(tmp_path: Path, feed: OwnFeed) -> AsyncIterator[Callable[..., Any]]:
    running: list[Running] = []

    async def started(folder: Path = tmp_path, **options: Any) -> Running:
        server = Running(folder, feeds=[feed.url], **NOBODY_LISTENS)
        running.append(server)
        await server.start(**options)
        return server

    yield started
    for server in running:
        await server.stop()


async def healthy(server: Running, **wanted: Any) -> None:
    """Wait until /health says so."""
    shown: dict[str, Any] = {}

    async def right() -> bool:
        shown.update(await asyncio.to_thread(server.health))
        feeds = shown.get("feeds", ())
        shown["gaps"] = [(one["name"], one["gaps"], one["gap_why"]) for one in feeds if one.get("gaps")]
        return all(shown.get(name) == value for name, value in wanted.items())

    try:
        async with asyncio.timeout(LONG_S):
            while not await right():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"{wanted} did not come: {shown}") from None


async def presses(path: Path) -> list[str]:
    log = await SqliteLog.open(path)
    found = [record.id async for _, record in log.records() if record.type in ("raised", "pressed")]
    await log.close()
    return sorted(found)


async def test_a_press_sent_before_any_page_was_opened_is_logged(feed: OwnFeed, start: Callable[..., Any]) -> None:
    message = feed.press("AMR-1")
    server = await start()
    await until(lambda: message["id"] in feed.durable)
    assert await server.stop() == 0
    assert await presses(server.log) == [f"own/{message['id']}"]


@pytest.fixture
async def small_disk(tmp_path: Path) -> AsyncIterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    await _must("mount", "-t", "tmpfs", "-o", "size=16m", "vigie-test", str(disk))
    yield disk
    await _must("umount", "--lazy", str(disk))


async def _must(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0, f"{command[0]} failed: these tests need root"


async def test_a_full_disk_is_said_and_every_press_shown_then_written(
    feed: OwnFeed, start: Callable[..., Any], small_disk: Path
) -> None:
    server = await start(small_disk)
    await healthy(server, ok=True)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"0" * 4096)
    for n in range(300):
        feed.press(f"AMR-{n:05d}")
    await healthy(server, ok=False, recording="failed")
    await until(lambda: 503 in feed.statuses)
    filler.unlink()
    await healthy(server, ok=True, recording="ok", held=0)
    await until(lambda: feed.durable == {m["id"] for m in feed.messages}, within_s=60)
    assert await server.stop() == 0
    assert await presses(server.log) == sorted(f"own/{m['id']}" for m in feed.messages)


async def test_a_log_on_a_read_only_disk_is_said_and_recovers(
    feed: OwnFeed, start: Callable[..., Any], small_disk: Path
) -> None:
    server = await start(small_disk)
    feed.press("AMR-1")
    await until(lambda: len(feed.durable) == 1)
    assert await server.stop() == 0
    server.output = small_disk.parent / "output"
    await _must("mount", "-o", "remount,ro", str(small_disk))
    await server.start()
    feed.press("AMR-2")
    await healthy(server, ok=False, recording="failed")
    await _must("mount", "-o", "remount,rw", str(small_disk))
    await healthy(server, ok=True, recording="ok", held=0)
    await until(lambda: len(feed.durable) == 2)
    assert await server.stop() == 0
    assert len(await presses(server.log)) == 2


async def test_cases_that_are_missing_or_locked_are_said_and_come_back(
    feed: OwnFeed, start: Callable[..., Any]
) -> None:
    server = await start(cases=True)
    await healthy(server, ok=False, cases="missing")
    code, said = await vigie("cases", "import", str(SAMPLE), "--cases", str(server.cases))
    assert code == 0, said
    await healthy(server, ok=True, cases="open")
    key = server.cases.with_name(server.cases.name + ".key")
    away = key.rename(key.with_suffix(".away"))
    await healthy(server, ok=False, cases="locked")
    message = feed.press("AMR-1")
    await until(lambda: message["id"] in feed.durable)
    away.rename(key)
    await healthy(server, ok=True, cases="open")


async def test_a_feed_that_goes_silent_or_speaks_nonsense_is_said(tmp_path: Path, start: Callable[..., Any]) -> None:
    nonsense: list[str] = []

    def damage(frame: str) -> list[str]:
        return [*nonsense, frame]

    async with own_feed(damage=damage) as feed:
        server = Running(tmp_path, feeds=[feed.url], **NOBODY_LISTENS)
        await server.start()
        try:
            await healthy(server, ok=True, feed_state="live")
            nonsense.append("{]")
            feed.press("AMR-1")
            await healthy(server, ok=False, feed_state="malformed")
            nonsense.clear()
            feed.beats = False
            await healthy(server, ok=False, feed_state="silent")
            feed.beats = True
            message = feed.press("AMR-2")
            await until(lambda: message["id"] in feed.durable)
        finally:
            await server.stop()


async def test_a_desk_that_starts_without_the_key_of_its_log_takes_every_press_and_touches_nothing(
    tmp_path: Path, feed: OwnFeed, start: Callable[..., Any]
) -> None:
    server = await start()
    feed.press("AMR-1")
    await until(lambda: len(feed.durable) == 1)
    assert await server.stop() == 0
    before = await presses(server.log)
    key = server.log.with_name("vigie.log.key")
    secret = key.read_bytes()
    key.unlink()
    server = await start()
    await healthy(
        server, ok=False, recording="aside", reason="the master key cannot be read: no such file or directory"
    )
    message = feed.press("AMR-2")
    await until(lambda: message["id"] in feed.durable)
    assert await server.stop() == 0
    assert not key.exists()
    key.write_bytes(secret)
    assert await presses(server.log) == before
    assert f"own/{message['id']}" in await presses(server.log.with_name("vigie.log.aside"))
    server = await start()
    await healthy(server, ok=True, recording="ok")
    assert await server.stop() == 0
    assert len(await presses(server.log)) == 2


async def test_a_desk_that_starts_on_a_damaged_log_takes_every_press_and_touches_nothing(
    feed: OwnFeed, start: Callable[..., Any]
) -> None:
    server = await start()
    feed.press("AMR-1")
    await until(lambda: len(feed.durable) == 1)
    assert await server.stop() == 0
    good = server.log.read_bytes()
    spoilt = bytes(4096) + good[4096:]
    server.log.write_bytes(spoilt)
    server = await start()
    await healthy(server, ok=False, recording="aside", reason="the log: it is damaged or no SQLite file")
    message = feed.press("AMR-2")
    await until(lambda: message["id"] in feed.durable)
    assert await server.stop() == 0
    assert server.log.read_bytes() == spoilt
    assert f"own/{message['id']}" in await presses(server.log.with_name("vigie.log.aside"))
    server.log.write_bytes(good)
    server = await start()
    await healthy(server, ok=True, recording="ok")
    assert await server.stop() == 0
    assert len(await presses(server.log)) == 2


async def test_a_feed_that_is_down_then_begins_a_new_epoch_is_taken_whole_with_a_gap(
    tmp_path: Path, feed: OwnFeed
) -> None:
    server = Running(tmp_path, feeds=[feed.url], **NOBODY_LISTENS)
    await server.start()
    try:
        feed.press("AMR-1")
        await until(lambda: len(feed.durable) == 1)
        port = int(feed.url.rpartition(":")[2])
        await feed.stop()
        await healthy(server, ok=False, feed_state="down")
        again = OwnFeed()
        again.epoch = "2026-12-01"
        again.press("AMR-2", id="new-1")
        await again.start(port)
        try:
            await until(lambda: again.durable == {"new-1"})
            await healthy(server, gaps=[("own", 1, "epoch")])
        finally:
            await again.stop()
    finally:
        await server.stop()


async def test_health_tells_details_only_to_those_who_may_know(start: Callable[..., Any]) -> None:
    server = await start()
    await healthy(server, ok=True)
    shown = await asyncio.to_thread(server.health)
    assert "feeds" in shown and "AMR" not in json.dumps(shown)
