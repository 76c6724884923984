"""A whole log from one storage into another, hashes intact: from a file into a cluster's JetStream, or from there into a file."""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from incidents.log import LogDamaged, LogUnavailable, Record
from incidents.log.cluster_access import ClusterAccess
from incidents.log.jetstream import JetStreamLog, make_streams
from incidents.log.local_copy import read, to_live
from incidents.log.private_file import NAME as STORE
from incidents.log.record import encode
from incidents.log.schema import COLUMNS, LIVE, NAME, check_log, record_of
from incidents.log.servers import Servers, subject_of
from incidents.log.shared_keys import SharedKeys
from incidents.log.shared_names import Row, offer
from incidents.log.store import Store, WriteLock, beside
from incidents.log.verify import verify

_CLUSTER = re.compile(r"(nats|tls)://([^/@]+)/([A-Za-z0-9_]{1,64})")
_TOGETHER = 256
_ROUNDS = 5  # without anything new

Progress = Callable[[int, int], None]


async def copy_log(
    source: str,
    target: str,
    *,
    replicas: int,
    key_file: Path | None = None,
    access: ClusterAccess | None = None,
    progress: Progress = lambda done, total: None,
) -> int:
    """Copy a log into an empty one; how many records there are. One of the two is a file, one `nats://HOST:PORT[,...]/NAME`, or
    `tls://` for a cluster that is spoken to by TLS.

    Said again it goes on where it was broken off. Keys and names go along as they are sealed. Raises `ValueError` for what is
    no such pair, `KeyMismatch`, and `LogUnavailable`: then the target is no log to work with.
    """
    there, here = _CLUSTER.fullmatch(target), _CLUSTER.fullmatch(source)
    if (there is None) == (here is None):
        raise ValueError("one of the two must be a file, the other one nats://HOST:PORT[,HOST:PORT...]/NAME")
    match = there or here
    assert match is not None
    addresses, name = [f"{match[1]}://{host}" for host in match[2].split(",")], match[3]
    if there is not None:
        return await _into(Path(source), Servers(addresses, access), name, replicas, progress)
    if await asyncio.to_thread(_is_log, Path(target)):
        raise LogUnavailable(f"{NAME}: it is not empty; a log is copied into an empty one only")
    path = Path(target)
    log = await JetStreamLog.open(path, addresses, name=name, replicas=replicas, key_file=key_file, access=access)
    return await _out_of(log, path)


async def _into(path: Path, servers: Servers, name: str, replicas: int, progress: Progress) -> int:
    lock = WriteLock(path)
    try:
        with Store(path, NAME, writing=False) as store:
            check_log(store)  # also a server's copy: where the cluster lost its disks, that is the log
        lock.acquire()
        if not (await asyncio.to_thread(verify, path)).ok:
            raise LogDamaged(f"{NAME}: it does not verify; `log verify` says why")
        await make_streams(servers, name, replicas)
        keys = SharedKeys(servers, name)
        secret, rows, names = await asyncio.to_thread(_secrets, path)
        if not await keys.offer_secret(secret) and await keys.secret() != secret:
            raise LogUnavailable(f"{NAME}: the cluster's is not empty, and another one")
        await keys.offer(rows)
        for row in names:
            await offer(servers, keys.stream, row)
        return await _records(path, servers, name, progress)
    finally:
        lock.release()
        await servers.close()


async def _records(path: Path, servers: Servers, name: str, progress: Progress) -> int:
    with _read(path) as read_after:
        total, end, idle = read_after.count, await servers.end(name), 0
        while True:
            if end and not await _is(servers, name, end, next(read_after(end - 1, 1), None)):
                raise LogUnavailable(f"{NAME}: the cluster's is not empty, and another one")
            if end >= total:
                return total
            progress(end, total)
            records = read_after(end, _TOGETHER)
            sent = ((subject_of(name, record.stream), encode(record), record.hash) for record in records)
            await servers.put_in_order(sent, end)
            before, end = end, await servers.end(name)
            idle = idle + 1 if end == before else 0
            if idle >= _ROUNDS:
                raise LogUnavailable(f"{NAME}: its cluster takes nothing now")


async def _is(servers: Servers, name: str, seq: int, record: Record | None) -> bool:
    there = await servers.at(name, seq)
    return there is not None and record is not None and read(there) == record


async def _out_of(log: JetStreamLog, path: Path) -> int:
    try:
        await log.catch_up()
    finally:
        await log.close()
    await asyncio.to_thread(to_live, path)
    report = await asyncio.to_thread(verify, path)
    if not report.ok:
        raise LogDamaged(f"{NAME}: it does not verify; `log verify` says why")
    return report.records


def _is_log(path: Path) -> bool:
    if not path.exists():
        return False
    with Store(path, NAME, writing=False) as store, store.use() as db:
        return int(db.execute("PRAGMA application_id").fetchone()[0]) == LIVE


class _Reader:
    """The records of a file, in their order."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.count: int = db.execute("SELECT count(*) FROM records").fetchone()[0]

    def __call__(self, after: int, count: int) -> Iterator[Record]:
        query = f"SELECT {COLUMNS} FROM records WHERE seq > ? ORDER BY seq LIMIT ?"
        return (record_of(row) for row in self._db.execute(query, (after, count)))


@contextmanager
def _read(path: Path) -> Iterator[_Reader]:
    with Store(path, NAME, writing=False) as store, store.use() as db:
        yield _Reader(db)


def _secrets(path: Path) -> tuple[bytes, list[tuple[str, int, bytes]], list[Row]]:
    """The private store's sealed secret, of each stream the newest key that is there, and the names that are."""
    with Store(beside(path, ".private"), STORE, writing=False) as store, store.use() as db:
        secret = db.execute("SELECT sealed FROM secrets WHERE name = 'id key'").fetchone()[0]
        newest = "SELECT stream, since, wrapped FROM keys WHERE n IN (SELECT max(n) FROM keys GROUP BY stream)"
        keys = [row for row in db.execute(newest) if any(row[2])]
        return secret, keys, [row for row in db.execute("SELECT pseudonym, digest, sealed FROM actors") if any(row[1])]
