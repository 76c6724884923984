"""Where she is from the places of her case: "310 m S of home, moving away at 4 km/h". For who is shown the case, and nobody else:
two such phrases locate a home. No order, no paper and no brief has it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from dashboard.components.map.labels import length
from dashboard.components.nearby import side
from dashboard.components.tracks import blur_m, grown, track, unsure
from incidents.case import Case, Protected
from incidents.incident import Incident
from incidents.messages import Fix
from maps.geodesy import bearing_deg, ground_distance_m
from maps.motion import APART_S
from maps.track import Step, Track
from reports.locale_formats import formats

TOO_LONG_S: Final = 600.0  # further apart two positions say nothing of now
NEAR_M: Final = 500.0  # a wider circle is a town: nobody looks around in it on foot
LEAST_M_S: Final = 0.5  # slower nobody goes anywhere


def relation(
    incident: Incident, case: Case | None, _: Callable[[str], str], of: Track | None = None, *, now: datetime
) -> str:
    """From the nearest place of the case, where the fix is sure enough to say on which side; "" without a position or place, and
    where the position may be wrong or is too old.

    Whether she moves away from it is said by her track, else by two positions that differ by more than both are sure; of a newest
    position that may be wrong it is not.
    """
    fix = incident.position.fix
    if fix is None or case is None or not case.places:
        return ""
    away_m, place = min(((_away_m(place, fix), place) for place in case.places), key=lambda one: one[0])
    of, name = of or track(incident), called(place.name)
    why, circle = unsure(incident, of, now, away_m), grown(incident, of, now)
    if why == "wide":  # on which side of it she is, is not known
        near = circle is not None and (circle.radius or 0.0) <= NEAR_M
        return _("near {place}").format(place=name) if near else ""
    if why:
        return ""
    decimal, off_m = formats(_).decimal, blur_m(circle, away_m)
    where = _("{m} {side} of {place}").format(
        m=length(away_m, decimal) + (f" ± {length(off_m, decimal)}" if off_m else ""),
        side=side(bearing_deg((place.lat, place.lon), (fix.lat, fix.lon)), _),
        place=name,
    )
    speed = _speed_away(of, place)
    if speed is None or abs(speed) < LEAST_M_S:
        return where
    moving = _("{where}, moving away at {kmh} km/h") if speed > 0 else _("{where}, coming nearer at {kmh} km/h")
    return moving.format(where=where, kmh=max(1, round(abs(speed) * 3.6)))


def called(place: str) -> str:
    """What a place is called, without its address."""
    return place.partition(",")[0]


def _speed_away(of: Track, place: Protected) -> float | None:
    """How fast the way to a place grows, in m/s; None: nothing tells."""
    if of.doubt is not None:
        return None
    if (smooth := of.away_m_s(place.lat, place.lon)) is not None:
        return smooth
    sure = [step for step in of.steps if step.jump is None and step.radius_m is not None]
    if not sure or sure[-1] is not of.steps[-1]:
        return None
    newest = sure.pop()
    for step in reversed(sure):
        seconds = newest.at_s - step.at_s
        grown = _away_m(place, newest) - _away_m(place, step)
        if APART_S <= seconds <= TOO_LONG_S and abs(grown) > (newest.radius_m or 0.0) + (step.radius_m or 0.0):
            return grown / seconds
    return None


def _away_m(place: Protected, fix: Fix | Step) -> float:
    return ground_distance_m((place.lat, place.lon), (fix.lat, fix.lon))
