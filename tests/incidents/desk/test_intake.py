"""What becomes of every message of a feed."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from incidents import commands as cmd
from incidents.messages import Call, CallReport, DeviceReport, Fix, FixReport, OrderReport, PressReport, UnitReport
from tests.incidents.conftest import DEVICE, Floor, Open, closing
from tests.people import dispatcher


async def test_a_press_opens_an_incident_in_its_zone_with_its_case(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    assert (incident.state, incident.zone, incident.position.cic, incident.case) == (
        "raised",
        "5415",
        "OVL",
        "2026-0412",
    )
    assert incident.presses.count == 1 and not incident.flags
    assert DEVICE not in incident.id


async def test_the_same_message_twice_is_one_press(floor: Floor) -> None:
    await floor.press(id="m1")
    again = await floor.desk.receive(floor.message(PressReport(device=DEVICE), id="m1"))
    assert again == "repeated"
    incident = floor.incident()
    assert incident is not None and incident.presses.count == 1


async def test_a_repeated_press_of_a_closed_incident_opens_nothing(floor: Floor) -> None:
    incident = await floor.press(id="m1")
    assert incident is not None
    await floor.desk.command(closing(incident, floor.name()), dispatcher("me"))
    assert await floor.desk.receive(floor.message(PressReport(device=DEVICE), id="m1")) == "repeated"
    assert len(floor.desk.board.incidents) == 1


async def test_a_further_press_joins_and_alarms_again_in_any_state(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("me"))
    after = await floor.press(press="double")
    assert after is not None
    assert (after.id, after.presses.count, after.state, after.owner) == (incident.id, 2, "acknowledged", "me")
    assert after.realarm == "pressed" and after.needs_someone


async def test_fifty_presses_of_a_device_at_once_are_one_incident_of_fifty_presses(floor: Floor) -> None:
    await asyncio.gather(*(floor.press() for _ in range(50)))
    assert [i.presses.count for i in floor.desk.board.incidents.values()] == [50]


async def test_a_press_without_a_device_never_joins(floor: Floor) -> None:
    await floor.press(None)
    await floor.press(None)
    assert len(floor.desk.board.incidents) == 2
    assert all("no_device" in i.flags for i in floor.desk.board.incidents.values())


async def test_a_late_press_of_a_closed_incident_opens_a_new_one_flagged_late(floor: Floor) -> None:
    first = await floor.press()
    assert first is not None
    pressed_at = floor.clock.now() + timedelta(seconds=1)
    floor.clock.pass_s(60)
    await floor.desk.command(closing(first, floor.name()), dispatcher("me"))
    second = await floor.press(at=pressed_at)
    assert second is not None and second.id != first.id
    assert {"late", "delayed"} <= second.flags


@pytest.mark.parametrize("value", ["single", "triple", "test"])
async def test_a_press_value_that_does_not_alarm_is_logged_with_its_device(floor: Floor, value: str) -> None:
    report = PressReport(device=DEVICE, press=value)  # type: ignore[arg-type]
    assert await floor.desk.receive(floor.message(report)) == "recorded"
    assert not floor.desk.board.incidents
    records = await floor.records()
    assert [kind for _, kind in records] == ["press_logged"] and records[0][0].startswith("device/")


async def test_what_is_odd_about_a_press_is_flagged_and_shown(floor: Floor) -> None:
    future = floor.clock.now() + timedelta(minutes=5)
    await floor.desk.receive(floor.message(PressReport(device="AMR-9", fix=Fix(52.0, 5.0)), at=future))
    incident = floor.incident("AMR-9")
    assert incident is not None and {"outside", "future", "case_unknown"} <= incident.flags
    floor.cases.case = msgspec.structs.replace(floor.cases.case, valid_until=floor.cases.case.valid_from)
    await floor.desk.receive(floor.message(PressReport(device=DEVICE)))
    expired = floor.incident()
    assert expired is not None and {"no_fix", "case_expired"} <= expired.flags


async def test_a_geography_that_fails_does_not_stop_an_alarm(floor: Floor) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no map")

    floor.desk._intake.placing._locate = broken  # type: ignore[assignment]
    incident = await floor.press()
    assert incident is not None and incident.zone == ""


async def test_nobody_is_tracked_who_did_not_press(floor: Floor) -> None:
    fix = FixReport(device=DEVICE, fix=Fix(51.0, 3.7))
    assert await floor.desk.receive(floor.message(fix)) == "dropped"
    assert floor.desk._intake.counts == {"fix": 1}
    assert await floor.records() == []


async def test_positions_of_an_open_incident_move_it_and_its_zone(floor: Floor) -> None:
    await floor.press()
    assert await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=Fix(51.0, 4.0, 10.0)))) == "recorded"
    incident = floor.incident()
    assert incident is not None and incident.zone == "5416" and len(incident.position.trail) == 2


async def test_a_position_older_than_the_one_we_have_joins_the_trail_only(floor: Floor) -> None:
    await floor.press()
    old = floor.clock.now() - timedelta(minutes=1)
    await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=Fix(51.0, 4.0, 10.0)), at=old))
    incident = floor.incident()
    assert (
        incident is not None
        and incident.zone == "5415"
        and incident.position.fix is not None
        and incident.position.fix.lon < 3.9
    )
    assert len(incident.position.trail) == 2


async def test_a_call_before_its_press_is_logged_and_joins_it(floor: Floor) -> None:
    call = CallReport(device=DEVICE, state="open", line="101-7")
    assert await floor.desk.receive(floor.message(call)) == "recorded"
    floor.clock.pass_s(10)
    incident = await floor.press()
    assert incident is not None and incident.line.call == Call("open", "101-7")
    assert "listening" in incident.times


async def test_a_device_has_one_technical_alarm_a_condition(floor: Floor) -> None:
    for _ in range(3):
        await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state="link_lost")))
    (alarm,) = floor.desk.board.device_alarms.values()
    assert (alarm.condition, alarm.count, alarm.returned_at) == ("link_lost", 1, None)
    await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state="ok")))
    (alarm,) = floor.desk.board.device_alarms.values()
    assert alarm.returned_at is not None
    acknowledge = cmd.AcknowledgeDevice(id=floor.name(), stream=alarm.stream, condition="link_lost")
    await floor.desk.command(acknowledge, dispatcher("me"))
    assert not floor.desk.board.device_alarms


async def test_an_acknowledged_device_that_fails_again_alarms_again(floor: Floor) -> None:
    await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state="link_lost")))
    await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state="linked")))
    await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state="link_lost")))
    (alarm,) = floor.desk.board.device_alarms.values()
    assert (alarm.count, alarm.returned_at, alarm.acknowledged_by) == (2, None, None)


async def test_receipts_and_units_of_an_order_move_its_incident(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("me"))
    routed = await floor.desk.command(cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), dispatcher("me"))
    assert routed is not None and routed.order is not None
    order = routed.order.id
    unit = UnitReport(unit="G12", zone="5415", status="assigned", fix=Fix(51.05, 3.72))
    assert await floor.desk.receive(floor.message(unit)) == "dropped"  # of no incident yet: present state only
    assert "G12" in floor.desk.board.units
    await floor.desk.receive(floor.message(OrderReport(order=order, state="accepted", unit="G12")))
    await floor.desk.receive(floor.message(UnitReport(unit="G12", zone="5415", status="en_route")))
    after = floor.incident()
    assert after is not None and after.state == "en_route" and after.times["en_route"].source == "unit"
    await floor.desk.receive(floor.message(OrderReport(order=order, state="done")))
    done = floor.incident()
    assert done is not None and done.order is not None and done.order.done and done.state == "en_route"
    assert await floor.desk.receive(floor.message(OrderReport(order="nobody's", state="accepted"))) == "dropped"


async def test_after_a_restart_everything_is_as_before(open_floor: Open) -> None:
    async with open_floor() as floor:
        await floor.press(id="m1")
        await floor.desk.receive(floor.message(DeviceReport(device="AMR-2", state="battery_low", battery=9)))
        await floor.desk.feed_gap("test", why="epoch", expected=3, oldest=9, epoch="e")
        before = (floor.desk.board.incidents, floor.desk.board.device_alarms, floor.desk.board.gaps)
    async with open_floor() as floor:
        assert (floor.desk.board.incidents, floor.desk.board.device_alarms, floor.desk.board.gaps) == before
        assert await floor.desk.receive(floor.message(PressReport(device=DEVICE), id="m1")) == "repeated"
        joined = await floor.press(id="m2")
        assert joined is not None and joined.presses.count == 2


async def test_a_device_with_a_long_past_gets_the_next_number(open_floor: Open) -> None:
    for shift in range(3):
        async with open_floor() as floor:
            for turn in range(4):
                incident = await floor.press(id=f"press-{shift}-{turn}")
                assert incident is not None
                await floor.desk.command(closing(incident, f"close-{shift}-{turn}"), dispatcher("me"))
                floor.clock.pass_s(1)
            floor.clock.pass_s(30 * 3600)
    async with open_floor() as floor:
        assert not floor.desk.board.incidents
        assert len([kind for _, kind in await floor.records() if kind == "raised"]) == 12
