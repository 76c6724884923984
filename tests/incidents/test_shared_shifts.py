"""A shift of several servers of one log changes once, whichever of their clocks is ahead, and whichever dies at it."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

from incidents.board import SHIFTS
from incidents.shifts import ELSEWHERE_S, HANDED_OVER_S, ShiftTimes, ShiftWatch
from tests.incidents.conftest import DrivenClock, Floor
from tests.incidents.servers import Watches
from tests.incidents.servers import watches as watches
from tests.waiting import until

ONCE = {"shift_started": 2, "shift_ended": 1, "sheet_made": 1}


def shifts_of(floor: Floor, digest: asyncio.Event | None = None) -> ShiftWatch:
    """`digest`: its digest waits for this."""

    async def made() -> str:
        if digest is not None:
            await digest.wait()
        return "12-3-abc"

    shifts = ShiftWatch(floor.desk, floor.log, ShiftTimes(), within_s=5, digest=made)
    shifts.listen()
    return shifts


async def written(watches: Watches) -> Counter[str]:
    return Counter(record.type for record in await watches.records("a") if record.stream in (SHIFTS, "checkpoint"))


async def test_three_servers_change_a_shift_once(watches: Watches) -> None:
    shifts = [shifts_of(await watches.open(name)) for name in "abc"]

    async def look() -> None:
        await asyncio.gather(*(one.tick() for one in shifts))

    await look()
    watches.clock.pass_s(12 * 3600)
    for _ in range(5):
        await look()
        await asyncio.sleep(0.05)
    assert await written(watches) == ONCE | {"checkpoint": 1}


async def test_a_clock_that_is_ahead_changes_the_shift_and_no_other_changes_it_back(
    watches: Watches, clock: DrivenClock
) -> None:
    clock.at = datetime(2026, 11, 25, 5, 59, tzinfo=UTC)  # 07:00 in Belgium comes in a minute
    ahead = DrivenClock(clock.now())
    shifts = [shifts_of(await watches.open("a")), shifts_of(await watches.open("b", ahead))]
    await shifts[0].tick()
    await until(lambda: watches.floors["b"].desk.board.shift.start is not None)
    ahead.pass_s(120)
    for one in (shifts[1], shifts[0], *shifts):
        await one.tick()
        await asyncio.sleep(0.2)
    assert await written(watches) == ONCE | {"checkpoint": 1}
    assert len({floor.desk.board.shift.start for floor in watches.floors.values()}) == 1


async def test_a_change_that_a_server_died_at_is_taken_over(watches: Watches) -> None:
    never = asyncio.Event()
    dies = shifts_of(await watches.open("a"), never)
    await dies.tick()
    lives = shifts_of(await watches.open("b"))
    watches.clock.pass_s(12 * 3600)
    change = asyncio.create_task(dies.tick())
    board = watches.floors["b"].desk.board
    await until(lambda: board.version(SHIFTS) == 2)
    await lives.tick()
    assert board.version(SHIFTS) == 2, "the other is at it"
    change.cancel()
    watches.clock.pass_s(HANDED_OVER_S + 1)
    await lives.tick()
    assert (await written(watches)) == ONCE | {"checkpoint": 1}


async def test_a_test_press_that_a_page_of_one_server_showed_in_time_failed_at_none(watches: Watches) -> None:
    floors = [await watches.open(name) for name in "ab"]
    shifts = [shifts_of(floor) for floor in floors]
    await floors[0].press("AMR-BENCH-1", id="press-1")
    await until(lambda: len(floors[1].desk.board.incidents) == 1)
    (name,) = floors[0].desk.board.incidents
    watches.clock.pass_s(4)
    floors[0].desk.presented([name], console="c1", audible=True)
    watches.clock.pass_s(2)
    await shifts[1].tick()  # its clock says that 5 s are over, and none of its pages showed it
    await shifts[0].tick()
    watches.clock.pass_s(ELSEWHERE_S)
    await shifts[1].tick()
    tested = [record.open for record in await watches.records("a") if record.type == "shift_test"]
    assert [test["ok"] for test in tested] == [True]
