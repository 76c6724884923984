"""Which of several servers writes what all of them hear: one does, the others wait a moment for its record.

Each would have it recorded once all the same, by its id; but three that write one record cost the log three times as much.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from incidents.presence.pages import Others

T = TypeVar("T", bound=str)  # what became of it

WAIT_S = 0.5  # for each server that stands before this one
MOST = 2  # of them that are waited for
ALONE_S, LONGEST_S = 10.0, 3600.0  # what nobody else wrote is not waited for again so soon; twice as long each time


class Turns:
    """Whose turn it is. `comes` waits for a record of this id that another server wrote, so many seconds; whether it came."""

    def __init__(
        self, others: Others, comes: Callable[[str, float], Awaitable[bool]], now: Callable[[], float] = monotonic
    ) -> None:
        self._others, self._comes, self._now = others, comes, now
        # By source: until when nobody is waited for, and for how long after the next time in vain.
        self._alone: dict[str, tuple[float, float]] = {}

    async def take(self, key: str, record_id: str, source: str, write: Callable[[bool], Awaitable[T]]) -> T:
        """Have `write` write what `source` tells of `key` when it is this server's turn, or the record is there; it is told
        whether it is. Returns what it does."""
        before = min(self._others.before(key), MOST)
        until, then_s = self._alone.get(source, (0.0, ALONE_S))
        waits = before > 0 and self._now() >= until
        came = waits and await self._comes(record_id, before * WAIT_S)
        outcome = await write(came)
        if came:
            self._alone.pop(source, None)
        elif waits and outcome == "recorded":  # who stood before is gone, or does not hear this source
            self._alone[source] = self._now() + then_s, min(2 * then_s, LONGEST_S)
        return outcome
