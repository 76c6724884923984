"""`cluster run` as it is for who watches: a page at each of three servers on one log, and what is broken and mended meanwhile."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from dashboard.ports import free_port
from demo.accounts import PASSWORD
from demo.cluster.members import STATE, Member, read
from tests.browser.conftest import until
from tests.dashboard.access.parts import Browser, Line, _asked
from tests.processes import Command

pytestmark = pytest.mark.timeout(400)

SLOW_S = 120.0
PEOPLE = ("dispatcher", "dispatcher2", "supervisor")


class Cluster:
    """A cluster that runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.output = folder / "cluster", folder / "output"
        self.port = free_port()
        self.process = self._command("run", "--port", str(self.port), output=self.output)
        until(lambda: self.process.code is not None or (self.folder / STATE).exists(), SLOW_S)
        assert self.process.code is None, self.output.read_text()
        self.first = read(self.folder)

    def _command(self, *words: str, output: Path) -> Command:
        return Command("cluster", *words, "--folder", str(self.folder), output=output)

    def member(self, name: str) -> Member:
        return read(self.folder).member(name)

    def all_run(self) -> bool:
        return all(member.runs for member in read(self.folder).members)

    @contextlib.asynccontextmanager
    async def broken(self, name: str) -> AsyncIterator[None]:
        """Something of it is broken meanwhile, and mended when whoever broke it is told to stop."""
        output = self.folder.parent / f"broken-{name}"
        breaking = self._command("break", name, "--seconds", "600", output=output)
        await within(lambda: breaking.code is not None or not self.all_run())
        assert breaking.code is None, output.read_text()
        yield
        breaking.send(signal.SIGINT)
        assert await asyncio.to_thread(breaking.wait, SLOW_S) == 0, output.read_text()
        assert self.all_run()

    def break_again(self, name: str) -> str:
        output = self.folder.parent / "again"
        assert self._command("break", name, output=output).wait(SLOW_S) == 1
        return output.read_text()


class Console(Browser):
    """Somebody's browser, which stays where the proxy's cookie says, and their page there."""

    def __init__(self, base: str, server: str) -> None:
        super().__init__(base)
        self.server = server
        self.line: Line

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"vigie_server={self.server}; {self.name}={self.cookie}"}

    async def come(self, who: str = "") -> None:
        """Open the page; as somebody, after they signed in."""
        async with asyncio.timeout(SLOW_S):
            while True:
                # A server that is not well may be out by now: another one stands in.
                with contextlib.suppress(InvalidStatus, AssertionError, OSError):
                    if who:
                        await self.sign_in(who, PASSWORD)
                    self.line = await self.open()
                    return
                await asyncio.sleep(0.2)

    async def known_at(self, server: str) -> bool:
        """Whether who signed in here is known at another server."""
        there = Console(self.base, server)
        there.cookie = self.cookie
        with contextlib.suppress(AssertionError, OSError):
            await there.token()
            return True
        return False

    def rows(self, state: str) -> set[str]:
        """The incidents that it shows in this state."""
        found: dict[str, str] = {}
        for message in self.line.messages:
            found |= {id: row["state"] for id, row in message.get("rows", {}).items() if row}
        return {id for id, now in found.items() if now == state}

    @property
    def recording(self) -> str:
        """What its top bar says of the log."""
        said = [message["health"]["recording"] for message in self.line.messages if "health" in message]
        return str(said[-1]) if said else ""

    async def claim(self, incident: str) -> bool:
        """Acknowledge it; whether the desk took that."""
        id = uuid4().hex
        await self.line.say(do="command", typed={}, command={"do": "acknowledge", "id": id, "incident": incident})
        reply = await self.line.reply(lambda reply: reply.get("answer", {}).get("id") == id)
        return bool(reply["answer"]["ok"])


Consoles = list[Console]


async def within(true: Callable[[], object], seconds: float = SLOW_S) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def everywhere(consoles: Consoles, state: str) -> set[str]:
    """The incidents that are in this state on every page."""
    return set.intersection(*(console.rows(state) for console in consoles))


async def taken_everywhere(console: Console, consoles: Consoles) -> None:
    """Acknowledge at one console an alarm that nobody has on any, and wait until all show it as taken."""
    await within(lambda: everywhere(consoles, "raised"))
    chosen = min(everywhere(consoles, "raised"))
    began = time.monotonic()
    while not await console.claim(chosen):  # refused for as long as it can't be recorded
        assert time.monotonic() < began + SLOW_S
    await within(lambda: chosen in everywhere(consoles, "acknowledged"))


async def known_everywhere(consoles: Consoles) -> None:
    """Wait until each sign-in holds at every server: it is shared once the stream of the accounts has a leader again."""
    async with asyncio.timeout(SLOW_S):
        for console in consoles:
            for other in consoles:
                while not await console.known_at(other.server):
                    await asyncio.sleep(0.1)


async def comes_back(console: Console, who: str) -> Console:
    """Once its line is closed it comes again, as a browser does, and is the same person's without a sign-in."""
    await console.line.closed()
    await console.come()
    told = await console.line.until(lambda message: "access" in message)
    assert told["access"]["name"] == who
    return console


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("demo"))
    yield made
    last = read(made.folder)
    assert made.process.stop() == 0
    assert not made.folder.exists() and not any(member.there for member in last.members)


@pytest.fixture
async def consoles(cluster: Cluster) -> AsyncIterator[Consoles]:
    """A page at each of the three servers."""
    base = f"http://localhost:{cluster.port}"
    found: dict[str, Console] = {}
    async with asyncio.timeout(SLOW_S):
        while len(found) < 3:
            _, _, headers = await _asked(f"{base}/sign-in", None, {})
            server = headers["Set-Cookie"].partition(";")[0].partition("=")[2]
            found.setdefault(server, Console(base, server))
    for who, console in zip(PEOPLE, found.values(), strict=True):
        await console.come(who)
    yield [*found.values()]
    for console in found.values():
        await console.line.close()


async def test_a_press_and_a_claim_at_one_server_are_on_the_pages_of_all(cluster: Cluster, consoles: Consoles) -> None:
    assert f"http://localhost:{cluster.port}/operator" in cluster.output.read_text()
    assert cluster.first.names("server") == ("server-1", "server-2", "server-3")
    assert cluster.first.names("nats") == ("nats-1", "nats-2", "nats-3")
    await taken_everywhere(consoles[0], consoles)


@pytest.mark.parametrize(
    "name", ["leader", *(pytest.param(one, marks=pytest.mark.prove) for one in ("follower", "cut-leader"))]
)
async def test_a_nats_server_is_broken_and_claims_go_on(cluster: Cluster, consoles: Consoles, name: str) -> None:
    async with cluster.broken(name):
        await taken_everywhere(consoles[1], consoles)
    await taken_everywhere(consoles[2], consoles)


@pytest.mark.prove  # the same in short, with nats-servers alone: tests/faults/test_cluster.py
async def test_two_of_three_are_killed_and_a_press_is_shown_and_recorded_once_they_are_back(
    cluster: Cluster, consoles: Consoles
) -> None:
    async with cluster.broken("two-of-three"):
        await within(lambda: all(console.recording not in ("", "ok") for console in consoles))
        before = set.union(*(console.rows("raised") for console in consoles))
        await within(lambda: everywhere(consoles, "raised") - before)
        (shown, *_) = everywhere(consoles, "raised") - before
        assert not await consoles[0].claim(shown)
    await within(lambda: all(console.recording == "ok" for console in consoles))
    assert await consoles[1].claim(shown)
    await within(lambda: shown in everywhere(consoles, "acknowledged"))


async def test_a_server_is_killed_and_who_was_there_goes_on_at_another_without_a_sign_in(
    cluster: Cluster, consoles: Consoles
) -> None:
    before = cluster.member("server-2")
    await known_everywhere(consoles)
    returning = {asyncio.create_task(comes_back(console, who)) for console, who in zip(consoles, PEOPLE, strict=True)}
    async with cluster.broken("server-2"):
        # Two may have been there: another server stands in for one that is not well.
        back, others = await asyncio.wait(returning, timeout=2 * SLOW_S, return_when=asyncio.FIRST_COMPLETED)
        await taken_everywhere(back.pop().result(), consoles)
        assert "server-2 is broken already" in await asyncio.to_thread(cluster.break_again, "server-2")
        assert others
        for task in others:
            task.cancel()
    assert cluster.member("server-2").pid != before.pid


@pytest.mark.prove
async def test_a_server_hangs_and_goes_on(cluster: Cluster) -> None:
    before = cluster.member("server-3")
    async with cluster.broken("hang-3"):
        assert before.there and not before.runs
    assert before.runs
