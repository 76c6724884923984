"""A real desk on a real log with the shipped zones, and pages without a browser: what was sent is kept as it was sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from centre.assembly import Assembly
from centre.documents.devices import DeviceLists
from dashboard.consoles import Consoles
from dashboard.i18n.words import words
from dashboard.operator.session import Session
from dashboard.services import Beside
from dashboard.shell.outbox import _turns_of
from incidents.case import Case, Exclusion, Fact, Instruction, Person
from incidents.cases import CasesLocked
from incidents.cases.bindings import Binding, Bindings
from incidents.cases.life import Step
from incidents.cases.register import RegisterState
from incidents.devices.listing import DeviceTests
from incidents.drills.desk import DrillRules
from incidents.escalation.ladder import WatchTimes
from incidents.health import FeedHealth
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from incidents.messages import Fix, Message, PressReport, PressValue, Report
from maps.zones import Zones
from reports.catalogue import Translator
from reports.measures.history import History
from reports.measures.tallies import Tallies
from tests.waiting import LONG_S

START = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
DEVICE = "AMR-00412"
DAY = START.date()


class DrivenClock:
    """A clock that goes only when a test moves it."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def fact(text: str) -> Fact:
    return Fact(text=text, source="PZ Gent", date=DAY)


class FewCases:
    """A register of one case that can be locked."""

    def __init__(self) -> None:
        self.state: RegisterState = "open"
        self.case = Case(
            number="2026-0412",
            victim=Person(name="A. Voorbeeld", languages=("nl", "fr")),
            suspect=Person(name="B. Fictief", facts=(fact("tall, beard"), fact("grey van 1-ABC-000"))),
            devices=(DEVICE,),
            valid_from=DAY - timedelta(days=30),
            valid_until=DAY + timedelta(days=30),
            source="PZ Gent",
            date=DAY,
            weapons=(fact("hunting rifle"),),
            instructions=(Instruction(kind="listen_only", text="Listen only", source="PZ Gent", date=DAY),),
            exclusions=(
                Exclusion(reason="the suspect's brother serves there", zone="5415"),
                Exclusion(reason="the suspect", account="Desk 9"),
            ),
            safe_word="tulip",
            duress_word="winter",
        )

    @property
    def edition(self) -> object:
        return self.case

    def by_device(self, device: str) -> Case | None:
        return self.case if self.state == "open" and device in self.case.devices else None

    def cases_of(self, device: str) -> tuple[Case, ...]:
        return (self.case,) if self.by_device(device) is not None else ()

    def by_number(self, number: str, version: int | None = None) -> Case | None:
        return self.case if self.state == "open" and number == self.case.number else None

    def lived(self, number: str) -> tuple[Case, tuple[Step, ...]] | None:
        return (self.case, ()) if self.by_number(number) is not None else None

    def withdrawn(self) -> tuple[Case, ...]:
        return ()

    def binding(self, device: str) -> Binding | None:
        return None

    def bind(self, *bindings: Binding, seen: Bindings) -> None:
        raise CasesLocked("one case, and no file to write to")

    def all(self) -> tuple[Case, ...]:
        return (self.case,) if self.state == "open" else ()

    def search(self, text: str, limit: int = 8) -> tuple[Case, ...]:
        return (self.case,) if text.lower() in self.case.victim.name.lower() else ()


class Paper:
    """A page without a browser: callbacks wait until `turn`, texts are kept."""

    def __init__(self) -> None:
        self.here = True
        self.language = "en"
        self.sent: list[dict[str, Any]] = []
        self.waiting: list[Callable[[], Awaitable[None]]] = []

    def words(self, translate: Translator) -> dict[str, str]:
        return words(translate)

    def connected(self) -> bool:
        return self.here

    def soon(self, callback: Callable[[], Awaitable[None]]) -> None:
        self.waiting.append(callback)

    def send(self, text: str) -> None:
        self.sent.append(msgspec.json.decode(text))

    async def turn(self) -> dict[str, Any]:
        """Let what waits run; the last message."""
        while _turns_of(asyncio.get_running_loop())._waiting:
            await asyncio.sleep(0)
        waiting, self.waiting = self.waiting, []
        for callback in waiting:
            await callback()
        return self.sent[-1] if self.sent else {}

    async def take(self, session: Any, *, but: Collection[object] = ()) -> None:
        """Wait until all that its session was asked is done, but for these tasks, and taken."""
        async with asyncio.timeout(LONG_S):
            while session._tasks - {*but}:
                await self.turn()
                await asyncio.sleep(0.001)


class Given:
    """Sets a service of a desk's pages, which are otherwise made with it."""

    def __init__(self, consoles: Consoles) -> None:
        self.__dict__["consoles"] = consoles

    def __setattr__(self, name: str, service: object) -> None:
        consoles = self.__dict__["consoles"]
        consoles.services = msgspec.structs.replace(consoles.services, **{name: service})


class House:
    """A desk, its consoles and short ways to make things happen."""

    def __init__(self, parts: Assembly, clock: DrivenClock, cases: FewCases) -> None:
        self.parts, self.clock, self.cases = parts, clock, cases
        self.desk, self.consoles, self.tallies = parts.desk, parts.consoles, parts.beside.tallies
        self.given = Given(self.consoles)
        self.log: Any = parts.log
        self._made = 0

    def name(self) -> str:
        self._made += 1
        return f"made-{self._made:06d}"

    async def report(self, report: Report, *, late_s: float = 0.0) -> None:
        at = self.clock.now() - timedelta(seconds=late_s)
        await self.desk.receive(Message(feed="test", id=self.name(), at=at, report=report, raw=b"{}"))

    async def well(self) -> None:
        """A feed is live: nothing is wrong on any screen."""
        now = self.clock.now()
        await self.desk.feed_health(FeedHealth(name="112-app", state="live", since=now, heartbeat_at=now))

    async def press(
        self, device: str = DEVICE, press: PressValue = "hold", fix: Fix | None = None, *, late_s: float = 0.0
    ) -> Incident:
        report = PressReport(device=device, press=press, fix=fix or Fix(51.0536, 3.7253, 18.0))
        await self.report(report, late_s=late_s)
        return self.desk.board.of_device(device)[0]

    def page(self, desk: str = "", browser: str = "") -> tuple[Session, Paper]:
        """A page that said hello."""
        paper = Paper()
        session = Session(self.consoles, paper)
        self.consoles.enter(session, desk, browser or self.name())
        return session, paper


@pytest.fixture
async def house(tmp_path: Path, zones: Zones) -> AsyncIterator[House]:
    log = await SqliteLog.open(tmp_path / "vigie.log")
    clock, cases = DrivenClock(), FewCases()

    def beside(parts: Assembly) -> Beside:
        path = tmp_path / "vigie.log"
        tallies = Tallies(parts.desk.board, log.vault, History(path, log.vault))
        lists = DeviceLists(
            desk=parts.desk,
            cases=cases,
            tallies=tallies,
            times=DeviceTests(),
            bench=("AMR-BENCH-1",),
        )  # type: ignore[arg-type]
        return Beside(tallies=tallies, devices=lists)

    parts = Assembly(log, zones, cases, clock, times=WatchTimes(), drills=DrillRules(), beside=beside)
    house = House(parts, clock, cases)
    await house.desk.open()
    house.consoles.start()
    try:
        yield house
    finally:
        await house.consoles.stop()
        await house.desk.close()
        await log.close()
