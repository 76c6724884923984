"""Keeping cases: who sees the life of which case, the steps that may be taken, and each in the log.

The register is written first, the log is told: what it can't take now is held and written later, as everywhere, and what was
never written since this process was killed, at the next start (`enter_kept`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from incidents import events as ev
from incidents.audit import role_of, stream_of
from incidents.bindings import DeviceCases, Keep, NotBound
from incidents.case import Case
from incidents.cases.bindings import Binding, Bindings
from incidents.cases.life import NEEDS, Life, Need, NotPossible, Step, check, life, step_of, unanswered
from incidents.cases.register import RegisterState, SteppedMeanwhile
from incidents.cases.rows import row_of
from incidents.cases.sealed import CasesLocked
from incidents.desk.desk import Desk
from incidents.events import BRUSSELS
from incidents.log import Log
from incidents.roles import User, may
from incidents.roles import check as allowed

# What a supervisor is told: nobody kept the case in time.
LAPSED: frozenset[Need] = frozenset({"expired", "review_missed"})


# What a new case says at least; a fact with a star must be there. The field of the case that each is.
NEW_FACTS = ("number*", "name*", "begins*", "until*", "source*", "zone")
_FIELDS = {"number": "number", "name": "victim", "begins": "valid_from", "until": "valid_until", "source": "source"}
_FIELDS |= {"zone": "managing_zone"}

Enter = Callable[[Case], Awaitable[ev.CasesImported]]


class LivesRegister(Protocol):
    """The case register as its keepers need it."""

    @property
    def state(self) -> RegisterState: ...
    @property
    def edition(self) -> object: ...
    def all(self) -> tuple[Case, ...]: ...
    def by_number(self, number: str) -> Case | None: ...
    def lived(self, number: str) -> tuple[Case, tuple[Step, ...]] | None: ...
    def take_step(
        self, number: str, step: Step, *bindings: Binding, seen: int, bound: Bindings | None = None
    ) -> bool: ...


class KeptCase(msgspec.Struct, frozen=True):
    """A case with its life as of today."""

    case: Case
    life: Life
    steps: tuple[Step, ...]


class CaseKeeping:
    """The cases as their keepers, and the zones that manage them, may see them. One that excludes who asks does not exist.

    `devices` gives and swaps devices; `reload` lets the register take what was written to it; `known_zone` knows zones by key.
    `imports` imports a file of one case, by the rules of every import, and raises NotPossible.
    """

    def __init__(
        self,
        desk: Desk,
        register: LivesRegister,
        devices: DeviceCases,
        reload: Callable[[], Awaitable[None]],
        known_zone: Callable[[str], bool],
        imports: Enter,
    ) -> None:
        self._desk = desk
        self._imports = imports
        self._register = register
        self._devices = devices
        self._reload = reload
        self._known_zone = known_zone
        self._one_at_a_time = asyncio.Lock()
        self._edition: object = None
        self._editions = 0
        self._folding = asyncio.Lock()
        self._lives: dict[str, KeptCase] = {}
        self._lives_of: object = None  # the `moment` of which these are

    @property
    def state(self) -> RegisterState:
        """Whether the register can be asked."""
        return self._register.state

    @property
    def today(self) -> date:
        """The day it is in Belgium."""
        return self._desk.clock.now().astimezone(ev.BRUSSELS).date()

    @property
    def moment(self) -> object:
        """Equal as long as neither the cases nor the day are others: then what a list said is what it says."""
        if (edition := self._register.edition) is not self._edition:
            self._edition, self._editions = edition, self._editions + 1
        return self._editions, self.today

    def numbers(self, user: User) -> list[str]:
        """The cases that a person may see here."""
        return [case.number for case in self._register.all() if self._shows(case, user)]

    async def listed(self, user: User) -> list[KeptCase]:
        """The same with their lives: what waits longest for a hand comes first. Beside the loop: of 20,000 it takes a second."""
        lives = await self._all_lives()
        found = [kept for number in self.numbers(user) if (kept := lives.get(number)) is not None]
        return sorted(found, key=_waits)

    def doubted(self, number: str) -> dict[str, date]:
        """Which texts of a case somebody flagged as doubtful and nobody answered, and the day on which (Europe/Brussels)."""
        found = self._register.lived(number)
        return {} if found is None else {one.fact: one.at.astimezone(BRUSSELS).date() for one in unanswered(found[1])}

    async def lapsed(self, user: User | None) -> dict[Need, int]:
        """How many cases were let lapse: over and neither renewed nor ended, or a review missed. One kept from who asks does not
        count."""
        lives = [kept for kept in (await self._all_lives()).values() if not LAPSED.isdisjoint(kept.life.needs)]
        shown = [kept for kept in lives if not self._desk.exclusions.case(kept.case, user)]
        return {need: sum(need in kept.life.needs for kept in shown) for need in NEEDS if need in LAPSED}

    async def _all_lives(self) -> dict[str, KeptCase]:
        async with self._folding:
            if (moment := self.moment) != self._lives_of:
                self._lives = await asyncio.to_thread(self._fold)
                self._lives_of = moment
            return self._lives

    def _fold(self) -> dict[str, KeptCase]:
        every = (self._kept(case.number) for case in self._register.all())
        return {kept.case.number: kept for kept in every if kept is not None}

    def find(self, number: str, user: User) -> KeptCase | None:
        """A case that a person may see here; None also where there is none."""
        case = self._register.by_number(number)
        return self._kept(number) if case is not None and self._shows(case, user) else None

    async def enter(self, typed: Mapping[str, str], user: User) -> str:
        """Enter a new case of the least facts; its number. Its device is given at the handover. Typed twice it is one.

        Raises NotPossible and Refused("not_allowed").
        """
        allowed(user, "keep cases")
        said = {name: " ".join(typed.get(name, "").split()) for name in _FIELDS}
        for name in NEW_FACTS:
            if name.endswith("*") and not said[name.rstrip("*")]:
                raise NotPossible("missing", name.rstrip("*"))
        facts: dict[str, Any] = {field: said[name] for name, field in _FIELDS.items() if said[name]}
        facts |= {"victim": {"name": said["name"]}, "devices": [], "date": self.today.isoformat()}
        row = row_of(facts)
        if date.min < row.case.valid_until < self.today:
            raise NotPossible("until_past", "until")
        for name, field in _FIELDS.items():
            if any(problem.startswith(field) for problem in row.problems):
                raise NotPossible("too_long" if len(said[name]) > 200 else "malformed", name)
        if row.problems or (said["zone"] and not self._known_zone(said["zone"])):
            raise NotPossible("malformed", "zone")
        async with self._one_at_a_time:
            if self.state != "open":
                raise NotPossible("locked")
            found = self._register.lived(row.case.number)
            if found is None:
                try:
                    event = await self._imports(row.case)
                    await self._reload()
                except CasesLocked:
                    raise NotPossible("locked") from None
                event = msgspec.structs.replace(event, how="page", role=role_of(user), need="duty")
                now, id = self._desk.clock.now(), f"entered-{uuid4().hex}"
                await self._desk.note(stream_of(now), event, id=id, actor=user.actor)
            elif msgspec.structs.replace(found[0], version=1) != row.case:
                raise NotPossible("number_taken", "number")
        return row.case.number

    async def take(
        self,
        number: str,
        kind: str,
        typed: Mapping[str, str],
        user: User,
        *,
        id: str,
        seen: int | None = None,
        sure: bool = False,
    ) -> Step:
        """Take a step of a case, of what was `typed`; sent twice it is one. A `replaced` one gives the device with it, and
        a handover one that is not hers yet: both are kept, or neither.

        `seen`: how many steps the form showed, where that matters; `sure`: as in `DeviceCases.bind`, and that the case is to
        end. Raises NotPossible, NotBound and Refused("not_allowed").
        """
        allowed(user, "search cases" if kind == "doubted" else "keep cases")
        async with self._one_at_a_time:
            kept = self._kept(number) if kind == "doubted" else self.find(number, user)
            if kept is None or (kind == "doubted" and self._desk.exclusions.case(kept.case, user)):
                raise NotPossible("case_unknown")
            step = step_of(kind, typed, id=id, at=self._desk.clock.now(), by=user.actor)
            if any(one.id == id for one in kept.steps):
                return step
            if step.zone and not self._known_zone(step.zone):
                raise NotPossible("malformed", "zone")
            check(step, kept.case, kept.steps, self.today)
            if seen is not None and len(kept.steps) != seen:
                raise NotPossible("meanwhile")
            if kind == "ended" and not sure:
                raise NotPossible("ends")

            def keep(*bindings: Binding, seen: Bindings | None = None) -> None:
                self._register.take_step(number, step, *bindings, seen=len(kept.steps), bound=seen)

            try:
                if kind == "replaced" or (kind == "handed_over" and step.device not in kept.case.devices):
                    await self._replace(kept.case, step, user, keep, sure=sure)
                else:
                    await asyncio.to_thread(keep)
                    await self._reload()
            except SteppedMeanwhile:
                raise NotPossible("meanwhile") from None
            except CasesLocked:
                raise NotPossible("locked") from None
            await self._record(number, step, role_of(user))
            return step

    async def enter_kept(self, log: Log) -> None:
        """Enter each step and each binding that is kept and has no record: whoever wrote it was killed before the log was told.

        Those of before this log are of another one. Raises LogUnavailable.
        """
        async for _, first in log.records():
            began = datetime.fromisoformat(first.at)
            break
        else:
            return
        for case in self._register.all():
            found = self._register.lived(case.number)
            for step in found[1] if found is not None else ():
                if step.by and step.at >= began and await log.find(f"step-{step.id}") is None:
                    await self._record(case.number, step)
        await self._devices.enter_kept(log, began)

    async def _record(self, number: str, step: Step, role: str = "") -> None:
        taken = ev.CaseStepTaken(role=role, need="duty", kind=step.kind, case=number)
        stream = stream_of(self._desk.clock.now())
        await self._desk.record(stream, lambda: taken, id=f"step-{step.id}", actor=step.by, source_at=step.at)

    async def _replace(self, case: Case, step: Step, user: User, keep: Keep, *, sure: bool) -> None:
        """The new device is hers at once. While an alarm of the old one is open that stays hers too: no alarm loses its case."""
        if step.old and step.old not in case.devices:
            raise NotPossible("not_hers", "old")
        if step.device in case.devices:
            raise NotBound("same")
        try:
            if step.old:
                await self._devices.swap(
                    step.old, step.device, user, user.name, id=f"{step.id}-swap", sure=sure, keep=keep
                )
                return
        except NotBound as refused:
            if refused.why != "alarm_open":
                raise
        await self._devices.bind(step.device, case.number, user, user.name, id=f"{step.id}-bind", sure=sure, keep=keep)

    def _kept(self, number: str) -> KeptCase | None:
        found = self._register.lived(number)
        return None if found is None else KeptCase(found[0], life(*found, self.today), found[1])

    def _shows(self, case: Case, user: User) -> bool:
        theirs = may(user.roles, "keep cases") or (may(user.roles, "page cases") and case.managed_by(user.zone))
        return theirs and not self._desk.exclusions.case(case, user)


def _waits(kept: KeptCase) -> tuple[int, bool, date, str]:
    """What a list of cases is sorted by: what waits for a hand, the gravest first, then what ends first."""
    needs, state = kept.life.needs, kept.life.state
    first = NEEDS.index(needs[0]) if needs else len(NEEDS)
    return first, state in ("ended", "returned"), kept.life.until, kept.case.number
