"""Rows of one SQLite file that several servers share: in groups that change as one, compared with what was shared last.

What was shared last stands in tables of the same file. So a file that is put back from a backup knows that it is behind: what
changed since is no change of its own, and nothing that was erased comes back with it.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from incidents.log import LogUnavailable
from incidents.log.shared_groups import (
    NOTHING,
    Group,
    Kind,
    Name,
    Rows,
    Shape,
    Table,
    cells_of,
    digest_of,
    line_of,
    merged,
    rows_of,
    write,
)
from incidents.log.store import Store

_AGE_S = 7 * 24 * 3600  # for so long a server may be away and still hear that a passing group is gone
_TABLES = (
    "CREATE TABLE IF NOT EXISTS shared (kind TEXT NOT NULL, name ANY NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL, "
    "cells BLOB NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS shared_at (epoch TEXT NOT NULL, seq INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS shared_replaced (seq INTEGER PRIMARY KEY, due REAL NOT NULL) STRICT",
)


class Elsewhere(Exception):
    """The file, or the stream, is another one than before: following begins anew."""


class SharedRows:
    """The shared rows of the file at `path`. One thread at a time; every method raises `LogUnavailable`.

    `by` names this process among all.
    """

    def __init__(self, path: Path, shape: Shape, by: str) -> None:
        self.path, self.shape = path, shape
        self._by = by
        self._kinds = {kind.name: kind for kind in shape.kinds}
        self._store = Store(path, shape.name, writing=True)
        self._seen: tuple[sqlite3.Connection, int] | None = None  # since then nobody else wrote the file
        self._unsettled = self._anew = True  # whoever shared this file before may have been stopped
        self.too_large = 0

    def begin(self, epoch: str, last: int) -> int:
        """Up to which message of the stream the file has it. Of another stream, or one that lost its end, it has nothing."""
        self._epoch, self._seen = epoch, None
        if not self._is_there():
            return 0
        with self._store.use() as db:
            found = _position(db)
            if found is None or (found[0] == epoch and found[1] <= last):
                return found[1] if found else 0
            db.execute("BEGIN IMMEDIATE")
            db.execute("DELETE FROM shared")
            db.execute("DELETE FROM shared_replaced")
            db.execute("UPDATE shared_at SET epoch = ?, seq = 0", (epoch,))
            db.execute("COMMIT")
            return 0

    def changes(self, after: int, now: float, *, most: int, largest: int, together: int) -> list[Group]:
        """The groups that are others than what was shared last, of one moment: so many, of so many bytes `together`.

        One of more bytes than `largest` is only counted, in `too_large`. Raises `Elsewhere` where the file is behind `after`.
        """
        if not self._is_there():
            if after:
                raise Elsewhere
            return []
        with self._store.use() as db:
            if self._seen == (db, _version(db)):
                return []
            db.execute("BEGIN")
            found: list[Group] = []
            size, too_large = 0, 0
            self._expect(db, after)
            version, columns = _version(db), self._columns(db)
            for kind, name in self._changed(db, columns):
                if len(found) >= most or size >= together:
                    break
                rows = rows_of(db, kind, name, columns)
                bytes_ = len(msgspec.msgpack.encode(rows))
                if bytes_ > largest:
                    too_large += 1
                    continue
                size += bytes_
                found.append(Group(kind=kind.name, name=name, by=self._by, at=now, rows=rows))
            db.execute("COMMIT")
            self._seen = None if found else (db, version)
            self.too_large = too_large
            return found

    def take(self, messages: Sequence[tuple[int, Group | None]], after: int) -> int:
        """Write what was shared, in its order; how many changes of this server were undone by it.

        Raises `Elsewhere` where the file is behind `after`, and whatever `Shape.check` raises: then nothing is written.
        """
        if not self._is_there():
            if after:
                raise Elsewhere
            self.shape.create(self.path)
        lost, kept = 0, False
        with self._store.use() as db:
            db.execute("BEGIN IMMEDIATE")
            version = _version(db)  # from here on nobody else writes
            seen = self._seen == (db, version)
            for statement in _TABLES:
                db.execute(statement)
            db.execute("INSERT INTO shared_at SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM shared_at)", (self._epoch,))
            position, columns = self._expect(db, after), self._columns(db)
            for seq, group in messages:
                if seq > position and group is not None and (kind := self._kinds.get(group.kind)) is not None:
                    self.shape.check(kind.name, group.rows)
                    taking = _Taking(db, kind, columns, own=group.by == self._by)
                    try:
                        lost += taking.take(seq, group) and not kind.passing
                    except sqlite3.IntegrityError:  # as a newer Vigie might have it
                        raise LogUnavailable(f"{self.shape.name}: what is shared does not fit its tables") from None
                    kept = kept or taking.kept
                    # What goes leaves copies of its name in the indexes; a line's own words come and go all day.
                    gone = not any(group.rows.values()) and not kind.passing
                    self._unsettled, self._anew = True, self._anew or gone
            db.execute("UPDATE shared_at SET seq = max(seq, ?)", (messages[-1][0],))
            db.execute("COMMIT")
            self._seen = (db, version) if seen and not kept else None
        return lost

    def settle(self) -> bool:
        """Whether nothing of what was overwritten stands in the companion file any more; another process may be reading it."""
        if self._unsettled and self._is_there():
            with self._store.use() as db:
                if self._anew:
                    db.execute("VACUUM")
                    self._anew = False
                self._unsettled = bool(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        return not self._unsettled

    def replaced(self, now: float, most: int) -> list[int]:
        """Messages of the stream that stand there for nothing any more."""
        if not self._is_there():
            return []
        with self._store.use() as db:
            if not _has(db, "shared_replaced"):
                return []
            query = "SELECT seq FROM shared_replaced WHERE due <= ? ORDER BY seq LIMIT ?"
            return [seq for (seq,) in db.execute(query, (now, most))]

    def deleted(self, seqs: Iterable[int]) -> None:
        """These messages are no more."""
        with self._store.use() as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("DELETE FROM shared_replaced WHERE seq = ?", [(seq,) for seq in seqs])
            db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._store.drop()

    def _is_there(self) -> bool:
        """Whether there is a file of this shape. Raises `LogUnavailable` for another's, or a newer one."""
        try:
            if not self.path.stat().st_size:
                return False
        except FileNotFoundError:
            return False
        except OSError as error:
            raise LogUnavailable(f"{self.shape.name}: it can't be read") from error
        with self._store.use() as db:
            if not db.execute("SELECT 1 FROM sqlite_schema").fetchone():
                return False
            if db.execute("PRAGMA application_id").fetchone()[0] != self.shape.application:
                raise LogUnavailable(f"{self.shape.name}: it was not made by Vigie")
            if db.execute("PRAGMA user_version").fetchone()[0] > self.shape.format:
                raise LogUnavailable(f"{self.shape.name}: it was written by a newer Vigie")
        return True

    def _expect(self, db: sqlite3.Connection, after: int) -> int:
        """The file's position. Raises `Elsewhere` where it is before `after`, or in another stream."""
        epoch, seq = _position(db) or (self._epoch, 0)
        if seq < after or epoch != self._epoch:
            raise Elsewhere
        return seq

    def _columns(self, db: sqlite3.Connection) -> dict[str, list[str]]:
        """The shared columns of each table that is there, in an order that is the same in every file."""
        found = {table.name: _columns(db, table) for kind in self.shape.kinds for table in kind.tables}
        return {name: columns for name, columns in found.items() if columns}

    def _changed(self, db: sqlite3.Connection, columns: dict[str, list[str]]) -> list[tuple[Kind, Name]]:
        """The groups that are others than what was shared last, kind by kind."""
        known: dict[tuple[str, Name], bytes] = {}
        if _has(db, "shared"):
            known = {(kind, name): digest for kind, name, digest in db.execute("SELECT kind, name, digest FROM shared")}
        found: list[tuple[Kind, Name]] = []
        for kind in self.shape.kinds:
            running: dict[Name, Any] = {}
            for table in kind.tables:
                if (names := columns.get(table.name)) is None:
                    continue
                order = ", ".join((table.group, *table.within))
                place = names.index(table.group)
                for values in db.execute(f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {order}"):
                    one = running.get(values[place])
                    if one is None:
                        one = running[values[place]] = hashlib.sha256()
                    one.update(line_of(table, names, values))
            found += [(kind, name) for name, one in running.items() if known.get((kind.name, name)) != one.digest()]
            gone = (name for of, name in known if of == kind.name and name not in running)
            found += [(kind, name) for name in gone]
        return found


class _Taking:
    """One group of the stream into the file, within a transaction. `kept`: the file has it otherwise, and shares that next."""

    def __init__(self, db: sqlite3.Connection, kind: Kind, columns: dict[str, list[str]], *, own: bool) -> None:
        self._db, self._kind, self._columns, self._own = db, kind, columns, own
        self.kept = False

    def take(self, seq: int, group: Group) -> bool:
        """Whether a change that was made here is undone."""
        db, kind = self._db, self._kind
        for table in kind.tables:
            if group.rows.get(table.name) and table.name not in self._columns and table.make:
                db.execute(table.make)
                self._columns[table.name] = _columns(db, table)
        theirs: Rows = {}
        for table in kind.tables:
            if table.name in self._columns and (rows := group.rows.get(table.name)):
                names = self._columns[table.name]
                theirs[table.name] = [{name: row[name] for name in names if name in row} for row in rows]
        here = rows_of(db, kind, group.name, self._columns)
        before = db.execute(
            "SELECT seq, digest, cells FROM shared WHERE kind = ? AND name = ?", (kind.name, group.name)
        ).fetchone()
        if before is not None:
            db.execute("INSERT OR IGNORE INTO shared_replaced VALUES (?, 0)", (before[0],))
        shared = digest_of(kind, theirs)
        wanted, undone = self._decide(here, theirs, before)
        write(db, kind, here, wanted)
        self.kept = digest_of(kind, rows_of(db, kind, group.name, self._columns)) != shared
        if not theirs:  # not even its name is left
            db.execute("DELETE FROM shared WHERE kind = ? AND name = ?", (kind.name, group.name))
            if kind.passing:
                db.execute("INSERT OR IGNORE INTO shared_replaced VALUES (?, ?)", (seq, group.at + _AGE_S))
        else:
            cells = cells_of(theirs) if kind.merges else b""
            row = (kind.name, group.name, seq, shared, cells)
            db.execute("INSERT OR REPLACE INTO shared VALUES (?, ?, ?, ?, ?)", row)
        return undone

    def _decide(self, here: Rows, theirs: Rows, before: tuple[int, bytes, bytes] | None) -> tuple[Rows, bool]:
        """Which rows there are from now on, and whether a change that was made here is undone."""
        kind, now, new = self._kind, digest_of(self._kind, here), digest_of(self._kind, theirs)
        if now in (new, before[1] if before is not None else NOTHING):
            return theirs, False
        if self._own:  # it went on changing since it was sent
            return here, False
        if kind.is_gone(theirs):
            return theirs, not kind.is_gone(here)
        # What was erased stays erased, whoever came first, also in a stream that was begun anew.
        if kind.is_gone(here) and (before is not None or any(here.values())):
            return here, False
        if before is not None and kind.merges:
            return merged(here, theirs, msgspec.msgpack.decode(before[2]))
        return theirs, True


def _position(db: sqlite3.Connection) -> tuple[str, int] | None:
    if not _has(db, "shared_at"):
        return None
    found: tuple[str, int] | None = db.execute("SELECT epoch, seq FROM shared_at").fetchone()
    return found


def _columns(db: sqlite3.Connection, table: Table) -> list[str]:
    return sorted({row[1] for row in db.execute(f"PRAGMA table_info({table.name})")} - {*table.own})


def _has(db: sqlite3.Connection, table: str) -> bool:
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone() is not None


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA data_version").fetchone()[0])
