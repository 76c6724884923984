"""How somebody moves, and what a telephone reports of it."""

import math
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from feeds.simulator.devices import SimulatedDevice, Way

_M_PER_DEGREE = 111_320.0
_BESIDE_M = 3.0  # streets that come so near to each other meet
_MOST_CORNERS = 200  # in one step: a way of no length has no end
_CELL_SHARE = 0.06  # of fixes come from the network alone, hundreds of metres wide


class Walker:
    """Somebody at a place. `moved` goes on for some seconds and gives the new position as a telephone reports it."""

    def __init__(self, lat: float, lon: float, dice: random.Random) -> None:
        self.lat = lat + dice.gauss(0, 300) / _M_PER_DEGREE
        self.lon = lon + dice.gauss(0, 300) / (_M_PER_DEGREE * math.cos(math.radians(lat)))
        self._dice = dice
        self._course = dice.uniform(0, 360)
        self._radius_m = dice.uniform(8, 25)

    def standing(self) -> dict[str, Any]:
        """Where somebody is who does not move."""
        return self._fix(0.0)

    def moved(self, seconds: float, speed_mps: float) -> dict[str, Any]:
        """Where somebody is after so many seconds at about this speed."""
        turn = 25.0 if speed_mps < 5 else 8.0
        self._course = (self._course + self._dice.gauss(0, turn) + self._dice.choice((0, 0, 0, 0, 0, 0, 90, -90))) % 360
        speed = max(self._dice.gauss(speed_mps, speed_mps / 4), 0.0)
        metres, course = speed * seconds, math.radians(self._course)
        self.lat += metres * math.cos(course) / _M_PER_DEGREE
        self.lon += metres * math.sin(course) / (_M_PER_DEGREE * math.cos(math.radians(self.lat)))
        self._radius_m = min(max(self._radius_m * self._dice.uniform(0.75, 1.3), 8.0), 60.0)
        return self._fix(speed)

    def _fix(self, speed_mps: float) -> dict[str, Any]:
        if self._dice.random() < _CELL_SHARE:
            radius_m = self._dice.uniform(800, 2000)
            return self._place(radius_m, 0.4) | {"radius": round(radius_m), "confidence": 68, "method": "cell"}
        place = self._place(self._radius_m, 0.5)
        fix = place | {"radius": round(self._radius_m, 1), "confidence": 68, "method": "gnss"}
        fix |= {"speed": round(speed_mps, 1), "altitude": 20.0}
        return fix | ({"course": round(self._course, 1)} if speed_mps > 0.3 else {})

    def _place(self, radius_m: float, share: float) -> dict[str, Any]:
        """The true place with an error that suits the circle."""
        north, east = self._dice.gauss(0, radius_m * share), self._dice.gauss(0, radius_m * share)
        lon = self.lon + east / (_M_PER_DEGREE * math.cos(math.radians(self.lat)))
        return {"lat": round(self.lat + north / _M_PER_DEGREE, 6), "lon": round(lon, 6)}


class StreetWalker(Walker):
    """Somebody who keeps to streets: along one to its end, and there into another one that comes by, else back."""

    def __init__(self, ways: Sequence[Way], dice: random.Random) -> None:
        lat, lon = dice.choice(ways)[0]
        super().__init__(lat, lon, dice)
        self._east_m = _M_PER_DEGREE * math.cos(math.radians(lat))
        self._ways = [[(lon * self._east_m, lat * _M_PER_DEGREE) for lat, lon in way] for way in ways]
        way = dice.choice(self._ways)
        corner = dice.randrange(len(way))
        self._at = way[corner]
        self._turn_into(way, corner)
        self._note()

    def moved(self, seconds: float, speed_mps: float) -> dict[str, Any]:
        """Where somebody is after so many seconds at about this speed."""
        speed = max(self._dice.gauss(speed_mps, speed_mps / 4), 0.0)
        left_m = speed * seconds
        for _ in range(_MOST_CORNERS):
            if not self._ahead:
                self._choose()
            (x, y), (to_x, to_y) = self._at, self._ahead[0]
            far_m = math.dist(self._at, self._ahead[0])
            if far_m > 0:
                self._course = math.degrees(math.atan2(to_x - x, to_y - y)) % 360
            if far_m > left_m:
                self._at = (x + (to_x - x) * left_m / far_m, y + (to_y - y) * left_m / far_m)
                break
            left_m -= far_m
            self._at = self._ahead.pop(0)
        self._note()
        self._radius_m = min(max(self._radius_m * self._dice.uniform(0.75, 1.3), 8.0), 60.0)
        return self._fix(speed)

    def _note(self) -> None:
        self.lon, self.lat = self._at[0] / self._east_m, self._at[1] / _M_PER_DEGREE

    def _choose(self) -> None:
        """At the end of a street."""
        found = [
            (way, corner) for way in self._ways if way is not self._way and (corner := self._beside(way)) is not None
        ]
        self._turn_into(*(self._dice.choice(found) if found else (self._way, self._way.index(self._at))))

    def _turn_into(self, way: list[tuple[float, float]], corner: int) -> None:
        """Go on from this corner of a way, to either end of it."""
        ahead, back = way[corner + 1 :], way[corner::-1]
        self._way = way
        self._ahead = list((ahead if self._dice.random() < 0.5 else back) or back)

    def _beside(self, way: list[tuple[float, float]]) -> int | None:
        """The first corner of the part of a way that comes by here."""
        return next((n for n, (a, b) in enumerate(pairwise(way)) if _away_m(self._at, a, b) < _BESIDE_M), None)


def walker_of(device: SimulatedDevice, dice: random.Random) -> Walker:
    """Who carries a device: along its streets where these are known."""
    return StreetWalker(device.ways, dice) if device.ways else Walker(device.lat, device.lon, dice)


def _away_m(at: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    """How far a point lies from the straight line between two."""
    (x, y), (dx, dy) = (at[0] - a[0], at[1] - a[1]), (b[0] - a[0], b[1] - a[1])
    share = min(max((x * dx + y * dy) / (dx * dx + dy * dy or 1.0), 0.0), 1.0)
    return math.hypot(x - share * dx, y - share * dy)


def pauses(total_s: float, dice: random.Random) -> Iterator[float]:
    """Seconds between fixes, 2 to 5, until so much time is over."""
    spent = 0.0
    while spent < total_s:
        pause = dice.uniform(2, 5)
        spent += pause
        yield pause
