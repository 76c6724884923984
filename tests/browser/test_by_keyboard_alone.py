"""A whole incident by keyboard and accessibility tree alone, in a language: heard, taken, listened to, routed, followed, handed
over, noted, classified, closed. Nothing here knows a class, an id or a place on the screen: a screen reader has roles and names.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from dashboard.i18n.words import words
from maps.zones import Zones
from reports.catalogue import translator
from tests.browser.conftest import on_one_loop
from tests.browser.served import SLOW_MS, Served, holds, served
from tests.dashboard.conftest import DEVICE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
LANGUAGES = ("fr", *(pytest.param(one, marks=pytest.mark.prove) for one in ("nl", "de", "en")))
MIEKE, JAN = "Mieke Voorbeeld", "Jan Fictief"
MOST_TABS = 120


@on_one_loop
async def desk(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    async with served(tmp_path, zones, {MIEKE: "dispatcher", JAN: "dispatcher"}) as desk:
        yield desk


class Desk:
    """One person before one page, who has a keyboard and hears what the page calls its parts."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.words = page, words(translator(language))

    def named(self, role: str, name: str, within: str = "") -> Locator:
        """What has this role and a word of the catalogue in its name, wherever a language puts it, in a region of that name."""
        place = self.page.get_by_role("region", name=self.words[within]) if within else self.page
        words = self.words["send_to" if name == "do.route" else name].split("{")[0].strip()
        word = re.compile(rf"(^|\W){re.escape(words)}(?!\w)", re.IGNORECASE)
        return place.get_by_role(role, name=word)  # type: ignore[arg-type]

    async def reads(self, text: str | re.Pattern[str], within: str = "case") -> None:
        """A region of this page says so."""
        region = self.page.get_by_role("region", name=self.words[within])
        await expect(region).to_contain_text(text, timeout=SLOW_MS)

    async def go(self, target: Locator) -> None:
        """Walk there by the tabulator."""
        await expect(target).to_be_visible()
        came = "0"
        for _ in range(MOST_TABS):
            if await target.evaluate("(one) => one === one.getRootNode().activeElement"):
                # Who walked through the browser's own bar is back in this window: letters act again after a second.
                await holds(self.page, f"performance.now() > {came}")
                return
            if await self.page.evaluate("document.activeElement === document.body"):
                came = f"{await self.page.evaluate('performance.now()') + 1100}"
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"the tabulator leads to no {target}")

    async def ready(self, name: str) -> Locator:
        """A button of the case that acts now, in the list of everything else where it is not likely."""
        target = (
            self.named("button", name, "case").and_(self.page.locator("[aria-disabled=false], [aria-expanded]")).first
        )
        await expect(self.page.locator("#case .set")).to_have_attribute("data-held", "no")
        if await target.is_hidden() and await self.named("button", "more", "case").is_visible():
            await self.page.keyboard.press(",")
        await expect(target).to_be_visible(timeout=SLOW_MS)
        return target

    async def press(self, name: str) -> None:
        """Walk to a button, and press it."""
        await self.go(await self.ready(name))
        await self.page.keyboard.press("Enter")

    async def key(self, name: str) -> None:
        """Press the key that a button says of itself."""
        button = await self.ready(f"do.{name}")
        await self.page.keyboard.press(str(await button.get_attribute("aria-keyshortcuts")))

    async def step(self, name: str, state: str = "") -> None:
        """Do it by key, and read that it is so."""
        await self.key(name)
        await self.reads(f"{self.words[f'state.{state or name}']} · ")

    async def confirm(self) -> None:
        """The desk asks whether it is meant: the answer has the focus."""
        again = self.named("button", "confirm.all_the_same", "case")
        await expect(again).to_be_focused()
        await expect(again).to_have_attribute("aria-disabled", "false")
        await self.page.keyboard.press("Enter")

    async def pick(self, list_: str, name: str) -> None:
        """One of a list that opens, by typing it."""
        found = self.page.get_by_role("combobox", name=self.words[list_])
        await self.go(found)
        await self.page.keyboard.type(self.words[name])
        await expect(found.get_by_role("option", name=self.words[name], selected=True)).to_have_count(1)

    async def choose(self, name: str) -> None:
        """One of a group of choices, by its words: the tabulator into the group, arrows within."""
        wanted = self.page.get_by_role("radio", name=re.compile(rf"^{re.escape(name)}\b"))
        group = self.page.get_by_role("radio").and_(self.page.locator(f"[name='{await wanted.get_attribute('name')}']"))
        focused = "(one) => one === document.activeElement"
        for _ in range(MOST_TABS):
            if any([await one.evaluate(focused) for one in await group.all()]):
                break
            await self.page.keyboard.press("Tab")
        for _ in range(await group.count()):
            if await wanted.evaluate(focused):
                break
            await self.page.keyboard.press("ArrowDown")
        await expect(wanted).to_be_focused()
        if not await wanted.is_checked():
            await self.page.keyboard.press("Space")
        await expect(wanted).to_be_checked()

    async def write(self, label: str, text: str) -> None:
        await self.go(self.page.get_by_role("textbox", name=re.compile(rf"^{re.escape(self.words[label])}")).first)
        await self.page.keyboard.type(text)

    async def send(self) -> None:
        await self.page.keyboard.press("Control+Enter")


async def desk_of(served: Served, who: str, language: str) -> Desk:
    """Somebody who reads this language, signed in; their keys wait for a second after the window came."""
    served.reads(who, language)
    page = await served.page(who)
    found = Desk(page, language)
    await expect(page.get_by_role("region", name=found.words["queue"])).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_role("button", name=found.words["sound_armed"])).to_be_visible(timeout=SLOW_MS)
    await holds(page, "performance.now() > 2500")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_incident_is_worked_from_the_press_to_its_closing_by_keyboard_and_names_alone(
    desk: Served, language: str
) -> None:
    mieke, jan = await desk_of(desk, MIEKE, language), await desk_of(desk, JAN, language)
    keyboard = mieke.page.keyboard
    await desk.house.well()
    incident = await desk.house.press()

    # Heard, and said to who does not see it; one key leads there.
    await holds(mieke.page, "listen() ?? loudest > 0.01")
    await mieke.reads(DEVICE, "queue")
    live = mieke.page.get_by_role("status").filter(has_text=mieke.words["unowned_n"].format(n=1))
    await expect(live.first).to_be_visible()
    await keyboard.press("u")
    await expect(mieke.page.get_by_role("heading", name=DEVICE).first).to_be_visible()
    await mieke.step("acknowledge", "acknowledged")
    await expect(jan.page.get_by_role("region", name=jan.words["queue"])).to_contain_text(MIEKE)
    await mieke.press("do.listen")
    # Her case excludes the likeliest zone: the next stands first, as 1.
    await mieke.reads(mieke.words["why.excluded"])
    await keyboard.press("1")
    await mieke.step("route", "routed")
    await mieke.step("en_route")
    await mieke.step("on_scene")

    # Handed over; the colleague hears of it and accepts by the button's name.
    await mieke.press("more")
    await mieke.key("hand_over")
    await mieke.choose(JAN)
    await mieke.send()
    await expect(jan.page.get_by_role("region", name=jan.words["queue"])).to_contain_text(jan.words["offered_you"])
    await jan.page.keyboard.press("ArrowDown")
    await expect(jan.page.get_by_role("heading", name=DEVICE).first).to_be_visible()
    await jan.press("do.accept_hand_over")
    await expect(mieke.page.get_by_role("region", name=mieke.words["queue"])).to_contain_text(JAN)

    # And closed by the colleague.
    await jan.key("safe")
    await jan.confirm()
    await jan.reads(f"{jan.words['state.safe']} · ")
    await jan.key("note")
    await jan.page.keyboard.type("she is with her sister")
    await jan.send()
    await jan.reads("she is with her sister")
    await jan.key("classify")
    await jan.choose(jan.words["class.real"])
    await jan.send()
    await jan.reads(f" · {jan.words['class.real']} · ")
    await jan.key("close")
    await jan.pick("field_outcome", "outcome.victim_safe")
    await jan.write("field_reason", "seen by the patrol")
    await jan.send()
    await jan.reads(f"{jan.words['state.closed']} · ")
    assert desk.now(incident).state == "closed"
