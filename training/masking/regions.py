"""The zones of another place for those of the original: by where the track lies, else by a neighbour of where it lies."""

from feeds.recordings.recording import Recording
from incidents.messages import Fix
from maps.zones import Zones
from training.masking.places import Move, positions


class Regions:
    """`at` follows the track; a zone that it never lay in becomes one beside where it lies now."""

    def __init__(self, original: Recording, move: Move, zones: Zones, avoid: frozenset[str]) -> None:
        self._move, self._zones, self._avoid = move, zones, avoid
        self._given: dict[str, str] = {}
        self._now = zones.locate(*move.to).zone
        for lat, lon in positions(original):
            was = zones.locate(lat, lon)
            if was.inside and was.zone not in self._given:
                there = zones.locate(*move.place(lat, lon))
                if there.zone not in self._given.values() and there.zone not in avoid:
                    self._given[was.zone] = there.zone

    def at(self, fix: Fix) -> None:
        """The track is here (in the original)."""
        self._now = self._zones.locate(*self._move.place(fix.lat, fix.lon)).zone

    def zone(self, zone: str) -> str:
        """The zone in place of this one, the same every time."""
        if zone not in self._given:
            taken = set(self._given.values())
            near = (self._now, *self._zones.adjacent.get(self._now, ()))
            free = [one for one in (*near, *self._zones.names) if one not in self._avoid]
            self._given[zone] = next((one for one in free if one not in taken), free[0])
        return self._given[zone]

    def cic(self, zone: str) -> str:
        """The centre of an invented zone."""
        return self._zones.zone(zone).cic if self._zones.known(zone) else ""
