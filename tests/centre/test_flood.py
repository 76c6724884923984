"""A flood of presses keeps the page, the log and the memory: everybody is answered, and the screen stays live."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from bench.running import browser
from bench.screen import KEY
from tests.centre.flood import ANSWERED_S, Flood, memory_mb, said, watched_page
from tests.centre.parts import Running
from tests.waiting import until

BEAT_MS = 3000  # a page that hears nothing for so long says that it lost its server
MEMORY_MB = 1000
DRAWN = 200  # rows at most in the queue, however many there are
ENTERED_S = 5.0


class Under:
    """A desk, its feed, and a page before it."""

    def __init__(self, feed: Flood, desk: Running, chromium: Browser, page: Page) -> None:
        self.feed, self.desk, self.chromium, self.page = feed, desk, chromium, page

    async def held(self, *, times: float = 3.0) -> dict[str, float]:
        """What must hold whatever comes, on a machine that is busy with other tests within so many times its promise; the figures
        of it."""
        seen = await said(self.page)
        health = await asyncio.to_thread(self.desk.health)
        figures = {
            "slowest answer, s": round(self.feed.slowest_s, 2),
            "longest silence of the page, s": round(seen["gap"] / 1000, 2),
            "memory, MB": round(memory_mb(self.desk.pid)),
            "rows drawn": seen["rows"],
        }
        print(figures)  # noqa: T201
        assert seen["lost"] == 0 or times > 1, f"the page lost its server: {figures}"
        assert seen["unrecorded"] == 0, f"the log was held: {figures}"
        assert health["recording"] == "ok", health
        assert seen["gap"] < times * BEAT_MS, figures
        assert self.feed.slowest_s < times * ANSWERED_S, figures
        assert set(self.feed.statuses) <= {200}, figures
        assert memory_mb(self.desk.pid) < MEMORY_MB, figures
        assert seen["rows"] <= DRAWN, figures
        return figures


@asynccontextmanager
async def under(folder: Path, **environ: str) -> AsyncIterator[Under]:
    feed = Flood()
    await feed.start()
    desk = Running(folder, feeds=[feed.url], **environ)
    try:
        await desk.start()
        async with browser() as chromium:
            page = await watched_page(chromium, desk.url)
            yield Under(feed, desk, chromium, page)
    finally:
        await desk.kill()
        await feed.stop()


async def scroll(page: Page, share: float) -> None:
    """Scroll the queue so far, as a hand does; its end is a guess until it was measured."""
    for _ in range(3):
        await page.evaluate(
            """(share) => {
              const list = document.querySelector("#queue .nobody");
              const all = document.querySelector("#queue .scroller");
              all.scrollTo(0, share * (list.offsetHeight - all.clientHeight));
            }""",
            share,
        )
        await asyncio.sleep(0.1)  # a frame or two: what stands there is drawn then


async def entered_s(run: Under, rows: int) -> float:
    """How long a page takes that is opened beside the other one, until it is live and shows more than so many alarms."""
    began = time.monotonic()
    page = await watched_page(run.chromium, run.desk.url)
    if rows:
        await page.wait_for_function("(n) => document.querySelectorAll('#queue .alarm').length > n", arg=rows)
    took = time.monotonic() - began
    await page.context.close()
    return took


async def waiting(page: Page) -> str:
    """What the page says of how many nobody has."""
    return (await page.locator("#queue .unowned").inner_text()).replace("\u00a0", " ")


async def test_a_flood_keeps_the_page_the_log_and_the_memory(tmp_path: Path) -> None:
    async with under(tmp_path, VIGIE_WATCH_LOUDER_S="2", VIGIE_WATCH_EVERYONE_S="3", VIGIE_WATCH_CONFIRM_S="4") as run:
        await run.feed.pour(rate=200, seconds=3, devices=600)
        await until(lambda: len(run.feed.durable) == 600, 10)
        await asyncio.sleep(4)  # three steps of the watch over all of them
        await run.held()
        assert "600" in await waiting(run.page)
        keys = sorted([float(await run.page.evaluate(KEY)) for _ in range(20)])
        assert keys[10] < 300, keys  # ms; the budget is 100
        for n in (599, 300, 0):  # what is scrolled to is drawn, wherever it stands
            await scroll(run.page, n / 599)
            await run.page.locator(f"#queue .pick[aria-label^='AMR-{n:05d},']").wait_for(timeout=5000)


@pytest.mark.prove
@pytest.mark.timeout(900)
async def test_thirty_thousand_presses_in_a_minute_keep_the_page_the_log_and_the_memory(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    async with under(tmp_path) as run:
        empty_s = await entered_s(run, rows=0)
        await run.feed.pour(rate=500, seconds=60, devices=30_000)
        await until(lambda: len(run.feed.durable) == 30_000, 60)
        await asyncio.sleep(95)  # until the watch has taken its last step with the last of them
        figures = await run.held(times=1)
        assert "30,000" in await waiting(run.page)
        figures["a page that enters before, s"] = round(empty_s, 1)
        figures["a page that enters meanwhile, s"] = round(await entered_s(run, rows=5), 1)
        print(figures)  # noqa: T201
        assert figures["a page that enters meanwhile, s"] < max(ENTERED_S, 2 * empty_s), figures
        for what, value in figures.items():
            record_testsuite_property(f"30,000 presses in a minute: {what}", value)
