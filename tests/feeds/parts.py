"""Real parts for the feed's tests: a receiver that remembers, a place to keep numbers, a server of any behaviour, a poor line."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from feeds.gateway import Gateway
from feeds.subscriber import Receiver, Subscriber, Timing
from incidents.clock import SystemClock
from incidents.health import FeedHealth
from incidents.log import LogUnavailable
from incidents.messages import Message, PressReport, Receipt

QUICK = Timing(
    answer_s=1.0,
    handshake_s=1.0,
    silent_s=0.4,
    reconnect_s=0.8,
    malformed_s=0.6,
    missing_s=0.2,
    backoff_s=0.2,
    look_s=0.03,
    health_s=0.1,
    cursor_s=0.03,
)

HEARTBEAT = {"kind": "heartbeat", "head": 0}
FEED = {"feed": "112-app", "epoch": "E1"}

PRESS: dict[str, Any] = {
    "kind": "press",
    "seq": 1,
    "id": "0193f0c2-6d0e-7c7a-9a0e-5f2d7a1c9b11",
    "at": "2026-11-24T21:14:07.412Z",
    "device": "AMR-00412",
    "press": "hold",
    "case": "SIM-2026-001",
    "battery": 81,
    "transport": "ble_phone",
    "fix": {
        "lat": 51.0536,
        "lon": 3.7253,
        "radius": 18.0,
        "confidence": 68,
        "method": "gnss",
        "time": "2026-11-24T21:14:05Z",
        "speed": 1.2,
        "course": 145.0,
        "altitude": 9.0,
    },
    "call": {"state": "ringing", "line": "101-7"},
}


def press(seq: int | None, **changes: Any) -> dict[str, Any]:
    """A valid press with this number and an id of its own."""
    facts = {**PRESS, "id": f"press-{seq}", **changes}
    if seq is None:
        facts.pop("seq")
    else:
        facts["seq"] = seq
    return facts


class Desk:
    """Takes messages as the real desk does: each id once. `held` makes it answer that nothing can be written."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.times: Counter[str] = Counter()
        self.gaps: list[tuple[str, str, int, int, str]] = []
        self.healths: list[FeedHealth] = []
        self.order: list[str] = []
        self.held = False
        self.delay_s = 0.0

    async def receive(self, message: Message) -> Receipt:
        self.times[message.id] += 1
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.held:
            return "held"
        if message.id in self.messages:
            return "repeated"
        self.messages[message.id] = message
        self.order.append(message.id)
        return "recorded"

    async def feed_gap(self, feed: str, *, why: str, expected: int, oldest: int, epoch: str) -> None:
        self.gaps.append((feed, why, expected, oldest, epoch))

    async def feed_health(self, health: FeedHealth) -> None:
        self.healths.append(health)

    @property
    def presses(self) -> list[Message]:
        return [message for message in self.messages.values() if isinstance(message.report, PressReport)]

    @property
    def state(self) -> str:
        return self.healths[-1].state if self.healths else "none"


class Shelf:
    """Keeps numbers and quarantined bytes. `full`: nothing can be written."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, int]] = {}
        self.quarantined: list[tuple[str, bytes]] = []
        self.full = False

    async def cursors(self, feed: str) -> dict[str, int]:
        return dict(self.kept.get(feed, {}))

    async def set_cursor(self, feed: str, epoch: str, seq: int) -> None:
        self._write()
        self.kept.setdefault(feed, {})[epoch] = seq

    async def quarantine(self, feed: str, at: str, reason: str, raw: bytes) -> None:
        self._write()
        self.quarantined.append((reason, raw))

    def _write(self) -> None:
        if self.full:
            raise LogUnavailable("disk full")


@contextlib.asynccontextmanager
async def following(
    url: str, desk: Receiver, shelf: Shelf, *, timing: Timing = QUICK, **options: Any
) -> AsyncIterator[Subscriber]:
    """A subscriber at work."""
    subscriber = Subscriber(url, receiver=desk, log=shelf, clock=SystemClock(), timing=timing, **options)
    task = asyncio.create_task(subscriber.run())
    try:
        yield subscriber
        assert not task.done(), "the subscriber gave up"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def following_quickly(
    url: str, desk: Desk, shelf: Shelf, timing: dict[str, float]
) -> AbstractAsyncContextManager[Subscriber]:
    """As `following`, with some times shorter still."""
    return following(url, desk, shelf, timing=msgspec.structs.replace(QUICK, **timing))


class Followed:
    """A gateway and a subscriber that follows it."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self.gateway = Gateway("112-app", heartbeat_s=0.1)
        self._desk, self._shelf = desk, shelf

    async def __aenter__(self) -> Gateway:
        await self.gateway.start()
        self._following = following(self.gateway.url, self._desk, self._shelf)
        await self._following.__aenter__()
        return self.gateway

    async def __aexit__(self, *error: Any) -> None:
        await self._following.__aexit__(*error)
        await self.gateway.stop()


class Line:
    """One client of a `scripted` server: what it said, and the words a server can say to it."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.subscribes: list[dict[str, Any]] = []
        self.answers: dict[Any, dict[str, Any]] = {}
        self.heard: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    async def listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for raw in self.socket:
                said = json.loads(raw)
                self.heard.append(said)
                if "subscribe" in said:
                    self.subscribes.append(said["subscribe"])
                if "eventResponse" in said:
                    self.answers[said["eventResponse"]["transactionId"]] = said["eventResponse"]
                self._news.set()

    async def subscribed(self, count: int = 1) -> dict[str, Any]:
        """The `count`-th subscribe of this client."""
        await self._until(lambda: len(self.subscribes) >= count)
        return self.subscribes[count - 1]

    async def accept(self, count: int = 1, **more: Any) -> dict[str, Any]:
        """Wait for the `count`-th subscribe and take it; gives what was asked."""
        asked = await self.subscribed(count)
        body = {"requestId": asked["requestId"], "subscriptionId": f"s{count}", "statusCode": 200, "statusText": "OK"}
        await self.say({"subscribeResponse": {**body, **more}})
        return asked

    async def say(self, frame: dict[str, Any] | bytes | str) -> None:
        if isinstance(frame, bytes):
            await self.socket.send(frame, text=True)
        else:
            await self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def event(self, transaction: Any, *messages: dict[str, Any]) -> dict[str, Any]:
        """Send messages and wait for the answer."""
        await self.say(
            {"event": {"subscriptionId": "s1", "transactionId": transaction, "notification": list(messages)}}
        )
        return await self.answer(transaction)

    async def answer(self, transaction: Any) -> dict[str, Any]:
        await self._until(lambda: transaction in self.answers)
        return self.answers[transaction]

    async def _until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(8):
            while not true():
                self._news.clear()
                await self._news.wait()


@contextlib.asynccontextmanager
async def scripted(script: Callable[[Line, int], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that plays a script to each connection (its number, from 1); it listens until the client is gone."""
    count = 0

    async def handle(socket: ServerConnection) -> None:
        nonlocal count
        count += 1
        line = Line(socket)
        playing = asyncio.create_task(_play(script, line, count))
        try:
            await line.listen()
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)

    async with serve(handle, "127.0.0.1", 0, max_size=None, close_timeout=1) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/feed"


async def _play(script: Callable[[Line, int], Awaitable[None]], line: Line, number: int) -> None:
    with contextlib.suppress(ConnectionClosed):
        await script(line, number)


@contextlib.asynccontextmanager
async def poor_line(url: str, seed: int, share: float) -> AsyncIterator[str]:
    """A relay before a server that drops, repeats, delays past the next, or damages this share of its events."""
    dice = random.Random(seed)

    async def handle(near: ServerConnection) -> None:
        async with connect(url, max_size=None, compression=None, proxy=None, close_timeout=1) as far:

            async def back() -> None:
                try:
                    async for raw in near:
                        await far.send(raw)
                finally:
                    await far.close()

            answering = asyncio.create_task(back())
            late: list[bytes] = []
            try:
                async for raw in far:
                    frame = raw.encode() if isinstance(raw, str) else raw
                    fate = dice.random()
                    if not frame.startswith(b'{"event"') or fate >= share:
                        await near.send(frame, text=True)
                    elif fate < share / 4:
                        pass
                    elif fate < share / 2:
                        await near.send(frame, text=True)
                        await near.send(frame, text=True)
                    elif fate < share * 3 / 4:
                        late.append(frame)
                        continue
                    else:
                        await near.send(damaged(frame, dice), text=True)
                    while late:
                        await near.send(late.pop(), text=True)
            finally:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)

    async def quietly(near: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            await handle(near)

    async with serve(quietly, "127.0.0.1", 0, max_size=None, compression=None, close_timeout=1) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/feed"


def damaged(frame: bytes, dice: random.Random) -> bytes:
    """The frame cut short, or with bytes that no JSON has in place of some of its own."""
    place = dice.randrange(1, len(frame))
    if dice.random() < 0.5:
        return frame[:place]
    return frame[:place] + b"\x00\xff{" + frame[place + dice.randrange(1, 9) :]
