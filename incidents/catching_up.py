"""Folding what the log has and the board has not: after a conflict, at a start, and what other servers write to the same log."""

import asyncio
import contextlib
import logging
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from weakref import WeakValueDictionary

from incidents import events as ev
from incidents.board import WATCH, Board
from incidents.bounded import Bounded
from incidents.bulk_records import told_beside
from incidents.listeners import say_fault
from incidents.log import Log, LogDamaged, LogUnavailable, Record, SharedLog

AGAIN_S = 0.5
CAME = 10_000  # records of a shared log, whose ids are remembered
COMMANDED: ContextVar[bool] = ContextVar("commanded", default=False)  # what is recorded now is a person's command

_logger = logging.getLogger(__name__)


class CatchingUp:
    """Brings a board up to a log, one stream at a time. `shared`: other servers write the log too."""

    def __init__(self, log: Log, board: Board) -> None:
        self.log = log
        self.shared = isinstance(log, SharedLog)
        self._board = board
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # while anybody has or wants one
        self._heeded = 0  # the position of the last record of a shared log that was heeded
        self._late: set[asyncio.Task[None]] = set()  # at records whose streams are written to
        self._came: Bounded[str, None] = Bounded(CAME)  # ids
        self._awaited: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()  # by id

    async def catch_up(self, stream: str) -> None:
        """Fold what the log has of a stream beyond the board. Raises LogUnavailable, LogDamaged for what can't be folded."""
        for record in await self.log.stream(stream, self._board.version(stream)):
            self._take(record)

    async def catch_up_if_possible(self, stream: str) -> None:
        """The same before a first write; a log that can't be read now is no reason not to show what happens."""
        try:
            await self.catch_up(stream)
        except LogUnavailable as failure:
            _logger.warning("a stream could not be read: %s", failure)

    async def heed(self, record: Record) -> None:
        """Fold what another server wrote, where the board has anything of its stream; what is the board's already stays.

        Raises LogUnavailable: it is to be heeded again.
        """
        stream = record.stream
        if record.version <= self._board.version(stream):
            return
        async with self._turn(stream):
            known = self._board.version(stream)
            if record.version <= known:
                return
            kind, _, name = stream.partition("/")
            let_go = kind == "incident" and name not in self._board.incidents
            if known == 0 and not _begins(record):
                self._board.tell_followers(stream, record.id)
                return
            try:
                if let_go and record.type == "reopened":
                    await self.take_anew(stream)
                elif record.version == known + 1:
                    self._take(record)
                else:
                    await self.catch_up(stream)
            except LogDamaged as damage:
                _logger.error("what another server wrote is not shown: %s", damage)
                self._board.go_on_from(stream, record.version)

    async def begin(self) -> None:
        """What others write to a shared log from now on is for `follow`. Raises LogUnavailable."""
        if isinstance(self.log, SharedLog):
            self._heeded = await self.log.position()

    async def follow(self) -> None:
        """Heed all that is written to a shared log, for ever. Raises LogUnavailable; called again it goes on where it was."""
        assert isinstance(self.log, SharedLog)
        async for position, record in self.log.follow(self._heeded):
            # What is told of many alarms comes after all that was said of them.
            before = tuple(self._late) if record.stream.startswith(WATCH) else ()
            # What is written to its stream now waits for the log: no other record waits for that.
            if record.version > self._board.version(record.stream) and (before or record.stream in self._locks):
                task = asyncio.create_task(self._take_late(record, before))
                self._late.add(task)
                task.add_done_callback(self._late.discard)
            else:
                await self._take_in(record)
            self._heeded = position

    async def _take_in(self, record: Record) -> None:
        await self.heed(record)
        self._came[record.id] = None
        if (awaited := self._awaited.get(record.id)) is not None:
            awaited.set()

    async def _take_late(self, record: Record, before: Collection[asyncio.Task[None]]) -> None:
        if before:
            await asyncio.wait(before)
        while True:
            try:
                return await self._take_in(record)
            except Exception as error:
                say_fault(error, "what another server wrote")
            await asyncio.sleep(AGAIN_S)

    async def comes(self, record_id: str, within_s: float) -> bool:
        """Wait for a record of this id from a shared log; whether it came. While the log is in trouble nothing is waited for."""
        if record_id not in self._came and self._board.recording == "ok":
            came = self._awaited.setdefault(record_id, asyncio.Event())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await came.wait()
        return record_id in self._came

    async def caught_up(self, stream: str, version: int) -> bool:
        """Catch up if possible; whether the board has this version of the stream then."""
        if self._board.version(stream) < version:
            await self.catch_up_if_possible(stream)
        return self._board.version(stream) >= version

    def _turn(self, stream: str) -> asyncio.Lock:
        """One writer a stream at a time, in the order they came."""
        return self._locks.setdefault(stream, asyncio.Lock())

    async def take_anew(self, stream: str) -> None:
        """Fold a stream as the log has it, in the place of what the board has of it. Raises as `catch_up`."""
        records = await self.log.stream(stream)
        beside = await told_beside(self.log, records) if stream.startswith("incident/") else []
        with _reading():
            entries = [ev.entry(record, self.log.unseal(record)) for record in records]
            self._board.fold_anew(stream, entries, [told for _, told in beside])

    def _take(self, record: Record) -> None:
        with _reading():
            self._show(ev.entry(record, self.log.unseal(record)))

    def _show(self, entry: ev.Entry) -> None:
        token = COMMANDED.set(False)  # what whoever hears of it does is no part of a command
        try:
            self._board.fold(entry)
        finally:
            COMMANDED.reset(token)


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Bytes can be wrong in as many ways as there are; the words of what stumbles over them may quote them."""
    try:
        yield
    except LogUnavailable:
        raise
    except Exception as error:
        raise LogDamaged(f"a record of the log cannot be read ({type(error).__name__})") from error


def _begins(record: Record) -> bool:
    """Whether a stream that the board knows nothing of concerns it: all that stands on it by now, and what begins."""
    kind = record.stream.partition("/")[0]
    return kind in ("device", "feed", "desk") or (kind == "incident" and record.version == 1)
