"""The drawn streets nearest to a position: where no address is loaded, they say where somebody is, as the map does."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

import msgspec
import numpy as np
from numpy.typing import NDArray

from maps.geodesy import Floats, to_mercator, to_wgs84
from maps.streets.cutting import lines_in
from maps.streets.reading import StreetsError
from maps.streets.scales import SCALES, Kind
from maps.streets.street_file import Streets

_NEAR = next(n for n, scale in enumerate(SCALES) if scale.above == 0)  # in full
_NAMED = frozenset((Kind.MOTORWAY, Kind.MAIN, Kind.SECONDARY, Kind.TERTIARY, Kind.STREET))


class Drawn(msgspec.Struct, frozen=True):
    """A street by its label, and its nearest point in WGS 84 degrees."""

    label: str
    lat: float
    lon: float


class _Segments(msgspec.Struct, frozen=True):
    labels: list[str]
    of: NDArray[np.int32]
    starts: Floats
    ends: Floats


def closest(streets: Streets, lat: float, lon: float, reach_m: float) -> tuple[Drawn, ...]:
    """The nearest two named streets within `reach_m` metres of a position, the nearer first; none of a damaged file."""
    x, y = to_mercator(lat, lon)
    reach, size = reach_m / math.cos(math.radians(lat)), SCALES[_NEAR].cell_m
    cells = product(
        range(math.floor((x - reach) / size), math.floor((x + reach) / size) + 1),
        range(math.floor((y - reach) / size), math.floor((y + reach) / size) + 1),
    )
    best: dict[str, tuple[float, float, float]] = {}
    for cell in cells:
        found = _segments(streets, *cell)
        along = found.ends - found.starts
        way = np.clip(((np.array((x, y)) - found.starts) * along).sum(axis=1) / (along * along).sum(axis=1), 0, 1)
        points = found.starts + way[:, None] * along
        away = np.hypot(*(points - (x, y)).T)
        for i in np.flatnonzero(away <= reach).tolist():
            label, one = found.labels[found.of[i]], (float(away[i]), *points[i].tolist())
            best[label] = min(one, best.get(label, one))
    nearest = sorted((one, label) for label, one in best.items())[:2]
    return tuple(Drawn(label, *to_wgs84(px, py)) for (_, px, py), label in nearest)


@lru_cache(maxsize=256)
def _segments(streets: Streets, x: int, y: int) -> _Segments:
    cell = _NEAR, x, y
    try:
        lines = [one for one in lines_in(cell, streets.lines(cell)) if one.label and one.kind in _NAMED]
    except (StreetsError, msgspec.DecodeError):  # the map says so
        lines = []
    labels = list(dict.fromkeys(one.label for one in lines))
    number = {label: n for n, label in enumerate(labels)}
    return _Segments(
        labels=labels,
        of=np.array([number[one.label] for one in lines for _ in one.corners[1:]], dtype=np.int32),
        starts=np.concatenate([np.empty((0, 2)), *(one.corners[:-1] for one in lines)]),
        ends=np.concatenate([np.empty((0, 2)), *(one.corners[1:] for one in lines)]),
    )
