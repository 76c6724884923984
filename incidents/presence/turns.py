"""Which of several servers writes what all of them hear: one does, the others wait a moment for its record.

Each would have it recorded once all the same, by its id; but three that write one record cost the log three times as much.
"""

from collections.abc import Awaitable, Callable
from time import monotonic

from incidents.presence.pages import Others

WAIT_S = 0.3  # for each server that stands before this one
MOST = 2  # of them that are waited for
ALONE_S = 10.0  # what nobody else wrote in time is not waited for again so soon


class Turns:
    """Whose turn it is. `comes` waits for a record of this id that another server wrote, so many seconds; whether it came."""

    def __init__(
        self, others: Others, comes: Callable[[str, float], Awaitable[bool]], now: Callable[[], float] = monotonic
    ) -> None:
        self._others, self._comes, self._now = others, comes, now
        self._alone: dict[str, float] = {}  # by source: until when nobody is waited for

    async def wait(self, key: str, record_id: str, source: str) -> bool:
        """Until it is this server's turn to write what `source` tells of `key`, or the record is there; whether it is."""
        before = min(self._others.before(key), MOST)
        if not before or self._now() < self._alone.get(source, 0.0):
            return False
        came = await self._comes(record_id, before * WAIT_S)
        if not came:
            self._alone[source] = self._now() + ALONE_S
        return came
