"""What her positions say for certain of her places and of the border of a zone, so that jitter beside either says nothing.

A fix says only what holds of its whole circle of 95 %, and between two answers lies a band in which none is given: from inside to
outside of a place, from one zone into the next, she has truly moved by that much. Pure: the map is handed in.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from incidents.case import Protected
from incidents.messages import Fix
from incidents.ports import Placed

# A place is a point with a name: the house, its garden, the street before it, and the error of its address lie within AT_M.
# Its exclusion zone is no measure of it: that binds the suspect.
AT_M: Final = 150.0
AWAY_M: Final = 250.0
BORDER_M: Final = 100.0  # so far from the border she is not on the street that is the border
SURE: Final = 0.95
# As in `maps.spread`, which this room does not know; a test holds them together.
CONFIDENCE: Final = 68.0  # % of a fix that names none
LEAST_CONFIDENCE: Final = 1e-6  # less is none

Side = Literal["at", "away"]


def sure_m(fix: Fix) -> float | None:
    """The radius of the circle (m) in which a fix lies with 95 %, never less than its own; None where it names none.

    For a normal distribution in two dimensions, r(p) = sigma * sqrt(-2 ln(1 - p)).
    """
    if not fix.radius or not math.isfinite(fix.radius) or fix.radius <= 0:
        return None
    said = fix.confidence
    if said is None or not LEAST_CONFIDENCE <= said < 100:
        said = CONFIDENCE
    return fix.radius * max(1.0, math.sqrt(math.log1p(-SURE) / math.log1p(-said / 100)))


def side(places: Sequence[Protected], fix: Fix) -> Side | None:
    """Whether she is at a place or away from it; None where the fix is not sure enough.

    Of several that bear one name, as registers may have them: at it is at any of them, away from it from all.
    """
    radius = sure_m(fix)
    return _side(places, fix, radius) if radius is not None else None


def first_sides(named: Mapping[str, Sequence[Protected]], fixes: Iterable[Fix]) -> dict[str, Side]:
    """By name what the first fix that is sure enough says of the places that bear it; the fixes are read as far as needed."""
    found: dict[str, Side] = {}
    asked = dict(named)
    for fix in fixes if asked else ():
        if (radius := sure_m(fix)) is None:
            continue
        said = {name: one for name, places in asked.items() if (one := _side(places, fix, radius)) is not None}
        found |= said
        asked = {name: places for name, places in asked.items() if name not in said} if said else asked
        if not asked:
            break
    return found


def _side(places: Sequence[Protected], fix: Fix, radius: float) -> Side | None:
    distances = [place.away_m(fix.lat, fix.lon) for place in places]
    if min(distances) + radius <= AT_M:
        return "at"
    return "away" if min(distances) - radius >= AWAY_M else None


def surely(fix: Fix, placed: Placed | None) -> str:
    """The zone that she is in for certain; "" where the fix is not sure enough, and outside Belgium."""
    radius = sure_m(fix)
    if placed is None or not placed.inside or radius is None:
        return ""
    return placed.zone if placed.distance_m - radius >= BORDER_M else ""
