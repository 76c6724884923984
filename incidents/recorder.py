"""Writing to the log and folding what was written, so that an alarm is shown whether or not the log can be written.

While the log fails, entries are folded with `recorded=False` and held in order; a task writes them as soon as the log takes
them, those of different streams that follow each other at once. Decisions are made on the fold: on a version conflict the
stream is folded up to its head and the decision made again.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic, perf_counter
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.board import Board
from incidents.catching_up import COMMANDED, CatchingUp
from incidents.clock import Clock
from incidents.commands import Decision, Refused
from incidents.desk.repetition import of_draft, same, told
from incidents.log import (
    PARTS,
    AlreadyRecorded,
    Draft,
    Log,
    LogDamaged,
    LogUnavailable,
    Record,
    SharedLog,
    VersionConflict,
)
from incidents.timings import Timings

COMMANDED_WITHIN_S = 2.0  # for a command in a shared log: presses of the same alarm wait behind it
SHOWN_WITHIN_S = 1.0  # an append that takes longer no longer keeps an alarm off the screens
LATE_S, LOOK_S = 3.0, 0.1  # but for as long while the log takes others
RETRY_S = 0.5
AT_ONCE = 256  # held entries that are written together
HELD_AT_MOST = 50_000  # entries of feeds that wait to be written; beyond it the feed keeps what is no press
CONFLICT_S = 2.0  # how long a command folds and tries again

_HAPPENED = ("delivered", "declined", "outside_told")  # what parts of the server say of others, whatever stood there

_logger = logging.getLogger(__name__)

Outcome = Literal["recorded", "held", "repeated"]


class Held(msgspec.Struct, frozen=True):
    """An entry that was shown and waits to be written."""

    stream: str
    draft: Draft
    version: int  # under which it was folded


class Recorder(CatchingUp):
    """The only writer of the log in this process. `close` ends its task after a last try.

    Where other servers write the same log (`shared`) what they write is folded too (`heed`), a command that can't be recorded is
    refused, and once what was held is written, its streams are folded anew in the order that the log has. What a part of the
    server decided on a stream that went on elsewhere is not written: it is decided anew.
    """

    def __init__(
        self, log: Log, board: Board, clock: Clock, name: Callable[[str], str], timings: Timings | None = None
    ) -> None:
        super().__init__(log, board)
        self._failing: Literal["failed", "cut_off"] = "cut_off" if self.shared else "failed"
        self._timings = timings or Timings()
        self._name = name  # a word for a text that reveals nothing of it
        self._clock = clock
        self._held: dict[str, Held] = {}  # by id, in order
        self._held_of: Counter[str] = Counter()  # by stream
        self._silent = False  # the servers of a shared log did not answer a moment ago
        self._elsewhere: set[str] = set()  # streams of which the log has another order than the board
        self._writing: asyncio.Task[None] | None = None
        self._answered = float("-inf")  # when the log took anything last

    async def record(
        self,
        stream: str,
        decide: Callable[[], Decision],
        *,
        id: str,
        source_at: datetime,
        actor: str,
        again: Callable[[], None] = lambda: None,
    ) -> tuple[Outcome, ev.Event | None]:
        """Write the event that `decide` makes of the present fold (None: nothing to do), then fold it.

        `decide` may raise, then nothing is written; it is called again after a conflict. Raises `Refused("busy")` when
        conflicts go on for 2 s. What a feed says under an id that another message used is written under one made of both, and
        `again` is told. So is what a part of the server says under an id that a command took: browsers make those.
        """
        async with self._turn(stream):
            deadline = self._clock.now() + timedelta(seconds=CONFLICT_S)
            used = False  # by another message
            while True:
                held = self._held.get(id)
                foreign = held is not None and _by_another_hand(held.draft.actor, actor)
                if held is not None and actor != "feed" and not foreign:
                    return "held", None
                try:
                    event = decide()
                except Refused:
                    if await self._commanded_before(stream, id, actor):
                        return "repeated", None
                    raise
                if event is None:
                    return "held" if held is not None else "repeated", None
                event = _flagged(event, used)
                draft = ev.draft(event, id=id, at=self._clock.now(), source_at=source_at, actor=actor)
                if held is not None:
                    if not foreign and same(of_draft(held.stream, held.draft), of_draft(stream, draft), id):
                        return "held", None
                    id, used = self._another(stream, draft), True
                    continue
                try:
                    outcome, shown = await self._write(stream, draft, event)
                except AlreadyRecorded as already:
                    if not self._repeats(already.record, stream, draft):
                        id, used = self._another(stream, draft), True
                        continue
                    if already.record.stream == stream and not await self.caught_up(stream, already.record.version):
                        self._hold(stream, draft, event, "a record cannot be read")  # it must be seen all the same
                        return "held", event
                    return "repeated", None
                except VersionConflict as conflict:
                    await self._went_on(stream, conflict.current)
                    if self._clock.now() > deadline:
                        raise Refused("busy") from None
                    continue
                if used:
                    again()
                return outcome, shown

    async def _commanded_before(self, stream: str, id: str, actor: str) -> bool:
        """Whether a command is in the log that comes again since its answer was lost: what it did may forbid it now."""
        try:
            known = await self.log.find(id)
        except LogUnavailable:
            return False
        return known is not None and known.stream == stream and known.actor == actor

    def _repeats(self, record: Record, stream: str, draft: Draft) -> bool:
        """Whether a draft is the record again that has its id. What a person does is one command by its id alone."""
        if draft.actor != "feed":
            return not _by_another_hand(record.actor, draft.actor)
        try:
            sealed = self.log.unseal(record)
        except Exception:  # in as many ways as bytes can be wrong
            sealed = None
        return same(told(record.stream, record, sealed), of_draft(stream, draft), draft.id)

    def _another(self, stream: str, draft: Draft) -> str:
        """The id of what came under an id that was used: the same whenever it comes again."""
        if draft.actor in PARTS and draft.actor != "feed":
            return f"{draft.id}:{draft.actor}"  # no command's id holds a colon
        return f"{draft.id}~{self._name(of_draft(stream, draft).key)}"

    @contextlib.contextmanager
    def commanded(self) -> Iterator[None]:
        """What is recorded within is a person's command, or a claim: two servers that hold one each would both believe that they
        have it."""
        token = COMMANDED.set(True)
        try:
            yield
        finally:
            COMMANDED.reset(token)

    @property
    def _refuses(self) -> bool:
        return self.shared and COMMANDED.get()

    async def watch_servers(self, trouble: Callable[[], str]) -> None:
        """Say whether the servers of a shared log are reached, for ever; `trouble` is somebody else's word, "" while they are."""
        assert isinstance(self.log, SharedLog)
        while True:
            self._silent = False
            if why := self.log.trouble or trouble():
                self._board.recording_is(self._failing, why, len(self._held))
            elif not self._held:
                self._board.recording_is("ok", "", 0)
            await asyncio.sleep(RETRY_S)

    async def _went_on(self, stream: str, version: int) -> None:
        """Fold what others wrote up to this version. Raises Refused for a command when that can't be read now."""
        try:
            await self.catch_up(stream)
        except LogDamaged as damage:
            _logger.warning("a stream could not be read: %s", damage)
        except LogUnavailable as failure:
            if self._refuses:
                raise Refused("cut_off") from failure
            if self.shared:
                self._elsewhere.add(stream)
                self._see_to_what_waits()
            _logger.warning("a stream could not be read: %s", failure)
        self._board.go_on_from(stream, version)

    async def close(self) -> None:
        """Try once more to write what is held, then stop."""
        tasks = [*self._late, *((self._writing,) if self._writing is not None else ())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            while self._held:
                await self._write_foremost()
        except LogUnavailable:
            _logger.error("%d entries could not be written to the log before the end", len(self._held))

    async def _append(self, stream: str, expected: int, draft: Draft) -> Record:
        if getattr(self.log, "at_once", False):
            return await self.log.append(stream, expected, draft)
        began, append = monotonic(), asyncio.ensure_future(self.log.append(stream, expected, draft))
        append.add_done_callback(self._answer)
        await asyncio.wait({append}, timeout=COMMANDED_WITHIN_S if self._refuses else SHOWN_WITHIN_S)
        while not append.done() and monotonic() < min(self._answered + SHOWN_WITHIN_S, began + LATE_S):
            await asyncio.wait({append}, timeout=LOOK_S)  # the log takes others: it, or this server, is at too much
        if not append.done():
            # It may still succeed: the retry then finds the id recorded.
            raise LogUnavailable("the log does not answer")
        return append.result()

    def _answer(self, append: "asyncio.Future[Record]") -> None:
        if not append.cancelled() and append.exception() is None:
            self._answered = monotonic()

    def _entry(self, stream: str, version: int, draft: Draft, event: ev.Event, *, recorded: bool) -> ev.Entry:
        return ev.Entry(
            stream=stream,
            version=version,
            id=draft.id,
            at=datetime.fromisoformat(draft.at),
            source_at=datetime.fromisoformat(draft.source_at),
            actor=draft.actor,
            event=event,
            recorded=recorded,
        )

    async def _write(self, stream: str, draft: Draft, event: ev.Event) -> tuple[Outcome, ev.Event | None]:
        """Write and fold. While entries wait, later ones wait behind them.

        Raises VersionConflict, and AlreadyRecorded: also without writing, what the log has is not shown twice.
        """
        reason = self._board.recording_reason or "entries wait to be written"
        if self._refuses and (self._held or self._silent or stream in self._elsewhere or self._board.recording != "ok"):
            raise Refused("cut_off")
        if not self._held:
            try:
                began = perf_counter()
                record = await self._append(stream, self._board.version(stream), draft)
            except LogUnavailable as failure:
                if self._refuses:
                    self._silent = True
                    raise Refused("cut_off") from failure
                reason = str(failure)
            else:
                self._timings.append.took(perf_counter() - began)
                entry = self._entry(stream, record.version, draft, event, recorded=True)
                if (record.actor, record.open) != (draft.actor, draft.open):  # another server named the person first
                    entry = ev.entry(record, self.log.unseal(record))
                self._fold(entry)
                return "recorded", entry.event
        try:
            if (known := await self.log.find(draft.id)) is not None:
                raise AlreadyRecorded(known)
        except LogUnavailable:
            pass
        if len(self._held) >= HELD_AT_MOST and draft.actor == "feed" and not isinstance(event, ev.PressFacts):
            return "held", None  # not shown either: it is sent again as long as it is not answered otherwise
        self._hold(stream, draft, event, reason)
        return "held", event

    def _fold(self, entry: ev.Entry) -> None:
        began = perf_counter()
        self._show(entry)
        self._timings.folded(entry.stream, entry.id, perf_counter() - began)

    def _hold(self, stream: str, draft: Draft, event: ev.Event, reason: str) -> None:
        version = self._board.version(stream) + 1
        self._held[draft.id] = Held(stream, draft, version)
        self._held_of[stream] += 1
        self._fold(self._entry(stream, version, draft, event, recorded=False))
        self._board.recording_is(self._failing, reason, len(self._held))
        self._see_to_what_waits()

    def _see_to_what_waits(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_held(), name="write held entries")

    async def _write_held(self) -> None:
        while self._held or self._elsewhere:
            try:
                if self._held:
                    await self._write_foremost()
                else:  # what could not be read when it was written
                    await self._anew(next(iter(self._elsewhere)))
            except Exception as failure:
                reason = str(failure) if isinstance(failure, LogUnavailable) else type(failure).__name__
                self._board.recording_is(self._failing, reason, len(self._held))
                await asyncio.sleep(RETRY_S)
        self._board.recording_is("ok", "", 0)

    async def _write_foremost(self) -> None:
        """Write those that wait longest, until one follows another of its stream. Raises what the first that failed did."""
        foremost: dict[str, Held] = {}
        for held in islice(self._held.values(), AT_ONCE):
            if held.stream in foremost:
                break
            foremost[held.stream] = held
        ends = await asyncio.gather(*map(self._write_one, foremost.values()), return_exceptions=True)
        for failure in ends:
            if failure is not None:
                raise failure

    async def _write_one(self, held: Held) -> None:
        draft = held.draft
        try:
            while True:
                try:
                    version = await self.log.version(held.stream)
                    if self.shared and version != held.version - 1 and _decided(draft):
                        mine = False
                        break
                    record = await self.log.append(held.stream, version, draft)
                    # Another server may have named the person first.
                    said = (record.version, record.actor, record.open)
                    mine = said == (held.version, draft.actor, draft.open)
                except AlreadyRecorded as already:
                    record, mine = already.record, False
                    # An append that seemed to fail. Anything else was shown, and what followed it needs it in its place:
                    # but where another server told the same, all of it is folded anew.
                    here = (record.stream, record.version) == (held.stream, held.version)
                    if not here and not (self.shared and self._repeats(record, held.stream, draft)):
                        draft = msgspec.structs.replace(draft, id=self._another(held.stream, draft))
                        continue
                break
        except VersionConflict:
            return  # somebody wrote in between: the next round sees the new version
        del self._held[held.draft.id]
        self._held_of[held.stream] -= 1
        if self.shared and not mine:
            self._elsewhere.add(held.stream)
        self._board.recorded(held.stream, held.draft.id)
        if not self._held_of[held.stream]:
            del self._held_of[held.stream]
            if held.stream in self._elsewhere:
                await self._anew(held.stream)

    async def _anew(self, stream: str) -> None:
        """Fold a stream as the log has it, in the place of what was shown while this server was cut off."""
        async with self._turn(stream):
            try:
                await self.take_anew(stream)
            except LogDamaged as failure:
                _logger.error("what was shown while cut off stays shown: %s", failure)
            self._elsewhere.discard(stream)


def _decided(draft: Draft) -> bool:
    """Whether a part of the server concluded it from what stood there, so that it holds of nothing else."""
    what = draft.open.get("what", draft.type) if draft.type == "together" else draft.type
    return draft.actor in ("watch", "orders") and what not in _HAPPENED


def _by_another_hand(earlier: str, later: str) -> bool:
    """Whether a part of the server would say what it must under an id that somebody else took before it."""
    return later in PARTS and later != "feed" and earlier != later


def _flagged(event: ev.Event, used: bool) -> ev.Event:
    if used and isinstance(event, ev.Raised | ev.Pressed):
        return msgspec.structs.replace(event, flags=f"{event.flags} id_again".strip())
    return event
