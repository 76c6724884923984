"""A server of a cluster that works for months does not grow with the incidents and the pages that come and go."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bench.consoles import Console
from bench.nats_servers import NatsCluster
from bench.running import process
from dashboard.ports import free_port
from tests.centre.memory import at_rest, impatient
from tests.centre.parts import own_feed
from tests.faults.load import Load, Operator
from tests.waiting import until

INCIDENTS = int(os.environ.get("SOAK_INCIDENTS", "10000"))  # 200 to try it
GROWTH = 0.05
OF_A_PAGE = 20  # incidents
AT_ONCE, RINGING = 4, 40  # pages, alarms
STAYS_S = 15.0  # what was closed stays on the board: as a day among months
WARM = 0.2  # of all
PARTS = 4


class Soak:
    """Servers on one log, in turn given pages whose operators close so many alarms each and go."""

    def __init__(self, load: Load, bases: list[str], pids: list[int]) -> None:
        self._load, self._bases, self._pids = load, bases, pids
        self._visits = 0

    async def run(self, pages: int) -> list[float]:
        """So many pages more, and all that they close. Returns what each server has resident afterwards, in MB."""
        numbers = iter(range(self._visits, self._visits + pages))
        self._visits += pages
        pressing = asyncio.create_task(self._press(pages * OF_A_PAGE))
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._some(numbers))
        await pressing
        await asyncio.sleep(STAYS_S + 2)
        return [await at_rest(pid) for pid in self._pids]

    async def _press(self, more: int) -> None:
        goal = sum(map(len, self._load.sent.values())) + more
        for n in range(goal - more, goal):
            await until(lambda n=n: n - self._load.closed < RINGING, 120)
            self._load.press()

    async def _some(self, numbers: Iterator[int]) -> None:
        for n in numbers:
            async with Console.opened(self._bases[n % len(self._bases)], f"visitor-{n}") as console:
                page = Operator(self._load, console, "", pauses=((0, 0.01), (0, 0.01)))
                listening = asyncio.create_task(page.listen())
                try:
                    await asyncio.wait_for(page.work(OF_A_PAGE), 240)
                finally:
                    listening.cancel()
                    await asyncio.gather(listening, return_exceptions=True)


@pytest.mark.prove
@pytest.mark.timeout(4 * 3600)
async def test_memory_does_not_grow_over_ten_thousand_incidents_and_the_pages_that_close_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    pages = INCIDENTS // OF_A_PAGE
    async with AsyncExitStack() as stack:
        nats = NatsCluster(tmp_path)
        stack.callback(nats.close)
        feed = await stack.enter_async_context(own_feed())
        monkeypatch.setenv("VIGIE_CLUSTER_SERVERS", ",".join(nats.addresses))
        monkeypatch.setenv("VIGIE_CLUSTER_NAME", "SOAK")
        monkeypatch.setenv("VIGIE_KEY_FILE", str(tmp_path / "master.key"))
        bases, pids = [], []
        for n in range(2):
            (own := tmp_path / f"server-{n}").mkdir()
            port = free_port()
            command = (
                "serve",
                "--no-sign-in",
                "--feed",
                feed.url,
                "--log",
                str(own / "vigie.log"),
                "--port",
                str(port),
            )
            bases.append(f"http://127.0.0.1:{port}")
            program = impatient(own / "counted", STAYS_S)
            pids.append(await stack.enter_async_context(process("-c", program, *command, url=f"{bases[-1]}/live")))
        load = Load(feed)
        soak = Soak(load, bases, pids)
        before = await soak.run(round(pages * WARM))
        for _ in range(PARTS):
            after = await soak.run(round(pages * (1 - WARM) / PARTS))
        assert load.closed == INCIDENTS
    grown = [now / was - 1 for was, now in zip(before, after, strict=True)]
    say = record_testsuite_property
    say(f"memory, {INCIDENTS} incidents, {pages} pages: MB after a fifth, of each server", [round(mb) for mb in before])
    say(f"memory, {INCIDENTS} incidents, {pages} pages: growth, %", [round(100 * part, 1) for part in grown])
    assert max(grown) < GROWTH, (before, after)
