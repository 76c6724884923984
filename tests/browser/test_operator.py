"""The operator page in a real browser, from the press on the feed to the closing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from maps.motion import moved
from tests.browser.conftest import GENT, HOSTILE, Centre, Desks, Feed, until
from tests.browser.parts import act, button, choose, free, holds, is_mine, own, row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
_numbers = count(1)


@pytest.fixture
def device() -> Iterator[str]:
    yield f"AMR-{next(_numbers):05}"


@pytest.mark.journey
def test_a_press_is_acknowledged_routed_followed_and_closed_by_mouse(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    loaded = page.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    assert {path for path in loaded if re.match("/assets/.*js$", path)} == {
        "/assets/pages/operator.js",
        "/assets/shell/pulse.js",
    }
    feed.press(device)
    mine = row(page, device)
    expect(mine).to_have_attribute("data-state", "raised")
    expect(mine).to_have_attribute("data-zone", "5415")
    expect(mine).to_have_attribute("data-kind", "press")
    expect(page).to_have_title(re.compile(r"\(\d+\) Vigie"))
    choose(page, device)
    expect(page.locator("#case")).to_contain_text("Listen only. Do not speak")
    button(page, "Acknowledge").click()
    expect(mine).to_have_attribute("data-state", "acknowledged")
    expect(mine).to_have_attribute("data-owner", re.compile(r"Desk \d"))
    is_mine(page, device)
    button(page, "Send to").click()
    expect(mine).to_have_attribute("data-state", "routed")
    expect(page.locator("#case")).to_contain_text("pass by radio")
    for name, state in (("En route", "en_route"), ("On scene", "on_scene"), ("Safe", "safe")):
        act(page, name)
        if name == "Safe":
            expect(page.locator("form.form")).to_contain_text(device)
            expect(mine).to_have_attribute("data-state", "on_scene")
            button(page, "Confirm all the same").click()
        expect(mine).to_have_attribute("data-state", state)
    free(page)
    act(page, "Close")
    form = page.locator("form.form")
    form.get_by_label("real").check()
    form.get_by_label("Outcome").select_option("victim_safe")
    form.get_by_label("Reason").fill("she is at her sister's")
    button(page, "Confirm closing").click()
    expect(mine).to_have_attribute("data-state", "closed")
    expect(mine).to_contain_text("real")


def test_the_same_by_keyboard_only(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open(anew=True)
    feed.press(device)
    mine = row(page, device)
    expect(mine).to_be_visible()
    holds(page, "performance.now() > 2500")  # keys wait a second after the window came
    until(lambda: _walk_to(page, device))
    page.keyboard.press("a")
    expect(mine).to_have_attribute("data-state", "acknowledged")
    expect(button(page, "Send to")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("r")
    expect(mine).to_have_attribute("data-state", "routed")
    free(page)
    page.keyboard.press("l")
    expect(page.locator("#case .history")).to_contain_text("listens on the line")
    for key, name, state in (("e", "En route", "en_route"), ("o", "On scene", "on_scene"), ("s", "Safe", "safe")):
        expect(button(page, name)).to_be_visible()
        free(page)
        page.keyboard.press(key)
        if key == "s":
            expect(button(page, "Confirm all the same")).to_have_attribute("aria-disabled", "false")
            page.keyboard.press("Enter")
        expect(mine).to_have_attribute("data-state", state)
    expect(button(page, "Note")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("n")
    page.keyboard.type("are you there")  # letters in a field are text, not actions
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#case .history")).to_contain_text("are you there")
    free(page)
    page.keyboard.press("Shift+X")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("v")
    page.keyboard.press("Tab")
    page.keyboard.type("over")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(mine).to_have_attribute("data-state", "closed")


def _walk_to(page: Page, device: str) -> bool:
    page.keyboard.press("ArrowDown")
    return page.locator("#case h2").filter(has_text=device).is_visible()


def test_second_claim_is_told_who_won(desks: Desks, feed: Feed, device: str) -> None:
    first, second = desks.open(), desks.open()
    feed.press(device)
    for page in (first, second):
        choose(page, device)
        expect(button(page, "Acknowledge")).to_have_attribute("aria-disabled", "false")
    winner = first.locator("#top .who b").inner_text()
    assert winner != second.locator("#top .who b").inner_text()
    incident = row(second, device).get_attribute("data-incident")
    button(first, "Acknowledge").click()
    expect(row(second, device)).to_have_attribute("data-owner", winner)
    expect(row(second, device).locator(".news")).to_contain_text(winner)
    # A click that was already on its way when the other won.
    second.evaluate(
        "(id) => window.vigieLine.send({do: 'command', typed: {}, command: {do: 'acknowledge', id: 'late-claim', incident: id}})",
        incident,
    )
    expect(row(first, device)).to_have_attribute("data-owner", winner)
    expect(button(second, "Acknowledge")).to_be_hidden()
    second.keyboard.press("a")
    expect(second.locator("#refusal")).to_contain_text(winner)


def test_two_clicks_lead_from_a_press_to_a_route(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    row(page, device).get_by_role("button", name=re.compile("^Take")).click()
    button(page, "Send to").click()
    expect(row(page, device)).to_have_attribute("data-state", "routed")


def test_how_she_moves_is_said_and_a_position_that_may_be_wrong_hides_nothing(
    desks: Desks, feed: Feed, device: str
) -> None:
    page, since = desks.open(), datetime.now(UTC) - timedelta(seconds=90)

    def fix(second: float, east_m: float) -> dict[str, object]:
        lat, lon = moved(GENT["lat"], GENT["lon"], 0.0, east_m)
        time = (since + timedelta(seconds=second)).isoformat()
        return {"lat": lat, "lon": lon, "radius": 10.0, "time": time, "speed": 11.0, "course": 90.0}

    def doubted() -> bool:
        return any("may be wrong · ± 10 m" in text for text in page.locator("#map .labels text").all_text_contents())

    feed.press(device, fix=fix(0, 0))
    for n in range(1, 21):
        feed.put(kind="fix", device=device, fix=fix(4 * n, 44.0 * n))
    choose(page, device)
    case = page.locator("#case")
    expect(case.locator("[data-live=movement]")).to_contain_text("about 40 km/h E")
    feed.put(kind="fix", device=device, fix=fix(84, 12_000))
    wrong = "LAST POSITION MAY BE WRONG: 11 km in 4 s"
    expect(case.locator("dd .doubt")).to_have_text(wrong)
    expect(row(page, device)).to_contain_text("POSITION MAY BE WRONG")
    expect(case.get_by_text("The last position may be wrong: look at the map before you route.")).to_be_visible()
    expect(case.locator(".option").filter(has_text="PZ Gent")).to_have_count(1)
    expect(page.locator("#map .arrows button").filter(has_text=device)).to_be_visible()  # the map has it, out of sight
    page.keyboard.press("g")  # what comes later moves nothing
    until(doubted)
    expect(page.locator("#map .trail .wrong")).to_have_count(1)
    feed.put(kind="fix", device=device, fix=fix(88, 44.0 * 22))
    expect(case.locator("dd .doubt")).to_have_count(0)
    until(lambda: not doubted())
    expect(page.locator("#map .trail .wrong")).to_have_count(1)


def test_a_double_click_is_one_command(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    choose(page, device)
    button(page, "Acknowledge").dblclick()
    expect(row(page, device)).to_have_attribute("data-state", "acknowledged")
    expect(button(page, "Listening")).to_have_attribute("aria-disabled", "false")
    button(page, "Listening").dblclick()
    lines = page.locator("#case .history li")
    expect(lines.filter(has_text="listens on the line")).to_have_count(1)
    expect(lines.filter(has_text="acknowledged by")).to_have_count(1)


def test_a_new_alarm_moves_neither_selection_nor_focus_nor_scroll(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    choose(page, device)
    button(page, "Acknowledge").click()
    expect(button(page, "Note")).to_have_attribute("aria-disabled", "false")
    act(page, "Note")
    page.keyboard.type("half a sen")
    other = f"AMR-{next(_numbers):05}"
    feed.press(other)
    expect(row(page, other)).to_be_visible()
    page.keyboard.type("tence")
    expect(page.get_by_label("Text")).to_have_value("half a sentence")
    expect(page.locator("#case h2").filter(has_text=device)).to_be_visible()


def test_words_of_feeds_and_cases_stay_text(desks: Desks, feed: Feed) -> None:
    page = desks.open()
    feed.press(HOSTILE[:200])
    mine = page.locator("[data-kind=press]").filter(has_text="onerror").first
    mine.click(position={"x": 60, "y": 20})
    expect(page.locator("#case .pinned")).to_contain_text("onerror")
    assert page.locator("#vigie img, #vigie [onerror]").count() == 0
    assert "owned" not in page.title()


def test_on_a_small_screen_all_that_acts_and_each_warning_is_in_sight(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open(1366, 768)
    feed.press(device)
    choose(page, device)
    button(page, "Acknowledge").click()
    expect(button(page, "Send to")).to_have_attribute("aria-disabled", "false")
    expect(button(page, "Send to")).to_be_in_viewport(ratio=1)
    page.keyboard.press(",")  # what else may be done, in a list: each of it has its room, and no danger goes
    for name in ("Listening", "Note", "Classify", "Close", "Release"):
        one = button(page, name).first
        expect(one).to_be_in_viewport(ratio=1)
        box = one.bounding_box()
        assert box is not None and box["height"] >= 44
    expect(page.locator("#case .pinned .warning").last).to_be_in_viewport(ratio=1)


def test_a_killed_server_is_said_within_three_seconds_and_its_return_shows_the_present(
    desks: Desks, feed: Feed, centre: Centre, device: str
) -> None:
    page = desks.open()
    feed.press(device)
    choose(page, device)
    button(page, "Acknowledge").click()
    expect(row(page, device)).to_have_attribute("data-state", "acknowledged")
    name = page.locator("#top .who b").inner_text()
    centre.kill()
    banner = page.get_by_role("alert").filter(has_text="CONNECTION LOST")
    expect(banner).to_be_visible(timeout=9_000)  # three times the promise: tests run beside others
    box = banner.bounding_box()
    assert box is not None and box["width"] >= 1900
    feed.press(device)
    centre.start()
    expect(banner).to_be_hidden(timeout=20_000)
    mine = row(page, device)
    expect(mine).to_have_attribute("data-presses", "2", timeout=20_000)
    expect(mine).to_have_attribute("data-owner", name)
    expect(page.locator("#case h2").filter(has_text=device)).to_be_visible()
    expect(page.locator("#top .who b")).to_have_text(name)


def test_a_silent_feed_and_its_gap_are_said(desks: Desks, feed: Feed) -> None:
    page = desks.open()
    region = page.get_by_role("region", name="Feed health")
    feed.stop()
    expect(region).to_have_attribute("data-feed-state", re.compile("down|silent"), timeout=15_000)
    expect(region).to_contain_text(re.compile("FEED (DOWN|SILENT)"))
    feed.start()
    expect(region).to_have_attribute("data-feed-state", "live", timeout=20_000)


def test_a_technical_alarm_is_taken_note_of(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.put(kind="device", device=device, state="battery_low", battery=12)
    mine = page.locator("[data-kind=technical]").filter(has_text=device)
    expect(mine).to_have_attribute("data-state", "alarmed")
    expect(mine).to_contain_text("battery 12 %")
    mine.click(position={"x": 60, "y": 20})
    own(page)
    language = page.locator("select.language")
    language.select_option("nl")  # which has another word for it than for taking an alarm
    expect(page.locator(".actions .do.acknowledge")).to_contain_text("Gezien")
    language.select_option("en")
    page.keyboard.press("Escape")
    button(page, "Acknowledge").click()
    expect(mine).to_have_attribute("data-owner", re.compile("Desk"))
    feed.put(kind="device", device=device, state="ok")
    expect(mine).to_have_count(0)


def test_an_alarm_is_raised_by_hand_for_a_case_found_by_name(desks: Desks, feed: Feed) -> None:
    page = desks.open()
    button(page, "Raise by hand").click()
    form = page.locator("form.form")
    form.get_by_label("Case: number, device or name").fill("0059")
    form.get_by_role("option", name=re.compile("2026-0059")).click()
    form.get_by_label("Where").fill("gent")
    form.get_by_role("option", name="Gent / Gand · PZ Gent", exact=True).click()
    form.get_by_label("Reason").fill("her mother called 101")
    button(page, "Raise the alarm").click()
    expect(row(page, "AMR-00059")).to_have_attribute("data-state", "acknowledged")
    expect(page.locator("#case")).to_contain_text("her mother called 101")


def test_closing_while_an_order_goes_on_asks_a_second_time_and_opened_again_it_is_as_it_was(
    desks: Desks, feed: Feed, device: str
) -> None:
    page = desks.open()
    feed.press(device)
    row(page, device).get_by_role("button", name=re.compile("^Take")).click()
    button(page, "Send to").click()
    expect(row(page, device)).to_have_attribute("data-state", "routed")
    act(page, "Close")
    form = page.locator("form.form")
    form.get_by_label("accidental").check()
    form.get_by_label("How was it verified?").select_option("safe_word")
    form.get_by_label("Outcome").select_option("no_intervention")
    form.get_by_label("Reason").fill("safe word said")
    button(page, "Confirm closing").click()
    expect(form).to_contain_text("The order is not accepted yet: closing calls it off")
    # What it was asked of is no more: the desk asks anew.
    again = page.get_by_role("button", name="Confirm closing anyway")
    expect(again).to_have_attribute("aria-disabled", "false")
    order = f"{row(page, device).get_attribute('data-incident')}-1"
    feed.put(kind="order", order=order, state="en_route", unit="Gent 12")
    expect(row(page, device)).to_have_attribute("data-state", "en_route")
    again.click()
    expect(form).to_contain_text("closing does not call it off")
    expect(again).to_have_attribute("aria-disabled", "false")
    again.click()
    expect(row(page, device)).to_have_attribute("data-state", "closed")
    act(page, "Reopen")
    form.get_by_label("Reason").fill("she called")
    form.get_by_role("button", name="Confirm").click()
    expect(row(page, device)).to_have_attribute("data-state", "en_route")


# Holds back what the server tells, until `release()`.
HELD = """
window.vigieLine = { received: [] };
let take, held = [];
const get = () => (text) => (held ? held.push(text) : take(text));
Object.defineProperty(vigieLine, "take", { get, set: (given) => (take = given) });
window.release = () => { const all = held; held = null; all.forEach((text) => take(text)); };
"""


@pytest.mark.parametrize("path", ["operator", "supervisor", "map"])
def test_until_the_first_message_a_page_says_loading_and_shows_no_empty_desk(
    chromium: Browser, centre: Centre, path: str
) -> None:
    page = chromium.new_page()
    page.add_init_script(HELD)
    page.goto(f"{centre.address}/{path}")
    holds(
        page, "document.querySelector('.mark') && performance.now() > 2500"
    )  # all that the page makes by itself stands
    said = [line for line in page.locator("body").inner_text().splitlines() if line.strip()]
    assert [line for line in said if "SOUND BLOCKED" not in line and "arm sound" not in line] == [
        "LOADING … no alarm is shown yet"
    ]
    page.evaluate("release()")
    expect(page.get_by_text("LOADING")).to_have_count(0)
    expect(page.get_by_role("heading", name="Vigie")).to_be_visible()
    page.close()


def test_each_bad_state_is_named_on_the_screen(desks: Desks) -> None:
    page = desks.open()
    said = page.evaluate(
        """() => {
          const feed = {name: '112-app', state: 'malformed', since: Date.now(), gaps: 2, gap_at: Date.now(), gap_why: 'epoch'};
          const health = {feed_state: 'malformed', feeds: [feed], recording: 'failed', held: 3, cases: 'locked', orders: 'ok'};
          window.vigieLine.take(JSON.stringify({now: Date.now(), health, shift: 1}));
          const region = document.getElementById('feed');
          const {feedState, recording} = region.dataset;
          return [feedState, recording, region.textContent, document.getElementById('alert').textContent];
        }"""
    )
    assert said[:2] == ["malformed", "failed"]
    assert "FEED MALFORMED" in said[2]
    assert "GAP" in said[3]
    assert "Take note" in said[3]
    assert "NOT RECORDED" in said[3]
    assert "3 entries" in said[3]
    assert "CASES LOCKED" in said[3]
    aside = page.evaluate(
        """() => {
          const health = {feed_state: 'live', feeds: [], recording: 'aside', held: 0, cases: 'open', orders: 'ok'};
          window.vigieLine.take(JSON.stringify({now: Date.now(), health, shift: 1}));
          return document.getElementById('alert').textContent;
        }"""
    )
    assert "LOG LOST" in aside
