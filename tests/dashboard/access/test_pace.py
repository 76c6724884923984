"""How fast one person may ask for pages: who asks for too many waits, then is refused; another has their page at once."""

import asyncio
import time

import pytest

from dashboard.access import lines
from dashboard.access.pace import Pace
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser


def test_so_much_at_once_then_so_much_a_second_for_each_person_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    pace = Pace(rate=2.0, burst=3.0)
    assert [pace.wait_s("one") for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert pace.wait_s("other", 4.0) == 0.5
    now += 2.5  # all of it is worked off
    assert pace.wait_s("one") == 0.0


def test_who_goes_on_asking_is_let_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    pace = Pace(rate=1.0, burst=2.0, most_s=1.0)
    assert [pace.wait_s("one") for _ in range(1000)] == [0.0, 0.0, 1.0, *[None] * 997]
    now += 1.0
    assert pace.wait_s("one") == 1.0


async def test_who_asks_for_too_many_pages_at_however_many_browsers_keeps_no_other_from_theirs(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_pages", Pace(rate=0.4, burst=4.0, most_s=1.0))
    greedy, other = [Browser(base) for _ in range(3)], Browser(base)
    for browser in greedy:
        await browser.sign_in("technician fictief", PASSWORD)
    await other.sign_in("dispatcher fictief", PASSWORD)
    found = await asyncio.gather(*(browser.get("/bench") for browser in greedy for _ in range(2)))
    assert sorted(status for status, _ in found) == [200, 200, 429, 429, 429, 429]
    assert (await other.get("/operator"))[0] == 200
