"""What a running server holds in memory: a server that forgets as fast as a test can wait, and its resident memory at rest."""

import asyncio
from pathlib import Path

SETTLE_S = 8
# The real server; what it does once a minute on a quiet desk, it does here every second or two. On SIGUSR1 it writes how many
# documents and sessions of pages it still has. What was closed stays on the board for so many seconds, else for a day.
IMPATIENT = """
import datetime, pathlib, signal, weakref
import incidents.board
incidents.board.CLOSED_STAYS = datetime.timedelta(seconds={stays_s})
import centre.garbage, dashboard.access.gate
from bokeh.document import Document
from dashboard.operator.session import Session

centre.garbage.QUIET_S = 1.0
dashboard.access.gate.UNUSED_MS = 1000
alive = weakref.WeakSet()

def counted(kind, init):
    def made(self, *args, **given):
        init(self, *args, **given)
        alive.add(self)
    kind.__init__ = made

for kind in (Document, Session):
    counted(kind, kind.__init__)
signal.signal(signal.SIGUSR1, lambda *_: pathlib.Path({counted!r}).write_text(str(len(alive))))
import app
app.app()
"""
DAY_S = 24 * 3600


def impatient(counted: Path, stays_s: float = DAY_S) -> str:
    """The program of such a server."""
    return IMPATIENT.format(counted=str(counted), stays_s=stays_s)


def resident(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def at_rest(pid: int) -> float:
    """The least that is resident in some seconds, in MB."""
    least = resident(pid)
    for _ in range(SETTLE_S * 4):
        await asyncio.sleep(0.25)
        least = min(least, resident(pid))
    return least
