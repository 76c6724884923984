"""The map in a real browser, on a small server of its own (this file run as a module)."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from maps.geodesy import to_mercator
from maps.streets.street_file import streets_from
from tests.browser.conftest import until

ROOT = Path(__file__).parents[2]
HOSTILE = "<img src=x onerror=alert(1)>$$\\frac{1}{2}$$"
GENT = (51.0536, 3.7253)
SIZE: ViewportSize = {"width": 1056, "height": 992}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.test_map"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.communicate(timeout=10)


@pytest.fixture(scope="module")
def shown(chromium: Browser, address: str) -> tuple[Page, list[str]]:
    """The map of all tests, and what went wrong on it: an error of a script, a request to anyone else."""
    wrong: list[str] = []
    page = chromium.new_page(viewport=SIZE)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:", "blob:")) else wrong.append(request.url),
    )
    page.goto(address)
    expect(page.get_by_role("region", name="Map")).to_be_visible()
    return page, wrong


@pytest.fixture
def page(shown: tuple[Page, list[str]]) -> Iterator[Page]:
    """The map at the size it has at 1920x1080, of the whole country, with all its layers."""
    page, wrong = shown
    page.set_viewport_size(SIZE)
    for box in page.get_by_role("checkbox", checked=False).all():
        box.check()
    if page.get_by_role("checkbox").first.is_visible():
        page.get_by_role("button", name="Layers").click()
    page.get_by_role("button", name="All Belgium").click()
    until(lambda: len(names(page)) > 5 and rests(page))
    yield page
    assert wrong == []


def rests(page: Page) -> bool:
    """Whether the map stands still over the whole country: a glide that goes on would take a hand's view away."""
    where = "[plot.x_range.start, plot.x_range.end]"
    before = plot(page, where)
    page.wait_for_timeout(100)  # a glide draws each frame: in six of them it has moved
    return bool(before == plot(page, where) and before[1] - before[0] > 250_000)


def names(page: Page) -> list[str]:
    return page.locator(".zones text").all_text_contents()


def plot(page: Page, expression: str):
    """Evaluate with `plot`, the Bokeh figure of the page."""
    find = "Array.from(Bokeh.documents[0]._all_models.values()).find((m) => m.type === 'Figure')"
    return page.evaluate(f"() => {{ const plot = {find}; return {expression}; }}")


def on_screen(page: Page, incident: str) -> tuple[float, float]:
    """Where the mark of an alarm is, in pixels."""
    box = page.locator(f"[data-incident={incident}]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def show(page: Page, at: tuple[float, float], width_m: float) -> None:
    """Look at so many Mercator metres about a place, as a hand on the wheel would."""
    ranges = ", ".join(
        f"plot.{axis}_range.setv({{start: {middle - width_m / 2}, end: {middle + width_m / 2}}})"
        for middle, axis in zip(to_mercator(*at), "xy", strict=True)
    )
    plot(page, f"[{ranges}].length")


def said(page: Page) -> str:
    return page.locator("#said").inner_text()


def test_the_whole_country_is_shown_and_a_circle_is_round(page: Page) -> None:
    width, height = plot(page, "[plot.x_range.end - plot.x_range.start, plot.y_range.end - plot.y_range.start]")
    assert width / 1056 == pytest.approx(height / 992, rel=1e-6)
    for incident in ("a", "b"):
        x, y = on_screen(page, incident)
        assert 0 < x < 1056 and 0 < y < 992


def test_the_scale_bar_is_as_long_as_it_says(page: Page) -> None:
    region = page.get_by_role("region", name="Map")
    metres_drawn = float(region.locator(".measure").inner_text().removesuffix(" km")) * 1000
    px = region.locator(".rule").bounding_box()["width"]
    ground = plot(
        page,
        """(() => {
            const lat = Math.atan(Math.sinh((plot.y_range.start + plot.y_range.end) / 2 / 6378137));
            return (plot.x_range.end - plot.x_range.start) / innerWidth * Math.cos(lat);
        })()""",
    )
    assert px * ground == pytest.approx(metres_drawn, rel=0.02)


def test_a_zones_name_and_its_municipality_break_between_words_in_the_narrow_panel(page: Page) -> None:
    page.set_viewport_size({"width": 602, "height": 708})
    lines = page.get_by_role("region", name="Map").evaluate(
        """(map) => {
            const place = map.querySelector(".place"), where = document.createElement("div");
            where.className = "where";
            for (const [tag, text] of [["b", "PZ Famenne-Ardenne"], ["span", "Marche-en-Famenne"]]) {
                where.append(Object.assign(document.createElement(tag), { textContent: text }));
            }
            place.hidden = false;
            place.replaceChildren(where);
            return where.lastChild.getClientRects().length;
        }"""
    )
    assert lines == 1


def test_streets_and_their_names_are_drawn_near_give_way_to_the_alarm_and_can_be_switched_off(page: Page) -> None:
    drawn = "(name) => (plot.renderers.find((r) => r.name === name) ?? {visible: false})"
    region = page.get_by_role("region", name="Map")
    until(lambda: plot(page, f"({drawn})('streets').visible"))
    expect(region.locator(".credit")).to_be_hidden()  # of the whole country none are drawn
    show(page, GENT, 2000)
    expect(region.locator(".credit")).to_contain_text("OpenStreetMap")
    names = page.locator(".streets text")
    expect(names.filter(has_text="Veldstraat").first).to_be_attached()
    assert plot(page, f"({drawn})('streets').data_source.data.xs.flat().length") > 2000
    x, y = on_screen(page, "a")
    for box in names.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect())"):
        left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        # On the right of its mark stands the alarm's label.
        assert not (-28 < left - x < 150 and -28 < top - y < 28), "a name stands under the alarm"
    page.get_by_role("button", name="Layers").click()
    page.get_by_label("Streets").uncheck()
    until(lambda: not plot(page, f"({drawn})('streets').visible"))
    expect(names).to_have_count(0)
    expect(region.locator(".credit")).to_be_hidden()
    page.get_by_label("Streets").check()
    show(page, (50.2267, 5.3442), 2000)  # Marche-en-Famenne is none of the eleven towns
    expect(region.locator(".credit")).to_contain_text("No streets are loaded")


def test_an_alarm_off_the_map_is_an_arrow_that_leads_there(page: Page) -> None:
    arrow = page.get_by_role("button", name=re.compile("AMR-paris, 2.. km away, off the map"))
    expect(arrow).to_be_visible()
    arrow.click()
    expect(arrow).to_be_hidden()
    x, y = on_screen(page, "paris")
    assert (x, y) == pytest.approx((528, 496), abs=3)
    assert said(page) == "pick paris"
    expect(page.get_by_role("button", name=re.compile("AMR-a, 2.. km away"))).to_be_visible()
    page.get_by_role("button", name="All Belgium").click()
    expect(arrow).to_be_visible()


def test_a_click_near_a_mark_picks_the_alarm_and_beside_it_none(page: Page) -> None:
    x, y = on_screen(page, "b")
    page.mouse.click(x + 90, y + 90)
    page.mouse.click(x + 10, y + 8)
    until(lambda: said(page) == "pick b")


def test_zooming_in_loads_finer_outlines_and_shows_the_names_of_the_zones(page: Page) -> None:
    coarse = "plot.renderers.find((r) => r.name === 'coarse').visible"
    fine = "plot.renderers.find((r) => r.name === 'fine').data_source.data.xs.length"
    assert plot(page, coarse) and plot(page, fine) == 0
    page.mouse.move(*on_screen(page, "a"))
    for _ in range(8):
        page.mouse.wheel(0, -400)
    until(lambda: plot(page, fine) > 0 and not plot(page, coarse))
    assert plot(page, "plot.x_range.end - plot.x_range.start") < 200_000
    page.get_by_role("button", name="All Belgium").click()
    until(lambda: plot(page, coarse))


def test_the_zoom_has_an_end_in_both_directions(page: Page) -> None:
    width = "plot.x_range.end - plot.x_range.start"
    page.mouse.move(500, 500)
    for step, limit in ((4000, 2200 * 1056), (-4000, 0.25 * 1056)):
        for _ in range(40):
            page.mouse.wheel(0, step)
        until(lambda limit=limit: plot(page, width) == pytest.approx(limit, rel=0.01))


def test_dragging_the_map_ends_follow(page: Page) -> None:
    follow = page.get_by_role("button", name="Follow")
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", "true")
    page.mouse.move(600, 800)
    page.mouse.down()
    page.mouse.move(500, 700, steps=5)
    page.mouse.up()
    expect(follow).to_have_attribute("aria-pressed", "false")


def test_the_layers_open_and_a_layer_can_be_left_out(page: Page) -> None:
    page.get_by_role("button", name="Layers").click()
    page.get_by_role("checkbox", name="Zone names").uncheck()
    until(lambda: names(page) == [])


def test_hostile_words_of_a_feed_stay_words(page: Page) -> None:
    region = page.get_by_role("region", name="Map")
    assert region.locator("img").count() == 0
    assert HOSTILE[:10] in " ".join(region.locator(".marks text").all_text_contents())


def test_every_button_is_large_enough_to_hit(page: Page) -> None:
    for button in page.get_by_role("region", name="Map").get_by_role("button").all():
        box = button.bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44, button.get_attribute("aria-label")


def test_a_smaller_place_on_the_page_still_shows_the_whole_country(page: Page) -> None:
    page.set_viewport_size({"width": 620, "height": 650})
    until(lambda: plot(page, "plot.inner_width") == 620)
    m_per_px = "[(plot.x_range.end - plot.x_range.start) / 620, (plot.y_range.end - plot.y_range.start) / 650]"
    until(
        lambda: (found := plot(page, m_per_px))[0] == pytest.approx(found[1], rel=1e-6)
    )  # the frame after its place shrank
    for incident in ("a", "b"):
        x, _ = on_screen(page, incident)
        assert 0 < x < 620


def serve() -> None:
    """The server: the map alone, three alarms that stay, and what was picked, in words."""
    import panel as pn

    from dashboard.components.map import MapView
    from dashboard.components.map.marks import Sight
    from incidents.board import Board
    from incidents.incident import Incident, LastPosition, PressesOfDevice
    from incidents.messages import Fix
    from maps.zones import Zones

    zones = Zones.load()

    def alarm(key: str, lat: float, lon: float, device: str, now: datetime) -> Incident:
        at = now - timedelta(seconds=3)
        return Incident(
            id=key,
            version=1,
            state="raised",
            origin="press",
            received_at=now,
            changed_at=now,
            device=device,
            presses=PressesOfDevice(first_at=now, last_at=now),
            position=LastPosition(fix=Fix(lat=lat, lon=lon, radius=18.0, time=at), at=at),
        )

    def make() -> pn.Column:
        now = datetime.now(UTC)
        streets = partial(streets_from, None)
        view = MapView(zones, words=str, streets=streets, on_pick=lambda incident: say(f"pick {incident}"))
        words = pn.pane.HTML("", styles={"position": "fixed", "left": "400px", "top": "0"})

        def say(what: str) -> None:
            words.object = f'<span id="said">{what}</span>'

        alarms = [
            alarm("a", *GENT, "AMR-a", now),
            alarm("b", 50.4669, 4.8675, HOSTILE, now),
            alarm("paris", 48.8566, 2.3522, "AMR-paris", now),
        ]
        board = Board()
        for one in alarms:
            board.incidents[one.id] = one
        view.show(lambda: Sight(now=now, board=board, selected="a"))
        full = {"position": "fixed", "inset": "0"}
        return pn.Column(pn.Column(view.root, sizing_mode="stretch_both", styles=full, margin=0), words)

    server = pn.serve(make, port=0, address="127.0.0.1", show=False, start=False, verbose=False, title="map")
    server.start()
    print(server.port, flush=True)  # noqa: T201
    server.io_loop.start()


if __name__ == "__main__":
    serve()
