"""The pictures of the sheets for users, in each language: the same centre, whose people are those of `demo/`, all invented.

One server a language, one order of events, no dice: what a picture shows depends on the code, its times on the clock alone.
"""

import asyncio
import contextlib
import io
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from playwright.async_api import Browser, Error, Locator, Page, expect

from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import Orders, Settings
from dashboard.access.signins import SignIns
from dashboard.documents.guide.page import PICTURES
from dashboard.i18n.words import words
from dashboard.shell.language import COOKIE
from demo import cases as demo
from demo.accounts import PASSWORD, demo_accounts
from demo.past import generate
from demo.towns import TOWNS
from feeds.gateway import Gateway
from feeds.orders.simulated_dispatch import Dispatch
from incidents import commands as do
from incidents.cases import import_cases
from incidents.cases.register import brussels_today
from incidents.clock import SystemClock
from incidents.incident import Incident
from incidents.roles import User
from incidents.shifts import ShiftTimes
from maps.zones import Zones
from reports.catalogue import LANGUAGES, translator
from tests.browser.training import PASSWORD as PASSWORD_OF_ROOM
from tests.browser.training import TrainingRoom
from tests.dashboard.scripts import DASHBOARD
from tests.guide_texts import FIRST, SCENARIO, TEXTS
from tests.waiting import LONG_S

LONG_MS = 120_000
WIDTH, HEIGHT = 1366, 768
SCALE = 1.15  # a picture's pixels for one of the page's: 210 dots an inch on paper
COLOURS = 16
HIGHEST = 580  # px of a part of a page
LOW = 660  # px of a page below which nothing stands
PAST = 400  # incidents behind the review
LIGHT = (
    (DASHBOARD / "shell/theme.css").read_text(encoding="utf-8").partition('[data-theme="light"] {')[2].partition("}")[0]
)
THEME = [
    part for colour in re.findall("#([0-9a-f]{6});", LIGHT) for part in bytes.fromhex(colour)
]  # a palette's beginning
MARK = """([marks]) => {
  for (const [n, selector, across, down, dx, dy] of marks) {
    const place = [...document.querySelectorAll(selector)].find((one) => one.getClientRects().length);
    if (!place) throw new Error(`nothing is ${selector}`);
    const box = place.getBoundingClientRect();
    const left = box.left + box.width * across + dx - 15;
    const top = box.top + box.height * down + dy - 15;
    const mark = document.createElement("b");
    mark.className = "guide-mark";
    mark.textContent = n;
    Object.assign(mark.style, { position: "fixed", left: `${left}px`, top: `${top}px`, zIndex: 9999,
      width: "30px", height: "30px", borderRadius: "50%", background: "#000", color: "#fff", border: "2px solid #fff",
      font: "700 19px/26px sans-serif", textAlign: "center", boxSizing: "border-box" });
    document.body.append(mark);
  }
}"""


# A number, of what, where in it as shares of its width and height, and how far from there in px.
Marks = Sequence[tuple[int, str, float, float, float, float]]


class Pages:
    """Light pages of a browser in a language, and the pictures of them."""

    def __init__(self, browser: Browser, language: str, url: str) -> None:
        self.browser, self.language, self.url = browser, language, url

    async def opened(self, to: str) -> Page:
        """A page, in a browser of its own."""
        context = await self.browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE, locale=self.language
        )
        cookies = {COOKIE: self.language, "vigie_theme": "light"}
        await context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        page = await context.new_page()
        await page.goto(f"{self.url}{to}")
        return page

    async def page(self, who: str, to: str = "/operator", password: str = PASSWORD) -> Page:
        """The same of somebody who signed in."""
        page = await self.opened(to)
        await page.locator("#username").fill(who)
        await page.locator("#password").fill(password)
        await page.keyboard.press("Enter")
        return page

    async def keep(
        self, page: Page, name: str, *shown: Locator, marks: Marks = (), low: int = 0, edge: int = 0
    ) -> None:
        """Keep a picture of the page, of its upper part (so high), or of where these parts of it stand, with numbers."""
        await page.wait_for_load_state("networkidle")
        if not shown:  # the machine was busy
            await expect(page.locator("body.lost")).to_have_count(0, timeout=LONG_MS)
            await page.keyboard.press("Shift")  # somebody is here: what was lost is said for a minute more
            await expect(page.locator(".was-lost").filter(has_text=":")).to_have_count(0, timeout=LONG_MS)
        await page.mouse.move(WIDTH - 2, HEIGHT - 2)
        await paused(page, 1500)
        for part in shown:
            await expect(part).to_be_visible(timeout=LONG_MS)
        boxes = [box for part in shown if (box := await part.bounding_box())]
        clip: Any = None
        if boxes:
            left, top = (min(box[side] for box in boxes) for side in ("x", "y"))
            right, bottom = (max(box[a] + box[b] for box in boxes) for a, b in (("x", "width"), ("y", "height")))
            left, top = max(left - edge, 0), max(top - edge, 0)
            right, bottom = min(right + edge, WIDTH), min(bottom + edge, HEIGHT, top + HIGHEST)
            clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        if low:
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": low}
        await page.evaluate(MARK, [marks])
        shot = await page.screenshot(clip=clip)
        if not shown and await page.locator("body.lost").count():  # while the picture was taken
            return await self.keep(page, name, marks=marks, low=low)
        await page.evaluate("document.querySelectorAll('b.guide-mark').forEach((mark) => mark.remove())")
        save(shot, self.language, name)


class Room(Pages):
    """A running centre of a language, its feed, and signed-in pages of a browser."""

    def __init__(self, browser: Browser, language: str, centre: Centre, gateway: Gateway, port: int) -> None:
        super().__init__(browser, language, f"http://localhost:{port}")
        self.centre, self.gateway = centre, gateway
        self.cases = sorted((case for case in centre.desk.cases.all() if case.devices), key=lambda case: case.number)
        self._made = 0

    async def press(self, place: int) -> Incident:
        """A press of the nth case, at its home."""
        home, device = self.cases[place].places[0], self.cases[place].devices[0]
        fix = {"lat": home.lat, "lon": home.lon, "radius": 14.0, "confidence": 68, "method": "gnss"}
        fix["time"] = SystemClock().now().isoformat()
        await self.gateway.publish({"kind": "press", "device": device, "press": "hold", "fix": fix})
        async with asyncio.timeout(LONG_S):
            while not (found := self.centre.desk.board.of_device(device)):
                await asyncio.sleep(0.05)
        return found[0]

    async def by(self, name: str, kind: Any, incident: Incident, **facts: Any) -> None:
        """A colleague does it."""
        self._made += 1
        user = User(actor=self.centre.desk.pseudonym(name), roles=frozenset({"dispatcher", "supervisor"}))
        await self.centre.desk.command(kind(id=f"guide-{self._made:04}", incident=incident.id, **facts), user)


def save(shot: bytes, language: str, name: str) -> None:
    """Keep a picture with few colours, without loss beyond that."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    # Few colours, and the theme's among them: red must not become brown because little of a picture is red.
    most = image.quantize(COLOURS, Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*THEME, *most[: 3 * COLOURS]])
    image = image.quantize(palette=palette, dither=Image.Dither.NONE)
    folder = PICTURES / language
    folder.mkdir(parents=True, exist_ok=True)
    image.convert("RGB").save(folder / f"{name}.webp", lossless=True, quality=80, method=4)


@contextlib.asynccontextmanager
async def room(browser: Browser, language: str, folder: Path, *, past: int = 0) -> AsyncIterator[Room]:
    """A centre of the language's region: its feed answers, its zones take orders and leave the answers to us."""
    first = [town for town in TOWNS if town.name == FIRST[language]]
    towns = (*first, *(town for town in TOWNS if town not in first))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "TOWNS", towns)
        demo.write_cases(folder / "cases.json", demo.demo_cases(brussels_today()))
    import_cases(folder / "cases.json", folder / "cases.db")
    if past:
        await asyncio.to_thread(generate, folder / "vigie.log", incidents=past, seed=1, locate=Zones.load().locate)
    gateway = Gateway("112-app", heartbeat_s=1.0)
    signins = SignIns(demo_accounts(folder / "vigie.users"), clock=SystemClock())
    async with contextlib.AsyncExitStack() as running:
        await gateway.start("127.0.0.1", 0)
        running.push_async_callback(gateway.stop)
        dispatch = Dispatch(gateway, seed=1, manned=lambda zone: True, clock=SystemClock())
        await dispatch.start()
        running.push_async_callback(dispatch.close)
        settings = Settings(
            feed=(gateway.url,),
            log=folder / "vigie.log",
            cases=folder / "cases.db",
            orders=Orders(url=dispatch.url),
            shift=ShiftTimes(bench_devices=()),
            port=0,
            centre=FIRST[language],
        )
        centre = await Centre.open(settings, signins=signins)
        running.push_async_callback(centre.close)
        centre.start()
        server = serve_pages(centre)
        running.callback(server.stop)
        yield Room(browser, language, centre, gateway, server.port)


Scene = Callable[[Room], Awaitable[None]]


async def operator(there: Room) -> None:
    """The operator page with its parts numbered; a case that says to listen only; rows that ask; the end of a connection."""
    page, _ = await there.page("dispatcher"), await there.page("dispatcher2")
    await expect(page.locator("#feed")).to_have_attribute("data-feed-state", "live", timeout=LONG_MS)
    hers, other, third = await there.press(0), await there.press(1), await there.press(2)
    row = page.locator(f'#queue [data-incident="{hers.id}"]')
    await row.click(timeout=LONG_MS)
    for key, state in (("a", "acknowledged"), ("l", "acknowledged"), ("r", "routed")):
        await page.keyboard.press(key)
        await expect(row).to_have_attribute("data-state", state, timeout=LONG_MS)
        await paused(page)  # an alarm that has just changed takes no action
    await there.by("dispatcher", do.Progress, hers, step="accepted")
    await there.by("dispatcher2", do.Acknowledge, other)
    await there.by("dispatcher2", do.Route, other, zone=there.cases[1].home_zone)
    await page.keyboard.press("g")
    await there.keep(page, "screen", marks=OPERATOR)
    await there.keep(page, "listen", page.locator("#case .listen-only"), page.locator("#case .likely"), edge=8)
    await there.by("dispatcher", do.Progress, hers, step="declined", reason=TEXTS[there.language].declined)
    first = page.locator(f'#queue [data-incident="{third.id}"]')
    await there.keep(page, "rows", page.locator("#queue > *").first, first, row)
    await page.context.set_offline(True)
    begins = words(translator(there.language))["lost"].partition("{")[0].strip()
    banner = page.get_by_role("alert").filter(has_text=begins)
    await expect(banner).to_be_visible(timeout=LONG_MS)
    save(await banner.screenshot(), there.language, "lost")


async def supervisor(there: Room) -> None:
    """The floor beside the review; the form that explains a missed target."""
    page = await there.page("supervisor", "/supervisor")
    theirs = await there.page("dispatcher")
    await expect(theirs.locator("#feed")).to_have_attribute("data-feed-state", "live", timeout=LONG_MS)
    await expect(page.locator("svg .zone").first).to_be_visible(timeout=LONG_MS)
    hers, other = await there.press(0), await there.press(1)
    await there.by("dispatcher", do.Acknowledge, other)
    for incident in (hers, other):
        await expect(page.locator(f'#floor [data-incident="{incident.id}"]')).to_be_visible(timeout=LONG_MS)
    await there.keep(page, "floor", marks=SUPERVISOR)
    await page.locator("#review .slowest tr[data-key] button").first.click()
    await page.locator(".pill.explain").click(timeout=LONG_MS)
    form = page.locator(".explain-form")
    await form.scroll_into_view_if_needed()
    await there.keep(page, "explain", page.locator(".scrub"), form)


async def trainer(browser: Browser, language: str, folder: Path) -> None:
    """The console of an exercise that runs; a scenario being drawn."""
    texts, t = TEXTS[language], words(translator(language))
    scenarios = folder / "training" / "scenarios"
    scenarios.mkdir(parents=True)
    (scenarios / "guide.yaml").write_text(SCENARIO.format(**msgspec.to_builtins(texts)), encoding="utf-8")
    house = TrainingRoom(folder)
    try:
        there = Pages(browser, language, house.address)
        page = await there.page("trainer", "/trainer", PASSWORD_OF_ROOM)
        await page.get_by_role("button", name=t["training.room.scenarios"], exact=True).first.click()
        await page.get_by_role("button", name=f"{t['scenarios.edit']}: {texts.title}", exact=True).click()
        await page.get_by_role("button", name=t["editor.course_tab"], exact=True).click()
        await expect(page.locator("#map svg.ways")).to_be_visible(timeout=LONG_MS)
        await paused(page)
        await page.get_by_role("button", name=t["maptools.fit"], exact=True).click()
        await there.keep(page, "scenario", low=LOW)
        await page.get_by_role("button", name=t["editor.run"], exact=True).click()
        await expect(page.locator("p.code")).not_to_be_empty()
        joined = await there.opened("/join")
        await joined.locator("input[name=code]").fill(await page.locator("p.code").inner_text())
        await joined.locator("input[name=name]").fill(texts.trainee)
        await joined.keyboard.press("Enter")
        await expect(joined.locator("#queue")).to_be_visible(timeout=LONG_MS)
        await expect(page.locator(".people li")).to_have_count(1, timeout=LONG_MS)
        begun = page.get_by_role("button", name=t["console.pause"], exact=True)
        for _ in range(20):  # while the page says that it has no server, its trainer presses again
            if await begun.is_visible():
                break
            with contextlib.suppress(Error):
                await page.get_by_role("button", name=t["console.start"], exact=True).click(timeout=5000)
            await paused(page)
        row = joined.locator("#queue [data-incident]").first
        await row.click(timeout=LONG_MS)
        await paused(joined)
        await joined.keyboard.press("a")
        await expect(row).to_have_attribute("data-state", "acknowledged", timeout=LONG_MS)
        await page.bring_to_front()
        await there.keep(page, "console", marks=TRAINER, low=LOW)
    finally:
        house.end()


async def paused(page: Page, ms: int = 1000) -> None:
    """Let the page draw; its own content policy allows no evaluation that waits inside it."""
    await page.evaluate("(ms) => new Promise((passed) => setTimeout(passed, ms))", ms)


OPERATOR: Marks = (
    (1, "#feed", 0.3, 1.0, 0, 0),
    (2, "#console .shift", 0.5, 1.0, 0, 0),
    (3, "#queue > *", 0.84, 0.0, 0, 20),
    (4, "#queue [data-incident]", 0.035, 0.0, 0, 72),
    (5, "#map", 0.06, 0.62, 0, 0),
    (6, "#case .pinned, #case .facts", 0.0, 0.0, -8, 20),
    (7, "#case .buttons.likely", 0.0, 0.5, -8, 0),
    (8, "#top .who", 0.5, 1.0, 0, 0),
)
SUPERVISOR: Marks = (
    (1, "#floor .open > *", 0.88, 0.5, 0, 0),
    (2, "#floor [data-incident]", 0.055, 0.0, 0, 66),
    (3, "#floor dl.health", 0.0, 0.0, 0, 20),
    (4, "#floor ul.people", 0.0, 0.0, 0, 10),
    (5, "#filters fieldset", 0.95, 0.0, 0, 6),
    (6, "#review .card", 0.94, 0.0, 0, 26),
    (7, "#top .tools > *", 0.5, 1.0, 0, 8),
)
TRAINER: Marks = (
    (1, "#side .elapsed", 0.92, 0.5, 0, 0),
    (2, "#side p.code", 0.97, 0.0, 0, -12),
    (3, "#side ul.people", 0.9, 0.9, 0, 0),
    (4, "#map", 0.08, 0.62, 0, 0),
    (5, "#strip", 0.5, 0.0, 0, 50),
    (6, "ul.injects", 1.0, 0.0, -6, 0),
    (7, "textarea", 1.0, 0.5, -24, 0),
)


SCENES: dict[str, tuple[Scene, int]] = {"operator": (operator, 0), "supervisor": (supervisor, PAST)}


async def main(browser: Browser, wanted: str) -> None:
    """Make those of `guide`, of `guide-fr`, or of `guide-fr-operator` alone."""
    for language in LANGUAGES:
        for name in (*SCENES, "trainer"):
            if not f"guide-{language}-{name}".startswith(wanted):
                continue
            with tempfile.TemporaryDirectory() as folder:
                if name == "trainer":
                    await trainer(browser, language, Path(folder))
                    continue
                scene, past = SCENES[name]
                async with room(browser, language, Path(folder), past=past) as there:
                    await scene(there)
