"""An SQLite file that the servers of a cluster share through a stream of JetStream: each has a copy, from which all is read.

What is changed in a copy, by whomever, is put into the stream if the copy has all that stands there; what stands there is written
into every copy. So the cluster decides which of two changes came first. A message is sealed under a key that only who has the
master key can open, and bound to its place: none can be forged, moved or said again.
"""

import asyncio
import contextlib
import hmac
import logging
import os
import random
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag

from incidents.log import LogUnavailable
from incidents.log.follower import Follower
from incidents.log.master import KEY_BYTES, KeyMismatch, Master, fresh, load_all
from incidents.log.servers import ANSWER_S, NAME, ApiError, Message, Put, Servers
from incidents.log.shared_groups import Group, Name, Shape
from incidents.log.shared_rows import Elsewhere, SharedRows
from incidents.together import together

EVERY_S = 0.1  # between two looks at the file
_AGAIN_S = 0.5
_CLEAN_S = 600.0  # between two looks for what is to be deleted, when nothing was taken
_UNSETTLED_S = 10.0  # before a file that could not be written anew is
_TRIES = 10
_TOGETHER, _TOGETHER_BYTES = 1024, 8 << 20  # of what is put at once
_DELETED = 256  # at once
_ROOM_BYTES = 64 << 10  # of a message, for its headers and its seal
_PURPOSE = "shared files"

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class SharedFile:
    """The file at `path` and the stream `stream`. Keep `run()` going; wait for `filled` before anybody reads the file.

    `key_file` holds the master key, the same on every server. `servers` is not closed here.
    """

    def __init__(
        self, path: Path, shape: Shape, servers: Servers, stream: str, *, key_file: Path, replicas: int = 3
    ) -> None:
        self._shape, self._servers, self.stream = shape, servers, stream
        self._key_file, self._replicas = key_file, replicas
        self._rows = SharedRows(path, shape, secrets.token_hex(8))
        self._thread = ThreadPoolExecutor(1, f"shared-{stream}")
        self._filled = asyncio.Event()
        self._trouble = ""
        self._epoch = ""
        self._follower: Follower | None = None
        self._key_seen: tuple[int, int] | None = None
        self._too_large = 0
        self._clean_at = 0.0

    @property
    def trouble(self) -> str:
        """Why what is changed here, or elsewhere, can't be shared now; "" while it is."""
        large = f"{self._shape.name}: {self._too_large} of its groups are too large to be shared"
        return self._trouble or (self._follower.trouble if self._follower else "") or (large if self._too_large else "")

    async def filled(self, within_s: float) -> bool:
        """Wait until the file has all that was shared before, and the cluster what is here alone. Whether it came to that."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._filled.wait()
        return self._filled.is_set()

    async def run(self) -> None:
        """Share until cancelled, once. Cut off from the cluster the file goes on being read and written; that is shared later."""
        try:
            while True:
                try:
                    await self._run()
                except (Elsewhere, ApiError, KeyMismatch, LogUnavailable, OSError) as error:
                    self._say(error)
                await asyncio.sleep(_AGAIN_S)
        finally:
            await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
            self._rows.close()

    async def _run(self) -> None:
        await self._servers.make_stream(self.stream, self._replicas, deny_purge=True)
        await self._unlock()
        self._epoch, last = await self._look()
        after = await self._aside(partial(self._rows.begin, self._epoch, last))
        self._follower = Follower(
            self._servers,
            self.stream,
            after,
            self._take,
            self._check,
            what=self._shape.name,
            ends=(Elsewhere, KeyMismatch),
        )
        await together(self._follower.run, partial(self._share, self._follower))

    async def _share(self, follower: Follower) -> None:
        while True:
            more = False
            try:
                if _stamp(self._key_file) != self._key_seen:
                    await self._unlock()
                if follower.current_at > float("-inf"):
                    more = await self._put_changes(follower)
                    if not more:
                        self._filled.set()
                    await self._clean()
                self._trouble = ""
            except (LogUnavailable, ApiError, KeyMismatch) as error:
                self._say(error)
                await asyncio.sleep(_AGAIN_S)
            if not more:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_S):
                        await follower.moved.wait()

    async def _put_changes(self, follower: Follower) -> bool:
        """Whether there may be more."""
        after, largest = follower.after, self._servers.largest - _ROOM_BYTES
        limits = {"most": _TOGETHER, "largest": largest, "together": _TOGETHER_BYTES}
        groups = await self._aside(lambda: self._rows.changes(after, time.time(), **limits))
        self._note_large(self._rows.too_large)
        if not groups:
            return False
        answers = await self._servers.put_in_order(
            (self._sealed(group, after + n) for n, group in enumerate(groups, 1)), after
        )
        stored = max((put.seq for put in answers if isinstance(put, Put)), default=0)
        if not await follower.reached(stored or after + 1, ANSWER_S):
            raise next((error for error in answers if isinstance(error, LogUnavailable)), _silent())
        if not stored:  # somebody else was faster
            await asyncio.sleep(random.uniform(0, EVERY_S))
        return True

    def _sealed(self, group: Group, seq: int) -> tuple[str, bytes, str]:
        """A group as the message that it is at this position."""
        subject = self._subject(group.kind, group.name)
        return subject, self._box.seal(msgspec.msgpack.encode(group), f"{subject} {seq}"), secrets.token_hex(16)

    async def _clean(self) -> None:
        """Delete, for good, messages that were replaced; every server does, so that no one of them must live for it."""
        now = asyncio.get_running_loop().time()
        if now < self._clean_at:
            return
        try:
            settled = await self._aside(self._rows.settle)
            self._clean_at = now + (_CLEAN_S if settled else 0)
        except LogUnavailable as error:  # as where there is no room for a second copy: all is shared the same
            _logger.warning("%s: what was overwritten may stand in its file yet: %s", self._shape.name, error)
            self._clean_at = now + _UNSETTLED_S
        while seqs := await self._aside(partial(self._rows.replaced, time.time(), _DELETED)):
            await asyncio.gather(*(_delete(self._servers, self.stream, seq) for seq in seqs))
            await self._aside(partial(self._rows.deleted, seqs))

    async def _take(self, messages: Sequence[Message]) -> None:
        assert self._follower is not None
        opened = [(message.seq, self._opened(message)) for message in messages]
        self._clean_at = 0.0
        lost = await self._aside(partial(self._rows.take, opened, self._follower.after))
        if lost:
            _logger.warning("%s: changes made here were undone, others came first: %d", self._shape.name, lost)

    def _opened(self, message: Message) -> Group | None:
        if message.subject == self._secret:
            return None
        try:
            plain = self._box.open(message.data, f"{message.subject} {message.seq}")
            return msgspec.msgpack.decode(plain, type=Group)
        except (InvalidTag, ValueError):
            _logger.warning("%s: message %d of its stream is none of ours", self._shape.name, message.seq)
            return None

    async def _check(self) -> None:
        """Raises `Elsewhere` when the stream is another one by now, or lost its end."""
        assert self._follower is not None
        try:
            epoch, last = await self._look()
        except ApiError as error:
            raise Elsewhere from error
        if epoch != self._epoch or last < self._follower.after:
            raise Elsewhere

    async def _look(self) -> tuple[str, int]:
        """What tells the stream from another of its name, and the position of its last message."""
        found = await self._servers.ask(f"STREAM.INFO.{self.stream}")
        return str(found["created"]), int(found["state"]["last_seq"])

    @property
    def _secret(self) -> str:
        return f"{self.stream}.secret"

    async def _unlock(self) -> None:
        """Have the stream's own key. While the master key is rotated it is sealed under the new one."""
        seen = _stamp(self._key_file)
        masters = await asyncio.to_thread(load_all, self._key_file, fresh)
        own = await _own_key(self._servers, self.stream, masters)
        self._box, self._names = own.box("groups"), own.key("names")
        self._key_seen = seen

    def _subject(self, kind: str, name: Name) -> str:
        which = f"{kind} ".encode() + (name if isinstance(name, bytes) else name.encode())
        return f"{self.stream}.of.{hmac.digest(self._names, which, 'sha256').hex()}"

    def _note_large(self, count: int) -> None:
        if count > self._too_large:
            _logger.error("%s: too large to be shared, they stay on this server alone: %d", self._shape.name, count)
        self._too_large = count

    def _say(self, error: BaseException) -> None:
        why = (
            f"{self._shape.name}: it is shared from the beginning again" if isinstance(error, Elsewhere) else str(error)
        )
        if why != self._trouble:
            _logger.warning("what is changed is not shared now: %s", why)
        self._trouble = why

    async def _aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def rewrap(servers: Servers, stream: str, old: Master, new: Master) -> None:
    """Seal the own key of a stream of shared files under a new master key; nothing where there is no stream.

    Raises `KeyMismatch` when neither opens it, and `LogUnavailable`.
    """
    try:
        await servers.ask(f"STREAM.INFO.{stream}")
    except ApiError:
        return
    if await servers.last(stream, f"{stream}.secret") is not None:
        await _own_key(servers, stream, [new, old])


async def _own_key(servers: Servers, stream: str, masters: Sequence[Master]) -> Master:
    """The key of a stream, made if there is none, sealed under the first of these. Raises `KeyMismatch`, `LogUnavailable`."""
    subject, word = f"{stream}.secret", secrets.token_hex(16)
    for _ in range(_TRIES):
        there = await servers.last(stream, subject)
        if there is None:
            made = masters[0].box(_PURPOSE).seal(os.urandom(KEY_BYTES), stream)
            await servers.put(subject, made, id=word, after=0)
            continue
        for n, master in enumerate(masters):
            with contextlib.suppress(InvalidTag, ValueError):
                secret = master.box(_PURPOSE).open(there.data, stream)
                if n and not await _reseal(servers, stream, there, masters[0].box(_PURPOSE).seal(secret, stream)):
                    break
                return Master(secret, fresh)
        else:
            raise KeyMismatch(f"{NAME}: what its servers share was begun with another master key")
    raise LogUnavailable(f"{NAME}: what its servers share can't be opened now")


async def _reseal(servers: Servers, stream: str, there: Message, sealed: bytes) -> bool:
    put = await servers.put(there.subject, sealed, id=secrets.token_hex(16), after=there.seq)
    if put.what == "stored":
        await _delete(servers, stream, there.seq)
    return put.what == "stored"


async def _delete(servers: Servers, stream: str, seq: int) -> None:
    try:  # without `no_erase`: its bytes are overwritten
        await servers.ask(f"STREAM.MSG.DELETE.{stream}", {"seq": seq})
    except ApiError as error:  # as another server has deleted it, of which the error's number says nothing
        if await servers.at(stream, seq) is not None:
            raise LogUnavailable(f"{NAME}: a message can't be deleted now ({error.code})") from error


def _silent() -> LogUnavailable:
    return LogUnavailable(f"{NAME}: its cluster delivers nothing now")


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
