"""From the press to the screen: sent, durable, zoned, painted in the queue, beside a bare page that streams one point.

A sample ends when the frame that shows it was handed to the compositor (a task after its animation frame), on both sides.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from playwright.async_api import Browser, Page
from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.bare import MARKS
from bench.rows import Row, interval, median, percentile
from bench.running import browser, desk, open_page, process
from dashboard.ports import free_port
from feeds.gateway import Gateway

ROUNDS = 5
PAINTS = 11
DEVICES = 25
PRESSES_EACH = 24  # in a round, of each device: 3,000 presses in all
REST_S = 0.07  # about five presses a second, each page left alone while the other is sampled
BUSY_MS = 20.0  # a machine on which the bare page's p99 takes longer is busy: its ratio says nothing of us
MANY = 300
RATE = 16  # presses a second
BURST_S = 4
BURSTS = 10
# What was painted, by what shows it: a row's device and how often it was pressed; the bare page's points, by their number.
PAINTED = """
window.painted = new Map();
let shown = [];
const done = (what) => {
  if (window.painted.has(what)) return;
  shown.push(what);
  if (shown.length > 1) return;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      for (const one of shown) window.painted.set(one, Date.now());
      shown = [];
    };
    channel.port2.postMessage(0);
  });
};
"""
QUEUE = (
    PAINTED
    + """
const seen = new Map();
const look = (row) => {
  const [label] = row.querySelector(".pick").ariaLabel.split(/[ ,]/);
  const [before, now] = [seen.get(label) ?? 0, Number(row.dataset.presses)];
  seen.set(label, Math.max(before, now)); // two presses that come at once are painted at once
  for (let n = before + 1; n <= now; n += 1) done(`${label} ${n}`);
};
new MutationObserver((records) => {
  for (const { type, target, addedNodes } of records) {
    if (type === "attributes") look(target);
    else for (const node of addedNodes) for (const row of [node, ...(node.querySelectorAll?.("li") ?? [])])
      if (row.dataset?.presses) look(row);
  }
}).observe(document.querySelector('[aria-label="Alarm queue"]'), {
  subtree: true, childList: true, attributes: true, attributeFilter: ["data-presses"],
});
"""
)
# Waiting is a call of its own: the page's content policy lets nothing be evaluated inside it later.
FOUND = """
(what) => new Promise((found) => {
  const look = () => {
    const moment = window.painted.get(what);
    if (moment) found(moment);
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
let points = 0;
Bokeh.documents[0].get_model_by_name("points").streaming.connect(() => done(`${(points += 1)}`));
"""
)
DEVICE = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0, "confidence": 68.0, "method": "gnss"}


def press(device: str, n: int = 0) -> dict[str, Any]:
    """A press near Ghent, somewhere else each time."""
    fix = {**DEVICE, "lat": 50.8 + (n % 50) * 0.01, "lon": 3.6 + (n % 37) * 0.02}
    return {"kind": "press", "device": device, "press": "hold", "battery": 81, "transport": "ble_phone", "fix": fix}


def bench_press() -> list[Row]:
    """One console: p50 and p99 of both, all samples of five rounds, each press beside one of the bare page."""
    rounds = asyncio.run(_rounds())
    mine, theirs = ([one for taken in taken_of for one in taken] for taken_of in zip(*rounds, strict=True))
    return _beside("press sent to painted, 1 console", mine, theirs, budgets=(1.5, 1.8))


def bench_many() -> list[Row]:
    """One console, 300 open alarms, 16 presses a second: the same, in alternating bursts."""
    return beside_many(f"{RATE} presses a second, {MANY} open alarms")


async def _as_it_is(page: Page) -> None:
    pass


def beside_many(what: str, look: Callable[[Page], Awaitable[None]] = _as_it_is) -> list[Row]:
    """What `bench_many` measures, of a page that was first made to `look` somewhere."""
    return _beside(what, *asyncio.run(_many(look)), budgets=(2.0, 2.5))


def _beside(what: str, mine: list[float], theirs: list[float], *, budgets: tuple[float, float]) -> list[Row]:
    busy = percentile(theirs, 0.99) > BUSY_MS
    rows = []
    for share, name, budget in ((0.5, "p50", budgets[0]), (0.99, "p99", budgets[1])):
        ours, bare = percentile(mine, share), percentile(theirs, share)
        low, high = interval(mine, theirs, share)
        rows.append(
            Row(
                name=f"{what}, {name}",
                value=ours,
                unit="ms",
                baseline=bare,
                ratio=ours / bare,
                budget=f"{budget}x (95 %: {low:.2f} to {high:.2f})" + (", bare page too slow to count" if busy else ""),
                binding=not busy,
                ok=busy or ours / bare <= budget,
            )
        )
    return rows


@contextlib.asynccontextmanager
async def _both() -> AsyncIterator[tuple[Gateway, Page, Page, Callable[[], None]]]:
    """Our page and the bare one, each in a browser of its own, as one browser paints only the page in front; ours stands on a
    fresh log. The last is what sends the bare page a point."""
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
        page = await open_page(await stack.enter_async_context(browser()), f"{base}/operator")
        other = await open_page(await stack.enter_async_context(browser()), f"http://127.0.0.1:{bare_port}/")
        await page.wait_for_selector('[data-feed-state="live"]')
        await other.wait_for_function("window.Bokeh?.documents[0]?.get_model_by_name('points') != null")
        await page.evaluate(QUEUE)
        await other.evaluate(POINTS)
        yield gateway, page, other, lambda: broadcast(lines, "press")


async def _rounds() -> list[tuple[list[float], list[float]]]:
    return [await _round() for _ in range(ROUNDS)]


async def _round() -> tuple[list[float], list[float]]:
    async with _both() as (gateway, page, other, point):
        mine, theirs = [], []
        for n in range(DEVICES * PRESSES_EACH):
            device = f"AMR-{n % DEVICES:05d}"
            sent = time.time() * 1000
            await gateway.publish(press(device, n))
            mine.append(await painted(page, f"{device} {n // DEVICES + 1}") - sent)
            await asyncio.sleep(REST_S)
            sent = time.time() * 1000
            point()
            theirs.append(await painted(other, f"{n + 1}") - sent)
            await asyncio.sleep(REST_S)
        return mine[5:], theirs[5:]


async def _many(look: Callable[[Page], Awaitable[None]]) -> tuple[list[float], list[float]]:
    async with _both() as (gateway, page, other, point):
        for n in range(MANY):
            await gateway.publish(press(f"AMR-{n:05d}", n))
        await page.locator("#queue .unowned strong", has_text=f"{MANY}").wait_for()
        await page.evaluate(IDLE)
        await look(page)
        mine: list[float] = []
        theirs: list[float] = []
        for burst in range(BURSTS):
            presses = range(burst * RATE * BURST_S, (burst + 1) * RATE * BURST_S)
            # The oldest stand first: theirs are the rows that one sees.
            ours = {
                f"AMR-{n % 5:05d} {n // 5 + 2}": partial(gateway.publish, press(f"AMR-{n % 5:05d}", n)) for n in presses
            }
            mine += await _paced(page, ours)
            theirs += await _paced(other, {f"{n + 1}": point for n in presses})
        return mine, theirs


async def _paced(page: Page, sends: Mapping[str, Callable[[], Any]]) -> list[float]:
    """Send at the rate, whatever becomes of it; how long each took to be painted, in ms."""
    sent: dict[str, float] = {}
    began = time.monotonic()
    for n, (what, send) in enumerate(sends.items()):
        await asyncio.sleep(max(0.0, began + n / RATE - time.monotonic()))
        sent[what] = time.time() * 1000
        if (sending := send()) is not None:
            await sending
    return [await painted(page, what) - at for what, at in sent.items()]


async def painted(page: Page, what: str) -> float:
    """When it was first painted, in ms of the machine's clock."""
    return float(await page.evaluate(FOUND, what))


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
    """From asking for the page to the map drawn, with twenty alarms that can be clicked; beside a bare page of the same map."""
    mine, theirs = asyncio.run(_first_paints())
    ratio = median([one / other for one, other in zip(mine, theirs, strict=True)])
    return [
        Row(
            name="page to first paint of the map",
            value=median(mine),
            unit="ms",
            baseline=median(theirs),
            ratio=ratio,
            budget="1.5x, 800 ms",
            binding=True,
            ok=ratio <= 1.5,
        )
    ]


async def _first_paints() -> tuple[list[float], list[float]]:
    port = free_port()
    async with contextlib.AsyncExitStack() as stack:
        gateway, _, base = await stack.enter_async_context(desk())
        feed = await stack.enter_async_context(serve(ServerConnection.wait_closed, "127.0.0.1", 0))
        feed_url = f"ws://127.0.0.1:{feed.sockets[0].getsockname()[1]}"
        bare = f"http://127.0.0.1:{port}"
        await stack.enter_async_context(process("-m", "bench.bare", str(port), feed_url, url=f"{bare}/map"))
        chromium = await stack.enter_async_context(browser())
        for n in range(MARKS):
            await gateway.publish(press(f"AMR-{n:05d}", n))
        mine, theirs = [], []
        for _ in range(PAINTS):
            mine.append(await _first_paint(chromium, f"{base}/operator", '[role="region"][aria-label="Map"]'))
            theirs.append(await _first_paint(chromium, f"{bare}/map", ".bk-Figure"))
        return mine, theirs


async def _first_paint(chromium: Browser, url: str, drawn: str) -> float:
    started = time.monotonic()
    page = await open_page(chromium, url)
    await page.locator(drawn).first.wait_for()
    await page.evaluate(IDLE)
    took = (time.monotonic() - started) * 1000
    await page.context.close()
    return took
