"""What the map's title says of a place: its zone and municipality; of one abroad, how far from which zone it is."""

from collections.abc import Mapping

from dashboard.components.map.labels import length
from incidents.incident import Incident
from maps.zones import Location, Zones


class Titles:
    """By the zones and the map's words."""

    def __init__(self, zones: Zones, words: Mapping[str, str]) -> None:
        self._zones, self._words = zones, words

    def where(self, location: Location) -> list[str]:
        """Of a position."""
        if not location.inside:
            return [
                self._words["outside"],
                self._words["from_zone"].format(
                    distance=length(location.distance_m, self._words["decimal"]), zone=self._zone(location.name)
                ),
            ]
        spelled, town = self._zones.zone(location.zone).spelled, location.municipality
        parts = [self._zone(location.name) + (f" ({spelled})" if spelled else "")]
        # "PZ Gent · Gent" says Gent twice.
        if town is not None and town.name != location.name:
            parts.append(town.name)
        return parts

    def named(self, incident: Incident) -> list[str]:
        """Of an alarm without a position, by the zone that was named."""
        # What was typed of the place may name people: a locked page shows its map too.
        return [self._zone(self._zones.names.get(incident.zone, incident.zone)), self._words["named"]]

    def _zone(self, name: str) -> str:
        return self._words["zone"].format(name=name)
