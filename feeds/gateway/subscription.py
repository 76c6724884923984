"""One client's subscription: what it has been sent, what it has not answered, what it must be sent again."""

import asyncio
import contextlib
import itertools
import time

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from feeds import decoding as wire
from feeds.gateway.store import Published, Store
from incidents.clock import Clock
from incidents.events import stamp

EXPIRES_S = 86_400
MAX_UNANSWERED = 16
FRAME_BYTES = 512 << 10  # a client decodes 1 MiB
MAX_STRIKES = 3  # events in a row without any answer: the client is not there


class _Sent(msgspec.Struct, frozen=True):
    messages: tuple[Published, ...]
    due: float  # monotonic seconds


class Subscription:
    """Sends what is held above `after`, the latest states, then what is new, `per_frame` messages at once."""

    def __init__(
        self,
        id: str,
        connection: ServerConnection,
        store: Store,
        clock: Clock,
        *,
        after: int,
        heartbeat_s: float,
        answer_s: float,
        per_frame: int,
    ) -> None:
        self.id = id
        self._connection = connection
        self._store = store
        self._clock = clock
        self._last = after
        self._backlog_to = store.head
        self._states: list[Published] | None = None  # None until the backlog is sent
        self._heartbeat_s = heartbeat_s
        self._answer_s = answer_s
        self._per_frame = per_frame
        self._unanswered: dict[str, _Sent] = {}
        self._again: list[Published] = []
        self._strikes = 0
        self._events = 0
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Something is to be sent."""
        self._news.set()

    def answered(self, transaction: str, status: int) -> bool:
        """Take a client's answer; false when the event is not ours. 503: the messages go out again with a heartbeat."""
        sent = self._unanswered.pop(transaction, None)
        if sent is None:
            return False
        self._strikes = 0
        if status == 503:
            self._again.extend(sent.messages)
        self._news.set()
        return True

    async def run(self) -> None:
        """Send until the subscription ends: unanswered, expired, or with the connection."""
        with contextlib.suppress(ConnectionClosed):
            ended = await self._send_all()
            await self._connection.send(wire.terminate(f"{self.id}-end", self.id, *ended), text=True)

    async def _send_all(self) -> tuple[int, str]:
        now = time.monotonic()
        end, beat = now + EXPIRES_S, now
        while now < end:
            if self._strikes >= MAX_STRIKES:
                return 408, "three events were not answered"
            self._news.clear()
            if now >= beat:
                await self._beat()
                beat = now + self._heartbeat_s
            while len(self._unanswered) < MAX_UNANSWERED and (messages := self._next()):
                await self._send(messages)
            with contextlib.suppress(TimeoutError):
                due = min([beat, *(sent.due for sent in self._unanswered.values())])
                async with asyncio.timeout(max(due - time.monotonic(), 0.0)):
                    await self._news.wait()
            now = time.monotonic()
            self._expire(now)
        return 200, "expired"

    def _next(self) -> list[Published]:
        messages: list[Published] = []
        if self._last < self._backlog_to:
            count = min(self._per_frame, self._backlog_to - self._last)
            held = self._first(self._store.after(self._last, count))
            messages = [one for one in held if one.seq <= self._backlog_to]
            self._last = messages[-1].seq if messages else self._backlog_to
        if messages:
            return messages
        if self._states is None:
            self._states = self._store.states()
        if self._states:
            messages = self._first(self._states)
            self._states = self._states[len(messages) :]
            return messages
        messages = self._first(self._store.after(self._last, self._per_frame))
        if messages:
            self._last = messages[-1].seq
        return messages

    async def _beat(self) -> None:
        if len(self._unanswered) >= MAX_UNANSWERED:
            return
        head = {"kind": "heartbeat", "at": stamp(self._clock.now()), "head": self._store.head}
        await self._send(self._take_again(self._per_frame - 1), msgspec.json.encode(head))
        while self._again and len(self._unanswered) < MAX_UNANSWERED:
            await self._send(self._take_again(self._per_frame))

    def _take_again(self, count: int) -> list[Published]:
        again = self._first(self._again[:count])
        self._again = self._again[len(again) :]
        return again

    def _first(self, messages: list[Published]) -> list[Published]:
        """As many of the first messages as one frame takes."""
        sizes = itertools.accumulate(len(one.raw) for one in messages[: self._per_frame])
        return messages[: max(1, sum(size <= FRAME_BYTES for size in sizes))]

    async def _send(self, messages: list[Published], heartbeat: bytes | None = None) -> None:
        self._events += 1
        transaction = f"{self.id}-{self._events}"
        self._unanswered[transaction] = _Sent(tuple(messages), time.monotonic() + self._answer_s)
        raws = [message.raw for message in messages]
        frame = wire.event(self.id, transaction, [heartbeat, *raws] if heartbeat else raws)
        await self._connection.send(frame, text=True)

    def _expire(self, now: float) -> None:
        """What was not answered in time goes out again, like what could not be made durable."""
        for transaction, sent in list(self._unanswered.items()):
            if sent.due <= now:
                del self._unanswered[transaction]
                self._again.extend(sent.messages)
                self._strikes += 1
