"""Work that is not left half-way by who waits for it."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

Result = TypeVar("Result")


async def whole(work: Coroutine[None, None, Result]) -> Result:
    """Do the work to its end, also when cancelled meanwhile; the cancelling comes after it.

    A thread can't be cancelled: left alone, an older write could come after a newer one and undo it.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as told:
            cancelled = told
    if cancelled is not None:
        task.exception()  # nobody asks for it any more
        raise cancelled
    return task.result()
