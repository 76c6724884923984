"""The keyboard of the operator page, in a real browser: what a key does, and when it must do nothing."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Desks, Feed, until
from tests.browser.parts import button, choose, free, holds, in_state, route, row, take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
_numbers = count(1)
KEYS_WAITED = "performance.now() > 2500"  # keys wait for a second after the window came


def next_device() -> str:
    return f"AMR-{next(_numbers):05}"


@pytest.fixture
def device() -> Iterator[str]:
    yield next_device()


@pytest.fixture
def page(desks: Desks) -> Page:
    page = desks.open()
    holds(page, KEYS_WAITED)
    return page


def said(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_contain_text(text)


def key(page: Page, writes: str, code: str, **facts: bool) -> None:
    """Press the key in the place of `code` on a keyboard where it writes `writes`."""
    page.evaluate(
        "([key, code, facts]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true, ...facts}))",
        [writes, code, facts],
    )


def test_a_key_names_the_alarm_it_acts_on(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    choose(page, device)
    free(page)
    page.keyboard.press("a")
    in_state(page, device, "acknowledged")
    said(page, f"Acknowledge {device}")


def test_a_key_without_an_alarm_says_so(desks: Desks) -> None:
    page = desks.open(anew=True)
    holds(page, KEYS_WAITED)
    page.keyboard.press("a")
    said(page, "No alarm is selected.")


def test_in_the_queue_the_focused_row_is_the_selected_row_whatever_leads_there(page: Page, feed: Feed) -> None:
    rows = page.get_by_role("region", name="Alarm queue").get_by_role("listitem")
    framed = """() => { const at = document.activeElement, rows = [...document.querySelectorAll("#queue li")];
      return [rows.findIndex((one) => one.contains(at)), rows.findIndex((one) => one.querySelector("[aria-current=true]"))]; }"""
    mine, first, second = (next_device() for _ in range(3))
    for one in (mine, first, second):
        feed.press(one)
        expect(row(page, one)).to_be_visible()
    take(page, mine)
    feed.press(mine)  # asks again: it stands below what nobody has
    choose(page, first)
    free(page)
    for press, chosen in (("u", second), ("u", first), ("ArrowDown", second), ("ArrowUp", first)):
        page.keyboard.press(press)
        expect(page.locator("#case h2").filter(has_text=chosen)).to_be_visible()
        at, current = page.evaluate(framed)
        assert at == current, (press, rows.nth(at).inner_text())
    page.keyboard.press("u")
    free(page)
    page.keyboard.press("a")
    in_state(page, second, "acknowledged")
    in_state(page, first, "raised")
    # The tabulator leads to one row, and a hand on a button has its own ring.
    row(page, first).get_by_role("button", name=re.compile("^(Take|TAKE)")).focus()
    page.keyboard.press("ArrowUp")
    expect(row(page, first).get_by_role("button", name=re.compile("^(Take|TAKE)"))).to_be_focused()
    assert page.locator("#queue .pick[tabindex='0']").count() == 1


def test_keys_are_what_they_write_also_on_azerty(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    choose(page, device)
    free(page)
    key(page, "q", "KeyA")  # where QWERTY has its A, AZERTY writes q
    key(page, "a", "KeyQ")
    in_state(page, device, "acknowledged")
    page.keyboard.press("g")
    until(lambda: _map_width(page) < 50_000)
    key(page, "à", "Digit0")
    until(lambda: _map_width(page) > 250_000)


def _map_width(page: Page) -> float:
    """Metres of Belgium from the left to the right of the map."""
    find = "Array.from(Bokeh.documents[0]._all_models.values()).find((one) => one.type === 'Figure').x_range"
    return float(page.evaluate(f"() => {find}.end - {find}.start"))


def test_letters_in_a_form_are_no_actions(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    route(page, device)
    page.keyboard.press("c")
    form = page.locator("form.form")
    form.get_by_label("accidental").check()
    page.keyboard.press("s")
    page.keyboard.press("e")
    page.locator("#case .head").click()
    page.keyboard.press("o")
    said(page, "A form is open")
    in_state(page, device, "routed")
    form.get_by_label("accidental").focus()
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    page.keyboard.press("o")
    in_state(page, device, "on_scene")


def test_a_form_that_is_left_gives_the_focus_back(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    take(page, device)
    button(page, "Note").focus()
    page.keyboard.press("Enter")
    expect(page.locator("form.form")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, "Note")).to_be_focused()


def test_keys_are_inert_for_a_second_after_the_window_came_to_the_front(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    choose(page, device)
    free(page)
    page.evaluate("window.dispatchEvent(new FocusEvent('focus'))")
    page.keyboard.press("a")
    said(page, "The window has just come to the front. Press the key again.")
    in_state(page, device, "raised")
    came = page.evaluate("performance.now()")
    holds(page, f"performance.now() > {came} + 1000")
    page.keyboard.press("a")
    in_state(page, device, "acknowledged")


def test_close_is_never_a_single_letter(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    take(page, device)
    for letter in "abcdefgijkmpquvwxz":
        page.keyboard.press(letter)
        expect(page.get_by_role("button", name="Confirm closing")).to_have_count(0)
        page.keyboard.press("Escape")
    page.keyboard.press("Shift+X")
    expect(page.get_by_role("button", name="Confirm closing")).to_be_visible()


def test_a_key_that_is_held_is_one_command(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    take(page, device)
    page.keyboard.down("l")
    for _ in range(5):
        page.keyboard.down("l")
    page.keyboard.up("l")
    lines = page.locator("#case .history li").filter(has_text="listens on the line")
    expect(lines).to_have_count(1)
    free(page)
    expect(lines).to_have_count(1)


def test_arrows_walk_the_queue_and_stop_at_its_ends(desks: Desks, feed: Feed, device: str) -> None:
    page = desks.open(anew=True)
    holds(page, KEYS_WAITED)
    for name in (device, f"AMR-{next(_numbers):05}"):
        feed.press(name)
        expect(row(page, name)).to_be_visible()
    rows = page.locator("#queue [data-incident]")
    shown = rows.count()
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_have_class(re.compile("selected"))
    page.keyboard.press("ArrowUp")
    expect(rows.first).to_have_class(re.compile("selected"))
    for _ in range(shown + 2):
        page.keyboard.press("ArrowDown")
    expect(rows.last).to_have_class(re.compile("selected"))


def test_help_names_every_key_and_covers_no_alarm(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    choose(page, device)
    page.keyboard.press("?")
    help = page.locator(".keys")
    for name in (
        "Acknowledge",
        "Route",
        "Listening",
        "En route",
        "On scene",
        "Safe",
        "Note",
        "Classify",
        "Close",
        "all Belgium",
    ):
        expect(help).to_contain_text(name)
    keys = help.locator("kbd").all_text_contents()
    assert sorted(keys) == sorted(set(keys)), "two things on one key"
    panel, queue = help.bounding_box(), page.get_by_role("region", name="Alarm queue").bounding_box()
    assert panel is not None and queue is not None
    assert panel["x"] >= queue["x"] + queue["width"]
    page.keyboard.press("Escape")
    expect(help).to_have_count(0)


def test_what_is_highlighted_is_what_enter_takes_in_every_list_that_a_key_leads_to(
    page: Page, feed: Feed, device: str
) -> None:
    feed.press(device)
    route(page, device)
    rows = page.evaluate("import('/assets/components/shortcuts/tables.js').then(({ TABLES }) => TABLES.operator)")
    seen: set[str] = set()
    for one in sorted(rows, key=lambda one: one.get("name") != "route"):  # before it waits for another's answer
        if "name" not in one or one["name"] == "map_window" or " " in one["key"]:
            continue
        page.keyboard.press(one["key"].replace("shift+", "Shift+"))
        # A field whose list has a highlight of its own: elsewhere the focus is the highlight, and the browser presses it.
        lists = page.locator("[role=combobox][aria-controls]:visible").evaluate_all(
            "(all) => all.map((one) => one.getAttribute('aria-controls'))"
        )
        for found in {*lists} - seen:
            seen.add(found)
            enter_takes(
                page, page.locator(f"[aria-controls={found}]"), page.locator(f"#{found}:not([hidden]) [role=option]")
            )
        if one["name"] != "route":  # the next letter begins another zone's name
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
    assert len(seen) >= 6  # another zone; where and which case of a call; the same and the zone of a paper


def enter_takes(page: Page, field: Locator, options: Locator) -> None:
    """Type, go down so many times, take: it is what was highlighted. The first arrow enters the list where it begins."""
    rounds = [(1, 0), (0, 0), (2, 1)]
    while rounds and field.is_visible():
        downs, at = rounds[0]
        for typed in ("gent", "2026", "a"):
            field.fill(typed)
            with suppress(AssertionError):
                until(lambda: options.count() > 1, 1.0)
                break
        else:
            continue  # no answer within a second: the machine is busy
        texts = options.all_inner_texts()
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
        marked = options.and_(page.locator("[aria-selected=true]"))
        text, here = marked.inner_text(), marked.get_attribute("id")
        if options.all_inner_texts() != texts:
            continue  # the first search of all has a second answer
        assert (text, here) == (texts[at], field.get_attribute("aria-activedescendant"))
        page.keyboard.press("Enter")
        chosen = page.get_by_role("radio", checked=True, name=text.split(" · ")[0])
        expect(field.or_(chosen).first).to_be_visible()
        if field.is_visible():  # that of a zone makes room for the zones
            expect(field).to_have_value(text)
        rounds.pop(0)


def test_rerouting_and_rarer_actions_need_no_mouse(page: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    route(page, device)
    page.keyboard.press("y")
    in_state(page, device, "accepted")
    free(page)
    page.keyboard.press("r")
    # Here a letter begins a zone's name: A acknowledges nothing, and O says of no patrol that it is on the scene.
    page.keyboard.type("oostende")
    expect(page.get_by_label("Another zone")).to_have_value("oostende")
    in_state(page, device, "accepted")
    page.get_by_label("Another zone").fill("")
    page.keyboard.type("aalst")
    # What is typed and not chosen is no zone, least of all the one hidden behind it.
    expect(button(page, "Send: choose a zone first")).to_have_attribute("title", "Choose a zone first.")
    page.keyboard.press("Enter")
    expect(page.locator(".routing input:checked")).to_be_focused()
    free(page)
    page.keyboard.press("r")
    again = page.get_by_role("button", name="Confirm all the same")
    expect(again).to_be_focused()
    expect(again).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Enter")
    expect(page.locator("#case .history")).to_contain_text("re-routed to PZ Aalst")
    free(page)
    page.keyboard.press("d")
    page.keyboard.type("no unit is free")
    page.keyboard.press("Control+Enter")
    in_state(page, device, "acknowledged")
    page.keyboard.press("h")
    expect(page.get_by_label("Where")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("form.form")).to_be_hidden()


def test_an_address_is_typed_with_an_error_and_is_the_alarms_position(desks: Desks) -> None:
    page = desks.open(anew=True)
    page.keyboard.press("h")
    page.keyboard.press("Control+A")  # what an earlier test left half written stands there still
    page.keyboard.type("gent veldstrat 12")
    offered = page.locator("form.form .found button").first
    expect(offered).to_have_text("Veldstraat 12 · 9000 Gent · address, ± 1\u00a0m · PZ Gent", timeout=20_000)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(row(page, "Veldstraat 12, Gent").locator(".pick")).to_have_accessible_name(re.compile(", PZ Gent, "))
    expect(page.locator("#case")).to_contain_text("51.05321, 3.72195")
    expect(page.locator("#case")).to_contain_text("address")


def test_arrows_move_through_what_a_field_offers(desks: Desks) -> None:
    page = desks.open()
    page.keyboard.press("h")
    where = page.locator("form.form").get_by_label("Where")
    expect(where).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("gent")
    offered = page.locator("form.form .found button")
    expect(offered.first).to_be_visible(timeout=20_000)  # those of the first letters may stand there, hidden
    expect(offered.first).to_have_attribute("aria-selected", "true")
    expect(where).to_have_accessible_description("More than these 5 fit: type on.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # the first enters the list
    second = offered.nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(where).to_have_attribute("aria-activedescendant", str(second.get_attribute("id")))
    chosen = second.inner_text()
    page.keyboard.press("Enter")
    expect(where).to_have_value(chosen)
    expect(where).to_have_attribute("title", chosen)


def test_one_key_copies_where_she_is_and_another_spells_it_whole_on_a_low_screen(
    desks: Desks, feed: Feed, device: str
) -> None:
    page = desks.open(anew=True)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    holds(page, KEYS_WAITED)
    page.keyboard.press("Shift+N")
    said(page, "No alarm is selected")
    feed.press(device, fix={"lat": 51.0512, "lon": 3.7226, "radius": 18.0})
    choose(page, device)
    page.keyboard.press("Shift+C")
    said(page, "Acknowledge it first")  # it may be a drill
    take(page, device)
    spell = page.locator("#case").get_by_role("button", name="Spell her position")
    expect(spell).to_have_attribute("aria-keyshortcuts", "Shift+N")
    expect(page.locator("#case .address .named")).to_have_text("near Korte Meer 14")
    page.keyboard.press("Shift+C")
    said(page, f"Where {device} is: copied.")
    line = "near Korte Meer 14 (the nearest number), Gent · 13 m E of it · ± 18 m · 51.05120, 3.72260"
    assert page.evaluate("navigator.clipboard.readText()") == line
    panel = page.get_by_role("region", name="Spelled")
    spell.click()
    expect(panel.get_by_role("list", name="Korte Meer").get_by_role("listitem")).to_have_text(
        ["K Kilo", "O Oscar", "R Romeo", "T Tango", "E Echo", "M Mike", "E Echo", "E Echo", "R Romeo"]
    )
    expect(panel.get_by_role("list", name="14")).to_have_text(re.compile("1 one.*4 four", re.DOTALL))
    expect(panel).to_contain_text("5 1 . 0 5 1 2 0")
    assert panel.evaluate("(one) => one.scrollHeight <= one.clientHeight")
    expect(panel).to_be_in_viewport(ratio=1)
    over, on = panel.bounding_box(), page.locator("#map").bounding_box()
    assert over and on and on["x"] <= over["x"] and over["y"] + over["height"] <= on["y"] + on["height"], "over the map"
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(spell).to_be_focused()
    page.keyboard.press("Shift+N")
    expect(panel).to_be_visible()
    page.keyboard.press("Shift+N")
    expect(panel).to_have_count(0)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on http
    page.keyboard.press("Shift+C")
    said(page, "Not copied")
    assert page.evaluate("getSelection().toString()").strip() == line
    other = next_device()
    feed.press(other)
    choose(page, other)
    expect(panel).to_have_count(0)  # nothing stays of an alarm that is not chosen any more
