"""The technical alarms of the past: a link that was lost, a battery, a phone that was switched off, and who saw to it."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from demo.past.log_entries import Told, said
from demo.past.people import People
from incidents import events as ev

_CONDITIONS: tuple[tuple[ev.Condition, int], ...] = (
    ("link_lost", 60),
    ("battery_low", 25),
    ("silent", 10),
    ("app_stopped", 5),
)


def technical_told(
    since: datetime, until: datetime, n: int, people: People, device_id: Callable[[str], str], luck: random.Random
) -> Iterator[Told]:
    """So many of them, one device after the other; each came back to normal and was noted."""
    span = (until - since) / n
    for place in range(n):
        at = since + span * (place + luck.uniform(0, 0.4))
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        yield from technical_alarm(place, at, span * 0.5, people, device_id, luck)


def technical_alarm(
    place: int,
    at: datetime,
    longest: timedelta,
    people: People,
    device_id: Callable[[str], str],
    luck: random.Random,
) -> Iterator[Told]:
    """The `place`-th one, from `at` on: it is back and noted within `longest`."""
    device = people.anybody(luck).device
    stream = f"device/{device_id(device)}"
    condition = luck.choices([name for name, _ in _CONDITIONS], [weight for _, weight in _CONDITIONS])[0]
    battery = luck.randrange(5, 16) if condition == "battery_low" else luck.randrange(20, 100)
    name = f"past-device-{place}"
    alarmed = ev.DeviceAlarmed(condition=condition, device=device, battery=battery)
    yield said(stream, alarmed, at, id=f"112-app/{name}", actor="feed")
    back = at + min(timedelta(seconds=round(luck.lognormvariate(6.8, 1.1), 3)), longest)
    noted = at + min(timedelta(seconds=round(luck.lognormvariate(4.6, 0.9), 3)), longest)
    if noted == back:
        noted += timedelta(seconds=1)
    person = people.on_duty(at)[0]
    steps = [
        (back, ev.DeviceReturned(condition=condition), f"112-app/{name}-back", "feed"),
        (noted, ev.DeviceAcknowledged(condition=condition), f"{name}-noted", person),
    ]
    for when, event, record, actor in sorted(steps, key=lambda step: step[0]):
        yield said(stream, event, when, id=record, actor=actor)
