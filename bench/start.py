"""Cold start of the desk on a log with a long past."""

import asyncio
import tempfile
import time
from pathlib import Path

from bench.floor import a_past
from bench.rows import Row, median
from incidents.cases import CaseRegister
from incidents.clock import SystemClock
from incidents.desk import Desk
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones

CLOSED = 100_000
OPEN = 50
ROUNDS = 3


def bench_cold_start() -> list[Row]:
    """Seconds from nothing to all open alarms on the board; the map is loaded in it."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vigie.log"
        log = await SqliteLog.open(path)
        await a_past(log, incidents=CLOSED + OPEN, still_open=OPEN)
        await log.close()
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            zones = Zones.load()
            log = await SqliteLog.open(path)
            desk = Desk(
                log,
                clock=SystemClock(),
                locate=zones.locate,
                cases=CaseRegister.open(None),
                identities=log.vault,
                known_zone=zones.known,
            )
            await desk.open()
            seconds.append(time.perf_counter() - start)
            if len([i for i in desk.board.incidents.values() if i.open]) != OPEN:
                raise RuntimeError("the board does not hold the open alarms")
            await desk.close()
            await log.close()
    return [Row(name="cold start, 100,000 closed incidents, no cache", value=median(seconds), unit="s", budget="4")]
