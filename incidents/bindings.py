"""Whose a device is: given to an existing case at the bench, swapped for another, taken back. Each is an event in the log.

The register keeps what counts, the log that it was done and by whom. The register is written first: what the log can't take
now is held and written later, as everywhere, and what was never written since this process was killed, at the next start.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import uuid4

from incidents import events as ev
from incidents.audit import role_of, stream_of
from incidents.case import Case
from incidents.cases.bindings import Binding, Bindings
from incidents.cases.register import BoundMeanwhile, RegisterState
from incidents.cases.sealed import CasesLocked
from incidents.desk.desk import Desk
from incidents.devices.likeness import alike
from incidents.devices.listing import known
from incidents.log import Log
from incidents.roles import User, check, may

MAX_FOUND = 8  # cases that a search offers
MIN_SEARCH = 3  # characters: nobody leafs through the register

# bound: the device has a case; not_bound: it has none; same: the new device is the old one; alarm_open: the device would lose its
# case while an alarm of it is open; busy: somebody else changed it at the same moment; locked: the register is not there;
# unheard: nobody ever heard of the device that would get the case, which may be a slip: asked once more, it is done.
Why = Literal["case_unknown", "bound", "not_bound", "same", "alarm_open", "busy", "locked", "unheard"]


class NotBound(Exception):
    """It was not done, and nothing was changed. `meant`: a device that may be meant; `case`: the number of the case."""

    def __init__(self, why: Why, *, meant: str = "", case: str = "") -> None:
        super().__init__(why)
        self.why, self.meant, self.case = why, meant, case


class Register(Protocol):
    """The case register as the bench needs it."""

    @property
    def state(self) -> RegisterState: ...
    def all(self) -> tuple[Case, ...]: ...
    def by_device(self, device: str) -> Case | None: ...
    def by_number(self, number: str) -> Case | None: ...
    def search(self, text: str, limit: int = 8) -> tuple[Case, ...]: ...
    @property
    def bindings(self) -> Bindings: ...
    def bind(self, *bindings: Binding, seen: Bindings) -> None: ...


Keep = Callable[..., Any]  # `Register.bind`, or what keeps more with the bindings


class DeviceCases:
    """The cases as a technician may see them: a number and a name, and which device belongs to whom.

    `stream_of` names a device's stream in the log; `reload` lets the register take what was written to it. A case that an
    account may not open does not exist for it.
    """

    def __init__(
        self, desk: Desk, register: Register, stream_of: Callable[[str], str], reload: Callable[[], Awaitable[None]]
    ) -> None:
        self._desk = desk
        self._register = register
        self.stream_of = stream_of
        self._reload = reload
        self._one_at_a_time = asyncio.Lock()

    @property
    def state(self) -> RegisterState:
        """Whether the register can be asked."""
        return self._register.state

    async def search(self, text: str, user: User, account: str, *, id: str = "") -> tuple[Case, ...]:
        """The cases whose number, device or victim's name holds these words, best first; recorded, as `id`, before they are
        told."""
        check(user, "search case numbers")
        if len(text.strip()) < MIN_SEARCH or self._register.state != "open":
            return ()
        listed = self._register.search(text, MAX_FOUND * 4)
        found = tuple(case for case in listed if not self._kept(case, account, user.zone))[:MAX_FOUND]
        searched = ev.CaseNumbersSearched(role=role_of(user), found=len(found), text=text.strip())
        await self._desk.note(stream_of(self._desk.clock.now()), searched, id=id or uuid4().hex, actor=user.actor)
        return found

    def of(self, device: str, account: str, zone: str = "") -> Case | None:
        """The case of a device."""
        case = self._register.by_device(device)
        return None if case is None or self._kept(case, account, zone) else case

    async def bind(
        self,
        device: str,
        number: str,
        user: User,
        account: str,
        *,
        id: str,
        enrolled: Iterable[str] = (),
        sure: bool = False,
        keep: Keep | None = None,
    ) -> None:
        """Give a device that has no case to an existing one, as who keeps cases may too. Raises NotBound, Refused("not_allowed").

        `enrolled` are the receiver's devices; `sure` that one nobody ever heard of is meant; `keep` writes it, in the place of
        the register's `bind`, and raises what it raises.
        """
        check(user, "keep cases" if may(user.roles, "keep cases") else "bind device")
        async with self._one_at_a_time:
            if self._register.state != "open":
                raise NotBound("locked")
            case = self._register.by_number(number)
            if case is None or self._kept(case, account, user.zone):
                raise NotBound("case_unknown")
            if self._register.by_device(device) is not None:
                raise NotBound("bound")
            self._look_for(device, case, user, enrolled, sure)
            await self._keep(self._binding(device, case.number, user, id), keep=keep)

    async def swap(
        self,
        old: str,
        new: str,
        user: User,
        account: str,
        *,
        id: str,
        enrolled: Iterable[str] = (),
        sure: bool = False,
        keep: Keep | None = None,
    ) -> None:
        """Give the old device's case to the new one; the old one is taken back. Raises as `bind`."""
        check(user, "keep cases" if may(user.roles, "keep cases") else "bind device")
        async with self._one_at_a_time:
            case = self._of_now(old, user, account, enrolled)
            if old == new:
                raise NotBound("same")
            if self._register.by_device(new) is not None:
                raise NotBound("bound")
            try:
                self._look_for(new, case, user, enrolled, sure)
            except NotBound:  # asked once more, whoever asks reads whose it is
                shown = ev.DeviceCaseShown(role=role_of(user), need="duty", device=old, case=case.number)
                await self.note(old, shown, user.actor)
                raise
            bound = self._binding(new, case.number, user, id, swapped=True)
            back = self._binding(old, None, user, f"{id}#2", was=case.number, swapped=True)
            await self._keep(bound, back, keep=keep)

    async def take_back(self, device: str, user: User, account: str, *, id: str) -> None:
        """Take a device back from its case: it is nobody's. Raises as `bind`."""
        check(user, "bind device")
        async with self._one_at_a_time:
            case = self._of_now(device, user, account)
            await self._keep(self._binding(device, None, user, id, was=case.number))

    async def enter_kept(self, log: Log, began: datetime) -> None:
        """Enter what was done last with each device since a log began and has no record. Raises LogUnavailable."""
        for one in [*self._register.bindings.values()]:
            if one.id and one.at >= began and await log.find(one.id) is None:
                await self._record(one)

    async def note(self, device: str, event: ev.Event, actor: str, *, id: str = "") -> None:
        """Record what happened to a device at the bench."""
        await self._desk.note(self.stream_of(device), event, id=id or uuid4().hex, actor=actor)

    def _kept(self, case: Case, account: str, zone: str) -> bool:
        asks = User(actor="", roles=frozenset(), zone=zone, name=account)
        return self._desk.exclusions.case(case, asks)

    def heard_of(self, device: str, enrolled: Iterable[str] = ()) -> bool:
        """Whether a device ever spoke, or is one of the receiver's."""
        return device in self._desk.board.devices or device in enrolled

    def _look_for(self, device: str, case: Case, user: User, enrolled: Iterable[str], sure: bool) -> None:
        """Refuse to give a case to a name that nobody knows, unless that is `sure`."""
        if not sure and device not in known(self._desk.board, self._register, enrolled):
            raise NotBound("unheard", meant=self._meant(device, user, enrolled), case=case.number)

    def _meant(self, device: str, user: User, enrolled: Iterable[str]) -> str:
        """A known device that may be meant; none that is kept from who asks."""
        names = known(self._desk.board, self._register, enrolled)
        return alike(device, (name for name in names if not self._desk.exclusions.device(name, user)))

    def _of_now(self, device: str, user: User, account: str, enrolled: Iterable[str] = ()) -> Case:
        """The case that a device is to lose."""
        if self._register.state != "open":
            raise NotBound("locked")
        case = self.of(device, account)
        if case is None:
            raise NotBound("not_bound", meant=self._meant(device, user, enrolled))
        if self._desk.board.alarm_open(device):
            raise NotBound("alarm_open")
        return case

    def _binding(self, device: str, case: str | None, user: User, id: str, **more: Any) -> Binding:
        return Binding(device=device, case=case, at=self._desk.clock.now(), by=user.actor, id=id, **more)

    async def _keep(self, *bindings: Binding, keep: Keep | None = None) -> None:
        """Keep what is done, and record it."""
        known = self._register.bindings
        seen = {one.device: known[one.device] for one in bindings if one.device in known}
        try:
            await asyncio.to_thread(keep or self._register.bind, *bindings, seen=seen)
            await self._reload()
        except BoundMeanwhile:
            raise NotBound("busy") from None
        except CasesLocked:
            raise NotBound("locked") from None
        for one in bindings:
            await self._record(one)

    async def _record(self, of: Binding) -> None:
        event: ev.Event = ev.DeviceTakenBack(device=of.device, case=of.was, swapped=of.swapped)
        if of.case is not None:
            event = ev.DeviceBound(device=of.device, case=of.case, swapped=of.swapped)
        await self._desk.record(self.stream_of(of.device), lambda: event, id=of.id, actor=of.by, source_at=of.at)
