"""The centres of the police zones: of a position, of a zone, which of them are neighbours."""

import logging
import math
from collections.abc import Collection

from dashboard.components.case.facts import case_of
from dashboard.components.place_names import Places
from incidents.centres import ANNOUNCE_PCT, Belongs, Reach, belongs, borders, told_at_once
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.messages import Fix
from maps.zones import Zones

ASSUMED_M = 500.0  # the circle of a fix that names none

_logger = logging.getLogger(__name__)


class Centres:
    """All centres of the zones in use; `neighbours` of each."""

    def __init__(self, zones: Zones, places: Places, *, announce_pct: int = ANNOUNCE_PCT) -> None:
        self._cic_of = {zone.zone: zone.cic for zone in zones.zones}
        self._places = places
        self._announce = announce_pct / 100
        self.neighbours = borders(self._cic_of, zones.adjacent)
        self.known = tuple(self.neighbours)

    def centre_of(self, zone: str) -> str:
        """The centre of a zone; empty when the table has none for it."""
        return self._cic_of.get(zone, "")

    def reach(self, fix: Fix) -> Reach | None:
        """The centre of a position and those it may well lie in; None when it is none, or far abroad."""
        radius = fix.radius if fix.radius is not None and fix.radius > 0 else ASSUMED_M
        found = self._places.locate(Fix(lat=fix.lat, lon=fix.lon, radius=radius, confidence=fix.confidence))
        if found is None or not found.cic:
            return None
        shares: dict[str, float] = {}
        for zone in found.neighbours:
            cic = self.centre_of(zone.zone)
            if cic not in ("", found.cic):
                shares[cic] = shares.get(cic, 0.0) + zone.probability
        least = min(self._announce, _beyond_circle(fix.confidence))
        near = sorted((cic for cic, share in shares.items() if share >= least), key=lambda cic: -shares[cic])
        return Reach(cic=found.cic, near=tuple(near))

    def whose(self, incident: Incident, desk: Desk) -> Belongs:
        """Whose an incident of this desk is."""
        try:
            return self._whose(incident, desk)
        except Exception as error:  # the first rule: an alarm nobody can place is everybody's
            # Its words may quote the position.
            _logger.error("whose an alarm is could not be said: %s", type(error).__name__)
            return Belongs(own="", why="nobody_knows")

    def told_at_once(self, names: Collection[str], desk: Desk, unheard: Collection[str]) -> frozenset[str] | None:
        """The centres that are told at once of a change of these incidents; None: all. `unheard`: those nobody listens for."""
        found = [desk.board.incidents.get(name) for name in names]
        some = [told_at_once(one, self.whose(one, desk), unheard) if one is not None else None for one in found]
        return None if None in some else frozenset[str]().union(*filter(None, some))

    def _whose(self, incident: Incident, desk: Desk) -> Belongs:
        others = desk.board.of_device(incident.device) if incident.device else ()
        fixes = (other.position.fix for other in others if other.id != incident.id)
        last = next((fix for fix in fixes if fix is not None), None)
        case = case_of(incident, desk.cases)
        return belongs(incident, self, home_zone=case.home_zone if case else None, last_fix=last)


def _beyond_circle(confidence: float | None) -> float:
    """The share that lies beyond a straight border which just touches the circle: more of it, and the border is within."""
    sure = (confidence if confidence is not None and 0 < confidence < 100 else 68.0) / 100
    return 0.5 * math.erfc(math.sqrt(-math.log(1 - sure)))
