"""Rows, the case and the routing proposal, without a browser."""

import json
from typing import Any

import msgspec
import pytest

from dashboard.components.actions.routing import share_of_named
from dashboard.components.case.detail import detail
from dashboard.components.queue import row_cache
from dashboard.components.queue.rows import closures, priority
from dashboard.components.topbar.health import health
from incidents import commands as do
from incidents.case import Protected
from incidents.faults import status
from incidents.health import FeedHealth
from incidents.incident import Incident
from incidents.messages import DeviceReport
from reports.catalogue import translator
from tests.dashboard.conftest import DEVICE, START, House
from tests.people import dispatcher


async def test_a_closed_incident_shows_on_the_next_row_of_its_device(house: House) -> None:
    first = await house.press()
    close = do.Close(
        id="close-it-1",
        incident=first.id,
        as_class="test",
        outcome="test_ok",
        reason="announced",
        verified="technician_present",
        anyway=True,
    )
    await house.desk.command(close, dispatcher(house.desk.pseudonym("Desk 1")))
    second = await house.press()
    assert [c.id for c in closures(second, house.desk.board)] == [first.id]
    assert priority(house.desk.board.incidents[first.id]) == 2


async def test_instructions_weapons_and_plates_are_pinned_with_their_source(house: House) -> None:
    incident = await house.press()
    shown = detail(incident, house.desk, house.consoles.services.places, translator("en")).case
    assert [(f.heading, f.text) for f in shown.pinned] == [
        ("weapon", "hunting rifle"),
        ("listen_only", "Listen only"),
        ("plate", "grey van 1-ABC-000"),
    ]
    assert all(f.source and f.date for f in (*shown.pinned, *shown.facts))


async def test_a_place_of_the_case_says_its_address_or_what_lies_nearest_to_it_and_a_locked_case_none(
    house: House,
) -> None:
    house.consoles.services.whereabouts._open()
    at = {"lat": 51.0429, "lon": 3.7268}
    places = (
        Protected(name="home", address="<b>Lindestraat 7</b>, Gent", **at),
        Protected(name="work", **at),
        Protected(name="mother, Kerkstraat 12", **at),
        Protected(name="abroad", lat=-90.0, lon=180.0),
    )
    house.cases.case = msgspec.structs.replace(house.cases.case, places=places)
    incident = await house.press()

    def said() -> list[str]:
        shown = detail(incident, house.desk, house.consoles.services.places, translator("en")).case
        return [fact.address.replace("\u00a0", " ") for fact in shown.facts if fact.heading == "place"]

    home, work, mother, abroad = said()
    assert home == "<b>Lindestraat 7</b>, Gent" and mother == "" and abroad == "outside Belgium"
    assert work.startswith("near Sint-Pietersplein") and "±" not in work  # nobody's fix: no radius is said
    house.cases.state = "locked"
    assert said() == []


async def test_a_row_warns_of_weapon_and_approach_and_of_a_case_that_is_not_in_force(house: House) -> None:
    incident, unknown = await house.press(), await house.press("AMR-00999")

    def warned(id: str, *, locked: bool = False) -> object:
        raw = (house.consoles.locked_rows if locked else house.consoles.rows).encoded(id)
        assert raw is not None
        return json.loads(bytes(raw)).get("warns")

    assert warned(incident.id) == ["weapon", "excluded"]
    assert warned(unknown.id) == ["case_unknown"]
    assert warned(incident.id, locked=True) is None  # nobody is signed in there
    house.clock.pass_s(60 * 86_400)
    assert warned(incident.id) == ["case_expired", "weapon", "excluded"]
    house.cases.state = "locked"
    assert warned(unknown.id) == ["case_locked"]


async def test_whether_a_zone_is_still_named_plainly_is_asked_when_its_circle_may_have_grown_over_it_and_not_each_second(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(incident: Incident, *facts: Any) -> float | None:
        asked.append(incident.id)
        return share_of_named(incident, *facts)

    monkeypatch.setattr(row_cache, "share_of_named", counted)
    incident, rows = await house.press(), house.consoles.rows
    for _ in range(3):
        rows.encoded(incident.id)
        assert rows.outgrown() == () and asked == []  # thousands are on the board in a flood
        house.clock.pass_s(60)
    house.clock.pass_s(24 * 3600)
    assert rows.outgrown() == (incident.id,) and asked == [incident.id]
    assert b'"zone_share":' in bytes(rows.encoded(incident.id) or b"")


async def test_a_locked_register_and_an_expired_case_each_have_their_state(house: House) -> None:
    incident = await house.press()
    places = house.consoles.services.places
    house.clock.pass_s(60 * 86_400)
    assert detail(incident, house.desk, places, translator("en")).case.state == "expired"
    house.cases.state = "locked"
    assert detail(incident, house.desk, places, translator("en")).case.state == "locked"


async def test_a_technical_alarm_that_is_over_leaves_the_page(house: House) -> None:
    await house.report(DeviceReport(device=DEVICE, state="battery_low", battery=9))
    (stream, condition), alarm = next(iter(house.desk.board.device_alarms.items()))
    assert house.consoles.devices_of(stream)[f"{stream}/{condition}"].battery == 9
    await house.desk.command(
        do.AcknowledgeDevice(id="noted-it", stream=stream, condition=alarm.condition), dispatcher("p")
    )
    await house.report(DeviceReport(device=DEVICE, state="ok"))
    assert house.consoles.devices_of(stream) == {f"{stream}/{condition}": None}


async def test_health_is_as_bad_as_its_worst_feed(house: House) -> None:
    assert health(house.desk.board, "open").feed_state == "down"
    for name, state in (("a", "live"), ("b", "silent")):
        await house.desk.feed_health(FeedHealth(name=name, state=state, since=START))
    assert health(house.desk.board, "open").feed_state == "silent"
    assert status(house.consoles.faults.now()) == "down"
    await house.desk.feed_health(FeedHealth(name="b", state="live", since=START))
    assert status(house.consoles.faults.now()) == "ok"
    for expected, oldest in ((4, 5), (9, 12), (501, 1)):
        await house.desk.feed_gap("b", why="oldest", expected=expected, oldest=oldest, epoch="e")
    assert health(house.desk.board, "open").feeds[1].gap_numbers == "4, 9–11"
    house.cases.state = "locked"
    assert status(house.consoles.faults.now()) == "degraded"
