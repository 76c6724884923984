"""The page of the cases in a real browser: hostile texts, axe, the keyboard alone, a leaflet on one sheet."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from pypdf import PdfReader

from maps.zones import Zones
from reports.catalogue import LANGUAGES
from tests.browser.conftest import on_one_loop, one_browser
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.keeper.conftest import NUMBER, CasesHouse, cases_house
from tests.dashboard.keeper.test_cases import DATES, FIELDS, HOSTILE, _step

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@on_one_loop
async def house(tmp_path: Path, zones: Zones) -> AsyncIterator[CasesHouse]:
    async with cases_house(tmp_path, zones) as found:
        yield found


async def clean(page: Page) -> None:
    """Nothing for axe-core, nothing beside the page, nothing that ran."""
    found = await Axe().run(page)
    assert [one["id"] for one in found.response["violations"]] == []
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert await page.evaluate("document.querySelectorAll('script:not([src]), img, svg').length") == 0


async def test_a_keeper_works_by_the_keyboard_whatever_a_case_says(house: CasesHouse) -> None:
    texts = [field for field in FIELDS if field not in DATES]
    for n, text in enumerate(HOSTILE):
        said = dict.fromkeys(texts, text) | dict.fromkeys(DATES, house.today)
        kind = ("granted", "returned", "suspended", "doubted", "handed_over")[n % 5]
        house.register.take_step(NUMBER, _step(kind, n, said), seen=n)
    await asyncio.to_thread(house.register.reload_if_changed)
    async with one_browser() as browser:
        context = await browser.new_context(viewport={"width": 1366, "height": 768})
        page = await context.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        await page.goto(f"{house.base}/sign-in")
        await page.locator("input[name=username]").fill("Kee Fictief")
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/cases")  # where a keeper is led
        for language in LANGUAGES:
            await context.add_cookies([{"name": "vigie_language", "value": language, "url": house.base}])
            await page.goto(f"{house.base}/cases")
            await clean(page)
            await page.locator("summary").press("Enter")  # a new case
            await clean(page)
            await page.get_by_role("link", name=NUMBER).press("Enter")
            await expect(page.locator("h1")).to_contain_text(NUMBER)
            await clean(page)
            await page.goto(f"{house.base}/leaflet?language={language}")
            await clean(page)
            sheet = PdfReader(io.BytesIO(await page.pdf(prefer_css_page_size=True)))
            assert len(sheet.pages) == 1
        await context.add_cookies([{"name": "vigie_language", "value": "en", "url": house.base}])
        await page.goto(f"{house.base}/cases")
        await page.get_by_role("link", name=NUMBER).press("Enter")
        # The other theme, by its button: kept for the page after.
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = await page.evaluate(ground)
        await page.get_by_role("button", name="Light").press("Enter")
        await expect(page.get_by_role("button", name="Dark")).to_be_focused()
        await page.reload()
        assert await page.evaluate(ground) != dark
        await clean(page)
        await page.locator("summary", has_text="Note a review").press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type("looked at <b>it</b>")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Noted.")
        await expect(page.locator(".steps li").first).to_contain_text("looked at <b>it</b>")
        await page.locator("summary", has_text="End").press("Enter")
        await page.locator("details[open] input[name=reference]").fill("FA 14/2027")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="Leave it as it is")).to_be_focused()  # a second Enter ends nothing
        await expect(page.locator("details[open] input[name=reference]")).to_have_value("FA 14/2027")
        await expect(page.locator(".steps strong").get_by_text("Ended", exact=True)).to_have_count(0)
        await clean(page)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".steps strong").first).to_have_text("Ended")
        assert dialogs == []
