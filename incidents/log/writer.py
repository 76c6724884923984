"""The only hand that writes the log: takes what is waiting, commits it as one group, says what became of each.

It knows no event loop and no thread; `sqlite.py` runs it in one.
"""

import itertools
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from incidents.log import NO_HASH, AlreadyRecorded, Draft, LogUnavailable, Record, VersionConflict
from incidents.log.chain import checkpoint_facts, head_line
from incidents.log.record import CHECKPOINT, ERASED, place
from incidents.log.schema import INSERT, LIVE, NAME, PLACES, Row, check_found, check_log, row_of, select
from incidents.log.store import Store, WriteLock
from incidents.log.vault import PrivateStore

_ROWS = 64  # a statement; a larger group takes several of them in one transaction
_HEADS = 20_000
EPOCHS = 1_000  # of one feed


class Append(msgspec.Struct, frozen=True):
    """Write a draft at the end of its stream; `expected` None: wherever the end is."""

    stream: str
    expected: int | None
    draft: Draft


class Cursor(msgspec.Struct, frozen=True):
    """Keep how far a feed was handled."""

    feed: str
    epoch: str
    seq: int


class Checkpoint(msgspec.Struct, frozen=True):
    """Write a checkpoint if anything else was written since the last."""

    at: str


Job = Append | Cursor | Checkpoint
Outcome = Record | None | Exception


class Writer:
    """Commits groups of jobs. After a failure it lets go of the file and opens it anew for the next group."""

    def __init__(
        self,
        path: Path,
        vault: PrivateStore,
        lock: WriteLock,
        *,
        application: int = LIVE,
        durable: bool = True,
        make: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make  # the files, where there are none yet
        self._application = application
        self._store = Store(path, NAME, writing=True, overwriting=False, durable=durable)
        self._vault = vault
        self._lock = lock
        self._heads: dict[str, tuple[int, str]] = {}
        self._checked = False

    def commit(self, jobs: Sequence[Job]) -> list[Outcome]:
        """What became of each job: its record (None for a cursor, or a needless checkpoint), or the exception it raises."""
        outcomes: list[Outcome] = []
        for alone, group in itertools.groupby(jobs, lambda job: type(job) is Checkpoint):
            for some in ([job] for job in group) if alone else [list(group)]:
                outcomes += self._commit(some)
        return outcomes

    def close(self) -> None:
        """Let go of the file: what the WAL holds is in it, also what a killed process left there."""
        self._store.settle()

    def _commit(self, jobs: list[Job]) -> list[Outcome]:
        try:
            self._open()
            try:
                return self._write(jobs, wary=False)
            except sqlite3.IntegrityError:  # an id that is in the log already, or heads that are not what we remember
                self._heads.clear()
                return self._write(jobs, wary=True)
        except LogUnavailable as error:
            self._heads.clear()
            self._checked = False
            if len(jobs) > 1 and "full" in str(error):  # a small record may still fit where the group does not
                return [outcome for job in jobs for outcome in self._commit([job])]
            return [error] * len(jobs)
        except sqlite3.IntegrityError:
            self._heads.clear()
            return [LogUnavailable(f"{NAME}: its records contradict each other; `log verify` says which")] * len(jobs)

    def _open(self) -> None:
        self._lock.acquire()
        if not self._checked:
            self._make()
            check_log(self._store, self._application)
            self._checked = True

    def _write(self, jobs: list[Job], *, wary: bool) -> list[Outcome]:
        with self._store.use() as db:
            if isinstance(jobs[0], Checkpoint):
                draft = checkpoint_due(db, jobs[0].at)
                if draft is None:
                    return [None]
                jobs = [Append(CHECKPOINT, None, draft)]
            group = _Group(self, db, wary)
            outcomes = [group.take(job) for job in jobs]
            group.seal()
            outcomes = [group.made.get(i, outcome) for i, outcome in enumerate(outcomes)]
            records = [record for record in group.made.values() if isinstance(record, Record)]
            cursors = [job for job in jobs if isinstance(job, Cursor)]
            _store(db, [row_of(record) for record in records], cursors)
        if len(self._heads) > _HEADS:
            self._heads.clear()
        self._heads.update((record.stream, (record.version, record.hash)) for record in records)
        self._erase({record.stream: record.version for record in records if record.type == ERASED})
        return outcomes

    def _erase(self, erased: dict[str, int]) -> None:
        if erased:
            try:
                self._vault.forget_keys(erased)
            except LogUnavailable:
                # The record stands and the key is out of use; its bytes go at the next erasure or opening.
                logging.getLogger(__name__).warning("keys of erased streams could not be deleted yet")

    def head(self, db: sqlite3.Connection, stream: str) -> tuple[int, str]:
        """Version and hash at the end of a stream; 0 and zeros when it has no record."""
        head = self._heads.get(stream)
        if head is None:
            row = db.execute("SELECT version, hash FROM heads WHERE stream = ?", (stream,)).fetchone()
            head = self._heads[stream] = row or (0, NO_HASH)
        return head

    def prepare(self, sealing: Iterable[tuple[str, int, str]]) -> None:
        """Make the keys together that records of these streams, versions and times miss, and write the names that are new; a key
        that can't be made fails again, by itself, where it is needed."""
        try:
            self._vault.prepare_for(sealing)
        except LogUnavailable:
            return

    def make(self, job: Append, version: int, prev: str) -> Record:
        """The record of a job at its place, sealed and chained."""
        draft = job.draft
        sealed = self._vault.seal(job.stream, version, draft.sealed, draft.at) if draft.sealed else ""
        return place(draft, job.stream, version, sealed, prev)


class _Group:
    """One group on its way: each job first finds its place, then all keys are made together, then all are sealed and chained."""

    def __init__(self, writer: Writer, db: sqlite3.Connection, wary: bool) -> None:
        self.made: dict[int, Outcome] = {}
        self._writer = writer
        self._db = db
        self._wary = wary
        self._versions: dict[str, int] = {}
        self._placed: dict[str, int] = {}
        self._jobs: list[tuple[int, Append, int]] = []
        self._duplicates: list[tuple[int, str]] = []
        self._taken = 0

    def take(self, job: Job) -> Outcome:
        index, self._taken = self._taken, self._taken + 1
        if not isinstance(job, Append):
            return None
        stream, record_id = job.stream, job.draft.id
        version = self._versions.get(stream)
        if version is None:
            version = self._writer.head(self._db, stream)[0]
        if record_id in self._placed:
            self._duplicates.append((index, record_id))
            return None
        if self._wary or job.expected != version:
            for record in select(self._db, "id = ?", (record_id,)):
                return AlreadyRecorded(check_found(record, record_id))
            if job.expected not in (None, version):
                return VersionConflict(stream, version)
        self._versions[stream] = version + 1
        self._placed[record_id] = index
        self._jobs.append((index, job, version + 1))
        return None

    def seal(self) -> None:
        sealing = [(job.stream, version, job.draft.at) for _, job, version in self._jobs if job.draft.sealed]
        self._writer.prepare(sealing)
        hashes: dict[str, str] = {}
        failed: dict[str, LogUnavailable] = {}
        for index, job, version in self._jobs:
            stream = job.stream
            prev = hashes.get(stream) or self._writer.head(self._db, stream)[1]
            try:
                if stream in failed:
                    raise failed[stream]
                record = self._writer.make(job, version, prev)
            except LogUnavailable as error:
                failed[stream] = error
                self.made[index] = error
                continue
            hashes[stream] = record.hash
            self.made[index] = record
        for index, record_id in self._duplicates:
            outcome = self.made[self._placed[record_id]]
            self.made[index] = AlreadyRecorded(outcome) if isinstance(outcome, Record) else outcome


def checkpoint_due(db: sqlite3.Connection, at: str) -> Draft | None:
    """The checkpoint over all there is; None when nothing but checkpoints was written since the last."""
    last = db.execute("SELECT max(seq) FROM records WHERE stream = ?", (CHECKPOINT,)).fetchone()[0] or 0
    count = db.execute("SELECT max(seq) FROM records").fetchone()[0] or 0
    if count == last:
        return None
    heads = "SELECT stream, version, hash FROM heads WHERE stream <> ? ORDER BY stream"
    lines = [head_line(*row) for row in db.execute(heads, (CHECKPOINT,))]
    changed = db.execute(
        "SELECT stream, version, hash FROM heads WHERE stream IN (SELECT stream FROM records WHERE seq > ?) "
        "AND stream <> ? ORDER BY stream",
        (last, CHECKPOINT),
    ).fetchall()
    row = db.execute("SELECT version FROM heads WHERE stream = ?", (CHECKPOINT,)).fetchone()
    version = (row[0] if row else 0) + 1
    facts = checkpoint_facts(lines, changed, count)
    return Draft(
        id=f"{CHECKPOINT}/{version}", at=at, source_at=at, actor="log", type=CHECKPOINT, open=facts
    )  # fmt: skip


def _store(db: sqlite3.Connection, rows: list[Row], cursors: list[Cursor]) -> None:
    together = len(rows) > _ROWS or bool(cursors)
    if together:
        db.execute("BEGIN IMMEDIATE")
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        db.execute(INSERT + ", ".join([PLACES] * len(some)), list(itertools.chain.from_iterable(some)))
    if cursors:
        keep_cursors(db, cursors)
    if together:
        db.execute("COMMIT")


def keep_cursors(db: sqlite3.Connection, cursors: Sequence[Cursor]) -> None:
    """Keep how far feeds were handled, in the transaction that is open."""
    db.executemany(
        "INSERT INTO cursors VALUES (?, ?, ?) ON CONFLICT (feed, epoch) DO UPDATE SET seq = excluded.seq",
        [(cursor.feed, cursor.epoch, cursor.seq) for cursor in cursors],
    )
    # A feed whose epoch is another one each time it is asked: of its former ones none is kept.
    many = "SELECT count(*) FROM cursors WHERE feed = ?"
    for cursor in cursors:
        if db.execute(many, (cursor.feed,)).fetchone()[0] > EPOCHS:
            db.execute("DELETE FROM cursors WHERE feed = ? AND epoch <> ?", (cursor.feed, cursor.epoch))
