"""A whole centre in this process, on a clock that a test drives, and each fault that it can have, as it happens for real."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from centre.backup.noted import note
from centre.monitoring.gateway_metrics import GatewayMetrics
from centre.runtime import Centre
from centre.settings import Degraded, Orders, Settings
from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from dashboard.operator.session import Session
from incidents.cases import import_cases
from incidents.health import FeedHealth, FeedState
from incidents.incident import Incident
from incidents.log.replicas import Replicas
from incidents.messages import Fix, Message, PressReport
from incidents.roles import User
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.conftest import DrivenClock, Paper
from tests.feeds.gateway.parts import opened, post
from tests.feeds.parts import PRESS
from tests.feeds.subscriber.test_connection import certificate
from tests.waiting import until

SAMPLE = Path(__file__).parents[3] / "docs" / "cases.sample.json"
DEVICE, NAME, FEED = "AMR-00413", "Ann Fictief", "112-app"  # the device is of a case of the sample
ZONE, TOWN = "5415", "Gent"
NOTED_AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
FIX = Fix(51.0536, 3.7253, 18.0)
# What no line, no metric and no detail of the health may hold: who, which device, where, which case, what somebody typed.
PERSONAL = (
    DEVICE,
    NAME,
    TOWN,
    ZONE,
    "51.0536",  # whole: a time or a size may begin so
    "3.7253",
    "Exemple",
    "Fictif",
    "2026-0002",
    "1-ZZZ-000",
    "wrong password",
    "Lindestraat",
    "203.0.113.7",
)


class Driven:
    """A centre whose parts nobody runs: a test lets each do its work when it wants it to."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        self.centre, self.clock, self.folder = centre, centre.desk.clock, folder
        self.desk, self.consoles = centre.desk, centre.consoles
        self.user = User(actor=self.desk.pseudonym(NAME), roles=frozenset({"dispatcher", "supervisor"}))
        self._made, self._pages = 0, set[Session]()

    def made(self) -> str:
        self._made += 1
        return f"made-{self._made:06d}"

    def pass_s(self, seconds: float) -> None:
        assert isinstance(self.clock, DrivenClock)
        self.clock.pass_s(seconds)

    async def feed(self, state: FeedState, reason: str = "") -> None:
        now = self.clock.now()
        heard = {"since": now, "heartbeat_at": now, "message_at": now, "lag_ms": 412, "seq": 7, "head": 7}
        await self.desk.feed_health(FeedHealth(name=FEED, state=state, reason=reason, **heard))  # type: ignore[arg-type]

    async def press(self) -> Incident:
        report, at = PressReport(device=DEVICE, fix=FIX), self.clock.now()
        await self.desk.receive(Message(feed=FEED, id=self.made(), at=at, report=report, raw=b"{}"))
        return self.desk.board.of_device(DEVICE)[0]

    async def do(self, kind: type, incident: str, **facts: object) -> None:
        await self.desk.command(kind(id=self.made(), incident=incident, **facts), self.user)

    async def page(self, *cics: str) -> tuple[Session, Paper]:
        """A page in sight that is heard and covers these centres, else every one."""
        paper = Paper()
        signins = self.centre.signins
        assert signins is not None
        session = Session(self.consoles, paper, token=signins.open(signins.accounts.all()[0]))
        session.take(json.dumps({"do": "hello", "desk": "", "browser": self.made(), "cics": cics}))
        self._pages.add(session)
        await self.renew()
        await until(lambda: session.visible and session.covers)
        return session, paper

    def leave(self, session: Session) -> None:
        """A page is closed."""
        self._pages.discard(session)
        session.leave()

    async def renew(self) -> None:
        """Every page reports of itself, as it does each few seconds: a test on a busy machine takes longer than that."""
        for session in self._pages:
            session.take(json.dumps({"do": "seen", "visible": True, "sound": "armed"}))
        await asyncio.sleep(0)

    async def look(self) -> None:
        """Let who looks each second look: at the screens, at the watch's times, at the degraded-mode file."""
        await self.renew()
        self.consoles.look()
        await self.consoles.services.listening.stop()  # the record that it is making
        await self.centre.watch.tick()
        await self.centre.degraded.look()

    def whats(self) -> set[str]:
        return {fault.what for fault in self.consoles.faults.now()}


def with_cases(folder: Path) -> None:
    """Make a register of the sample's cases."""
    import_cases(SAMPLE, folder / "cases.db")


@contextlib.asynccontextmanager
async def driven(folder: Path, **facts: Any) -> AsyncIterator[Driven]:
    """A centre with a register of cases, with orders that go by network, and with sign-in. `facts` are settings beside."""
    with_cases(folder)
    (folder / "passphrase").write_text("a passphrase of a test\n", encoding="utf-8")
    settings = Settings(
        log=folder / "vigie.log",
        cases=folder / "cases.db",
        port=0,
        orders=Orders(url="http://127.0.0.1:9/orders?key=a-secret"),
        degraded=Degraded(passphrase_file=folder / "passphrase"),
        health_token="a-token",
        **facts,
    )
    clock = DrivenClock()
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    accounts.add(NAME, ["dispatcher", "supervisor"], PASSWORD)
    signins = SignIns(accounts, clock=clock)
    centre = await Centre.open(settings, clock=clock, signins=signins)
    try:
        yield Driven(centre, folder)
    finally:
        await centre.close()


@contextlib.contextmanager
def nobody_writes(log: Path) -> Iterator[None]:
    """The log's file is held by another hand: what would be written waits."""
    with contextlib.closing(sqlite3.connect(log, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def scraped_once(folder: Path) -> str:
    """A scrape in which every metric is that there can be."""
    cert, key = certificate(folder, "pages")
    assert not note(folder / "vigie.log", backed_up_at=NOTED_AT, tested_at=NOTED_AT, ok=True)
    async with driven(folder, tls_cert=cert, tls_key=key) as desk:
        await desk.feed("live")
        desk.centre.surroundings.observe()
        desk.centre.surroundings.replicas = Replicas(None, (), 3)  # type: ignore[arg-type]
        return desk.centre.metrics.exposition().decode()


def scraped(centre: Centre) -> str:
    """What a scrape reads, in plain numbers."""
    found = text_string_to_metric_families(centre.metrics.exposition().decode())
    return "\n".join(
        f"{one.name}{''.join(f'[{label}]' for label in one.labels.values())} {one.value!r}"
        for family in found
        for one in family.samples
    )


async def gateway_scraped_once(folder: Path) -> str:
    """A scrape of a feed gateway in which every metric is that there can be."""
    cert, key = certificate(folder, "door")
    async with opened(folder / "vigie.feed") as here:
        metrics = GatewayMetrics(here.door, folder / "vigie.feed", Settings(tls_cert=cert, tls_key=key))
        metrics.observe()
        await post(here.url, PRESS)
        return metrics.exposition().decode()
