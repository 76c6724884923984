"""The map's view without a browser: what its page is told, what is drawn here, and what its page may say."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from bokeh.document import Document

from dashboard.components.map import MapView
from dashboard.components.map import view as module
from dashboard.components.map.destination import Destination
from dashboard.components.map.marks import Sight
from dashboard.components.map.viewport import Viewport
from incidents.board import Board
from incidents.incident import Incident
from maps.areas import Extent
from maps.geodesy import to_mercator
from maps.zones import Zones
from reports.catalogue import translator
from tests.dashboard.components.map.parts import GENT, NAMUR, NOW, Page, alarm, board_of, put
from tests.incidents.facts import with_facts

PLACE = Destination("9000 Gent", "Gent", Extent(0.0, 0.0, (1.0, 2.0, 3.0, 4.0), exact=True))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the maps tell their pages."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(module, "send", lambda frame, document, text: sent.append(json.loads(text)))
    return sent


@pytest.fixture
def clicks() -> list[Any]:
    """What the map tells of clicks: alarms by their id, places by their position."""
    return []


@pytest.fixture
def view(zones: Zones, sent: list[Any], clicks: list[Any]) -> Iterator[MapView]:
    """A map whose page is drawn."""
    view = on_page(MapView(zones, words=str, on_pick=clicks.append, on_place=lambda *at: clicks.append(at)))
    view._obey({"type": "ready"})
    yield view
    view.figure.document.clear()


def on_page(view: MapView) -> MapView:
    document = Document()
    document.add_root(view.root.get_root(document))
    return view


def look(view: MapView, at: tuple[float, float], width_m: float) -> Viewport:
    """As if the browser showed so many Mercator metres about a position."""
    (x, y), half = to_mercator(*at), width_m / 2
    seen = Viewport(x - half, x + half, y - half, y + half, 1000.0, 1000.0)
    view._obey({"type": "look", **msgspec.structs.asdict(seen) | {"width": 1000.0, "height": 1000.0}})
    return seen


def show(view: MapView, *incidents: Incident, selected: str | None = None) -> Board:
    board = board_of(*incidents)
    view.show(lambda: Sight(now=NOW, board=board, selected=selected))
    return board


def test_a_page_is_told_nothing_until_it_is_drawn_and_then_what_there_is_and_what_was_asked_meanwhile(
    zones: Zones, sent: list[dict[str, Any]]
) -> None:
    view = on_page(MapView(zones, words=str))
    show(view, alarm("a"), alarm("b", NAMUR), selected="a")
    view.bring("a")
    assert not sent
    view._obey({"type": "ready"})
    assert sent[0]["marks"].keys() == {"a", "b"} and sent[0]["selected"] == "a" and sent[0]["now"]
    assert sent[1:] == [{"bring": "a"}]
    sent.clear()
    view._obey({"type": "ready"})  # drawn anew, it knows nothing
    assert [one.keys() for one in sent] == [{"marks", "chosen", "selected", "now"}]


def test_a_page_that_comes_is_told_what_may_be_shown_then_not_what_might_be_before(
    zones: Zones, sent: list[dict[str, Any]]
) -> None:
    view, board, hidden = on_page(MapView(zones, words=str)), board_of(alarm("a")), set[str]()
    view.show(lambda: Sight(now=NOW, board=board, hidden=set(hidden)))
    put(board, alarm("b"))
    hidden.add("b")
    view._obey({"type": "ready"})
    view.speak(translator("nl"))
    assert [one["marks"].keys() for one in sent] == [{"a"}]


def test_what_is_shown_again_sends_nothing_and_what_moved_goes_alone(view: MapView, sent: list[dict[str, Any]]) -> None:
    board, page = show(view, alarm("a"), alarm("b", NAMUR), selected="a"), Page()
    changes: list[Any] = []
    view.figure.document.on_change(changes.append)
    sent.clear()
    view.show(lambda: Sight(now=NOW, board=board, selected="a"))
    assert not sent and not changes
    put(board, alarm("b", GENT))
    view.show(lambda: Sight(now=NOW, board=board, selected="a"))
    assert [one.keys() for one in sent] == [{"marks", "now"}] and not changes
    page.take(sent[0])
    assert page.marks.keys() == {"b"}


def test_wishes_of_the_session_reach_the_page(view: MapView, sent: list[dict[str, Any]]) -> None:
    view.go_to(PLACE)
    assert view.root.destination == "9000 Gent" and view.destination.mark.data["label"] == ["Gent"]
    view.go_to(PLACE, still_following=True)
    view.leave()
    assert view.root.destination == "" and view.destination.mark.data["label"] == []
    view.bring("a")
    view.follow(True)
    box = [1.0, 2.0, 3.0, 4.0]
    went = [{"go": box, "still": False}, {"go": box, "still": True}]
    assert sent == [*went, {"left": True}, {"bring": "a"}, {"follow": True}]


def test_a_click_picks_an_alarm_and_while_placing_gives_a_place_as_sure_as_the_map_is_near(
    view: MapView, clicks: list[Any]
) -> None:
    view._obey({"type": "pick", "incident": "a"})
    assert clicks.pop() == "a"
    x, y = to_mercator(*GENT)
    look(view, GENT, 30.0)
    for m_per_px, sure_m in ((0.3, 5.0), (100.0, 251.5), (1_000.0, 2_515.0), (1e9, 10_000.0)):
        view._obey({"type": "place", "x": x, "y": y, "m_per_px": m_per_px})
        assert clicks.pop() == pytest.approx((*GENT, sure_m), rel=0.01) and not clicks
    look(view, GENT, 100_000.0)  # what the server draws is no nearer than it says
    view._obey({"type": "place", "x": x, "y": y, "m_per_px": 0.0})
    assert clicks.pop()[2] > 100


def test_who_leaves_a_place_on_the_map_leaves_it_everywhere(zones: Zones, sent: list[dict[str, Any]]) -> None:
    left: list[bool] = []
    view = on_page(MapView(zones, words=str, on_leave=lambda: left.append(True)))
    view.go_to(PLACE)
    view._obey({"type": "leave"})
    assert left == [True] and view.root.destination == ""


def test_a_map_that_changes_its_theme_is_as_one_that_was_made_in_it(zones: Zones) -> None:
    def looks(view: MapView) -> list[Any]:
        facts = ((one.glyph.properties_with_values(), one.data_source.data) for one in view.figure.renderers)
        styles = [{name: value for name, value in glyph.items() if name != "id"} | {**data} for glyph, data in facts]
        return [repr(one) for one in (*styles, view.figure.background_fill_color, view.root.colours)]

    for theme, other in (("dark", "light"), ("light", "dark")):
        made, dressed = (MapView(zones, words=str, theme=one) for one in (other, theme))
        for one in (made, dressed):
            one.destination.show(PLACE)
            show(one, alarm("a"), selected="a")
        assert looks(made) != looks(dressed)
        dressed._obey({"type": "theme", "value": other})
        assert looks(made) == looks(dressed)


def test_the_title_says_where_the_selected_alarm_is_and_its_zone_is_highlighted(view: MapView) -> None:
    show(view, alarm("a"), alarm("b", NAMUR), selected="a")
    assert view.root.place == ["PZ Gent"]
    assert len(view.ground.highlight.data["xs"]) >= 1
    look(view, NAMUR, 5_000.0)
    assert view.root.middle[0] == "PZ Namur"
    show(view, alarm("a"))
    assert view.root.place == [] and view.ground.highlight.data["xs"] == []


def test_an_alarm_abroad_is_said_to_be_outside_in_the_language_of_the_page(view: MapView) -> None:
    show(view, alarm("a", (48.8566, 2.3522)), selected="a")
    assert view.root.place[0] == "Outside Belgium"
    view.speak(translator("nl"))
    assert view.root.place[0] == "Buiten België" == view.root.words["outside"]


def test_an_alarm_without_a_position_is_shown_by_the_area_that_was_named(view: MapView) -> None:
    raised = alarm("a", None, origin="hand", device=None, by_hand__place="Gent", zone="5415")
    show(view, raised, selected="a")
    assert view.root.place[:2] == ["PZ Gent", "no position, named by who raised it"]
    assert len(view.ground.highlight.data["xs"]) == 1
    for nowhere in (with_facts(raised, by_hand__place=""), with_facts(raised, zone="", by_hand__place="Lille")):
        show(view, nowhere, selected="a")
        assert view.root.place == [] and view.ground.highlight.data["xs"] == []


def test_outlines_get_finer_for_what_is_in_view_only(view: MapView) -> None:
    coarse = sum(len(ring) for zone in view.ground.coarse.data["xs"] for piece in zone for ring in piece)
    seen = look(view, GENT, 3_000.0)
    assert 0 < len(view.ground.fine.data["xs"]) < 12
    assert view.root.loaded[0] < seen.x0
    assert coarse < 12_000
    look(view, GENT, 400_000.0)
    assert view.ground.fine.data["xs"] == []
    assert view.root.loaded == []


def test_a_zone_that_fills_the_view_still_has_its_name_in_view(view: MapView) -> None:
    seen = look(view, (51.11, 3.78), 2_000.0)
    assert any(seen.contains(x, y) for _, x, y, _ in view.root.names)


def test_no_server_is_asked_for_a_street_map_unless_one_is_set(zones: Zones) -> None:
    assert not [r for r in MapView(zones, words=str).figure.renderers if hasattr(r, "tile_source")]
    view = MapView(zones, words=str, basemap_url="http://127.0.0.1/{Z}/{X}/{Y}.png", basemap_attribution="(c) us")
    (tiles,) = [r for r in view.figure.renderers if hasattr(r, "tile_source")]
    assert tiles.tile_source.attribution == "(c) us" and view.root.layers["basemap"]


def test_alarms_are_no_layer_that_could_be_hidden(view: MapView) -> None:
    assert set(view.root.layers) == {"names", "units", "places", "trail", "legend"}


@pytest.mark.parametrize("message", [None, 7, {}, {"type": "pick", "incident": 7}, {"type": "fly"}])
def test_a_message_that_makes_no_sense_is_ignored(view: MapView, message: object) -> None:
    view._obey(message)
