"""The track of each incident, kept so that a position costs only what it adds; which of its fixes may be true."""

from collections.abc import Sequence

from incidents.bounded import Bounded
from incidents.incident import Incident
from incidents.messages import Fix
from maps.track import Track, track_of

FOLLOWED = 1_000  # incidents; of any other it is made anew


class Tracks:
    """The tracks of one desk."""

    def __init__(self) -> None:
        self._tracks: dict[str, Track] = Bounded(FOLLOWED)

    def kept(self, incident: Incident) -> Sequence[Fix]:
        """The trail without the fixes that cannot be true, as far as is known now."""
        trail = incident.position.trail
        track = self._tracks[incident.id] = track_of(trail, self._tracks.get(incident.id))
        flagged = {(step.lat, step.lon, step.at_s) for step in track.steps if step.jump is not None}
        if not flagged:
            return trail
        return [f for f in trail if f.time is None or (f.lat, f.lon, f.time.timestamp()) not in flagged]
