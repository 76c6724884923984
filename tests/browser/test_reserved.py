"""What an excluded person sees: an alarm that becomes RESERVED on the open page, and takes no hand."""

import json

from playwright.sync_api import expect

from incidents.cases import import_cases
from tests.browser.conftest import Centre, Desks, Feed
from tests.browser.parts import button, choose, row


def test_an_alarm_becomes_a_row_that_says_reserved_and_takes_no_hand(desks: Desks, centre: Centre, feed: Feed) -> None:
    excluded = desks.open()
    other = desks.open(1366, 768)
    feed.press("AMR-00001")
    feed.press("AMR-09999")  # nobody's
    choose(excluded, "AMR-00001")
    expect(excluded.locator("#case")).to_contain_text("A. Voorbeeld")
    cases = json.loads((centre.folder / "cases.json").read_text())["cases"]
    (case,) = [one for one in cases if one["number"] == "2026-0001"]
    case["exclusions"] = [{"account": " DESK 1", "reason": "the suspect"}]
    (centre.folder / "excluded.json").write_text(json.dumps({"cases": [case]}))
    assert import_cases(centre.folder / "excluded.json", centre.folder / "cases.db").loaded
    reserved = excluded.locator("#queue [data-kind=reserved]")
    expect(reserved).to_have_text("RESERVEDIt stands on other consoles.", timeout=2_500)
    expect(row(excluded, "AMR-00001")).to_have_count(0)
    expect(excluded.locator("#case")).to_contain_text("No alarm selected")
    expect(excluded.locator("#case")).not_to_contain_text("Voorbeeld")
    reserved.click()
    excluded.keyboard.press("ArrowDown")  # the keys walk past it
    expect(excluded.locator("#case h2").filter(has_text="AMR-09999")).to_be_visible()
    expect(reserved.get_by_role("button")).to_have_count(0)
    assert excluded.title().startswith("(2)")  # it waits, and is heard, until somebody has it
    choose(other, "AMR-00001")
    button(other, "Acknowledge").click()
    expect(reserved).not_to_have_class("is-raised")
    expect(reserved).to_have_attribute("data-state", "reserved")
