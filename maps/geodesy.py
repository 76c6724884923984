"""Coordinates: WGS 84 degrees to Belgian Lambert 2008 and web Mercator metres, distances over the ground.

ETRS89 is taken as WGS 84 (they differ by under a metre, less than any fix knows). Lambert 2008 (EPSG:3812) is
written out here because one call of a general projection library costs more than a whole zone look-up may.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod, Transformer

Floats = NDArray[np.float64]

LAMBERT: Final = "EPSG:3812"
MERCATOR: Final = "EPSG:3857"
WGS84: Final = "EPSG:4326"
GEOD: Final = Geod(ellps="WGS84")

# EPSG:3812, GRS 80
_A: Final = 6378137.0
_F: Final = 1 / 298.257222101
_E: Final = math.sqrt(_F * (2 - _F))
_LON0: Final = math.radians(4.359215833333333)
_X0: Final = 649328.0
_Y0: Final = 665262.0
# Where web maps cut the world off; further north or south the projection has no end.
_MERCATOR_LAT: Final = 85.051128779806604


def _t(lat: float) -> float:
    s = _E * math.sin(lat)
    return float(math.tan(math.pi / 4 - lat / 2) / ((1 - s) / (1 + s)) ** (_E / 2))


def _m(lat: float) -> float:
    return math.cos(lat) / math.sqrt(1 - (_E * math.sin(lat)) ** 2)


_LAT1, _LAT2, _LAT0 = math.radians(49.83333333333334), math.radians(51.16666666666666), math.radians(50.797815)
_N: Final = (math.log(_m(_LAT1)) - math.log(_m(_LAT2))) / (math.log(_t(_LAT1)) - math.log(_t(_LAT2)))
_AF: Final = _A * _m(_LAT1) / (_N * _t(_LAT1) ** _N)
_R0: Final = _AF * _t(_LAT0) ** _N


def to_lambert(lat: float, lon: float) -> tuple[float, float]:
    """Lambert 2008 (x, y) in metres of one position in degrees; meant for positions within Europe."""
    r = _AF * _t(math.radians(lat)) ** _N
    theta = _N * (math.radians(lon) - _LON0)
    return _X0 + r * math.sin(theta), _Y0 + _R0 - r * math.cos(theta)


def to_lambert_many(lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
    """As `to_lambert`, for arrays of one shape."""
    lat = np.radians(lats)
    s = _E * np.sin(lat)
    t = np.tan(np.pi / 4 - lat / 2) / ((1 - s) / (1 + s)) ** (_E / 2)
    r = _AF * t**_N
    theta = _N * (np.radians(lons) - _LON0)
    return _X0 + r * np.sin(theta), _Y0 + _R0 - r * np.cos(theta)


def place_of(x: float, y: float) -> tuple[float, float]:
    """(lat, lon) in degrees of a Lambert 2008 position; slow, for messages."""
    lon, lat = Transformer.from_crs(LAMBERT, WGS84, always_xy=True).transform(x, y)
    return float(lat), float(lon)


def to_mercator(lat: float, lon: float) -> tuple[float, float]:
    """Web Mercator (x, y) in its own metres; latitudes beyond 85.05 degrees are drawn at the edge."""
    lat = max(-_MERCATOR_LAT, min(_MERCATOR_LAT, lat))
    return math.radians(lon) * _A, math.asinh(math.tan(math.radians(lat))) * _A


def to_mercator_many(lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
    """As `to_mercator`, for arrays of one shape."""
    lat = np.radians(np.clip(lats, -_MERCATOR_LAT, _MERCATOR_LAT))
    return np.radians(lons) * _A, np.arcsinh(np.tan(lat)) * _A


def to_wgs84(x: float, y: float) -> tuple[float, float]:
    """(lat, lon) in degrees of a web Mercator position: where a click on the map is."""
    return math.degrees(math.atan(math.sinh(y / _A))), math.degrees(x / _A)


def unit_vectors(lats: Floats, lons: Floats) -> Floats:
    """Positions as points (n, 3) on the unit sphere: the nearer two are, the larger their scalar product."""
    lat, lon = np.radians(lats), np.radians(lons)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def ground_distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres over the WGS 84 ellipsoid between two (lat, lon)."""
    return float(GEOD.inv(a[1], a[0], b[1], b[0])[2])


def bearing_deg(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Initial course from a to b, both (lat, lon), in degrees from north, clockwise, 0 <= bearing < 360."""
    return float(GEOD.inv(a[1], a[0], b[1], b[0])[0]) % 360.0
