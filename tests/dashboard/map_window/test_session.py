"""A map window without a browser: when it no longer believes the operator page, and where it is brought."""

import asyncio

import pytest

from dashboard.components.map import MapView
from dashboard.map_window import session
from dashboard.map_window.session import MapSession
from dashboard.map_window.windows import SILENT_S
from tests.dashboard.conftest import DEVICE, House, Paper
from tests.waiting import until


async def window_of(house: House, browser: str) -> tuple[MapSession, MapView, Paper]:
    paper, view = Paper(), MapView(house.consoles.services.zones, words=str)
    window = MapSession(house.consoles, paper, view)
    window.start()
    window.take(f'{{"do": "hello", "browser": "{browser}"}}')
    await asyncio.sleep(0)
    return window, view, paper


async def test_an_operator_page_that_asks_nothing_any_more_is_not_followed(house: House) -> None:
    operator, _ = house.page("Desk 1", "b")
    window, _, _ = await window_of(house, "b")
    assert (window.follows.desk, window.follows.why) == ("Desk 1", "")
    operator.heard_at -= SILENT_S
    window.tick()
    assert (window.follows.desk, window.follows.why) == ("Desk 1", "closed")
    since = window.follows.since
    house.clock.pass_s(5)
    window.tick()
    assert window.follows.since == since is not None
    operator.take('{"do": "beat", "n": 1}')
    window.tick()
    assert window.follows.why == ""


async def test_of_two_pages_of_a_desk_that_one_is_followed_where_a_person_chose_last(house: House) -> None:
    first, other = await house.press(), await house.press("AMR-00777")
    one, another = house.page("Desk 1", "b")[0], house.page("Desk 1", "b")[0]
    stranger = house.page("Desk 2", "c")[0]
    window, _, _ = await window_of(house, "b")
    for page, incident, label in ((one, first, DEVICE), (another, other, "AMR-00777"), (stranger, first, "AMR-00777")):
        page.take(f'{{"do": "select", "incident": "{incident.id}"}}')
        await asyncio.sleep(0)
        assert window.follows.label == label


async def test_a_window_names_and_is_brought_to_what_stands_chosen_and_never_to_what_a_case_keeps_from_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[str] = []
    monkeypatch.setattr(MapView, "bring", lambda view, incident: brought.append(incident))
    monkeypatch.setattr(session, "STAYS_S", 0.01)
    kept, open_to_all = await house.press(), await house.press("AMR-00777")
    operator, _ = house.page("Desk 9", "b")
    operator.selected = kept.id
    window, _, paper = await window_of(house, "b")
    await asyncio.sleep(0.1)
    await paper.turn()
    assert (window.follows.desk, window.follows.label, brought) == ("Desk 9", "", [])
    operator.take(f'{{"do": "select", "incident": "{open_to_all.id}"}}')
    await until(lambda: paper.waiting)
    await asyncio.sleep(0.1)
    await paper.turn()
    assert (window.follows.label, brought) == ("AMR-00777", [open_to_all.id])
    house.page("Desk 9", "b")[0].take(f'{{"do": "select", "incident": "{kept.id}"}}')
    await asyncio.sleep(0.1)
    await paper.turn()
    assert (window.follows.label, brought) == ("", [open_to_all.id])


async def test_a_window_that_a_hand_moved_away_is_brought_nowhere_when_it_comes_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[str] = []
    monkeypatch.setattr(MapView, "bring", lambda view, incident: brought.append(incident))
    monkeypatch.setattr(session, "STAYS_S", 0.01)
    incident = await house.press()
    operator, _ = house.page("Desk 1", "b")
    operator.selected = incident.id
    window, _, paper = await window_of(house, "b")
    await asyncio.sleep(0.1)
    await paper.turn()
    window.take('{"do": "hello", "browser": "b", "follow": false}')
    await asyncio.sleep(0.1)
    await paper.turn()
    assert brought == [incident.id]
