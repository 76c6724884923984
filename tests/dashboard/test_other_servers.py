"""What a page shows and is refused because of the pages of other servers: their persons are on shift here as there."""

import json
from datetime import timedelta

import msgspec

from dashboard.documents.handover.page import sheet
from dashboard.operator.session import Session
from incidents import commands as do
from incidents.clock import milliseconds
from incidents.messages import Fix
from incidents.presence.pages import Watching, Word
from incidents.roles import Role, User
from reports.catalogue import translator
from tests.dashboard.conftest import House, Paper


def there(house: House, name: str, *cics: str, role: Role = "dispatcher", **facts: object) -> Watching:
    """A page of another server, in sight and heard."""
    page = Watching(
        actor=house.desk.pseudonym(name),
        visible=True,
        audible=True,
        roles=frozenset({role}),
        cics=frozenset(cics or house.consoles.services.centres.known),
    )
    return msgspec.structs.replace(page, **facts)


def says(house: House, n: int, *pages: Watching) -> None:
    """The other server's word, with since when it knows each."""
    since = {page.actor: milliseconds(house.clock.now() - timedelta(hours=2)) for page in pages}
    house.consoles.services.others.hear(Word(server="other", n=n, pages=pages, since=since, cics=frozenset({"OVL"})))


async def test_who_has_a_page_at_another_server_is_on_shift_here_since_they_came_and_is_offered_alarms(
    house: House,
) -> None:
    ann, paper = house.page("Ann")
    says(house, 1, there(house, "Bob", "VBR"))
    await paper.turn()
    people = {person["name"]: person for person in [m["together"] for m in paper.sent if "together" in m][-1]["people"]}
    two_hours = milliseconds(house.clock.now()) - 7_200_000
    bob = people["Bob"]
    assert (bob["since"], bob["screen"], bob["heard"], bob["covers"]) == (two_hours, "visible", True, ["VBR"])
    assert house.consoles.on_shift == 2 and house.consoles.present() >= {ann.actor, house.desk.pseudonym("Bob")}
    incident = await house.press()
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), ann.user)
    await house.desk.command(do.HandOver(id=house.name(), incident=incident.id, to=bob["key"], note=""), ann.user)
    assert house.desk.board.incidents[incident.id].offered_to == house.desk.pseudonym("Bob")
    says(house, 2)
    assert house.consoles.on_shift == 1


async def test_a_desk_name_at_another_server_is_free_for_its_own_browser_alone(house: House) -> None:
    says(house, 1, there(house, "Desk 1", browser="browser-a"))
    assert house.page("", "browser-b")[0].desk_name == "Desk 2"
    assert house.page("Desk 1", "browser-a")[0].desk_name == "Desk 1"


async def test_an_alarm_is_alone_with_whom_its_case_excludes_only_if_no_server_has_anybody_else(house: House) -> None:
    session = Session(house.consoles, Paper())
    session.take(json.dumps({"do": "hello", "desk": "Desk 9", "browser": "b", "cics": []}))
    for task in tuple(session._tasks):
        await task
    incident, alone = await house.press(), house.consoles.reservations.alone
    assert session.desk_name == "Desk 9" and alone(incident)
    says(house, 1, there(house, "Bob"))
    assert not alone(incident)
    says(house, 2, there(house, "Bob", "LIE"))  # not of her centre
    assert alone(incident)
    says(house, 3, there(house, "Bob", audible=False))
    assert alone(incident)
    house.consoles.leave(session)
    says(house, 4, there(house, "Desk 9"))
    assert alone(incident)


async def test_the_sheet_names_the_sound_tests_of_all_servers(house: House) -> None:
    at = milliseconds(house.clock.now())
    says(house, 1, there(house, "Bob", tested_at=at, sounds=True), there(house, "Cas"))
    facts = await sheet(house.consoles, User(actor="", roles=frozenset(), name="Ann"), translator("en"))
    assert [(name, heard) for name, _, heard in facts["sound_tests"]] == [("Bob", True)]
    assert facts["heard"] == facts["able"] == 2


async def test_an_auditor_at_another_server_is_nobody_of_the_shift(house: House) -> None:
    says(house, 1, there(house, "Eve", role="auditor", visible=False, audible=False))
    assert house.consoles.on_shift == 0 and not house.desk.floor.people


async def test_the_alarms_of_a_centre_whose_servers_pages_are_gone_are_its_neighbours_need(house: House) -> None:
    house.consoles.services.listening.own = ("VBR",)
    page, _ = house.page("Ann")
    house.consoles.cover(page, ["VBR"])
    incident = await house.press(fix=Fix(51.0536, 3.7253, 18.0))
    says(house, 1, there(house, "Bob", "OVL"), there(house, "Cas", "VBR"))
    house.consoles.look()
    assert house.consoles.need(page, incident) == ""
    says(house, 2, there(house, "Cas", "VBR"))
    house.consoles.look()
    assert house.consoles.need(page, incident) == "neighbour"
