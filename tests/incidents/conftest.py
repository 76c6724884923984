"""A real desk on a real SQLite log, with a driven clock and a geography that needs no map."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from centre.assembly import Core
from incidents import commands as cmd
from incidents.case import Case, Person
from incidents.desk.desk import Desk
from incidents.drills.desk import DrillRules
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from incidents.messages import Call, Fix, Message, PressReport, PressValue, Report

START = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
DEVICE = "AMR-00412"
ZONES = {"5415", "5416", "5417", "5345"}


class DrivenClock:
    """A clock that goes only when a test moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Town(msgspec.Struct, frozen=True):
    name: str


class Place(msgspec.Struct, frozen=True):
    zone: str
    cic: str
    inside: bool
    distance_m: float = 0.0
    probability: float | None = None
    neighbours: tuple["Place", ...] = ()
    municipality: Town | None = None


def locate(lat: float, lon: float, radius: float | None, confidence: float | None) -> Place:
    """Gent is 5415, what lies east of it 5416, what lies north of 51.6 abroad. A circle touches both, and 5417."""
    here, there = ("5415", "5416") if lon < 3.9 else ("5416", "5415")
    share = None if radius is None else 0.9
    near = (Place(there, "OVL", True), Place("5417", "OVL", True))
    town = Town("Gent") if lat < 51.6 else None
    border_m = abs(lon - 3.9) * 69_900  # at this latitude
    return Place(here, "OVL", lat < 51.6, border_m, share, () if radius is None else near, town)


class FewCases:
    """A register of one case."""

    state = "open"

    def __init__(self) -> None:
        day = START.date()
        self.case = Case(
            number="2026-0412",
            victim=Person(name="A. Voorbeeld"),
            devices=(DEVICE,),
            valid_from=day - timedelta(days=30),
            valid_until=day + timedelta(days=30),
            source="PZ Gent",
            date=day,
        )

    @property
    def edition(self) -> object:
        return self.case

    def all(self) -> tuple[Case, ...]:
        return (self.case,)

    def by_device(self, device: str) -> Case | None:
        return self.case if device in self.case.devices else None

    def cases_of(self, device: str) -> tuple[Case, ...]:
        return (self.case,) if device in self.case.devices else ()

    def by_number(self, number: str, version: int | None = None) -> Case | None:
        return self.case if number == self.case.number else None

    def withdrawn(self) -> tuple[Case, ...]:
        return ()


class FewZones:
    """A geography of three zones that needs no map."""

    def locate(self, lat: float, lon: float, radius: float | None, confidence: float | None) -> Place:
        return locate(lat, lon, radius, confidence)

    def known(self, key: str) -> bool:
        return key in ZONES


class FewScreens:
    """Screens as a test says they are."""

    def __init__(self, *here: str, well: bool = False) -> None:
        self.here = set(here)
        self.well = well
        self.changing = False  # a shift changes
        self.all_known = True

    def present(self) -> set[str]:
        return self.here

    def certain(self) -> bool:
        return self.all_known

    def alone(self, incident: Incident) -> bool:
        return False

    def healthy(self) -> bool:
        return self.well


def core_of(log: SqliteLog, cases: "FewCases", clock: DrivenClock, **facts: Any) -> Core:
    """The core of a centre without a map; zone 5417 is reached by radio."""
    return Core(log, FewZones(), cases, clock, addresses=lambda zone: None if zone == "5417" else "", **facts)


class Floor:
    """A desk with what it stands on, and short ways to make things happen."""

    def __init__(
        self, desk: Desk, log: SqliteLog, clock: DrivenClock, cases: FewCases, screens: FewScreens | None = None
    ) -> None:
        self.desk, self.log, self.clock, self.cases = desk, log, clock, cases
        self.screens = screens or FewScreens()
        self._made = 0

    def name(self) -> str:
        self._made += 1
        return f"made-{self._made:06d}"

    def message(self, report: Report, *, id: str | None = None, at: datetime | None = None) -> Message:
        return Message(feed="test", id=id or self.name(), at=at or self.clock.now(), report=report, raw=b"{}")

    async def press(
        self,
        device: str | None = DEVICE,
        press: PressValue = "hold",
        *,
        id: str | None = None,
        at: datetime | None = None,
        lon: float = 3.7253,
        call: Call | None = None,
    ) -> Incident | None:
        report = PressReport(device=device, press=press, fix=Fix(51.0536, lon, 18.0), call=call)
        await self.desk.receive(self.message(report, id=id, at=at))
        return self.incident(device)

    def incident(self, device: str | None = DEVICE) -> Incident | None:
        found = [i for i in self.desk.board.incidents.values() if i.device == device]
        return found[-1] if found else None

    async def records(self) -> list[tuple[str, str]]:
        return [(r.stream, r.type) async for _, r in self.log.records()]


def closing(incident: Incident, id: str) -> cmd.Close:
    """Close without more ado."""
    return cmd.Close(id=id, incident=incident.id, as_class="real", outcome="victim_safe", reason="over", anyway=True)


def circumstances(actor: str, now: datetime) -> cmd.Circumstances:
    """What a decision looks at where every zone is known and everybody is on shift by their own name."""
    return cmd.Circumstances(
        actor=actor,
        now=now,
        case=None,
        known_zone=lambda zone: True,
        has_address=lambda zone: True,
        on_shift=lambda name: name,
    )


Open = Callable[[], AbstractAsyncContextManager[Floor]]


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
def open_floor(tmp_path: Path, clock: DrivenClock) -> Open:
    """Open the same log again and again, as after a restart."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Floor]:
        log = await SqliteLog.open(tmp_path / "vigie.log")
        cases, screens = FewCases(), FewScreens()
        rules = DrillRules(near_change=lambda now: screens.changing, chance=lambda: 0.5)
        desk = core_of(log, cases, clock, screens=screens, drills=rules).desk
        await desk.open()
        try:
            yield Floor(desk, log, clock, cases, screens)
        finally:
            await desk.close()
            await log.close()

    return opened


@pytest.fixture
async def floor(open_floor: Open) -> AsyncIterator[Floor]:
    async with open_floor() as floor:
        yield floor
