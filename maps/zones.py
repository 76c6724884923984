"""Which police zone a position lies in, how surely, which neighbours it may be in, and how far the border is.

The error of a fix is a normal distribution in two dimensions with sigma = radius / sqrt(-2 ln(1 - confidence)). A zone's
probability is the share of it that falls into the zone (`maps.spread`). `zone` is always the zone of the point itself.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from maps.borders import OUTSIDE, REACH_SIGMAS, Borders, Ints
from maps.cells import Finder, clear_m
from maps.geodesy import GEOD, LAMBERT, MERCATOR, WGS84, Floats, to_lambert, to_lambert_many, unit_vectors
from maps.spread import Spread, sigma_m, sigmas_m
from maps.store import DRAWN_M, SHIPPED, Layer, ZoneFileError, read_cells, read_layer

# Beyond this Lambert metres are no longer metres on the ground: (south, north), (west, east).
_NEAR_LAT: Final = (48.5, 52.5)
_NEAR_LON: Final = (1.0, 8.0)
FAR_M = 10_000.0  # a position so far abroad is a fault of the receiver rather than a place: no centre has it
_FAR_SPACING_M: Final = 500.0
_FAR_FEW: Final = 64
_NAMED_ROWS: Final = 5
# The language of the police by their province's NIS code; Brussels (04000) has two. Constitution, art. 4.
_REGIONS: Final = {
    **dict.fromkeys(("10000", "20001", "30000", "40000", "70000"), "nl"),
    **dict.fromkeys(("20002", "50000", "60000", "80000", "90000"), "fr"),
    "04000": "fr nl",
}


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

    @property
    def spelled(self) -> str:
        """What an abbreviated name (KENO, LRH) stands for; empty when it is none, or the table does not say."""
        long = self.name_nl if self.name_nl == self.name_fr else ""
        return "" if _letters(long) == _letters(self.name) else long


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
    Inside Belgium `distance_m` is to the border of the zone; outside, `zone` is the nearest one and `distance_m` the way to it,
    and `cic` is that zone's no farther than FAR_M away, "" beyond.
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

    def free_m(self, confidence: float | None) -> float:
        """The radius up to which a circle of this confidence (%) about the position touches no other zone, nor what is abroad."""
        each = sigma_m(1.0, confidence)
        return self.distance_m / (REACH_SIGMAS * each) if self.inside and each is not None else 0.0


class Zones:
    """The police zones of one data folder. Immutable once loaded; any thread may ask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        layer = read_layer(folder / "zones.parquet")
        towns = read_layer(folder / "municipalities.parquet")
        drawn = {tolerance: read_layer(folder / f"drawn-{tolerance}m.parquet") for tolerance in DRAWN_M}
        cells = read_cells(folder / "cells.parquet")
        self.zones = tuple(Zone(**row) for row in layer.rows())
        self._at = {zone.zone: i for i, zone in enumerate(self.zones)}
        self._towns = [
            Municipality(nis, name) for nis, name in zip(towns.columns["nis"], towns.columns["name"], strict=True)
        ]
        # In Dutch and in French; of German names there is no table.
        self.town_names: dict[str, tuple[str, str]] = {
            nis: (dutch or "", french or "")
            for nis, dutch, french in zip(*(towns.columns[name] for name in ("nis", "name_nl", "name_fr")), strict=True)
        }
        self._town_outlines = towns.outlines
        self._facilities = _facilities(towns)
        columns = (towns.columns[name] for name in ("zone", "name", "name_nl", "name_fr"))
        self._called = {
            (zone, name.casefold()): i
            for i, (zone, *names) in enumerate(zip(*columns, strict=True))
            for name in names
            if name
        }
        self.provinces: dict[str, str] = {
            row["id"]: row["name"] for row in drawn[DRAWN_M[0]].rows() if row["kind"] == "province"
        }
        self._borders = Borders(layer.outlines)
        self._spread = Spread(self._borders, {tolerance: _zone_borders(lines) for tolerance, lines in drawn.items()})
        self._grid, self._clear = cells.grid, cells.clear
        self._zone_finder = Finder(cells.grid, cells.zones, layer.outlines)
        self._town_finder = Finder(cells.grid, cells.municipalities, towns.outlines)
        # one more at the end, so that OUTSIDE (-1) is the empty name
        self._keys = np.array([*self._at, ""], dtype=object)
        self._cics = np.array([*(zone.cic for zone in self.zones), ""], dtype=object)
        self._nis = np.array([*(town.nis for town in self._towns), ""], dtype=object)

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Zones:
        """The zones of `data_dir`; those shipped, read once, if None. Raises `maps.store.DataError` naming the file."""
        return _shipped() if data_dir is None else cls(Path(data_dir))

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each zone by its key, as its people say it."""
        return {zone.zone: zone.name for zone in self.zones}

    @cached_property
    def municipalities(self) -> dict[str, str]:
        """The name of each municipality by its REFNIS code, as its people say it."""
        return {town.nis: town.name for town in self._towns}

    def municipality_named(self, zone: str, name: str) -> Any | None:
        """The outline (EPSG:3812) of the municipality that is called so in one of its languages, in a zone; else None."""
        i = self._called.get((zone, name.casefold()))
        return None if i is None else self._town_outlines[i]

    @cached_property
    def adjacent(self) -> dict[str, tuple[str, ...]]:
        """The zones that share a border with each zone."""
        pairs = sorted(self._borders.adjacent())
        found: dict[str, list[str]] = {key: [] for key in self._at}
        for a, b in pairs:
            if a != b:
                found[self.zones[a].zone].append(self.zones[b].zone)
        return {key: tuple(keys) for key, keys in found.items()}

    def rings(self) -> list[Floats]:
        """The closed lines of the country's outer border, each as points (n, 2) of latitude and longitude."""
        back = Transformer.from_crs(LAMBERT, WGS84, always_xy=True)
        found = (back.transform(ring[:, 0], ring[:, 1]) for ring in self._borders.outer_rings())
        return [np.stack([lats, lons], axis=-1) for lons, lats in found]

    def languages(self, zone: str, centres: str, own: Mapping[str, str]) -> str:
        """The languages of a zone's police, a space between two: its `own` by the key, else its region's, then that for which a
        commune of it has facilities. In Brussels the centre's stands first; of no zone it is the one."""
        if zone in own or zone not in self._at:
            return own.get(zone, centres)
        found = self.zone(zone)
        region = "de" if found.name_de else _REGIONS.get(found.province, centres)
        if " " in region:
            return " ".join(sorted(region.split(), key=lambda one: one != centres))
        return f"{region} {self._facilities.get(zone, '')}".rstrip()

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
        sigma = sigma_m(radius_m, confidence)
        probability: float | None = None
        outside: float | None = None
        neighbours: tuple[Share, ...] = ()
        if sigma is not None:
            if distance_m >= REACH_SIGMAS * sigma or not near:
                probability, outside = (0.0, 1.0) if area == OUTSIDE else (1.0, 0.0)
            else:
                home = nearest if area == OUTSIDE else area
                shares = self._spread.shares(*(np.array([value]) for value in (x, y, sigma, area, home)))[0]
                probability, outside = float(shares[home]), float(shares[-1])
                neighbours = self._listed(shares, home)
        return Location(
            zone=zone.zone,
            name=zone.name,
            probability=probability,
            neighbours=neighbours,
            outside=outside,
            municipality=None if town == OUTSIDE else self._towns[town],
            province=self.provinces[zone.province],
            province_nis=zone.province,
            cic=zone.cic if area != OUTSIDE or distance_m <= FAR_M else "",
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

        Outside Belgium `zone` is the nearest, `cic` is as in `Location` and `municipality_nis` is "". A position that is
        missing or out of range gets "" everywhere and inside = False; `probability` is NaN where the radius does not say.
        """
        lat, lon = np.asarray(lats, dtype=np.float64), np.asarray(lons, dtype=np.float64)
        area, cells = self._areas(lat, lon)
        home = area.copy()
        given = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        abroad = np.flatnonzero(given & (area == OUTSIDE))
        away_m, home[abroad] = self._nearest_many(lat[abroad], lon[abroad])
        cics = self._cics[home]
        cics[abroad[away_m > FAR_M]] = ""
        towns = self._town_finder.many(cells, lat, lon)
        probability = np.full(len(lat), np.nan)
        if radii is not None:
            sigma = sigmas_m(radii, confidences)
            known = np.flatnonzero(given & np.isfinite(sigma))
            probability[known] = self._probabilities(
                lat[known], lon[known], sigma[known], area[known], home[known], cells[known]
            )
        return pd.DataFrame(
            {
                "zone": self._keys[home],
                "probability": probability,
                "municipality_nis": self._nis[towns],
                "cic": cics,
                "inside": area != OUTSIDE,
            }
        )

    def _areas(self, lat: Floats, lon: Floats) -> tuple[Ints, Ints]:
        """The area and the cell of each position."""
        with np.errstate(invalid="ignore"):
            cells = self._grid.cells(lat, lon)
        return self._zone_finder.many(cells, lat, lon), cells

    def _listed(self, shares: Floats, home: int) -> tuple[Share, ...]:
        """The other zones that have a share, the likeliest first."""
        order = np.argsort(-shares[:-1], kind="stable").tolist()
        return tuple(
            Share(self.zones[i].zone, self.zones[i].name, float(shares[i]))
            for i in order
            if shares[i] > 0 and i != home
        )

    def _probabilities(self, lat: Floats, lon: Floats, sigma: Floats, area: Ints, home: Ints, cells: Ints) -> Floats:
        """Each position's probability of its own zone."""
        found = np.where(area == OUTSIDE, 0.0, 1.0)
        clear = np.where(cells < 0, 0.0, clear_m(self._clear[cells]))
        todo = np.flatnonzero(_near(lat, lon) & (clear < REACH_SIGMAS * sigma))
        if not len(todo):
            return found
        xs, ys = to_lambert_many(lat[todo], lon[todo])
        close = self._borders.nearest_many(xs, ys)[0] < REACH_SIGMAS * sigma[todo]
        todo, xs, ys = todo[close], xs[close], ys[close]
        for rows in self._spread.batches(sigma[todo]):
            at = todo[rows]
            shares = self._spread.shares(xs[rows], ys[rows], sigma[at], area[at], home[at])
            found[at] = shares[np.arange(len(at)), home[at]]
        return found

    def _nearest_many(self, lat: Floats, lon: Floats) -> tuple[Floats, Ints]:
        """The way in metres to the nearest area of positions outside, and that area."""
        away_m, found = np.zeros(len(lat)), np.zeros(len(lat), dtype=np.int64)
        near = _near(lat, lon)
        if near.any():
            away_m[near], found[near] = self._borders.nearest_many(*to_lambert_many(lat[near], lon[near]))
        for i in np.flatnonzero(~near):
            away_m[i], found[i] = self._far(float(lat[i]), float(lon[i]))
        return away_m, found

    @cached_property
    def _rim(self) -> tuple[Floats, Floats, Floats, Ints]:
        """Points along the country's border: latitudes, longitudes, the same as unit vectors, the area of each."""
        points, areas = self._borders.outer_points(_FAR_SPACING_M)
        lons, lats = Transformer.from_crs(LAMBERT, WGS84, always_xy=True).transform(points[:, 0], points[:, 1])
        return lats, lons, unit_vectors(lats, lons), areas

    def _far(self, lat: float, lon: float) -> tuple[float, int]:
        """Ground distance to the country and the area there, to a few metres; for positions tens of km away or more."""
        lats, lons, vectors, areas = self._rim
        nearness = vectors @ unit_vectors(np.array([lat]), np.array([lon]))[0]
        # the Earth is no sphere: the nearest is among those nearest on one
        few = np.argpartition(-nearness, _FAR_FEW)[:_FAR_FEW] if len(nearness) > _FAR_FEW else np.arange(len(nearness))
        distance = GEOD.inv(np.full(len(few), lon), np.full(len(few), lat), lons[few], lats[few])[2]
        best = int(np.argmin(distance))
        return float(distance[best]), int(areas[few[best]])


def _facilities(towns: Layer) -> dict[str, str]:
    """By zone the language for which a commune of it has facilities."""
    with (SHIPPED / "facilities.csv").open(encoding="utf-8", newline="") as file:
        spoken = {row["nis"]: row["language"] for row in csv.DictReader(file)}
    places = zip(towns.columns["nis"], towns.columns["zone"], strict=True)
    return {zone: spoken[nis] for nis, zone in places if nis in spoken}


@lru_cache(maxsize=1)
def _shipped() -> Zones:
    return Zones(SHIPPED)


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
        if not Path(path).is_file():  # a pipe that nobody writes to would be waited for
            raise ValueError("there is no such file")
        with Path(path).open(encoding="utf-8-sig") as file:
            parted = ";" if ";" in file.readline() else ","  # as a Belgian spreadsheet writes it, with decimal commas
        table = pd.read_csv(path, sep=parted, dtype=str, keep_default_na=False, skipinitialspace=True)
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
    text = table[column].str.strip().str.replace(",", ".")
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


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _degrees(value: float, name: str, limit: float) -> float:
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is not a number") from None
    if not -limit <= degrees <= limit:
        raise ValueError(f"{name} is not between -{limit:g} and {limit:g}")
    return degrees


def _near(lat: Floats, lon: Floats) -> NDArray[np.bool_]:
    return (lat > _NEAR_LAT[0]) & (lat < _NEAR_LAT[1]) & (lon > _NEAR_LON[0]) & (lon < _NEAR_LON[1])


def _zone_borders(layer: Layer) -> Borders:
    """The borders of a drawn layer's zones, in Lambert metres; equal points stay equal."""
    zones = np.array([kind == "zone" for kind in layer.columns["kind"]])
    back = Transformer.from_crs(MERCATOR, LAMBERT, always_xy=True)
    return Borders(shapely.transform(layer.outlines[zones], back.transform, interleaved=False))
