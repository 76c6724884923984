"""Works that end together: what one of them fails of is told, and a cancellation in that moment is not lost."""

import asyncio
import contextlib

import pytest

from incidents.together import together


async def lasts() -> None:
    await asyncio.Event().wait()


async def test_the_first_that_fails_ends_all_and_is_told() -> None:
    ended = asyncio.Event()

    async def other() -> None:
        try:
            await lasts()
        finally:
            ended.set()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await together(other, fails)
    assert ended.is_set()


@pytest.mark.parametrize("turns", range(8))
async def test_whoever_is_cancelled_while_a_work_fails_ends(turns: int) -> None:
    fail = asyncio.Event()

    async def fails() -> None:
        await fail.wait()
        fail.clear()
        raise OSError

    async def again_and_again() -> None:
        while True:
            with contextlib.suppress(OSError):
                await together(fails, lasts)

    task = asyncio.create_task(again_and_again())
    await asyncio.sleep(0.01)
    fail.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=1)
    task.cancel()
    assert done and task.cancelled()
