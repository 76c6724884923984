"""A flood as a test makes it: a feed that times every answer, and a page that says what became of it."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.centre.parts import OwnFeed, stamp

# Within the protocol's 5 s a client need not have answered: nothing is sent again before.
ANSWERED_S = 5.0
# What the page's own thread took of its server, and whether it ever said that something was lost.
WATCHED = """
const watched = (window.watched = { at: 0, gap: 0, beats: 0, lost: 0, unrecorded: 0, rows: 0 });
const Native = WebSocket;
window.WebSocket = class extends Native {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (typeof data !== "string" || !data.includes('"tick')) return;
      const now = performance.now();
      if (watched.at) watched.gap = Math.max(watched.gap, now - watched.at);
      watched.at = now;
      watched.beats += 1;
    });
  }
};
document.addEventListener("DOMContentLoaded", () => {
  const feed = document.getElementById("feed");
  const look = () => {
    if (document.body.classList.contains("lost")) watched.lost += 1;
    if (feed.dataset.recording !== "ok") watched.unrecorded += 1;
  };
  for (const [target, name] of [[document.body, "class"], [feed, "data-recording"]]) {
    new MutationObserver(look).observe(target, { attributes: true, attributeFilter: [name] });
  }
  setInterval(() => {
    look();
    watched.rows = Math.max(watched.rows, document.querySelectorAll("#queue .alarm").length);
  }, 250);
});
"""


class Flood(OwnFeed):
    """A feed that knows when each message was handed to it, and how long its answer took."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"per_frame": 100, **options})
        self.late_s = ANSWERED_S
        self.put_at: list[float] = []
        self.answered_s: dict[int, float] = {}

    def put(self, **fields: Any) -> dict[str, Any]:
        self.put_at.append(time.monotonic())
        return super().put(**fields)

    def _settled(self, first: int, last: int) -> None:
        now = time.monotonic()
        for n in range(first, min(last, len(self.put_at))):
            self.answered_s.setdefault(n, now - self.put_at[n])

    async def pour(self, rate: int, seconds: float, devices: int) -> None:
        """So many presses a second, of so many devices one after the other, somewhere in Belgium."""
        dice = random.Random(7)
        began = time.monotonic()
        for n in range(round(rate * seconds)):
            late = began + n / rate - time.monotonic()
            if late > 0:
                await asyncio.sleep(late)
            fix = {"lat": dice.uniform(50.2, 51.2), "lon": dice.uniform(3.2, 5.6), "radius": 18.0, "time": stamp()}
            self.press(f"AMR-{n % devices:05d}", fix=fix)

    @property
    def slowest_s(self) -> float:
        """How long the slowest answer took; for ever while one is missing."""
        missing = len(self.put_at) - len(self.answered_s)
        return float("inf") if missing else max(self.answered_s.values(), default=0.0)


async def watched_page(browser: Browser, base: str) -> Page:
    """A page before a dispatcher, which is in sight and can be heard, and watches itself."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.add_init_script(WATCHED)
    await page.goto(f"{base}/operator")
    await page.wait_for_selector('[data-feed-state="live"]', timeout=60_000)
    return page


async def said(page: Page) -> dict[str, float]:
    """What the page watched: ms of the longest silence, how often it was lost or unrecorded, the most rows it drew."""
    found: dict[str, float] = await page.evaluate(
        "() => ({ ...watched, gap: Math.max(watched.gap, performance.now() - watched.at) })"
    )
    return found


def memory_mb(pid: int, what: str = "VmHWM") -> float:
    """The most memory a process was ever resident with (or `VmRSS`, now), MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{what}:")[1].split()[0]) / 1024
