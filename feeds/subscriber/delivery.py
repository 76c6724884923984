"""Takes what one frame brought and says what to answer: 200 only when every message of it is durable."""

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any

import msgspec

from feeds import decoding as wire
from feeds.subscriber.bookmark import Bookmark
from feeds.subscriber.cursor import Cursor
from feeds.subscriber.health import Vitals
from feeds.subscriber.ports import Bookmarks, Receiver, Timing
from incidents.clock import Clock
from incidents.events import stamp
from incidents.messages import Message, Receipt

MAX_DECODED = 1 << 20  # bytes of a frame that is decoded; a larger one is only searched for presses

# Messages of a feed that the desk works on at once. A flood's frames hold thousands: in one turn of the loop they would keep the
# pages from their heartbeat, and another feed from its turn.
AT_ONCE = 128
TURN_S = 2.0  # nothing that stands still before it keeps a message longer from the desk

# What is being handed over, with the number it will settle and the numbering that belongs to.
_Tasks = dict[asyncio.Task[Receipt], tuple[int | None, Cursor | None]]

_logger = logging.getLogger(__name__)


class Reception:
    """One feed's door to the desk. Both methods start handing over at once, in the order of the calls; await the answer."""

    def __init__(
        self, receiver: Receiver, log: Bookmarks, clock: Clock, bookmark: Bookmark, vitals: Vitals, timing: Timing
    ) -> None:
        self._receiver = receiver
        self._log = log
        self._clock = clock
        self._bookmark = bookmark
        self._vitals = vitals
        self._timing = timing
        self._turns = asyncio.Semaphore(AT_ONCE)

    def event(self, frame: wire.Event) -> Coroutine[Any, Any, bytes]:
        """Take the messages of an event; the coroutine gives the answer for the server within `Timing.answer_s`."""
        received = self._clock.now()
        good: list[Message] = []
        refused: list[tuple[int, wire.Rejected, bytes]] = []
        for index, raw in enumerate(frame.messages):
            message = wire.decode_message(self._bookmark.feed, raw, received=received)
            if isinstance(message, Message):
                good.append(message)
            elif isinstance(message, wire.Rejected):
                self._vitals.not_understood(f"message refused, {message.reason}")
                refused.append((index, message, bytes(raw)))
            else:
                self._vitals.heartbeat(message.head)
        return self._settle(frame.transaction, self._hand_over(good), refused)

    def broken(self, frame: wire.Broken, raw: bytes) -> Coroutine[Any, Any, bytes]:
        """Take what can be saved of a frame that was not understood; the coroutine gives the answer for the server."""
        self._vitals.not_understood(f"frame refused, {frame.reason}")
        saved = wire.salvage(self._bookmark.feed, raw, received=self._clock.now(), presses_only=len(raw) > MAX_DECODED)
        return self._settle_broken(frame, raw, self._hand_over(saved))

    def _hand_over(self, messages: list[Message]) -> _Tasks:
        """Begin handing over: side by side, so that the log writes them together; the desk keeps the order by device."""
        cursor = self._bookmark.cursor
        if cursor:
            cursor.seen([message.seq for message in messages if message.seq is not None])
        received = self._clock.now()
        for message in messages:
            self._vitals.message(message, received)
        return {asyncio.create_task(self._receive(message)): (message.seq, cursor) for message in messages}

    async def _receive(self, message: Message) -> Receipt:
        try:
            async with asyncio.timeout(TURN_S):
                await self._turns.acquire()
        except TimeoutError:
            return await self._receiver.receive(message)
        try:
            return await self._receiver.receive(message)
        finally:
            self._turns.release()

    async def _settle(
        self,
        transaction: msgspec.Raw,
        tasks: _Tasks,
        refused: list[tuple[int, wire.Rejected, bytes]],
    ) -> bytes:
        safe = await self._durable(tasks)
        for _, rejected, raw in refused:
            kept = await self._quarantine(rejected.reason, raw)
            if kept and self._bookmark.cursor and rejected.seq is not None:
                self._bookmark.cursor.seen([rejected.seq])
                self._bookmark.cursor.handled(rejected.seq)
            safe = safe and kept
        if not safe:
            return wire.event_response(transaction, 503, "shown, not yet recorded")
        return wire.event_response(transaction, 200, "OK", [(index, r.id, r.reason) for index, r, _ in refused])

    async def _settle_broken(self, frame: wire.Broken, raw: bytes, tasks: _Tasks) -> bytes:
        # 400 means "don't send again": only once what was saved of it is durable and the rest is in quarantine.
        safe = await self._durable(tasks)
        if await self._quarantine(frame.reason, raw) and safe:
            return wire.event_response(frame.transaction, 400, f"not understood: {frame.reason}")
        return wire.event_response(frame.transaction, 503, "not understood, not yet recorded")

    async def _durable(self, tasks: _Tasks) -> bool:
        """Whether all were durable in time. A late one goes on by itself: the server will send it again."""
        if not tasks:
            return True
        done, late = await asyncio.wait(tasks, timeout=self._timing.answer_s)
        durable = [self._durably(task, *tasks[task]) for task in done]
        for task in late:
            seq, cursor = tasks[task]
            task.add_done_callback(partial(self._durably, seq=seq, cursor=cursor))
        return all(durable) and not late

    def _durably(self, task: asyncio.Task[Receipt], seq: int | None, cursor: Cursor | None) -> bool:
        if task.cancelled():
            return False
        if (error := task.exception()) is not None:
            # Neither its text nor its traceback: they could quote the message.
            _logger.error("the desk failed on a message of %s: %s", self._bookmark.feed, type(error).__name__)
            return False
        receipt = task.result()
        self._vitals.receipt(receipt)
        if receipt == "held":
            return False
        if cursor:
            cursor.handled(seq)
        return True

    async def _quarantine(self, reason: str, raw: bytes) -> bool:
        try:
            await self._log.quarantine(self._bookmark.feed, stamp(self._clock.now()), reason, raw[: wire.MAX_RAW])
        except Exception as error:
            _logger.warning(
                "bytes of %s could not be kept in quarantine: %s", self._bookmark.feed, type(error).__name__
            )
            return False
        return True
