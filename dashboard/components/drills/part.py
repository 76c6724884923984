"""The drill on one page: what the page is sent of it, and that it goes in the very message that brings a real alarm."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from dashboard.components.case.detail import Detail, detail
from dashboard.components.drills.look import Stage, case_of, incident_of
from dashboard.components.queue.row_cache import RowCache
from dashboard.components.queue.rows import Row
from dashboard.services import Ground
from dashboard.shell.ground import SignedPage, Standing
from incidents.escalation.ladder import WatchTimes
from incidents.incident import Incident
from reports.catalogue import Translator


def unwatched(incident: Incident, row: Row) -> Row:
    """The row of a drill: no neighbour is told of it, and once it says so nothing of the watch waits for its owner."""
    row = msgspec.structs.replace(row, announced=())
    if not incident.drill:
        return row
    return msgspec.structs.replace(row, next="", next_at=None, warn_at=None, tracking_until=None)


class DrilledPage(SignedPage, Protocol):
    """A page as the drills see it. `drilled`: they come to it; `covers`: the centres it listens for."""

    @property
    def drilled(self) -> bool: ...
    @property
    def covers(self) -> frozenset[str]: ...
    @property
    def standing(self) -> Standing: ...


class DrillPages:
    """What the drills of all pages share: one stage, on which stands the drill that may be shown now."""

    def __init__(
        self, consoles: Ground, times: WatchTimes, rows: Callable[[Stage], RowCache], mark: Callable[[str], str]
    ) -> None:
        self._consoles = consoles
        self._desk = consoles.desk
        self._times = times
        self._mark = mark
        self._stage = Stage(consoles.desk.clock, consoles.desk.name_of)
        self._rows = rows(self._stage)

    def shown_to(self, session: DrilledPage) -> Incident | None:
        """The drill as this page shows it now; None for a page it is not for."""
        drill = self._desk.drills.shown if session.drilled else None
        if drill is None or session.actor not in drill.desks:
            return None
        now = self._desk.clock.now()
        incident = incident_of(drill, now, self._times, self._mark("DRILL"))
        known = self._stage.incidents.get(drill.id)
        if known != incident:
            self._stage.incidents = {drill.id: incident}
            self._stage.case = case_of(drill, self._consoles.services.places.zone_name(drill.zone))
        centre = self._consoles.services.centres.centre_of(drill.zone)
        if centre and session.covers and centre not in session.covers:
            return None  # a neighbour's: no drill is told beforehand, or taken over
        return self._stage.incidents[drill.id]

    def row(self, incident: Incident, translate: Translator) -> msgspec.Raw | None:
        """Its row, as the row of any incident is made: its place in the language of who reads."""
        return self._rows.encoded(incident.id, translate)

    def detail(self, incident: Incident, translate: Translator) -> Detail:
        """Its case panel, as that of any incident is made."""
        return detail(incident, self._stage, self._consoles.services.places, translate, words=True)

    def presented(self, actor: str, ids: Iterable[str], audible: bool) -> None:
        """A page of this person painted these alarms."""
        self._desk.drills.presented(actor, ids, audible=audible)

    def over(self, name: str) -> bool:
        """Whether this drill stands nowhere any more."""
        shown = self._desk.drills.shown
        return shown is None or shown.id != name

    def facts(self, name: str) -> dict[str, Any]:
        """What a page is told of a drill that it says DRILL of, or that is gone."""
        drill = self._desk.board.drills.drills.get(name)
        if drill is None:
            return {"id": name, "why": "over"}
        return {
            "id": name,
            "label": drill.label,
            "why": self._desk.drills.why(name) or "",
            "ms": drill.acknowledged_ms,
            "who": self._desk.name_of(drill.acknowledged_by) if drill.acknowledged_by else "",
        }


class DrillPart:
    """One page's part. `add` is asked at every message, so that what may not be shown any more is gone with it."""

    def __init__(self, pages: DrillPages, session: DrilledPage) -> None:
        self._pages = pages
        self._session = session
        self._sent: tuple[str, msgspec.Raw | None] | None = None

    def forget(self) -> None:
        """The page knows nothing: what it is to see is sent again."""
        if self._sent is not None:
            self._sent = (self._sent[0], None)

    @property
    def incident(self) -> Incident | None:
        """The drill this page shows now."""
        return self._pages.shown_to(self._session)

    def detail(self, incident: Incident) -> Detail:
        """Its case panel."""
        return self._pages.detail(incident, self._session.translate)

    def add(self, message: dict[str, Any]) -> None:
        """Put the drill's row into a message, or take it out of the page's queue and say why it went."""
        now = self.incident
        before = self._sent
        if before is not None and (now is None or now.id != before[0]):
            self._sent = None
            message.setdefault("rows", {})[before[0]] = None
            # A page that was locked, or covers other centres now, is not told what it was.
            if self._pages.over(before[0]) and not self._session.standing.locked:
                message["drill"] = self._pages.facts(before[0])
        if now is None:
            return
        row = self._pages.row(now, self._session.translate)
        if self._sent is None or self._sent[1] is None or bytes(self._sent[1]) != bytes(row or b""):
            self._sent = (now.id, row)
            message.setdefault("rows", {})[now.id] = row

    def presented(self, ids: Iterable[str], audible: bool) -> None:
        """The page painted these."""
        self._pages.presented(self._session.actor, ids, audible)
