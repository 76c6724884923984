"""Whose border is the nearest to a position abroad, by Belgium's outline and where its neighbours meet."""

import pytest

from maps.abroad import ENDS, Neighbours
from maps.geodesy import ground_distance_m
from maps.zones import Zones


@pytest.fixture(scope="module")
def neighbours(zones: Zones) -> Neighbours:
    return Neighbours(zones)


@pytest.mark.parametrize(
    ("at", "whose"),
    [
        ((50.6366, 3.0707), ("FR",)),  # Lille
        ((50.1380, 4.8240), ("FR",)),  # Givet, which Belgium surrounds on three sides
        ((49.5196, 5.7610), ("FR",)),  # Longwy
        ((51.5891, 4.7760), ("NL",)),  # Breda
        ((50.8514, 5.6900), ("NL",)),  # Maastricht
        ((51.3300, 3.8300), ("NL",)),  # Terneuzen
        ((51.4470, 4.9300), ("NL",)),  # Baarle-Nassau, among Belgian exclaves
        ((50.6470, 6.1950), ("DE",)),  # Roetgen, behind the Vennbahn
        ((50.5550, 6.2400), ("DE",)),  # Monschau
        ((49.6117, 6.1300), ("LU",)),  # Luxembourg
        ((50.1650, 6.0200), ("LU",)),  # Huldange
        ((51.2600, 2.9000), ("sea",)),
        ((50.7753, 6.0839), ("DE", "NL")),  # Aachen, beside the three-country point
        ((49.4950, 5.9800), ("LU", "FR")),  # Esch-sur-Alzette
        ((51.0340, 2.3770), ("FR", "sea")),  # Dunkerque
        ((51.5074, -0.1278), ()),  # London: a fault of the receiver rather than a place
        ((-33.9249, 18.4241), ()),
    ],
)
def test_the_nearest_border_is_named_and_all_that_are_about_as_near(
    neighbours: Neighbours, at: tuple[float, float], whose: tuple[str, ...]
) -> None:
    assert neighbours.near(*at) == whose


def test_the_published_points_where_neighbours_meet_lie_on_the_outline(zones: Zones) -> None:
    for country, at in ENDS:
        near = [(lat, lon) for ring in zones.rings() for lat, lon in ring if abs(lat - at[0]) + abs(lon - at[1]) < 0.01]
        assert min(ground_distance_m(at, point) for point in near) < 200, country


def test_the_outline_is_closed_lines_with_the_country_on_the_left_hand(zones: Zones) -> None:
    main = max(zones.rings(), key=len)
    lat, lon = main[:, 0], main[:, 1]
    assert ground_distance_m(tuple(main[0]), tuple(main[-1])) < 5_000
    area = 0.5 * sum(lon[n - 1] * lat[n] - lon[n] * lat[n - 1] for n in range(len(main)))
    assert 3.8 < area < 4.1, "square degrees of a country of 30,700 km2, anticlockwise"
