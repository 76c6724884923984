"""Full garbage collections wait for a quiet moment, and come all the same."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from centre import garbage as pauses
from tests.waiting import LONG_S


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The generations that were collected, in order; a minute lasts 10 ms."""
    seen: list[int] = []

    def note(phase: str, facts: dict[str, int]) -> None:
        if phase == "stop":
            seen.append(facts["generation"])

    monkeypatch.setattr(pauses, "QUIET_S", 0.01)
    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


@contextlib.asynccontextmanager
async def collecting(waits: bool) -> AsyncIterator[None]:
    task = asyncio.create_task(pauses.collect_when_quiet(lambda: waits))
    await asyncio.sleep(0)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def several(passes: list[int]) -> None:
    """Until three full collections were made."""
    async with asyncio.timeout(LONG_S):
        while passes.count(2) < 3:
            await asyncio.sleep(0.01)


async def test_a_quiet_desk_collects_about_once_a_minute(passes: list[int]) -> None:
    async with collecting(waits=False):
        await several(passes)


async def test_while_a_press_waits_nothing_is_collected_in_full(passes: list[int]) -> None:
    async with collecting(waits=True):
        rubbish = []
        for _ in range(200_000):
            cell: list[object] = []
            cell.append(cell)
            rubbish.append(cell)
        assert passes.count(2) == 1  # at its start


async def test_a_desk_that_is_never_quiet_collects_all_the_same(
    passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "LATEST_S", 0.02)
    async with collecting(waits=True):
        await several(passes)


async def test_what_was_set_before_is_set_again() -> None:
    before = gc.get_threshold()
    async with collecting(waits=False):
        assert gc.get_threshold() != before
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
