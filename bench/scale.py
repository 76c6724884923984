"""What grows with what: a server's memory by consoles, closed incidents, cases and open alarms; a nats-server's by streams.

Nothing is compared and nothing is held to a budget: docs/scale.md reckons with these.
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import nats
from nats.js.api import StreamConfig

from bench.floor import START, fill_past
from bench.nats_servers import NatsServer
from bench.rows import Row
from bench.running import cpu_s, desk, memory_mb
from demo.cases import demo_cases, write_cases
from incidents import events as ev
from incidents.cases import import_cases
from incidents.cases.register import brussels_today
from incidents.log.sqlite import SqliteLog

CONSOLES = (0, 9, 33, 50)
CLOSED = (10_000, 100_000)
CASES = (1_000, 10_000)
OPEN = (10, 100, 1_000)
BESIDE = 9  # consoles that show the open alarms: a centre's
STREAMS = (10_000, 100_000)
RECORD_BYTES = 600
REST_S = 10.0
_SETTLED_S = 8.0
_IDLE_SHARE = 0.15  # of a core: what fifty consoles take that are told nothing is half of it
_AT_MOST_S = 180.0
_TOGETHER = 500


def bench_scale() -> list[Row]:
    """Megabytes, and how much of a core nothing takes."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Row]:
    rows = await _consoles(folder / "consoles")
    for count in CLOSED:
        rows += await _closed(folder / f"closed-{count}", count)
    for count in CASES:
        rows += await _cases(await asyncio.to_thread(_fresh, folder / f"cases-{count}"), count)
    for count in OPEN:
        rows += await _open(folder / f"open-{count}", count)
    for count in STREAMS:
        rows += await _nats(await asyncio.to_thread(_fresh, folder / f"streams-{count}"), count)
    return rows


def _row(name: str, value: float, unit: str = "MB") -> Row:
    return Row(name=name, value=value, unit=unit, budget="none")


async def _consoles(folder: Path) -> list[Row]:
    """One server, more and more consoles."""
    rows: list[Row] = []
    async with contextlib.AsyncExitStack() as stack:
        _, pid, base = await stack.enter_async_context(desk(folder))
        there = 0
        for count in CONSOLES:
            if count > there:
                await stack.enter_async_context(_more(base, count - there))
                there = count
            rows.append(_row(f"a server, {count} consoles: memory", await _settled(pid)))
            used = cpu_s(pid)
            await asyncio.sleep(REST_S)
            rows.append(_row(f"a server, {count} consoles, nothing happens", (cpu_s(pid) - used) / REST_S, "core"))
    return rows


async def _closed(folder: Path, count: int) -> list[Row]:
    log = await SqliteLog.open(await asyncio.to_thread(_past, folder, count))
    try:
        await log.checkpoint(_at(0))  # over all of it, where those that follow are over ten minutes
        draft = ev.draft(ev.Came(), id="came", at=START, source_at=START, actor="someone")
        await log.append("desk/floor", 0, draft)
        start = time.process_time()
        await log.checkpoint(_at(600))
        sealed_s = time.process_time() - start
    finally:
        await log.close()
    async with desk(folder) as (_, pid, _):
        return [
            _row(f"a server, {count:,} closed incidents: memory", await _settled(pid)),
            _row(f"a checkpoint over {count:,} closed incidents, processor", sealed_s, "s"),
        ]


def _at(after_s: float) -> str:
    return ev.stamp(START + timedelta(days=365, seconds=after_s))


async def _cases(folder: Path, count: int) -> list[Row]:
    """As many as there are of the demo's kinds, each under a number and a device of its own."""
    kinds = demo_cases(brussels_today())
    cases = (
        msgspec.structs.replace(kinds[n % len(kinds)], number=f"2026-{n:05d}", devices=(f"AMR-{n:05d}",))
        for n in range(count)
    )
    write_cases(folder / "cases.json", tuple(cases))
    await asyncio.to_thread(import_cases, folder / "cases.json", folder / "cases.db")
    async with desk(folder, "--cases", f"{folder}/cases.db") as (_, pid, _):
        return [_row(f"a server, {count:,} cases: memory", await _settled(pid))]


async def _open(folder: Path, count: int) -> list[Row]:
    await asyncio.to_thread(_past, folder, count, count)
    async with desk(folder) as (_, pid, base), _more(base, BESIDE):
        return [_row(f"a server, {BESIDE} consoles, {count:,} open alarms: memory", await _settled(pid))]


async def _nats(folder: Path, count: int) -> list[Row]:
    """One nats-server that has a record of each of so many streams, started anew."""
    server = NatsServer(folder)
    try:
        empty_mb = memory_mb(server.pid)
        client = await nats.connect(server.address)
        stream = client.jetstream()
        await stream.add_stream(StreamConfig(name="LOG", subjects=["LOG.>"]))
        for first in range(0, count, _TOGETHER):
            subjects = (f"LOG.of.{n:064d}" for n in range(first, min(first + _TOGETHER, count)))
            await asyncio.gather(*(stream.publish(subject, b"x" * RECORD_BYTES) for subject in subjects))
        await client.close()
        server.kill()
        start = time.perf_counter()
        await asyncio.to_thread(server.start)
        started_s = time.perf_counter() - start
        return [
            _row(
                f"a nats-server, {count:,} streams of the log: memory beside an empty one's",
                memory_mb(server.pid) - empty_mb,
            ),
            _row(f"a nats-server, {count:,} streams of the log: until it answers", started_s, "s"),
        ]
    finally:
        server.kill()


def _fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _past(folder: Path, incidents: int, still_open: int = 0) -> Path:
    """A log with these in a folder of its own."""
    path = _fresh(folder) / "vigie.log"
    fill_past(path, incidents=incidents, still_open=still_open)
    return path


@contextlib.asynccontextmanager
async def _more(base: str, count: int) -> AsyncIterator[None]:
    """So many more consoles, which listen."""
    others = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.consoles", base, str(count), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert others.stdout is not None
        async with asyncio.timeout(240):
            if not await others.stdout.readline():
                raise RuntimeError("the consoles could not be opened")
        yield
    finally:
        if others.returncode is None:
            others.kill()
        await others.wait()


async def _settled(pid: int) -> float:
    """Its memory once it has read what it had to read, and does nothing."""
    until = time.monotonic() + _AT_MOST_S
    while time.monotonic() < until:
        used = cpu_s(pid)
        await asyncio.sleep(_SETTLED_S)
        if cpu_s(pid) - used < _IDLE_SHARE * _SETTLED_S:
            break
    return memory_mb(pid)
