"""The log's SQLite file: its tables, and rows to records and back.

Only `records` counts. `heads` follows from it, by a trigger in the same statement; `cursors` says how far a feed was taken.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from incidents.log import LogDamaged, LogUnavailable, Record
from incidents.log.record import open_facts, open_text
from incidents.log.store import Store, check_version, create

NAME = "the log"
REPORTED = 1000  # records between two calls that say how far a walk over the log is
FORMAT = 1
LIVE = 0x56494749  # "VIGI": what SQLite calls the application of a file
COPY = 0x5649474A  # "VIGJ": a server's copy of a log that a cluster keeps; read as a live one, written by nobody else
TRAINING = 0x56494754  # "VIGT": a replay's or an exercise's; neither is ever opened as the other

_SCHEMA = (
    "CREATE TABLE records (seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, version INTEGER NOT NULL, "
    "id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, source_at TEXT NOT NULL, actor TEXT NOT NULL, type TEXT NOT NULL, "
    "open TEXT NOT NULL, sealed TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (stream, version)) STRICT",
    # By type alone: entries of a type are appended at one place, where (type, stream) would touch a page for every stream.
    "CREATE INDEX records_by_type ON records (type)",
    "CREATE TABLE heads (stream TEXT PRIMARY KEY, version INTEGER NOT NULL, hash TEXT NOT NULL, at TEXT NOT NULL) "
    "STRICT, WITHOUT ROWID",
    # In one statement with the record: no commit can part them, and the writer needs the interpreter's lock only once.
    "CREATE TRIGGER heads_follow AFTER INSERT ON records BEGIN "
    "INSERT INTO heads VALUES (new.stream, new.version, new.hash, new.at) ON CONFLICT (stream) DO UPDATE "
    "SET version = excluded.version, hash = excluded.hash, at = max(at, excluded.at); END",
    "CREATE TABLE cursors (feed TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (feed, epoch)) "
    "STRICT, WITHOUT ROWID",
)

# Of a copy: the last message of each subject, and of all; and the last that is a record.
COPY_TABLES = (
    "CREATE TABLE subjects (subject TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE followed (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, record_seq INTEGER NOT NULL, "
    "hash TEXT NOT NULL) STRICT",
    "INSERT INTO followed VALUES (1, 0, 0, '')",
)

COLUMNS = "stream, version, id, at, source_at, actor, type, open, sealed, prev, hash"
# OR ROLLBACK: a group is written whole or not at all, so SQLite need not keep a journal for each statement.
INSERT = f"INSERT OR ROLLBACK INTO records ({COLUMNS}) VALUES "
PLACES = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

Row = tuple[str, int, str, str, str, str, str, str, str, str, str]


def create_log(path: Path, application: int = LIVE, more: Sequence[str] = ()) -> None:
    """Make the file with its tables, and `more`, if it has none. Raises `LogUnavailable`."""
    create(path, NAME, (*_SCHEMA, *more), FORMAT, application)


def check_log(store: Store, application: int | None = None) -> None:
    """Refuse what is no such log (None: one of the desk's, to read), or one of a newer format. Raises `LogUnavailable`."""
    with store.use() as db:
        found = db.execute("PRAGMA application_id").fetchone()[0]
    if application is None:
        application = COPY if found == COPY else LIVE
    elif {found, application} == {LIVE, COPY}:
        raise LogUnavailable(
            f"{NAME}: it is {'the copy of a log that a cluster keeps' if found == COPY else 'no copy'}"
        )
    if {found, application} == {LIVE, TRAINING}:
        kind = (
            "a log of the training room, no live one" if found == TRAINING else "a live log, none of the training room"
        )
        raise LogUnavailable(f"{NAME}: it is {kind}")
    check_version(store, NAME, FORMAT, application)


def row_of(record: Record) -> Row:
    """A record as its row, in the order of `COLUMNS`."""
    return (
        record.stream, record.version, record.id, record.at, record.source_at, record.actor, record.type,
        open_text(record.open), record.sealed, record.prev, record.hash,
    )  # fmt: skip


def record_of(row: Row) -> Record:
    """A row as its record. Raises `BadRecord` when the open facts are not such facts."""
    stream, version, record_id, at, source_at, actor, type_, facts, sealed, prev, hash_ = row
    return Record(
        stream=stream, version=version, id=record_id, at=at, source_at=source_at, actor=actor, type=type_,
        open=open_facts(facts), sealed=sealed, prev=prev, hash=hash_,
    )  # fmt: skip


def select(db: sqlite3.Connection, where: str, values: tuple[object, ...] = ()) -> Iterator[Record]:
    """The records for which a condition on the columns holds."""
    for row in db.execute(f"SELECT {COLUMNS} FROM records WHERE {where}", values):
        yield record_of(row)


def check_found(record: Record, record_id: str) -> Record:
    """The record that was looked up by this id: a damaged index leads to another one. Raises `LogDamaged`."""
    if record.id != record_id:
        raise LogDamaged(f"{NAME}: it is damaged: an id leads to another record")
    return record


def erasures(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """For each stream that was erased: stream, `at` and id of its newest `erased` record."""
    return db.execute("SELECT stream, max(at), id FROM records WHERE type = 'erased' GROUP BY stream").fetchall()


def erased_streams(db: sqlite3.Connection) -> dict[str, int]:
    """For each stream that was erased: the version of its newest `erased` record."""
    query = "SELECT stream, max(version) FROM records WHERE type = 'erased' GROUP BY stream"
    return dict(db.execute(query).fetchall())
