"""Devices in Chromium: a test announced on its page and pressed, a link that flaps, the list on paper."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import GENT, HOSTILE, Desks, Feed
from tests.browser.parts import act, choose, clock, row, take

WHERE = "police station, desk 2"
FACTS = {"fix": GENT, "press": "hold"}


def devices(desks: Desks, width: int = 1366, height: int = 768) -> Page:
    """The page of the devices, in a browser of its own."""
    return desks.open(width, height, path="/devices")


def test_an_announced_press_alarms_in_full_on_every_console_and_says_whose_test_it_is(desks: Desks, feed: Feed) -> None:
    ann, bob = desks.open(), desks.open(1366, 768)
    tom, device = devices(desks), "AMR-00031"
    tom.get_by_label("Device").fill(device)
    tom.get_by_role("button", name="Announce", exact=True).click()
    expect(tom.get_by_text("say where you are with it")).to_be_visible()
    tom.get_by_label("Where you are with it").fill(WHERE)
    tom.get_by_label("For", exact=True).select_option("10")
    tom.get_by_role("button", name="Announce", exact=True).click()
    standing = tom.locator(".announced li")
    until = clock(-timedelta(minutes=10))[:5], clock(-timedelta(minutes=9, seconds=30))[:5]
    said = re.compile(rf"announced test by .+, until ({'|'.join(until)}), {WHERE}")
    expect(standing).to_have_text(re.compile(rf"^{device} {said.pattern}Withdraw$"))
    feed.press(device, **FACTS)
    for page in (ann, bob):
        alarm = row(page, device)
        expect(alarm).to_contain_text(re.compile("announced test by .+, until"))
        expect(alarm).to_have_attribute("data-state", "raised")
        expect(alarm).to_have_class(re.compile(r"\bneeds\b"))
        expect(alarm.get_by_role("button", name="Take")).to_be_visible()
    take(ann, device)
    expect(ann.locator("#case .head")).to_contain_text(said)
    act(ann, "Close")
    form = ann.locator("form.form")
    expect(form).to_contain_text(re.compile(r"announced test by .+, until"))
    assert not form.get_by_role("radio", checked=True).count()  # nobody but a person says what it was
    form.get_by_role("radio", name="test").check()
    verified = form.get_by_label("How was it verified")
    assert verified.input_value() == ""
    assert verified.locator("option").nth(1).text_content() == "technician present at an announced test"
    ann.keyboard.press("Escape")
    # Withdrawn, a further press takes the mark from the alarm.
    standing.get_by_role("button", name="Withdraw").click()
    expect(standing).to_have_count(0)
    feed.press(device, **FACTS)
    for page in (ann, bob):
        expect(row(page, device)).to_contain_text("pressed 2×")
        expect(row(page, device)).not_to_contain_text("announced test")


def test_a_link_that_flaps_is_one_alarm_that_counts_and_calls_nobody_again(desks: Desks, feed: Feed) -> None:
    ann, device = desks.open(), "AMR-00032"
    for state in ("link_lost", "linked", "link_lost", "linked", "link_lost"):
        feed.put(kind="device", device=device, state=state, battery=64)
    alarm = row(ann, device)
    expect(alarm).to_contain_text("flapping, 5 changes")
    expect(alarm).to_have_attribute("data-state", "alarmed")
    choose(ann, device)
    expect(ann.locator("#case")).to_contain_text("never tested, 0 real")
    expect(ann.locator("#case")).to_contain_text("steady when nothing has changed for a minute")
    ann.get_by_role("button", name=re.compile("^Acknowledge")).click()
    expect(alarm).to_contain_text("noted by")
    for state in ("linked", "link_lost", "linked"):
        feed.put(kind="device", device=device, state=state, battery=64)
    expect(alarm).to_contain_text("flapping, 8 changes")
    expect(alarm).to_have_count(1)
    expect(alarm).to_contain_text("noted by")
    expect(alarm).to_contain_text("returned to normal")
    expect(alarm).not_to_have_class(re.compile(r"\bunnoted\b"))


def test_the_list_is_read_and_printed(desks: Desks, feed: Feed) -> None:
    feed.put(kind="device", device="AMR-00033", state="battery_low", battery=9)
    page = devices(desks, 1920, 1080)
    line = page.locator("tr[data-device='AMR-00033']")
    expect(line).to_contain_text(re.compile(r"2026-0033\s*9 %"))
    expect(line.get_by_text("battery low")).to_be_visible()
    assert page.title() != "owned" and page.get_by_text(HOSTILE[:200]).first.is_visible()  # a name is text
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="File (CSV)").click()
    asks = opened.value  # by keys alone: why, in words
    asks.get_by_role("radio").first.focus()
    asks.keyboard.press("ArrowUp")
    expect(asks.get_by_role("radio", name="another reason")).to_be_checked()
    asks.keyboard.press("Tab")
    asks.keyboard.type("...")
    asks.keyboard.press("Enter")
    expect(asks.get_by_role("alert")).to_be_visible()
    asks.get_by_role("radio", name="review of the work").check()
    with asks.expect_download() as file:
        asks.get_by_role("button", name="Go on").click()
    asks.close()
    assert file.value.suggested_filename.startswith("vigie-devices-20")
    page.emulate_media(media="print")
    expect(page.locator("#announce")).to_be_hidden()
    expect(page.get_by_role("link", name="File (CSV)")).to_be_hidden()
    expect(line).to_be_visible()


def test_the_list_is_live_sorted_and_says_of_a_device_what_the_operators_page_says(desks: Desks, feed: Feed) -> None:
    ann, device = desks.open(), "AMR-00034"
    feed.put(kind="device", device=device, state="battery_low", battery=11)
    alarm = row(ann, device)
    expect(alarm).to_contain_text("battery 11 %")
    choose(ann, device)
    expect(ann.locator("#case")).to_contain_text(re.compile(r"Case\s*2026-0034 · A. Voorbeeld"))
    expect(ann.locator("#case")).to_contain_text(
        re.compile(r"To call\s*no number in the case\s*during an alarm never her own phone")
    )
    page = devices(desks, 1920, 1080)
    line = page.locator(f"tr[data-device='{device}']")
    expect(line).to_contain_text("battery low")
    page.get_by_role("button", name="Battery", exact=True).click()
    page.get_by_role("button", name="Battery", exact=True).click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Battery")
    feed.put(kind="device", device=device, state="ok", battery=96)
    expect(line).to_contain_text(re.compile(r"96 %.*battery low · returned", re.DOTALL))
    expect(alarm).to_contain_text("battery 96 %")
    expect(line).not_to_have_class("wrong")
    expect(page.locator("tbody tr").first).to_have_attribute("data-device", device)
    page.context.set_offline(True)
    expect(page.locator("#stale")).to_contain_text("NOT LIVE", timeout=25_000)
    page.context.set_offline(False)
    expect(page.locator("#stale")).to_be_hidden()
