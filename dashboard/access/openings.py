"""Pages that come at once are made one after the other, and a press goes before the next; whatever is asked takes its turn.

Making one keeps the loop for a tenth of a second and more. A press has a dozen turns of the loop to go, and answers of the log to
wait for between them: of two hundred pages that come at once it would wait for all, however quickly each is made.
"""

import asyncio

from bokeh.server.tornado import BokehTornado
from tornado.http1connection import HTTP1Connection
from tornado.web import RequestHandler

from dashboard.access.guard import Guard
from dashboard.shell.errands import turn_of

REST_S = 0.02  # before each: an answer of the log comes within it
IDLE_S = 0.001  # a turn of the loop in which nobody else had much to do
LONGEST_S = 0.15  # that is waited for one: on a desk that is never idle pages come all the same


class Openings:
    """What is made next, in the order in which it was asked for, and of each person one thing after the other."""

    def __init__(self) -> None:
        self._first = asyncio.Lock()

    async def turn(self, person: str = "") -> None:
        """Wait for it. What is then made at once, without waiting for anything, is made alone."""
        async with turn_of(person, "openings"), self._first:
            await rest()


async def rest() -> None:
    """Let everything else on the loop go first, for a moment."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(REST_S)
    until = (now := loop.time()) + LONGEST_S
    while now < until:
        before = now
        await asyncio.sleep(0)
        if (now := loop.time()) - before < IDLE_S:
            break


def asks(handler: RequestHandler) -> str:
    """The person whose turn a request takes; "" of all who are not signed in."""
    assert isinstance(handler.application, BokehTornado)
    guard = handler.application.auth_provider
    assert isinstance(guard, Guard)
    return guard.asks(handler.request)


class _InTurn(RequestHandler):
    """Of what one person asks at once a request begins in each turn of the loop; whoever left meanwhile is made nothing."""

    has_left = False

    async def prepare(self) -> None:
        connection = self.request.connection
        assert isinstance(connection, HTTP1Connection)
        person = asks(self)
        self.settings["connections"].asks(connection.stream, person)
        async with turn_of(person, "requests"):
            await asyncio.sleep(0)
        if self.has_left:
            self.finish()
        elif (waited := super().prepare()) is not None:
            await waited

    def on_connection_close(self) -> None:
        self.has_left = True
        super().on_connection_close()


def in_turn(handler: type[RequestHandler]) -> type[RequestHandler]:
    """A handler whose requests take their turn."""
    return type(handler.__name__, (_InTurn, handler), {})
