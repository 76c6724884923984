"""How somebody moves by what her positions say: a constant-velocity Kalman filter, and whether she stands. Pure, plain floats.

The filter is that of Bar-Shalom, Li, Kirubarajan, *Estimation with Applications to Tracking and Navigation* (2001), 6.2.2: the
acceleration is white noise, F = [[1, T], [0, 1]], Q = q [[T^3/3, T^2/2], [T^2/2, T]]. A fix errs alike to the north and to the
east, so one covariance serves both axes. The plane is laid anew about each estimate: it needs no projection, and fails at the
poles alone. A stay is a stay point (Li, Zheng et al., *Mining user similarity based on location history*, 2008: a distance and
a time), and besides the line of least squares through its positions, which must not lead away.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from maps.spread import MAX_RADIUS_M, sigma_m

# A radius that is not known: as vague as the network's cell, so that it moves little and is called wrong only where it must be.
UNKNOWN_SIGMA_M: Final = 500.0
LEAST_SIGMA_M: Final = 5.0  # telephones claim less, and walls reflect more
# Faster than any train in Belgium (300 km/h) and any car.
TOP_M_S: Final = 90.0
# What a telephone's own speed is good to on either axis, its course included.
SPEED_SIGMA_M_S: Final = 1.5
_WALKS_M_S: Final = 1.0  # a telephone that says so much of who stands errs by more than receivers do
NO_COURSE_BELOW_M_S: Final = 0.5  # a receiver gives no course to who stands
_FIRST_SPEED_SIGMA_M_S: Final = 15.0  # nothing is known of her speed: she may be in a car
# q in m^2/s^3: who walks on as she did changes by 0.2 m/s in 10 s, a bend does more the faster she goes; who brakes, turns or
# starts changes by 4 m/s. The second holds where the first is refuted at 99 % (adjustable level, 11.2 of the same book).
_QUIET: Final = 0.005
_QUIET_M_S: Final = 2.0
_RESTLESS: Final = 2.0
_REFUTED: Final = -2 * math.log(0.01)
_BROKEN_OFF_S: Final = 600.0  # after so long without a position nothing of the speed before holds
_PACE_S: Final = 600.0  # who stops at a light is still in the car: the pace fades as slowly as a position ages

APART_S: Final = 5.0  # nearer in time two positions are one
MOVES_SIGMAS: Final = 2.5  # of a speed, from which on it is one

STOP_S: Final = 60.0  # so long in one place is a stop
_STAY_M: Final = 25.0  # she may walk about in it
_STAY_SIGMAS: Final = 2.5
_SLOW_M_S: Final = 0.3  # slower nobody goes anywhere


class Sighting(msgspec.Struct, frozen=True):
    """One position as it counts: seconds since 1970, degrees, sigma and radius in m, speed in m/s, course in degrees."""

    at_s: float
    lat: float
    lon: float
    sigma_m: float
    radius_m: float | None = None
    speed: float | None = None
    course: float | None = None


def sigma_of(radius_m: float | None, confidence: float | None) -> float:
    """Sigma of a fix in metres, never none: an unknown radius is a vague one, a huge one the largest that says anything."""
    if radius_m is not None and radius_m > MAX_RADIUS_M:
        radius_m = MAX_RADIUS_M
    sigma = sigma_m(radius_m, confidence)
    return UNKNOWN_SIGMA_M if sigma is None else min(max(sigma, LEAST_SIGMA_M), MAX_RADIUS_M)


def away_m(lat: float, lon: float, to_lat: float, to_lon: float) -> tuple[float, float]:
    """How far to the north and to the east, in metres, on the plane that touches WGS 84 at the first place."""
    north, east = _metres_a_degree(lat)
    return (to_lat - lat) * north, ((to_lon - lon + 180.0) % 360.0 - 180.0) * east


def moved(lat: float, lon: float, north_m: float, east_m: float) -> tuple[float, float]:
    """Degrees of the place that lies so many metres to the north and the east; the other way round of `away_m`."""
    north, east = _metres_a_degree(lat)
    return max(-90.0, min(90.0, lat + north_m / north)), (lon + east_m / east + 180.0) % 360.0 - 180.0


def _metres_a_degree(lat: float) -> tuple[float, float]:
    phi = math.radians(lat)
    curved = 1.0 - 0.00669437999014 * math.sin(phi) ** 2  # WGS 84, e^2
    across = 6378137.0 / math.sqrt(curved)
    return (
        math.radians(across * (1.0 - 0.00669437999014) / curved),
        math.radians(across * max(math.cos(phi), 1e-6)),
    )


class Covariance(msgspec.Struct, frozen=True):
    """The covariance of position and speed on either axis (m, s)."""

    pp: float
    pv: float
    vv: float

    def after(self, seconds: float, noise: float) -> Covariance:
        return Covariance(
            self.pp + 2 * seconds * self.pv + seconds**2 * self.vv + noise * seconds**3 / 3,
            self.pv + seconds * self.vv + noise * seconds**2 / 2,
            self.vv + noise * seconds,
        )

    def with_position(self, sigma: float) -> Covariance:
        k = self.pp / (self.pp + sigma**2)
        vv = self.vv - self.pv**2 / (self.pp + sigma**2)
        return Covariance((1 - k) * self.pp, (1 - k) * self.pv, max(vv, 1e-6))

    def with_speed(self, sigma: float) -> Covariance:
        k = self.vv / (self.vv + sigma**2)
        pp = self.pp - self.pv**2 / (self.vv + sigma**2)
        return Covariance(max(pp, 1e-6), (1 - k) * self.pv, (1 - k) * self.vv)


class Motion(msgspec.Struct, frozen=True):
    """Where she is and how she moves at `at_s`: degrees, m/s to the north and the east, and how sure that is.

    `cautious` is the spread if she had been restless all the time: a circle, and what is called impossible, go by it.
    `pace` in m/s is how fast she went of late: it fades when she stops, and how far she can have come is reckoned by it.
    """

    since_s: float
    at_s: float
    lat: float
    lon: float
    north: float
    east: float
    spread: Covariance
    cautious: Covariance
    pace: float

    @property
    def speed(self) -> float:
        """m/s over the ground."""
        return math.hypot(self.north, self.east)

    @property
    def moves(self) -> bool:
        """Whether the speed is one: larger than its error, and not by two fixes of one moment alone."""
        known = self.at_s - self.since_s >= APART_S or self.speed_sigma <= SPEED_SIGMA_M_S
        return known and self.speed > MOVES_SIGMAS * self.speed_sigma

    @property
    def speed_sigma(self) -> float:
        """Of the speed on either axis, in m/s."""
        return math.sqrt(self.spread.vv)

    @property
    def sigma(self) -> float:
        """Of the position, in metres, cautiously."""
        return math.sqrt(self.cautious.pp)


def begun(seen: Sighting, pace: float = 0.0) -> Motion:
    """All that one position says."""
    spread = Covariance(seen.sigma_m**2, 0.0, _FIRST_SPEED_SIGMA_M_S**2)
    return _with_speed(Motion(seen.at_s, seen.at_s, seen.lat, seen.lon, 0.0, 0.0, spread, spread, pace), seen)


def followed(motion: Motion, seen: Sighting) -> Motion:
    """The motion after one position more, which is not older. Where it turned too sharply, its speed is learnt anew."""
    t = seen.at_s - motion.at_s
    pace = motion.pace * math.exp(-t / _PACE_S)
    if t > _BROKEN_OFF_S:
        return begun(seen, pace)
    north, east = away_m(motion.lat, motion.lon, seen.lat, seen.lon)
    off_north, off_east = north - motion.north * t, east - motion.east * t
    off = off_north**2 + off_east**2
    spread = motion.spread.after(t, min(_QUIET * (1 + (pace / _QUIET_M_S) ** 2), _RESTLESS))
    if off > _REFUTED * (spread.pp + seen.sigma_m**2):
        spread = motion.spread.after(t, _RESTLESS)
    s = spread.pp + seen.sigma_m**2
    if off > 25 * s:  # five sigmas: no such turn is in the model
        return begun(seen, max(pace, min(math.hypot(north, east) / t, TOP_M_S)) if t >= APART_S else pace)
    k, kv = spread.pp / s, spread.pv / s
    new = Motion(
        motion.since_s,
        seen.at_s,
        *moved(motion.lat, motion.lon, motion.north * t + k * off_north, motion.east * t + k * off_east),
        motion.north + kv * off_north,
        motion.east + kv * off_east,
        spread.with_position(seen.sigma_m),
        motion.cautious.after(t, _RESTLESS).with_position(seen.sigma_m),
        pace,
    )
    return _with_speed(new, seen)


def _with_speed(motion: Motion, seen: Sighting) -> Motion:
    """The motion with what the fix itself says of speed and course, and the pace by both."""
    told = seen.speed
    course = seen.course if told is None or told >= NO_COURSE_BELOW_M_S else 0.0
    if told is not None and course is not None:
        told = told if told >= NO_COURSE_BELOW_M_S else 0.0
        off_north = told * math.cos(math.radians(course)) - motion.north
        off_east = told * math.sin(math.radians(course)) - motion.east
        s = motion.spread.vv + SPEED_SIGMA_M_S**2
        k, kp = motion.spread.vv / s, motion.spread.pv / s
        motion = Motion(
            motion.since_s,
            motion.at_s,
            *moved(motion.lat, motion.lon, kp * off_north, kp * off_east),
            motion.north + k * off_north,
            motion.east + k * off_east,
            motion.spread.with_speed(SPEED_SIGMA_M_S),
            motion.cautious.with_speed(SPEED_SIGMA_M_S),
            motion.pace,
        )
    sure = motion.speed if motion.moves else 0.0
    return msgspec.structs.replace(motion, pace=max(motion.pace, told or 0.0, min(sure, TOP_M_S)))


class Stay(msgspec.Struct, frozen=True):
    """Positions that may all be one place, by sums weighted with 1/sigma^2; `missed`: the last one was none of them."""

    since_s: float
    until_s: float
    lat: float
    lon: float
    w: float
    n: float = 0.0
    e: float = 0.0
    t: float = 0.0
    tt: float = 0.0
    tn: float = 0.0
    te: float = 0.0
    missed: Sighting | None = None

    @property
    def stands(self) -> bool:
        """Whether it is a stop: long enough, and so well known that a walk would have shown."""
        return self.until_s - self.since_s >= STOP_S and self._line()[1] <= _SLOW_M_S

    @property
    def place(self) -> tuple[float, float]:
        """(lat, lon) of its middle."""
        return moved(self.lat, self.lon, self.n / self.w, self.e / self.w)

    def _line(self) -> tuple[float, float]:
        """The speed (m/s) of the line of least squares through its positions, and its sigma."""
        spread = self.w * self.tt - self.t**2
        if spread <= 1e-9:
            return 0.0, math.inf
        north = (self.w * self.tn - self.t * self.n) / spread
        east = (self.w * self.te - self.t * self.e) / spread
        return math.hypot(north, east), math.sqrt(self.w / spread)

    def with_one(self, seen: Sighting) -> Stay | None:
        """The stay with one position more; None where that lies elsewhere, or shows that she walks away."""
        north, east = away_m(self.lat, self.lon, seen.lat, seen.lon)
        off = math.hypot(north - self.n / self.w, east - self.e / self.w)
        if seen.at_s - self.until_s > _BROKEN_OFF_S or off > _STAY_M + _STAY_SIGMAS * seen.sigma_m:
            return None
        if seen.speed is not None and seen.speed > _WALKS_M_S:
            return None
        w, t = seen.sigma_m**-2, seen.at_s - self.since_s
        new = Stay(
            self.since_s,
            seen.at_s,
            self.lat,
            self.lon,
            self.w + w,
            self.n + w * north,
            self.e + w * east,
            self.t + w * t,
            self.tt + w * t * t,
            self.tn + w * t * north,
            self.te + w * t * east,
        )
        speed, sigma = new._line()
        return None if speed - 3 * sigma > _SLOW_M_S else new


def stay_at(seen: Sighting) -> Stay:
    """The stay that a position begins."""
    return Stay(seen.at_s, seen.at_s, seen.lat, seen.lon, seen.sigma_m**-2)


def stayed(stay: Stay, seen: Sighting) -> Stay:
    """The stay after one position more: two beside it in a row end it, and another one begins with the first of them."""
    if (same := stay.with_one(seen)) is not None:
        return same
    if stay.missed is None:
        return msgspec.structs.replace(stay, missed=seen)
    begun_there = stay_at(stay.missed)
    return begun_there.with_one(seen) or msgspec.structs.replace(begun_there, missed=seen)
