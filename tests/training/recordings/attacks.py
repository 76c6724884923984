"""Whoever knows a hundred tracks tries to say of which one a masked recording was made: by everything a track has of its own.

Each attack gives a distance of the masked track to every candidate; the nearest is its guess. No attack needs the place, the
direction or the day, which masking changes.
"""

import math
from collections.abc import Callable, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from feeds.recordings.recording import Recorded, Recording
from incidents import events as ev
from tests.training.replay.parts import did, press, recording, said
from training.masking.places import reports_of

CANDIDATES = 100
POINTS = 24

Floats = NDArray[np.float64]


class Track:
    """Positions in metres, and when, seconds from the first."""

    def __init__(self, at: Floats, x: Floats, y: Floats) -> None:
        self.at, self.x, self.y = at - at[0], x, y
        steps = np.hypot(np.diff(x), np.diff(y))
        self.gone = np.concatenate([[0.0], np.cumsum(steps)])
        self.length, self.lasts = float(self.gone[-1]), float(self.at[-1])
        self.by_time = self._taken(self.at)
        self.by_way = self._taken(self.gone)
        self.apart, self.apart_by_way = _apart(self.by_time), _apart(self.by_way)
        self.shape = _unit(self.apart_by_way)
        self.spectrum = np.sort(self.apart, axis=None)
        self.unit_spectrum = _unit(self.spectrum)
        self.eigen = np.linalg.eigvalsh(self.shape)[::-1]
        self.pace = np.diff(np.interp(np.linspace(0, self.lasts, POINTS + 1), self.at, self.gone)) / (
            self.lasts / POINTS
        )

    def _taken(self, along: Floats) -> Floats:
        """So many positions, even along time or way: (POINTS, 2)."""
        at = np.linspace(0, along[-1], POINTS)
        return np.stack([np.interp(at, along, self.x), np.interp(at, along, self.y)], axis=1)


def random_track(chance: Random) -> Track:
    """Somebody's: at home, on foot, in a car, with stops; five minutes to an hour; positions each 2 to 30 s."""
    every, lasts = chance.choice([2.0, 5.0, 10.0, 30.0]), chance.uniform(300, 3600)
    pace, heading = chance.choice([0.05, 0.8, 1.4, 4.0, 14.0]), chance.uniform(0, 2 * math.pi)
    x = y = 0.0
    at, points = 0.0, [(0.0, 0.0, 0.0)]
    stop = 0.0
    while at < lasts:
        at += every
        if chance.random() < 0.02:
            stop = at + chance.uniform(20, 200)
        heading += chance.gauss(0, 0.25) + (chance.random() < 0.06) * chance.choice((-1.57, 1.57))
        step = 0.3 if at < stop else pace * every * chance.uniform(0.6, 1.4)
        x, y = x + math.cos(heading) * step + chance.gauss(0, 2), y + math.sin(heading) * step + chance.gauss(0, 2)
        points.append((at, x, y))
    return Track(*np.array(points).T)


def recording_on(track: Track, chance: Random) -> Recording:
    """An incident on this track: longer ones have more in them, as real ones do."""
    lat, lon = chance.uniform(50.6, 51.1), chance.uniform(3.8, 5.4)
    lats, lons = lat + track.y / 111_200, lon + track.x / (111_200 * math.cos(math.radians(lat)))
    fixes = [{"lat": float(a), "lon": float(o), "radius": 12.0} for a, o in zip(lats, lons, strict=True)]
    lines: list[Recorded | ev.Event] = [press(fix=fixes[0])]  # type: ignore[list-item]
    lines += [said(float(at), "fix", f"f-{n}", fix=fixes[n]) for n, at in enumerate(track.at) if n]  # type: ignore[misc]
    order = ev.Ordered(order="order-1", update=1, zone="5415", why="new", body="{}")
    share = track.lasts / 10
    lines += [did(share * 0.2, "person-1", ev.Acknowledged()), did(share * 2, "person-1", order)]  # type: ignore[list-item]
    for n in range(2, int(track.lasts / 60)):
        again = ev.Ordered(order="order-1", update=n, zone="5415", why="position", body="{}")
        lines.append(did(min(n * 60.0, track.lasts), "watch", again))  # type: ignore[arg-type]
    lines.append(did(track.lasts + 1, "person-1", ev.Closed(as_class="real", outcome="victim_safe")))  # type: ignore[arg-type]
    return recording(sorted(lines, key=lambda line: line.at))  # type: ignore[arg-type, attr-defined, type-var]


def track_of(made: Recording) -> Track:
    """What a reader of the file has."""
    points = []
    for line, message in zip(made.messages, reports_of(made), strict=True):
        fix = getattr(message.report, "fix", None)
        if fix is not None:
            points.append((line.at.timestamp(), fix.lon, fix.lat))
    at, lon, lat = np.array(points).T
    return Track(at, (lon - lon[0]) * 111_200 * math.cos(math.radians(lat[0])), (lat - lat[0]) * 111_200)


def _apart(points: Floats) -> Floats:
    return np.asarray(np.linalg.norm(points[:, None] - points[None], axis=2))


def _unit(values: Floats) -> Floats:
    return np.asarray(values / (np.sqrt(np.mean(values**2)) or 1.0))


def _mean(of: Callable[[Track], Floats]) -> Callable[[Track, Track], float]:
    return lambda a, b: float(np.abs(of(a) - of(b)).mean())


def _warped(a: Track, b: Track) -> float:
    """Dynamic time warping of the pace, in logarithms: a factor in time or size costs little."""
    one, two = (np.log(track.pace.reshape(-1, 2).mean(axis=1) + 0.05) for track in (a, b))
    costs = np.abs(one[:, None] - two[None]).tolist()
    above = [0.0] + [math.inf] * len(two)
    for row in costs:
        here = [math.inf]
        for j, cost in enumerate(row):
            here.append(cost + min(above[j], above[j + 1], here[j]))
        above = here
    return float(above[-1])


def _turns(a: Track, b: Track) -> float:
    """How it turns along its way, whatever its size, forwards or mirrored."""

    def bends(track: Track) -> Floats:
        way = np.unwrap(np.angle(np.diff(track.by_way[:, 0] + 1j * track.by_way[:, 1])))
        return np.asarray(np.diff(way))

    one, two = bends(a), bends(b)
    return float(min(np.abs(one - two).sum(), np.abs(one + two).sum()))


def _piece(a: Track, b: Track) -> float:
    """The best place of a piece of the one within the other: against a track that was cut."""
    size = POINTS // 2
    whole, piece = b.apart, a.apart[:size, :size]
    return float(min(np.abs(whole[n : n + size, n : n + size] - piece).mean() for n in range(0, POINTS - size + 1, 3)))


ATTACKS: dict[str, Callable[[Track, Track], float]] = {
    "distance matrix": _mean(lambda track: track.apart),
    "distance matrix, scaled": _mean(lambda track: track.shape),
    "sorted distances": _mean(lambda track: track.spectrum),
    "sorted distances, scaled": _mean(lambda track: track.unit_spectrum),
    "eigenvalues": _mean(lambda track: track.eigen),
    "length": lambda a, b: abs(math.log((a.length + 1) / (b.length + 1))),
    "lasting": lambda a, b: abs(math.log(a.lasts / b.lasts)),
    "count": lambda a, b: abs(math.log(len(a.x) / len(b.x))),
    "pace": lambda a, b: float(np.abs(np.sort(a.pace) - np.sort(b.pace)).mean()),
    "pace, warped": _warped,
    "turns": _turns,
    "a piece": _piece,
}


def hits(masked: Sequence[tuple[int, Track]], tracks: Sequence[Track]) -> dict[str, int]:
    """How often each attack says the right one; `all together` adds up the ranks of all."""
    found = dict.fromkeys((*ATTACKS, "all together"), 0)
    for true, track in masked:
        ranks = np.zeros(len(tracks))
        for name, attack in ATTACKS.items():
            apart = np.array([attack(track, other) for other in tracks])
            found[name] += int(np.argmin(apart)) == true
            ranks += np.argsort(np.argsort(apart))
        found["all together"] += int(np.argmin(ranks)) == true
    return found


def more_by_chance(right: int, trials: int, one_in: int = CANDIDATES) -> float:
    """The probability that blind guesses are right so often or more: the one-sided binomial test."""
    p = 1 / one_in
    return sum(math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(right, trials + 1))
