"""Writing to the log and folding what was written, so that an alarm is shown whether or not the log can be written.

While the log fails, entries are folded with `recorded=False` and held in order; a task writes them as soon as the log takes
them. Decisions are made on the fold: on a version conflict the stream is folded up to its head and the decision made again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.board import Board
from incidents.clock import Clock
from incidents.commands import Refused
from incidents.log import AlreadyRecorded, Draft, Log, LogUnavailable, Record, VersionConflict

SHOWN_WITHIN_S = 1.0  # an append that takes longer no longer keeps an alarm off the screens
RETRY_S = 0.5
LOCKS = 10_000  # streams with a lock, before those that nobody waits for are let go of
HELD_AT_MOST = 50_000  # entries of feeds that wait to be written; beyond it the feed keeps what is no press
CONFLICT_S = 2.0  # how long a command folds and tries again

_logger = logging.getLogger(__name__)

Outcome = Literal["recorded", "held", "repeated"]
Decision = ev.Event | None  # None: it is so already, nothing to write


class Held(msgspec.Struct, frozen=True):
    """An entry that was shown and waits to be written."""

    stream: str
    draft: Draft


class Recorder:
    """The only writer of the log in this process. `close` ends its task after a last try."""

    def __init__(self, log: Log, board: Board, clock: Clock) -> None:
        self.log = log
        self._board = board
        self._clock = clock
        self._locks: dict[str, asyncio.Lock] = {}
        self._held: deque[Held] = deque()
        self._held_ids: set[str] = set()
        self._writing: asyncio.Task[None] | None = None

    async def record(
        self,
        stream: str,
        decide: Callable[[], Decision],
        *,
        id: str,
        source_at: datetime,
        actor: str,
    ) -> tuple[Outcome, ev.Event | None]:
        """Write the event that `decide` makes of the present fold (None: nothing to do), then fold it.

        `decide` may raise, then nothing is written; it is called again after a conflict. Raises `Refused("busy")` when
        conflicts go on for 2 s.
        """
        async with self._turn(stream):
            deadline = self._clock.now() + timedelta(seconds=CONFLICT_S)
            while True:
                if id in self._held_ids:
                    return "held", None
                event = decide()
                if event is None:
                    return "repeated", None
                draft = ev.draft(event, id=id, at=self._clock.now(), source_at=source_at, actor=actor)
                if self._held:
                    return await self._hold_new(stream, draft, event)
                try:
                    record = await self._append(stream, self._board.version(stream), draft)
                except AlreadyRecorded as already:
                    if already.record.stream == stream:
                        await self.catch_up(stream)
                    return "repeated", None
                except VersionConflict:
                    await self.catch_up(stream)
                    if self._clock.now() > deadline:
                        raise Refused("busy") from None
                    continue
                except LogUnavailable as failure:
                    return self._hold(stream, draft, event, str(failure))
                self._board.fold(self._entry(stream, record.version, draft, event, recorded=True))
                return "recorded", event

    async def catch_up(self, stream: str) -> None:
        """Fold what the log has of a stream beyond the board."""
        for record in await self.log.stream(stream, self._board.version(stream)):
            self._board.fold(ev.entry(record, self.log.unseal(record)))

    async def catch_up_if_possible(self, stream: str) -> None:
        """The same before a first write; a log that can't be read now is no reason not to show what happens."""
        try:
            await self.catch_up(stream)
        except LogUnavailable as failure:
            _logger.warning("a stream could not be read: %s", failure)

    async def close(self) -> None:
        """Try once more to write what is held, then stop."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        try:
            while self._held:
                await self._write_first()
        except LogUnavailable:
            _logger.error("%d entries could not be written to the log before the end", len(self._held))

    def _turn(self, stream: str) -> asyncio.Lock:
        """One writer a stream at a time, in the order they came."""
        if len(self._locks) > LOCKS:
            self._locks = {name: lock for name, lock in self._locks.items() if lock.locked()}
        return self._locks.setdefault(stream, asyncio.Lock())

    async def _append(self, stream: str, expected: int, draft: Draft) -> Record:
        if getattr(self.log, "at_once", False):
            return await self.log.append(stream, expected, draft)
        append = asyncio.ensure_future(self.log.append(stream, expected, draft))
        done, _ = await asyncio.wait({append}, timeout=SHOWN_WITHIN_S)
        if not done:
            # It may still succeed: the retry then finds the id recorded.
            append.add_done_callback(lambda late: late.cancelled() or late.exception())
            raise LogUnavailable("the log does not answer")
        return append.result()

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

    async def _hold_new(self, stream: str, draft: Draft, event: ev.Event) -> tuple[Outcome, ev.Event | None]:
        """While entries wait, later ones wait behind them; what the log has already is not shown twice."""
        try:
            if await self.log.find(draft.id) is not None:
                return "repeated", None
        except LogUnavailable:
            pass
        if len(self._held) >= HELD_AT_MOST and draft.actor == "feed" and not isinstance(event, ev.PressFacts):
            return "held", None  # not shown either: it is sent again as long as it is not answered otherwise
        return self._hold(stream, draft, event, self._board.recording_reason or "entries wait to be written")

    def _hold(self, stream: str, draft: Draft, event: ev.Event, reason: str) -> tuple[Outcome, ev.Event | None]:
        self._held.append(Held(stream, draft))
        self._held_ids.add(draft.id)
        self._board.fold(self._entry(stream, self._board.version(stream) + 1, draft, event, recorded=False))
        self._board.recording_is("failed", reason, len(self._held))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_held(), name="write held entries")
        return "held", event

    async def _write_held(self) -> None:
        while self._held:
            try:
                await self._write_first()
            except LogUnavailable as failure:
                self._board.recording_is("failed", str(failure), len(self._held))
                await asyncio.sleep(RETRY_S)
        self._board.recording_is("ok", "", 0)

    async def _write_first(self) -> None:
        held = self._held[0]
        try:
            await self.log.append(held.stream, await self.log.version(held.stream), held.draft)
        except AlreadyRecorded:
            pass
        except VersionConflict:
            return  # somebody wrote in between: the next round sees the new version
        self._held.popleft()
        self._held_ids.discard(held.draft.id)
        self._board.recorded(held.stream, held.draft.id)
