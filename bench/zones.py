"""Which zone: in bulk beside geopandas' spatial join, and one position with its probabilities."""

import time

import geopandas as gpd
import numpy as np
import shapely

from bench.rows import Row, median, percentile
from maps.geodesy import LAMBERT, WGS84, Floats
from maps.store import read_layer
from maps.zones import Zones

POINTS = 100_000
ROUNDS = 5
POSITIONS = 5_000
RADIUS_M = 20.0
WANTED_RATIO = 20.0
# A border that close lies within the circle: the shares have to be summed.
BESIDE_M = 30.0


def bench_zone_bulk() -> list[Row]:
    """Positions a second, beside `geopandas.sjoin` on the same outlines in degrees; both must name the same zones."""
    zones = Zones.load()
    lats, lons = _inside(zones, POINTS)
    layer = read_layer(zones.folder / "zones.parquet")
    frame = gpd.GeoDataFrame({"zone": layer.columns["zone"]}, geometry=layer.outlines, crs=LAMBERT)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lons, lats, crs=WGS84).to_crs(LAMBERT))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = zones.zones_of(lats, lons)
        ours.append(POINTS / (time.perf_counter() - start))
        start = time.perf_counter()
        joined = points.sjoin(frame)
        theirs.append(POINTS / (time.perf_counter() - start))
    same = joined["zone"].groupby(level=0).first()
    if len(same) != POINTS or (same.to_numpy() != found).any():
        raise RuntimeError("the bulk look-up and the spatial join name different zones")
    ratio = median([a / b for a, b in zip(ours, theirs, strict=True)])
    return [
        Row(
            name="which zone, in bulk",
            value=median(ours),
            unit="points/s",
            baseline=median(theirs),
            ratio=ratio,
            budget=f"{WANTED_RATIO:.0f}x geopandas.sjoin",
            binding=True,
            ok=ratio >= WANTED_RATIO,
        )
    ]


def bench_zone_probability() -> list[Row]:
    """Microseconds for one position with a radius of 20 m: anywhere in Belgium, and beside a border."""
    zones = Zones.load()
    lats, lons = _inside(zones, POSITIONS)
    anywhere = _times_us(zones, lats, lons)
    border = shapely.boundary(read_layer(zones.folder / "zones.parquet").outlines)
    rng = np.random.default_rng(2)
    along = shapely.line_interpolate_point(border[rng.integers(0, len(border), POSITIONS)], rng.random(POSITIONS), True)
    moved = shapely.get_coordinates(along) + rng.uniform(-BESIDE_M, BESIDE_M, (POSITIONS, 2)) / np.sqrt(2)
    degrees = gpd.GeoSeries(shapely.points(moved), crs=LAMBERT).to_crs(WGS84)
    beside = _times_us(zones, degrees.y.to_numpy(), degrees.x.to_numpy())
    return [
        Row(name="zone with probabilities, median", value=median(anywhere), unit="us", budget="50 us"),
        Row(name="zone with probabilities, beside a border, median", value=median(beside), unit="us", budget="2 ms"),
        Row(
            name="zone with probabilities, beside a border, p99",
            value=percentile(beside, 0.99),
            unit="us",
            budget="2 ms",
        ),
    ]


def _inside(zones: Zones, count: int) -> tuple[Floats, Floats]:
    """Random positions in Belgium; the same each time."""
    rng = np.random.default_rng(1)
    lats, lons = rng.uniform(49.49, 51.51, 3 * count), rng.uniform(2.54, 6.41, 3 * count)
    inside = np.flatnonzero(zones.zones_of(lats, lons) != "")[:count]
    return lats[inside], lons[inside]


def _times_us(zones: Zones, lats: Floats, lons: Floats) -> list[float]:
    times = []
    for lat, lon in zip(lats.tolist(), lons.tolist(), strict=True):
        start = time.perf_counter()
        zones.locate(lat, lon, RADIUS_M)
        times.append((time.perf_counter() - start) * 1e6)
    return times
