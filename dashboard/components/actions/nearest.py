"""The nearest available units of an alarm: by road as far as that is known, else in a straight line. Pure."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Literal

import msgspec

from dashboard.components.tracks import Unsure
from dashboard.shell.clock import milliseconds
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.messages import Fix
from incidents.ports import Leg, Spot
from maps.geodesy import ground_distance_m

ASKED = 12  # the nearest in a straight line: the nearest by road is among them, or has no road that helps
OLD_S = 120.0  # three reports of a patrol that reports every 40 s: in town it may be two kilometres on
VERY_OLD_S = 900.0  # it may be anywhere: such a position never goes before one that is known

Age = Literal["", "old", "very_old"]
Straight = Literal["", "no_router", "unasked", "asking", "no_answer", "unreadable"]


class NearUnit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An available unit: how far it is (`m`: straight; `road_s`, `road_m`: by road), and when it was there (`at`: ms).

    `asking`: it is not known yet how far by road, while it is of others. `off_m`: how wide her position is, where that is not
    small beside the distance.
    """

    unit: str
    zone: str
    zone_name: str
    m: int
    at: int
    road_s: int | None = None
    road_m: int | None = None
    asking: bool = False
    age: Age = ""
    off_m: int | None = None


class NearUnits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The nearest first. `straight`: why they are compared in a straight line; "" when by road.

    `unsure`: why they are not compared at all, for her position does not bear it; `off_m`: how wide it is by now; `blurred`: that
    is not small beside what the first is nearer than the second.
    """

    id: str
    units: tuple[NearUnit, ...] = ()
    straight: Straight = ""
    unsure: Unsure = ""
    off_m: int | None = None
    blurred: bool = False


def apart_m(units: tuple[NearUnit, ...]) -> float:
    """By how much the second is farther than the first, as both are compared; infinite for one alone."""
    if len(units) < 2:
        return math.inf
    best, following = units[:2]
    by_road = best.road_m is not None and following.road_m is not None
    return (following.road_m or 0) - (best.road_m or 0) if by_road else following.m - best.m


def candidates(
    units: Iterable[UnitNow], to: Fix, now: datetime, kept: Callable[[UnitNow], bool] = lambda unit: False
) -> tuple[UnitNow, ...]:
    """The available units that may be nearest, with a position; not those that are `kept` from who asks."""
    flat = math.cos(math.radians(to.lat))
    known = now - timedelta(seconds=VERY_OLD_S)
    # A page asks each second, and a feed may tell of 2,000: no more than this is done for each.
    free = [
        (_seen(unit) < known, (fix.lat - to.lat) ** 2 + ((fix.lon - to.lon) * flat) ** 2, n, unit)
        for n, unit in enumerate(units)
        if unit.status == "available" and (fix := unit.fix) is not None and not kept(unit)
    ]
    return tuple(unit for *_, unit in nsmallest(ASKED, free))


def units_of(incident: Incident) -> tuple[str, ...]:
    """The units that are with an open alarm, or asked for by its order."""
    if not incident.open:
        return ()
    order, unit = incident.order, incident.unit
    asked = order.asked_unit if order is not None and order.alive else ""
    return tuple(name for name in (asked, unit.unit if unit is not None else "") if name)


def spots(units: Collection[UnitNow]) -> dict[str, Spot]:
    """Where units are, by name."""
    return {unit.unit: (unit.fix.lat, unit.fix.lon) for unit in units if unit.fix is not None}


def ranked(
    units: Collection[UnitNow],
    to: Fix,
    legs: Mapping[str, Leg | None],
    now: datetime,
    zone_name: Callable[[str], str] = str,
) -> tuple[NearUnit, ...]:
    """Units in the order in which they would be there. `legs`: the ways by road; a unit to which none leads comes after the
    others, and one that is not in `legs` while others are stands among them by its straight line.
    """
    found = []
    for unit in units:
        if unit.fix is None:
            continue
        leg = legs.get(unit.unit)
        near = NearUnit(
            unit=unit.unit,
            zone=unit.zone,
            zone_name=zone_name(unit.zone),
            m=round(ground_distance_m((unit.fix.lat, unit.fix.lon), (to.lat, to.lon))),
            at=milliseconds(_seen(unit)) or 0,
            road_s=round(leg.seconds) if leg is not None else None,
            road_m=round(leg.metres) if leg is not None else None,
            asking=bool(legs) and unit.unit not in legs,
            age=_age(unit, now),
        )
        found.append(near)
    found.sort(key=_rank)
    order = [one for one in found if not one.asking]
    for one in found:
        if one.asking:
            order.insert(next((n for n, other in enumerate(order) if _goes_before(one, other)), len(order)), one)
    return tuple(order)


def _rank(one: NearUnit) -> tuple[bool, bool, int, str]:
    by_road = one.road_s is not None
    return one.age == "very_old", not by_road, one.road_s if one.road_s is not None else one.m, one.unit


def _goes_before(one: NearUnit, other: NearUnit) -> bool:
    """Whether a unit whose way by road is not known yet may be there before another."""
    no_road = other.road_s is None and not other.asking
    return (one.age == "very_old", one.m) < (other.age == "very_old", math.inf if no_road else other.m)


def _seen(unit: UnitNow) -> datetime:
    """When a unit was where it is drawn."""
    return unit.fix.time if unit.fix is not None and unit.fix.time is not None else unit.at


def _age(unit: UnitNow, now: datetime) -> Age:
    seconds = (now - _seen(unit)).total_seconds()
    return "very_old" if seconds > VERY_OLD_S else "old" if seconds > OLD_S else ""
