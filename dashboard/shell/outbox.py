"""The line between one page of one browser and its session: what is to be sent, and the tasks beside it.

At most one push is scheduled; what must be seen at once goes as soon as the loop comes to it, one page in each of its turns, the
rest is merged. However slow the page, what it is sent is composed when it is sent.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from incidents.listeners import tell, without_values
from reports.catalogue import Translator

MERGE_S = 0.22  # what is not urgent goes out 4 to 5 times a second
MOST_TASKS = 64  # of one page at once: a hand presses few keys in the 2 s that a log may take
MOST_REPLIES = 1000  # that wait to be read
LOOK_S = 1.0

_logger = logging.getLogger(__name__)


class Page(Protocol):
    """The way to a browser, which reads a `language` and is sent its `words`: `soon` runs a callback with the document's lock
    held, in which `send` may be called."""

    @property
    def language(self) -> str: ...
    def words(self, translate: Translator) -> dict[str, str]: ...
    def connected(self) -> bool: ...
    def soon(self, callback: Callable[[], Awaitable[None]]) -> None: ...
    def send(self, text: str) -> None: ...


class Outbox:
    """The mailbox of one page; what is sent of it is composed when it is sent."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._replies: list[dict[str, Any]] = []
        self._scheduled = False
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Event()  # something was sent, or done

    @property
    def connected(self) -> bool:
        """Whether a browser holds this page open."""
        return self._page.connected()

    def compose(self) -> str:
        """Empty the mailbox into one message (JSON)."""
        raise NotImplementedError

    def push(self, *, urgent: bool) -> None:
        """See to it that the mailbox is emptied: as soon as it is this page's turn, or merged."""
        if self._scheduled or not self.connected:
            return
        if urgent:
            self._cancel_timer()
            self._scheduled = True
            _turns_of(asyncio.get_running_loop()).add(lambda: self._page.soon(self._flush))
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(MERGE_S, self._merged)

    def reply(self, **facts: object) -> None:
        """Send something that is no state, now."""
        self._replies.append(facts)
        self.push(urgent=True)

    async def has_room(self) -> None:
        """Wait while so much is under way for this page, or waits for it to read, that nothing more is taken of it."""
        while self.connected and (len(self._tasks) >= MOST_TASKS or len(self._replies) >= MOST_REPLIES):
            await self._news()

    async def gone(self) -> None:
        """Wait until the page took what it was replied, or is not there any more."""
        while self._replies and self.connected:
            await self._news()
        free = False

        async def then() -> None:
            nonlocal free
            free = True
            self._moved.set()

        self._page.soon(then)  # the document's lock is free once its line took what was sent
        while not free and self.connected:
            await self._news()

    async def _news(self) -> None:
        """Wait until something was sent or done, a second at most: nothing tells that nobody holds the page open any more."""
        self._moved.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await self._moved.wait()

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside everything else, until the page is gone; a fault is logged without the values in it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def end(self) -> None:
        """The page is gone."""
        self._cancel_timer()
        for task in self._tasks:
            task.cancel()

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._moved.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("a page's wish failed", exc_info=without_values(error))

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _merged(self) -> None:
        self._timer = None
        tell((lambda: self.push(urgent=True),), what="a push to a page")

    async def _flush(self) -> None:
        self._scheduled = False
        if self.connected:
            self._page.send(self.compose())
        self._moved.set()


class _Turns:
    """The pages that wait to be sent something: one in each turn of the loop. All of them in one would keep a press waiting at
    each of the dozen turns that it takes to the log and back; and what changes meanwhile goes with what waits."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def add(self, work: Callable[[], None]) -> None:
        self._waiting.append(work)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        tell((self._waiting[0],), what="a push to a page")
        self._waiting.popleft()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._next)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


def _turns_of(loop: asyncio.AbstractEventLoop) -> _Turns:
    if (turns := _turns.get(loop)) is None:
        turns = _turns[loop] = _Turns()
    return turns
