"""Works that end when they are told to: several together, and one by whatever libraries do with a cancellation."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

AGAIN_S = 0.5
P = ParamSpec("P")
R = TypeVar("R")


def hearing(work: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """A coroutine function that hears each cancellation: one that a library's `wait_for` swallows on Python 3.11, when its answer
    comes in the same moment, is raised once the work is done."""

    @wraps(work)
    async def heard(*args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        try:
            return await work(*args, **kwargs)
        finally:
            if task is not None and task.cancelling() > before:
                raise asyncio.CancelledError

    return heard


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
