"""The quarters, villages and municipalities by the middle of each: which is nearest to a position, within its municipality."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maps.gazetteer import Entry, Gazetteer
from maps.geodesy import to_lambert, to_lambert_many
from maps.zones import Zones

NONE: Final = -1
_ASKED: Final = 4  # of the nearest, one lies in the municipality nearly always
_FAR_M: Final = 5_000.0


class Quarters:
    """Immutable; any thread may ask."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._entries: list[tuple[Entry, tuple[float, float]]] = [
            (entry, entry.middle) for entry in gazetteer.entries if entry.middle is not None
        ]
        lats, lons = np.array([middle for _, middle in self._entries], dtype=np.float64).T
        self._tree: Any = cKDTree(np.column_stack(to_lambert_many(lats, lons)))
        self._nis = np.array([entry.nis for entry, _ in self._entries])
        self._towns = {entry.nis: n for n, (entry, _) in enumerate(self._entries) if entry.place.kind == "municipality"}

    @classmethod
    def of(cls, zones: Zones) -> Quarters:
        """Those of a map, made once."""
        return _made(zones)

    def entry(self, n: int) -> Entry:
        """The place of a number that the others give."""
        return self._entries[n][0]

    def middle(self, n: int) -> tuple[float, float]:
        """Its middle, in WGS 84 degrees."""
        return self._entries[n][1]

    def town(self, nis: str) -> int:
        """The municipality of a REFNIS code; `NONE` when there is none."""
        return self._towns.get(nis, NONE)

    def nearest(self, lat: float, lon: float, nis: str, within_m: float) -> int:
        """The nearest place of a municipality whose middle is so near; `NONE` when there is none."""
        near = self._tree.query_ball_point(to_lambert(lat, lon), within_m)
        own = [n for n in near if self._nis[n] == nis]
        if not own:
            return NONE
        away = np.linalg.norm(self._tree.data[own] - np.array(to_lambert(lat, lon)), axis=1)
        return int(own[int(np.argmin(away))])

    def nearest_many(self, lats: NDArray[Any], lons: NDArray[Any], nis: NDArray[Any]) -> NDArray[np.int32]:
        """As `nearest`, within 5 km, for arrays; of the nearest few places only."""
        points = np.column_stack(to_lambert_many(np.asarray(lats, np.float64), np.asarray(lons, np.float64)))
        _, at = self._tree.query(points, k=_ASKED, distance_upper_bound=_FAR_M)
        own = np.append(self._nis, "")[at] == np.asarray(nis)[:, None]
        first = np.argmax(own, axis=1)
        return np.where(own.any(axis=1), at[np.arange(len(at)), first], NONE).astype(np.int32)


@lru_cache(maxsize=2)
def _made(zones: Zones) -> Quarters:
    return Quarters(Gazetteer.of(zones))
