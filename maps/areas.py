"""What a place in words covers on the map: an alarm that was raised without a position has an area, and no point."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import msgspec
import shapely
from pyproj import Transformer

from maps.gazetteer import Kind, Place
from maps.geodesy import LAMBERT, MERCATOR, to_mercator
from maps.overlays import read_drawn, true_circle
from maps.store import DRAWN_M
from maps.zones import Zones

TOLERANCE_M: Final = 25.0  # of a municipality's outline as it is drawn
MAX_PLACE: Final = 100  # characters of it that are looked at
# How much around a place is looked at, in metres over the ground from its middle: enough to know where one is, and for an address
# so near that house numbers are drawn on the narrowest map of a page.
AROUND_M: Final[dict[Kind, float]] = {
    "position": 140.0,
    "address": 140.0,
    "street": 300.0,
    "station": 500.0,
    "quarter": 1_000.0,
    "postcode": 2_000.0,
}


class Extent(msgspec.Struct, frozen=True):
    """What a place covers on the map (EPSG:3857): its middle `x`, `y`; the `box` x0, y0, x1, y1 to look at; `exact` when the
    middle is where somebody can be sent; `outline` where its edge is known, a street's is a circle that holds it."""

    x: float
    y: float
    box: tuple[float, float, float, float]
    exact: bool
    outline: Any | None = None


def extent(zones: Zones, place: Place) -> Extent | None:
    """What a place covers: a municipality and a zone their outline, and so does a street of which no more is known than where
    it may lie. None for one that is nowhere on the map."""
    exact = place.lat is not None and place.lon is not None
    at = (place.lat, place.lon) if place.lat is not None and place.lon is not None else place.middle
    if at is None or place.kind not in AROUND_M:
        if (outline := area(zones, place.zone, place.municipality)) is None:
            return None
        middle = shapely.point_on_surface(outline)
        x0, y0, x1, y1 = (float(bound) for bound in shapely.bounds(outline))
        return Extent(float(middle.x), float(middle.y), (x0, y0, x1, y1), False, outline)
    reach = max(AROUND_M[place.kind], place.extent_m or 0.0)
    seen = true_circle(*at, reach)
    outline = None
    if place.extent_m:
        circle = true_circle(*at, place.extent_m)
        outline = shapely.buffer(shapely.Point(circle.x, circle.y), circle.r, quad_segs=16)
    box = (seen.x - seen.r, seen.y - seen.r, seen.x + seen.r, seen.y + seen.r)
    return Extent(*to_mercator(*at), box, exact, outline)


@lru_cache(maxsize=256)
def area(zones: Zones, zone: str, place: str) -> Any | None:
    """The outline (EPSG:3857) of the municipality that `place` names, or ends with, in a zone, else of the whole zone.

    "9000 Gent" names Gent, "Veldstraat 12, Gent" too; a quarter names no municipality. None where no such zone is.
    """
    words = place[:MAX_PLACE].replace(",", " ").split()
    ends = (" ".join(words[n:]) for n in range(len(words)))
    town = next((found for name in ends if (found := zones.municipality_named(zone, name)) is not None), None)
    if town is None:
        return read_drawn(zones.folder, len(DRAWN_M) - 1).of(zone)
    to_drawn = Transformer.from_crs(LAMBERT, MERCATOR, always_xy=True)
    return shapely.transform(
        shapely.simplify(town, TOLERANCE_M), lambda x, y: to_drawn.transform(x, y), interleaved=False
    )
