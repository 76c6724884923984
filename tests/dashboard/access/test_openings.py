"""Pages that come at once: in their order, one after the other, and what needs many turns of the loop goes between them."""

import asyncio
import time

from dashboard.access.openings import LONGEST_S, REST_S, Openings

HEAVY_S = 0.05
PAGES = 20


async def test_what_waits_for_answers_waits_for_some_pages_and_not_for_all() -> None:
    openings, made = Openings(), list[int]()

    async def page(n: int) -> None:
        await openings.turn()
        time.sleep(HEAVY_S)  # noqa: ASYNC251  # it keeps the loop
        made.append(n)

    pages = [asyncio.create_task(page(n)) for n in range(PAGES)]
    await asyncio.sleep(REST_S)
    for _ in range(3):  # of the log, in between a few turns
        await asyncio.sleep(REST_S / 4)
        for _ in range(5):
            await asyncio.sleep(0)
    assert len(made) <= PAGES / 4
    await asyncio.gather(*pages)
    assert made == [*range(PAGES)]


async def test_on_a_loop_that_is_never_idle_a_page_comes_all_the_same() -> None:
    openings, over = Openings(), False

    async def busy() -> None:
        while not over:
            time.sleep(0.005)  # noqa: ASYNC251
            await asyncio.sleep(0)

    task, began = asyncio.create_task(busy()), time.monotonic()
    await openings.turn()
    took = time.monotonic() - began
    over = True
    await task
    assert LONGEST_S <= took < 10 * LONGEST_S


async def test_whoever_left_the_line_keeps_nobody_waiting() -> None:
    openings = Openings()
    gone, stays = asyncio.create_task(openings.turn()), asyncio.create_task(openings.turn())
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(5):
        await stays
