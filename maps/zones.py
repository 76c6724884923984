"""Which police zone a position lies in, how surely, which neighbours it may be in, and how far the border is.

The error of a fix is a normal distribution in two dimensions with sigma = radius / sqrt(-2 ln(1 - confidence)). A zone's
probability is the share of it that falls into the zone. `zone` is always the zone of the point itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from maps.borders import OUTSIDE, REACH_SIGMAS, Borders, Ints
from maps.cells import Finder, clear_m
from maps.geodesy import GEOD, LAMBERT, WGS84, Floats, to_lambert, to_lambert_many
from maps.store import SHIPPED, ZoneFileError, read_cells, read_layer

CONFIDENCE: Final = 68.0
# A fix vaguer than this says nothing about a police zone.
MAX_RADIUS_M: Final = 50_000.0
# A smaller share is not listed; all it held is shared out over those listed, in proportion.
LEAST_SHARE: Final = 0.001

# Beyond this Lambert metres are no longer metres on the ground: (south, north), (west, east).
_NEAR_LAT: Final = (48.5, 52.5)
_NEAR_LON: Final = (1.0, 8.0)
_FAR_SPACING_M: Final = 500.0
_BATCH_EDGES: Final = 300_000
_NAMED_ROWS: Final = 5


class Zone(msgspec.Struct, frozen=True):
    """A police zone as the table has it. `number` is empty where the police's own is not known."""

    zone: str
    number: str
    name: str
    name_nl: str
    name_fr: str
    name_de: str
    province: str
    cic: str


class Share(msgspec.Struct, frozen=True):
    """A zone and the probability (0..1) that the position lies in it."""

    zone: str
    name: str
    probability: float


class Municipality(msgspec.Struct, frozen=True):
    """REFNIS code and name, as its people say it."""

    nis: str
    name: str


class Location(msgspec.Struct, frozen=True):
    """Where a position is.

    `probability`, `outside` (0..1) are None and `neighbours` is empty when the radius does not say; else they sum to 1.
    Inside Belgium `distance_m` is to the border of the zone; outside, `zone` is the nearest one and `distance_m` the way to it.
    """

    zone: str
    name: str
    probability: float | None
    neighbours: tuple[Share, ...]
    outside: float | None
    municipality: Municipality | None
    province: str
    province_nis: str
    cic: str
    inside: bool
    distance_m: float


class Zones:
    """The police zones of one data folder. Immutable once loaded; any thread may ask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        layer = read_layer(folder / "zones.parquet")
        towns = read_layer(folder / "municipalities.parquet")
        drawn = read_layer(folder / "drawn-400m.parquet")
        cells = read_cells(folder / "cells.parquet")
        self.zones = tuple(Zone(**row) for row in layer.rows())
        self._at = {zone.zone: i for i, zone in enumerate(self.zones)}
        self._towns = [
            Municipality(nis, name) for nis, name in zip(towns.columns["nis"], towns.columns["name"], strict=True)
        ]
        self._provinces = {row["id"]: row["name"] for row in drawn.rows() if row["kind"] == "province"}
        self._borders = Borders(layer.outlines)
        self._grid, self._clear = cells.grid, cells.clear
        self._zone_finder = Finder(cells.grid, cells.zones, layer.outlines)
        self._town_finder = Finder(cells.grid, cells.municipalities, towns.outlines)
        # one more at the end, so that OUTSIDE (-1) is the empty name
        self._keys = np.array([*self._at, ""], dtype=object)
        self._cics = np.array([*(zone.cic for zone in self.zones), ""], dtype=object)
        self._nis = np.array([*(town.nis for town in self._towns), ""], dtype=object)

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Zones:
        """The zones of `data_dir`; those shipped if None. Raises `maps.store.DataError` naming the file."""
        return cls(SHIPPED if data_dir is None else Path(data_dir))

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each zone by its key, as its people say it."""
        return {zone.zone: zone.name for zone in self.zones}

    @cached_property
    def adjacent(self) -> dict[str, tuple[str, ...]]:
        """The zones that share a border with each zone."""
        pairs = sorted(self._borders.adjacent())
        found: dict[str, list[str]] = {key: [] for key in self._at}
        for a, b in pairs:
            if a != b:
                found[self.zones[a].zone].append(self.zones[b].zone)
        return {key: tuple(keys) for key, keys in found.items()}

    def known(self, zone: str) -> bool:
        """Whether there is a zone of this key."""
        return zone in self._at

    def zone(self, zone: str) -> Zone:
        """The facts of a zone. Raises KeyError."""
        return self.zones[self._at[zone]]

    def locate(
        self, lat: float, lon: float, radius_m: float | None = None, confidence: float | None = None
    ) -> Location:
        """Where a position is: degrees (WGS 84), radius in metres, confidence in per cent.

        A confidence that is none counts as 68; a radius of 0 or less, above 50 km or missing says nothing.
        Raises ValueError when lat or lon is no number or out of range; any place on Earth is answered.
        """
        lat, lon = _degrees(lat, "lat", 90.0), _degrees(lon, "lon", 180.0)
        cell = self._grid.cell(lat, lon)
        near = _NEAR_LAT[0] < lat < _NEAR_LAT[1] and _NEAR_LON[0] < lon < _NEAR_LON[1]
        if near:
            x, y = to_lambert(lat, lon)
            area = self._zone_finder.one(cell, x, y)
            distance_m, nearest = self._borders.nearest(x, y)
            town = self._town_finder.one(cell, x, y)
        else:
            area, town = OUTSIDE, OUTSIDE
            distance_m, nearest = self._far(lat, lon)
        zone = self.zones[nearest if area == OUTSIDE else area]
        sigma = _sigma_m(radius_m, confidence)
        probability: float | None = None
        outside: float | None = None
        neighbours: tuple[Share, ...] = ()
        if sigma is not None:
            if distance_m >= REACH_SIGMAS * sigma or not near:
                probability, outside = (0.0, 1.0) if area == OUTSIDE else (1.0, 0.0)
            else:
                probability, outside, neighbours = self._shares(x, y, sigma, area, self._at[zone.zone])
        return Location(
            zone=zone.zone,
            name=zone.name,
            probability=probability,
            neighbours=neighbours,
            outside=outside,
            municipality=None if town == OUTSIDE else self._towns[town],
            province=self._provinces[zone.province],
            province_nis=zone.province,
            cic=zone.cic,
            inside=area != OUTSIDE,
            distance_m=distance_m,
        )

    def zones_of(self, lats: ArrayLike, lons: ArrayLike) -> NDArray[np.object_]:
        """The key of the zone each position lies in; "" outside Belgium, and where lat or lon is missing."""
        lat, lon = np.asarray(lats, dtype=np.float64), np.asarray(lons, dtype=np.float64)
        return np.asarray(self._keys[self._areas(lat, lon)[0]])

    def locate_many(
        self,
        lats: ArrayLike,
        lons: ArrayLike,
        radii: ArrayLike | None = None,
        confidences: ArrayLike | None = None,
    ) -> pd.DataFrame:
        """As `locate`, for arrays: zone, probability, municipality_nis, cic, inside.

        Outside Belgium `zone` and `cic` are the nearest zone's and `municipality_nis` is "". A position that is missing or
        out of range gets "" everywhere and inside = False; `probability` is NaN where the radius does not say.
        """
        lat, lon = np.asarray(lats, dtype=np.float64), np.asarray(lons, dtype=np.float64)
        area, cells = self._areas(lat, lon)
        home = area.copy()
        given = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        abroad = np.flatnonzero(given & (area == OUTSIDE))
        home[abroad] = self._nearest_many(lat[abroad], lon[abroad])
        towns = self._town_finder.many(cells, lat, lon)
        probability = np.full(len(lat), np.nan)
        if radii is not None:
            sigma = _sigmas_m(np.asarray(radii, dtype=np.float64), confidences)
            known = np.flatnonzero(given & np.isfinite(sigma))
            probability[known] = self._probabilities(
                lat[known], lon[known], sigma[known], area[known], home[known], cells[known]
            )
        return pd.DataFrame(
            {
                "zone": self._keys[home],
                "probability": probability,
                "municipality_nis": self._nis[towns],
                "cic": self._cics[home],
                "inside": area != OUTSIDE,
            }
        )

    def _areas(self, lat: Floats, lon: Floats) -> tuple[Ints, Ints]:
        """The area and the cell of each position."""
        with np.errstate(invalid="ignore"):
            cells = self._grid.cells(lat, lon)
        return self._zone_finder.many(cells, lat, lon), cells

    def _shares(self, x: float, y: float, sigma: float, area: int, home: int) -> tuple[float, float, tuple[Share, ...]]:
        """Probability of the zone itself, of being outside, and the neighbours', the likeliest first."""
        shares = self._borders.shares(np.array([x]), np.array([y]), np.array([sigma]), np.array([area]))[0]
        small = shares < LEAST_SHARE
        small[home] = small[-1] = False
        shares[small] = 0.0
        shares /= shares.sum()
        others = [int(i) for i in np.argsort(-shares[:-1], kind="stable") if shares[i] > 0 and i != home]
        return (
            float(shares[home]),
            float(shares[-1]),
            tuple(Share(self.zones[i].zone, self.zones[i].name, float(shares[i])) for i in others),
        )

    def _probabilities(self, lat: Floats, lon: Floats, sigma: Floats, area: Ints, home: Ints, cells: Ints) -> Floats:
        """Each position's probability of its own zone."""
        found = np.where(area == OUTSIDE, 0.0, 1.0)
        clear = np.where(cells < 0, 0.0, clear_m(self._clear[cells]))
        near = (lat > _NEAR_LAT[0]) & (lat < _NEAR_LAT[1]) & (lon > _NEAR_LON[0]) & (lon < _NEAR_LON[1])
        todo = np.flatnonzero(near & (clear < REACH_SIGMAS * sigma))
        xs, ys = to_lambert_many(lat[todo], lon[todo])
        distance = self._borders.nearest_many(xs, ys)[0] if len(todo) else np.zeros(0)
        close = distance < REACH_SIGMAS * sigma[todo]
        todo, xs, ys = todo[close], xs[close], ys[close]
        order = np.argsort(sigma[todo], kind="stable")
        todo, xs, ys = todo[order], xs[order], ys[order]
        start = 0
        while start < len(todo):
            end = start + _batch(sigma[todo], start)
            rows = todo[start:end]
            shares = self._borders.shares(xs[start:end], ys[start:end], sigma[rows], area[rows])
            own = shares[np.arange(len(rows)), home[rows]]
            small = shares < LEAST_SHARE
            small[np.arange(len(rows)), home[rows]] = small[:, -1] = False
            found[rows] = own / np.where(small, 0.0, shares).sum(axis=1)
            start = end
        return found

    def _nearest_many(self, lat: Floats, lon: Floats) -> Ints:
        """The nearest area to positions outside."""
        found = np.zeros(len(lat), dtype=np.int64)
        near = (lat > _NEAR_LAT[0]) & (lat < _NEAR_LAT[1]) & (lon > _NEAR_LON[0]) & (lon < _NEAR_LON[1])
        if near.any():
            found[near] = self._borders.nearest_many(*to_lambert_many(lat[near], lon[near]))[1]
        for i in np.flatnonzero(~near):
            found[i] = self._far(float(lat[i]), float(lon[i]))[1]
        return found

    @cached_property
    def _rim(self) -> tuple[Floats, Floats, Ints]:
        """Latitudes, longitudes and areas of points along the country's border."""
        points, areas = self._borders.outer_points(_FAR_SPACING_M)
        lons, lats = Transformer.from_crs(LAMBERT, WGS84, always_xy=True).transform(points[:, 0], points[:, 1])
        return lats, lons, areas

    def _far(self, lat: float, lon: float) -> tuple[float, int]:
        """Ground distance to the country and the area there, to a metre; for positions tens of km away or more."""
        lats, lons, areas = self._rim
        distance = GEOD.inv(np.full(len(lats), lon), np.full(len(lats), lat), lons, lats)[2]
        best = int(np.argmin(distance))
        return float(distance[best]), int(areas[best])


def location_json(location: Location) -> dict[str, Any]:
    """A location as `python app.py locate` prints it."""
    town = location.municipality
    return {
        "zone": location.zone,
        "name": location.name,
        "probability": _rounded(location.probability),
        "neighbours": [
            {"zone": n.zone, "name": n.name, "probability": _rounded(n.probability)} for n in location.neighbours
        ],
        "outside": _rounded(location.outside),
        "municipality": None if town is None else {"nis": town.nis, "name": town.name},
        "province": location.province,
        "cic": location.cic,
        "inside": location.inside,
        "distance_m": round(location.distance_m, 1),
    }


def locate_file(path: Path, zones: Zones) -> pd.DataFrame:
    """The rows of a CSV with columns lat, lon and maybe radius, confidence, with the columns of `locate_many` added.

    An empty position is answered with empty cells. Raises `ZoneFileError` naming the missing column or the bad rows.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (OSError, ValueError) as error:
        raise ZoneFileError(f"{Path(path).name} cannot be read: {error}") from error
    missing = [name for name in ("lat", "lon") if name not in table.columns]
    if missing:
        raise ZoneFileError(f"{Path(path).name}: missing column {', '.join(missing)}")
    given = {name: _numbers(table, name) for name in ("lat", "lon", "radius", "confidence") if name in table.columns}
    for name, limit in (("lat", 90.0), ("lon", 180.0)):
        _refuse(np.flatnonzero(np.abs(given[name]) > limit), f"{name} out of range")
    found = zones.locate_many(given["lat"], given["lon"], given.get("radius"), given.get("confidence"))
    return pd.concat([table.drop(columns=[c for c in found.columns if c in table.columns]), found], axis=1)


def _numbers(table: pd.DataFrame, column: str) -> Floats:
    text = table[column].str.strip()
    numbers = np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)
    _refuse(np.flatnonzero(~np.isfinite(numbers) & (text != "").to_numpy()), f"{column} is not a number")
    return numbers


def _refuse(rows: Sequence[int] | Ints, reason: str) -> None:
    """Raises `ZoneFileError` when there are rows; the header is row 1, as in a spreadsheet."""
    if len(rows):
        named = ", ".join(str(int(row) + 2) for row in rows[:_NAMED_ROWS])
        more = f" and {len(rows) - _NAMED_ROWS} more" if len(rows) > _NAMED_ROWS else ""
        raise ZoneFileError(f"row {named}{more}: {reason}")


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 6)


def _degrees(value: float, name: str, limit: float) -> float:
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is not a number") from None
    if not -limit <= degrees <= limit:
        raise ValueError(f"{name} is not between -{limit:g} and {limit:g}")
    return degrees


def _sigma_m(radius_m: float | None, confidence: float | None) -> float | None:
    if radius_m is None or not 0 < radius_m <= MAX_RADIUS_M:
        return None
    if confidence is None or not 0 < confidence < 100:
        confidence = CONFIDENCE
    return radius_m / math.sqrt(-2 * math.log1p(-confidence / 100))


def _sigmas_m(radii: Floats, confidences: ArrayLike | None) -> Floats:
    """As `_sigma_m`, NaN where the radius does not say."""
    given = np.full(len(radii), np.nan) if confidences is None else np.asarray(confidences, dtype=np.float64)
    confidence = np.where((given > 0) & (given < 100), given, CONFIDENCE)
    radius = np.where((radii > 0) & (radii <= MAX_RADIUS_M), radii, np.nan)
    return np.asarray(radius / np.sqrt(-2 * np.log1p(-confidence / 100)))


def _batch(sigmas: Floats, start: int) -> int:
    """How many positions (sorted by sigma) to sum at once: about seven edges lie in a square kilometre."""
    edges = 100 + 700 * (sigmas[start:] / 1000) ** 2
    return max(1, int(np.searchsorted(np.cumsum(np.minimum(edges, 210_000)), _BATCH_EDGES)))
