"""A desk that runs for months does not grow with the pages that come and go."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from bench.consoles import Console
from bench.running import free_port, process
from tests.centre.parts import own_feed, until

ALARMS = 20
AT_ONCE = 2
SETTLE_S = 8
GROWTH = 0.05
# The real server; what it does once a minute on a quiet desk, it does here every second or two.
IMPATIENT = """
import centre.garbage, dashboard.access.gate
centre.garbage.QUIET_S = 1.0
dashboard.access.gate.UNUSED_MS = 1000
import app
app.app()
"""


def resident(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Visits:
    """Pages that are opened, used and closed, some at a time."""

    def __init__(self, base: str, pid: int) -> None:
        self.base, self.pid = base, pid
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
        incidents = re.findall(r'\\"(\w+)\\":\{\\"id\\":\\"\1\\"', await console.hear("welcome"))
        incident = incidents[n % len(incidents)]
        await console.say(do="select", incident=incident)
        await console.hear("history")
        await console.say(
            do="command", command={"do": "acknowledge", "incident": incident, "id": uuid4().hex}, typed={}
        )
        await console.hear("answer")

    async def rest_mb(self) -> float:
        """What is resident once the pages are forgotten: the least in some seconds."""
        least = resident(self.pid)
        for _ in range(SETTLE_S * 4):
            await asyncio.sleep(0.25)
            least = min(least, resident(self.pid))
        return least


@pytest.fixture
async def visits(tmp_path: Path) -> AsyncIterator[Visits]:
    async with own_feed() as feed:
        for n in range(ALARMS):
            feed.press(f"AMR-{n:05}")
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        files = ("--feed", feed.url, "--log", str(tmp_path / "vigie.log"), "--port", str(port))
        async with process("-c", IMPATIENT, "serve", "--no-sign-in", *files, url=f"{base}/live") as pid:
            await until(lambda: len(feed.durable) == ALARMS)
            yield Visits(base, pid)


async def growth(visits: Visits, warm: int, count: int) -> tuple[float, float]:
    """Resident memory after the warm-up and after so many visits more, in MB."""
    await visits.make(warm)
    before = await visits.rest_mb()
    await visits.make(count)
    return before, await visits.rest_mb()


async def test_pages_that_were_closed_are_forgotten(visits: Visits) -> None:
    await visits.make(15)
    most = resident(visits.pid) * (1 + 3 * GROWTH)
    await visits.make(30)
    await until(lambda: resident(visits.pid) < most)


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
