"""What a place in words covers on the map: an alarm that was raised without a position has an area, and no point."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import shapely
from pyproj import Transformer

from maps.geodesy import LAMBERT, MERCATOR
from maps.overlays import read_drawn
from maps.store import DRAWN_M
from maps.zones import Zones

TOLERANCE_M: Final = 25.0  # of a municipality's outline as it is drawn
MAX_PLACE: Final = 100  # characters of it that are looked at


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
