"""Figures as they are printed: exact until the last step, then rounded once by a named rule. And published ones, read again."""

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, Protocol

from reports.external_table.mapping import Expect, Rounding

UNITS = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}
_NAMES = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("%", "percent", "per cent", "pct"), "%"),
}
_CLOCK = re.compile(r"^(-)?(?:(\d+):)?(\d+):(\d{2})(?:[.,](\d+))?$")
_HOUR, _MINUTE, _SECOND = (
    r"(?:h|u|hr|hrs|hours?)",
    r"(?:m|mn|min|mins|minutes?|'|′)",
    r"""(?:s|sec|secs|seconds?|"|''|″)""",
)
_SPOKEN = re.compile(
    rf"^(?:(\d+)\s*{_HOUR}\.?\s*)?(\d+)\s*{_MINUTE}\.?,?\s*(?:and\s*)?(\d{{1,2}})\s*{_SECOND}\.?$",
)
_HOURS = re.compile(rf"^(\d+)\s*{_HOUR}\.?\s*(\d{{1,2}})\s*(?:m|mn|min|mins|minutes?)?\.?$")
_NUMBER = re.compile(r"^(-?\.?[\d][\d., ]*)\s*([a-z%]*|per cent)\.?$")


class Form(NamedTuple):
    """How a figure is printed: `unit` s, min, h, mm:ss, mm.ss, hh:mm:ss, hh:mm (1h05), % or "" (bare); its decimals."""

    unit: str
    decimals: int


class Figured(Protocol):
    """A figure: microseconds of a duration, a share of one, or a count. None: it can't be told."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> Fraction | None: ...


def exact(value: float) -> Fraction:
    """A float that came of microseconds: what lies beyond a thousandth of one is the float's own."""
    return Fraction(Decimal(repr(round(value, 3))))


def printed(figure: Figured, form: Form, rounding: Rounding) -> str:
    """A figure as its form says, without the unit's name."""
    if figure.value is None:
        return "–"
    if figure.kind == "duration":
        return duration(figure.value, form, rounding)
    if figure.kind == "share":
        return number(figure.value * 100 if form.unit == "%" else figure.value, form.decimals, rounding)
    return number(figure.value, 0, rounding)


def rounded(value: Fraction, decimals: int, rounding: Rounding) -> int:
    """value x 10^decimals as a whole number."""
    scaled = abs(value) * 10**decimals
    half_up = floor(scaled + Fraction(1, 2))
    wholes = {"half_even": round(scaled), "truncate": floor(scaled), "up": ceil(scaled), "half_up": half_up}
    whole = int(wholes[rounding])
    return -whole if value < 0 else whole


def number(value: Fraction, decimals: int, rounding: Rounding) -> str:
    """As "-3.50"."""
    whole = rounded(value, decimals, rounding)
    digits = str(abs(whole)).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if whole < 0 else text


def duration(us: Fraction, form: Form, rounding: Rounding) -> str:
    """Microseconds in a unit, without the unit's name; 65:23 in mm:ss, 1:05:23 in hh:mm:ss."""
    if form.unit in UNITS:
        return number(us / UNITS[form.unit], form.decimals, rounding)
    if form.unit == "hh:mm":
        minutes = rounded(us / UNITS["min"], 0, rounding)
        return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}h{abs(minutes) % 60:02}"
    text = number(us / UNITS["s"], form.decimals, rounding)
    whole, point, part = text.removeprefix("-").partition(".")
    minutes, seconds = divmod(int(whole), 60)
    first = f"{minutes // 60}:{minutes % 60:02}" if form.unit == "hh:mm:ss" else str(minutes)
    mark = "." if form.unit == "mm.ss" else ":"
    return f"{'-' if text.startswith('-') else ''}{first}{mark}{seconds:02}{point}{part}"


def target(limit_s: float) -> str:
    """A target as it is spoken of: 8:59, 1:30:00, 0:07.5."""
    us = exact(limit_s * 1e6)
    part = number(us / UNITS["s"] % 1, 6, "half_up").rstrip("0").partition(".")[2]
    return duration(us, Form("hh:mm:ss" if us >= UNITS["h"] else "mm:ss", len(part)), "half_up")


class Published(NamedTuple):
    """A published figure, read: its form, and the text that the same figure is printed as."""

    form: Form
    text: str


def published(expect: Expect, kind: str, decimal: str) -> Published:
    """What a published figure is. `kind`: duration, share, count. Raises ValueError."""
    text, unit = re.sub(r"\s+", " ", expect.published.strip()).replace("−", "-").lower(), expect.unit
    if spoken := _SPOKEN.match(text):
        hours, minutes, seconds = spoken.groups()
        text = f"{hours}:{minutes:0>2}:{seconds:0>2}" if hours else f"{minutes}:{seconds:0>2}"
    if at := _HOURS.match(text):
        return Published(Form("hh:mm", 0), f"{int(at.group(1))}h{at.group(2):0>2}")
    text = text.replace("'", " ")
    if clock := _CLOCK.match(text):
        sign, a, b, c, part = clock.groups()
        head = f"{int(a)}:{int(b):02}" if a is not None else f"{int(b)}"
        form = Form("hh:mm:ss" if a is not None else "mm:ss", len(part or ""))
        return Published(form, f"{sign or ''}{head}:{c}{f'.{part}' if part else ''}")
    found = _NUMBER.match(text)
    named = _NAMES.get(found.group(2)) if found else None
    if found is None or (named is None and found.group(2)):
        raise ValueError(f"{expect.published!r} is no figure that can be read")
    digits = _plain(found.group(1).replace(" ", ""), decimal, count=kind == "count")
    decimals = len(digits.partition(".")[2])
    if kind == "count":
        return Published(Form("", 0), digits)
    if kind == "share":
        per_cent = "%" in (named, unit) or (not unit and Decimal(digits) > 1)
        return Published(Form("%" if per_cent else "", decimals), digits)
    return Published(Form(next((one for one in (named, unit) if one in UNITS), "s"), decimals), digits)


def _plain(digits: str, decimal: str, *, count: bool) -> str:
    """Digits with a point, or none: thousands marks away."""
    if count or ("," in digits and "." in digits):
        last = "" if count else max(",.", key=digits.rfind)
        for mark in {",", "."} - {last}:
            digits = digits.replace(mark, "")
        digits = digits.replace(last, ".") if last else digits
    elif "," in digits:
        thousands = decimal != "," and re.fullmatch(r"-?\d{1,3}(,\d{3})+", digits)
        digits = digits.replace(",", "" if thousands else ".")
    whole, point, part = digits.partition(".")
    return f"{int(whole or '0') if whole != '-' else '-0'}{point}{part}" if not whole.startswith("-0") else digits
