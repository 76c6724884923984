"""The line to one page: a page that fails says so without a value, also when it was to be told a little later."""

import asyncio

import pytest

from dashboard.shell import outbox
from incidents import listeners
from tests.dashboard.conftest import Paper
from tests.waiting import LONG_S

PERSON = "A. Voorbeeld, AMR-1"


class Failing(outbox.Outbox):
    def push(self, *, urgent: bool) -> None:
        if urgent:
            raise ZeroDivisionError(PERSON)
        super().push(urgent=urgent)


class Saying(outbox.Outbox):
    def compose(self) -> str:
        return "{}"


async def test_of_many_pages_one_is_sent_something_in_each_turn_of_the_loop() -> None:
    papers = [Paper() for _ in range(5)]
    boxes = [Saying(paper) for paper in papers]
    for box in boxes:
        box.push(urgent=True)
        box.push(urgent=True)
    told = []
    for _ in range(7):
        told.append(sum(len(paper.waiting) for paper in papers))
        await asyncio.sleep(0)
    assert told == [0, 1, 2, 3, 4, 5, 5]
    for paper in papers:
        await paper.turn()
        assert paper.sent == [{}]


async def test_a_merged_push_that_fails_is_said_without_the_values_in_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MERGE_S", 0.0)
    monkeypatch.setattr(listeners, "_said", {})
    Failing(Paper()).push(urgent=False)
    async with asyncio.timeout(LONG_S):
        while not caplog.records:
            await asyncio.sleep(0.01)
    assert "ZeroDivisionError" in caplog.text and PERSON not in caplog.text
