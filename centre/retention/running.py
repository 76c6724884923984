"""What is over in one centre, and its erasing: by a desk each night, or by the command while no desk runs.

`plan` looks and changes nothing; `run` does what a plan says, item by item, and looks at each once more as it is then.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import msgspec

from centre.opening import LiveLog
from centre.retention.stores import Ending, end, evidence_over, over_in_register, used_cases
from incidents import events as ev
from incidents.audit import stream_of
from incidents.cases import CaseRegister, CasesLocked
from incidents.clock import Clock
from incidents.log import LogDamaged, LogUnavailable, Record, VersionConflict
from incidents.log.private_file import quarantined_before, streams_with_keys
from incidents.log.record import BadRecord
from incidents.log.snapshot import snapshot
from incidents.retention.reading import PREFIX, alarms_in, all_facts, evidence_holds, facts_of, said_under_duress, whole
from incidents.retention.rule import Facts, Hold, Verdict, due
from incidents.retention.streams import months_over
from incidents.retention.times import Times, named_in, times_of

_logger = logging.getLogger(__name__)

_KINDS = {"looks": "looks", "device": "device"}  # of what is called `desk` otherwise
NIGHT = "retention"  # the actor of what a desk does by itself
BESIDE = frozenset({"evidence", "quarantine"})  # what each of several servers has of its own
GAP = timedelta(days=8)  # after which a night only proposes: our clock may be wrong
PAUSE_S = 0.02  # between two erasures, in which a press has the log for itself

NoteEvent = Callable[..., Awaitable[None]]


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """The times that count: who confirmed them (a pseudonym), when, on whose advice."""

    times: Times
    at: datetime
    actor: str
    event: ev.RetentionConfirmed

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The times that there were none of then: nothing ends by them until they are confirmed too."""
        return tuple(name for name, _ in self.times.each() if name not in named_in(self.event.times))


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is over, the oldest first, how many incidents each hold keeps, and how many wait for their time or are open.

    `proposed`: of a run that erased nothing, for no times are confirmed or our clock may be wrong.
    """

    now: datetime
    confirmed: Confirmed | None
    endings: tuple[Ending, ...] = ()
    held: dict[str, int] = {}
    kept: int = 0
    failed: int = 0
    proposed: bool = False


class Retention:
    """The retention of one open log. `on_board`: the incidents that a desk shows now, which are left alone."""

    def __init__(
        self,
        log: LiveLog,
        path: Path,
        cases: CaseRegister,
        clock: Clock,
        note: NoteEvent,
        on_board: Callable[[], Collection[str]] = tuple,
        *,
        register: Path | None = None,
        key_file: Path | None = None,
        provinces: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`register`, `key_file`: the file of those cases, and the key that it is sealed under. `provinces`: of zones."""
        self._log, self._path, self._cases, self._clock = log, path, cases, clock
        self._note, self._on_board = note, on_board
        self._register, self._key_file, self._provinces = register, key_file, provinces

    async def confirmed(self) -> Confirmed | None:
        """The times that were confirmed last; None while none were. Raises LogUnavailable, TimesError (of a newer Vigie)."""
        newest = await asyncio.to_thread(self._newest, "retention_confirmed")
        if newest is None:
            return None
        event = ev.entry(newest, self._log.unseal(newest)).event
        assert isinstance(event, ev.RetentionConfirmed)
        at = datetime.fromisoformat(newest.at)
        return Confirmed(times=times_of(event.times), at=at, actor=newest.actor, event=event)

    async def plan(self, wanted: Times | None = None) -> Plan:
        """What is over now; by the proposed times where none are confirmed, or as it will be by those that are `wanted`.

        Raises LogUnavailable, TimesError."""
        now, confirmed = self._clock.now(), await self.confirmed()
        times = wanted or (confirmed.times if confirmed is not None else Times())
        some, others, evidence = await asyncio.to_thread(self._verdicts, times, now)
        held: Counter[str] = Counter()
        endings: list[Ending] = []
        kept = 0
        for seen in some:
            verdict = (await self._closely(seen.incident, times, now, evidence))[0] if seen.over else seen
            held.update(verdict.held)
            if verdict.over and verdict.ends is not None:
                endings.append(Ending(kind="incident", name=verdict.incident, rule=verdict.rule, ended=verdict.ends))
            elif not verdict.held:
                kept += 1
        endings.sort(key=lambda ending: (ending.ended, ending.name))
        endings += others
        unconfirmed = confirmed.unconfirmed if confirmed is not None and wanted is None else ()
        endings = [ending for ending in endings if ending.rule not in unconfirmed]
        return Plan(now=now, confirmed=confirmed, endings=tuple(endings), held=dict(held), kept=kept)

    async def run(
        self,
        actor: str,
        id: str,
        *,
        before_each: Callable[[], Awaitable[object]] | None = None,
        kinds: Collection[str] | None = None,
    ) -> Plan:
        """Erase what is over, where times are confirmed; what was done. `actor`: a pseudonym, or `NIGHT`. `kinds`: these alone.

        `before_each` thing that ends, what persons say is entered: a night may be long, and a hold counts from when it was said.

        A night after a gap of more than `GAP` proposes only. Raises LogUnavailable, TimesError.
        """
        plan = await self.plan()
        if kinds is not None:
            some = tuple(ending for ending in plan.endings if ending.kind in kinds)
            plan, id = msgspec.structs.replace(plan, endings=some), f"{id}:{uuid4().hex[:8]}"
        if plan.confirmed is None:
            if actor != NIGHT:
                await self._noted(plan, actor, id, proposed=True)
            return msgspec.structs.replace(plan, proposed=True)
        if actor == NIGHT and kinds is None and await self._cautious(plan.now):
            _logger.warning("nothing is erased this night: our clock went on by days since the last run; look at it")
            await self._noted(plan, actor, id, proposed=True)
            return msgspec.structs.replace(plan, proposed=True)
        await self._log.finish_erasing()
        done = []
        for ending in plan.endings:
            if before_each is not None:
                await before_each()
            if await self._ended(ending, plan.confirmed.times, actor):
                done.append(ending)
            await asyncio.sleep(PAUSE_S)
        plan = msgspec.structs.replace(plan, endings=tuple(done), failed=len(plan.endings) - len(done))
        if kinds is None or plan.endings or plan.failed:
            await self._noted(plan, actor, id)
        return plan

    def _newest(self, *kinds: str) -> Record | None:
        """The record of these types that was entered last: by the log's order, for our clock may have been wrong then."""
        with snapshot(self._path) as log:
            try:
                return log.last_of(kinds)
            except BadRecord as error:
                raise LogDamaged(f"the log: it is damaged: {error}") from None

    async def facts(self, incident: str) -> Facts | None:
        """The facts of one incident as it is now, the duress word too; None where there is none. Raises LogUnavailable."""
        return (await self._read(incident))[0]

    async def _cautious(self, now: datetime) -> bool:
        last = await asyncio.to_thread(self._newest, "retention_run", "retention_confirmed")
        return last is None or not timedelta() <= now - datetime.fromisoformat(last.at) <= GAP

    async def _noted(self, plan: Plan, actor: str, id: str, *, proposed: bool = False) -> None:
        kinds = Counter(ending.kind for ending in plan.endings)
        event = ev.RetentionRun(
            incidents=kinds["incident"],
            months=kinds["looks"],
            cases=kinds["case"],
            versions=kinds["version"],
            files=kinds["evidence"],
            streams=kinds["device"] + kinds["desk"],
            messages=sum(int(ending.name) for ending in plan.endings if ending.kind == "quarantine"),
            failed=plan.failed,
            proposed=proposed,
        )
        await self._note(stream_of(plan.now), event, id=id, actor=actor)

    def _verdicts(self, times: Times, now: datetime) -> tuple[list[Verdict], list[Ending], dict[str, list[Hold]]]:
        """The verdicts of all incidents that still open, from their open facts, all else that is over, and the evidence files."""
        streams = streams_with_keys(self._path, that_open=True)
        with snapshot(self._path) as log:
            facts = list(_rested(all_facts(log, {stream for stream in streams if stream.startswith(PREFIX)})))
            evidence = evidence_holds(log)
            erased = {record.stream for record in log.of_type("erased")}
            files = evidence_over(log, self._path.parent, erased, times, now)
            try:
                used = used_cases(log, self._log.vault, erased)
                cases = over_in_register(self._register, self._key_file, used, times, now)
            except LogUnavailable as failure:  # whose case each incident is, is not known: every case may be needed
                _logger.warning("no case ends: %s", failure)
                cases = []
            others = streams - {PREFIX + one.incident for one in facts}
            newest = {stream: datetime.fromisoformat(at) for stream, at in log.newest(others).items()}
            # Who looked is known for as long as anything that could be looked at then.
            oldest = min((one.raised_at for one in facts), default=now)
            over = [
                Ending(kind=_KINDS.get(rule, "desk"), name=key, rule=rule, ended=since)
                for key, rule, ended, since in months_over(others, newest, times, now)
                if (rule != "looks" or ended <= oldest) and not (rule == "device" and alarms_in(log, key))
            ]
        before = now - timedelta(days=times.quarantine)
        messages, first = quarantined_before(self._path, ev.stamp(before))
        if messages:
            ended = datetime.fromisoformat(first) + timedelta(days=times.quarantine)
            over.append(Ending(kind="quarantine", name=str(messages), rule="quarantine", ended=ended))
        return [due(one, times, now) for one in facts], [*over, *cases, *files], evidence

    async def _closely(
        self, incident: str, times: Times, now: datetime, evidence: Mapping[str, list[Hold]] | None = None
    ) -> tuple[Verdict, int]:
        """The verdict by everything that is known of an incident, and the version it was made of; what can't be read is held.

        `evidence`: the holds of the evidence files, where they were read just now."""
        facts, version = await self._read(incident, evidence)
        if facts is None:
            facts = Facts(incident=incident, raised_at=now, closed_at=now, holds=(Hold("unreadable", now),))
        return due(facts, times, now), version

    async def _read(self, incident: str, evidence: Mapping[str, list[Hold]] | None = None) -> tuple[Facts | None, int]:
        records = await self._log.stream(PREFIX + incident)
        if not records or not whole(records):
            return None, 0
        try:
            opened = [(record, self._log.unseal(record)) for record in records]
            if evidence is None:
                evidence = await asyncio.to_thread(self._evidence)
            held = [*evidence.get(incident, ())]
            unread = self._cases.state not in ("open", "none")
            words: set[str] = set()
            try:
                facts = (msgspec.json.decode(sealed) for _, sealed in opened if sealed)
                if cases := {str(fact["case"]) for fact in facts if fact.get("case")}:
                    # Those that were agreed with her, of every version of the cases named here.
                    words = await asyncio.to_thread(self._cases.duress_words, cases)
            except CasesLocked:  # since the register was read last
                unread = True
            held += said_under_duress(opened, words)
            held += [Hold("unreadable", self._clock.now())] if unread else []
            return facts_of(incident, records, held), records[-1].version
        except (BadRecord, ValueError):
            return None, 0

    def _evidence(self) -> dict[str, list[Hold]]:
        with snapshot(self._path) as log:
            return evidence_holds(log)

    async def _ended(self, ending: Ending, times: Times, actor: str) -> bool:
        """Whether it is gone now. One that changed meanwhile, or that is shown, is left to the next run."""
        if ending.kind == "quarantine":
            before = ev.stamp(self._clock.now() - timedelta(days=times.quarantine))
            try:
                await self._log.forget_quarantine(before)
            except LogUnavailable:
                return False
            return True
        if ending.kind not in ("incident", "looks", "device", "desk"):
            return await end(ending, self._register, self._key_file, self._provinces)
        stream = ending.name
        expected = None
        if ending.kind == "incident":
            stream = PREFIX + ending.name
            verdict, expected = await self._closely(ending.name, times, self._clock.now())
            if not verdict.over or ending.name in self._on_board():
                return False
        id = f"{stream}:{await self._log.version(stream)}:erased"  # no message and no command has such an id
        at = ev.stamp(self._clock.now())
        try:
            await self._log.erase(stream, id=id, at=at, actor=actor, rule=ending.rule, expected_version=expected)
        except (VersionConflict, LogUnavailable):
            return False
        return True


def _rested(facts: Iterator[Facts]) -> Iterator[Facts]:
    """In a thread beside a serving desk: let its event loop in now and then."""
    for n, one in enumerate(facts):
        if n % 50 == 0:
            time.sleep(0.001)
        yield one
