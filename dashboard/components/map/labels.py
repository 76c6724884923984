"""What is written of an alarm in a line: a name from a feed, an age, a length."""

import math
import unicodedata
from typing import Final

from dashboard.components.map.words import Words

NAME_LENGTH: Final = 24


def plain(text: str, length: int = NAME_LENGTH) -> str:
    """A name from a feed as one short line: no control, formatting (bidi) or unassigned characters."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    line = " ".join(kept.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def span(words: Words, seconds: float) -> str:
    """An age as the queue's rows say it (`duration` of `dashboard/shell/format.js`): "42 s", "7 min", "1 h 20", "2 d 3 h"."""
    whole = max(0, math.floor(seconds + 0.5))
    minutes, hours = whole // 60, whole // 3600
    if whole < 60:
        return words["s"].format(n=whole)
    if hours < 1:
        return words["min"].format(n=minutes)
    if hours < 24:
        return words["h_min"].format(h=hours, m=minutes % 60)
    return words["days"].format(n=hours // 24, h=hours % 24)


def length(metres: float, decimal: str = ".") -> str:
    """A length: "18 m", "1.4 km", "23 km"; `decimal` stands before a decimal."""
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km".replace(".", decimal) if metres < 9950 else f"{metres / 1000:.0f} km"
