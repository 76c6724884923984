"""The append-only log: what every storage promises, and the record that all of them keep.

One record is one event of one stream. Streams are `incident/ID`, `device/ID`, `desk/NAME`, `feed/NAME` and `checkpoint`;
`version` counts 1, 2, ... within a stream, and a record's `id` is unique in the whole log, for ever.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

import msgspec

OpenFacts = dict[str, str | int | bool]
NO_HASH = "0" * 64
# The actors that are no person: parts of Vigie. Every other actor is a pseudonym.
PARTS = frozenset({"feed", "watch", "orders", "console", "retention", "log", "register", "access"})


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record exactly as it is stored, chained and exported.

    `at` (when we entered it, our clock) and `source_at` (when it happened, by its source's clock) are RFC 3339 UTC with
    milliseconds.
    `sealed` is base64 of nonce + AES-256-GCM ciphertext, or empty. `prev` and `hash` are 64 lower-case hex digits.
    """

    stream: str
    version: int
    id: str
    at: str
    source_at: str
    actor: str
    type: str
    open: OpenFacts
    sealed: str
    prev: str
    hash: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A record before it has a place in the log: not yet numbered, sealed or chained. `sealed` is plain JSON, or empty."""

    id: str
    at: str
    source_at: str
    actor: str
    type: str
    open: OpenFacts
    sealed: bytes = b""


class VersionConflict(Exception):
    """The stream has moved on: `current` is its version now. Fold what is new, look at the precondition, try again."""

    def __init__(self, stream: str, current: int) -> None:
        super().__init__(f"{stream} is at version {current}")
        self.stream = stream
        self.current = current


class AlreadyRecorded(Exception):
    """A record with this id is in the log: it is `record`. Nothing was written."""

    def __init__(self, record: Record) -> None:
        super().__init__(f"already recorded in {record.stream}, version {record.version}")
        self.record = record


class LogUnavailable(Exception):
    """The log can't be read or written now (full, read-only, locked, damaged): the reason is the message."""


class LogInUse(LogUnavailable):
    """Another process writes the log."""


class LogDamaged(LogUnavailable):
    """The log's file is damaged, or is none: no later call will succeed either."""


class Log(Protocol):
    """What the desk needs of a storage. Every method may raise `LogUnavailable`; a later call may succeed again."""

    async def append(self, stream: str, expected_version: int, draft: Draft) -> Record:
        """Write durably, or raise `VersionConflict` or `AlreadyRecorded` (which is looked at first)."""
        ...

    async def find(self, record_id: str) -> Record | None:
        """The record with this id."""
        ...

    async def stream(self, stream: str, after: int = 0) -> list[Record]:
        """The records of one stream with a version above `after`, in order."""
        ...

    async def version(self, stream: str) -> int:
        """The version of a stream; 0 when it has no record."""
        ...

    async def latest(self, types: Sequence[str]) -> dict[str, Record]:
        """For each stream that holds a record of one of these types: the newest such record."""
        ...

    async def touched(self, prefix: str, since: str) -> list[str]:
        """The streams with this prefix that got a record at or after `since` (RFC 3339 UTC)."""
        ...

    def records(self, after: int = 0) -> AsyncIterator[tuple[int, Record]]:
        """Every record in the order of writing, with its position (1, 2, ...), above the position `after`."""
        ...

    def unseal(self, record: Record) -> bytes | None:
        """The sealed facts as plain JSON; `b""` when there are none, None when their key is gone (the person was erased)."""
        ...

    async def cursors(self, feed: str) -> dict[str, int]:
        """By epoch: the highest contiguous sequence number of this feed that was durably handled."""
        ...

    async def set_cursor(self, feed: str, epoch: str, seq: int) -> None:
        """Keep it durably; a lower number than the one kept is kept too (a restarted feed begins anew)."""
        ...

    async def quarantine(self, feed: str, at: str, reason: str, raw: bytes) -> None:
        """Keep bytes that were not understood, sealed, the newest 10,000 at most (64 KiB of each)."""
        ...

    async def checkpoint(self, at: str) -> Record | None:
        """Append a record to the stream `checkpoint` when anything but checkpoints was written since the last; else None."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the files."""
        ...


@runtime_checkable
class SharedLog(Log, Protocol):
    """A log that several servers write, each with a copy of its own that it reads."""

    @property
    def trouble(self) -> str:
        """Why its servers are not reached now; "" while they are."""
        ...

    async def position(self) -> int:
        """The position of the newest record that is in this server's copy; 0 when there is none."""
        ...

    def follow(self, after: int = 0) -> AsyncIterator[tuple[int, Record]]:
        """As `records`, and for ever on: what any server writes, as soon as it is in this server's copy."""
        ...
