"""Who is on shift, under which name."""

import pytest

from dashboard.shell.desk_name import clean
from tests.dashboard.conftest import House


async def test_each_browser_gets_a_desk_of_its_own(house: House) -> None:
    names = [house.page()[0].desk_name for _ in range(3)]
    assert names == ["Desk 1", "Desk 2", "Desk 3"]
    assert house.consoles.on_shift == 3


async def test_two_pages_of_one_browser_are_one_desk(house: House) -> None:
    first, _ = house.page("", "browser-a")
    second, _ = house.page("", "browser-a")
    assert first.desk_name == second.desk_name
    assert house.consoles.on_shift == 1


async def test_a_desk_name_comes_back_with_its_browser(house: House) -> None:
    session, paper = house.page("Night desk", "browser-a")
    paper.here = False
    house.consoles.leave(session)
    again, _ = house.page("Night desk", "browser-a")
    assert again.desk_name == "Night desk"


async def test_nobody_works_under_the_name_of_another(house: House) -> None:
    house.page("Night desk", "browser-a")
    other, _ = house.page("Night desk", "browser-b")
    assert other.desk_name == "Desk 1"
    assert not house.consoles.rename(other, "Night desk")
    assert house.consoles.rename(other, "Day desk")
    assert other.desk_name == "Day desk"


@pytest.mark.parametrize(
    ("typed", "shown"), [("  Desk\t 4 ", "Desk 4"), ("a\u202eb\x00", "a b"), ("x" * 99, "x" * 40), ("\u200b", "")]
)
def test_a_desk_name_holds_nothing_that_cannot_be_seen(typed: str, shown: str) -> None:
    assert clean(typed) == shown
