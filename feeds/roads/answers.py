"""What is asked of a router, and what its answer says. No I/O.

OSRM's table service (project-osrm.org/docs/v5.24.0/api/#table-service): seconds and metres, rows by source, null without a way.
Valhalla's matrix service (valhalla.github.io/valhalla/api/matrix/api-reference): seconds and kilometres, as rows of objects or,
where it is brief, as two tables.
"""

import math
from collections.abc import Sequence

import msgspec

from feeds.roads.settings import Kind
from incidents.ports import Leg, Spot

LONGEST_S = 24 * 3600.0  # Belgium is crossed in four hours: a longer way is no way to send a patrol
LONGEST_M = 2_000_000.0

Table = tuple[tuple[float | None, ...], ...]


class Unreadable(Exception):
    """An answer that is none of this router's."""


class Question(msgspec.Struct, frozen=True):
    """One request: its path after the router's address, and the body of a POST; without one it is a GET."""

    path: str
    body: bytes | None = None


class _Osrm(msgspec.Struct):
    code: str
    durations: Table
    distances: Table


class _Pair(msgspec.Struct):
    time: float | None
    distance: float | None


class _Tables(msgspec.Struct):
    durations: Table
    distances: Table


class _Valhalla(msgspec.Struct):
    sources_to_targets: tuple[tuple[_Pair, ...], ...] | _Tables
    units: str = "kilometers"


def question(kind: Kind, origins: Sequence[Spot], to: Spot) -> Question:
    """The request for the ways from each of `origins` to one place. Degrees are told to five decimals, a metre."""
    if kind == "osrm":
        places = ";".join(f"{lon:.5f},{lat:.5f}" for lat, lon in (*origins, to))
        sources = ";".join(str(n) for n in range(len(origins)))
        asked = f"sources={sources}&destinations={len(origins)}&annotations=duration,distance"
        return Question(f"/table/v1/driving/{places}?{asked}")
    body = {
        "sources": [_place(spot) for spot in origins],
        "targets": [_place(to)],
        "costing": "auto",
        "units": "kilometers",
    }
    return Question("/sources_to_targets", msgspec.json.encode(body))


def legs(kind: Kind, answer: bytes, count: int) -> tuple[Leg | None, ...]:
    """The way from each of `count` origins; None where no road leads. Raises Unreadable."""
    try:
        pairs = _osrm(answer) if kind == "osrm" else _valhalla(answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(type(error).__name__) from None
    if len(pairs) != count:
        raise Unreadable("another number of ways than was asked for")
    return tuple(_leg(*pair) for pair in pairs)


Pairs = list[tuple[float | None, float | None]]  # seconds and metres


def _osrm(answer: bytes) -> Pairs:
    found = msgspec.json.decode(answer, type=_Osrm)
    if found.code != "Ok":
        raise Unreadable("not Ok")
    return _paired(found.durations, found.distances, 1.0)


def _valhalla(answer: bytes) -> Pairs:
    found = msgspec.json.decode(answer, type=_Valhalla)
    if found.units not in ("kilometers", "km"):
        raise Unreadable("another unit of length")
    ways = found.sources_to_targets
    if isinstance(ways, _Tables):
        return _paired(ways.durations, ways.distances, 1000.0)
    if any(len(row) != 1 for row in ways):
        raise Unreadable("another number of targets")
    return [(pair.time, None if pair.distance is None else pair.distance * 1000.0) for (pair,) in ways]


def _paired(durations: Table, distances: Table, metres: float) -> Pairs:
    if len(durations) != len(distances) or any(len(row) != 1 for row in (*durations, *distances)):
        raise Unreadable("another number of targets")
    return [(s, None if d is None else d * metres) for (s,), (d,) in zip(durations, distances, strict=True)]


def _leg(seconds: float | None, metres: float | None) -> Leg | None:
    if seconds is None or metres is None:
        return None
    if not (math.isfinite(seconds) and math.isfinite(metres) and seconds >= 0 and metres >= 0):
        raise Unreadable("no length of a way")
    return Leg(seconds, metres) if seconds <= LONGEST_S and metres <= LONGEST_M else None


def _place(spot: Spot) -> dict[str, float]:
    lat, lon = spot
    return {"lat": round(lat, 5), "lon": round(lon, 5)}
