"""A whole centre with a receiver on a radio of ours: the real scanner, feed, desk, log, register and pages, in this process."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from feeds.buttons.settings import ButtonSettings
from incidents.cases import import_cases
from incidents.clock import SystemClock
from incidents.events import BRUSSELS
from tests.browser.conftest import CHROMIUM, HOSTILE, QUIET
from tests.browser.reach import REACH
from tests.browser.test_heard import EAR
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.feeds.buttons.bluez import Bluez
from tests.feeds.buttons.frames import ADDRESS, SHELLY_HOLD, sealed
from tests.feeds.buttons.parts import room

SLOW_MS = 60_000


class Workbench:
    """The radio, the centre, and pages of a real browser. Each press has a counter and a packet id of its own."""

    def __init__(self, bluez: Bluez, centre: Centre, url: str, browser: Browser, cases: Path) -> None:
        self.bluez, self.centre, self.url, self.cases = bluez, centre, url, cases
        self._browser = browser
        self._counter = 100
        self.wrong: list[str] = []

    async def page(self, path: str, who: str, *, width: int = 1366, height: int = 768) -> Page:
        """A page of an account, signed in by keyboard; it may ask nobody but this server."""
        context = await self._browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("console", lambda said: self._said(said.text))
        await page.add_init_script(EAR + REACH)
        await page.goto(f"{self.url}{path}")
        await page.get_by_label("User name").fill(who)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        return page

    async def bench(self, *, width: int = 1366, height: int = 768) -> Page:
        """The bench page of the technician, live."""
        page = await self.page("/operator", "Tech Fictief", width=width, height=height)
        await expect(page.locator("#receiver")).to_contain_text("listening", timeout=SLOW_MS)
        return page

    async def operator(self) -> Page:
        """An operator's page that can be heard."""
        page = await self.page("/operator", "Mieke Voorbeeld")
        await expect(page.locator("#feed")).to_be_visible(timeout=SLOW_MS)
        return page

    def press(self, event: int = SHELLY_HOLD, *, address: str = ADDRESS, battery: int = 81, rssi: int = -58) -> None:
        """Press a button once: it advertises that three times."""
        self._counter += 1
        frame = sealed(event, counter=self._counter, packet=self._counter, battery=battery, address=address)
        for _ in range(3):
            self.bluez.advertise(address, frame, rssi=rssi)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.wrong.append(url)

    def _said(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.wrong.append(text)


@contextlib.asynccontextmanager
async def workbench(monkeypatch: pytest.MonkeyPatch, folder: Path, *, adapter: bool = True) -> AsyncIterator[Workbench]:
    """All of it, from an adapter on the bus to a browser."""
    cases = _cases(folder)
    assert import_cases(cases, folder / "cases.db").loaded
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    accounts.add("Tech Fictief", ["technician"], PASSWORD)
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    signins = SignIns(accounts, clock=SystemClock())
    settings = Settings(
        log=folder / "vigie.log",
        cases=folder / "cases.db",
        port=0,
        buttons=ButtonSettings(store=folder / "vigie.buttons"),
    )
    async with room(monkeypatch, adapter=adapter) as radio:
        centre = await Centre.open(settings, signins=signins)
        centre.start()
        server = serve_pages(centre)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            bench = Workbench(radio.bluez, centre, f"http://localhost:{server.port}", browser, cases)
            try:
                yield bench
            finally:
                await browser.close()
                server.stop()
                await asyncio.sleep(0)
                await centre.close()
    assert bench.wrong == []


def _cases(folder: Path) -> Path:
    today = datetime.now(BRUSSELS).date()
    until = (today + timedelta(days=90)).isoformat()

    def case(number: str, name: str, *devices: str, **more: object) -> dict[str, object]:
        return {
            "number": number,
            "source": "Parket Voorbeeld",
            "date": today.isoformat(),
            "victim": {"name": name},
            "devices": devices,
            "valid_from": today.isoformat(),
            "valid_until": until,
            **more,
        }

    path = folder / "cases.json"
    text = {
        "cases": [
            case("2026-0412", "A. Voorbeeld"),
            case("2026-0413", "C. Voorbeeld", "AMR-00007"),
            case("2026-0414", "D. Verwant", exclusions=[{"reason": "her brother", "account": "Tech Fictief"}]),
            case("2026-0666", HOSTILE[:200]),
        ]
    }
    path.write_text(json.dumps(text), encoding="utf-8")
    return path
