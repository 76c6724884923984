"""Several servers on one log, real, each with pages of its own: who is there is there for all, wherever their page is."""

import asyncio
import gc
import json
import secrets
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nats
import pytest

from bench.nats_servers import NatsCluster, NatsServer
from centre.assembly import Assembly
from dashboard.components.presence.news import FLOOR
from dashboard.operator.session import Session
from incidents import commands as do
from incidents.board import CENTRES
from incidents.escalation.ladder import THERE, WatchTimes
from incidents.incident import Incident
from incidents.log.jetstream import JetStreamLog
from incidents.log.servers import Servers
from incidents.messages import Fix, Message, PressReport
from incidents.presence.clocks import LIMIT_S, HeldClock
from incidents.presence.sharing import Sharing
from maps.zones import Zones
from tests.browser.proxy import Proxy
from tests.dashboard.conftest import FewCases, Paper
from tests.waiting import until

# The library leaves the sockets of a server that hangs to the collector, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
LOST_S, BLIND_S = 2, 2
TIMES = WatchTimes(lost_s=LOST_S, blind_s=BLIND_S, idle_s=10_000, fix_s=10_000)


class Server:
    """One application server without its web part: log, desk, watch, and pages without a browser."""

    def __init__(
        self, log: JetStreamLog, servers: Servers, name: str, replicas: int, zones: Zones, ahead_s: float
    ) -> None:
        self.log, self._servers = log, servers
        self.clock = HeldClock(lambda: time.time() + ahead_s)
        self.sharing = Sharing(servers, name, replicas, log.vault, self.clock)
        self.parts = Assembly(log, zones, FewCases(), self.clock, times=TIMES, others=self.sharing.others)
        self.desk, self.consoles, self.watch = self.parts.desk, self.parts.consoles, self.parts.watch
        self._pages: dict[str, tuple[Session, Paper]] = {}

    async def start(self) -> None:
        await self.desk.open()
        self.consoles.start()
        self._tasks = [
            asyncio.create_task(work)
            for work in (self.desk.follow(self.sharing.trouble), self.sharing.run(), self.watch.run(), self._report())
        ]

    async def page(self, name: str, *cics: str) -> Session:
        """A page that is in sight and heard, and goes on saying so."""
        paper = Paper()
        session = Session(self.consoles, paper)
        session.take(json.dumps({"do": "hello", "desk": name, "browser": name, "cics": cics}))
        await until(lambda: session.desk_name == name)
        self._pages[name] = session, paper
        return session

    async def _report(self) -> None:
        while True:
            for session, paper in self._pages.values():
                session.take(json.dumps({"do": "seen", "visible": True, "sound": "armed"}))
                await paper.turn()
            await asyncio.sleep(0.2)

    def close_page(self, name: str) -> None:
        session, paper = self._pages.pop(name)
        paper.here = False
        self.consoles.leave(session)

    @property
    def on_shift(self) -> set[str]:
        return {person.actor for person in self.desk.floor.people if person.here}

    async def press(self) -> Incident:
        report = PressReport(device="AMR-00412", press="hold", fix=Fix(51.0536, 3.7253, 18.0))
        message = Message(feed="test", id=secrets.token_hex(8), at=self.desk.clock.now(), report=report, raw=b"{}")
        await self.desk.receive(message)
        return self.desk.board.of_device("AMR-00412")[0]

    async def die(self) -> None:
        """As a process that is killed: it says nothing any more, to nobody."""
        for task in self._tasks:
            task.cancel()
        await self._servers.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.consoles.together.stop = _nothing  # type: ignore[method-assign]
        await self.consoles.stop()
        await self.log.close()

    async def stop(self) -> None:
        """As a server is ended on purpose."""
        await self.sharing.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.consoles.stop()
        await self.desk.close()
        await self.log.close()
        await self._servers.close()


async def _nothing() -> None: ...


class Several:
    """The servers of one log."""

    def __init__(self, folder: Path, addresses: list[str], zones: Zones, replicas: int = 1) -> None:
        self.folder, self.addresses, self.replicas, self._zones = folder, addresses, replicas, zones
        self.name = f"T{secrets.token_hex(6)}"
        self.running: dict[str, Server] = {}
        self.cables: dict[str, Proxy] = {}

    async def start(self, name: str, *, cable: bool = False, ahead_s: float = 0.0) -> Server:
        addresses = self.addresses
        if cable:
            self.cables[name] = proxy = Proxy()
            proxy.lead_to(int(addresses[0].rpartition(":")[2]))
            addresses = [f"nats://127.0.0.1:{proxy.port}"]
        path = self.folder / name / "vigie.log"
        path.parent.mkdir()
        key = self.folder / "master.key"
        log = await JetStreamLog.open(path, addresses, name=self.name, replicas=self.replicas, key_file=key)
        server = self.running[name] = Server(log, Servers(addresses), self.name, self.replicas, self._zones, ahead_s)
        await server.start()
        return server

    async def know_each_other(self, *, certain: bool = True) -> None:
        servers = self.running.values()
        await until(lambda: all(one.sharing.others.certain is certain for one in servers))

    async def die(self, name: str) -> None:
        await self.running.pop(name).die()

    async def stop(self) -> None:
        for server in self.running.values():
            await server.stop()
        for cable in self.cables.values():
            await asyncio.to_thread(cable.end)
        gc.collect()  # here, not in whichever test comes next


@pytest.fixture
async def several(tmp_path: Path, nats_server: NatsServer, zones: Zones) -> AsyncIterator[Several]:
    made = Several(tmp_path, [nats_server.address], zones)
    yield made
    for cable in made.cables.values():
        cable.resumes()
    await made.stop()


async def owned(server: Server, page: Session, *others: Server) -> Incident:
    """An alarm that somebody has, and all know it."""
    incident = await server.press()
    await server.desk.command(do.Acknowledge(id=secrets.token_hex(8), incident=incident.id), page.user)
    for one in others:
        await until(lambda one=one: owner(one, incident) == page.actor)  # type: ignore[misc]
    return incident


def owner(server: Server, incident: Incident) -> str | None:
    found = server.desk.board.incidents.get(incident.id)
    return found.owner if found is not None else None


async def types(server: Server, stream: str) -> list[str]:
    return [record.type for record in await server.log.stream(stream)]


async def test_an_owner_at_one_server_is_away_for_none_until_that_server_dies_and_is_then_offered_to_all_once(
    several: Several,
) -> None:
    a, b, c = [await several.start(name) for name in "abc"]
    ann = await a.page("Ann")
    await b.page("Bob")
    await several.know_each_other()
    incident = await owned(a, ann, b, c)
    await until(lambda: all(len(one.on_shift) == 2 and one.consoles.on_shift == 2 for one in (a, b, c)))
    await asyncio.sleep(LOST_S + 2)
    assert b.watch.away(ann.actor) == c.watch.away(ann.actor) == THERE
    await several.die("a")
    died = time.monotonic()
    await until(lambda: all(one.watch.away(ann.actor).since is not None for one in (b, c)))
    assert time.monotonic() - died > 2  # it was heard of a second ago
    await until(lambda: all(one.desk.board.incidents[incident.id].ownership.gone for one in (b, c)))
    assert time.monotonic() - died > 2 + LOST_S
    await asyncio.sleep(1)
    assert (await types(b, f"incident/{incident.id}")).count("offered_to_all") == 1
    assert b.consoles.on_shift == c.consoles.on_shift == 1


async def test_a_server_whose_clock_is_an_hour_ahead_records_and_shows_the_time_of_the_others(several: Several) -> None:
    right = [await several.start(name) for name in ("one", "two")]
    wrong = await several.start("three", ahead_s=3600)
    await wrong.sharing.met()
    await until(lambda: abs(wrong.clock.now().timestamp() - time.time()) < LIMIT_S)
    assert "this machine's clock is 3600 s ahead" in wrong.clock.fault
    assert [server.clock.fault for server in right] == ["", ""]
    incident = await wrong.press()
    assert abs(incident.received_at.timestamp() - time.time()) < LIMIT_S


async def test_a_page_that_comes_goes_or_changes_is_known_to_all_at_once(several: Several) -> None:
    a, b = await several.start("a"), await several.start("b")
    await several.know_each_other()
    took: list[float] = []
    for n in range(5):
        began = time.monotonic()
        ann = await a.page(f"Ann {n}")
        await until(lambda ann=ann: ann.actor in b.consoles.present())  # type: ignore[misc]
        took.append(time.monotonic() - began)
        a.close_page(f"Ann {n}")
        await until(lambda ann=ann: ann.actor not in b.consoles.present())  # type: ignore[misc]
    assert min(took) < 0.5  # not with the next second: a busy machine takes longer now and then


async def test_who_listens_at_one_server_is_heard_for_all_and_a_centre_is_blind_and_back_once(several: Several) -> None:
    a, b = await several.start("a"), await several.start("b")
    await a.page("Ann", "OVL")
    await b.page("Bob", "VBR")
    await several.know_each_other()
    await until(lambda: all(one.consoles.services.listening.unheard.get("WVL") == ("OVL",) for one in (a, b)))
    await until(lambda: all(len(one.desk.board.blind) == 9 for one in (a, b)))
    await asyncio.sleep(BLIND_S + 1)
    for one in (a, b):
        assert not {"OVL", "VBR"} & (one.desk.board.blind.keys() | one.consoles.services.listening.unheard.keys())
    await b.page("Cas", *a.consoles.services.centres.known)
    await until(lambda: all(not one.desk.board.blind for one in (a, b)))
    await asyncio.sleep(1)
    assert sorted(await types(a, CENTRES)) == ["centre_back"] * 9 + ["centre_blind"] * 9


async def test_who_is_cut_off_holds_nobody_away_and_no_centre_blind_and_nothing_flaps_when_it_is_back(
    several: Several,
) -> None:
    a, b, c = await several.start("a"), await several.start("b", cable=True), await several.start("c")
    ann, bob = await a.page("Ann", "OVL"), await b.page("Bob", "VBR")
    await several.know_each_other()
    await owned(a, ann, b, c)
    await until(lambda: all(len(one.desk.board.blind) == 9 for one in (a, b, c)))
    before = await types(a, CENTRES)
    several.cables["b"].dies()
    await until(lambda: not b.sharing.others.certain)
    # For the others Bob's page is gone, as a page is that is lost, and his centre has nobody.
    await until(lambda: all(bob.actor not in one.consoles.present() for one in (a, c)))
    await until(lambda: all("VBR" in one.desk.board.blind for one in (a, c)))
    await asyncio.sleep(LOST_S + 1)
    assert b.watch.away(ann.actor) == THERE and ann.actor in b.on_shift
    assert "OVL" not in b.consoles.services.listening.unheard and "OVL" not in b.desk.board.blind
    several.cables["b"].resumes()
    await several.know_each_other()
    await until(lambda: all("VBR" not in one.desk.board.blind for one in (a, b, c)))
    assert await types(a, CENTRES) == [*before, "centre_blind", "centre_back"]
    assert b.watch.away(ann.actor) == THERE


async def test_without_the_majority_of_the_cluster_nobody_is_held_away(
    tmp_path: Path, zones: Zones, nats_cluster: NatsCluster
) -> None:
    several = Several(tmp_path, nats_cluster.addresses, zones, replicas=3)
    a, b = await several.start("a"), await several.start("b")
    ann = await a.page("Ann")
    await several.know_each_other()
    await owned(a, ann, b)
    for name in ("n1", "n2"):
        nats_cluster.servers[name].send(signal.SIGSTOP)
    await several.know_each_other(certain=False)
    await until(lambda: "majority" in b.sharing.trouble() and b.desk.board.recording == "cut_off", 10)
    await several.die("a")
    await asyncio.sleep(LOST_S + 5)
    assert b.watch.away(ann.actor) == THERE  # it may well be that only b is cut off
    for name in ("n1", "n2"):
        nats_cluster.servers[name].resume()
    await until(lambda: b.watch.away(ann.actor).since is not None)
    await several.stop()


async def test_a_server_whose_connection_was_closed_hears_the_others_again(several: Several) -> None:
    a, b = await several.start("a"), await several.start("b")
    await several.know_each_other()
    await (await a._servers.client()).close()  # as after a refusal, so that the files of the password are read anew
    await until(lambda: a._servers.made > 1)
    ann = await b.page("Ann")
    await until(lambda: ann.actor in a.consoles.present())
    await several.know_each_other()


async def test_who_comes_and_leaves_is_recorded_once_and_a_server_that_stops_sends_nobody_home(
    several: Several,
) -> None:
    a, b, c = [await several.start(name) for name in "abc"]
    await several.know_each_other()
    ann, _ = await a.page("Ann"), await a.page("Bob")
    await until(lambda: all(len(one.on_shift) == 2 for one in (a, b, c)))
    assert (
        len({person.since for one in (a, b, c) for person in one.desk.floor.people if person.actor == ann.actor}) == 1
    )
    await several.running.pop("a").stop()
    await until(lambda: all(not one.on_shift for one in (b, c)), 2.5)  # its word, not its silence
    assert await types(b, FLOOR) == ["came", "came"]
    await until(lambda: not any(one.desk.floor.people for one in (b, c)))  # 15 s later
    await asyncio.sleep(1)
    assert sorted(await types(b, FLOOR)) == ["came", "came", "left", "left"]


async def test_what_no_server_of_the_log_said_is_no_word_and_nothing_of_a_person_can_be_read(several: Several) -> None:
    a, b = await several.start("a"), await several.start("b")
    heard: list[bytes] = []
    stranger = await nats.connect(several.addresses)

    async def hear(message: Any) -> None:
        heard.append(message.data)

    await stranger.subscribe(f"{several.name}-LIVE.>", cb=hear)
    ann = await a.page("Ann")
    await several.know_each_other()
    await until(lambda: ann.actor in b.consoles.present())
    forged = json.dumps({"type": "presence", "server": "x", "n": 9, "pages": [{"actor": "eve", "visible": True}]})
    for rubbish in (b"", b"{}", forged.encode(), b"\xff" * 99, heard[-1][:-1] + b"\x00", a.log.vault.seal_view(b"{}")):
        await stranger.publish(f"{several.name}-LIVE.presence.x", rubbish)
    await stranger.flush()
    count = len(heard)
    await until(lambda: len(heard) > count + 4)
    assert b.consoles.present() == {ann.actor} and b.sharing.others.certain
    assert not any(word in data for data in heard for word in (b"Ann", ann.actor.encode(), b"OVL"))
    await stranger.close()
