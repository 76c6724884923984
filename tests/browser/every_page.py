"""Every page there is, in the states that a person sees it in: each is opened once and yielded by its name, to be looked at.

Everybody in them is invented.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from centre.assembly import Assembly
from centre.documents.devices import DeviceLists
from dashboard.access.settings import AccessTimes
from incidents import commands as do
from incidents import events as ev
from incidents.auditing.auditing import Auditing
from incidents.auditing.rules import AuditRules
from incidents.case_keeping import CaseKeeping
from incidents.devices.listing import DeviceTests
from incidents.drills.desk import DrillRules
from incidents.log.snapshot import snapshot
from incidents.log.verify import verify
from incidents.messages import DeviceReport, Fix
from incidents.roles import User
from maps.zones import Zones
from reports.measures.history import History
from reports.measures.tallies import Tallies
from tests.browser.bench_parts import workbench
from tests.browser.conftest import one_browser
from tests.browser.degraded_pages import degraded
from tests.browser.served import GHENT, KEPT, SLOW_MS, Served, holds, served_past
from tests.browser.training import PASSWORD, TrainingRoom
from tests.dashboard.access.conftest import PASSWORD as OPEN
from tests.dashboard.conftest import DEVICE, FewCases
from tests.dashboard.keeper.conftest import NUMBER, OTHER, RISK, CasesHouse, cases_house
from tests.dashboard.trainer.debrief.parts import debrief, page_of
from tests.feeds.buttons.frames import KEY
from tests.people import dispatcher

WHOLE = {"width": 1920, "height": 1080}
Pages = AsyncIterator[tuple[str, Page]]
# The map lies under its panels, an arrow to an alarm out of sight where there is room: one moves the map, or presses the row.
THE_MAP = ("bk-events", "div.canvas")
ON_THE_MAP = (*THE_MAP, "button.edge")


@asynccontextmanager
async def desk_with_a_past(folder: Path, zones: Zones, profile: Path | None = None) -> AsyncIterator[Served]:
    """A desk with incidents behind it and nothing open, a person of each role, and a feed that is down."""

    def more(parts: Assembly, history: History) -> dict[str, Any]:
        tallies = Tallies(parts.desk.board, parts.log.vault, history)
        lists = DeviceLists(desk=parts.desk, cases=FewCases(), tallies=tallies, times=DeviceTests(), bench=())  # type: ignore[arg-type]
        path = folder / "vigie.log"
        opens, checks = partial(snapshot, path), partial(verify, path)
        auditing = Auditing(parts.desk, opens, parts.log.vault, AuditRules(), checks)  # type: ignore[arg-type]
        keeping = CaseKeeping(parts.desk, FewCases(), None, None, zones.known, None)  # type: ignore[arg-type]  # its form alone is opened
        return {"devices": lists, "auditing": auditing, "keeping": keeping}

    people = {
        "Mieke Proef": "dispatcher",
        "Sofie Proef": "supervisor",
        "Tine Proef": "trainer",
        "Tech Proef": "technician",
        "Anna Proef": "auditor",
        "Wacht Gent": "zone",
    }
    times = AccessTimes(idle_min=60, shift_min=600)
    async with served_past(
        folder, zones, people, more=more, drills=DrillRules(), times=times, profile=profile
    ) as found:
        found.house.cases.case = msgspec.structs.replace(found.house.cases.case, exclusions=())
        yield found


async def alarms(desk: Served) -> None:
    """Seven open alarms, and a technical one."""
    await desk.house.press()
    for n in range(2, 8):
        await desk.house.press(f"AMR-{n:05}", fix=Fix(51.05 - 0.2 * (n % 3), 3.72 + 0.3 * (n % 4), 18.0))
    await desk.house.report(DeviceReport(device="AMR-00901", state="link_lost"))


async def operator(desk: Served) -> Pages:
    """The operator page: a form, a refusal, the rarer actions, the keys, another operator, finding; the map alone; locked."""
    page = await desk.page("Mieke Proef", **WHOLE)
    await expect(page.get_by_role("region", name="Alarm queue")).to_be_visible(timeout=SLOW_MS)
    yield "no alarm", page
    await alarms(desk)
    row = page.locator("#queue [data-incident]").filter(has=page.get_by_role("button", name=f"{DEVICE},"))
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
    await page.locator("#top .feed").click()
    yield "all of the feed's health", page
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name=re.compile("who works here")).click()
    yield "the person", page
    await page.get_by_role("button", name=re.compile("^Change operator")).click()
    await expect(page.get_by_role("heading", name="Change operator")).to_be_visible()
    yield "another operator", page
    await page.keyboard.press("Escape")
    await page.keyboard.press("h")
    yield "raising", page
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    yield "finding", page
    await page.keyboard.press("Escape")
    async with page.context.expect_page() as opened:
        await page.evaluate("document.dispatchEvent(new Event('vigie:map-window'))")
    window = await opened.value
    await window.set_viewport_size(WHOLE)
    await expect(window.locator("#follows")).to_contain_text("ollows", timeout=SLOW_MS)
    yield "the map in its window", window
    await window.close()
    desk.clock.pass_s(61 * 60)
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
    yield "a locked page", page


async def routed(desk: Served) -> None:
    """The first alarm is acknowledged and routed."""
    await alarms(desk)
    me = dispatcher(desk.house.desk.pseudonym("Mieke Proef"))
    incident = desk.house.desk.board.of_device(DEVICE)[0]
    await desk.house.desk.command(do.Acknowledge(id="zoom-test-1", incident=incident.id), me)
    await desk.house.desk.command(do.Route(id="zoom-test-2", incident=incident.id, zone=GHENT), me)


async def supervisor(desk: Served) -> Pages:
    """The supervisor page: floor and review, a timeline, finding."""
    await routed(desk)
    page = await desk.page("Sofie Proef", "/supervisor", **WHOLE)
    await expect(page.locator("#floor .alarm").first).to_be_visible(timeout=SLOW_MS)
    await expect(page.locator("#review .review .card").first).to_be_visible(timeout=SLOW_MS)
    yield "the review", page
    await page.locator("#floor .alarm .more:visible").first.click()
    yield "what can be done on the floor", page
    await page.locator("#floor .alarm .pick:not(:disabled)").first.click()
    await expect(page.locator("#opened .records tr").first).to_be_visible(timeout=SLOW_MS)
    yield "a timeline", page
    await page.keyboard.press("/")
    await page.keyboard.type("Voorbeeld open")
    await page.keyboard.press("Enter")
    await expect(page.locator(".find .reason button").first).to_be_focused(timeout=SLOW_MS)
    yield "finding, with its question", page


async def zone(desk: Served) -> Pages:
    """The page of a zone's desk."""
    await routed(desk)
    page = await desk.page("Wacht Gent", "/", **WHOLE)
    await expect(page.get_by_role("article").first).to_be_visible(timeout=SLOW_MS)
    yield "an order", page


async def others(desk: Served) -> Pages:
    """What is read more than worked on, and what stands where nobody is signed in."""
    await alarms(desk)
    page = await desk.page("Tech Proef", "/bench", **WHOLE)
    await expect(page.get_by_role("main")).to_contain_text("No receiver", timeout=SLOW_MS)
    yield "a bench without a receiver", page
    await page.goto(f"{desk.url}/devices")
    await expect(page.locator("table")).to_be_visible()
    yield "devices", page
    await page.goto(f"{desk.url}/supervisor")
    await expect(page.locator("main.no-role h1")).to_be_visible(timeout=SLOW_MS)
    yield "a page of another role", page
    page = await desk.page("Tine Proef", "/drills", **WHOLE)
    await expect(page.get_by_label("Police zone")).to_be_visible(timeout=SLOW_MS)
    yield "drills", page
    await page.context.clear_cookies()
    await page.goto(f"{desk.url}/sign-in")
    await expect(page.get_by_label("Password")).to_be_visible()
    yield "sign-in", page
    await page.get_by_label("User name").fill("Tech Proef")  # it is asked again with each language, and throttled
    await page.get_by_label("Password").fill("not the password")
    await page.keyboard.press("Enter")
    await expect(page.locator("#wrong")).to_be_visible()
    yield "a sign-in that is refused", page
    page = await desk.page("Mieke Proef", **WHOLE)
    await expect(page.locator("#queue .alarm").first).to_be_visible(timeout=SLOW_MS)
    await page.goto(f"{desk.url}/sheet")
    await expect(page.locator("table").first).to_be_visible(timeout=SLOW_MS)
    yield "the handover sheet", page
    await page.goto(f"{desk.url}/figures")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield "own figures", page


async def auditor(desk: Served) -> Pages:
    """The auditor page: everybody's looks, a row and a notice opened beside them, a name that is asked for."""
    await alarms(desk)
    who, incident = desk.house.desk.pseudonym("Mieke Proef"), desk.house.desk.board.of_device(DEVICE)[0]
    for n, need in enumerate(("unowned", "mine", "")):
        opened = ev.CaseOpened(role="dispatcher", need=need)  # type: ignore[arg-type]
        await desk.house.desk.note(f"incident/{incident.id}", opened, id=f"look-{n}-0000", actor=who)
    signed = ev.SignedIn(roles="supervisor", break_glass=True)
    await desk.house.desk.note("desk/access", signed, id="glass-0000", actor=who)
    auditing = desk.house.consoles.services.auditing
    assert auditing is not None
    reading = asyncio.create_task(auditing.run())
    try:
        page = await desk.page("Anna Proef", "/auditor", **WHOLE)
        await expect(page.locator("#list tbody tr").nth(3)).to_be_visible(timeout=SLOW_MS)
        await expect(page.locator("#beside h2")).to_be_visible(timeout=SLOW_MS)
        yield "everybody's looks", page
        await page.locator("#notices .pick").last.click()
        await _row(page)
        await page.keyboard.press("v")
        await expect(page.locator("#chain code")).to_be_visible(timeout=SLOW_MS)
        yield "a look and a notice", page
        await _row(page)  # whoever typed into a filter took it out of the list, and so it closed
        await page.locator("#beside .body > button").first.click()
        yield "whose name is asked for", page
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _row(page: Page) -> None:
    await expect(page.locator("#list tbody tr").first).to_be_visible(timeout=SLOW_MS)
    await page.locator("#list table").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#beside code")).to_be_visible(timeout=SLOW_MS)


async def keeper(folder: Path) -> Pages:
    """The cases and their lives: the list, a case with its forms, a step that is refused, the leaflet; a zone's list."""
    folder.mkdir(exist_ok=True)
    async with cases_house(folder, Zones.load()) as house, one_browser() as browser:
        await lives(house)
        page = await _signed_in(browser, house, "Kee Fictief")
        await expect(page.get_by_role("link", name=NUMBER)).to_be_visible()
        yield "the cases", page
        await page.get_by_role("link", name=NUMBER).click()
        await expect(page.locator(".doubt")).to_be_visible()
        yield "a case", page
        for one in await page.locator(".forms summary").all():
            await one.click()
        yield "the forms of a case", page
        await page.goto(page.url)
        await page.locator("summary", has_text="Replace the device").click()
        await page.locator("details[open] input[name=device]").fill("AMR-77777")
        await page.keyboard.press("Enter")
        await expect(page.locator(".refused")).to_be_visible()
        yield "a step that is refused", page
        await page.goto(f"{house.base}/leaflet")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        yield "the leaflet", page
        page = await _signed_in(browser, house, "Zon Fictief")
        await page.goto(f"{house.base}/cases")
        await page.get_by_role("link", name=OTHER).click()
        yield "a case as its zone sees it", page


async def lives(house: CasesHouse) -> None:
    """Steps of these cases, a doubt among them."""
    day = house.today.isoformat()
    decided = {"office": "Parket Voorbeeld", "reference": "FA 12/2026"}
    await house.take("granted", **decided, day=day, convention=day, zone="5415")
    await house.take("handed_over", device="AMR-0001", who="Insp. Fictief", day=day)
    await house.take("suspended", reference="FA 13/2026", text="abroad until Monday")
    await house.take("resumed")
    await house.take("suspended", number=OTHER, reference="FA 14/2026", text="in hospital")
    doubter = User(actor=house.desk.pseudonym("Dis Fictief"), roles=frozenset({"dispatcher"}), name="Dis Fictief")
    assert house.keeping is not None
    await house.keeping.take(NUMBER, "doubted", {"fact": RISK, "text": "he moved in May"}, doubter, id="doubt-0001")
    end = max(case.valid_until for case in house.register.all())
    house.pass_days((end - house.today).days - 20)


async def _signed_in(browser: Browser, house: CasesHouse, who: str) -> Page:
    page = await browser.new_page(viewport=WHOLE)
    await page.goto(f"{house.base}/sign-in")
    await page.get_by_label("User name").fill(who)
    await page.get_by_label("Password").fill(OPEN)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "sign-in" not in url)
    reads = partial(_reads, house, who)
    KEPT[page.context] = reads
    return page


def _reads(house: CasesHouse, who: str, language: str) -> None:
    house.accounts.prefer(who, lambda before: msgspec.structs.replace(before, language=language))


async def looker(desk: Served) -> Pages:
    """Another's alarm is looked at: the line that asks why, its answer, a fact that is doubted; why a file is taken."""
    incident = await desk.house.press()
    owner = dispatcher(desk.house.desk.pseudonym("Sofie Proef"))
    await desk.house.desk.command(do.Acknowledge(id="taken-by-another", incident=incident.id), owner)
    page = await desk.page("Mieke Proef", **WHOLE)
    await expect(page.locator("#queue .alarm").first).to_be_visible(timeout=SLOW_MS)
    await holds(page, "performance.now() > 2500")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#case > .asking")).to_contain_text("Why do you look at this case?")
    yield "why somebody looks, asked after it", page
    await page.locator("#case .flagging summary").click()
    await page.locator("#case .flagging textarea").fill("2026")
    yield "a fact that is doubted", page
    await page.get_by_role("button", name="Say why").click()
    await expect(page.locator("#case > .asking .reason")).to_be_visible()
    yield "why somebody looks, answered", page
    page = await desk.page("Tech Proef", "/devices", **WHOLE)
    await expect(page.locator("table")).to_be_visible()
    await page.goto(f"{desk.url}/devices.csv")
    await expect(page.locator(".reasons")).to_be_visible()
    yield "why a file is taken", page


OF_A_DESK: tuple[Callable[[Served], Pages], ...] = (operator, looker, supervisor, zone, auditor, others)


async def technician(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Pages:
    """A bench with a button that is tried, and the record of a test."""
    async with workbench(monkeypatch, folder) as bench:
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
        yield "a button", page


async def training(folder: Path) -> Pages:
    """The training room: recordings, a replay, an editor, an exercise with its trainee, progress, a debrief that was saved."""
    room = TrainingRoom(folder)
    try:
        async with one_browser() as browser:
            async for found in _training(browser, room):
                yield found
    finally:
        room.end()


async def _training(browser: Browser, room: TrainingRoom) -> Pages:
    page = await (await browser.new_context(viewport=WHOLE)).new_page()
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
    await trainee.locator("#queue .alarm .pick").first.click(timeout=SLOW_MS)
    yield "the console", page
    yield "a trainee's page", trainee
    paper = await page.context.new_page()
    await paper.goto(f"{room.address}/progress")
    await expect(paper.get_by_role("heading", level=1)).to_be_visible()
    yield "progress", paper
    saved = room.folder / "vigie-debrief.html"
    saved.write_text(page_of(debrief(title="A press in Gent")), encoding="utf-8")
    await paper.goto(saved.as_uri())
    yield "a debrief", paper
    for name, text in degraded().items():
        saved.write_text(text, encoding="utf-8")
        await paper.goto(saved.as_uri())
        yield name, paper
