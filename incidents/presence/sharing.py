"""The words of several servers of which pages are where, carried by the cluster of their log.

Each is sealed under the log's own secret: nobody else can read it, or say that a page is there.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from incidents.log import LogUnavailable
from incidents.log.servers import NAME, Servers
from incidents.presence.clocks import HeldClock
from incidents.presence.pages import Others, Word

EVERY_S = 1.0
TOGETHER_S = 0.05  # what changes within so long is one word
_PAUSE_S = 0.2
_SILENT_S = 4.0
_LEAVING_S = 0.5
_MET_S = 3.0  # who is there says a word each second

_decoder = msgspec.json.Decoder(Word)


class Seals(Protocol):
    """What every server of a log can open, and nobody else (`incidents.log.vault`)."""

    def seal_view(self, plain: bytes) -> bytes: ...
    def open_view(self, sealed: bytes) -> bytes | None: ...


class Sharing:
    """Tells the other servers of the log `name` of this one's pages, and hears theirs: `others` is what the pages ask.

    `clock` is this server's, held to theirs. `run` for ever, `leave` when this server's pages go.
    """

    def __init__(self, servers: Servers, name: str, replicas: int, seals: Seals, clock: HeldClock) -> None:
        self._servers, self._replicas, self._seals, self._clock = servers, replicas, seals, clock
        self._met = asyncio.Event()  # another server was heard, and the clock is held to it
        self._stream = f"{name}-LIVE"
        self._changed = asyncio.Event()
        self._over = False
        self._taken = float("-inf")  # by the loop's clock: the last own word that was taken
        self.others = Others(secrets.token_hex(8), wake=self._changed.set)

    async def run(self) -> None:
        """Speak every second, and at once when a page comes, goes or changes."""
        end = await self._hear()
        listened, self._taken = self._servers.made, asyncio.get_running_loop().time()
        try:
            while not self._over:
                self._changed.clear()
                await self._speak()
                self._clock.settle(self.others.servers)
                if self.others.there:
                    self._met.set()
                if listened != self._servers.made:  # the connection it listened on is another one by now
                    await end()
                    end, listened = await self._hear(), self._servers.made
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_S):
                        await self._changed.wait()
                        await asyncio.sleep(TOGETHER_S)
        finally:
            await end()

    def trouble(self) -> str:
        """Why nothing can be recorded, though what delivers the log goes on: "" while the majority takes words."""
        silent = asyncio.get_running_loop().time() - self._taken
        return f"{NAME}: its cluster has no majority" if _SILENT_S < silent < float("inf") else ""

    async def met(self) -> None:
        """Until the clock is held to the other servers', or none is there: what is done by the time waits for it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_MET_S):
                await self._met.wait()

    async def leave(self) -> None:
        """Tell the others that this server stops: its pages go at once. It says nothing more."""
        self._over = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING_S):
                await self._say(self.others.word(over=True))

    async def _hear(self) -> Callable[[], Awaitable[None]]:
        while True:
            try:
                return await self._servers.hear(f"{self._stream}.presence.*", self._heard)
            except LogUnavailable:
                await asyncio.sleep(_PAUSE_S)

    def _heard(self, sealed: bytes) -> None:
        """A word came; what no server of this log said is none."""
        try:
            plain = self._seals.open_view(sealed)
            word = None if plain is None else _decoder.decode(plain)
        except msgspec.DecodeError:
            word = None
        if word is not None:
            if word.server != self.others.server and word.at and not word.over:
                self._clock.hear(word.server, word.at)
            self.others.hear(word)

    async def _speak(self) -> None:
        # Those who listen answer nothing: that there is no stream to take it looks as if the cluster had no majority.
        if not await self._say(self.others.word()) and self._servers.connected:
            with contextlib.suppress(LogUnavailable, TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._servers.make_spoken(self._stream, self._replicas)

    async def _say(self, word: Word) -> bool:
        said = msgspec.structs.replace(word, at=self._clock.own_ms())
        sealed = self._seals.seal_view(msgspec.json.encode(said))
        taken = await self._servers.speak(f"{self._stream}.presence.{word.server}", sealed)
        if taken:
            self._taken = asyncio.get_running_loop().time()
            self.others.taken(word.n)
        return taken
