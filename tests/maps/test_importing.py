"""A centre's own zones: what is taken, what is refused and why."""

import csv
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from maps import importing
from maps.fitting import fit_together
from maps.importing import import_zones
from maps.store import MUNICIPALITY_COLUMNS, SHIPPED, ZONE_COLUMNS, ZoneFileError, read_layer
from maps.zones import Zones

COLUMNS = ["zone", "name", "province", "geometry"]


def shipped() -> gpd.GeoDataFrame:
    """The drawn zones, light to work with."""
    frame = gpd.read_parquet(SHIPPED / "drawn-400m.parquet")
    return frame[frame["kind"] == "zone"].rename(columns={"id": "zone"})[COLUMNS].reset_index(drop=True)


def brussels() -> list[str]:
    with (SHIPPED / "municipality_zone.csv").open(encoding="utf-8") as table:
        return [row["nis"] for row in csv.DictReader(table) if row["nis"].startswith("21")]


def refused(file, to) -> str:
    with pytest.raises(ZoneFileError) as caught:
        import_zones(file, to)
    assert not to.exists()
    return str(caught.value)


def merger(folder):
    table = folder / "merger.csv"
    rows = "".join(f"{nis},BRU1,Brussel / Bruxelles\n" for nis in brussels())
    table.write_text("nis,zone,name\n" + rows, encoding="utf-8")
    return table


def test_six_zones_of_brussels_become_one(tmp_path):
    shipped = (
        importing._shipped(*of)
        for of in (("zones.parquet", ZONE_COLUMNS), ("municipalities.parquet", MUNICIPALITY_COLUMNS))
    )
    zones, municipalities = importing._regrouped(merger(tmp_path), *shipped)
    assert len(zones) == 171 and "5339" not in set(zones["zone"])
    one = zones.set_index("zone").loc["BRU1"]
    assert (one["name"], one["name_fr"], one["cic"]) == ("Brussel / Bruxelles", "Brussel / Bruxelles", "BRU")
    assert set(municipalities["nis"][municipalities["zone"] == "BRU1"]) == {*brussels()}
    assert shapely.coverage_is_valid(zones.geometry.to_numpy())


@pytest.mark.prove
@pytest.mark.timeout(300)
def test_six_zones_of_brussels_become_one_without_any_drawing(tmp_path):
    import_zones(merger(tmp_path), tmp_path / "zones")
    zones = Zones.load(tmp_path / "zones")
    assert len(zones.zones) == 171
    found = zones.locate(50.8467, 4.3525, 200.0)
    assert (found.zone, found.name, found.cic, found.inside) == ("BRU1", "Brussel / Bruxelles", "BRU", True)
    assert zones.zone("BRU1").name_fr == "Brussel / Bruxelles"
    assert zones.locate(51.0536, 3.7253).zone == "5415"
    outlines = read_layer(tmp_path / "zones" / "zones.parquet").outlines
    assert shapely.coverage_is_valid(outlines)
    assert not zones.known("5339")


@pytest.mark.timeout(300)
def test_a_centres_own_outlines_replace_the_zones(tmp_path):
    own = shipped().to_crs("EPSG:4326")
    own.loc[own["zone"] == "5415", "name"] = "Gent en meer"
    file = tmp_path / "own.geojson"
    file.write_text(own.to_json(), encoding="utf-8")
    import_zones(file, tmp_path / "zones")
    zones = Zones.load(tmp_path / "zones")
    assert len(zones.zones) == 176
    found = zones.locate(51.0536, 3.7253, 100.0)
    assert (found.zone, found.name, found.municipality.nis) == ("5415", "Gent en meer", "44021")


@pytest.mark.parametrize(
    "text, reason",
    [
        ("nis,name\n21004,x\n", "missing column zone"),
        ("nis,zone\n99999,BRU1\n", "row 2: there is no municipality '99999'"),
        ("nis,zone,name\n21004,BRU1,Eén\n21005,,Eén\n", "row 3: the zone is empty"),
        ("nis,zone,name\n21004,BRU1,Eén\n21004,BRU2,Eén\n", "row 3: municipality 21004 is named twice"),
        ("nis,zone\n21004,BRU1\n", "row 2: zone BRU1 is new and has no name"),
        ("nis,zone,name\n21004,BRU1,Eén\n21005,BRU1,Twee\n", "zone BRU1 has more than one name: Eén, Twee"),
        ("nis,zone,name\n21004,5415,\n", "zone 5415 lies in more than one province"),
    ],
)
def test_a_bad_table_names_the_row_and_changes_nothing(tmp_path, text, reason):
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8")
    assert reason in refused(file, tmp_path / "zones")


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert refused(tmp_path / "own.parquet", tmp_path / "zones") == "own.parquet: there is no such file"


def test_a_file_that_is_something_else_is_refused(tmp_path):
    for name, text in (
        ("a.parquet", "no"),
        ("b.geojson", "{}"),
        ("c.geojson", "[1"),
        ("d.geojson", '{"features": [{}]}'),
    ):
        (tmp_path / name).write_text(text)
        assert "cannot be read as outlines" in refused(tmp_path / name, tmp_path / "zones")


def no_crs(own):
    return own.set_crs(None, allow_override=True)


def nameless(own):
    return own.drop(columns="name")


def without_province(own):
    return own.drop(columns="province")


def empty_name(own):
    own.loc[4, "name"] = " "
    return own


def twice(own):
    own.loc[16, "zone"] = own.loc[3, "zone"]
    return own


def unknown_province(own):
    own.loc[7, "province"] = "12345"
    return own


def point(own):
    own.loc[9, "geometry"] = shapely.Point(0, 0)
    return own


def bow_tie(own):
    x, y = own.geometry[9].centroid.coords[0]
    own.loc[9, "geometry"] = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])
    return own


def far_away(own):
    own.loc[11, "geometry"] = shapely.transform(own.geometry[11], lambda coords: coords + np.array([2_000_000, 0]))
    return own


def too_wide(own):
    own.loc[20, "geometry"] = own.geometry[20].buffer(2_000)
    return own


def hole(own):
    own.loc[20, "geometry"] = own.geometry[20].difference(own.geometry[20].representative_point().buffer(900))
    return own


def most_missing(own):
    return own.iloc[:40]


@pytest.mark.parametrize(
    "spoil, reason",
    [
        (no_crs, "does not say its coordinate system"),
        (nameless, "missing column name"),
        (without_province, "missing column province (or cic)"),
        (empty_name, "row 5: the name is empty"),
        (twice, "row 17: zone"),
        (unknown_province, "row 8: there is no province '12345'; they are 04000, 10000"),
        (point, "row 10: the outline is a Point, not an area"),
        (bow_tie, "row 10: the outline is not valid: Self-intersection"),
        (far_away, "row 12: the outline reaches far outside Belgium"),
        (too_wide, "rows "),
        (hole, "no zone covers a gap of 1."),
        (most_missing, "of Belgium lie in no zone"),
    ],
)
def test_bad_outlines_name_the_row_and_change_nothing(tmp_path, spoil, reason):
    file = tmp_path / "own.parquet"
    spoil(shipped()).to_parquet(file)
    assert reason in refused(file, tmp_path / "zones")


def test_a_cic_stands_for_its_province(tmp_path):
    own = shipped().to_crs("EPSG:4326").drop(columns="province").assign(cic="XYZ")
    file = tmp_path / "own.geojson"
    file.write_text(json.dumps(json.loads(own.to_json())), encoding="utf-8")
    assert "row 1: there is no CIC 'XYZ'; they are ANT, BRU, BWA" in refused(file, tmp_path / "zones")


def test_slivers_between_neighbours_are_given_away():
    left = shapely.box(700_000, 600_000, 710_000, 610_000)
    # drawn a second time, the line between them is up to 4 m off to either side
    between = [(710_000, 610_000), (709_997, 607_000), (710_004, 603_000), (710_000, 600_000)]
    right = shapely.Polygon([(720_000, 600_000), (720_000, 610_000), *between])
    country = shapely.box(700_000, 600_000, 720_000, 610_000)
    fitted = fit_together(np.array([left, right]), country)
    assert shapely.coverage_is_valid(fitted)
    assert shapely.union_all(fitted).area == pytest.approx(country.area)


def test_rows_that_overlap_are_named():
    boxes = np.array([shapely.box(x, 600_000, x + 10_000, 610_000) for x in (700_000, 709_000)])
    with pytest.raises(ZoneFileError, match=r"rows 1 and 2: the outlines overlap by 10\.000 km² at 50\."):
        fit_together(boxes, shapely.union_all(boxes))
