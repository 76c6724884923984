"""The addresses as columns: streets, their numbers, and where each address is by cells of a grid.

Every column is an array over one of these: streets (S), addresses in the order of their cells (A), cells of the grid (C). They
are views of a file where a centre has imported one, so that a start reads nothing of them. Degrees are kept times 100,000 (a
metre, which is what the sources say).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maps.geodesy import GEOD

Ints = NDArray[np.integer[Any]]

SCALE: Final = 100_000
SOUTH, NORTH, WEST, EAST = 4_940_000, 5_160_000, 240_000, 650_000  # around Belgium, in degrees times 100,000
CELL_LAT, CELL_LON = 200, 300  # some 220 by 210 m: what is within 150 m lies in three rows of three cells
ROWS: Final = (NORTH - SOUTH) // CELL_LAT
COLUMNS: Final = (EAST - WEST) // CELL_LON + 1
CELLS: Final = ROWS * COLUMNS
OWNERS: Final = "© Informatie Vlaanderen, SPW, CIRB-CIBG"  # maps/data/ATTRIBUTION.md
UNKNOWN: Final = -1  # of an extent


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Where the addresses come from: `made` is when (RFC 3339 UTC; "" of the shipped ones), `files` the imported files with
    what each is of, `sources` the names that a street's `source` counts in, to be credited."""

    made: str = ""
    files: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    imported: int = 0  # addresses that were imported; the others are the shipped ones

    @property
    def credit(self) -> str:
        """What stands wherever words of addresses do; "" where none are loaded."""
        return OWNERS if self.sources else ""


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """All columns. `known` is how many addresses a street's source counts, also where none is here; `lat`, `lon` of a street
    are its middle (0: not known), `extent` metres from there to its furthest address. `first` and `order` list a street's
    addresses: those at `order[first[s] : first[s + 1]]`; `cell_first` those of a cell."""

    about: About
    # (S)
    name_nl: pa.StringArray
    name_fr: pa.StringArray
    name_de: pa.StringArray
    postcode: Ints
    nis: Ints
    source: Ints
    known: Ints
    middle_lat: Ints
    middle_lon: Ints
    extent: Ints
    first: Ints
    # the numbers that are in use
    numbers: pa.StringArray
    # (A)
    street: Ints
    number: Ints
    lat: Ints
    lon: Ints
    order: Ints
    # (C + 1)
    cell_first: Ints

    def names(self, street: int) -> tuple[str, str, str]:
        """The names of a street in Dutch, French, German; "" where it has none."""
        nl, fr, de = (str(column[street].as_py()) for column in (self.name_nl, self.name_fr, self.name_de))
        return nl, fr, de

    def of_street(self, street: int) -> Ints:
        """The addresses of a street."""
        return self.order[self.first[street] : self.first[street + 1]]

    def about_box(self, south: float, north: float, west: float, east: float) -> NDArray[np.int64]:
        """The addresses of the cells that a box touches, in degrees times 100,000: all of those in it, and some beside."""
        if north < SOUTH or south >= NORTH or east < WEST or west >= EAST:
            return np.empty(0, np.int64)
        rows = range(int(max(south - SOUTH, 0)) // CELL_LAT, int(min(north, NORTH - 1) - SOUTH) // CELL_LAT + 1)
        left, right = int(max(west - WEST, 0)) // CELL_LON, int(min(east, EAST - 1) - WEST) // CELL_LON
        first = self.cell_first
        parts = [np.arange(first[row * COLUMNS + left], first[row * COLUMNS + right + 1]) for row in rows]
        return np.concatenate(parts).astype(np.int64)


class StreetColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Streets as a source has them; `middle_lat`, `middle_lon` 0 where it does not say."""

    names: tuple[pa.StringArray, pa.StringArray, pa.StringArray]
    postcode: Ints
    nis: Ints
    source: Ints
    known: Ints
    middle_lat: Ints
    middle_lon: Ints


class AddressColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses as a source has them, in any order; `number` counts in `numbers`. All lie within the grid."""

    numbers: pa.StringArray
    street: Ints
    number: Ints
    lat: Ints
    lon: Ints


def cell_of(lat: Ints, lon: Ints) -> Ints:
    """The cell of each position, in degrees times 100,000."""
    return (lat - SOUTH) // CELL_LAT * COLUMNS + (lon - WEST) // CELL_LON


def within_grid(lat: Ints, lon: Ints) -> NDArray[np.bool_]:
    """Which positions lie in the grid."""
    return (lat >= SOUTH) & (lat < NORTH) & (lon >= WEST) & (lon < EAST)


def build(about: About, streets: StreetColumns, addresses: AddressColumns) -> Tables:
    """The columns with their orders; the middle of a street that has none is that of its addresses."""
    cell = cell_of(addresses.lat, addresses.lon)
    by_cell = np.lexsort((addresses.number, addresses.street, cell))
    lat, lon, street, number = (
        np.ascontiguousarray(column[by_cell], dtype=np.int32)
        for column in (addresses.lat, addresses.lon, addresses.street, addresses.number)
    )
    count = len(streets.postcode)
    cell_first, first = _starts(cell[by_cell], CELLS), _starts(np.sort(street), count)
    order = np.argsort(street, kind="stable").astype(np.int32)
    has = np.diff(first) > 0
    middle_lat, middle_lon = (
        np.where(has & (given == 0), _means(street, values, count), given).astype(np.int32)
        for values, given in ((lat, streets.middle_lat), (lon, streets.middle_lon))
    )
    return Tables(
        about=about,
        **dict(zip(("name_nl", "name_fr", "name_de"), streets.names, strict=True)),
        postcode=streets.postcode.astype(np.int16),
        nis=streets.nis.astype(np.int32),
        source=streets.source.astype(np.uint8),
        known=np.maximum(streets.known, np.diff(first)).astype(np.int32),
        middle_lat=middle_lat,
        middle_lon=middle_lon,
        extent=_extents(middle_lat, middle_lon, first, lat[order], lon[order], streets.known),
        first=first,
        numbers=addresses.numbers,
        street=street,
        number=number,
        lat=lat,
        lon=lon,
        order=order,
        cell_first=cell_first,
    )


def _starts(groups: Ints, count: int) -> Ints:
    """Where each of `count` groups begins among its sorted members, and where the last one ends."""
    return np.searchsorted(groups, np.arange(count + 1)).astype(np.int32)


def _means(group: Ints, values: Ints, count: int) -> NDArray[np.float64]:
    many = np.maximum(np.bincount(group, minlength=count), 1)
    return np.rint(np.bincount(group, weights=values, minlength=count) / many)


def _extents(lat: Ints, lon: Ints, first: Ints, of_lat: Ints, of_lon: Ints, known: Ints) -> Ints:
    """How far each street reaches from its middle, m; unknown where not all of its addresses are here."""
    count = np.diff(first)
    street = np.repeat(np.arange(len(count)), count)
    away = ground_m(lat[street] / SCALE, lon[street] / SCALE, of_lat / SCALE, of_lon / SCALE)
    reach = np.full(len(count), UNKNOWN, dtype=np.int32)
    some = np.flatnonzero(count)
    if len(some):
        reach[some] = np.ceil(np.maximum.reduceat(away, first[some]))
    return np.where(count >= known, reach, UNKNOWN).astype(np.int32)


def ground_m(lat: Any, lon: Any, to_lat: Any, to_lon: Any) -> Any:
    """Metres over the ground between positions some hundreds of metres apart (to 1 in 10,000), for arrays of one shape."""
    per_lat, per_lon = metres_per_degree(lat)
    return np.hypot((to_lat - lat) * per_lat, (to_lon - lon) * per_lon)


def metres_per_degree(lat: Any) -> tuple[Any, Any]:
    """Metres of a degree of latitude and of longitude at a latitude, on the WGS 84 ellipsoid."""
    sine = np.sin(np.radians(lat))
    curve = np.sqrt(1 - GEOD.es * sine * sine)
    return (
        np.radians(GEOD.a * (1 - GEOD.es) / curve**3),
        np.radians(GEOD.a / curve) * np.cos(np.radians(lat)),
    )
