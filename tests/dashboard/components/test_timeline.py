"""An incident's timeline: what was known when, by both clocks, where she was, and who looked."""

import json
import time
from datetime import timedelta
from math import cosh
from typing import Any

import msgspec
import pytest

from dashboard.components.timeline.desk import answer
from dashboard.components.timeline.facts import Spot, Story, story
from dashboard.i18n.words import words
from incidents import commands as do
from incidents import events as ev
from incidents.incident import Incident
from incidents.messages import Fix, FixReport, OrderReport
from incidents.roles import WITHOUT_SIGN_IN, User
from incidents.timeline import NoSuchIncident
from maps.ground import EARTH_M, ground
from maps.zones import Zones
from reports.catalogue import translator
from tests.dashboard.conftest import DEVICE, START, House


async def does(house: House, seconds: float, kind: type[do.OnIncident], incident: Incident, **facts: Any) -> None:
    house.clock.pass_s(seconds)
    user = User(actor=house.desk.pseudonym("Desk 1"), roles=WITHOUT_SIGN_IN)
    await house.desk.command(kind(id=house.name(), incident=incident.id, **facts), user)


async def lived(house: House, device: str = DEVICE, *, closed: bool = True) -> Incident:
    """A press that is taken, routed, followed, late on the scene, corrected and, if wanted, closed."""
    clock = house.clock
    house.cases.case = msgspec.structs.replace(house.cases.case, exclusions=())
    incident = await house.press(device)
    await does(house, 8, do.Acknowledge, incident)
    await does(house, 20, do.Route, incident, zone="5415")
    order = house.desk.board.incidents[incident.id].order
    assert order is not None
    for n in range(5):
        clock.pass_s(10)
        await house.report(FixReport(device=device, fix=Fix(51.0536 + n / 1000, 3.7253, 25.0, time=clock.now())))
    late = Fix(51.0, 3.7, 30.0, time=clock.now() - timedelta(seconds=25))
    await house.report(FixReport(device=device, fix=late))
    await house.report(OrderReport(order=order.id, state="en_route", unit="GT 12"))
    await does(house, 700, do.Progress, incident, step="on_scene")
    await does(
        house, 5, do.CorrectTime, incident, time="on_scene", to=clock.now() - timedelta(seconds=45), reason="radio"
    )
    if closed:
        now = house.desk.board.incidents[incident.id]
        closing = {"as_class": "real", "outcome": "victim_safe", "reason": "over", "anyway": True}
        await does(house, 60, do.Close, now, **closing)
    return house.desk.board.incidents[incident.id]


async def told(house: House, incident: Incident) -> Story:
    log = house.log
    records = await log.stream(f"incident/{incident.id}")
    return story(records, log.unseal, name_of=house.desk.name_of, zone_name=house.consoles.services.places.zone_name)


def ms(seconds: float) -> int:
    return int((START + timedelta(seconds=seconds)).timestamp() * 1000)


async def test_what_was_known_at_a_moment_is_the_fold_of_what_had_been_entered_until_then(house: House) -> None:
    found = await told(house, await lived(house))
    states = [(known.at, known.state, known.owner, known.order_step) for known in found.known]
    assert states[0] == (ms(0), "raised", "", "")
    assert (ms(8), "acknowledged", "Desk 1", "") in states
    assert (ms(28), "routed", "Desk 1", "") in states
    assert (ms(78), "en_route", "Desk 1", "en_route") in states
    assert states[-1][:2] == (ms(843), "closed")
    assert found.known[-1].as_class == "real"
    assert [known.at for known in found.known] == sorted(known.at for known in found.known)


async def test_every_record_is_there_with_who_and_both_clocks(house: House) -> None:
    incident = await lived(house)
    found = await told(house, incident)
    records = await house.log.stream(f"incident/{incident.id}")
    assert [one.version for one in found.happenings] == [record.version for record in records]
    by_code = {one.line.code: one for one in found.happenings}
    assert by_code["pressed"].clock == "feed" and by_code["pressed"].who == ""
    assert (by_code["acknowledged"].who, by_code["acknowledged"].clock) == ("Desk 1", "ours")
    assert by_code["located"].line.n == 30
    assert by_code["time_corrected"].was == ms(778)
    assert "Voorbeeld" not in str(found) and "2026-0412" not in str(found.happenings)


async def test_who_looked_stands_there_and_why_they_did_does_not(house: House) -> None:
    incident = await lived(house)
    stream, me = f"incident/{incident.id}", house.desk.pseudonym("Desk 9")
    for event in (
        ev.CaseOpened(role="dispatcher"),
        ev.ReasonGiven(of="look-1", why="other", reason="a cousin asked"),
        ev.OrderShown(role="zone", need="mine", order="order-1", update=1, zone="5415"),
        ev.TimelineOpened(role="supervisor", incident=incident.id),
    ):
        await house.desk.note(stream, event, id=house.name(), actor=me)
    found = await told(house, incident)
    looks = ["case_opened", "order_shown", "timeline_opened"]
    assert [one.line.code for one in found.happenings][-3:] == looks
    assert found.happenings[-3].who == "Desk 9" and "cousin" not in str(found)
    catalogue = words(translator("en"))
    assert all(f"history.{code}" in catalogue for code in looks)


async def test_a_day_stands_where_the_records_begin_and_where_midnight_passes_in_belgium(house: House) -> None:
    house.clock.pass_s(2 * 3600 + 44 * 60)  # 23:58
    incident = await house.press()
    await does(house, 8, do.Acknowledge, incident)
    for seconds in (92, 60, 86400):
        await does(house, seconds, do.Note, incident, text="n")
    found = await told(house, incident)
    days = [(one.line.code, one.day) for one in found.happenings if one.day]
    assert days == [("pressed", "2026-11-24"), ("noted", "2026-11-25"), ("noted", "2026-11-26")]
    assert [one.day for one in found.happenings if one.line.code == "noted"] == ["", "2026-11-25", "2026-11-26"]


async def test_a_bar_has_its_targets_its_other_clock_and_what_it_was_before_a_correction(house: House) -> None:
    found = await told(house, await lived(house))
    bars = {bar.name: bar for bar in found.bars}
    scene = bars["pressed->on_scene"]
    assert (scene.seconds, scene.original_s, scene.two_clocks) == (733.0, 778.0, True)
    assert [(limit.profile, limit.limit_s, limit.missed) for limit in scene.limits] == [("AMR", 600, True)]
    taken = bars["received->acknowledged"]
    assert [(limit.profile, limit.missed) for limit in taken.limits] == [
        ("CIC", False),
        ("NENA-STA-020", False),
        ("NENA-STA-020", False),
        ("NFPA 1225", False),
    ]
    assert "received->presented" in found.missing and not set(found.missing) & set(bars)


async def test_it_counts_from_the_press_however_late_that_came(house: House) -> None:
    incident = await house.press(late_s=651)
    await does(house, 8, do.Acknowledge, incident)
    await house.press(late_s=40)
    found = await told(house, house.desk.board.incidents[incident.id])
    assert (found.start, found.pressed, found.received) == (ms(-651), ms(-651), ms(0))
    assert (found.held_up_s, found.by_hand) == (651.0, False)
    assert [one.held_up_s for one in found.happenings if one.held_up_s] == [651.0, 40.0]
    bars = {bar.name: (bar.start, bar.end) for bar in found.bars}
    assert bars["pressed->received"] == (ms(-651), ms(0))
    assert found.known[0].at == ms(0)  # until then nothing was known


async def test_a_press_that_came_in_time_was_not_held_up(house: House) -> None:
    found = await told(house, await house.press())
    assert found.held_up_s is None and not [one for one in found.happenings if one.held_up_s]
    assert found.start == found.pressed == found.received == ms(0)


async def test_a_position_older_than_the_one_we_had_moves_nothing_and_a_circle_is_true_to_scale(house: House) -> None:
    found = await told(house, await lived(house))
    assert [spot.late for spot in found.spots] == [False] * 6 + [True]
    for spot in found.spots:
        assert spot.r / cosh(spot.y / EARTH_M) == pytest.approx(spot.radius, rel=0.005)


async def test_what_is_written_long_afterwards_does_not_stretch_it(house: House) -> None:
    incident = await lived(house)
    before = await told(house, incident)
    await does(house, 90 * 86400, do.Explain, incident, reason="two alarms at once", interval="pressed->on_scene")
    after = await told(house, incident)
    assert after.end == before.end == ms(843)
    assert after.happenings[-1].line.text == "two alarms at once"


async def test_a_large_incident_is_told_within_a_quarter_of_a_second_a_hundred_records(house: House) -> None:
    incident = await house.press()
    for n in range(300):
        house.clock.pass_s(5)
        await house.report(FixReport(device=DEVICE, fix=Fix(51.05 + n / 9000, 3.72, 20.0, time=house.clock.now())))
        if n % 2:
            await does(house, 0, do.Acknowledge if n == 1 else do.Note, incident, **({} if n == 1 else {"text": "n"}))
    log = house.log
    records = await log.stream(f"incident/{incident.id}")
    assert len(records) > 400
    began = time.process_time()
    found = story(records, log.unseal, name_of=house.desk.name_of, zone_name=str)
    assert time.process_time() - began < len(records) / 400
    assert len(found.spots) == 301


def spot(x: float, y: float, r: float = 0.0) -> Spot:
    return Spot(at=0, since=0, x=x, y=y, r=r)


def test_the_ground_holds_every_position_and_counts_what_lies_too_far_away(zones: Zones) -> None:
    x, y = 414_700.0, 6_631_800.0  # Gent
    found = ground((spot(x, y, 900.0), spot(x + 2000, y), spot(x + 2500, y + 100), spot(0.0, 0.0)), zones.folder)
    assert found["far"] == 1
    (ox, oy), (rx, ry) = found["origin"], found["reach"]
    for px in (x - 900, x + 2500):
        assert abs(px - ox) < rx
    assert abs(y + 900 - oy) < ry and abs(y - 900 - oy) < ry
    assert found["m"] == pytest.approx(0.63, abs=0.01)
    names = [zone["name"] for zone in found["zones"]]
    assert "Gent" in names and len(names) < 60
    assert all(len(ring) % 2 == 0 and len(ring) >= 8 for zone in found["zones"] for ring in zone["rings"])
    assert ground((), zones.folder) == {}


async def answered(*asked: Any) -> dict[str, Any]:
    """What a page is answered, as it reads it."""
    found: dict[str, Any] = json.loads(msgspec.json.encode(await answer(*asked)))
    return found


async def test_each_look_is_a_record_with_its_role_and_need_and_names_nobody(house: House) -> None:
    incident = await lived(house)
    session, _ = house.page("Desk 1")
    asked = (house.consoles, session, incident.id)
    found = await answered(*asked, None)
    assert found["story"]["label"] == DEVICE and found["ground"]["zones"]
    await house.desk._disclosures.close()
    again = await answered(*asked, found["story"]["records"])
    assert again, "it goes on while somebody looks: that is the same look"
    records = again["story"]["records"]
    assert (
        again["story"]["happenings"][-1]["line"]["code"] == "timeline_opened" and await answer(*asked, records) is None
    )
    await answer(*asked, 0)  # a second click, or a line that came back: once more nothing is looked at anew
    house.clock.pass_s(10)
    await answer(*asked, 0)
    other, _ = house.page("Desk 2")
    await answer(house.consoles, other, incident.id, records - 1)
    await house.desk._disclosures.close()
    looks = [one for one in await house.log.stream(f"incident/{incident.id}") if one.type == "timeline_opened"]
    facts = {"incident": incident.id, "role": "dispatcher supervisor"}
    assert [(look.type, look.open) for look in looks] == [("timeline_opened", facts)] * 3
    assert [house.desk.name_of(look.actor) for look in looks] == ["Desk 1", "Desk 1", "Desk 2"]
    house.clock.pass_s(61)
    for _ in range(2):  # who says to have a part of it has no look without an end
        await answer(*asked, 1)
    await house.desk._disclosures.close()
    looks = [one for one in await house.log.stream(f"incident/{incident.id}") if one.type == "timeline_opened"]
    assert [house.desk.name_of(look.actor) for look in looks][3:] == ["Desk 1"]
    versions = [record.version for record in await house.log.stream(f"incident/{incident.id}")]
    assert house.desk.board.incidents[incident.id].version == versions[-1]


async def test_on_a_page_left_open_what_the_night_erased_gives_way_to_intervals(house: House) -> None:
    """It asks every few seconds with how much it has."""
    incident = await lived(house)
    session, _ = house.page("Desk 1")
    asked = (house.consoles, session, incident.id)
    shown = await answered(*asked, None)
    assert shown["story"]["happenings"] and not shown["story"].get("erased")
    at = house.desk.clock.now()
    await house.log.erase(f"incident/{incident.id}", id="erase-1", at=ev.stamp(at), actor="retention", rule="test")
    after = await answered(*asked, shown["story"]["records"])
    assert after["story"]["erased"] and not after["story"].get("happenings")
    moments = [str(one["at"]) for one in shown["story"]["happenings"]]
    assert not [word for word in (DEVICE, "Desk 1", "5415", *moments) if word in json.dumps(after)]


async def test_what_is_no_incident_is_said_and_leaves_no_record(house: House) -> None:
    session, _ = house.page("Desk 1")
    assert await answer(house.consoles, session, "nothing", None) == {"id": "nothing", "failed": "unknown"}
    for strange in ("", "a" * 200):
        assert await answer(house.consoles, session, strange, None) is None
    assert [one async for _, one in house.log.records() if one.type == "timeline_opened"] == []
    with pytest.raises(NoSuchIncident):
        story([], lambda record: b"", name_of=str, zone_name=str)
