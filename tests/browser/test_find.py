"""Finding incidents in a real Chromium: by key, with a reason, from there on; over no alarm, and nothing is moved."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from incidents.audit import stream_of
from maps.addresses import addresses
from maps.zones import Zones
from tests.browser.conftest import on_one_loop
from tests.browser.served import SLOW_MS, Served, holds, served_past
from tests.dashboard.conftest import DEVICE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PLOT = "Array.from(Bokeh.documents[0]._all_models.values()).find((m) => m.type === 'Figure')"
TEXTS = f"Array.from({PLOT}.renderers.find((r) => r.name === '{{}}')?.data_source.data.x ?? [])"
WIDE_M = f"({PLOT}.x_range.end - {PLOT}.x_range.start)"


@on_one_loop
async def desk(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    async with served_past(tmp_path, zones, {"Mieke Proef": "dispatcher", "Sofie Proef": "supervisor"}) as found:
        await found.house.press()
        yield found


def sheet(page: Page) -> Locator:
    return page.get_by_role("search", name="Find incidents")


async def search(page: Page, text: str, key: str = "Digit3") -> Locator:
    """By keyboard alone: `/`, the words, Enter, the key of a reason; what was found."""
    await holds(page, "performance.now() > 2500")
    await page.keyboard.press("/")
    await expect(sheet(page)).to_be_visible()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("group", name="Why do you look? It is recorded.")).to_be_visible()
    await page.keyboard.press(key)
    await expect(sheet(page).get_by_role("status")).to_contain_text(re.compile("found"))
    return sheet(page).get_by_role("list", name="Incidents found").locator("li[data-id]")


async def test_a_dispatcher_finds_by_keyboard_and_goes_on_to_the_row(desk: Served) -> None:
    page = await desk.page("Mieke Proef")
    await expect(page.get_by_role("button", name=f"{DEVICE},").first).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_role("button", name="Find", exact=False).first).to_be_visible()
    hits = await search(page, "Voorbeeld open")
    chips = sheet(page).get_by_role("list", name="Understood").get_by_role("listitem")
    await expect(chips).to_have_text(["name, device, case, CADVoorbeeld", "stateopen"])
    await expect(hits).to_have_count(1)
    await expect(hits.first).to_contain_text(f"{DEVICE}")
    await expect(hits.first).to_contain_text("Gent")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    # The alarm is in sight beside it, nothing was chosen, and letters are none of the page's keys.
    await page.keyboard.press("a")
    await expect(page.locator("#queue .alarm[aria-current], #queue .alarm.selected")).to_have_count(0)
    assert next(iter(desk.house.desk.board.incidents.values())).state == "raised"
    await page.keyboard.press("Escape")
    await expect(sheet(page)).to_be_hidden()
    await page.keyboard.press("/")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")  # opens what was found: its row
    await expect(sheet(page)).to_be_hidden()
    await expect(page.get_by_role("region", name="Case").get_by_role("heading", name=DEVICE)).to_be_visible()
    house = desk.house
    (record,) = [r for r in await house.log.stream(stream_of(house.clock.now())) if r.type == "incidents_searched"]
    assert record.open["why"] == "review" and "Voorbeeld" not in str(record.open)
    assert "Voorbeeld" not in page.url


async def test_a_supervisor_goes_from_what_was_found_to_its_timeline_and_back(desk: Served) -> None:
    page = await desk.page("Sofie Proef", "/supervisor", width=1920, height=1080)
    await expect(page.get_by_role("region", name="On the floor now").get_by_text(DEVICE)).to_be_visible(timeout=SLOW_MS)
    hits = await search(page, "closed real")
    first = hits.first.get_by_role("button").first
    await expect(first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    second = hits.nth(1).get_by_role("button").first
    await expect(second).to_be_focused()
    await expect(hits.nth(1).get_by_role("link")).to_have_attribute("href", re.compile(r"/evidence/[a-z2-7]{26}\.pdf$"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name=re.compile("^Timeline of "))).to_be_visible()
    await expect(page.get_by_role("region", name="On the floor now")).to_be_visible()
    await page.get_by_role("button", name="Back").click()
    await expect(second).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(sheet(page)).to_be_hidden()


async def test_a_place_is_shown_on_the_map_and_in_the_map_window_by_keys_and_left_by_escape(
    desk: Served, zones: Zones
) -> None:
    addresses._opened.cache_clear()  # the first answer comes before the streets are ready, a fuller one after it
    page = await desk.page("Mieke Proef")
    await expect(page.get_by_role("button", name=f"{DEVICE},").first).to_be_visible(timeout=SLOW_MS)
    await holds(page, "performance.now() > 2500")
    async with page.context.expect_page() as opened:
        await page.keyboard.press("Shift+M")
    window = await opened.value
    await expect(window.locator("#follows")).to_contain_text("ollows", timeout=SLOW_MS)
    await page.bring_to_front()
    came = await page.evaluate("performance.now()")
    await holds(page, f"performance.now() > {came} + 1100")  # keys wait for a second after the page came to the front
    await page.keyboard.press("/")
    await page.keyboard.type("veldstrat 12 gent")
    places = sheet(page).get_by_role("list", name="Places").get_by_role("button")
    await expect(places.first).to_have_accessible_name(re.compile(r"^Veldstraat 12 · 9000 Gent"), timeout=SLOW_MS)
    await page.keyboard.press("ArrowDown")
    await expect(places.first).to_be_focused()
    await page.keyboard.press("Enter")
    for one in (page, window):
        plate = one.get_by_role("region", name="Map").get_by_role("button", name="Leave Veldstraat 12 · 9000 Gent")
        await expect(plate).to_be_visible(timeout=SLOW_MS)
        await holds(one, f"{TEXTS.format('destination')}.length === 1 && {WIDE_M} < 2000")
        await expect(one.locator(".numbers text").nth(20)).to_be_attached(timeout=SLOW_MS)
    await expect(page.locator("#queue .alarm[aria-current], #queue .alarm.selected")).to_have_count(0)
    house = desk.house
    assert [r for r in await house.log.stream(stream_of(house.clock.now())) if r.type == "incidents_searched"] == []
    assert "eldstra" not in page.url
    await page.keyboard.press("Escape")  # the search first, then the mark; the map stays where it is
    await expect(sheet(page)).to_be_hidden()
    await expect(page.get_by_role("button", name="Leave Veldstraat 12 · 9000 Gent")).to_be_visible()
    await page.keyboard.press("Escape")
    for one in (page, window):
        await expect(one.get_by_role("button", name="Leave Veldstraat 12 · 9000 Gent")).to_be_hidden(timeout=SLOW_MS)
        await holds(one, f"{TEXTS.format('destination')}.length === 0 && {WIDE_M} < 2000")
