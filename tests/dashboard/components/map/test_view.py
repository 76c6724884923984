"""The map's view without a browser: update it and look at its sources."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from bokeh.document import Document

from dashboard.components.map import MapView
from dashboard.components.map.destination import Destination
from dashboard.components.map.viewport import Viewport
from dashboard.components.tracks import STEP
from incidents.case import Case, Person, Protected
from incidents.fold.units import UnitNow
from incidents.incident import Incident, UnitOfIncident
from incidents.messages import Fix
from maps.areas import Extent
from maps.geodesy import to_mercator, to_wgs84
from maps.motion import moved
from maps.overlays import true_circle
from maps.track import FASTER

NOW = datetime(2026, 11, 24, 21, 14, 7, tzinfo=UTC)
GENT = (51.0536, 3.7253)
NAMUR = (50.4669, 4.8675)


def alarm(key: str, at: tuple[float, float] | None = GENT, **kind) -> Incident:
    fix = Fix(lat=at[0], lon=at[1], radius=kind.pop("radius", 18.0), time=NOW) if at else None
    facts = {"state": "raised", "origin": "press", "device": f"AMR-{key}", **kind}
    times = dict.fromkeys(("pressed_at", "received_at", "changed_at", "last_press_at"), NOW)
    return Incident(id=key, version=1, fix=fix, fix_at=NOW if fix else None, **times, **facts)


def unit(key: str, at: tuple[float, float], **kind) -> UnitNow:
    facts = {"zone": "5415", "status": "en_route", "at": NOW, **kind}
    return UnitNow(unit=key, fix=Fix(lat=at[0], lon=at[1], time=NOW), **facts)


CASE = Case(
    number="2026-0412",
    victim=Person(name="A. Voorbeeld"),
    devices=("AMR-a",),
    valid_from=date(2026, 1, 1),
    valid_until=date(2027, 1, 1),
    source="PZ Gent",
    date=date(2026, 1, 1),
    places=(Protected(name="home", lat=51.0476, lon=3.7153, radius_m=500.0),),
)


@pytest.fixture
def clicks() -> list[Any]:
    """What the map tells of clicks: alarms by their id, places by their position."""
    return []


@pytest.fixture
def view(zones, clicks) -> MapView:
    view = MapView(zones, words=str, on_pick=clicks.append, on_place=lambda *at: clicks.append(at))
    document = Document()
    document.add_root(view.root.get_root(document))
    return view


def look(view: MapView, at: tuple[float, float], width_m: float) -> Viewport:
    """As if the browser showed so many Mercator metres about a position."""
    x, y = to_mercator(*at)
    half = width_m / 2
    seen = Viewport(x - half, x + half, y - half, y + half, 1000.0, 1000.0)
    view._obey({"type": "look", **msgspec.structs.asdict(seen) | {"width": 1000.0, "height": 1000.0}})
    return seen


def draw(view: MapView, *incidents: Incident, units=(), cases=None, selected=None, now=NOW) -> None:
    view.update(incidents, units, cases or {}, selected, now)


def shown(view: MapView) -> dict[str, dict]:
    data = view.alarms.alarms.source.data
    rows = [dict(zip(data, row, strict=True)) for row in zip(*data.values(), strict=True)]
    return {row["incident"]: row for row in rows if row["incident"]}


def test_what_a_page_told_before_it_took_up_where_it_was_sent_leads_nowhere(view) -> None:
    country = look(view, GENT, 300_000.0)
    draw(view, alarm("a"), selected="a")
    view.follow(True)
    view.fly_to("a")
    near = view._view.x1 - view._view.x0
    assert near < 20_000
    elsewhere = msgspec.structs.asdict(country.centred(*to_mercator(*NAMUR)))
    late = {"type": "look", **elsewhere, "width": 1000.0, "height": 1000.0}
    view._obey(late | {"flight": view.root.flight[0] - 1})
    assert view._view.x1 - view._view.x0 == pytest.approx(near)
    view._obey(late | {"flight": view.root.flight[0]})  # a hand that went away from there
    assert view._view.x1 - view._view.x0 == pytest.approx(300_000.0)


def test_each_open_alarm_is_drawn_where_she_is_and_closed_ones_are_not(view):
    draw(view, alarm("a"), alarm("b", NAMUR), alarm("c", state="closed"))
    rows = shown(view)
    assert rows.keys() == {"a", "b"}
    assert (rows["a"]["tx"], rows["a"]["ty"]) == pytest.approx(to_mercator(*GENT))


def test_an_alarm_without_a_position_is_counted_not_hidden(view):
    draw(view, alarm("a", None), alarm("b"))
    assert view.root.notice == "1 without a position"
    assert shown(view).keys() == {"b"}


def test_a_new_alarm_never_moves_the_map(view):
    before = look(view, GENT, 5_000.0)
    draw(view, alarm("a"), selected="a")
    ranges = view.figure.x_range.start, view.figure.x_range.end
    draw(view, alarm("a"), alarm("b", NAMUR), selected="a")
    assert (view.figure.x_range.start, view.figure.x_range.end) == ranges
    assert view._view == before


def test_an_update_with_nothing_new_sends_nothing(view):
    alarms, units = (alarm("a"), alarm("b", NAMUR)), (unit("G12", GENT),)
    draw(view, *alarms, units=units, selected="a")
    sent = []
    view.figure.document.on_change(sent.append)
    draw(view, *alarms, units=units, selected="a", now=NOW + timedelta(milliseconds=200))
    assert sent == []


def test_a_moved_alarm_sends_one_patch_of_its_cells(view):
    draw(view, alarm("a"), alarm("b", NAMUR))
    sent = []
    view.figure.document.on_change(sent.append)
    draw(view, alarm("a", (51.0540, 3.7260)), alarm("b", NAMUR))
    assert [type(event).__name__ for event in sent] == ["ColumnsPatchedEvent"]
    assert all(len(cells) == 1 for cells in sent[0].patches.values())


def test_zooming_out_turns_a_circle_into_a_ring_and_back(view):
    draw(view, alarm("a", radius=60.0))
    look(view, GENT, 1_000.0)
    assert shown(view)["a"]["ring"] == 0
    assert shown(view)["a"]["cr"] == pytest.approx(true_circle(*GENT, 60.0).r)
    look(view, GENT, 100_000.0)
    assert shown(view)["a"]["ring"] > 0
    assert math.isnan(shown(view)["a"]["cr"])


def test_her_possible_whereabouts_grow_while_no_new_position_comes(view):
    look(view, GENT, 2_000.0)
    moving = alarm("a")
    moving = msgspec.structs.replace(moving, fix=msgspec.structs.replace(moving.fix, speed=1.5))
    reach = []
    for seconds in (60, 120):
        draw(view, moving, now=NOW + timedelta(seconds=seconds))
        reach.append(shown(view)["a"]["gr"])
    least = [true_circle(*GENT, 18.0 + FASTER * 1.5 * seconds).r for seconds in (60, 120)]
    assert all(low <= drawn <= STEP * (low + 40) for drawn, low in zip(reach, least, strict=True))


def test_more_alarms_than_expected_are_all_drawn_or_counted_in_one_that_is(view):
    many = [alarm(f"{i:03d}", (50.0 + i / 200, 4.5)) for i in range(150)]
    draw(view, *many, selected="077")
    rows = shown(view)
    assert sum(1 + int((re.findall(r"\+(\d+)$", row["label"]) or ["0"])[0]) for row in rows.values()) == 150
    assert rows["077"]["label"]
    assert view.root.place == ["All Belgium", "150 open"]
    look(view, GENT, 5_000.0)
    draw(view, *(alarm(f"{i:03d}", (51.05 + i / 1000, 3.72)) for i in range(10)))
    assert len(shown(view)) == 10  # near enough each stands where she is


def test_what_nobody_has_is_counted_in_no_mark_of_another_kind(view):
    view.all_belgium()
    near = [(51.0536, 3.7253 + n / 1000) for n in range(4)]
    held = [alarm(f"held{n}", at, state="routed", realarm="pressed") for n, at in enumerate(near)]
    draw(view, *held, alarm("one", GENT), alarm("two", NAMUR), selected="held0")
    rows = shown(view)
    assert {"one", "two"} <= rows.keys() and rows["one"]["marker"] == "triangle"
    assert rows["held0"]["label"] and "+" not in rows["held0"]["label"]  # what is looked at counts no others
    draw(view, *held, *(alarm(f"free{n}", at) for n, at in enumerate(near)), selected="held0")
    rows = shown(view)
    heads = [key for key in rows if key != "held0"]
    assert [rows[key]["marker"] for key in heads] == ["triangle"] and heads[0].startswith("free")


def test_alarms_at_one_place_can_each_be_picked(view, clicks):
    look(view, GENT, 5_000.0)
    draw(view, *(alarm(key) for key in "abcd"))
    for row in shown(view).values():
        view._obey({"type": "tap", "x": row["x"], "y": row["y"], "m_per_px": 1.0})
    assert clicks == list("abcd")


def test_a_tap_beside_every_mark_picks_nothing(view, clicks):
    seen = look(view, GENT, 5_000.0)
    draw(view, alarm("a"))
    row = shown(view)["a"]
    view._obey({"type": "tap", "x": row["x"] + 23 * seen.m_per_px, "y": row["y"], "m_per_px": 1.0})
    assert clicks == []


def test_a_click_while_placing_gives_a_place_as_sure_as_the_map_is_near_and_picks_no_alarm(view, clicks):
    draw(view, alarm("a"))
    view.placing = True
    x, y = to_mercator(*GENT)
    look(view, GENT, 30.0)
    for m_per_px, sure_m in ((0.3, 5.0), (100.0, 251.5), (1_000.0, 2_515.0), (1e9, 10_000.0)):
        view._obey({"type": "tap", "x": x, "y": y, "m_per_px": m_per_px})
        assert clicks.pop() == pytest.approx((*GENT, sure_m), rel=0.01) and not clicks
    look(view, GENT, 100_000.0)  # what the server draws is no nearer than it says
    view._obey({"type": "tap", "x": x, "y": y, "m_per_px": 0.0})
    assert clicks.pop()[2] > 100


def test_flying_to_an_alarm_shows_it_in_the_middle_with_all_of_its_circle(view):
    draw(view, alarm("a", radius=4_000.0))
    view.fly_to("a")
    middle = (view._view.x0 + view._view.x1) / 2, (view._view.y0 + view._view.y1) / 2
    assert to_wgs84(*middle) == pytest.approx(GENT)
    assert view._view.x1 - view._view.x0 > 2 * true_circle(*GENT, 4_000.0).r


def test_all_belgium_shows_every_zone(view):
    draw(view, alarm("a"))
    view.fly_to("a")
    view.all_belgium()
    x0, y0, x1, y1 = view._outlines.bounds
    assert view._view.contains(x0, y0) and view._view.contains(x1, y1)


def test_following_keeps_the_selected_alarm_in_view_and_stops_when_told(view):
    look(view, GENT, 5_000.0)
    draw(view, alarm("a"), selected="a")
    view.follow(True)
    draw(view, alarm("a", NAMUR), selected="a")
    assert view._view.contains(*to_mercator(*NAMUR), margin=0.4)
    view._obey({"type": "follow", "value": False})
    draw(view, alarm("a", GENT), selected="a")
    assert not view._view.contains(*to_mercator(*GENT))


def test_a_map_that_changes_its_theme_is_as_one_that_was_made_in_it(zones):
    def looks(view: MapView) -> list[Any]:
        facts = ((one.glyph.properties_with_values(), one.data_source.data) for one in view.figure.renderers)
        styles = [{name: value for name, value in glyph.items() if name != "id"} | {**data} for glyph, data in facts]
        return [repr(one) for one in (*styles, view.figure.background_fill_color, view.root.colours)]

    for theme, other in (("dark", "light"), ("light", "dark")):
        made, dressed = (MapView(zones, words=str, theme=one) for one in (other, theme))
        for one in (made, dressed):
            one.destination.show(Destination("Gent", "Gent", Extent(0.0, 0.0, (0.0, 0.0, 1.0, 1.0), exact=True)))
            draw(one, alarm("a"), alarm("b", NAMUR, state="routed"), units=(unit("u", NAMUR),), selected="a")
        assert looks(made) != looks(dressed)
        dressed._obey({"type": "theme", "value": other})
        assert looks(made) == looks(dressed)


def test_the_title_says_what_the_map_shows_and_the_selected_alarms_zone_is_highlighted(view):
    view.all_belgium()
    draw(view, alarm("a"), alarm("b", NAMUR, state="acknowledged"), selected="a")
    assert (view.root.place, view.root.notice) == (["All Belgium", "2 open"], "")
    assert len(view.ground.highlight.data["xs"]) >= 1
    view.fly_to("a")
    assert (view.root.place, view.root.notice) == (["PZ Gent", "1 open in view"], "")
    look(view, NAMUR, 5_000.0)  # what is selected is elsewhere
    assert (view.root.place[0], view.root.place[-1], view.root.notice) == ("PZ Namur", "1 open in view", "")
    draw(view, alarm("a"), selected=None)
    assert view.ground.highlight.data["xs"] == []


def test_an_alarm_abroad_is_drawn_and_said_to_be_outside(view):
    draw(view, alarm("a", (48.8566, 2.3522)), selected="a")
    assert "a" in shown(view)
    view.fly_to("a")
    assert view.root.place[0] == "Outside Belgium"


def test_places_of_the_selected_case_are_in_true_size_and_go_with_the_selection(view):
    draw(view, alarm("a"), cases={"a": CASE}, selected="a")
    data = view.chosen.places.source.data
    assert max(r for r in data["cr"] if r == r) == pytest.approx(true_circle(51.0476, 3.7153, 500.0).r)
    draw(view, alarm("a"), alarm("b"), cases={"a": CASE}, selected="b")
    assert all(math.isnan(x) for x in view.chosen.places.source.data["x"])


def went(*places: tuple[float, float], radius: float = 10.0) -> tuple[Fix, ...]:
    """Fixes of every four seconds, the last of now, so many metres to the north and the east of Gent."""
    times = (NOW - timedelta(seconds=4 * n) for n in reversed(range(len(places))))
    return tuple(Fix(*moved(*GENT, *place), radius, time=time) for place, time in zip(places, times, strict=True))


def on_way(*places: tuple[float, float]) -> Incident:
    trail = went(*places)
    return msgspec.structs.replace(alarm("a"), fix=trail[-1], trail=trail)


def crosses(view: MapView) -> list[dict[str, Any]]:
    return [view.chosen.wrong.row(key) for key in view.chosen.wrong]


def test_a_trail_grows_by_what_is_new(view):
    way = [(20.0 * n, 0.0) for n in range(5)]
    draw(view, msgspec.structs.replace(on_way(*way), trail=on_way(*way).trail[:4]), selected="a")
    sent = []
    view.figure.document.on_change(sent.append)
    draw(view, on_way(*way), selected="a")
    assert [type(event).__name__ for event in sent if event.model is view.chosen.trail] == ["ColumnsStreamedEvent"]
    assert len(view.chosen.trail.data["x"]) == 5
    sent.clear()
    draw(view, on_way(*way), selected="a")
    assert sent == []


def test_a_position_that_may_be_wrong_is_a_cross_which_no_line_joins(view):
    look(view, GENT, 40_000.0)
    way = [(20.0 * n, 0.0) for n in range(8)]
    draw(view, on_way(*way[:5], (0.0, 9_000.0), *way[6:]), selected="a")
    x, y = to_mercator(*moved(*GENT, 0.0, 9_000.0))
    assert [(cross["x"], cross["y"], cross["label"]) for cross in crosses(view)] == [
        (pytest.approx(x), pytest.approx(y), "may be wrong")
    ]
    assert len(view.chosen.trail.data["x"]) == 7 and max(view.chosen.trail.data["x"]) < x - 10_000
    draw(view, alarm("b"), selected="b")
    assert crosses(view) == []


def test_the_last_sure_place_of_an_alarm_that_jumped_bears_its_name(view):
    look(view, GENT, 20_000.0)
    draw(view, on_way(*((20.0 * n, 0.0) for n in range(20)), (0.0, 7_000.0)), now=NOW + timedelta(seconds=60))
    row = shown(view)["a"]
    assert row["sure"] == "AMR-a: last sure place" and row["sy"] == row["gy"] - row["gr"]
    look(view, GENT, 400_000.0)
    assert shown(view)["a"]["sure"] == ""


def test_a_real_move_that_was_flagged_is_drawn_as_two_ways(view):
    way = [(20.0 * n, 0.0) for n in range(5)]
    draw(view, on_way(*way, *((30_000.0 + 20 * n, 0.0) for n in range(4))), selected="a")
    assert [math.isnan(x) for x in view.chosen.trail.data["x"]].index(True) == 5
    assert len(view.chosen.trail.data["x"]) == 10 and crosses(view) == []


def test_the_guess_goes_on_for_two_minutes_is_named_and_is_none_of_who_stands(view):
    look(view, GENT, 3_000.0)
    incident = on_way(*((40.0 * n, 0.0) for n in range(10)))
    draw(view, incident, selected="a", now=NOW + timedelta(seconds=30))
    guess = view.chosen.guess.row("guess")
    assert guess["label"] == "guess"
    there = to_mercator(*moved(*GENT, 360.0 + 300.0, 0.0))
    assert math.hypot(guess["x"] - there[0], guess["y"] - there[1]) < 60
    draw(view, incident, selected="a", now=NOW + timedelta(seconds=130))
    assert "guess" not in view.chosen.guess
    draw(view, on_way(*([(0.0, 0.0)] * 20)), selected="a", now=NOW + timedelta(seconds=30))
    assert "guess" not in view.chosen.guess


def test_where_she_stood_is_marked_with_for_how_long(view):
    look(view, GENT, 3_000.0)
    draw(view, on_way(*([(0.0, 0.0)] * 30), *((50.0 * n, 0.0) for n in range(1, 9))), selected="a")
    assert [label for label in view.chosen.stops.source.data["label"] if label] == ["stood 1 min"]


def test_a_unit_of_an_alarm_is_labelled_even_when_the_whole_country_is_shown(view):
    view.all_belgium()
    mine = alarm("a", state="en_route", unit=UnitOfIncident(unit="G12", status="en_route", at=NOW))
    draw(view, mine, units=(unit("G12", (50.0, 5.5)), unit("G13", (49.9, 5.0))))
    data = view.units.units.source.data
    labels = dict(zip(data["unit"], data["label"], strict=True))
    assert labels["G12"] == "G12 · en route"
    assert labels["G13"] == ""


def test_outlines_get_finer_for_what_is_in_view_only(view):
    coarse = sum(len(ring) for zone in view.ground.coarse.data["xs"] for piece in zone for ring in piece)
    look(view, GENT, 3_000.0)
    assert 0 < len(view.ground.fine.data["xs"]) < 12
    assert view.root.loaded[0] < view._view.x0
    assert coarse < 12_000
    look(view, GENT, 400_000.0)
    assert view.ground.fine.data["xs"] == []
    assert view.root.loaded == []


def test_a_zone_that_fills_the_view_still_has_its_name_in_view(view):
    seen = look(view, (51.11, 3.78), 2_000.0)
    assert any(seen.contains(x, y) for _, x, y, _ in view.root.names)


def test_no_server_is_asked_for_a_street_map_unless_one_is_set(zones):
    assert not [r for r in MapView(zones, words=str).figure.renderers if hasattr(r, "tile_source")]
    view = MapView(zones, words=str, basemap_url="http://127.0.0.1/{Z}/{X}/{Y}.png", basemap_attribution="(c) us")
    (tiles,) = [r for r in view.figure.renderers if hasattr(r, "tile_source")]
    assert tiles.tile_source.attribution == "(c) us"
    view._obey({"type": "layer", "name": "basemap", "value": False})
    assert not tiles.visible


def test_no_layer_hides_an_alarm(view):
    draw(view, alarm("a"))
    for layer in view.root.layers:
        view._obey({"type": "layer", "name": layer, "value": False})
    assert view.root.layers == dict.fromkeys(view.root.layers, False)
    drawn = [r for r in view.figure.renderers if getattr(r, "data_source", None) is view.alarms.alarms.source]
    assert drawn and all(r.visible for r in drawn)


@pytest.mark.parametrize("message", [None, 7, {}, {"type": "layer", "name": "alarms", "value": False}, {"type": "fly"}])
def test_a_message_that_makes_no_sense_is_ignored(view, message):
    view._obey(message)


def test_what_was_chosen_comes_once_it_is_drawn_and_as_it_was_left_and_where_it_is_kept_the_country_is_shown(
    view,
) -> None:
    gent, namur = alarm("a"), alarm("b", NAMUR)
    before = look(view, (51.2, 2.9), 20_000)
    draw(view, namur, selected="a")
    view.choose(gent)
    assert view._view == before, "it is not drawn yet"
    draw(view, gent, namur, selected="a")
    assert view._view.contains(*to_mercator(*GENT), margin=0.3)
    left = look(view, GENT, 40_000)
    draw(view, gent, namur, selected="b")
    look(view, GENT, 90_000)  # a hand's, while the other stood chosen
    draw(view, gent, namur, selected="a")
    view.choose(gent)
    assert view._view == left
    draw(view, gent, namur, selected="b")  # walked past: the view stays its neighbour's
    draw(view, gent, namur, selected=None)
    assert view._left.keys() == {"a", "b"} and view.own == "a"
    view.forget()
    assert view._view.contains(*view._outlines.bounds[:2]) and not view._left and not view.own


def test_an_alarm_without_a_position_is_shown_by_the_area_that_was_named_and_gets_no_mark(view) -> None:
    raised = alarm("a", None, origin="hand", device=None, place="Gent", zone="5415")
    look(view, NAMUR, 20_000)
    draw(view, raised, selected="a")
    drawn = len(view.ground.highlight.data["xs"])
    view.choose(raised)
    x, y = to_mercator(*GENT)
    seen = view._view
    assert drawn == 1 and seen.contains(x, y) and seen.x1 - seen.x0 < 100_000
    assert shown(view) == {} and view._frame.place[:2] == ["PZ Gent", "no position, named by who raised it"]
    assert not view._frame.nowhere
    draw(view, raised, selected=None)
    assert view.ground.highlight.data["xs"] == []
    for other in (alarm("b", None, place="", zone="5415"), alarm("c", None, place="Lille")):
        draw(view, other, selected=other.id)
        view.fly_to(other.id)
        assert view._view == seen and view.ground.highlight.data["xs"] == []
        view.choose(other)
        assert view._view.contains(*view._outlines.bounds[:2])
        assert view._frame.nowhere, "nobody knows where: the whole country says so"
        view.choose(raised)
        seen = view._view
