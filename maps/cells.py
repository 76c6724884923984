"""A grid of small cells, most of which lie wholly in one area: the index that makes a look-up cheap.

A cell holds the area it lies in (-1: outside all), or, where a border runs through it, the number of a set of candidates
(-2, -3, ...) whose polygons are then asked exactly. Cells are made from distances to the border with a metre to spare,
so the answer is that of the polygons, always.
"""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from maps.borders import OUTSIDE, Borders
from maps.geodesy import Floats, to_lambert_many

Codes = NDArray[np.int16]

_SPARE_M: Final = 1.0
_CLEAR_STEP_M: Final = 64.0
_CLEAR_STEPS: Final = 255
_BLOCK: Final = 4


class Grid(msgspec.Struct, frozen=True):
    """Cells in degrees: south-west corner, width and height of a cell, columns and rows."""

    west: float = 2.3
    south: float = 49.3
    width: float = 0.0028
    height: float = 0.0018
    columns: int = 1540
    rows: int = 1330

    def cell(self, lat: float, lon: float) -> int:
        """The number of the cell that holds a position, -1 beyond the grid."""
        column, row = math.floor((lon - self.west) / self.width), math.floor((lat - self.south) / self.height)
        return row * self.columns + column if 0 <= column < self.columns and 0 <= row < self.rows else -1

    def cells(self, lats: Floats, lons: Floats) -> NDArray[np.int64]:
        """As `cell`, for arrays without missing values."""
        column = np.floor((lons - self.west) / self.width)
        row = np.floor((lats - self.south) / self.height)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1).astype(np.int64)


class Cells(msgspec.Struct, frozen=True):
    """The index of one coverage: a code a cell, and the candidate sets that codes below -1 name."""

    codes: Codes
    candidates: list[tuple[int, ...]]


class Finder:
    """Finds the area of a position among `polygons` (EPSG:3812) with the help of their cells."""

    def __init__(self, grid: Grid, cells: Cells, polygons: Any) -> None:
        self._grid, self._cells, self._polygons = grid, cells, polygons
        shapely.prepare(polygons)
        most = max((len(c) for c in cells.candidates), default=1)
        self._ranked = np.full((len(cells.candidates), most), OUTSIDE, dtype=np.int64)
        for i, areas in enumerate(cells.candidates):
            self._ranked[i, : len(areas)] = areas

    def one(self, cell: int, x: float, y: float) -> int:
        """The area of a position in `cell`, (x, y) in Lambert metres; -1 outside all."""
        if cell < 0:
            return OUTSIDE
        code = int(self._cells.codes[cell])
        if code >= OUTSIDE:
            return code
        for area in self._cells.candidates[OUTSIDE - 1 - code]:
            if shapely.intersects_xy(self._polygons[area], x, y):
                return area
        return OUTSIDE

    def many(self, cells: NDArray[np.int64], lats: Floats, lons: Floats) -> NDArray[np.int64]:
        """The area of each position; -1 outside all. A position on a border is in the area that comes first."""
        found = np.where(cells < 0, OUTSIDE, self._cells.codes[cells]).astype(np.int64)
        left = np.flatnonzero(found < OUTSIDE)
        # in the order of their sets, so that a polygon is asked about its positions one after another
        left = left[np.argsort(-found[left], kind="stable")]
        xs, ys = to_lambert_many(lats[left], lons[left])
        sets = OUTSIDE - 1 - found[left]
        found[left] = OUTSIDE
        for candidates in self._ranked.T:
            area = candidates[sets]
            asked = area >= 0
            hit = asked & shapely.intersects_xy(self._polygons[area], xs, ys)
            found[left[hit]] = area[hit]
            again = asked & ~hit
            left, xs, ys, sets = left[again], xs[again], ys[again], sets[again]
        return found


def make_cells(grid: Grid, polygons: Any, borders: Borders) -> tuple[Cells, NDArray[np.uint8]]:
    """The cells of a coverage, and how far each is from its borders at least, in steps of 64 m (see `clear_m`)."""
    column, row = np.meshgrid(np.arange(grid.columns), np.arange(grid.rows))
    lats = np.asarray(grid.south + (row.ravel() + 0.5) * grid.height, dtype=np.float64)
    lons = np.asarray(grid.west + (column.ravel() + 0.5) * grid.width, dtype=np.float64)
    xs, ys = to_lambert_many(lats, lons)
    codes = np.full(len(xs), OUTSIDE, dtype=np.int64)
    shapely.prepare(polygons)
    for area, (west, south, east, north) in enumerate(shapely.bounds(polygons)):
        near = np.flatnonzero((xs >= west) & (xs <= east) & (ys >= south) & (ys <= north) & (codes == OUTSIDE))
        codes[near[shapely.intersects_xy(polygons[area], xs[near], ys[near])]] = area
    half = _half_diagonal_m(grid) + _SPARE_M
    distance = _distances(grid, xs, ys, borders, half)
    mixed = np.flatnonzero(distance <= half)
    discs = shapely.box(xs[mixed] - half, ys[mixed] - half, xs[mixed] + half, ys[mixed] + half)
    at, area_of = shapely.STRtree(polygons).query(discs, predicate="intersects")
    order = np.lexsort((area_of, at))
    members = np.split(area_of[order], np.cumsum(np.bincount(at, minlength=len(mixed)))[:-1])
    sets = {areas: i for i, areas in enumerate(sorted({tuple(m.tolist()) for m in members}))}
    codes[mixed] = [OUTSIDE - 1 - sets[tuple(m.tolist())] for m in members]
    if len(sets) > 30_000:
        raise ValueError("too many different neighbourhoods for this grid")
    clear = np.clip(np.floor((distance - half) / _CLEAR_STEP_M), 0, _CLEAR_STEPS).astype(np.uint8)
    return Cells(codes=codes.astype(np.int16), candidates=list(sets)), clear


def clear_m(steps: NDArray[np.uint8]) -> Floats:
    """Metres to the nearest border, at least, anywhere in a cell."""
    return steps.astype(np.float64) * _CLEAR_STEP_M


def _distances(grid: Grid, xs: Floats, ys: Floats, borders: Borders, half: float) -> Floats:
    """Distance to the nearest border: exact for cells it may run through, a lower bound elsewhere."""
    column, row = np.meshgrid(np.arange(grid.columns), np.arange(grid.rows))
    block = (row // _BLOCK * math.ceil(grid.columns / _BLOCK) + column // _BLOCK).ravel()
    # the block's first cell stands for it: no other cell of the block is further from it than the block's diagonal
    first = np.unique(block, return_index=True)[1]
    bound = borders.nearest_many(xs[first], ys[first])[0] - 2 * _BLOCK * half
    distance: Floats = bound[block]
    close = np.flatnonzero(distance <= half)
    distance[close] = borders.nearest_many(xs[close], ys[close])[0]
    return distance


def _half_diagonal_m(grid: Grid) -> float:
    # 111.4 km is the longest degree there is; a cell is widest at its southern edge
    wide = grid.width * 111_400 * math.cos(math.radians(grid.south))
    return math.hypot(wide, grid.height * 111_400) / 2
