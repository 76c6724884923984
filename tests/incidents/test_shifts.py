"""Which shift it is, what its change writes, and the test press it begins with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import SHIFTS
from incidents.log.verify import head, verify
from incidents.shifts import Shift, ShiftTimes, ShiftWatch, shift_at
from incidents.shifts import test_due as due_of
from tests.incidents.conftest import START, Floor, Open
from tests.people import dispatcher

TIMES = ShiftTimes()
BENCH = "AMR-BENCH-1"
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
times_of_day = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@given(moments, st.lists(times_of_day, min_size=1, max_size=4))
def test_every_moment_lies_in_one_shift_and_the_next_begins_where_it_ends(now: datetime, starts: list[str]) -> None:
    times = ShiftTimes(starts=tuple(starts))
    shift = shift_at(times, now)
    assert shift is not None and shift.start <= now < shift.end
    assert shift_at(times, shift.start) == shift
    assert shift_at(times, shift.end - timedelta(microseconds=1)) == shift
    following = shift_at(times, shift.end)
    assert following is not None and following.start == shift.end
    assert shift.end - shift.start <= timedelta(hours=25)


@given(moments)
def test_a_shift_starts_at_its_time_on_the_wall_in_summer_and_in_winter(now: datetime) -> None:
    shift = shift_at(TIMES, now)
    assert shift is not None
    assert shift.start.astimezone(ev.BRUSSELS).strftime("%H:%M") in TIMES.starts
    assert timedelta(hours=11) <= shift.end - shift.start <= timedelta(hours=13)


@pytest.mark.parametrize(
    ("now", "start", "hours"),
    [
        ("2026-03-29T01:30:00+00:00", "2026-03-28T18:00:00+00:00", 11),  # the clocks went forward
        ("2026-10-25T01:30:00+00:00", "2026-10-24T17:00:00+00:00", 13),  # and back
        ("2026-11-24T23:30:00+00:00", "2026-11-24T18:00:00+00:00", 12),  # past midnight in Belgium
    ],
)
def test_a_night_shift_over_midnight_and_a_clock_change_is_one_shift(now: str, start: str, hours: int) -> None:
    begun = datetime.fromisoformat(start)
    assert shift_at(TIMES, datetime.fromisoformat(now)) == Shift(begun, begun + timedelta(hours=hours))


def test_without_starts_there_are_no_shifts_and_a_start_must_be_a_time() -> None:
    assert shift_at(ShiftTimes(starts=()), START) is None
    for wrong in ("7:00", "24:00", "07:60", "morning"):
        with pytest.raises(ValueError, match="time of day"):
            ShiftTimes(starts=(wrong,))


def watch(floor: Floor, times: ShiftTimes = TIMES) -> ShiftWatch:
    async def digest() -> str:
        return "12-3-abc"

    made = ShiftWatch(floor.desk, floor.log, times, within_s=5, digest=digest)
    made.listen()
    return made


async def types(floor: Floor, stream: str = SHIFTS) -> list[str]:
    return [record.type for record in await floor.log.stream(stream)]


async def test_a_shifts_end_is_sealed_and_its_sheet_counts_without_naming_anybody(floor: Floor) -> None:
    shifts = watch(floor)
    await shifts.tick()
    await shifts.tick()
    assert await types(floor) == ["shift_started"]
    await floor.press()
    await floor.desk.command(cmd.NoteSheet(id=floor.name(), text="line 7 crackles"), dispatcher("ann"))
    floor.clock.pass_s(12 * 3600)
    await shifts.tick()
    assert await types(floor) == ["shift_started", "sheet_noted", "shift_ended", "sheet_made", "shift_started"]
    records = [(record.stream, record.type) async for _, record in floor.log.records()]
    ended = records.index((SHIFTS, "shift_ended"))
    assert records[ended + 1 : ended + 3] == [("checkpoint", "checkpoint"), (SHIFTS, "sheet_made")]
    made = (await floor.log.stream(SHIFTS))[3]
    assert made.open["digest"] == "12-3-abc" and made.open["unacknowledged"] == 1 and made.sealed == ""
    now = floor.desk.board.shift
    assert [note.text for note in now.notes] == ["line 7 crackles"]  # the next shift still reads it
    assert now.start == shift_at(TIMES, floor.clock.now()).start  # type: ignore[union-attr]
    floor.clock.pass_s(12 * 3600)
    await shifts.tick()
    assert floor.desk.board.shift.notes == ()


async def test_the_sheets_digest_shows_later_that_nothing_of_then_is_missing(floor: Floor, tmp_path: Path) -> None:
    async def digest() -> str:
        return head(tmp_path / "vigie.log")

    shifts = ShiftWatch(floor.desk, floor.log, TIMES, within_s=5, digest=digest)
    await shifts.tick()
    await floor.press()
    floor.clock.pass_s(12 * 3600)
    await shifts.tick()
    await floor.press("AMR-00007")
    assert verify(tmp_path / "vigie.log", floor.desk.board.shift.digest).ok


async def test_a_restart_within_a_shift_starts_no_other_and_one_over_its_end_ends_it(open_floor: Open) -> None:
    async with open_floor() as floor:
        await watch(floor).tick()
    async with open_floor() as floor:
        await watch(floor).tick()
        assert await types(floor) == ["shift_started"]
        floor.clock.pass_s(12 * 3600)
    async with open_floor() as floor:
        await watch(floor).tick()
        assert await types(floor) == ["shift_started", "shift_ended", "sheet_made", "shift_started"]


async def test_changed_starts_begin_another_shift_and_changed_back_they_begin_the_first_anew(floor: Floor) -> None:
    for starts in (("07:00", "19:00"), ("20:00",), ("07:00", "19:00")):
        shifts = watch(floor, ShiftTimes(starts=starts))
        for _ in range(3):
            await shifts.tick()
        assert floor.desk.board.shift.start == shift_at(shifts.times, floor.clock.now()).start  # type: ignore[union-attr]
    assert (await types(floor)).count("shift_started") == 3


async def test_a_bench_press_alarms_in_full_and_is_the_shifts_test_once_it_was_seen_and_heard(floor: Floor) -> None:
    shifts = watch(floor)
    await shifts.tick()
    shift = shift_at(TIMES, floor.clock.now())
    assert shift is not None
    assert due_of(TIMES, floor.desk.board, floor.clock.now()) == shift.start + timedelta(minutes=30)
    incident = await floor.press(BENCH, at=floor.clock.now() - timedelta(milliseconds=120))
    assert incident is not None and (incident.state, incident.judgement.as_class) == ("raised", None)
    floor.clock.pass_s(0.25)
    floor.desk.presented([incident.id], console="a", audible=False)
    await shifts.tick()
    assert floor.desk.board.shift.test is None  # painted where nobody would hear it
    floor.clock.pass_s(0.1)
    floor.desk.presented([incident.id], console="b", audible=True)
    await shifts.tick()
    test = floor.desk.board.shift.test
    assert test is not None and (test.ok, test.feed, test.took_ms) == (True, "test", 350)
    assert (await floor.log.stream(SHIFTS))[-1].open["travel_ms"] == 120
    assert due_of(TIMES, floor.desk.board, floor.clock.now()) is None
    assert floor.desk.board.incidents[incident.id].state == "raised"
    floor.clock.pass_s(12 * 3600)
    assert due_of(TIMES, floor.desk.board, floor.clock.now()) is not None


async def test_a_bench_press_that_no_page_showed_in_time_is_a_failed_test_and_the_next_press_may_pass(
    floor: Floor,
) -> None:
    shifts = watch(floor)
    incident = await floor.press(BENCH)
    assert incident is not None
    floor.clock.pass_s(6)
    await shifts.tick()
    test = floor.desk.board.shift.test
    assert test is not None and not test.ok
    assert due_of(TIMES, floor.desk.board, floor.clock.now()) is not None
    await floor.press(BENCH)  # joins the open incident
    floor.desk.presented([incident.id], console="a", audible=True)
    await shifts.tick()
    assert floor.desk.board.shift.test is not None and floor.desk.board.shift.test.ok
    assert (await types(floor)).count("shift_test") == 2


async def test_what_is_no_press_of_a_bench_device_through_a_feed_tests_nothing(floor: Floor) -> None:
    shifts = watch(floor)
    other = await floor.press()
    assert other is not None
    wish = cmd.Raise(id=floor.name(), reason="by telephone", zone="5415")
    by_hand = await floor.desk.command(wish, dispatcher("ann"))
    assert by_hand is not None
    floor.desk.presented([other.id, by_hand.id], console="a", audible=True)
    floor.clock.pass_s(6)
    await shifts.tick()
    assert "shift_test" not in await types(floor)
