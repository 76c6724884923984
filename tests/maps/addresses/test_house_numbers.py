"""House numbers to draw: all of a square and of no other, none where none are loaded, never more than a page can take."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from maps.addresses.addresses import Addresses
from maps.addresses.house_numbers import CELL_M, MOST, numbers_in
from maps.addresses.shipped import no_tables
from maps.addresses.tables import SCALE, About, AddressColumns, StreetColumns, Tables, build
from maps.geodesy import to_mercator, to_mercator_many, to_wgs84

GENT = to_mercator(51.0536, 3.7253)


def square(x: float, y: float) -> tuple[int, int]:
    return int(x // CELL_M), int(y // CELL_M)


def made(texts: list[str], lat: list[float], lon: list[float]) -> Tables:
    one, names = np.zeros(1, np.int32), pa.array(["Straat"], pa.string())
    streets = StreetColumns(
        names=(names, names, names), postcode=one + 9000, nis=one, source=one, known=one, middle_lat=one, middle_lon=one
    )
    columns = AddressColumns(
        numbers=pa.array(texts, pa.string()),
        street=np.zeros(len(texts), np.int32),
        number=np.arange(len(texts)),
        lat=np.rint(np.array(lat) * SCALE).astype(np.int32),
        lon=np.rint(np.array(lon) * SCALE).astype(np.int32),
    )
    return build(About(), streets, columns)


def test_the_squares_about_a_place_hold_each_of_its_numbers_once_where_it_is(addresses: Addresses) -> None:
    tables, (cx, cy) = addresses.tables, square(*GENT)
    xs, ys = to_mercator_many(tables.lat / SCALE, tables.lon / SCALE)
    for x in range(cx - 1, cx + 2):
        for y in range(cy - 1, cy + 2):
            within = (xs // CELL_M == x) & (ys // CELL_M == y)
            there = np.flatnonzero(within)
            expected = sorted(
                (
                    str(tables.numbers[int(tables.number[row])].as_py()),
                    int(xs[row] - x * CELL_M),
                    int(ys[row] - y * CELL_M),
                )
                for row in there
            )
            found = json.loads(numbers_in(tables, x, y))
            assert sorted(zip(found["texts"], found["at"][::2], found["at"][1::2], strict=True)) == expected
            letters = [not text.isdigit() for text in found["texts"]]
            assert letters == sorted(letters)


def test_of_too_many_an_even_part_is_given_and_text_stays_text() -> None:
    x, y = square(*GENT)
    lat, lon = to_wgs84((x + 0.5) * CELL_M, (y + 0.5) * CELL_M)
    many = 3 * MOST
    found = json.loads(numbers_in(made([f"{n}<b>" for n in range(many)], [lat] * many, [lon] * many), x, y))
    assert len(found["texts"]) == MOST
    assert found["texts"][:2] == ["0<b>", "3<b>"]


@pytest.mark.parametrize(
    "at", [(0, 0), (10**12, -(10**12)), (10**400, 1), (1, -(10**400)), square(*to_mercator(48.85, 2.35))]
)
def test_where_no_number_is_there_is_nothing(addresses: Addresses, at: tuple[int, int]) -> None:
    assert numbers_in(addresses.tables, *at) == ""
    nothing: Any = no_tables()
    assert numbers_in(nothing, *square(*GENT)) == ""
