"""What happens to a device, each story as it is lived: seconds of waiting, then a message."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from feeds.simulator.devices import ABROAD, SimulatedDevice
from feeds.simulator.tracks import Walker, pauses, walker_of

Told = tuple[float, dict[str, Any]]
Story = Callable[[SimulatedDevice, random.Random], Iterator[Told]]


def tried_out(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """She tests the button as she was taught: the call is answered, a few words, the end."""
    walker = walker_of(device, dice)
    line = _line(dice)
    yield 0.0, _press(device, dice, dice.choice(("hold", "hold", "long")), walker.standing(), line)
    yield from _call(device, dice, line, lasts_s=dice.uniform(12, 35), walker=walker)


def technician(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """The button is in its test mode: nothing rings."""
    yield 0.0, _press(device, dice, "test", walker_of(device, dice).standing(), None)


def touched(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """A single touch in a pocket."""
    yield 0.0, _press(device, dice, "single", walker_of(device, dice).standing(), None)


def by_accident(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """Pressed in a bag: she says so and rings off; now and then it goes off twice."""
    walker = walker_of(device, dice)
    line = _line(dice)
    yield 0.0, _press(device, dice, dice.choice(("double", "hold", "long")), walker.moved(3, 1.2), line)
    if dice.random() < 0.2:
        yield dice.uniform(4, 9), _press(device, dice, "double", walker.moved(5, 1.2), None)
    yield from _call(device, dice, line, lasts_s=dice.uniform(6, 20), walker=walker)


def in_danger(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """The real one: she is followed, moves, presses again; the line stays open; the link may drop."""
    walker = walker_of(device, dice)
    line = _line(dice)
    yield 0.0, _press(device, dice, "hold", walker.moved(2, device.speed_mps), line)
    yield dice.uniform(3, 8), {"kind": "call", "device": device.device, "state": "open", "line": line, "desk": "101"}
    lasts_s = dice.uniform(480, 900)
    again_s, lost_s, hangs_up_s = dice.uniform(40, 150), dice.uniform(100, 400), dice.uniform(200, lasts_s)
    drops = dice.random() < 0.4
    spent = 0.0
    for pause in pauses(lasts_s, dice):
        before, spent = spent, spent + pause
        hurries = device.speed_mps if dice.random() < 0.85 else 0.2
        fix = walker.moved(pause, hurries)
        if before < again_s <= spent:
            yield pause, _press(device, dice, "hold", fix, line)
        elif drops and lost_s <= spent < lost_s + 45:
            # The button is away from the telephone: the telephone goes on, after a moment.
            state = "link_lost" if before < lost_s else "linked" if spent + 5 >= lost_s + 45 else None
            yield pause, ({"kind": "device", "device": device.device, "state": state} if state else _moved(device, fix))
        else:
            yield pause, _moved(device, fix)
        if before < hangs_up_s <= spent:
            yield 0.1, {"kind": "call", "device": device.device, "state": "ended", "line": line}


def abroad(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """She is beyond the frontier; the alarm is ours all the same."""
    walker = Walker(*dice.choice(ABROAD), dice)
    line = _line(dice)
    yield 0.0, _press(device, dice, "hold", walker.standing(), line)
    yield from _call(device, dice, line, lasts_s=dice.uniform(20, 60), walker=walker)


def nowhere(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """Indoors: the press comes without a position, which follows later, wide at first."""
    walker = walker_of(device, dice)
    line = _line(dice)
    yield 0.0, _press(device, dice, "hold", None, line)
    yield from _call(device, dice, line, lasts_s=dice.uniform(15, 40), walker=walker)


def stranger(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """A device that no case knows."""
    unknown = SimulatedDevice(device=f"SIM-9{dice.randrange(10_000):04d}", lat=device.lat, lon=device.lon)
    yield from by_accident(unknown, dice)


def runs_low(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """The battery runs low and is charged in the end."""
    low = {"kind": "device", "device": device.device, "state": "battery_low", "battery": dice.randrange(5, 15)}
    yield 0.0, low
    yield dice.uniform(240, 1200), low | {"state": "ok", "battery": 80}


def drops_link(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """The button is out of reach of the telephone for a while."""
    yield 0.0, {"kind": "device", "device": device.device, "state": "link_lost"}
    yield dice.uniform(40, 240), {"kind": "device", "device": device.device, "state": "linked"}


def stops(device: SimulatedDevice, dice: random.Random) -> Iterator[Told]:
    """The app is stopped, or nothing is heard of the telephone any more."""
    yield 0.0, {"kind": "device", "device": device.device, "state": dice.choice(("app_stopped", "silent"))}
    yield dice.uniform(120, 600), {"kind": "device", "device": device.device, "state": "ok"}


# Shares of a hundred, after the first year of a province: nearly all are tests and mistakes.
STORIES: tuple[tuple[Story, int], ...] = (
    (tried_out, 38),
    (by_accident, 24),
    (in_danger, 8),
    (touched, 4),
    (technician, 4),
    (runs_low, 7),
    (drops_link, 8),
    (stops, 2),
    (nowhere, 2),
    (abroad, 2),
    (stranger, 1),
)


def _press(
    device: SimulatedDevice, dice: random.Random, press: str, fix: dict[str, Any] | None, line: str | None
) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": "press", "device": device.device, "press": press}
    fields |= {"battery": dice.randrange(25, 100), "transport": "ble_phone"}
    if device.case:
        fields["case"] = device.case
    if fix:
        fields["fix"] = fix
    if line:
        fields["call"] = {"state": "ringing", "line": line}
    return fields


def _call(device: SimulatedDevice, dice: random.Random, line: str, *, lasts_s: float, walker: Walker) -> Iterator[Told]:
    """The call is answered and ends; meanwhile the telephone reports where it is."""
    call = {"kind": "call", "device": device.device, "line": line}
    yield dice.uniform(3, 8), call | {"state": "open", "desk": "101"}
    for pause in pauses(lasts_s, dice):
        yield pause, _moved(device, walker.moved(pause, 0.4))
    yield dice.uniform(0.5, 2), call | {"state": "ended"}


def _moved(device: SimulatedDevice, fix: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "fix", "device": device.device, "fix": fix}


def _line(dice: random.Random) -> str:
    return f"101-{dice.randrange(1, 13)}"
