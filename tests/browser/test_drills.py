"""A vigilance drill as three people live it: proposed by a form, confirmed by keyboard, taken for an alarm, then gone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from centre.assembly import Assembly
from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import serve
from incidents.drills.desk import DrillRules
from incidents.health import FeedHealth
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.test_access import PASSWORD, QUICK, SLOW_MS, MovedClock
from tests.browser.test_heard import EAR
from tests.centre.parts import until
from tests.dashboard.conftest import FewCases, House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
STORY = "He was seen at the school gate. She whispers."


class Crew:
    """A desk, and a page each of a trainer, a supervisor and a dispatcher."""

    def __init__(self, house: House, trainer: Page, boss: Page, ann: Page) -> None:
        self.house, self.trainer, self.boss, self.ann = house, trainer, boss, ann


@pytest.fixture(scope="module")
def zones() -> Zones:
    return Zones.load()


@pytest.fixture
async def crew(tmp_path: Path, zones: Zones) -> AsyncIterator[Crew]:
    log = await SqliteLog.open(tmp_path / "vigie.log")
    clock, cases = MovedClock(), FewCases()
    accounts = Accounts(tmp_path / "vigie.users", hasher=QUICK)
    people = {"trainer": "Tine Fictief", "supervisor": "Sofie Fictief", "dispatcher": "Mieke Voorbeeld"}
    for role, name in people.items():
        accounts.add(name, [role], PASSWORD)
    signins = SignIns(accounts, clock=clock)
    parts = Assembly(log, zones, cases, clock, signins=signins, drills=DrillRules())
    desk, consoles = parts.desk, parts.consoles
    await desk.open()
    now = clock.now()
    await desk.feed_health(FeedHealth(name="112-app", state="live", since=now, heartbeat_at=now))
    consoles.start()
    server = serve(consoles, door=Door(lambda: signins, lambda: desk), port=0)
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        pages = []
        for role, path in (("trainer", "drills"), ("supervisor", "supervisor"), ("dispatcher", "operator")):
            page = await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
            await page.add_init_script(EAR)
            await page.goto(f"http://localhost:{server.port}/sign-in")
            await page.get_by_label("User name").fill(people[role])
            await page.get_by_label("Password").fill(PASSWORD)
            await page.keyboard.press("Enter")
            await page.wait_for_url(re.compile("operator"))
            await page.goto(f"http://localhost:{server.port}/{path}")
            pages.append(page)
        yield Crew(House(parts, clock, cases), *pages)  # type: ignore[arg-type]
        await browser.close()
    server.stop()
    await consoles.stop()
    signins.close_file()
    await desk.close()
    await log.close()
    assert wrong == []


async def test_a_drill_is_proposed_confirmed_taken_and_closed_and_another_makes_way_for_an_alarm(crew: Crew) -> None:
    trainer, boss, ann, desk = crew.trainer, crew.boss, crew.ann, crew.house.desk

    # The trainer, by keyboard.
    await trainer.get_by_label("Police zone").select_option(label="Gent")
    await trainer.get_by_label("Fictional name").fill("V. Verzonnen")
    await trainer.get_by_label("What the case says").fill(STORY)
    await trainer.get_by_role("button", name="Propose").press("Enter")
    await expect(trainer.get_by_role("status")).to_contain_text("A supervisor has half an hour")
    await trainer.get_by_label("What the case says").fill("Again")

    # The supervisor, by keyboard.
    tool = boss.locator("#review").get_by_role("button", name=re.compile("^Vigilance drills"))
    await expect(tool).to_have_text("Vigilance drills · 1", timeout=SLOW_MS)
    await tool.press("Enter")
    panel = boss.get_by_role("region", name="Vigilance drills")
    await expect(panel).to_contain_text(STORY)
    await panel.get_by_label("Comes within").select_option(label="at once")
    await panel.get_by_role("button", name=re.compile("^Confirm")).press("Enter")
    await until(lambda: desk.board.drills.waiting is not None)
    await desk.drills.tick()

    # The dispatcher sees and hears an alarm.
    row = ann.get_by_role("region", name="Alarm queue").locator("[data-incident]")
    await expect(row).to_have_attribute("data-state", "raised", timeout=SLOW_MS)
    await expect(row).not_to_contain_text("DRILL")
    await until(lambda: desk.board.drills.live is not None and bool(desk.board.drills.live.presented))
    await row.click(position={"x": 60, "y": 20})
    await expect(ann.locator("#case")).to_contain_text(STORY)
    await expect(ann.get_by_text("DRILL").filter(visible=True)).to_have_count(0)
    await expect(ann.get_by_role("button", name=re.compile("^Acknowledge")).first).to_have_attribute(
        "aria-disabled", "false"
    )
    await ann.keyboard.press("a")

    # From here on it says DRILL, everywhere, and offers one step.
    await expect(row).to_contain_text("DRILL AMR-")
    case = ann.locator("#case")
    await expect(case).to_have_class(re.compile("is-drill"))
    await expect(case).to_contain_text("nothing of it leaves this desk")
    await expect(ann.get_by_role("button", name=re.compile("^Route"))).to_have_count(0)
    await ann.keyboard.press("n")
    await expect(ann.get_by_text("This is a DRILL: only Close drill.")).to_be_visible()
    await ann.get_by_role("button", name="Close drill").press("Enter")
    await expect(row).to_have_count(0)
    await expect(ann.get_by_text(re.compile(r"^DRILL AMR-\d+ ended: closed"))).to_be_visible()
    # The trainer's page says so by itself, and keeps what is being typed meanwhile.
    await expect(trainer.locator("main")).to_contain_text("Mieke Voorbeeld: seen after", timeout=SLOW_MS)
    await expect(trainer.locator("main")).to_contain_text("taken by Mieke Voorbeeld after")

    # A week later another, and a real alarm: one goes, the other is there, and sounds.
    desk.board.drills = type(desk.board.drills)()
    await expect(trainer.get_by_label("What the case says")).to_have_value("Again")
    await expect(trainer.get_by_label("What the case says")).to_be_focused()
    await trainer.get_by_label("Police zone").select_option(label="Gent")
    await trainer.get_by_role("button", name="Propose").click()
    await expect(panel).to_contain_text("Again", timeout=SLOW_MS)
    await panel.get_by_label("Comes within").select_option(label="at once")
    await panel.get_by_role("button", name=re.compile("^Confirm")).click()
    await until(lambda: desk.board.drills.waiting is not None)
    await desk.drills.tick()
    await expect(row).to_have_attribute("data-state", "raised", timeout=SLOW_MS)
    incident = await crew.house.press()
    await expect(row).to_have_count(1)
    await expect(row).to_have_attribute("data-incident", incident.id)
    await expect(ann.get_by_text(re.compile(r"ended: a real alarm came"))).to_be_visible()
    await until(lambda: "presented" in desk.board.incidents[incident.id].times)
    for _ in range(100):
        if await ann.evaluate("(window.listen(), window.loudest > 0.01)"):
            break
        await ann.wait_for_timeout(50)
    else:
        raise AssertionError("the alarm that took the drill's place is not heard")
    # Signed out, the trainer's page says that it is no longer renewed.
    await trainer.context.clear_cookies()
    await expect(trainer.get_by_role("alert")).to_contain_text("It is not renewed", timeout=SLOW_MS)
