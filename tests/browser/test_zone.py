"""The page of a zone's desk: an order comes and is heard, is answered there, and the operator sees the answer."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page, expect

from incidents import commands as do
from incidents.incident import Incident
from incidents.messages import UnitReport
from maps.zones import Zones
from tests.browser.conftest import on_one_loop
from tests.browser.served import GHENT, SLOW_MS, Served, served
from tests.people import dispatcher
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
DEINZE = "5416"


class Zone:
    """A desk, and the page of the zone of Ghent, signed in by keyboard."""

    def __init__(self, desk: Served, page: Page) -> None:
        self.house, self.now, self.page = desk.house, desk.now, page
        self._n = 0

    def id(self) -> str:
        self._n += 1
        return f"zone-test-{self._n:04d}"

    async def routed(self, zone: str = GHENT) -> Incident:
        incident = await self.house.press()
        me = dispatcher(self.house.desk.pseudonym("Mieke Voorbeeld"))
        await self.house.desk.command(do.Acknowledge(id=self.id(), incident=incident.id), me)
        await self.house.report(UnitReport(unit="GENT-21", zone=zone, status="available"))
        order = do.Route(id=self.id(), incident=incident.id, zone=zone, asked_unit="GENT-21")
        after = await self.house.desk.command(order, me)
        assert after is not None
        return after


@on_one_loop
async def zone(tmp_path: Path, zones: Zones) -> AsyncIterator[Zone]:
    async with served(tmp_path, zones, {"Wacht Gent": "zone"}) as desk:
        cases = desk.house.cases
        cases.case = msgspec.structs.replace(cases.case, exclusions=())  # no zone is kept from it
        page = await desk.page("Wacht Gent", "/")
        await expect(page.get_by_role("heading", name="Orders for PZ Gent")).to_be_visible(timeout=SLOW_MS)
        yield Zone(desk, page)


async def test_an_order_is_heard_and_answered_by_keyboard_and_others_are_not_seen(zone: Zone) -> None:
    page = zone.page
    await expect(page.get_by_text("No order for this zone")).to_be_visible()
    await expect(page.get_by_text("Sound on")).to_be_visible()
    incident = await zone.routed()
    card = page.get_by_role("article")
    await expect(card).to_have_attribute("data-state", "waiting")
    for words in ("AMR-00412", "A. Voorbeeld", "hunting rifle", "Listen only", "do not call her", "Gent"):
        await expect(card).to_contain_text(words)
    await expect(card).to_contain_text("Unit asked forGENT-21")
    top = [(await card.locator(part).bounding_box() or {})["y"] for part in (".danger", ".where", ".point", ".heed")]
    assert top == sorted(top), "a weapon, the place, the coordinates, the rest"
    await expect(card.locator(".danger")).to_contain_text("WEAPON: hunting rifle")
    await expect(card.locator(".where")).to_contain_text("Gent")
    for kept in ("tulip", "winter", "brother"):  # the words agreed and who may not see the case stay at the desk
        await expect(page.locator("body")).not_to_contain_text(kept)
    async with asyncio.timeout(20):
        while not await page.evaluate("(window.listen(), window.loudest > 0.01)"):
            await asyncio.sleep(0.05)
    await card.get_by_role("button", name="Accept").focus()
    await page.keyboard.press("Enter")
    await expect(card).to_have_attribute("data-state", "accepted")
    await until(lambda: zone.now(incident).state == "accepted")
    await card.get_by_label("Unit").fill("Gent 12")
    await card.get_by_role("button", name="On scene").focus()
    await page.keyboard.press("Enter")
    await until(lambda: zone.now(incident).state == "on_scene")
    unit = zone.now(incident).unit
    assert unit is not None
    assert unit.unit == "Gent 12"


async def test_an_order_declined_needs_a_reason_and_one_that_goes_elsewhere_is_confirmed_as_stand_down(
    zone: Zone,
) -> None:
    page = zone.page
    incident = await zone.routed()
    card = page.get_by_role("article")
    await card.get_by_role("button", name="Decline").click()
    await expect(card.get_by_label("Reason")).to_be_focused()
    assert zone.now(incident).state == "routed"
    me = dispatcher(zone.house.desk.pseudonym("Mieke Voorbeeld"))
    await card.get_by_label("Unit").fill("Gent 12")
    await card.get_by_role("button", name="En route").click()
    await until(lambda: zone.now(incident).state == "en_route")
    await zone.house.desk.command(do.Route(id=zone.id(), incident=incident.id, zone=DEINZE, anyway=True), me)
    await expect(card).to_have_attribute("data-state", "rerouted")
    await expect(card.get_by_role("heading")).to_have_text("STAND DOWN · AMR-00412")
    await expect(card.locator(".where")).to_have_text("Gent · unit Gent 12")
    await expect(page.locator("body")).not_to_contain_text("A. Voorbeeld")
    await expect(page).to_have_title("(1) ▲ Vigie")  # it sounds until it is noted
    await card.get_by_role("button", name="Noted: unit Gent 12 is told to stand down").click()
    await expect(card).to_contain_text("the order went to another zone · noted")
    await expect(card.get_by_role("button")).to_have_count(0)
    assert zone.now(incident).standing_down == ()
    await zone.house.desk.command(do.Route(id=zone.id(), incident=incident.id, zone=GHENT), me)
    await expect(card).to_have_attribute("data-state", "waiting")
    await card.get_by_label("Reason").fill("no unit is free")
    await card.get_by_role("button", name="Decline").click()
    await until(lambda: zone.now(incident).realarm == "declined")
    await expect(page.get_by_role("article")).to_have_count(0)


async def test_every_order_that_waits_is_counted_and_one_key_away_and_the_newest_is_in_sight(zone: Zone) -> None:
    page = zone.page
    await page.set_viewport_size({"width": 1366, "height": 768})
    await zone.routed()
    cards = page.get_by_role("article")
    await expect(cards).to_have_count(1)
    me = dispatcher(zone.house.desk.pseudonym("Mieke Voorbeeld"))
    words = "<b>a neighbour hears shouting</b>"
    said = do.Raise(id=zone.id(), place="Ledeberg", zone=GHENT, reason=words)
    raised = await zone.house.desk.command(said, me)
    assert raised is not None
    await zone.house.desk.command(do.Route(id=zone.id(), incident=raised.id, zone=GHENT), me)
    await expect(cards).to_have_count(2)
    await expect(cards.nth(1)).to_be_in_viewport(ratio=0.9)
    await expect(cards.nth(1).locator(".said")).to_have_text(f"Said by who raised it: {words}")
    count = page.get_by_role("button", name="2 orders to answer")
    await expect(count).to_be_in_viewport()
    await page.keyboard.press("n")
    await expect(cards.nth(0)).to_be_focused()
    await expect(cards.nth(0).get_by_role("heading")).to_be_in_viewport()
    await count.click()
    await expect(cards.nth(1)).to_be_focused()
    await cards.nth(1).get_by_label("Unit").press_sequentially("Gent 1n")
    await expect(cards.nth(1).get_by_label("Unit")).to_be_focused()  # a letter that is typed is no key
    await cards.nth(1).get_by_role("button", name="Accept").click()
    await expect(page.get_by_role("button", name="1 order to answer")).to_be_visible()
    await cards.nth(0).get_by_role("button", name="Accept").click()
    await expect(page.locator("#unanswered button")).to_be_hidden()


async def test_a_card_says_where_she_is_to_a_patrol_by_copying_and_by_spelling_until_nobody_is_to_go_there(
    zone: Zone,
) -> None:
    page = zone.page
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    zone.house.consoles.services.whereabouts._open()
    incident = await zone.routed()
    card = page.get_by_role("article")
    await expect(card.locator(".where")).to_contain_text("bij ")  # as its zone speaks
    words = await card.locator(".where").inner_text()
    map = card.get_by_role("img", name=f"Map of the streets about her: {words} · 51.05360, 3.72530")
    await expect(map).to_be_in_viewport(ratio=1)
    await expect(map.locator("path.street").first).to_have_attribute("d", re.compile("^M"))
    await expect(card.locator(".map .note")).to_contain_text(
        re.compile("OpenStreetMap.*Addresses © Informatie Vlaanderen")
    )
    await page.keyboard.press("Shift+C")
    await expect(page.locator("#said")).to_have_text("Where AMR-00412 is: copied.")
    line = await page.evaluate("navigator.clipboard.readText()")
    assert line == f"{await card.locator('.where').inner_text()} · 51.05360, 3.72530"
    await page.keyboard.press("Shift+N")
    panel = card.get_by_role("region", name="Spelled")
    await expect(panel).to_be_in_viewport(ratio=1)
    street = await panel.get_by_role("list").first.get_attribute("aria-label")
    assert street and f"bij {street}" in line
    await expect(panel.get_by_role("listitem").first).to_have_text(re.compile(f"^{street[0]} {street[0]}[a-z-]+$"))
    await page.keyboard.press("?")
    await expect(page.get_by_role("region", name="Keys")).to_contain_text("spell where she is")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")  # without Shift it is the way to the next order
    await expect(card).to_be_focused()
    await expect(panel).to_be_visible()
    me = dispatcher(zone.house.desk.pseudonym("Mieke Voorbeeld"))
    await zone.house.desk.command(do.CancelOrder(id=zone.id(), incident=incident.id, reason="over"), me)
    await expect(card).to_have_attribute("data-state", "cancelled")
    await expect(panel).to_have_count(0)
    await page.keyboard.press("Shift+N")
    await expect(map).to_have_count(0)
    await expect(card.locator(".map path")).to_have_count(0)
    assert "51.05360" not in await card.inner_html()


async def test_a_page_left_alone_counts_and_sounds_what_waits_and_names_nobody(zone: Zone) -> None:
    page = zone.page
    await zone.routed()
    await expect(page.get_by_role("article")).to_contain_text("A. Voorbeeld")
    zone.house.clock.pass_s(9 * 3600)
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_text("Orders waiting for an answer: 1.")).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("Voorbeeld")
    await expect(page).to_have_title("(1) ▲ Vigie")
