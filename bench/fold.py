"""Folding the log: sealed records in memory, unsealed, decoded and applied to a board."""

import asyncio
import tempfile
import time
from pathlib import Path

from bench.floor import a_past
from bench.rows import Row, median
from incidents import events as ev
from incidents.board import Board
from incidents.log import Record
from incidents.log.sqlite import SqliteLog

ROUNDS = 5


def bench_fold() -> list[Row]:
    """Events a second on one core, over incidents of about 24 events each."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        log = await SqliteLog.open(Path(folder) / "vigie.log")
        await a_past(log, incidents=1000, fixes=20)
        records: list[Record] = [record async for _, record in log.records()]
        rates = []
        for _ in range(ROUNDS):
            board = Board()
            start = time.perf_counter()
            for record in records:
                board.fold(ev.entry(record, log.unseal(record)))
            rates.append(len(records) / (time.perf_counter() - start))
        await log.close()
    return [Row(name="fold, unsealing included", value=median(rates), unit="events/s", budget="200,000")]
