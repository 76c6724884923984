"""The shipped data: whole, a valid coverage, small, and true to the official outlines."""

import csv

import geopandas as gpd
import numpy as np
import pytest
import shapely

from maps.geodesy import LAMBERT, WGS84
from maps.sources import read_cantons
from maps.store import DRAWN_M, SHIPPED, DataError, read_cells, read_layer


def table(name):
    with (SHIPPED / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["zones", "municipalities"])
def test_the_outlines_are_a_valid_coverage_of_the_official_area(name):
    outlines = read_layer(SHIPPED / f"{name}.parquet").outlines
    assert shapely.is_valid(outlines).all()
    assert shapely.coverage_is_valid(outlines)
    whole = shapely.coverage_union_all(outlines)
    assert shapely.area(outlines).sum() == pytest.approx(whole.area, rel=1e-9)
    assert whole.area / 1e6 == pytest.approx(30_689.56, abs=15)  # the NGI's figure


def test_only_foreign_land_lies_in_a_hole_of_the_country():
    whole = shapely.coverage_union_all(read_layer(SHIPPED / "zones.parquet").outlines)
    holes = [shapely.Polygon(ring) for piece in shapely.get_parts(whole) for ring in piece.interiors]
    towns = read_layer(SHIPPED / "municipalities.parquet")
    outline = dict(zip(towns.columns["name"], towns.outlines, strict=True))
    dutch = [hole for hole in holes if hole.distance(outline["Baarle-Hertog"]) < 1]
    german = [hole for hole in holes if hole not in dutch]
    assert sum(hole.area for hole in dutch) / 1e6 < 0.2
    # The Vennbahn's rails are Belgian: Münsterbildchen, Roetgener Wald, Rückschlag, Mützenich and Ruitzhof.
    assert len(german) == 5
    assert sum(hole.area for hole in german) / 1e6 == pytest.approx(24.9, abs=0.5)


def test_every_zone_and_municipality_of_the_tables_is_there_and_no_other():
    zones, towns = read_layer(SHIPPED / "zones.parquet"), read_layer(SHIPPED / "municipalities.parquet")
    assert zones.columns["zone"] == sorted(zones.columns["zone"])
    assert set(zones.columns["zone"]) == {row["zone"] for row in table("police_zones.csv")}
    assert len(zones.outlines) == 176
    assert dict(zip(towns.columns["nis"], towns.columns["zone"], strict=True)) == {
        row["nis"]: row["zone"] for row in table("municipality_zone.csv")
    }
    assert len(towns.outlines) == 565
    assert set(zones.columns["cic"]) == {row["id"] for row in table("cic.csv")}
    assert all(zones.columns["name"] + zones.columns["name_nl"] + zones.columns["name_fr"] + towns.columns["name"])


def test_each_municipality_lies_in_its_zone():
    zones, towns = read_layer(SHIPPED / "zones.parquet"), read_layer(SHIPPED / "municipalities.parquet")
    outline = dict(zip(zones.columns["zone"], zones.outlines, strict=True))
    assert all(
        shapely.covers(outline[zone], point)
        for zone, point in zip(towns.columns["zone"], shapely.point_on_surface(towns.outlines), strict=True)
    )


def test_drawn_outlines_are_valid_coverages_and_the_coarse_one_is_light():
    for tolerance in DRAWN_M:
        layer = read_layer(SHIPPED / f"drawn-{tolerance}m.parquet")
        kinds = np.array(layer.columns["kind"])
        assert (kinds == "zone").sum() == 176
        assert (kinds == "province").sum() == 11
        assert shapely.coverage_is_valid(layer.outlines[kinds == "zone"])
        labels = shapely.points(layer.columns["label_x"], layer.columns["label_y"])
        assert shapely.covers(layer.outlines, labels).all()
    coarse = read_layer(SHIPPED / f"drawn-{DRAWN_M[0]}m.parquet")
    assert shapely.get_num_coordinates(coarse.outlines).sum() < 40_000


def test_the_data_is_small_and_says_where_it_comes_from():
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 12_000_000
    streets = [SHIPPED / name for name in ("street_names.parquet", "addresses.parquet", "stations.csv")]
    assert sum(file.stat().st_size for file in streets) < 3_500_000
    attribution = (SHIPPED / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert all(file.name in attribution for file in streets)
    assert all(
        word in attribution
        for word in ("BeSt Address", "CRAB", "gratis\nhergebruik", "Service public de Wallonie", "CC0")
    )
    assert all(word in attribution for word in ("CC BY 4.0", "National Geographic Institute", "Statbel", "MIT License"))


def test_a_folder_without_data_is_named_in_the_error(tmp_path):
    with pytest.raises(DataError, match=r"zones\.parquet is not in the zone data folder"):
        read_layer(tmp_path / "zones.parquet")
    (tmp_path / "zones.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match=r"zones\.parquet cannot be read"):
        read_layer(tmp_path / "zones.parquet")
    with pytest.raises(DataError, match="not an index of this version"):
        read_cells(SHIPPED / "zones.parquet")


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=[pytest.mark.prove, pytest.mark.timeout(900)])])
def test_random_points_agree_with_the_official_cantons(zones, count):
    cantons, outlines = read_cantons()
    rng = np.random.default_rng(4)
    west, south, east, north = outlines.total_bounds
    xs, ys = rng.uniform(west, east, 3 * count), rng.uniform(south, north, 3 * count)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(xs, ys, crs=LAMBERT))
    joined = points.sjoin(gpd.GeoDataFrame(geometry=outlines)).iloc[:count]
    assert len(joined) == count
    degrees = joined.geometry.to_crs(WGS84)
    found = zones.zones_of(degrees.y.to_numpy(), degrees.x.to_numpy())
    zone_of = {row["nis"]: row["zone"] for row in table("municipality_zone.csv")}
    allowed = [{zone_of[nis] for nis in canton.municipalities} for canton in cantons]
    agreeing = sum(zone in allowed[canton] for zone, canton in zip(found, joined["index_right"], strict=True))
    assert agreeing / count >= 0.999
    # the simplified border of the country moves by 2 m: a point on its very edge may fall outside
    lost = joined.geometry[found == ""]
    country = shapely.coverage_union_all(read_layer(SHIPPED / "zones.parquet").outlines)
    assert not len(lost), shapely.distance(lost.to_numpy(), country)
