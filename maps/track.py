"""Where somebody goes, by the fixes of one incident: which cannot be true, where she stood, how she moves, how far she may be.

For display only: the log, an order and an evidence file have each fix as it came. A fix is flagged when she would have had to
move faster than is possible, for what both positions may err; it is never left out. Flagged fixes that agree with each other
become the truth where they go on: a train, or a first fix that was wrong, is not hidden for good. `maps.motion` has the method.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from maps.motion import (
    MOVES_SIGMAS,
    TOP_M_S,
    Motion,
    Sighting,
    Stay,
    away_m,
    begun,
    followed,
    moved,
    sigma_of,
    stay_at,
    stayed,
)

GUESS_S: Final = 120.0  # further ahead nothing is predicted
# A circle about who stands grows all the same, as fast as one walks.
WALK_M_S: Final = 1.4
FASTER: Final = 1.5  # she may go half as fast again as of late: behind a light comes the open road
# By so much a circle grows at most: by a motorway's speed in ten minutes, after which a position chooses no zone.
MAX_GROWTH_M: Final = 20_000.0
CONFIDENCE: Final = 95.0  # of the circle, in %
_SIGMAS: Final = math.sqrt(-2 * math.log(1 - CONFIDENCE / 100))
RUN: Final = 3  # flagged fixes that agree with each other are as likely as those before
# What no fix is accused of: five sigmas of its error, a second of its clock.
_ERROR_SIGMAS: Final = 5.0
_CLOCK_S: Final = 1.0
_ACCELERATION: Final = 5.0  # m/s^2: more than a car on the road keeps up
_MOVES_M_S: Final = 0.5
_LONGEST: Final = 600  # steps kept: as many as an incident keeps fixes for drawing


class Position(Protocol):
    """A fix: degrees (WGS 84), radius in m at confidence %, its time, speed in m/s, course in degrees."""

    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...
    @property
    def radius(self) -> float | None: ...
    @property
    def confidence(self) -> float | None: ...
    @property
    def time(self) -> datetime | None: ...
    @property
    def speed(self) -> float | None: ...
    @property
    def course(self) -> float | None: ...


class Jump(msgspec.Struct, frozen=True):
    """Why a fix is flagged: it lies so many metres from where she was so many seconds before."""

    distance_m: float
    seconds: float


class Step(msgspec.Struct, frozen=True):
    """One fix of a track, at its time (seconds since 1970). A line may join kept steps of one `run`, and no others."""

    lat: float
    lon: float
    radius_m: float | None
    at_s: float
    run: int
    jump: Jump | None = None


class Stop(msgspec.Struct, frozen=True):
    """Where she stood (degrees), from when to when (seconds since 1970)."""

    since_s: float
    until_s: float
    lat: float
    lon: float


class Reach(msgspec.Struct, frozen=True):
    """Where she may be at a moment: a circle of 95 %, centre in degrees, and how old what it is drawn from is.

    `guess` is where she would be if she went on as she did, (lat, lon): a guess and no position. None: she stands, nothing says
    how she moves, or it is more than two minutes ago.
    """

    lat: float
    lon: float
    radius_m: float
    age_s: float
    guess: tuple[float, float] | None = None


class _Run(msgspec.Struct, frozen=True):
    """Fixes that follow from each other: how she moves, where she may stand, how many they are."""

    number: int
    motion: Motion
    stay: Stay
    count: int = 1

    def with_one(self, seen: Sighting) -> _Run:
        return _Run(self.number, followed(self.motion, seen), stayed(self.stay, seen), self.count + 1)

    def jump_to(self, seen: Sighting) -> Jump | None:
        """The jump that a fix would be from here; None for one that she can have reached."""
        motion, seconds = self.motion, seen.at_s - self.motion.at_s
        distance = math.hypot(*away_m(motion.lat, motion.lon, seen.lat, seen.lon))
        error = _ERROR_SIGMAS * math.hypot(motion.sigma, seen.sigma_m)
        fastest = min(max(motion.pace, motion.speed + MOVES_SIGMAS * motion.speed_sigma), TOP_M_S)
        possible = _driven_m(fastest, seconds + _CLOCK_S)
        return Jump(distance, seconds) if distance > error + possible else None


class Track(msgspec.Struct, frozen=True):
    """The fixes of one incident in order of their time, kept or flagged; and how she moves as of the last that was kept.

    `speed_m_s`: smoothed, 0 while she stands, None where the fixes do not say. `course_deg`: from north, clockwise, None unless
    she moves. `standing`: the stop that goes on. `doubt`: why the newest fix is flagged.
    """

    steps: tuple[Step, ...] = ()
    stops: tuple[Stop, ...] = ()
    given: tuple[Position, ...] = ()
    main: _Run | None = None
    rival: _Run | None = None
    runs: int = 0

    @property
    def doubt(self) -> Jump | None:
        return self.steps[-1].jump if self.steps else None

    @property
    def standing(self) -> Stop | None:
        stay = self.main.stay if self.main is not None else None
        return _stop(stay) if stay is not None and stay.stands else None

    @property
    def velocity(self) -> tuple[float, float] | None:
        """m/s to the north and to the east; None where the fixes do not say that she moves."""
        if self.main is None or self.main.stay.stands:
            return None
        motion = self.main.motion
        moves = motion.speed > max(MOVES_SIGMAS * motion.speed_sigma, _MOVES_M_S)
        return (motion.north, motion.east) if moves else None

    @property
    def speed_m_s(self) -> float | None:
        if (velocity := self.velocity) is not None:
            return math.hypot(*velocity)
        return 0.0 if self.standing is not None else None

    @property
    def course_deg(self) -> float | None:
        if (velocity := self.velocity) is None:
            return None
        return math.degrees(math.atan2(velocity[1], velocity[0])) % 360.0

    @property
    def last_at_s(self) -> float | None:
        """When the last fix that was kept was true, in seconds since 1970."""
        return self.main.motion.at_s if self.main is not None else None

    def reach(self, at: datetime) -> Reach | None:
        """Where she may be at a moment; None without a fix. A moment before the last fix is that of the last fix."""
        if self.main is None:
            return None
        motion, velocity = self.main.motion, self.velocity
        age = max(0.0, at.timestamp() - motion.at_s)
        grown = min(self.growth_m_s * age, MAX_GROWTH_M)
        guess = None
        if velocity is not None and age <= GUESS_S:
            guess = moved(motion.lat, motion.lon, velocity[0] * age, velocity[1] * age)
        return Reach(motion.lat, motion.lon, _SIGMAS * motion.sigma + grown, age, guess)

    @property
    def growth_m_s(self) -> float:
        """By how many metres a second the circle grows: her pace of late, and never less than one walks."""
        return max(FASTER * self.main.motion.pace, WALK_M_S) if self.main is not None else 0.0


def track_of(positions: Sequence[Position], earlier: Track | None = None) -> Track:
    """The track of fixes in any order, each once however often it comes. `earlier`, of the same but the newest, saves the work.

    A fix without a time or with coordinates that are none has no place in it.
    """
    given = tuple(positions)
    if earlier is not None and earlier.given:
        if given == earlier.given:
            return earlier
        new = _newer(given, earlier)
        if new is not None:
            return _added(earlier, new, given)
    return _added(Track(), given, given)


def _newer(given: tuple[Position, ...], earlier: Track) -> tuple[Position, ...] | None:
    """The fixes that came since, if all others are those of an earlier track, the oldest of which may be gone."""
    last = earlier.given[-1]
    at = next((n for n in range(len(given) - 1, -1, -1) if given[n] is last), -1)
    if at < 0 or given[: at + 1] != earlier.given[len(earlier.given) - at - 1 :]:
        return None
    new, since = given[at + 1 :], earlier.steps[-1].at_s if earlier.steps else -math.inf
    return new if all(one.time is not None and one.time.timestamp() > since for one in new) else None


def _added(track: Track, new: Sequence[Position], given: tuple[Position, ...]) -> Track:
    steps, stops = list(track.steps), list(track.stops)
    main, rival, runs = track.main, track.rival, track.runs
    for seen in sorted({one for one in map(_seen, new) if one is not None}, key=_order):
        jump = main.jump_to(seen) if main is not None else None
        if main is None or jump is None:
            before = main
            main, rival = (main.with_one(seen) if main is not None else _run(0, seen)), None
            if before is not None and before.stay.stands and main.stay.since_s != before.stay.since_s:
                stops.append(_stop(before.stay))
        elif rival is not None and rival.jump_to(seen) is None:
            rival = rival.with_one(seen)
        else:
            runs += 1
            rival = _run(runs, seen)
        number = rival.number if rival is not None else main.number
        steps.append(Step(seen.lat, seen.lon, seen.radius_m, seen.at_s, number, jump))
        if rival is not None and rival.count >= RUN:
            steps = [_after(step, main, rival, jump) for step in steps]
            if main.stay.stands:
                stops.append(_stop(main.stay))
            main, rival = rival, None
    return Track(tuple(steps[-_LONGEST:]), tuple(stops[-_LONGEST:]), given, main, rival, runs)


def _after(step: Step, old: _Run, new: _Run, jump: Jump | None) -> Step:
    """A step when a run takes over: its own are kept, and those of one that was shorter are the wrong ones."""
    if step.run == new.number:
        return msgspec.structs.replace(step, jump=None)
    return msgspec.structs.replace(step, jump=step.jump or jump) if step.run == old.number and old.count < RUN else step


def _run(number: int, seen: Sighting) -> _Run:
    return _Run(number, begun(seen), stay_at(seen))


def _stop(stay: Stay) -> Stop:
    return Stop(stay.since_s, stay.until_s, *stay.place)


def _driven_m(from_m_s: float, seconds: float) -> float:
    """How far one comes in so many seconds at the most, from a speed on."""
    faster = min(max(0.0, TOP_M_S - from_m_s) / _ACCELERATION, seconds)
    return from_m_s * seconds + _ACCELERATION * faster * (seconds - faster / 2)


def _seen(one: Position) -> Sighting | None:
    """A fix as it counts; None for one without a time or without a place."""
    if one.time is None or not (abs(one.lat) <= 90 and abs(one.lon) <= 180):  # NaN is not either
        return None
    speed, course = one.speed, one.course
    return Sighting(
        at_s=one.time.timestamp(),
        lat=one.lat,
        lon=one.lon,
        sigma_m=sigma_of(one.radius, one.confidence),
        radius_m=one.radius if one.radius is not None and one.radius > 0 else None,
        speed=speed if speed is not None and 0 <= speed <= TOP_M_S else None,
        course=course if course is not None and math.isfinite(course) else None,
    )


def _order(seen: Sighting) -> tuple[float, ...]:
    """By time; of those of one time the surer first, and then in any order that is always the same."""
    told = (-1.0 if value is None else value for value in (seen.speed, seen.course, seen.radius_m))
    return (seen.at_s, seen.sigma_m, seen.lat, seen.lon, *told)
