"""An alarm feed written against docs/protocol.md alone, and the real server as a process."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from dashboard.ports import free_port
from tests.processes import Command

Damage = Callable[[str], Iterable[str]]
ANSWER_S = 20.0  # a busy machine answers late: what is asked has a test's own deadline


def stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class OwnFeed:
    """Holds messages, serves them to one client after another, and remembers what was answered."""

    def __init__(self, *, damage: Damage | None = None, per_frame: int = 20, window: int = 16) -> None:
        self.messages: list[dict[str, Any]] = []
        self.durable: set[str] = set()
        self.statuses: list[int] = []
        self.name = "own"
        self.epoch = "2026-11-01"
        self.beats = True
        self.late_s = 1.0  # what was not answered for so long goes again
        self.url = ""
        self._damage = damage
        self._per_frame = per_frame
        self._window = window
        self._unanswered: dict[ServerConnection, dict[tuple[int, int], float]] = {}
        self._news = asyncio.Event()
        self._server: Server | None = None

    async def start(self, port: int = 0) -> None:
        self._server = await serve(self._client, "127.0.0.1", port, ping_interval=None)
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def put(self, **fields: Any) -> dict[str, Any]:
        seq = len(self.messages) + 1
        message = {"seq": seq, "id": f"m-{seq:07d}", "at": stamp(), **fields}
        self.messages.append(message)
        self._news.set()
        return message

    def press(self, device: str, **fields: Any) -> dict[str, Any]:
        fix = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0, "confidence": 68, "method": "gnss", "time": stamp()}
        return self.put(**{"kind": "press", "device": device, "press": "hold", "fix": fix} | fields)

    async def _client(self, line: ServerConnection) -> None:
        tasks: list[asyncio.Task[None]] = []
        self._unanswered[line] = {}
        try:
            async for text in line:
                frame = json.loads(text)
                if "subscribe" in frame:
                    await self._end(tasks)
                    tasks = await self._subscribe(line, frame["subscribe"])
                elif "unsubscribe" in frame:
                    await self._end(tasks)
                    answer = {**frame["unsubscribe"], "statusCode": 200, "statusText": "OK"}
                    await line.send(json.dumps({"unsubscribeResponse": answer}))
                elif "eventResponse" in frame:
                    self._answered(line, frame["eventResponse"])
        except ConnectionClosed:
            pass
        finally:
            await self._end(tasks)
            del self._unanswered[line]

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _subscribe(self, line: ServerConnection, asked: dict[str, Any]) -> list[asyncio.Task[None]]:
        after = int(asked.get("qualFilter", "after=0").removeprefix("after="))
        answer = {
            "requestId": asked["requestId"],
            "subscriptionId": "s",
            "expires": "2030-01-01T00:00:00Z",
            "statusCode": 200,
            "statusText": "OK",
            "feed": self.name,
            "epoch": self.epoch,
            "oldest": 1,
            "head": len(self.messages),
        }
        await line.send(json.dumps({"subscribeResponse": answer}))
        return [asyncio.create_task(self._send(line, after)), asyncio.create_task(self._beat(line))]

    def _answered(self, line: ServerConnection, answer: dict[str, Any]) -> None:
        self.statuses.append(answer["statusCode"])
        span = (answer["transactionId"] or "").split("-")
        if len(span) != 2 or not all(part.isdigit() for part in span):
            return  # the line damaged what it answers
        first, last = int(span[0]), int(span[1])
        if answer["statusCode"] != 503:
            self._unanswered[line].pop((first, last), None)
            self._news.set()
        if answer["statusCode"] == 200:
            self._settled(first, last)
            refused = {one["id"] for one in answer.get("rejected", ())}
            self.durable.update(m["id"] for m in self.messages[first:last] if m["id"] not in refused)

    def _settled(self, first: int, last: int) -> None:
        """These messages, from `first` to below `last`, are durably handled."""

    async def _send(self, line: ServerConnection, after: int) -> None:
        while True:
            batch = self.messages[after : after + self._per_frame]
            if not batch or len(self._unanswered[line]) >= self._window:
                self._news.clear()
                await self._news.wait()
                continue
            await self._event(line, after, batch)
            after += len(batch)

    async def _event(self, line: ServerConnection, first: int, batch: list[dict[str, Any]]) -> None:
        self._unanswered[line][first, first + len(batch)] = time.monotonic()
        event = {"subscriptionId": "s", "transactionId": f"{first}-{first + len(batch)}", "notification": batch}
        frame = json.dumps({"event": event})
        for sent in self._damage(frame) if self._damage else (frame,):
            await line.send(sent)

    async def _beat(self, line: ServerConnection) -> None:
        n = 0
        while True:
            if self.beats:
                n += 1
                beat = {"kind": "heartbeat", "at": stamp(), "id": f"beat-{n}", "head": len(self.messages)}
                event = {"subscriptionId": "s", "transactionId": "0-0", "notification": [beat]}
                await line.send(json.dumps({"event": event}))
                # What was answered 503, or not at all, goes again with a heartbeat.
                late = [span for span, sent in self._unanswered[line].items() if time.monotonic() - sent > self.late_s]
                for first, last in late:
                    await self._event(line, first, self.messages[first:last])
            await asyncio.sleep(1.0)


class Running:
    """`python app.py serve` as a process, on a free port, with its files in a folder."""

    def __init__(
        self, folder: Path, *, feeds: Iterable[str], orders: str = "", sign_in: bool = False, **environ: str
    ) -> None:
        self._sign_in = sign_in
        self.log = folder / "vigie.log"
        self.cases = folder / "cases.db"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = folder / "output"
        self._orders = orders
        self._feeds = tuple(feeds)
        self._environ = environ
        self._process: Command | None = None

    @property
    def process(self) -> Command:
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def environ(self) -> dict[str, str]:
        """Its settings that stand in its environment."""
        return self._environ

    @property
    def words(self) -> list[str]:
        """Its command line."""
        command = [
            "serve",
            *([] if self._sign_in else ["--no-sign-in"]),
            "--log",
            str(self.log),
            "--port",
            str(self.port),
        ]
        for feed in self._feeds:
            command += ["--feed", feed]
        if self._orders:
            command += ["--orders", self._orders]
        return command

    async def start(self, *, cases: bool = False) -> None:
        command = [*self.words, *(["--cases", str(self.cases)] if cases else [])]
        self._process = Command(*command, output=self.output, **self._environ)
        await asyncio.to_thread(self._process.serves, self.port)

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=ANSWER_S) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def health(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(self.url + "/health", timeout=ANSWER_S) as answer:
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.loads(error.read()))

    async def kill(self) -> None:
        await asyncio.to_thread(self.process.kill)

    async def stop(self) -> int:
        return await asyncio.to_thread(self.process.stop)


@asynccontextmanager
async def own_feed(**options: Any) -> AsyncIterator[OwnFeed]:
    feed = OwnFeed(**options)
    await feed.start()
    try:
        yield feed
    finally:
        await feed.stop()
