"""Where a position is: one at a time, in bulk, from a file."""

import json
import math

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.geodesy import LAMBERT, WGS84, ground_distance_m
from maps.store import DataError, ZoneFileError, read_layer
from maps.zones import Zones, locate_file, location_json
from tests.budget import drawn
from tests.maps.test_data import table

GENT = (51.0536, 3.7253)
PARIS = (48.8566, 2.3522)
NEW_YORK = (40.7128, -74.0060)

LOADED = Zones.load()
anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
in_and_around_belgium = st.tuples(st.floats(49.4, 51.6), st.floats(2.5, 6.5))


def total(location) -> float:
    return location.probability + location.outside + sum(n.probability for n in location.neighbours)


def test_a_position_in_gent_is_in_the_zone_of_gent(zones):
    found = zones.locate(*GENT, 18.0)
    assert (found.zone, found.name, found.cic, found.province) == ("5415", "Gent", "OVL", "Oost-Vlaanderen")
    assert (found.municipality.nis, found.municipality.name) == ("44021", "Gent")
    assert found.inside
    assert (found.probability, found.neighbours, found.outside) == (1.0, (), 0.0)
    assert 2_000 < found.distance_m < 3_000


@pytest.mark.parametrize("radius", [None, 0, 0.0, -5.0, math.nan, math.inf, 50_001.0])
def test_a_radius_that_says_nothing_gives_no_probability(zones, radius):
    found = zones.locate(*GENT, radius)
    assert (found.zone, found.probability, found.neighbours, found.outside) == ("5415", None, (), None)


@pytest.mark.parametrize("confidence", [None, 0.0, -1.0, 100.0, 140.0, math.nan])
def test_a_confidence_that_is_none_counts_as_68(zones, confidence):
    assert zones.locate(51.0, 3.7, 2_000.0, confidence) == zones.locate(51.0, 3.7, 2_000.0, 68.0)


def test_the_surer_the_radius_the_narrower_the_spread(zones):
    sure, unsure = zones.locate(50.99, 3.75, 1_000.0, 95.0), zones.locate(50.99, 3.75, 1_000.0, 39.0)
    assert sure.probability > unsure.probability


def test_outside_belgium_the_nearest_zone_and_the_way_to_it_are_told(zones):
    found = zones.locate(*PARIS, 100.0)
    assert not found.inside
    assert found.municipality is None
    assert (found.probability, found.outside) == (0.0, 1.0)
    assert found.province == "Hainaut"
    assert 170_000 < found.distance_m < 190_000


def test_a_place_just_over_the_border_has_the_nearest_centre_and_one_far_abroad_has_none(zones):
    beside, far = zones.locate(50.72, 3.16), zones.locate(50.633, 3.06)  # Tourcoing, Lille
    assert (beside.inside, far.inside) == (False, False)
    assert beside.distance_m < 10_000 < far.distance_m
    assert (beside.cic, far.cic) == ("HAI", "")
    assert far.zone
    assert zones.locate_many([50.72, 50.633], [3.16, 3.06])["cic"].tolist() == ["HAI", ""]


def test_a_position_on_another_continent_is_answered(zones):
    found = zones.locate(*NEW_YORK)
    assert not found.inside
    assert found.distance_m == pytest.approx(ground_distance_m(NEW_YORK, (51.09, 2.55)), rel=0.01)


def test_the_distance_to_the_border_is_true_on_the_ground(zones):
    found = zones.locate(*GENT)
    line = read_layer(zones.folder / "zones.parquet")
    outline = gpd.GeoSeries([line.outlines[line.columns["zone"].index("5415")].boundary], crs=LAMBERT).to_crs(WGS84)[0]
    nearest = min(ground_distance_m(GENT, (lat, lon)) for lon, lat in outline.segmentize(0.0001).coords)
    assert found.distance_m == pytest.approx(nearest, rel=0.002, abs=5)


def test_a_press_in_an_enclave_of_baarle_is_in_its_belgian_zone(zones):
    layer = read_layer(zones.folder / "municipalities.parquet")
    hertog = layer.outlines[layer.columns["nis"].index("13002")]
    for piece in hertog.geoms:
        point = gpd.GeoSeries([piece.representative_point()], crs=LAMBERT).to_crs(WGS84)[0]
        found = zones.locate(point.y, point.x, 200.0)
        assert (found.zone, found.municipality.nis) == ("5364", "13002")
        assert total(found) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "lat, lon", [(math.nan, 4.0), (51.0, math.inf), (91.0, 4.0), (51.0, -181.0), (None, 4.0), ("x", 4)]
)
def test_what_is_no_position_is_refused_with_its_reason(zones, lat, lon):
    with pytest.raises(ValueError, match=r"^(lat|lon) is not"):
        zones.locate(lat, lon)


@given(anywhere, st.one_of(st.none(), st.floats(allow_nan=True)), st.one_of(st.none(), st.floats(allow_nan=True)))
@settings(deadline=None, max_examples=drawn(150))
def test_any_place_on_earth_with_any_radius_is_answered(position, radius, confidence):
    found = LOADED.locate(*position, radius, confidence)
    assert LOADED.known(found.zone)
    assert found.distance_m >= 0
    assert json.loads(json.dumps(location_json(found), allow_nan=False))


@given(in_and_around_belgium, st.floats(0.01, 50_000), st.floats(1, 99))
@settings(deadline=None, max_examples=drawn(300))
def test_probabilities_sum_to_one(position, radius, confidence):
    found = LOADED.locate(*position, radius, confidence)
    assert total(found) == pytest.approx(1.0, abs=1e-9)
    assert all(0 <= p <= 1 for p in (found.probability, found.outside, *(n.probability for n in found.neighbours)))
    likeliest_first = [n.probability for n in found.neighbours]
    assert likeliest_first == sorted(likeliest_first, reverse=True)
    assert found.zone not in {n.zone for n in found.neighbours}


def test_the_same_question_has_the_same_answer(zones):
    assert zones.locate(50.85, 4.4, 3_000.0) == Zones.load().locate(50.85, 4.4, 3_000.0)


def test_in_bulk_the_zones_are_those_of_a_spatial_join(zones):
    rng = np.random.default_rng(3)
    lats, lons = rng.uniform(49.45, 51.55, 20_000), rng.uniform(2.5, 6.45, 20_000)
    layer = read_layer(zones.folder / "zones.parquet")
    frame = gpd.GeoDataFrame({"zone": layer.columns["zone"]}, geometry=layer.outlines, crs=LAMBERT)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lons, lats, crs=WGS84).to_crs(LAMBERT))
    joined = points.sjoin(frame, how="left")["zone"].groupby(level=0).first().fillna("")
    assert (zones.zones_of(lats, lons) == joined.to_numpy()).all()


def test_in_bulk_each_row_is_what_one_look_up_says(zones):
    rng = np.random.default_rng(5)
    count = 400
    lats, lons = rng.uniform(49.0, 52.0, count), rng.uniform(0.5, 8.5, count)
    radii = np.where(rng.random(count) < 0.2, np.nan, 10 ** rng.uniform(0.5, 4.5, count))
    for row, lat, lon, radius in zip(zones.locate_many(lats, lons, radii).itertuples(), lats, lons, radii, strict=True):
        one = zones.locate(lat, lon, radius)
        assert (row.zone, row.cic, row.inside) == (one.zone, one.cic, one.inside)
        assert row.municipality_nis == (one.municipality.nis if one.municipality else "")
        assert row.probability == pytest.approx(math.nan if one.probability is None else one.probability, nan_ok=True)


def test_in_bulk_what_is_no_position_gets_an_empty_zone(zones):
    found = zones.locate_many([math.nan, 91.0, 51.0536], [4.0, 4.0, 3.7253], [10.0, 10.0, 10.0])
    assert found["zone"].tolist() == ["", "", "5415"]
    assert found["inside"].tolist() == [False, False, True]
    assert found["probability"].isna().tolist() == [True, True, False]
    assert zones.locate_many([], []).empty


def test_every_zone_has_a_name_and_neighbours_that_have_it_too(zones):
    assert len(zones.names) == 176
    assert zones.names["NLIM"]
    assert zones.zone("NLIM").number == ""
    assert all(zone in zones.adjacent[other] for zone, others in zones.adjacent.items() for other in others)
    assert "5415" in {zone for zone in zones.adjacent if zones.adjacent[zone]}
    assert zones.known("5415")
    assert not zones.known("9999")


def test_a_folder_without_zones_is_refused(tmp_path):
    with pytest.raises(DataError):
        Zones.load(tmp_path)


def test_a_file_of_positions_comes_back_with_the_answers_added(zones, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("name,lat,lon,radius\na,51.0536,3.7253,18\nb,,,\nc, 48.8566 ,2.3522,\n")
    found = locate_file(file, zones)
    assert found.columns.tolist() == [
        *("name", "lat", "lon", "radius"),
        *("zone", "probability", "municipality_nis", "cic", "inside"),
    ]
    assert found["zone"].tolist()[:2] == ["5415", ""]
    assert found["inside"].tolist() == [True, False, False]
    assert found["lat"].tolist()[0] == "51.0536"
    file.write_text("\ufeffname;lat;lon\na;51,0536;3,7253\n")  # as a Belgian spreadsheet writes it
    assert locate_file(file, zones)["zone"].tolist() == ["5415"]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("latitude,lon\n1,2\n", "missing column lat"),
        ("lat,lon\n51,4\nnorth,4\n", "row 3: lat is not a number"),
        ("lat,lon\n51,4\n51,400\n", "row 3: lon out of range"),
        ("lat,lon,radius\n51,4,wide\n", "row 2: radius is not a number"),
        ("lat,lon\n" + "x,4\n" * 9, "row 2, 3, 4, 5, 6 and 4 more: lat is not a number"),
        ("", "cannot be read"),
    ],
)
def test_a_bad_file_of_positions_names_what_is_wrong(zones, tmp_path, text, reason):
    file = tmp_path / "points.csv"
    file.write_text(text)
    with pytest.raises(ZoneFileError, match=reason):
        locate_file(file, zones)


def test_a_zones_police_speaks_the_languages_of_its_communes_or_what_the_centre_set(zones):
    gent, liege, brussels = "5415", "5277", "5339"
    spoken = [zones.languages(zone, "nl", {}) for zone in (gent, liege, brussels, "none")]
    assert spoken == ["nl", "fr", "nl fr", "nl"]
    assert zones.languages(brussels, "fr", {brussels: "nl"}) == "nl"


def test_a_zone_of_two_languages_has_both_and_none_has_english_whatever_the_centre_speaks(zones):
    """Brussels' six, and each with a commune that has facilities: 27 by the law."""
    towns, facilities = {row["nis"]: row for row in table("municipality_zone.csv")}, table("facilities.csv")
    assert len(facilities) == 27 and all(towns[row["nis"]]["name"] == row["name"] for row in facilities)
    both = {towns[row["nis"]]["zone"]: row["language"] for row in facilities}
    for zone in zones.zones:
        spoken = zones.languages(zone.zone, "en", {})
        if zone.province == "04000":
            assert spoken == "fr nl"
        else:
            assert spoken.split()[1:] == [both[zone.zone]] if zone.zone in both else spoken in ("nl", "fr", "de")
