"""How somebody moves, and what a telephone reports of it."""

import math
import random
from collections.abc import Iterator
from typing import Any

_M_PER_DEGREE = 111_320.0
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


def pauses(total_s: float, dice: random.Random) -> Iterator[float]:
    """Seconds between fixes, 2 to 5, until so much time is over."""
    spent = 0.0
    while spent < total_s:
        pause = dice.uniform(2, 5)
        spent += pause
        yield pause
