"""Without the feed, and safe for the victim, in a real browser: raised by hand in one key, silence over every action."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Centre, Desks, Feed
from tests.browser.parts import button, choose, in_state, row, take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed) -> Iterator[Centre]:
    """A centre of its own: its feed goes down."""
    centre = Centre(tmp_path_factory.mktemp("degraded"), feed)
    yield centre
    centre.kill()


def has_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement?.className || document.activeElement?.tagName"))


def test_listen_only_stands_over_the_actions_and_over_a_form(desks: Desks, feed: Feed) -> None:
    page = desks.open(1366, 768)
    feed.press("AMR-00031")
    choose(page, "AMR-00031")
    notice = page.locator("#case .listen-only")
    expect(notice).to_have_text("LISTEN ONLY · nothing here reaches her phone")
    assert notice.bounding_box()["y"] < button(page, "Acknowledge").bounding_box()["y"]  # type: ignore[index]
    take(page, "AMR-00031")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Write on AMR-00031")).to_be_visible()
    expect(notice).to_be_visible()


def test_the_duress_word_stands_beside_classify_and_where_an_accident_is_chosen(desks: Desks, feed: Feed) -> None:
    page = desks.open(1366, 768)
    feed.press("AMR-00032")
    take(page, "AMR-00032")
    words = page.locator("#case .agreed").filter(visible=True)
    expect(words).to_have_text("safe: tulip · DURESS: winter")
    below = button(page, "Classify").bounding_box()
    above = words.bounding_box()
    assert above and below and 0 <= below["y"] - (above["y"] + above["height"]) < 20
    button(page, "More").click()
    expect(words).to_have_text("safe: tulip · DURESS: winter")
    button(page, "Fewer").click()
    warning = page.get_by_text("may be said under duress")
    for name, opened in (("Classify", "c"), ("Close", "Shift+X")):
        page.keyboard.press(opened)
        form = page.locator("form.form")
        expect(form).to_contain_text("DURESS: winter")
        expect(warning).to_be_hidden()
        form.get_by_label("accidental").check()
        expect(warning, name).to_be_visible()
        form.get_by_label("real").check()
        expect(warning).to_be_hidden()
        form.get_by_role("button", name="Back").click()


def test_with_the_feed_down_an_alarm_is_raised_by_one_key_and_routed_by_radio(desks: Desks, feed: Feed) -> None:
    page = desks.open(1366, 768)
    health = page.get_by_role("region", name="Feed health")
    way = health.get_by_text("H: raise by hand")
    expect(way).to_be_hidden()
    port = int(feed.url.rpartition(":")[2].partition("/")[0])
    feed.stop()
    try:
        expect(health).to_have_attribute("data-feed-state", "down", timeout=20_000)
        expect(health).to_contain_text("FEED DOWN")
        expect(way).to_be_visible()
        for focus in ("#console .pill", "#queue button", "#map"):
            page.locator(focus).filter(visible=True).first.focus()
            page.keyboard.press("h")
            expect(page.get_by_role("heading", name="Raise an alarm by hand")).to_be_visible()
            page.keyboard.press("Escape")
        page.keyboard.press("h")
        form = page.locator("form.form")
        form.get_by_label("Case").fill("2026-0033")
        form.get_by_role("button", name="2026-0033").click()
        form.get_by_label("Zone").fill("gent")
        form.get_by_role("button", name="PZ Gent").click()
        form.get_by_label("Reason").fill("She called 101: he is at the door")
        form.get_by_role("button", name="Raise the alarm").click()
        in_state(page, "AMR-00033", "raised")
        expect(row(page, "AMR-00033")).to_contain_text("raised by hand")
        take(page, "AMR-00033")
        page.locator(".routing .option input").first.check()  # without a position a person says which
        button(page, "Route").click()
        expect(row(page, "AMR-00033")).to_contain_text("no address: pass by radio")
        expect(page.locator("#case .history")).to_contain_text("by radio")
    finally:
        feed.start(port)
    expect(health).to_have_attribute("data-feed-state", "live", timeout=20_000)
    expect(way).to_be_hidden()
