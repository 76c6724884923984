"""A switch of language in the middle of an incident. `test_every_page.py` looks at every page for what a switch leaves behind."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from maps.zones import Zones
from reports.catalogue import WRITTEN
from tests.browser.languages import FINDER
from tests.browser.served import SLOW_MS, served
from tests.dashboard.conftest import DEVICE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_a_switch_in_the_middle_of_an_incident_takes_nothing_from_the_hand_and_is_each_persons_own(
    tmp_path: Path, zones: Zones
) -> None:
    """By the chooser, with a half-typed note: nothing is loaded anew, the person's other page goes along, a colleague's not."""
    async with served(tmp_path, zones, {"Mieke Proef": "dispatcher", "Jan Proef": "dispatcher"}) as desk:
        await desk.house.press()
        for n in range(2, 30):
            await desk.house.press(f"AMR-{n:05}")
        page, beside, colleague = [await desk.page(who) for who in ("Mieke Proef", "Mieke Proef", "Jan Proef")]
        row = page.locator("#queue [data-incident]").filter(has=page.get_by_role("button", name=f"{DEVICE},"))
        await row.locator(".pick").click(timeout=SLOW_MS)
        await page.get_by_role("button", name=re.compile("^Acknowledge")).click()
        await expect(row).to_have_attribute("data-state", "acknowledged")
        await page.wait_for_function("() => performance.now() > 2500")
        await page.locator("#top .who").click()  # its sheet stays while somebody writes
        await page.keyboard.press("n")
        note = page.locator("#case form.form textarea, #case form.form input").locator("visible=true").first
        await note.fill("Her brother is on the li")
        await page.locator("#queue .scroller, #queue ol").first.evaluate("(list) => (list.scrollTop = 40)")
        await page.evaluate(FINDER)
        before = await page.evaluate("words.hand(true)")
        chooser = page.locator("#case select.language")
        for language in WRITTEN:
            await page.evaluate(
                "([chooser, code]) => { chooser.value = code; chooser.dispatchEvent(new Event('change')); }",
                [await chooser.element_handle(), language],
            )
            await page.wait_for_function("code => document.documentElement.lang === code", arg=language)
            await beside.wait_for_function("code => document.documentElement.lang === code", arg=language)
            assert await page.evaluate("words.hand()") == before
            assert await colleague.evaluate("document.documentElement.lang") == "en"
        await expect(note).to_be_focused()
        await page.keyboard.type("ne.")
        await page.keyboard.press("Control+Enter")
        await colleague.locator("#queue").get_by_role("button", name=f"{DEVICE},").click()
        await expect(colleague.locator("body")).to_contain_text("Her brother is on the line.", timeout=SLOW_MS)
