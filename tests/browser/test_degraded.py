"""Without the feed, and safe for the victim, in a real browser: raised by hand in one key, silence over every action."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.documents.degraded.page import locked_page, sheet_page
from incidents.case import Case, Person
from incidents.degraded.seal import seal
from incidents.degraded.sheet import sheet
from reports.catalogue import translator
from tests.browser.conftest import Centre, Desks, Feed
from tests.browser.parts import button, choose, clock, in_state, row, take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed) -> Iterator[Centre]:
    """A centre of its own: its feed goes down."""
    centre = Centre(tmp_path_factory.mktemp("degraded"), feed)
    yield centre
    centre.kill()


def test_listen_only_stands_over_the_actions_and_over_a_form(desks: Desks, feed: Feed) -> None:
    page = desks.open(1366, 768)
    feed.press("AMR-00031")
    choose(page, "AMR-00031")
    notice = page.locator("#case .listen-only")
    expect(notice).to_have_text("LISTEN ONLY · no call, no message to her")
    assert notice.bounding_box()["y"] < button(page, "Acknowledge").bounding_box()["y"]  # type: ignore[index]
    take(page, "AMR-00031")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Write on AMR-00031")).to_be_visible()
    expect(notice).to_be_visible()


def test_the_agreed_words_stand_over_the_list_and_where_an_accident_is_chosen(desks: Desks, feed: Feed) -> None:
    page = desks.open(1366, 768)
    feed.press("AMR-00032")
    take(page, "AMR-00032")
    words = page.locator("#case .agreed").filter(visible=True)
    expect(words).to_have_text("safe: tulip · DURESS: winter")
    button(page, "More").click()
    expect(button(page, "Classify")).to_be_visible()
    expect(words).to_have_text("safe: tulip · DURESS: winter")
    button(page, "Fewer").click()
    warning = page.get_by_text("may be said under duress")
    for name, opened in (("Classify", "c"), ("Close", "Shift+X")):
        page.keyboard.press(opened)
        form = page.locator("form.form")
        expect(words).to_have_text("safe: tulip · DURESS: winter")
        expect(warning).to_be_hidden()
        form.get_by_label("accidental").check()
        expect(warning, name).to_be_visible()
        form.get_by_label("real").check()
        expect(warning).to_be_hidden()
        form.get_by_role("button", name="Back").click()


def test_with_the_feed_down_an_alarm_is_raised_by_one_key_and_routed_by_radio(desks: Desks, feed: Feed) -> None:
    page = desks.open(1366, 768)
    health = page.get_by_role("region", name="Feed health")
    health.get_by_role("button").click()
    expect(page.locator("#case")).to_contain_text("degraded file: not set up")
    page.keyboard.press("Escape")
    expect(page.locator("#case")).not_to_contain_text("degraded file")
    feed.stop()
    try:
        expect(health).to_have_attribute("data-feed-state", "down", timeout=20_000)
        expect(health).to_contain_text("FEED DOWN")
        banner = page.get_by_role("alert").filter(has_text="FEED DOWN since")
        expect(banner).to_contain_text("take calls by telephone, raise them by hand.")
        assert banner.evaluate("(one) => one.getBoundingClientRect().width") == 1366  # as wide as what else is broken
        for focus in ("#console .pill", "#queue button", "#map"):
            page.locator(focus).filter(visible=True).first.focus()
            page.keyboard.press("h")
            raising = page.get_by_role("heading", name="Raise an alarm by hand")
            expect(raising).to_be_visible()
            expect(page.locator("form.form").get_by_label("Where")).to_be_focused()
            page.keyboard.press("Escape")
            expect(raising).to_be_hidden()
        page.keyboard.press("h")
        form = page.locator("form.form")
        form.get_by_label("Case").fill("2026-0033")
        form.get_by_role("option", name="2026-0033").click()
        form.get_by_label("Where").fill("gent")
        form.get_by_role("option", name="Gent / Gand · PZ Gent", exact=True).click()
        form.get_by_label("Reason").fill("She called 101: he is at the door")
        form.get_by_role("button", name="Raise the alarm").click()
        in_state(page, "AMR-00033", "acknowledged")
        choose(page, "AMR-00033")
        expect(page.locator("#case .state")).to_contain_text("raised by hand")
        page.locator(".routing .option input").first.check()  # without a position a person says which
        button(page, "Send to").click()
        expect(row(page, "AMR-00033")).to_contain_text("no address: pass by radio")
        expect(page.locator("#case .history")).to_contain_text("by radio")
    finally:
        feed.start()
    expect(health).to_have_attribute("data-feed-state", "live", timeout=20_000)


WATCHED = """
window.rang = [];
const look = () => {
  for (const row of document.querySelectorAll('.alarm.needs'))
    window.rang.push(row.querySelector('.pick')?.ariaLabel.split(',')[0] ?? '');
};
const all = { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] };
addEventListener('DOMContentLoaded', () => new MutationObserver(look).observe(document.body, all));
"""


def test_a_sheet_of_paper_is_entered_whole_once_and_rings_nowhere(desks: Desks, feed: Feed) -> None:
    page, other = desks.open(1366, 768), desks.open(script=WATCHED)
    page.locator("#map").click(position={"x": 10, "y": 300})
    page.keyboard.press("Shift+H")
    form = page.locator("form.form")
    expect(page.get_by_role("heading", name="Enter what was written on paper")).to_be_visible()
    times = {
        name: clock(timedelta(minutes=ago)) for name, ago in (("Raised", 90), ("Acknowledged", 89), ("Routed", 95))
    }
    for name, time in times.items():
        form.get_by_label(name, exact=True).fill(time)
    form.get_by_label("Reason").fill("Handled by radio during the outage")
    form.get_by_label("Case").fill("2026-0034")
    form.get_by_role("option", name="2026-0034").click()
    form.get_by_label("Zone").fill("gent")
    form.get_by_role("option", name="PZ Gent").click()
    form.get_by_role("button", name="Enter it").click()
    expect(form).to_contain_text("“routed” cannot be before “acknowledged”")
    for name, ago in (("Routed", 88), ("En route", 87), ("On scene", 80), ("Safe", 70), ("Closed", 60)):
        form.get_by_label(name, exact=True).fill(clock(timedelta(minutes=ago)))
    form.get_by_role("button", name="Enter it").click()
    expect(form).to_contain_text("its class and its outcome are needed together")
    form.get_by_label("real").check()
    form.get_by_label("Outcome").select_option("victim_safe")
    form.get_by_role("button", name="Enter it").dblclick()
    for desk in (page, other):
        in_state(desk, "AMR-00034", "closed")
        expect(row(desk, "AMR-00034")).to_have_count(1)
        expect(row(desk, "AMR-00034")).to_contain_text("FROM PAPER")
    expect(form).to_be_hidden()
    expect(page.locator("#case .history")).to_contain_text("entered from paper")
    expect(page.locator("#case .history li").filter(has_text="on the scene")).to_contain_text("entered")
    assert "AMR-00034" not in other.evaluate("window.rang")
    feed.press("AMR-00035")
    in_state(other, "AMR-00035", "raised")
    assert "AMR-00035" in other.evaluate("window.rang"), "a press rings all the same"


def test_the_file_opens_in_a_browser_without_vigie_and_without_a_network(chromium: Browser, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    made = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
    case = Case(
        number="2026-0412",
        victim=Person(name=f"A. Voorbeeld {hostile}"),
        devices=("AMR-00412",),
        valid_from=made.date(),
        valid_until=made.date(),
        source="PZ Gent",
        date=made.date(),
        duress_word="winter",
    )
    content = sheet(
        cases=[case], incidents=[], zones={"5415": "Gent"}, radio={}, centre="", now=made, name_of=lambda who: who
    )
    page_of_it = sheet_page(content, translator("en"))
    file = tmp_path / "vigie-degraded.html"
    file.write_text(locked_page(seal(page_of_it.encode(), "drie kleine vossen", made), made, translator("en")))
    context = chromium.new_context(offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if request.url == file.as_uri() else wrong.append(request.url))
    page.goto(file.as_uri())
    expect(page.get_by_label("The supervisor's passphrase")).to_be_focused()
    page.keyboard.type("drie kleine vosser")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The passphrase is wrong.", timeout=20_000)
    page.keyboard.type("drie kleine vossen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Procedure")).to_be_visible(timeout=20_000)
    expect(page.locator("article h3")).to_have_text(f"A. Voorbeeld {hostile}")
    expect(page.locator("article")).to_contain_text("winter")
    assert page.title() == "Vigie: degraded mode"
    changed = file.read_text().replace("mac: ", "mac: AAAA", 1)
    file.write_text(changed)
    page.goto(file.as_uri())
    page.keyboard.type("drie kleine vossen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("was changed or cut short", timeout=20_000)
    context.close()
    assert wrong == []
