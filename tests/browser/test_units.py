"""The nearest units in a real browser: straight lines at once, roads when the router answers, one key, the order that asks."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import GENT, Centre, Desks, Feed, until
from tests.browser.parts import act, button, choose, choose_zone, free, in_state, take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
DEVICE = "AMR-00031"


class Router(ThreadingHTTPServer):
    """An OSRM that has nothing to say until it is told how long each unit needs, in the order in which they are asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.seconds: dict[str, int] = {}  # by the unit's longitude, as it is asked
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Router)
        units = self.path.removeprefix("/table/v1/driving/").partition("?")[0].split(";")[:-1]
        times = [[self.server.seconds.get(unit.partition(",")[0])] for unit in units]
        said = {"code": "Ok", "durations": times, "distances": [[s and s * 10] for (s,) in times]}
        body = json.dumps(said if self.server.seconds else {"code": "InvalidUrl"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def router() -> Iterator[Router]:
    router = Router()
    yield router
    router.shutdown()
    router.server_close()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed, router: Router) -> Iterator[Centre]:
    centre = Centre(tmp_path_factory.mktemp("centre"), feed, roads_url=router.url)
    yield centre
    centre.kill()


def listed(page: Page) -> list[str]:
    return page.locator(".units .unit strong").all_inner_texts()


def unit(feed: Feed, name: str, lon: float, zone: str = "5415", status: str = "available") -> None:
    feed.put(kind="unit", unit=name, zone=zone, status=status, fix={"lat": GENT["lat"], "lon": lon})


def test_the_nearest_unit_is_proposed_chosen_by_a_key_and_asked_for(desks: Desks, feed: Feed, router: Router) -> None:
    for name, lon, zone in (("G-1", 3.73, "5415"), ("G-2", 3.75, "5415"), ("D-1", 3.78, "5416"), ("G-4", 3.9, "5415")):
        unit(feed, name, lon, zone)
    page = desks.open()
    feed.press(DEVICE)
    take(page, DEVICE)
    units = page.locator(".units")
    expect(units.locator(".about")).to_have_text(re.compile("straight line: .*router's answer can't be read"))
    expect(units.locator(".unit").first).to_contain_text(
        re.compile(r"G-1.*\d+\sm in a straight line, 1\.\d\skm nearer than the next; unit located \d+\ss ago")
    )
    assert listed(page) == ["G-1", "G-2", "D-1"]
    expect(units.locator('[aria-pressed="true"]')).to_have_count(0)

    # By road it is another one; under the pointer nothing moves until it leaves.
    units.locator(".unit").nth(1).hover()
    router.seconds = {"3.73000": 900, "3.75000": 480, "3.78000": 240}
    expect(units.locator(".about")).to_have_text("Available units, by road")
    expect(units.locator(".unit").first).to_contain_text(re.compile(r"15\smin by road"))
    assert listed(page) == ["G-1", "G-2", "D-1"]
    page.mouse.move(5, 5)
    until(lambda: listed(page) == ["D-1", "G-2", "G-1"])
    expect(units.locator(".unit").first).to_contain_text(
        re.compile(r"4\smin by road \(2\.4\skm\), 4\smin less than the next; unit located \d+\ss ago")
    )

    # A key asks for a unit and so for its zone; the same key again leaves it to the zone; another zone asks for none.
    until(lambda: page.keyboard.press("1") or units.locator('[aria-pressed="true"]').count())
    expect(page.locator(".routing .option.on")).not_to_contain_text("Gent")
    page.keyboard.press("1")
    expect(units.locator('[aria-pressed="true"]')).to_have_count(0)
    page.keyboard.press("2")
    expect(units.locator('[aria-pressed="true"]')).to_contain_text("G-2")
    expect(page.locator(".routing .option.on")).to_contain_text("Gent")
    expect(page.get_by_role("button", name=f"Send to PZ Gent, ask for G-2 {DEVICE}")).to_be_visible()

    # It is sent elsewhere meanwhile: nobody is asked for any more, and the order goes to whom the zone chooses.
    unit(feed, "G-2", 3.75, status="assigned")
    expect(units.locator('[aria-pressed="true"]')).to_have_count(0)
    until(lambda: listed(page) == ["D-1", "G-1", "G-4"])
    free(page)
    page.keyboard.press("2")
    button(page, "Send to").click()
    in_state(page, DEVICE, "routed")
    expect(page.locator("#case .routed")).to_contain_text("unit G-1 asked for")
    expect(page.locator("#case .history")).to_contain_text("unit G-1 asked for")


def test_on_a_low_screen_a_key_shows_the_units_before_it_asks_for_one_that_is_not_in_sight(
    desks: Desks, feed: Feed
) -> None:
    for name, lon in (("L-1", 3.73), ("L-2", 3.75), ("L-3", 3.78)):
        unit(feed, name, lon)
    page = desks.open(1366, 768)
    feed.press("AMR-00032")
    choose(page, "AMR-00032")
    units = page.locator(".units")
    expect(units.locator(".unit:visible")).to_have_count(1)
    free(page)
    until(lambda: page.keyboard.press("2") or units.locator(".unit:visible").count() == 3)
    expect(units.locator('[aria-pressed="true"]')).to_have_count(0)
    assert page.locator(".pinned-frame").bounding_box()["height"] > 60  # type: ignore[index]
    until(lambda: page.keyboard.press("2") or units.locator('[aria-pressed="true"]:visible').count())
    expect(units.locator(".unit:visible")).to_have_count(2)
    high = "(all) => all.map((one) => one.getBoundingClientRect().height).filter((height) => height > 0)"
    assert min(units.locator("button").evaluate_all(high)) >= 44


BEARS = """() => [...document.querySelectorAll("kbd")].filter((key) => key.getClientRects().length && key.textContent)
  .map((key) => [key.textContent, key.closest("label, button, [data-key-of]")])
  .map(([key, on]) => [key, (on?.querySelector(".name, strong") ?? on)?.textContent ?? ""])"""
TAKEN = """() => [...document.querySelectorAll(".routing :is(label:has(:checked), [aria-pressed=true])")]
  .filter((one) => one.getClientRects().length).map((one) => one.querySelector(".name, strong").textContent)"""


def test_no_two_things_in_sight_bear_one_key_and_a_digit_chooses_what_it_stands_on(desks: Desks, feed: Feed) -> None:
    for name, lon, zone in (("K-1", 4.36, "5340"), ("K-2", 4.37, "5341"), ("K-3", 4.38, "5343")):
        unit(feed, name, lon, zone)
    device, page = "AMR-00038", desks.open()

    def borne() -> dict[str, str]:
        found = page.evaluate(BEARS)
        assert len({key for key, _ in found}) == len(found), found
        return dict(found)

    def chosen_by(digit: str) -> bool:
        words = borne()[digit]
        page.keyboard.press(digit)
        return words in page.evaluate(TAKEN)

    feed.press(device, fix={"lat": 50.8503, "lon": 4.3517, "radius": 900.0, "confidence": 68})
    choose(page, device)
    line = page.locator(".routing .note")
    until(lambda: {"1", "2", "3", "A"} <= borne().keys())
    expect(line).to_have_text(re.compile(r"^1–\d zone · "))
    # Zones while none is chosen, units after; Backspace leads back, also after a unit chose the zone.
    for zone, nth in ("12", "21", "33"):
        page.keyboard.press("Backspace")
        expect(line).to_have_text(re.compile(r"^1–\d zone · "))
        until(lambda zone=zone: chosen_by(zone))  # type: ignore[misc]
        expect(line).to_have_text(re.compile(r"^1–3 unit · "))
        assert "⌫" in borne()
        page.keyboard.press(nth)  # at once it names nothing
        expect(page.get_by_role("status").filter(has_text="meant something else a moment ago")).to_be_visible()
        until(lambda nth=nth: chosen_by(nth))  # type: ignore[misc]
    take(page, device)
    page.keyboard.press("Backspace")
    until(lambda: chosen_by("3"))
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(page.locator(".units .unit:visible")).to_have_count(1)  # that they are not compared hides none
    page.set_viewport_size({"width": 1920, "height": 1080})
    button(page, "Other zone").click()
    assert not {"1", "⌫"} & borne().keys()
    button(page, "Back").first.click()
    page.keyboard.press("Backspace")
    until(lambda: chosen_by("1"))
    button(page, "Send to").click()
    in_state(page, device, "routed")
    assert not {"1", "⌫"} & borne().keys()


def test_after_a_refusal_what_routes_is_in_sight_on_a_low_screen_and_who_types_confirms_nothing(
    desks: Desks, feed: Feed
) -> None:
    for name, lon, zone in (("B-1", 4.36, "5340"), ("B-2", 4.37, "5341"), ("B-3", 4.38, "5343")):
        unit(feed, name, lon, zone)
    device = "AMR-00039"
    page = desks.open(1366, 768)
    feed.press(device, fix={"lat": 50.8503, "lon": 4.3517, "radius": 900.0, "confidence": 68})
    take(page, device)
    choose_zone(page, 1)  # none has enough of so wide a circle
    button(page, "Send to").click()
    in_state(page, device, "routed")
    act(page, "Declined")
    page.locator("form.form").get_by_label("Reason").fill(
        "the road is closed, ask the neighbouring zone if it may help"
    )
    page.locator("form.form").get_by_role("button", name="Confirm").click()
    in_state(page, device, "acknowledged")
    expect(page.locator(".routing .option").nth(3)).to_be_attached()
    choose_zone(page, 1)
    chosen = page.locator(".routing .option", has=page.locator("input:checked"))
    for one in (button(page, "Send to").first, chosen):
        expect(one).to_be_in_viewport(ratio=0.99)
    button(page, "Note").first.focus()
    expect(button(page, "Note").first).to_be_in_viewport(ratio=0.98)
    button(page, "Send to").first.focus()
    free(page)

    def asked() -> bool:  # the first time they are shown; just after they moved none is chosen
        page.keyboard.press("3")
        return bool(
            re.search(r"^\S+ belongs to PZ .+: with it that zone is chosen", page.locator("#said").inner_text())
        )

    until(asked)
    button(page, "Other zone").click()
    page.get_by_label("Another zone").fill("turnhout")
    page.get_by_label("Another zone").press("Enter")
    button(page, "Send to").first.click()
    sure = page.get_by_role("button", name="Confirm all the same")
    expect(sure).to_be_focused()
    expect(sure).to_have_attribute("aria-disabled", "false")
    page.keyboard.type("/grote markt ")
    expect(sure).to_be_hidden()
    in_state(page, device, "acknowledged")
