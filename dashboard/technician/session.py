"""One bench page. It is sent what the receiver hears, every second and at each press; a locked page is sent none of it.

It is no console: whom it shows a press has not been shown an alarm. A key comes in by it and is never sent, kept or logged here.
"""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import uuid4

from dashboard.components.actions import receive
from dashboard.services import Ground
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import Answer, Command, answers
from dashboard.shell.session import DeskSession
from dashboard.technician import facts
from dashboard.technician.requests import PAGE, BenchRequests, Denied
from dashboard.technician.tests_in_progress import Bench
from incidents import events as ev
from incidents.audit import role_of, stream_of
from incidents.buttons import ButtonHeard
from incidents.commands import Refused
from incidents.roles import User

TESTS = ("announce_test", "withdraw_test")  # the desk's own commands that are given here
MAX_TEXT = 200  # characters


class BenchGround(Ground, Protocol):
    """The pages' common ground as a bench page sees it."""

    @property
    def bench(self) -> Bench | None: ...


class BenchSession(DeskSession[BenchGround]):
    """`consoles` and `token` as every page has them."""

    kind = PAGE

    def __init__(self, consoles: BenchGround, page: Page, token: str) -> None:
        super().__init__(consoles, page, token)
        self._address = ""
        self._device = ""

    def _follow(self) -> Callable[[], object]:
        return self._bench.listen(self._changed) if self._bench is not None else lambda: None

    @property
    def _bench(self) -> Bench | None:
        return self._consoles.bench

    def _fill(self, message: dict[str, Any], now: Standing) -> None:
        """All there is to show goes each time."""
        bench, who = self._bench, self._who
        message["access"] = now.shown("")
        if who is not None:
            message["bench"] = facts.room(bench, lambda name: self._kept(name, who)) if bench is not None else None
            message["selected"] = self._selected(bench, who) if bench is not None else None

    @answers("select")
    async def _select(self, address: str = "", device: str = "") -> None:
        before = self._address, self._device
        self._address, self._device = address[:MAX_TEXT], device[:MAX_TEXT]
        if before != (self._address, self._device):
            self.looks.end("device")
        self.push(urgent=True)

    def _changed(self, device: str) -> None:
        if device == self._device:
            self.push(urgent=True)

    def _selected(self, bench: Bench, who: User) -> dict[str, Any] | None:
        button = self._button(bench)
        if button is not None:  # it may have been enrolled, or its name may have gone, since it was chosen
            self._address, self._device = button.address, button.device
        if (button is None and not self._device) or self._kept(self._device, who):
            return None
        found = facts.detail(bench, button, self._device, who.name)
        number = (found.get("case") or {}).get("number", "")
        if number and self.looks.of("device", on := f"{self._device} {number}") is None:
            shown = ev.DeviceCaseShown(role=role_of(who), device=self._device, case=number)
            self.looks.begin("device", on, bench.cases.stream_of(self._device), shown)
        return found

    def _kept(self, device: str, who: User) -> bool:
        """Whether a device is kept from who is here: then it does not exist for them."""
        return bool(self._consoles.desk.exclusions.device(device, who))

    def _button(self, bench: Bench) -> ButtonHeard | None:
        state = bench.buttons.state
        found = next((one for one in state.devices if one.address == self._address), None) if self._address else None
        return found or state.of(self._device)

    @answers("search", costs=True)
    async def _search(self, n: int | None = None, text: str = "") -> None:
        bench, who = self._bench, self._who
        found: list[dict[str, str]] = []
        if bench is not None and who is not None:
            of = f"look-{uuid4().hex}"
            cases = await bench.cases.search(text[:MAX_TEXT], who, who.name, id=of)
            if cases and self._same(who):
                found = [{"number": case.number, "name": case.victim.name} for case in cases]
                self.looks.entered("search", of, stream_of(self._consoles.clock.now()))
        self.reply(found={"n": n, "cases": found})

    async def carry_out(self, asked: Command) -> str:
        bench, who, desk = self._bench, self._who, self._consoles.desk
        if who is None:
            raise Refused("locked")
        if asked.name in TESTS:
            await desk.command(receive.command(asked.facts, None, desk.clock.now()), who)
        elif bench is None:
            raise Refused("invalid")
        else:
            await BenchRequests(bench, who, desk.exclusions, asked.id).carry_out(asked.name, asked.facts)
        return ""

    def refusal(self, id: str, refused: Refused) -> Answer:
        if isinstance(refused, Denied):
            return Answer(id=id, ok=False, code=refused.why, who=refused.words, meant=refused.meant, case=refused.case)
        return super().refusal(id, refused)
