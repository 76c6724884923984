"""The watches of several servers of one log do everything once, and tell nobody outside twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bench.nats_servers import NatsServer
from incidents import commands as cmd
from incidents import events as ev
from incidents.clock import Clock
from incidents.escalation.ladder import WatchTimes
from incidents.escalation.watch import TAKEN_OVER_S, Watch
from incidents.incident import Incident
from incidents.log import Record
from incidents.messages import Fix, FixReport
from tests.browser.proxy import Proxy
from tests.incidents.conftest import DrivenClock, FewCases, Floor, core_of
from tests.incidents.log.contract.centre import Centre, everything_now, until
from tests.people import dispatcher

LADDER = ["louder", "everyone", "confirm", "outside"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    running = NatsServer(tmp_path_factory.mktemp("nats"))
    yield running
    running.kill()


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


class Watches:
    """Servers of one log, each with its watch, which look in the same moment."""

    def __init__(self, folder: Path, server: NatsServer, clock: DrivenClock) -> None:
        self.server, self.clock, self.phone = server, clock, Phone()
        self.logs = Centre(folder, [server.address])
        self.floors: dict[str, Floor] = {}
        self.watches: dict[str, Watch] = {}
        self.cuts: dict[str, Proxy] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def open(self, name: str, clock: Clock | None = None) -> Floor:
        self.cuts[name] = proxy = Proxy()
        proxy.lead_to(self.server.port)
        self.logs.addresses = [f"nats://127.0.0.1:{proxy.port}"]
        log, cases = await self.logs.open(name), FewCases()
        core = core_of(log, cases, clock or self.clock, outside=self.phone.of(name))  # type: ignore[arg-type]
        await core.desk.open()
        self.floors[name] = floor = Floor(core.desk, log, self.clock, cases)  # type: ignore[arg-type]
        self.watches[name] = core.watch
        self._tasks[name] = asyncio.create_task(core.desk.follow())
        return floor

    async def look(self) -> None:
        await asyncio.gather(*(watch.tick() for watch in self.watches.values()))

    async def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.pass_s(1)
            await self.look()

    async def kill(self, name: str) -> None:
        """It does nothing any more, and what it was at has no result."""
        watch = self.watches.pop(name)
        tasks = [self._tasks.pop(name), *watch._telling.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.floors.pop(name).desk.close()

    async def records(self, name: str) -> list[Record]:
        return await everything_now(self.floors[name].log)  # type: ignore[arg-type]

    async def agree(self) -> None:
        boards = [floor.desk.board for floor in self.floors.values()]
        await until(lambda: all(steps_of(board.incidents) == steps_of(boards[0].incidents) for board in boards))

    async def close(self) -> None:
        for proxy in self.cuts.values():
            proxy.resumes()
        self.phone.hangs = False
        for name in list(self.watches):
            await self.kill(name)
        await self.logs.close()
        for proxy in self.cuts.values():
            await asyncio.to_thread(proxy.end)


def steps(incident: Incident) -> list[str]:
    return [entry.event.step for entry in incident.history if isinstance(entry.event, ev.Escalated)]


def steps_of(incidents: dict[str, Incident]) -> dict[str, tuple[str, list[str], str, bool]]:
    return {name: (one.ladder, steps(one), one.outside, one.unpresented) for name, one in incidents.items()}


@pytest.fixture
async def watches(tmp_path: Path, server: NatsServer, clock: DrivenClock) -> AsyncIterator[Watches]:
    made = Watches(tmp_path, server, clock)
    yield made
    await made.close()


async def pressed(watches: Watches, count: int) -> list[str]:
    """So many alarms, at one server after the other; all know of them then."""
    floors = list(watches.floors.values())
    for n in range(count):
        await floors[n % len(floors)].press(f"AMR-{n:05d}", id=f"press-{n}")
    await until(lambda: all(len(floor.desk.board.incidents) == count for floor in floors))
    return list(floors[0].desk.board.incidents)


async def at_outside(watches: Watches, count: int = 1) -> list[str]:
    """Alarms that stand before the last rung of the ladder."""
    names = await pressed(watches, count)
    await watches.pass_s(89)
    await watches.agree()
    return names


@pytest.mark.parametrize("count", [3, 20])
async def test_every_rung_is_climbed_once_and_somebody_outside_is_told_once(watches: Watches, count: int) -> None:
    for name in "abc":
        await watches.open(name)
    names = await pressed(watches, count)
    await watches.pass_s(100)
    boards = [floor.desk.board for floor in watches.floors.values()]
    await until(lambda: all(board.incidents[name].outside == "told" for board in boards for name in names))
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == Counter(names)
    for board in boards:
        for name in names:
            assert steps(board.incidents[name]) == LADDER and board.incidents[name].unpresented
    told = [str(record.open["what"]) for record in await watches.records("a") if record.type == "together"]
    if count > 8:
        assert Counter(told) == {"unpresented": 1, "escalated": 4, "outside_told": 1}
    else:
        assert Counter(told) == {"unpresented": 1, "escalated": 4} or "outside_told" in told


async def test_what_an_owner_does_not_do_is_said_once(watches: Watches) -> None:
    floors = [await watches.open(name) for name in "abc"]
    (name,) = await pressed(watches, 1)
    await floors[0].desk.command(cmd.Acknowledge(id="acknowledge-1", incident=name), dispatcher("ann"))
    await watches.pass_s(70)
    kinds = Counter(record.type for record in await watches.records("a"))
    assert kinds["watch_released"] == 1
    await floors[1].desk.command(cmd.Acknowledge(id="acknowledge-2", incident=name), dispatcher("bob"))
    await floors[1].desk.command(cmd.Route(id="route-0001", incident=name, zone="5415"), dispatcher("bob"))
    await until(lambda: all(floor.desk.board.incidents[name].order is not None for floor in floors))
    await watches.pass_s(100)
    limits = [r for r in await watches.records("a") if r.type == "limit_passed"]
    assert len(limits) == len({(r.open["limit"], r.open["cause"], r.open.get("escalated")) for r in limits}) > 1


async def test_a_new_position_is_ordered_once(watches: Watches) -> None:
    floors = [await watches.open(name) for name in "abc"]
    (name,) = await pressed(watches, 1)
    await floors[0].desk.command(cmd.Acknowledge(id="acknowledge-1", incident=name), dispatcher("ann"))
    await floors[0].desk.command(cmd.Route(id="route-0001", incident=name, zone="5415"), dispatcher("ann"))
    await watches.pass_s(6)
    for n in range(4):
        watches.clock.pass_s(11)
        report = FixReport(device="AMR-00000", fix=Fix(51.0536, 3.73 + n / 1000, 18.0))
        for floor in floors:
            await floor.desk.receive(floors[0].message(report, id=f"fix-{n}"))
        # The others don't know of this yet when they look.
        note = cmd.Note(id=f"note-000{n}", incident=name, text="she whispers")
        await floors[n % 3].desk.command(note, dispatcher("ann"))
        await watches.look()
    ordered = [record for record in await watches.records("a") if record.type == "ordered"]
    assert [record.open["why"] for record in ordered] == ["new", *["position"] * 4]


async def test_a_telling_that_a_server_died_at_is_taken_over_by_one_other(watches: Watches) -> None:
    watches.phone.hangs = True
    await watches.open("a")
    (name,) = await at_outside(watches)
    await watches.pass_s(3)
    assert [server for server, _ in watches.phone.calls] == ["a"]
    others = [await watches.open(other) for other in "bc"]
    await watches.pass_s(30)
    await watches.kill("a")
    watches.phone.hangs = False
    await watches.pass_s(round(TAKEN_OVER_S) - 35)
    assert len(watches.phone.calls) == 1
    await watches.pass_s(40)
    await until(lambda: all(floor.desk.board.incidents[name].outside == "told" for floor in others))
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == {name: 2} and watches.phone.calls[1][0] in "bc"
    assert steps(others[0].desk.board.incidents[name]) == [*LADDER, "outside"]


async def test_a_server_whose_clock_is_ahead_takes_no_telling_from_another(
    watches: Watches, clock: DrivenClock
) -> None:
    watches.phone.hangs = True
    await watches.open("a")
    await at_outside(watches)
    await watches.pass_s(3)
    await watches.open("b", DrivenClock(clock.now() + timedelta(hours=1)))
    for _ in range(5):
        await watches.look()
    assert [server for server, _ in watches.phone.calls] == ["a"]


async def test_a_server_that_is_cut_off_leaves_telling_to_the_others_and_tells_only_if_it_stays_so(
    watches: Watches,
) -> None:
    for name in "abc":
        await watches.open(name)
    (name,) = await at_outside(watches)
    watches.cuts["a"].dies()
    board = watches.floors["a"].desk.board
    await until(lambda: board.recording == "cut_off")
    await watches.pass_s(5)
    assert [server for server, _ in watches.phone.calls] in (["b"], ["c"])
    assert board.incidents[name].ladder == "outside"
    watches.cuts["a"].resumes()
    await until(lambda: board.recording == "ok")
    await watches.agree()
    assert steps(board.incidents[name]) == LADDER
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == {name: 1}


async def test_where_every_server_is_cut_off_somebody_outside_is_told_all_the_same(watches: Watches) -> None:
    await watches.open("a")
    (name,) = await at_outside(watches)
    watches.cuts["a"].dies()
    await until(lambda: watches.floors["a"].desk.board.recording == "cut_off")
    await watches.pass_s(5)
    assert not watches.phone.calls, "another server may be telling"
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == {name: 1}


async def test_the_log_is_sealed_by_one_server_at_a_time(watches: Watches) -> None:
    minutes = WatchTimes().checkpoint_min
    floors = [await watches.open(name) for name in "abc"]
    for n in range(3):
        await floors[n].press(f"AMR-{n}", id=f"press-{n}")
        watches.clock.pass_s(minutes * 60 + 1)
        for watch in watches.watches.values():
            await watch.tick()
            await watches.records("a")
        kinds = Counter(record.type for record in await watches.records("a"))
        assert kinds["checkpoint"] == n + 1
