"""What the field for a place offers: places by name, and of a typed street the town that is understood."""

from dashboard.components.actions.where import MAX_TYPED, found
from dashboard.components.queue.rows import nameless, row
from incidents import commands as do
from incidents.escalation.ladder import WatchTimes
from maps.gazetteer import Gazetteer
from tests.dashboard.conftest import House
from tests.people import dispatcher


async def test_a_typed_street_keeps_its_words_and_the_town_in_it_decides_the_zone(house: House) -> None:
    places, gazetteer = house.consoles.places, Gazetteer.of(house.consoles.zones)
    (one,) = found(gazetteer, places, " Veldstraat 12,  9000 Gent ")
    assert (one.place, one.zone, one.town, one.lat) == ("Veldstraat 12, 9000 Gent", "5415", "9000 Gent / Gand", None)
    assert one.name == "Veldstraat 12, 9000 Gent (9000 Gent / Gand)"
    assert found(gazetteer, places, "Gent")[0].town == "", "what is understood whole says nothing of it"
    assert found(gazetteer, places, "Nergensstraat 12") == []
    assert len(found(gazetteer, places, "x " * 500 + "Gent")) == 0 and MAX_TYPED == 100


async def test_what_was_typed_of_a_place_stands_on_a_row_but_on_none_of_a_locked_page(house: House) -> None:
    me = dispatcher(house.desk.pseudonym("Desk 1"))
    wish = do.Raise(id=house.name(), place="bij zus A. Voorbeeld, Gent", zone="5415", reason="she rang")
    raised = await house.desk.command(wish, me)
    assert raised is not None
    consoles = house.consoles
    whole = row(raised, (), consoles.places, str, WatchTimes(), consoles.whose(raised))
    assert whole.municipality == "bij zus A. Voorbeeld, Gent"
    locked = nameless(raised, whole)
    assert "Voorbeeld" not in repr(locked) and locked.zone_name == "Gent"
