"""Shapes to draw: everything in its true place and size."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.geodesy import (
    GEOD,
    bearing_deg,
    ground_distance_m,
    place_of,
    to_lambert,
    to_lambert_many,
    to_mercator,
    to_mercator_many,
    to_wgs84,
)
from maps.overlays import LEVELS, read_drawn, true_circle
from maps.store import SHIPPED

lats, lons = st.floats(49.4, 51.6), st.floats(2.4, 6.5)


@given(lats, lons, st.floats(5, 20_000), st.floats(0, 360))
def test_a_circle_is_drawn_as_large_as_it_is_on_the_ground(lat, lon, radius_m, azimuth):
    circle = true_circle(lat, lon, radius_m)
    there_lon, there_lat, _ = GEOD.fwd(lon, lat, azimuth, radius_m)
    x, y = to_mercator(there_lat, there_lon)
    # a large circle is not quite round in Mercator
    assert np.hypot(x - circle.x, y - circle.y) == pytest.approx(circle.r, rel=0.005)


@given(lats, lons)
def test_web_mercator_goes_there_and_back(lat, lon):
    assert to_wgs84(*to_mercator(lat, lon)) == pytest.approx((lat, lon), abs=1e-9)
    assert place_of(*to_lambert(lat, lon)) == pytest.approx((lat, lon), abs=1e-7)


def test_projections_of_many_are_those_of_each():
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(49, 52, 50), rng.uniform(2, 7, 50)
    for many, one in ((to_mercator_many, to_mercator), (to_lambert_many, to_lambert)):
        xs, ys = many(lat, lon)
        assert np.allclose(np.column_stack([xs, ys]), [one(a, b) for a, b in zip(lat, lon, strict=True)], atol=1e-6)


def test_distance_and_bearing_are_those_over_the_ground():
    brussels, antwerp = (50.8467, 4.3525), (51.2213, 4.4051)
    assert ground_distance_m(brussels, antwerp) == pytest.approx(41_840, rel=0.01)
    assert bearing_deg(brussels, antwerp) == pytest.approx(5, abs=1)
    assert bearing_deg(antwerp, brussels) == pytest.approx(185, abs=1)


@pytest.mark.parametrize("level", range(LEVELS))
def test_each_level_draws_every_zone_with_its_name_in_it(level):
    drawn = read_drawn(SHIPPED, level)
    assert len(drawn.zones) == len(drawn.names) == len(drawn.outlines) == len(drawn.labels) == 176
    assert "NLIM" in drawn.zones
    assert shapely.is_valid(drawn.outlines).all()
    assert shapely.covers(drawn.outlines, shapely.points(drawn.labels)).mean() > 0.99
    assert len(drawn.provinces) == 11


def test_a_finer_level_is_nearer_to_the_exact_lines():
    exact = read_drawn(SHIPPED, LEVELS - 1)
    gent = exact.outlines[exact.zones.index("5415")]
    off = []
    for level in range(LEVELS - 1):
        drawn = read_drawn(SHIPPED, level)
        off.append(drawn.outlines[drawn.zones.index("5415")].symmetric_difference(gent).area)
    assert off == sorted(off, reverse=True)
