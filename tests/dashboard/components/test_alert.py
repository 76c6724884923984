"""What a page reports of itself: in sight, heard, tested; and what is not renewed counts for nothing."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.alert.seen import STALE_S, counted
from dashboard.operator.session import Session
from incidents.presence.pages import Watching
from tests.dashboard.conftest import House

ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.booleans(), max_size=2)


async def tell(session: Session, **facts: Any) -> None:
    session.take(json.dumps(facts))
    await asyncio.gather(*session._tasks)


def of(house: House, session: Session) -> Watching:
    return next(page for page in house.consoles.watching() if page.session == session.id)


@pytest.mark.parametrize("sound", ["armed", "blocked", "muted"])
@pytest.mark.parametrize("visible", [True, False])
async def test_a_page_watches_only_in_sight_and_heard(house: House, visible: bool, sound: str) -> None:
    session, _ = house.page("Desk 4")
    assert not of(house, session).both  # it has not said so yet
    await tell(session, do="seen", visible=visible, sound=sound)
    page = of(house, session)
    assert (page.desk, page.visible, page.audible) == ("Desk 4", visible, sound == "armed")
    assert page.both is (visible and sound == "armed")


async def test_a_report_that_is_not_renewed_counts_for_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    session, _ = house.page()
    await tell(session, do="seen", visible=True, sound="armed")
    assert of(house, session).both
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr("dashboard.operator.session._now", lambda: now + STALE_S + 1)
    assert not of(house, session).visible
    assert not of(house, session).audible


async def test_a_page_whose_line_is_cut_watches_no_more(house: House) -> None:
    session, paper = house.page()
    await tell(session, do="seen", visible=True, sound="armed")
    paper.here = False
    assert house.consoles.watching() == ()


@given(visible=ANYTHING, sound=ANYTHING)
def test_what_is_not_plainly_said_counts_as_hidden_and_silent(visible: object, sound: object) -> None:
    report = Session.requests["seen"].facts({"visible": visible, "sound": sound}, strict=False)
    assert report["visible"] is (visible is True)
    assert (report["sound"] == "armed") is (sound == "armed")


async def test_a_sound_test_is_kept_for_the_browser_also_when_its_page_is_loaded_anew(house: House) -> None:
    (session, _), (other, _), (elsewhere, _) = house.page("", "one"), house.page("", "one"), house.page("", "two")
    await tell(session, do="sound_tested", heard=False)
    house.clock.pass_s(60)
    await tell(other, do="sound_tested", heard=True)
    again, _ = house.page("", "one")
    for page in (session, other, again):
        assert page.sound_tested is not None
        assert (page.sound_tested.heard, page.sound_tested.at) == (True, house.clock.now())
    assert elsewhere.sound_tested is None


def test_consoles_are_counted_for_monitoring_without_their_names() -> None:
    pages = [
        Watching(session=str(n), actor="a", desk="Desk", visible=bool(n & 1), audible=bool(n & 2)) for n in range(4)
    ]
    assert counted(pages) == {"open": 4, "visible": 2, "audible": 2, "watching": 1}
