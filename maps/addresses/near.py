"""What lies nearest to a position: a number, a street or two, a quarter, a municipality. Never surer than the fix.

Which number is nearest flips within a metre, and a street within tens. So what is said follows from how far off it may be: the
larger of the radius of the fix and the way to the address.

| at most | said |
|---|---|
| 30 m | the nearest number |
| 150 m | the street, or the two it may be: the next one no further than the radius behind the first |
| 150 m, where no address is so near | the drawn street within 50 m, or the two it may be, marked as drawn |
| beyond | the quarter, where the middle of one is within 2 km, or the municipality |
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import Final, Literal

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from maps.addresses.tables import SCALE, Tables, metres_per_degree
from maps.geodesy import bearing_deg

NUMBER_M: Final = 30.0
STREET_M: Final = 150.0
DRAWN_M: Final = 50.0  # from the middle of a street to who stands in it; not every street is drawn
QUARTER_M: Final = 2_000.0

Kind = Literal["number", "street", "two_streets", "quarter", "municipality", "outside"]
_REACH_M: Final[dict[Kind, float]] = {"number": NUMBER_M, "street": STREET_M, "two_streets": STREET_M}
Position = tuple[float, float]  # latitude and longitude, WGS 84 degrees


class Street(msgspec.Struct, frozen=True):
    """A street with the names its people give it: in Dutch, French, German, "" where it has none; of a town, what each language
    calls it."""

    nl: str = ""
    fr: str = ""
    de: str = ""

    @property
    def local(self) -> tuple[str, ...]:
        """Its names, each once: two where both languages are the people's own."""
        return tuple(dict.fromkeys(name for name in (self.nl, self.fr, self.de) if name))


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """What lies nearest to the position `lat`, `lon` (WGS 84 degrees) with its `radius_m` (None: not known).

    `at` is the address or the middle of the quarter or municipality that is named; the position lies `distance_m` from there, in
    the direction `bearing_deg` (from north, clockwise). `streets` are one, or two where `kind` says so, the nearer first; a
    `number` stands with the kind number only ("10–26" of houses that share the point). `municipality` and `quarter` are as their
    people say them, `town` is the former in each language; `source` is to be credited. `drawn`: the streets are lines of the map,
    since no address is loaded there. Of `outside` Belgium only the position is known.
    """

    kind: Kind
    lat: float
    lon: float
    radius_m: float | None
    streets: tuple[Street, ...] = ()
    number: str = ""
    postcode: str = ""
    quarter: tuple[str, ...] = ()
    municipality: str = ""
    town: Street = Street()
    nis: str = ""
    at: Position | None = None
    distance_m: float | None = None
    bearing_deg: float | None = None
    source: str = ""
    drawn: bool = False


class Close(msgspec.Struct, frozen=True):
    """An address near a position: its row in the tables, its street's, and the way to it in metres.

    `here` are its row and those of the street's other addresses at the very same point.
    """

    address: int
    street: int
    distance_m: float
    here: tuple[int, ...] = ()


def close_by(tables: Tables, lat: float, lon: float, reach_m: float = STREET_M) -> tuple[Close, ...]:
    """The nearest address of each of the nearest two streets within `reach_m`, the nearer first."""
    rows, away = _within(tables, lat, lon, reach_m)
    if not len(rows):
        return ()
    first = int(np.argmin(away))
    streets = tables.street[rows]
    beside = rows[(streets == streets[first]) & (away == away[first])]
    found = [Close(int(rows[first]), int(streets[first]), float(away[first]), tuple(map(int, beside)))]
    others = np.where(streets == streets[first], np.inf, away)
    second = int(np.argmin(others))
    if np.isfinite(others[second]):
        found.append(Close(int(rows[second]), int(streets[second]), float(away[second])))
    return tuple(found)


def number_of(numbers: Collection[str]) -> str:
    """A house number, or the least and the greatest of several: "10–26"."""
    ordered = sorted(set(numbers), key=lambda one: (int(re.match(r"\d*", one)[0] or 0), one))  # type: ignore[index]
    return "–".join(dict.fromkeys((ordered[0], ordered[-1])))


def named_kind(
    away_m: Sequence[float], radius_m: float | None, *, numbers: bool = True
) -> Literal["number", "street", "two_streets"] | None:
    """What may be said of a position with this radius in metres, so far from one street or two; None: no street. A radius that is
    not known is none of 30 m; without `numbers` none is said."""
    radius = STREET_M if radius_m is None else radius_m
    if not away_m or max(radius, away_m[0]) > STREET_M:
        return None
    if numbers and max(radius, away_m[0]) <= NUMBER_M:
        return "number"
    if len(away_m) > 1 and away_m[1] - away_m[0] <= radius:
        return "two_streets"
    return "street"


def known_radius(radius_m: float | None) -> float | None:
    """A radius that says something; None where it is 0 or less, no number or not given."""
    return radius_m if radius_m is not None and math.isfinite(radius_m) and radius_m > 0 else None


def seen_from(near: Near, lat: float, lon: float, radius_m: float | None) -> Near:
    """The same word for another position: its distance and bearing anew."""
    moved = replace(near, lat=lat, lon=lon, radius_m=radius_m)
    return moved if near.at is None else measured(moved, near.at)


def still(near: Near, lat: float, lon: float, radius_m: float | None) -> Near | None:
    """The same word for another position, None where it would be surer than that position is."""
    moved = seen_from(near, lat, lon, radius_m)
    if not near.streets:
        return moved if near.at is not None else None
    radius = STREET_M if radius_m is None else radius_m
    return moved if max(radius, moved.distance_m or 0.0) <= _REACH_M[near.kind] else None


def measured(near: Near, at: Position) -> Near:
    """With the distance and bearing of the position from `at`."""
    per_lat, per_lon = metres_per_degree(near.lat)
    distance_m = math.hypot((near.lat - at[0]) * per_lat, (near.lon - at[1]) * per_lon)
    bearing = bearing_deg(at, (near.lat, near.lon)) if distance_m else 0.0
    return replace(near, at=at, distance_m=distance_m, bearing_deg=bearing)


def steady(previous: Near | None, near: Near) -> Near:
    """The word to show for a new fix, so that it does not flip with every metre.

    The previous word stays, measured from the new position, until another of its kind is nearer by more than the fix is sure
    (a radius that is not known counts as 0), or until something else can be said: more, less, another municipality.
    """
    if previous is None or previous.at is None or near.at is None or near.distance_m is None:
        return near
    if (previous.kind, previous.nis) != (near.kind, near.nis):
        return near
    if (previous.streets, previous.number, previous.quarter) == (near.streets, near.number, near.quarter):
        return near
    kept = seen_from(previous, near.lat, near.lon, near.radius_m)
    assert kept.distance_m is not None
    reach = _REACH_M.get(near.kind, QUARTER_M)
    same = (
        set(previous.streets) == set(near.streets) and near.kind == "two_streets"
    )  # "A or B" is not "B or A" a metre on
    stays = kept.distance_m <= reach and kept.distance_m - near.distance_m <= (near.radius_m or 0.0)
    return kept if same or stays else near


def _within(tables: Tables, lat: float, lon: float, reach_m: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The addresses within reach, in metres, and the way to each."""
    per_lat, per_lon = metres_per_degree(lat)
    south, north = ((lat + way / per_lat) * SCALE for way in (-reach_m, reach_m))
    west, east = ((lon + way / per_lon) * SCALE for way in (-reach_m, reach_m))
    found = tables.about_box(south, north, west, east)
    away = np.hypot(
        (tables.lat[found] / SCALE - lat) * per_lat,
        (tables.lon[found] / SCALE - lon) * per_lon,
    )
    kept = away <= reach_m
    return found[kept], away[kept]
