"""The desk: the only door for commands and for what feeds report. It checks, appends, folds and answers."""

import secrets
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Literal

from incidents import commands as cmd
from incidents import events as ev
from incidents.audit import Disclosures, Searches, role_of
from incidents.board import CLOSED_STAYS, SHIFTS, Board
from incidents.bulk_records import watch_streams
from incidents.cad import cad_numbers
from incidents.case import Case
from incidents.clock import Clock
from incidents.commands import CLOCKS_AGREE, Circumstances, Refused, offer
from incidents.desk.by_hand import ByHand
from incidents.desk.crossings import Kept
from incidents.desk.decisions import calls_off, check_command, decide
from incidents.desk.deliveries import Deliveries
from incidents.desk.intake import ALARMING, Intake
from incidents.desk.late_commands import record_past
from incidents.desk.placing import Placing
from incidents.desk.technical import TechnicalDesk
from incidents.desk.zone_presses import AWAY, missed
from incidents.devices.now import heard_last
from incidents.drills.desk import DrillRules, Drills
from incidents.drills.fold import DRILLS
from incidents.exclusion import Exclusions
from incidents.health import FeedHealth
from incidents.incident import Incident
from incidents.life_cycle import bars
from incidents.log import Log
from incidents.messages import Message, PressReport, PressValue, Receipt
from incidents.orders import due_update
from incidents.ports import (
    CaseSource,
    Identities,
    InZonesWords,
    Locate,
    Proposed,
    Screens,
    english,
    no_words,
    no_zones_words,
)
from incidents.presence.on_shift import OnShift
from incidents.presence.pages import Others
from incidents.presence.presentations import Presentations
from incidents.presence.turns import Turns
from incidents.recorder import Outcome, Recorder
from incidents.roles import User, check
from incidents.technical import TECHNICAL
from incidents.timings import Timings
from incidents.together import together

HEARD = (
    "press_logged",
    "call_logged",
    "device_tested",
)  # beside technical alarms, what tells of a device that it was heard


class Desk(Deliveries):
    """One service that takes commands. Make it, `await open()` it, and `await close()` it at the end."""

    records_looks = True  # what somebody is shown, so that they are asked why

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
        board: Board | None = None,
        aside: str = "",
        zone_of: Callable[[str], str] = lambda name: "",
        drills: DrillRules | None = None,
        screens: Screens | None = None,
        near: InZonesWords = no_zones_words,
        speaks: Callable[[str], str] = english,
        proposed: Proposed = no_words,
        kept: Kept = lambda incident: incident.position.trail,
        timings: Timings | None = None,
        others: Others | None = None,
    ) -> None:
        """`aside`: why the log is not the centre's own. `zone_of`: the zone that an account of this name answers for.
        `kept`: the positions among those of an incident that may be true. `speaks`: the languages of a zone by its key, a space
        between two. `proposed`: the zone that pages show preselected."""
        super().__init__(log, identities)
        self.board = board or Board(lambda device: cases.by_device(device) is not None, aside=aside)
        self.cases = cases
        self.clock = clock
        self.server = secrets.token_hex(4)  # a word of this process among those that write the log
        self._timings = timings or Timings()
        self._recorder = Recorder(log, self.board, clock, identities.incident_id_for_message, self._timings)
        turns = Turns(others or Others(), self._recorder.comes)
        self._intake = Intake(
            self._recorder,
            self.board,
            clock=clock,
            placing=Placing(locate, near, speaks),
            cases=cases,
            identities=identities,
            has_address=has_address,
            kept=kept,
            whose=turns,
            alarming=alarming,
        )
        self._known_zone = known_zone
        self._has_address = has_address
        self._proposed = proposed
        self.exclusions = Exclusions(cases, self.board, identities, zone_of)
        self._by_hand = ByHand(
            self._recorder,
            self.board,
            self._intake,
            self.exclusions,
            clock=clock,
            identities=identities,
            known_zone=known_zone,
        )
        self.floor = OnShift()
        self.drills = Drills(
            self._recorder,
            self.board,
            self.floor,
            clock=clock,
            cases=cases,
            identities=identities,
            known_zone=known_zone,
            rules=drills,
            screens=screens,
        )
        self._technical = TechnicalDesk(self.board, clock, self.record, self.device_stream)
        self._presentations = Presentations(self.board, self.record)
        self._disclosures = Disclosures(self.note)
        self._searches = Searches(self._disclosures, clock)

    async def open(self) -> None:
        """Fold what is open, and what was closed in the last 24 h. Raises LogUnavailable."""
        await self._recorder.begin()
        since = ev.stamp(self.clock.now() - CLOSED_STAYS)
        newest = await self._log.latest(["raised", "closed", "reopened"])
        streams = [s for s, record in newest.items() if record.type != "closed" or record.at >= since]
        # Open alarms come first: they are what somebody waits for.
        streams.sort(key=lambda s: (newest[s].type == "closed", newest[s].at))
        devices = await self._log.latest([*TECHNICAL, *HEARD, "test_announced", "test_withdrawn"])
        gaps = await self._log.latest(["feed_gap", "feed_gap_acknowledged"])
        centres = await self._log.latest(["centre_blind", "centre_back"])
        shifts = await self._log.latest(["shift_started"])
        oldest = min((newest[s].at for s in streams), default=since)
        with self.board.reading():
            for stream in (*await watch_streams(self._log, oldest), *streams):
                await self._recorder.catch_up(stream)
        known = {self._intake.device_stream(device) for case in self.cases.all() for device in case.devices}
        for stream, record in (await self._log.latest(["presses_seen"])).items():  # the newest says all
            self.board.go_on_from(stream, record.version - 1)
            await self._recorder.catch_up(stream)
        for stream in (*heard_last(devices, known), *gaps, *centres, *shifts, DRILLS):
            await self._recorder.catch_up(stream)
        self.drills.open()

    def open_empty(self, reason: str) -> None:
        """Begin with nothing, on a log that can't be read or written: what happens is held until it can be."""
        self.board.recording_is("failed", reason, 0)
        self.drills.open()

    async def close(self) -> None:
        """Write what is held, seal with a checkpoint, let go."""
        await self._presentations.close()
        await self.drills.close()
        self._searches.close()
        await self._disclosures.close()
        await self._recorder.close()

    async def follow(self, trouble: Callable[[], str] = str) -> None:
        """Fold what other servers write to the log, as soon as it is here. Ends at once where nobody else does.

        `trouble`: why nothing can be recorded, by somebody else who asks the servers; "" while it can.
        """
        if self._recorder.shared:
            await together(self._recorder.follow, partial(self._recorder.watch_servers, trouble))

    async def receive(self, message: Message) -> Receipt:
        """Take a message of a feed: what became of it."""
        if isinstance(message.report, PressReport):
            self._timings.taken(f"{message.feed}/{message.id}")
        return await self._intake.receive(message)

    async def command(self, command: cmd.Command, user: User) -> Incident | None:
        """Carry out what a person asked. Returns the incident after it. Raises Refused."""
        with self._recorder.commanded():
            return await self._command(command, user)

    async def _command(self, command: cmd.Command, user: User) -> Incident | None:
        check(user, str(command.__struct_config__.tag))
        check_command(command)
        self.exclusions.check(command, user)
        actor = user.actor
        match command:
            case cmd.Raise():
                return await self._by_hand.raise_(command, user)
            case cmd.FromPaper():
                return await self._by_hand.from_paper(command, user)
            case cmd.OnTechnicalAlarm() | cmd.OnTest() | cmd.AcknowledgeGap():
                await self._technical.command(command, actor)
                return None
            case cmd.HandOverDesk():
                await self._hand_over_desk(command, user)
                return None
            case cmd.NoteSheet():
                if not command.text.strip():
                    raise Refused("text_missing")
                await self.note(SHIFTS, ev.SheetNoted(text=command.text.strip()), id=command.id, actor=actor)
                return None
        incident = getattr(command, "incident", "")
        # What is an incident is never taken for a drill.
        if isinstance(command, cmd.OfDrill) or (incident not in self.board.incidents and self.drills.knows(incident)):
            await self.drills.command(command, actor)
            return None
        if not isinstance(command, cmd.OnIncident):
            raise Refused("invalid")
        happened = getattr(command, "happened_at", None) or self.clock.now()

        def decided(incident: Incident, by: Callable[..., ev.Event | None] = decide) -> ev.Event | None:
            # Asked again: as it is when the record is made, and of what only the log still has.
            if self.exclusions.incident(incident, user):
                raise Refused("unknown_incident")
            about = Circumstances(
                actor=actor,
                now=self.clock.now(),
                case=self._intake.case_of(incident.device, incident.case),
                known_zone=self._known_zone,
                has_address=self._has_address,
                excluded_zone=lambda zone: self.exclusions.zone(incident, zone),
                far=lambda zone: self._intake.far(incident, zone, lambda one: self._no_help(incident, one)),
                proposed=lambda: self._proposed(incident),
                has_unit=lambda unit, zone: self._has_unit(unit, zone, user),
                on_shift=lambda key: self.exclusions.receiver(incident, self.floor.receiver(key)),
                zone=user.zone,
                role=role_of(user),
                place=lambda zone: self._intake.placing.words(incident, zone),
                speaks=self._intake.placing.speaks,
            )
            return by(incident, command, about)

        def decision(by: Callable[..., ev.Event | None] = decide) -> ev.Event | None:
            incident = self.board.incidents.get(command.incident)
            if incident is None:
                raise Refused("unknown_incident")
            return decided(incident, by)

        if command.incident not in self.board.incidents:
            if not isinstance(command, cmd.Explain):
                raise Refused("unknown_incident")
            return await record_past(
                self._log, self.clock, command.incident, decided, id=command.id, source_at=happened, actor=actor
            )
        if happened > self.clock.now() + CLOCKS_AGREE:
            raise Refused("time_invalid")
        stream = f"incident/{command.incident}"
        if isinstance(command, cmd.Close) and command.anyway:
            ends = partial(decision, calls_off)
            await self._recorder.record(stream, ends, id=f"{command.id}-off", source_at=happened, actor=actor)
        await self._recorder.record(stream, decision, id=command.id, source_at=happened, actor=actor)
        return self.board.incidents.get(command.incident)

    def presented(self, incidents: Iterable[str], *, console: str, audible: bool) -> None:
        """A visible page painted these alarms. Presented is an alarm that could be seen and heard."""
        self._presentations.painted(incidents, console=console, audible=audible)

    def pushed(self, incidents: Iterable[str]) -> None:
        """These incidents went to a page, which may not have painted them yet."""
        self._timings.pushed(incidents)

    def listen_presented(self, listener: Callable[[str, bool], None]) -> Callable[[], None]:
        """Be told of every painting of an alarm, and whether it could be heard. Returns the function that ends it."""
        return self._presentations.listen(listener)

    def searched(self, user: User, text: str, cases: Iterable[str], need: ev.Need = "") -> str:
        """Record that a person searched the register, and which cases they were shown. It waits for nothing. Returns the id of
        the record of which they may say why (`searched_because`)."""
        return self._searches.searched(user, text, cases, need)

    def searched_because(self, actor: str, of: str, why: ev.Why, reason: str) -> None:
        """Record why a person searched the register."""
        self._searches.reason(actor, of, why, reason)

    def disclosed(self, stream: str, event: ev.Event, *, id: str, actor: str) -> None:
        """Record what a person is being shown, or why they looked, once for its id. It waits for nothing."""
        self._disclosures.enter(stream, event, id=id, actor=actor)

    async def cad_numbers(self) -> dict[str, str]:
        """As `incidents.cad.cad_numbers`."""
        return await cad_numbers(self._log)

    def device_stream(self, device: str) -> str:
        """The stream of what is logged of a device; its name reveals nobody."""
        return self._intake.device_stream(device)

    def case_of(self, incident: Incident) -> Case | None:
        """The case as it is now that an incident names, else the one its device belongs to."""
        return self._intake.case_of(incident.device, incident.case)

    async def missed_presses(self, zone: str) -> list[Incident]:
        """Those of the cases of a zone that the board let go of before anybody there saw them. Raises LogUnavailable."""
        now, seen = self.clock.now(), self.board.presses_seen.get(zone)
        since = max(datetime.fromisoformat(seen), now - AWAY) if seen else now - AWAY
        if now - since < CLOSED_STAYS:
            return []
        return await missed(self._log, zone, since, self.case_of, self.board.incidents.__contains__)

    def _no_help(self, incident: Incident, zone: str) -> bool:
        """Whether nobody comes from a zone: its case excludes it, or it refused."""
        refused = any(one.zone == zone for one in incident.other_zones.declines)
        return refused or self.exclusions.zone(incident, zone)

    def _has_unit(self, unit: str, zone: str, user: User) -> bool:
        """Whether a feed told of a unit of that zone, and this person may know where it is."""
        known = self.board.units.get(unit)
        return known is not None and known.zone == zone and not self.exclusions.unit(unit, user)

    async def update_order(self, incident: str, why: ev.UpdateReason, *, id: str, actor: str) -> None:
        """Record the next update of an incident's order, if anybody still follows it."""

        def decision() -> ev.Event | None:
            now = self.board.incidents[incident]
            if why == "position" and not due_update(now, self.clock.now()):
                return None  # another server told it meanwhile
            return self._intake.order_update(now, why)

        await self.record(f"incident/{incident}", decision, id=id, actor=actor)

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
        await self.record(stream, lambda: event, id=id, actor=actor)

    async def record(
        self,
        stream: str,
        decide: Callable[[], ev.Event | None],
        *,
        id: str,
        actor: str,
        source_at: datetime | None = None,
    ) -> tuple[Outcome, ev.Event | None]:
        """Record what `decide` makes of the present fold, once for its id; it happened now, unless said. Raises Refused."""
        if self.board.version(stream) == 0:
            await self._recorder.catch_up_if_possible(stream)
        return await self._recorder.record(stream, decide, id=id, source_at=source_at or self.clock.now(), actor=actor)

    @property
    def shared(self) -> bool:
        """Whether other servers write the same log: what must happen once is claimed in it first, by `server`."""
        return self._recorder.shared

    async def claim(
        self, stream: str, decide: Callable[[], ev.Event | None], *, id: str, actor: str
    ) -> tuple[Outcome, ev.Event | None]:
        """As `record`; where other servers write the same log it is recorded there, or refused."""
        with self._recorder.commanded():
            return await self.record(stream, decide, id=id, actor=actor)

    async def _hand_over_desk(self, command: cmd.HandOverDesk, user: User) -> None:
        """Each alarm is offered in its own stream: one that was taken or closed meanwhile stays as it is."""
        actor, to = user.actor, self.floor.receiver(command.to)
        mine = [one for one in self.board.incidents.values() if one.owner == actor]  # closed ones too
        whole = [one for one in mine if not self.exclusions.incident(one, user) and not bars("hand_over", one, actor)]
        if not whole:
            raise Refused("nothing_owned")
        whole.sort(key=lambda incident: (incident.received_at, incident.id))  # the oldest first
        for owned in self.exclusions.offerable(whole, to):

            def decision(name: str = owned.id) -> ev.Event | None:
                now = self.board.incidents[name]
                if bars("hand_over", now, actor):
                    return None
                if self.exclusions.incident(now, user):
                    return None
                return offer(now, actor=actor, to=to, note=command.note.strip(), whole=True)

            stream, name = f"incident/{owned.id}", f"{command.id}-{owned.id}"
            await self._recorder.record(stream, decision, id=name, source_at=self.clock.now(), actor=actor)
