"""The baseline of the screen's budgets: bare Bokeh pages. One streams a point for each message of a websocket, one is a map.

Run as `python -m bench.bare PORT FEED`; it neither logs, locates nor queues anything.
"""

import asyncio
import sys
from collections.abc import Callable

from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure
from bokeh.server.server import Server
from websockets.asyncio.client import connect

from dashboard.components.map.outlines import outlines_in
from maps.zones import Zones

MARKS = 20
documents: list[tuple[Document, ColumnDataSource]] = []


def page(document: Document) -> None:
    source = ColumnDataSource({"x": [], "y": []}, name="points")
    plot = figure(width=800, height=600)
    plot.scatter("x", "y", source=source)
    document.add_root(plot)
    pair = (document, source)
    documents.append(pair)
    document.on_session_destroyed(lambda context: documents.remove(pair))


def still_map(zones: Zones) -> Callable[[Document], None]:
    """The page of the map: the whole country's zones, provinces and names as the operator's map draws them, and some marks."""
    outlines, provinces, names = outlines_in(zones.folder).country
    x0, y0, x1, y1 = outlines_in(zones.folder).bounds
    _, xs, ys, _ = zip(*names, strict=True)

    def page(document: Document) -> None:
        plot = figure(
            width=1100,
            height=900,
            x_range=Range1d(start=x0, end=x1),
            y_range=Range1d(start=y0, end=y1),
            toolbar_location=None,
        )
        plot.multi_polygons(source=ColumnDataSource(data=outlines), fill_color="#1c2530", line_color="#4a5866")
        plot.multi_line(source=ColumnDataSource(data=provinces), line_width=2)
        plot.text(x=xs, y=ys, text=[name for name, *_ in names], text_align="center")
        plot.scatter(x=xs[:MARKS], y=ys[:MARKS], size=22)
        document.add_root(plot)

    return page


async def follow(feed: str) -> None:
    async with connect(feed) as line:
        n = 0
        async for _ in line:
            n += 1
            for document, source in documents:
                document.add_next_tick_callback(_stream(source, n))


def _stream(source: ColumnDataSource, n: int):  # type: ignore[no-untyped-def]
    async def stream() -> None:
        source.stream({"x": [n], "y": [n % 7]}, rollover=300)

    return stream


async def main(port: int, feed: str) -> None:
    pages = {"/": Application(FunctionHandler(page)), "/map": Application(FunctionHandler(still_map(Zones.load())))}
    server = Server(pages, port=port, allow_websocket_origin=["*"])
    server.start()
    await follow(feed)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
