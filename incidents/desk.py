"""The desk: the only door for commands and for what feeds report. It checks, appends, folds and answers."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Iterable
from typing import Literal

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import CLOSED_STAYS, Board
from incidents.clock import Clock
from incidents.commands import Refused
from incidents.decisions import CLOCKS_AGREE, Circumstances, check_command, decide
from incidents.health import FeedHealth
from incidents.incident import Incident
from incidents.intake import ALARMING, Intake
from incidents.log import Log
from incidents.ports import CaseSource, Identities, Locate
from incidents.recorder import Recorder
from incidents.reports import Fix, Message, PressValue, Receipt
from incidents.roles import User, check

PRESENTED_TOGETHER_S = 2.0  # the consoles of so long after the first are one record more


class Desk:
    """One service that takes commands. Make it, `await open()` it, and `await close()` it at the end."""

    def __init__(
        self,
        log: Log,
        *,
        clock: Clock,
        locate: Locate,
        cases: CaseSource,
        identities: Identities,
        known_zone: Callable[[str], bool],
        has_address: Callable[[str], bool] = lambda zone: False,
        alarming: frozenset[PressValue] = ALARMING,
    ) -> None:
        self.board = Board()
        self.cases = cases
        self.clock = clock
        self.recorder = Recorder(log, self.board, clock)
        self.intake = Intake(
            self.recorder,
            self.board,
            clock=clock,
            locate=locate,
            cases=cases,
            identities=identities,
            has_address=has_address,
            alarming=alarming,
        )
        self._log = log
        self._identities = identities
        self._known_zone = known_zone
        self._has_address = has_address
        self._shown: dict[str, dict[str, bool]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Fold what is open, and what was closed in the last 24 h. Raises LogUnavailable."""
        since = ev.stamp(self.clock.now() - CLOSED_STAYS)
        newest = await self._log.latest(["raised", "closed", "reopened"])
        streams = [s for s, record in newest.items() if record.type != "closed" or record.at >= since]
        # Open alarms come first: they are what somebody waits for.
        streams.sort(key=lambda s: (newest[s].type == "closed", newest[s].at))
        conditions = await self._log.latest(["device_alarmed", "device_returned", "device_acknowledged"])
        gaps = await self._log.latest(["feed_gap", "feed_gap_acknowledged"])
        for stream in (*streams, *conditions, *gaps):
            await self.recorder.catch_up(stream)

    async def close(self) -> None:
        """Write what is held, seal with a checkpoint, let go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.recorder.close()

    async def receive(self, message: Message) -> Receipt:
        """Take a message of a feed: what became of it."""
        return await self.intake.receive(message)

    async def command(self, command: cmd.AnyCommand, user: User) -> Incident | None:
        """Carry out what a person asked. Returns the incident after it. Raises Refused."""
        check(user, str(command.__struct_config__.tag))
        check_command(command)
        actor = user.actor
        match command:
            case cmd.Raise():
                return await self._raise(command, actor)
            case cmd.AcknowledgeDevice():
                await self._acknowledge_device(command, actor)
                return None
            case cmd.AcknowledgeGap():
                await self._acknowledge_gap(command, actor)
                return None
        happened = getattr(command, "happened_at", None) or self.clock.now()
        if happened > self.clock.now() + CLOCKS_AGREE:
            raise Refused("time_invalid")

        def decision() -> ev.Event | None:
            incident = self.board.incidents.get(command.incident)
            if incident is None:
                raise Refused("unknown_incident")
            about = Circumstances(
                actor=actor,
                now=self.clock.now(),
                case=self.intake.case_of(incident.device, incident.case),
                known_zone=self._known_zone,
                has_address=self._has_address,
            )
            return decide(incident, command, about)

        if command.incident not in self.board.incidents:
            raise Refused("unknown_incident")
        stream = f"incident/{command.incident}"
        await self.recorder.record(stream, decision, id=command.id, source_at=happened, actor=actor)
        return self.board.incidents.get(command.incident)

    def presented(self, incidents: Iterable[str], *, console: str, audible: bool) -> None:
        """A visible page painted these alarms. The first page is a record, those of the next 2 s one more."""
        for name in incidents:
            incident = self.board.incidents.get(name)
            if incident is None or not incident.open:
                continue
            if name in self._shown:
                self._shown[name][console] = audible
            elif "presented" not in incident.times:
                self._shown[name] = {console: audible}
                self._start(self._record_presented(incident))

    def pseudonym(self, name: str) -> str:
        """The random name under which the log knows a person or a desk."""
        return self._identities.pseudonym(name)

    def name_of(self, pseudonym: str) -> str:
        """Who a pseudonym is; "?" once that was erased."""
        return self._identities.name_of(pseudonym) or "?"

    async def delivered(self, incident: str, *, order: str, update: int, zone: str, status: int) -> None:
        """The zone's dispatch took an update."""
        event = ev.Delivered(order=order, update=update, zone=zone, status=status)
        await self.note(f"incident/{incident}", event, id=f"{order}-{update}-delivered", actor="orders")

    async def undelivered(self, incident: str, *, order: str, update: int, zone: str, why: str, final: bool) -> None:
        """An update is late, or given up."""
        event = ev.Undelivered(order=order, update=update, zone=zone, why=why, final=final)
        name = f"{order}-{update}-{'failed' if final else 'late'}"
        await self.note(f"incident/{incident}", event, id=name, actor="orders")

    async def declined(self, incident: str, *, order: str, update: int, reason: str) -> None:
        """The zone's dispatch refused an order as it was sent."""
        event = ev.Declined(order=order, source="zone", reason=reason)
        await self.note(f"incident/{incident}", event, id=f"{order}-{update}-declined", actor="orders")

    async def feed_gap(
        self, feed: str, *, why: Literal["epoch", "oldest", "oversize"], expected: int, oldest: int, epoch: str
    ) -> None:
        """Messages of a feed are missing or uncertain."""
        event = ev.FeedGap(why=why, expected=expected, oldest=oldest, epoch=epoch)
        await self.note(f"feed/{feed}", event, id=uuid.uuid4().hex, actor="feed")

    async def feed_health(self, health: FeedHealth) -> None:
        """How a feed is; a change of its state is logged."""
        before = self.board.feeds.get(health.name)
        self.board.feed(health)
        if before is None or before.state != health.state:
            event = ev.FeedStateChanged(state=health.state)
            await self.note(f"feed/{health.name}", event, id=uuid.uuid4().hex, actor="feed")

    async def note(self, stream: str, event: ev.Event, *, id: str, actor: str) -> None:
        """Record a fact that needs no decision, once for its id."""
        if self.board.version(stream) == 0:
            await self.recorder.catch_up_if_possible(stream)
        await self.recorder.record(stream, lambda: event, id=id, source_at=self.clock.now(), actor=actor)

    async def _raise(self, command: cmd.Raise, actor: str) -> Incident | None:
        if not command.reason.strip():
            raise Refused("reason_missing")
        case = None
        if command.case:
            case = self.cases.by_number(command.case) or self.cases.by_device(command.case)
            if case is None:
                raise Refused("case_unknown")
        now = self.clock.now()
        fix = None
        if command.lat is not None and command.lon is not None:
            if not (-90 <= command.lat <= 90 and -180 <= command.lon <= 180):
                raise Refused("place_missing")
            fix = Fix(command.lat, command.lon, method="hand", time=now)
        elif command.zone and not self._known_zone(command.zone):
            raise Refused("zone_unknown")
        elif not command.zone and case is None:
            raise Refused("place_missing")
        placed = self.intake.placed(fix)
        event = ev.Raised(
            origin="hand",
            zone=command.zone or (placed.zone if placed else "") or (case.home_zone if case else None) or "",
            cic=placed.cic if placed else "",
            device=case.devices[0] if case and case.devices else None,
            case=case.number if case else None,
            case_version=case.version if case else None,
            fix=fix,
            flags="" if fix else "no_fix",
            reason=command.reason.strip(),
        )
        name = self._identities.incident_id_for_message(f"hand/{command.id}")
        happened = command.happened_at or now
        if happened > now + CLOCKS_AGREE:
            raise Refused("time_invalid")

        def decision() -> ev.Event | None:
            return None if name in self.board.incidents else event

        await self.recorder.record(f"incident/{name}", decision, id=command.id, source_at=happened, actor=actor)
        return self.board.incidents.get(name)

    async def _acknowledge_device(self, command: cmd.AcknowledgeDevice, actor: str) -> None:
        def decision() -> ev.Event | None:
            alarm = self.board.device_alarms.get((command.stream, command.condition))
            if alarm is None or alarm.acknowledged_by is not None:
                return None
            return ev.DeviceAcknowledged(condition=command.condition)

        if (command.stream, command.condition) not in self.board.device_alarms:
            raise Refused("unknown_incident")
        await self.recorder.record(command.stream, decision, id=command.id, source_at=self.clock.now(), actor=actor)

    async def _acknowledge_gap(self, command: cmd.AcknowledgeGap, actor: str) -> None:
        def decision() -> ev.Event | None:
            return ev.FeedGapAcknowledged() if command.feed in self.board.gaps else None

        stream = f"feed/{command.feed}"
        await self.recorder.record(stream, decision, id=command.id, source_at=self.clock.now(), actor=actor)

    async def _record_presented(self, incident: Incident) -> None:
        stream, consoles = f"incident/{incident.id}", self._shown[incident.id]
        first = ev.Presented(consoles=1, audible=sum(consoles.values()), first=True)
        await self.note(stream, first, id=f"{incident.id}-presented", actor="console")
        await asyncio.sleep(PRESENTED_TOGETHER_S)
        consoles = self._shown.pop(incident.id)
        rest = ev.Presented(consoles=len(consoles), audible=sum(consoles.values()), first=False)
        await self.note(stream, rest, id=f"{incident.id}-presented-all", actor="console")

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
