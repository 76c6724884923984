"""Hides counts so that nobody can work out what is hidden: small ones first, then as many others as it takes.

A published count is exact; a hidden one says nothing, not even why it is hidden. What anybody can conclude from the published
ones is a range for each hidden one: all values it has in some table of whole numbers, none below 0, that agrees with everything
published. Here a count is safe when that range is at least `threshold` wide, so that a count of nothing may as well be one that
would have been published. It is not estimated: for each hidden count two such tables are found and checked, one at either end
(the method of Fischetti and Salazar, Management Science 2001, 47:1008, with a greedy choice in place of the optimal one).

Tables found stay good when more is hidden, so each count is looked at until it is safe and then never again.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, diags_array, hstack, vstack

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

THRESHOLD: Final = 5
_PATIENCE_S: Final = 5.0
_EXACT: Final = 1e-6
_LEAST_SHARE: Final = 0.01  # of the counts that are not yet safe, looked at together
_WORTH: Final = 3  # counts that a look at many should make safe


class Counts(NamedTuple):
    """Counts that are sums of the same parts: `values` = `sums` @ `parts`; `links` @ `parts` is known to everybody.

    `parts` (n) are never published for themselves unless a row of `sums` says so. `cost` (m): how much is lost, for each unit by
    which a count must be able to differ, when it is hidden.
    """

    parts: Ints
    sums: csr_array  # m x n, of 0 and 1
    links: csr_array  # k x n
    cost: Floats

    @property
    def values(self) -> Ints:
        """The m counts."""
        found: Ints = (self.sums @ self.parts).astype(np.int64)
        return found


class Suppression(NamedTuple):
    """Which of the m counts are hidden, and two values at least `threshold` apart that each of these may have."""

    hidden: Mask
    low: Ints
    high: Ints


def suppress(counts: Counts, threshold: int = THRESHOLD) -> Suppression:
    """Hides every count below `threshold`, 0 too, and others until every hidden one is safe.

    The same counts give the same answer. Raises ValueError for a threshold below 1.
    """
    if threshold < 1:
        raise ValueError("the threshold is 1 or more")
    return _Hiding(counts, threshold).done()


class _Hiding:
    def __init__(self, counts: Counts, threshold: int) -> None:
        self._counts, self._width = counts, threshold
        self._values = counts.values
        self._hidden: Mask = self._values < threshold
        self._low, self._high = self._values.copy(), self._values.copy()
        self._random = np.random.default_rng(0)

    def done(self) -> Suppression:
        self._glance()
        while len(unsafe := self._unsafe()):
            # the costly ones first: what protects a total mostly protects its parts
            cell = int(unsafe[np.argmax(self._counts.cost[unsafe])])
            self._look(cell)
            if not self._safe(cell):
                self._hide_for(cell)
                self._look(cell)
            if not self._safe(cell):
                # no table of whole numbers was found in time: to hide everything is always enough
                self._hidden[:] = True
                self._look(cell)
        return Suppression(self._hidden, self._low, self._high)

    def _unsafe(self) -> Ints:
        return np.flatnonzero(self._hidden & (self._high - self._low < self._width))

    def _safe(self, cell: int) -> bool:
        return bool(self._high[cell] - self._low[cell] >= self._width)

    def _glance(self) -> None:
        """Looks at many counts at once, at random, as long as that is worth it."""
        share = 0.5
        while share > _LEAST_SHARE and len(unsafe := self._unsafe()):
            some = self._random.random(len(unsafe)) < share
            toward = np.where(some, 1.0, -share / 2)
            self._other(np.asarray(self._counts.sums[unsafe].T @ toward), whole=(0,))
            if len(unsafe) - len(self._unsafe()) < _WORTH:
                share *= 0.8

    def _look(self, cell: int) -> None:
        """The two ends of one count's range, as far as it takes."""
        aim = np.asarray(self._counts.sums[[cell]].toarray().ravel())
        for sign in (1.0, -1.0):
            if not self._safe(cell):
                self._other(sign * aim)

    def _other(self, aim: Floats, whole: tuple[int, ...] = (0, 1)) -> None:
        """Another table that agrees with all that is published, and goes as far towards `aim` as it can."""
        fixed = self._fixed()
        bounds = Bounds(-self._counts.parts.astype(np.float64), self._width)
        for integrality in whole:
            found = milp(
                -aim,
                constraints=fixed,
                bounds=bounds,
                integrality=np.full(len(aim), integrality),
                options={"time_limit": _PATIENCE_S, "mip_rel_gap": 0.1 * integrality},
            )
            if found.x is not None and self._took(found.x):
                return

    def _fixed(self) -> list[LinearConstraint]:
        rows = vstack([self._counts.sums[~self._hidden], self._counts.links], format="csr")
        return [LinearConstraint(rows, 0, 0)] if rows.shape[0] else []

    def _took(self, change: Floats) -> bool:
        """Keeps a table that is one of whole numbers and agrees with everything published; whether it is."""
        whole = np.rint(change).astype(np.int64)
        if np.abs(change - whole).max(initial=0.0) > _EXACT or (self._counts.parts + whole).min(initial=0) < 0:
            return False
        if (self._counts.links @ whole).any():
            return False
        moved = (self._counts.sums @ whole).astype(np.int64)
        if moved[~self._hidden].any():
            return False
        self._low = np.minimum(self._low, self._values + moved)
        self._high = np.maximum(self._high, self._values + moved)
        return True

    def _hide_for(self, cell: int) -> None:
        """Hides the published counts that cost least so that this one may be as large as it takes."""
        counts = self._counts
        shown = np.flatnonzero(~self._hidden)
        n, m = len(counts.parts), len(shown)
        needed = int(self._low[cell]) + self._width - int(self._values[cell])
        sums, moved = counts.sums[shown], diags_array(np.ones(m), format="csr")
        zeros = csr_array((counts.links.shape[0], m))
        constraints = [
            LinearConstraint(hstack([sums, -moved], format="csr"), -np.inf, 0),
            LinearConstraint(hstack([sums, moved], format="csr"), 0, np.inf),
            LinearConstraint(hstack([counts.sums[[cell]], csr_array((1, m))], format="csr"), needed, needed),
            LinearConstraint(hstack([counts.links, zeros], format="csr"), 0, 0),
        ]
        bounds = Bounds(np.concatenate([-counts.parts.astype(np.float64), np.zeros(m)]), np.inf)
        cost = np.concatenate([np.zeros(n), counts.cost[shown]])
        found = milp(cost, constraints=[c for c in constraints if c.A.shape[0]], bounds=bounds)
        if found.x is not None:
            self._hidden |= np.abs(counts.sums @ found.x[:n]) > _EXACT
            self._took(found.x[:n])
