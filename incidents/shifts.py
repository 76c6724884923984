"""The shifts: which one it is, by the clock on the wall in Belgium, and what happens at their change.

A shift begins at a time of day. On the night the clocks change it is an hour shorter or longer; a time the clocks skip is
taken as the moment just after, one that comes twice as the first.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

import msgspec

from incidents import events as ev
from incidents.board import SHIFTS, Board, Change
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.log import Log, LogUnavailable
from incidents.settings import setting

EVERY_S = 0.5
ELSEWHERE_S = 2.0  # until a test that no page of this server showed is one that none of another showed either
HANDED_OVER_S = 30.0  # until a change of shifts that another server began is taken over from it
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

_logger = logging.getLogger(__name__)


class ShiftTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of shifts: when they start (HH:MM in Belgium), the bench devices whose press tests the whole way, and
    within how many minutes of a start that is due. No start: no shifts. No bench device: no test is asked for."""

    starts: Annotated[tuple[str, ...], setting("when shifts start, HH:MM in Belgium; none: no shifts")] = (
        "07:00",
        "19:00",
    )
    bench_devices: Annotated[
        tuple[str, ...], setting("devices whose press tests the whole way; none: no test is asked for")
    ] = ("AMR-BENCH-1",)
    due_min: Annotated[int, setting("minutes after a shift's start until its test is overdue")] = 30

    def __post_init__(self) -> None:
        for start in self.starts:
            if not _TIME.fullmatch(start):
                raise ValueError("a start of a shift is a time of day, HH:MM")
        if self.due_min < 0:
            raise ValueError("shift.due_min is a number of minutes")


class Shift(msgspec.Struct, frozen=True):
    """From `start` until just before `end`, both UTC."""

    start: datetime
    end: datetime


def shift_at(times: ShiftTimes, now: datetime) -> Shift | None:
    """The shift in which a moment lies; None when there are no shifts."""
    if not times.starts:
        return None
    today = now.astimezone(ev.BRUSSELS).date()
    starts = sorted(
        {
            datetime.combine(today + timedelta(days=days), time.fromisoformat(start), ev.BRUSSELS).astimezone(UTC)
            for days in range(-2, 3)
            for start in times.starts
        }
    )
    return Shift(
        start=max(start for start in starts if start <= now),
        end=min(start for start in starts if start > now),
    )


def test_due(times: ShiftTimes, board: Board, now: datetime) -> datetime | None:
    """Until when this shift's test press is due; None once one passed, or when none is asked for."""
    shift = shift_at(times, now)
    if shift is None or not times.bench_devices:
        return None
    test = board.shift.test
    if test is not None and test.ok and test.at >= shift.start:
        return None
    return shift.start + timedelta(minutes=times.due_min)


class _Press(msgspec.Struct, frozen=True):
    """A bench device's press that no page has shown yet."""

    at: datetime
    travel_ms: int
    feed: str
    id: str


class ShiftWatch:
    """Tells the shifts apart in the log, seals it at their ends, and takes the bench devices' presses as tests.

    A test press alarms like any other; only how soon a page showed it and could be heard is recorded beside. `digest` gives the
    log's digest for the sheet; it may raise LogUnavailable.
    """

    def __init__(
        self,
        desk: Desk,
        log: Log,
        times: ShiftTimes,
        *,
        within_s: float,
        digest: Callable[[], Awaitable[str]],
    ) -> None:
        self.times = times
        self._desk = desk
        self._log = log
        self._within = timedelta(seconds=within_s)
        self._digest = digest
        self._bench = frozenset(times.bench_devices)
        self._presses: dict[str, int] = {}
        self._waiting: dict[str, _Press] = {}
        self._tested: list[tuple[str, ev.ShiftTested]] = []
        self._patience = self._within + timedelta(seconds=ELSEWHERE_S if desk.shared else 0)
        self._changing: tuple[str, datetime] | None = (
            None  # the change that another server is at, and since when we know
        )

    async def run(self) -> None:
        """Watch until cancelled. Errors don't end it."""
        unlisten = self.listen()
        try:
            while True:
                try:
                    await self.tick()
                except Exception:
                    _logger.exception("the shifts' watch stumbled and goes on")
                await asyncio.sleep(EVERY_S)
        finally:
            unlisten()

    def listen(self) -> Callable[[], None]:
        """Begin to hear presses and paintings. What is on the board already was tested or not before. Returns what ends it."""
        for incident in self._desk.board.incidents.values():
            self._presses[incident.id] = incident.presses.count
        unlisten, unpresent = self._desk.board.listen(self._changed), self._desk.listen_presented(self._presented)

        def end() -> None:
            unlisten()
            unpresent()

        return end

    async def tick(self) -> None:
        """Do what is due now."""
        now = self._desk.clock.now()
        for incident, press in list(self._waiting.items()):
            if now - press.at > self._patience:
                del self._waiting[incident]
                self._tested.append((press.id, self._test(press, now, ok=False)))
        while self._tested:
            name, test = self._tested.pop(0)
            await self._desk.note(SHIFTS, test, id=f"{name}-shift-test", actor="watch")
        shift, known = shift_at(self.times, now), self._desk.board.shift
        if shift is None or shift.start == known.start:
            return
        name = f"shift-{ev.stamp(shift.start)}"
        if not self._desk.shared:
            name = f"{name}-{self._desk.board.version(SHIFTS)}"  # a clock that was ahead brings a shift back
        elif known.start is not None and shift.start < known.start:
            return  # the clocks of two servers differ: the one that is ahead changes the shifts
        if known.start is not None and not await self._end(known.start, name, now):
            return
        began = ev.ShiftStarted(start=ev.stamp(shift.start), end=ev.stamp(shift.end))
        await self._desk.note(SHIFTS, began, id=name, actor="watch")

    async def _end(self, start: datetime, name: str, now: datetime) -> bool:
        """End a shift, seal the log and make the sheet. False while another server is at it."""
        board, words = self._desk.board, ev.stamp(start)
        ended = ev.ShiftEnded(start=words)
        outcome, _ = await self._desk.record(SHIFTS, lambda: ended, id=f"{name}-ended", actor="watch")
        if outcome == "repeated" and self._desk.shared:
            if self._changing is None or self._changing[0] != name:
                self._changing = name, now
            if now - self._changing[1] < timedelta(seconds=HANDED_OVER_S):
                return False
        digest = ""
        try:
            await self._log.checkpoint(ev.stamp(self._desk.clock.now()))
            digest = await self._digest()
        except LogUnavailable as failure:
            _logger.warning("no checkpoint at the end of a shift: %s", failure)
        still_open = [incident for incident in board.incidents.values() if incident.unfinished]
        made = ev.SheetMade(
            start=words,
            unacknowledged=board.unowned,
            open=len(still_open),
            technical=len(board.device_alarms),
            gaps=sum(len(gaps) for gaps in board.gaps.values()),
            tested=board.shift.tested,
            digest=digest,
        )
        await self._desk.note(SHIFTS, made, id=f"{name}-sheet", actor="watch")
        return True

    def _changed(self, change: Change) -> None:
        if change.kind == "incident":
            try:
                self._look_at(change)
            except Exception as error:  # the first rule: no fault here may keep a press from being taken
                _logger.error("a press could not be looked at as a test: %s", type(error).__name__)

    def _look_at(self, change: Change) -> None:
        incident = self._desk.board.incidents.get(change.key)
        if incident is None:
            self._presses.pop(change.key, None)
        elif incident.presses.count > self._presses.get(incident.id, 0):
            self._presses[incident.id] = incident.presses.count
            if incident.device in self._bench and incident.presses.feed and not incident.drill:
                self._waiting[incident.id] = _press(incident)

    def _presented(self, incident: str, audible: bool) -> None:
        press = self._waiting.pop(incident, None) if audible else None
        if press is not None:
            self._tested.append((press.id, self._test(press, self._desk.clock.now(), ok=True)))

    def _test(self, press: _Press, now: datetime, *, ok: bool) -> ev.ShiftTested:
        took = round((now - press.at).total_seconds() * 1000)
        incident = press.id.partition("-")[0]
        return ev.ShiftTested(ok=ok, feed=press.feed, took_ms=took, travel_ms=press.travel_ms, incident=incident)


def _press(incident: Incident) -> _Press:
    last = [e for e in incident.history.entries if isinstance(e.event, ev.Raised | ev.Pressed)][-1]
    return _Press(
        at=last.at,
        travel_ms=round((last.at - last.source_at).total_seconds() * 1000),
        feed=incident.presses.feed,
        id=f"{incident.id}-{incident.presses.count}",
    )
