"""A made-up drive through three police zones with its truth known: what a telephone reports of it, with gaps and outliers."""

import math
import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from incidents.messages import Fix
from maps.motion import away_m, moved

START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
# Gent (PZ Gent), Merelbeke and Melle (PZ Rhode & Schelde), Wetteren: as the main roads go, roughly.
WAY = (
    (51.0480, 3.7270),
    (51.0385, 3.7330),
    (51.0240, 3.7390),
    (51.0120, 3.7460),
    (50.9980, 3.7510),
    (50.9950, 3.7720),
    (51.0020, 3.7990),
    (51.0050, 3.8300),
    (51.0040, 3.8600),
    (51.0060, 3.8830),
)
EVERY_S = 4
PARKED_S = 200


class Report(NamedTuple):
    """One fix as it is reported, and whether it is an outlier."""

    fix: Fix
    outlier: bool


class Drive(NamedTuple):
    """Where she truly was each second from START on, and what was reported, in order of time."""

    truth: list[tuple[float, float]]
    reports: list[Report]
    parked: tuple[int, int]  # from which second to which she stood at a curb, the car's engine off

    def at(self, when: datetime) -> tuple[float, float]:
        return self.truth[round((when - START).total_seconds())]


def drive(seed: int, *, doppler: bool) -> Drive:
    """The drive of a seed; `doppler`: the fixes have speed and course."""
    dice = random.Random(seed)
    truth, parked = _driven(dice)
    reports: list[Report] = []
    gaps = [(second, second + dice.randint(45, 150)) for second in dice.sample(range(100, len(truth) - 200), 3)]
    for second in range(0, len(truth), EVERY_S):
        if any(begin <= second < end for begin, end in gaps):
            continue
        # Not where a gap has just ended: after two minutes one may have come that far.
        after_gap = not reports or any(0 <= second - end < 3 * EVERY_S for _, end in gaps)
        reports.append(_report(truth, second, dice, doppler, outlier=not after_gap and dice.random() < 0.03))
    return Drive(truth, reports, parked)


def _report(truth: list[tuple[float, float]], second: int, dice: random.Random, doppler: bool, outlier: bool) -> Report:
    lat, lon = truth[second]
    cell = dice.random() < 0.05
    radius = dice.uniform(800, 2000) if cell else dice.uniform(8, 40)
    sigma = radius / math.sqrt(-2 * math.log1p(-0.68))
    north, east = dice.gauss(0, sigma), dice.gauss(0, sigma)
    if outlier:
        away, to = dice.uniform(12_000, 30_000) if cell else dice.uniform(700, 20_000), dice.uniform(0, math.tau)
        north, east = away * math.cos(to), away * math.sin(to)
    speed = course = None
    if doppler and not cell and second:
        gone = away_m(*truth[second - 1], *truth[second])
        speed = max(0.0, math.hypot(*gone) + dice.gauss(0, 0.5))
        course = math.degrees(math.atan2(gone[1], gone[0])) % 360 if speed > 0.5 else None
    place = moved(lat, lon, north, east)
    time = START + timedelta(seconds=second)
    return Report(Fix(*place, radius=radius, confidence=68.0, time=time, speed=speed, course=course), outlier)


def _driven(dice: random.Random) -> tuple[list[tuple[float, float]], tuple[int, int]]:
    """Along the way at a town's and a main road's speeds, with lights, and one stop at a curb."""
    at, truth = WAY[0], [WAY[0]]
    speed, parked, corner, lights = 0.0, (0, 0), 1, dice.sample(range(1, len(WAY) - 1), 4)
    curb = dice.choice([n for n in range(2, len(WAY) - 2) if n not in lights])
    while corner < len(WAY):
        north, east = away_m(*at, *WAY[corner])
        left = math.hypot(north, east)
        halts = corner in lights or corner == curb or corner == len(WAY) - 1
        wanted = 12.0 if corner < 4 else 20.0
        if halts:
            wanted = min(wanted, math.sqrt(2 * 2.0 * left) + 0.5)
        elif corner < len(WAY) - 1:
            wanted = min(wanted, math.sqrt(8.0**2 + 2 * 2.0 * left))  # slower about the corner
        speed = min(speed + dice.uniform(0.5, 2.0), wanted)
        if left <= speed:
            at = WAY[corner]
            truth.append(at)
            if halts:
                stands = PARKED_S if corner == curb else dice.randint(10, 40)
                if corner == curb:
                    parked = (len(truth), len(truth) + stands)
                truth.extend([at] * stands)
                speed = 0.0
            corner += 1
            continue
        # the way winds
        side = 0.15 * math.sin(len(truth) / 25)
        north, east = (north - side * east) / left * speed, (east + side * north) / left * speed
        at = moved(*at, north, east)
        truth.append(at)
    return truth, parked
