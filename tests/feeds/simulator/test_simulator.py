"""The simulated feed: the same for the same seed, readable throughout, mostly tests and mistakes, now and then a real one."""

import asyncio
import itertools
import math
import random
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from feeds.decoding import decode_message
from feeds.gateway import Gateway
from feeds.simulator import DEVICES, SimulatedDevice, Step, simulate, timeline
from feeds.simulator.tracks import StreetWalker
from incidents.clock import SystemClock
from incidents.messages import FixReport, Message, PressReport
from tests.feeds.parts import Desk, Shelf, following
from tests.waiting import until

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def steps(count: int, seed: int = 1, speed: float = 1.0) -> list[Step]:
    return list(itertools.islice(timeline(DEVICES, seed=seed, speed=speed), count))


def messages(told: list[Step]) -> list[Message]:
    read = []
    for number, step in enumerate(told):
        raw = msgspec.json.encode({**step.fields, "id": f"m{number}", "seq": number, "at": "2026-11-24T12:00:00Z"})
        decoded = decode_message("sim", raw, received=NOW)
        assert isinstance(decoded, Message), decoded
        read.append(decoded)
    return read


def test_same_seed_tells_the_same_and_another_seed_another() -> None:
    assert steps(500) == steps(500)
    assert steps(500) != steps(500, seed=2)


def test_every_message_is_readable_and_whole() -> None:
    for message in messages(steps(5_000)):
        if isinstance(message.report, PressReport):
            assert not message.report.unreadable


def test_moments_rise_and_the_first_press_comes_at_once() -> None:
    told = steps(2_000)
    assert [step.at_s for step in told] == sorted(step.at_s for step in told)
    assert told[0].fields["kind"] == "press" and told[0].at_s < 5


def test_something_begins_every_minute_and_faster_when_asked() -> None:
    def pauses(speed: float) -> list[float]:
        began = [step.at_s for step in steps(3_000, speed=speed) if step.fields["kind"] in ("press", "device")]
        return [later - earlier for earlier, later in itertools.pairwise(began)]

    assert max(pauses(1.0)) < 121
    assert sum(pauses(4.0)) / len(pauses(4.0)) < sum(pauses(1.0)) / len(pauses(1.0))


def test_all_kinds_of_a_day_come_up() -> None:
    told = steps(20_000)
    states = {step.fields["state"] for step in told if step.fields["kind"] == "device"}
    assert {"battery_low", "ok", "link_lost", "linked"} <= states
    presses = [step.fields for step in told if step.fields["kind"] == "press"]
    assert {press["press"] for press in presses} == {"single", "double", "long", "hold", "test"}
    assert any("fix" not in press for press in presses)
    assert any(press["device"] not in {device.device for device in DEVICES} for press in presses)
    assert any(press["fix"]["lat"] > 51.51 or press["fix"]["lon"] < 3.2 for press in presses if "fix" in press)
    methods = Counter(step.fields["fix"]["method"] for step in told if step.fields["kind"] == "fix")
    assert 0.02 < methods["cell"] / methods["gnss"] < 0.15


def test_nobody_moves_faster_than_a_car_and_circles_are_honest() -> None:
    last: dict[str, tuple[float, float, float]] = {}
    for step, message in zip(told := steps(8_000), messages(told), strict=True):
        if not isinstance(message.report, FixReport) or message.report.fix.method != "gnss":
            continue
        fix = message.report.fix
        assert fix.radius is not None and 8 <= fix.radius <= 60
        if message.report.device in last:
            at_s, lat, lon = last[message.report.device]
            metres = math.hypot((fix.lat - lat) * 111_320, (fix.lon - lon) * 111_320 * math.cos(math.radians(lat)))
            if step.at_s - at_s < 10:
                assert metres < 25 * (step.at_s - at_s) + 300
        last[message.report.device] = (step.at_s, fix.lat, fix.lon)


def test_cases_travel_with_their_devices() -> None:
    device = SimulatedDevice(device="SIM-1", lat=50.8, lon=4.3, case="SIM-2026-001")
    told = next(iter(timeline([device], seed=1)))
    assert (told.fields["device"], told.fields["case"]) == ("SIM-1", "SIM-2026-001")


def test_without_devices_there_is_nothing_to_tell() -> None:
    with pytest.raises(ValueError):
        next(iter(timeline([], seed=1)))


async def test_simulated_press_is_with_the_desk_within_five_seconds() -> None:
    gateway, desk = Gateway("sim", heartbeat_s=0.1), Desk()
    await gateway.start()
    telling = asyncio.create_task(simulate(gateway, DEVICES, seed=1, clock=SystemClock()))
    try:
        async with following(gateway.url, desk, Shelf()):
            await until(lambda: desk.presses, within_s=5)
        fix = desk.presses[0].report.fix  # type: ignore[union-attr]
        assert fix is not None and fix.time is not None and fix.time < desk.presses[0].at
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await gateway.stop()


def test_who_has_streets_keeps_to_them_and_goes_on_where_they_meet() -> None:
    # An avenue to the north, a street that leaves its middle to the east, and one nobody can reach.
    ways = (
        ((50.80, 4.30), (50.81, 4.30)),
        ((50.805, 4.30001), (50.805, 4.32)),
        ((50.90, 4.30), (50.90, 4.30)),
    )
    seen: set[int] = set()
    for seed in range(8):
        walker = StreetWalker(ways, random.Random(seed))
        for _ in range(400):
            fix = walker.moved(4, 12.0)
            assert isinstance(fix["lat"], float)
            on = [
                n
                for n, away in enumerate(
                    (abs(walker.lon - 4.30), abs(walker.lat - 50.805), abs(walker.lat - 50.90) + abs(walker.lon - 4.30))
                )
                if away < 5e-5
            ]
            assert on, f"in no street: {walker.lat}, {walker.lon}"
            seen.update(on)
    assert {0, 1} <= seen


def test_most_of_what_happens_happens_where_streets_are_known() -> None:
    way = (((50.80, 4.30), (50.81, 4.30)),)
    devices = [SimulatedDevice(device=f"SIM-{n}", lat=50.8, lon=4.3, ways=way if n < 8 else ()) for n in range(40)]
    steps = itertools.islice(timeline(devices, seed=3), 4000)
    pressed = [step.fields["device"] for step in steps if step.fields["kind"] == "press"]
    known = sum(name in {device.device for device in devices[:8]} for name in pressed)
    assert 0.5 < known / len(pressed) < 1
