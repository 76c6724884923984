"""How a figure is written: durations, limits, shares, each rounded once, half away from zero.

`dashboard/shell/rounding.js` writes the same texts; a test compares the two. What runs (an age, a clock) is cut, not rounded: it
shows a second when that has passed.
"""

from math import floor

NONE = "–"
_FIRM = "\u00a0"  # a figure and its unit are never broken over two lines


def rounded(value: float, decimals: int = 0) -> float:
    """To so many decimals, half away from zero."""
    scale = 10.0**decimals
    whole = floor(abs(value) * scale + 0.5)
    return (-whole if value < 0 else whole) / scale


def tenths(value: float) -> str:
    """With one decimal: 6.3; −0.4."""
    whole = floor(abs(value) * 10 + 0.5)
    return f"{'−' if value < 0 and whole else ''}{whole // 10}.{whole % 10}"


def lasted(seconds: float | None) -> str:
    """A duration: 6.3 s under a minute, 8:41, 1:02:05; – for None."""
    if seconds is None:
        return NONE
    sign, took = "−" if seconds < 0 else "", abs(seconds)
    if floor(took * 10 + 0.5) < 600:
        return f"{tenths(seconds)}{_FIRM}s"
    whole = floor(took + 0.5)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{sign}{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{sign}{minutes}:{whole % 60:02}"


def limit(seconds: float) -> str:
    """A limit, without an empty decimal: 10 s, 7.5 s, 8:59."""
    return bare(lasted(seconds))


def bare(figure: str) -> str:
    """A figure with its unit, without an empty decimal: 90 % for 90.0 %."""
    return figure.replace(f".0{_FIRM}", _FIRM)


def percent(share: float | None) -> str:
    """A share of 0 to 1: 82.6 %; – for None."""
    return NONE if share is None else f"{tenths(share * 100)}{_FIRM}%"
