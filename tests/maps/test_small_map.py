"""A small map: it stands still while she walks, holds her circle whole, draws what is there and is never large."""

import math
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.small_map import CORNERS, HIGH, STEPS, WIDE, WIDEST, Picture, frame_of, picture
from maps.store import SHIPPED, DataError
from maps.streets.street_file import Streets

GHENT = (51.0512, 3.7226)


@pytest.fixture(scope="module")
def streets() -> Streets:
    return Streets()


def drawn(streets: Streets, lat: float, lon: float, radius_m: float | None = 18.0, zone: str = "5415") -> Picture:
    return picture(frame_of(lat, lon, radius_m, zone)[0], streets, SHIPPED)


def corners(d: str) -> list[tuple[float, float]]:
    """Where a path leads, px."""
    found: list[tuple[float, float]] = []
    for x, y, moves in re.findall(r"M(-?\d+) (-?\d+)l([-\d ]+)", d):
        at = (int(x), int(y))
        found.append(at)
        steps = list(map(int, moves.split()))
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            at = (at[0] + dx, at[1] + dy)
            found.append(at)
    return [(x / STEPS, y / STEPS) for x, y in found]


@given(st.floats(49.5, 51.5), st.floats(2.5, 6.4), st.none() | st.floats(0.0, 28_000.0))
def test_she_and_her_circle_are_within_the_map_wherever_she_is(lat: float, lon: float, radius_m: float | None) -> None:
    frame, mark = frame_of(lat, lon, radius_m, "5415")
    assert mark.x - mark.r >= 0 and mark.x + mark.r <= WIDE
    assert mark.y - mark.r >= 0 and mark.y + mark.r <= HIGH
    assert mark.r == 0 if not radius_m else mark.r >= 0
    assert 0 <= frame.step <= WIDEST


def test_while_she_walks_some_metres_the_map_stands_and_she_moves_on_it() -> None:
    frame, mark = frame_of(*GHENT, 18.0, "5415")
    on, moved = frame_of(GHENT[0] + 0.0001, GHENT[1], 22.0, "5415")  # 11 m north
    assert on == frame and moved.x == mark.x and moved.y < mark.y
    assert math.isclose((mark.y - moved.y) * frame.per_px * math.cos(math.radians(GHENT[0])), 11.1, abs_tol=0.3)
    assert frame_of(GHENT[0] + 0.01, GHENT[1], 18.0, "5415")[0] != frame
    assert frame_of(*GHENT, 18.0, "5416")[0] != frame  # another zone's outline


@pytest.mark.parametrize("lat, lon", [(math.nan, 3.7), (91.0, 3.7), (51.0, math.inf), (89.0, 3.7), (51.0, 200.0)])
def test_what_is_no_position_has_no_map(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="no position"):
        frame_of(lat, lon, 18.0, "5415")


def test_streets_of_a_town_are_drawn_with_names_that_do_not_meet_and_their_credit(streets: Streets) -> None:
    made = drawn(streets, *GHENT)
    assert made.streets == "drawn" and made.credit == streets.credit != ""
    lines = [at for one in made.lines for at in corners(one.d)]
    assert len(lines) > 50
    assert all(-20 <= x <= WIDE + 20 and -20 <= y <= HIGH + 20 for x, y in lines)
    assert len({name.text for name in made.names}) == len(made.names) > 2
    assert all(0 < name.x < WIDE and 0 < name.y < HIGH and -90 <= name.turned <= 90 for name in made.names)


@pytest.mark.parametrize("radius_m", [18.0, 300.0, 1_000.0, 3_000.0, 28_000.0])
def test_a_map_is_a_few_kilobytes_however_wide(streets: Streets, radius_m: float) -> None:
    made = drawn(streets, *GHENT, radius_m)
    assert len(msgspec.json.encode(made)) < 12_000
    assert sum(len(corners(one.d)) for one in made.lines) <= CORNERS


def test_the_outline_of_the_zone_stands_where_it_is_in_view_and_no_other_zones(streets: Streets) -> None:
    border = drawn(streets, 51.0168, 3.6793, 2_000.0)
    ring = [(int(x) / STEPS, int(y) / STEPS) for x, y in re.findall(r"M(-?\d+) (-?\d+)l", border.zone)]
    assert ring
    away = drawn(streets, 50.8466, 4.3528)
    assert away.zone == ""
    assert drawn(streets, *GHENT, zone="nowhere").zone == ""


def test_without_streets_there_is_the_outline_and_it_says_so(tmp_path: Path) -> None:
    none = drawn(Streets(tmp_path / "none.parquet"), *GHENT)
    assert (none.streets, none.credit, none.lines, none.names) == ("no_file", "", (), ())
    assert none.zone and none.bar_px > 0
    country = drawn(Streets(), 50.1, 5.1)
    assert (country.streets, country.credit) == ("none", "")


def test_a_damaged_file_of_streets_is_no_file_and_zones_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    damaged = tmp_path / "streets.parquet"
    whole = (SHIPPED / "streets.parquet").read_bytes()
    damaged.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    assert drawn(Streets(damaged), *GHENT).streets == "no_file"
    with pytest.raises(DataError):
        picture(frame_of(*GHENT, 18.0, "5415")[0], Streets(), tmp_path)
