"""What the place field offers: an address is a position with its accuracy, a street is none, and both are in a zone."""

from pathlib import Path

import pytest

from dashboard.components.actions.where import MAX_CALLED, MAX_TYPED, Found, found, found_at_once
from dashboard.components.place_names import Places
from dashboard.components.queue.rows import nameless, row
from incidents import commands as do
from incidents.desk.by_hand import MAX_PLACE
from incidents.escalation.ladder import WatchTimes
from incidents.events.kinds import PLACE_DOUBTS
from maps.addresses.addresses import Addresses
from maps.addresses.shipped import shipped_tables
from maps.track import NOWHERE
from maps.zones import Zones
from tests.dashboard.conftest import START, House
from tests.people import dispatcher


@pytest.fixture(scope="module")
def places(zones: Zones) -> tuple[Addresses, Places]:
    return Addresses.of(None, zones), Places(zones, zones.names.items())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (
            "veldstraat 12 gent",
            Found(
                kind="address", name="Veldstraat 12 · 9000 Gent", place="Veldstraat 12, Gent", zone="5415",
                zone_name="Gent", municipality="Gent", lat=51.05321, lon=3.72195, accuracy_m=1.0,
            ),
        ),
        (
            "rue de la loi 16 bxl",
            Found(
                kind="street", name="Wetstraat / Rue de la Loi · 1000 Bruxelles / Brussel",
                place="Wetstraat / Rue de la Loi 16, Bruxelles / Brussel", zone="5339", zone_name="Polbru",
                municipality="Bruxelles / Brussel", asked="16", doubts=("no_number",),
            ),
        ),
        (
            "laeken",
            Found(
                kind="quarter", name="Laken / Laeken · Bruxelles / Brussel", place="Laken", zone="5339", zone_name="Polbru",
                municipality="Bruxelles / Brussel",
            ),
        ),
    ],
)  # fmt: skip
def test_a_place_is_offered_with_what_is_known_of_it(
    places: tuple[Addresses, Places], typed: str, offered: Found
) -> None:
    assert found(*places, typed)[0] == offered


def test_a_town_that_is_not_honoured_is_said_and_where_nothing_fits_the_first_line_is_what_was_typed(
    places: tuple[Addresses, Places],
) -> None:
    first, *others = found(*places, "Grote Markt  5 Doornik")
    assert first == Found(
        kind="municipality", name="Grote Markt 5 Doornik (Doornik / Tournai)", place="Grote Markt 5 Doornik, Tournai",
        zone="5316", zone_name="Tournaisis", municipality="Tournai", unknown=True, town="Doornik / Tournai",
        doubts=("no_street",),
    )  # fmt: skip
    assert others and all((one.missed, one.elsewhere) == ("Doornik", True) for one in others)
    assert others[0].kind == "address", "so it would have been the first"
    typo, *_ = found(*places, "Kerkstraat 5 4799")
    assert (typo.name, typo.zone, typo.unknown, typo.town) == ("Kerkstraat 5 4799 (4799)", "", True, "")
    own, *_ = found(*places, "Veldstraat 12 9050 Gent")
    assert (own.name, own.missed, own.elsewhere) == ("Veldstraat 12 · 9000 Gent", "9050", False)


def test_a_station_is_a_position_of_its_platforms(places: tuple[Addresses, Places]) -> None:
    first = found(*places, "gare de namur")[0]
    assert (first.kind, first.name, first.zone, first.accuracy_m) == ("station", "Namur / Namen", "5303", 150.0)
    assert first.lat is not None


def test_what_an_alarm_is_called_is_never_longer_than_the_desk_takes(places: tuple[Addresses, Places]) -> None:
    assert MAX_CALLED == MAX_PLACE
    addresses, _ = places
    longest = max(range(len(addresses.tables.postcode)), key=lambda n: len("".join(addresses.tables.names(n))))
    names = [name for name in addresses.tables.names(longest) if name]
    offered = found(*places, f"{names[0]} 1 {addresses.tables.postcode[longest]}")[0]
    assert names[0] in offered.place and len(offered.place) <= MAX_PLACE


async def test_a_typed_street_keeps_its_words_and_the_town_in_it_decides_the_zone(house: House) -> None:
    places, addresses = house.consoles.services.places, Addresses.of(None, house.consoles.services.zones)
    (one,) = found(addresses, places, " Xyzzyplughstraat 12,  9000 Gent ")
    assert (one.place, one.zone, one.town, one.lat) == (
        "Xyzzyplughstraat 12, 9000 Gent, Gent",
        "5415",
        "9000 Gent / Gand",
        None,
    )
    assert one.name == "Xyzzyplughstraat 12, 9000 Gent (9000 Gent / Gand)"
    assert found(addresses, places, "Gent")[0].town == "", "what is understood whole says nothing of it"
    assert found(addresses, places, "Xyzzyplughstraat 12") == []
    assert len(found(addresses, places, "x " * 500 + "Gent")) == 0 and MAX_TYPED == 100


async def test_what_was_typed_of_a_place_stands_on_a_row_but_on_none_of_a_locked_page(house: House) -> None:
    me = dispatcher(house.desk.pseudonym("Desk 1"))
    wish = do.Raise(id=house.name(), place="bij zus A. Voorbeeld, Gent", zone="5415", reason="she rang")
    raised = await house.desk.command(wish, me)
    assert raised is not None
    consoles = house.consoles
    whole = row(raised, (), consoles.services.places, str, WatchTimes(), consoles.whose(raised), NOWHERE, START)
    assert whole.municipality == "bij zus A. Voorbeeld, Gent"
    locked = nameless(raised, whole)
    assert "Voorbeeld" not in repr(locked) and locked.zone_name == "Gent"


def test_places_are_offered_at_once_while_the_streets_are_not_ready(zones: Zones) -> None:
    fresh, named = Addresses(shipped_tables(), zones), Places(zones, zones.names.items())
    assert not fresh.ready
    first = found_at_once(fresh, named, "laeken")
    assert first is not None and first[0].place == "Laken" and not fresh.ready
    assert found_at_once(fresh, named, "nowhere at all") is None
    assert found(fresh, named, "laeken")[0] == first[0] and fresh.ready
    assert found_at_once(fresh, named, "laeken") is None


def test_each_doubt_of_the_list_goes_with_the_alarm_and_its_place_ends_with_the_town_that_was_chosen(
    places: tuple[Addresses, Places], zones: Zones
) -> None:
    met: set[str] = set()
    for typed in (
        "Rue Neuve 12 Molenbeek",
        "qwertzstraat 3 2980 Halle",
        "Markt 9000",
        "rue de la loi 16 bxl",
        "veldstraat 12zz gent",
        "veldstraat gent",
    ):
        for one in found(*places, typed):
            doubtful = (one.unknown, bool(one.asked), bool(one.missed))
            assert len(one.doubts) == sum(doubtful), one
            met |= {*one.doubts}
            if one.unknown:
                assert zones.municipality_named(one.zone, one.place.rpartition(", ")[2]) is not None, one
    assert met == set(PLACE_DOUBTS)
    script = Path("dashboard/components/case/doubt.js").read_text()
    assert all(f'"{one}"' in script for one in PLACE_DOUBTS), "rows say each"


@pytest.mark.parametrize(
    ("typed", "metres"),
    [("50.85, 4.35", 557), ("50.85123,4.35", 557), ("50.85123,4.35678", 1), ("51 4", None), ("50°51' 4°21'", 928)],
)
def test_coordinates_are_as_sure_as_they_were_typed(
    places: tuple[Addresses, Places], typed: str, metres: float | None
) -> None:
    (one,) = found(*places, typed)
    assert one.kind == "position" and one.accuracy_m == (metres and pytest.approx(metres, abs=1))
