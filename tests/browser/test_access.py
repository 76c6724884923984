"""A page whose sign-in ends: its alarms go on, it asks in place, a colleague takes it over, and limits are told before."""

import re
from collections.abc import AsyncIterator
from itertools import count

import msgspec
import pytest
from playwright.async_api import Page, expect

from dashboard.access.settings import AccessTimes
from incidents.incident import Incident
from maps.zones import Zones
from tests.browser.conftest import all_file_long, on_one_loop
from tests.browser.served import SLOW_MS, Served, holds, served
from tests.dashboard.access.conftest import PASSWORD
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


_numbers = count(1)
PEOPLE = {"Mieke Voorbeeld": "dispatcher", "Sofie Proef": "supervisor"}


@all_file_long
async def desk(tmp_path_factory: pytest.TempPathFactory, zones: Zones) -> AsyncIterator[Served]:
    times = AccessTimes(idle_min=60, shift_min=100)
    async with served(tmp_path_factory.mktemp("desk"), zones, PEOPLE, times=times) as desk:
        cases = desk.house.cases
        cases.case = msgspec.structs.replace(cases.case, devices=tuple(f"AMR-{n:05}" for n in range(1, 100)))
        yield desk


@on_one_loop
async def floor(desk: Served) -> AsyncIterator[Served]:
    yield desk
    for account in desk.signins.accounts.all():
        if account.disabled:
            desk.signins.accounts.set_disabled(account.name, False)
    await desk.rest()


@pytest.fixture
def device() -> str:
    """One that a case has."""
    return f"AMR-{next(_numbers):05}"


@pytest.fixture
def other(device: str) -> str:
    """One that no case has."""
    return device.replace("AMR-0", "AMR-7")


async def at_desk(floor: Served, *, width: int = 1366, height: int = 768) -> Page:
    """Mieke's operator page."""
    page = await floor.page("Mieke Voorbeeld", width=width, height=height)
    await expect(page.get_by_role("button", name="Mieke Voorbeeld.")).to_be_visible(timeout=SLOW_MS)
    return page


async def idle(floor: Served, page: Page) -> None:
    """Nobody touches the page for more than its limit."""
    floor.clock.pass_s(61 * 60)
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)


def owner_of(floor: Served, incident: Incident) -> str:
    owner = floor.now(incident).owner
    return floor.house.desk.name_of(owner) if owner else ""


async def sign_in_by_keyboard(page: Page, name: str) -> None:
    """In the form in place, whose first field has the focus."""
    await expect(page.get_by_label("User name")).to_be_focused()
    await page.keyboard.type(name)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")


async def test_a_press_is_seen_and_heard_on_an_idle_page_which_names_nobody(
    floor: Served, device: str, other: str
) -> None:
    page = await at_desk(floor)
    first = await floor.house.press(device)
    await page.get_by_role("button", name=f"{device},").click()
    await expect(page.locator("#case")).to_contain_text("A. Voorbeeld")
    await page.get_by_role("button", name=re.compile("^Acknowledge")).click()
    await until(lambda: owner_of(floor, first) == "Mieke Voorbeeld")
    await idle(floor, page)
    for name in ("Voorbeeld", "2026-0412", "hunting rifle", "tulip"):
        await expect(page.locator("body")).not_to_contain_text(name)
    await page.evaluate("window.loudest = 0")
    await floor.house.press(other)
    row = page.locator("#queue [data-incident]").filter(has=page.get_by_role("button", name=f"{other},"))
    await expect(row).to_have_attribute("data-state", "raised")
    await expect(row).to_contain_text("Gent")
    await holds(page, "(window.listen(), window.loudest > 0.01)")
    await expect(page.get_by_text("Sound on")).to_be_visible()
    shown = await page.locator("#top .time").text_content()
    await expect(page.locator("#top .time")).not_to_have_text(shown or "")
    await page.reload()
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
    await expect(row).to_have_attribute("data-state", "raised")


async def test_a_press_stands_and_sounds_on_a_page_whose_sign_in_is_over_and_is_presented_to_nobody(
    floor: Served,
    other: str,
) -> None:
    page = await at_desk(floor)
    floor.clock.pass_s(101 * 60)
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
    await page.evaluate("window.loudest = 0")
    incident = await floor.house.press(other)
    row = page.locator("#queue [data-incident]").filter(has=page.get_by_role("button", name=f"{other},"))
    await expect(row).to_have_attribute("data-state", "raised")
    await holds(page, "(window.listen(), window.loudest > 0.01)")
    assert "presented" not in floor.now(incident).times


async def test_a_command_on_a_locked_page_waits_for_the_sign_in_and_keeps_the_selection(
    floor: Served, device: str, other: str
) -> None:
    page = await at_desk(floor)
    incident = await floor.house.press(device)
    second = await floor.house.press(other)
    await holds(page, "performance.now() > 2500")  # keys wait for a second after the window came
    await page.get_by_role("button", name=f"{device},").click()
    await idle(floor, page)
    await page.keyboard.press("a")
    await expect(page.locator("#case .access")).to_contain_text(f"After the sign-in: Acknowledge {device}")
    await page.keyboard.type("Sofie Proef")
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Not accepted.")).to_be_visible(timeout=SLOW_MS)
    assert owner_of(floor, incident) == ""
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#case .head h2")).to_have_text(device)
    await until(lambda: owner_of(floor, incident) == "Sofie Proef")
    await expect(page.locator("#case")).to_contain_text("A. Voorbeeld")
    assert owner_of(floor, second) == ""


async def test_a_wish_that_is_given_up_is_not_done(floor: Served, device: str) -> None:
    page = await at_desk(floor)
    incident = await floor.house.press(device)
    row = page.locator("#queue [data-incident]").first
    await expect(row).to_be_visible()
    await idle(floor, page)
    await page.get_by_role("button", name="Take").first.click()
    await expect(page.get_by_text("Sign in first: Acknowledge")).to_be_visible()
    await expect(page.locator("#case .access")).to_contain_text("After the sign-in: Acknowledge")
    await page.get_by_role("button", name="Leave it").click()
    await page.get_by_label("User name").focus()
    await sign_in_by_keyboard(page, "Mieke Voorbeeld")
    await expect(page.locator("#case")).to_contain_text("A. Voorbeeld")
    assert owner_of(floor, incident) == ""


async def test_a_colleague_takes_the_desk_over_in_place(floor: Served, device: str) -> None:
    page = await at_desk(floor, width=1920, height=1080)
    incident = await floor.house.press(device)
    await page.get_by_role("button", name=f"{device},").click()
    await page.get_by_role("button", name=re.compile("^Acknowledge")).click()
    await until(lambda: owner_of(floor, incident) == "Mieke Voorbeeld")
    await page.get_by_role("button", name="Mieke Voorbeeld. Language").click()
    await page.get_by_role("button", name="Change operator").click()
    await expect(page.locator("#case .access")).to_contain_text("The alarms of Mieke Voorbeeld stay theirs")
    await sign_in_by_keyboard(page, "Sofie Proef")
    await expect(page.get_by_role("button", name="Sofie Proef.")).to_be_visible()
    await expect(page.locator("#case .head h2")).to_have_text(device)
    await expect(page.locator("#case .head .state")).to_contain_text("Mieke Voorbeeld")
    assert owner_of(floor, incident) == "Mieke Voorbeeld"
    assert {one.desk for one in floor.house.consoles.watching() if one.desk} == {"Sofie Proef"}


async def test_each_limit_is_told_before_it_strikes_and_a_key_puts_it_off(floor: Served) -> None:
    page = await at_desk(floor)
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


@pytest.mark.parametrize(("who", "path"), [("Mieke Voorbeeld", "operator"), ("Sofie Proef", "supervisor")])
async def test_the_page_of_who_is_out_shows_no_alarm_and_sounds_on(
    floor: Served, who: str, path: str, device: str, other: str
) -> None:
    page = await floor.page(who, f"/{path}")
    first = await floor.house.press(device)
    await expect(page.locator("[data-incident]").first).to_be_visible(timeout=SLOW_MS)
    await page.keyboard.press("Shift")  # a touch arms the sound
    # A page that begins loads itself anew when its line goes, and is the sign-in page then: it says the same.
    await holds(page, "performance.now() > 4000")
    floor.signins.accounts.set_disabled(who, True)
    await expect(page.get_by_role("heading", name="SIGNED OUT")).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_text("1 alarm waits that nobody has")).to_be_visible()
    await floor.house.press(other)
    await expect(page.get_by_text("2 alarms wait that nobody has")).to_be_visible(timeout=SLOW_MS)
    await expect(page).to_have_title(re.compile(r"^\(2\)"))
    html = await page.evaluate("document.body.innerHTML.replace(/<script[^]*?<\\/script>/g, '')")
    for secret in (device, other, "Gent", who.partition(" ")[0], first.id, "FEED", "SHIFT"):
        assert secret not in html, secret
    assert await page.evaluate("[...document.querySelectorAll('canvas, [data-incident]')].length") == 0
    await page.evaluate("window.loudest = 0")
    await holds(page, "(window.listen(), window.loudest > 0.01)")
    await page.get_by_role("link", name="Sign in").click()
    await expect(page.get_by_text("2 alarms wait that nobody has")).to_be_visible(timeout=SLOW_MS)


async def test_what_an_idle_page_painted_is_presented_once_somebody_signs_in(floor: Served, other: str) -> None:
    page = await at_desk(floor)
    await idle(floor, page)
    incident = await floor.house.press(other)
    await expect(page.get_by_role("button", name=f"{other},")).to_be_visible(timeout=SLOW_MS)
    await holds(page, "new Promise((done) => setTimeout(() => done(true), 500))")  # long enough to say so
    assert "presented" not in floor.now(incident).times
    await page.keyboard.press("i")
    await sign_in_by_keyboard(page, "Mieke Voorbeeld")
    await until(lambda: "presented" in floor.now(incident).times)


async def test_a_lost_server_of_the_log_is_said_to_a_supervisor_until_it_is_back(floor: Served) -> None:
    dispatcher, supervisor = await at_desk(floor), await floor.page("Sofie Proef", "/supervisor")
    line = supervisor.get_by_role("status").filter(has_text="NO SPARE")
    consoles = floor.house.consoles
    consoles.services = msgspec.structs.replace(before := consoles.services, around=lambda: [("replica_lost", "n2")])
    await expect(line).to_contain_text("no longer kept on n2.", timeout=SLOW_MS)
    await expect(dispatcher.get_by_text("NO SPARE")).to_be_hidden()
    consoles.services = before
    await expect(line).to_be_hidden(timeout=SLOW_MS)
