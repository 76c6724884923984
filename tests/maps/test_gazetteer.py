"""Finding a place by what people call it, in any language, with and without accents, with a typing error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.gazetteer import Gazetteer, coordinates, fold
from maps.store import SHIPPED, read_layer
from maps.zones import Zones


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(Zones.load())


@pytest.mark.parametrize(
    ("typed", "kind", "name", "zone"),
    [
        ("Bruxelles", "municipality", "Brussel", "5339"),
        ("brussel", "municipality", "Brussel", "5339"),
        ("bxl", "municipality", "Brussel", "5339"),
        ("Ixelles", "municipality", "Elsene", "5339"),
        ("ixeles", "municipality", "Elsene", "5339"),
        ("laeken", "quarter", "Laken", "5339"),
        ("Laken", "quarter", "Laken", "5339"),
        ("1000", "postcode", "Brussel", "5339"),
        ("1000 brux", "postcode", "Brussel", "5339"),
        ("1020", "postcode", "Laken", "5339"),
        ("9000", "postcode", "Gent", "5415"),
        ("st amandsberg", "quarter", "Sint-Amandsberg", "5415"),
        ("Saint-Amandsberg", "quarter", "Sint-Amandsberg", "5415"),
        ("liege", "municipality", "Luik", "5277"),
        ("Lüttich", "municipality", "Luik", "5277"),
        ("molenbek", "municipality", "Sint-Jans-Molenbeek", "5340"),
        ("lln", "quarter", "Louvain-la-Neuve", "5275"),
        ("Nivelles", "municipality", "Nijvel", "5267"),
        ("polbru", "zone", "Polbru", "5339"),
        ("5339", "zone", "Polbru", "5339"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(
    gazetteer: Gazetteer, typed: str, kind: str, name: str, zone: str
) -> None:
    first = gazetteer.find(typed)[0]
    assert (first.kind, first.names[0], first.zone) == (kind, name, zone)


def test_every_municipality_is_found_by_its_names_in_the_zone_that_the_table_says(gazetteer: Gazetteer) -> None:
    towns = read_layer(SHIPPED / "municipalities.parquet").rows()
    assert len(towns) == 565
    for town in towns:
        for name in (town["name_nl"], town["name_fr"]):
            found = [(place.kind, place.municipality, place.zone) for place in gazetteer.find(name, 99)]
            assert ("municipality", town["name"], town["zone"]) in found, name


def test_two_places_of_one_name_are_both_offered_with_their_municipalities(gazetteer: Gazetteer) -> None:
    assert [place.municipality for place in gazetteer.find("Deurne")] == ["Antwerpen", "Diest"]


def test_a_postcode_of_two_municipalities_offers_both(gazetteer: Gazetteer) -> None:
    assert {place.municipality for place in gazetteer.find("1050")} == {"Bruxelles / Brussel", "Ixelles / Elsene"}


@pytest.mark.parametrize(
    ("typed", "towns"),
    [
        ("Veldstraat 12, 9000 Gent", ["9000 Gent"]),
        ("veldstraat 12 gent", ["Gent"]),
        ("rue de Namur 3, Bruxelles", ["Brussel", "Namen"]),
        ("Antwerpsesteenweg 5 St-Amandsberg", ["Sint-Amandsberg"]),
        ("chaussée de Wavre 16, Louvain-la-Neuve", ["Louvain-la-Neuve", "Waver"]),
        ("Grotestraat 1000", ["1000 Brussel"]),
        ("Nergensstraat 12", []),
        ("nowhere at all", []),
        ("rue de Nulle Part 3, Ath", ["Aat"]),
        ("<b>" * 500, []),
    ],
)
def test_of_a_typed_street_the_town_is_understood_the_last_first(
    gazetteer: Gazetteer, typed: str, towns: list[str]
) -> None:
    found = gazetteer.towns_in(typed)
    assert [f"{place.postcode} {place.names[0]}".strip() for place in found] == towns
    assert all(place.lat is None and place.zone for place in found), "a street of a town is no position"


def test_what_nobody_calls_a_place_finds_none(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("xyzzy") == gazetteer.find("") == gazetteer.find("  -- ") == ()


@pytest.mark.parametrize(
    "pasted",
    [
        "50.85, 4.35",
        "50,85 4,35",
        "N50.85 E4.35",
        "50.85,4.35",
        "(50.85; 4.35)",
        "4.35 50.85",
        "50.85° N, 4.35° E",
        "50°51'0\"N 4°21'0\"E",
        "50° 51' 4° 21'",
    ],
)
def test_pasted_coordinates_are_a_position_in_the_zone_they_lie_in(gazetteer: Gazetteer, pasted: str) -> None:
    (place,) = gazetteer.find(pasted)
    assert (place.kind, place.zone) == ("position", "5339")
    assert (place.lat, place.lon) == pytest.approx((50.85, 4.35))


@pytest.mark.parametrize("typed", ["1000", "12 34", "50.85", "91, 4", "0, 0", "50.85, 4.35, 3", "5085 435"])
def test_other_numbers_are_no_coordinates(typed: str) -> None:
    assert coordinates(typed) is None


def test_a_position_across_the_border_is_in_no_zone(gazetteer: Gazetteer) -> None:
    (place,) = gazetteer.find("51.5, 5.0")
    assert (place.zone, place.municipality) == ("", "")


@given(st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer(gazetteer: Gazetteer, typed: str) -> None:
    assert len(gazetteer.find(typed)) <= 8


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(typed: str) -> None:
    assert fold(fold(typed)) == fold(typed)
