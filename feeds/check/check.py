"""Connects to a feed as a desk would, several times at once, and says what is right and what is wrong with it."""

import asyncio
import itertools
import ssl as tls
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from feeds import decoding as wire
from feeds.check.judge import Given, Judge
from feeds.check.points import Findings, Point
from feeds.subscriber.connection import connection, why_none

OPEN_S = 5.0
_requests = itertools.count(1)


class CheckTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds: how long to listen, the protocol's own 5, what a busy line may take more; only tests shorten the last two."""

    listen_s: float = 20.0
    answer_s: float = 5.0
    slack_s: float = 1.0


class Check:
    """One check of one address."""

    def __init__(
        self, url: str, *, token: str | None = None, ssl: tls.SSLContext | None = None, times: CheckTimes | None = None
    ) -> None:
        self._url, self._token, self._ssl, self._times = url, token, ssl, times or CheckTimes()
        self._found = Findings()
        self._given = Given({}, {})

    async def run(self) -> list[Point]:
        """Listen for the time given; every point. Raises nothing that a server does."""
        await asyncio.gather(self._answering(), self._silent(), self._resuming(), self._without_token())
        return self._found.points()

    async def _answering(self) -> None:
        """Everything is answered 200, but the first event that brings messages: 503, once."""
        found, refused = self._found, 0

        def answer(judge: Judge) -> int:
            nonlocal refused
            if not judge.fresh or refused or line.late:
                return 200
            refused += 1
            return 503

        line = _Line(self, after=None, answers=answer)
        await line.run(self._times.listen_s, line.ping)
        if line.judge.seqs:
            found.right("answered", "numbers")
        if refused:
            gone = line.judge.again - line.judge.came_again
            found.judge("refused", not gone, f"did not come again: {len(gone)}")

    async def _silent(self) -> None:
        """Events that bring messages are not answered, until they came again."""
        line = _Line(self, after=None, answers=lambda judge: 0 if judge.fresh and not line.late else 200, may_end=True)
        await line.run(self._times.listen_s)
        if line.judge.unanswered:
            kept = bool(line.judge.came_again) or line.ended
            self._found.judge("unanswered", kept, "neither did it come again nor did the subscription end")

    async def _resuming(self) -> None:
        """A subscription on the way, after a number in the middle of what is held, ended in order."""
        first = _Line(self, after=None, answers=lambda judge: 200)
        await first.run(self._times.listen_s / 4)
        seqs = first.judge.seqs
        after = seqs[len(seqs) // 2] if seqs else None
        line = _Line(self, after=after, answers=lambda judge: 200)
        await line.run(self._times.listen_s / 2, line.unsubscribe)
        if after is not None and line.judge.subscription:
            missing = [seq for seq in seqs if seq > after and seq not in line.judge.seqs]
            self._found.judge("resume", not missing, f"after={after}: did not come, though above it: {len(missing)}")
            late = [name for name, seq in first.judge.states.items() if line.judge.states.get(name, -1) < seq]
            self._found.judge("resume", not late, f"after={after}: latest states that did not come: {len(late)}")

    async def _without_token(self) -> None:
        """Who bears no token is refused, where one is needed."""
        if self._token is None:
            return
        try:
            async with self.connected(None):
                self._found.wrong("token", "a connection without a token was taken")
        except InvalidStatus as refused:
            status = refused.response.status_code
            self._found.judge("token", status in (401, 403), f"HTTP {status}")
        except (OSError, EOFError, TimeoutError, WebSocketException):
            pass  # the point "connection" says it

    def connected(self, token: str | None) -> connect:
        """A connection as a desk's, but that it pings by itself."""
        return connection(self._url, token=token, ssl=self._ssl, open_timeout=OPEN_S, ping_interval=None)

    @property
    def parts(self) -> tuple[Findings, Given, CheckTimes, str | None]:
        """What a line stands on."""
        return self._found, self._given, self._times, self._token


class _Line:
    """One connection with one subscription. `may_end`: the server may end it, since it is not answered."""

    def __init__(
        self, check: Check, *, after: int | None, answers: Callable[[Judge], int], may_end: bool = False
    ) -> None:
        self._check = check
        self._found, given, self._times, self._token = check.parts
        beat_s = self._times.answer_s + self._times.slack_s
        idle_s = self._times.slack_s
        self.judge = Judge(self._found, given, after=after, beat_s=beat_s, idle_s=idle_s, answers=answers)
        self.ended = False
        self._until = 0.0
        self._after = after
        self._may_end = may_end

    @property
    def late(self) -> bool:
        """Whether what is refused now would not come again before the end."""
        return time.monotonic() > self._until - 2 * (self._times.answer_s + self._times.slack_s)

    async def run(self, listen_s: float, last: Callable[[ClientConnection], Awaitable[None]] | None = None) -> None:
        """Connect, subscribe, listen, do the last thing; whatever ends it is a finding."""
        try:
            async with self._check.connected(self._token) as socket:
                self._found.right("connection")
                await self._talk(socket, listen_s)
                if last is not None and not self.ended:
                    await last(socket)
        except ConnectionClosed as closed:
            self._closed(closed)
        except (OSError, EOFError, WebSocketException) as error:
            self._found.wrong("connection", why_none(error) or type(error).__name__)

    async def ping(self, socket: ClientConnection) -> None:
        """Ping once."""
        try:
            async with asyncio.timeout(self._times.answer_s):
                await (await socket.ping())
            self._found.right("ping")
        except TimeoutError:
            self._found.wrong("ping", "no pong within 5 s")

    async def unsubscribe(self, socket: ClientConnection) -> None:
        """End the subscription."""
        await socket.send(wire.unsubscribe("check-end", self.judge.subscription), text=True)
        try:
            async with asyncio.timeout(self._times.answer_s):
                while True:
                    frame = self.judge.frame(await _next(socket))
                    if isinstance(frame, wire.Verb) and frame.name == "unsubscribeResponse":
                        self._found.right("end")
                        return
        except TimeoutError:
            self._found.wrong("end", "no unsubscribeResponse within 5 s")

    async def _talk(self, socket: ClientConnection, listen_s: float) -> None:
        start = time.monotonic()
        self._until = start + listen_s
        request = f"check-{next(_requests)}"
        await socket.send(wire.subscribe(request, self._after), text=True)
        while (now := time.monotonic()) < self._until and not self.ended:
            end = self._until if self.judge.subscription else min(self._until, start + self._times.answer_s)
            try:
                async with asyncio.timeout(max(0.0, min(end, now + self._times.slack_s) - now)):
                    raw = await _next(socket)
            except TimeoutError:
                if not self.judge.subscription and time.monotonic() >= start + self._times.answer_s:
                    self._found.wrong("subscription", "no subscribeResponse within 5 s")
                    self.ended = True
                self.judge.beats(time.monotonic())
                continue
            await self._take(socket, raw, request)
        if not self.ended:
            self._found.right("staying", *(("transactions", "window") if self.judge.seqs else ()))

    async def _take(self, socket: ClientConnection, raw: bytes, request: str) -> None:
        match frame := self.judge.frame(raw):
            case wire.Subscribed() if not self.judge.subscription:
                self.ended = not self.judge.subscribed(frame, request, time.monotonic())
            case wire.Event():
                if status := self.judge.event(frame, datetime.now(UTC), time.monotonic()):
                    text = "OK" if status == 200 else "not durable"
                    await socket.send(wire.event_response(frame.transaction, status, text), text=True)
            case wire.Terminate():
                await socket.send(wire.terminate_response(frame.request, frame.subscription), text=True)
                self.ended = True
                if not (self._may_end and self.judge.unanswered):
                    self._found.wrong("staying", "terminate")

    def _closed(self, closed: ConnectionClosed) -> None:
        if closed.sent is not None and closed.sent.code == 1009 and not closed.rcvd_then_sent:
            self._found.wrong("size", "a frame above 8 MiB")
            return
        code = closed.rcvd.code if closed.rcvd else closed.sent.code if closed.sent else 1006
        self.ended = True
        if not (self._may_end and self.judge.unanswered):
            self._found.wrong("staying", f"connection closed: {code}")


async def _next(socket: ClientConnection) -> bytes:
    return bytes(await socket.recv(decode=False))
