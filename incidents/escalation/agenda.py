"""When each incident next needs the watch: a look takes what is due, however many there are that are not."""

import heapq
import weakref
from collections.abc import Callable
from datetime import datetime

from incidents.board import Board, Change
from incidents.incident import Incident


class Agenda:
    """The next moment of every incident of a board, by `when`; None when none is coming. It must follow from the incident alone,
    or whoever it follows from notifies the board."""

    def __init__(self, board: Board, when: Callable[[Incident], datetime | None]) -> None:
        self._board = board
        self._when = when
        self._moments: list[tuple[datetime, str]] = []  # a heap; what is no longer so is passed over
        self._next: dict[str, datetime] = {}
        self._changed: dict[str, None] = dict.fromkeys(board.incidents)
        # A board that is begun anew keeps its listeners: none of them may keep a watch that has ended.
        heard = weakref.WeakMethod(self._hear)
        board.listen(lambda change: hear(change) if (hear := heard()) else None)

    def due(self, now: datetime) -> list[str]:
        """The incidents whose moment came, the earliest first. Each is asked for its next moment at the next look."""
        for name in self._changed:
            self._enter(name)
        self._changed = {}
        found: dict[str, None] = {}
        while self._moments and self._moments[0][0] <= now:
            moment, name = heapq.heappop(self._moments)
            if self._next.get(name) == moment:
                del self._next[name]
                found[name] = None
        self._changed = dict(found)
        return list(found)

    def _enter(self, name: str) -> None:
        incident = self._board.incidents.get(name)
        moment = self._when(incident) if incident is not None else None
        if moment is None:
            self._next.pop(name, None)
        elif self._next.get(name) != moment:
            self._next[name] = moment
            heapq.heappush(self._moments, (moment, name))
        if len(self._moments) > 1000 + 4 * len(self._next):
            self._moments = [(moment, name) for name, moment in self._next.items()]
            heapq.heapify(self._moments)

    def _hear(self, change: Change) -> None:
        if change.kind == "incident":
            self._changed[change.key] = None
