"""How the error of a fix spreads over the zones: sigma from radius and confidence, shares of a normal distribution.

Along the exact borders where the circle is small; for a wide one simplified borders give the same shares sooner.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from maps.borders import Borders, Ints
from maps.geodesy import Floats

# A fix that gives no confidence means 68 % (ETSI TS 103 625).
CONFIDENCE: Final = 68.0
# Less is no confidence at all, and as far as numbers go its circle would have no size.
LEAST_CONFIDENCE: Final = 1e-6
# A fix vaguer than this says nothing about a police zone.
MAX_RADIUS_M: Final = 50_000.0
# A smaller share is not listed; all it held is shared out over those listed, in proportion.
LEAST_SHARE: Final = 0.0001

# Borders simplified to a tolerance serve from so many times it on: the shares then differ by under 0.005.
_SIGMAS_A_TOLERANCE: Final = 40
_BATCH_EDGES: Final = 300_000
_COUNTRY_KM2: Final = 30_690


def sigma_m(radius_m: float | None, confidence: float | None = None) -> float | None:
    """Sigma of a fix in metres; None when the radius says nothing: none, 0 or less, not a number, above 50 km.

    A confidence (%) that is none counts as 68.
    """
    if radius_m is None or not 0 < radius_m <= MAX_RADIUS_M:
        return None
    if confidence is None or not LEAST_CONFIDENCE <= confidence < 100:
        confidence = CONFIDENCE
    return radius_m / math.sqrt(-2 * math.log1p(-confidence / 100))


def sigmas_m(radii: ArrayLike, confidences: ArrayLike | None = None) -> Floats:
    """As `sigma_m`, for arrays of one shape; NaN where the radius says nothing."""
    radius = np.asarray(radii, dtype=np.float64)
    given = np.full(radius.shape, np.nan) if confidences is None else np.asarray(confidences, dtype=np.float64)
    confidence = np.where((given >= LEAST_CONFIDENCE) & (given < 100), given, CONFIDENCE)
    useful = np.where((radius > 0) & (radius <= MAX_RADIUS_M), radius, np.nan)
    return np.asarray(useful / np.sqrt(-2 * np.log1p(-confidence / 100)))


class Spread:
    """The shares of zones whose borders are `exact`, and, simplified to each tolerance in metres, `simple`."""

    def __init__(self, exact: Borders, simple: Mapping[int, Borders]) -> None:
        levels = [(0.0, exact), *((t * _SIGMAS_A_TOLERANCE, simple[t]) for t in sorted(simple))]
        self._from = np.array([least for least, _ in levels])
        self._borders = [borders for _, borders in levels]

    def shares(self, xs: Floats, ys: Floats, sigmas: Floats, areas: Ints, homes: Ints) -> Floats:
        """One row a position, one column an area, the last outside; rows add up to 1.

        The sigmas are of one batch (or of one position); `areas` is where each position lies, `homes` the area that is
        listed however small its share.
        """
        borders = self._borders[int(self._level(sigmas[:1])[0])]
        shares = borders.shares(xs, ys, sigmas, areas)
        small = shares < LEAST_SHARE
        small[np.arange(len(xs)), homes] = small[:, -1] = False
        shares[small] = 0.0
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def batches(self, sigmas: Floats) -> Iterator[Ints]:
        """All rows, in groups that `shares` takes at once without much memory."""
        level = self._level(sigmas)
        for number, borders in enumerate(self._borders):
            rows = np.flatnonzero(level == number)
            rows = rows[np.argsort(sigmas[rows], kind="stable")]
            everything = len(borders.ax)
            # a square of ten sigmas, and what the chunks of lines reach beyond it
            near = 100 + 100 * (sigmas[rows] / 1000) ** 2 * everything / _COUNTRY_KM2
            group = np.cumsum(np.minimum(near, everything)) // _BATCH_EDGES
            yield from np.split(rows, np.flatnonzero(np.diff(group)) + 1) if len(rows) else ()

    def _level(self, sigmas: Floats) -> Ints:
        return np.asarray(np.searchsorted(self._from, sigmas, side="right") - 1)
