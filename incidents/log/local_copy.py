"""A server's own copy of a log that a cluster keeps: an SQLite log that only follows, at the same positions.

What is read is read here, also while the cluster is cut off. It holds nothing that the cluster does not, but how far this server
handled its feeds.
"""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from incidents.log import NO_HASH, Record
from incidents.log.schema import COLUMNS, COPY, NAME, Row, check_log, row_of, select
from incidents.log.store import Store
from incidents.log.writer import Cursor, keep_cursors

_INSERT = f"INSERT INTO records (seq, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_logger = logging.getLogger(__name__)


class Place(msgspec.Struct, frozen=True):
    """The end of a stream: its last record's version, hash and position; 0, zeros and 0 where it has none."""

    version: int = 0
    hash: str = NO_HASH
    seq: int = 0


class LocalCopy:
    """The hand that writes the copy; one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path, NAME, writing=True, overwriting=False)
        self._checked = False

    def write(self, records: Sequence[tuple[int, Record]]) -> None:
        """Write records at their positions. Raises `LogUnavailable`.

        One that contradicts those before it, which no server of ours writes, is passed over: `log verify` names the gap.
        """
        self._open()
        with self._store.use() as db:
            end, _ = end_of(db)
        rows = [(seq, *row_of(record)) for seq, record in records if seq > end]  # it may have them: an answer was lost
        try:
            with self._store.use() as db:
                _insert(db, rows)
        except sqlite3.IntegrityError:
            for row in rows:
                try:
                    with self._store.use() as db:
                        _insert(db, [row])
                except sqlite3.IntegrityError:
                    _logger.warning("the record at position %d contradicts those before it", row[0])

    def keep(self, cursor: Cursor) -> None:
        """Keep how far a feed was handled. Raises `LogUnavailable`."""
        self._open()
        with self._store.use() as db:
            db.execute("BEGIN IMMEDIATE")
            keep_cursors(db, [cursor])
            db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._store.settle()

    def _open(self) -> None:
        if not self._checked:
            check_log(self._store, COPY)
            self._checked = True


def end_of(db: sqlite3.Connection) -> tuple[int, str]:
    """Position and hash of the copy's last record."""
    row = db.execute("SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, "")


def place_of(db: sqlite3.Connection, stream: str) -> Place:
    """The end of a stream."""
    row = db.execute(
        "SELECT version, hash, seq FROM records WHERE stream = ? ORDER BY version DESC LIMIT 1", (stream,)
    ).fetchone()
    return Place(*row) if row else Place()


def known(db: sqlite3.Connection, record_id: str) -> Record | None:
    """The record with this id."""
    return next(select(db, "id = ?", (record_id,)), None)


def _insert(db: sqlite3.Connection, rows: Sequence[tuple[int, *Row]]) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany(_INSERT, rows)
    db.execute("COMMIT")
