"""Finding streets, numbers and stations by what somebody types: any language, no accents, a typing error, unfinished."""

import random
import string
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.addresses.addresses import Addresses
from maps.addresses.reading import folded
from maps.addresses.tables import SCALE
from maps.gazetteer import Gazetteer, Place
from maps.zones import Zones


@pytest.mark.parametrize(
    ("typed", "kind", "names", "number", "postcode", "zone"),
    [
        ("rue de la loi 16 bxl", "street", ("Wetstraat", "Rue de la Loi"), "", "1000", "5339"),
        ("wetstraat 16 1000", "street", ("Wetstraat", "Rue de la Loi"), "", "1000", "5339"),
        ("gare de namur", "station", ("Namen", "Namur"), "", "", "5303"),
        ("station gent sint pieters", "station", ("Gand-Saint-Pierre", "Gent-Sint-Pieters"), "", "", "5415"),
        ("gare du midi", "station", ("Brussel-Zuid", "Bruxelles-Midi", "Brüssel-Süd (Midi)"), "", "", "5341"),
        ("zuidstation brussel", "station", ("Brussel-Zuid", "Bruxelles-Midi", "Brüssel-Süd (Midi)"), "", "", "5341"),
        (
            "gare des guillemins",
            "station",
            ("Liège-Guillemins", "Luik-Guillemins", "Lüttich-Guillemins"),
            "",
            "",
            "5277",
        ),
        ("antwerpen centraal station", "station", ("Antwerpen-Centraal", "Anvers-Central"), "", "", "5345"),
        ("Sportstr. 24 4720", "street", ("Sportstraße",), "", "4720", "5292"),
        ("kerkstraat 5 / blankenberge", "street", ("Kerkstraat",), "", "8370", "5445"),
        ("rue de fer 10 à namur", "address", ("Rue de Fer",), "10", "5000", "5303"),
        (
            "chaussée de charleroi 5 bruxelles",
            "street",
            ("Charleroise Steenweg", "Chaussée de Charleroi"),
            "",
            "1060",
            "5341",
        ),
        ("rue de bruxelles 5", "address", ("Rue de Bruxelles",), "5", "5000", "5303"),
        ("brussel zuid", "station", ("Brussel-Zuid", "Bruxelles-Midi", "Brüssel-Süd (Midi)"), "", "", "5341"),
        ("veldstraat 12 gent", "address", ("Veldstraat",), "12", "9000", "5415"),
        ("gand veldstr. 12", "address", ("Veldstraat",), "12", "9000", "5415"),
        ("veldstraat 12 bus 3 9000 gent", "address", ("Veldstraat",), "12", "9000", "5415"),
        ("9000 veldsrtaat 12/3", "address", ("Veldstraat",), "12", "9000", "5415"),
        ("ru de fer namr 10", "address", ("Rue de Fer",), "10", "5000", "5303"),
        ("aachener strasse eupen", "street", ("Aachener Straße",), "", "", "5292"),
        ("veldst", "street", ("Veldstraat", "Rue des Champs"), "", "", ""),
        ("rue du 11 novembre 6200", "street", ("Rue du 11 Novembre",), "", "6200", "5331"),
        ("bd du midi bxl", "street", ("Zuidlaan", "Boulevard du Midi"), "", "1000", "5339"),
        ("Avenue Louise 149", "street", ("Louizalaan", "Avenue Louise"), "", "1050", "5339"),
        ("namur", "municipality", ("Namen", "Namur"), "", "", "5303"),
        ("laeken", "quarter", ("Laken", "Laeken"), "", "1020", "5339"),
        ("1020", "postcode", ("Laken", "Laeken"), "", "1020", "5339"),
    ],
)
def test_what_is_typed_finds_it_first(
    addresses: Addresses, typed: str, kind: str, names: tuple[str, ...], number: str, postcode: str, zone: str
) -> None:
    first = addresses.search(typed)[0]
    assert (first.kind, set(first.names), first.number) == (kind, set(names), number)
    assert postcode in ("", first.postcode) and zone in ("", first.zone)


def test_an_address_is_a_position_and_a_street_is_none(addresses: Addresses) -> None:
    house = addresses.search("veldstraat 12 gent")[0]
    assert (house.accuracy_m, house.middle, house.extent_m) == (1.0, None, None)
    assert house.lat == pytest.approx(51.053, abs=0.001) and house.lon == pytest.approx(3.7215, abs=0.001)
    street = addresses.search("veldstraat gent")[0]
    assert (street.lat, street.lon, street.accuracy_m) == (None, None, None)
    assert street.middle == pytest.approx((51.052, 3.7217), abs=0.001) and street.extent_m == pytest.approx(176, abs=20)


def test_a_number_that_a_street_is_not_known_to_have_is_said(addresses: Addresses) -> None:
    street = addresses.search("veldstraat 9999 gent")[0]
    assert (street.kind, street.names, street.number, street.asked, street.lat) == (
        "street", ("Veldstraat",), "", "9999", None,
    )  # fmt: skip
    house = addresses.search("veldstraat 12zz gent")[0]
    assert (house.kind, house.number, house.asked) == ("address", "12", "12zz")


def test_of_a_postcode_of_two_municipalities_a_street_without_a_position_may_lie_in_both(addresses: Addresses) -> None:
    found = [place for place in addresses.search("wetstraat 1040") if place.names[0] == "Wetstraat"][:2]
    assert {(place.municipality, place.zone) for place in found} == {
        ("Bruxelles / Brussel", "5339"),
        ("Etterbeek", "5343"),
    }


def error(text: str, chance: random.Random) -> str:
    """One letter left out, doubled, another one, or two in each other's place."""
    letters = [i for i, letter in enumerate(text) if letter.isalpha()]
    i = chance.choice(letters)
    match chance.randrange(4):
        case 0:
            return text[:i] + text[i + 1 :]
        case 1:
            return text[: i + 1] + text[i:]
        case 2:
            return text[:i] + chance.choice(string.ascii_lowercase) + text[i + 1 :]
        case _:
            return text[:i] + text[i + 1 : i + 2] + text[i] + text[i + 2 :]


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def names_of_towns(addresses: Addresses) -> dict[str, tuple[str, ...]]:
    from maps.gazetteer import Gazetteer
    from maps.zones import Zones

    entries = Gazetteer.of(Zones.load()).entries
    return {one.nis: one.place.names for one in entries if one.place.kind == "municipality"}


@pytest.mark.parametrize("asked", [100, pytest.param(500, marks=pytest.mark.prove)])
def test_of_many_addresses_nearly_all_are_among_the_first_three(addresses: Addresses, zones: Zones, asked: int) -> None:
    entries = Gazetteer.of(zones).entries
    towns = {one.nis: one.place.names for one in entries if one.place.kind == "municipality"}
    tables, chance, missed = addresses.tables, random.Random(3), []
    for row in np.random.default_rng(2).choice(len(tables.lat), asked, replace=False).tolist():
        street, number = int(tables.street[row]), str(tables.numbers[int(tables.number[row])])
        names, town = [name for name in tables.names(street) if name], towns[str(tables.nis[street])]
        way, place = (
            chance.choice(("error", "accents", "language")),
            chance.choice([str(tables.postcode[street]), *town]),
        )
        if way == "language":  # the street's too, where it has two; of the municipality always
            place = town[-1] if tables.names(street)[0] else town[0]
        typed = chance.choice([f"{names[-1]} {number} {place}", f"{place} {names[-1]} {number}"])
        typed = {"error": error(typed, chance), "accents": without_accents(typed).lower()}.get(way, typed)
        at = (tables.lat[row] / SCALE, tables.lon[row] / SCALE)
        if not any(is_it(found, at, number) for found in addresses.search(typed)[:3]):
            missed.append(typed)
    assert len(missed) <= 0.05 * asked, missed


def is_it(place: Place, at: tuple[float, float], number: str) -> bool:
    return (place.number, place.lat, place.lon) == (number, *at)


@given(st.text(max_size=300))
def test_whatever_is_typed_gets_an_answer(addresses: Addresses, typed: str) -> None:
    assert len(addresses.search(typed)) <= 8


@pytest.mark.parametrize(
    "typed", ["", "   ", "\x00", "1", "12 34 56", "a" * 10_000, "rue " * 2_000, "🙂🙂🙂", "' OR 1=1 --"]
)
def test_what_is_no_place_does_not_hurt(addresses: Addresses, typed: str) -> None:
    assert isinstance(addresses.search(typed), tuple)


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(typed: str) -> None:
    assert folded(folded(typed)) == folded(typed)
