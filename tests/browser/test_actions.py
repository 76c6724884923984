"""What an operator may do with an alarm, in a real browser: routing, forms, second thoughts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import GENT, Desks, Feed, until
from tests.browser.parts import (
    act,
    button,
    choose,
    choose_zone,
    clock,
    free,
    holds,
    in_state,
    is_mine,
    route,
    row,
    take,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
BRUSSELS_WIDE = {"lat": 50.8503, "lon": 4.3517, "radius": 900.0, "confidence": 68}
_numbers = count(1)


@pytest.fixture
def device() -> Iterator[str]:
    yield f"AMR-{next(_numbers):05}"


def now() -> str:
    return datetime.now(UTC).isoformat()


def test_the_zones_a_circle_touches_are_offered_with_their_shares(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device, fix={**BRUSSELS_WIDE, "time": now()})
    choose(page, device)
    options = page.locator(".routing .option")
    expect(options.nth(1)).to_be_visible()
    shares = [int(text.split()[0]) for text in page.locator(".routing .share").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    assert 97 <= sum(shares) <= 103
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    other = options.nth(1).locator(".name").inner_text()
    button(page, "Acknowledge").click()
    in_state(page, device, "acknowledged")
    free(page)
    holds(page, "performance.now() > 2500")  # keys wait a second after the window came
    page.keyboard.press("r")
    expect(page.get_by_role("status").filter(has_text="less than 90 % of the circle")).to_be_visible()
    choose_zone(page, 2)
    expect(page.get_by_role("button", name=f"Send to {other} {device}")).to_be_visible()
    page.keyboard.press("r")
    expect(row(page, device)).to_contain_text(f"routed to {other}")


def test_a_circle_within_one_zone_says_how_far_the_border_is(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    choose(page, device)
    expect(page.locator(".routing .note")).to_have_text(re.compile(r"^inside, \d.* from the border$"))


@pytest.mark.parametrize("fix", [None, "old"])
def test_nothing_is_preselected_when_the_position_cannot_say(
    desks: Desks, feed: Feed, device: str, fix: str | None
) -> None:
    page = desks.open()
    old = {**GENT, "time": (datetime.now(UTC) - timedelta(minutes=11)).isoformat()}
    feed.press(device, fix=old if fix else None)
    take(page, device)
    expect(page.locator(".routing .note")).to_contain_text("nothing is preselected")
    expect(page.locator(".routing input:checked")).to_have_count(0)
    expect(button(page, "Send: choose")).to_have_attribute(
        "title", re.compile("nothing is preselected. · Choose a zone first.$")
    )
    page.get_by_role("button", name="Other zone").click()
    page.get_by_label("Another zone").fill("meetjes")
    page.get_by_role("option", name=re.compile("^PZ Meetjesland")).click()
    button(page, "Send to").click()
    expect(row(page, device)).to_contain_text("routed to PZ Meetjesland")


def test_rerouting_shows_the_zones_before_anything_is_sent(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    route(page, device)
    expect(page.locator(".routing")).to_be_hidden()
    act(page, "Re-route")
    expect(button(page, "Send to")).to_have_attribute("title", re.compile("routed there already"))
    page.get_by_role("button", name="Other zone").click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("button", name="Other zone")).to_be_focused()
    for town in ("Meetjesland", "Aalst"):
        if town == "Aalst":
            act(page, "Re-route")
        page.get_by_role("button", name="Other zone").click()
        page.get_by_label("Another zone").fill(town)
        page.keyboard.press("Enter")
        act(page, "Send to")
        again = page.get_by_role("button", name="Confirm all the same")
        expect(again).to_have_attribute("aria-disabled", "false")
        again.click()
        expect(page.locator("#case .history")).to_contain_text(f"re-routed to PZ {town}")
    expect(page.locator(".routing")).to_be_hidden()
    # Whoever was left may still drive, until the radio says that they do not.
    expect(row(page, device)).to_contain_text("stand-down not confirmed")
    expect(page.locator("#case")).to_contain_text("stand-down not confirmed by PZ Gent")
    confirms = page.get_by_role("button", name=re.compile(r" confirms "))
    expect(confirms).to_have_count(2)
    free(page)
    page.keyboard.press("Shift+D")  # no key picks one of several
    expect(page.get_by_role("status").filter(has_text="choose which one confirms")).to_be_visible()
    expect(confirms.first).to_be_focused()
    confirms.nth(1).click()
    expect(page.get_by_role("status").filter(has_text=f"PZ Meetjesland Centrum confirms {device}")).to_be_visible()
    expect(confirms).to_have_count(1)
    expect(page.get_by_role("button", name=f"PZ Gent confirms {device}")).to_be_visible()
    free(page)
    page.keyboard.press("Shift+D")
    expect(page.get_by_role("status").filter(has_text=f"PZ Gent confirms {device}")).to_be_visible()
    expect(page.locator("#case .history")).to_contain_text("PZ Gent confirms that it stands down · by radio")
    expect(row(page, device)).not_to_contain_text("stand-down")


def test_what_was_said_on_the_radio_is_entered_with_its_time(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    route(page, device)
    act(page, "Other time")
    form = page.locator("form.form")
    expect(form.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Control+Enter")  # sends what is chosen, and chooses nothing
    expect(form).to_contain_text("Needed: ")
    expect(form.get_by_role("radio", checked=True)).to_have_count(0)
    form.get_by_label("on scene").check()
    form.get_by_label("Unit").fill("G12")
    form.get_by_label("When").fill("25:99")
    form.get_by_role("button", name="Confirm").click()
    expect(form).to_contain_text("That time cannot be")
    said = clock(timedelta(seconds=40))
    form.get_by_label("When").fill(said)
    form.get_by_role("button", name="Confirm").click()
    in_state(page, device, "on_scene")
    expect(page.locator("#case .history li").filter(has_text="on the scene")).to_contain_text(said)
    expect(page.locator("#case .history li").filter(has_text="on the scene")).to_contain_text("entered")


def test_a_time_is_corrected_with_a_reason(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    route(page, device)
    act(page, "Correct time")
    form = page.locator("form.form")
    form.get_by_label("Which time").select_option("routed")
    form.get_by_label("When").fill(clock(timedelta(seconds=1)))
    form.get_by_role("button", name="Confirm").click()
    expect(form).to_contain_text("Needed: Reason")
    form.get_by_label("Reason").fill("typed late")
    form.get_by_role("button", name="Confirm").click()
    expect(page.locator("#case .history")).to_contain_text("time of routed corrected to")


def test_tracking_is_extended_with_a_reason(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    take(page, device)
    act(page, "Extend tracking")
    form = page.locator("form.form")
    form.get_by_label("Minutes").fill("240")
    form.get_by_label("Reason").fill("she is still on the road")
    form.get_by_role("button", name="Confirm").click()
    expect(page.locator("#case .notes")).to_contain_text(re.compile(r"tracking ends in\s[34]\sh"))


def test_a_released_alarm_is_everybodys_again(desks: Desks, feed: Feed, device: str) -> None:
    page, other = desks.open(), desks.open()
    feed.press(device)
    take(page, device)
    act(page, "Release")
    page.locator("form.form").get_by_role("button", name="Confirm").click()
    in_state(other, device, "raised")
    take(other, device)


def test_a_declined_order_says_why_and_proposes_the_next_zone(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    route(page, device)
    act(page, "Declined")
    page.locator("form.form").get_by_label("Reason").fill("no unit is free")
    page.locator("form.form").get_by_role("button", name="Confirm").click()
    in_state(page, device, "acknowledged")
    expect(row(page, device)).to_contain_text("declined")
    declined = page.locator("#case .head .declined")
    expect(declined).to_have_text(
        re.compile(r"^DECLINED by PZ Gent: no unit is free · choose another zone · \d\d:\d\d$")
    )
    expect(page.locator(".routing .note")).to_contain_text("The likeliest zone declined: choose another.")
    gent = page.get_by_role("radio", name=re.compile("^PZ Gent"))
    expect(page.locator(".routing .option").filter(has=gent)).to_contain_text("declined · no unit is free")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    proposed = page.locator(".routing .option").first.locator(".name").inner_text()
    assert proposed != "PZ Gent"
    free(page)
    button(page, "Acknowledge").click()
    expect(declined).to_have_text(re.compile("^declined by PZ Gent"))
    free(page)
    choose_zone(page, 1)
    button(page, "Send to").click()
    in_state(page, device, "routed")  # the next zone is not asked about a second time
    expect(row(page, device)).to_contain_text(f"routed to {proposed}")
    expect(declined).to_be_hidden()


def test_a_closed_alarm_is_opened_again(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    take(page, device)
    act(page, "Close")
    form = page.locator("form.form")
    form.get_by_label("test").check()
    button(page, "Confirm closing").click()
    expect(form).to_contain_text("Needed: How was it verified?")
    assert form.get_by_label("How was it verified?").locator("option").last.inner_text().startswith("said so")
    form.get_by_label("How was it verified?").select_option("technician_present")
    form.get_by_label("Outcome").select_option("test_ok")
    form.get_by_label("Reason").fill("announced test")
    button(page, "Confirm closing").click()
    in_state(page, device, "closed")
    act(page, "Reopen")
    form.get_by_label("Reason").fill("she pressed again by telephone")
    form.get_by_role("button", name="Confirm").click()
    in_state(page, device, "acknowledged")


def test_a_double_click_is_no_second_step(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    route(page, device)
    act(page, "En route")
    in_state(page, device, "en_route")
    free(page)
    act(page, "Close")
    form = page.locator("form.form")
    form.get_by_label("real").check()
    form.get_by_label("Outcome").select_option("victim_safe")
    form.get_by_label("Reason").fill("she is safe")
    button(page, "Confirm closing").dblclick()
    expect(form).to_contain_text("closing does not call it off")
    expect(button(page, "Confirm closing anyway")).to_have_attribute("aria-disabled", "false")
    in_state(page, device, "en_route")
    button(page, "Confirm closing anyway").click()
    in_state(page, device, "closed")
    expect(page.locator("#case .history")).to_contain_text("closed ANYWAY")


def test_what_is_half_written_waits_while_another_alarm_is_looked_at(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    other = f"AMR-{next(_numbers):05}"
    feed.press(device)
    feed.press(other)
    take(page, device)
    act(page, "Note")
    page.get_by_label("Text").fill("a grey van")
    choose(page, other)
    expect(page.locator("form.form")).to_be_hidden()
    choose(page, device)
    act(page, "Note")
    expect(page.get_by_label("Text")).to_have_value("a grey van")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("#case .history")).to_contain_text("a grey van")
    free(page)
    act(page, "Note")
    expect(page.get_by_label("Text")).to_have_value("")


def test_an_alarm_is_raised_by_hand_at_a_place_of_the_map(desks: Desks) -> None:
    page = desks.open()
    button(page, "Raise by hand").click()
    form = page.locator("form.form")
    form.get_by_label("Reason").fill("a neighbour called 101")
    form.get_by_role("button", name="Click on the map").click()
    expect(page.get_by_role("region", name="Map")).to_contain_text(re.compile("click", re.IGNORECASE))
    page.get_by_role("region", name="Map").click(position={"x": 500, "y": 500})
    where = form.get_by_label("Where")
    expect(where).to_have_value(re.compile(r"^[45]\d\.\d{5}, \d\.\d{5} · .+ · PZ "))
    zone = where.input_value().split("PZ ")[1]
    page.keyboard.press("Control+Enter")  # the hand is on the map still
    expect(page.locator("#case")).to_contain_text("a neighbour called 101")
    expect(page.locator("#queue .alarm.selected .pick")).to_have_accessible_name(re.compile(f", PZ {re.escape(zone)}"))


def test_an_alarm_is_raised_by_keys_alone_and_is_its_raisers(desks: Desks) -> None:
    page = desks.open()
    page.keyboard.press("h")
    where = page.locator("form.form").get_by_label("Where")
    page.locator("form.form").get_by_label("Reason").fill("another call")
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    expect(page.locator("form.form").get_by_label("Reason")).to_have_value(
        ""
    )  # a call that was left is no word of the next
    expect(where).to_be_focused()
    page.keyboard.type("laeken")
    expect(page.locator("form.form .found button").first).to_have_text(
        "Laken / Laeken · Bruxelles / Brussel · PZ Polbru"
    )
    page.keyboard.press("Enter")
    expect(where).to_have_value("Laken / Laeken · Bruxelles / Brussel · PZ Polbru")
    echo = page.get_by_role("status").filter(has_text=re.compile("^Bruxelles / Brussel · PZ Polbru$"))
    assert echo.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 20
    page.keyboard.press("Control+Enter")
    raised = row(page, "Laken")
    expect(page.locator("#case .pinned")).to_contain_text("NO CASE is known, no device")
    expect(raised).to_have_attribute("data-state", "acknowledged")
    is_mine(page, "Laken")
    # A warning that stands there whole is not called one that is below.
    page.set_viewport_size({"width": 1366, "height": 768})
    pinned = page.locator("#case .pinned")
    until(lambda: pinned.evaluate("one => one.scrollHeight <= one.clientHeight && one.clientHeight < 40"))
    expect(page.locator("#case .hidden-pinned")).to_be_hidden()


def test_raising_a_case_whose_alarm_is_open_leads_there_or_makes_another_by_its_own_name(
    desks: Desks, feed: Feed
) -> None:
    device, page = "AMR-00056", desks.open(1366, 768)
    feed.press(device)
    expect(row(page, device)).to_be_visible()
    form = page.locator("form.form")

    def raised() -> None:
        page.keyboard.press("h")
        form.get_by_label("Case").fill("2026-0056")
        expect(form.get_by_role("option")).to_contain_text(device)
        page.keyboard.press("Enter")
        form.get_by_label("Reason").press_sequentially("a call")
        page.keyboard.press("Control+Enter")  # the field that had the focus tells that it changed: nobody asked anew
        expect(form.get_by_role("alert")).to_contain_text(re.compile(f"{device} is already open for this person"))

    raised()
    there = form.get_by_role("button", name=f"Go to {device}")
    expect(there).to_be_focused()
    expect(there).not_to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#case h2").filter(has_text=device)).to_be_visible()
    expect(form).to_be_hidden()
    raised()
    expect(there).not_to_have_attribute("aria-disabled", "true")
    form.get_by_role("button", name="Raise a second alarm all the same").click()
    expect(form).to_be_hidden()
    also = re.compile(", two alarms open, ")
    for one in (row(page, device).first, row(page, device).last):
        expect(one.locator(".pick")).to_have_accessible_name(also)
    expect(page.locator("#case .notes")).to_contain_text("ALSO OPEN FOR THE SAME PERSON")
    expect(page.locator("#case h2").filter(has_text=re.compile(rf"{device} · \w{{4}}"))).to_be_visible()


def test_a_place_that_was_typed_but_not_chosen_is_not_lost(desks: Desks) -> None:
    page = desks.open()
    button(page, "Raise by hand").click()
    form = page.locator("form.form")
    form.get_by_label("Where").fill("gent")
    expect(form.get_by_role("option").first).to_be_visible()  # they move the button
    button(page, "Raise the alarm").click()
    expect(form).to_contain_text("Where: choose one of the answers")
    form.get_by_role("option").first.click()
    expect(form).not_to_contain_text("choose one of the answers")
    form.get_by_label("Where").fill("nowhere at all")
    expect(form).to_contain_text("No such place")


def test_routing_to_where_she_cannot_be_is_confirmed_in_the_place_of_the_buttons(
    desks: Desks, feed: Feed, device: str
) -> None:
    page = desks.open()
    feed.press(device)
    take(page, device)
    button(page, "Other zone").click()
    other = page.get_by_label("Another zone")
    other.fill("turnhout")
    other.press("Enter")
    button(page, "Send to").click()
    form = page.locator("form.form")
    expect(form).to_contain_text(re.compile("she cannot be in that zone"))
    in_state(page, device, "acknowledged")
    again = form.get_by_role("button", name="Confirm all the same")
    expect(again).to_be_focused()
    expect(again).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Enter")
    in_state(page, device, "routed")
    expect(row(page, device)).to_contain_text("Turnhout")


def test_actions_are_refused_just_after_the_alarm_changed(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    choose(page, device)
    free(page)
    page.evaluate(
        """() => new MutationObserver(() => {
          const take = document.querySelector('#case .do.acknowledge');
          if (take?.ariaDisabled === 'true') window.refused = take.title;
        }).observe(document.querySelector('#case .actions'), {subtree: true, attributes: true})"""
    )
    feed.press(device)
    holds(page, "window.refused")
    said = f"{device} changed just now: pressed again (hold). Look, then do it again."
    assert page.evaluate("window.refused") == said
    free(page)
    # One's own act makes no other wait, however fast the hand; a refusal stands over the keys, and is marked on its own.
    holds(page, "performance.now() > 2500")
    page.keyboard.press("a")
    page.keyboard.press("r")
    in_state(page, device, "routed")
    feed.press(device)
    expect(row(page, device)).to_contain_text("pressed 3×")
    page.keyboard.press("e")
    expect(page.locator("#case .refusal")).to_have_text(f"En route: {said}")
    expect(button(page, "En route")).to_have_class(re.compile("refused"))
    free(page)
    page.keyboard.press("e")
    expect(page.locator("#case .refusal")).to_be_hidden()


def test_what_cannot_be_read_and_what_is_not_known_is_said(desks: Desks, feed: Feed) -> None:
    page = desks.open()
    feed.press("AMR-90001", battery="full", fix={**GENT, "time": now()})
    choose(page, "AMR-90001")
    expect(page.locator("#case .pinned")).to_contain_text("NO CASE for this device")
    expect(page.locator("#case dl")).to_contain_text("battery")
    expect(page.locator("#case dt").filter(has_text="Unreadable")).to_be_visible()


def test_warnings_stay_in_sight_and_other_facts_are_counted(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open(1366, 768)
    feed.press(device, call={"state": "ringing", "line": "101-7"}, battery=81)
    route(page, device)
    for name in ("Note", "Classify", "Close"):
        act(page, name)
        for warning in page.locator("#case .pinned .warning").all():
            expect(warning).to_be_in_viewport(ratio=1)
        expect(page.locator("form.form button").first).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
    hidden = page.get_by_role("button", name=re.compile(r"^\d+ more facts below"))
    expect(hidden).to_be_visible()
    page.locator("#case .facts").evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    expect(hidden).to_be_hidden()
    expect(page.locator("#case dd").filter(has_text="contact ban")).to_contain_text("PZ Gent · ")


def test_the_agreed_words_stand_over_what_may_be_done(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open()
    feed.press(device)
    take(page, device)
    expect(page.locator("#case .agreed")).to_have_text("safe: tulip · DURESS: winter")
    act(page, "Classify")
    expect(page.locator("#case .agreed")).to_have_text("safe: tulip · DURESS: winter")
    page.locator("form.form").get_by_label("accidental").check()
    page.locator("form.form").get_by_role("button", name="Confirm").click()
    expect(row(page, device)).to_contain_text("accidental")


def test_one_key_copies_the_alarm_for_the_cad_whose_number_then_stands_on_its_row(
    desks: Desks, feed: Feed, device: str
) -> None:
    page, second = desks.open(), desks.open()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    feed.press(device)
    choose(page, device)
    page.keyboard.press("q")
    expect(page.locator("#said")).to_contain_text("Acknowledge it first")
    take(page, device)
    page.keyboard.press("l")
    choose(second, device)
    expect(row(second, device)).to_contain_text("(listens)")
    expect(button(second, "Second seat")).to_have_attribute("aria-disabled", "false")
    second.keyboard.press("b")
    expect(row(second, device)).to_contain_text("SECOND SEAT")
    expect(button(second, "Send to")).to_have_attribute("aria-disabled", "false")
    button(second, "Send to").click()
    in_state(page, device, "routed")
    free(page)
    page.keyboard.press("Shift+Q")
    number = page.get_by_role("textbox", name="CAD number")
    number.fill("G2026-0417")
    number.press("Enter")
    expect(row(page, device).locator(".pick")).to_have_accessible_name(re.compile(", CAD G2026-0417, "))
    expect(row(page, device).locator(".who")).to_contain_text(re.compile(r"\(listens\) \+ "))
    page.keyboard.press("q")
    expect(page.locator("#said")).to_contain_text("copied")
    said = page.evaluate("navigator.clipboard.readText()").splitlines()
    kinds = ["STALKING ALARM", "CAD", "PLACE", "POSITION", "WHO", "PRESENT", "FROM", "WEAPON", "APPROACH", "ASKED"]
    assert [line.partition(":")[0] for line in said] == kinds
    assert "A. Voorbeeld" in said[4] and "do not call or text her" in said[8] and "a unit of PZ Gent" in said[9]
