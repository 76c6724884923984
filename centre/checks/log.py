"""The log: opened and folded as a desk does that starts, and read alone; and whether alarms went into one aside."""

import asyncio
import re
from collections.abc import AsyncIterator

from centre.checks.finding import Finding, Subject
from incidents.cases import CaseRegister
from incidents.clock import SystemClock
from incidents.log import LogUnavailable
from incidents.log.sqlite import KeyMismatch, SqliteLog
from maps.zones import Zones

WITHIN_S = 120.0  # as long as a desk waits for its log


async def log(subject: Subject) -> AsyncIterator[Finding]:
    """The log opens with its key, and what is going on in it can be folded; no log lies aside."""
    now = subject.settings
    path, todo = now.log, "a desk would start under LOG LOST: restore it from its backup (docs/operations.md)"
    for aside in sorted(path.absolute().parent.glob("*")):
        if re.fullmatch(rf"{re.escape(path.name)}\.aside(-\d+)?", aside.name):
            yield Finding(
                "error",
                "log",
                f"{aside} is there: this desk is or was under LOG LOST",
                "keep it: `log export`, then move it and its files away",
            )
    if not path.exists():
        return
    try:
        async with asyncio.timeout(WITHIN_S):
            records = await _opened(subject)
    except TimeoutError:
        yield Finding("error", "log", f"log: {path}: it does not answer within {WITHIN_S:g} s", todo)
    except (LogUnavailable, KeyMismatch) as error:
        yield Finding("error", "log", f"log: {path}: {error}", todo)
    except Exception as error:  # its words may quote the bytes it stumbled over
        yield Finding("error", "log", f"log: {path}: it can't be read ({type(error).__name__})", todo)
    else:
        yield Finding("ok", "log", f"log: {path}: it opens with its key; open or just closed: {records}")


async def _opened(subject: Subject) -> int:
    """Fold what a desk folds at its start; how many incidents that are. Raises what SqliteLog and Desk raise at their opening."""
    from centre.assembly import Core  # with the pages: a desk that starts has them, of `check` only this point

    now = subject.settings
    zones: Zones = await asyncio.to_thread(Zones.load, None) if subject.zones is None else subject.zones
    read = await SqliteLog.open(now.log, key_file=now.key_file, reading=True)
    try:
        core = Core(read, zones, CaseRegister.open(now.cases, key_file=now.key_file), SystemClock())
        await core.desk.open()
        return len(core.desk.board.incidents)
    finally:
        await read.close()
