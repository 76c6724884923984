"""An incident's timeline in a real Chromium: opened, dragged through, explained; whole, and gone with who may see it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Locator, Page, expect
from pypdf import PdfReader

from centre.documents.evidence import EvidenceFiles
from incidents import commands as do
from incidents.case import Protected
from incidents.cases import CaseRegister
from incidents.log import Record
from incidents.messages import Fix, FixReport
from maps.zones import Zones
from tests.browser.conftest import HOSTILE, on_one_loop
from tests.browser.served import SLOW_MS, Served, holds, served
from tests.dashboard.components.test_timeline import does, lived
from tests.dashboard.conftest import DEVICE
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


ROOM = "http://localhost:1/trainer"


def opener(page: Page, device: str = DEVICE) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^{device},.*Open its timeline$"))


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment")


def known(page: Page, fact: str) -> Locator:
    return page.get_by_role("region", name="Known at this moment").locator(f"[data-fact={fact}]")


async def drag(page: Page, *shares: float) -> None:
    """Take hold of the line at the first share of it, and go to the others."""
    box = await slider(page).bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + shares[0] * box["width"], y)
    await page.mouse.down()
    for share in shares[1:]:
        await page.mouse.move(box["x"] + share * box["width"], y, steps=4)
    await page.mouse.up()


@on_one_loop
async def review(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    people = {"Sofie Proef": "supervisor", "Ada Proef": "auditor", "Tess Proef": "supervisor trainer"}
    async with served(tmp_path, zones, people, room=ROOM) as review:
        review.clock.pass_s(-1200)  # what is lived through below was a while ago
        with review.clock.stands():
            incident = await lived(review.house, closed=False)
            await does(review.house, 1, do.Note, incident, text=HOSTILE)
        yield review


async def looked(review: Served) -> list[Record]:
    """The looks at a timeline that the log holds."""
    return [one async for _, one in review.house.log.records() if one.type == "timeline_opened"]


async def floor(review: Served, who: str = "Sofie Proef") -> Page:
    """The supervisor page with the incident on it."""
    page = await review.page(who, "/supervisor")
    await expect(opener(page)).to_be_visible(timeout=SLOW_MS)
    return page


async def test_it_is_dragged_through_by_mouse_and_map_state_and_records_follow(review: Served) -> None:
    page = await floor(review)
    await opener(page).click()
    await expect(page.get_by_role("heading", name=DEVICE)).to_be_visible()
    await expect(known(page, "state")).to_have_text("on scene")
    table = page.get_by_role("region", name=re.compile("^Records: "))
    for head in ("Entered · our clock", "Happened", "Who", "What"):
        await expect(table.get_by_role("columnheader", name=head)).to_be_visible()
    late = page.locator('[data-span="pressed->on_scene"]')
    await expect(late).to_contain_text("was 12:58")
    await expect(late).to_contain_text("over AMR 10:00")
    await expect(table).to_contain_text("until then")
    await expect(table).to_contain_text(HOSTILE)  # as text
    picture = page.get_by_role("img", name=f"Where she was: {DEVICE}")
    await expect(picture).to_have_attribute("data-seen", "7")
    await expect(picture).to_contain_text("25 m")
    await expect(picture).to_contain_text("Gent")

    await drag(page, 0.9, 0.5, 0.0)
    await expect(known(page, "state")).to_have_text("unacknowledged")
    await expect(known(page, "owner")).to_have_text("nobody has it")
    await expect(known(page, "order")).to_have_text("none")
    await expect(picture).to_have_attribute("data-seen", "1")
    await expect(page.locator(".records tr[aria-current]")).to_contain_text("pressed")
    await drag(page, 0.0, 0.46)
    await expect(known(page, "state")).to_have_text("routed")
    await expect(known(page, "owner")).to_have_text("Desk 1")
    await expect(known(page, "order")).to_contain_text("PZ Gent")
    assert 1 < int(await picture.get_attribute("data-seen") or 0) < 7
    await table.get_by_role("row").filter(has_text="en route").first.click()
    await expect(known(page, "state")).to_have_text("en route")
    # The floor is beside it, and nothing of the case.
    await expect(page.get_by_role("region", name="On the floor now")).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("Voorbeeld")
    for form in ("pdf", "json"):
        link = page.get_by_role("link", name=f"Evidence file of {DEVICE}, {form.upper()}")
        await expect(link).to_have_attribute("href", re.compile(rf"evidence/[a-z2-7]{{26}}\.{form}$"))
    await page.get_by_role("button", name="Back").click()
    await expect(page.locator("#review")).to_be_visible()
    await expect(page.locator("#opened")).to_be_hidden()


async def test_the_page_of_a_sealed_annex_saves_both_files_and_says_the_passphrase_once(
    review: Served, tmp_path: Path
) -> None:
    house = review.house
    incident = await house.press("AMR-00778")
    home = Protected(name="home", lat=51.0536, lon=3.7253, radius_m=200)
    case = msgspec.structs.replace(house.cases.case, devices=("AMR-00778",), places=(home,))
    house.given.evidence = EvidenceFiles(
        desk=house.desk,
        log=house.log,
        path=tmp_path / "vigie.log",
        cases=CaseRegister.of((case,)),
        zone_name=str,
        clock=house.clock,
        centre="",
    )
    page = await floor(review)
    await page.goto(f"{page.url.rsplit('/', 1)[0]}/evidence/{incident.id}.pdf")
    await expect(page.get_by_text(re.compile("1 place and 1 position withheld"))).to_be_visible()
    await page.locator("input[name=why][value=magistrate]").check()
    await page.locator("input[name=annex]").check()
    await page.locator("button.primary").click()
    passphrase = await page.locator("code").text_content(timeout=SLOW_MS)
    opened = []
    for link in await page.locator("a[download]").all():
        async with page.expect_download() as saved:
            await link.click()
        opened.append(PdfReader(await (await saved.value).path()))
    assert [one.is_encrypted for one in opened] == [False, True] and opened[1].decrypt(passphrase or "")


async def test_the_clock_of_a_press_that_came_late_begins_at_the_press(review: Served) -> None:
    house = review.house
    with review.clock.stands():
        incident = await house.press("AMR-00777", late_s=651)
        await does(house, 8, do.Acknowledge, incident)
        await does(house, 20, do.Route, incident, zone="5415")
        await does(house, 280, do.Progress, incident, step="on_scene")
    page = await floor(review)
    await opener(page, "AMR-00777").click()
    timeline = page.get_by_role("region", name="Timeline of AMR-00777")
    await expect(timeline.locator(".about")).to_contain_text("HELD UP 10:51 on the way", timeout=SLOW_MS)
    moment = slider(page)
    await moment.press("Home")
    await expect(timeline.locator(".after")).to_have_text("0:00 after the press")
    await expect(timeline.locator(".nothing")).to_have_text("Nothing of it was known here yet.")
    await expect(moment).to_have_attribute(
        "aria-valuetext", re.compile("0:00 after the press: nothing of it was known")
    )
    await expect(timeline.locator("tr[aria-current]")).to_have_count(0)
    await moment.press("ArrowRight")
    await expect(timeline.locator(".after")).to_have_text("10:51 after the press")
    await expect(known(page, "state")).to_have_text("unacknowledged")
    # Ten minutes after the press it had not come yet: the target stands before that, on the line as in the figures.
    scene = timeline.locator('[data-span="pressed->on_scene"]')
    target, came = [await one.bounding_box() for one in (scene.locator(".target"), timeline.locator(".marks .held"))]
    assert target is not None and came is not None
    assert came["x"] + 0.9 * came["width"] < target["x"] + target["width"] / 2 < came["x"] + came["width"]
    figures = await timeline.locator(".figures span").all_text_contents()
    assert figures[:2] == ["0:00", "10:51"]
    await expect(timeline.locator(".records tr").nth(2)).to_contain_text("HELD UP 10:51 on the way")
    begins = timeline.locator(".records .day")
    await expect(begins.first).to_have_text(re.compile(r"^\d{1,2}\s\w+\s\d{4}$"))
    await page.emulate_media(media="print")
    await expect(begins.first).to_be_visible()
    await holds(
        page,
        "() => (({ scrollHeight, clientHeight }) => scrollHeight <= clientHeight)(document.querySelector('.records'))",
    )
    await expect(timeline.locator(".records tr").last).to_be_visible()


async def test_it_is_opened_scrubbed_and_explained_by_keyboard_alone(review: Served) -> None:
    page = await floor(review)
    await opener(page).focus()
    await page.keyboard.press("Enter")
    await expect(slider(page)).to_be_focused()
    text = "aria-valuetext"
    await expect(slider(page)).to_have_attribute(text, re.compile(": on scene, Desk 1$"))
    await page.keyboard.press("Home")
    await expect(slider(page)).to_have_attribute(text, re.compile("0:00 after the press: unacknowledged, nobody"))
    await page.keyboard.press("ArrowRight")
    await expect(slider(page)).to_have_attribute(text, re.compile("0:08 after the press: acknowledged, Desk 1"))
    await expect(slider(page)).to_have_attribute("aria-valuenow", "8")
    await page.keyboard.press("PageUp")
    await expect(slider(page)).to_have_attribute(text, re.compile("1:08 after the press: routed"))
    # From record to record: what came in the same second is a step of its own.
    while "en route" not in (await slider(page).get_attribute(text) or ""):
        assert "on scene" not in (await slider(page).get_attribute(text) or "")
        await page.keyboard.press("ArrowRight")
        await page.evaluate("new Promise(requestAnimationFrame)")
    await expect(slider(page)).to_have_attribute(text, re.compile("1:18 after the press: en route"))
    await page.keyboard.press("PageDown")
    await expect(slider(page)).to_have_attribute(text, re.compile("0:18 after the press: acknowledged"))
    await page.keyboard.press("End")
    await expect(slider(page)).to_have_attribute(text, re.compile("on scene"))

    await page.get_by_role("button", name="Explain").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Which response time")).to_have_value("pressed->on_scene")  # the one that was missed
    await page.keyboard.press("Tab")
    await page.keyboard.type("Two alarms at once in the same zone")
    # Escape loses nothing: not out of the form, and not out of the timeline; and what stands chosen is chosen anew.
    for _ in range(2):
        await page.keyboard.press("Escape")
    await expect(page.locator("#opened")).to_be_hidden()
    review.clock.pass_s(10)  # sooner it would be one look
    await page.keyboard.press("Enter")
    await expect(slider(page)).to_be_focused()
    await page.get_by_role("button", name="Explain").press("Enter")
    await expect(page.get_by_label("Which response time")).to_have_value("pressed->on_scene")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Why the target was missed")).to_have_value("Two alarms at once in the same zone")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("region", name=re.compile("^Records: "))).to_contain_text("Two alarms at once")
    (incident,) = review.house.desk.board.incidents.values()
    assert [(said.interval, said.reason) for said in incident.judgement.explanations] == [
        ("pressed->on_scene", "Two alarms at once in the same zone")
    ]
    await page.keyboard.press("Escape")
    await expect(page.locator("#opened")).to_be_hidden()
    await expect(opener(page)).to_be_focused()
    looks = await looked(review)
    assert [review.house.desk.name_of(look.actor) for look in looks] == ["Sofie Proef"] * 2, "it was opened twice"


async def test_it_is_whole(review: Served) -> None:
    page = await floor(review, "Ada Proef")
    await opener(page).click()
    await expect(slider(page)).to_be_visible()
    await expect(page.get_by_role("button", name="Explain")).to_be_hidden()  # an auditor does not explain
    for width, height in ((1366, 768), (1920, 1080)):
        await page.set_viewport_size({"width": width, "height": height})
        await holds(page, f"innerWidth === {width} && document.querySelector('.track svg').viewBox.baseVal.width > 300")
        cut = await page.evaluate(
            """() => [...document.querySelectorAll('.timeline :is(header *, .known *, .name, .value, .offsets, th)')]
              .filter((part) => part.clientWidth && part.scrollWidth > part.clientWidth + 1)
              .filter((part) => getComputedStyle(part).display !== 'inline')
              .map((part) => `${part.className} ${part.textContent}`)"""
        )
        assert cut == [], width
        inside = (
            "(() => { const o = document.querySelector('#opened'); return o.scrollHeight <= o.clientHeight + 1; })()"
        )
        await holds(page, inside)  # no part of it lies below the edge
        small = await page.evaluate(
            "[...document.querySelectorAll('.timeline *')].filter((p) => parseFloat(getComputedStyle(p).fontSize) < 16).length"
        )
        assert small == 0


async def test_a_large_incident_stays_smooth_and_a_locked_page_has_nothing_of_it(review: Served) -> None:
    house, device = review.house, "AMR-00777"
    incident = await house.press(device)
    await does(house, 1, do.Acknowledge, incident)
    for n in range(300):
        review.clock.pass_s(1)
        fix = Fix(51.05 + n / 30_000, 3.72 + n / 20_000, 15.0, time=review.clock.now())
        await house.report(FixReport(device=device, fix=fix))
        if n % 3:
            await does(house, 0, do.Note, incident, text="on the line")
    page = await floor(review)
    await expect(
        page.get_by_role("alert").filter(has_text="NO FEED")
    ).to_be_visible()  # it comes late, and moves what one clicks on
    await opener(page, device).click()
    await expect(page.get_by_role("region", name=re.compile("^Records: 5"))).to_be_visible()
    took = await page.evaluate(
        """() => {
          const slider = document.querySelector('.timeline .slider');
          const key = (key) => slider.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
          key('Home');
          return new Promise((done) => {
            const began = performance.now();
            let left = 60;
            const step = () => {
              if (!left--) return done((performance.now() - began) / 60);
              key('ArrowRight');
              requestAnimationFrame(step);
            };
            step();
          });
        }"""
    )
    assert took < 100, f"{took:.0f} ms a step"
    picture = page.get_by_role("img", name=f"Where she was: {device}")
    assert int(await picture.get_attribute("data-seen") or 0) > 20

    await page.evaluate("vigieLine.send({do: 'lock'})")
    await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
    await expect(page.locator("#opened")).to_be_hidden()
    assert "on the line" not in await page.locator("#opened").inner_html()
    before = len(await looked(review))
    await page.evaluate(
        f"(window.got = [], store = vigieLine.take, vigieLine.take = (text) => (got.push(text), store(text)),"
        f" vigieLine.send({{do: 'timeline', incident: '{incident.id}'}}))"
    )
    await until(lambda: not house.consoles._tasks)
    await holds(page, "got.length > 2")
    assert await page.evaluate("got.some((text) => text.includes('on the line'))") is False
    assert len(await looked(review)) == before


async def test_a_trainer_goes_from_an_incident_that_is_closed_to_where_it_is_recorded(review: Served) -> None:
    closed = await lived(review.house, "AMR-00777")
    for who, may in (("Tess Proef", True), ("Sofie Proef", False)):
        page = await review.page(who, f"/supervisor#incident={closed.id}")
        await expect(page.get_by_role("link", name="Evidence file of AMR-00777, PDF")).to_be_visible(timeout=SLOW_MS)
        record = page.get_by_role("link", name="Record for training")
        await expect(record).to_have_count(int(may))
        if may:
            await expect(record).to_have_attribute("href", f"{ROOM}#incident={closed.id}")
        await page.keyboard.press("Escape")
        await opener(page).click()
        await expect(page.get_by_role("heading", name=DEVICE)).to_be_visible()
        await expect(record).to_have_count(0)  # it is open: nothing is recorded of it yet
