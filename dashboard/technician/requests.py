"""The commands of the bench, a handler each. A key comes in by one and is never sent, kept or logged here."""

from collections.abc import Mapping

from dashboard.shell.requests import Answering, answers, text
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
    """A command that can't be carried out: a code for the page, and words of the receiver where it has some.

    `meant` and `case` as NotBound has them.
    """

    def __init__(self, why: str, words: str = "", *, meant: str = "", case: str = "") -> None:
        super().__init__("invalid")
        self.why, self.words, self.meant, self.case = why, words, meant, case


class BenchRequests(Answering[None]):
    """Carries them out at the bench for `who`, under an `id` each. What the exclusions keep from them does not exist."""

    def __init__(self, bench: Bench, who: User, exclusions: Exclusions, id: str) -> None:
        self._bench, self._who, self._exclusions, self._id = bench, who, exclusions, id

    async def carry_out(self, name: str, asked: Mapping[str, object]) -> None:
        """Names and address are looked up as the receiver and the register write them. Raises Refused."""
        if name not in self.requests:
            raise Refused("invalid")
        check_id(self._id)
        device, old = (_name(text(asked, field)) for field in ("device", "old"))
        address = address_of(text(asked, "address"))
        there = next((button.device for button in self._bench.buttons.state.devices if button.address == address), "")
        if any(self._exclusions.device(one, self._who) for one in (there, device, old)):
            raise Refused("unknown_incident")
        work = self.answer(name, {**asked, "device": device, "old": old, "address": address})
        try:
            if work is not None:
                await work
        except NotBound as refused:
            raise Denied(f"bench_{refused.why}", meant=refused.meant, case=refused.case) from None
        except EnrolError as error:
            raise Denied("bench_enrol", str(error)) from None

    @answers("bench_enrol")
    async def _enrol(self, address: str = "", device: str = "", key: str = "", instead: bool = False) -> None:
        check(self._who, "enrol button")
        typed = key.strip()
        try:
            known = key_of(typed) if typed else None
        except EnrolError:
            raise Denied("bench_key") from None
        if not device:
            raise Denied("bench_name")
        await self._bench.buttons.enrol(address, device, key=known, by=self._who.name, instead=instead)
        await self._note(device, ev.ButtonEnrolled(device=device, keyed=known is not None))

    @answers("bench_remove")
    async def _remove(self, device: str = "") -> None:
        check(self._who, "enrol button")
        if await self._bench.buttons.remove(device):
            await self._note(device, ev.ButtonRemoved(device=device))

    @answers("bench_bind")
    async def _bind(self, device: str = "", number: str = "", sure: bool = False) -> None:
        who, enrolled = self._who, self._bench.enrolled
        await self._bench.cases.bind(device, number, who, who.name, id=self._id, enrolled=enrolled, sure=sure)

    @answers("bench_swap")
    async def _swap(self, old: str = "", device: str = "", sure: bool = False) -> None:
        who, enrolled = self._who, self._bench.enrolled
        await self._bench.cases.swap(old, device, who, who.name, id=self._id, enrolled=enrolled, sure=sure)

    @answers("bench_take_back")
    async def _take_back(self, device: str = "") -> None:
        await self._bench.cases.take_back(device, self._who, self._who.name, id=self._id)

    @answers("bench_test")
    async def _test(self, device: str = "", step: str = "") -> None:
        check(self._who, PAGE)
        match step:
            case "begin":
                done = self._bench.begin(device, by=self._who.name, actor=self._who.actor)
            case "finish":
                done = self._bench.finish(device)
            case "drop":
                done = self._bench.drop(device)
            case _:
                raise Refused("invalid")
        if not done:
            raise Denied("bench_test")

    async def _note(self, device: str, event: ev.ButtonEnrolled | ev.ButtonRemoved) -> None:
        await self._bench.cases.note(device, event, self._who.actor, id=self._id)


def _name(typed: str) -> str:
    try:
        return device_name(typed)
    except EnrolError:
        return ""
