"""What a place in words covers: its municipality in any language, else its zone; never a point."""

import msgspec
import pytest
import shapely

from maps.addresses.addresses import Addresses
from maps.areas import area, extent
from maps.gazetteer import Place
from maps.geodesy import to_mercator, to_wgs84
from maps.zones import Zones


def test_a_municipality_is_found_in_each_language_with_its_postcode_or_without(zones: Zones) -> None:
    zone = zones.locate(50.8333, 4.3667).zone  # Ixelles, which shares its zone with Brussels
    found = [area(zones, zone, name) for name in ("Ixelles", "Elsene", "1050 ELSENE", "rue Gray 1, 1050  Ixelles")]
    assert all(one is not None and one.equals(found[0]) for one in found)
    assert shapely.contains_xy(found[0], *to_mercator(50.8333, 4.3667))
    whole = area(zones, zone, "")
    assert whole is not None and found[0].area < 0.5 * whole.area


def test_what_names_no_municipality_covers_the_zone_and_an_unknown_zone_nothing(zones: Zones) -> None:
    whole = area(zones, "5415", "Ledeberg")
    assert whole is not None and shapely.contains_xy(whole, *to_mercator(51.0536, 3.7253))
    hostile = area(zones, "5415", "<b>" * 500)
    assert hostile is not None and hostile.equals(whole)
    assert area(zones, "", "Gent") is None and area(zones, "nowhere", "Gent") is None


@pytest.mark.parametrize(
    ("typed", "kind", "exact", "edge"),
    [
        ("veldstraat 12 gent", "address", True, False),
        ("gare de namur", "station", True, False),
        ("51.0536, 3.7253", "position", True, False),
        ("veldstraat gent", "street", False, True),
        ("ledeberg", "quarter", False, False),
        ("9050", "postcode", False, False),
        ("gand", "municipality", False, True),
    ],
)
def test_a_place_covers_what_is_known_of_it_and_is_exact_only_where_somebody_can_be_sent(
    zones: Zones, typed: str, kind: str, exact: bool, edge: bool
) -> None:
    place = Addresses.of(None, zones).search(typed)[0]
    covered = extent(zones, place)
    assert covered is not None
    assert (place.kind, covered.exact, covered.outline is not None) == (kind, exact, edge)
    x0, y0, x1, y1 = covered.box
    assert x0 < covered.x < x1 and y0 < covered.y < y1
    lat, lon = to_wgs84(covered.x, covered.y)
    assert zones.locate(lat, lon).inside
    if edge:
        assert shapely.contains_xy(covered.outline, covered.x, covered.y)


def test_a_street_that_lies_nowhere_known_covers_its_municipality_and_no_place_is_invented_abroad(zones: Zones) -> None:
    street = Place(kind="street", names=("Nergensstraat",), zone="5415", municipality="Gent")
    covered, town = extent(zones, street), area(zones, "5415", "Gent")
    assert covered is not None and town is not None
    assert not covered.exact and covered.outline.equals(town)
    assert extent(zones, msgspec.structs.replace(street, zone="", municipality="")) is None
