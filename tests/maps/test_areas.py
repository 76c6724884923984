"""What a place in words covers: its municipality in any language, else its zone; never a point."""

import shapely

from maps.areas import area
from maps.geodesy import to_mercator
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
