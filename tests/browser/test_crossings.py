"""She leaves home, crosses into another zone, is abroad: what the row, the case and the key R say of it, in a real browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desks, Feed
from tests.browser.parts import button, choose, free, in_state, route, row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
HOME = (51.0436, 3.7153)  # of every case of the centre; it lies in PZ Gent
STREET = (51.0536, 3.7253)
NEXT = (51.05, 3.80)  # 850 m within PZ Rhode & Schelde


def at(place: tuple[float, float], ago_s: float) -> dict[str, object]:
    lat, lon = place
    time = (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat()
    return {"lat": lat, "lon": lon, "radius": 18.0, "confidence": 68, "method": "gnss", "time": time}


def test_the_owner_sees_that_she_left_home_and_sends_the_order_to_the_zone_she_is_in_now(
    desks: Desks, feed: Feed
) -> None:
    device = "AMR-00041"
    page, others = desks.open(), desks.open(anew=True)
    feed.press(device, fix=at(HOME, 300))
    route(page, device)
    feed.put(kind="fix", device=device, fix=at(STREET, 200))
    left = re.compile(r"left home by \d\d:\d\d · \d+\smin ago")
    expect(row(page, device).locator(".again")).to_have_text("a place of hers")
    expect(page.locator("#case [data-live=places]")).to_contain_text(left)
    expect(page.locator("#case .history")).to_contain_text("LEFT a place of hers · home")
    expect(row(others, device)).to_contain_text("a place of hers")
    expect(row(others, device)).not_to_contain_text("home")
    free(page)
    button(page, "Still on it").click()
    expect(row(page, device).locator(".again")).to_have_count(0)
    expect(page.locator("#case [data-live=places]")).to_contain_text(left)

    feed.put(kind="fix", device=device, fix=at(NEXT, 20))
    now_in = "NOW IN PZ Rhode & Schelde"
    expect(row(page, device).locator(".again")).to_have_text("in another zone")
    expect(page.locator("#case .head .crossed")).to_have_text(f"{now_in}: press\u00a0R")
    expect(row(others, device)).to_contain_text("in another zone")
    choose(others, device)
    expect(others.locator("#case .head .crossed")).to_have_text(now_in)
    free(page)
    expect(button(page, "Re-route")).to_have_class(re.compile("primary"))
    page.keyboard.press("r")
    expect(page.locator(".routing .option.on")).to_contain_text("PZ Rhode & Schelde")
    page.keyboard.press("r")
    expect(page.locator("#case .history")).to_contain_text("re-routed to PZ Rhode & Schelde")
    in_state(page, device, "routed")
    expect(row(page, device)).not_to_contain_text("in another zone")
    others.context.close()


def test_an_alarm_abroad_says_how_far_beyond_whose_border_and_whom_to_call(desks: Desks, feed: Feed) -> None:
    page = desks.open()
    feed.press("AMR-00042", fix=at((50.6366, 3.0707), 5))
    choose(page, "AMR-00042")
    beyond = re.compile(r"^\d+\skm beyond the border with France$")
    expect(page.locator("#case dt:text-is('Abroad') + dd span")).to_have_text(beyond)
    expect(page.locator("#case dt:text-is('Abroad') + dd small")).to_have_text("no contact is set")
    button(page, "Acknowledge").click()
    expect(page.locator(".routing .note")).to_contain_text("beyond the border with France · no contact is set")
