"""Which centres somebody listens for: what each console covers, and the alarm when nobody covers a centre.

A console counts when its page is in sight and can be heard. A centre's presses go to its neighbours in the same second; that it
has no console is an alarm, and a record, only after a grace: a page that is loaded anew is no alarm.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from incidents import events as ev
from incidents.board import CENTRES
from incidents.centres import unheard
from incidents.desk.desk import Desk
from incidents.presence.pages import Others

_logger = logging.getLogger(__name__)


class Console(Protocol):
    """A page as a watch over centres."""

    @property
    def cics(self) -> frozenset[str]: ...
    @property
    def both(self) -> bool: ...


class Listening:
    """`neighbours` are those of each centre the map knows; `cics` the ones this desk answers for, all when empty."""

    def __init__(
        self,
        desk: Desk,
        neighbours: dict[str, tuple[str, ...]],
        *,
        cics: Iterable[str] = (),
        blind_s: int = 10,
        others: Others | None = None,
    ) -> None:
        wanted = tuple(dict.fromkeys(cics))
        if strange := [cic for cic in wanted if cic not in neighbours]:
            # A setting may not leave a press on no screen: what is not understood narrows nothing.
            _logger.warning("no such centre on the map, left out: %s", ", ".join(strange))
        self.own = tuple(cic for cic in wanted if cic in neighbours) or tuple(neighbours)
        self.unheard: dict[str, tuple[str, ...]] = {}
        self._desk, self._others = desk, others or Others()
        self._neighbours = neighbours
        self._grace = timedelta(seconds=blind_s)
        self._since: dict[str, datetime] = {}
        self._noting: asyncio.Task[None] | None = None

    def chosen(self, asked: Collection[str]) -> frozenset[str]:
        """The centres a console covers, of what its page asked for: all of the desk's when it names none of them."""
        return frozenset(self._neighbours.keys() & set(asked)) or frozenset(self.own)

    def facts(self, covers: frozenset[str]) -> dict[str, Any]:
        """What a page is told once: every centre, those of this desk, those it covers itself."""
        return {"known": list(self._neighbours), "own": list(self.own), "covers": sorted(covers)}

    def look(self, consoles: Iterable[Console]) -> bool:
        """Look who listens for what now, and see to the records of it. Whether the pages must be told."""
        heard = {cic for console in consoles if console.both for cic in console.cics}
        before, self.unheard = self.unheard, unheard(heard, self._neighbours)
        now, certain = self._desk.clock.now(), self._others.certain
        ours = self._others.cics.union(self.own)
        # Whoever knows nothing of the other servers' pages gives them the whole grace once it does.
        self._since = {cic: self._since.get(cic, now) if certain else now for cic in self.unheard if cic in ours}
        if certain and self._due(now) and (self._noting is None or self._noting.done()):
            self._noting = asyncio.get_running_loop().create_task(self._note(now))
        return before != self.unheard

    async def stop(self) -> None:
        """Let a record that is under way be made."""
        if self._noting is not None:
            await asyncio.gather(self._noting, return_exceptions=True)

    def _due(self, now: datetime) -> list[ev.CentreBlind | ev.CentreBack]:
        """What the log does not say yet."""
        known = self._desk.board.blind
        lost = [cic for cic, since in self._since.items() if cic not in known and now - since >= self._grace]
        # Alone, a centre that is this desk's no more is nobody's; another server may still be for it.
        back = [cic for cic in known if cic not in (self.unheard if self._others.server else self._since)]
        return [*(ev.CentreBlind(cic=cic) for cic in lost), *(ev.CentreBack(cic=cic) for cic in back)]

    async def _note(self, now: datetime) -> None:
        for event in self._due(now):

            def decision(event: ev.CentreBlind | ev.CentreBack = event) -> ev.Event | None:
                # Another server may have seen it first.
                is_known = event.cic in self._desk.board.blind
                return None if is_known == isinstance(event, ev.CentreBlind) else event

            try:
                await self._desk.record(CENTRES, decision, id=uuid4().hex, actor="watch")
            except Exception:
                _logger.exception("who listens could not be recorded and is tried again")
                return
