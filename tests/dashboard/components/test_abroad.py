"""Abroad: how far beyond whose border, whom to call, and the nearest zone to ask."""

from datetime import UTC, datetime

import msgspec

from dashboard.components.actions.routing import proposal
from dashboard.components.place_names import Abroad, Neighbour, Places
from incidents.messages import Fix
from maps.zones import Zones
from tests.incidents.facts import incident_of

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
LILLE, ESCH, AT_SEA, GENT = (
    Fix(50.6366, 3.0707, 18.0),
    Fix(49.4950, 5.9800, 18.0),
    Fix(51.26, 2.9, 18.0),
    Fix(51.05, 3.72),
)


def rounded(found: Abroad | None) -> Abroad:
    assert found is not None
    return msgspec.structs.replace(found, beyond_m=round(found.beyond_m, -3))


def test_a_position_abroad_names_the_nearest_border_and_whom_to_call(zones: Zones) -> None:
    places = Places(zones, zones.names.items(), contacts={"FR": "0033 3 00", "NL": "0031"})
    fr, lu = Neighbour(country="FR", contact="0033 3 00"), Neighbour(country="LU")
    assert rounded(places.abroad(LILLE)) == Abroad(beyond_m=12_000.0, neighbours=(fr,))
    assert rounded(places.abroad(ESCH)) == Abroad(beyond_m=12_000.0, neighbours=(lu, fr))
    assert rounded(places.abroad(AT_SEA)).neighbours == (Neighbour(country="sea"),)
    assert places.abroad(GENT) is None and places.abroad(None) is None and places.abroad(Fix(99.0, 0.0)) is None


def test_it_is_said_when_the_circle_holds_the_border(zones: Zones) -> None:
    places = Places(zones, ())
    beyond = Fix(50.7750, 3.1200, 50.0)  # Halluin, beside Menen
    near = places.abroad(beyond)
    assert near is not None and not near.within and near.beyond_m < 2_000
    wide = places.abroad(msgspec.structs.replace(beyond, radius=near.beyond_m + 1))
    assert wide is not None and wide.within


def test_where_an_alarm_abroad_is_routed_the_nearest_zone_is_offered_and_none_preselected(zones: Zones) -> None:
    there = {"position__fix": LILLE, "position__at": NOW, "position__abroad": True}
    incident = incident_of("one", NOW, state="acknowledged", **there)
    found = proposal(incident, None, Places(zones, zones.names.items()), NOW)
    assert [option.zone for option in found.options] == [zones.locate(LILLE.lat, LILLE.lon).zone]
    assert (found.preselected, found.why) == ("", "outside")
