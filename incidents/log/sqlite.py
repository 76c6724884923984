"""The embedded log: SQLite behind one writer thread, which commits what is waiting as one group."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Generic, Literal, TypeVar

from incidents.log import AlreadyRecorded, Draft, LogUnavailable, Record, VersionConflict
from incidents.log.damage import DAMAGE
from incidents.log.erasures import ACTOR, Erasures, NoRegister, register_beside
from incidents.log.late import LateVault, NoVault
from incidents.log.local_copy import LocalCopy
from incidents.log.master import KeyMismatch as KeyMismatch
from incidents.log.opening import check_is_log, open_vault, open_writing
from incidents.log.record import ERASED, check_draft
from incidents.log.repeating import (
    RECORDS_S,
    TOGETHER,
    Again,
    ReachedRegister,
    bring_together,
    repetition,
    to_repeat,
    warned,
)
from incidents.log.schema import (
    COLUMNS,
    NAME,
    check_found,
    create_log,
    erased_streams,
    erasures,
    record_of,
    select,
)
from incidents.log.store import Store, WriteLock
from incidents.log.vault import PrivateStore, Vault
from incidents.log.writer import Append, Checkpoint, Cursor, Job, Writer
from incidents.log.writing import WritingThread

_PAGE = 2000
LET_GO_S = 1.0

T = TypeVar("T")
V = TypeVar("V", bound=PrivateStore)
W = TypeVar("W", bound=Writer | LocalCopy)  # what writes the file

_logger = logging.getLogger(__name__)


class LogFile(Generic[V, W]):
    """A log in one SQLite file, with `PATH.private`, `PATH.key` and `PATH.lock` beside it; implements `Log`.

    It belongs to the event loop it was opened in. On a full, read-only, locked or failing disk a call raises
    `LogUnavailable`; the next one tries again. `vault` is the private store. Live or of a training: how it writes differs.
    """

    def __init__(
        self,
        path: Path,
        vault: V,
        writer: W | None,
        lock: WriteLock | None,
        *,
        register: ReachedRegister | None = None,
    ) -> None:
        self.vault = vault
        self._register = register
        self._lock = lock
        self._writer = writer
        self._reading = Store(path, NAME, writing=False)
        self._reader = ThreadPoolExecutor(1, "log-reader")
        self._private = ThreadPoolExecutor(1, "log-private")
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self.erased_again = 0  # streams, when it was opened
        self.not_erased_again: list[str] = []  # why some that stand in the register are not, or not wholly
        self.without_register = ""  # why nothing was compared with it

    async def append(self, stream: str, expected_version: int, draft: Draft) -> Record:
        """As `Log.append`; also raises `BadRecord` when the draft breaks a limit."""
        check_draft(stream, draft)
        record = await self._put(Append(stream, expected_version, draft))
        assert record is not None
        return record

    async def erase(
        self, stream: str, *, id: str, at: str, actor: str, rule: str = "", expected_version: int | None = None
    ) -> Record:
        """Record that a stream is erased, by which `rule`, and delete its key: what is sealed in it is gone for good.

        The register of what was erased has it before the key goes (`incidents.log.erasures`). Saying it again (the same id) does
        what is left to do. Raises `LogUnavailable` when the register can't be written, and when the key's bytes are still there,
        and `VersionConflict` when the stream ends elsewhere than expected: then nothing says that it is erased.
        """
        draft = Draft(id=id, at=at, source_at=at, actor=actor, type=ERASED, open={"rule": rule} if rule else {})
        check_draft(stream, draft)
        self._written_by()
        record = await self.find(id)
        if record is not None and (record.stream, record.type) != (stream, ERASED):
            raise AlreadyRecorded(record)
        if record is None and expected_version is not None and (now := await self.version(stream)) != expected_version:
            raise VersionConflict(stream, now)
        await self._registered({stream: record.at if record is not None else at})
        if record is None:
            record = await self._put(Append(stream, expected_version, draft))
        assert record is not None
        await self._aside(self._private, lambda: self.vault.forget_keys({stream: record.version}))
        return record

    async def erase_name(self, pseudonym: str, *, at: str) -> bool:
        """Forget who a pseudonym is; what the person did stays, nobody's. False when it was nobody. Raises `LogUnavailable`."""
        self._written_by()
        await self._registered({f"{ACTOR}{pseudonym}": at})
        return await self._forget_name(pseudonym, at)

    async def _forget_name(self, pseudonym: str, at: str) -> bool:
        return await self._aside(self._private, lambda: self.vault.forget_actor(pseudonym))

    async def _registered(self, erased: dict[str, str]) -> None:
        if (register := self._register) is not None:
            await register.ask(lambda file: file.add(erased))

    async def finish_erasing(self) -> None:
        """Delete what is left of the keys of streams that were erased. Raises `LogUnavailable` when that can't be done now."""
        erased = await self._read(erased_streams)
        await self._aside(self._private, lambda: self.vault.forget_keys(erased))
        await self._aside(self._private, self.vault.settle)

    async def _to_erase_again(self) -> Again | None:
        """What the register says is erased and the log does not, with the register brought to the log; None without one."""
        if (register := self._register) is None:
            return None
        try:
            recorded = await self._read(erasures)
            found = await register.ask(lambda file: bring_together(file, recorded))
            return await self._read(lambda db: to_repeat(db, found.newest))
        except (LogUnavailable, NoRegister) as error:
            _logger.warning("what was erased may come back: %s", error)
            self.without_register = str(error)
            return None

    async def _erase_again(self) -> None:
        """Bring the log to its register, and the register to the log. What can't be done keeps no desk from starting."""
        if (again := await self._to_erase_again()) is None:
            return
        if again.later:
            _logger.warning("%d streams are not erased again: they went on after it was to be done", again.later)
        for name, at in again.names.items():
            with warned(self.not_erased_again):
                await self._forget_name(name, at)
        # All at once, before their records: even where it fails nothing is opened with them.
        with warned(self.not_erased_again):
            await self._aside(self._private, lambda: self.vault.forget_keys(again.ends))
        jobs = [repetition(stream, version, at) for stream, (version, at) in again.streams.items()]
        until = self._loop.time() + RECORDS_S
        while jobs and self._loop.time() < until:
            some, jobs = jobs[:TOGETHER], jobs[TOGETHER:]
            done = await asyncio.gather(*map(self._put, some), return_exceptions=True)
            self.erased_again += sum(isinstance(one, Record | AlreadyRecorded) for one in done)
        with warned(self.not_erased_again):
            if left := len(again.ends) - self.erased_again:
                raise LogUnavailable(f"{NAME}: of {left} streams it is not recorded")

    async def find(self, record_id: str) -> Record | None:
        """As `Log.find`."""
        found = await self._select("id = ?", record_id)
        return check_found(found[0], record_id) if found else None

    async def stream(self, stream: str, after: int = 0) -> list[Record]:
        """As `Log.stream`."""
        return await self._select("stream = ? AND version > ? ORDER BY version", stream, after)

    async def version(self, stream: str) -> int:
        """As `Log.version`."""
        rows = await self._rows("SELECT version FROM heads WHERE stream = ?", stream)
        return rows[0][0] if rows else 0

    async def latest(self, types: Sequence[str]) -> dict[str, Record]:
        """As `Log.latest`."""
        marks = ", ".join("?" * len(types))
        newest = f"seq IN (SELECT max(seq) FROM records WHERE type IN ({marks}) GROUP BY stream)"
        return {record.stream: record for record in await self._select(newest, *types)}

    async def touched(self, prefix: str, since: str) -> list[str]:
        """As `Log.touched`."""
        # Every stream with the prefix sorts below the prefix and the last code point there is.
        query = "SELECT stream FROM heads WHERE stream >= ? AND stream < ? AND at >= ?"
        return [row[0] for row in await self._rows(query, prefix, prefix + "\U0010ffff", since)]

    async def records(self, after: int = 0) -> AsyncIterator[tuple[int, Record]]:
        """As `Log.records`."""
        while found := await self._aside(self._reader, partial(self._page, after)):
            for item in found:
                yield item
            after = found[-1][0]

    def _page(self, after: int) -> list[tuple[int, Record]]:
        query = f"SELECT seq, {COLUMNS} FROM records WHERE seq > ? ORDER BY seq LIMIT {_PAGE}"
        with self._reading.use() as db:
            return [(row[0], record_of(row[1:])) for row in db.execute(query, (after,))]

    def unseal(self, record: Record) -> bytes | None:
        """As `Log.unseal`."""
        with DAMAGE:
            return self.vault.unseal(record)

    async def cursors(self, feed: str) -> dict[str, int]:
        """As `Log.cursors`."""
        rows = await self._rows("SELECT epoch, seq FROM cursors WHERE feed = ?", feed)
        with DAMAGE:
            return {str(epoch): int(seq) for epoch, seq in rows}

    async def set_cursor(self, feed: str, epoch: str, seq: int) -> None:
        """As `Log.set_cursor`."""
        await self._put(Cursor(feed, epoch, seq))

    async def quarantine(self, feed: str, at: str, reason: str, raw: bytes) -> None:
        """As `Log.quarantine`."""
        await self._aside(self._private, lambda: self.vault.quarantine(feed, at, reason, raw))

    async def forget_quarantine(self, before: str) -> int:
        """Delete what was not understood and came before this time; how much that was. Raises `LogUnavailable`."""
        self._written_by()
        return await self._aside(self._private, lambda: self.vault.forget_quarantine(before))

    async def checkpoint(self, at: str) -> Record | None:
        """As `Log.checkpoint`."""
        return await self._put(Checkpoint(at))

    async def close(self) -> None:
        """As `Log.close`."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._finish)

    async def let_go(self) -> None:
        """Close a log that could not be used; one that hangs is left to itself."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LET_GO_S):
                await self.close()

    def _finish(self) -> None:
        self._reader.shutdown()
        self._private.shutdown()
        self._reading.drop()
        if self._writer:
            self._writer.close()  # last: it brings what the WAL holds into the file
        self.vault.close(settled=self._writer is not None)
        if self._lock:
            self._lock.release()

    async def _put(self, job: Job) -> Record | None:
        raise NotImplementedError

    def _written_by(self) -> W:
        if self._closed:
            raise LogUnavailable(f"{NAME}: it was closed")
        if self._writer is None:
            raise LogUnavailable(f"{NAME}: it was opened for reading")
        return self._writer

    async def _aside(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise LogUnavailable(f"{NAME}: it was closed")

        def known() -> T:
            with DAMAGE:
                return work()

        return await self._loop.run_in_executor(threads, known)

    async def _rows(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        return await self._read(lambda db: db.execute(query, values).fetchall())

    async def _select(self, where: str, *values: object) -> list[Record]:
        return await self._read(lambda db: list(select(db, where, values)))

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        def read() -> T:
            with self._reading.use() as db:
                return query(db)

        return await self._aside(self._reader, read)


class SqliteLog(LogFile[Vault, Writer]):
    """The live log: behind one writer thread, durable, with keys that nobody can foresee. Nothing of a training is one."""

    def __init__(
        self,
        path: Path,
        vault: Vault,
        lock: WriteLock | None,
        *,
        make: Callable[[], None] = lambda: None,
        register: Path | Literal["beside", "none"] = "beside",
    ) -> None:
        writer = Writer(path, vault, lock, make=make) if lock else None
        reached = None
        if lock is not None and register != "none":
            file = register_beside(path) if register == "beside" else register
            reached = ReachedRegister(Erasures(file, vault.register_key))
        super().__init__(path, vault, writer, lock, register=reached)
        self._thread = WritingThread(writer, self._loop) if writer else None

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        key_file: Path | None = None,
        reading: bool = False,
        keyless: bool = False,
        register: Path | Literal["beside", "none"] = "beside",
    ) -> "SqliteLog":
        """Open the log at this path, or make it. On a read-only disk an existing log opens for reading, until it can be written.

        `reading`: beside the process that writes it; every method that writes raises `LogUnavailable`. `keyless`: for reading,
        without its private store: nothing sealed opens. Raises `KeyMismatch`, and `LogUnavailable` when another process writes
        it (unless `reading`), it can't be read at all, or it is one of the training room. What the `register` says was erased is
        erased again before anybody has the log: it may be an older backup's. With "none" nothing can be erased.
        """
        if keyless:
            await asyncio.to_thread(check_is_log, Path(path))
            return cls(Path(path), NoVault(), None)
        if reading:
            return cls(Path(path), await asyncio.to_thread(open_vault, Path(path), key_file), None)
        opening = asyncio.ensure_future(asyncio.to_thread(open_writing, Path(path), key_file))
        try:
            vault, lock = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_opened)
            raise
        log = cls(Path(path), vault, lock, register=register)
        try:
            await log._erase_again()
        except BaseException:
            await log.let_go()
            raise
        return log

    @classmethod
    def later(cls, path: Path) -> "SqliteLog":
        """A new log at this path, where nothing can be made now: every method raises `LogUnavailable` until it can be."""
        vault = LateVault.late(path)

        def make() -> None:
            vault.make(path)
            create_log(path)

        return cls(path, vault, WriteLock(path), make=make)

    async def _put(self, job: Job) -> Record | None:
        self._written_by()
        assert self._thread is not None
        return await self._thread.put(job)

    async def close(self) -> None:
        """As `Log.close`."""
        if self._thread is not None:
            self._thread.hand_over()
        await super().close()

    async def _registered(self, erased: dict[str, str]) -> None:
        if self._register is None:
            raise LogUnavailable(f"{NAME}: it was opened without the register of what was erased")
        await super()._registered(erased)

    def _finish(self) -> None:
        if self._thread is not None:
            self._thread.close()
        super()._finish()


def _close_opened(opening: "asyncio.Future[tuple[Vault, WriteLock]]") -> None:
    """What was still being opened when nobody waited for it any more."""
    if not opening.cancelled() and opening.exception() is None:
        vault, lock = opening.result()
        vault.close()
        lock.release()
