"""The log of a cluster: a stream of NATS JetStream that several servers append to, each with a copy of its own to read from.

A record is a message, a log stream a subject. It is stored only if its subject still ends where its writer saw it end; which of
the messages are records the copies decide (`incidents.log.local_copy`).
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from incidents.log import AlreadyRecorded, Draft, LogDamaged, LogUnavailable, Record, VersionConflict
from incidents.log.cluster_access import ClusterAccess
from incidents.log.damage import DAMAGE
from incidents.log.erasures import ACTOR, Erasures, register_beside
from incidents.log.follower import Follower
from incidents.log.local_copy import (
    End,
    Followed,
    LocalCopy,
    check_same,
    create_copy,
    followed,
    followed_at,
    look,
    read,
)
from incidents.log.record import CHECKPOINT, ERASED, LINE_LIMIT_BYTES, BadRecord, encode, place
from incidents.log.repeating import ReachedRegister, warned
from incidents.log.schema import NAME, erased_streams
from incidents.log.servers import ANSWER_S, WINDOW_S, Message, Put, Servers, subject_of
from incidents.log.shared_keys import SharedKeys, SharedVault, open_alone
from incidents.log.shared_names import SharedNames, names_of
from incidents.log.sqlite import LogFile
from incidents.log.store import Store, WriteLock
from incidents.log.writer import Append, Checkpoint, Cursor, Job, checkpoint_due

REPLICAS = 3
_ROOM_BYTES = 64 << 10  # of a message, for its headers
_STALE_S = WINDOW_S / 2  # a copy older than that may not know an id that the servers have forgotten
_OPENING_S = 5.0  # without anything new: the copy is taken as it is
_READ_S = 1.0  # that a reading waits for what was written here
_TRIES = 50
_IDS = 10_000
_STREAMS = 1_000  # whose last record was written here, before those that came back are let go of
_NOTHING = End()

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class JetStreamLog(LogFile[SharedVault, LocalCopy]):
    """A log in the stream `name` of a cluster, its copy at `path`, with `PATH.private`, `PATH.key` and `PATH.lock` beside it.

    It implements `Log` for any number of servers, each with a `path` of its own and the same master key. Cut off from the cluster
    it goes on being read, and what it can't record raises `LogUnavailable`. How far a feed was handled, and what was not
    understood, each server keeps for itself.
    """

    def __init__(
        self, path: Path, vault: SharedVault, lock: WriteLock, servers: Servers, name: str, register: Path | None
    ) -> None:
        copy = LocalCopy(path)
        erasures = Erasures(register or register_beside(path), vault.register_key)
        super().__init__(path, vault, copy, lock, register=ReachedRegister(erasures))
        self._copy = copy
        self._copying = ThreadPoolExecutor(1, "log-copy")
        self._looking = Store(path, NAME, writing=False)
        self._servers = servers
        self._name = name
        self._keys = SharedKeys(servers, name)
        self._tried: dict[str, int] = {}  # by id: how often the servers were asked to take it
        self._own: dict[str, End] = {}  # the last record of a stream that was written here
        self._under_way = 0
        self._idle = asyncio.Event()  # set, once it is closing, when nothing is under way any more
        self._closing = False
        self._written = self._missed = 0  # the last record that was written here, and where the copy was late with it
        self._follower = Follower(servers, name, followed_at(path).seq, self._take, self._check)
        self._names = SharedNames(servers, self._keys.stream, vault)
        works = self._follower.run(), self._names.follower.run(), self._keys.follow(vault)
        self._following = [asyncio.create_task(work) for work in works]
        self._forgetting: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        path: Path,
        addresses: Sequence[str],
        *,
        name: str = "VIGIE",
        replicas: int = REPLICAS,
        key_file: Path | None = None,
        access: ClusterAccess | None = None,
        register: Path | None = None,
        servers: Servers | None = None,
    ) -> Self:
        """Open the log, or begin it, and bring the copy at this path to its end. While no server answers, the copy alone opens.

        What the `register` of what was erased (beside the log by default) says was erased is erased again before anybody has the
        log; where the copy alone opens nothing of it is opened.
        Raises `KeyMismatch`, and `LogUnavailable` when there is nothing to open, or the cluster's is another log than the copy.
        """
        servers, lock = servers.lend() if servers is not None else Servers(addresses, access), WriteLock(path)
        try:
            lock.acquire()
            try:
                vault = await cls._begin(path, key_file, servers, name, replicas)
            except LogDamaged:
                raise
            except LogUnavailable:
                alone = await asyncio.to_thread(open_alone, path, key_file)
                if alone is None:
                    raise
                vault = alone
            log = cls(path, vault, lock, servers, name, register)
        except BaseException:
            await servers.close()
            lock.release()
            raise
        try:
            log._disuse(await log._read(erased_streams))
            await asyncio.gather(log._catch_up(log._follower), log._catch_up(log._names.follower))
            await log._erase_again()
        except BaseException:
            await log.close()
            raise
        return log

    @staticmethod
    async def _begin(path: Path, key_file: Path | None, servers: Servers, name: str, replicas: int) -> SharedVault:
        await make_streams(servers, name, replicas)
        await check_same(servers, name, await asyncio.to_thread(followed_at, path))
        vault = await SharedVault.shared(path, key_file, SharedKeys(servers, name))
        try:
            create_copy(path)
        except BaseException:
            vault.close()
            raise
        return vault

    async def _erase_again(self) -> None:
        if self._follower.current_at >= 0:
            await super()._erase_again()
            if self.erased_again:
                with warned(self.not_erased_again):
                    await self.finish_erasing()
        elif (again := await self._to_erase_again()) is not None:  # the cluster may know that it was not done
            self._disuse({**again.ends, **{f"{ACTOR}{name}": 1 for name in again.names}})

    async def _catch_up(self, follower: Follower) -> None:
        seen = -1
        while follower.current_at < 0 and seen != follower.after:
            seen = follower.after
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_OPENING_S):
                    while follower.current_at < 0 and seen == follower.after and not follower.trouble:
                        await follower.moved.wait()
            if isinstance(follower.failure, LogDamaged):
                raise follower.failure

    async def catch_up(self) -> None:
        """Wait until the copy has all that is in the cluster now. Raises `LogUnavailable` when it stands still."""
        end, seen = await self._servers.end(self._name), -1
        while self._follower.after < end:
            if seen == self._follower.after:
                raise LogUnavailable(self._follower.trouble or f"{NAME}: its cluster delivers nothing now")
            seen = self._follower.after
            await self._follower.reached(end, _OPENING_S)

    async def follow(self, after: int = 0) -> AsyncIterator[tuple[int, Record]]:
        """As `SharedLog.follow`."""
        while True:
            moved = self._follower.moved
            # Whoever follows waits for nothing that was written here meanwhile.
            while found := await super()._aside(self._reader, partial(self._page, after)):
                for after, record in found:
                    yield after, record
            await moved.wait()

    async def version(self, stream: str) -> int:
        """As `Log.version`. What was written here counts before it is in the copy."""
        self._written_by()
        end, own = self._look(stream, self._subject(stream), "")[0], self._own.get(stream, _NOTHING)
        return max(own.version, end.version) if own.seq > self._follower.after else end.version

    async def position(self) -> int:
        """As `SharedLog.position`."""
        return int((await self._rows("SELECT coalesce(max(seq), 0) FROM records"))[0][0])

    @property
    def trouble(self) -> str:
        """As `SharedLog.trouble`."""
        return self._follower.trouble

    async def erase(
        self, stream: str, *, id: str, at: str, actor: str, rule: str = "", expected_version: int | None = None
    ) -> Record:
        """As `LogFile.erase`; also deletes the key from the cluster. Every other server deletes its own as soon as it follows."""
        record = await super().erase(stream, id=id, at=at, actor=actor, rule=rule, expected_version=expected_version)
        await self._keys.forget({stream: record.version})
        return record

    async def _forget_name(self, pseudonym: str, at: str) -> bool:
        """Also from the cluster: a record in a stream of its own tells every server."""
        known = self.vault.name_of(pseudonym) is not None
        stream = f"{ACTOR}{pseudonym}"
        if not await self.version(stream):
            draft = Draft(id=f"forgotten/{pseudonym}", at=at, source_at=at, actor="register", type=ERASED, open={})
            with contextlib.suppress(AlreadyRecorded, VersionConflict):
                await self._put(Append(stream, 0, draft))
        elif not known:
            return False
        await self._names.forget([pseudonym])
        await super()._forget_name(pseudonym, at)
        return known

    async def finish_erasing(self) -> None:
        """As `LogFile.finish_erasing`, in the cluster too."""
        await super().finish_erasing()
        left = await self._keys.left()
        erased = await self._read(erased_streams)
        await self._keys.forget({stream: n for stream, n in erased.items() if self._keys.is_left(left, stream)})
        names = names_of(erased)
        await self._names.forget(names)
        for name in names:
            await super()._forget_name(name, "")

    async def close(self) -> None:
        """As `Log.close`."""
        if not self._closing:
            self._closing = True
            self._idle.clear()
            if self._under_way:
                await self._idle.wait()
            for task in self._following:
                task.cancel()
            await asyncio.gather(*self._following, *self._forgetting, return_exceptions=True)
            await self._servers.close()
            await super().close()

    def _finish(self) -> None:
        self._copying.shutdown()
        self._looking.drop()
        super()._finish()

    async def _aside(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        """Reading sees what was written here before; cut off, what the copy has."""
        follower = self._follower
        behind = follower.after < self._written != self._missed and not follower.trouble
        if threads is self._reader and behind and self._servers.connected:
            # Waited for once: a cut in the wrong moment would hold up every press.
            self._missed = 0 if await follower.reached(self._written, _READ_S) else self._written
        return await super()._aside(threads, work)

    async def _put(self, job: Job) -> Record | None:
        self._written_by()
        if self._closing:
            raise LogUnavailable(f"{NAME}: it was closed")
        self._under_way += 1
        try:
            return await self._do(job)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _do(self, job: Job) -> Record | None:
        if isinstance(job, Cursor):
            await self._reach(self._written)  # a backup of the copy counts a feed no further than its records
            await super()._aside(self._copying, partial(self._copy.keep, job))
            return None
        if asyncio.get_running_loop().time() - self._follower.current_at > _STALE_S:
            raise LogUnavailable(self._follower.trouble or f"{NAME}: this server's copy is not at its end yet")
        return await (self._append(job) if isinstance(job, Append) else self._seal(job))

    async def _append(self, job: Append) -> Record:
        stream, draft = job.stream, job.draft
        subject = self._subject(stream)
        draft = await self._names.agreed(draft)
        made: set[str] = set()  # hashes of what may have been taken from here
        seen = False
        for _ in range(_TRIES):
            # Chained to nothing that the copies may yet pass over.
            await self._reach(self._own.get(stream, _NOTHING).seq)
            end, found = self._look(stream, subject, draft.id)
            if found is not None:
                if found.hash in made:
                    return found
                raise AlreadyRecorded(found)
            if job.expected not in (None, end.version):
                if seen:
                    raise VersionConflict(stream, end.version)
                seen = True
                await self._reach(await self._servers.end(self._name))  # another stream may have the id by now
                continue
            if draft.sealed:
                await self._keys.ready(self.vault, *self.vault.place(stream, end.version + 1, draft.at))
            sealed = self.vault.seal(stream, end.version + 1, draft.sealed, draft.at) if draft.sealed else ""
            record = place(draft, stream, end.version + 1, sealed, end.hash)
            tried = self._tried.get(draft.id, 0)
            put = await self._send(subject, record, tried, after=end.seq)
            if put.what == "stored" and not put.doubtful and not tried:
                self._wrote(record, put.seq)
                return record
            # Whoever was in doubt, or tried again, looks what the copies make of it.
            if put.doubtful or put.what == "stored":
                made.add(record.hash)
            if len(self._tried) > _IDS:
                self._tried.clear()
            self._tried[draft.id] = tried + 1
            await self._reach(put.seq or await self._servers.end(self._name))
        raise LogUnavailable(f"{NAME}: too many write to its stream at once")

    async def _seal(self, job: Checkpoint) -> Record | None:
        for tried in range(_TRIES):
            await self._reach(await self._servers.end(self._name))
            end = self._follower.after
            draft, last = await super()._aside(self._reader, partial(self._due, job.at))
            if draft is None:
                return None
            record = place(draft, CHECKPOINT, last.version + 1, "", last.hash)
            put = await self._send(self._subject(CHECKPOINT), record, tried, after_all=end)
            if put.what == "stored":
                self._wrote(record, put.seq)
                return record
        raise LogUnavailable(f"{NAME}: too much is written for a checkpoint")

    def _due(self, at: str) -> tuple[Draft | None, End]:
        with self._reading.use() as db:
            db.execute("BEGIN")
            found = checkpoint_due(db, at), look(db, CHECKPOINT, self._subject(CHECKPOINT), "")[0]
            db.execute("COMMIT")
            return found

    async def _send(
        self, subject: str, record: Record, tried: int, *, after: int | None = None, after_all: int | None = None
    ) -> Put:
        line = encode(record)
        if len(line) > LINE_LIMIT_BYTES:
            raise BadRecord(f"the record is over {LINE_LIMIT_BYTES} bytes")
        # An id that came too late once is never taken again under the same name.
        name = hashlib.sha256(record.id.encode()).hexdigest() + (f"-{tried}" if tried else "")
        return await self._servers.put(subject, line, id=name, after=after, after_all=after_all)

    def _wrote(self, record: Record, seq: int) -> None:
        self._written = max(self._written, seq)
        if len(self._own) > _STREAMS:
            self._own = {stream: last for stream, last in self._own.items() if last.seq > self._follower.after}
        self._own[record.stream] = End(record.version, record.hash, seq)
        if record.type == ERASED:
            self._disuse({record.stream: record.version})

    def _disuse(self, erased: dict[str, int]) -> None:
        """Open nothing of these streams with a key of before, and name nobody whose name is among them."""
        self.vault.disuse_keys(erased)
        self.vault.disuse_names(names_of(erased))

    def _look(self, stream: str, subject: str, record_id: str) -> tuple[End, Record | None]:
        """The end of a stream, and the record that has the id by now.

        Read in the event loop: four keys of a local file cost less than a thread to read them in.
        """
        with DAMAGE, self._looking.use() as db:
            return look(db, stream, subject, record_id)

    async def _reach(self, seq: int) -> None:
        if self._follower.after < seq and not await self._follower.reached(seq, ANSWER_S):
            raise LogUnavailable(self._follower.trouble or f"{NAME}: this server's copy is not at its end yet")

    async def _check(self) -> None:
        """Refuse to follow another log than the copy's. Raises `LogDamaged`."""
        await check_same(self._servers, self._name, await super()._aside(self._reader, self._followed))

    def _followed(self) -> Followed:
        with self._reading.use() as db:
            return followed(db)

    async def _take(self, messages: Sequence[Message]) -> None:
        """What the cluster has next, into the copy: with the keys and names it needs, without those it says are erased."""
        read_of = [(message, read(message)) for message in messages]
        records = [record for _, record in read_of if record is not None]
        keys = {self.vault.place(record.stream, record.version, record.at) for record in records if record.sealed}
        new = {key for key, since in keys if not self.vault.has_key(key, since)}
        if new:
            await self._keys.fetch(self.vault, new)
        await self._names.meet({record.actor for record in records})
        await super()._aside(self._copying, partial(self._copy.write, read_of))
        if erased := [record for record in records if record.type == ERASED]:
            self._disuse({record.stream: record.version for record in erased})
            self._forgetting.add(task := asyncio.create_task(self._forget(erased)))
            task.add_done_callback(self._forgetting.discard)

    async def _forget(self, erased: Sequence[Record]) -> None:
        """Have the register here say what any server erased, and let go of it here. Nobody waits: its disk may hang."""
        ends = {record.stream: record.version for record in erased}
        try:
            await self._registered({record.stream: record.at for record in erased})
        except LogUnavailable as error:  # the next start has it from the log
            _logger.warning("what was erased is not in the register here yet: %s", error)
        try:
            await super()._aside(self._private, partial(self.vault.forget_keys, ends))
            for name in names_of(ends):
                await super()._forget_name(name, "")
        except LogUnavailable:
            _logger.warning("what was erased could not be deleted here yet")

    def _subject(self, stream: str) -> str:
        return subject_of(self._name, stream)


async def make_streams(servers: Servers, name: str, replicas: int) -> None:
    """Have the cluster keep a log of this name. Raises `LogUnavailable`."""
    await servers.client()
    if servers.largest < LINE_LIMIT_BYTES + _ROOM_BYTES:
        raise LogUnavailable(f"{NAME}: its cluster's max_payload must be {LINE_LIMIT_BYTES + _ROOM_BYTES} at least")
    await servers.make_stream(name, replicas, deny_delete=True, deny_purge=True)
    await SharedKeys(servers, name).make(replicas)
