"""A map window without a browser: when it no longer believes the operator page, and what a case keeps from it."""

import asyncio

from dashboard.components.map import MapView
from dashboard.map_window.session import MapSession
from dashboard.map_window.windows import SILENT_S
from tests.dashboard.conftest import DEVICE, House, Paper


async def window_of(house: House, browser: str) -> tuple[MapSession, MapView, Paper]:
    paper, view = Paper(), MapView(house.consoles.zones, words=str)
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


async def test_what_a_case_keeps_from_the_operator_its_window_neither_names_nor_draws(house: House) -> None:
    kept, open_to_all = await house.press(), await house.press("AMR-00777")
    operator, _ = house.page("Desk 9", "b")
    operator.selected = kept.id
    window, view, paper = await window_of(house, "b")
    await asyncio.sleep(0.1)
    for _ in range(3):
        await paper.turn()
        await asyncio.sleep(0.1)
    assert (window.follows.desk, window.follows.label) == ("Desk 9", "")
    assert view.alarms.position(open_to_all.id) is not None
    assert view.alarms.position(kept.id) is None
