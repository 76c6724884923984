"""The sheets for users in a real browser: two pages of A4 at most, every picture there, read by whoever cannot see it."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from pypdf import PdfReader

from dashboard.documents.guide.page import ADDRESSES
from maps.zones import Zones
from reports.catalogue import LANGUAGES
from tests.browser.conftest import on_one_loop
from tests.browser.served import SLOW_MS, Served, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
A4_PT = (595, 842)
PAGES = {"operator": 2, "supervisor": 2, "trainer": 2, "keeper": 1, "auditor": 1}
CUT = """() => [...document.querySelectorAll("main *")].filter((one) => one.scrollWidth > one.clientWidth + 1 &&
  getComputedStyle(one).display !== "inline").map((one) => one.outerHTML.slice(0, 80))"""
MISSING = "() => [...document.images].filter((one) => !one.naturalWidth).map((one) => one.src)"


@on_one_loop
async def desk(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    async with served(tmp_path, zones, {"Mieke Voorbeeld": "dispatcher"}) as desk:
        yield desk


async def test_the_list_of_keys_leads_to_the_sheet_and_each_prints_on_its_pages_of_a4(desk: Served) -> None:
    page = await desk.page("Mieke Voorbeeld")
    await expect(page.get_by_role("region", name="Alarm queue")).to_be_visible(timeout=SLOW_MS)
    await page.wait_for_timeout(1100)  # no key does anything in the second after the window came to the front
    await page.keyboard.press("?")
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="Sheet for operators").click()
    sheet = await opened.value
    await expect(sheet.get_by_role("heading", name="Sheet for operators", level=1)).to_be_visible()
    for name, at in ADDRESSES.items():
        for language in LANGUAGES:
            await sheet.goto(f"{desk.url}/{at}?language={language}", wait_until="load")
            await printed(sheet, PAGES[name])
        found = await Axe().run(sheet, options=WCAG)  # what it says is built the same in each
        assert [one["id"] for one in found.response["violations"]] == []


async def printed(sheet: Page, pages: int) -> None:
    """The sheet as it is printed."""
    assert await sheet.evaluate(MISSING) == []
    assert await sheet.evaluate(CUT) == []
    made = PdfReader(io.BytesIO(await sheet.pdf(prefer_css_page_size=True, print_background=False)))
    sizes = {(round(float(one.mediabox.width)), round(float(one.mediabox.height))) for one in made.pages}
    assert (len(made.pages), sizes) == (pages, {A4_PT}), sheet.url
