"""The lines to a feed, bounded: of connections that have not asked for it yet the oldest goes, of lines the next is refused."""

import asyncio

from websockets.asyncio.server import ServerConnection

MOST = 200  # lines: a centre has some tens of desks
UNKNOWN = 10  # lines of one address that showed no token, where none is asked for
OPENING = 500  # connections that have not asked yet


def _address(connection: ServerConnection) -> object:
    return (connection.remote_address or ("",))[0]


class Lines:
    """Those of one feed. `refused`: how many lines were, since the start."""

    def __init__(self, most: int = MOST, opening: int = OPENING) -> None:
        self.refused = 0
        self._most, self._opening_most = most, opening
        self._opening: dict[ServerConnection, None] = {}
        self._open: set[ServerConnection] = set()

    def let_in(self, connection: ServerConnection, *, known: bool) -> bool:
        """Whether there is room for one that asks for the feed; it is a line from then on. `known`: it showed the token."""
        beside = sum(_address(line) == _address(connection) for line in self._open)
        if len(self._open) >= self._most or (not known and beside >= UNKNOWN):
            self.refused += 1
            return False
        self._opening.pop(connection, None)
        self._open.add(connection)
        return True

    def kind(self) -> type[ServerConnection]:
        """The kind of connection that a server of these lines makes."""
        lines = self

        class Line(ServerConnection):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                lines._begin(self)

            def connection_lost(self, exc: Exception | None) -> None:
                lines._opening.pop(self, None)
                lines._open.discard(self)
                super().connection_lost(exc)

        return Line

    def _begin(self, connection: ServerConnection) -> None:
        self._opening[connection] = None
        if len(self._opening) > self._opening_most:
            oldest = next(iter(self._opening))
            del self._opening[oldest]
            oldest.transport.abort()
