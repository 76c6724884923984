"""From the press to the screen: sent, durable, zoned, painted in the queue, beside a bare page that streams one point.

A sample ends when the frame that shows it was handed to the compositor (a task after its animation frame), on both sides.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.async_api import Page
from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.rows import Row, median, percentile
from bench.running import browser, desk, free_port, open_page, process

ROUNDS = 5
DEVICES = 25
PRESSES_EACH = 3
REST_S = 0.1  # about five presses a second, each page left alone while the other is sampled
PAINTED = """
window.painted = [];
const done = () => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => window.painted.push(Date.now());
  channel.port2.postMessage(0);
});
"""
QUEUE = (
    PAINTED
    + """
new MutationObserver(done).observe(document.querySelector('[aria-label="Alarm queue"]'), {
  subtree: true, childList: true, attributes: true, attributeFilter: ["data-presses"],
});
"""
)
# Waiting is a call of its own: the page's content policy lets nothing be evaluated inside it later.
FOUND = """
(sent) => new Promise((done) => {
  const look = () => {
    const moment = window.painted.find((one) => one >= sent);
    if (moment) done(moment);
    else setTimeout(look, 10);
  };
  look();
})
"""
IDLE = """
() => new Promise((done) => {
  const look = () => (Bokeh.documents[0].is_idle ? done() : setTimeout(look, 10));
  look();
})
"""
POINTS = (
    PAINTED
    + """
Bokeh.documents[0].get_model_by_name("points").streaming.connect(done);
"""
)
DEVICE = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0, "confidence": 68.0, "method": "gnss"}


def press(device: str, n: int = 0) -> dict[str, Any]:
    """A press near Ghent, somewhere else each time."""
    fix = {**DEVICE, "lat": 50.8 + (n % 50) * 0.01, "lon": 3.6 + (n % 37) * 0.02}
    return {"kind": "press", "device": device, "press": "hold", "battery": 81, "transport": "ble_phone", "fix": fix}


def bench_press() -> list[Row]:
    """One console: p50 and p99 of both, in alternation; medians of five rounds."""
    rounds = asyncio.run(_rounds())
    rows = []
    for share, name, budget, target in ((0.5, "p50", 1.5, 30), (0.99, "p99", 2.2, 60)):
        ours = median([percentile(mine, share) for mine, _ in rounds])
        bare = median([percentile(theirs, share) for _, theirs in rounds])
        ratio = median([percentile(mine, share) / percentile(theirs, share) for mine, theirs in rounds])
        rows.append(
            Row(
                name=f"press sent to painted, 1 console, {name}",
                value=ours,
                unit="ms",
                baseline=bare,
                ratio=ratio,
                budget=f"{budget}x, {target} ms",
                binding=True,
                ok=ratio <= budget,
            )
        )
    return rows


async def _rounds() -> list[tuple[list[float], list[float]]]:
    return [await _round() for _ in range(ROUNDS)]


async def _round() -> tuple[list[float], list[float]]:
    lines: set[ServerConnection] = set()

    async def bare_feed(line: ServerConnection) -> None:
        lines.add(line)
        await line.wait_closed()

    bare_port = free_port()
    async with contextlib.AsyncExitStack() as stack:
        gateway, _, base = await stack.enter_async_context(desk())
        feed = await stack.enter_async_context(serve(bare_feed, "127.0.0.1", 0))
        bare = f"ws://127.0.0.1:{feed.sockets[0].getsockname()[1]}"
        await stack.enter_async_context(
            process("-m", "bench.bare", str(bare_port), bare, url=f"http://127.0.0.1:{bare_port}/")
        )
        # A browser each: one browser paints only the page in front.
        page = await open_page(await stack.enter_async_context(browser()), f"{base}/operator")
        other = await open_page(await stack.enter_async_context(browser()), f"http://127.0.0.1:{bare_port}/")
        await page.wait_for_selector('[data-feed-state="live"]')
        await other.wait_for_function("window.Bokeh?.documents[0]?.get_model_by_name('points') != null")
        await page.evaluate(QUEUE)
        await other.evaluate(POINTS)
        mine, theirs = [], []
        for n in range(DEVICES * PRESSES_EACH):
            fields = press(f"AMR-{n % DEVICES:05d}", n)
            mine.append(await _sample(page, partial(gateway.publish, fields)))
            await asyncio.sleep(REST_S)
            theirs.append(await _sample(other, lambda: _broadcast(lines)))
            await asyncio.sleep(REST_S)
        return mine[5:], theirs[5:]


async def _broadcast(lines: set[ServerConnection]) -> None:
    broadcast(lines, "press")


async def _sample(page: Page, send: Callable[[], Any]) -> float:
    """Milliseconds from sending to painting."""
    sent = time.time() * 1000
    await send()
    return float(await page.evaluate(FOUND, sent)) - sent


KEYS = 60
KEY = """
() => new Promise((done) => {
  const pressed = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - pressed)));
})
"""


def bench_key() -> list[Row]:
    """From a key that walks the queue to the frame that shows the next alarm chosen, with 300 alarms that nobody has."""
    times = asyncio.run(_keys())
    return [
        Row(name=f"key to painted, 300 open alarms, {name}", value=percentile(times, share), unit="ms", budget="100 ms")
        for share, name in ((0.5, "p50"), (0.99, "p99"))
    ]


async def _keys() -> list[float]:
    async with desk() as (gateway, _, base), browser() as chromium:
        for n in range(300):
            await gateway.publish(press(f"AMR-{n:05d}", n))
        page = await open_page(chromium, f"{base}/operator")
        await page.locator("#queue .unowned strong", has_text="300").wait_for()
        await page.evaluate(IDLE)
        await asyncio.sleep(1.5)  # for a second after it came to the front a page takes no key
        times = []
        for _ in range(KEYS):
            times.append(float(await page.evaluate(KEY)))
            await asyncio.sleep(REST_S)
        return times


def bench_first_paint() -> list[Row]:
    """From asking for the page to the map's first paint, with twenty alarms on it."""
    return [Row(name="page to first paint of the map", value=asyncio.run(_first_paint()), unit="ms", budget="1500 ms")]


async def _first_paint() -> float:
    async with desk() as (gateway, _, base), browser() as chromium:
        for n in range(20):
            await gateway.publish(press(f"AMR-{n:05d}", n))
        times = []
        for _ in range(ROUNDS):
            started = time.monotonic()
            page = await open_page(chromium, f"{base}/operator")
            await page.get_by_role("region", name="Map").wait_for()
            await page.evaluate(IDLE)
            times.append((time.monotonic() - started) * 1000)
            await page.context.close()
        return median(times)
