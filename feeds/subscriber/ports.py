"""What a subscriber is handed: who takes its messages, where it keeps its place, and its times."""

from typing import Literal, Protocol

import msgspec

from incidents.health import FeedHealth
from incidents.messages import Message, Receipt

GapReason = Literal["epoch", "oldest", "oversize"]


class Receiver(Protocol):
    """The desk, as a feed sees it."""

    async def receive(self, message: Message) -> Receipt:
        """Take a message; return once it is durable, or `held` when it is shown but can't be written now."""
        ...

    async def feed_gap(self, feed: str, *, why: GapReason, expected: int, oldest: int, epoch: str) -> None:
        """Messages from `expected` to below `oldest` may be missing."""
        ...

    async def feed_health(self, health: FeedHealth) -> None:
        """How the feed is now: at each change of state at once, else once a second at most."""
        ...


class Bookmarks(Protocol):
    """The part of a log that a subscriber needs. Every method may raise `LogUnavailable`."""

    async def cursors(self, feed: str) -> dict[str, int]: ...

    async def set_cursor(self, feed: str, epoch: str, seq: int) -> None: ...

    async def quarantine(self, feed: str, at: str, reason: str, raw: bytes) -> None: ...


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """The protocol's times in seconds; only tests shorten them."""

    answer_s: float = 4.0  # the protocol allows 5
    handshake_s: float = 5.0
    silent_s: float = 10.0  # two heartbeats
    reconnect_s: float = 20.0  # silent for so long: try a new connection
    malformed_s: float = 30.0
    missing_s: float = 2.0  # a number missing for so long is asked for again
    backoff_s: float = 5.0  # the longest pause between two connections
    ping_s: float = 5.0
    look_s: float = 0.25
    health_s: float = 1.0
    cursor_s: float = 0.2
