"""The ten-press test: counted from its begin, judged with reasons, kept in the log."""

import msgspec
import pytest

from dashboard.technician.trial import LIMIT, OF, Trial
from incidents import events as ev
from incidents.messages import PressValue
from tests.dashboard.technician.conftest import DEVICE, TECH, BenchHouse


async def tested(house: BenchHouse, n: int = OF, *, press: PressValue = "hold", paint: bool = True) -> Trial:
    """A test of `n` presses, judged."""
    assert house.bench.begin(DEVICE, by=TECH, actor=house.tech.actor)
    for _ in range(n):
        await house.radio.press(press)
        if paint:
            house.paint()
    trial = house.bench.trial(DEVICE)
    assert trial is not None
    for way in trial.ways if not paint else ():  # as if all of it had been ten seconds ago
        way.press = msgspec.structs.replace(way.press, monotonic_s=way.press.monotonic_s - 10)
    if n < OF:
        assert house.bench.finish(DEVICE)
    await house.bench.look()
    assert trial.verdict is not None, "it is over"
    return trial


async def test_ten_presses_shown_and_heard_are_in_order_and_stand_in_the_log(house: BenchHouse) -> None:
    house.console()
    await house.radio.press()  # before it began: not counted
    house.clock.pass_s(1)
    trial = await tested(house)
    assert trial.verdict is not None
    assert (trial.verdict.ok, trial.verdict.why, trial.verdict.notes, len(trial.ways)) == (True, (), (), OF)
    assert house.bench.record(trial.id) is trial
    [record] = [r async for _, r in house.desk._log.records() if r.type == "device_tested"]
    event = ev.entry(record, house.desk._log.unseal(record)).event
    assert event == ev.DeviceTested(ok=True, presses=OF, of=OF, device=DEVICE)
    assert DEVICE not in str(record.open) + record.stream
    assert record.actor == house.tech.actor


async def test_what_was_pressed_and_not_heard_fails_it(house: BenchHouse) -> None:
    house.console()
    trial = await tested(house, 9)
    assert trial.verdict is not None
    assert trial.verdict.why == ("unheard",)


async def test_a_screen_that_was_there_and_did_not_show_it_fails_it_and_no_screen_at_all_is_said(
    house: BenchHouse,
) -> None:
    house.console()
    trial = await tested(house, paint=False)
    assert trial.verdict is not None
    assert trial.verdict.why == ("unshown",)
    house.pages.clear()
    trial = await tested(house, paint=False)
    assert trial.verdict is not None
    assert (trial.verdict.ok, trial.verdict.notes) == (True, ("no_screen",))


async def test_presses_of_which_none_alarms_prove_nothing(house: BenchHouse) -> None:
    trial = await tested(house, press="single", paint=False)
    assert trial.verdict is not None
    assert trial.verdict.why == ("no_alarm",)


@pytest.mark.parametrize(
    ("facts", "why", "notes"),
    [
        ({"low": True}, ("low",), ()),
        ({"refused": {"plaintext": 1}}, ("refused",), ()),
        ({"refused": {"replayed": 3}}, (), ()),
        ({"battery": None}, (), ("no_battery",)),
        ({"rssi": -91}, (), ("weak",)),
        ({"keyed": False, "security": "plain"}, (), ("plain",)),
    ],
)
async def test_what_the_button_says_of_itself_counts(
    house: BenchHouse, facts: dict[str, object], why: tuple[str, ...], notes: tuple[str, ...]
) -> None:
    house.console()
    assert house.bench.begin(DEVICE, by=TECH, actor=house.tech.actor)
    house.radio.now(**facts)
    for _ in range(OF):
        await house.radio.press()
        house.paint()
    await house.bench.look()
    trial = house.bench.trial(DEVICE)
    assert trial is not None
    assert trial.verdict is not None
    assert (trial.verdict.why, trial.verdict.notes) == (why, notes)


async def test_one_test_at_a_time_and_none_for_ever(house: BenchHouse) -> None:
    assert house.bench.begin(DEVICE, by=TECH, actor=house.tech.actor)
    assert not house.bench.begin(DEVICE, by=TECH, actor=house.tech.actor)
    assert not house.bench.begin("AMR-nobody", by=TECH, actor=house.tech.actor)
    assert house.bench.drop(DEVICE)
    assert house.bench.trial(DEVICE) is None
    assert house.bench.begin(DEVICE, by=TECH, actor=house.tech.actor)
    house.clock.pass_s(LIMIT.total_seconds() + 1)
    await house.bench.look()
    trial = house.bench.trial(DEVICE)
    assert trial is not None
    assert trial.verdict is not None
    assert trial.verdict.why == ("unheard",)
    assert house.bench.begin(DEVICE, by=TECH, actor=house.tech.actor), "then another may begin"
