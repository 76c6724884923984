"""What a page says by itself to whoever listens to it: a new alarm once and at once, nothing else loudly, no ticking age."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from incidents import commands as do
from maps.zones import Zones
from tests.browser.every_page import desk_with_a_past
from tests.browser.served import SLOW_MS, holds
from tests.dashboard.conftest import DEVICE
from tests.people import dispatcher

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
EYES = (Path(__file__).parent / "eyes.js").read_text()
IDLE_S = 2.5  # ages tick each second
OTHER, MANY = "AMR-00777", 5


async def loud(page: Page) -> list[str]:
    """What was said loudly since `eyes.listen()`, in order."""
    return await page.evaluate("eyes.heard().filter((one) => one.how === 'assertive').map((one) => one.text)")  # type: ignore[no-any-return]


async def test_a_new_alarm_is_read_aloud_once_and_nothing_is_when_rows_change_places(
    tmp_path: Path, zones: Zones
) -> None:
    async with desk_with_a_past(tmp_path, zones) as desk:
        operator = await desk.page("Mieke Proef")
        floor = await desk.page("Sofie Proef", "/supervisor")
        pages = (operator, floor)
        for page in pages:
            await expect(page.locator("#alert")).to_contain_text("NO FEED", timeout=SLOW_MS)
            await page.evaluate(EYES)
            await page.evaluate("eyes.listen()")
        first = await desk.house.press()
        for page in pages:
            await holds(page, f"eyes.heard().some(({{ text }}) => text.includes('{DEVICE}, unacknowledged'))")
        await desk.house.press(OTHER)
        for page in pages:
            await holds(page, f"eyes.heard().some(({{ text }}) => text.includes('{OTHER}, unacknowledged'))")
        # A hand takes the first: the rows change places, and nobody is told of an alarm again.
        me = dispatcher(desk.house.desk.pseudonym("Mieke Proef"))
        await desk.house.desk.command(do.Acknowledge(id="read-aloud-1", incident=first.id), me)
        await expect(operator.locator(f"#queue [data-incident='{first.id}']")).to_have_attribute(
            "data-state", "acknowledged"
        )
        await asyncio.sleep(IDLE_S)
        for page in pages:
            said = await loud(page)
            assert [DEVICE in said[0], OTHER in said[1], len(said)] == [True, True, 2], said
            await page.evaluate("eyes.forget()")
        await asyncio.sleep(IDLE_S)
        for page in pages:
            assert await page.evaluate("eyes.heard()") == []
        for n in range(MANY):
            await desk.house.press(f"AMR-0090{n}")
        for page in pages:
            await holds(page, "eyes.heard().some(({ text }) => text.includes('nobody has'))")
            assert not [text for text in await loud(page) if text.count("AMR-") > 3]
