"""One connection to a feed server: subscribes, answers every event, asks again for what is missing, until it ends."""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from feeds import decoding as wire
from feeds.subscriber.bookmark import Bookmark, Gap
from feeds.subscriber.cursor import Holes
from feeds.subscriber.delivery import MAX_DECODED, Reception
from feeds.subscriber.health import Vitals
from feeds.subscriber.ports import Timing
from incidents.health import EXERCISE_FEED

NO_EXERCISE = "it does not say that it is an exercise: not taken"
_AT_ONCE = 32  # frames being answered; a server may have 16 unanswered, one that has more waits for its socket
_EARLY = 64  # frames kept that came before the subscription was answered ...
_EARLY_BYTES = 16 << 20  # ... and so much of them

_logger = logging.getLogger(__name__)
_requests = itertools.count(1)


class Ended(msgspec.Struct, frozen=True):
    """Why a connection ended. `oversize`: the server sent a message too large to be taken; `silent`: it sent nothing."""

    reason: str
    oversize: bool = False
    silent: bool = False


class Session:
    """The conversation on one open connection. `on_gap` is told of missing messages."""

    def __init__(
        self,
        socket: ClientConnection,
        *,
        bookmark: Bookmark,
        reception: Reception,
        vitals: Vitals,
        timing: Timing,
        on_gap: Callable[[Gap], None],
        on_change: Callable[[], None],
        holes: Holes,
        exercise: bool = False,
    ) -> None:
        self._exercise = exercise
        self.served = False  # whether the server took the subscription and sent anything we understood
        self._socket = socket
        self._bookmark = bookmark
        self._reception = reception
        self._vitals = vitals
        self._timing = timing
        self._on_gap = on_gap
        self._on_change = on_change
        self._holes = holes
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._answers: set[asyncio.Task[None]] = set()
        self._early: list[bytes] = []
        self._asking: tuple[str, int | None, float] | None = None  # request id, after, when it must be answered
        self._subscription: str | None = None
        self._renew_at: float | None = None
        self._ended: Ended | None = None

    async def run(self) -> Ended:
        """Talk until the connection ends; what is being handed over then goes on, with its time limit."""
        watch = asyncio.create_task(self._watch())
        try:
            await self._subscribe()
            while self._ended is None:
                await self._frame(await self._socket.recv(decode=False))
        except ConnectionClosed as closed:
            return self._ended or _ended(closed)
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            if self._subscription is None and not self._exercise:
                # Never subscribed, yet something came: a press may be in it.
                for raw in self._early:
                    await self._take(raw)
            if self._answers:
                await asyncio.wait(self._answers, timeout=self._timing.answer_s)
        return self._ended

    async def _frame(self, raw: bytes) -> None:
        early = sum(map(len, self._early)) + len(raw)
        if self._subscription is None and len(self._early) < _EARLY and early <= _EARLY_BYTES:
            frame = wire.decode_frame(raw) if len(raw) <= MAX_DECODED else None
            if not isinstance(frame, wire.Subscribed | wire.Terminate):
                self._early.append(raw)
                return
        await self._take(raw)

    async def _take(self, raw: bytes) -> None:
        frame = wire.decode_frame(raw) if len(raw) <= MAX_DECODED else wire.broken(raw, "larger than 1 MiB")
        if not isinstance(frame, wire.Subscribed | wire.Verb):
            self._vitals.heard()  # an answer to what we asked is no sign of the feed: that it sends by itself is
        match frame:
            case wire.Event():
                self.served = True
                await self._answer(self._reception.event(frame))
            case wire.Subscribed():
                await self._subscribed(frame)
            case wire.Terminate():
                await self._send(wire.terminate_response(frame.request, frame.subscription))
                if frame.subscription in ("", self._subscription) and self._asking is None:
                    await self._end(Ended("ended by the server"))
            case wire.Verb():
                pass
            case wire.Broken():
                await self._answer(self._reception.broken(frame, raw), alone=len(raw) > MAX_DECODED)
            case _:
                # A verb that only a client may say.
                await self._answer(self._reception.broken(wire.broken(raw, "not a verb of a server"), raw))
        self._on_change()

    async def _answer(self, settled: Coroutine[Any, Any, bytes], *, alone: bool = False) -> None:
        """Answer once all is durable, without keeping the next frame waiting; `alone`: one so large that it is held only once."""
        if alone:
            await self._send(await settled)
            return
        try:
            await self._slots.acquire()
        except asyncio.CancelledError:
            settled.close()
            raise
        task = asyncio.create_task(self._send_settled(settled))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
        task.add_done_callback(lambda _: settled.close())  # a task that ends before its first step awaits nothing

    async def _send_settled(self, settled: Coroutine[Any, Any, bytes]) -> None:
        try:
            await self._send(await settled)
        finally:
            self._slots.release()

    async def _subscribe(self) -> None:
        """Ask from where we are. A former subscription is given up first: what it still sends is taken all the same."""
        if self._subscription:
            await self._send(wire.unsubscribe(f"vigie-{next(_requests)}", self._subscription))
        request, after = f"vigie-{next(_requests)}", self._bookmark.after
        self._asking = (request, after, time.monotonic() + self._timing.handshake_s)
        self._renew_at = None
        await self._send(wire.subscribe(request, after))

    async def _subscribed(self, said: wire.Subscribed) -> None:
        if self._asking is None or (said.request is not None and said.request != self._asking[0]):
            return
        _, asked, _ = self._asking
        self._asking = None
        if said.status != 200:
            await self._end(Ended(f"subscription refused: {said.status}"))
            return
        if said.exercise != self._exercise:
            await self._end(Ended(NO_EXERCISE if self._exercise else EXERCISE_FEED))
            return
        adopted = await self._bookmark.adopt(said, asked)
        self._subscription = said.subscription
        self._renew_at = time.monotonic() + said.expires_s * 0.8 if said.expires_s else None
        self._vitals.subscribed(said.head)
        self._holes.subscribed()
        for gap in adopted.gaps:
            self._on_gap(gap)
        if adopted.again:
            await self._subscribe()
        early, self._early = self._early, []
        for raw in early:
            await self._take(raw)

    async def _watch(self) -> None:
        """What must happen when nothing comes."""
        try:
            while True:
                await asyncio.sleep(self._timing.look_s)
                await self._look(time.monotonic())
        except Exception as error:
            _logger.error("the watch over %s failed: %s", self._bookmark.feed, type(error).__name__)
            await self._end(Ended(f"fault: {type(error).__name__}"))

    async def _look(self, now: float) -> None:
        if self._asking is not None:
            if now >= self._asking[2]:
                await self._end(Ended("no answer to the subscription"))
        elif self._subscription is None:
            return
        elif self._vitals.silent_too_long:
            await self._end(Ended("silent", silent=True))
        elif self._renew_at is not None and now >= self._renew_at:
            await self._subscribe()
        else:
            await self._fill_holes(now)

    async def _fill_holes(self, now: float) -> None:
        cursor, head = self._bookmark.cursor, self._vitals.head
        idle = self._vitals.idle_s() >= self._timing.missing_s
        if cursor is None or not self._holes.overdue(cursor, now, head=head, idle=idle):
            return
        if self._holes.ask(now, head if idle else min(head, cursor.highest)):
            await self._subscribe()
        elif gap := self._bookmark.give_up(self._holes):
            self._on_gap(gap)

    async def _end(self, ended: Ended) -> None:
        if self._ended is None:
            self._ended = ended
            await self._socket.close()

    async def _send(self, raw: bytes) -> None:
        # The end of the connection is seen where frames are read.
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(raw, text=True)


def _ended(closed: ConnectionClosed) -> Ended:
    if closed.sent is not None and closed.sent.code == 1009 and not closed.rcvd_then_sent:
        return Ended("a message larger than 8 MiB", oversize=True)
    code = closed.rcvd.code if closed.rcvd else closed.sent.code if closed.sent else 1006
    return Ended(f"connection closed: {code}")
