"""What happens when nobody does anything."""

from datetime import timedelta

import msgspec

from incidents import commands as cmd
from incidents.case import Instruction
from incidents.escalation.watch import Watch, tracking_ends
from incidents.messages import Fix, FixReport
from tests.incidents.conftest import DEVICE, START, Floor, closing
from tests.people import dispatcher


async def test_a_press_shown_to_nobody_for_five_seconds_says_so_once(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    await floor.press()
    floor.clock.pass_s(4)
    await watch.tick()
    assert not floor.incident().attention.unpresented  # type: ignore[union-attr]
    floor.clock.pass_s(2)
    await watch.tick()
    await watch.tick()
    assert floor.incident().attention.unpresented  # type: ignore[union-attr]
    assert [kind for _, kind in await floor.records()].count("unpresented") == 1


async def test_who_raised_an_alarm_by_hand_and_has_it_is_somebody_who_saw_it(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    said = cmd.Raise(id=floor.name(), zone="5415", place="Ledeberg", reason="a neighbour rang")
    raised = await floor.desk.command(said, dispatcher("me"))
    assert raised is not None
    floor.clock.pass_s(6)
    await watch.tick()
    await floor.desk.command(cmd.Release(id=floor.name(), incident=raised.id, reason="end of shift"), dispatcher("me"))
    await watch.tick()
    assert not floor.desk.board.incidents[raised.id].attention.unpresented
    assert "unpresented" not in [kind for _, kind in await floor.records()]


async def test_tracking_ends_after_its_time_says_so_and_closes_nothing(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    incident = await floor.press()
    assert incident is not None
    assert tracking_ends(incident, watch.times) == START + timedelta(minutes=120)
    floor.clock.pass_s(119 * 60)
    extend = cmd.ExtendTracking(id=floor.name(), incident=incident.id, minutes=30, reason="still moving")
    await floor.desk.command(extend, dispatcher("me"))
    floor.clock.pass_s(2 * 60)
    await watch.tick()
    assert not floor.incident().position.tracking_ended  # type: ignore[union-attr]
    floor.clock.pass_s(30 * 60)
    await watch.tick()
    after = floor.incident()
    assert after is not None and after.position.tracking_ended and after.open
    assert await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=Fix(51.0, 3.7)))) == "dropped"
    again = await floor.press()
    assert again is not None and again.id == incident.id and not again.position.tracking_ended


async def routed(floor: Floor) -> str:
    incident = await floor.press()
    assert incident is not None
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("me"))
    await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), dispatcher("me"))
    return incident.id


async def test_new_positions_reach_the_zone_every_ten_seconds_at_most(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    await routed(floor)
    for _ in range(40):
        floor.clock.pass_s(1)
        fix = Fix(51.0 + floor.clock.now().timestamp() % 100 / 1000, 3.7)
        await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=fix)))
        await watch.tick()
    order = floor.incident().order  # type: ignore[union-attr]
    assert order is not None and order.update == 5
    assert [o.why for o in order.outbox] == ["new", "position"], "an undelivered older position is not sent any more"
    body = msgspec.json.decode(order.outbox[-1].body)
    assert (body["update"], body["order"], body["do_not_call"]) == (5, order.id, True)


async def test_a_further_press_and_new_instructions_are_updates_of_the_order(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    await routed(floor)
    await floor.press()
    listen = Instruction(kind="listen_only", text="Do not speak", source="PZ Gent", date=START.date())
    floor.cases.case = msgspec.structs.replace(floor.cases.case, version=2, instructions=(listen,))
    await watch.cases_changed()
    await watch.cases_changed()
    incident = floor.incident()
    assert incident is not None and incident.order is not None and incident.case_version == 2
    assert [(o.update, o.why) for o in incident.order.outbox] == [(1, "new"), (2, "press"), (3, "instructions")]
    assert msgspec.json.decode(incident.order.outbox[-1].body)["listen_only"] is True


async def test_a_case_that_is_known_only_later_is_told_to_the_zone_under_way(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    floor.cases.state = "locked"
    listen = Instruction(kind="listen_only", text="Do not speak", source="PZ Gent", date=START.date())
    known = msgspec.structs.replace(floor.cases.case, instructions=(listen,))
    floor.cases.case = msgspec.structs.replace(known, devices=())
    await routed(floor)
    before = floor.incident()
    assert before is not None and before.case is None and "cases_locked" in before.flags
    floor.cases.state, floor.cases.case = "open", known
    await watch.cases_changed()
    await watch.cases_changed()
    after = floor.incident()
    assert after is not None and after.order is not None
    assert after.case == known.number and not after.flags & {"cases_locked", "case_unknown"}
    assert [o.why for o in after.order.outbox] == ["new", "instructions"]
    body = msgspec.json.decode(after.order.outbox[-1].body)
    assert body["listen_only"] is True and body["case"]["number"] == known.number


async def test_the_log_is_sealed_every_ten_minutes_with_changes(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    for press in (await floor.press(), None, None):
        if press is not None:  # an open alarm is never quiet
            await floor.desk.command(closing(press, floor.name()), dispatcher("me"))
        floor.clock.pass_s(601)
        await watch.tick()
    assert [kind for _, kind in await floor.records()].count("checkpoint") == 1
    await floor.press()
    floor.clock.pass_s(601)
    await watch.tick()
    assert [kind for _, kind in await floor.records()].count("checkpoint") == 2


async def test_an_incident_closed_a_day_ago_leaves_the_board(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    incident = await floor.press()
    assert incident is not None
    await floor.desk.command(closing(incident, floor.name()), dispatcher("me"))
    floor.clock.pass_s(23 * 3600)
    await watch.tick()
    assert floor.desk.board.incidents
    floor.clock.pass_s(2 * 3600)
    await watch.tick()
    assert not floor.desk.board.incidents
