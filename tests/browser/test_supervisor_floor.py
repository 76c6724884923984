"""The live floor in real browsers: an escalation confirmed, taken, assigned and accepted; seen whole, by keyboard; truthful."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Centre, Desks, Feed, until
from tests.browser.parts import choose, is_mine, own, row, take
from tests.browser.test_heard import EAR

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
QUICK = {"watch_louder_s": 1, "watch_everyone_s": 2, "watch_confirm_s": 3, "watch_outside_s": 3600}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed) -> Iterator[Centre]:
    centre = Centre(tmp_path_factory.mktemp("centre"), feed, **QUICK)
    yield centre
    centre.kill()


@pytest.fixture
def boss(desks: Desks) -> Page:
    return floor(desks)


def floor(desks: Desks, width: int = 1920, height: int = 1080) -> Page:
    """The supervisor page: who is there is a supervisor, for nobody signs in."""
    return desks.open(width, height, path="/supervisor", script=EAR)


def on_floor(page: Page, device: str) -> Locator:
    rows = page.get_by_role("region", name="On the floor now").locator("[data-incident]")
    return rows.filter(
        has=page.get_by_role("button", name=re.compile(f"^{device},")).or_(page.get_by_text(device, exact=True))
    )


def ready(page: Page, name: str) -> Locator:
    """A button whose alarm has not changed, and whose row has not moved, for half a second."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_have_attribute("aria-disabled", "false")
    return button


def me(page: Page) -> str:
    return page.locator("#top .who b").inner_text()


def tab_to(page: Page, name: str) -> None:
    """Walk with the tabulator alone."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            return
    raise AssertionError(f"no key leads to {name}")


def test_an_escalation_is_confirmed_and_taken_from_the_floor_by_keyboard_alone(
    desks: Desks, boss: Page, feed: Feed
) -> None:
    ann = desks.open(1366, 768)
    device = "AMR-00001"
    feed.press(device)
    alarm = on_floor(boss, device)
    expect(alarm).to_contain_text("SUPERVISOR, CONFIRM")
    expect(alarm).to_contain_text(re.compile(r"told outside in 59:\d\d"))
    until(lambda: boss.evaluate("(window.listen(), window.loudest > 0.01)"))  # and it is heard here
    ready(boss, f"CONFIRM {device}")
    tab_to(boss, f"CONFIRM {device}")
    boss.keyboard.press("Enter")
    expect(alarm).to_contain_text(f"{me(boss)} sees to it")
    expect(alarm).to_be_focused()  # on no action: the same key a second time does nothing
    expect(row(ann, device)).to_have_attribute("data-state", "raised")  # confirming is not taking
    ready(boss, f"Take {device}")
    tab_to(boss, f"Take {device}")
    boss.keyboard.press("Enter")
    expect(alarm).to_contain_text("MINE")
    expect(row(ann, device)).to_have_attribute("data-owner", me(boss))
    # It is worked on where alarms are: the operator page opens with it chosen.
    expect(alarm).to_be_focused()  # the hand stays at its alarm, on no action
    tab_to(boss, f"Actions for {device}")
    boss.keyboard.press("Enter")
    tab_to(boss, f"Work on {device} on the operator page")
    boss.keyboard.press("Enter")
    expect(boss.locator("#case h2").filter(has_text=device)).to_be_visible(timeout=20_000)
    own(boss)
    boss.get_by_role("link", name="Supervisor").click()
    expect(on_floor(boss, device)).to_contain_text("MINE", timeout=20_000)


def test_an_alarm_is_taken_from_its_owner_who_is_told(desks: Desks, boss: Page, feed: Feed) -> None:
    ann = desks.open(1366, 768)
    device = "AMR-00002"
    feed.press(device)
    take(ann, device)
    alarm = on_floor(boss, device)
    expect(alarm).to_have_attribute("data-owner", me(ann))
    boss.get_by_role("button", name=f"Actions for {device}").click()
    ready(boss, f"Take {device}").click()
    expect(alarm).to_contain_text("MINE")
    told = ann.get_by_text(f"{device} is no longer yours: {me(boss)} took it over")
    expect(told).to_be_visible()
    expect(ann.locator("#case .history")).to_contain_text("taken over at once by")
    ann.get_by_role("button", name=f"Seen that {device} is no longer yours").click()
    expect(told).to_have_count(0)


def test_an_alarm_nobody_has_is_assigned_and_is_everybodys_until_it_is_accepted(
    desks: Desks, boss: Page, feed: Feed
) -> None:
    ann = desks.open(1366, 768, anew=True)
    device, who = "AMR-00003", me(ann)
    feed.press(device)
    alarm = on_floor(boss, device)
    expect(alarm).to_contain_text("SUPERVISOR, CONFIRM")  # the watch changes it no more
    ready(boss, f"Assign {device}").click()
    person = boss.get_by_role("button", name=re.compile(f"^Assign {device} to {who}: no alarm, page in sight"))
    # What it opened, and a banner that came, move rows: for a moment no hand acts on one.
    ready(boss, f"Assign {device}")
    person.click()
    expect(boss.get_by_text(f"Assign {device}: offered, until it is accepted it stays as it is")).to_be_visible()
    expect(alarm).to_contain_text(f"offered to {who}")
    expect(alarm).to_have_attribute("data-state", "raised")
    expect(row(ann, device)).to_contain_text("OFFERED TO YOU")
    expect(row(ann, device).get_by_role("button", name="Take")).to_be_visible()  # it waits for nobody
    expect(ann.get_by_role("heading", name="No alarm selected")).to_be_visible()  # nothing was chosen for her
    choose(ann, device)
    expect(ann.locator("#case")).to_contain_text(f"{me(boss)} offers you this alarm")
    expect(ann.get_by_role("button", name=f"Accept {device}")).to_have_attribute("aria-disabled", "false")
    ann.keyboard.press("j")
    is_mine(ann, device)
    expect(alarm).to_have_attribute("data-owner", who)
    expect(alarm).not_to_contain_text("offered to")
    crew = boss.get_by_role("group", name="On shift").get_by_role("listitem").filter(has_text=who)
    expect(crew).to_contain_text("1 alarm")


WHOLE = """(list) => {
  const { top, bottom } = list.closest(".scroller").getBoundingClientRect();
  const rows = [...list.children].map((row) => row.getBoundingClientRect());
  return rows.filter((row) => row.top >= top && row.bottom <= bottom).length;
}"""


def test_a_low_floor_shows_three_alarms_that_call_whole_and_leads_to_those_below(desks: Desks, feed: Feed) -> None:
    page = floor(desks, 1366, 768)
    for n in range(30, 35):
        feed.press(f"AMR-{n:05}")
    way = page.locator("#floor .below").get_by_role("button")
    expect(way).to_have_text(re.compile(r"^\d+ more below · \d+ asking$"))
    expect(page.locator("#floor .unowned")).to_have_class(re.compile("some"))
    expect(page.get_by_role("button", name=re.compile("^CONFIRM ")).nth(2)).to_be_attached()
    until(lambda: page.locator("#floor .alarms").evaluate(WHOLE) >= 3)
    crew, line = page.get_by_role("group", name="On shift"), page.locator("#floor summary")
    expect(crew).to_be_hidden()
    expect(line).to_contain_text(re.compile(r"On shift \d"))
    line.press("Enter")
    expect(crew).to_be_visible()
    line.press("Enter")
    last = page.locator("#floor .alarms > li").last

    def reached() -> bool:  # rows grow when the words of their places come: the way is there again then
        if way.count():
            way.click()
            return False
        return True

    until(reached)
    expect(last).to_be_in_viewport()


def test_the_handover_sheet_is_one_click_or_one_key_away_beside_the_page(desks: Desks, boss: Page) -> None:
    way = boss.locator("#foot").get_by_role("link", name="Handover sheet")
    for page, asks in (
        (boss, way.click),
        (boss, lambda: boss.keyboard.press("Shift+P")),
        (desk := desks.open(), lambda: desk.keyboard.press("Shift+P")),
    ):
        expect(page.locator("#feed")).to_have_attribute("data-feed-state", "live")
        with page.context.expect_page() as opened:
            asks()
        expect(opened.value.get_by_role("heading", level=1)).to_have_text("Handover sheet")
        opened.value.close()


def test_a_floor_without_its_server_says_so_and_comes_back_in_place(
    chromium: Browser, tmp_path: Path, feed: Feed
) -> None:
    centre = Centre(tmp_path, feed)
    desks = Desks(chromium, centre)
    page = floor(desks)
    feed.press("AMR-00050")
    alarm = on_floor(page, "AMR-00050")
    ready(page, "Take AMR-00050")
    centre.kill()
    expect(page.get_by_role("alert").filter(has_text="CONNECTION LOST")).to_be_visible(timeout=3500)
    expect(page.get_by_role("button", name="Take AMR-00050", exact=True)).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Take AMR-00050", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Trying to reach the server")
    centre.start()
    expect(page.get_by_role("alert").filter(has_text="CONNECTION LOST")).to_be_hidden(timeout=20_000)
    ready(page, "Take AMR-00050").click()
    expect(alarm).to_contain_text("MINE")
    desks.close()
    centre.kill()
    assert desks.wrong == []
