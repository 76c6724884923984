"""The streets about a place as ways to walk, from what the map is shipped with; none where it has none."""

from typing import Final

import numpy as np

from feeds.simulator.devices import Way
from maps.geodesy import to_mercator, to_wgs84
from maps.streets.cutting import lines_in
from maps.streets.scales import SCALES, Kind
from maps.streets.street_file import Streets

NEAR: Final = next(number for number, scale in enumerate(SCALES) if Kind.STREET in scale.kinds and scale.above == 0)


def ways_about(streets: Streets, lat: float, lon: float, within_m: float = 900.0) -> tuple[Way, ...]:
    """The streets that come so near (Mercator metres), each as its corners in degrees."""
    x, y = to_mercator(lat, lon)
    size = SCALES[NEAR].cell_m
    columns, rows = (range(int((at - within_m) // size), int((at + within_m) // size) + 1) for at in (x, y))
    cells = [(NEAR, column, row) for column in columns for row in rows]
    return tuple(
        tuple(to_wgs84(*corner) for corner in line.corners.tolist())
        for cell in cells
        for line in lines_in(cell, streets.lines(cell))
        if line.kind <= Kind.STREET and np.hypot(*(line.corners - (x, y)).T).min() < within_m
    )
