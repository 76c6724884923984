"""A feed that makes up names fills no memory, hides nothing that is real, and what was let go is said."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from incidents.board import ALARMS, DEVICES, UNITS
from tests.centre.flood import Flood, memory_mb
from tests.centre.parts import stamp
from tests.centre.test_flood import Under, under
from tests.waiting import until

REAL = 12
AHEAD = 1000  # messages that wait for their answer: a hostile feed may not keep the honest one waiting
GROWTH_MB = 120.0
CONDITIONS = ("link_lost", "battery_low", "app_stopped", "silent")


def made_up(n: int) -> dict[str, Any]:
    """A message that names what nobody has ever heard of, as long as names may be."""
    name = f"{n:07d}-".ljust(200, "x")
    fix = {"lat": 50.8, "lon": 4.3, "radius": 20.0, "time": stamp()}
    match n % 6:
        case 0 | 1:
            return {"kind": "unit", "unit": name, "zone": name, "status": "available", "fix": fix}
        case 2 | 3:
            return {"kind": "device", "device": name, "state": CONDITIONS[n // 6 % 4], "battery": n % 100}
        case 4:
            return {"kind": "fix", "device": name, "fix": fix}
    if n % 12 == 5:
        return {"kind": "call", "device": name, "state": "open", "line": name}
    return {"kind": "order", "order": name, "state": "accepted", "unit": name}


async def insult(feed: Flood, numbers: Iterator[int], true: Callable[[], bool]) -> int:
    """Say made-up things for as long as that is true; how many."""
    count = 0
    while true():
        for n in itertools.islice(numbers, 100):
            feed.put(**made_up(n))
            count += 1
        await until(lambda: len(feed.put_at) - len(feed.answered_s) < AHEAD)
    return count


async def begin(run: Under) -> None:
    """Real alarms, a real unit's, real technical alarms, before anybody lies."""
    for n in range(REAL):
        run.feed.press(f"AMR-{n:05d}")
    await until(lambda: len(run.feed.durable) == REAL)
    for n in range(REAL):
        run.feed.put(kind="device", device=f"AMR-{n:05d}", state="link_lost")
    await until(lambda: len(run.feed.durable) == 2 * REAL)


async def kept(run: Under) -> None:
    """What is real stands where it stood; what was let go is counted and said."""
    health = await asyncio.to_thread(run.desk.health)
    assert {"units", "devices", "alarms"} <= health["let_go"].keys(), health
    page = run.page
    shown = page.locator("#queue .nobody .alarm")
    assert await shown.count() == REAL
    await page.evaluate("() => document.querySelector('#queue .devices').scrollIntoView()")
    for n in range(0, REAL, 5):  # the oldest stand first: technical alarms of devices that pressed
        await page.locator(f"#queue .devices .pick:text-is('AMR-{n:05d}')").wait_for()
    await page.evaluate("() => document.querySelector('#queue .scroller').scrollTo(0, 0)")
    # What went is told the page too: what it still holds is what the desk holds.
    held = "(most) => Number(document.querySelector('#queue .devices h2 b').textContent) <= most"
    await page.wait_for_function(held, arg=ALARMS * 1.1 + REAL)
    await page.locator("#top .feed").click()
    await page.locator(".feed-all:has-text('let go')").wait_for()
    await page.keyboard.press("Escape")
    before = len(run.feed.put_at)
    run.feed.press("AMR-99999")
    await until(lambda: before in run.feed.answered_s)
    await page.wait_for_function("(n) => document.querySelectorAll('#queue .nobody .alarm').length === n", arg=REAL + 1)


async def test_made_up_names_fill_no_memory_and_hide_nothing_real(tmp_path: Path) -> None:
    async with under(tmp_path) as run:
        await begin(run)
        numbers = itertools.count()
        # A third are units, a third technical alarms, two thirds name a device.
        enough = 3 * max(UNITS, ALARMS, DEVICES // 2) + 3000
        await insult(run.feed, numbers, lambda: len(run.feed.put_at) < enough)
        await until(lambda: len(run.feed.put_at) == len(run.feed.answered_s))
        await kept(run)
        await run.held()


@pytest.mark.prove
@pytest.mark.timeout(1200)
async def test_seven_minutes_of_made_up_names_fill_no_memory(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    async with under(tmp_path) as run:
        await begin(run)
        numbers = itertools.count()
        warm = time.monotonic() + 60
        count = await insult(run.feed, numbers, lambda: time.monotonic() < warm)
        before = memory_mb(run.desk.pid, "VmRSS")
        end = time.monotonic() + 6 * 60
        count += await insult(run.feed, numbers, lambda: time.monotonic() < end)
        after = memory_mb(run.desk.pid, "VmRSS")
        await kept(run)
        await run.held(times=1)
        record_testsuite_property("seven minutes of a hostile feed: messages", count)
        record_testsuite_property("seven minutes of a hostile feed: memory after one minute, MB", round(before))
        record_testsuite_property("seven minutes of a hostile feed: memory at the end, MB", round(after))
        assert after - before < GROWTH_MB, f"{before:.0f} MB grew to {after:.0f}"
