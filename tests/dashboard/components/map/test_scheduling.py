from itertools import pairwise
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.map.scheduling import Drawing
from dashboard.components.map.turns import LATE_SHARE, SHARE, Turns
from incidents.incident import Incident
from tests.dashboard.conftest import House, Paper


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.5)), min_size=2, max_size=60),
    st.floats(0.001, 0.02),
)
def test_all_maps_together_take_their_share_of_the_loop_and_none_comes_early(
    asked: list[tuple[float, float]], cost_s: float
) -> None:
    turns = Turns()
    for _ in range(100):
        turns.took(cost_s)
    at, now = [], 0.0
    for later_s, after_s in asked:
        now += later_s
        wait_s = turns.next(now, after_s)
        assert wait_s >= after_s - 1e-9
        at.append(now + wait_s)
    assert all(after - before >= 0.99 * cost_s / SHARE for before, after in pairwise(at))


def test_maps_take_less_of_a_loop_that_comes_to_them_late() -> None:
    turns = Turns()
    for _ in range(100):
        turns.took(0.01, 0.3)
    assert turns.next(0.0, 0.06) == pytest.approx(0.06)
    assert turns.next(0.0, 0.06) == pytest.approx(0.06 + 0.01 / LATE_SHARE)
    for _ in range(100):
        turns.took(0.01)
    turns.next(100.0, 0.06)
    assert turns.next(100.0, 0.06) == pytest.approx(0.06 + 0.01 / SHARE)


def test_a_map_alone_waits_for_nothing() -> None:
    turns = Turns()
    turns.took(0.003)
    assert [turns.next(second, 0.06) for second in range(5)] == pytest.approx([0.06] * 5)


async def test_a_map_leads_to_nobody_who_is_kept_from_its_page_and_stays_at_nobody(house: House) -> None:
    class Map:
        own = ""
        chosen: ClassVar[list[str]] = []

        def choose(self, incident: Incident) -> None:
            self.own = incident.id
            self.chosen.append(incident.id)

        def update(self, *facts: Any) -> None:
            pass

        def forget(self) -> None:
            self.own = ""

    incident, hidden, paper, view = await house.press(), set[str](), Paper(), Map()
    drawing = Drawing(house.desk, paper, view, lambda: (incident.id, {}), hidden=lambda: hidden)
    for kept, seen in ((False, [incident.id]), (True, [])):
        hidden |= {incident.id} if kept else set()
        view.chosen.clear()
        drawing.ask("choose", incident.id, False)
        for wish in paper.waiting:
            await wish()
        paper.waiting.clear()
        assert view.chosen == seen
        await drawing._draw()
        assert view.own == ("" if kept else incident.id)
