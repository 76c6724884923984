"""A server's own copy of a log that a cluster keeps: an SQLite log that only follows.

What is read is read here, also while the cluster is cut off. The cluster orders messages; which of them are records of the log is
decided here, by one rule, alike on every server: a record that chains to the end of its stream, under an id that is new. Others
are passed over. A position counts the records. Beside them it holds how far this server handled its feeds, and nothing else that
the cluster does not.
"""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from incidents.log import NO_HASH, LogDamaged, Record
from incidents.log.record import BadRecord, check_record, hash_of
from incidents.log.schema import COPY, COPY_TABLES, INSERT, LIVE, NAME, PLACES, check_log, create_log, row_of, select
from incidents.log.servers import Message, Servers
from incidents.log.store import Store
from incidents.log.writer import Cursor, keep_cursors

_LOOK = (  # one statement: of one moment
    "SELECT (SELECT version FROM heads WHERE stream = ?), (SELECT hash FROM heads WHERE stream = ?), "
    "(SELECT seq FROM subjects WHERE subject = ?), (SELECT seq FROM records WHERE id = ?)"
)
_decoder = msgspec.json.Decoder(Record)
_logger = logging.getLogger(__name__)


class End(msgspec.Struct, frozen=True):
    """The end of a stream: its last record's version and hash, and the last message of its subject."""

    version: int = 0
    hash: str = NO_HASH
    seq: int = 0


class Followed(msgspec.Struct, frozen=True):
    """The last message that was taken, and the last one of these that is a record, with its hash."""

    seq: int = 0
    record_seq: int = 0
    hash: str = ""


class LocalCopy:
    """The hand that writes the copy; one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path, NAME, writing=True, overwriting=False)
        self._checked = False

    def write(self, messages: Sequence[tuple[Message, Record | None]]) -> None:
        """Take messages, with what each says, in their order. Raises `LogUnavailable`: then none was taken."""
        self._open()
        with self._store.use() as db:
            db.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is followed again
            db.execute("BEGIN IMMEDIATE")
            last = followed(db)
            for message, record in messages:
                if message.seq <= last.seq:  # it has it: an answer was lost
                    continue
                if record is not None and _belongs(db, record):
                    db.execute(INSERT + PLACES, row_of(record))
                    last = Followed(message.seq, message.seq, record.hash)
                else:
                    _logger.warning("message %d of the log's stream is no record of it", message.seq)
                    last = Followed(message.seq, last.record_seq, last.hash)
                db.execute(
                    "INSERT INTO subjects VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET seq = excluded.seq",
                    (message.subject, message.seq),
                )
            db.execute("UPDATE followed SET seq = ?, record_seq = ?, hash = ?", (last.seq, last.record_seq, last.hash))
            db.execute("COMMIT")

    def keep(self, cursor: Cursor) -> None:
        """Keep how far a feed was handled. Raises `LogUnavailable`."""
        self._open()
        with self._store.use() as db:
            db.execute("PRAGMA synchronous = FULL")
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


def create_copy(path: Path) -> None:
    """Make the file with its tables if it has none; refuse another log's. Raises `LogUnavailable`."""
    create_log(path, COPY, COPY_TABLES)
    with Store(path, NAME, writing=False) as store:
        check_log(store, COPY)


def is_copy(path: Path) -> bool:
    """Whether a file is a server's copy of a log that a cluster keeps. Raises `LogUnavailable`."""
    if not path.exists():
        return False
    with Store(path, NAME, writing=False) as store, store.use() as db:
        return int(db.execute("PRAGMA application_id").fetchone()[0]) == COPY


def to_live(path: Path) -> None:
    """Make the copy at this path a log of its own, which follows nothing any more. Raises `LogUnavailable`."""
    with Store(path, NAME, writing=True, overwriting=False) as store:
        check_log(store, COPY)
        with store.use() as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("DROP TABLE subjects")
            db.execute("DROP TABLE followed")
            db.execute(f"PRAGMA application_id = {LIVE}")
            db.execute("COMMIT")
        store.settle()


def followed_at(path: Path) -> Followed:
    """How far the copy at this path is; nothing where there is none. Raises `LogUnavailable`."""
    if not path.exists():
        return Followed()
    with Store(path, NAME, writing=False) as store:
        check_log(store, COPY)
        with store.use() as db:
            return followed(db)


def followed(db: sqlite3.Connection) -> Followed:
    """How far the copy is."""
    return Followed(*db.execute("SELECT seq, record_seq, hash FROM followed").fetchone())


def look(db: sqlite3.Connection, stream: str, subject: str, record_id: str) -> tuple[End, Record | None]:
    """The end of a stream as the copy has it, and the record with this id; both of one moment."""
    version, hash_, seq, found = db.execute(_LOOK, (stream, stream, subject, record_id)).fetchone()
    end = End(version or 0, hash_ or NO_HASH, seq or 0)
    return end, next(select(db, "seq = ?", (found,))) if found is not None else None


def read(message: Message) -> Record | None:
    """The record that a message is, whole and as it was hashed; else None."""
    try:
        record = _decoder.decode(message.data)
        check_record(record)
        return record if hash_of(record) == record.hash else None
    except (msgspec.DecodeError, UnicodeError, RecursionError, BadRecord):
        return None


def _belongs(db: sqlite3.Connection, record: Record) -> bool:
    """Whether it chains to the end of its stream under an id that is new."""
    row = db.execute("SELECT version, hash FROM heads WHERE stream = ?", (record.stream,)).fetchone() or (0, NO_HASH)
    if row != (record.version - 1, record.prev):
        return False
    return db.execute("SELECT 1 FROM records WHERE id = ?", (record.id,)).fetchone() is None


async def check_same(servers: Servers, name: str, copy: Followed) -> None:
    """Whether the record that ends the copy stands there in the cluster. Raises `LogDamaged`."""
    if copy.record_seq:
        there = await servers.at(name, copy.record_seq)
        record = read(there) if there is not None else None
        if record is None or record.hash != copy.hash:
            raise LogDamaged(f"{NAME}: the cluster's is another than this server's copy, or lost its end")
