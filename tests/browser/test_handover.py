"""A handover as two people play it: an offer with a note, a refusal, an acceptance, a whole desk, the sheet."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desks, Feed
from tests.browser.parts import choose, free, is_mine, row, take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
BENCH = "AMR-BENCH-1"


def name(page: Page) -> str:
    """The desk name of a page."""
    return page.locator("#top .who b").inner_text()


def panel(page: Page) -> Page:
    """Who is on shift, by its key."""
    page.keyboard.press("w")
    expect(page.locator(".help.people")).to_be_visible()
    return page


def test_an_alarm_and_then_a_whole_desk_are_handed_over_between_two_browsers(desks: Desks, feed: Feed) -> None:
    ann, bob = desks.open(), desks.open(1366, 768)
    first, second = "AMR-00001", "AMR-00002"
    for device in (first, second):
        feed.press(device)
        take(ann, device)
    giver, receiver = name(ann), name(bob)
    expect(panel(ann).locator(".people li").filter(has_text=giver)).to_contain_text(f"{first} acknowledged")
    ann.keyboard.press("Escape")
    expect(ann.locator(".help.people")).to_have_count(0)

    # Offered with a note: the owner keeps it, only the receiver is called.
    ann.keyboard.press("p")
    form = ann.locator("form.form")
    form.get_by_label(receiver).check()
    form.get_by_label("Note").fill("she whispers")
    ann.keyboard.press("Control+Enter")
    expect(ann.get_by_text(f"Hand over {second}: offered")).to_be_visible()
    expect(row(ann, second)).to_contain_text(f"offered to {receiver}")
    is_mine(ann, second)
    expect(row(bob, second)).to_contain_text("OFFERED TO YOU")
    expect(bob.get_by_role("heading", name="No alarm selected")).to_be_visible()  # nothing was chosen for him

    # Declined with a reason: it never left its owner.
    panel(bob).locator(".people .offer").get_by_role("button", name="Decline").click()
    bob.locator("form.form").get_by_label("Reason").fill("on two already")
    bob.keyboard.press("Control+Enter")
    expect(row(bob, second)).not_to_contain_text("OFFERED TO YOU")
    expect(ann.locator("#case .history")).to_contain_text("on two already")
    is_mine(ann, second)

    # Offered again and accepted from the alarm itself, with the cursor on another one.
    free(ann)
    ann.keyboard.press("p")
    form.get_by_label(receiver).check()
    ann.keyboard.press("Control+Enter")
    expect(row(bob, second)).to_contain_text("OFFERED TO YOU")
    bob.keyboard.press("Escape")
    choose(bob, first)
    row(bob, second).get_by_role("button", name=f"Accept {second}").click()
    is_mine(bob, second)
    expect(row(bob, second).get_by_role("button", name=re.compile("^Accept"))).to_have_count(0)
    expect(row(ann, second)).to_have_attribute("data-owner", receiver)
    expect(row(ann, second).and_(ann.locator("#queue .mine [data-incident]"))).to_have_count(0)

    # The whole desk, back: both alarms of hers are one offer.
    feed.press("AMR-00003")
    take(ann, "AMR-00003")
    panel(ann).get_by_role("button", name="Hand over the desk").click()
    form.get_by_label(receiver).check()
    form.get_by_label("Note").fill("home at seven")
    ann.keyboard.press("Control+Enter")
    whole = panel(bob).locator(".people .offer")
    expect(whole).to_contain_text("home at seven")
    expect(bob.get_by_role("button", name="2 alarms are offered to you")).to_be_visible()
    whole.get_by_role("button", name="Accept all 2").click()
    for device in (first, "AMR-00003"):
        is_mine(bob, device)
        expect(row(ann, device)).to_have_attribute("data-owner", receiver)
    expect(bob.locator("#top .offers")).to_be_hidden()

    # The sheet, with a word for the next shift.
    bob.get_by_role("button", name="Note on the sheet").click()
    bob.locator("form.form").get_by_label("Text").fill("line 7 crackles")
    bob.keyboard.press("Control+Enter")
    expect(bob.locator("form.form")).to_be_hidden()
    with bob.expect_popup() as opened:
        bob.get_by_role("link", name="Handover sheet").click()
    sheet = opened.value
    expect(sheet.get_by_role("row", name=re.compile(f"^{first}"))).to_contain_text(receiver)
    expect(sheet.locator(".note")).to_contain_text(f"{receiver} line 7 crackles")
    expect(sheet.locator(".digest").first).to_have_text(
        re.compile(r"^\d+-\d+-[0-9a-f]{24}(-\d+-[0-9a-f]{8})?-e\d+-[0-9a-f]{12}$")
    )
    assert sheet.url.endswith("/sheet")

    # Whoever reads it hears of what waits.
    waits = sheet.get_by_role("alert").filter(has_text="waits that nobody has")
    expect(waits).to_have_count(0)
    feed.press("AMR-00004")
    expect(waits).to_have_text("▲ 1 alarm waits that nobody has")
    expect(sheet).to_have_title(re.compile(r"^\(1\) "))


def test_a_bench_press_is_the_shifts_test_and_alarms_like_any_other(desks: Desks, feed: Feed) -> None:
    page = desks.open()
    health = page.get_by_role("region", name="Feed health")
    due = page.locator("#top .shift .test")
    expect(due).to_have_text(re.compile("test (due|overdue)", re.IGNORECASE))
    feed.press(BENCH)
    expect(row(page, BENCH)).to_contain_text("BENCH DEVICE")
    expect(row(page, BENCH)).to_have_attribute("data-state", "raised")
    expect(health).to_contain_text(re.compile(r"test \d\d:\d\d passed"))
    expect(due).to_have_text("")
    page.keyboard.press("w")
    expect(page.locator(".help.people")).to_contain_text("Shift test passed")
