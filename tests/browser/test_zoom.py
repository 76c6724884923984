"""Pages at a zoom of 200 %: half as wide and high for a browser. Nothing overlaps, is cut off or cannot be reached."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from centre.assembly import Assembly
from centre.documents.devices import DeviceLists
from incidents import commands as do
from incidents.devices.listing import DeviceTests
from incidents.drills.desk import DrillRules
from incidents.messages import DeviceReport, Fix
from maps.zones import Zones
from reports.measures.history import History
from reports.measures.tallies import Tallies
from tests.browser.bench_parts import workbench
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.served import GHENT, SLOW_MS, Served, holds, served_past
from tests.browser.training import PASSWORD, TrainingRoom
from tests.dashboard.conftest import DEVICE, FewCases
from tests.dashboard.trainer.debrief.parts import debrief, page_of
from tests.feeds.buttons.frames import KEY
from tests.people import dispatcher

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
WHOLE = {"width": 1920, "height": 1080}
ZOOMED = ({"width": 960, "height": 540}, {"width": 683, "height": 384})  # of 1920x1080 and of 1366x768
FAULTS = (Path(__file__).parent / "zoom.js").read_text()


async def faults(page: Page) -> dict[str, list[str]]:
    """What is wrong with a page at 200 %, by the size of its window; it is left at 100 %."""
    await page.evaluate(FAULTS)
    await page.set_viewport_size(WHOLE)
    before = await page.evaluate("zoom.named()")
    wrong, there = {}, {}
    for size in ZOOMED:
        await page.set_viewport_size(size)
        await page.evaluate("zoom.settled()")
        name = f"{size['width']}x{size['height']}"
        there[name] = await page.evaluate("zoom.named()")
        wrong[name] = await page.evaluate("zoom.faults()")
    await page.set_viewport_size(WHOLE)
    await page.evaluate("zoom.settled()")
    # What a page of 100 % has no longer, because something came meanwhile, is not missed.
    kept = set(before).intersection(await page.evaluate("zoom.named()"))
    for name, found in wrong.items():
        found += [f"GONE: {one}" for one in sorted(kept.difference(there[name]))]
    return {name: found for name, found in wrong.items() if found}


@pytest.fixture
async def desk(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    """A desk with a past, seven open alarms, a technical one, an order to a zone and a feed that is down."""

    def more(parts: Assembly, history: History) -> dict[str, Any]:
        tallies = Tallies(parts.desk.board, parts.log.vault, history)
        lists = DeviceLists(desk=parts.desk, cases=FewCases(), tallies=tallies, times=DeviceTests(), bench=())  # type: ignore[arg-type]
        return {"devices": lists}

    people = {
        "Mieke Proef": "dispatcher",
        "Sofie Proef": "supervisor",
        "Tine Proef": "trainer",
        "Tech Proef": "technician",
        "Wacht Gent": "zone",
    }
    async with served_past(tmp_path, zones, people, more=more, drills=DrillRules()) as found:
        house = found.house
        house.cases.case = msgspec.structs.replace(house.cases.case, exclusions=())
        await house.press()
        for n in range(2, 8):
            await house.press(f"AMR-{n:05}", fix=Fix(51.05 - 0.2 * (n % 3), 3.72 + 0.3 * (n % 4), 18.0))
        await house.report(DeviceReport(device="AMR-00901", state="link_lost"))
        yield found


async def operator(desk: Served) -> AsyncIterator[tuple[str, Page]]:
    """The operator page: a form, a refusal, the rarer actions, the keys, finding; the feed is down."""
    page = await desk.page("Mieke Proef", **WHOLE)
    row = page.locator("#queue [data-incident]").filter(has_text=DEVICE)
    await row.click(position={"x": 60, "y": 20}, timeout=SLOW_MS)
    await expect(page.locator("#case .head h2")).to_contain_text(DEVICE)
    yield "an alarm nobody has", page
    await page.get_by_role("button", name=re.compile("^Acknowledge")).click()
    await expect(row).to_have_attribute("data-state", "acknowledged")
    await holds(page, "performance.now() > 2500")
    await page.keyboard.press("?")
    yield "the list of keys", page
    await page.keyboard.press("Escape")
    await page.locator(".actions .more").click()
    yield "the rarer actions", page
    await page.locator(".actions .more").click()
    await page.get_by_role("button", name=re.compile("^Close")).first.click()
    yield "the form of closing", page
    await page.get_by_role("button", name=re.compile("^Confirm")).press("Enter")
    yield "a form that is refused", page
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Other zone").click()
    yield "routing", page
    await page.keyboard.press("Escape")
    await page.keyboard.press("w")
    yield "who is on shift", page
    await page.keyboard.press("Escape")
    await page.keyboard.press("h")
    yield "raising", page
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    yield "finding", page


async def routed(desk: Served) -> None:
    me = dispatcher(desk.house.desk.pseudonym("Mieke Proef"))
    incident = desk.house.desk.board.of_device(DEVICE)[0]
    await desk.house.desk.command(do.Acknowledge(id="zoom-test-1", incident=incident.id), me)
    await desk.house.desk.command(do.Route(id="zoom-test-2", incident=incident.id, zone=GHENT), me)


async def supervisor(desk: Served) -> AsyncIterator[tuple[str, Page]]:
    await routed(desk)
    page = await desk.page("Sofie Proef", "/supervisor", **WHOLE)
    await expect(page.locator("#floor .row").first).to_be_visible(timeout=SLOW_MS)
    await expect(page.locator("#review .review .card").first).to_be_visible(timeout=SLOW_MS)
    yield "the review", page
    await page.locator("#floor .row .more:visible").first.click()
    yield "what can be done on the floor", page
    await page.locator("#floor .row .pick:not(:disabled)").first.click()
    await expect(page.locator("#opened .records tr").first).to_be_visible(timeout=SLOW_MS)
    yield "a timeline", page
    await page.keyboard.press("/")
    await page.keyboard.type("Voorbeeld open")
    await page.keyboard.press("Enter")
    yield "finding, with its question", page


async def zone(desk: Served) -> AsyncIterator[tuple[str, Page]]:
    await routed(desk)
    page = await desk.page("Wacht Gent", "/", **WHOLE)
    await expect(page.get_by_role("article").first).to_be_visible(timeout=SLOW_MS)
    yield "an order", page


async def others(desk: Served) -> AsyncIterator[tuple[str, Page]]:
    page = await desk.page("Tech Proef", "/bench", **WHOLE)
    await expect(page.locator("#device")).to_contain_text("No receiver", timeout=SLOW_MS)
    await page.goto(f"{desk.url}/devices")
    await expect(page.locator("table")).to_be_visible()
    yield "devices", page
    page = await desk.page("Tine Proef", "/drills", **WHOLE)
    await expect(page.get_by_label("Police zone")).to_be_visible(timeout=SLOW_MS)
    yield "drills", page
    await page.context.clear_cookies()
    await page.goto(f"{desk.url}/sign-in")
    await expect(page.get_by_label("Password")).to_be_visible()
    yield "sign-in", page
    page = await desk.page("Mieke Proef", **WHOLE)
    await expect(page.locator("#queue .row").first).to_be_visible(timeout=SLOW_MS)
    await page.goto(f"{desk.url}/sheet")
    await expect(page.locator("table").first).to_be_visible(timeout=SLOW_MS)
    yield "the handover sheet", page


@pytest.mark.parametrize("of", [operator, supervisor, zone, others], ids=lambda of: of.__name__)
async def test_at_200_percent_nothing_overlaps_is_cut_off_or_cannot_be_reached(
    desk: Served, of: Callable[[Served], AsyncIterator[tuple[str, Page]]]
) -> None:
    wrong = {name: found async for name, page in of(desk) if (found := await faults(page))}
    assert wrong == {}


async def test_the_bench_of_a_technician_is_whole_at_200_percent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with workbench(monkeypatch, tmp_path) as bench:
        page = await bench.bench(**WHOLE)
        bench.press()
        await page.locator("#devices .pick").filter(has_text="SBBT-002C").click()
        await page.get_by_label("Name", exact=True).fill(DEVICE)
        await page.get_by_label("Key", exact=True).fill(KEY.hex())
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name=DEVICE)).to_be_focused()
        bench.press()
        await expect(page.locator(".ways tbody tr").first).to_contain_text("NO SCREEN is there")
        await page.get_by_role("button", name="Test it").click()
        await expect(page.locator(".trial")).to_contain_text("Begin: the room knows")
        assert await faults(page) == {}


async def test_the_training_room_is_whole_at_200_percent(tmp_path: Path) -> None:
    room = TrainingRoom(tmp_path)
    wrong = {}
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            async for name, page in training(browser, room):
                if found := await faults(page):
                    wrong[name] = found
            await browser.close()
    finally:
        room.end()
    assert wrong == {}


async def training(browser: Browser, room: TrainingRoom) -> AsyncIterator[tuple[str, Page]]:
    """Recordings, a replay, an editor, an exercise with its trainee, a debrief that was saved."""
    page = await browser.new_page(viewport=WHOLE)
    await page.goto(f"{room.address}/trainer")
    await page.get_by_label("User name").fill("trainer")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Replay Mis-press in a bag")).to_be_visible(timeout=SLOW_MS)
    yield "recordings", page
    await page.get_by_role("button", name="Replay Mis-press in a bag").click()
    await expect(page.get_by_role("slider", name="Moment of the recording")).to_be_visible()
    yield "a replay", page
    await page.get_by_role("button", name="Scenarios", exact=True).click()
    yield "scenarios", page
    await page.get_by_role("button", name="Edit a copy: By car across three zones").click()
    ways = page.get_by_role("navigation", name="Parts of the scenario")
    await ways.get_by_role("button", name="Course").click()
    await expect(page.locator(".points-list input").first).to_be_visible()
    yield "the editor", page
    await page.get_by_role("button", name="Scenarios", exact=True).click()
    await page.get_by_role("button", name="Open an exercise: By car across three zones").click()
    await expect(page.locator(".code")).not_to_be_empty()
    trainee = await browser.new_page(viewport=WHOLE)
    await trainee.goto(f"{room.address}/join")
    await trainee.get_by_label("Code").fill(await page.locator(".code").inner_text())
    await trainee.get_by_label("Your name").fill("D. Eerste")
    yield "joining", trainee
    await trainee.get_by_role("button", name="Join").click()
    await expect(trainee.get_by_role("region", name="Alarm queue")).to_be_visible(timeout=SLOW_MS)
    await page.get_by_role("button", name="Start", exact=True).click()
    await trainee.locator("#queue .row .pick").first.click(timeout=SLOW_MS)
    yield "the console", page
    yield "a trainee's page", trainee
    saved = room.folder / "vigie-debrief.html"
    saved.write_text(page_of(debrief(title="A press in Gent")), encoding="utf-8")
    await page.goto(saved.as_uri())
    yield "a debrief", page
