"""The map at street level: panning, beside a bare Bokeh page with the same lines alone, and presses while it is looked at.

A sample of panning is the time from one animation frame to the next while the view moves by a few pixels at each.
"""

import asyncio
import contextlib
import math
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from bokeh.embed import file_html
from bokeh.models import Range1d
from bokeh.plotting import figure
from bokeh.resources import INLINE
from playwright.async_api import Page

from bench.rows import Row, interval, percentile
from bench.running import browser, desk, open_page
from bench.screen import IDLE, MANY, RATE, beside_many, press
from demo.streets import NEAR
from maps.geodesy import to_mercator
from maps.streets.cutting import lines_in
from maps.streets.scales import SCALES
from maps.streets.street_file import Streets

GENT = (51.0536, 3.7253)
WIDE_M = 2_500.0  # over the ground
ALARMS = 300
ROUNDS = 6
STEPS = 100
BUDGET_MS = 50.0
BUDGET = 1.5
_FIND = "const plot = Array.from(Bokeh.documents[0]._all_models.values()).find((model) => model.type === 'Figure');"
LOOK = (
    "([x, y, half]) => {"
    + _FIND
    + """
  const high = half * plot.inner_height / plot.inner_width;
  plot.x_range.setv({ start: x - half, end: x + half });
  plot.y_range.setv({ start: y - high, end: y + high });
}"""
)
# The middle is given back: both pages move over the same streets in every round.
PAN = (
    "async (steps) => {"
    + _FIND
    + """
  const { x_range, y_range } = plot;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const px = (x_range.end - x_range.start) / plot.inner_width;
  const times = [];
  let last = await frame();
  for (let n = 0; n < steps; n += 1) {
    const way = n < steps / 2 ? 4 * px : -4 * px;
    x_range.setv({ start: x_range.start + way, end: x_range.end + way });
    y_range.setv({ start: y_range.start + way / 4, end: y_range.end + way / 4 });
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
}"""
)


def bench_panning() -> list[Row]:
    """Milliseconds a frame of both, in alternating rounds."""
    mine, theirs = asyncio.run(_rounds())
    (p50, bare_p50), (p95, bare_p95) = ((percentile(mine, at), percentile(theirs, at)) for at in (0.5, 0.95))
    low, high = interval(mine, theirs, 0.95)
    busy = bare_p95 > BUDGET_MS
    name = "panning at street level, 300 alarms, "
    budget = f"{BUDGET_MS:.0f} ms"
    return [
        Row(name=name + "p50", value=p50, unit="ms", baseline=bare_p50, ratio=p50 / bare_p50, budget=budget),
        Row(
            name=name + "p95",
            value=p95,
            unit="ms",
            baseline=bare_p95,
            ratio=p95 / bare_p95,
            budget=f"{budget} or {BUDGET}x (95 %: {low:.2f} to {high:.2f})"
            + (", bare page too slow to count" if busy else ""),
            binding=not busy,
            ok=busy or p95 <= BUDGET_MS or p95 / bare_p95 <= BUDGET,
        ),
    ]


def bench_streets_many() -> list[Row]:
    """One console that looks at the streets of Ghent, 300 open alarms on its map, 16 presses a second, those on the map too."""
    return beside_many(f"{RATE} presses a second, {MANY} open, streets in view", _look)


async def _rounds() -> tuple[list[float], list[float]]:
    mine: list[float] = []
    theirs: list[float] = []
    async with _both() as (ours, bare):
        for _ in range(ROUNDS):
            for page, times in ((ours, mine), (bare, theirs)):
                await page.bring_to_front()
                times += await page.evaluate(PAN, STEPS)
    return mine, theirs


@contextlib.asynccontextmanager
async def _both() -> AsyncIterator[tuple[Page, Page]]:
    """Our page and the bare one, at the same streets, each in a browser of its own."""
    async with desk() as (gateway, _, base), browser() as one, browser() as other:
        for n in range(ALARMS):
            await gateway.publish(press(f"AMR-{n:05d}", n))
        ours = await open_page(one, f"{base}/operator")
        await ours.locator("#queue .unowned strong", has_text=str(ALARMS)).wait_for()
        await ours.evaluate(IDLE)
        await _look(ours)
        x, y, half = _there()
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "bare.html"
            page.write_text(_bare(x, y, half), encoding="utf-8")
            bare = await open_page(other, page.as_uri())
            await bare.wait_for_function("window.Bokeh?.documents[0]?.is_idle")
            yield ours, bare


def _there() -> tuple[float, float, float]:
    x, y = to_mercator(*GENT)
    return x, y, WIDE_M / 2 / math.cos(math.radians(GENT[0]))


async def _look(page: Page) -> None:
    """Bring the map to the streets of Ghent, and wait until they and their names are drawn."""
    await page.evaluate(LOOK, _there())
    await page.locator(".streets text").nth(9).wait_for(state="attached")


def _bare(x: float, y: float, half: float) -> str:
    """A page of nothing but the lines, a row a street, as wide as our map at this size of window."""
    streets, size = Streets(), SCALES[NEAR].cell_m
    columns, rows = (range(int((at - 1.5 * half) // size), int((at + 1.5 * half) // size) + 1) for at in (x, y))
    cells = [(NEAR, column, row) for column in columns for row in rows]
    lines = [line.corners for cell in cells for line in lines_in(cell, streets.lines(cell))]
    plot = figure(
        x_range=Range1d(start=x - half, end=x + half),
        y_range=Range1d(start=y - half, end=y + half),
        width=948,
        height=980,
        x_axis_type=None,
        y_axis_type=None,
        toolbar_location=None,
        min_border=0,
    )
    plot.multi_line(
        [line[:, 0].tolist() for line in lines], [line[:, 1].tolist() for line in lines], line_width=4, line_cap="round"
    )
    return file_html(plot, INLINE)
