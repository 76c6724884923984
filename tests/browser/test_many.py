"""Many alarms at once, in Chromium: none that nobody has is out of sight unsaid, and no low row drops what matters."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Centre, Desks, Feed, until
from tests.browser.parts import button, choose, in_state, names, own, row, take

TOWNS = (
    (51.05, 3.72), (51.22, 4.40), (50.85, 4.35), (50.64, 5.57), (50.47, 4.87), (50.41, 4.44), (51.21, 3.22),
    (50.88, 4.70), (50.45, 3.95), (50.93, 5.34), (50.60, 3.39), (50.83, 3.27),
)  # fmt: skip
BEFORE = "AMR-00900"  # with no case, no position
SIZES = pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])


# How many lines of the case are wholly in sight.
LINES = """() => { let lines = 0;
  for (const part of document.querySelectorAll("#case .address, #case .pinned, #case .facts")) {
    const frame = part.getBoundingClientRect(), tops = new Set(), range = document.createRange();
    const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (let text = walk.nextNode(); text; text = walk.nextNode()) {
      range.selectNodeContents(text);
      for (const box of range.getClientRects())
        if (box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1) tops.add(Math.round(box.top / 6));
    }
    lines += tops.size;
  }
  return lines; }"""


def fix(n: int, age_s: float = 0.0) -> dict[str, object]:
    lat, lon = TOWNS[n % len(TOWNS)]
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    return {"lat": lat + 0.01 * (n // len(TOWNS)), "lon": lon, "radius": 18.0, "method": "gnss", "time": at.isoformat()}


@pytest.fixture(scope="module")
def many(feed: Feed, centre: Centre) -> int:
    """So many alarms, among them one old, one without a position and a case, one pressed three times."""
    for n in range(1, 25):
        feed.press(f"AMR-{n:05}", fix=fix(n, age_s=260 if n == 2 else 0))
    for _ in range(2):
        feed.press("AMR-00003", fix=fix(3))
    feed.press(BEFORE, fix=None)
    return 25


def in_sight(page: Page) -> int:
    """How many rows are wholly on the screen."""
    return int(
        page.evaluate(
            """() => { const frame = document.querySelector("#queue .scroller").getBoundingClientRect();
            return [...document.querySelectorAll("#queue .alarm")].map((one) => one.getBoundingClientRect())
              .filter((box) => box.height && box.top >= frame.top && box.bottom <= frame.bottom + 1).length; }"""
        )
    )


def waiting(page: Page) -> str:
    return page.locator("#queue .unowned").inner_text().replace("\n", " ")


@SIZES
def test_rows_are_of_one_line_when_not_all_fit_in_two_and_drop_nothing_that_matters(
    desks: Desks, feed: Feed, many: int, width: int, height: int
) -> None:
    page = desks.open(width, height)
    expect(page.locator("#queue .nobody .alarm")).to_have_count(many)
    until(lambda: in_sight(page) >= (13 if height == 768 else 20))
    heights = page.locator("#queue .alarm").evaluate_all("(rows) => rows.map((row) => row.offsetHeight)")
    assert {*heights} <= {44, 56}, heights
    assert heights.count(56) <= 1, "the chosen one alone"
    for device, says in (
        ("AMR-00001", ("weapon", "no siren")),
        ("AMR-00002", (r"\d+\smin",)),
        ("AMR-00003", ("pressed 3×",)),
        (BEFORE, ("no case known", "NO POSITION")),
    ):
        for word in says:
            expect(row(page, device).locator(".pick")).to_have_accessible_name(re.compile(f", {word}|{word}, "))
    for device, word in (("AMR-00001", "weapon"), ("AMR-00002", re.compile("old")), (BEFORE, "NO POSITION")):
        shown = row(page, device).get_by_text(word).first
        until(lambda shown=shown: shown.evaluate("(one) => one.scrollWidth <= one.clientWidth + 1"))
    choose(page, "AMR-00003")
    expect(row(page, "AMR-00003")).to_contain_text("pressed 3×")
    expect(row(page, "AMR-00003")).to_contain_text("no siren")
    expect(page.locator("#case .pinned")).to_contain_text("Firearm")
    lines = page.evaluate(LINES)
    assert lines >= 12, lines
    assert page.evaluate(
        "() => [...document.querySelectorAll('#queue .alarm')].every((one) => one.scrollWidth <= one.clientWidth)"
    )


def test_how_many_nobody_has_stands_whatever_is_scrolled_dressed_or_started_anew(
    desks: Desks, centre: Centre, feed: Feed, many: int
) -> None:
    page = desks.open(1366, 768, anew=True)
    said = re.compile(rf"{many} nobody has oldest \d+:\d\d U")
    until(lambda: said.search(waiting(page)))
    page.locator("#queue .scroller").evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    own(page)
    button(page, "Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    until(lambda: said.search(waiting(page)))
    # U leads to the one that waits longest, then to the next: it takes none of them.
    page.bring_to_front()
    time.sleep(1.1)  # for a second after the window came to the front no key acts
    page.keyboard.press("u")
    first, second = names(page.locator("#queue .nobody .alarm"))[:2]
    expect(page.locator("#case h2").filter(has_text=first)).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#case h2").filter(has_text=second)).to_be_visible()
    in_state(page, first, "raised")
    centre.kill()
    centre.start()
    until(lambda: not page.evaluate("document.body.classList.contains('lost')"), 40)
    until(lambda: said.search(waiting(page)), 20)


def test_mine_stand_under_what_nobody_has_and_others_below_by_urgency_zone_or_centre(
    desks: Desks, feed: Feed, many: int
) -> None:
    ann, bob = desks.open(1366, 768), desks.open(1366, 768)
    take(ann, "AMR-00005")
    for device in ("AMR-00006", "AMR-00018", "AMR-00007"):
        take(bob, device)
    expect(ann.locator("#queue .mine .alarm")).to_have_count(1)
    expect(ann.locator("#queue .hands .alarm")).to_have_count(3)
    assert f"{many - 4} nobody has" in waiting(ann)
    order = ann.evaluate(
        "[...document.querySelectorAll('#queue .group')].filter((one) => !one.hidden).map((one) => one.classList[1])"
    )
    assert order[:3] == ["nobody", "mine", "hands"]
    feed.put(kind="call", device="AMR-00007", state="open", line="101-7")
    expect(row(ann, "AMR-00007")).to_contain_text("line open")
    button(ann, "others 3").click()
    expect(row(ann, "AMR-00007")).to_be_in_viewport()
    button(ann, "What others have stands by urgency").click()
    expect(ann.locator("#queue .hands [data-begins]")).not_to_have_count(0)
    names = ann.locator("#queue .hands [data-begins]").evaluate_all("(rows) => rows.map((row) => row.dataset.begins)")
    assert len(set(names)) == len(names)
    feed.press("AMR-00007")
    expect(ann.locator("#queue .hands .ask")).to_have_text("1 asking again")
    expect(button(ann, "others 3")).to_contain_text("1 asking")
    # One number of what nobody has, wherever it stands.
    left = f"{many - 4} nobody has"
    assert waiting(ann).startswith(left), waiting(ann)
    expect(ann.locator("#queue .nobody .alarm")).to_have_count(many - 4)
    expect(ann).to_have_title(f"({many - 4}) Vigie")
    expect(ann.get_by_role("region", name="Map").get_by_role("status")).to_contain_text(left)
    assert ann.get_by_role("alert").filter(has_text="nobody has").all_inner_texts() in ([], [left])


def test_what_one_looks_at_stays_when_a_colleague_takes_a_row_and_what_is_raised_comes_into_sight(
    desks: Desks, feed: Feed, many: int
) -> None:
    ann, bob = desks.open(1366, 768), desks.open(1366, 768)
    scroller = ann.locator("#queue .scroller")
    # The row at the upper edge is the one that a browser would hold on to, wherever it goes.
    scroller.evaluate("(one) => one.scrollTo(0, one.querySelectorAll('.nobody .alarm')[8].offsetTop)")
    before = scroller.evaluate("(one) => one.scrollTop")
    assert before > 300
    at_the_edge = names(ann.locator("#queue .nobody .alarm"))[8]
    take(bob, at_the_edge)
    in_state(ann, at_the_edge, "acknowledged")
    assert scroller.evaluate("(one) => one.scrollTop") == before
    expect(row(ann, at_the_edge)).not_to_be_in_viewport()
    ann.keyboard.press("h")
    ann.get_by_label("Where").fill("9000")
    ann.locator("form.form .found button").first.click()
    ann.locator("form.form").get_by_label("Reason").fill("a neighbour calls")
    button(ann, "Raise the alarm").click()
    expect(ann.locator("#queue .alarm.selected")).to_be_in_viewport(ratio=0.5)
