"""Commands of people: who may do what in which state, and what a refusal says."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.actions import next_of
from incidents.case import Exclusion
from incidents.commands import Refused
from incidents.incident import Incident
from incidents.messages import CallReport, DeviceReport, Fix, FixReport, OrderReport, UnitReport
from incidents.roles import User
from tests.incidents.conftest import DEVICE, Floor, Open, closing
from tests.incidents.desk.test_handover import at_work
from tests.people import dispatcher
from tests.waiting import LONG_S


async def acknowledged(floor: Floor, actor: str = "me") -> Incident:
    incident = await floor.press()
    assert incident is not None
    after = await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher(actor))
    assert after is not None and after.state == "acknowledged" and after.owner == actor
    return after


async def routed(floor: Floor, zone: str = "5415") -> Incident:
    incident = await acknowledged(floor)
    after = await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone=zone), dispatcher("me"))
    assert after is not None and after.order is not None and after.state == "routed"
    return after


async def refused(floor: Floor, command: cmd.Command, actor: str = "me") -> Refused:
    with pytest.raises(Refused) as caught:
        await floor.desk.command(command, dispatcher(actor))
    return caught.value


async def test_second_claim_is_told_who_won_and_when(floor: Floor) -> None:
    incident = await acknowledged(floor, "first")
    told = await refused(floor, cmd.Acknowledge(id=floor.name(), incident=incident.id), "second")
    assert (told.code, told.who, told.since) == ("taken", "first", floor.clock.now())


@pytest.mark.parametrize("times", [20, pytest.param(200, marks=pytest.mark.prove)])
async def test_two_claims_in_one_instant_under_a_stream_of_fixes_have_one_owner(floor: Floor, times: int) -> None:
    for turn in range(times):
        device = f"AMR-{turn:05d}"
        incident = await floor.press(device)
        assert incident is not None
        fixes = [floor.desk.receive(floor.message(FixReport(device=device, fix=Fix(51.0, 3.7)))) for _ in range(20)]
        claims = [
            floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher(actor))
            for actor in ("a", "b")
        ]
        results = await asyncio.gather(*fixes[:10], *claims, *fixes[10:], return_exceptions=True)
        refusals = [r for r in results if isinstance(r, Refused)]
        after = floor.incident(device)
        assert after is not None and after.owner in ("a", "b")
        assert [(r.code, r.who) for r in refusals] == [("taken", after.owner)]
        assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)]


async def test_a_double_click_is_one_command(floor: Floor) -> None:
    incident = await acknowledged(floor)
    note = cmd.Note(id="same-note", incident=incident.id, text="she whispers")
    await asyncio.gather(*(floor.desk.command(note, dispatcher("me")) for _ in range(3)))
    assert [kind for _, kind in await floor.records()].count("noted") == 1


async def test_a_commands_id_can_never_be_that_of_a_press(floor: Floor) -> None:
    incident = await acknowledged(floor)
    told = await refused(floor, cmd.Note(id="test/message-1", incident=incident.id, text="x"))
    assert told.code == "invalid"


async def test_routing_an_unowned_alarm_is_refused(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    assert (await refused(floor, cmd.Route(id=floor.name(), incident=incident.id, zone="5415"))).code == "unowned"
    other = await acknowledged(floor, "other")
    told = await refused(floor, cmd.Route(id=floor.name(), incident=other.id, zone="5415"))
    assert (told.code, told.who) == ("not_owner", "other")


async def test_an_order_is_made_rerouted_and_cancelled_as_numbered_updates(floor: Floor) -> None:
    incident = await routed(floor)
    assert incident.order is not None
    number = incident.order.id
    again = await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone="5416"), dispatcher("me"))
    assert again is not None and again.order is not None
    assert (again.order.id, again.order.update, again.order.zone) == (number, 2, "5416")
    assert [(o.update, o.why, o.zone, o.previous_zone) for o in again.order.outbox] == [(2, "reroute", "5416", "5415")]
    over = await floor.desk.command(cmd.CancelOrder(id=floor.name(), incident=incident.id), dispatcher("me"))
    assert over is not None and over.order is not None
    assert (over.state, over.order.update, over.order.alive, over.owner) == ("acknowledged", 3, False, "me")
    new = await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), dispatcher("me"))
    assert new is not None and new.order is not None and new.order.id != number


async def test_a_zone_without_an_address_is_told_by_radio(floor: Floor) -> None:
    incident = await routed(floor, "5417")
    assert incident.order is not None
    assert incident.order.delivery == "radio" and incident.order.outbox == ()


async def test_an_unknown_zone_is_refused(floor: Floor) -> None:
    incident = await acknowledged(floor)
    assert (await refused(floor, cmd.Route(id=floor.name(), incident=incident.id, zone="0000"))).code == "zone_unknown"


async def test_a_unit_is_asked_for_in_its_own_zone_by_whom_it_is_shown(floor: Floor) -> None:
    case = floor.cases.case
    floor.cases.case = msgspec.structs.replace(
        case, exclusions=(Exclusion(reason="the suspect", account="Jan Fictief"),)
    )
    for unit, zone in (("GENT-7", "5415"), ("GENT-8", "5415"), ("BRUGGE-1", "5416")):
        await floor.desk.receive(floor.message(UnitReport(unit=unit, zone=zone, status="available")))
    hers, other = await floor.press(), await floor.press("AMR-00777")
    assert hers is not None and other is not None
    seen = ev.UnitSeen(status="en_route", unit="GENT-7", fix=Fix(51.05, 3.72))
    await floor.desk.note(f"incident/{hers.id}", seen, id="made-unit", actor="feed")
    jan, ann = (
        User(actor="me", roles=frozenset({"dispatcher"}), name=name) for name in ("Jan Fictief", "Ann Voorbeeld")
    )
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=other.id), jan)

    async def asked(unit: str, user: User) -> Incident | None:
        wish = cmd.Route(id=floor.name(), incident=other.id, zone="5415", asked_unit=unit)
        return await floor.desk.command(wish, user)

    for unit in ("GENT-7", "BRUGGE-1", "NOBODY-1", "x" * 1000):
        with pytest.raises(Refused, match="unit_unknown"):
            await asked(unit, jan)
    after = await asked(" GENT-7 ", ann)
    assert after is not None and after.order is not None and after.order.asked_unit == "GENT-7"
    assert await asked("NOBODY-1", ann) == after, "it is routed there already: nothing is asked for"


async def test_what_is_said_on_the_radio_moves_the_incident_at_the_time_it_happened(floor: Floor) -> None:
    incident = await routed(floor)
    floor.clock.pass_s(300)
    happened = floor.clock.now() - timedelta(seconds=120)
    step = cmd.Progress(id=floor.name(), incident=incident.id, step="on_scene", unit="G12", happened_at=happened)
    after = await floor.desk.command(step, dispatcher("other"))
    assert after is not None and after.state == "on_scene"
    assert (after.times["on_scene"].at, after.times["on_scene"].entered) == (happened, floor.clock.now())
    assert after.times["on_scene"].source == "radio"
    future = cmd.Progress(
        id=floor.name(), incident=incident.id, step="safe", happened_at=floor.clock.now() + timedelta(hours=1)
    )
    assert (await refused(floor, future)).code == "time_invalid"


async def test_the_first_report_of_a_step_sets_its_time_and_no_state_runs_backwards(floor: Floor) -> None:
    incident = await routed(floor)
    for step in ("en_route", "accepted", "en_route"):
        floor.clock.pass_s(10)
        command = cmd.Progress(id=floor.name(), incident=incident.id, step=step)  # type: ignore[arg-type]
        await floor.desk.command(command, dispatcher("me"))
    after = floor.incident()
    assert after is not None and after.state == "en_route"
    assert after.times["en_route"].at < after.times["accepted"].at


async def test_a_declined_order_keeps_its_owner_and_alarms_again(floor: Floor) -> None:
    incident = await routed(floor)
    assert incident.order is not None
    await floor.desk.declined(incident.id, order=incident.order.id, update=1, reason="no patrol")
    after = floor.incident()
    assert after is not None
    assert (after.state, after.owner, after.realarm) == ("acknowledged", "me", "declined")
    seen = await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("me"))
    assert seen is not None and seen.realarm == ""


async def test_closing_asks_for_class_reason_verification_and_a_second_step(floor: Floor) -> None:
    raised = await floor.press()
    assert raised is not None

    def close(**facts: object) -> cmd.Close:
        known = {"as_class": "real", "outcome": "victim_safe", "reason": "all is well"}
        return cmd.Close(id=floor.name(), incident=raised.id, **(known | facts))  # type: ignore[arg-type]

    told = await refused(floor, close())
    assert (told.code, told.anyway) == ("not_acknowledged", True)
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=raised.id), dispatcher("me"))
    assert (await refused(floor, close(reason="  "))).code == "reason_missing"
    assert (await refused(floor, close(as_class="test"))).code == "verification_missing"
    await floor.desk.command(cmd.Route(id=floor.name(), incident=raised.id, zone="5415"), dispatcher("me"))
    await floor.desk.command(cmd.Progress(id=floor.name(), incident=raised.id, step="en_route"), dispatcher("me"))
    told = await refused(floor, close())
    assert (told.code, told.anyway) == ("unit_goes_on", True)
    after = await floor.desk.command(close(anyway=True), dispatcher("me"))
    assert after is not None and (after.state, after.judgement.as_class) == ("closed", "real")
    assert (await refused(floor, cmd.Note(id=floor.name(), incident=raised.id, text="late"))).code == "wrong_state"


async def test_closing_while_an_order_is_not_accepted_asks_about_it_and_calls_it_off(floor: Floor) -> None:
    incident = await routed(floor)
    wish = closing(incident, floor.name())
    told = await refused(floor, msgspec.structs.replace(wish, anyway=False))
    assert (told.code, told.anyway) == ("order_unanswered", True)
    assert (await refused(floor, msgspec.structs.replace(wish, reason=""))).code == "reason_missing"
    assert (now := floor.incident()) is not None and now.order is not None and now.order.alive  # nothing was half done
    after = await floor.desk.command(wish, dispatcher("me"))
    assert after is not None and after.order is not None
    assert (after.state, after.order.alive, [o.why for o in after.order.outbox]) == ("closed", False, ["cancel"])
    assert [kind for _, kind in await floor.records()][-2:] == ["ordered", "closed"]
    assert await floor.desk.command(wish, dispatcher("me")) == after  # a second time nothing is done
    assert [one.zone for one in after.standing_down] == ["5415"], "a patrol that was not called back drives on"
    # Until then it goes with the desk, as open ones do.
    to = (await at_work(floor, "me", "ann"))["ann"]
    await floor.desk.command(cmd.HandOverDesk(id=floor.name(), to=to), dispatcher("me"))
    taken = cmd.AcceptHandOver(id=floor.name(), incident=incident.id)
    theirs = await floor.desk.command(taken, dispatcher("ann"))
    assert theirs is not None and (theirs.owner, theirs.state, theirs.unfinished) == ("ann", "closed", True)
    said = cmd.ConfirmStandDown(id=floor.name(), incident=incident.id, zone="5415")
    confirmed = await floor.desk.command(said, dispatcher("me"))
    assert confirmed is not None and (confirmed.state, confirmed.standing_down) == ("closed", ())
    over = cmd.HandOver(id=floor.name(), incident=incident.id, to=to)
    assert (await refused(floor, over)).code == "wrong_state"


@pytest.mark.parametrize(
    ("step", "done", "state", "next_"),
    [
        ("accepted", False, "accepted", ""),
        ("en_route", False, "en_route", ""),
        ("on_scene", False, "on_scene", ""),
        ("on_scene", True, "acknowledged", "route"),  # its zone said that it is done
        ("safe", False, "acknowledged", "route"),
    ],
)
async def test_what_was_under_way_is_so_after_the_alarm_is_opened_again(
    floor: Floor, step: ev.Step, done: bool, state: str, next_: str
) -> None:
    incident = await routed(floor)
    assert incident.order is not None
    await floor.desk.command(
        cmd.Progress(id=floor.name(), incident=incident.id, step=step, anyway=True), dispatcher("me")
    )
    if done:
        await floor.desk.receive(floor.message(OrderReport(order=incident.order.id, state="done")))
    await floor.desk.command(closing(incident, floor.name()), dispatcher("me"))
    wish = cmd.Reopen(id=floor.name(), incident=incident.id, reason="she called")
    after = await floor.desk.command(wish, dispatcher("me"))
    assert after is not None
    assert (after.state, next_of(after, dispatcher("me"))) == (state, next_)
    if next_:  # and help can be sent anew, to the same zone too
        again = await floor.desk.command(
            cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), dispatcher("me")
        )
        assert again is not None and again.state == "routed"


async def test_closing_a_real_alarm_says_the_recorders_reference_or_asks_that_the_recording_be_preserved(
    floor: Floor,
) -> None:
    for as_class, said, asked, kept in (
        ("real", "  REC 2026/44  ", False, "REC 2026/44"),
        ("real", "", True, ""),  # it never keeps anybody from closing
        ("test", "REC 2026/45", False, ""),
    ):
        incident = await floor.press()
        assert incident is not None
        close = cmd.Close(
            id=floor.name(), incident=incident.id, as_class=as_class, outcome="other", reason="over",  # type: ignore[arg-type]
            verified="duplicate", recording_reference=said, anyway=True,
        )  # fmt: skip
        await floor.desk.command(close, dispatcher("me"))
        record = (await floor.log.stream(f"incident/{incident.id}"))[-1]
        event = ev.entry(record, floor.log.unseal(record)).event
        assert isinstance(event, ev.Closed) and record.actor == "me"
        assert (event.preservation_requested, event.recording_reference) == (asked, kept)
        assert record.open.get("preservation_requested", False) == asked and "REC" not in str(record.open)


async def test_a_closed_incident_opens_again_with_a_reason(floor: Floor) -> None:
    incident = await acknowledged(floor)
    await floor.desk.command(closing(incident, floor.name()), dispatcher("me"))
    assert (await refused(floor, cmd.Reopen(id=floor.name(), incident=incident.id, reason=""))).code == "reason_missing"
    after = await floor.desk.command(
        cmd.Reopen(id=floor.name(), incident=incident.id, reason="she called"), dispatcher("other")
    )
    assert after is not None and (after.state, after.owner) == ("acknowledged", "other")
    assert "closed" not in after.times


@pytest.mark.parametrize("again", ["pressed", "reopened"])
async def test_a_class_said_before_is_earlier_once_she_presses_again_or_it_is_opened_again(
    floor: Floor, again: str
) -> None:
    incident = await floor.press()
    assert incident is not None
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("me"))
    await floor.desk.command(cmd.Classify(id=floor.name(), incident=incident.id, as_class="test"), dispatcher("me"))
    said = floor.clock.now()
    floor.clock.pass_s(60)
    if again == "pressed":
        await floor.press()
    else:
        await floor.desk.command(closing(incident, floor.name()), dispatcher("me"))
        said = floor.clock.now()
        floor.clock.pass_s(60)
        await floor.desk.command(cmd.Reopen(id=floor.name(), incident=incident.id, reason="again"), dispatcher("me"))
    now = floor.incident()
    assert now is not None and now.judgement.as_class is None and now.judgement.earlier is not None
    assert (now.judgement.earlier.as_class, now.judgement.earlier.at) == (
        "test" if again == "pressed" else "real",
        said,
    )
    await floor.desk.command(cmd.Classify(id=floor.name(), incident=incident.id, as_class="real"), dispatcher("me"))
    now = floor.incident()
    assert now is not None and (now.judgement.as_class, now.judgement.earlier) == ("real", None)


async def test_a_released_alarm_is_everybodys_again_with_its_history(floor: Floor) -> None:
    incident = await routed(floor)
    told = await refused(floor, cmd.Release(id=floor.name(), incident=incident.id), "other")
    assert told.code == "not_owner"
    after = await floor.desk.command(cmd.Release(id=floor.name(), incident=incident.id), dispatcher("me"))
    assert after is not None and (after.state, after.owner) == ("raised", None)
    assert after.order is not None and after.order.alive and "routed" in after.times


async def test_a_corrected_time_keeps_the_original_in_the_log(floor: Floor) -> None:
    incident = await acknowledged(floor)
    to = floor.clock.now() - timedelta(seconds=30)
    correct = cmd.CorrectTime(id=floor.name(), incident=incident.id, time="acknowledged", to=to, reason="clock")
    after = await floor.desk.command(correct, dispatcher("me"))
    assert after is not None and after.times["acknowledged"].at == to and after.times["acknowledged"].corrected
    assert [kind for _, kind in await floor.records()].count("acknowledged") == 1


async def test_an_incident_is_raised_by_hand_from_a_voice_call(floor: Floor) -> None:
    by_click = cmd.Raise(id=floor.name(), reason="call 101-3", lat=51.05, lon=3.72, case=DEVICE)
    incident = await floor.desk.command(by_click, dispatcher("me"))
    assert incident is not None
    assert (incident.origin, incident.zone, incident.case) == ("hand", "5415", "2026-0412")
    by_address = cmd.Raise(id=floor.name(), place="Veldstraat 12, Gent", lat=51.05, lon=3.72, accuracy_m=1.0)
    at_door = await floor.desk.command(by_address, dispatcher("me"))
    assert at_door is not None and at_door.position.fix is not None
    assert (at_door.position.fix.method, at_door.position.fix.radius) == ("address", 1.0)
    for accuracy in (0.0, -1.0, 1e6, float("nan")):
        wish = cmd.Raise(id=floor.name(), place="x", lat=51.05, lon=3.72, accuracy_m=accuracy)
        assert (await refused(floor, wish)).code == "invalid"
    by_zone = await floor.desk.command(cmd.Raise(id=floor.name(), reason="call", zone="5416"), dispatcher("me"))
    assert by_zone is not None and by_zone.zone == "5416" and "no_fix" in by_zone.flags
    assert (await refused(floor, cmd.Raise(id=floor.name(), reason="call"))).code == "place_missing"
    named = await floor.desk.command(cmd.Raise(id=floor.name(), place="Sint-Amandsberg"), dispatcher("me"))
    assert named is not None and named.by_hand.place == "Sint-Amandsberg" and named.zone == ""
    assert (await refused(floor, cmd.Raise(id=floor.name(), place="x" * 101))).code == "invalid"
    nobody = cmd.Raise(id=floor.name(), reason="call", zone="5416", case="2020-1")
    assert (await refused(floor, nobody)).code == "case_unknown"


async def test_who_raises_an_alarm_has_it_from_its_first_moment(floor: Floor) -> None:
    states = []
    floor.desk.board.listen(lambda change: states.append(floor.desk.board.incidents[change.key].state))
    wish = cmd.Raise(id=floor.name(), zone="5416")
    first = await floor.desk.command(wish, dispatcher("me"))
    again = await floor.desk.command(wish, dispatcher("me"))
    assert first is not None and first == again
    assert (first.state, first.owner) == ("acknowledged", "me")
    assert "raised" not in states
    assert [kind for _, kind in await floor.records()] == ["raised", "acknowledged"]


async def test_what_a_unit_says_right_after_its_order_was_accepted_is_taken_after_that(floor: Floor) -> None:
    """In one batch, by the order and by the unit: each is said while what came before is still on its way to the log."""
    incident = await routed(floor)
    assert incident.order is not None
    said = (
        OrderReport(order=incident.order.id, state="accepted", unit="GENT-7"),
        UnitReport(unit="GENT-7", zone="5415", status="en_route"),
        OrderReport(order=incident.order.id, state="on_scene", unit="GENT-7"),
        UnitReport(unit="GENT-7", zone="5415", status="on_scene"),
    )
    receipts = await asyncio.gather(*(floor.desk.receive(floor.message(one)) for one in said))
    assert "dropped" not in receipts
    after = floor.desk.board.incidents[incident.id]
    assert after.state == "on_scene" and {"accepted", "en_route", "on_scene"} <= after.times.keys()


MAKERS = [one for one in cmd.COMMANDS.values() if {"case", "zone"} <= {*one.__struct_fields__}]


@pytest.mark.parametrize("maker", MAKERS, ids=str)
async def test_a_person_makes_no_second_alarm_of_a_case_without_naming_the_open_one(
    floor: Floor, maker: type[cmd.Raise | cmd.FromPaper]
) -> None:
    """Whoever has a case and a zone of their own begins an incident: this finds the next one."""
    open_one = await floor.press()
    assert open_one is not None and {cmd.Raise, cmd.FromPaper} == {*MAKERS}
    paper = {"raised_at": floor.clock.now()} if maker is cmd.FromPaper else {}

    def wish(**facts: str) -> cmd.Command:
        return maker(id=floor.name(), reason="she rang", zone="5415", case=DEVICE, **paper, **facts)  # type: ignore[arg-type]

    told = await refused(floor, wish())
    assert (told.code, told.incident, told.anyway) == ("already_open", open_one.id, False)
    assert (await refused(floor, wish(beside="another"))).code == "already_open"
    second = await floor.desk.command(again := wish(beside=open_one.id), dispatcher("me"))
    assert second is not None and second == await floor.desk.command(again, dispatcher("me"))
    board = floor.desk.board
    assert [one.id for one in board.beside(second)] == [open_one.id] and open_one.number != second.number
    await floor.desk.command(closing(second, floor.name()), dispatcher("me"))
    assert board.beside(board.incidents[open_one.id]) == ()
    await floor.press()
    assert board.incidents[open_one.id].presses.count == 2, "a press asks nobody"


async def test_a_zone_in_which_the_place_does_not_lie_is_asked_about_once(floor: Floor) -> None:
    wish = cmd.Raise(id=floor.name(), zone="5416", lat=51.05, lon=3.72)
    no = await refused(floor, wish)
    assert (no.code, no.anyway) == ("zone_contradicts", True)
    assert not floor.desk.board.incidents
    after = await floor.desk.command(msgspec.structs.replace(wish, anyway=True), dispatcher("me"))
    assert after is not None and after.zone == "5416" and after.position.fix is not None


async def test_routing_to_where_she_cannot_be_is_asked_about_once(floor: Floor) -> None:
    incident = await acknowledged(floor)
    wish = cmd.Route(id=floor.name(), incident=incident.id, zone="5345")
    no = await refused(floor, wish)
    assert (no.code, no.anyway) == ("zone_far", True)
    after = await floor.desk.command(msgspec.structs.replace(wish, anyway=True), dispatcher("me"))
    assert after is not None and after.order is not None and after.order.zone == "5345"


@pytest.mark.parametrize("turn", ["route", "cancel_order"])
async def test_a_unit_under_way_is_turned_back_by_a_second_word_only(floor: Floor, turn: str) -> None:
    incident = await routed(floor)
    await floor.desk.command(cmd.Progress(id=floor.name(), incident=incident.id, step="en_route"), dispatcher("me"))
    wish: cmd.Route | cmd.CancelOrder = cmd.CancelOrder(id=floor.name(), incident=incident.id)
    if turn == "route":
        wish = cmd.Route(id=floor.name(), incident=incident.id, zone="5416")
    no = await refused(floor, wish)
    assert (no.code, no.anyway) == ("unit_under_way", True)
    after = await floor.desk.command(msgspec.structs.replace(wish, anyway=True), dispatcher("me"))
    assert after is not None and after.state == ("routed" if turn == "route" else "acknowledged")


async def test_a_press_never_joins_an_incident_raised_by_hand(floor: Floor) -> None:
    await floor.desk.command(cmd.Raise(id=floor.name(), reason="call", zone="5415", case=DEVICE), dispatcher("me"))
    await floor.press()
    assert len(floor.desk.board.incidents) == 2


async def test_the_first_page_that_paints_and_those_of_two_seconds_are_two_records(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    floor.desk.presented([incident.id], console="one", audible=True)
    for console in ("two", "three"):
        floor.desk.presented([incident.id], console=console, audible=False)

    async def presented() -> list[str]:
        return [kind for _, kind in await floor.records() if kind == "presented"]

    async with asyncio.timeout(LONG_S):
        while len(await presented()) < 2:
            await asyncio.sleep(0.05)
    after = floor.incident()
    assert after is not None and "presented" in after.times
    counts = [(e.event.consoles, e.event.audible) for e in after.history.entries if hasattr(e.event, "consoles")]
    assert counts == [(1, 1), (3, 1)]


async def test_who_was_shown_a_case_is_recorded_once(floor: Floor) -> None:
    incident = await acknowledged(floor)
    for actor in ("me", "me", "other"):
        await floor.desk.command(cmd.OpenCase(id=floor.name(), incident=incident.id), dispatcher(actor))
    looks = [one.open for one in await floor.log.stream(f"incident/{incident.id}") if one.type == "case_opened"]
    assert looks == [{"role": "dispatcher", "need": "mine"}, {"role": "dispatcher"}]


async def test_a_gap_and_a_technical_alarm_go_when_a_person_took_note(floor: Floor) -> None:
    await floor.desk.feed_gap("test", why="oldest", expected=5, oldest=9, epoch="e")
    assert len(floor.desk.board.gaps["test"]) == 1
    await floor.desk.command(cmd.AcknowledgeGap(id=floor.name(), feed="test"), dispatcher("me"))
    assert not floor.desk.board.gaps
    await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state="silent")))
    (alarm,) = floor.desk.board.device_alarms.values()
    command = cmd.AcknowledgeDevice(id=floor.name(), stream=alarm.stream, condition="silent")
    await floor.desk.command(command, dispatcher("me"))
    assert next(iter(floor.desk.board.device_alarms.values())).acknowledged_by == "me"


async def test_what_people_did_is_there_after_a_restart(open_floor: Open) -> None:
    async with open_floor() as floor:
        incident = await routed(floor)
        await floor.desk.command(cmd.Note(id=floor.name(), incident=incident.id, text="two voices"), dispatcher("me"))
        await floor.desk.command(cmd.Classify(id=floor.name(), incident=incident.id, as_class="real"), dispatcher("me"))
        before = floor.desk.board.incidents
    async with open_floor() as floor:
        assert floor.desk.board.incidents == before


async def test_a_zone_that_was_called_off_is_still_told_when_another_is_ordered(floor: Floor) -> None:
    first = await routed(floor)
    assert first.order is not None
    await floor.desk.command(cmd.CancelOrder(id=floor.name(), incident=first.id), dispatcher("me"))
    second = await floor.desk.command(cmd.Route(id=floor.name(), incident=first.id, zone="5416"), dispatcher("me"))
    assert second is not None and second.order is not None and second.order.id != first.order.id
    assert [(o.order, o.why, o.zone) for o in second.order.outbox] == [
        (first.order.id, "cancel", "5415"),
        (second.order.id, "new", "5416"),
    ]
    await floor.desk.delivered(first.id, order=first.order.id, update=2, zone="5415", status=200)
    told = floor.incident()
    assert told is not None and told.order is not None
    assert [o.state for o in told.order.outbox] == ["delivered", "pending"] and told.order.delivery == "pending"


async def test_listening_cannot_begin_on_a_line_that_has_ended(floor: Floor) -> None:
    incident = await acknowledged(floor)
    await floor.desk.receive(floor.message(CallReport(device=DEVICE, state="ended", line="112-7")))
    no = await refused(floor, cmd.Listen(id=floor.name(), incident=incident.id))
    assert (no.code, no.anyway) == ("line_ended", False)
    await floor.desk.receive(floor.message(CallReport(device=DEVICE, state="open", line="112-8")))
    after = await floor.desk.command(cmd.Listen(id=floor.name(), incident=incident.id), dispatcher("me"))
    assert after is not None and "listening" in after.times
