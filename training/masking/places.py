"""A track turned about itself and put down in another zone: distances stay, no position does."""

from collections.abc import Iterator
from random import Random

import msgspec
import numpy as np

from feeds.decoding import decode_message
from feeds.recordings.recording import Happened, Recording
from incidents import events as ev
from incidents.exercises.room import TrainingError
from incidents.messages import Fix, FixReport, Message, PressReport, UnitReport
from maps.geodesy import GEOD, Floats
from maps.zones import Zones

TRIES = 400
LOOKED_AT = 80  # points of a track that a place is tried with
BELGIUM = ((49.55, 51.45), (2.7, 6.2))  # latitudes, longitudes to draw from

Place = tuple[float, float]


class Move:
    """Turn by `angle` degrees about `pivot`, and put the pivot down at `to`."""

    def __init__(self, pivot: Place, angle: float, to: Place) -> None:
        self.pivot, self.angle, self.to = pivot, angle, to

    def place(self, lat: float, lon: float) -> Place:
        """Where a position goes, to 0.1 m."""
        moved = self.places(np.array([lat]), np.array([lon]))
        return round(float(moved[0][0]), 6), round(float(moved[1][0]), 6)

    def places(self, lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
        """The same for many."""
        ones = np.ones(len(lats))
        azimuth, _, distance = GEOD.inv(ones * self.pivot[1], ones * self.pivot[0], lons, lats)
        lon, lat, _ = GEOD.fwd(ones * self.to[1], ones * self.to[0], azimuth + self.angle, distance)
        return lat, lon

    def fix(self, fix: Fix) -> Fix:
        """A fix there. Its height would tell where it was."""
        lat, lon = self.place(fix.lat, fix.lon)
        course = None if fix.course is None else round((fix.course + self.angle) % 360.0, 1)
        return msgspec.structs.replace(fix, lat=lat, lon=lon, course=course, altitude=None)


def reports_of(recording: Recording) -> Iterator[Message]:
    """The recording's messages as the desk understands them."""
    for line in recording.messages:
        read = decode_message(recording.feed, msgspec.json.encode(line.message), received=line.at)
        if isinstance(read, Message):
            yield read


def positions(recording: Recording) -> list[Place]:
    """Where its devices were, in order; of its units and its cases when no device was anywhere."""
    found: list[Place] = []
    other = places(recording)
    for message in reports_of(recording):
        report = message.report
        if isinstance(report, PressReport | FixReport | UnitReport) and report.fix is not None:
            (other if isinstance(report, UnitReport) else found).append((report.fix.lat, report.fix.lon))
    for line in recording.lines:
        if isinstance(line, Happened) and isinstance(line.event, ev.Raised) and line.event.fix is not None:
            found.append((line.event.fix.lat, line.event.fix.lon))
    return found or other


def places(recording: Recording) -> list[Place]:
    """The places of its cases."""
    return [(place.lat, place.lon) for case in recording.cases for place in case.places]


def zones_named(recording: Recording, zones: Zones) -> frozenset[str]:
    """Every zone that the original lies in or names."""
    at = positions(recording) + places(recording)
    named = set(zones.zones_of([place[0] for place in at], [place[1] for place in at])) if at else set()
    for case in recording.cases:
        named |= {case.home_zone or "", *(exclusion.zone or "" for exclusion in case.exclusions)}
    for message in reports_of(recording):
        if isinstance(message.report, UnitReport):
            named.add(message.report.zone)
    for line in recording.lines:
        if isinstance(line, Happened):
            named |= {getattr(line.event, name, "") for name in ("zone", "previous_zone")}
    return frozenset(str(zone) for zone in named if zone and zones.known(str(zone)))


def choose_move(
    track: list[Place], beside: list[Place], zones: Zones, *, avoid: frozenset[str], chance: Random
) -> Move:
    """A move into other zones, about as many of them, and abroad where it was abroad; what is `beside` the track moves along.

    Raises TrainingError("no_place") when it is nowhere clear of the zones to avoid.
    """
    few = track[:: max(1, len(track) // LOOKED_AT)] or [(50.6, 4.5)]
    lats, lons = np.array([place[0] for place in few]), np.array([place[1] for place in few])
    was = zones.zones_of(lats, lons)
    also, whole = np.array(beside or few[:1]), np.array(track or few)
    best: Move | None = None
    least = 0
    for _ in range(TRIES):
        # From any one of its positions: a track abroad is put down across a border too.
        pivot = chance.choice(few)
        to = (chance.uniform(*BELGIUM[0]), chance.uniform(*BELGIUM[1]))
        if not any(was):
            to = (chance.uniform(49.2, 51.8), chance.uniform(2.2, 6.6))
        move = Move(pivot, chance.uniform(15.0, 345.0), to)
        now = zones.zones_of(*move.places(lats, lons))
        if (set(now) | set(zones.zones_of(*move.places(also[:, 0], also[:, 1])))) & avoid:
            continue
        if set(zones.zones_of(*move.places(whole[:, 0], whole[:, 1]))) & avoid:
            continue
        wrong = 10 * int(np.sum((now == "") != (was == ""))) + abs(len(set(now)) - len(set(was)))
        if best is None or wrong < least:
            best, least = move, wrong
        if not wrong:
            break
    if best is None:
        raise TrainingError("no_place")
    return best
