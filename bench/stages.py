"""Where the time of a press goes on its way to the page: received, durable, changed, sent, taken, painted.

Run as `python -m bench.stages FILE serve …` it is the desk with four of its doors watched; each that something passes is a line
of FILE: the door's name, ms of the machine's clock.
"""

import asyncio
import contextlib
import functools
import inspect
import runpy
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.rows import Row, percentile
from bench.running import browser, desk, open_page
from bench.screen import DEVICES, PRESSES_EACH, QUEUE, REST_S, painted, press

STAGES = ("received", "durable", "changed", "sent", "taken", "painted")
# The queue is told by its rows; what the map is told counts for nothing.
ROWS = r"\"rows\""
TAKEN = """
window.taken = [];
const way = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", {
  ...way,
  set(does) {
    way.set.call(this, (event) => {
      if (String(event.data).includes(String.raw`ROWS`)) window.taken.push(performance.timeOrigin + performance.now());
      does.call(this, event);
    });
  },
});
""".replace("ROWS", ROWS)


def bench_stages() -> list[Row]:
    """One console: after how long a press, at the median and at p99, has passed each door; the later ones hold the earlier."""
    passed = asyncio.run(ways(DEVICES * PRESSES_EACH))[5:]
    return [
        Row(
            name=f"press sent to {stage}, {name}",
            value=percentile([way[stage] for way in passed if stage in way], share),
            unit="ms",
            budget="none",
        )
        for stage in STAGES
        for share, name in ((0.5, "p50"), (0.99, "p99"))
    ]


async def ways(presses: int) -> list[dict[str, float]]:
    """How many ms after it was sent each press passed each door that it was seen to pass, on a fresh desk."""
    async with contextlib.AsyncExitStack() as stack:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "passed"
        gateway, _, base = await stack.enter_async_context(desk(program=("-m", "bench.stages", str(file))))
        page = await open_page(await stack.enter_async_context(browser()), f"{base}/operator", first=TAKEN)
        await page.wait_for_selector('[data-feed-state="live"]')
        await page.evaluate(QUEUE)
        ends: list[tuple[float, float]] = []
        for n in range(presses):
            device = f"AMR-{n % DEVICES:05d}"
            sent = time.time() * 1000
            await gateway.publish(press(device, n))
            ends.append((sent, await painted(page, f"{device} {n // DEVICES + 1}")))
            await asyncio.sleep(REST_S)
        doors: dict[str, list[float]] = {"taken": await page.evaluate("window.taken")}
        for line in file.read_text(encoding="utf-8").splitlines():
            door, at = line.split()
            doors.setdefault(door, []).append(float(at))
        return [_way(doors, sent, end) for sent, end in ends]


def _way(doors: dict[str, list[float]], sent: float, end: float) -> dict[str, float]:
    """When one press passed each door, in ms after it was sent: the first at each after the door before it. A page may take and
    paint what was sent before the desk comes to say that it is."""
    found, at = {"painted": end - sent}, {"": sent}
    before = {"received": "", "durable": "received", "changed": "durable", "sent": "changed", "taken": "changed"}
    for door, first in before.items():
        passed = doors.get(door, [])
        if first in at and (place := bisect_left(passed, at[first])) < len(passed):
            at[door] = passed[place]
            found[door] = at[door] - sent
    return found


def _serve(file: str) -> None:
    import feeds.decoding
    from dashboard.shell.compat import BoundedLine
    from incidents import events as ev
    from incidents.board import Board
    from incidents.log.sqlite import SqliteLog

    raised = {event.__struct_config__.tag for event in (ev.Raised, ev.Pressed)}
    with Path(file).open("w", encoding="utf-8", buffering=1) as told:

        def watch(owner: Any, name: str, door: str, counts: Callable[..., bool]) -> None:
            """Have a door say when what counts has passed it."""
            work = getattr(owner, name)

            def say(*args: Any) -> None:
                if counts(*args):
                    told.write(f"{door} {time.time() * 1000:.3f}\n")

            @functools.wraps(work)
            def once(*args: Any) -> Any:
                answer = work(*args)
                say(*args)
                return answer

            @functools.wraps(work)
            async def later(*args: Any) -> Any:
                answer = await work(*args)
                say(*args)
                return answer

            setattr(owner, name, later if inspect.iscoroutinefunction(work) else once)

        watch(feeds.decoding, "decode_frame", "received", lambda raw: b'"press"' in raw)
        watch(SqliteLog, "append", "durable", lambda log, stream, version, draft: draft.type in raised)
        watch(Board, "fold", "changed", lambda board, entry: isinstance(entry.event, ev.Raised | ev.Pressed))
        watch(BoundedLine, "send_message", "sent", lambda line, message: ROWS in message.content_json)
        runpy.run_path("app.py", run_name="__main__")


if __name__ == "__main__":
    _, file, *sys.argv[1:] = sys.argv
    _serve(file)
