"""The parts of a running centre, each started again when it stumbles."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from incidents.listeners import say_fault

BY_TIME = frozenset({"watch", "orders", "shifts", "drills", "retention"})  # what is due is done: the time must be right
AGAIN_S, STEADY_S = 1.0, 10.0


async def for_ever(
    name: str, work: Callable[[], Coroutine[Any, Any, None]], once: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Run a part, once `once` is done. One that stumbles is started again: no fault in it may end the listening."""
    loop, pause = asyncio.get_running_loop(), AGAIN_S
    if once is not None:
        await once()
    while True:
        began = loop.time()
        try:
            await work()
        except Exception as error:
            say_fault(error, f"{name}, which is started again,")
        # What can't be folded is not folded over and over.
        pause = AGAIN_S if loop.time() - began > STEADY_S else min(pause * 2, STEADY_S)
        await asyncio.sleep(pause)
