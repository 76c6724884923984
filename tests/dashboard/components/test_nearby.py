"""What a dispatcher reads of a position: "near", never surer than the fix, in the people's own languages."""

import pytest
from msgspec.structs import replace

from dashboard.components.nearby import Address, address, names_of, near_words, side
from maps.addresses.near import Near, Street

NEAR = Near(
    kind="number", lat=51.05, lon=3.72, radius_m=12.0, streets=(Street("Veldstraat"),), number="12", municipality="Gent",
    at=(51.05, 3.72), distance_m=20.2, bearing_deg=44.0,
)  # fmt: skip
LAW = Street("Wetstraat", "Rue de la Loi")
BRUSSELS = replace(NEAR, streets=(LAW,), number="16", municipality="Bruxelles / Brussel")


def said(near: Near, language: str = "") -> str:
    return near_words(near, lambda text: text, language).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("near", "words"),
    [
        (NEAR, "near Veldstraat 12 (the nearest number), Gent · 20 m NE of it · ± 12 m"),
        (replace(NEAR, kind="street", number=""), "near Veldstraat, Gent · 20 m NE of it · ± 12 m"),
        (
            replace(NEAR, kind="two_streets", number="", streets=(Street("A"), Street("B")), radius_m=None),
            "near A or B, Gent · 20 m NE of it · accuracy unknown",
        ),
        (
            replace(NEAR, kind="street", number="", drawn=True, streets=(Street("Grote Zavel", "Place du Grand Sablon"),)),
            "near Grote Zavel / Place du Grand Sablon (by the map), Gent · 20 m NE of it · ± 12 m",
        ),
        (
            replace(NEAR, kind="two_streets", number="", streets=(Street("A"), Street("B")), drawn=True),
            "near A or B (by the map), Gent · 20 m NE of it · ± 12 m",
        ),
        (
            replace(NEAR, kind="quarter", streets=(), number="", quarter=("Laken", "Laeken"), distance_m=812.0, radius_m=400.0),
            "near Laken / Laeken, Gent · 812 m NE of its middle · ± 400 m",
        ),
        (
            replace(NEAR, kind="municipality", streets=(), number="", distance_m=2_340.0, bearing_deg=350.0),
            "near Gent · 2.3 km N of its middle · ± 12 m",
        ),
        (Near(kind="outside", lat=52.0, lon=5.0, radius_m=5.0), "outside Belgium · ± 5 m"),
        (replace(NEAR, distance_m=0.2), "near Veldstraat 12 (the nearest number), Gent · ± 12 m"),
    ],
)  # fmt: skip
def test_it_is_said_as_surely_as_it_is_known(near: Near, words: str) -> None:
    assert said(near) == words


def test_at_a_glance_it_is_in_one_language_and_as_surely_near_it() -> None:
    told = {"town": "Bruxelles / Brussel", "apart": "20\u00a0m\u00a0NE"}
    assert address(BRUSSELS, str, "fr") == Address(near="near", name="Rue de la Loi 16", other="Wetstraat", **told)
    assert address(BRUSSELS, str, "nl").name == "Wetstraat 16"
    two = replace(BRUSSELS, kind="two_streets", number="", streets=(LAW, Street("A", "B")), drawn=True)
    assert address(two, str, "fr") == Address(
        near="near", name="Rue de la Loi or B", other="Wetstraat · A", by_map="by the map", **told
    )
    town = replace(NEAR, kind="municipality", streets=(), number="", distance_m=2_340.0)
    assert address(town, str) == Address(
        near="near", name="Gent", apart="2.3\u00a0km\u00a0NE\u00a0of\u00a0its\u00a0middle"
    )
    quarter = replace(
        NEAR, kind="quarter", streets=(), number="", quarter=("Laken", "Laeken"), distance_m=812.0, radius_m=4.0
    )
    assert address(quarter, str).name == "Laken / Laeken, Gent" and not address(quarter, str).town
    assert address(Near(kind="outside", lat=52.0, lon=5.0, radius_m=5.0), str) == Address(name="outside Belgium")


def test_beside_a_map_it_is_said_shorter_and_as_surely() -> None:
    words = near_words(NEAR, str, short=True).replace("\u00a0", " ")
    assert words == "near Veldstraat 12, Gent · 20 m NE · ± 12 m"
    town = replace(NEAR, kind="municipality", streets=(), number="", distance_m=812.0)
    assert near_words(town, str, short=True).replace("\u00a0", " ") == "near Gent · 812 m NE of its middle · ± 12 m"


def test_in_brussels_both_names_stand_there_the_readers_first() -> None:
    assert said(BRUSSELS).startswith("near Wetstraat / Rue de la Loi 16 ")
    assert said(BRUSSELS, "fr").startswith("near Rue de la Loi / Wetstraat 16 ")
    assert said(NEAR, "fr").startswith("near Veldstraat 12 ")


def test_a_town_is_said_as_its_people_say_it_and_in_full_as_the_reader_calls_it_too() -> None:
    liege = replace(
        NEAR, kind="municipality", streets=(), number="", municipality="Liège", town=Street("Luik", "Liège")
    )
    assert said(liege, "nl").startswith("near Liège (Luik) · ")
    assert near_words(liege, str, "nl", short=True).startswith("near Liège · ")
    assert said(liege, "fr").startswith("near Liège · ") and said(liege, "de").startswith("near Liège · ")
    brussels = replace(liege, municipality="Bruxelles / Brussel", town=Street("Brussel", "Bruxelles"))
    assert said(brussels, "nl").startswith("near Brussel / Bruxelles · ")
    assert said(brussels, "fr").startswith("near Bruxelles / Brussel · ")
    assert names_of(brussels, "nl") == ("Brussel",)


def test_the_eight_sides() -> None:
    assert [side(bearing, lambda text: text) for bearing in (0, 22, 23, 90, 181, 337, 338, 359.9)] == [
        "N", "N", "NE", "E", "S", "NW", "N", "N",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("near", "names"),
    [
        (NEAR, ("Veldstraat", "12")),
        (replace(BRUSSELS, number=""), ("Wetstraat",)),
        (replace(NEAR, kind="two_streets", number="", streets=(Street("A"), Street("B"))), ("A", "B")),
        (replace(NEAR, kind="quarter", streets=(), number="", quarter=("Laken", "Laeken")), ("Laken",)),
        (replace(BRUSSELS, kind="municipality", streets=(), number=""), ("Bruxelles",)),
        (Near(kind="outside", lat=52.0, lon=5.0, radius_m=5.0), ()),
    ],
)
def test_what_is_spelled_are_names_that_stand_in_the_words(near: Near, names: tuple[str, ...]) -> None:
    assert names_of(near) == names
    assert all(name in near_words(near, str) for name in names)


def test_of_a_street_with_two_names_the_one_that_is_said_first_is_spelled() -> None:
    assert names_of(BRUSSELS, "fr") == ("Rue de la Loi", "16")
