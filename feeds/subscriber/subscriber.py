"""The client of one feed: connects, resumes, and connects again for ever, five seconds apart at most."""

import asyncio
import contextlib
import logging
import random
import ssl as tls
import time
from urllib.parse import urlsplit

from feeds.subscriber.bookmark import Bookmark, Gap
from feeds.subscriber.connection import connection, why_none
from feeds.subscriber.cursor import Holes
from feeds.subscriber.delivery import Reception
from feeds.subscriber.health import Vitals
from feeds.subscriber.names import FeedNames
from feeds.subscriber.ports import Bookmarks, Receiver, Timing
from feeds.subscriber.session import Ended, Session
from incidents.clock import Clock
from incidents.health import FeedHealth
from incidents.log import LogUnavailable

UNSAID = 100  # gaps that wait to be recorded
_FIRST_PAUSE_S = 0.1

_logger = logging.getLogger(__name__)


class Subscriber:
    """Follows one feed and hands everything to the receiver. `name` stands for the feed until it says its own.
    `names` are those of all that is followed for one desk.

    A feed that says of itself that it is an exercise is taken when `exercise` is set, and only then: the wall's outer side.
    """

    def __init__(
        self,
        url: str,
        *,
        receiver: Receiver,
        log: Bookmarks,
        clock: Clock,
        name: str | None = None,
        token: str | None = None,
        ssl: tls.SSLContext | None = None,
        timing: Timing | None = None,
        exercise: bool = False,
        names: FeedNames | None = None,
    ) -> None:
        self._exercise = exercise
        self._url = url
        self._receiver = receiver
        self._clock = clock
        self._token = token
        self._ssl = ssl
        self._timing = timing or Timing()
        self._bookmark = Bookmark(log, name or address_of(url), names)
        self._vitals = Vitals(clock, time.monotonic, self._timing)
        self._reception = Reception(receiver, log, clock, self._bookmark, self._vitals, self._timing)
        self._holes = Holes(self._timing.missing_s)
        self._changed = asyncio.Event()
        self._unsaid: list[Gap] = []
        self._label: str | None = None
        self._oversize: tuple[int | None, int] = (None, 0)
        self._tried = False

    @property
    def health(self) -> FeedHealth:
        """The feed now."""
        cursor = self._bookmark.cursor
        return self._vitals.health(self._label or self._bookmark.feed, (cursor.contiguous if cursor else None) or 0)

    async def run(self) -> None:
        """Follow the feed until cancelled. Nothing a server does ends it."""
        await self._bookmark.recall()
        sides = [asyncio.create_task(self._tell_health()), asyncio.create_task(self._keep_place())]
        try:
            failures = 0
            while True:
                ended, served = await self._connect()
                failures = 0 if served and not ended.oversize else failures + 1
                self._tried = True
                self._vitals.lost(ended.reason, silent=ended.silent)
                self._changed.set()
                if ended.oversize:
                    self._count_oversize()
                longest = min(self._timing.backoff_s, _FIRST_PAUSE_S * 2 ** min(failures, 16))
                await asyncio.sleep(longest * random.uniform(0.5, 1.0))
        finally:
            for side in sides:
                side.cancel()
            await asyncio.gather(*sides, return_exceptions=True)
            await self._write_down()
            self._bookmark.let_go()

    async def _connect(self) -> tuple[Ended, bool]:
        """One connection from its beginning to its end; whether the server really served."""
        session: Session | None = None
        try:
            async with connection(
                self._url,
                token=self._token,
                ssl=self._ssl,
                open_timeout=self._timing.handshake_s,
                ping_interval=self._timing.ping_s,
                ping_timeout=self._timing.ping_s,
            ) as socket:
                session = Session(
                    socket,
                    bookmark=self._bookmark,
                    reception=self._reception,
                    vitals=self._vitals,
                    timing=self._timing,
                    on_gap=self._unsay,
                    on_change=self._changed.set,
                    holes=self._holes,
                    exercise=self._exercise,
                )
                return await session.run(), session.served
        except Exception as error:
            if why := why_none(error):
                return Ended(why), False
            # Whatever it is, listening goes on. The text could quote a message.
            _logger.error("the connection to %s failed: %s", self._bookmark.feed, type(error).__name__)
            return Ended(f"fault: {type(error).__name__}"), session is not None and session.served

    def _unsay(self, gap: Gap) -> None:
        """To be told as soon as the log takes it; of very many the first and the last."""
        if len(self._unsaid) >= UNSAID:
            self._unsaid.pop()
        self._unsaid.append(gap)

    def _count_oversize(self) -> None:
        """A message too large to be taken would come again for ever: after two closes at one place it is skipped."""
        place = self._bookmark.after
        times = self._oversize[1] + 1 if self._oversize[0] == place else 1
        self._oversize = (place, times)
        if times == 2:
            gap = self._bookmark.skip_to(self._vitals.head, "oversize")
            # Without numbers nothing can be skipped: it is said once, and tried again at the longest pause.
            self._unsay(gap or Gap(why="oversize", expected=0, oldest=0, epoch=self._bookmark.epoch or ""))

    async def _keep_place(self) -> None:
        while True:
            await asyncio.sleep(self._timing.cursor_s)
            await self._write_down()

    async def _write_down(self) -> None:
        """Record the gaps, then the place: a place beyond a gap that nobody was told of would hide it."""
        try:
            while self._unsaid:
                gap = self._unsaid[0]
                await self._receiver.feed_gap(
                    self._bookmark.feed, why=gap.why, expected=gap.expected, oldest=gap.oldest, epoch=gap.epoch
                )
                self._unsaid.pop(0)
            await self._bookmark.keep()
        except LogUnavailable:
            pass  # the place kept before stays true: it only means more repetitions
        except Exception as error:
            _logger.error("the place in %s could not be kept: %s", self._bookmark.feed, type(error).__name__)

    async def _tell_health(self) -> None:
        told: FeedHealth | None = None
        told_at = 0.0
        while True:
            now = time.monotonic()
            if self._bookmark.named or self._tried:
                health = self.health
                changed = told is None or (health.state, health.reason) != (told.state, told.reason)
                if changed or (health != told and now - told_at >= self._timing.health_s):
                    # One name for one feed, from the first word on: a second name would be a second feed on the screens.
                    self._label = health.name
                    told, told_at = health, now
                    await self._tell(health)
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timing.look_s):
                    await self._changed.wait()

    async def _tell(self, health: FeedHealth) -> None:
        try:
            await self._receiver.feed_health(health)
        except Exception as error:
            _logger.error("the health of %s could not be told: %s", health.name, type(error).__name__)


def address_of(url: str) -> str:
    """A feed's name from its address: host, port and path, never a user, a password or a query."""
    parts = urlsplit(url)
    host, port = parts.hostname or "feed", f":{parts.port}" if parts.port else ""
    return f"{host}{port}{parts.path.rstrip('/')}"
