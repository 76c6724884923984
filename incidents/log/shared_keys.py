"""The keys of a log that several servers write: each is made once, kept by the cluster, and deleted there for good.

They stand in a stream of their own, wrapped by the master key as in a private store, a subject a log stream: the servers'
secure deletion overwrites a message where it lies. Every server has its own private store, made of what it found there.
"""

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Self

import msgspec

from incidents.log import LogUnavailable
from incidents.log.boxes import secret_in
from incidents.log.follower import Follower
from incidents.log.local_copy import followed_at
from incidents.log.master import KEY_BYTES, KeyMismatch
from incidents.log.private_file import FORMAT, LIVE, SCHEMA, holds_secrets
from incidents.log.private_file import NAME as STORE
from incidents.log.servers import NAME, ApiError, Message, Servers
from incidents.log.shared_names import NamesVault, nothing
from incidents.log.store import Store, beside, create

_TRIES = 20
_TOGETHER = 256
_AGAIN_S = 0.5


class _Wrapped(msgspec.Struct, frozen=True):
    """A stream's key as it stands in the cluster: for records from the version `since` on."""

    stream: str
    since: int
    wrapped: bytes


class _Secret(msgspec.Struct, frozen=True):
    """The log's own secret, sealed under the master key."""

    sealed: bytes


class SharedVault(NamesVault):
    """The private store of one server among several: it makes no key of a stream by itself."""

    def has_key(self, stream: str, version: int) -> bool:
        """Whether a record of this version can be sealed with what is here."""
        held = self._box(stream)
        return held is not None and held[0] <= version

    def wrap_new(self, stream: str) -> bytes:
        """A new key, wrapped by the master key. Raises `LogUnavailable`."""
        return self._newest()[0].wrap.seal(self._random(KEY_BYTES, f"key of {stream}"), stream)

    def adopt(self, keys: Mapping[str, tuple[int, bytes]]) -> None:
        """Keep wrapped keys (`since`, key) that others made. Raises `LogUnavailable`."""
        with self._write_lock, self._writing.use() as db:
            db.execute("BEGIN IMMEDIATE")
            for stream, (since, wrapped) in keys.items():
                row = db.execute("SELECT wrapped FROM keys WHERE stream = ? AND since = ?", (stream, since)).fetchone()
                if row is None and since > self._erased.get(stream, 0):
                    db.execute("INSERT INTO keys (stream, since, wrapped) VALUES (?, ?, ?)", (stream, since, wrapped))
            db.execute("COMMIT")

    def prepare(self, first: Mapping[str, int]) -> None:
        """As `PrivateStore.prepare`; raises `LogUnavailable` where a key is missing: the cluster alone has new ones."""
        if any(not self.has_key(stream, version) for stream, version in first.items()):
            raise LogUnavailable(f"{STORE}: a key was erased meanwhile")
        super().prepare(first)

    @classmethod
    async def shared(cls, log: Path, key_file: Path | None, keys: "SharedKeys") -> Self:
        """This server's private store of the log at this path, with the log's secret of the cluster, or one for it.

        Raises `KeyMismatch` when the master key here is not the one of the others, and `LogUnavailable`.
        """
        path = beside(log, ".private")
        common = await keys.secret()
        if common is None:
            vault = await asyncio.to_thread(cls.open, log, key_file=key_file)
            own = await asyncio.to_thread(_secret_of, path)
            if await keys.offer_secret(own):
                return vault
            vault.close()
            common = await keys.secret()
        if common is None:
            raise LogUnavailable(f"{NAME}: its secret is not there yet")
        await asyncio.to_thread(_take_secret, path, common)
        return await asyncio.to_thread(cls.open, log, key_file=key_file)


class SharedKeys:
    """The stream of keys beside a log's stream `name`."""

    def __init__(self, servers: Servers, name: str) -> None:
        self._servers = servers
        self.stream = f"{name}-KEYS"

    async def make(self, replicas: int) -> None:
        """Make the stream where there is none. Raises `LogUnavailable`."""
        await self._servers.make_stream(self.stream, replicas)

    async def secret(self) -> bytes | None:
        """The log's sealed secret; None where there is none yet."""
        found = await self._servers.last(self.stream, f"{self.stream}.secret")
        return msgspec.json.decode(found.data, type=_Secret).sealed if found else None

    async def offer_secret(self, sealed: bytes) -> bool:
        """Make it the log's, if there is none; whether it is now."""
        return await self._offer(f"{self.stream}.secret", _Secret(sealed))

    async def offer(self, keys: Sequence[tuple[str, int, bytes]]) -> None:
        """Have these keys (stream, `since`, wrapped) in the cluster, where there are none. Raises `LogUnavailable`."""
        for start in range(0, len(keys), _TOGETHER):
            some = (_Wrapped(*key) for key in keys[start : start + _TOGETHER])
            await asyncio.gather(*(self._offer(self._subject(one.stream), one) for one in some))

    async def ready(self, vault: SharedVault, stream: str, version: int) -> None:
        """Have a key here for a record of this version, and in the cluster before. Raises `LogUnavailable`."""
        for tried in range(_TRIES):
            if vault.has_key(stream, version):
                return
            new = version == 1 and not tried  # nearly always nobody has made it
            there = None if new else await self._servers.last(self.stream, self._subject(stream))
            if there is None:
                made = _Wrapped(stream, version, vault.wrap_new(stream))
                if await self._offer(self._subject(stream), made):
                    await self._adopt(vault, [made])
                continue
            await self._adopt(vault, [_wrapped(there)])
            if not vault.has_key(stream, version):
                # Who erased it did not come to delete it.
                await self._servers.delete(self.stream, there.seq)
        raise LogUnavailable(f"{NAME}: no key for its stream can be made now")

    async def fetch(self, vault: SharedVault, streams: Collection[str]) -> None:
        """Have the keys of these streams here, where they have any left. Raises `LogUnavailable`."""
        found = await asyncio.gather(*(self._servers.last(self.stream, self._subject(stream)) for stream in streams))
        if wrapped := [_wrapped(message) for message in found if message is not None]:
            await self._adopt(vault, wrapped)

    async def follow(self, vault: SharedVault) -> None:
        """Keep the keys that others make from now on, as they come, for ever: a record then seldom waits for its key."""
        after = -1
        while after < 0:
            try:
                after = await self._servers.end(self.stream)
            except (LogUnavailable, ApiError):
                await asyncio.sleep(_AGAIN_S)

        async def take(messages: Sequence[Message]) -> None:
            some = []
            for message in messages:
                with contextlib.suppress(LogUnavailable):  # it is none; whoever needs it says so
                    some.append((message.subject, _wrapped(message)))
            await self._adopt(vault, [key for subject, key in some if subject == self._subject(key.stream)])

        only = f"{self.stream}.of.*"
        await Follower(self._servers, self.stream, after, take, nothing, what="its keys", subject=only).run()

    async def forget(self, erased: Mapping[str, int]) -> None:
        """Delete, for good, the keys of streams, given the version of each one's `erased` record. Raises `LogUnavailable`."""
        for stream, version in erased.items():
            there = await self._servers.last(self.stream, self._subject(stream))
            if there is not None and _wrapped(there).since <= version:
                await self._servers.delete(self.stream, there.seq)

    async def left(self) -> set[str]:
        """The subjects that have a key. Raises `LogUnavailable`."""
        found: set[str] = set()
        while True:
            body = {"subjects_filter": f"{self.stream}.of.*", "offset": len(found)}
            answer = await self._servers.ask(f"STREAM.INFO.{self.stream}", body)
            some = (answer["state"].get("subjects") or {}).keys()
            found |= some
            if not some or len(found) >= answer.get("total", 0):
                return found

    def is_left(self, left: Collection[str], stream: str) -> bool:
        """Whether a stream's key is among these subjects."""
        return self._subject(stream) in left

    def _subject(self, stream: str) -> str:
        return f"{self.stream}.of.{hashlib.sha256(stream.encode()).hexdigest()}"

    async def _offer(self, subject: str, what: object) -> bool:
        put = await self._servers.put(subject, msgspec.json.encode(what), id=secrets.token_hex(16), after=0)
        return put.what == "stored"

    async def _adopt(self, vault: SharedVault, found: Collection[_Wrapped]) -> None:
        await asyncio.to_thread(vault.adopt, {one.stream: (one.since, one.wrapped) for one in found})


def open_alone(path: Path, key_file: Path | None) -> SharedVault | None:
    """The private store of a copy that is there already; None where there is none."""
    if not path.exists() or not beside(path, ".private").exists():
        return None
    followed_at(path)
    return SharedVault.open(path, key_file=key_file)


def _wrapped(message: Message) -> _Wrapped:
    try:
        return msgspec.json.decode(message.data, type=_Wrapped)
    except msgspec.DecodeError:
        raise LogUnavailable(f"{NAME}: what stands among its keys is none") from None


def _secret_of(path: Path) -> bytes:
    with Store(path, STORE, writing=False) as store, store.use() as db:
        return secret_in(db) or b""


def _take_secret(path: Path, sealed: bytes) -> None:
    if holds_secrets(path, LIVE) and _secret_of(path) == sealed:
        return
    if holds_secrets(path, LIVE) and _is_used(path):
        raise KeyMismatch("the private store here is another log's than the cluster's")
    create(path, STORE, SCHEMA, FORMAT, LIVE)
    with Store(path, STORE, writing=True) as store, store.use() as db:
        db.execute(
            "INSERT INTO secrets VALUES ('id key', ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed",
            (sealed,),
        )


def _is_used(path: Path) -> bool:
    """Whether anything was kept under the secret that is there."""
    with Store(path, STORE, writing=False) as store, store.use() as db:
        return bool(db.execute("SELECT 1 FROM keys UNION ALL SELECT 1 FROM actors LIMIT 1").fetchone())
