"""Figures as they are printed: exact until the last step, then rounded once by a named rule."""

import re
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

from reports.external_table.mapping import Rounding

UNITS = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}
_NAMES = {
    "s": "s",
    "sec": "s",
    "secs": "s",
    "seconds": "s",
    "min": "min",
    "mins": "min",
    "minutes": "min",
    "h": "h",
    "hours": "h",
    "hour": "h",
    "minute": "min",
    "second": "s",
    **dict.fromkeys(("percent", "per cent", "pct"), "%"),
}
_CLOCK = re.compile(r"^(-)?(?:(\d+):)?(\d+):(\d{2})(?:[.,](\d+))?$")
_SPOKEN = re.compile(
    r"""^(?:(\d+)\s*(?:h|u|hr|hrs|hours?)\.?\s*)?(\d+)\s*(?:m|mn|min|mins|minutes?|'|′)\.?,?\s*(?:and\s*)?"""
    r"""(\d{1,2})\s*(?:s|sec|secs|seconds?|"|''|″)\.?$"""
)
_HOURS = re.compile(r"^(\d+)\s*(?:h|u|hr|hrs|hours?)\.?\s*(\d{1,2})\s*(?:m|mn|min|mins|minutes?)?\.?$")


class Form(NamedTuple):
    """How a figure is printed: `unit` s, min, h, mm:ss, hh:mm:ss, hh:mm (1h05), %, or "" for a bare number; and its decimals."""

    unit: str
    decimals: int


def exact(value: float) -> Fraction:
    """A float that came of microseconds: what lies beyond a thousandth of one is the float's own."""
    return Fraction(Decimal(repr(round(value, 3))))


def rounded(value: Fraction, decimals: int, rounding: Rounding) -> int:
    """value x 10^decimals as a whole number."""
    scaled = abs(value) * Fraction(10**decimals)
    if rounding == "half_even":
        whole = round(scaled)
    elif rounding == "truncate":
        whole = floor(scaled)
    elif rounding == "up":
        whole = -floor(-scaled)
    else:
        whole = floor(scaled + Fraction(1, 2))
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
    whole = rounded(us / 1_000_000, form.decimals, rounding)
    sign, scale = "-" if whole < 0 else "", 10**form.decimals
    seconds, part = divmod(abs(whole), scale)
    rest = f".{part:0{form.decimals}}" if form.decimals else ""
    if form.unit == "hh:mm:ss":
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{rest}"
    return f"{sign}{seconds // 60}:{seconds % 60:02}{rest}"


def target(limit_s: float) -> str:
    """A target as it is spoken of: 8:59, 1:30:00, 0:07.5."""
    us = exact(limit_s * 1e6)
    part = number(us / UNITS["s"] % 1, 6, "half_up").rstrip("0").partition(".")[2]
    return duration(us, Form("hh:mm:ss" if us >= UNITS["h"] else "mm:ss", len(part)), "half_up")


def share(value: Fraction, form: Form, rounding: Rounding) -> str:
    """In per cent, or bare, 0 to 1."""
    return number(value * 100 if form.unit == "%" else value, form.decimals, rounding)


class Published(NamedTuple):
    """A published figure, read: its form, and the text that the same figure is printed as."""

    form: Form
    text: str


def read(published: str, kind: str, unit: str, decimal: str) -> Published:
    """What a published figure is. `kind`: duration, share, count. Raises ValueError."""
    text = re.sub(r"\s+", " ", published.strip()).replace("−", "-").lower()
    if spoken := _SPOKEN.match(text):
        hours, minutes, seconds = spoken.groups()
        text = f"{hours}:{minutes.rjust(2, '0')}" if hours else minutes
        text += f":{seconds.rjust(2, '0')}"
    if hours_minutes := _HOURS.match(text):
        return Published(Form("hh:mm", 0), f"{int(hours_minutes.group(1))}h{hours_minutes.group(2).rjust(2, '0')}")
    text = text.replace("'", " ")
    if clock := _CLOCK.match(text):
        sign, a, b, c, part = clock.groups()
        rest = f".{part}" if part else ""
        form = Form("hh:mm:ss" if a is not None else "mm:ss", len(part or ""))
        head = f"{int(a)}:{int(b):02}" if a is not None else f"{int(b)}"
        return Published(form, f"{sign or ''}{head}:{c}{rest}")
    found = re.match(r"^(-?\.?[\d][\d., ]*)\s*([a-z%]*|per cent)\.?$", text)
    named = _NAMES.get(found.group(2), found.group(2)) if found else ""
    if found is None or (named and named != "%" and named not in UNITS):
        raise ValueError(f"{published!r} is no figure that can be read")
    digits = _plain(found.group(1).replace(" ", ""), decimal, count=kind == "count")
    decimals = len(digits.partition(".")[2])
    if kind == "share":
        per_cent = named == "%" or unit == "%" or (not unit and Decimal(digits) > 1)
        return Published(Form("%" if per_cent else "", decimals), digits)
    if kind == "count":
        return Published(Form("", 0), digits)
    return Published(Form(named if named in UNITS else unit if unit in UNITS else "s", decimals), digits)


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
