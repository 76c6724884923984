"""One bench page. It is sent what the receiver hears, every second and at each press; a locked page is sent none of it.

It is no console: whom it shows a press has not been shown an alarm. A key comes in by it and is never sent, kept or logged here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ClassVar, Protocol

import msgspec

from dashboard.access.standing import Standing
from dashboard.components.actions import receive
from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import Ground
from dashboard.shell.outbox import Outbox, Page
from dashboard.technician import facts
from dashboard.technician.tests_in_progress import Bench
from incidents import events as ev
from incidents.bindings import NotBound
from incidents.buttons import ButtonHeard, EnrolError, address_of, device_name, key_of
from incidents.commands import Refused
from incidents.desk.decisions import check_id
from incidents.listeners import without_values
from incidents.roles import User, check

PAGE = "page bench"
TESTS = ("announce_test", "withdraw_test")  # the desk's own commands that are given here
BEAT_S = 1.0  # as the operator page: a page that hears nothing for 3 s says so

_logger = logging.getLogger(__name__)


class Denied(Exception):
    """A wish that can't be granted: a code for the page, and words of the receiver where it has some."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words


class Who(msgspec.Struct, frozen=True):
    """Who stands before the page now: the name of their account, and what the desk knows them as."""

    name: str
    user: User


class BenchGround(Ground, Protocol):
    """The pages' common ground as a bench page sees it."""

    @property
    def bench(self) -> Bench | None: ...
    def standing(self, token: str, page: str) -> Standing: ...


class BenchSession(Outbox):
    """`token` is its browser's sign-in, looked up anew for whatever is sent or asked."""

    def __init__(self, consoles: BenchGround, page: Page, token: str) -> None:
        super().__init__(page)
        self._consoles = consoles
        self._token = token
        self._address = ""
        self._device = ""
        self._looks: set[tuple[str, str, str]] = set()  # whose devices were shown here, to whom
        self._unlisten: Callable[[], object] = lambda: None

    def start(self) -> None:
        """Begin to follow the bench. Call it on the loop."""
        if self._bench is not None:
            self._unlisten = self._bench.listen(self._changed)
        self.keep(self._beat())

    def end(self) -> None:
        """The page is gone."""
        self._unlisten()
        super().end()

    @property
    def _bench(self) -> Bench | None:
        return self._consoles.bench

    @property
    def _who(self) -> Who | None:
        """None when nobody is signed in here who may have this page."""
        now = self._consoles.standing(self._token, PAGE)
        if now.state != "signed":
            return None
        return Who(
            now.name, User(actor=self._consoles.desk.pseudonym(now.name), roles=now.roles, zone=now.zone, name=now.name)
        )

    def compose(self) -> str:
        """All there is to show, as one message (JSON)."""
        bench, who = self._bench, self._who
        access = self._consoles.standing(self._token, PAGE).shown("")
        message: dict[str, Any] = {"now": milliseconds(self._consoles.desk.clock.now()), "access": access}
        if who is not None:
            message["bench"] = facts.room(bench, lambda name: self._kept(name, who)) if bench is not None else None
            message["selected"] = self._selected(bench, who) if bench is not None else None
        if self._replies:
            message["replies"], self._replies = self._replies, []
        return msgspec.json.encode(message).decode()

    def _answer(self, asked: dict[str, Any]) -> Coroutine[Any, Any, None] | None:
        match asked["do"]:
            case "hello":
                self.reply(welcome={"desk": "", "zones": {}, "centres": {"covers": []}})
            case "beat":
                self.reply(beat=asked.get("n"))
            case "touch":
                if self._who is not None and self._consoles.signins is not None:
                    self._consoles.signins.touch(self._token)
            case "select":
                self._address, self._device = _text(asked, "address"), _text(asked, "device")
                self.push(urgent=True)
            case "search":
                return self._search(asked)
            case "command":
                return self._command(asked.get("command"))
        return None

    def _changed(self, device: str) -> None:
        if device == self._device:
            self.push(urgent=True)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            self.reply(tick=True)

    def _selected(self, bench: Bench, who: Who) -> dict[str, Any] | None:
        button = self._button(bench)
        if button is not None:  # it may have been enrolled, or its name may have gone, since it was chosen
            self._address, self._device = button.address, button.device
        if (button is None and not self._device) or self._kept(self._device, who):
            return None
        found = facts.detail(bench, button, self._device, who.name)
        look = (who.name, self._device, (found.get("case") or {}).get("number", ""))
        if look[2] and look not in self._looks:
            self._looks.add(look)
            shown = ev.DeviceCaseShown(device=self._device, case=look[2])
            self.keep(bench.cases.note(self._device, shown, who.user.actor))
        return found

    def _kept(self, device: str, who: Who) -> bool:
        """Whether a device is kept from who is here: then it does not exist for them."""
        return bool(self._consoles.desk.exclusions.device(device, who.user))

    def _button(self, bench: Bench) -> ButtonHeard | None:
        state = bench.buttons.state
        found = next((one for one in state.devices if one.address == self._address), None) if self._address else None
        return found or state.of(self._device)

    async def _search(self, asked: dict[str, Any]) -> None:
        bench, who = self._bench, self._who
        found: list[dict[str, str]] = []
        if bench is not None and who is not None:
            cases = await bench.cases.search(_text(asked, "text"), who.user, who.name)
            found = [{"number": case.number, "name": case.victim.name} for case in cases]
        now = self._who
        # What one person asked for is not sent once another, or nobody, stands before the page.
        if now is None or who is None or now.name != who.name:
            found = []
        self.reply(found={"n": asked.get("n"), "cases": found})

    async def _command(self, wish: object) -> None:
        id = _text(wish, "id")[:64] if isinstance(wish, dict) else ""
        code = words = ""
        try:
            await self._carry_out(wish, id)
        except Refused as refused:
            code = refused.code
        except NotBound as refused:
            code = f"bench_{refused.why}"
        except Denied as denied:
            code, words = denied.code, denied.words
        except Exception as error:
            code = "failed"
            _logger.error("a wish of the bench failed", exc_info=without_values(error))
        self.reply(answer=receive.Answer(id=id, ok=not code, code=code, who=words))

    async def _carry_out(self, wish: object, id: str) -> None:
        bench, who = self._bench, self._who
        if who is None:
            raise Refused("locked")
        if isinstance(wish, dict) and wish.get("do") in TESTS:
            desk = self._consoles.desk
            await desk.command(receive.command(wish, None, desk.clock.now()), who.user)
            return
        do = self._WISHES.get(_text(wish, "do")) if isinstance(wish, dict) else None
        if bench is None or do is None or not isinstance(wish, dict):
            raise Refused("invalid")
        check_id(id)
        wish = _tidied(wish)  # what is asked for is what is looked up here, however it was written
        address = next((b.device for b in bench.buttons.state.devices if b.address == wish["address"]), "")
        if any(self._kept(name, who) for name in (address, wish["device"], wish["old"])):
            raise Refused("unknown_incident")
        await do(self, bench, who, wish, id)

    async def _enrol(self, bench: Bench, who: Who, wish: dict[str, Any], id: str) -> None:
        check(who.user, "enrol button")
        typed = _text(wish, "key").strip()
        try:
            key = key_of(typed) if typed else None
        except EnrolError:
            raise Denied("bench_key") from None
        name = _text(wish, "device")
        if not name:
            raise Denied("bench_name")
        try:
            await bench.buttons.enrol(
                _text(wish, "address"), name, key=key, by=who.name, instead=wish.get("instead") is True
            )
        except EnrolError as error:
            raise Denied("bench_enrol", str(error)) from None
        await bench.cases.note(name, ev.ButtonEnrolled(device=name, keyed=key is not None), who.user.actor, id=id)

    async def _remove(self, bench: Bench, who: Who, wish: dict[str, Any], id: str) -> None:
        check(who.user, "enrol button")
        name = _text(wish, "device")
        try:
            removed = await bench.buttons.remove(name)
        except EnrolError as error:
            raise Denied("bench_enrol", str(error)) from None
        if removed:
            await bench.cases.note(name, ev.ButtonRemoved(device=name), who.user.actor, id=id)

    async def _bind(self, bench: Bench, who: Who, wish: dict[str, Any], id: str) -> None:
        await bench.cases.bind(_text(wish, "device"), _text(wish, "number"), who.user, who.name, id=id)

    async def _swap(self, bench: Bench, who: Who, wish: dict[str, Any], id: str) -> None:
        await bench.cases.swap(_text(wish, "old"), _text(wish, "device"), who.user, who.name, id=id)

    async def _take_back(self, bench: Bench, who: Who, wish: dict[str, Any], id: str) -> None:
        await bench.cases.take_back(_text(wish, "device"), who.user, who.name, id=id)

    async def _test(self, bench: Bench, who: Who, wish: dict[str, Any], id: str) -> None:
        check(who.user, PAGE)
        device = _text(wish, "device")
        match wish.get("step"):
            case "begin":
                done = bench.begin(device, by=who.name, actor=who.user.actor)
            case "finish":
                done = bench.finish(device)
            case "drop":
                done = bench.drop(device)
            case _:
                raise Refused("invalid")
        if not done:
            raise Denied("bench_test")

    _WISHES: ClassVar[dict[str, Callable[..., Awaitable[None]]]] = {
        "bench_enrol": _enrol,
        "bench_remove": _remove,
        "bench_bind": _bind,
        "bench_swap": _swap,
        "bench_take_back": _take_back,
        "bench_test": _test,
    }


def _tidied(wish: dict[str, Any]) -> dict[str, Any]:
    """A wish whose names and address are as those of the receiver and the register; a name that is none is empty."""
    names = {}
    for field in ("device", "old"):
        try:
            names[field] = device_name(_text(wish, field))
        except EnrolError:
            names[field] = ""
    return {**wish, **names, "address": address_of(_text(wish, "address"))}


def _text(asked: dict[str, Any], field: str) -> str:
    found = asked.get(field)
    return found[:200] if isinstance(found, str) else ""
