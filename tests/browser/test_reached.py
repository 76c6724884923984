"""Whatever can be clicked on the pages of the desk can be reached by the keyboard, with an alarm on them and their keys open."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from incidents import commands as do
from maps.zones import Zones
from tests.browser.reach import UNREACHED, unreached
from tests.browser.served import SLOW_MS, served_past
from tests.people import dispatcher

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PEOPLE = {"Mieke Voorbeeld": "dispatcher", "Sofie Proef": "supervisor", "Wacht Gent": "zone"}


async def reached(page: Page) -> None:
    opener = page.get_by_role("button", name="Keys")
    await opener.press("Enter")
    await expect(page.get_by_role("region", name="Keys")).to_be_visible()
    assert unreached(await page.evaluate(UNREACHED)) == []


async def test_no_page_of_the_desk_has_anything_that_only_a_mouse_reaches(tmp_path: Path, zones: Zones) -> None:
    async with served_past(tmp_path, zones, PEOPLE) as desk:
        house = desk.house
        await house.well()
        ordered, _ = await house.press("AMR-1"), await house.press("AMR-2")
        me = dispatcher(house.desk.pseudonym("Mieke Voorbeeld"))
        await house.desk.command(do.Acknowledge(id="reach-0001", incident=ordered.id), me)
        await house.desk.command(do.Route(id="reach-0002", incident=ordered.id, zone="5415"), me)

        page = await desk.page("Mieke Voorbeeld")
        await expect(page.get_by_role("region", name="Alarm queue")).to_contain_text("AMR-2", timeout=SLOW_MS)
        await page.get_by_role("button", name="AMR-1,").press("Enter")
        await page.get_by_role("button", name=re.compile("^More")).press("Enter")
        await page.get_by_role("button", name="Layers").press("Enter")
        await reached(page)

        page = await desk.page("Sofie Proef", "/supervisor")
        await expect(page.get_by_role("region", name="On the floor now")).to_contain_text("AMR-2", timeout=SLOW_MS)
        await expect(page.locator("#review svg").first).to_be_visible(timeout=SLOW_MS)
        await reached(page)

        page = await desk.page("Wacht Gent", "/")
        await expect(page.get_by_role("article")).to_contain_text("AMR-1", timeout=SLOW_MS)
        await reached(page)
