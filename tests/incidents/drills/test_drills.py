"""Who may bring a drill in, when it comes, what ends it, and that it is never an incident."""

import asyncio

import pytest

from incidents import commands as cmd
from incidents.commands import RefusalCode, Refused
from incidents.drills.fold import Drill
from incidents.drills.shift import near_change
from incidents.messages import DeviceReport
from incidents.shifts import ShiftTimes
from tests.incidents.conftest import DEVICE, START, Open
from tests.incidents.drills.conftest import Crew
from tests.waiting import LONG_S


async def refused(work: object, code: RefusalCode) -> None:
    with pytest.raises(Refused) as told:
        await work  # type: ignore[misc]
    assert told.value.code == code


async def ended(crew: Crew, drill: Drill) -> str | None:
    """Why it ended, once the record that was started beside is folded."""
    async with asyncio.timeout(LONG_S):
        while crew.now(drill).why is None:
            await asyncio.sleep(0.005)
    return crew.now(drill).why


async def test_a_trainer_and_a_supervisor_bring_one_in_at_a_moment_that_was_drawn(crew: Crew) -> None:
    drill = await crew.confirm(await crew.propose(), within_min=10)
    crew.clock.pass_s(299)
    await crew.desk.drills.tick()
    assert crew.desk.drills.shown is None
    crew.clock.pass_s(1)
    await crew.desk.drills.tick()
    shown = crew.desk.drills.shown
    assert shown is not None and shown.id == drill.id and shown.state == "live"
    assert set(shown.desks) == {"ann", "ben"}  # not those who knew
    assert crew.desk.board.incidents == {}


async def test_it_takes_two_people_whatever_roles_they_have(crew: Crew) -> None:
    await refused(crew.propose(by="ann"), "not_allowed")
    await refused(crew.propose(by="supervisor"), "not_allowed")
    drill = await crew.propose(by="both")
    await refused(crew.confirm(drill, by="both"), "drill_same_person")
    await refused(crew.confirm(drill, by="trainer"), "not_allowed")
    await crew.confirm(drill)
    await refused(crew.confirm(drill), "drill_over")


async def test_a_drill_is_confirmed_by_nobody_for_whom_it_is_meant(crew: Crew) -> None:
    drill = await crew.propose(to=("supervisor",))
    await refused(crew.confirm(drill), "drill_same_person")


async def test_a_proposal_lapses_and_a_cancelled_one_never_comes(crew: Crew) -> None:
    late = await crew.propose()
    crew.clock.pass_s(30 * 60)
    await refused(crew.confirm(late), "drill_over")
    await crew.desk.drills.tick()
    assert crew.now(late).why == "lapsed"
    crew.here("trainer", "supervisor", "ann")
    other = await crew.confirm(await crew.propose())
    await crew.ask("trainer", cmd.CancelDrill(id=crew.floor.name(), drill=other.id))
    crew.clock.pass_s(20 * 60)
    await crew.desk.drills.tick()
    assert crew.now(other).why == "cancelled" and crew.desk.drills.shown is None


async def test_none_is_confirmed_beside_an_alarm_bad_health_a_shift_change_or_a_technical_alarm(crew: Crew) -> None:
    drill = await crew.propose()
    crew.floor.screens.well = False
    await refused(crew.confirm(drill), "drill_health")
    crew.floor.screens.well = True
    crew.floor.screens.changing = True
    await refused(crew.confirm(drill), "drill_shift")
    crew.floor.screens.changing = False
    await crew.desk.receive(crew.floor.message(DeviceReport(device=DEVICE, state="link_lost")))
    await refused(crew.confirm(drill), "drill_technical")
    await crew.desk.receive(crew.floor.message(DeviceReport(device=DEVICE, state="linked")))
    await crew.floor.press()
    await refused(crew.confirm(drill), "drill_alarm")


async def test_without_a_word_about_health_there_is_no_drill(open_floor: Open) -> None:
    async with open_floor() as floor:
        crew = Crew(floor, well=False)
        await refused(crew.confirm(await crew.propose()), "drill_health")


async def test_what_was_confirmed_is_asked_again_at_the_moment_it_would_enter(crew: Crew) -> None:
    drill = await crew.confirm(await crew.propose())
    crew.clock.pass_s(299)
    incident = await crew.floor.press()
    assert incident is not None
    crew.clock.pass_s(60)
    await crew.desk.drills.tick()
    assert crew.now(drill).state == "confirmed"
    crew.clock.pass_s(31 * 60)
    await crew.desk.drills.tick()
    assert crew.now(drill).why == "lapsed" and crew.now(drill).raised_at is None


async def test_a_desk_has_one_a_week_at_most(crew: Crew) -> None:
    first = await crew.live(to=("ann",))
    await crew.take(first)
    await crew.ask("ann", cmd.CloseDrill(id=crew.floor.name(), incident=first.id))
    second = await crew.propose(to=("ann",))
    await refused(crew.confirm(second), "drill_week")
    for_all = await crew.live()
    assert for_all.desks == ("ben",)
    crew.clock.pass_s(7 * 24 * 3600)
    crew.here("trainer", "supervisor", "ann", "ben")
    await crew.desk.drills.tick()
    third = await crew.live()
    assert set(third.desks) == {"ann", "ben"}


async def test_the_first_desk_takes_it_and_the_other_is_told_who_and_nothing_else_may_be_done(crew: Crew) -> None:
    drill = await crew.live()
    for before in (
        cmd.Route(id="route-0001", incident=drill.id, zone="5415"),
        cmd.Listen(id="listen-001", incident=drill.id),
    ):
        await refused(crew.ask("ann", before), "unowned")  # as of an alarm that nobody has
    crew.clock.pass_s(4)
    await crew.take(drill)
    await crew.take(drill)
    await refused(crew.take(drill, by="ben"), "taken")
    assert crew.now(drill).acknowledged_ms == 4000
    for wish in (
        cmd.Route(id="route-0002", incident=drill.id, zone="5415"),
        cmd.Progress(id="radio-0001", incident=drill.id, step="on_scene"),
        cmd.HandOver(id="hand-00001", incident=drill.id, to=crew.key("ben")),
        cmd.Note(id="note-00001", incident=drill.id, text="x"),
        cmd.Close(
            id="close-0001", incident=drill.id, as_class="real", outcome="other", reason="it is over", anyway=True
        ),
    ):
        await refused(crew.ask("ann", wish), "drill")
    await crew.ask("ann", cmd.CloseDrill(id=crew.floor.name(), incident=drill.id))
    assert crew.now(drill).why == "closed"
    await refused(crew.take(drill), "drill_over")
    assert {type for stream, type in await crew.floor.records()} == {
        "drill_proposed", "drill_confirmed", "drill_raised", "drill_acknowledged", "drill_ended",
    }  # fmt: skip


async def test_a_press_ends_it_at_once_and_is_an_alarm_as_any_other(crew: Crew) -> None:
    drill = await crew.live()
    shown: list[bool] = []
    crew.desk.board.listen(lambda change: shown.append(crew.desk.drills.shown is not None))
    incident = await crew.floor.press()
    assert incident is not None and incident.state == "raised" and incident.version == 1
    assert not any(shown)  # nobody was told of the press while the drill still stood
    assert await ended(crew, drill) == "alarm"


async def test_an_alarm_raised_by_hand_ends_it_too(crew: Crew) -> None:
    drill = await crew.live()
    await crew.take(drill)
    await crew.ask("ben", cmd.Raise(id="by-hand-01", reason="a call", zone="5416"))
    assert crew.desk.drills.shown is None
    assert await ended(crew, drill) == "alarm"


async def test_it_goes_with_the_health_and_with_the_time_and_reaches_nobody(crew: Crew) -> None:
    first = await crew.live()
    crew.clock.pass_s(60)
    await crew.desk.drills.tick()
    assert crew.now(first).why == "unanswered"
    crew.clock.pass_s(8 * 24 * 3600)
    crew.here("trainer", "supervisor", "ann", "ben")
    second = await crew.live()
    crew.desk.board.recording_is("failed", "full", 0)
    assert crew.desk.drills.shown is None
    assert await ended(crew, second) == "health"


async def test_a_fault_in_the_drills_keeps_no_press_from_the_board(crew: Crew) -> None:
    await crew.live()

    def broken() -> bool:
        raise RuntimeError

    crew.floor.screens.healthy = broken  # type: ignore[method-assign]
    crew.desk.drills._disturbed = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    incident = await crew.floor.press()
    assert incident is not None and incident.state == "raised"


async def test_a_drill_that_a_start_finds_live_is_over(open_floor: Open) -> None:
    async with open_floor() as floor:
        crew = Crew(floor)
        drill = await crew.live()
    async with open_floor() as floor:
        crew = Crew(floor)
        assert floor.desk.board.drills.live is not None and floor.desk.drills.shown is None
        await floor.desk.drills.tick()
        assert crew.now(drill).why == "restarted"
        assert set(floor.desk.board.drills.last) == {"ann", "ben"}


async def test_who_saw_it_is_kept_once_for_each_desk(crew: Crew) -> None:
    drill = await crew.live()
    crew.clock.pass_s(1.5)
    for name in ("ann", "ann", "supervisor"):
        crew.desk.drills.presented(name, [drill.id], audible=True)
    async with asyncio.timeout(LONG_S):
        while not crew.now(drill).presented:
            await asyncio.sleep(0.005)
    assert crew.now(drill).presented == {"ann": 1500}
    assert "presented" not in {type for _, type in await crew.floor.records()}


async def test_a_proposal_never_takes_the_place_of_an_incident(crew: Crew) -> None:
    incident = await crew.floor.press()
    assert incident is not None
    wish = cmd.ProposeDrill(id=incident.id, zone="5415", story="x")
    await crew.ask("trainer", wish)
    assert not crew.desk.drills.knows(incident.id)
    taken = await crew.desk.command(cmd.Acknowledge(id="take-00001", incident=incident.id), crew.user("ann"))
    assert taken is not None and taken.owner == "ann"


def test_a_quarter_of_an_hour_around_each_change_of_shift_is_free_of_drills() -> None:
    times = ShiftTimes(starts=("07:00", "19:00"))
    at = START.replace(hour=18, minute=0, second=0)  # 19:00 in Belgium
    minutes = {
        m: near_change(times, at.replace(hour=18 + m // 60, minute=m % 60)) for m in (-15, -14, 0, 14, 15) if m >= 0
    }
    assert minutes == {0: True, 14: True, 15: False}
    assert near_change(times, at.replace(hour=17, minute=46)) and not near_change(times, at.replace(hour=17, minute=44))
    assert not near_change(ShiftTimes(starts=()), at)
