"""The baseline of the screen's budget: a bare Bokeh page that streams one point for each message of a websocket.

Run as `python -m bench.bare PORT FEED`; it neither logs, locates nor queues anything.
"""

import asyncio
import sys

from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from bokeh.server.server import Server
from websockets.asyncio.client import connect

documents: list[tuple[Document, ColumnDataSource]] = []


def page(document: Document) -> None:
    source = ColumnDataSource({"x": [], "y": []}, name="points")
    plot = figure(width=800, height=600)
    plot.scatter("x", "y", source=source)
    document.add_root(plot)
    pair = (document, source)
    documents.append(pair)
    document.on_session_destroyed(lambda context: documents.remove(pair))


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
    server = Server({"/": Application(FunctionHandler(page))}, port=port, allow_websocket_origin=["*"])
    server.start()
    await follow(feed)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
