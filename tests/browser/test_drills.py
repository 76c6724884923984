"""A vigilance drill as three people live it: proposed by a form, confirmed by keyboard, taken for an alarm, then gone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from incidents.drills.desk import DrillRules
from maps.zones import Zones
from tests.browser.conftest import on_one_loop
from tests.browser.served import SLOW_MS, served
from tests.dashboard.conftest import House
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
STORY = "He was seen at the school gate. She whispers."


class Crew:
    """A desk, and a page each of a trainer, a supervisor and a dispatcher."""

    def __init__(self, house: House, trainer: Page, boss: Page, ann: Page) -> None:
        self.house, self.trainer, self.boss, self.ann = house, trainer, boss, ann


@on_one_loop
async def crew(tmp_path: Path, zones: Zones) -> AsyncIterator[Crew]:
    people = {"Tine Fictief": "trainer", "Sofie Fictief": "supervisor", "Mieke Voorbeeld": "dispatcher"}
    async with served(tmp_path, zones, people, drills=DrillRules()) as desk:
        await desk.house.well()
        ways = ("/drills", "/supervisor", "/operator")
        yield Crew(desk.house, *[await desk.page(who, to) for who, to in zip(people, ways, strict=True)])


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
    await expect(boss.locator("#floor .crew")).to_contain_text("Mieke Voorbeeld", timeout=SLOW_MS)
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
    await expect(ann.locator("#said")).to_have_text("This is a DRILL: only Close drill.")
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
    await expect(trainer.locator("#lost")).to_contain_text("It is not renewed", timeout=SLOW_MS)
