"""Whose border is the nearest to a position outside Belgium: the neighbour whom a centre calls there.

Belgium's outer line is cut where the border with one neighbour ends and that with the next begins. It says whose border is the
nearest, not in which country a position lies: near a three-country point that may be the next one, so all that are about as near
are named.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, Protocol

import numpy as np

from maps.geodesy import Floats, unit_vectors

SEA: Final = "sea"
# From the sea clockwise: the neighbour along a stretch, and (lat, lon) where it ends. Published coordinates, within 200 m of the
# shipped outline: the three-country points on the Vaalserberg (50 deg 45' 17" N, 6 deg 01' 15" E), below Ouren (stone 52,
# 50 deg 07' 45" N, 6 deg 08' 15" E) and at Athus (49 deg 32' 47" N, 5 deg 49' 07" E), as Wikipedia gives them; the ends of the
# coast, in the Zwin and between De Panne and Bray-Dunes, are where the outline leaves it.
ENDS: Final = (
    (SEA, (51.3713, 3.3665)),
    ("NL", (50.7547, 6.0208)),
    ("DE", (50.1292, 6.1375)),
    ("LU", (49.5464, 5.8186)),
    ("FR", (51.0895, 2.5456)),
)
COUNTRIES: Final = tuple(country for country, _ in ENDS if country != SEA)
# What is farther than the nearest by no more than this is about as near.
_SHARE: Final = 1.2
_MORE_M: Final = 500.0
FAR_M: Final = 100_000.0  # farther away no neighbour is named
_EARTH_M: Final = 6_371_000.0


class Outlined(Protocol):
    """What has an outer border."""

    def rings(self) -> list[Floats]: ...


class Neighbours:
    """The stretches of Belgium's outer line, each as unit vectors of its points."""

    def __init__(self, zones: Outlined) -> None:
        main, *others = (np.asarray(ring) for ring in sorted(zones.rings(), key=len, reverse=True))
        main = main[::-1]  # land on the left hand is anticlockwise
        points = unit_vectors(main[:, 0], main[:, 1])
        ends = [int(np.argmax(points @ _vector(*at))) for _, at in ENDS]
        points = np.roll(points, -ends[-1], axis=0)
        at = [0, *((end - ends[-1]) % len(points) for end in ends[:-1]), len(points)]
        self._stretches = {country: points[a:b] for (country, _), (a, b) in zip(ENDS, pairwise(at), strict=True)}
        # What lies in another country, or has another in it (Baarle, the Vennbahn), is that one's whose border is the nearest.
        for ring in others:
            around = unit_vectors(ring[:, 0], ring[:, 1])
            whose = max(COUNTRIES, key=lambda country: float((self._stretches[country] @ around.mean(axis=0)).max()))
            self._stretches[whose] = np.concatenate([self._stretches[whose], around])

    def near(self, lat: float, lon: float) -> tuple[str, ...]:
        """The neighbours (ISO 3166-1, or `SEA` for the coast) whose borders are the nearest to a position in degrees, the nearest
        first; none of a position more than FAR_M away."""
        here = _vector(lat, lon)
        away = {country: float((points @ here).max()) for country, points in self._stretches.items()}
        metres = {country: _EARTH_M * float(np.arccos(np.clip(cosine, -1.0, 1.0))) for country, cosine in away.items()}
        order = sorted(metres, key=lambda country: metres[country])
        if metres[order[0]] > FAR_M:
            return ()
        return tuple(one for one in order if metres[one] <= _SHARE * metres[order[0]] + _MORE_M)


def _vector(lat: float, lon: float) -> Floats:
    vector: Floats = unit_vectors(np.array([lat]), np.array([lon]))[0]
    return vector
