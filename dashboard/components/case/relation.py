"""Where she is from the places of her case: "310 m S of home, moving away at 4 km/h". For who is shown the case, and nobody else:
two such phrases locate a home. No order, no paper and no brief has it.
"""

from collections.abc import Callable
from typing import Final

from dashboard.components.map.labels import length
from dashboard.components.nearby import side
from incidents.case import Case, Protected
from incidents.incident import Incident
from incidents.messages import Fix
from maps.geodesy import bearing_deg, ground_distance_m

APART_S: Final = (5.0, 600.0)  # nearer in time two positions are one, further apart they say nothing of now
LEAST_M_S: Final = 0.5  # slower nobody goes anywhere


def relation(incident: Incident, case: Case | None, _: Callable[[str], str]) -> str:
    """From the nearest place of the case, whether the fix is sure enough to say on which side; "" without a position or place.

    Whether she moves away from it is said only of two positions that differ by more than both are sure.
    """
    fix = incident.fix
    if fix is None or case is None or not case.places:
        return ""
    away_m, place = min(((_away_m(place, fix), place) for place in case.places), key=lambda one: one[0])
    radius, name = _sure(fix), called(place.name)
    if radius is None:
        return ""
    if away_m <= radius:  # on which side of it she is, is not known
        return _("near {place}").format(place=name)
    where = _("{m} {side} of {place}").format(
        m=length(away_m), side=side(bearing_deg((place.lat, place.lon), (fix.lat, fix.lon)), _), place=name
    )
    speed = _speed_away(incident, place)
    if speed is None or abs(speed) < LEAST_M_S:
        return where
    moving = _("{where}, moving away at {kmh} km/h") if speed > 0 else _("{where}, coming nearer at {kmh} km/h")
    return moving.format(where=where, kmh=max(1, round(abs(speed) * 3.6)))


def called(place: str) -> str:
    """What a place is called, without its address."""
    return place.partition(",")[0]


def _speed_away(incident: Incident, place: Protected) -> float | None:
    """How fast the way to a place grows, in m/s, by the newest position and the last that tells; None: none does."""
    newest, at = incident.fix, incident.fix_at
    if newest is None or at is None or (sure := _sure(newest)) is None:
        return None
    for fix in reversed(incident.trail[:-1]):
        before = _sure(fix)
        seconds = (at - fix.time).total_seconds() if fix.time is not None else 0.0
        if before is None or not APART_S[0] <= seconds <= APART_S[1]:
            continue
        grown = _away_m(place, newest) - _away_m(place, fix)
        if abs(grown) > sure + before:
            return grown / seconds
    return None


def _sure(fix: Fix) -> float | None:
    return fix.radius if fix.radius and fix.radius > 0 else None


def _away_m(place: Protected, fix: Fix) -> float:
    return ground_distance_m((place.lat, place.lon), (fix.lat, fix.lon))
