"""A server of several that ends in order lets its pages go on at the others first, while it still serves them."""

import asyncio
from contextlib import suppress

from bokeh.server.server import Server

from dashboard.consoles import Consoles

ANSWERED_S = 0.3  # what was asked before it stopped listening is answered
GONE_S = 5.0  # pages that go nowhere else hold it up no longer


async def let_pages_go(server: Server, consoles: Consoles) -> None:
    """Until the last page has gone on elsewhere, or `GONE_S` is over; at once where no other server is there.

    `server` listens no more: a proxy that finds its port closed asks another. Its pages are served until they go.
    """
    if not consoles.services.others.there:
        return
    await asyncio.sleep(ANSWERED_S)
    server.unlisten()  # a proxy would send a page back on a connection that it kept
    consoles.leaving = True
    with suppress(TimeoutError):
        async with asyncio.timeout(GONE_S):
            while any(session.connection_count for session in server.get_sessions()):  # noqa: ASYNC110  # Bokeh has no event
                await asyncio.sleep(0.05)
