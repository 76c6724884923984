"""The commands of the bench: a type and one handler each. A key comes in by one and is never sent, kept or logged here."""

from collections.abc import Mapping
from typing import Literal, Self

from dashboard.shell.requests import Command, Handlers, Request, answers, handlers, text
from dashboard.technician.tests_in_progress import Bench
from incidents import events as ev
from incidents.bindings import NotBound
from incidents.buttons import EnrolError, address_of, device_name, key_of
from incidents.commands import Refused
from incidents.desk.decisions import check_id
from incidents.exclusion import Exclusions
from incidents.roles import User, check

PAGE = "page bench"


class Denied(Refused):
    """A command that can't be carried out: a code for the page, and words of the receiver where it has some."""

    def __init__(self, why: str, words: str = "") -> None:
        super().__init__("invalid")
        self.why, self.words = why, words


class Wish(Request, frozen=True):
    """A command about a device, and for another that it is put in the place of. `id` names its record."""

    id: str = ""
    address: str = ""
    device: str = ""
    old: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, object]) -> Self:
        """Names and address as those of the receiver and the register; a name that is none is empty."""
        names = {field: _name(text(asked, field)) for field in ("device", "old")}
        return super().of({**asked, **names, "address": address_of(text(asked, "address"))})


class Enrol(Wish, frozen=True, tag="bench_enrol"):
    """Enrol a button, `instead` of what bears its name; with the key that it ciphers with where it has one."""

    key: str = ""
    instead: bool = False


class Remove(Wish, frozen=True, tag="bench_remove"):
    """Let the receiver know a button no more."""


class Bind(Wish, frozen=True, tag="bench_bind"):
    """Give a device to a case."""

    number: str = ""


class Swap(Wish, frozen=True, tag="bench_swap"):
    """Give a case another device."""


class TakeBack(Wish, frozen=True, tag="bench_take_back"):
    """Take a device back from its case."""


class TenPresses(Wish, frozen=True, tag="bench_test"):
    """Begin, finish or leave the ten-press test."""

    step: Literal["", "begin", "finish", "drop"] = ""


class BenchRequests:
    """Carries them out at the bench for `who`; what the exclusions keep from them does not exist."""

    def __init__(self, bench: Bench, who: User, exclusions: Exclusions) -> None:
        self._bench, self._who, self._exclusions = bench, who, exclusions

    async def carry_out(self, asked: Command) -> None:
        """Raises `Refused`."""
        if asked.name not in WISHES:
            raise Refused("invalid")
        check_id(asked.id)
        kind, handler = WISHES[asked.name]
        wish = kind.of(asked.command | {"id": asked.id})
        devices = self._bench.buttons.state.devices
        at_address = next((button.device for button in devices if button.address == wish.address), "")
        if any(self._exclusions.device(name, self._who) for name in (at_address, wish.device, wish.old)):
            raise Refused("unknown_incident")
        try:
            await handler(self, wish)
        except NotBound as refused:
            raise Denied(f"bench_{refused.why}") from None

    @answers(Enrol)
    async def _enrol(self, wish: Enrol) -> None:
        check(self._who, "enrol button")
        typed = wish.key.strip()
        try:
            key = key_of(typed) if typed else None
        except EnrolError:
            raise Denied("bench_key") from None
        if not wish.device:
            raise Denied("bench_name")
        try:
            await self._bench.buttons.enrol(wish.address, wish.device, key=key, by=self._who.name, instead=wish.instead)
        except EnrolError as error:
            raise Denied("bench_enrol", str(error)) from None
        await self._note(wish, ev.ButtonEnrolled(device=wish.device, keyed=key is not None))

    @answers(Remove)
    async def _remove(self, wish: Remove) -> None:
        check(self._who, "enrol button")
        try:
            removed = await self._bench.buttons.remove(wish.device)
        except EnrolError as error:
            raise Denied("bench_enrol", str(error)) from None
        if removed:
            await self._note(wish, ev.ButtonRemoved(device=wish.device))

    @answers(Bind)
    async def _bind(self, wish: Bind) -> None:
        await self._bench.cases.bind(wish.device, wish.number, self._who, self._who.name, id=wish.id)

    @answers(Swap)
    async def _swap(self, wish: Swap) -> None:
        await self._bench.cases.swap(wish.old, wish.device, self._who, self._who.name, id=wish.id)

    @answers(TakeBack)
    async def _take_back(self, wish: TakeBack) -> None:
        await self._bench.cases.take_back(wish.device, self._who, self._who.name, id=wish.id)

    @answers(TenPresses)
    async def _test(self, wish: TenPresses) -> None:
        check(self._who, PAGE)
        match wish.step:
            case "begin":
                done = self._bench.begin(wish.device, by=self._who.name, actor=self._who.actor)
            case "finish":
                done = self._bench.finish(wish.device)
            case "drop":
                done = self._bench.drop(wish.device)
            case _:
                raise Refused("invalid")
        if not done:
            raise Denied("bench_test")

    async def _note(self, wish: Wish, event: ev.ButtonEnrolled | ev.ButtonRemoved) -> None:
        await self._bench.cases.note(wish.device, event, self._who.actor, id=wish.id)


WISHES: Handlers[Wish, None] = handlers(BenchRequests, Wish)


def _name(typed: str) -> str:
    try:
        return device_name(typed)
    except EnrolError:
        return ""
