"""A live desk whose feed, units, centre and people say what an enemy would: on every page it stays words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import GENT, Centre, Desks, Feed, until
from tests.browser.test_saved_files import TRICKS

TOLD = [trick[:180] for trick in TRICKS if "\x00" not in trick]
PAGES = ("/operator", "/supervisor", "/bench", "/sheet", "/figures", "/devices", "/drills")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed) -> Iterator[Centre]:
    """Its name, and a line of its map's attribution, are an enemy's, too."""
    folder: Path = tmp_path_factory.mktemp("centre")
    centre = Centre(folder, feed, centre=TOLD[0] + TOLD[2], basemap_attribution=TOLD[4])
    yield centre
    centre.kill()


def told(feed: Feed) -> None:
    fix = {**GENT, "time": datetime.now(UTC).isoformat()}
    for n, trick in enumerate(TOLD):
        feed.press(trick, case=trick, transport=trick, call={"state": "open", "line": trick, "desk": trick})
        feed.put(
            kind="unit",
            unit=trick,
            zone="5415",
            status="available",
            fix={**fix, "lat": 51.0 + n / 1000, "method": trick},
        )
        feed.put(kind="device", device=f"{n}{trick}", state="link_lost")
        feed.put(kind="order", order=trick, state="declined", reason=trick)
        feed.put(kind=trick, device=trick, state=trick)


def unharmed(page: Page) -> None:
    assert page.title() != "owned"
    assert page.evaluate("document.querySelectorAll('iframe, base, object, embed, plaintext, img[src=x]').length") == 0


def test_what_an_enemy_says_stays_words_on_every_page(desks: Desks, feed: Feed, chromium: Browser) -> None:
    page = desks.open()
    told(feed)
    queue = page.get_by_role("region", name="Alarm queue")
    until(lambda: TOLD[0] in queue.inner_text(), 30)
    page.keyboard.press("j")
    for trick in (TOLD[0], TOLD[2], TOLD[11]):
        row = queue.get_by_role("listitem").filter(has_text=trick).first
        row.click()
        expect(page.get_by_role("region", name="Case")).to_contain_text(trick[:20])
        unharmed(page)
    for path in PAGES:
        page.goto(f"{desks.centre.address}{path}")
        page.wait_for_timeout(300)  # a script or a request of it would have come
        unharmed(page)
