"""A zone's desk sees the orders sent to it and nothing else, and only its answers move them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from incidents import commands as cmd
from incidents.case import Fact, Instruction
from incidents.desk.zone_desk import SentOrder, orders_of
from incidents.incident import Incident
from incidents.messages import Message, OrderReport
from incidents.roles import User
from tests.incidents.conftest import Floor, Open, closing
from tests.people import dispatcher

ME = dispatcher("me")


@pytest.fixture
async def floor(open_floor: Open) -> AsyncIterator[Floor]:
    async with open_floor() as floor:
        yield floor


def patrol(zone: str) -> User:
    return User(actor=f"desk of {zone}", roles=frozenset({"zone"}), zone=zone)


async def routed(floor: Floor, zone: str = "5415") -> Incident:
    incident = await floor.press()
    assert incident is not None
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), ME)
    await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone=zone), ME)
    return now(floor)


def now(floor: Floor) -> Incident:
    incident = floor.incident()
    assert incident is not None
    return incident


def seen(floor: Floor, zone: str) -> list[SentOrder]:
    return orders_of(floor.desk.board.incidents.values(), zone, floor.clock.now())


async def say(floor: Floor, answer: str, zone: str = "5415", **more: Any) -> Incident | None:
    incident = now(floor)
    assert incident.order is not None
    facts = {"do": "answer_order", "id": floor.name(), "incident": incident.id, "order": incident.order.id}
    command = msgspec.convert(facts | {"answer": answer} | more, cmd.AnswerOrder)
    return await floor.desk.command(command, patrol(zone))


async def refusal(floor: Floor, answer: str, zone: str = "5415", **more: Any) -> str:
    with pytest.raises(cmd.Refused) as refused:
        await say(floor, answer, zone, **more)
    return refused.value.code


async def test_a_zone_sees_the_order_sent_to_it_and_no_other_zone_does(floor: Floor) -> None:
    await floor.press()
    assert seen(floor, "5415") == []  # an alarm that was not routed is not its business
    incident = await routed(floor)
    (order,) = seen(floor, "5415")
    assert order.incident == incident.id and "A. Voorbeeld" in order.body and order.step is None
    assert seen(floor, "5416") == [] and seen(floor, "") == []


async def test_an_order_says_weapon_silence_and_place_before_all_else_of_her(floor: Floor) -> None:
    day = floor.clock.now().date()
    rifle = Fact(text="hunting rifle", source="PZ Gent", date=day)
    silent = Instruction(text="No siren.", source="PZ Gent", date=day, kind="silent_approach")
    floor.cases.case = msgspec.structs.replace(floor.cases.case, weapons=(rifle,), instructions=(silent,))
    await routed(floor)
    (order,) = seen(floor, "5415")
    body = msgspec.json.decode(order.body)
    assert (body["weapons"], body["silent_approach"], body["place"]) == (["hunting rifle"], True, "Gent")
    assert [name for name in body if name in ("weapons", "silent_approach", "place", "device", "fix")] == [
        "weapons",
        "silent_approach",
        "place",
        "device",
        "fix",
    ]
    assert order.place == "Gent"


async def test_an_order_names_the_place_that_who_raised_it_said_and_none_that_nobody_knows(floor: Floor) -> None:
    for place, said in (("Ledeberg", "Ledeberg"), ("", None)):
        raised = await floor.desk.command(cmd.Raise(id=floor.name(), place=place, zone="5415", reason="rang"), ME)
        assert raised is not None
        await floor.desk.command(cmd.Route(id=floor.name(), incident=raised.id, zone="5415"), ME)
        after = floor.desk.board.incidents[raised.id]
        assert after.order is not None
        assert msgspec.json.decode(after.order.outbox[-1].body)["place"] == said


async def test_an_order_and_each_update_say_in_each_of_the_zones_languages_what_the_position_of_that_moment_is_near_to(
    floor: Floor,
) -> None:
    def near(incident: Incident, language: str) -> str:
        if incident.presses.count > 2:
            raise RuntimeError("no words")
        words = {"fr": "près de", "nl": "bij"}[language]
        return f"{words} Veldstraat {incident.presses.count}, Gent" if incident.position.fix else ""

    placing = floor.desk._intake.placing
    placing._near, placing.speaks = near, {"5415": "fr nl"}.__getitem__
    await routed(floor)
    for _ in range(2):
        await floor.press()
    order = now(floor).order
    assert order is not None
    bodies = [msgspec.json.decode(outgoing.body) for outgoing in order.outbox]
    assert [(body["why"], body["place"]) for body in bodies] == [
        ("new", "près de Veldstraat 1, Gent — bij Veldstraat 1, Gent"),
        ("press", "près de Veldstraat 2, Gent — bij Veldstraat 2, Gent"),
        ("press", "Gent"),  # words that can't be made stop no order
    ]
    assert {body["lang"] for body in bodies} == {"fr nl"}
    assert all(body["fix"]["lat"] == now(floor).position.fix.lat for body in bodies)  # type: ignore[union-attr]


async def test_an_order_says_what_who_raised_it_said_and_no_note(floor: Floor) -> None:
    words = "neighbour hears shouting"
    raised = await floor.desk.command(cmd.Raise(id=floor.name(), place="Ledeberg", zone="5415", reason=words), ME)
    assert raised is not None
    await floor.desk.command(cmd.Note(id=floor.name(), incident=raised.id, text="she hides at her aunt's"), ME)
    await floor.desk.command(cmd.Route(id=floor.name(), incident=raised.id, zone="5415"), ME)
    (order,) = seen(floor, "5415")
    assert msgspec.json.decode(order.body)["reason"] == words and "aunt" not in order.body
    pressed = await routed(floor)
    (order,) = [one for one in seen(floor, "5415") if one.incident == pressed.id]
    assert msgspec.json.decode(order.body)["reason"] is None


async def test_its_answers_are_the_zones_and_move_the_alarm(floor: Floor) -> None:
    await routed(floor)
    for answer in ("accepted", "en_route", "on_scene"):
        await say(floor, answer, unit="Gent 12")
        assert now(floor).state == answer and now(floor).times[answer].source == "zone"  # type: ignore[index]
    unit = now(floor).unit
    assert unit is not None and unit.unit == "Gent 12"
    await say(floor, "done")
    (order,) = seen(floor, "5415")
    assert order.done and now(floor).state == "on_scene"  # that she is safe, a person says


async def test_an_answer_given_twice_or_too_late_changes_nothing(floor: Floor) -> None:
    await routed(floor)
    await say(floor, "en_route")
    version = now(floor).version
    await say(floor, "en_route")
    await say(floor, "accepted")
    assert now(floor).version == version


async def test_to_decline_takes_a_reason_and_ends_only_before_the_scene(floor: Floor) -> None:
    await routed(floor)
    assert await refusal(floor, "declined", reason="  ") == "reason_missing"
    await say(floor, "declined", reason="no unit is free")
    assert (now(floor).state, now(floor).realarm) == ("acknowledged", "declined")
    assert seen(floor, "5415") == []
    assert await refusal(floor, "accepted") == "wrong_state"


async def test_a_unit_at_the_scene_can_not_be_declined_away(floor: Floor) -> None:
    await routed(floor)
    await say(floor, "on_scene")
    assert await refusal(floor, "declined", reason="a mistake") == "wrong_state"


async def test_an_order_of_another_zone_is_as_unknown_as_none(floor: Floor) -> None:
    await routed(floor)
    assert await refusal(floor, "accepted", zone="5416") == "unknown_incident"
    assert await refusal(floor, "accepted", zone="") == "unknown_incident"
    assert now(floor).state == "routed"


async def test_a_dispatcher_can_not_answer_for_a_zone(floor: Floor) -> None:
    incident = await routed(floor)
    assert incident.order is not None
    command = cmd.AnswerOrder(id=floor.name(), incident=incident.id, order=incident.order.id, answer="accepted")
    with pytest.raises(cmd.Refused) as refused:
        await floor.desk.command(command, ME)
    assert refused.value.code == "not_allowed"


@pytest.mark.parametrize("end", ["cancelled", "rerouted", "closed"])
async def test_what_is_over_is_said_for_a_quarter_of_an_hour_without_her_words(floor: Floor, end: str) -> None:
    incident = await routed(floor)
    ends: dict[str, cmd.Command] = {
        "cancelled": cmd.CancelOrder(id=floor.name(), incident=incident.id),
        "rerouted": cmd.Route(id=floor.name(), incident=incident.id, zone="5416"),
        "closed": closing(incident, floor.name()),
    }
    if end == "closed":  # one that is not accepted is called off
        await say(floor, "accepted")
    await floor.desk.command(ends[end], ME)
    (order,) = seen(floor, "5415")
    assert (order.over, order.body) == (end, "")
    assert order.open == (("done",) if end == "closed" else ("stood_down",))  # closing calls nobody off
    if end == "closed":  # and so is there until its patrol is done
        floor.clock.at += timedelta(minutes=16)
        assert seen(floor, "5415") == [order]
    await say(floor, order.open[0])
    assert not now(floor).unfinished or end != "closed"
    assert len(seen(floor, "5416")) == (end == "rerouted")
    floor.clock.at += timedelta(minutes=16)
    assert seen(floor, "5415") == []


@pytest.mark.parametrize("by", ["its page", "the feed", "radio", "never had it"])
@pytest.mark.parametrize("turn", ["cancelled", "rerouted"])
async def test_a_stand_down_names_device_place_and_unit_until_the_zone_confirms_it(
    floor: Floor, turn: str, by: str
) -> None:
    incident = await routed(floor)
    await say(floor, "accepted", unit="Gent 12")
    assert seen(floor, "5415")[0].device == "AMR-00412"
    turns: dict[str, cmd.Command] = {
        "cancelled": cmd.CancelOrder(id=floor.name(), incident=incident.id),
        "rerouted": cmd.Route(id=floor.name(), incident=incident.id, zone="5416"),
    }
    await floor.desk.command(turns[turn], ME)
    (order,) = seen(floor, "5415")
    assert (order.device, order.unit, order.open) == (incident.device, "Gent 12", ("stood_down",))
    assert order.fix is not None and (order.fix.lat, order.fix.lon) == (51.0536, 3.7253)
    ((waits,), body) = now(floor).standing_down, now(floor).order.outbox[-1].body  # type: ignore[union-attr]
    assert (waits.zone, waits.unit) == ("5415", "Gent 12")
    assert msgspec.json.decode(body)["stand_down"] == {"zone": "5415", "unit": "Gent 12"}
    floor.clock.at += timedelta(minutes=16)
    assert seen(floor, "5415")  # a patrol may still drive
    if by == "its page":
        assert await refusal(floor, "stood_down", zone="5417") == "unknown_incident"
        await say(floor, "stood_down")
        version = now(floor).version
        await say(floor, "stood_down")
        assert now(floor).version == version
    elif by == "radio":
        said = cmd.ConfirmStandDown(id=floor.name(), incident=incident.id, zone="5415")
        await floor.desk.command(said, ME)
    elif by == "the feed":
        report = OrderReport(order=order.order, state="stood_down")
        at = floor.clock.now()
        await floor.desk.receive(Message(feed="test", id=floor.name(), at=at, report=report))
    else:
        facts = {"order": order.order, "update": order.update, "zone": "5415", "status": 404}
        await floor.desk.delivered(incident.id, **facts)  # type: ignore[arg-type]
    assert now(floor).standing_down == () and seen(floor, "5415") == []
    with pytest.raises(cmd.Refused, match="nothing_to_confirm"):
        await floor.desk.command(cmd.ConfirmStandDown(id=floor.name(), incident=incident.id, zone="5415"), ME)


async def test_of_several_zones_that_were_left_each_confirms_for_itself(floor: Floor) -> None:
    incident = await routed(floor)
    for zone in ("5416", "5417"):
        await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone=zone, anyway=True), ME)
    order = now(floor).order
    assert order is not None and [one.zone for one in now(floor).standing_down] == ["5415", "5416"]
    for said, left in ((None, ["5415", "5416"]), ("5416", ["5415"])):
        report = OrderReport(order=order.id, state="stood_down", zone=said)
        at = floor.clock.now()
        await floor.desk.receive(Message(feed="test", id=floor.name(), at=at, report=report))
        assert [one.zone for one in now(floor).standing_down] == left
    # What was painted is what is confirmed: another that still waits is no answer to it.
    with pytest.raises(cmd.Refused, match="nothing_to_confirm"):
        await floor.desk.command(cmd.ConfirmStandDown(id=floor.name(), incident=incident.id, zone="5416"), ME)
    await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), ME)
    # Who is asked again does come; the zone that was left for it stands down.
    assert [one.zone for one in now(floor).standing_down] == ["5417"]


async def test_what_did_not_arrive_is_said_as_what_it_is_and_of_its_own_zone(floor: Floor) -> None:
    incident = await routed(floor)

    async def lost() -> list[tuple[str, str, str]]:
        order = now(floor).order
        assert order is not None
        of = {"order": order.id, "update": order.update, "zone": order.zone}
        await floor.desk.undelivered(incident.id, **of, why="no answer", final=False)  # type: ignore[arg-type]
        return waits()

    def waits() -> list[tuple[str, str, str]]:
        return [(one.why, one.zone, one.state) for one in now(floor).undelivered]

    assert await lost() == [("new", "5415", "late")]
    await floor.desk.command(cmd.CancelOrder(id=floor.name(), incident=incident.id), ME)
    assert waits() == []
    assert await lost() == [("cancel", "5415", "late")]
    await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone="5416"), ME)
    assert waits() == [("cancel", "5415", "late")], "that of 5416 is on its way"
    await floor.desk.command(cmd.ConfirmStandDown(id=floor.name(), incident=incident.id, zone="5415"), ME)
    assert waits() == []


async def test_a_zone_is_offered_the_answers_that_lead_on(floor: Floor) -> None:
    await routed(floor)
    ways = {
        "accepted": ("en_route", "on_scene", "declined"),
        "en_route": ("on_scene", "declined"),
        "on_scene": ("done",),
        "done": (),
    }
    (order,) = seen(floor, "5415")
    assert order.open == ("accepted", "en_route", "on_scene", "declined")
    for answer, left in ways.items():
        before = now(floor).version
        await say(floor, answer)
        assert now(floor).version > before  # what was offered is taken
        (order,) = seen(floor, "5415")
        assert order.open == left
    for passed in ("accepted", "en_route", "on_scene", "done"):
        before = now(floor).version
        await say(floor, passed)
        assert now(floor).version == before  # and what is not changes nothing


async def test_a_zone_whose_patrol_was_said_to_be_safe_by_radio_is_offered_the_end_alone(floor: Floor) -> None:
    incident = await routed(floor)
    await floor.desk.command(cmd.Progress(id=floor.name(), incident=incident.id, step="safe", anyway=True), ME)
    (order,) = seen(floor, "5415")
    assert order.open == ("done",)
