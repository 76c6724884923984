"""The drills' part of the desk: who may start one, when it may enter, and what ends it.

Whatever alarms ends a drill: it is out of every queue as soon as the board knows of an open incident, before and whether or not
the log takes the record that says so. No error in here reaches a press.
"""

import asyncio
import logging
import weakref
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

import msgspec

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Board, Change
from incidents.clock import Clock
from incidents.commands import RefusalCode, Refused
from incidents.drills.fold import DRILLS, Drill
from incidents.ports import CaseSource, Identities, Screens
from incidents.presence.on_shift import OnShift, Person
from incidents.recorder import Recorder

EVERY_S = 0.25
ASKED_FOR = timedelta(
    minutes=30
)  # a proposal is to be confirmed within this, and to enter within this after its moment
WEEK = timedelta(days=7)  # one a desk at most
WITHIN_MIN = 60  # the longest time within which its moment is drawn
CLOSED_WITHIN = timedelta(minutes=5)  # after that an acknowledged drill goes by itself

_logger = logging.getLogger(__name__)


class DrillRules(msgspec.Struct, frozen=True, kw_only=True):
    """When a drill may enter and must end: `near_change` says whether a shift changes at a moment, `chance` draws its moment.

    Unanswered for `unanswered_s` it ends, before anything of the watch would call outside.
    """

    near_change: Callable[[datetime], bool] = lambda now: False
    unanswered_s: float = 60.0
    chance: Callable[[], float] = SystemRandom().random


class Drills:
    """The drills of one desk. None enters unless `screens` say that everything is in order."""

    def __init__(
        self,
        recorder: Recorder,
        board: Board,
        floor: OnShift,
        *,
        clock: Clock,
        cases: CaseSource,
        identities: Identities,
        known_zone: Callable[[str], bool],
        rules: DrillRules | None = None,
        screens: Screens | None = None,
    ) -> None:
        self._rules = rules or DrillRules()
        self._screens = screens
        self._recorder = recorder
        self._board = board
        self._floor = floor
        self._clock = clock
        self._cases = cases
        self._identities = identities
        self._known_zone = known_zone
        self._over: dict[str, ev.DrillEnd] = {}  # no longer shown, whatever the log says, and why
        self._tasks: set[asyncio.Task[None]] = set()
        self._unlisten: Callable[[], None] = lambda: None

    @property
    def shown(self) -> Drill | None:
        """The drill that may stand in a queue now; none beside an alarm."""
        drill = self._board.drills.live
        return None if drill is None or drill.id in self._over or self._disturbed() else drill

    def why(self, name: str) -> ev.DrillEnd | None:
        """Why a drill is over; None while it is not."""
        drill = self._board.drills.drills.get(name)
        return self._over.get(name) or self._disturbed() if drill is None or drill.why is None else drill.why

    def knows(self, name: str) -> bool:
        """Whether an id is a drill's."""
        return name in self._board.drills.drills

    def open(self) -> None:
        """Begin to hear the board. Nobody knows who saw a drill that a start finds live in the log: it is over."""
        live = self._board.drills.live
        if live is not None:
            self._over[live.id] = "restarted"
        # A board that is begun anew keeps its listeners: none of them may keep a desk that is closed.
        heard = weakref.WeakMethod(self._changed)
        self._unlisten = self._board.listen(lambda change: hear(change) if (hear := heard()) else None)

    async def close(self) -> None:
        """Let go."""
        self._unlisten()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def run(self) -> None:
        """Tick for ever."""
        while True:
            try:
                await self.tick()
            except Exception:
                _logger.exception("the drills stumbled and go on")
            await asyncio.sleep(EVERY_S)

    async def tick(self) -> None:
        """Let in what is due, end what is over."""
        now, drills = self._clock.now(), self._board.drills
        live = drills.live
        if live is not None:
            assert live.raised_at is not None
            taken = live.acknowledged_at
            if (why := self._over.get(live.id) or self._disturbed()) is not None:
                await self._end(live.id, why)
            elif taken is None and now >= live.raised_at + timedelta(seconds=self._rules.unanswered_s):
                await self._end(live.id, "unanswered")
            elif taken is not None and now >= taken + CLOSED_WITHIN:
                await self._end(live.id, "unclosed")
        for drill in [one for one in drills.drills.values() if one.state in ("proposed", "confirmed")]:
            if now >= lapses(drill):
                await self._end(drill.id, "lapsed")
        due = self._board.drills.waiting
        if due is not None and due.due is not None and now >= due.due and self._against(due) is None:
            await self._enter(due.id)

    async def command(self, command: cmd.Command, actor: str) -> None:
        """A command about a drill. Raises Refused."""
        match command:
            case cmd.ProposeDrill():
                event: ev.Event = self._proposed(command)
                await self._record(lambda: event, command.id, actor)
            case cmd.ConfirmDrill():
                await self._record(lambda: self._confirmed(command, actor), command.id, actor)
            case cmd.CancelDrill():
                await self._record(lambda: self._cancelled(command.drill), command.id, actor)
            case cmd.Acknowledge(incident=name):
                await self._record(lambda: self._acknowledged(name, actor), command.id, actor)
            case cmd.CloseDrill(incident=name):
                await self._record(lambda: self._closed(name, actor), command.id, actor)
            case _:
                raise Refused(self._no_more(getattr(command, "incident", "")))

    def presented(self, actor: str, ids: Iterable[str], *, audible: bool) -> None:
        """A visible page of this desk painted these alarms: if the drill is among them, the first time is its result."""
        drill = self.shown
        if drill is None or drill.id not in ids or actor not in drill.desks or actor in drill.presented:
            return
        event = ev.DrillPresented(drill=drill.id, after_ms=self._since(drill), audible=audible)

        def decision() -> ev.Event | None:
            now = self._board.drills.drills.get(drill.id)
            return event if now is not None and now.on_screens and actor not in now.presented else None

        self._start(self._record(decision, f"{drill.id}-presented-{actor}", actor))

    def _proposed(self, command: cmd.ProposeDrill) -> ev.DrillProposed:
        if not command.story.strip():
            raise Refused("reason_missing")
        if not self._known_zone(command.zone):
            raise Refused("zone_unknown")
        if (command.lat is None) != (command.lon is None) or len(command.to) > 100:
            raise Refused("invalid")
        if not (-90 <= (command.lat or 0) <= 90 and -180 <= (command.lon or 0) <= 180):
            raise Refused("place_missing")
        to = tuple(actor for key in command.to if (actor := self._floor.receiver(key)) is not None)
        if len(to) != len(command.to):
            raise Refused("not_present")
        return ev.DrillProposed(
            drill=self._identities.incident_id_for_message(f"drill/{command.id}"),
            zone=command.zone,
            lat=command.lat,
            lon=command.lon,
            victim=command.victim.strip(),
            story=command.story.strip(),
            to=to,
        )

    def _confirmed(self, command: cmd.ConfirmDrill, actor: str) -> ev.Event | None:
        drill = self._board.drills.drills.get(command.drill)
        now = self._clock.now()
        if drill is None:
            raise Refused("unknown_incident")
        if drill.state != "proposed" or now >= lapses(drill):
            raise Refused("drill_over")
        # Four eyes: one person can never bring a drill in, nor one on themselves.
        if actor == drill.proposed_by or actor in drill.to:
            raise Refused("drill_same_person", who=actor)
        if not 0 <= command.within_min <= WITHIN_MIN:
            raise Refused("time_invalid")
        if self._board.drills.live or self._board.drills.waiting:
            raise Refused("drill_other")
        if (why := self._against(drill, actor)) is not None:
            raise Refused(why)
        due = now + timedelta(minutes=command.within_min) * self._rules.chance()
        return ev.DrillConfirmed(drill=drill.id, within_min=command.within_min, due=ev.stamp(due))

    def _cancelled(self, name: str) -> ev.Event | None:
        drill = self._board.drills.drills.get(name)
        if drill is None:
            raise Refused("unknown_incident")
        return None if drill.state == "ended" else ev.DrillEnded(drill=name, why="cancelled")

    def _acknowledged(self, name: str, actor: str) -> ev.Event | None:
        drill = self.shown
        if drill is None or drill.id != name or actor not in drill.desks:
            raise Refused("drill_over")
        if drill.acknowledged_by:
            if drill.acknowledged_by == actor:
                return None
            raise Refused("taken", who=drill.acknowledged_by, since=drill.acknowledged_at)
        return ev.DrillAcknowledged(drill=name, after_ms=self._since(drill))

    def _closed(self, name: str, actor: str) -> ev.Event | None:
        drill = self.shown
        if drill is None or drill.id != name or actor not in drill.desks:
            raise Refused("drill_over")
        if not drill.acknowledged_by:
            raise Refused("unowned")
        return ev.DrillEnded(drill=name, why="closed")

    def _no_more(self, name: str) -> RefusalCode:
        """What is said to any other wish: as of an alarm that nobody has, until it says DRILL itself."""
        drill = self.shown
        if drill is None or drill.id != name:
            return "drill_over"
        return "drill" if drill.acknowledged_by else "unowned"

    def _against(self, drill: Drill, confirmer: str = "") -> RefusalCode | None:
        """Why a drill may not enter now; None when it may."""
        disturbed = self._disturbed()
        if disturbed is not None:
            return {"alarm": "drill_alarm", "technical": "drill_technical"}.get(disturbed, "drill_health")  # type: ignore[return-value]
        if self._rules.near_change(self._clock.now()):
            return "drill_shift"
        asked = [person for person in self._people(drill) if person.actor != confirmer]
        if not asked:
            return "drill_nobody"
        return None if any(self._rested(person.actor) for person in asked) else "drill_week"

    def _disturbed(self) -> ev.DrillEnd | None:
        """What a drill may not stand beside."""
        if self._board.index.open:
            return "alarm"
        if any(a.returned_at is None and a.acknowledged_by is None for a in self._board.device_alarms.values()):
            return "technical"
        try:
            healthy = self._screens is not None and self._screens.healthy()
            return None if self._board.recording == "ok" and healthy else "health"
        except Exception:
            _logger.exception("the health could not be told: no drill")
            return "health"

    def _people(self, drill: Drill) -> list[Person]:
        """The dispatchers before a page now for whom a drill is, without those who know of it."""
        know = {drill.proposed_by, drill.confirmed_by}
        return [
            person
            for person in self._floor.people
            if person.here
            and "dispatcher" in person.roles
            and person.actor not in know
            and (not drill.to or person.actor in drill.to)
        ]

    def _rested(self, actor: str) -> bool:
        last = self._board.drills.last.get(actor)
        return last is None or self._clock.now() - last >= WEEK

    async def _enter(self, name: str) -> None:
        def decision() -> ev.Event | None:
            drill = self._board.drills.drills.get(name)
            if drill is None or drill.state != "confirmed" or self._board.drills.live or self._against(drill):
                return None
            to = tuple(person.actor for person in self._people(drill) if self._rested(person.actor))
            return ev.DrillRaised(drill=name, to=to, label=self._label(name))

        await self._record(decision, f"{name}-raised", "drills")

    def _label(self, name: str) -> str:
        """What its row is called: like a device, and no device of a case."""
        n = sum(name.encode()) * 7
        while self._cases.by_device(label := f"AMR-{100 + n % 900:05d}") is not None:
            n += 1
        return label

    def _since(self, drill: Drill) -> int:
        assert drill.raised_at is not None
        return max(0, round((self._clock.now() - drill.raised_at).total_seconds() * 1000))

    def _changed(self, change: Change) -> None:
        """Whatever alarms takes a drill out of the queues at once; the record of it may wait."""
        live = self._board.drills.live
        if live is None or live.id in self._over or change.kind in ("drill", "unit"):
            return
        try:
            why = self._disturbed()
        except Exception as error:  # the board tells the others of the alarm after us: nothing may stop it
            _logger.error("what disturbs a drill could not be told: %s", type(error).__name__)
            why = "health"
        if why is None:
            return
        self._over[live.id] = why
        self._board.notify(Change(kind="drill", key=DRILLS, urgent=True))
        self._start(self._end(live.id, why))

    async def _end(self, name: str, why: ev.DrillEnd) -> None:
        self._over.setdefault(name, why)

        def decision() -> ev.Event | None:
            drill = self._board.drills.drills.get(name)
            return None if drill is None or drill.state == "ended" else ev.DrillEnded(drill=name, why=why)

        await self._record(decision, f"{name}-ended", "drills")

    async def _record(self, decide: Callable[[], ev.Event | None], id: str, actor: str) -> None:
        await self._recorder.record(DRILLS, decide, id=id, source_at=self._clock.now(), actor=actor)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            task = asyncio.get_running_loop().create_task(work)
        except RuntimeError:  # no loop: the next tick sees to it
            work.close()
            return
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("a record of a drill failed: %s", type(error).__name__)


def lapses(drill: Drill) -> datetime:
    """When a drill that has not entered yet is given up."""
    if drill.due is not None:
        return drill.due + ASKED_FOR
    return drill.proposed_at + ASKED_FOR
