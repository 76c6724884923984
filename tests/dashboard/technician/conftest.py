"""A real desk, log and case register with a bench, and a radio that a test works by hand."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from centre.assembly import Assembly
from dashboard.consoles import Consoles
from dashboard.technician.tests_in_progress import Bench
from incidents.bindings import DeviceCases
from incidents.buttons import Adapter, ButtonHeard, ButtonsState, EnrolError, PressHeard, device_name
from incidents.cases import CaseRegister, import_cases
from incidents.desk.desk import Desk
from incidents.log.sqlite import SqliteLog
from incidents.messages import Message, PressReport, PressValue
from incidents.presence.pages import Watching
from incidents.roles import User
from maps.zones import Zones
from tests.dashboard.conftest import DAY, START, DrivenClock
from tests.incidents.cases.conftest import case

DEVICE, OLD, ADDRESS = "AMR-00412", "AMR-0413", "5C:C7:C1:00:00:01"
TECH = "Tech Fictief"


class HandRadio:
    """Hears what a test says it hears; a press goes to the desk as its feed would bring it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.button = ButtonHeard(
            address=ADDRESS, device=DEVICE, keyed=True, security="encrypted", rssi=-60, battery=81
        )
        self.keys: list[bytes | None] = []
        self._listeners: list[Callable[[PressHeard], None]] = []
        self._n = 0

    @property
    def state(self) -> ButtonsState:
        adapter = Adapter(state="scanning", since=START, mode="active")
        return ButtonsState(adapter=adapter, store="open", feed="buttons", devices=(self.button,))

    def now(self, **facts: object) -> None:
        self.button = msgspec.structs.replace(self.button, **facts)

    async def enrol(self, address: str, device: str, *, key: bytes | None, by: str, instead: bool = False) -> None:
        if address != ADDRESS:
            raise EnrolError("nobody is there")
        self.keys.append(key)
        self.now(device=device_name(device), keyed=key is not None, enrolled_by=by)

    async def remove(self, device: str) -> bool:
        found = self.button.device == device
        self.now(device="")
        return found

    def on_press(self, listener: Callable[[PressHeard], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def hear(self, press: PressValue = "hold") -> PressHeard:
        """A press is heard; it is not on its way to the desk yet."""
        self._n += 1
        heard = PressHeard(
            id=f"press-{self._n}",
            at=self._desk.clock.now(),
            monotonic_s=time.monotonic(),
            address=ADDRESS,
            device=self.button.device,
            press=press,
            button=1,
            authenticated=self.button.authenticated,
        )
        for listener in self._listeners:
            listener(heard)
        return heard

    async def press(self, press: PressValue = "hold") -> PressHeard:
        heard = self.hear(press)
        report = PressReport(device=heard.device, press=press, transport="ble_fixed")
        await self._desk.receive(Message(feed="buttons", id=heard.id, at=heard.at, report=report, raw=b"{}"))
        return heard


class BenchHouse:
    """All of it, and the operators' pages that a test says are there."""

    def __init__(
        self, desk: Desk, consoles: Consoles, radio: HandRadio, cases: DeviceCases, clock: DrivenClock, path: Path
    ) -> None:
        self.desk, self.consoles, self.radio, self.clock, self.path = desk, consoles, radio, clock, path
        self.pages: list[Watching] = []
        self.bench = consoles.bench = Bench(desk, radio, cases, lambda: self.pages)
        self.cases = cases
        self._n = 0

    @property
    def tech(self) -> User:
        return User(actor=self.desk.pseudonym(TECH), roles=frozenset({"technician"}))

    def id(self) -> str:
        self._n += 1
        return f"bench-test-{self._n:04}"

    def console(self, *, audible: bool = True) -> None:
        """An operator's page comes into sight."""
        self.pages.append(Watching(session=self.id(), actor="a", desk="d", visible=True, audible=audible))

    def paint(self, *, audible: bool = True) -> None:
        """The operators' pages paint the device's alarm."""
        incident = self.desk.board.open_press_of(DEVICE)
        assert incident is not None
        self.desk.presented([incident.id], console="a", audible=audible)


@pytest.fixture
async def house(tmp_path: Path, zones: Zones) -> AsyncIterator[BenchHouse]:
    path = tmp_path / "cases.db"
    file = tmp_path / "cases.json"
    brother = [{"reason": "her brother", "account": TECH}]
    listed = [
        case("2026-0412", devices=[]),
        case("2026-0413", victim={"name": "C. Voorbeeld"}),
        case("2026-0414", victim={"name": "D. Verwant"}, exclusions=brother),
    ]
    file.write_text(json.dumps({"cases": listed}), encoding="utf-8")
    assert import_cases(file, path).loaded
    register = CaseRegister.open(path, today=lambda: DAY)
    log = await SqliteLog.open(tmp_path / "vigie.log")
    clock = DrivenClock()
    parts = Assembly(log, zones, register, clock)
    desk, consoles = parts.desk, parts.consoles
    await desk.open()

    async def reload() -> None:
        await asyncio.to_thread(register.reload_if_changed)

    radio = HandRadio(desk)
    cases = DeviceCases(desk, register, lambda device: f"device/{log.vault.device_id(device)}", reload)
    house = BenchHouse(desk, consoles, radio, cases, clock, path)
    consoles.start()
    try:
        yield house
    finally:
        await consoles.stop()
        await desk.close()
        await log.close()
