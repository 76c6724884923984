"""What operators have of a cluster: Caddy before its servers, pages in Chromium, and how long each said that it was not live."""

import asyncio
import contextlib
import subprocess
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page, expect

from bench.running import browser
from demo.cluster.running import caddyfile_here
from tests.browser.test_outages import WATCH
from tests.centre.test_proxy import caddy_with
from tests.dashboard.access.conftest import PASSWORD
from tests.faults.cluster import Centre
from tests.processes import ROOT
from tests.waiting import until

NAMES = ("Mieke Voorbeeld", "Sofie Proef", "Jan Fictief")


@contextlib.asynccontextmanager
async def proxy(folder: Path, port: int, made: Centre) -> AsyncIterator[str]:
    """Caddy before all servers of a centre, with the file of docs/cluster: its address."""
    folder.mkdir()
    base = f"http://localhost:{port}"
    command = caddy_with(folder, caddyfile_here(port, [desk.port for desk in made.desks]))
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)  # noqa: ASYNC220
    try:
        await until(lambda: _lives(base))
        yield base
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


def _lives(base: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/live", timeout=2) as answer:
        return bool(answer.status == 200)
    return False


class Operator:
    """A person before an operator page."""

    def __init__(self, page: Page, loaded: float) -> None:
        self.page, self._loaded = page, loaded

    async def banner_s(self) -> float:
        """The longest that the page said that it was not live, in seconds; it is live now."""
        await expect(self.page.locator("body")).not_to_have_class("lost")
        turns = await self.page.evaluate("window.turns")
        return max((back[1] - lost[1] for lost, back in zip(turns[::2], turns[1::2], strict=True)), default=0.0)

    async def is_as_before(self) -> bool:
        """Whether it is the page that was loaded, with the person who signed in."""
        loaded = await self.page.evaluate("performance.timeOrigin")
        return bool(loaded == self._loaded and await self.page.locator("#queue").is_visible())


@contextlib.asynccontextmanager
async def operators(base: str, names: tuple[str, ...] = NAMES) -> AsyncIterator[list[Operator]]:
    """These people, signed in, each in a browser of their own behind the proxy, their pages live."""
    async with browser() as chromium:
        there: list[Operator] = []
        wrong: list[str] = []
        for name in names:
            page = await (await chromium.new_context(viewport={"width": 1366, "height": 768})).new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            await page.goto(f"{base}/operator")
            await page.get_by_label("User name").fill(name)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.keyboard.press("Enter")
            await expect(page.locator("#feed")).to_have_attribute("data-feed-state", "live", timeout=40_000)
            await page.evaluate(WATCH)
            there.append(Operator(page, await page.evaluate("performance.timeOrigin")))
        yield there
        assert wrong == []
