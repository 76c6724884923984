"""Works that end when they are told to: what one of several fails of is told, and no cancellation is lost."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from incidents.together import hearing, together


async def lasts() -> None:
    await asyncio.Event().wait()


async def ends(work: Callable[[], Coroutine[Any, Any, None]], happens: Callable[[], None], turns: int) -> bool:
    """Whether a work ends by a cancellation, so many turns of the loop after something happened to it."""
    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    happens()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=1)
    task.cancel()
    return bool(done) and task.cancelled()


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

    assert await ends(again_and_again, fail.set, turns)


@pytest.mark.parametrize("turns", range(4))
async def test_a_cancellation_that_comes_with_an_answer_is_heard(turns: int) -> None:
    answers: list[asyncio.Future[None]] = []

    @hearing
    async def asks() -> None:
        answers.append(asyncio.get_running_loop().create_future())
        await asyncio.wait_for(answers[-1], 5)

    async def again_and_again() -> None:
        while True:
            await asks()

    assert await ends(again_and_again, lambda: answers[-1].set_result(None), turns)


async def test_what_was_cancelled_before_may_still_be_asked() -> None:
    """Whoever tidies up when they are cancelled is answered."""

    @hearing
    async def asks() -> str:
        await asyncio.sleep(0)
        return "answer"

    async def tidies() -> str:
        try:
            await lasts()
        finally:
            return await asks()  # noqa: B012

    task = asyncio.create_task(tidies())
    await asyncio.sleep(0.01)
    task.cancel()
    assert await task == "answer"
