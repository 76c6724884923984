"""The fold of where she goes: a place of hers that she left or reached, a border that she crossed."""

from typing import Any

from incidents import events as ev
from incidents.fold.changes import again
from incidents.fold.watch import LIMITS
from incidents.incident import HERS, Incident, Passage


def place_passed(incident: Incident, entry: ev.Entry, event: ev.PlacePassed) -> dict[str, Any]:
    if not event.protected:  # its key is gone
        return {}
    others = tuple(passage for passage in incident.passages if passage.place != event.protected)
    by = incident.fix_at or entry.source_at  # of the position that said so
    passages = (*others, Passage(event.protected, event.way, by))
    return {"passages": passages, **_asked(incident, entry, "place")}


def zone_crossed(incident: Incident, entry: ev.Entry, event: ev.ZoneCrossed) -> dict[str, Any]:
    changes: dict[str, Any] = {"crossed": event.zone}
    if incident.order is not None and incident.order.zone == event.zone:  # what was proposed no longer holds
        return changes | ({"realarm": ""} if incident.realarm == "zone" else {})
    return changes | _asked(incident, entry, "zone")


def _asked(incident: Incident, entry: ev.Entry, why: str) -> dict[str, Any]:
    """Its owner is asked to look, once for what they have not answered; of an alarm that nobody has all are asked already."""
    if incident.owner is None or incident.offered or incident.state in ("raised", "safe", "closed"):
        return {}
    if incident.realarm in HERS:
        return {"realarm": why}
    return again(entry, why) if not incident.realarm or incident.realarm in LIMITS else {}
