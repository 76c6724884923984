"""Durable appends, beside `sqlite3` that merely inserts the very same rows into the very same tables, with the same durability.

The desk lives in an event loop, which must never wait for a disk: the baseline too is called from one, through one thread.
"""

import asyncio
import gc
import itertools
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.rows import Row, median
from incidents.log import Draft
from incidents.log.schema import INSERT, PLACES, create_log
from incidents.log.sqlite import SqliteLog

ROUNDS = 5
SINGLES = 400
BATCH = 256
BATCHES = 6
STREAMS = 256
BUDGET = 0.8
AT = "2026-11-24T21:14:07.412Z"
SEALED = (
    b'{"fix":{"lat":51.0536,"lon":3.7253,"radius":18.0,"confidence":68,"method":"gnss","time":"2026-11-24T21:14:05Z"}}'
)


def bench_append() -> list[Row]:
    """What one append takes (half of them take no longer), and how many a second when 256 callers append side by side."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        ours = _Ours(await SqliteLog.open(Path(folder) / "vigie.log"))
        bare = _Bare(Path(folder) / "bare.log")
        await ours.batch()
        await bare.batch()
        single, batch = [], []
        for _ in range(ROUNDS):
            gc.collect()
            took: tuple[list[float], list[float]] = ([], [])
            for _ in range(SINGLES):  # in turn: what else the disk is doing hits both alike
                took[0].append(await timed(ours.one))
                took[1].append(await timed(bare.one))
            single.append((median(took[0]), median(took[1])))
            sums = [0.0, 0.0]
            for _ in range(BATCHES):
                sums[0] += await timed(ours.batch)
                sums[1] += await timed(bare.batch)
            batch.append((BATCH * BATCHES / sums[0], BATCH * BATCHES / sums[1]))
        await ours.log.close()
        bare.close()
    ratio = median([other / our for our, other in single])
    return [
        Row(
            name="durable append, one at a time, p50",
            value=median([our for our, _ in single]) * 1e3,
            unit="ms",
            baseline=median([other for _, other in single]) * 1e3,
            ratio=ratio,
            budget=f"{BUDGET}x the rate of bare sqlite3",
            binding=True,
            ok=ratio >= BUDGET,
        ),
        Row(
            name=f"durable append, {BATCH} callers at a time",
            value=median([our for our, _ in batch]),
            unit="records/s",
            baseline=median([other for _, other in batch]),
            ratio=median([our / other for our, other in batch]),
            # 256 tasks that each wait for their own answer, against one list handed over: not met, and said so.
            budget=f"{BUDGET}x one caller's executemany",
        ),
    ]


async def timed(work: Callable[[], Awaitable[None]]) -> float:
    """How long it takes, in seconds."""
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


class _Ours:
    """The log, its incidents under way: their keys are made by the first batch."""

    def __init__(self, log: SqliteLog) -> None:
        self.log = log
        self._places = places()

    async def one(self) -> None:
        stream, version, record_id = next(self._places)
        draft = Draft(
            id=record_id, at=AT, source_at=AT, actor="someone", type="located", open={"zone": "5415"}, sealed=SEALED
        )
        await self.log.append(stream, version - 1, draft)

    async def batch(self) -> None:
        await asyncio.gather(*(self.one() for _ in range(BATCH)))


class _Bare:
    """One connection in one thread. Nothing is sealed, hashed, compared or remembered."""

    def __init__(self, path: Path) -> None:
        create_log(path)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous = FULL")
        self._thread = ThreadPoolExecutor(1)
        self._loop = asyncio.get_running_loop()
        self._places = places()

    async def one(self) -> None:
        await self._loop.run_in_executor(self._thread, self._db.execute, INSERT + PLACES, _row(*next(self._places)))

    async def batch(self) -> None:
        rows = [_row(*next(self._places)) for _ in range(BATCH)]
        await self._loop.run_in_executor(self._thread, self._write, rows)

    def close(self) -> None:
        self._thread.shutdown()
        self._db.close()

    def _write(self, rows: list[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(INSERT + PLACES, rows)
        self._db.execute("COMMIT")


def places() -> Iterator[tuple[str, int, str]]:
    """Stream, version and id: one record of each incident in turn."""
    for n in itertools.count():
        yield f"incident/{n % STREAMS:026d}", n // STREAMS + 1, f"112-app/{n:032x}"


def _row(stream: str, version: int, record_id: str) -> tuple[object, ...]:
    sealed = "A" * (4 * ((len(SEALED) + 28 + 2) // 3))
    return stream, version, record_id, AT, AT, "someone", "located", '{"zone":"5415"}', sealed, "0" * 64, "f" * 64
