"""The watches of several servers of one log do everything once, and tell nobody outside twice."""

from collections import Counter
from datetime import timedelta

import pytest

from incidents import commands as cmd
from incidents.escalation.ladder import WatchTimes
from incidents.escalation.watch import TAKEN_OVER_S
from incidents.messages import Fix, FixReport
from tests.incidents.conftest import DrivenClock
from tests.incidents.servers import Watches, steps
from tests.incidents.servers import watches as watches
from tests.people import dispatcher
from tests.waiting import until

LADDER = ["louder", "everyone", "confirm", "outside"]


async def pressed(watches: Watches, count: int) -> list[str]:
    """So many alarms, at one server after the other; all know of them then."""
    floors = list(watches.floors.values())
    for n in range(count):
        await floors[n % len(floors)].press(f"AMR-{n:05d}", id=f"press-{n}")
    await until(lambda: all(len(floor.desk.board.incidents) == count for floor in floors))
    return list(floors[0].desk.board.incidents)


async def at_outside(watches: Watches, count: int = 1) -> list[str]:
    """Alarms that stand before the last rung of the ladder."""
    names = await pressed(watches, count)
    await watches.pass_s(89)
    await watches.agree()
    return names


@pytest.mark.parametrize("count", [3, 20])
async def test_every_rung_is_climbed_once_and_somebody_outside_is_told_once(watches: Watches, count: int) -> None:
    for name in "abc":
        await watches.open(name)
    names = await pressed(watches, count)
    await watches.pass_s(100)
    boards = [floor.desk.board for floor in watches.floors.values()]
    await until(lambda: all(board.incidents[name].escalation.outside == "told" for board in boards for name in names))
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == Counter(names)
    for board in boards:
        for name in names:
            assert steps(board.incidents[name]) == LADDER and board.incidents[name].attention.unpresented
    told = [str(record.open["what"]) for record in await watches.records("a") if record.type == "together"]
    if count > 8:
        assert Counter(told) == {"unpresented": 1, "escalated": 4, "outside_told": 1}
    else:
        assert Counter(told) == {"unpresented": 1, "escalated": 4} or "outside_told" in told


async def test_what_an_owner_does_not_do_is_said_once(watches: Watches) -> None:
    floors = [await watches.open(name) for name in "abc"]
    (name,) = await pressed(watches, 1)
    await floors[0].desk.command(cmd.Acknowledge(id="acknowledge-1", incident=name), dispatcher("ann"))
    await watches.pass_s(70)
    kinds = Counter(record.type for record in await watches.records("a"))
    assert kinds["watch_released"] == 1
    await floors[1].desk.command(cmd.Acknowledge(id="acknowledge-2", incident=name), dispatcher("bob"))
    await floors[1].desk.command(cmd.Route(id="route-0001", incident=name, zone="5415"), dispatcher("bob"))
    await until(lambda: all(floor.desk.board.incidents[name].order is not None for floor in floors))
    await watches.pass_s(100)
    limits = [r for r in await watches.records("a") if r.type == "limit_passed"]
    assert len(limits) == len({(r.open["limit"], r.open["cause"], r.open.get("escalated")) for r in limits}) > 1


async def test_a_new_position_is_ordered_once(watches: Watches) -> None:
    floors = [await watches.open(name) for name in "abc"]
    (name,) = await pressed(watches, 1)
    await floors[0].desk.command(cmd.Acknowledge(id="acknowledge-1", incident=name), dispatcher("ann"))
    await floors[0].desk.command(cmd.Route(id="route-0001", incident=name, zone="5415"), dispatcher("ann"))
    await watches.pass_s(6)
    for n in range(4):
        watches.clock.pass_s(11)
        report = FixReport(device="AMR-00000", fix=Fix(51.0536, 3.73 + n / 1000, 18.0))
        for floor in floors:
            await floor.desk.receive(floors[0].message(report, id=f"fix-{n}"))
        # The others don't know of this yet when they look.
        note = cmd.Note(id=f"note-000{n}", incident=name, text="she whispers")
        await floors[n % 3].desk.command(note, dispatcher("ann"))
        await watches.look()
    ordered = [record for record in await watches.records("a") if record.type == "ordered"]
    assert [record.open["why"] for record in ordered] == ["new", *["position"] * 4]


async def test_a_telling_that_a_server_died_at_is_taken_over_by_one_other(watches: Watches) -> None:
    watches.phone.hangs = True
    await watches.open("a")
    (name,) = await at_outside(watches)
    await watches.pass_s(3)
    assert [server for server, _ in watches.phone.calls] == ["a"]
    others = [await watches.open(other) for other in "bc"]
    await watches.pass_s(30)
    await watches.kill("a")
    watches.phone.hangs = False
    await watches.pass_s(round(TAKEN_OVER_S) - 35)
    assert len(watches.phone.calls) == 1
    await watches.pass_s(40)
    await until(lambda: all(floor.desk.board.incidents[name].escalation.outside == "told" for floor in others))
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == {name: 2} and watches.phone.calls[1][0] in "bc"
    assert steps(others[0].desk.board.incidents[name]) == [*LADDER, "outside"]


async def test_a_server_whose_clock_is_ahead_takes_no_telling_from_another(
    watches: Watches, clock: DrivenClock
) -> None:
    watches.phone.hangs = True
    await watches.open("a")
    await at_outside(watches)
    await watches.pass_s(3)
    await watches.open("b", DrivenClock(clock.now() + timedelta(hours=1)))
    for _ in range(5):
        await watches.look()
    assert [server for server, _ in watches.phone.calls] == ["a"]


async def test_a_server_that_is_cut_off_leaves_telling_to_the_others_and_tells_only_if_it_stays_so(
    watches: Watches,
) -> None:
    for name in "abc":
        await watches.open(name)
    (name,) = await at_outside(watches)
    watches.cuts["a"].dies()
    board = watches.floors["a"].desk.board
    await until(lambda: board.recording == "cut_off")
    await watches.pass_s(5)
    assert [server for server, _ in watches.phone.calls] in (["b"], ["c"])
    assert board.incidents[name].escalation.rung == "outside"
    watches.cuts["a"].resumes()
    await until(lambda: board.recording == "ok")
    await watches.agree()
    assert steps(board.incidents[name]) == LADDER
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == {name: 1}


async def test_where_every_server_is_cut_off_somebody_outside_is_told_all_the_same(watches: Watches) -> None:
    await watches.open("a")
    (name,) = await at_outside(watches)
    watches.cuts["a"].dies()
    await until(lambda: watches.floors["a"].desk.board.recording == "cut_off")
    await watches.pass_s(5)
    assert not watches.phone.calls, "another server may be telling"
    await watches.pass_s(round(TAKEN_OVER_S) + 5)
    assert watches.phone.alarms == {name: 1}


async def test_the_log_is_sealed_by_one_server_at_a_time(watches: Watches) -> None:
    minutes = WatchTimes().checkpoint_min
    floors = [await watches.open(name) for name in "abc"]
    for n in range(3):
        await floors[n].press(f"AMR-{n}", id=f"press-{n}")
        watches.clock.pass_s(minutes * 60 + 1)
        for name, watch in watches.watches.items():
            await watches.records(name)  # what the others wrote is here before it looks
            await watch.tick()
        kinds = Counter(record.type for record in await watches.records("a"))
        assert kinds["checkpoint"] == n + 1
