"""What one page's map is told: what differs, nothing twice; of what is kept from it, that it is to be forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dashboard.components.map import marks as module
from dashboard.components.map.marks import SPARE, BoardMarks, Chosen, Sight, Told, chosen_of
from dashboard.components.tracks import track
from incidents.messages import Fix
from maps.zones import Zones
from tests.dashboard.components.map.parts import CASE, GENT, NAMUR, NOW, Page, alarm, board_of, drop, put, unit, went
from tests.incidents.facts import with_facts

KEYS, UNITS, PLACES = "ab", ("G1", "G2"), (GENT, NAMUR, None)
keys, places = st.sampled_from(KEYS), st.sampled_from(PLACES)


def seen(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just("sight"), st.just(name), values)


STEP = st.one_of(
    st.tuples(st.just("put"), keys, places, st.sampled_from(("raised", "routed", "closed"))),
    st.tuples(st.just("drop"), keys),
    st.tuples(st.just("unit"), st.sampled_from(UNITS), places, st.sampled_from(("en_route", "off"))),
    st.tuples(st.just("wait"), st.floats(0.0, 40.0)),
    seen("hidden", st.sets(keys)),
    seen("unseen", st.sets(st.sampled_from(UNITS))),
    seen("vague", st.booleans()),
    seen("dark", st.booleans()),
    seen("selected", st.none() | st.sampled_from((*KEYS, "drill"))),
    seen("drill", places),
)


class Scene:
    """A board, who is before a page of it, and what that page has been told."""

    def __init__(self, zones: Zones) -> None:
        self.board, self.now = board_of(), NOW
        self.marks = BoardMarks(self.board, zones)
        self.may: dict[str, Any] = {}
        self.told, self.page = Told(), Page()

    def take(self, what: str, *facts: Any) -> None:
        match what, *facts:
            case "put", key, at, state:
                put(self.board, alarm(key, at, state=state, zone="5415", by_hand__place="" if at else "Gent"))
            case "drop", key:
                drop(self.board, key)
            case "unit", name, at, status:
                self.board.units[name] = unit(name, at, status=status)
            case "sight", name, value:
                self.may[name] = value
            case "wait", seconds:
                self.now += timedelta(seconds=seconds)

    @property
    def sight(self) -> Sight:
        if self.may.get("dark"):
            return Sight(now=self.now)
        at = self.may.get("drill")
        return Sight(
            now=self.now,
            board=self.board,
            selected=self.may.get("selected"),
            drill=alarm("drill", at, drill=True) if at is not None else None,
            hidden=self.may.get("hidden", frozenset()),
            unseen=self.may.get("unseen", set()).__contains__,
            vague=self.may.get("vague", False),
        )

    def news(self, told: Told, sight: Sight | None = None) -> dict[str, Any]:
        sight = sight or self.sight
        shown = sight.chosen
        chosen = chosen_of(shown, track(shown), None, sight.now) if shown is not None else Chosen()
        return told.news(sight, self.marks if sight.board is not None else None, chosen)


@given(st.lists(st.tuples(STEP, st.booleans()), min_size=10, max_size=60))
def test_a_page_that_takes_its_news_has_what_one_that_comes_now_is_told_and_no_id_of_what_is_kept_from_it(
    zones: Zones, steps: list[Any]
) -> None:
    scene = Scene(zones)
    page = scene.page
    put(scene.board, *map(alarm, KEYS))
    for step, tell in steps:
        scene.take(*step)
        if not tell:
            continue
        sight, before = scene.sight, set(page.ever)
        news = scene.news(scene.told, sight)
        had = set(page.marks)
        page.take(news)
        fresh = Page()
        fresh.take(scene.news(Told(), sight))
        assert page == fresh
        assert not scene.news(scene.told, sight), "told twice"
        for key, mark in news.get("marks", {}).items():
            assert mark or key in had or (mark is False and key in before)
            assert mark is not False or key in sight.hidden
        if sight.board is not None:
            assert not (page.marks.keys() | page.ever) & set(sight.hidden) & set(KEYS) & scene.board.incidents.keys()
        assert page.selected is None or (page.selected not in sight.hidden and not sight.vague)
        if sight.vague or sight.board is None:
            assert not page.units and not any(page.chosen.values())


def test_of_what_was_shown_and_is_kept_from_who_is_there_now_it_is_said_once_that_it_is_to_be_forgotten(
    zones: Zones,
) -> None:
    scene = Scene(zones)
    put(scene.board, alarm("a"), alarm("b"))
    scene.news(scene.told)
    scene.take("sight", "hidden", {"a"})
    assert scene.news(scene.told) == {"marks": {"a": False}}
    put(scene.board, alarm("a", NAMUR))
    assert not scene.news(scene.told)
    scene.take("sight", "vague", True)
    assert scene.news(scene.told)["marks"].keys() == {"b"}


def test_whom_nobody_may_be_shown_is_told_the_alarms_in_their_zones_and_nothing_else(zones: Zones) -> None:
    scene = Scene(zones)
    put(scene.board, replace(went(*((0.0, 9.0 * n) for n in range(9))), zone="5415"), alarm("b", zone="nowhere"))
    scene.take("unit", "G1", GENT, "en_route")
    scene.take("sight", "selected", "a")
    scene.take("sight", "vague", True)
    scene.page.take(scene.news(scene.told))
    drawn = module.outlines_in(zones.folder).level(0)
    x, y = drawn.labels[drawn.zones.index("5415")]
    facts = {"shape": "triangle", "received": round(NOW.timestamp() * 1000), "unowned": True, "calls": True}
    assert scene.page.marks == {"a": facts | {"x": x, "y": y}, "b": facts}
    assert (scene.page.units, scene.page.selected) == ({}, None)


def test_where_nobody_may_see_anything_nothing_is_told(zones: Zones) -> None:
    scene = Scene(zones)
    put(scene.board, alarm("a"))
    scene.take("sight", "selected", "a")
    scene.page.take(scene.news(scene.told))
    scene.take("sight", "dark", True)
    scene.page.take(scene.news(scene.told))
    assert scene.page == Page() and not scene.news(Told())


def test_a_track_grows_by_what_is_new(zones: Zones) -> None:
    scene, way = Scene(zones), went(*((20.0 * n, 0.0) for n in range(5)))
    put(scene.board, with_facts(way, position__trail=way.position.trail[:4]))
    scene.take("sight", "selected", "a")
    assert len(scene.news(scene.told)["chosen"]["line"]) == 4
    put(scene.board, way)
    told = scene.news(scene.told)["chosen"]
    assert (told["from"], len(told["line"])) == (4, 1)


def test_the_places_of_a_case_go_with_the_selection(zones: Zones) -> None:
    told, marks = Told(), BoardMarks(board := board_of(alarm("a")), zones)
    told.news(Sight(now=NOW, board=board, selected="a"), marks, chosen_of(alarm("a"), track(alarm("a")), CASE, NOW))
    gone = told.news(Sight(now=NOW, board=board), marks, Chosen())
    assert gone["chosen"]["places"] == () and gone["selected"] is None


def test_what_changed_is_made_once_for_all_pages_and_nothing_else(
    zones: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    of = module.mark_of
    monkeypatch.setattr(module, "mark_of", lambda one, *facts: made.append(one.id) or of(one, *facts))
    scene, pages = Scene(zones), [Told() for _ in range(3)]
    put(scene.board, *(alarm(f"{n:03}") for n in range(200)))

    def tell() -> tuple[list[str], list[set[str]]]:
        made.clear()
        told = [set(scene.news(page).get("marks", {})) for page in pages]
        return sorted(made), told

    assert len(tell()[0]) == 200
    assert tell() == ([], [set()] * 3)
    put(scene.board, alarm("007", NAMUR), alarm("100", NAMUR))
    assert scene.marks.since(scene.marks.version - 2, NOW) == ["100", "007"]
    assert tell() == (["007", "100"], [{"007", "100"}] * 3)
    scene.now += timedelta(seconds=60)  # all circles have grown
    assert len(tell()[0]) == 200


def test_what_left_the_board_is_forgotten(zones: Zones) -> None:
    scene = Scene(zones)
    names = [f"{n:03}" for n in range(SPARE + 9)]
    put(scene.board, *(alarm(name) for name in names))
    scene.news(scene.told)
    for name in names:
        put(scene.board, alarm(name, state="closed"))
    scene.page.take(scene.news(scene.told))
    for name in names:
        drop(scene.board, name)
    scene.news(scene.told)
    assert not scene.page.marks and not (scene.marks._made or scene.marks._tracks or scene.marks._changed)


def test_a_position_that_is_none_does_not_end_the_news(zones: Zones) -> None:
    scene = Scene(zones)
    put(scene.board, alarm("a", Fix(95.0, 200.0, 18.0)), alarm("b"))
    assert "b" in scene.news(scene.told)["marks"]


def test_an_alarm_whose_mark_cannot_be_made_stands_in_its_zone_and_keeps_no_other_from_the_page(
    zones: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(incident: Any, *facts: Any) -> Any:
        if incident.id == "a":
            raise ValueError(GENT)
        return made(incident, *facts)

    made = module.mark_of
    monkeypatch.setattr(module, "mark_of", broken)
    scene = Scene(zones)
    for key in KEYS:
        scene.take("put", key, GENT, "raised")
    marks = BoardMarks(scene.board, zones)
    told = Told().news(Sight(now=NOW, board=scene.board), marks, Chosen())["marks"]
    assert told["a"] == marks.vague(scene.board.incidents["a"]) and b"AMR-b" in bytes(told["b"])
