"""Sets the stories going, one after the other, and publishes what they tell."""

import asyncio
import heapq
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from feeds.gateway import Gateway
from feeds.simulator.devices import SimulatedDevice
from feeds.simulator.stories import STORIES, Story, Told, by_accident, in_danger
from incidents.clock import Clock
from incidents.events import stamp

STREETS_SHARE = 0.7  # of what happens, where some devices' streets are known
BETWEEN_S = (20.0, 60.0)  # from the beginning of one story to the next, at speed 1
_FIRST: tuple[tuple[float, Story], ...] = ((2.0, by_accident), (8.0, in_danger))  # so that a visitor need not wait


class Step(msgspec.Struct, frozen=True):
    """A message at a moment: seconds since the beginning, the fields of the protocol without `seq`, `id`, `at`."""

    at_s: float
    fields: dict[str, Any]
    fix_age_s: float = 1.0


def timeline(devices: Sequence[SimulatedDevice], *, seed: int, speed: float = 1.0) -> Iterator[Step]:
    """What will happen, without end, in order of time: the same for the same devices, seed and speed.

    `speed` shortens the time between stories; a story itself takes the time that it takes. Raises `ValueError` without devices.
    """
    if not devices or speed <= 0:
        raise ValueError("there must be a device, and a speed above 0")
    dice = random.Random(seed)
    numbers = itertools.count()
    telling: list[tuple[float, int, dict[str, Any], SimulatedDevice, Iterator[Told]]] = []
    busy: set[str] = set()
    beginnings = _beginnings(dice, speed)
    begin_s, story = next(beginnings)
    while True:
        if not telling or begin_s <= telling[0][0]:
            free = [device for device in devices if device.device not in busy]
            if free:
                known = [device for device in free if device.ways]
                device = dice.choice(known if known and dice.random() < STREETS_SHARE else free)
                busy.add(device.device)
                told = story(device, random.Random(dice.getrandbits(64)))
                wait_s, fields = next(told)
                heapq.heappush(telling, (begin_s + wait_s, next(numbers), fields, device, told))
            begin_s, story = next(beginnings)
            continue
        at_s, _, fields, device, told = heapq.heappop(telling)
        yield Step(at_s, fields, fix_age_s=round(dice.uniform(0.2, 2.0), 1))
        following = next(told, None)
        if following is None:
            busy.discard(device.device)
        else:
            heapq.heappush(telling, (at_s + following[0], next(numbers), following[1], device, told))


async def simulate(
    gateway: Gateway, devices: Sequence[SimulatedDevice], *, seed: int, clock: Clock, speed: float = 1.0
) -> None:
    """Publish the timeline as it comes, until cancelled; `clock` gives the times in the messages."""
    began = time.monotonic()
    for step in timeline(devices, seed=seed, speed=speed):
        await asyncio.sleep(max(began + step.at_s - time.monotonic(), 0.0))
        now = clock.now()
        fields = {**step.fields, "at": now}
        if "fix" in fields:
            fields["fix"] = {**fields["fix"], "time": stamp(now - timedelta(seconds=step.fix_age_s))}
        await gateway.publish(fields)


def _beginnings(dice: random.Random, speed: float) -> Iterator[tuple[float, Story]]:
    begin_s = 0.0
    for begin_s, story in _FIRST:
        yield begin_s, story
    stories, shares = zip(*STORIES, strict=True)
    while True:
        begin_s += dice.uniform(*BETWEEN_S) / speed
        yield begin_s, dice.choices(stories, shares)[0]
