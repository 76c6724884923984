"""A small drawing of one figure over exercises: dots by exercise on a ground that begins at 0."""

from collections.abc import Sequence
from typing import Any, Final

from reports.locale_formats import Formats

WIDE: Final = 520
HIGH: Final = 120
LEFT: Final = 60
RIGHT: Final = 20
TOP: Final = 16
BOTTOM: Final = 12
STEPS_S: Final = (10, 20, 30, 60, 120, 300, 600, 1800, 3600)


def trend(values: Sequence[float], f: Formats) -> dict[str, Any] | None:
    """Places of the dots of a drawing WIDE by HIGH, the earliest at the left; None with fewer than two (s) to
    compare. `f` writes its scale."""
    if len(values) < 2:
        return None
    most = next((step for step in STEPS_S if step >= max(values)), max(values))
    apart = (WIDE - LEFT - RIGHT) / (len(values) - 1)
    dots = [
        (round(LEFT + n * apart, 1), round(HIGH - BOTTOM - max(value, 0.0) / most * (HIGH - TOP - BOTTOM), 1))
        for n, value in enumerate(values)
    ]
    return {
        "wide": WIDE,
        "high": HIGH,
        "left": LEFT,
        "top": TOP,
        "foot": HIGH - BOTTOM,
        "right": WIDE - RIGHT,
        "most": f.limit(most),
        "dots": dots,
        "line": " ".join(f"{x},{y}" for x, y in dots),
    }
