"""The line that asks why somebody looks, in a real Chromium: over what is on the screen, in nobody's way, by keyboard."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from incidents import commands as do
from incidents import events as ev
from incidents.roles import User
from maps.zones import Zones
from tests.browser.conftest import on_one_loop
from tests.browser.served import SLOW_MS, Served, holds, served
from tests.dashboard.conftest import DEVICE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@on_one_loop
async def desk(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    async with served(tmp_path, zones, {"Mieke Proef": "dispatcher"}) as found:
        yield found


def line(page: Page) -> Locator:
    return page.locator("#case > .asking")


async def reasons(desk: Served, incident: str) -> list[Any]:
    log = desk.house.log
    found = [ev.entry(record, log.unseal(record)).event for record in await log.stream(f"incident/{incident}")]
    return [event for event in found if isinstance(event, ev.CaseOpened | ev.ReasonGiven)]


async def test_the_case_opens_at_once_and_the_line_asks_after_it_without_a_hand_or_a_key_of_the_pages(
    desk: Served,
) -> None:
    house = desk.house
    incident = await house.press()
    owner = User(actor=house.desk.pseudonym("Sofie Proef"), roles=frozenset({"dispatcher"}))
    await house.desk.command(do.Acknowledge(id="taken-by-another", incident=incident.id), owner)
    page = await desk.page("Mieke Proef")
    await expect(page.get_by_role("button", name=f"{DEVICE},").first).to_be_visible(timeout=SLOW_MS)
    await holds(page, "performance.now() > 2500")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#case .who")).to_contain_text("A. Voorbeeld")
    await expect(line(page)).to_contain_text("Why do you look at this case? It is recorded.")
    await expect(page.locator("#case .agreed").first).to_have_text("Safe and duress word: shown to the owner.")
    assert not await page.evaluate("!!document.activeElement.closest('.asking')"), "it takes no focus"
    await page.keyboard.press("3")
    await expect(line(page)).to_be_visible()
    assert [type(one).__name__ for one in await reasons(desk, incident.id)] == ["CaseOpened"], "a digit is the page's"
    assert (found := await Axe().run(page)).violations_count == 0, found.generate_report()
    # Nobody answers for a minute: it says so, and can be answered all the same.
    desk.clock.pass_s(61)
    await expect(line(page)).to_contain_text("No reason given: noted. You can still say it.")
    await page.keyboard.press("Shift+Y")
    await expect(page.get_by_role("group", name="Why do you look? It is recorded.")).to_be_visible()
    assert (found := await Axe().run(page)).violations_count == 0, found.generate_report()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("group", name="Why do you look? It is recorded.")).to_be_hidden()
    await expect(line(page)).to_be_visible()
    await page.keyboard.press("Shift+Y")
    await house.press("AMR-00777")  # a press comes as ever
    await expect(page.get_by_role("button", name="AMR-00777,").first).to_be_visible()
    await page.keyboard.press("Digit3")
    await expect(line(page)).to_be_hidden()
    await desk.house.desk._disclosures.close()
    look, given = await reasons(desk, incident.id)
    assert (look.need, given.why) == ("", "review")


async def test_who_sits_down_at_the_owners_side_is_asked_no_more_and_reads_the_agreed_words(desk: Served) -> None:
    house = desk.house
    incident = await house.press()
    owner = User(actor=house.desk.pseudonym("Sofie Proef"), roles=frozenset({"dispatcher"}))
    await house.desk.command(do.Acknowledge(id="taken-by-another", incident=incident.id), owner)
    page = await desk.page("Mieke Proef")
    await expect(page.get_by_role("button", name=f"{DEVICE},").first).to_be_visible(timeout=SLOW_MS)
    await holds(page, "performance.now() > 2500")
    await page.keyboard.press("ArrowDown")
    await expect(line(page)).to_be_visible()
    await page.keyboard.press("b")
    await expect(line(page)).to_be_hidden()
    await expect(page.locator("#case .agreed").first).to_have_text("safe: tulip · DURESS: winter")
