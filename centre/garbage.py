"""Python's full garbage collection stops a desk for a tenth of a second: it is done when no press waits, not as one arrives."""

import asyncio
import gc
from collections.abc import Callable

QUIET_S = 60.0  # from one collection to the next
LATEST_S = 900.0  # a desk on which a press always waits collects all the same
YOUNG = 10_000, 20  # objects, collections: most are gone before they are looked through
NEVER = 1_000_000  # what a young collection leaves is small: only the full one takes long


async def collect_when_quiet(waits: Callable[[], bool]) -> None:
    """Collect in full about once a minute, not while `waits()`; between, only young objects. Runs until cancelled."""
    usual = gc.get_threshold()
    gc.set_threshold(*YOUNG, NEVER)
    since = 0.0
    try:
        _collect()
        while True:
            await asyncio.sleep(QUIET_S)
            since += QUIET_S
            if since >= LATEST_S or not waits():
                gc.unfreeze()
                _collect()
                since = 0.0
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)


def _collect() -> None:
    # At first nothing is frozen but by who forked this process: that is not ours to look through.
    gc.collect()
    gc.freeze()  # what is alive now is not looked through again by a young collection
