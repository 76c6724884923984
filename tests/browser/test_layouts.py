"""The keys of the operator page on the keyboards of Belgium, by real key events; as a person has them: off, with Alt, changed."""

import json
from pathlib import Path

import pytest
from playwright.async_api import CDPSession, Locator, Page, expect

from maps.zones import Zones
from tests.browser.reach import UNREACHED, unreached
from tests.browser.served import SLOW_MS, Served, holds, served
from tests.dashboard.conftest import DEVICE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
LAYOUTS = json.loads((Path(__file__).parents[1] / "dashboard" / "layouts.json").read_text(encoding="utf-8"))
ALT, CONTROL, SHIFT = 1, 2, 8
MIEKE, JAN = "Mieke Voorbeeld", "Jan Fictief"


class Keyboard:
    """Real keys of one layout, through the browser's own input."""

    def __init__(self, line: CDPSession, layout: str) -> None:
        self._line, self._writes = line, LAYOUTS[layout]

    async def press(self, writes: str, *, held: int = 0, times: int = 1, composed: bool = False) -> None:
        """Press the key that writes this, with Shift where it takes that; `held`: modifiers beside, `times`: as it repeats."""
        code, shift = next(
            (code, n) for code, keys in self._writes.items() for n, key in enumerate(keys) if key == writes
        )
        facts = {"code": code, "key": "Process" if composed else writes, "modifiers": held | (SHIFT if shift else 0)}
        if composed:
            facts["windowsVirtualKeyCode"] = 229
        text = {} if writes == "Dead" or held or composed else {"text": writes}
        for n in range(times):
            await self._line.send("Input.dispatchKeyEvent", {"type": "keyDown", **facts, **text, "autoRepeat": n > 0})
        await self._line.send("Input.dispatchKeyEvent", {"type": "keyUp", **facts})


def acknowledge(page: Page) -> Locator:
    return page.get_by_role("region", name="Case").get_by_role("button", name="Acknowledge").first


async def ready(desk: Served, who: str) -> Page:
    page = await desk.page(who)
    await expect(page.get_by_role("button", name="Sound on")).to_be_visible(timeout=SLOW_MS)
    await holds(page, "performance.now() > 2500")
    return page


async def test_keys_are_the_layouts_own_and_nothing_that_is_composed_or_held_is_one(
    tmp_path: Path, zones: Zones
) -> None:
    async with served(tmp_path, zones, {MIEKE: "dispatcher"}) as desk:
        await desk.house.well()
        page = await ready(desk, MIEKE)
        line = await page.context.new_cdp_session(page)
        keys, find = page.get_by_role("region", name="Keys"), page.get_by_role("search")
        for layout in LAYOUTS:
            keyboard = Keyboard(line, layout)
            incident = await desk.house.press(f"AMR-{layout}")
            await expect(page.get_by_role("region", name="Alarm queue")).to_contain_text(f"AMR-{layout}")
            await keyboard.press("u")
            await expect(page.get_by_role("heading", name=f"AMR-{layout}").first).to_be_visible()
            button = acknowledge(page)
            await expect(button).to_have_attribute("aria-disabled", "false")
            await keyboard.press("Dead")
            await keyboard.press("a")  # it writes "á" or "â"
            await keyboard.press("a", held=ALT | CONTROL)  # AltGr, as Windows tells it
            await keyboard.press("a", composed=True)
            await expect(acknowledge(page)).to_be_visible()
            await keyboard.press("?")
            await expect(keys).to_be_visible()
            assert desk.now(incident).state == "raised", layout
            await keyboard.press("?", times=2)  # held: it closes and stays closed
            await expect(keys).to_have_count(0)
            await keyboard.press("/")
            await expect(find).to_be_visible()
            await page.keyboard.press("Escape")
            await page.keyboard.press("Escape")
            await keyboard.press("a")
            await expect(page.get_by_role("region", name="Case")).to_contain_text("acknowledged · MINE")
            await keyboard.press("h")
            await expect(page.get_by_role("heading", name="Raise an alarm by hand")).to_be_visible()
            await page.keyboard.press("Escape")


async def test_a_persons_keys_go_with_the_account_and_never_collide(tmp_path: Path, zones: Zones) -> None:
    async with served(tmp_path, zones, {MIEKE: "dispatcher", JAN: "dispatcher"}) as desk:
        await desk.house.well()
        here, there, other = await ready(desk, MIEKE), await ready(desk, MIEKE), await ready(desk, JAN)
        incident = await desk.house.press()
        for page in (here, there, other):
            await expect(page.get_by_role("region", name="Alarm queue")).to_contain_text(DEVICE)
            await page.keyboard.press("u")
            await expect(page.get_by_role("heading", name=DEVICE).first).to_be_visible()
        acts = [acknowledge(page) for page in (here, there, other)]
        keys = here.get_by_role("region", name="Keys")
        await expect(acts[0]).to_have_text("AcknowledgeA")

        # Off, by no letter at all: the button at the foot, then the choice. Nothing is written on a button any more.
        await here.get_by_role("button", name="Keys").press("Enter")
        await keys.get_by_role("button", name="Change keys").press("Enter")
        await keys.get_by_role("radio", name="does nothing").check()
        for page, act in zip((here, there), acts, strict=False):
            await expect(act).not_to_have_attribute("aria-keyshortcuts", "A")
            shown = "[...document.querySelectorAll('kbd[data-key-of]')].filter((one) => one.getClientRects().length)"
            await holds(page, f"{shown}.filter((one) => !one.closest('.keys')).length === 0")
        await expect(acts[2]).to_have_attribute("aria-keyshortcuts", "A")
        await there.keyboard.press("a")
        await there.keyboard.press("?")
        await there.keyboard.press("Alt+a")
        await expect(there.get_by_role("region", name="Keys")).to_have_count(0)
        assert desk.now(incident).state == "raised"

        # What another thing has is refused and said; a free key is taken, on both pages, and stays after a reload.
        await keys.get_by_role("radio", name="works with Alt").check()
        await keys.get_by_role("button", name="Acknowledge, key: Alt+A").press("Enter")
        await here.keyboard.press("r")
        await expect(keys.get_by_role("status")).to_have_text("R is the key of “Route”: nothing was changed.")
        await Keyboard(await here.context.new_cdp_session(here), "be").press("ù")
        await expect(keys.get_by_role("status")).to_have_text("“Acknowledge” is now Ù.")
        await expect(acts[1]).to_have_text("AcknowledgeAlt+Ù")
        assert unreached(await here.evaluate(UNREACHED)) == []
        await here.keyboard.press("Escape")
        await expect(keys).to_contain_text("Alt+Ù")
        await there.reload()
        await expect(acts[1]).to_have_attribute("aria-keyshortcuts", "Alt+Ù", timeout=SLOW_MS)
        await holds(there, "performance.now() > 2500")
        await expect(acts[1]).to_have_attribute("aria-disabled", "false")
        await there.keyboard.press("a")
        await there.keyboard.press("Alt+a")
        assert desk.now(incident).state == "raised"
        await Keyboard(await there.context.new_cdp_session(there), "be").press("ù", held=ALT)
        await expect(there.get_by_role("region", name="Case")).to_contain_text("acknowledged · MINE")

        # On paper stands the list alone, as it is; the map moves by keys while it has the focus.
        await here.evaluate("window.print = () => {}")
        await keys.get_by_role("button", name="Print").press("Enter")
        await here.emulate_media(media="print")
        await expect(here.get_by_role("region", name="Alarm queue")).to_be_hidden()
        await expect(here.get_by_role("heading", name="Vigie · Keys")).to_be_visible()
        await here.emulate_media(media="screen")
        await here.evaluate("window.dispatchEvent(new Event('afterprint'))")
        await keys.get_by_role("button", name="Hide the keys").press("Enter")
        wide = "(() => { const {x_range: x} = [...Bokeh.documents[0]._all_models.values()].find((one) => one.type === 'Figure');"
        east, width = f"{wide} return x.start; }})()", f"{wide} return x.end - x.start; }})()"
        canvas = here.get_by_role("application", name="Map: arrows move it, + and − zoom")
        before, span = await here.evaluate(east), await here.evaluate(width)
        await canvas.press("ArrowRight")
        await holds(here, f"{east} > {before}")
        await canvas.press("+")
        await holds(here, f"{width} < {span}")
