"""The clock's part: what must happen when nobody does anything.

`Watch.tick` does what is due; `Watch.run` calls it four times a second. An open incident is never closed or cut silently: the end
of tracking only stops keeping positions, and says so. `ladder` says which step is due when; the ids of the records
follow from the incident, so that two servers that look at once write one record. What many alarms need at once is one record that
names them, in a stream of the day: in a flood the watch may not write more than the feeds.

Where several servers write the log, what may be done for many is always written there, be it for one: that stream puts them in an
order, and whoever wrote that an alarm is told outside tells it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from incidents import events as ev
from incidents.board import Change
from incidents.clock import milliseconds
from incidents.desk.desk import Desk
from incidents.escalation.agenda import Agenda
from incidents.escalation.bulk_note import Members, note_together
from incidents.escalation.ladder import (
    RUNGS,
    THERE,
    Away,
    Step,
    WatchTimes,
    cause_of,
    event_of,
    id_of,
    steps,
)
from incidents.incident import Escalation, Incident
from incidents.log import Log, LogUnavailable
from incidents.log.record import CHECKPOINT
from incidents.orders import POSITION_EVERY_S, due_update
from incidents.ports import Screens

EVERY_S = 0.25
TAKEN_OVER_S = 60.0  # a step's telling outside that has no result after so long was cut off: it is done again
TOLD_WITHIN_S = 45.0  # else it failed, where another server would take it for cut off
MANY = 8  # what more than so many alarms need in one look is written as one record
MANY_AT_MOST = 500  # a record
TOLD_BY_ID = 100  # of many that are told outside at once
_STEPS_AT_ONCE = 8

_logger = logging.getLogger(__name__)

# Tells somebody outside of an alarm (nothing of a person in it) and says what became of it on each way that is set.
Outside = Callable[[dict[str, str]], Awaitable[Sequence[ev.OutsideTold]]]


def tracking_ends(incident: Incident, times: WatchTimes) -> datetime:
    """When positions of this incident stop being kept."""
    return incident.position.tracked_until or incident.presses.last_at + timedelta(minutes=times.tracking_min)


def _unshown(incident: Incident) -> bool:
    """Whether no screen is known to have shown it. Who raised it by hand and has it wrote it on one."""
    seen = incident.origin == "hand" and "acknowledged" in incident.times
    return "presented" not in incident.times and not incident.attention.unpresented and not seen


class Watch:
    """What happens by the clock. Errors of one incident don't stop the watch over the others.

    `screens` tell whose page is there; without them nobody is held to be lost.
    """

    def __init__(
        self,
        desk: Desk,
        log: Log,
        times: WatchTimes | None = None,
        *,
        outside: Outside | None = None,
        screens: Screens | None = None,
    ) -> None:
        self._desk = desk
        self._log = log
        self.times = times or WatchTimes()
        self._outside = outside
        self._screens = screens
        self._away: dict[str, Away] = {}
        self._telling: dict[str, asyncio.Task[None]] = {}
        # By alarm: since when it is being told outside, and when we saw that.
        self._untold: dict[str, tuple[datetime, datetime]] = {}
        self._many = 0 if desk.shared else MANY
        self._sealed_at, self._seals = desk.clock.now(), 0
        self._agenda = Agenda(desk.board, self._when)

    def away(self, actor: str) -> Away:
        """Whether a person's page is there, for what is shown before it strikes."""
        return self._away.get(actor, THERE)

    def next_steps(self, incident: Incident) -> tuple[Step, ...]:
        """What waits for its moment, the next first."""
        return steps(incident, self.times, self.away(incident.owner) if incident.owner else THERE)

    async def run(self) -> None:
        """Tick for ever."""
        try:
            while True:
                try:
                    await self.tick()
                except Exception:
                    _logger.exception("the watch stumbled and goes on")
                await asyncio.sleep(EVERY_S)
        finally:
            for task in self._telling.values():
                task.cancel()
            await asyncio.gather(*self._telling.values(), return_exceptions=True)

    async def tick(self) -> None:
        """Do what is due now."""
        now = self._desk.clock.now()
        self._look_for_owners(now)
        await self._take_back_offers(now)
        for name in await self._over_many(self._agenda.due(now), now):
            try:
                await self._over(name, now)
            except Exception:
                _logger.exception("the watch stumbled over an incident and goes on with the others")
        for incident in self._desk.exclusions.concerned():
            if incident.open:
                await self._see_that_the_eligible_know(incident, now)
        await self._over_devices(now)
        if now - self._sealed_at >= timedelta(minutes=self.times.checkpoint_min):
            self._sealed_at = now
            await self.seal(unless_another_did=True)
        self._desk.board.forget(now)

    async def seal(self, *, unless_another_did: bool = False) -> None:
        """Write a checkpoint, if anything was written since the last; or unless another server wrote one since we looked last."""
        try:
            before, self._seals = self._seals, await self._log.version(CHECKPOINT)
            if unless_another_did and self._desk.shared and self._seals != before:
                return
            if (record := await self._log.checkpoint(ev.stamp(self._desk.clock.now()))) is not None:
                self._seals = record.version
        except LogUnavailable as failure:
            _logger.warning("no checkpoint: %s", failure)

    async def cases_changed(self) -> None:
        """Open incidents whose case is new, or newly known, say so, and zones under way are told what to heed.

        A press that came while the register was locked, or before its device was in it, has its case from then on.
        """
        for incident in tuple(self._desk.board.incidents.values()):
            case = self._desk.case_of(incident) if incident.open else None
            if case is None or (incident.case, incident.case_version) == (case.number, case.version):
                continue
            stream, name = f"incident/{incident.id}", f"{incident.id}-case-{case.version}"
            changed = ev.CaseChanged(case=case.number, case_version=case.version)
            await self._desk.note(stream, changed, id=name, actor="watch")
            await self._update(self._desk.board.incidents[incident.id], "instructions", f"{name}-order")

    def _look_for_owners(self, now: datetime) -> None:
        """Note whose page went and whose came back; the rows of their alarms say so."""
        if self._screens is None:
            return
        here, certain = frozenset(self._screens.present()), self._screens.certain()
        owned = self._desk.board.index.owned
        for actor in tuple(owned):
            before = self._away.get(actor, THERE)
            after = before
            if actor not in here and certain:
                signed_out = actor in self._desk.board.signed_out
                after = Away(since=before.since or now, signed_out=signed_out)
            elif actor in here and before.since is not None:
                after = Away(back=now)
            if after != before:
                self._away[actor] = after
                for name in tuple(owned.get(actor, ())):
                    self._desk.board.notify(Change(kind="incident", key=name))
        self._away = {actor: away for actor, away in self._away.items() if actor in owned}

    async def _take_back_offers(self, now: datetime) -> None:
        """An owner whose page is there again has their alarms: on every page nobody has them no more."""
        board = self._desk.board
        here = frozenset(self._screens.present()) if self._screens is not None and board.index.offered else frozenset()

        def back() -> ev.Event | None:
            at = board.incidents[name]
            gone = at.ownership.gone in ("lost", "signed_out")
            return ev.OfferedToAll(why="back") if gone and at.owner in here else None

        for name in tuple(board.index.offered):
            if back() is not None:
                of = f"watch:{name}:back:{board.incidents[name].version}"
                await self._desk.record(f"incident/{name}", back, id=of, source_at=now, actor="watch")

    def _when(self, incident: Incident) -> datetime | None:
        """The moment at which something is next due; `_over` and `_shared` then say what."""
        if not incident.open:
            self._untold.pop(incident.id, None)
            return None
        moments = [step.at for step in self.next_steps(incident)[:1]]
        if _unshown(incident):
            moments.append(incident.waited_for_from(incident.received_at) + timedelta(seconds=self.times.presented_s))
        if not incident.position.tracking_ended:
            moments.append(tracking_ends(incident, self.times))
        if incident.order is not None and incident.order.outbox:
            at = incident.order.outbox[-1].at + timedelta(seconds=POSITION_EVERY_S)
            moments += [at] if due_update(incident, at) else []
        if (until := self._told_until(incident)) is not None:
            moments.append(until)
        return min(moments, default=None)

    def _told_until(self, incident: Incident) -> datetime | None:
        """By when a telling outside has a result; later it was cut off. What another server began counts from when we saw it."""
        began = incident.escalation.rung_at
        if incident.escalation.rung != "outside" or incident.escalation.outside or began is None:
            self._untold.pop(incident.id, None)
            return None
        if self._untold.get(incident.id, (None,))[0] != began:
            self._untold[incident.id] = began, self._desk.clock.now() if self._desk.shared else began
        return self._untold[incident.id][1] + timedelta(seconds=TAKEN_OVER_S)

    def _unseen(self, incident: Incident, now: datetime) -> bool:
        waited = (now - incident.waited_for_from(incident.received_at)).total_seconds()
        return _unshown(incident) and waited > self.times.presented_s

    def _shared(self, incident: Incident, now: datetime) -> Iterator[tuple[ev.Event, int]]:
        """What is due of an incident that may be due of many at once, and what it follows from."""
        if self._unseen(incident, now):
            yield ev.Unpresented(after_s=self.times.presented_s), 0
        if not incident.position.tracking_ended and now >= tracking_ends(incident, self.times):
            yield ev.TrackingEnded(), incident.version
        due = next((step for step in self.next_steps(incident) if step.at <= now), None)
        if due is not None and due.what in RUNGS:
            yield event_of(due), cause_of(incident, due.what)

    async def _over_many(self, due: list[str], now: datetime) -> list[str]:
        """Do what is due of many at once; the incidents that must be looked at one by one."""
        if len(due) <= self._many:
            return due
        shared: dict[ev.Event, list[str]] = {}
        for name in due:
            if (incident := self._desk.board.incidents.get(name)) is not None and incident.open:
                for event, _ in self._shared(incident, now):
                    shared.setdefault(event, []).append(name)
        done: set[str] = set()
        for event, names in shared.items():
            if len(names) <= self._many:
                continue
            for start in range(0, len(names), MANY_AT_MOST):
                some = names[start : start + MANY_AT_MOST]
                done.update(some)
                try:
                    await self._do_together(event, some, now)
                except Exception:
                    _logger.exception("the watch stumbled over many incidents and goes on with the others")
                await asyncio.sleep(0)  # what waits for the loop is a press
        # One that needs more than it shared with the others is due again at the next look.
        return [name for name in due if name not in done]

    async def _do_together(self, event: ev.Event, names: Sequence[str], now: datetime) -> None:
        def members() -> Iterator[tuple[str, int]]:
            for name in names:
                incident = self._desk.board.incidents.get(name)
                if incident is not None and incident.open:
                    yield from ((name, cause) for due, cause in self._shared(incident, now) if due == event)

        await self._escalate(event, members)

    async def _escalate(self, event: ev.Event, members: Members, *, whether_recorded_or_not: bool = False) -> None:
        """Do the same with these, and tell outside where that is the step: who wrote it does, not who holds it for later."""
        outcome, names = await note_together(self._desk, event, members)
        held = self._desk.shared and outcome != "recorded" and not whether_recorded_or_not
        if isinstance(event, ev.Escalated) and event.step == "outside" and not held:
            self._tell_outside([self._desk.board.incidents[name] for name in names])

    async def _over(self, name: str, now: datetime) -> None:
        incident = self._desk.board.incidents.get(name)
        if incident is None or not incident.open:
            return
        stream = f"incident/{incident.id}"
        if self._unseen(incident, now) and not self._desk.shared:
            unseen = ev.Unpresented(after_s=self.times.presented_s)
            await self._desk.note(stream, unseen, id=f"{incident.id}-unpresented", actor="watch")
        tracked = not incident.position.tracking_ended and now < tracking_ends(incident, self.times)
        if not (tracked or incident.position.tracking_ended or self._desk.shared):
            ended = f"{incident.id}-tracking-{incident.version}"
            await self._desk.note(stream, ev.TrackingEnded(), id=ended, actor="watch")
        if due_update(incident, now):
            assert incident.order is not None
            await self._update(incident, "position", f"{incident.order.id}-position-{incident.version}")
        # After an outage several steps are due: each is taken, in its order.
        for _ in range(_STEPS_AT_ONCE):
            if not await self._take_next(incident.id, now):
                break
        await self._see_that_it_is_told(self._desk.board.incidents[incident.id], now)

    async def _see_that_the_eligible_know(self, incident: Incident, now: datetime) -> None:
        """Whom the case excludes has nothing of an alarm, and is nobody who saw or heard it: the others are called at once."""
        stream = f"incident/{incident.id}"

        def offered() -> ev.Event | None:
            at = self._desk.board.incidents[incident.id]
            kept = at.owner is not None and not at.ownership.gone and self._desk.exclusions.actor(at, at.owner)
            return ev.OfferedToAll(why="excluded") if kept else None

        if offered() is not None:
            # By the version: whatever ended the offer, it is made anew as long as such a person has the alarm.
            name = f"watch:{incident.id}:excluded:{incident.version}"
            await self._desk.record(stream, offered, id=name, source_at=now, actor="watch")
        if incident.escalation.waits_since is None or incident.escalation.rung == "outside":
            return
        if self._screens is None or not self._screens.alone(incident):
            return
        name = f"watch:{incident.id}:alone:{incident.escalation.waits_from}"
        rung = ev.Escalated(step="outside", after_s=0)
        if self._desk.shared:
            await self._escalate(rung, lambda: self._at_outside(incident.id, incident.escalation.rung_at))
            return
        outcome, _ = await self._desk.record(stream, lambda: rung, id=name, source_at=now, actor="watch")
        if outcome != "repeated":
            self._tell_outside([self._desk.board.incidents[incident.id]])

    async def _take_next(self, name: str, now: datetime) -> bool:
        """Take the first step that is due. False when there is none, or it was taken by another."""
        board = self._desk.board
        due = next((step for step in self.next_steps(board.incidents[name]) if step.at <= now), None)
        if due is None or (self._desk.shared and due.what in RUNGS):  # the next look takes it, as of many
            return False

        def decision() -> ev.Event | None:
            incident = board.incidents[name]
            same = (
                s for s in self.next_steps(incident) if (s.what, s.limit, s.cause) == (due.what, due.limit, due.cause)
            )
            return event_of(due, self.away(incident.owner or "")) if any(s.at <= now for s in same) else None

        outcome, event = await self._desk.record(
            f"incident/{name}", decision, id=id_of(board.incidents[name], due), source_at=now, actor="watch"
        )
        if due.what == "outside" and event is not None:
            self._tell_outside([board.incidents[name]])
        return outcome != "repeated"

    async def _see_that_it_is_told(self, incident: Incident, now: datetime) -> None:
        """A telling that the end of its process cut off is done again; of several servers by one, which says so."""
        until = self._told_until(incident)
        if until is None or now <= until or incident.id in self._telling:
            return
        if self._desk.shared:
            again = ev.Escalated(step="outside", after_s=round(TAKEN_OVER_S))
            # Cut off from the others for so long: told twice is better than not at all.
            members = partial(self._at_outside, incident.id, incident.escalation.rung_at)
            await self._escalate(again, members, whether_recorded_or_not=True)
        else:
            self._tell_outside([incident])

    def _at_outside(self, name: str, rung_at: datetime | None) -> Iterator[tuple[str, int]]:
        """An alarm with what its telling outside follows from, as long as it stands on the rung of that moment, untold."""
        incident = self._desk.board.incidents.get(name)
        watch = incident.escalation if incident is not None else Escalation()
        if incident is None or watch.waits_since is None or watch.outside or watch.rung_at != rung_at:
            return
        yield name, cause_of(incident, "outside")

    def _tell_outside(self, incidents: Sequence[Incident]) -> None:
        """Tell of these alarms once; not of one that is being told."""
        fresh = [incident for incident in incidents if incident.id not in self._telling]
        if not fresh:
            return
        task = asyncio.create_task(self._tell(fresh), name="tell outside")
        for incident in fresh:
            self._telling[incident.id] = task

        def told(done: asyncio.Task[None]) -> None:
            for incident in fresh:
                self._telling.pop(incident.id, None)

        task.add_done_callback(told)

    async def _tell(self, incidents: Sequence[Incident]) -> None:
        """One command, or one request, however many they are: it names the first, and how many more."""
        incident = incidents[0]
        facts = {
            "incident": incident.id,
            "step": "outside",
            "zone": incident.zone,
            "received_at": ev.stamp(incident.received_at),
            "unanswered_since": ev.stamp(incident.escalation.waits_since or incident.received_at),
            "at": ev.stamp(self._desk.clock.now()),
        }
        if len(incidents) > 1:
            facts["count"] = str(len(incidents))
            facts["incidents"] = " ".join(one.id for one in incidents[:TOLD_BY_ID])
        told: Sequence[ev.OutsideTold] = ()
        try:
            async with asyncio.timeout(TOLD_WITHIN_S if self._desk.shared else None):
                told = await self._outside(facts) if self._outside is not None else ()
        except TimeoutError:
            told = (ev.OutsideTold(channel="command", ok=False, why="it did not end in time"),)
        except Exception:
            _logger.exception("telling outside stumbled")
            told = (ev.OutsideTold(channel="command", ok=False, why="it stumbled"),)
        for result in told or (ev.OutsideTold(channel="none", ok=False, why="not set"),):
            if len(incidents) > 1:
                causes = [(one.id, cause_of(one, "outside")) for one in incidents]
                await note_together(self._desk, result, lambda causes=causes: iter(causes))  # type: ignore[misc]
                continue
            rung = milliseconds(incident.escalation.rung_at or incident.received_at)
            name = f"watch:{incident.id}:told:{rung}:{result.channel}"
            await self._desk.note(f"incident/{incident.id}", result, id=name, actor="watch")

    async def _over_devices(self, now: datetime) -> None:
        """A technical alarm laid aside comes back by itself; one that flapped is steady when it has not changed for a minute."""
        for alarm in tuple(self._desk.board.device_alarms.values()):
            if alarm.steady_at is not None and alarm.steady_at <= now:
                name = f"watch:{alarm.stream}:{alarm.condition}:steady:{milliseconds(alarm.changed_at)}"
                steady = ev.DeviceSteady(condition=alarm.condition, changes=alarm.changes)
                await self._desk.note(alarm.stream, steady, id=name, actor="watch")
            until = alarm.shelved_until
            if until is not None and until <= now:
                name = f"watch:{alarm.stream}:{alarm.condition}:unshelved:{milliseconds(until)}"
                await self._desk.note(
                    alarm.stream, ev.DeviceUnshelved(condition=alarm.condition), id=name, actor="watch"
                )

    async def _update(self, incident: Incident, why: ev.UpdateReason, name: str) -> None:
        await self._desk.update_order(incident.id, why, id=name, actor="watch")
