"""What the desk records of where she goes, beside the position itself: a place of hers left or reached, a border crossed.

What was recorded is what is known: each is recorded once, by whichever server, and after a restart. Of a place of which nothing
was recorded the first fix that says something of it is what is known.
"""

import logging
from collections.abc import Callable, Iterator, Sequence

from incidents import events as ev
from incidents.case import Case, Protected
from incidents.crossings import first_sides, side, surely
from incidents.desk.placing import Placing
from incidents.incident import RANK, Incident
from incidents.messages import Fix

WAYS: dict[str, ev.Way] = {"at": "reached", "away": "left"}
_logger = logging.getLogger(__name__)

Kept = Callable[[Incident], Sequence[Fix]]  # its fixes that may be true, the newest last


class Crossings:
    """`kept` leaves out positions that can't be true: none of them says anything."""

    def __init__(self, placing: Placing, case_of: Callable[[Incident], Case | None], kept: Kept) -> None:
        self._placing = placing
        self._case_of = case_of
        self._kept = kept

    def of(self, incident: Incident, heard: Fix | None) -> dict[int, ev.Event]:
        """What the fix just heard adds to what is known, each under a number of its own; nothing of one that came late.
        No fault in it may keep a press or a position from being taken, nor one of a border a place from being passed."""
        return _guarded(lambda: self._of(incident, heard)) if heard is not None else {}

    def _of(self, incident: Incident, heard: Fix) -> dict[int, ev.Event]:
        fix = incident.position.trail[-1] if incident.position.trail else None
        if fix is None or (fix.lat, fix.lon, fix.radius) != (heard.lat, heard.lon, heard.radius) or not incident.open:
            return {}
        case = self._case_of(incident)
        ordered = incident.order is not None and incident.order.alive
        if not ordered and (case is None or not case.places):
            return {}
        kept = self._kept(incident)
        if not kept or kept[-1] != fix:
            return {}
        found = _guarded(lambda: dict(self._crossed(incident, case, fix)))
        return found | _guarded(lambda: dict(self._passed(incident, case, fix, kept)))

    def _passed(
        self, incident: Incident, case: Case | None, fix: Fix, kept: Sequence[Fix]
    ) -> Iterator[tuple[int, ev.Event]]:
        named: dict[str, list[Protected]] = {}
        for place in case.places if case is not None else ():
            named.setdefault(place.name, []).append(place)
        now = {name: WAYS[found] for name, places in named.items() if (found := side(places, fix)) is not None}
        known = {passage.place: passage.way for passage in incident.position.passages}
        first = first_sides({name: named[name] for name in now if name not in known}, kept)
        known |= {name: WAYS[found] for name, found in first.items()}
        for n, name in enumerate(named, 1):
            if name in now and now[name] != known.get(name):
                yield n, ev.PlacePassed(protected=name, way=now[name])

    def _crossed(self, incident: Incident, case: Case | None, fix: Fix) -> Iterator[tuple[int, ev.Event]]:
        """A border is crossed from where she was when the order was sent: who sent it elsewhere saw that, and had a reason."""
        order = incident.order
        if order is None or not order.alive or RANK[incident.state] >= RANK["on_scene"]:
            return
        zone = surely(fix, self._placing.at(fix))
        if not zone or (case is not None and case.excluded_zone(zone) is not None and zone != order.zone):
            return
        was = surely(order.fix, self._placing.at(order.fix)) if order.fix is not None else ""
        if zone != (incident.other_zones.crossed or was or order.zone):
            yield 0, ev.ZoneCrossed(zone=zone)


def _guarded(follow: Callable[[], dict[int, ev.Event]]) -> dict[int, ev.Event]:
    try:
        return follow()
    except Exception as error:
        # Its words may quote the position.
        _logger.error("where she goes could not be followed: %s", type(error).__name__)
        return {}
