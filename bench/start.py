"""Cold start of the desk on a log with a long past: its open alarms, and the table of all incidents from the cache."""

import asyncio
import tempfile
import time
from pathlib import Path

from bench.floor import a_past
from bench.rows import Row, median
from centre.assembly import Core
from incidents.cases import CaseRegister
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from maps.store import SHIPPED
from maps.zones import Zones
from reports.measures.history import History

CLOSED = 100_000
OPEN = 50
ROUNDS = 3


def bench_cold_start() -> list[Row]:
    """Seconds from nothing to all open alarms on the board, and on to the whole history; the map is loaded in it."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vigie.log"
        log = await SqliteLog.open(path)
        await a_past(log, incidents=CLOSED + OPEN, still_open=OPEN)
        start = time.perf_counter()
        await History.open(log, path)
        folded_s = time.perf_counter() - start
        await log.close()
        alarms, all_of_it = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            zones = Zones(SHIPPED)  # read anew, as by a new process
            log = await SqliteLog.open(path)
            desk = Core(log, zones, CaseRegister.open(None), SystemClock()).desk
            await desk.open()
            alarms.append(time.perf_counter() - start)
            history = await History.open(log, path)
            all_of_it.append(time.perf_counter() - start)
            if len([i for i in desk.board.incidents.values() if i.open]) != OPEN:
                raise RuntimeError("the board does not hold the open alarms")
            if len(history.table()) != CLOSED + OPEN:
                raise RuntimeError("the table does not hold all incidents")
            await desk.close()
            await log.close()
    return [
        Row(name="cold start, 100,000 closed incidents: open alarms", value=median(alarms), unit="s", budget="4"),
        Row(name="cold start, 100,000 closed incidents, valid cache", value=median(all_of_it), unit="s", budget="4"),
        Row(name="the same history folded without a cache, aside", value=folded_s, unit="s", budget="none"),
    ]
