"""One line of the bench."""

import statistics
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A measured figure. `binding`: its ratio to the baseline is held to the budget; otherwise the budget is a target."""

    name: str
    value: float
    unit: str
    budget: str
    baseline: float | None = None
    ratio: float | None = None
    binding: bool = False
    ok: bool = True

    def facts(self) -> dict[str, object]:
        """The row as the JSON form has it."""
        return dict(msgspec.to_builtins(self))

    def line(self) -> str:
        """The row as the table has it."""
        baseline = "" if self.baseline is None else f"{self.baseline:.4g}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        verdict = "" if not self.binding else (" ok" if self.ok else " MISSED")
        kind = "binding" if self.binding else "target"
        return f"{self.name:58} {self.value:10.4g} {self.unit:9} {baseline:>10} {ratio:>7}  {self.budget} ({kind}){verdict}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0..1) of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def interval(mine: Sequence[float], theirs: Sequence[float], share: float, *, draws: int = 1000) -> tuple[float, float]:
    """The 95 % interval of the ratio of two percentiles, by drawing the samples anew (percentile bootstrap)."""
    chance = np.random.default_rng(0)

    def drawn(values: Sequence[float]) -> Floats:
        found: Floats = np.quantile(chance.choice(np.asarray(values), (draws, len(values))), share, axis=1)
        return found

    low, high = np.quantile(drawn(mine) / drawn(theirs), (0.025, 0.975))
    return float(low), float(high)


def median(values: Sequence[float]) -> float:
    """The middle of the rounds."""
    return statistics.median(values)
