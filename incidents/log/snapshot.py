"""The log as it is at one moment, read aside: on a connection of its own, by any thread, beside whoever writes it."""

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from incidents.log import Record
from incidents.log.record import BadRecord
from incidents.log.schema import COLUMNS, NAME, check_log, record_of
from incidents.log.store import Store

_TOGETHER = 64  # streams a query


class Mark(msgspec.Struct, frozen=True):
    """A record of the log: its position and its hash. Position 0: before the first."""

    position: int
    hash: str


START = Mark(0, "")


class Snapshot:
    """Every query sees the same records, whatever is written meanwhile. Raises `LogUnavailable`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def head(self) -> Mark:
        """The last record."""
        row = self._db.execute("SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1").fetchone()
        return Mark(*row) if row else START

    def holds(self, mark: Mark) -> bool:
        """Whether this very record stands there."""
        row = self._db.execute("SELECT hash FROM records WHERE seq = ?", (mark.position,)).fetchone()
        return mark == START or row == (mark.hash,)

    def streams(self, prefix: str, after: int = 0) -> list[str]:
        """The streams with this prefix that got a record above the position `after`, in the order in which they began to."""
        if after:
            query = "SELECT stream FROM records NOT INDEXED WHERE seq > ? GROUP BY stream ORDER BY min(seq)"
            return [row[0] for row in self._db.execute(query, (after,)) if row[0].startswith(prefix)]
        query = "SELECT stream FROM records WHERE stream >= ? AND stream < ? AND version = 1 ORDER BY seq"
        return [row[0] for row in self._db.execute(query, (prefix, prefix + "\U0010ffff"))]

    def newest(self, streams: Collection[str]) -> dict[str, str]:
        """When the last record of each of these streams was entered."""
        query = "SELECT at FROM heads WHERE stream = ?"
        rows = ((stream, self._db.execute(query, (stream,)).fetchone()) for stream in streams)
        return {stream: row[0] for stream, row in rows if row}

    def of_type(self, kind: str, after: int = 0) -> Iterator[Record]:
        """The records of a type above the position `after`, in their order; a damaged one is passed over."""
        query = f"SELECT {COLUMNS} FROM records WHERE type = ? AND seq > ? ORDER BY seq"
        for row in self._db.execute(query, (kind, after)):
            try:
                yield record_of(row)
            except BadRecord:
                continue

    def last_of(self, kinds: Collection[str]) -> Record | None:
        """The record of any of these types that was entered last. Raises `BadRecord` when it is damaged."""
        query = f"SELECT seq, {COLUMNS} FROM records WHERE type = ? ORDER BY seq DESC LIMIT 1"
        rows = [row for kind in kinds for row in self._db.execute(query, (kind,))]
        return record_of(tuple(max(rows)[1:])) if rows else None

    def of_types(self, kinds: Collection[str], after: int = 0) -> Iterator[tuple[int, Record]]:
        """The records of any of these types above the position `after`, in their order, each with its own; no damaged one."""
        marks = ", ".join("?" * len(kinds))
        # By position alone: SQLite would gather and sort what the index by type gives before the first could be read.
        query = f"SELECT seq, {COLUMNS} FROM records NOT INDEXED WHERE seq > ? AND type IN ({marks}) ORDER BY seq"
        for seq, *row in self._db.execute(query, (after, *kinds)):
            with contextlib.suppress(BadRecord):
                yield seq, record_of(tuple(row))

    def at(self, positions: Sequence[int]) -> dict[int, Record]:
        """The records at these positions, few of them; a damaged one is passed over."""
        found = {}
        for position in positions:
            row = self._db.execute(f"SELECT {COLUMNS} FROM records WHERE seq = ?", (position,)).fetchone()
            with contextlib.suppress(BadRecord):
                if row is not None:
                    found[position] = record_of(row)
        return found

    def positions(self, ids: Iterable[str]) -> list[int]:
        """Those of the records with these ids, few of them, where there are such."""
        rows = (self._db.execute("SELECT seq FROM records WHERE id = ?", (id,)).fetchone() for id in ids)
        return [row[0] for row in rows if row]

    def records(self, streams: Sequence[str]) -> Iterator[tuple[str, list[Record]]]:
        """The records of each of these streams, in order; none of a stream in which one is damaged."""
        for start in range(0, len(streams), _TOGETHER):
            some = streams[start : start + _TOGETHER]
            found: dict[str, list[Record]] = {stream: [] for stream in some}
            marks = ", ".join("?" * len(some))
            query = f"SELECT {COLUMNS} FROM records WHERE stream IN ({marks}) ORDER BY stream, version"
            damaged: set[str] = set()
            for row in self._db.execute(query, tuple(some)):
                try:
                    found[row[0]].append(record_of(row))
                except BadRecord:
                    damaged.add(row[0])
            yield from ((stream, [] if stream in damaged else records) for stream, records in found.items())


@contextlib.contextmanager
def snapshot(path: Path) -> Iterator[Snapshot]:
    """The log at this path as it is now. Raises `LogUnavailable`."""
    with Store(path, NAME, writing=False) as store:
        check_log(store)
        with store.use() as db:
            db.execute("BEGIN")
            yield Snapshot(db)
            db.execute("COMMIT")
