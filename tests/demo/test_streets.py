"""The demo's people walk along the streets that the map is shipped with."""

from datetime import date

from demo.cases import demo_cases
from demo.devices import demo_devices
from demo.streets import ways_about
from maps.streets.street_file import Streets


def test_people_of_the_eleven_towns_have_streets_and_the_others_open_ground() -> None:
    cases = demo_cases(date(2026, 11, 1))
    devices = dict(zip((case.home_zone for case in cases), demo_devices(cases), strict=True))
    for zone in ("5415", "5277", "5345", "5339", "5303", "5324", "5388", "5444", "5905", "5267"):
        assert len(devices[zone].ways) > 20, zone
    assert devices["5907"].ways == ()  # Hasselt


def test_ways_are_where_they_are_asked_for() -> None:
    for way in ways_about(Streets(), 51.0536, 3.7253, 300.0):
        assert len(way) > 1
        assert min(abs(lat - 51.0536) for lat, _ in way) < 0.01
