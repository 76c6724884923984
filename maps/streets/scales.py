"""Which lines are drawn at which scale, and into which cells they are cut. All lengths are web Mercator metres (EPSG:3857).

Cells are squares on one grid from (0, 0): cell (x, y) of a scale begins at (x * cell_m, y * cell_m).
"""

from enum import IntEnum
from typing import Final

import msgspec


class Kind(IntEnum):
    """What a line is. Lower ones are drawn over higher ones and kept before them where not all find room."""

    MOTORWAY = 0
    MAIN = 1
    SECONDARY = 2
    TERTIARY = 3
    STREET = 4
    RAIL = 5
    WATER = 6
    PATH = 7


# The classes of Geofabrik's extracts (`fclass`), which are OpenStreetMap's values of highway, railway and waterway.
CLASSES: Final[dict[str, Kind]] = {
    **dict.fromkeys(("motorway", "motorway_link", "trunk", "trunk_link"), Kind.MOTORWAY),
    **dict.fromkeys(("primary", "primary_link"), Kind.MAIN),
    **dict.fromkeys(("secondary", "secondary_link"), Kind.SECONDARY),
    **dict.fromkeys(("tertiary", "tertiary_link"), Kind.TERTIARY),
    **dict.fromkeys(("residential", "unclassified", "living_street", "pedestrian", "road", "busway"), Kind.STREET),
    **dict.fromkeys(("rail", "light_rail", "tram", "subway", "narrow_gauge"), Kind.RAIL),
    **dict.fromkeys(("river", "canal", "stream", "water", "riverbank", "dock", "reservoir"), Kind.WATER),
    **dict.fromkeys(("service", "track", "path", "footway", "cycleway", "steps", "bridleway"), Kind.PATH),
    **dict.fromkeys((f"track_grade{grade}" for grade in range(1, 6)), Kind.PATH),
}
_ROADS: Final = (Kind.MOTORWAY, Kind.MAIN, Kind.SECONDARY, Kind.TERTIARY)


class Scale(msgspec.Struct, frozen=True):
    """Drawn from `above` (included) to `below` metres a pixel; coordinates are whole steps of `step_m`.

    A cell holds at most `corners` corners: what is more important (its kind, then its length) finds room first.
    """

    above: float
    below: float
    cell_m: int
    step_m: float
    tolerance_m: float
    corners: int
    kinds: tuple[Kind, ...]


SCALES: Final = (
    Scale(220, 1e4, 131_072, 64, 150, 4_000, (Kind.MOTORWAY,)),
    Scale(60, 220, 65_536, 32, 60, 4_000, (Kind.MOTORWAY, Kind.MAIN, Kind.RAIL)),
    Scale(24, 60, 16_384, 8, 20, 3_000, (*_ROADS[:3], Kind.RAIL, Kind.WATER)),
    Scale(5.5, 24, 8_192, 2, 8, 9_000, (*_ROADS, Kind.STREET, Kind.RAIL, Kind.WATER)),
    Scale(0, 5.5, 2_048, 0.5, 1, 6_000, (*_ROADS, Kind.STREET, Kind.RAIL, Kind.WATER)),
    # Only what the one before it leaves out.
    Scale(0, 2, 1_024, 0.5, 1, 6_000, (Kind.PATH,)),
)
ROOT_M: Final = SCALES[0].cell_m

Cell = tuple[int, int, int]  # scale, x, y


def box_of(cell: Cell) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 of a cell."""
    scale, x, y = cell
    size = SCALES[scale].cell_m
    return x * size, y * size, (x + 1) * size, (y + 1) * size
