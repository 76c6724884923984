"""When a page's map is told what moved, and what its page may show at that moment."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.access.standing import WITHOUT, Standing
from dashboard.components.map.marks import Sight
from dashboard.components.map.scheduling import MAP_AGES_S, MAP_REST_S, Drawing
from tests.dashboard.components.map.parts import CASE, alarm
from tests.dashboard.conftest import House, Paper
from tests.waiting import until


class Map:
    """What a map is asked."""

    def __init__(self) -> None:
        self.sights: list[Sight] = []
        self.asked: list[Any] = []
        self.fault = ""

    def show(self, sight: Callable[[], Sight]) -> None:
        if self.fault:
            raise ValueError(self.fault)
        self.sights.append(sight())

    def bring(self, incident: str) -> None:
        self.asked.append(incident)


class Scene:
    def __init__(self, house: House) -> None:
        self.house, self.paper, self.map = house, Paper(), Map()
        self.standing = WITHOUT
        self.chosen: tuple[str | None, dict[str, Any]] = (None, {})
        self.drawing = self.of(self.map)

    def of(self, view: Any) -> Drawing:
        drill, unit = alarm("drill"), {"G1"}
        return Drawing(
            self.house.desk,
            self.paper,
            view,
            lambda: self.chosen,
            lambda: self.standing,
            lambda: drill,
            lambda: {"kept"},
            unit.__contains__,
        )

    async def drawn(self) -> Sight:
        """What is told of what moved."""
        self.drawing.moved = True
        self.drawing.soon()
        await until(lambda: self.paper.waiting)
        await self.paper.turn()
        return self.map.sights[-1]


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


async def test_what_moves_is_told_merged_and_not_all_the_time(scene: Scene) -> None:
    loop = asyncio.get_running_loop()
    await scene.drawn()
    began = loop.time()
    for _ in range(5):
        scene.drawing.moved = True
        scene.drawing.soon()
    assert not scene.paper.waiting
    await until(lambda: scene.paper.waiting)
    assert loop.time() - began > MAP_REST_S / 2
    await scene.paper.turn()
    scene.drawing.soon()  # nothing moved since
    await asyncio.sleep(2 * MAP_REST_S)
    assert len(scene.map.sights) == 2 and not scene.paper.waiting


async def test_what_somebody_chose_waits_for_nothing(scene: Scene) -> None:
    await scene.drawn()
    scene.drawing.moved = True
    scene.drawing.soon()
    scene.drawing.chosen()
    await scene.paper.turn()
    assert len(scene.map.sights) == 2
    await asyncio.sleep(2 * MAP_REST_S)
    assert not scene.paper.waiting, "it is not told twice"


async def test_what_may_wait_and_what_grows_is_told_with_the_heartbeat(scene: Scene) -> None:
    scene.house.clock.at = scene.house.clock.at.replace(second=0)
    await scene.drawn()
    scene.drawing.tick()
    assert not scene.drawing.moved
    scene.drawing.later()
    assert not scene.drawing.moved
    scene.drawing.tick()
    assert scene.drawing.moved
    await scene.drawn()
    scene.house.clock.pass_s(MAP_AGES_S - 0.1)
    scene.drawing.tick()
    assert not scene.drawing.moved
    scene.house.clock.pass_s(0.1)
    scene.drawing.tick()
    assert scene.drawing.moved


async def test_a_page_is_shown_what_who_is_before_it_may_see(scene: Scene) -> None:
    scene.chosen = ("a", {"a": CASE, "b": None})
    sight = await scene.drawn()
    assert (sight.board, sight.selected, sight.case) == (scene.house.desk.board, "a", CASE)
    assert sight.drill is not None and sight.hidden == {"kept"} and sight.unseen("G1") and not sight.unseen("G2")
    assert not sight.vague
    scene.standing = Standing(state="locked", why="idle")
    assert (await scene.drawn()).vague
    scene.standing = Standing(state="locked", why="out")
    sight = await scene.drawn()
    assert (sight.board, sight.selected, sight.case, sight.drill) == (None, None, None, None)


async def test_wishes_come_in_their_turn_and_a_page_without_a_map_has_none(scene: Scene) -> None:
    scene.drawing.bring("a")
    assert not scene.map.asked
    await scene.paper.turn()
    assert scene.map.asked == ["a"]
    bare = scene.of(None)
    bare.moved = True
    for ask in (bare.soon, bare.chosen, bare.leave, lambda: bare.bring("a")):
        ask()
    assert not scene.paper.waiting


async def test_a_page_that_is_gone_is_told_nothing_and_a_fault_of_the_map_is_said_without_its_words(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.map.fault = "Veldstraat 12"
    with caplog.at_level(logging.ERROR), pytest.raises(IndexError):
        await scene.drawn()
    assert "the map could not be drawn" in caplog.text and "Veldstraat" not in caplog.text
    scene.map.fault = ""
    assert await scene.drawn()
    scene.paper.here = False
    await scene.drawn()
    assert len(scene.map.sights) == 1
    scene.drawing.moved = True
    scene.drawing.soon()
    scene.drawing.end()
    await asyncio.sleep(2 * MAP_REST_S)
    assert not scene.paper.waiting
