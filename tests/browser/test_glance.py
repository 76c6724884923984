"""What a glance must find is wholly in sight, whatever else is said: the address, what can kill, the agreed words, the step."""

import pytest
from playwright.sync_api import Page, expect

from reports.catalogue import WRITTEN
from tests.browser.conftest import Centre, Desks, Feed

DANGERS = {"AMR-00061": 1, "AMR-00003": 3, "AMR-00038": 3, "AMR-00065": 5}
WIDE = {"lat": 50.8503, "lon": 4.3517, "radius": 900.0, "confidence": 68}  # four zones to choose from
SIZES = [(1920, 1080), (1366, 768)]

# What of these is not wholly in sight, or smaller than it may be: by its words.
MISSED = """() => {
  const missed = [];
  const seen = (box, frame) => box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1 && box.right <= frame.right + 1;
  const look = (selector, least, wanted) => {
    const found = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility() && one.textContent.trim());
    if (found.length < wanted) missed.push(`${selector}: ${found.length} of ${wanted}`);
    for (const one of found) {
      const box = one.getBoundingClientRect(), words = one.textContent.trim();
      for (let at = one; at; at = at.parentElement)
        if (getComputedStyle(at).overflow !== "visible" && !seen(box, at.getBoundingClientRect())) {
          missed.push(`${words}: cut`);
          break;
        }
      if (!seen(box, { top: 0, bottom: innerHeight, right: innerWidth })) missed.push(`${words}: out of sight`);
      if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth) missed.push(`${words}: wider than its place`);
      if (parseFloat(getComputedStyle(one).fontSize) < least) missed.push(`${words}: small`);
    }
  };
  const { dangers, owned } = window.wanted;
  look("#case .address .named", 22, 1);
  look("#case .address .apart", 16, 1);
  look("#case .pinned strong.danger", 16, dangers);
  look("#case .agreed", 16, owned ? 1 : 0);
  look("#case .listen-only > span:first-child", 16, 1);
  if (!/ · ./.test(document.querySelector("#case .listen-only > span").textContent)) missed.push("whether the line is open");
  look("#case .do.primary", 16, 1);
  look("#top .who", 16, 1);
  look("#top .clock", 16, 1);
  look("#top .sound-state b", 16, 1);
  return missed;
}"""


@pytest.fixture(scope="module")
def alarms(feed: Feed, centre: Centre) -> None:
    for device in DANGERS:
        feed.press(device, call={"state": "open", "line": "101-7"}, **({"fix": WIDE} if device == "AMR-00038" else {}))
    for unit, lon in (("W-1", 4.36), ("W-2", 4.37), ("W-3", 4.38)):
        feed.put(kind="unit", unit=unit, zone="5340", status="available", fix={"lat": 50.85, "lon": lon})


def read(page: Page, language: str) -> None:
    page.evaluate("(code) => { document.cookie = `vigie_language=${code}; path=/`; }", language)
    page.reload()
    expect(page.locator("#feed[data-feed-state]")).to_be_visible()
    page.wait_for_function("(code) => document.documentElement.lang === code", arg=language)


def chosen(page: Page, device: str) -> None:
    page.locator(f"#queue .alarm[title^='{device},'] .one").click()
    expect(page.locator("#case h2").filter(has_text=device)).to_be_visible()


def wrong(page: Page, language: str, *, owned: bool) -> list[str]:
    """What is missed of each alarm at both sizes; once it has settled, for what yields is measured."""
    found = []
    read(page, language)
    for device, dangers in DANGERS.items():
        chosen(page, device)
        expect(page.locator("#case .pinned strong.danger")).to_have_count(dangers)
        if owned:
            expect(page.locator("#case .agreed")).to_be_visible()
        page.evaluate("(wanted) => { window.wanted = wanted; }", {"dangers": dangers, "owned": owned})
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found += [f"{language} {device} {width}: {words}" for words in page.evaluate(MISSED)]
    return found


def test_address_dangers_words_and_step_are_wholly_in_sight_in_every_language_under_two_banners(
    desks: Desks, feed: Feed, alarms: None
) -> None:
    page = desks.open()
    found = [one for language in WRITTEN for one in wrong(page, language, owned=False)]
    for device in DANGERS:
        chosen(page, device)
        page.keyboard.press("a")
        expect(page.locator("#case .agreed")).to_be_visible()
    feed.stop()
    expect(page.locator("#alert")).not_to_be_empty()
    found += [f"two banners: {one}" for language in WRITTEN for one in wrong(page, language, owned=True)]
    feed.start()
    assert not found, "\n".join(found)
