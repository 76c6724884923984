"""The fold of where she goes: a place of hers that she left or reached, a border that she crossed."""

from msgspec.structs import replace

from incidents import events as ev
from incidents.fold.changes import again
from incidents.incident import HERS, Incident, Passage


def place_passed(incident: Incident, entry: ev.Entry, event: ev.PlacePassed) -> Incident:
    if not event.protected:  # its key is gone
        return incident
    position = incident.position
    others = tuple(passage for passage in position.passages if passage.place != event.protected)
    by = position.at or entry.source_at  # of the position that told it
    passages = (*others, Passage(event.protected, event.way, by))
    return _asked(replace(incident, position=replace(position, passages=passages)), entry, "place")


def zone_crossed(incident: Incident, entry: ev.Entry, event: ev.ZoneCrossed) -> Incident:
    after = replace(incident, other_zones=replace(incident.other_zones, crossed=event.zone))
    if after.next_zone:
        return _asked(after, entry, "zone")
    # She is back, or that zone refused: none is proposed.
    return replace(after, realarm="") if after.realarm == "zone" else after


def _asked(incident: Incident, entry: ev.Entry, why: str) -> Incident:
    """Its owner is asked to look, once for what they have not answered; all else that it alarms again for is graver."""
    if not _owned(incident):
        return incident
    if incident.realarm in HERS:
        return replace(incident, realarm=why)
    graver = _graver(incident.attention.beneath, why)
    return _under(incident, graver) if incident.realarm else again(incident, entry, why)


def _under(incident: Incident, why: str) -> Incident:
    """The incident with what waits beneath that for which it alarms again."""
    return replace(incident, attention=replace(incident.attention, beneath=why))


def _owned(incident: Incident) -> bool:
    """Whether somebody has it whom where she goes must reach; of an alarm that nobody has all are asked already."""
    has = incident.owner is not None and not incident.ownership.gone
    return has and incident.state not in ("raised", "safe", "closed")


def _graver(one: str, other: str) -> str:
    """A border is proposed as long as it holds; that she passed a place stands until somebody answers."""
    return "place" if "place" in (one, other) else other


def beneath(before: Incident, after: Incident, entry: ev.Entry, answered: bool) -> Incident:
    """What an entry's fold lacks: one of `HERS` that is written over waits, and is back once that ends unanswered."""
    if after.realarm == before.realarm:
        return after
    why = before.attention.beneath
    if after.realarm:
        return _under(after, _graver(why, before.realarm)) if before.realarm in HERS else after
    if not why:
        return after
    after = _under(after, "")
    if answered or not _owned(after) or (why == "zone" and not after.next_zone):
        return after
    # Of another of hers its owner was asked already.
    return replace(after, realarm=why) if before.realarm in HERS else again(after, entry, why)
