"""A page that is no live one: what it says it is, and that its clock goes as the server's does."""

import pytest

from dashboard.i18n.words import dressed, words
from reports.catalogue import translator
from tests.dashboard.conftest import House


async def test_a_live_page_is_told_no_pace_and_a_driven_one_its_own(house: House) -> None:
    _, paper = house.page()
    assert "pace" not in await paper.turn()
    house.clock.rate = 0.0  # type: ignore[attr-defined]
    await house.press()
    assert (await paper.turn())["pace"] == 0.0


@pytest.mark.parametrize("dress", ["replay", "exercise"])
def test_whatever_calls_from_a_hidden_tab_says_that_it_is_not_live(dress: str) -> None:
    say = translator("en")
    said = dressed(say, dress)
    calling = {key for key in words(say) if key.startswith(("title", "notify_"))} - {"notify_allow"}
    assert said.keys() >= calling
    assert all(said[key].startswith(dress.upper()) for key in calling)
    assert said["feed.live"] != words(say)["feed.live"]


def test_a_live_page_has_no_dress() -> None:
    assert dressed(translator("en"), "") == {}


@pytest.mark.parametrize("dress", ["replay", "exercise"])
def test_a_page_that_is_no_live_one_sends_nobody_to_the_telephone_when_its_server_is_lost(dress: str) -> None:
    live, dressed_up = words(str)["lost"], dressed(str, dress)["lost"]
    assert "telephone" in live and "telephone" not in dressed_up
    assert "{time}" in dressed_up and dress.upper() in dressed_up
