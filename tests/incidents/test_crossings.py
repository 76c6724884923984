"""Jitter beside a place or a border says nothing; a clear crossing says one thing, once."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidents.case import Protected
from incidents.crossings import AT_M, AWAY_M, BORDER_M, Side, first_sides, side, sure_m, surely
from incidents.messages import Fix
from maps.spread import sigma_m
from maps.track import SIGMAS
from tests.incidents.conftest import Place

HOME = Protected(name="home, Lindestraat 7, 9000 Gent", lat=51.0536, lon=3.7253, radius_m=2_000)
DEGREE_M = 111_320.0
METRES = st.floats(0, 2_000, allow_nan=False)
RADII = st.floats(0.5, 1_500, allow_nan=False)


def at(east_m: float, north_m: float = 0.0, radius: float | None = 10.0, confidence: float | None = None) -> Fix:
    """A fix so far from home."""
    lon = HOME.lon + east_m / (DEGREE_M * math.cos(math.radians(HOME.lat)))
    return Fix(HOME.lat + north_m / DEGREE_M, lon, radius, confidence)


@st.composite
def jitter(draw: st.DrawFn) -> tuple[float, list[Fix]]:
    """Fixes of somebody who stays at one place, each within its circle of 95 % of it."""
    true_m = draw(METRES)
    fixes = []
    for _ in range(draw(st.integers(2, 20))):
        radius = draw(RADII)
        error, angle = draw(st.floats(0, 1)) * (sure_m(Fix(0, 0, radius)) or 0), draw(st.floats(0, 2 * math.pi))
        fixes.append(at(true_m + error * math.cos(angle), error * math.sin(angle), radius))
    return true_m, fixes


@given(jitter())
@example((AT_M, [at(AT_M - 5, radius=3), at(AWAY_M - 1, radius=61.0)]))
def test_who_stays_where_she_is_neither_leaves_nor_reaches_a_place(drawn: tuple[float, list[Fix]]) -> None:
    _, fixes = drawn
    assert len({side([HOME], fix) for fix in fixes} - {None}) <= 1


@given(jitter())
def test_who_stays_where_she_is_crosses_no_border(drawn: tuple[float, list[Fix]]) -> None:
    """The border lies 1,000 m east of home."""

    def placed(fix: Fix) -> Place:
        east_m = (fix.lon - HOME.lon) * DEGREE_M * math.cos(math.radians(HOME.lat))
        return Place("5415" if east_m < 1_000 else "5416", "OVL", True, abs(east_m - 1_000))

    _, fixes = drawn
    assert len({surely(fix, placed(fix)) for fix in fixes} - {""}) <= 1


@given(st.lists(RADII, min_size=3, max_size=60), st.floats(300, 5_000))
def test_who_leaves_is_said_to_be_there_then_away_and_never_there_again(radii: list[float], far_m: float) -> None:
    """A way out with fixes on it, whatever their radius: the sides that are given change once at most."""
    fixes = [at(far_m * n / (len(radii) - 1), radius=radius) for n, radius in enumerate(radii)]
    sides = [found for fix in fixes if (found := side([HOME], fix)) is not None]
    changes = [(a, b) for a, b in itertools.pairwise(sides) if a != b]
    assert changes in ([], [("at", "away")])


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (at(0), "at"),
        (at(130, radius=10), "at"),
        (at(140, radius=10), None),  # 16 m is the circle of 95 %
        (at(200, radius=10), None),
        (at(270, radius=10), "away"),
        (at(0, radius=200), None),
        (at(500, radius=200), None),
        (at(600, radius=200), "away"),
        (at(500, radius=200, confidence=95), "away"),
        (at(0, radius=None), None),
        (at(0, radius=0), None),
        (at(0, radius=-4), None),
        (at(0, radius=float("inf")), None),
        (at(1_500, radius=10), "away"),  # within the exclusion zone: that is the suspect's
    ],
)
def test_a_side_is_given_of_a_whole_circle_only(fix: Fix, said: Side | None) -> None:
    assert side([HOME], fix) == said


@given(RADII, st.none() | st.floats(allow_nan=True) | st.sampled_from([1e-300, 1e-17, 1e-6, 95.0, 100 - 1e-13]))
def test_the_circle_is_that_of_the_map_and_never_less_than_what_the_fix_says(
    radius: float, confidence: float | None
) -> None:
    sigma = sigma_m(radius, confidence)
    assert sigma is not None
    assert sure_m(at(0, 0, radius, confidence)) == pytest.approx(max(radius, SIGMAS * sigma))


def test_of_many_fixes_the_first_that_says_something_counts() -> None:
    fixes: Sequence[Fix] = (at(0, radius=None), at(200), at(600), at(0))
    assert first_sides({"home": [HOME]}, fixes) == {"home": "away"}
    assert first_sides({"home": [HOME]}, fixes[:2]) == first_sides({"home": [HOME]}, ()) == {}


def test_fixes_are_read_as_far_as_needed() -> None:
    read: list[Fix] = []
    work = msgspec.structs.replace(HOME, lat=HOME.lat + 0.1)
    way = [at(0, radius=None), at(200), at(0), at(600), at(0)]
    found = first_sides({"home": [HOME], "work": [work]}, (fix for fix in way if not read.append(fix)))  # type: ignore[func-returns-value]
    assert found == {"home": "at", "work": "away"} and read == way[:3]
    assert first_sides({}, (read.append(fix) or fix for fix in way)) == {} and read == way[:3]  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("facts", "zone"),
    [
        ({"distance_m": BORDER_M + 17}, "5415"),
        ({"distance_m": BORDER_M + 15}, ""),
        ({"distance_m": 5_000.0, "inside": False}, ""),
    ],
)
def test_a_zone_is_certain_beyond_its_border_and_the_circle(facts: dict[str, Any], zone: str) -> None:
    place = Place(**({"zone": "5415", "cic": "OVL", "inside": True} | facts))
    assert surely(at(0), place) == zone
    assert surely(at(0, radius=None), place) == "" and surely(at(0), None) == ""
