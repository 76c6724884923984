"""A desk's search of incidents: over all that is on its board and in its log, recorded in that log."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from dashboard.components.find.part import Asked, Refusal, Search, Within
from dashboard.components.place_names import Places
from dashboard.components.queue.rows import label
from incidents import events as ev
from incidents.audit import stream_of
from incidents.desk.desk import Desk
from incidents.roles import User
from maps.zones import Zones
from reports.finding.finder import Finder


class DeskSearch:
    """What the pages of a desk share of it. `finder` is None where no past is kept."""

    def __init__(self, desk: Desk, finder: Finder | None, places: Places, zones: Zones) -> None:
        self._desk, self._finder = desk, finder
        self._search = Search(zones, record=self._record, zone_name=places.zone_name)

    async def answer(self, asked: Asked, user: User, translate: Callable[[str], str]) -> dict[str, Any]:
        """The answer to a person's search, without what is kept from them."""
        return await self._search.answer(asked, user, self._desk.clock.now(), self._within, translate)

    async def _within(self) -> Within | Refusal:
        if self._finder is None:
            return "none_kept"
        return Within(self._finder, self._desk.exclusions, self._desk.cases, self._label)

    async def _record(self, event: ev.IncidentsSearched, user: User) -> None:
        stream = stream_of(self._desk.clock.now())
        await self._desk.note(stream, event, id=f"search-{uuid4().hex}", actor=user.actor)

    def _label(self, incident: str) -> str:
        known = self._desk.board.incidents.get(incident)
        return label(known) if known is not None else ""
