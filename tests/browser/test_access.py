"""A page whose sign-in ends: its alarms go on, it asks in place, a colleague takes it over, and limits are told before."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.async_api import Browser, Page, async_playwright, expect

from centre.assembly import Assembly
from dashboard.access.accounts import Accounts
from dashboard.access.settings import AccessTimes
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import serve
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.test_heard import EAR
from tests.centre.parts import until
from tests.dashboard.conftest import DEVICE, FewCases, House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SLOW_MS = 20_000
PASSWORD = "geen echt wachtwoord"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class MovedClock:
    """The real time, moved by a test."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    def pass_s(self, seconds: float) -> None:
        self.by += timedelta(seconds=seconds)


class Floor:
    """A running server with two accounts, its clock, and pages of a real browser."""

    def __init__(self, house: House, clock: MovedClock, signins: SignIns, url: str, browser: Browser) -> None:
        self.house, self.clock, self.signins, self.url, self._browser = house, clock, signins, url, browser
        self.wrong: list[str] = []

    async def page(self, *, width: int = 1366, height: int = 768) -> Page:
        """An operator page of Mieke, who signed in by keyboard."""
        page = await self._browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        await page.add_init_script(EAR)
        await page.goto(f"{self.url}/operator")
        await page.get_by_label("User name").fill("Mieke Voorbeeld")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Mieke Voorbeeld.")).to_be_visible(timeout=SLOW_MS)
        return page

    async def idle(self, page: Page) -> None:
        """Nobody touches the page for more than its limit."""
        self.clock.pass_s(61 * 60)
        await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)

    def owner(self, incident: Incident) -> str:
        owner = self.house.desk.board.incidents[incident.id].owner
        return self.house.desk.name_of(owner) if owner else ""


@pytest.fixture(scope="module")
def zones() -> Zones:
    return Zones.load()


@pytest.fixture
async def floor(tmp_path: Path, zones: Zones) -> AsyncIterator[Floor]:
    log = await SqliteLog.open(tmp_path / "vigie.log")
    clock, cases = MovedClock(), FewCases()
    accounts = Accounts(tmp_path / "vigie.users", hasher=QUICK)
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    accounts.add("Sofie Proef", ["supervisor"], PASSWORD)
    signins = SignIns(accounts, clock=clock, times=AccessTimes(idle_min=60, shift_min=100))
    parts = Assembly(log, zones, cases, clock, signins=signins)
    desk, consoles = parts.desk, parts.consoles
    await desk.open()
    consoles.start()
    server = serve(consoles, door=Door(lambda: signins, lambda: desk), port=0)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        house = House(parts, clock, cases)  # type: ignore[arg-type]
        floor = Floor(house, clock, signins, f"http://localhost:{server.port}", browser)
        yield floor
        await browser.close()
    server.stop()
    await consoles.stop()
    await desk.close()
    await log.close()
    signins.close_file()
    assert floor.wrong == []


async def holds(page: Page, expression: str) -> None:
    """Wait for it; the page's own content policy allows no evaluation inside it."""
    async with asyncio.timeout(SLOW_MS / 1000):
        while not await page.evaluate(expression):
            await asyncio.sleep(0.05)


async def sign_in_by_keyboard(page: Page, name: str) -> None:
    """In the form in place, whose first field has the focus."""
    await expect(page.get_by_label("User name")).to_be_focused()
    await page.keyboard.type(name)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")


async def test_a_press_is_seen_and_heard_on_an_idle_page_which_names_nobody(floor: Floor) -> None:
    page = await floor.page()
    first = await floor.house.press()
    await page.get_by_role("button", name=f"{DEVICE},").click()
    await expect(page.locator("#case")).to_contain_text("A. Voorbeeld")
    await page.get_by_role("button", name=re.compile("^Acknowledge")).click()
    await until(lambda: floor.owner(first) == "Mieke Voorbeeld")
    await floor.idle(page)
    for name in ("Voorbeeld", "2026-0412", "hunting rifle", "tulip"):
        await expect(page.locator("body")).not_to_contain_text(name)
    await page.evaluate("window.loudest = 0")
    await floor.house.press("AMR-00777")
    row = page.locator("#queue [data-incident]").filter(has=page.get_by_role("button", name="AMR-00777,"))
    await expect(row).to_have_attribute("data-state", "raised")
    await expect(row).to_contain_text("Gent")
    await holds(page, "(window.listen(), window.loudest > 0.01)")
    await expect(page.get_by_text("SOUND ARMED")).to_be_visible()
    shown = await page.locator("#top .time").text_content()
    await expect(page.locator("#top .time")).not_to_have_text(shown or "")
    await page.reload()
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
    await expect(row).to_have_attribute("data-state", "raised")


async def test_a_press_stands_and_sounds_on_a_page_whose_sign_in_is_over_and_is_presented_to_nobody(
    floor: Floor,
) -> None:
    page = await floor.page()
    floor.clock.pass_s(101 * 60)
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
    await page.evaluate("window.loudest = 0")
    incident = await floor.house.press("AMR-00777")
    row = page.locator("#queue [data-incident]").filter(has=page.get_by_role("button", name="AMR-00777,"))
    await expect(row).to_have_attribute("data-state", "raised")
    await holds(page, "(window.listen(), window.loudest > 0.01)")
    assert "presented" not in floor.house.desk.board.incidents[incident.id].times


async def test_a_command_on_a_locked_page_waits_for_the_sign_in_and_keeps_the_selection(floor: Floor) -> None:
    page = await floor.page()
    incident = await floor.house.press()
    other = await floor.house.press("AMR-00777")
    await holds(page, "performance.now() > 2500")  # keys wait for a second after the window came
    await page.get_by_role("button", name=f"{DEVICE},").click()
    await floor.idle(page)
    await page.keyboard.press("a")
    await expect(page.locator("#case .access")).to_contain_text(f"After the sign-in: Acknowledge {DEVICE}")
    await page.keyboard.type("Sofie Proef")
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Not accepted.")).to_be_visible(timeout=SLOW_MS)
    assert floor.owner(incident) == ""
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#case .head h2")).to_have_text(DEVICE)
    await until(lambda: floor.owner(incident) == "Sofie Proef")
    await expect(page.locator("#case")).to_contain_text("A. Voorbeeld")
    assert floor.owner(other) == ""


async def test_a_wish_that_is_given_up_is_not_done(floor: Floor) -> None:
    page = await floor.page()
    incident = await floor.house.press()
    row = page.locator("#queue [data-incident]").first
    await expect(row).to_be_visible()
    await floor.idle(page)
    await page.get_by_role("button", name="Take").first.click()
    await expect(page.locator("#case .access")).to_contain_text("After the sign-in: Acknowledge")
    await page.get_by_role("button", name="Leave it").click()
    await page.get_by_label("User name").focus()
    await sign_in_by_keyboard(page, "Mieke Voorbeeld")
    await expect(page.locator("#case")).to_contain_text("A. Voorbeeld")
    assert floor.owner(incident) == ""


async def test_a_colleague_takes_the_desk_over_in_place(floor: Floor) -> None:
    page = await floor.page(width=1920, height=1080)
    incident = await floor.house.press()
    await page.get_by_role("button", name=f"{DEVICE},").click()
    await page.get_by_role("button", name=re.compile("^Acknowledge")).click()
    await until(lambda: floor.owner(incident) == "Mieke Voorbeeld")
    await page.get_by_role("button", name="Mieke Voorbeeld. Change operator").click()
    await expect(page.locator("#case .access")).to_contain_text("The alarms of Mieke Voorbeeld stay theirs")
    await sign_in_by_keyboard(page, "Sofie Proef")
    await expect(page.get_by_role("button", name="Sofie Proef.")).to_be_visible()
    await expect(page.locator("#case .head h2")).to_have_text(DEVICE)
    await expect(page.locator("#case .head .state")).to_contain_text("Mieke Voorbeeld")
    assert floor.owner(incident) == "Mieke Voorbeeld"
    assert {one.desk for one in floor.house.consoles.watching()} == {"Sofie Proef"}


async def test_each_limit_is_told_before_it_strikes_and_a_key_puts_it_off(floor: Floor) -> None:
    page = await floor.page()
    await holds(page, "performance.now() > 2500")
    warning = page.locator("#top .warning-limit")
    await expect(warning).to_be_hidden()
    floor.clock.pass_s(46 * 60)
    await expect(warning).to_contain_text("Locks in")
    await page.keyboard.press("i")
    await expect(warning).to_be_hidden()
    floor.clock.pass_s(30 * 60)
    await expect(warning).to_contain_text("Ends in")
    await page.keyboard.press("i")
    await expect(page.get_by_role("heading", name="Sign in again")).to_be_visible()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(warning).to_be_hidden()
    await expect(page.get_by_role("button", name="Mieke Voorbeeld.")).to_be_visible()


@pytest.mark.parametrize("path", ["operator", "supervisor"])
async def test_the_page_of_who_is_out_shows_no_alarm_and_sounds_on(floor: Floor, path: str) -> None:
    page = await floor.page()
    floor.signins.accounts.set_roles("Mieke Voorbeeld", ["dispatcher", "supervisor"])
    first = await floor.house.press()
    await page.goto(f"{floor.url}/{path}")
    await expect(page.locator("[data-incident]").first).to_be_visible(timeout=SLOW_MS)
    await page.keyboard.press("Shift")  # a touch arms the sound
    floor.signins.accounts.set_disabled("Mieke Voorbeeld", True)
    await expect(page.get_by_role("heading", name="SIGNED OUT")).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_text("1 alarm waits that nobody has")).to_be_visible()
    await floor.house.press("AMR-00777")
    await expect(page.get_by_text("2 alarms wait that nobody has")).to_be_visible(timeout=SLOW_MS)
    await expect(page).to_have_title(re.compile(r"^\(2\)"))
    html = await page.evaluate("document.body.innerHTML.replace(/<script[^]*?<\\/script>/g, '')")
    for secret in (DEVICE, "AMR-00777", "Gent", "Mieke", first.id, "FEED", "SHIFT"):
        assert secret not in html, secret
    assert await page.evaluate("[...document.querySelectorAll('canvas, [data-incident]')].length") == 0
    await page.evaluate("window.loudest = 0")
    await holds(page, "(window.listen(), window.loudest > 0.01)")
    await page.get_by_role("link", name="Sign in").click()
    await expect(page.get_by_text("2 alarms wait that nobody has")).to_be_visible(timeout=SLOW_MS)


async def test_what_an_idle_page_painted_is_presented_once_somebody_signs_in(floor: Floor) -> None:
    page = await floor.page()
    await floor.idle(page)
    incident = await floor.house.press("AMR-00777")
    await expect(page.get_by_role("button", name="AMR-00777,")).to_be_visible(timeout=SLOW_MS)
    await holds(page, "new Promise((done) => setTimeout(() => done(true), 500))")  # long enough to say so
    assert "presented" not in floor.house.desk.board.incidents[incident.id].times
    await page.keyboard.press("i")
    await sign_in_by_keyboard(page, "Mieke Voorbeeld")
    await until(lambda: "presented" in floor.house.desk.board.incidents[incident.id].times)
