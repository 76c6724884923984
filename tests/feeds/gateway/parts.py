"""A gateway's door on real sockets and a real file, and what a back end says to it."""

import asyncio
import contextlib
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from feeds.gateway import Gateway
from feeds.gateway.door import Door
from feeds.gateway.durable import DurableFeed
from feeds.gateway.feed_file import FeedFile
from feeds.gateway.tokens import Tokens
from incidents.clock import Clock, SystemClock


class Answer:
    """What a door answered."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers = status, headers
        self.body: dict[str, Any] = json.loads(body or b"{}")


def post_now(
    url: str, message: object, *, token: str = "", context: ssl.SSLContext | None = None, **headers: str
) -> Answer:
    """Post a message (bytes as they are) and wait for the answer."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    if token:
        headers["Authorization"] = f"Bearer {token}"
    asked = urllib.request.Request(f"{url}/v1/messages", data=body, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=20, context=context) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.headers, refused.read())


async def post(url: str, message: object, *, token: str = "", **headers: str) -> Answer:
    """The same, beside the loop that serves it."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as own:  # the loop's own threads are the gateway's
        return await loop.run_in_executor(own, partial(post_now, url, message, token=token, **headers))


class Opened:
    """A door with what stands behind it."""

    def __init__(self, gateway: Gateway, feed: DurableFeed, door: Door) -> None:
        self.gateway, self.feed, self.door = gateway, feed, door
        self.url = door.url

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the feed holds."""
        store = self.gateway.store
        return [json.loads(one.raw) for one in store.after(0, store.head)]


@contextlib.asynccontextmanager
async def opened(path: Path, *, clock: Clock | None = None, tokens: Tokens | None = None) -> AsyncIterator[Opened]:
    """A gateway at work on this file."""
    clock = clock or SystemClock()
    gateway = Gateway("112-app", clock=clock, heartbeat_s=0.1, most=1 << 62)
    feed = DurableFeed(gateway, FeedFile(path), clock)
    await feed.open()
    await gateway.start()
    door = Door(gateway, feed, clock, tokens=tokens)
    door.start("127.0.0.1", 0)
    work = asyncio.create_task(feed.run())
    try:
        yield Opened(gateway, feed, door)
    finally:
        door.stop_listening()
        await door.settled(10)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await feed.close()
        await door.close()
        await gateway.stop()
