"""The map in a window of its own: it follows what stands chosen on the operator page, says when it no longer does, only looks."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from playwright.sync_api import expect as sync_expect

from dashboard.access.settings import AccessTimes
from incidents.messages import Fix, PressReport
from maps.geodesy import to_mercator
from maps.zones import Zones
from tests.browser.conftest import Desks, Feed, on_one_loop
from tests.browser.parts import choose
from tests.browser.parts import holds as sync_holds
from tests.browser.served import SLOW_MS, Served, holds, served
from tests.browser.test_access import at_desk, idle, sign_in_by_keyboard
from tests.dashboard.conftest import DEVICE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

GENT, NAMUR = (51.0536, 3.7253), (50.4669, 4.8675)
PLOT = "Array.from(Bokeh.documents[0]._all_models.values()).find((m) => m.type === 'Figure')"
COUNT = """((css) => {
  const all = (root) => [
    ...root.querySelectorAll(css), ...[...root.querySelectorAll("*")].flatMap((el) => (el.shadowRoot ? all(el.shadowRoot) : [])),
  ];
  return all(document).length;
})"""
DRAWN, PLACES = (f"{COUNT}('.{css}')" for css in ("alarms path", "places .place"))
WIDE_M = f"{PLOT}.x_range.end - {PLOT}.x_range.start"


@on_one_loop
async def floor(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    people = {"Mieke Voorbeeld": "dispatcher", "Sofie Proef": "supervisor"}
    async with served(tmp_path, zones, people, times=AccessTimes(idle_min=60, shift_min=600)) as floor:
        yield floor


async def window_of(page: Page) -> Page:
    """The map in its own window, opened from an operator page by its key."""
    await holds(page, "performance.now() > 2500")  # keys wait for a second after the window came
    async with page.context.expect_page() as opened:
        await page.keyboard.press("Shift+M")
    window = await opened.value
    await expect(window.locator("#follows")).to_contain_text("ollows", timeout=SLOW_MS)
    return window


async def says(window: Page, words: str | re.Pattern[str]) -> None:
    await expect(window.locator("#follows")).to_have_text(words, timeout=SLOW_MS)


async def test_a_key_opens_it_and_it_goes_where_an_alarm_is_chosen_without_being_a_console(floor: Served) -> None:
    page = await at_desk(floor)
    incident = await floor.house.press()
    window = await window_of(page)
    await says(window, "Follows Mieke Voorbeeld: no alarm selected")
    await holds(window, f"{DRAWN} === 1 && {WIDE_M} > 200000 && !{PLOT}.hold_render")
    await page.get_by_role("button", name=f"{DEVICE},").click()
    await says(window, f"Follows Mieke Voorbeeld: {DEVICE}")
    await holds(window, f"{WIDE_M} < 20000")
    await window.keyboard.press("0")
    await holds(window, f"{WIDE_M} > 200000")
    await window.keyboard.press("a")
    await expect(window.locator("#said")).to_contain_text("only looks")
    assert len(floor.house.consoles.watching()) == 1
    await page.goto("about:blank")
    await says(window, re.compile("^NO LONGER FOLLOWS Mieke Voorbeeld, since .* closed"))
    unseen = await floor.house.press("AMR-00777")
    await holds(window, f"{DRAWN} === 2")
    await asyncio.sleep(1)
    assert "presented" not in floor.now(unseen).times
    assert floor.now(incident).state == "raised"
    assert floor.house.consoles.watching() == ()
    assert floor.house.consoles.on_shift == 0


async def test_choosing_shows_an_alarm_as_it_was_left_and_nothing_moves_under_a_hand_or_past_a_walk(
    floor: Served,
) -> None:
    page = await at_desk(floor)
    for device, fix in (("AMR-00701", Fix(*GENT, 18.0)), ("AMR-00702", Fix(*NAMUR, 18.0))):
        await floor.house.press(device, fix=fix)
    await floor.house.report(PressReport(device="AMR-00703", press="hold"))
    queue = page.locator("#queue")
    pick = {n: queue.get_by_role("button", name=f"AMR-0070{n},") for n in (1, 2, 3)}

    def sees(at: tuple[float, float], width: str) -> str:
        x, y = to_mercator(*at)
        inside = f"{PLOT}.x_range.start < {x} && {x} < {PLOT}.x_range.end"
        return f"{inside} && {PLOT}.y_range.start < {y} && {y} < {PLOT}.y_range.end && {WIDE_M} {width}"

    await holds(page, f"{DRAWN} === 2 && {WIDE_M} > 200000 && !{PLOT}.hold_render")
    await pick[1].click()
    await holds(page, sees(GENT, "< 20000"))
    x, y = to_mercator(*GENT)
    await page.evaluate(
        f"{PLOT}.x_range.setv({{start: {x - 20000}, end: {x + 20000}}}),"
        f"{PLOT}.y_range.setv({{start: {y - 20000}, end: {y + 20000}}})"
    )
    await holds(page, sees(GENT, "> 39000"))
    await asyncio.sleep(0.5)  # the page tells where it looks once the view stands
    await pick[2].click()
    await holds(page, sees(NAMUR, "< 20000"))
    await pick[1].click()
    await holds(page, f"{sees(GENT, '> 39000')} && {WIDE_M} < 60000")
    await pick[3].click()
    await expect(page.locator("#map .nowhere")).to_have_text("NO POSITION")
    await holds(page, f"{WIDE_M} > 200000")
    await holds(page, "performance.now() > 2500")  # keys wait for a second after the window came
    # Past the second, and on to the first: the third came last. In one go, however slow the machine is.
    await page.evaluate(
        f"window.views = []; {PLOT}.x_range.change.connect(() => views.push([{PLOT}.x_range.start, {PLOT}.x_range.end]));"
        "for (let n = 0; n < 2; n++)"
        "  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowUp', bubbles: true}))"
    )
    await expect(page.locator("#case h2").filter(has_text="AMR-00701")).to_be_visible()
    await holds(page, f"{sees(GENT, '> 39000')} && {WIDE_M} < 60000")
    namur, _ = to_mercator(*NAMUR)
    near = f"views.some(([from, to]) => from < {namur} && {namur} < to && to - from < 100000)"
    assert not await page.evaluate(near), "what is walked past is not flown to"
    await expect(page.locator("#map .nowhere")).to_be_hidden()
    await page.locator("#map").hover()
    await page.mouse.wheel(0, -100)
    await pick[2].click()
    await asyncio.sleep(1)
    assert await page.evaluate(sees(GENT, "< 60000")), "a hand is on the map"
    await pick[2].dblclick()
    await holds(page, sees(NAMUR, "< 20000"))


async def test_it_is_locked_with_its_desk_and_goes_on_with_the_same_person_never_with_another(floor: Served) -> None:
    page = await at_desk(floor)
    await floor.house.press()
    window = await window_of(page)
    await page.get_by_role("button", name=f"{DEVICE},").click()
    await says(window, f"Follows Mieke Voorbeeld: {DEVICE}")
    await idle(floor, page)
    await says(window, re.compile("^NO LONGER FOLLOWS this desk, since .* locked"))
    await expect(window.locator("body")).not_to_contain_text("Mieke")
    await page.get_by_label("User name").focus()
    await sign_in_by_keyboard(page, "Mieke Voorbeeld")
    await says(window, f"Follows Mieke Voorbeeld: {DEVICE}")
    await page.get_by_role("button", name="Mieke Voorbeeld. Language").click()
    await page.get_by_role("button", name="Change operator").click()
    await sign_in_by_keyboard(page, "Sofie Proef")
    await says(window, re.compile("^NO LONGER FOLLOWS this desk, since .* somebody else is signed in there"))
    await window.get_by_role("button", name="Follow who is signed in now").click()
    await says(window, f"Follows Sofie Proef: {DEVICE}")


def test_it_says_that_it_lost_its_server_and_follows_again_when_that_is_back(desks: Desks, feed: Feed) -> None:
    page = desks.open(anew=True)
    feed.press("AMR-00019")
    choose(page, "AMR-00019")
    with page.context.expect_page() as opened:
        page.locator("#map").get_by_role("button", name="Layers").click()
        page.get_by_role("button", name="Map in its own window").click()
    window = opened.value
    follows = window.locator("#follows")
    sync_expect(follows).to_have_text(re.compile("^Follows Desk .*: AMR-00019$"), timeout=SLOW_MS)
    sync_holds(window, f"{PLACES} > 0")
    desks.centre.kill()
    sync_expect(follows).to_have_text(re.compile("^NO LONGER FOLLOWS Desk .* this window has lost its server"))
    desks.centre.start()
    sync_expect(follows).to_have_text(re.compile("^Follows Desk .*: AMR-00019$"), timeout=SLOW_MS)
    sync_holds(window, f"{PLACES} > 0")
    for one in (page, window):  # what stands on the map is the new server's too
        sync_expect(one.locator("#map .panel.place b")).to_have_text("PZ Gent")
        shown = one.locator("#map .choices").is_visible()
        one.locator("#map").get_by_role("button", name="Layers").click()
        sync_expect(one.locator("#map .choices")).to_be_visible(visible=not shown)
    page.close()
    sync_expect(follows).to_have_text(re.compile("^NO LONGER FOLLOWS Desk .* closed"))
    sync_holds(window, f"{PLACES} === 0")
    window.close()
