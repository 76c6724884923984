"""The line itself: encrypted with certificates on both sides, cut without a word, under a real log."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from feeds.gateway import Gateway
from feeds.subscriber import Subscriber
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from tests.certificates import certificate
from tests.feeds.parts import QUICK, Desk, Shelf, following, press
from tests.waiting import until


async def test_feed_with_certificates_on_both_sides(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "server"), certificate(tmp_path, "client")
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client[0])
    serving.load_cert_chain(*server)
    serving.verify_mode = ssl.CERT_REQUIRED
    bearing = ssl.create_default_context(cafile=server[0])
    bare = ssl.create_default_context(cafile=server[0])
    bearing.load_cert_chain(*client)
    gateway, desk = Gateway("112-app", heartbeat_s=0.1), Desk()
    await gateway.start(ssl=serving)
    try:
        assert gateway.url.startswith("wss://")
        for context, state in ((ssl.create_default_context(), "down"), (bare, "down"), (bearing, "live")):
            async with following(gateway.url, desk, Shelf(), ssl=context):
                await until(lambda state=state: desk.state == state)
            desk.healths.clear()
    finally:
        await gateway.stop()


@contextlib.asynccontextmanager
async def dying_cable(port: int) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """A relay that, once told, carries nothing any more and closes nothing."""
    dead = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                if dead.is_set():
                    await asyncio.Event().wait()
                writer.write(data)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        tasks.update({asyncio.create_task(carry(reader, far_writer)), asyncio.create_task(carry(far_reader, writer))})

    server = await asyncio.start_server(join, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], dead
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_line_that_dies_without_a_word_is_noticed_by_its_missing_pong() -> None:
    gateway, desk = Gateway("112-app", heartbeat_s=0.1), Desk()
    await gateway.start()
    timing = msgspec.structs.replace(QUICK, silent_s=60, reconnect_s=60, ping_s=0.3)
    try:
        async with (
            dying_cable(int(gateway.url.split(":")[2].split("/")[0])) as (port, dead),
            following(f"ws://127.0.0.1:{port}/feed", desk, Shelf(), timing=timing),
        ):
            await until(lambda: desk.state == "live")
            dead.set()
            await until(lambda: desk.state == "down", within_s=5)
            dead.clear()
            await until(lambda: desk.state == "live", within_s=8)
    finally:
        await gateway.stop()


async def test_place_and_quarantine_are_kept_in_a_real_log_across_restarts(tmp_path: Path) -> None:
    gateway, desk = Gateway("112-app", epoch="E1", heartbeat_s=0.1), Desk()
    await gateway.start()
    try:
        for opening in (1, 2):
            log = await SqliteLog.open(tmp_path / "vigie.log")
            follower = Subscriber(gateway.url, receiver=desk, log=log, clock=SystemClock(), timing=QUICK)
            task = asyncio.create_task(follower.run())
            await gateway.publish(press(None, id=f"p{opening}"))
            await gateway.publish({"kind": "fix", "id": f"bad{opening}"})
            await until(lambda seq=opening * 2, one=follower: one.health.seq == seq)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await log.cursors("112-app") == {"E1": opening * 2}
            assert len(log.vault.quarantined()) == opening
            await log.close()
    finally:
        await gateway.stop()
    assert desk.times == {"p1": 1, "p2": 1}
    assert desk.gaps == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ws://", "nonsense", "ws://127.0.0.1:1/feed"])
async def test_address_where_no_feed_can_be_is_down_and_never_ends_the_listening(url: str) -> None:
    desk = Desk()
    async with following(url, desk, Shelf()):
        await until(lambda: desk.state == "down")
        assert desk.healths[-1].reason
