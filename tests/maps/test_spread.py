"""Probabilities beside borders, held against sampling."""

import math

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from maps.geodesy import LAMBERT, WGS84
from maps.spread import sigma_m, sigmas_m
from maps.store import read_layer

DRAWS = 100_000
TO_DEGREES = Transformer.from_crs(LAMBERT, WGS84, always_xy=True)


def near_borders(zones, count, rng):
    """Lambert positions and radii: beside any border, beside points where three zones meet, in and around Baarle."""
    layer = read_layer(zones.folder / "zones.parquet")
    radii = 10 ** rng.uniform(0.7, 3.7, count)
    lines = shapely.boundary(layer.outlines)
    points = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[rng.integers(0, len(lines), count)], rng.random(count), normalized=True)
    )
    corners, zone = shapely.get_coordinates(layer.outlines, return_index=True)
    unique, inverse = np.unique(corners, axis=0, return_inverse=True)
    pairs = np.unique(np.column_stack([inverse.ravel(), zone]), axis=0)
    meeting = unique[np.bincount(pairs[:, 0]) >= 3]
    points[: count // 3] = meeting[rng.integers(0, len(meeting), count // 3)]
    towns = read_layer(zones.folder / "municipalities.parquet")
    baarle = shapely.get_coordinates(towns.outlines[towns.columns["nis"].index("13002")])
    points[count // 3 : count // 2] = baarle[rng.integers(0, len(baarle), count // 2 - count // 3)]
    radii[count // 3 : count // 2] = 10 ** rng.uniform(0.7, 2.7, count // 2 - count // 3)
    return points + rng.normal(size=(count, 2)) * radii[:, None] * 0.7, radii


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_probabilities_beside_borders_agree_with_sampling(zones, count):
    rng = np.random.default_rng(8)
    points, radii = near_borders(zones, count, rng)
    worst = 0.0
    for (x, y), radius in zip(points, radii, strict=True):
        confidence = float(rng.choice([68.0, 95.0, 39.0]))
        drawn = np.array([x, y]) + rng.normal(size=(DRAWS, 2)) * sigma_m(radius, confidence)
        lons, lats = TO_DEGREES.transform(drawn[:, 0], drawn[:, 1])
        keys, counts = np.unique(zones.zones_of(lats, lons), return_counts=True)
        sampled = dict(zip(keys, counts / DRAWS, strict=True))
        lon, lat = TO_DEGREES.transform(x, y)
        found = zones.locate(lat, lon, radius, confidence)
        said = {found.zone: found.probability, "": found.outside} | {n.zone: n.probability for n in found.neighbours}
        worst = max(worst, *(abs(said.get(key, 0.0) - sampled.get(key, 0.0)) for key in said | sampled))
    assert worst <= 0.02


def test_wide_circles_agree_with_sampling(zones):
    rng = np.random.default_rng(9)
    for radius in (2_000.0, 8_000.0, 30_000.0, 50_000.0):
        lat, lon = rng.uniform(50.3, 51.2), rng.uniform(3.5, 5.5)
        x, y = Transformer.from_crs(WGS84, LAMBERT, always_xy=True).transform(lon, lat)
        drawn = np.array([x, y]) + rng.normal(size=(DRAWS, 2)) * sigma_m(radius)
        lons, lats = TO_DEGREES.transform(drawn[:, 0], drawn[:, 1])
        names = zones.zones_of(lats, lons)
        found = zones.locate(lat, lon, radius)
        for zone, probability in [(found.zone, found.probability), ("", found.outside)]:
            assert probability == pytest.approx((names == zone).mean(), abs=0.02)
        for neighbour in found.neighbours:
            assert neighbour.probability == pytest.approx((names == neighbour.zone).mean(), abs=0.02)


def test_half_of_a_circle_on_a_straight_border_is_on_either_side(zones):
    layer = read_layer(zones.folder / "zones.parquet")
    line = shapely.boundary(layer.outlines[layer.columns["zone"].index("5415")])
    ends = shapely.get_coordinates(shapely.get_parts(line)[0])
    longest = np.argmax(np.hypot(*np.diff(ends, axis=0).T))
    x, y = (ends[longest] + ends[longest + 1]) / 2
    lon, lat = TO_DEGREES.transform(x, y)
    assert zones.locate(lat, lon, 1.0).probability == pytest.approx(0.5, abs=0.01)


def test_sigma_follows_from_radius_and_confidence():
    # 39.35 % of a two-dimensional normal distribution lie within one sigma
    assert sigma_m(100.0, 100 * (1 - math.exp(-0.5))) == pytest.approx(100.0)
    assert sigma_m(100.0) == sigma_m(100.0, 68.0) == pytest.approx(66.24, abs=0.01)
    assert sigma_m(0.0) is None
    both = sigmas_m([100.0, 0.0, math.nan, 60_000.0], [math.nan, 68.0, 68.0, 68.0])
    assert both[0] == pytest.approx(66.24, abs=0.01)
    assert np.isnan(both[1:]).all()


@pytest.mark.parametrize("confidence", [5e-324, 1e-308, 1e-9, -1.0, 0.0, 100.0, math.nan])
def test_a_confidence_that_is_none_counts_as_a_usual_one(zones, confidence):
    assert sigma_m(100.0, confidence) == sigma_m(100.0) == pytest.approx(float(sigmas_m([100.0], [confidence])[0]))
    assert zones.locate(51.05, 3.72, 100.0, confidence) == zones.locate(51.05, 3.72, 100.0)
