"""The fold of where she goes: a place of hers that she left or reached, a border that she crossed."""

from typing import Any

import msgspec

from incidents import events as ev
from incidents.fold.changes import again
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
    if msgspec.structs.replace(incident, crossed=event.zone).next_zone:
        return changes | _asked(incident, entry, "zone")
    # She is back, or that zone refused: none is proposed.
    return changes | ({"realarm": ""} if incident.realarm == "zone" else {})


def _asked(incident: Incident, entry: ev.Entry, why: str) -> dict[str, Any]:
    """Its owner is asked to look, once for what they have not answered; all else that it alarms again for is graver."""
    if not _owned(incident):
        return {}
    if incident.realarm in HERS:
        return {"realarm": why}
    return {"beneath": _graver(incident.beneath, why)} if incident.realarm else again(entry, why)


def _owned(incident: Incident) -> bool:
    """Whether somebody has it whom where she goes must reach; of an alarm that nobody has all are asked already."""
    return incident.owner is not None and not incident.offered and incident.state not in ("raised", "safe", "closed")


def _graver(one: str, other: str) -> str:
    """A border is proposed as long as it holds; that she passed a place stands until somebody answers."""
    return "place" if "place" in (one, other) else other


def beneath(incident: Incident, entry: ev.Entry, changes: dict[str, Any], answered: bool) -> dict[str, Any]:
    """What is added to an entry's changes: one of `HERS` that is written over waits, and is back once that ends unanswered."""
    now = changes.get("realarm", incident.realarm)
    if now == incident.realarm:
        return {}
    if now:
        return {"beneath": _graver(incident.beneath, incident.realarm)} if incident.realarm in HERS else {}
    if answered or not incident.beneath:
        return {"beneath": ""}
    after = msgspec.structs.replace(incident, **changes)
    if not _owned(after) or (incident.beneath == "zone" and not after.next_zone):
        return {"beneath": ""}
    same = incident.realarm in HERS  # its owner was asked already
    return {"beneath": "", "realarm": incident.beneath} | ({} if same else {"realarmed_at": entry.at})
