"""The operator page of a replay: what it says it is, whose clock it follows, and that nothing can be done on it."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from bokeh.server.server import Server
from panel.io.server import get_server
from playwright.sync_api import Browser, Page, expect
from tornado.ioloop import IOLoop

from dashboard.access.guard import strict_headers
from dashboard.monitoring import Live
from dashboard.operator.page import operator_page
from dashboard.server import ASSETS
from dashboard.shell.bundle import BUNDLE, Bundle
from maps.zones import Zones
from tests.browser.conftest import until
from tests.browser.parts import BRUSSELS, button, row
from tests.training.replay.parts import DEVICE, START, an_evening
from training.replay.player import Replay

pytestmark = pytest.mark.browser
T = TypeVar("T")


class Shown:
    """A replay and the server of its page, on a loop of their own."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.replay, self._server = self.do(self._open(folder))
        self.address = f"http://localhost:{self._server.port}/replay"

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def at_speed(self, speed: float) -> None:
        self._loop.call_soon_threadsafe(self.replay.at_speed, speed)

    def end(self) -> None:
        self.do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _open(self, folder: Path) -> tuple[Replay, Server]:
        replay = await Replay.open("r1", "an evening", an_evening(), folder=folder, zones=Zones.load())
        server = get_server(
            {"/replay": lambda: operator_page(replay.consoles, dress="replay")},
            port=0,
            loop=IOLoop.current(),
            start=True,
            extra_patterns=[
                (r"/live", Live),
                (BUNDLE, Bundle),
                ASSETS,
            ],
        )
        server._tornado.add_transform(strict_headers(sounds=True))
        return replay, server

    async def _close(self) -> None:
        self._server.stop()
        await self.replay.close()


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    shown = Shown(tmp_path / "replay")
    yield shown
    shown.end()


@pytest.fixture
def page(chromium: Browser, shown: Shown) -> Iterator[Page]:
    page = chromium.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(shown.address)
    expect(page.get_by_role("region", name="Feed health")).to_have_attribute("data-feed-state", "live", timeout=20_000)
    yield page
    page.context.close()
    assert wrong == []


def clock(page: Page) -> str:
    return page.locator("#console .time").inner_text()


def test_a_replays_page_is_dressed_follows_its_clock_and_does_nothing(shown: Shown, page: Page) -> None:
    expect(page.get_by_role("region", name="REPLAY")).to_contain_text("nothing can be done here")
    expect(page).to_have_title("REPLAY · Vigie")
    expect(page.locator("#feed")).to_contain_text("Recorded")
    expect(page.get_by_text("NO SIGN-IN")).to_be_hidden()
    expect(page.locator("#dress .pace")).to_have_text("stands still")
    assert clock(page) == "22:14:07"  # the evening's time in Brussels, not the day's
    shown.do(shown.replay.seek(60.0))
    expect(row(page, DEVICE)).to_have_attribute("data-state", "raised")
    assert clock(page) == "22:15:07"
    until(lambda: page.title() == "REPLAY (1) · Vigie")
    row(page, DEVICE).click(position={"x": 60, "y": 20})
    expect(page.locator("#case .age").first).to_have_text("1:00")
    button(page, "Acknowledge").click()
    expect(page.locator("#said")).to_contain_text("This is a recording: nothing can be done in it.")
    shown.at_speed(60.0)
    shown.do(shown.replay.play())
    expect(page.locator("#dress .pace")).to_have_text("60×")
    until(lambda: clock(page) > "22:17:00")
    shown.do(shown.replay.pause())
    expect(page.locator("#dress .pace")).to_have_text("stands still")
    at = shown.replay.played().now
    until(lambda: clock(page) == at.astimezone(BRUSSELS).strftime("%H:%M:%S"))
    expect(row(page, DEVICE)).to_have_attribute("data-state", "acknowledged")
    shown.do(shown.replay.seek(1.0))
    expect(row(page, DEVICE)).to_have_attribute("data-state", "raised")
    assert (shown.replay.played().now - START).total_seconds() == 1.0
