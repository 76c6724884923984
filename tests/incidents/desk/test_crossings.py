"""Where she goes: her places and borders are recorded once each, ask the owner alone, and never one who listens to her."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from operator import attrgetter

import msgspec
import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.case import Exclusion, Protected
from incidents.crossings import Side, side
from incidents.escalation.ladder import WatchTimes, loudness, steps
from incidents.escalation.watch import Watch
from incidents.incident import Incident
from incidents.messages import CallReport, Fix, FixReport, OrderReport
from tests.incidents.conftest import DEVICE, Floor, Open
from tests.incidents.desk.test_desk import acknowledged
from tests.people import dispatcher

HOME = Protected(name="home, Lindestraat 7, 9000 Gent", lat=51.0536, lon=3.7253, radius_m=500)
WORK = Protected(name="work", lat=51.0536, lon=3.79)
STREET, OFFICE, EAST = 3.7353, 3.79, 3.92  # lon: 700 m from home, at work, 1.4 km beyond the border at 3.9
TIMES = WatchTimes()


@pytest.fixture
async def floor(open_floor: Open) -> AsyncIterator[Floor]:
    async with open_floor() as floor:
        lives_at(floor, HOME, WORK)
        yield floor


def lives_at(floor: Floor, *places: Protected) -> None:
    floor.cases.case = msgspec.structs.replace(floor.cases.case, places=places)


async def goes(
    floor: Floor, lon: float, radius: float | None = 18.0, *, after_s: float = 600, id: str = ""
) -> Incident:
    floor.clock.pass_s(after_s)
    report = FixReport(device=DEVICE, fix=Fix(51.0536, lon, radius, time=floor.clock.now()))
    await floor.desk.receive(floor.message(report, id=id or None))
    return now(floor)


def now(floor: Floor) -> Incident:
    incident = floor.incident()
    assert incident is not None
    return incident


async def did(floor: Floor, kind: type[cmd.OnIncident], actor: str = "me", **facts: object) -> Incident:
    await floor.desk.command(kind(id=floor.name(), incident=now(floor).id, **facts), dispatcher(actor))  # type: ignore[arg-type]
    return now(floor)


async def made(floor: Floor, kind: str) -> int:
    return [type for _, type in await floor.records()].count(kind)


def told(incident: Incident) -> list[tuple[str, str]]:
    return [(passage.place, passage.way) for passage in incident.position.passages]


async def test_leaving_home_and_reaching_work_are_a_record_each_and_ask_the_owner(floor: Floor) -> None:
    await acknowledged(floor)  # the press at home announces nothing
    assert (now(floor).position.passages, now(floor).realarm) == ((), "")
    incident = await goes(floor, STREET)
    assert told(incident) == [(HOME.name, "left")] and incident.position.passages[0].at == floor.clock.now()
    assert (incident.realarm, incident.attention.realarmed_at, loudness(incident)) == ("place", floor.clock.now(), 1)
    assert incident.escalation.waits_since is None, (
        "it asks its owner; only what nobody answers climbs the ladder of everybody"
    )
    assert (await did(floor, cmd.StillOnIt)).realarm == ""
    await goes(floor, 3.76)
    incident = await goes(floor, OFFICE)
    assert told(incident) == [(HOME.name, "left"), (WORK.name, "reached")] and incident.realarm == "place"
    await goes(floor, OFFICE)
    await goes(floor, 3.7895)
    assert await made(floor, "place_passed") == 2
    assert [entry.event.__struct_config__.tag for entry in now(floor).history.entries].count("place_passed") == 2  # type: ignore[union-attr]


async def test_two_places_of_one_name_are_one_place(floor: Floor) -> None:
    """The import refuses them; a register may have them from before."""
    lives_at(floor, HOME, msgspec.structs.replace(WORK, name=HOME.name))
    await acknowledged(floor)
    for lon in (HOME.lon, HOME.lon, OFFICE, OFFICE):
        assert told(await goes(floor, lon)) == []
    assert now(floor).realarm == "" and await made(floor, "place_passed") == 0
    for lon in (STREET, STREET, OFFICE):
        await goes(floor, lon)
    assert told(now(floor)) == [(HOME.name, "reached")] and await made(floor, "place_passed") == 2


async def test_what_her_place_is_and_which_way_she_went_is_sealed(floor: Floor) -> None:
    await acknowledged(floor)
    await goes(floor, STREET)
    records = [record async for _, record in floor.log.records() if record.type == "place_passed"]
    assert [record.open for record in records] == [{}] and all(record.sealed for record in records)


async def test_positions_that_are_not_sure_enough_change_nothing(floor: Floor) -> None:
    await acknowledged(floor)
    for lon, radius in ((STREET, 600.0), (STREET, None), (3.7285, 18.0), (HOME.lon, 18.0), (STREET, 0.0)):
        incident = await goes(floor, lon, radius)
    assert (incident.position.passages, incident.realarm) == ((), "")


async def test_the_first_position_that_says_something_announces_nothing(floor: Floor) -> None:
    await floor.press(lon=STREET)
    incident = await did(floor, cmd.Acknowledge)
    assert (await goes(floor, STREET)).position.passages == incident.position.passages == ()
    assert told(await goes(floor, HOME.lon)) == [(HOME.name, "reached")]


async def test_a_record_is_made_once_also_twice_heard_late_or_after_a_restart(floor: Floor, open_floor: Open) -> None:
    await acknowledged(floor)
    await goes(floor, STREET, id="twice")
    await goes(floor, STREET, id="twice")
    late = Fix(51.0536, HOME.lon, 18.0, time=floor.clock.now() - timedelta(seconds=45))
    await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=late)))
    assert told(now(floor)) == [(HOME.name, "left")] and await made(floor, "place_passed") == 1
    await floor.desk.close()
    await floor.log.close()
    async with open_floor() as again:
        lives_at(again, HOME, WORK)
        assert told(await goes(again, STREET)) == [(HOME.name, "left")] and await made(again, "place_passed") == 1


async def test_a_fix_of_a_press_says_it_too(floor: Floor) -> None:
    await acknowledged(floor)
    floor.clock.pass_s(600)
    await floor.press(lon=STREET)
    assert told(now(floor)) == [(HOME.name, "left")] and now(floor).realarm == "pressed", "graver news stands"


async def test_an_alarm_that_nobody_has_gets_neither_quieter_nor_louder(floor: Floor) -> None:
    before = await floor.press()
    assert before is not None
    after = await goes(floor, STREET)
    assert told(after) == [(HOME.name, "left")]
    same = attrgetter("realarm", "state", "escalation")
    assert same(after) == same(before)


async def test_nobody_who_listens_to_her_is_interrupted(floor: Floor) -> None:
    await acknowledged(floor)
    await floor.desk.receive(floor.message(CallReport(device=DEVICE, state="open")))
    incident = await goes(floor, STREET)
    assert (incident.realarm, incident.hushed) == ("place", True)
    assert "escalate" not in {step.what for step in steps(incident, TIMES)}
    await floor.desk.receive(floor.message(CallReport(device=DEVICE, state="ended")))
    assert not now(floor).hushed


async def test_an_owner_who_does_nothing_has_the_supervisor_called_once_for_all_that_came_meanwhile(
    floor: Floor,
) -> None:
    await acknowledged(floor)
    first = await goes(floor, STREET)
    incident = await goes(floor, HOME.lon, after_s=20)
    due = [step for step in steps(incident, TIMES) if step.what == "escalate"]
    assert first.attention.realarmed_at is not None and not incident.hushed
    assert [(step.limit, step.at) for step in due] == [("place", first.attention.realarmed_at + timedelta(seconds=30))]
    watch = Watch(floor.desk, floor.log, WatchTimes(idle_s=9_000, fix_s=9_000, on_scene_s=9_000))
    for _ in range(3):
        floor.clock.pass_s(10)
        await watch.tick()
    assert now(floor).for_supervisor and now(floor).realarm == "place"
    types = [type for _, type in await floor.records()]
    assert (types.count("where_unanswered"), types.count("limit_passed")) == (1, 0)


async def routed(floor: Floor, zone: str = "5415") -> Incident:
    await acknowledged(floor)
    return await did(floor, cmd.Route, zone=zone)


async def test_a_border_crossed_proposes_the_next_zone_until_it_no_longer_holds(floor: Floor) -> None:
    lives_at(floor)
    await routed(floor)
    for lon in (3.8999, 3.9001, 3.8998, 3.9012):  # along the border, the zone of the newest position flips
        incident = await goes(floor, lon)
    assert (incident.zone, incident.next_zone, incident.realarm) == ("5416", "", "")
    incident = await goes(floor, EAST)
    assert (incident.next_zone, incident.realarm) == ("5416", "zone")
    assert (await goes(floor, 3.8995)).next_zone == "5416" and await made(floor, "zone_crossed") == 1
    incident = await goes(floor, 3.88)
    assert (incident.next_zone, incident.realarm) == ("", ""), "she is back in the zone that has the order"
    incident = await goes(floor, EAST)
    assert (incident.next_zone, await made(floor, "zone_crossed")) == ("5416", 3)
    incident = await did(floor, cmd.Route, zone="5416")
    assert (incident.next_zone, incident.realarm) == ("", "")
    await goes(floor, EAST)
    assert await made(floor, "zone_crossed") == 3


async def late(floor: Floor, *, final: bool = False) -> Incident:
    """Its order could not be delivered."""
    order = now(floor).order
    assert order is not None
    facts = {"order": order.id, "update": order.update, "zone": order.zone}
    await floor.desk.undelivered(now(floor).id, **facts, why="no answer", final=final)  # type: ignore[arg-type]
    return now(floor)


def calls(incident: Incident) -> set[str]:
    """For what the supervisor is called unless its owner acts."""
    return {str(step.limit) for step in steps(incident, TIMES) if step.what == "escalate"}


@pytest.mark.parametrize("lon", [STREET, EAST])
async def test_where_she_goes_silences_no_order_that_was_not_delivered(floor: Floor, lon: float) -> None:
    await routed(floor)
    await did(floor, cmd.StillOnIt)
    await floor.desk.receive(floor.message(CallReport(device=DEVICE, state="open")))
    asked = await late(floor)
    incident = await goes(floor, lon)
    assert told(incident) == [(HOME.name, "left")], "it is recorded all the same"
    same = attrgetter("realarm", "attention.realarmed_at", "hushed")
    assert same(incident) == same(asked)
    assert (incident.realarm, incident.hushed) == ("undelivered", False) and "not_delivered" in calls(incident)


@pytest.mark.parametrize("answered", [False, True])
async def test_a_place_that_nobody_answered_asks_again_once_what_was_graver_is_over(
    floor: Floor, answered: bool
) -> None:
    await routed(floor)
    await late(floor)
    await goes(floor, STREET)
    if answered:
        assert (await did(floor, cmd.StillOnIt)).realarm == ""
        await late(floor, final=True)
    assert now(floor).realarm == "undelivered"
    order = now(floor).order
    assert order is not None
    await floor.desk.delivered(now(floor).id, order=order.id, update=order.update, zone="5415", status=200)
    incident = now(floor)
    assert (incident.realarm, calls(incident)) == (("", set()) if answered else ("place", {"place"}))


async def test_coming_back_over_a_border_drops_no_place_that_nobody_answered(floor: Floor) -> None:
    await routed(floor)
    first = await goes(floor, STREET)
    assert (await goes(floor, EAST)).realarm == "zone"
    incident = await goes(floor, STREET)
    assert (incident.next_zone, incident.realarm, calls(incident)) == ("", "place", {"place"})
    assert incident.attention.realarmed_at == first.attention.realarmed_at, "its owner was asked then"
    incident = await did(floor, cmd.StillOnIt)
    assert (incident.realarm, incident.attention.beneath) == ("", "")
    await goes(floor, EAST)
    assert (await goes(floor, STREET)).realarm == "", "it was answered"


async def test_coming_back_over_a_border_drops_no_step_that_did_not_come(floor: Floor) -> None:
    lives_at(floor)
    await routed(floor)
    passed = ev.LimitPassed(limit="not_accepted", after_s=60, cause=1)
    await floor.desk.note(f"incident/{now(floor).id}", passed, id="watch:limit", actor="watch")
    for lon in (EAST, STREET):
        incident = await goes(floor, lon)
        assert incident.realarm == "not_accepted" and "not_accepted" in calls(incident)


async def test_who_sent_it_to_another_zone_than_hers_is_asked_nothing_until_she_moves(floor: Floor) -> None:
    lives_at(floor)
    await routed(floor, "5416")
    assert (await goes(floor, STREET)).next_zone == ""
    assert (await goes(floor, EAST)).next_zone == "" and (await goes(floor, STREET)).next_zone == "5415"


async def test_a_zone_that_gets_no_order_of_her_case_or_refused_is_not_proposed(floor: Floor) -> None:
    lives_at(floor)
    await routed(floor)
    exclusions = (Exclusion(reason="his brother serves there", zone="5416"),)
    kept = floor.cases.case
    floor.cases.case = msgspec.structs.replace(kept, exclusions=exclusions)
    assert (await goes(floor, EAST)).next_zone == ""
    floor.cases.case = kept
    assert (await goes(floor, EAST)).next_zone == "5416"
    incident = await did(floor, cmd.Route, zone="5416")
    assert incident.order is not None
    declined = OrderReport(order=incident.order.id, state="declined", reason="no unit")
    await floor.desk.receive(floor.message(declined))
    await did(floor, cmd.Route, zone="5415", anyway=True)
    await goes(floor, STREET)
    made_before = await made(floor, "zone_crossed")
    incident = await goes(floor, EAST)
    assert (incident.next_zone, incident.realarm, calls(incident)) == ("", "", set())
    assert (incident.other_zones.crossed, await made(floor, "zone_crossed")) == ("5416", made_before + 1), (
        "it is recorded"
    )


async def test_whoever_is_at_the_scene_is_proposed_no_zone(floor: Floor) -> None:
    lives_at(floor)
    await routed(floor)
    await did(floor, cmd.Progress, step="on_scene")
    assert (await goes(floor, EAST)).next_zone == "" and await made(floor, "zone_crossed") == 0


async def test_a_border_asks_nobody_any_more_once_somebody_is_there(floor: Floor) -> None:
    lives_at(floor)
    incident = await routed(floor)
    assert incident.order is not None and (await goes(floor, EAST)).realarm == "zone"
    for state, asks in (("accepted", "zone"), ("on_scene", "")):
        await floor.desk.receive(floor.message(OrderReport(order=incident.order.id, state=state)))
        assert now(floor).realarm == asks
    assert calls(now(floor)) == set()


async def test_one_position_that_cannot_be_true_says_nothing_and_many_of_them_do(floor: Floor) -> None:
    await routed(floor)
    for lon in (HOME.lon, HOME.lon, 4.2, HOME.lon):  # 33 km in 10 s, and back
        incident = await goes(floor, lon, after_s=10)
    assert (incident.position.passages, incident.next_zone, incident.realarm) == ((), "", "")
    for n in range(3):  # by train after all
        incident = await goes(floor, 4.2 + n / 10_000, after_s=10)
    assert told(incident) == [(HOME.name, "left")] and incident.next_zone == "5416"


async def test_what_a_fix_says_is_asked_once_unless_it_is_recorded(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await acknowledged(floor)
    asked: list[Fix] = []

    def counted(places: Sequence[Protected], fix: Fix) -> Side | None:
        asked.append(fix)
        return side(places, fix)

    monkeypatch.setattr("incidents.desk.crossings.side", counted)
    for lon, records in ((HOME.lon, 0), (STREET, 1), (OFFICE, 2)):
        asked.clear()
        await goes(floor, lon)
        assert (len(asked), await made(floor, "place_passed")) == (2, records), "each of two places"


async def test_a_fault_of_the_geography_loses_no_position(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    await acknowledged(floor)
    monkeypatch.setattr("incidents.desk.crossings.side", lambda places, fix: 1 / 0)
    assert (await goes(floor, STREET)).position.fix == Fix(51.0536, STREET, 18.0, time=floor.clock.now())


@pytest.mark.parametrize("part", ["side", "surely"])
async def test_a_fault_of_her_places_keeps_no_border_from_being_followed_nor_the_other_way_round(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    await routed(floor)
    monkeypatch.setattr(f"incidents.desk.crossings.{part}", lambda of, fix: 1 / 0)
    incident = await goes(floor, EAST)
    assert (told(incident), incident.other_zones.crossed) == (
        ([], "5416") if part == "side" else ([(HOME.name, "left")], "")
    )


async def test_a_fix_of_next_to_no_confidence_when_the_order_is_sent_switches_nothing_off(floor: Floor) -> None:
    await acknowledged(floor)
    floor.clock.pass_s(60)
    vague = Fix(51.0536, HOME.lon, 18.0, 1e-300, time=floor.clock.now())
    await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=vague)))
    await did(floor, cmd.Route, zone="5415")
    assert (await goes(floor, EAST)).next_zone == "5416" and told(now(floor)) == [(HOME.name, "left")]
