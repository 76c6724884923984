"""Where the words say: a town or a postcode that is typed is honoured first; what is elsewhere stands below and says so."""

import random
from collections import defaultdict
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from maps.addresses.addresses import Addresses
from maps.addresses.reading import Reading, readings
from maps.addresses.shipped import read_columns
from maps.addresses.tables import SCALE, AddressColumns, build
from maps.gazetteer import Entry, Gazetteer, fold
from maps.zones import Zones

BRUSSELS = "21004"
NUMBERS = 6


@pytest.mark.parametrize(
    ("typed", "number", "left"),
    [
        ("Canadastraat 16 Brugge", "16", "canadastraat brugge"),
        ("Canadastraat 16 / Brugge", "16", "canadastraat brugge"),
        ("Kerkstraat 5 Boom", "5", "kerkstraat boom"),
        ("Kerkstraat 12 bus 3 Boom", "12", "kerkstraat boom"),
        ("Kerkstraat 12 b 3 Boom", "12", "kerkstraat boom"),
        ("Kerkstraat 12b3 Boom", "12", "kerkstraat boom"),
        ("Kerkstraat 12/0301 Boom", "12", "kerkstraat boom"),
        ("Kerkstraat 12 b Boom", "12b", "kerkstraat boom"),
        ("Rue Haute 12 boîte A2 Ath", "12", "rue haute ath"),
        ("Rue Haute 12 bte rdc Ath", "12", "rue haute ath"),
        ("Rue Haute 12bis à Ath", "12bis", "rue haute ath"),
        ("Rue Haute 5 Busval", "5", "rue haute busval"),
        ("Hauptstr. 5 Eupen", "5", "hauptstraat eupen"),
        ("Hauptstraße 5 Eupen", "5", "hauptstraat eupen"),
    ],
)
def test_only_a_box_is_left_out_of_what_is_typed(typed: str, number: str, left: str) -> None:
    assert readings(typed, lambda one, other: False) == (Reading(left, number),)


@pytest.mark.parametrize("house", ["12b", "12 b", "12b /", "12 b bus 1203", "12b/1203", "12 b 0301"])
def test_a_postcode_behind_a_house_is_no_box(house: str) -> None:
    (read,) = readings(f"Kerkstraat {house} 3000 Leuven", lambda one, other: False)
    assert (read.text, read.number.rstrip("b"), read.postcode) == ("kerkstraat leuven", "12", "3000")


@cache
def every_street_has_numbers(zones: Zones) -> Addresses:
    """What no centre has yet: each street of Belgium with its first numbers, at its middle or that of its municipality."""
    about, streets, _ = read_columns()
    middles = {int(one.nis): one.middle for one in Gazetteer.of(zones).entries if one.middle and one.nis}
    town = np.array([middles.get(nis, (0.0, 0.0)) for nis in streets.nis.tolist()])
    lat = np.where(streets.middle_lat != 0, streets.middle_lat, np.rint(town[:, 0] * SCALE))
    lon = np.where(streets.middle_lat != 0, streets.middle_lon, np.rint(town[:, 1] * SCALE))
    street = np.repeat(np.flatnonzero(lat != 0), NUMBERS).astype(np.int32)
    number = np.tile(np.arange(NUMBERS, dtype=np.int32), len(street) // NUMBERS)
    numbers = pa.array([str(n + 1) for n in range(NUMBERS)], pa.string())
    columns = AddressColumns(
        numbers=numbers,
        street=street,
        number=number,
        lat=lat[street].astype(np.int32),
        lon=lon[street].astype(np.int32),
    )
    return Addresses(build(about, streets, columns), zones).warm()


def towns_by_nis(zones: Zones) -> dict[str, Entry]:
    return {one.nis: one for one in Gazetteer.of(zones).entries if one.place.kind == "municipality"}


def words_for(town: Entry) -> list[str]:
    """The words by which a town is known, of those of its names."""
    names = {fold(name) for name in town.place.names}
    return [one for one in town.called if one not in names and any(f" {one} " in f" {name} " for name in names)]


def meant_by(zones: Zones) -> dict[str, set[str]]:
    """The municipalities in which something is called so."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in Gazetteer.of(zones).entries:
        for name in one.called if one.place.kind in ("municipality", "quarter") else ():
            found[name].add(one.place.municipality)
    return found


def typed_by_somebody(addresses: Addresses, zones: Zones, where: str, asked: int) -> list[tuple[str, str]]:
    """Perfect addresses, as they would be written on an envelope, each with the town's name in it."""
    tables, chance, towns = addresses.tables, random.Random(7), towns_by_nis(zones)
    begins = {n: [name for name in one.called if name.startswith("b")] for n, one in towns.items()}
    within = {"b": {n for n in towns if begins[n]}, "Brussels": {BRUSSELS}}.get(
        where, {n for n in towns if not begins[n]}
    )
    rows = np.flatnonzero(np.isin(tables.nis, [int(n) for n in within])).tolist()
    found: list[tuple[str, str]] = []
    while len(found) < asked:
        street = chance.choice(rows)
        nis, of_street = str(tables.nis[street]), tables.of_street(street).tolist()
        names = [name for name in tables.names(street) if name]
        at = zones.locate(tables.middle_lat[street] / SCALE, tables.middle_lon[street] / SCALE).municipality
        if not names or (tables.middle_lat[street] and at is not None and at.nis != nis):  # at a border
            continue
        called = {"b": begins[nis], "Brussels": ["Bruxelles", "Brüssel", "Brussel", "bxl"]}
        town = chance.choice(called.get(where, (*towns[nis].place.names, *words_for(towns[nis]))))
        row = chance.choice(of_street) if of_street else None
        number = str(tables.numbers[int(tables.number[row])]) if row is not None else str(chance.randrange(1, 60))
        whole = [f"{{}} {number} {town}", f"{{}} {number}, {tables.postcode[street]} {town}", f"{town} {{}} {number}"]
        found.append((chance.choice(whole).format(chance.choice(names)), town))
    return found


@pytest.mark.parametrize("where", ["b", "elsewhere", "Brussels"])
@pytest.mark.parametrize(
    ("asked", "all_numbers"),
    [(15, False), pytest.param(300, False, marks=pytest.mark.prove), pytest.param(300, True, marks=pytest.mark.prove)],
)
def test_of_a_perfect_address_the_first_answer_lies_in_its_town_and_another_town_is_said(
    addresses: Addresses, zones: Zones, where: str, asked: int, all_numbers: bool
) -> None:
    index, meant = every_street_has_numbers(zones) if all_numbers else addresses, meant_by(zones)
    for typed, town in typed_by_somebody(index, zones, where, asked):
        found = index.search(typed)
        assert found and found[0].municipality in meant[fold(town)], (typed, found[:1])
        assert all(one.elsewhere <= other.elsewhere for one, other in pairwise(found)), (typed, found)
        for one in found:
            shared = one.lat is one.middle is None  # its postcode is of two municipalities
            if one.kind in ("address", "street") and not shared:
                part = fold(one.quarter).startswith(f"{fold(town)} ")  # Comblain-Fairon is Comblain too
                assert one.municipality in meant[fold(town)] or part or town in one.missed, (typed, one)


@pytest.mark.parametrize("asked", [20, pytest.param(300, marks=pytest.mark.prove)])
def test_a_street_that_nobody_knows_is_no_street_of_another_town(
    addresses: Addresses, zones: Zones, asked: int, request: pytest.FixtureRequest
) -> None:
    index = every_street_has_numbers(zones) if request.node.get_closest_marker("prove") else addresses
    meant, chance, tables = meant_by(zones), random.Random(6), index.tables
    names = [name for column in (tables.name_nl, tables.name_fr) for name in column.to_pylist() if len(name) > 6]
    towns = [one.place.names for one in towns_by_nis(zones).values()]
    for _ in range(asked):
        one, other, town = chance.choice(names), chance.choice(names), chance.choice(chance.choice(towns))
        typed = f"{one[: len(one) // 2]}{other[len(other) // 2 :].lower()} {chance.randrange(1, NUMBERS)} {town}"
        for found in index.search(typed)[:1]:
            assert found.kind == "zone" or found.municipality in meant[fold(town)], (typed, found)


def test_a_town_is_known_by_a_word_of_its_name_and_of_many_the_one_with_most_people_is_first(zones: Zones) -> None:
    gazetteer = Gazetteer.of(zones)
    people = {one.place: one.people for one in gazetteer.entries}
    words = {word: town for town in towns_by_nis(zones).values() for word in words_for(town)}
    assert len(words) > 45 and {"molenbeek", "sint josse", "ham", "leeuw"} <= words.keys()
    whole = [name for town in towns_by_nis(zones).values() for name in (*town.called, *town.place.names)]
    for word in (*words, *whole, "Beveren", "St-Josse"):
        named, alone = gazetteer.towns_in(f"Xylophonweg 3 {word}"), gazetteer.find(word)
        assert [people[one] for one in named] == sorted((people[one] for one in named), reverse=True), word
        assert named and (word not in words or words[word].place in named) and alone[:1] == named[:1], word


def test_a_street_that_the_town_of_most_people_lacks_is_said_to_be_unknown_there(addresses: Addresses) -> None:
    for typed, town in (("Rue Neuve 12 Molenbeek", "Molenbeek-Saint-Jean"), ("Markt Beveren", "Beveren-Kruibeke")):
        first, second, *_ = addresses.search(typed)
        assert first.unknown and first.municipality.startswith(town) and second.unknown, typed
    there, bigger, *_ = addresses.search("Kerkstraat Molenbeek")  # the only one there is
    assert (there.municipality, bigger.unknown, bigger.zone) == ("Bekkevoort", True, "5340")


def test_a_street_that_a_commune_of_brussels_lacks_is_of_no_other_commune(addresses: Addresses, zones: Zones) -> None:
    tables, chance = addresses.tables, random.Random(6)
    region = {nis: one for nis, one in towns_by_nis(zones).items() if nis.startswith("21")}
    codes = {(one.place.postcode, one.nis) for one in Gazetteer.of(zones).entries if one.place.kind == "postcode"}
    of_town: dict[str, set[str]] = defaultdict(set)
    for street in np.flatnonzero((tables.postcode >= 1000) & (tables.postcode < 1300)).tolist():
        nis, code = str(tables.nis[street]), str(tables.postcode[street])
        for one in {nis} & region.keys() or {n for n in region if (code, n) in codes}:
            of_town[one] |= set(filter(None, tables.names(street)))
    everywhere = sorted(set.union(*of_town.values()))
    assert len(region) == 19
    for nis, town in region.items():
        lacks = [one for one in everywhere if one not in of_town[nis]]
        own = [one for one in region if nis in (BRUSSELS, one)]  # for who does not live there all of them are Bruxelles
        main = [code for code, one in codes if one == nis and (nis != BRUSSELS or code == "1000")]
        for typed in (*town.place.names, *main):
            for street in ("rue du marché", *chance.sample(lacks, 2)):
                first = addresses.search(f"{street} 3 {typed}")[0]
                here = first.municipality in [region[one].place.municipality for one in own]
                assert here or first.postcode == typed, (street, typed, first)


EVERY = [7, pytest.param(1, marks=pytest.mark.prove)]


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("street", ["qwertzstraat", "Kerkstraat"])
def test_of_places_that_are_called_alike_the_one_in_the_typed_postcode_is_first(
    addresses: Addresses, zones: Zones, street: str, every: int
) -> None:
    bearers, walked = meant_by(zones), list[tuple[str, str, set[str]]]()
    codes: dict[str, set[str]] = defaultdict(set)
    for one in Gazetteer.of(zones).entries:
        codes[one.place.postcode] |= {one.place.municipality} if one.place.kind == "postcode" else set()
    for name, towns in list(bearers.items()):  # Sint-Gillis-Waas is Sint-Gillis too
        for i, letter in enumerate(name):
            if letter == " " and i >= 4 and name[:i] in bearers:
                bearers[name[:i]] = bearers[name[:i]] | towns
    for name, towns in bearers.items():
        walked += [(code, name, of & towns) for code, of in codes.items() if code and of & towns and towns - of]
    assert len(walked) > 300
    for code, name, towns in sorted(walked, key=lambda one: one[:2])[::every]:
        typed = f"{street} 3 {code} {name}"
        first, *others = addresses.search(typed) or addresses.towns_in(typed)
        assert first.municipality in towns, (typed, first)
        assert all(one.missed or one.municipality in codes[code] for one in others if one.unknown), (typed, others)


@pytest.mark.parametrize("every", EVERY)
def test_the_letters_of_a_long_town_make_no_street_of_another_town_alike(
    addresses: Addresses, zones: Zones, every: int
) -> None:
    meant = meant_by(zones)
    names = {name for town in towns_by_nis(zones).values() for name in town.place.names if len(name) > 10}
    walked = [
        f"{street} 4 {town}" for street in ("rue mont", "rue de la gare", "rue du parc") for town in sorted(names)
    ]
    for typed in ("rue de la gare 4 Saint-Nicolas", "rue mont 4 Chapelle-lez-Herlaimont", *walked[::every]):
        for one in addresses.search(typed):
            here = one.missed or one.kind == "zone" or one.municipality in meant[fold(typed.split(" 4 ")[1])]
            assert here, (typed, one)


def test_four_digits_that_are_a_postcode_are_one_unless_that_very_street_has_the_number(
    addresses: Addresses, zones: Zones
) -> None:
    codes: dict[str, set[str]] = defaultdict(set)
    for one in Gazetteer.of(zones).entries:
        if one.place.kind == "postcode":
            codes[one.place.postcode].add(one.place.municipality)
    chance = random.Random(6)
    for street in ("Markt", "rue du marché", "place saint-lambert", "rue neuve"):
        for code in (*chance.sample(sorted(codes), 4), "9000", "1050", "1180", "4020"):
            for typed in (f"{street} {code}", f"{code} {street}"):
                first = addresses.search(typed)[0]
                assert first.asked == "" and first.municipality in codes[code], (typed, first)
    known = addresses.tables.numbers.to_pylist()
    rows = np.flatnonzero(np.isin(addresses.tables.number, [i for i, one in enumerate(known) if one in codes]))
    for row in rows[:: max(1, len(rows) // 8)].tolist():
        number, street = known[int(addresses.tables.number[row])], int(addresses.tables.street[row])
        name = next(filter(None, addresses.tables.names(street)))
        found = addresses.search(f"{name} {number}", 20)
        assert any((one.kind, one.number) == ("address", number) for one in found), (name, number)
    assert len(rows)
