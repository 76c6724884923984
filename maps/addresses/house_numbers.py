"""House numbers to draw: those of a square of the map, as the text that a page draws from.

Squares lie on one grid from (0, 0) in web Mercator metres, as those of the streets do (`maps.streets.scales`).
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from maps.addresses.tables import SCALE, Tables
from maps.geodesy import to_mercator_many, to_wgs84

BELOW: Final = 1.2  # Mercator metres a pixel, some 0.75 over the ground: farther, numbers have no room
CELL_M: Final = 512
MOST: Final = 800  # of a cell; the densest of the shipped towns has some 600


class HouseNumbers(msgspec.Struct, frozen=True):
    """`texts` and where each is: x, y, x, y, ... in whole Mercator metres from the square's lower left corner. Numbers without a
    letter come first, for where not all find room."""

    texts: list[str]
    at: list[int]


def numbers_in(tables: Tables, x: int, y: int) -> str:
    """The numbers of a square as JSON (`HouseNumbers`), "" where there is none; of more than 800 an even part."""
    x0, y0 = x * CELL_M, y * CELL_M
    try:
        (south, west), (north, east) = to_wgs84(x0, y0), to_wgs84(x0 + CELL_M, y0 + CELL_M)
    except OverflowError:  # far beyond the Earth
        return ""
    rows = tables.about_box(south * SCALE, north * SCALE, west * SCALE, east * SCALE)
    if not len(rows):
        return ""
    xs, ys = to_mercator_many(tables.lat[rows] / SCALE, tables.lon[rows] / SCALE)
    dx, dy = np.floor(xs - x0).astype(int), np.floor(ys - y0).astype(int)
    within = (dx >= 0) & (dx < CELL_M) & (dy >= 0) & (dy < CELL_M)
    rows, dx, dy = rows[within], dx[within], dy[within]
    if not len(rows):
        return ""
    step = -(-len(rows) // MOST)
    rows, dx, dy = rows[::step], dx[::step], dy[::step]
    texts = tables.numbers.take(tables.number[rows]).to_pylist()
    order = sorted(range(len(texts)), key=lambda i: not texts[i].isdigit())
    found = HouseNumbers([texts[i] for i in order], [int(part) for i in order for part in (dx[i], dy[i])])
    return msgspec.json.encode(found).decode()
