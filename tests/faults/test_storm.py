"""Two hundred consoles lose their server in one instant and come to the two others: all are live again, and no press is lost."""

import asyncio
import contextlib
import random
import time
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from bench.consoles import Console
from bench.rows import percentile
from tests.faults.cluster import Centre, centre
from tests.faults.test_cluster import Say, over
from tests.waiting import until

pytestmark = [pytest.mark.timeout(900), pytest.mark.prove]
CONSOLES = 200
AT_ONCE = 8  # open for the first time together
PRESSES, EVERY_S = 40, 0.5
MORE = 20  # messages
PROBE_S, SPREAD_S = 0.5, 0.25  # as a page asks for its server (dashboard/shell/watchdog.js)
LIVE_S = 60.0  # until the last is live again, on a busy machine: what is meant is in docs/reliability.md
WITHOUT_S = 10.0


class Crowd:
    """Consoles without a browser: each goes to another server when its own is gone. `live`: since when each has all there is."""

    def __init__(self, made: Centre) -> None:
        self._bases = [desk.url for desk in made.desks]
        self._begins = asyncio.Semaphore(AT_ONCE)
        self.live: dict[int, float] = {}
        self.heard: dict[tuple[str, int], float] = {}  # which device which console heard of when

    async def console(self, n: int) -> None:
        """One of them, for ever."""
        token, where = "", 0
        while True:
            with contextlib.suppress(WebSocketException, OSError, TimeoutError):
                async with contextlib.AsyncExitStack() as stack:
                    async with self._begins if not token else contextlib.nullcontext():
                        page = await stack.enter_async_context(
                            Console.opened(self._bases[where], f"page-{n}", token=token)
                        )
                        await page.hear("welcome")
                    token, self.live[n] = page.token, time.monotonic()
                    while True:
                        said = await page.hear("AMR-9")
                        now = time.monotonic()
                        for part in said.split("AMR-9")[1:]:
                            self.heard.setdefault((f"AMR-9{part[:4]}", n), now)
            self.live.pop(n, None)
            where = 1 + n % 2
            await asyncio.sleep(PROBE_S + random.random() * SPREAD_S)


async def test_two_hundred_consoles_whose_server_dies_are_live_at_the_others_and_lose_no_press(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    what = f"a storm of {CONSOLES} reconnecting consoles"
    async with centre(tmp_path) as made:
        crowd = Crowd(made)
        consoles = [asyncio.create_task(crowd.console(n)) for n in range(CONSOLES)]
        try:
            await until(lambda: len(crowd.live) == CONSOLES, within_s=600)
            made.press_for_ever(2, devices=10)
            await made.answered(MORE)
            await made.desks[0].kill()
            died = time.monotonic()
            await until(lambda: len(crowd.live) == CONSOLES and min(crowd.live.values()) > died, within_s=LIVE_S)
            record_testsuite_property(f"{what}: all live again after, s", round(max(crowd.live.values()) - died, 1))
            pressed = {}
            for n in range(PRESSES):
                device = f"AMR-9{n:04d}"
                pressed[device] = time.monotonic()
                made.feed.press(device)
                await asyncio.sleep(EVERY_S)
            await until(lambda: len(crowd.heard) == PRESSES * CONSOLES, within_s=60)
            late = [(at - pressed[device]) * 1000 for (device, _), at in crowd.heard.items()]
            for share, name in ((0.5, "p50"), (0.99, "p99")):
                record_testsuite_property(
                    f"{what}: feed to page afterwards, {name}, ms", round(percentile(late, share))
                )
            await made.desks[0].start()
            await over(made, what, record_testsuite_property, without_s=WITHOUT_S)
        finally:
            for console in consoles:
                console.cancel()
            await asyncio.gather(*consoles, return_exceptions=True)
