"""Border lines of a coverage: how far is the nearest, and how a normal distribution is shared out across them.

Every edge is kept once, with the area on its left and on its right (`outside` where there is none). The share of a
normal distribution that falls in an area follows from its border alone (Green's theorem in polar coordinates around
the centre, radius r in sigmas): share = [centre inside] - 1/2pi * integral over the border of exp(-r^2/2) d(angle).
Edges beyond 5 sigma add nothing, so only those near are summed; what leaves one area enters the other, so shares sum
to one by construction.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.geodesy import Floats

Ints = NDArray[np.int64]

REACH_SIGMAS: Final = 5.0
OUTSIDE: Final = -1
_CHUNK: Final = 16
# Gauss-Legendre nodes for edges long and short as against sigma
_LONG_NODES, _LONG_WEIGHTS = np.polynomial.legendre.leggauss(24)
_SHORT_NODES, _SHORT_WEIGHTS = np.polynomial.legendre.leggauss(4)
_SHORT_SIGMAS: Final = 0.5
# How much share the centre's own area must have lost before the sums may say which area that is.
_CLEAR_LOSS: Final = 0.01


class Borders:
    """The edges of `polygons` (a valid coverage, metres); an area is its index in `polygons`, -1 outside."""

    def __init__(self, polygons: Any) -> None:
        self.areas = len(polygons)
        coords, ring, area = _rings(polygons)
        at = np.flatnonzero(ring[:-1] == ring[1:])
        left = area[at]
        right, first = _across(coords, at, left)
        at, self.left, self.right = at[first], left[first], right[first]
        self.ax, self.ay = coords[at].T
        self.bx, self.by = coords[at + 1].T
        fresh = np.ones(len(at), dtype=bool)
        fresh[1:] = (np.diff(at) != 1) | (np.diff(self.right) != 0) | (np.diff(self.left) != 0)
        run = np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
        fresh |= (np.arange(len(at)) - run) % _CHUNK == 0
        self._start = np.flatnonzero(fresh)
        self._size = np.diff(np.append(self._start, len(at)))
        self._tree = shapely.STRtree(_chunk_lines(self, self._start, self._size))

    def nearest(self, x: float, y: float) -> tuple[float, int]:
        """Distance in metres to the nearest border and the area on its inner side (the left one)."""
        found, distance = self._tree.query_nearest(shapely.Point(x, y), return_distance=True, all_matches=False)
        return float(distance[0]), int(self.left[self._start[found[0]]])

    def nearest_many(self, xs: Floats, ys: Floats) -> tuple[Floats, Ints]:
        """As `nearest`, for arrays."""
        points = shapely.points(xs, ys)
        (_, found), distance = self._tree.query_nearest(points, return_distance=True, all_matches=False)
        return distance, self.left[self._start[found]]

    def outer_points(self, spacing_m: float) -> tuple[Floats, Ints]:
        """Points (n, 2) along the outer border, at most `spacing_m` apart, and the area of each."""
        outer = np.flatnonzero(self.right == OUTSIDE)
        ends = np.stack([self.ax[outer], self.ay[outer], self.bx[outer], self.by[outer]], axis=1).reshape(-1, 2, 2)
        lines = shapely.segmentize(shapely.linestrings(ends), spacing_m)
        coords, line = shapely.get_coordinates(lines, return_index=True)
        return coords, self.left[outer][line]

    def outer_rings(self) -> list[Floats]:
        """The closed lines of the outer border, each as points (n, 2), land on the left hand."""
        outer = np.flatnonzero(self.right == OUTSIDE)
        begins, ends = (
            (np.round(x[outer] * 1000).astype(np.int64) << 32) + np.round(y[outer] * 1000).astype(np.int64)
            for x, y in ((self.ax, self.ay), (self.bx, self.by))
        )
        order = np.argsort(begins, kind="stable")
        follows = order[np.searchsorted(begins, ends, sorter=order) % len(outer)].tolist()
        rings, new = [], set(range(len(outer)))
        while new:
            ring, at = [], next(iter(new))
            while at in new:
                new.discard(at)
                ring.append(at)
                at = follows[at]
            rings.append(np.stack([self.ax[outer[ring]], self.ay[outer[ring]]], axis=-1))
        return rings

    def adjacent(self) -> set[tuple[int, int]]:
        """Every pair of areas (both orders) that share a border."""
        inner = self.right != OUTSIDE
        pairs = set(zip(self.left[inner].tolist(), self.right[inner].tolist(), strict=True))
        return pairs | {(b, a) for a, b in pairs}

    def shares(self, xs: Floats, ys: Floats, sigmas: Floats, areas: Ints) -> Floats:
        """Shares of a normal distribution (one row a position) in each area, the last column being outside.

        `areas` is the area each position lies in. Rows sum to 1 up to rounding; nothing is negative.
        """
        reach = REACH_SIGMAS * sigmas
        row, chunk = self._tree.query(shapely.box(xs - reach, ys - reach, xs + reach, ys + reach))
        size = self._size[chunk]
        edge = np.repeat(self._start[chunk] - np.cumsum(size) + size, size) + np.arange(size.sum())
        row = np.repeat(row, size)
        flow = self._flow(edge, xs[row], ys[row], sigmas[row])
        width = self.areas + 1
        count = len(xs) * width
        gained = np.bincount(row * width + self.left[edge], -flow, count)
        # index -1 outside is the last column
        gained += np.bincount(row * width + self.right[edge] % width, flow, count)
        shares = gained.reshape(len(xs), width)
        # The centre's own area is the one that lost: this also holds when the centre lies on the line itself.
        home = np.where(shares.min(axis=1) < -_CLEAR_LOSS, shares.argmin(axis=1), areas % width)
        row_numbers = np.arange(len(xs))
        shares[row_numbers, home] = shares[row_numbers, home] + 1.0
        return np.clip(shares, 0.0, 1.0)

    def _flow(self, edge: Ints, x: Floats, y: Floats, sigma: Floats) -> Floats:
        """1/2pi * integral over each edge of exp(-r^2/2) d(angle), the centre at (x, y), lengths in sigmas."""
        ax, ay = (self.ax[edge] - x) / sigma, (self.ay[edge] - y) / sigma
        bx, by = (self.bx[edge] - x) / sigma, (self.by[edge] - y) / sigma
        dx, dy = bx - ax, by - ay
        length = np.hypot(dx, dy)
        ta, tb = (ax * dx + ay * dy) / length, (bx * dx + by * dy) / length
        d = (ax * dy - ay * dx) / length
        near = (np.abs(d) < REACH_SIGMAS) & (tb > -REACH_SIGMAS) & (ta < REACH_SIGMAS)
        flow = np.zeros(len(edge))
        for chosen, nodes, weights in (
            (near & (length < _SHORT_SIGMAS), _SHORT_NODES, _SHORT_WEIGHTS),
            (near & (length >= _SHORT_SIGMAS), _LONG_NODES, _LONG_WEIGHTS),
        ):
            away = np.abs(d[chosen])
            start, end = np.arctan2(ta[chosen], away), np.arctan2(tb[chosen], away)
            half = (end - start) / 2
            cosine = np.cos(((start + end) / 2)[:, None] + half[:, None] * nodes)
            density = np.exp(-0.5 * (away[:, None] / cosine) ** 2) @ weights
            flow[chosen] = np.where(d[chosen] < 0, -1.0, 1.0) * half * density / (2 * np.pi)
        return flow


def _rings(polygons: Any) -> tuple[Floats, Ints, Ints]:
    """All coordinates, land on the left hand, with the number of their ring and of their polygon."""
    faced = shapely.orient_polygons(polygons, exterior_cw=False)
    parts, area = shapely.get_parts(faced, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    return coords, ring, area[part][ring]


def _across(coords: Floats, at: Ints, left: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """For each edge the area across it, and whether it is the first of its pair."""
    millimetres = np.round(coords * 1000).astype(np.int64)
    key = (millimetres[:, 0] << 32) + millimetres[:, 1]
    low, high = np.minimum(key[at], key[at + 1]), np.maximum(key[at], key[at + 1])
    order = np.lexsort((high, low))
    same = (low[order][1:] == low[order][:-1]) & (high[order][1:] == high[order][:-1])
    one, two = order[:-1][same], order[1:][same]
    right = np.full(len(at), OUTSIDE)
    right[one], right[two] = left[two], left[one]
    first = np.ones(len(at), dtype=bool)
    first[np.maximum(one, two)] = False
    return right, first


def _chunk_lines(borders: Borders, start: Ints, size: Ints) -> Any:
    line = np.repeat(np.arange(len(start)), size + 1)
    offset = np.arange(len(line)) - np.repeat(np.cumsum(size + 1) - size - 1, size + 1)
    last = offset == np.repeat(size, size + 1)
    edge = np.repeat(start, size + 1) + offset - last
    points = np.stack(
        [np.where(last, borders.bx[edge], borders.ax[edge]), np.where(last, borders.by[edge], borders.ay[edge])], axis=1
    )
    return shapely.linestrings(points, indices=line)
