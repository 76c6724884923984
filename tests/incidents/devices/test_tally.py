"""What a device was used for, counted without a list of who pressed; when it is to be tested again, by Belgian days."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import SHIFTS
from incidents.case import Case
from incidents.devices.listing import DeviceLine, DeviceTests, due_day, lines, overdue
from incidents.devices.tally import Tally
from incidents.messages import CallReport, DeviceReport, Fix, FixReport
from reports.measures.history import History
from reports.measures.tallies import Past, Tallies
from tests.incidents.conftest import DEVICE, START, FewCases, Floor, Open
from tests.people import dispatcher, technician

BENCH = "AMR-BENCH-1"


class AllCases(FewCases):
    def all(self) -> tuple[Case, ...]:
        return (self.case,)


async def counted(floor: Floor, folder: Path) -> Tallies:
    """The tallies as a desk has them once its history was folded."""
    history = await History.open(floor.log, folder / "vigie.log")
    tallies = Tallies(floor.desk.board, floor.log.vault, history)
    tallies.take(Past(history.table(), history.erased))
    return tallies


async def used(floor: Floor, as_class: ev.Class, outcome: ev.Outcome = "other", device: str = DEVICE) -> None:
    """A press, closed as something."""
    incident = await floor.press(device)
    assert incident is not None
    close = cmd.Close(
        id=floor.name(),
        incident=incident.id,
        as_class=as_class,
        outcome=outcome,
        reason="over",
        verified="technician_present",
        anyway=True,
    )
    await floor.desk.command(close, dispatcher("me"))


def listed(floor: Floor, tallies: Tallies | None = None, cases: FewCases | None = None) -> dict[str, DeviceLine]:
    found = lines(
        floor.desk.board,
        cases or AllCases(),  # type: ignore[arg-type]
        tallies.of if tallies is not None else lambda device: None,
        floor.desk.device_stream,
        times=DeviceTests(),
        bench=(BENCH,),
        now=floor.clock.now(),
    )
    return {line.device: line for line in found}


@pytest.mark.parametrize("seed", range(3))
async def test_a_tally_is_what_counting_everything_gives_also_after_restarts(
    open_floor: Open, tmp_path: Path, seed: int
) -> None:
    """On the board, off the board, folded from the cache, folded from the log: the same count."""
    dice, made = random.Random(seed), {name: Tally() for name in ("AMR-1", "AMR-2", "AMR-3")}
    classes: tuple[ev.Class, ...] = ("real", "test", "accidental", "unknown")
    for start in range(3):
        async with open_floor() as floor:
            floor._made = 1000 * start  # no id twice
            tallies = await counted(floor, tmp_path)
            floor.desk.board.listen(tallies.changed)
            for _ in range(dice.randrange(1, 8)):
                device, as_class = dice.choice(list(made)), dice.choice(classes)
                now, was = floor.clock.now(), made[device]
                await used(floor, as_class, device=device)
                made[device] = Tally(
                    tests=was.tests + (as_class == "test"),
                    real=was.real + (as_class == "real"),
                    last_test=now if as_class == "test" else was.last_test,
                    last_real=now if as_class == "real" else was.last_real,
                    last_press=now,
                )
                assert tallies.of(device) == made[device]
                floor.clock.pass_s(dice.choice((60, 3600, 30 * 3600)))
                floor.desk.board.forget(floor.clock.now())
            assert {device: tallies.of(device) for device in made} == made
            assert tallies.of("AMR-NEVER") == Tally()


async def test_an_open_alarm_counts_when_it_is_closed_and_as_it_is_closed_last(floor: Floor, tmp_path: Path) -> None:
    tallies = await counted(floor, tmp_path)
    floor.desk.board.listen(tallies.changed)
    incident = await floor.press()
    assert incident is not None and tallies.of(DEVICE) == Tally(last_press=START)
    for as_class, tests in (("test", 1), ("accidental", 0)):
        close = cmd.Close(
            id=floor.name(),
            incident=incident.id,
            as_class=as_class,  # type: ignore[arg-type]
            outcome="test_failed",
            reason="over",
            verified="duplicate",
            anyway=True,
        )
        await floor.desk.command(close, dispatcher("me"))
        tally = tallies.of(DEVICE)
        assert tally is not None and (tally.tests, tally.failed) == (tests, tests == 1)
        await floor.desk.command(cmd.Reopen(id=floor.name(), incident=incident.id, reason="not yet"), dispatcher("me"))


async def test_a_shifts_test_counts_for_its_device_before_its_alarm_is_closed_and_once(
    floor: Floor, tmp_path: Path
) -> None:
    tallies = await counted(floor, tmp_path)
    floor.desk.board.listen(tallies.changed)
    incident = await floor.press(BENCH)
    assert incident is not None
    shown = ev.ShiftTested(ok=True, feed="test", took_ms=240, incident=incident.id)
    await floor.desk.note(SHIFTS, shown, id=floor.name(), actor="watch")
    assert (tally := tallies.of(BENCH)) is not None and (tally.tests, tally.last_test) == (1, START)
    await used(floor, "test", "test_ok", device=BENCH)
    assert (tally := tallies.of(BENCH)) is not None and tally.tests == 1
    assert tallies.of(DEVICE) == Tally()


async def test_a_test_at_the_bench_is_the_last_one_when_it_is_newer(open_floor: Open, tmp_path: Path) -> None:
    async with open_floor() as floor:
        tallies = await counted(floor, tmp_path)
        floor.desk.board.listen(tallies.changed)
        stream = floor.desk.device_stream(DEVICE)
        for ok in (False, True):
            floor.clock.pass_s(60)
            tested = ev.DeviceTested(device=DEVICE, ok=ok, presses=10 if ok else 4, of=10)
            await floor.desk.note(stream, tested, id=floor.name(), actor="tom")
            assert (tally := tallies.of(DEVICE)) is not None
            assert (tally.tests, tally.last_test, tally.failed) == (1, floor.clock.now(), not ok)
    async with open_floor() as floor:
        floor._made = 1000  # no id twice
        again = await counted(floor, tmp_path)
        assert again.of(DEVICE) == tally
        floor.clock.pass_s(60)
        floor.desk.board.listen(again.changed)
        await used(floor, "test", "test_ok")
        assert (after := again.of(DEVICE)) is not None and after.last_test == floor.clock.now()


async def test_until_the_log_is_folded_nobody_says_how_many_tests_there_were(floor: Floor, tmp_path: Path) -> None:
    tallies = Tallies(floor.desk.board, floor.log.vault, History(tmp_path / "vigie.log", floor.log.vault))
    await floor.press()
    assert tallies.of(DEVICE) is None and not tallies.ready
    line = listed(floor, tallies)[DEVICE]
    assert (line.counted, line.due, line.overdue) == (False, None, False) and line.last_press == START


@pytest.mark.parametrize(
    ("tested", "today", "late"),
    [
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 11, 24), False),  # 25 October, 0:30 in Belgium: 30 days
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 11, 25), True),
        (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), date(2026, 11, 24), True),  # still 24 October in Belgium
        # The night the clocks go back, in the hour that comes twice: the same day in both.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 11, 24), False),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 11, 24), False),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 4, 28), False),  # and where an hour is missing
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 4, 28), True),
    ],
)
def test_a_test_is_due_by_belgian_days_also_over_a_clock_change(tested: datetime, today: date, late: bool) -> None:
    tally = Tally(tests=1, last_test=tested)
    assert overdue(tally, None, DeviceTests(), today) is late
    assert due_day(tally, None, DeviceTests(every_days=10), today) == due_day(
        tally, None, DeviceTests(), today
    ) - timedelta(days=20)


def test_a_failed_test_is_to_be_done_again_at_once_and_one_never_tested_since_its_case_began() -> None:
    case, today = FewCases().case, START.date()
    failed = Tally(tests=2, last_test=START, failed=True)
    assert overdue(failed, case, DeviceTests(), today) and due_day(failed, case, DeviceTests(), today) == today
    assert due_day(Tally(), case, DeviceTests(), today) == case.valid_from and overdue(
        Tally(), case, DeviceTests(), today
    )


async def test_the_list_has_every_device_of_a_case_and_every_other_that_was_heard(
    open_floor: Open, tmp_path: Path
) -> None:
    async with open_floor() as floor:
        await floor.desk.receive(floor.message(DeviceReport(device="AMR-9", state="ok", battery=71)))
        await floor.desk.receive(floor.message(FixReport(device="AMR-8", fix=Fix(51.0, 4.0))))
        floor.clock.pass_s(60)
        await floor.desk.receive(floor.message(DeviceReport(device="AMR-9", state="link_lost", battery=70)))
        await floor.desk.receive(floor.message(DeviceReport(device="AMR-7", state="battery_low", battery=8)))
        await floor.desk.receive(floor.message(CallReport(device="AMR-6", state="ringing")))
        await floor.press("AMR-5", "single")  # it does not alarm, and was heard all the same
        found = listed(floor, await counted(floor, tmp_path))
        assert set(found) == {DEVICE, BENCH, "AMR-5", "AMR-6", "AMR-7", "AMR-8", "AMR-9"}
        nine = found["AMR-9"]
        assert (nine.last_heard, [alarm.condition for alarm in nine.alarms]) == (START, ["link_lost"])
        assert (nine.battery, nine.battery_at) == (71, START)  # what its phone remembers is not newer than the device
        assert found[DEVICE].due is not None and found[DEVICE].overdue and found[DEVICE].last_heard is None
        assert found[BENCH].due is None and found["AMR-5"].due is None  # nobody's: nothing depends on it
        assert next(iter(found)) == DEVICE
    async with open_floor() as floor:  # what was logged is known after a restart; the rest is heard again
        after = listed(floor, await counted(floor, tmp_path))
        assert set(found) - set(after) == {"AMR-8"}
        assert (after["AMR-7"].battery, after["AMR-7"].last_heard) == (8, START + timedelta(seconds=60))
        assert after["AMR-5"].last_press == found["AMR-5"].last_press and after["AMR-9"].last_heard is None


async def test_a_device_of_a_register_that_is_locked_is_still_to_be_tested(floor: Floor, tmp_path: Path) -> None:
    tallies, cases = await counted(floor, tmp_path), AllCases()
    await floor.press("AMR-9")
    cases.state = "locked"
    assert listed(floor, tallies, cases)["AMR-9"].due == START.date()
    cases.state = "open"
    assert listed(floor, tallies, cases)["AMR-9"].due is None
    floor.clock.at += timedelta(days=31)
    assert listed(floor, tallies, cases)[DEVICE].due is None  # its case is over


async def test_what_is_announced_stands_in_the_list_until_its_time_is_over(floor: Floor) -> None:
    announce = cmd.AnnounceTest(id=floor.name(), device="AMR-NEW", minutes=5, where="desk 2")
    await floor.desk.command(announce, technician("tom"))
    assert listed(floor)["AMR-NEW"].announced is not None
    floor.clock.pass_s(301)
    assert "AMR-NEW" not in listed(floor)
