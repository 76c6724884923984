"""What the zone that manages a case is told of its presses: of those on the board, and of those that it has not seen since."""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from incidents import events as ev
from incidents.case import Case
from incidents.fold import apply
from incidents.incident import Incident
from incidents.log import Log
from incidents.timeline import NoSuchIncident, incident_of

AWAY = timedelta(days=30)  # a zone's desk that nobody was at for longer reads on in `/cases`
PRESSES = (ev.Raised, ev.Pressed)
UNREADABLE = (NoSuchIncident, ValueError, msgspec.MsgspecError)

CaseOf = Callable[[Incident], Case | None]


def zone_stream(zone: str) -> str:
    """The stream of what a zone's desk has seen."""
    return f"zone/{zone}"


def managed(incident: Incident, zone: str, case_of: CaseOf) -> Case | None:
    """The case of an incident that was pressed, where this zone manages it."""
    case = case_of(incident) if zone and incident.origin == "press" else None
    return case if case is not None and case.managed_by(zone) else None


def pressed_last(incident: Incident) -> datetime:
    """When its last press was entered."""
    entered = (entry.at for entry in incident.history.entries if isinstance(entry.event, PRESSES))
    return max(entered, default=incident.times["received"].entered)


async def missed(log: Log, zone: str, since: datetime, case_of: CaseOf, known: Callable[[str], bool]) -> list[Incident]:
    """The incidents of a zone's cases that were pressed after a moment, but for those `known`. Raises LogUnavailable."""
    found = []
    for stream in await log.touched("incident/", ev.stamp(since)):
        id = stream.removeprefix("incident/")
        first = None if known(id) else next(iter(await log.stream(stream)), None)
        if first is None:
            continue
        with contextlib.suppress(*UNREADABLE):
            incident = apply(None, ev.entry(first, log.unseal(first)))
            if managed(incident, zone, case_of) is None:
                continue
            with contextlib.suppress(*UNREADABLE):  # then it is told as it began
                incident = (await incident_of(log, id))[0]
            if pressed_last(incident) > since:
                found.append(incident)
    return found
