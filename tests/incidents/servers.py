"""Servers of one log in JetStream, each with its desk and its watch, which look in the same moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bench.nats_servers import NatsServer
from centre.assembly import Core
from incidents import events as ev
from incidents.clock import Clock
from incidents.escalation.watch import Watch
from incidents.incident import Incident
from incidents.log import Record
from incidents.presence.pages import Others
from tests.browser.proxy import Proxy
from tests.incidents.conftest import DrivenClock, FewCases, Floor, core_of
from tests.incidents.log.contract.centre import Centre, everything_now
from tests.waiting import until


class Phone:
    """Somebody outside, and who rang them of which alarms. While it `hangs` no call ends."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[str]]] = []
        self.hangs = False

    def of(self, name: str) -> "Ways":
        return Ways(self, name)

    @property
    def alarms(self) -> Counter[str]:
        return Counter(alarm for _, alarms in self.calls for alarm in alarms)


class Ways:
    def __init__(self, phone: Phone, server: str) -> None:
        self._phone, self._server = phone, server

    async def __call__(self, facts: dict[str, str]) -> Sequence[ev.OutsideTold]:
        self._phone.calls.append((self._server, facts.get("incidents", facts["incident"]).split()))
        while self._phone.hangs:
            await asyncio.sleep(0.02)
        return [ev.OutsideTold(channel="webhook", ok=True, tries=1)]


def acquainted(*names: str) -> dict[str, Others]:
    """What servers know of each other that have heard each other for a while; it stays so."""
    at = 0.0
    known = {name: Others(name, lambda: at) for name in names}
    for turn in range(5):
        at = float(turn)
        for own in known.values():
            word = own.word()
            for other in known.values():
                other.hear(word)
            own.taken(word.n)
    return known


class Desks:
    """Servers of one log, each following what the others write; any may be `cut` off from the log's server."""

    def __init__(self, folder: Path, server: NatsServer, clock: DrivenClock) -> None:
        self.server, self.clock, self.phone = server, clock, Phone()
        self.logs = Centre(folder, [server.address])
        self.floors: dict[str, Floor] = {}
        self.cuts: dict[str, Proxy] = {}
        self.following: dict[str, asyncio.Task[None]] = {}

    async def open(self, name: str, clock: Clock | None = None, others: Others | None = None) -> Floor:
        self.cuts[name] = proxy = Proxy()
        proxy.lead_to(self.server.port)
        self.logs.addresses = [f"nats://127.0.0.1:{proxy.port}"]
        log, cases = await self.logs.open(name), FewCases()
        core = core_of(log, cases, clock or self.clock, outside=self.phone.of(name), others=others)  # type: ignore[arg-type]
        await core.desk.open()
        self.floors[name] = floor = Floor(core.desk, log, self.clock, cases)  # type: ignore[arg-type]
        self.opened(name, core)
        self.follow(name)
        return floor

    def opened(self, name: str, core: Core) -> None:
        """A server has all it stands on."""

    def follow(self, name: str) -> None:
        self.following[name] = asyncio.create_task(self.floors[name].desk.follow())

    async def cut(self, name: str) -> None:
        self.cuts[name].dies()
        await until(lambda: self.floors[name].desk.board.recording == "cut_off")

    async def mend(self, name: str) -> None:
        self.cuts[name].resumes()
        await until(lambda: self.floors[name].desk.board.recording == "ok")

    async def kill(self, name: str, *also: asyncio.Task[None]) -> None:
        """It does nothing any more, and what it was at has no result."""
        tasks = [self.following.pop(name), *also]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.floors.pop(name).desk.close()

    async def records(self, name: str) -> list[Record]:
        return await everything_now(self.floors[name].log)  # type: ignore[arg-type]

    async def close(self) -> None:
        for proxy in self.cuts.values():
            proxy.resumes()
        self.phone.hangs = False
        for name in list(self.floors):
            await self.kill(name)
        await self.logs.close()
        for proxy in self.cuts.values():
            await asyncio.to_thread(proxy.end)


class Watches(Desks):
    """The same, each with its watch, which look in the same moment."""

    def __init__(self, folder: Path, server: NatsServer, clock: DrivenClock) -> None:
        super().__init__(folder, server, clock)
        self.watches: dict[str, Watch] = {}

    def opened(self, name: str, core: Core) -> None:
        self.watches[name] = core.watch

    async def look(self) -> None:
        await asyncio.gather(*(watch.tick() for watch in self.watches.values()))

    async def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.pass_s(1)
            await self.look()

    async def kill(self, name: str, *also: asyncio.Task[None]) -> None:
        await super().kill(name, *self.watches.pop(name)._telling.values(), *also)

    async def agree(self) -> None:
        boards = [floor.desk.board for floor in self.floors.values()]
        await until(lambda: all(steps_of(board.incidents) == steps_of(boards[0].incidents) for board in boards))


def steps(incident: Incident) -> list[str]:
    return [entry.event.step for entry in incident.history.entries if isinstance(entry.event, ev.Escalated)]


def steps_of(incidents: dict[str, Incident]) -> dict[str, tuple[str, list[str], str, bool]]:
    return {
        name: (one.escalation.rung, steps(one), one.escalation.outside, one.attention.unpresented)
        for name, one in incidents.items()
    }


@pytest.fixture
async def watches(tmp_path: Path, nats_server: NatsServer, clock: DrivenClock) -> AsyncIterator[Watches]:
    """None is open yet."""
    made = Watches(tmp_path, nats_server, clock)
    yield made
    await made.close()
