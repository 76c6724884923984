"""A debrief that was saved, opened from a disk in a browser without a network."""

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from incidents.exercises.debrief import Reached
from tests.browser.parts import holds
from tests.dashboard.trainer.debrief.parts import debrief, page_of

BAD = "</script><img src=x onerror=alert(1)><!--"


@pytest.fixture
def saved(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "vigie-debrief.html"
    file.write_text(page_of(debrief(title=f"A press in Gent {BAD}")), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, offline=True, color_scheme="light")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda request: wrong.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    yield page
    context.close()
    assert wrong == []


def test_a_saved_debrief_is_scrubbed_by_keys_and_mouse_and_reads_well(saved: Page) -> None:
    page = saved
    expect(page.get_by_role("heading", level=1)).to_have_text(f"A press in Gent {BAD}")
    incident = page.get_by_role("region", name="Incident 1: EX-1")
    moment = incident.get_by_role("slider", name="Moment of incident 1")
    known, rows = incident.locator(".known"), incident.locator("tr[data-row]")
    map_ = incident.locator(".map > svg")
    expect(known).to_contain_text("9:50 after the press")  # it begins at the end
    expect(map_).to_have_attribute("data-seen", "4")
    expect(known.locator("dd.near")).to_have_text("[withheld: it leads to a protected place]")
    expect(incident.locator("table.near tbody tr")).to_have_text(
        [
            "0:00near Sint-Jansvest 8, Gent · ± 18 m",
            "0:10near Gent · ± 250 m",
            "1:20[withheld: it leads to a protected place]",
        ]
    )
    expect(incident).to_contain_text("nobody says that she was there. Addresses © Somebody")
    expect(known).to_contain_text("Gent 12, heard 9 min ago")

    moment.focus()
    page.keyboard.press("Home")
    expect(known).to_contain_text("0:00 after the press")
    expect(known).to_contain_text("none yet")
    expect(map_).to_have_attribute("data-seen", "0")
    expect(known.locator("dd.near")).to_have_text("not known")
    expect(incident.locator("tr[data-to-come]")).to_have_count(rows.count() - 1)
    for _ in range(3):  # received, listening, acknowledged
        page.keyboard.press("ArrowRight")
    expect(known).to_contain_text("0:04 after the press")
    expect(known.locator("dd.last")).to_have_text("Leerling Een: acknowledged")
    expect(known.locator("dd.position")).to_have_text(
        "within 18 m, heard 4 s ago".replace("18 m", "18\u00a0m").replace("4 s", "4\u00a0s")
    )
    expect(known.locator("dd.near")).to_have_text("near Sint-Jansvest 8, Gent · ± 18 m")
    expect(known.locator("dd.zone")).to_have_text("Gent")
    expect(incident.locator("tr[aria-current]")).to_contain_text("acknowledged")
    expect(moment).to_have_attribute("aria-valuetext", "0:04 after the press: acknowledged")
    page.keyboard.press("PageDown")
    expect(moment).to_have_attribute("aria-valuenow", "0")
    page.keyboard.press("PageUp")
    expect(moment).to_have_attribute("aria-valuenow", "60")
    page.keyboard.press("End")
    expect(moment).to_have_attribute("aria-valuenow", "590")

    expect(known.locator("dd.reached")).to_have_text("closed")
    incident.get_by_role("button", name="Go to mark 4").click()
    expect(known.locator("dd.last")).to_have_text("Leerling Twee: opened the case")
    moment.scroll_into_view_if_needed()
    box = moment.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * math.log1p(26.0 / 10) / math.log1p(590 / 10), box["y"] + 20)
    page.mouse.up()
    holds(page, "() => Math.abs(document.querySelector('.slider').getAttribute('aria-valuenow') - 26) <= 1")

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert [one["id"] for one in found.response["violations"]] == []
    holds(page, "() => document.documentElement.scrollWidth <= innerWidth")


def test_the_step_that_was_reached_is_the_furthest_whatever_was_told_later(chromium: Browser, tmp_path: Path) -> None:
    found = debrief()
    (incident,) = found.incidents
    times = [("pressed", 10.0), ("acknowledged", 14.0), ("on_scene", 60.0), ("en_route", 80.0), ("listening", 90.0)]
    reached = tuple(Reached(name=name, at_s=at) for name, at in times)  # type: ignore[arg-type]
    course = msgspec.structs.replace(incident.course, reached=reached)
    file = tmp_path / "vigie-debrief.html"
    file.write_text(page_of(debrief(incidents=(msgspec.structs.replace(incident, course=course),))), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    expect(page.locator("dd.reached")).to_have_text("on scene")
    page.close()


def test_a_debrief_prints_on_white_with_everything_on_it(saved: Page) -> None:
    page = saved
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 less its margins
    holds(page, "() => getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'")
    holds(page, "() => document.documentElement.scrollWidth <= innerWidth")
    holds(
        page, "() => [...document.querySelectorAll('.scrolls')].every((part) => part.scrollHeight <= part.clientHeight)"
    )
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.locator("tr[data-row]").last).to_be_visible()
