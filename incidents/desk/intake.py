"""What becomes of every message of a feed (the table of docs/protocol.md), message by message.

A press always ends in the log exactly once. Messages of one device are taken in the order they came; those of different
devices side by side.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, get_args
from weakref import WeakValueDictionary

import msgspec
from msgspec.structs import replace

from incidents import events as ev
from incidents.board import Board
from incidents.bounded import Bounded
from incidents.case import Case
from incidents.clock import Clock
from incidents.desk.crossings import Crossings, Kept
from incidents.desk.placing import Placing
from incidents.desk.record_facts import press_facts, zone_facts
from incidents.desk.repetition import heard_by_another, own_incident, written
from incidents.devices import now
from incidents.devices.announced import mark
from incidents.fold.clocks import counted, wrongs
from incidents.incident import Incident
from incidents.intervals import HELD_UP_S
from incidents.log import LogUnavailable
from incidents.messages import (
    CallReport,
    DeviceReport,
    Fix,
    FixReport,
    Message,
    OrderReport,
    PressReport,
    PressValue,
    Receipt,
    UnitReport,
)
from incidents.orders import ordered, stood_down
from incidents.ports import CaseSource, Identities, Placed
from incidents.presence.turns import Turns
from incidents.recorder import Recorder

ALARMING: frozenset[PressValue] = frozenset({"long", "hold", "double"})
LEAST_M = 2_000.0  # a zone nearer than this to her circle may be hers: she walks, and no border is a wall
CAR_M_S = 30.0  # she may be in a car
EARLY_CALL_S = 120  # a call that came before its press is joined to it for so long
EARLY = 1_000  # calls that wait for their press
COUNTED = 50_000  # devices whose incidents are counted; of any other the log is asked
CONDITIONS: dict[str, ev.Condition] = {name: name for name in get_args(ev.Condition)}

_logger = logging.getLogger(__name__)


class _Otherwise(Exception):
    """Before it was this press's turn its incident was closed, or another receiver's feed brought it."""


class Intake:
    """Takes the messages of all feeds. `counts` says what was dropped, by kind of message."""

    def __init__(
        self,
        recorder: Recorder,
        board: Board,
        *,
        clock: Clock,
        placing: Placing,
        cases: CaseSource,
        identities: Identities,
        has_address: Callable[[str], bool],
        kept: Kept,
        whose: Turns,
        alarming: frozenset[PressValue] = ALARMING,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._recorder = recorder
        self._board = board
        self._clock = clock
        self.placing = placing
        self._cases = cases
        self._identities = identities
        self._has_address = has_address
        self._whose = whose  # which of several servers writes it
        self._alarming = alarming
        self._crossings = Crossings(placing, lambda incident: self.case_of(incident.device, incident.case), kept)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # while anybody has or wants one
        self._incident_count: dict[str, int] = Bounded(COUNTED)
        self._early_calls: dict[str, tuple[datetime, CallReport]] = Bounded(EARLY)

    async def receive(self, message: Message) -> Receipt:
        """What became of a message. Data never raises; a press that can't be written is shown and `held`."""
        report = message.report
        self._hear(message)
        match report:
            case PressReport():
                turns, take = [report.device], self._press(message, report)
            case FixReport():
                turns, take = [report.device], self._fix(message, report)
            case CallReport():
                turns, take = [report.device], self._call(message, report)
            case DeviceReport():
                turns, take = [report.device], self._device(message, report)
            case UnitReport():
                turns, take = [f"unit {report.unit}"], self._unit(message, report)
            case OrderReport():
                # Its unit's next word waits for it, the unit's first: whose an accepted unit is stands in the log by then.
                unit = f"unit {report.unit}" if report.unit else None
                turns, take = [unit, f"order {report.order}"], self._order(message, report)
        async with contextlib.AsyncExitStack() as stack:
            for turn in filter(None, turns):
                await stack.enter_async_context(self._turns.setdefault(turn, asyncio.Lock()))
            receipt = await take
        if receipt == "dropped":
            self.counts[str(report.__struct_config__.tag)] += 1
        return receipt

    def _hear(self, message: Message) -> None:
        """Note that its device was heard. No fault in that may keep a press from being taken."""
        try:
            if (told := now.of_message(message, self._clock.now())) is not None:
                self._board.hear(told)
        except Exception as error:
            _logger.error("what a device said could not be noted: %s", type(error).__name__)

    def far(self, incident: Incident, zone: str, no_help: Callable[[str], bool]) -> bool:
        """Whether she cannot be in a zone: her circle, grown by what a car drives since, touches it nowhere.

        Nothing is far when no position says so, or when nobody comes from any zone that she may be in: then the next is meant.
        """
        fix, at = incident.position.fix, incident.position.at
        if fix is None or at is None:
            return False
        driven_m = CAR_M_S * max(0.0, (self._clock.now() - at).total_seconds())
        placed = self.placing.at(replace(fix, radius=max(fix.radius or 0.0, LEAST_M) + driven_m))
        if placed is None or placed.probability is None:
            return False
        near = {placed.zone, *(one.zone for one in placed.neighbours)}
        return zone not in near and not all(no_help(one) for one in near)

    def case_of(self, device: str | None, number: str | None) -> Case | None:
        """The case a press names, else the one its device belongs to."""
        named = self._cases.by_number(number) if number else None
        return named or (self._cases.by_device(device) if device else None)

    async def _record(
        self, stream: str, decide: Callable[[], ev.Event | None], message: Message, part: int = 1
    ) -> Receipt:
        name = f"{message.feed}/{message.id}" + (f"#{part}" if part > 1 else "")

        async def write(there: bool) -> Receipt:
            if there and written(self._board, stream, message, name):
                return "repeated"
            say, record = partial(self._board.id_again, message.feed), self._recorder.record
            return (await record(stream, decide, id=name, source_at=message.at, actor="feed", again=say))[0]

        # What only follows from a message, and what is so already, nobody waits for.
        if part > 1 or (isinstance(message.report, DeviceReport) and decide() is None):
            return await write(False)
        return await self._whose.take(getattr(message.report, "device", None) or message.id, name, message.feed, write)

    async def _press(self, message: Message, report: PressReport) -> Receipt:
        if report.press not in self._alarming:
            return await self._record(
                self.device_stream(report.device), lambda: ev.PressLogged(**press_facts(message, report)), message
            )
        own = self._identities.incident_id_for_message(own_incident(message, report))
        while True:
            if heard := heard_by_another(self._board, message, report, self._clock.now()):
                return "repeated" if heard.recorded else "held"
            stream, n = await self._incident_stream(message, report)
            name = stream.removeprefix("incident/")

            def decide(name: str = name, n: int = n) -> ev.Event | None:
                joined = self._board.incidents.get(name)
                closed = joined is not None and name != own and not joined.open
                if closed or heard_by_another(self._board, message, report, self._clock.now()):
                    raise _Otherwise
                if joined is None:
                    return self._raised(message, report, n)
                # Nobody else's: this press opened it.
                return None if name == own else self._pressed(message, report)

            try:
                receipt = await self._record(stream, decide, message)
            except _Otherwise:
                continue
            break
        # One that is held already, of an incident closed meanwhile, opens none.
        if receipt != "repeated" and stream.removeprefix("incident/") in self._board.incidents:
            if report.device is not None and n:
                self._incident_count[report.device] = n
            await self._after_press(stream, message, report)
        return receipt

    async def _incident_stream(self, message: Message, report: PressReport) -> tuple[str, int]:
        """The stream a press goes to, and the number of the incident if the press opens it (0: it joins, or has no device)."""
        if report.device is None:
            return f"incident/{self._identities.incident_id_for_message(own_incident(message, report))}", 0
        joined = self._board.open_press_of(report.device)
        if joined is not None:
            return f"incident/{joined.id}", 0
        try:
            n = await self._next_number(report.device)
        except LogUnavailable:
            # Nobody can say how many there were: an id of the message's own can't collide.
            return f"incident/{self._identities.incident_id_for_message(own_incident(message, report))}", 0
        return f"incident/{self._identities.incident_id(report.device, n)}", n

    async def _next_number(self, device: str) -> int:
        """One more than the incidents of a device so far: doubling, then halving, over ids that anybody can compute."""

        async def exists(n: int) -> bool:
            stream = f"incident/{self._identities.incident_id(device, n)}"
            return self._board.version(stream) > 0 or await self._recorder.log.version(stream) > 0

        low = self._incident_count.get(device, 0)
        high = low + 1
        while await exists(high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if await exists(middle) else (low, middle)
        return high

    def _flags(self, message: Message, report: PressReport, placed: Placed | None, case: Case | None) -> str:
        now = self._clock.now()
        last = self._board.of_device(report.device)[:1] if report.device else ()
        clocks, today = wrongs(message.at, report.fix, now), now.astimezone(ev.BRUSSELS).date()
        flags: dict[ev.Flag, bool] = {
            "late": any(not i.open and counted(message.at, now) <= i.times["closed"].at for i in last),
            "delayed": (now - message.at).total_seconds() > HELD_UP_S,
            "future": "future" in clocks,
            "past": "past" in clocks,
            "counter_back": report.counter_back,
            "no_device": report.device is None,
            "no_fix": report.fix is None,
            "outside": placed is not None and not placed.inside,
            "cases_locked": self._cases.state in ("locked", "missing"),
            "case_unknown": self._cases.state == "open" and case is None,
            "case_early": case is not None and today < case.valid_from,
            "case_expired": case is not None and today > case.valid_until,
            "case_suspended": case is not None and case.standing == "suspended",
            "case_ended": case is not None and case.standing == "ended",
            "case_returned": case is not None and case.standing == "returned",
            "unreadable": bool(report.unreadable),
        }
        return " ".join(flag for flag, raised in flags.items() if raised)

    def _raised(self, message: Message, report: PressReport, n: int) -> ev.Raised:
        placed = self.placing.at(report.fix)
        case = self.case_of(report.device, report.case)
        return ev.Raised(
            origin="press",
            n=n,
            case_version=case.version if case else None,
            flags=self._flags(message, report, placed, case),
            **zone_facts(placed),
            **self._announced(message, report),
            **(press_facts(message, report) | {"case": case.number if case else report.case}),
        )

    def _pressed(self, message: Message, report: PressReport) -> ev.Pressed:
        placed = self.placing.at(report.fix)
        return ev.Pressed(
            flags=self._flags(message, report, placed, self.case_of(report.device, report.case)),
            **zone_facts(placed),
            **self._announced(message, report),
            **press_facts(message, report),
        )

    def _announced(self, message: Message, report: PressReport) -> dict[str, Any]:
        """That a test of the device was announced. No fault in that may keep a press from being taken."""
        if report.device is None or not self._board.announced:
            return {}
        try:
            return mark(self._board.announced.get(self.device_stream(report.device)), message.at, self._clock.now())
        except Exception as error:
            _logger.error("an announced test could not be looked up: %s", type(error).__name__)
            return {}

    async def _after_press(self, stream: str, message: Message, report: PressReport) -> None:
        """A call that was earlier than its press joins it; a zone under way is told of a further press."""
        early = self._early_calls.pop(report.device, None) if report.device else None
        if early is not None and self._clock.now() - early[0] < timedelta(seconds=EARLY_CALL_S):
            call = early[1]
            event = ev.Called(state=call.state, line=call.line, desk=call.desk)
            await self._record(stream, lambda: event, message, part=2)
        name = stream.removeprefix("incident/")
        await self._record(stream, lambda: self.order_update(self._board.incidents[name], "press"), message, part=3)
        await self._follow(name, message, report.fix)

    async def _follow(self, name: str, message: Message, fix: Fix | None) -> None:
        """Record what the fix just heard says for certain of her places and of the border."""

        asked: Incident | None = None
        said: dict[int, ev.Event] = {}

        def found() -> dict[int, ev.Event]:
            nonlocal asked, said
            if (incident := self._board.incidents[name]) is not asked:  # each record makes it another
                asked, said = incident, self._crossings.of(incident, fix)
            return said

        for n in found():
            await self._record(f"incident/{name}", lambda n=n: found().get(n), message, part=4 + n)  # type: ignore[misc]

    def order_update(self, incident: Incident, why: ev.UpdateReason) -> ev.Ordered | None:
        """The next update of an order that somebody still follows; None without one."""
        order = incident.order
        if order is None or not order.alive or not incident.open or order.channel != "network":
            return None
        return ordered(
            incident,
            self.case_of(incident.device, incident.case),
            zone=order.zone,
            why=why,
            at=self._clock.now(),
            has_address=self._has_address(order.zone),
            place=self.placing.words(incident, order.zone),
            lang=self.placing.speaks(order.zone),
        )

    def device_stream(self, device: str | None) -> str:
        """The stream of what is logged of a device; its name reveals nobody."""
        return f"device/{self._identities.device_id(device) if device else 'none'}"

    def _followed(self, device: str) -> Incident | None:
        """The open incident that a position or a call of this device belongs to."""
        press = self._board.open_press_of(device)
        return press or next((i for i in self._board.of_device(device) if i.open), None)

    async def _fix(self, message: Message, report: FixReport) -> Receipt:
        followed = self._followed(report.device)
        if followed is None or followed.position.tracking_ended:
            return "dropped"  # nobody is tracked who did not press
        placed = self.placing.at(report.fix)
        # A fix that names no time was true when its message was made.
        fix = msgspec.structs.replace(report.fix, time=report.fix.time or message.at)
        event = ev.Located(**zone_facts(placed), abroad=bool(placed and not placed.inside), fix=fix)
        receipt = await self._record(f"incident/{followed.id}", lambda: event, message)
        if receipt != "repeated":
            await self._follow(followed.id, message, fix)
        return receipt

    async def _call(self, message: Message, report: CallReport) -> Receipt:
        followed = self._followed(report.device)
        event: ev.Event
        if followed is not None:
            event = ev.Called(state=report.state, line=report.line, desk=report.desk)
            return await self._record(f"incident/{followed.id}", lambda: event, message)
        event = ev.CallLogged(device=report.device, state=report.state, line=report.line, desk=report.desk)
        receipt = await self._record(self.device_stream(report.device), lambda: event, message)
        if receipt != "repeated":
            self._early_calls[report.device] = (self._clock.now(), report)
        return receipt

    async def _device(self, message: Message, report: DeviceReport) -> Receipt:
        stream = self.device_stream(report.device)
        condition = CONDITIONS.get(report.state)
        if condition is not None:

            def alarm() -> ev.Event | None:
                known = self._board.device_alarms.get((stream, condition))
                if known is not None and known.returned_at is None:
                    return None
                return ev.DeviceAlarmed(condition=condition, device=report.device, battery=report.battery)

            return await self._record(stream, alarm, message)
        ends: list[ev.Condition] = ["link_lost"] if report.state == "linked" else list(CONDITIONS.values())
        receipts: list[Receipt] = []
        for part, ended in enumerate(ends, 1):

            def back(ended: ev.Condition = ended) -> ev.Event | None:
                known = self._board.device_alarms.get((stream, ended))
                return ev.DeviceReturned(condition=ended) if known and known.returned_at is None else None

            if back() is not None:
                receipts.append(await self._record(stream, back, message, part))
        if not receipts:
            return "dropped"
        return "held" if "held" in receipts else receipts[0]

    async def _unit(self, message: Message, report: UnitReport) -> Receipt:
        self._board.unit(report, message.at, self._clock.now())
        incident = self._board.of_unit(report.unit)
        if incident is None:
            return "dropped"
        stream = f"incident/{incident.id}"
        seen = ev.UnitSeen(status=report.status, unit=report.unit, fix=report.fix)
        receipt = await self._record(stream, lambda: seen, message)
        order = incident.order
        if receipt != "repeated" and order is not None and report.status in ("en_route", "on_scene"):
            step: ev.Step = "en_route" if report.status == "en_route" else "on_scene"
            if step not in incident.times:
                progress = ev.Progressed(step=step, source="unit", order=order.id, unit=report.unit)
                await self._record(stream, lambda: progress, message, part=2)
        return receipt

    async def _order(self, message: Message, report: OrderReport) -> Receipt:
        incident = self._board.of_order(report.order)
        if incident is None:
            return "dropped"
        event: ev.Event
        match report.state:
            case "declined":
                event = ev.Declined(order=report.order, source="zone", reason=report.reason or "")
            case "done":
                event = ev.OrderDone(order=report.order, unit=report.unit)
            case "stood_down":
                event = stood_down(incident, report)
            case step:
                event = ev.Progressed(step=step, source="zone", order=report.order, unit=report.unit)
        return await self._record(f"incident/{incident.id}", lambda: event, message)
