"""Several works without end, that end together."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

AGAIN_S = 0.5


async def together(*works: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run them all until one fails or all are cancelled; none is left running. Raises what one of them did.

    A cancellation is said again until it is heard: libraries that use `wait_for` may swallow one on Python 3.11. So does a
    `TaskGroup` there, of whoever waits for it, in the moment in which one of its tasks fails.
    """
    tasks = [asyncio.create_task(work()) for work in works]
    for task in tasks:  # whoever is cancelled meanwhile asks none of them why it failed
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        while alive := [task for task in tasks if not task.done()]:
            for task in alive:
                task.cancel()
            await asyncio.wait(alive, timeout=AGAIN_S)
    errors = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
    if errors:
        raise errors[0]
