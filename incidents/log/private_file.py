"""The private store's file: its tables, and what is done in it without a key of it being opened."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from incidents.log import LogUnavailable, quarantine
from incidents.log.master import KEY_BYTES, Master, Random
from incidents.log.store import Store, beside, check_version, is_writable

NAME = "the private store"
FORMAT = 1
LIVE = 0x56494750  # "VIGP": what SQLite calls the application of the file
# A secret's row is never moved: its table grows at the end only, and deleting overwrites it with zeros where it stands. Where
# SQLite rebalances pages (rows that leave or change their size, indexes) it leaves copies behind, `secure_delete` or not.
SCHEMA = (
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE keys (n INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, since INTEGER NOT NULL, "
    "wrapped BLOB NOT NULL) STRICT",
    "CREATE INDEX keys_by_stream ON keys (stream)",
    "CREATE TABLE actors (pseudonym TEXT PRIMARY KEY, digest BLOB NOT NULL, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE quarantine (n INTEGER PRIMARY KEY AUTOINCREMENT, feed TEXT NOT NULL, at TEXT NOT NULL, "
    "reason TEXT NOT NULL, sealed BLOB NOT NULL) STRICT",
)
_LIVE = "stream = ? AND since <= ? AND wrapped <> zeroblob(length(wrapped))"


def forget_keys(log: Path, erased: Mapping[str, int]) -> None:
    """Delete keys as `Vault.forget_keys` does, without a master key; nothing when there is no private store."""
    path = beside(log, ".private")
    if erased and path.exists():
        with Store(path, NAME, writing=True) as store:
            delete_keys(store, erased)


def streams_with_keys(log: Path, *, that_open: bool = False) -> set[str]:
    """The streams that have, or had, a key in the private store of this log; none when it can't be read.

    `that_open`: only those whose key is still there.
    """
    live = "WHERE wrapped <> zeroblob(length(wrapped))" if that_open else ""
    try:
        with Store(beside(log, ".private"), NAME, writing=False) as store, store.use() as db:
            return {row[0] for row in db.execute(f"SELECT DISTINCT stream FROM keys {live}")}
    except LogUnavailable:
        return set()


def quarantined_before(log: Path, before: str) -> tuple[int, str]:
    """How many messages in quarantine came before this time, and when the first did; none when the store can't be read."""
    try:
        with Store(beside(log, ".private"), NAME, writing=False) as store, store.use() as db:
            return quarantine.before(db, before)
    except LogUnavailable:
        return 0, ""


def delete_keys(store: Store, erased: Mapping[str, int]) -> None:
    if not erased:
        return
    with store.use() as db:
        if not any(db.execute(f"SELECT 1 FROM keys WHERE {_LIVE}", place).fetchone() for place in erased.items()):
            return
        db.execute("BEGIN IMMEDIATE")
        db.executemany(f"UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE {_LIVE}", erased.items())
        db.execute("COMMIT")
        truncate(db)


def truncate(db: sqlite3.Connection, name: str = NAME) -> None:
    """Bring the zeros over what was deleted into the file and empty the WAL, where the old page still stands."""
    if db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise LogUnavailable(f"{name}: another process reads it, what was deleted is not yet overwritten")


def holds_secrets(path: Path, application: int) -> bool:
    """Whether a master key was ever used with this store: then a fresh one must never be made."""
    if not path.exists():
        return False
    with Store(path, NAME, writing=False) as store:
        with store.use() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] == 0 and is_writable(path):
                return False
        check_version(store, NAME, FORMAT, application)
        with store.use() as db:
            return bool(db.execute("SELECT count(*) FROM secrets").fetchone()[0])


def write_secrets(path: Path, master: Master, random: Random) -> None:
    with Store(path, NAME, writing=True) as store, store.use() as db:
        sealed = master.box("secrets").seal(random(KEY_BYTES, "id key"), "id key")
        db.execute("INSERT INTO secrets VALUES ('id key', ?)", (sealed,))
