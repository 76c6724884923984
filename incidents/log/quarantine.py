"""Bytes of a feed that were not understood, in the private store: sealed, the newest ten thousand, until their time is over.

A press may be among them, and where she was: what ends is overwritten where it stands, as a key is.
"""

import sqlite3
from collections.abc import Callable

import msgspec

from incidents.log.boxes import Boxes

LIMIT = 10_000
BYTES = 64 << 10
_KEPT = "sealed <> zeroblob(length(sealed))"
_OVERWRITE = "UPDATE quarantine SET sealed = zeroblob(length(sealed))"


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that were not understood: from which feed, when, why."""

    feed: str
    at: str
    reason: str
    raw: bytes


def keep(db: sqlite3.Connection, under: Boxes, feed: str, at: str, reason: str, raw: bytes) -> None:
    """In a transaction: keep the first 64 KiB; the oldest beyond ten thousand go."""
    sealed = under.quarantine.seal(raw[:BYTES], f"{feed} {at}")
    row = db.execute(
        "INSERT INTO quarantine (feed, at, reason, sealed) VALUES (?, ?, ?, ?)", (feed, at, reason, sealed)
    )
    last = ((row.lastrowid or 0) - LIMIT,)
    db.execute(f"{_OVERWRITE} WHERE n <= ?", last)  # or a page that is rebalanced leaves a copy behind
    db.execute("DELETE FROM quarantine WHERE n <= ?", last)


def newest(db: sqlite3.Connection, limit: int) -> list[tuple[str, str, str, bytes]]:
    """The newest that are not over, newest first, as they are sealed."""
    query = f"SELECT feed, at, reason, sealed FROM quarantine WHERE {_KEPT} ORDER BY n DESC LIMIT ?"
    return db.execute(query, (limit,)).fetchall()


def opens(row: tuple[str, str, str, bytes]) -> Callable[[Boxes], bytes]:
    """What opens one of them."""
    return lambda under: under.quarantine.open(row[3], f"{row[0]} {row[1]}")


def before(db: sqlite3.Connection, at: str) -> tuple[int, str]:
    """How many are kept that came before this time, and when the first of them did."""
    found = db.execute(f"SELECT count(*), min(at) FROM quarantine WHERE at < ? AND {_KEPT}", (at,)).fetchone()
    return int(found[0]), str(found[1] or "")


def forget(db: sqlite3.Connection, at: str) -> None:
    """Overwrite those that came before this time."""
    db.execute(f"{_OVERWRITE} WHERE at < ? AND {_KEPT}", (at,))
