"""Many consoles at five presses a second: two painted pages, the others in another process, by Bokeh's own protocol."""

import asyncio
import contextlib
import json
import os
import re
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.rows import Row, percentile
from bench.running import browser, cpu_s, desk, open_page
from bench.screen import QUEUE, painted, press

PAINTING = 2
DEVICES = 30
PRESSES = 150
EVERY_S = 0.2


def bench_consoles() -> list[Row]:
    """p50 and p99 on the painted pages, and how much of a core the server used: of a large centre, and of all eleven together."""
    return [row for consoles in (50, 100) for row in _rows(consoles)]


def _rows(consoles: int) -> list[Row]:
    samples, core = asyncio.run(_measure(consoles - PAINTING))
    painted = [
        Row(
            name=f"{consoles} consoles, press to painted, {name}",
            value=percentile(samples, share),
            unit="ms",
            budget=budget,
        )
        for share, name, budget in ((0.5, "p50", "60 ms"), (0.99, "p99", "200 ms"))
    ]
    server = Row(
        name=f"{consoles} consoles, 5 presses a second, server",
        value=core,
        unit="core",
        baseline=1.0,
        ratio=core,
        budget="under one core",
        binding=True,
        ok=core < 1.0,
    )
    return [server, *painted]


async def _measure(silent: int) -> tuple[list[float], float]:
    async with contextlib.AsyncExitStack() as stack:
        gateway, pid, base = await stack.enter_async_context(desk())
        others = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.consoles", base, str(silent), stdout=asyncio.subprocess.PIPE
        )
        stack.callback(others.kill)
        assert others.stdout is not None
        async with asyncio.timeout(240):
            await others.stdout.readline()
        address = f"{base}/operator"
        # A browser each: one browser paints only the page in front.
        pages = [await open_page(await stack.enter_async_context(browser()), address) for _ in range(PAINTING)]
        for page in pages:
            await page.wait_for_selector('[data-feed-state="live"]')
            await page.evaluate(QUEUE)
        used, began = cpu_s(pid), time.monotonic()
        sent = {}
        for n in range(PRESSES):
            device = f"AMR-{n % DEVICES:05d}"
            sent[f"{device} {n // DEVICES + 1}"] = time.time() * 1000
            await gateway.publish(press(device, n))
            await asyncio.sleep(max(0.0, began + (n + 1) * EVERY_S - time.monotonic()))
        core = (cpu_s(pid) - used) / (time.monotonic() - began)
        return [await painted(page, what) - at for page in pages for what, at in sent.items()], core


async def _consoles(base: str, count: int) -> None:
    """The silent ones: each opens a session as a page does, says hello, and reads whatever comes while the others open theirs."""
    async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as reading:
        for n in range(count):
            console = await stack.enter_async_context(Console.opened(base, f"bench-{os.getpid()}-{n}"))
            reading.create_task(console.listen())
        print("ready", flush=True)


class Console:
    """A page without a browser: opens a session as one does, by Bokeh's own protocol, and says hello.

    `token`: what the page was given to open it, and to open it anew at this server or another.
    """

    def __init__(self, line: ClientConnection, token: str) -> None:
        self._line, self.token = line, token
        self._channel = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(
        cls, base: str, name: str, covers: tuple[str, ...] = (), token: str = ""
    ) -> AsyncIterator["Console"]:
        """Open one that covers these centres (none: all) and close it at the end. `name` stands for a browser;
        a `token` is that of a page that is there already.

        Raises RuntimeError when the server gives no page.
        """
        if not token:
            found = re.search(r'"token":"([^"]+)"', await asyncio.to_thread(_page, f"{base}/operator"))
            if found is None:
                raise RuntimeError("the page holds no token")
            token = found.group(1)
        async with connect(
            f"{base.replace('http', 'ws', 1)}/operator/ws",
            subprotocols=[Subprotocol("bokeh"), Subprotocol(token)],
            max_size=None,
            open_timeout=60,  # a busy server's first words may come late
            ping_interval=None,  # a browser leaves no server that is late
            max_queue=None,  # and reads what comes, so that it hears the end
        ) as line:
            console = cls(line, token)
            await console._begin(name, covers)
            yield console

    async def _begin(self, name: str, covers: tuple[str, ...]) -> None:
        for _ in range(3):  # the server's greeting: header, metadata, content
            await self._line.recv()
        await self._frame({"msgid": f"pull-{name}", "msgtype": "PULL-DOC-REQ"}, {})
        drawn = ""
        while not self._channel:
            text = await self._line.recv()
            if isinstance(text, str) and "vigieLine" in text:
                page = json.loads(text)
                self._channel = _model(page, "esm", "vigieLine")
                drawn = _model(page, "bundle", "vigie-MapFrame")
        await self.say(do="hello", desk="", browser=name, selected="", cics=covers)
        if drawn:
            await self._tell(drawn, {"type": "map", "entries": [["type", "ready"]]})

    async def say(self, **message: Any) -> None:
        """Send a message as the page's scripts do."""
        await self._tell(self._channel, json.dumps(message))

    async def _tell(self, model: str, data: object) -> None:
        values = {"type": "map", "entries": [["model", {"id": model}], ["data", data]]}
        event = {"type": "event", "name": "data_event", "values": values}
        sent = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}
        await self._frame({"msgid": uuid4().hex, "msgtype": "PATCH-DOC"}, {"events": [sent]})

    async def hear(self, word: str) -> str:
        """Read until the server says something that holds this word; what it said."""
        while word not in (said := str(await self._line.recv())):
            pass
        return said

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """What the server says to the page's scripts, one message after the other; what it draws is passed over."""
        async for frame in self._line:
            if '"bokeh_event"' not in frame[:60]:
                continue
            for event in msgspec.json.decode(frame)["events"]:
                if event["kind"] != "MessageSent":
                    continue
                facts = dict(event["msg_data"]["values"]["entries"])
                if facts["model"]["id"] == self._channel:
                    yield msgspec.json.decode(facts["data"])

    async def listen(self) -> None:
        """Read whatever comes."""
        async for _ in self._line:
            pass

    async def _frame(self, header: dict[str, str], content: dict[str, Any]) -> None:
        for part in (header, {}, content):
            await self._line.send(json.dumps(part))


def _page(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def _model(document: Any, attribute: str, word: str) -> str:
    """The id of the model that has this word in an attribute, wherever it stands in the document."""
    if isinstance(document, dict):
        attributes = document.get("attributes")
        if isinstance(attributes, dict) and word in str(attributes.get(attribute, "")):
            return str(document["id"])
        parts = list(document.values())
    else:
        parts = list(document) if isinstance(document, list) else []
    return next((found for part in parts if (found := _model(part, attribute, word))), "")


if __name__ == "__main__":
    asyncio.run(_consoles(sys.argv[1], int(sys.argv[2])))
