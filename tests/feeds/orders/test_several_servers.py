"""Several servers of one log, each with a sender: a zone is asked once, whichever of them dies, hangs or is cut off."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tornado.web import RequestHandler

from bench.nats_servers import NatsCluster, NatsServer
from centre.assembly import Core
from feeds.orders.sender import OrderTimes
from feeds.orders.simulated_dispatch import Dispatch
from incidents import commands as cmd
from incidents.clock import SystemClock
from incidents.incident import Incident
from incidents.log import Record
from tests.browser.proxy import Proxy
from tests.feeds.orders.conftest import Floor, Zone
from tests.incidents.conftest import DrivenClock, FewCases, FewZones
from tests.incidents.log.contract.centre import Centre, everything_now
from tests.processes import Command
from tests.waiting import until

TIMES = OrderTimes(request_s=1.0, retry_s=0.3, claim_s=3.0)
TAKEN_OVER_S = TIMES.claim_s + 2.0  # with what a busy machine takes


class Servers:
    """Servers of one log, each with a desk that follows it and a sender; any may be killed, or cut off from the log's server."""

    def __init__(self, folder: Path, addresses: list[str], clock: DrivenClock, zones: dict[str, str], n: int) -> None:
        self.logs = Centre(folder, addresses, replicas=n)
        self._clock, self._zones = clock, zones
        self.floors: dict[str, Floor] = {}
        self._tasks: dict[str, list[asyncio.Task[None]]] = {}
        self.cuts: dict[str, Proxy] = {}

    async def open(self, name: str, *, through: int = 0) -> Floor:
        """`through`: the port of the log's server, from which it can be cut off."""
        if through:
            self.cuts[name] = proxy = Proxy()
            proxy.lead_to(through)
            self.logs.addresses = [f"nats://127.0.0.1:{proxy.port}"]
        log = await self.logs.open(name)
        core = Core(log, FewZones(), FewCases(), self._clock, addresses=self._zones.get, order_times=TIMES)
        await core.desk.open()
        self.floors[name] = floor = Floor(core.desk, core.orders, self._clock)
        self._tasks[name] = [asyncio.create_task(core.desk.follow()), asyncio.create_task(core.orders.run())]
        return floor

    async def kill(self, name: str) -> None:
        """It does nothing any more, and lets go of nothing that others see."""
        del self.floors[name]
        for task in (tasks := self._tasks.pop(name)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def records(self) -> list[Record]:
        return await everything_now(self.logs.logs[-1])

    async def claims(self) -> list[str]:
        return [str(record.open["server"]) for record in await self.records() if record.type == "server_claimed"]

    async def close(self) -> None:
        for proxy in self.cuts.values():
            proxy.resumes()
        for name in list(self.floors):
            desk = self.floors[name].desk
            await self.kill(name)
            await desk.close()
        await self.logs.close()
        for proxy in self.cuts.values():
            await asyncio.to_thread(proxy.end)


def urls(zones: dict[str, Zone]) -> dict[str, str]:
    return {name: zone.url for name, zone in zones.items()}


@pytest.fixture
async def servers(
    tmp_path: Path, nats_server: NatsServer, clock: DrivenClock, zones: dict[str, Zone]
) -> AsyncIterator[Servers]:
    made = Servers(tmp_path, [nats_server.address], clock, urls(zones), 1)
    yield made
    await made.close()


def said(zone: Zone) -> Counter[str]:
    return Counter(zone.keys)


def states(floor: Floor, incident: Incident) -> list[str]:
    now = floor.desk.board.incidents.get(incident.id)
    return [outgoing.state for outgoing in now.order.outbox] if now is not None and now.order is not None else []


async def delivered(floors: list[Floor], incident: Incident, count: int = 1, within_s: float = 8.0) -> None:
    await until(lambda: all(states(floor, incident) == ["delivered"] * count for floor in floors), within_s)


async def test_three_servers_deliver_every_update_once_and_in_order(servers: Servers, zones: dict[str, Zone]) -> None:
    floors = [await servers.open(name) for name in "abc"]
    incidents = [await floors[n % 3].routed(device=f"AMR-{n}") for n in range(9)]
    for incident in incidents:
        await delivered(floors, incident)
    for n, incident in enumerate(incidents):
        await floors[n % 3].press(f"AMR-{n}")
        await delivered(floors, incident, 2)
        await floors[(n + 1) % 3].do(cmd.CancelOrder, incident)
    for incident in incidents:
        await delivered(floors, incident, 3)
    assert set(said(zones["5415"]).values()) == {1} and len(said(zones["5415"])) == 27
    for incident in incidents:
        mine = [body["update"] for body in zones["5415"].received if body["incident"] == incident.id]
        assert mine == [1, 2, 3]
    kinds = Counter(record.type for record in await servers.records())
    assert kinds["server_claimed"] == kinds["delivered"] == 27


async def test_one_server_alone_claims_nothing(floor: Floor, zones: dict[str, Zone]) -> None:
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    assert [o.claims for o in floor.order(incident).outbox] == [0]


async def test_a_zone_that_answers_slowly_is_asked_by_one_server(servers: Servers, zones: dict[str, Zone]) -> None:
    async def slow(handler: RequestHandler) -> None:
        await asyncio.sleep(0.8)

    zones["5415"].always = slow
    floors = [await servers.open(name) for name in "abc"]
    incident = await floors[0].routed()
    await delivered(floors, incident)
    assert list(said(zones["5415"]).values()) == [1]


async def test_a_zone_that_fails_is_asked_by_the_same_server_as_long_as_it_lives(
    servers: Servers, zones: dict[str, Zone], clock: DrivenClock
) -> None:
    under_way = most = 0

    async def hangs(handler: RequestHandler) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(1.5)  # the server gives up before
        under_way -= 1

    zones["5415"].always = hangs
    floors = [await servers.open(name) for name in "abc"]
    incident = await floors[2].routed()
    await until(lambda: len(zones["5415"].keys) > 5, 20)
    assert len(set(await servers.claims())) == 1
    clock.pass_s(16)
    await until(lambda: all(states(floor, incident) == ["late"] for floor in floors))
    assert {floor.order(incident).outbox[0].reason for floor in floors} == {"no answer in time"}
    zones["5415"].always = 200
    await delivered(floors, incident)
    kinds = Counter(record.type for record in await servers.records())
    assert kinds["undelivered"] == kinds["delivered"] == 1
    assert most <= 2, "the request that it gave up and the next one, never one of another server beside"


async def test_another_server_delivers_what_one_that_died_was_sending(servers: Servers, zones: dict[str, Zone]) -> None:
    release = asyncio.Event()

    async def hangs(handler: RequestHandler) -> None:
        await release.wait()

    zones["5415"].answers.append(hangs)
    alone = await servers.open("a")
    incident = await alone.routed()
    await until(lambda: zones["5415"].keys)
    others = [await servers.open(name) for name in "bc"]
    began = asyncio.get_running_loop().time()
    await servers.kill("a")
    await delivered(others, incident, within_s=TAKEN_OVER_S)
    assert asyncio.get_running_loop().time() - began > TIMES.claim_s - 1.0, "it waits for a sign of life"
    release.set()
    assert list(said(zones["5415"]).values()) == [2], "by the one that died, and by one other"
    claims = await servers.claims()
    assert len(claims) == len(set(claims)) == 2


async def test_within_ten_seconds_of_its_kill_another_server_delivers_what_a_process_was_sending(
    tmp_path: Path, nats_server: NatsServer, zones: dict[str, Zone]
) -> None:
    release = asyncio.Event()

    async def hangs(handler: RequestHandler) -> None:
        await release.wait()

    zones["5415"].answers.append(hangs)
    logs, url = Centre(tmp_path, [nats_server.address]), zones["5415"].url
    log = await logs.open("lives")
    core = Core(log, FewZones(), FewCases(), SystemClock(), addresses=lambda zone: url)  # with the times of a centre
    await core.desk.open()
    (tmp_path / "dies").mkdir()
    words = (logs.path("dies"), tmp_path / "master.key", nats_server.address, logs.name, url)
    code = "from tests.feeds.orders.one_server import main; main()"
    process = Command(*map(str, words), code=code, output=tmp_path / "output")
    tasks = [asyncio.create_task(core.desk.follow())]
    try:
        await until(lambda: process.said == "ready\n", 30)
        floor = Floor(core.desk, core.orders, DrivenClock())
        incident = await floor.routed()
        await until(lambda: zones["5415"].keys)
        process.kill()
        killed = asyncio.get_running_loop().time()
        tasks.append(asyncio.create_task(core.orders.run()))
        await until(lambda: floor.states(incident) == ["delivered"], 12)
        took = asyncio.get_running_loop().time() - killed
        assert OrderTimes().claim_s - 1.0 < took < 10.0
        assert list(said(zones["5415"]).values()) == [2]
    finally:
        release.set()
        process.kill()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await core.desk.close()
        await logs.close()


async def test_an_order_given_at_a_server_that_died_at_once_is_delivered(
    servers: Servers, zones: dict[str, Zone]
) -> None:
    dies, lives = await servers.open("a"), await servers.open("b")
    zones["5415"].always = 503
    incident = await dies.routed()
    await servers.kill("a")
    zones["5415"].always = 200
    await delivered([lives], incident, within_s=TAKEN_OVER_S)


async def test_a_real_dispatch_takes_an_update_once_whoever_sends_it(
    tmp_path: Path, nats_server: NatsServer, clock: DrivenClock
) -> None:
    told: list[dict[str, Any]] = []

    class Feed:
        async def publish(self, fields: dict[str, Any], /) -> None:
            told.append(fields)

    dispatch = Dispatch(Feed(), declines=0.0)
    await dispatch.start()
    servers = Servers(tmp_path, [nats_server.address], clock, {"5415": dispatch.url}, 1)
    try:
        floors = {name: await servers.open(name) for name in "abc"}
        incidents = []
        for n, name in enumerate("abcabcabc"):
            incidents.append(await floors[name].routed(device=f"AMR-{n}"))
        await servers.kill("b")
        lives = [floors["a"], floors["c"]]
        for incident in incidents:
            await delivered(lives, incident, within_s=TAKEN_OVER_S)
        assert sorted(dispatch.taken) == sorted(f"{floors['a'].order(one).id}-1" for one in incidents)
    finally:
        await dispatch.close()
        await servers.close()


async def test_a_server_that_is_cut_off_stops_sending_before_another_takes_over(
    servers: Servers, nats_server: NatsServer, zones: dict[str, Zone]
) -> None:
    zones["5415"].always = 503
    cut_off = await servers.open("a", through=nats_server.port)
    incident = await cut_off.routed()
    await until(lambda: len(zones["5415"].keys) > 1)
    servers.logs.addresses = [nats_server.address]
    other = await servers.open("b")
    servers.cuts["a"].dies()
    (mine,) = set(await servers.claims())
    await asyncio.sleep(TIMES.claim_s - TIMES.request_s)  # its claim is too old for another request
    asked = len(zones["5415"].keys)
    await asyncio.sleep(0.4)
    assert len(zones["5415"].keys) == asked
    zones["5415"].always = 200
    await delivered([other], incident, within_s=TAKEN_OVER_S)
    assert asked < len(zones["5415"].keys) <= asked + 2  # the other may have begun before the zone took it
    servers.cuts["a"].resumes()
    await delivered([cut_off, other], incident, within_s=20)
    records = await servers.records()
    claims = [str(record.open["server"]) for record in records if record.type == "server_claimed"]
    assert claims[-1] != mine and set(claims[:-1]) == {mine}
    assert [record.type for record in records].count("delivered") == 1


async def test_the_leader_of_the_log_dies_and_every_order_is_delivered_once(
    tmp_path: Path, clock: DrivenClock, zones: dict[str, Zone], nats_cluster: NatsCluster
) -> None:
    servers = Servers(tmp_path, nats_cluster.addresses, clock, urls(zones), 3)
    try:
        floors = [await servers.open(name) for name in "ab"]
        incidents = [await floors[n % 2].routed(device=f"AMR-{n}") for n in range(4)]
        for incident in incidents:
            await delivered(floors, incident)
        log = servers.logs.logs[0]
        found = await log._servers.ask(f"STREAM.INFO.{log._name}")
        for n in range(4):
            await floors[n % 2].press(f"AMR-{n}")
        nats_cluster.servers[found["cluster"]["leader"]].kill()
        for incident in incidents:
            await delivered(floors, incident, 2, within_s=30)
        assert set(said(zones["5415"])) == {f"{floors[0].order(one).id}-{n}" for one in incidents for n in (1, 2)}
        assert max(said(zones["5415"]).values()) <= 2, "one whose answer the log could not take"
        kinds = Counter(record.type for record in await servers.records())
        assert kinds["delivered"] == 8
    finally:
        await servers.close()
