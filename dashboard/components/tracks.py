"""Where somebody goes, for the screens: an incident's track, and its newest position with the circle that it has by now."""

import math
from datetime import datetime
from typing import Final, Literal

from msgspec.structs import replace

from incidents.incident import Incident
from incidents.messages import Fix
from maps.motion import sigma_of
from maps.track import CONFIDENCE, SIGMAS, Track, track_of

TOO_OLD_S: Final = 600  # a person in a car crosses a zone in ten minutes: an older fix chooses nothing
Unsure = Literal["", "doubted", "old", "no_circle", "wide"]
BY_PEOPLE = ("hand", "address")  # methods of a position that a person named: as sure as their word
STEP: Final = 1.2  # a circle grows in steps of a fifth: no page is sent one each second
LEAST_GROWTH_M: Final = 10.0  # less is a sensor's noise
LEAST_GROWTH: Final = 0.2  # of the fix's own radius
SMALL: Final = 0.1  # of a distance: a circle that is larger is said with it


def track(incident: Incident, earlier: Track | None = None, last: int = 0) -> Track:
    """The track of an incident, or of so many of its last positions; `earlier`, of the same but the newest, saves the work."""
    positions = incident.position.trail[-last:]
    if not positions and incident.position.fix is not None:
        positions = (replace(incident.position.fix, time=incident.position.fix.time or incident.position.at),)
    return track_of(positions, earlier)


def least_growth_m(fix: Fix) -> float:
    """By how much the circle of a fix must have grown to be another one: less says nothing."""
    return max(LEAST_GROWTH_M, LEAST_GROWTH * (fix.radius or 0.0))


def stepped(radius_m: float) -> float:
    """The next larger of the radii that are drawn: a circle is never smaller than it should be."""
    return float(STEP ** math.ceil(math.log(max(radius_m, 1.0), STEP)))


def grown(incident: Incident, of: Track, now: datetime) -> Fix | None:
    """The newest position with the circle of 95 % that it has by now: wider by what she may have gone since.

    The position as it came while its circle has not grown, when all is over, of an alarm without a device, and where
    nothing says how vague it is.
    """
    fix, at = incident.position.fix, incident.position.at
    if not incident.open or not incident.device or fix is None or at is None or not fix.radius or not fix.radius > 0:
        return fix
    grown_m = of.grown_m((now - at).total_seconds())
    if grown_m <= least_growth_m(fix):
        return fix
    radius = stepped(SIGMAS * sigma_of(fix.radius, fix.confidence) + grown_m)
    return replace(fix, radius=radius, confidence=CONFIDENCE)


def blur_m(circle: Fix | None, m: float) -> int | None:
    """The radius that a distance from this position is said with; None where it is small beside it, or nothing says how wide."""
    radius = circle.radius if circle is not None else None
    return round(radius) if radius is not None and radius > SMALL * m else None


def unsure(incident: Incident, of: Track, now: datetime, apart_m: float) -> Unsure:
    """Why two distances from her position that differ by so much (`math.inf`: one alone) say nothing; "" where they do.

    Whatever measures from her position asks this, so that no number is surer than the position.
    """
    if of.doubt is not None:
        return "doubted"
    if incident.position.at is None or (now - incident.position.at).total_seconds() > TOO_OLD_S:
        return "old"
    circle = grown(incident, of, now)
    if circle is not None and circle.method in BY_PEOPLE and circle.radius is None:
        return ""
    if circle is None or not circle.radius or not circle.radius > 0:
        return "no_circle"
    return "wide" if circle.radius >= apart_m else ""
