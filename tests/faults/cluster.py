"""A whole centre on a cluster, real: nats-servers, servers of the desk, a feed, and an oracle that reads the log for itself."""

import asyncio
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from bench.nats_servers import NatsCluster, NatsServer
from dashboard.access.accounts import Accounts
from incidents.log import LogUnavailable
from incidents.log.jetstream import JetStreamLog
from incidents.log.servers import ApiError, Servers
from incidents.log.verify import verify
from tests.centre.parts import OwnFeed, Running, own_feed
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.processes import ROOT
from tests.waiting import until

PRESSES = ("raised", "pressed")
Way = Callable[[int, list[str]], list[str]]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a fault came to, by the log itself. `without_s`: the longest time in which nothing was answered, in seconds."""

    answered: int
    recorded: int
    lost: int
    twice: int
    without_s: float


class Centre:
    """Three nats-servers, so many servers of the desk that each hear the feed, and the load of the feed.

    `people` sign in; without any nobody has to. `environ` are further settings of each server; `way`: by which addresses the
    server of this number finds the nats-servers.
    """

    def __init__(
        self,
        folder: Path,
        nats: NatsCluster,
        feed: OwnFeed,
        servers: int,
        people: Sequence[str] = (),
        way: Way = lambda n, addresses: addresses,
        **environ: str,
    ) -> None:
        self.folder, self.nats, self.feed = folder, nats, feed
        self.name = f"F{random.getrandbits(40):x}"
        self.desks: list[Running] = []
        for n in range(servers):
            own = folder / f"server-{n}"
            own.mkdir(exist_ok=True)  # it may be a disk of its own
            cluster = {
                "VIGIE_CLUSTER_SERVERS": ",".join(way(n, nats.addresses)),
                "VIGIE_CLUSTER_NAME": self.name,
                "VIGIE_KEY_FILE": str(folder / "master.key"),
            }
            self.desks.append(Running(own, feeds=[feed.url], sign_in=bool(people), **cluster | environ))
        for name in people:  # the others take them over
            Accounts(folder / "server-0" / "vigie.users", hasher=QUICK).add(name, ["dispatcher"], PASSWORD)
        self._load: asyncio.Task[None] | None = None
        self.without_s, self._last = 0.0, 0.0

    async def start(self) -> None:
        await self.desks[0].start()  # it makes the key
        await asyncio.gather(*(desk.start() for desk in self.desks[1:]))

    def press_for_ever(self, a_second: float, devices: int = 40) -> None:
        """Let the feed tell of presses and positions until `quiet`."""
        self._last = time.monotonic()
        self._load = asyncio.create_task(self._press(a_second, devices))

    async def _press(self, a_second: float, devices: int) -> None:
        dice, known = random.Random(1), 0
        while True:
            device = f"AMR-{dice.randrange(devices):05d}"
            self.feed.press(device)
            self.feed.put(kind="fix", device=device, fix={"lat": 51.0, "lon": 3.7, "radius": 30})
            await asyncio.sleep(1 / a_second)
            if len(self.feed.durable) > known:
                known, now = len(self.feed.durable), time.monotonic()
                self.without_s, self._last = max(self.without_s, now - self._last), now

    async def answered(self, more: int) -> None:
        """Until so many more messages are answered."""
        goal = len(self.feed.durable) + more
        await until(lambda: len(self.feed.durable) >= goal, within_s=90)

    async def quiet(self) -> None:
        """End the load, and wait until all of it is answered."""
        assert self._load is not None
        self._load.cancel()
        await asyncio.gather(self._load, return_exceptions=True)
        await until(lambda: {m["id"] for m in self.feed.messages} == self.feed.durable, within_s=90)

    async def leader(self) -> NatsServer:
        """The nats-server that leads the log's stream, once one does."""
        servers = Servers(self.nats.addresses)
        try:
            async with asyncio.timeout(60):
                while True:
                    with suppress(LogUnavailable, ApiError):  # one was killed a moment ago
                        found = await servers.ask(f"STREAM.INFO.{self.name}")
                        if leader := found["cluster"].get("leader"):
                            return self.nats.servers[leader]
                    await asyncio.sleep(0.2)
        finally:
            await servers.close()

    async def follower(self) -> NatsServer:
        """One that does not."""
        leads = await self.leader()
        return next(server for server in self.nats.servers.values() if server is not leads)

    async def told(self) -> Told:
        """What became of each message, read from the cluster by somebody who was not there, into a file that verifies."""
        copy, log = await self._copy()
        try:
            await log.catch_up()
            ids = Counter([record.id async for _, record in log.records() if record.type in PRESSES])
        finally:
            await log.close()
        report = verify(copy)
        assert report.ok, report.findings
        presses = {
            f"own/{m['id']}" for m in self.feed.messages if m["kind"] == "press" and m["id"] in self.feed.durable
        }
        again = {name.rpartition("~")[0] for name in ids if "~" in name}  # taken for another under the same id
        return Told(
            answered=len(presses),
            recorded=sum(ids.values()),
            lost=len(presses - ids.keys()),
            twice=len(again) + sum(count - 1 for count in ids.values()),
            without_s=round(self.without_s, 1),
        )

    async def records(self) -> list[tuple[str, datetime]]:
        """Type and time of each record, as somebody reads them who was not there."""
        _, log = await self._copy()
        try:
            await log.catch_up()
            return [(record.type, datetime.fromisoformat(record.at)) async for _, record in log.records()]
        finally:
            await log.close()

    async def _copy(self) -> tuple[Path, JetStreamLog]:
        async with asyncio.timeout(60):
            while True:
                path = self.folder / f"oracle-{time.monotonic_ns()}" / "vigie.log"
                path.parent.mkdir()
                key = self.folder / "master.key"
                with suppress(LogUnavailable):  # a nats-server that has just come back may not know its leader yet
                    return path, await JetStreamLog.open(path, self.nats.addresses, name=self.name, key_file=key)
                await asyncio.sleep(0.5)

    async def one_board(self) -> None:
        """Each server shows as many alarms, as many of them unowned, and holds nothing."""
        async with asyncio.timeout(60):
            while True:
                found = await asyncio.gather(*(asyncio.to_thread(alarms, desk) for desk in self.desks))
                if all(one == found[0] and one["vigie_log_held_entries"] == 0 for one in found):
                    return
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        if self._load is not None:
            self._load.cancel()
        for desk in self.desks:
            if desk._process is not None and desk.process.code is None:
                await desk.kill()


class Served:
    """`serve` for one of a centre's desks by a command of its own: from another tree, or with more in its environment."""

    def __init__(self, desk: Running, *, tree: Path = ROOT, **environ: str) -> None:
        self._desk = desk
        command = [sys.executable, "app.py", *desk.words]
        with desk.output.open("ab") as output:
            whole = {**os.environ, **desk.environ, **environ}
            self._process = subprocess.Popen(command, cwd=tree, env=whole, stdout=output, stderr=output)

    async def serves(self) -> None:
        """Until it answers."""
        async with asyncio.timeout(120):
            while await asyncio.to_thread(self._desk.status, "/live") != 200:
                assert self._process.poll() is None, self._desk.output.read_text()
                await asyncio.sleep(0.2)

    async def stop(self) -> int:
        """Ask it to end; its exit code."""
        self._process.terminate()
        try:
            return await asyncio.to_thread(self._process.wait, 30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def alarms(desk: Running) -> dict[str, float]:
    """What a server counts."""
    with urllib.request.urlopen(f"{desk.url}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    names = ("vigie_alarms_open", "vigie_alarms_unowned", "vigie_log_held_entries", "vigie_log_writable")
    return {name: float(value) for name, _, value in (line.partition(" ") for line in lines) if name in names}


@asynccontextmanager
async def centre(
    folder: Path,
    servers: int = 3,
    people: Sequence[str] = (),
    make: Callable[[Path], NatsCluster] = NatsCluster,
    way: Way = lambda n, addresses: addresses,
    **environ: str,
) -> AsyncIterator[Centre]:
    """Everything, running."""
    (folder / "nats").mkdir()
    nats = make(folder / "nats")
    try:
        async with own_feed() as feed:
            made = Centre(folder, nats, feed, servers, people, way, **environ)
            try:
                await made.start()
                yield made
            finally:
                await made.close()
    finally:
        nats.close()
