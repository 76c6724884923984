"""A page that fails at everything stands beside three others: the press is theirs, and in the log once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from centre.runtime import Centre
from centre.settings import Settings
from dashboard.operator.session import Session
from tests.centre.parts import OwnFeed, own_feed
from tests.dashboard.conftest import Paper
from tests.waiting import until

PERSON = "A. Voorbeeld, AMR-1"


class Failing(Session):
    """A page that raises at all it is told and asked, once it stands among the others."""

    failing = False

    def __getattribute__(self, name: str) -> Any:
        if name in _TOLD and object.__getattribute__(self, "failing"):
            raise ZeroDivisionError(PERSON)
        return object.__getattribute__(self, name)


_TOLD = {
    *("changed", "refresh", "tick", "anew", "push", "reply", "compose", "connected", "actor", "user", "standing"),
    *("desk_name", "visible", "audible", "counts", "end"),
}


class Living(Paper):
    """A page without a browser whose callbacks run by themselves, as on a page's own loop."""

    def soon(self, callback: Callable[[], Any]) -> None:
        asyncio.get_running_loop().create_task(callback())

    def rows(self) -> set[str]:
        return {key for message in self.sent for key, row in message.get("rows", {}).items() if row}


@pytest.fixture
async def feed() -> AsyncIterator[OwnFeed]:
    async with own_feed() as feed:
        yield feed


@pytest.fixture
async def centre(tmp_path: Path, feed: OwnFeed) -> AsyncIterator[Centre]:
    centre = await Centre.open(Settings(log=tmp_path / "vigie.log", feed=(feed.url,), no_sign_in=True))
    centre.start()
    yield centre
    await centre.close()


async def enter(centre: Centre, kind: type[Session] = Session) -> tuple[Session, Living]:
    paper = Living()
    session = kind(centre.consoles, paper)
    session.take(f'{{"do": "hello", "desk": "", "browser": "{session.id}"}}')
    await until(lambda: paper.sent)
    return session, paper


async def recorded(centre: Centre) -> list[str]:
    return [record.id async for _, record in centre.log.records() if record.type in ("raised", "pressed")]


async def test_a_page_that_fails_at_everything_keeps_no_press_from_the_log_the_feed_or_three_other_pages(
    feed: OwnFeed, centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    first, *_ = pages = [await enter(centre) for _ in range(2)]
    broken, silent = await enter(centre, Failing)
    pages.append(await enter(centre))
    broken.failing = True  # type: ignore[attr-defined]
    sent = len(silent.sent)
    message = feed.press("AMR-1")
    await until(lambda: message["id"] in feed.durable)
    assert set(feed.statuses) == {200}
    assert await recorded(centre) == [f"own/{message['id']}"]
    incident = centre.desk.board.of_device("AMR-1")[0].id
    await until(lambda: all(incident in paper.rows() for _, paper in pages))
    # The heartbeat goes on for them, and a page may come. The one that fails is sent none: it says itself that it is lost.
    told = [len(paper.sent) for _, paper in pages]
    await until(lambda: all(len(paper.sent) > before for (_, paper), before in zip(pages, told, strict=True)))
    late, _ = await enter(centre)
    assert late.desk_name not in {session.desk_name for session, _ in pages}
    assert len(silent.sent) == sent and len(centre.consoles.watching()) == 4
    assert first[0].actor in centre.consoles.present()
    assert not any(task.done() for task in centre._tasks)
    # It is sent everything once it can be, and counts again.
    broken.failing = False  # type: ignore[attr-defined]
    await until(lambda: incident in silent.rows() and len(centre.consoles.watching()) == 5)
    assert "ZeroDivisionError" in caplog.text
    assert PERSON not in caplog.text


async def test_whatever_else_hears_of_a_press_and_fails_keeps_it_from_nobody(feed: OwnFeed, centre: Centre) -> None:
    def fail(*facts: object) -> None:
        raise ZeroDivisionError

    board = centre.desk.board
    board._listeners.insert(0, fail)
    board.followers.insert(0, fail)
    centre.desk._presentations._listeners.insert(0, fail)
    session, paper = await enter(centre)
    message = feed.press("AMR-1")
    await until(lambda: message["id"] in feed.durable)
    incident = board.of_device("AMR-1")[0].id
    await until(lambda: incident in paper.rows())
    session.take(f'{{"do": "presented", "ids": ["{incident}"], "audible": true}}')
    await until(lambda: "presented" in board.incidents[incident].times)
    assert set(feed.statuses) == {200}
    assert await recorded(centre) == [f"own/{message['id']}"]
