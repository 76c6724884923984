"""A message is held for a day of serving, whatever the clock says; each press of a broken body is tried."""

import contextlib
import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feeds.gateway import durable
from incidents.clock import SystemClock
from tests.feeds.gateway.parts import opened, post
from tests.feeds.parts import PRESS, press
from tests.waiting import until


class Wrong(SystemClock):
    """A clock that is wrong by days, as after a start without a battery or with another year."""

    def __init__(self, days: float, passed_h: float = 0) -> None:
        self._days, self.passed_h = days, passed_h

    def now(self) -> datetime:
        return super().now() + timedelta(days=self._days)

    def steady(self) -> float:
        return super().steady() + 3600 * self.passed_h


@pytest.mark.parametrize("days", [(0, 2, 0), (0, -20_000, 0), (-20_000, 0, 3), (400, 0, 0)])
async def test_a_restart_with_a_clock_that_is_wrong_lets_go_of_no_message_that_was_not_held_for_a_day(
    tmp_path: Path, days: tuple[int, ...]
) -> None:
    path = tmp_path / "feed"
    for count, wrong in enumerate(days, start=1):
        async with opened(path, clock=Wrong(wrong)) as here:
            assert (await post(here.url, press(None, id=f"p-{count}"))).body["seq"] == count
            assert [one["id"] for one in here.messages] == [f"p-{number}" for number in range(1, count + 1)]
    again = []
    clock = Wrong(0)
    async with opened(path, clock=clock) as here:
        assert len(here.messages) == len(days)
        clock.passed_h = 25
        await post(here.url, press(None, id="p-9"))
        again = here.messages
    assert [one["id"] for one in again] == ["p-9"]
    async with opened(path, clock=Wrong(-3)) as here:  # what was let go of does not come back
        assert [one["id"] for one in here.messages] == ["p-9"]


async def test_what_was_let_go_of_stays_so_over_a_restart_also_where_nothing_came_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "PRUNE_S", 0.02)
    path, clock = tmp_path / "feed", Wrong(0)
    state = {"kind": "device", "id": "d-1", "at": "2026-11-24T21:14:10Z", "device": "AMR-2", "state": "battery_low"}

    def let_go() -> int:
        with contextlib.closing(sqlite3.connect(path)) as db:
            return int(db.execute("SELECT count(*) FROM messages WHERE kept_at < '1970'").fetchone()[0])

    async with opened(path, clock=clock) as here:
        for one in (state, PRESS):
            await post(here.url, one)
        clock.passed_h = 25
        await until(lambda: let_go() == 2)
    async with opened(path) as here:
        assert here.messages == [] and here.gateway.store.head == 2 and len(here.gateway.store.states()) == 1


@pytest.mark.parametrize("both", [True, False])
async def test_each_press_of_a_broken_body_is_tried_whatever_becomes_of_the_others(tmp_path: Path, both: bool) -> None:
    first, second = {**PRESS, "battery": 80}, {**PRESS, "id": "p-2", "device": "AMR-2"}
    body = b"%s %s" % (json.dumps({**PRESS, "battery": 81}).encode(), json.dumps(second).encode())
    async with opened(tmp_path / "feed") as here:
        await post(here.url, first)
        if both:
            await post(here.url, {**second, "battery": 7})
        for repeated in (False, True):
            answer = await post(here.url, body)
            if both:
                assert (answer.status, answer.body["seq"]) == (409, 1)
            else:  # that one stands on the feed already; the other is there too, and is told
                assert (answer.status, answer.body["seq"], answer.body["repeated"]) == (202, 2, repeated)
                assert {"path": "id", "reason": "another content was given under it"} in answer.body["problems"]
        assert {one["device"] for one in here.messages} == {PRESS["device"], "AMR-2"}


async def test_a_body_of_which_one_press_could_not_be_written_is_posted_again_whole(tmp_path: Path) -> None:
    path = tmp_path / "feed"
    body = b"%s %s" % (json.dumps(PRESS).encode(), json.dumps({**PRESS, "id": "p-2", "device": "AMR-2"}).encode())
    async with opened(path) as here:
        await post(here.url, {**PRESS, "battery": 80})  # the first of the body contradicts it
        path.rename(tmp_path / "away")
        assert (await post(here.url, body)).status == 503
        (tmp_path / "away").rename(path)
        for repeated in (False, True):
            answer = await post(here.url, body)
            assert (answer.status, answer.body["repeated"]) == (202, repeated)
        assert [one["id"] for one in here.messages] == [PRESS["id"], "p-2"]
