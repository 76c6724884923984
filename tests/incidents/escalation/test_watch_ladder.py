"""The watch on a real desk and a real log: it climbs, gives back, copies, offers, calls, tells outside, and writes each once."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from feeds.settings import OutsideSettings
from feeds.webhook import Outside
from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Command, Refused
from incidents.escalation.ladder import WatchTimes
from incidents.escalation.watch import Watch
from incidents.incident import Incident
from incidents.log import LogUnavailable
from incidents.messages import Call, CallReport, DeviceReport, Fix, FixReport
from incidents.roles import MAY, User
from tests.incidents.conftest import DEVICE, FewScreens, Floor, Open, closing, core_of
from tests.people import dispatcher
from tests.waiting import until

SUPERVISOR = User(actor="boss", roles=frozenset({"supervisor"}))
QUIET = WatchTimes(fix_s=100_000)  # the press of these tests sends no positions


class Shift:
    """A floor with a watch over it."""

    def __init__(self, floor: Floor, times: WatchTimes = QUIET, **facts: Any) -> None:
        self.floor = floor
        self.watch = Watch(floor.desk, floor.log, times, **facts)

    async def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.floor.clock.pass_s(1)
            await self.watch.tick()

    async def ask(self, who: str | User, do: Callable[..., Command], incident: Incident, **facts: Any) -> None:
        user = dispatcher(who) if isinstance(who, str) else who
        await self.floor.desk.command(do(id=self.floor.name(), incident=incident.id, **facts), user)

    async def did(self) -> list[str]:
        """The records of the watch and what answers them, in their order."""
        told = {"escalated", "limit_passed", "watch_released", "copied_to_supervisor", "offered_to_all", "outside_told"}
        found = []
        async for _, record in self.floor.log.records():
            if record.type in told:
                found.append(str(record.open.get("step") or record.open.get("limit") or record.type))
        return found


async def pressed(floor: Floor, **facts: Any) -> Incident:
    incident = await floor.press(**facts)
    assert incident is not None
    return incident


def now(floor: Floor) -> Incident:
    incident = floor.incident()
    assert incident is not None
    return incident


async def test_two_servers_write_each_step_once(floor: Floor) -> None:
    await pressed(floor)
    second = core_of(floor.log, floor.cases, floor.clock).desk
    await second.open()
    first, other = Shift(floor), Shift(Floor(second, floor.log, floor.clock, floor.cases))
    for _ in range(100):
        floor.clock.pass_s(1)
        await asyncio.gather(first.watch.tick(), other.watch.tick())
    await until(lambda: now(floor).escalation.outside)
    assert await first.did() == ["louder", "everyone", "confirm", "outside", "outside_told"]
    await second.close()


async def test_after_a_restart_the_steps_missed_are_taken_in_order(open_floor: Open) -> None:
    async with open_floor() as floor:
        await pressed(floor)
    floor.clock.pass_s(600)
    async with open_floor() as floor:
        shift = Shift(floor)
        await shift.watch.tick()
        assert await shift.did() == ["louder", "everyone", "confirm"]
        await shift.pass_s(29)
        assert now(floor).escalation.rung == "confirm", "the supervisor has the whole time to confirm"
        await shift.pass_s(2)
        assert now(floor).escalation.rung == "outside"


async def test_the_ladder_climbs_while_the_log_cannot_be_written(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    shift = Shift(floor)
    await pressed(floor)

    async def full(*facts: Any) -> Any:
        raise LogUnavailable("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(floor.log, "append", full)
        await shift.pass_s(61)
        assert (now(floor).escalation.rung, floor.desk.board.recording) == ("confirm", "failed")
        await shift.ask("ann", cmd.Acknowledge, now(floor))
        assert now(floor).escalation.rung == ""
    await until(lambda: floor.desk.board.recording == "ok")
    assert await shift.did() == ["louder", "everyone", "confirm"]


async def test_only_a_supervisor_confirms_and_only_when_it_is_asked(floor: Floor) -> None:
    shift, incident = Shift(floor), await pressed(floor)
    with pytest.raises(Refused, match="nothing_to_confirm"):
        await shift.ask(SUPERVISOR, cmd.ConfirmEscalation, incident)
    await shift.pass_s(61)
    with pytest.raises(Refused, match="not_allowed"):
        await shift.ask("ann", cmd.ConfirmEscalation, incident)
    await shift.ask(SUPERVISOR, cmd.ConfirmEscalation, incident)
    await shift.pass_s(50)
    assert (now(floor).escalation.rung, now(floor).escalation.confirmed_by) == ("confirm", "boss")
    assert now(floor).needs_someone, "a confirmation acknowledges nothing"


async def test_a_forgotten_alarm_returns_with_its_history_and_climbs_anew(floor: Floor) -> None:
    shift, incident = Shift(floor), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.ask("ann", cmd.Note, incident, text="she whispers")
    await shift.pass_s(59)
    assert now(floor).owner == "ann"
    await shift.pass_s(2)
    back = now(floor)
    assert (back.state, back.owner, back.realarm) == ("raised", None, "forgotten")
    assert [type(e.event) for e in back.history.entries if e.actor == "ann"] == [ev.Acknowledged, ev.Noted]
    await shift.pass_s(16)
    assert now(floor).escalation.rung == "louder"
    await shift.ask("ben", cmd.Acknowledge, incident)
    assert (now(floor).owner, now(floor).escalation.rung, now(floor).realarm) == ("ben", "", "")


@pytest.mark.parametrize(
    ("act", "facts"),
    [(cmd.StillOnIt, {}), (cmd.StillOnIt, {"how": "case"}), (cmd.OpenCase, {}), (cmd.Classify, {"as_class": "real"})],
)
async def test_any_act_begins_the_minute_again(floor: Floor, act: type[cmd.OnIncident], facts: dict[str, Any]) -> None:
    shift, incident = Shift(floor), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.pass_s(50)
    await shift.ask("ann", act, incident, **facts)
    await shift.pass_s(58)
    assert now(floor).owner == "ann"
    await shift.pass_s(3)
    assert now(floor).owner is None


async def test_nobody_else_can_say_that_the_owner_is_still_on_it(floor: Floor) -> None:
    shift, incident = Shift(floor), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    with pytest.raises(Refused, match="not_owner"):
        await shift.ask("ben", cmd.StillOnIt, incident)
    await shift.ask("ben", cmd.Help, incident)
    await shift.ask("ben", cmd.StillOnIt, incident)


@pytest.mark.parametrize("how", ["line", "said"])
async def test_from_an_owner_who_listens_it_is_not_taken_but_copied_with_a_helper_offered(
    floor: Floor, how: str
) -> None:
    shift, incident = Shift(floor), await pressed(floor, call=Call("open") if how == "line" else None)
    await shift.ask("ann", cmd.Acknowledge, incident)
    if how == "said":
        await shift.ask("ann", cmd.Listen, incident)
    await shift.pass_s(600)
    held = now(floor)
    assert held.owner == "ann" and held.copied and held.for_supervisor
    assert (await shift.did()).count("copied_to_supervisor") == 1
    await shift.ask(SUPERVISOR, cmd.Help, incident)
    helped = now(floor)
    assert (helped.owner, helped.ownership.helpers, helped.for_supervisor) == ("ann", ("boss",), False)
    if how == "line":
        await floor.desk.receive(floor.message(CallReport(device=DEVICE, state="ended")))
        await shift.pass_s(61)
        assert now(floor).owner is None, "once she has hung up, an owner who does nothing has forgotten it"


async def test_an_owner_whose_page_is_gone_is_not_lost_for_ten_seconds_then_offered_to_all(floor: Floor) -> None:
    screens = FewScreens("ann")
    here, shift, incident = screens.here, Shift(floor, screens=screens), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.pass_s(55)
    here.clear()
    await shift.pass_s(9)
    assert now(floor).owner == "ann" and not now(floor).ownership.gone, "under ten seconds nothing is taken"
    here.add("ann")
    await shift.pass_s(15)
    assert now(floor).owner == "ann", "who comes back is given the countdown"
    await shift.ask("ann", cmd.StillOnIt, incident)
    here.clear()
    await shift.pass_s(12)
    offered = now(floor)
    assert (offered.owner, offered.ownership.gone, offered.needs_someone) == ("ann", "lost", True)
    await shift.ask("ben", cmd.Acknowledge, incident)
    assert (now(floor).owner, now(floor).ownership.gone) == ("ben", "")


async def test_an_owner_is_not_lost_while_the_pages_of_other_servers_are_not_known(floor: Floor) -> None:
    screens = FewScreens("ann")
    here, shift, incident = screens.here, Shift(floor, screens=screens), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    here.clear()
    screens.all_known = False
    await shift.pass_s(40)
    assert not now(floor).ownership.gone and shift.watch.away("ann").since is None
    screens.all_known = True  # then it has the same grace as a page that is lost
    await shift.pass_s(12)
    assert now(floor).ownership.gone == "lost"


async def test_an_owner_who_comes_back_has_it_again_and_nobody_else_takes_it(floor: Floor) -> None:
    screens = FewScreens()
    here, shift, incident = screens.here, Shift(floor, screens=screens), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.ask("ann", cmd.Route, incident, zone="5415")
    await shift.pass_s(12)
    assert now(floor).ownership.gone == "lost" and now(floor).for_everyone and floor.desk.board.unowned == 1
    shift.watch = Watch(floor.desk, floor.log, QUIET, screens=screens)  # a server that was started anew ends it, too
    here.add("ann")
    await shift.pass_s(1)
    assert (now(floor).owner, now(floor).ownership.gone, floor.desk.board.unowned) == ("ann", "", 0)
    with pytest.raises(Refused, match="taken"):
        await shift.ask("ben", cmd.Acknowledge, incident)


async def test_who_signs_out_offers_at_once(floor: Floor) -> None:
    screens = FewScreens("ann")
    here, shift, incident = screens.here, Shift(floor, screens=screens), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.pass_s(1)
    here.clear()
    await floor.desk.note("desk/access", ev.SignedOut(why="person"), id=floor.name(), actor="ann")
    await shift.pass_s(1)
    assert now(floor).ownership.gone == "signed_out"


async def test_an_order_nobody_takes_alarms_then_calls_the_supervisor_once(floor: Floor) -> None:
    shift, incident = Shift(floor), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.ask("ann", cmd.Route, incident, zone="5415")
    order = now(floor).order
    assert order is not None
    await shift.pass_s(15)
    await floor.desk.undelivered(incident.id, order=order.id, update=1, zone="5415", why="no answer", final=False)
    await shift.pass_s(31)
    assert await shift.did() == ["not_delivered"] and now(floor).for_supervisor
    await shift.ask("ann", cmd.Acknowledge, incident)
    assert not now(floor).for_supervisor
    await shift.pass_s(60)
    assert await shift.did() == ["not_delivered", "not_accepted", "not_accepted"]


async def test_an_order_that_was_late_and_came_after_all_answers_no_further_press(floor: Floor) -> None:
    shift, incident = Shift(floor), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.ask("ann", cmd.Route, incident, zone="5415")
    order = now(floor).order
    assert order is not None
    await floor.press()
    before = now(floor)
    await floor.desk.undelivered(incident.id, order=order.id, update=1, zone="5415", why="no answer", final=False)
    await floor.desk.delivered(incident.id, order=order.id, update=1, zone="5415", status=200)
    same = attrgetter("realarm", "attention.realarmed_at", "escalation")
    assert same(now(floor)) == same(before)
    assert now(floor).realarm == "pressed"


async def test_a_device_that_falls_silent_alarms_once_for_each_gap(floor: Floor) -> None:
    shift, incident = Shift(floor, WatchTimes()), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.ask("ann", cmd.Listen, incident)
    for _ in range(3):
        await shift.pass_s(55)
        await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=Fix(51.0, 3.7))))
        await shift.ask("ann", cmd.StillOnIt, incident)
    assert await shift.did() == []
    await shift.pass_s(200)
    assert (await shift.did()).count("no_fix") == 2, "its owner, then the supervisor"


async def test_what_was_missed_on_the_way_is_over_when_a_unit_is_there(floor: Floor) -> None:
    shift, incident = Shift(floor, WatchTimes()), await pressed(floor)
    await shift.ask("ann", cmd.Acknowledge, incident)
    await shift.ask("ann", cmd.Route, incident, zone="5415")
    order = now(floor).order
    await shift.pass_s(70)
    assert order is not None and now(floor).realarm
    there = ev.Progressed(step="on_scene", source="unit", order=order.id, unit="G12")
    await floor.desk.note(f"incident/{incident.id}", there, id=floor.name(), actor="feed")
    assert (now(floor).state, now(floor).realarm) == ("on_scene", "")


async def told(shift: Shift) -> Incident:
    await shift.pass_s(91)
    await until(lambda: now(shift.floor).escalation.outside)
    return now(shift.floor)


async def test_nobody_set_outside_is_said(floor: Floor) -> None:
    await pressed(floor)
    assert (await told(Shift(floor))).escalation.outside == "none"


async def test_the_outside_command_is_told_and_no_person_is_in_it(floor: Floor, tmp_path: Path) -> None:
    program, heard = tmp_path / "tell.py", tmp_path / "heard.json"
    program.write_text(f"import pathlib, sys; pathlib.Path({str(heard)!r}).write_text(sys.stdin.read())")
    outside = Outside(OutsideSettings(command=f"{sys.executable} {program}"))
    await pressed(floor)
    incident = await told(Shift(floor, outside=outside))
    facts = json.loads(heard.read_text())
    assert incident.escalation.outside == "told"
    assert set(facts) == {"incident", "step", "zone", "received_at", "unanswered_since", "at"}
    assert (facts["incident"], facts["zone"]) == (incident.id, "5415")
    assert DEVICE not in heard.read_text() and floor.cases.case.number not in heard.read_text()


async def test_a_webhook_that_fails_is_tried_three_times_and_shown(floor: Floor, unused_tcp_port_refused: str) -> None:
    outside = Outside(OutsideSettings(webhook=unused_tcp_port_refused, again_s=0.01, timeout_s=2))
    await pressed(floor)
    incident = await told(Shift(floor, outside=outside))
    assert incident.escalation.outside == "failed"
    (result,) = (e.event for e in incident.history.entries if isinstance(e.event, ev.OutsideTold))
    assert (result.channel, result.ok, result.tries) == ("webhook", False, 3)


async def test_a_telling_cut_off_by_a_crash_is_done_again(open_floor: Open) -> None:
    async def never(facts: dict[str, str]) -> Sequence[ev.OutsideTold]:
        await asyncio.Event().wait()
        raise AssertionError

    async with open_floor() as floor:
        await pressed(floor)
        shift = Shift(floor, outside=never)
        working = asyncio.create_task(shift.watch.run())
        floor.clock.pass_s(61)
        await until(lambda: now(floor).escalation.rung == "confirm")
        floor.clock.pass_s(31)
        await until(lambda: now(floor).escalation.rung == "outside")
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    async with open_floor() as floor:
        shift = Shift(floor)
        await shift.pass_s(62)
        await until(lambda: now(floor).escalation.outside)


async def test_a_technical_alarm_laid_aside_comes_back_by_itself(open_floor: Open) -> None:
    boss = SUPERVISOR
    async with open_floor() as floor:
        await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state="link_lost")))
        ((stream, condition),) = floor.desk.board.device_alarms
        shelve = cmd.ShelveDevice(
            id=floor.name(), stream=stream, condition=condition, minutes=60, reason="button at the repair shop"
        )
        with pytest.raises(Refused, match="not_allowed"):
            await floor.desk.command(shelve, dispatcher("ann"))
        for bad, code in (({"minutes": 24 * 60 + 1}, "time_invalid"), ({"reason": " "}, "reason_missing")):
            with pytest.raises(Refused, match=code):
                await floor.desk.command(msgspec.structs.replace(shelve, **bad), boss)
        await floor.desk.command(shelve, boss)
        # On the shelf it may come and go: it stays there.
        for state in ("ok", "link_lost"):
            await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state=state)))  # type: ignore[arg-type]
    async with open_floor() as floor:
        aside = floor.desk.board.device_alarms[(stream, condition)]
        assert aside.shelved_until == floor.clock.now() + timedelta(minutes=60)
        assert (aside.shelved_by, aside.shelved_why, aside.count) == ("boss", "button at the repair shop", 2)
        shift = Shift(floor)
        floor.clock.pass_s(3599)
        await shift.pass_s(2)
        back = floor.desk.board.device_alarms[(stream, condition)]
        assert (back.shelved_until, back.acknowledged_by, back.returned_at) == (None, None, None)


async def test_no_command_lays_a_press_aside(floor: Floor) -> None:
    """Whatever anybody may ask, an open press stays open, owned or everybody's, and the watch goes on with it."""
    incident = await pressed(floor)
    everybody = User(actor="all", roles=frozenset().union(*MAY.values()))
    for stream in (f"incident/{incident.id}", incident.id):
        shelve = cmd.ShelveDevice(id=floor.name(), stream=stream, condition="silent", minutes=5, reason="quiet")
        with pytest.raises(Refused, match="unknown_incident"):
            await floor.desk.command(shelve, everybody)
    named = [kind for tag, kind in cmd.COMMANDS.items() if "shelve" in tag]
    assert named == [cmd.ShelveDevice]
    shelf_words = {"shelve", "snooze", "mute", "hide", "suppress"}
    assert not [what for what in MAY if shelf_words & set(what.split("_")) and what != "shelve_device"]
    assert now(floor).needs_someone
    await Shift(floor).pass_s(16)
    assert now(floor).escalation.rung == "louder"


async def test_a_closed_alarm_is_left_in_peace(floor: Floor) -> None:
    shift, incident = Shift(floor), await pressed(floor)
    await floor.desk.command(closing(incident, floor.name()), dispatcher("ann"))
    await shift.pass_s(200)
    assert await shift.did() == []


@pytest.fixture
def unused_tcp_port_refused() -> str:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}/alarm"
