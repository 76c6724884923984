"""A desk that runs for months does not grow with the pages that come and go."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from bench.consoles import Console
from bench.running import process
from dashboard.ports import free_port
from tests.centre.memory import at_rest, impatient
from tests.centre.parts import own_feed
from tests.waiting import until

ALARMS = 3  # fewer than visits: nothing is collected while an alarm waits that nobody has
OF_A_PAGE = 2  # its document and its session
AT_ONCE = 2
GROWTH = 0.05


class Visits:
    """Pages that are opened, used and closed, some at a time."""

    def __init__(self, base: str, pid: int, counted: Path) -> None:
        self.base, self.pid, self._counted = base, pid, counted
        self.made = 0

    async def make(self, count: int) -> None:
        """Open, use and close so many pages."""
        numbers = iter(range(self.made, self.made + count))

        async def some() -> None:
            for n in numbers:
                async with asyncio.timeout(60):
                    await self._one(n)

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(some())
        self.made += count

    async def _one(self, n: int) -> None:
        async with Console.opened(self.base, f"visitor-{n}") as console:
            await self._use(console, n)

    async def _use(self, console: Console, n: int) -> None:
        # In an order of their own: the page tells first those that nobody has.
        incidents = sorted(re.findall(r'\\"(\w+)\\":\{\\"id\\":\\"\1\\"', await console.hear("welcome")))
        incident = incidents[n % len(incidents)]
        await console.say(do="select", incident=incident)
        await console.hear("history")
        await console.say(
            do="command", command={"do": "acknowledge", "incident": incident, "id": uuid4().hex}, typed={}
        )
        await console.hear("answer")

    async def alive(self) -> int:
        """How many documents and sessions the server still has."""
        self._counted.unlink(missing_ok=True)
        os.kill(self.pid, signal.SIGUSR1)
        await until(lambda: self._counted.exists() and self._counted.read_text(), 60)
        return int(self._counted.read_text())


@pytest.fixture
async def visits(tmp_path: Path) -> AsyncIterator[Visits]:
    async with own_feed() as feed:
        for n in range(ALARMS):
            feed.press(f"AMR-{n:05}")
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        files = ("--feed", feed.url, "--log", str(tmp_path / "vigie.log"), "--port", str(port))
        counted = tmp_path / "counted"
        async with process("-c", impatient(counted), "serve", "--no-sign-in", *files, url=f"{base}/live") as pid:
            await until(lambda: len(feed.durable) == ALARMS)
            yield Visits(base, pid, counted)


async def growth(visits: Visits, warm: int, count: int) -> tuple[float, float]:
    """Resident memory after the warm-up and after so many visits more, in MB."""
    await visits.make(warm)
    before = await at_rest(visits.pid)
    await visits.make(count)
    return before, await at_rest(visits.pid)


async def test_pages_that_were_closed_are_forgotten(visits: Visits) -> None:
    async with Console.opened(visits.base, "who-stays") as stays:
        reading = asyncio.create_task(
            stays.listen()
        )  # whoever reads nothing answers no ping, and is cut like one who is gone
        try:
            await visits.make(2 * ALARMS)
            for _ in range(60):
                if (alive := await visits.alive()) == OF_A_PAGE:
                    return
                await asyncio.sleep(0.5)
        finally:
            reading.cancel()
    raise AssertionError(f"{alive} documents and sessions of {visits.made} closed pages and an open one")


@pytest.mark.prove
@pytest.mark.timeout(3600)
async def test_memory_does_not_grow_over_a_thousand_pages(
    visits: Visits, record_testsuite_property: Callable[[str, object], None]
) -> None:
    before, after = await growth(visits, 100, 1000)
    record_testsuite_property("memory, 1000 pages opened, used and closed: MB after 100", round(before))
    record_testsuite_property(
        "memory, 1000 pages opened, used and closed: growth, %", round((after / before - 1) * 100, 1)
    )
    assert after < before * (1 + GROWTH), f"{before:.0f} MB grew to {after:.0f}"
