"""The ground under a track: the outlines of the zones around it, in Mercator metres from the middle, y to the north."""

from collections.abc import Sequence
from math import cosh
from pathlib import Path
from statistics import median
from typing import Any, Final, Protocol

import numpy as np

from maps.overlays import level_for, read_drawn, rings

ASSUMED_PX: Final = 420  # the map's lesser side
LEAST_M: Final = 700.0  # Mercator metres from side to side: a press at one place still has a street around it
FAR_M: Final = 150_000.0  # from the middle one: what is farther is a fault of the fix, and is counted, not drawn
WIDEST_M: Final = 8_000.0  # of an accuracy circle that counts for what the map must show
MARGIN: Final = 0.6  # of a side to each side of its middle: a tenth is left free at the edges
AROUND: Final = 4.0  # outlines reach so many times as far as the track, for a map of any proportions
EARTH_M: Final = 6_378_137.0


class Spot(Protocol):
    """A place of the track: its middle and its accuracy, Mercator metres; `r` 0 where the accuracy is not known."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def r(self) -> float: ...


def ground(spots: Sequence[Spot], folder: Path) -> dict[str, Any]:
    """The `zones` around (name, `at` of the name, rings), each place as Mercator metres from `origin`, y to the north.

    What is to be seen reaches `reach` (x, y) to each side; a Mercator metre is `m` metres over the ground; `far` positions
    are not drawn. Empty without a position.
    """
    if not spots:
        return {}
    x, y = median(spot.x for spot in spots), median(spot.y for spot in spots)
    near = [spot for spot in spots if abs(spot.x - x) < FAR_M and abs(spot.y - y) < FAR_M] or [spots[0]]
    circles = [(spot.x, spot.y, min(spot.r, WIDEST_M)) for spot in near]
    x0, x1 = min(x - r for x, _, r in circles), max(x + r for x, _, r in circles)
    y0, y1 = min(y - r for _, y, r in circles), max(y + r for _, y, r in circles)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    reach_x, reach_y = max(x1 - x0, LEAST_M) * MARGIN, max(y1 - y0, LEAST_M) * MARGIN
    half = max(reach_x, reach_y)
    wide = AROUND * half
    around = (x - wide, y - wide, x + wide, y + wide)
    shapes = read_drawn(folder, level_for(2 * half / ASSUMED_PX)).clipped(around)
    return {
        "origin": (x, y),
        "reach": (reach_x, reach_y),
        "m": 1 / cosh(y / EARTH_M),
        "far": len(spots) - len(near),
        "zones": [
            {"name": name, "at": _from((lx, ly), x, y), "rings": _rings(outline, (x, y))}
            for name, outline, (lx, ly) in shapes.near(around)
            if not outline.is_empty
        ],
    }


def _rings(outline: Any, origin: tuple[float, float]) -> list[list[float]]:
    """Each ring as x, y, x, y, ...; holes too, for the rule of even and odd."""
    return [np.round(ring - origin, 1).ravel().tolist() for piece in rings(outline) for ring in piece]


def _from(point: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    return round(float(point[0]) - x, 1), round(float(point[1]) - y, 1)
