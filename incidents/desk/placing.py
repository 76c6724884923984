"""Where a position lies, and where an incident is in words, by what the desk was handed: a fault of either stops no alarm."""

import logging
from collections.abc import Callable

from incidents.incident import Incident
from incidents.messages import Fix
from incidents.orders import place_of
from incidents.ports import InZonesWords, Locate, Placed

_logger = logging.getLogger(__name__)


class Placing:
    """`locate` knows the zones; `near` says what lies nearest to an incident, in the languages that a zone `speaks`."""

    def __init__(self, locate: Locate, near: InZonesWords, speaks: Callable[[str], str]) -> None:
        self._locate = locate
        self._near = near
        self.speaks = speaks

    def at(self, fix: Fix | None) -> Placed | None:
        """Where a fix lies; None without one. A geography that fails must not stop an alarm."""
        if fix is None:
            return None
        try:
            return self._locate(fix.lat, fix.lon, fix.radius, fix.confidence)
        except Exception as error:
            # Its words may quote the position.
            _logger.error("a position could not be located: %s", type(error).__name__)
            return None

    def words(self, incident: Incident, zone: str) -> str:
        """Where an incident is, for a zone, in each of its languages. Words that can't be made stop no order."""
        try:
            said = (self._near(incident, language) for language in self.speaks(zone).split())
            near = " — ".join(filter(None, dict.fromkeys(said)))
        except Exception as error:
            _logger.error("a position could not be said in words: %s", type(error).__name__)
            near = ""
        return near or place_of(incident, self.at(incident.position.fix))
