"""A feed's messages on disk, for a day: the tables, and the file of a feed that has one to itself.

The buttons' file holds the same tables. Times are UTC; bytes are the message as it travels.
"""

import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from feeds.gateway.store import LET_GO, Needed
from incidents.log import LogUnavailable
from incidents.log.store import Store, WriteLock, beside, check_version, create, os_reason

TABLES = (
    "CREATE TABLE feed (epoch TEXT NOT NULL, ended INTEGER NOT NULL) STRICT",
    "CREATE TABLE messages (seq INTEGER PRIMARY KEY, kept_at TEXT NOT NULL, raw BLOB NOT NULL) STRICT",
)
_NAME = "the feed's file"
FORMAT = 1
APPLICATION = 0x56494746  # "VIGF"


class Kept(msgspec.Struct, frozen=True):
    """A message of the feed as it is kept: its number, when it was made, its bytes."""

    seq: int
    at: datetime
    raw: bytes


class Ended(msgspec.Struct, frozen=True):
    """How the feed stood when it was kept last: its epoch, whether it ended in order, its messages, oldest first."""

    epoch: str
    in_order: bool
    messages: tuple[Kept, ...]


def read(db: sqlite3.Connection) -> Ended | None:
    """The feed as it was kept; None when nothing was. Raises TypeError or ValueError for rows that are none of ours."""
    row = db.execute("SELECT CAST(epoch AS BLOB), ended FROM feed").fetchone()
    # As bytes: SQLite says of what is no UTF-8 that it can't be read now, not that it is damaged.
    rows = db.execute("SELECT seq, CAST(kept_at AS BLOB), raw FROM messages ORDER BY seq").fetchall()
    if row is None:
        return None
    messages = (Kept(seq, datetime.fromisoformat(at.decode()), raw) for seq, at, raw in rows)
    return Ended(row[0].decode(), bool(row[1]), tuple(messages))


def write(db: sqlite3.Connection, epoch: str, messages: Sequence[Kept], *, needed: Needed, ended: bool) -> None:
    """Keep messages of this epoch within a transaction; drop those that are not needed.

    What stands there from the first one's number on was never answered: its writing failed half-way.
    """
    db.execute("DELETE FROM feed")
    db.execute("INSERT INTO feed VALUES (?, ?)", (epoch, int(ended)))
    db.execute(
        "DELETE FROM messages WHERE seq < ? AND seq NOT IN (SELECT value FROM json_each(?))",
        (needed.oldest, msgspec.json.encode(needed.states).decode()),
    )
    let_go = LET_GO.isoformat(timespec="milliseconds")
    db.execute("UPDATE messages SET kept_at = ? WHERE seq < ? AND kept_at != ?", (let_go, needed.held, let_go))
    if messages:
        db.execute("DELETE FROM messages WHERE seq >= ?", (messages[0].seq,))
    db.executemany(
        "INSERT INTO messages VALUES (?, ?, ?)",
        [(one.seq, one.at.astimezone(UTC).isoformat(timespec="milliseconds"), one.raw) for one in messages],
    )


class FeedFile:
    """One feed's file (mode 0600), written by one process: durable when `keep` returns. Methods raise LogUnavailable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store = Store(path, _NAME, writing=True)
        self._lock = WriteLock(path, _NAME, "serving")
        self._one = threading.Lock()  # used by several threads, one at a time

    def open(self) -> Ended | None:
        """Take the file, made where there is none; what it holds. Raises LogUnavailable, LogDamaged for one of another kind.

        TypeError and ValueError as `read`.
        """
        self._lock.acquire()
        create(self.path, _NAME, TABLES, FORMAT, APPLICATION)
        check_version(self._store, _NAME, FORMAT, APPLICATION)
        with self._store.use() as db:
            return read(db)

    def keep(self, epoch: str, messages: Sequence[Kept], *, needed: Needed) -> None:
        """Keep messages and drop what is no longer needed; returns once all is on disk."""
        with self._one, self._store.use() as db:
            db.execute("BEGIN IMMEDIATE")
            write(db, epoch, messages, needed=needed, ended=False)
            db.execute("COMMIT")

    def set_aside(self, path: Path) -> None:
        """Move the file away with its companions, so that `open` makes a new one. Raises LogUnavailable."""
        self._store.drop()
        try:
            for suffix in ("", "-wal", "-shm"):
                if (part := beside(self.path, suffix)).exists():
                    part.rename(beside(path, suffix))
        except OSError as error:
            raise LogUnavailable(f"{_NAME}: {os_reason(error)}") from error

    def close(self) -> None:
        """Let the file go."""
        with self._one:
            self._store.settle()
            self._lock.release()
