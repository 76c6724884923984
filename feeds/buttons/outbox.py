"""What the buttons say, on its way: published on the gateway first, then kept in the buttons' file for a day.

A press waits for no disk. Over an orderly end the feed goes on with its numbers; after a crash, when a message may be missing
from the file, it takes a new epoch, so that clients take everything that is held and know what they had by its id.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from feeds.buttons.store import ButtonStore
from feeds.gateway import Gateway, Published
from feeds.gateway.feed_file import Kept
from feeds.gateway.whole import whole
from incidents.log import LogUnavailable

AGAIN_S = 1.0
UNWRITTEN = 10_000  # messages that wait for a disk, at most; the gateway holds them all the same

_logger = logging.getLogger(__name__)

Then = Callable[[Published], None]


class Outbox:
    """Publishes in order, each message once, and keeps what was published. `failed`: why it can't be kept now, else ""."""

    def __init__(self, gateway: Gateway, store: ButtonStore | None) -> None:
        self.failed = ""
        self._gateway = gateway
        self._store = store
        self._waiting: asyncio.Queue[tuple[Mapping[str, Any], Then | None]] = asyncio.Queue()
        self._unwritten: list[Kept] = []
        self._news = asyncio.Event()
        self._writing = asyncio.Lock()

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be published."""
        return self._waiting.empty()

    def put(self, fields: Mapping[str, Any], then: Then | None = None) -> None:
        """Publish a message in its turn; `then` is called with it."""
        self._waiting.put_nowait((fields, then))

    async def publish(self) -> None:
        """Publish for ever."""
        while True:
            await self._publish(*await self._waiting.get())

    async def keep(self) -> None:
        """Keep what was published, for ever; what can't be written is tried again."""
        while True:
            await self._news.wait()
            self._news.clear()
            if not await self._write():
                await asyncio.sleep(AGAIN_S)
                self._news.set()

    async def resume(self) -> None:
        """Go on with the feed of before. Only before the gateway serves anybody."""
        ended = None
        if self._store is not None:
            try:
                await asyncio.to_thread(self._store.hold)
                ended = await asyncio.to_thread(self._store.feed)
            except LogUnavailable as failure:
                _logger.error("buttons: %s; what they say is kept in memory alone", failure)
                self.failed, self._store = str(failure), None
        self._gateway.epoch = anew = secrets.token_hex(8)
        if ended is None:
            return
        try:
            self._gateway.store.restore((kept.at, kept.raw) for kept in ended.messages)
        except ValueError:
            _logger.error("buttons: what they said is damaged in their file; the feed begins anew")
            return
        self._gateway.epoch = ended.epoch
        # That it runs again must be in the file before its first message, or a crash would look like an orderly end.
        if not (ended.in_order and await self._write()):
            self._gateway.epoch = anew
            self._news.set()

    async def written(self, *, ended: bool = False) -> bool:
        """Publish what waits and keep all that was said; whether it could be written. `ended`: nothing more will come."""
        while not self._waiting.empty():
            await self._publish(*self._waiting.get_nowait())
        return await self._write(ended=ended)

    async def _publish(self, fields: Mapping[str, Any], then: Then | None) -> None:
        published = await self._gateway.publish(fields)
        self._unwritten.append(Kept(published.seq, self._gateway.store.now, published.raw))
        self._news.set()
        if then is not None:
            then(published)

    async def _write(self, *, ended: bool = False) -> bool:
        async with self._writing:
            return await whole(self._write_one(ended))

    async def _write_one(self, ended: bool) -> bool:
        if self._store is None or not self._store.path.exists():
            del self._unwritten[:-UNWRITTEN]
            return True  # nothing is enrolled, so that there is no press to keep
        waiting, self._unwritten = self._unwritten, []
        needed = self._gateway.store.needed()
        try:
            await asyncio.to_thread(self._store.keep, self._gateway.epoch, waiting, needed=needed, ended=ended)
            waiting = []
        except LogUnavailable as failure:
            if not self.failed:
                _logger.error("what buttons say can't be kept: %s; it goes on the feed all the same", failure)
            self.failed = str(failure)
            return False
        finally:
            self._unwritten = (waiting + self._unwritten)[-UNWRITTEN:]
        self.failed = ""
        return True
