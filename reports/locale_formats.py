"""Figures, days and moments as the reader's language writes them: CLDR's marks (through Babel), the glossary's style.

A figure is rounded once, half away from zero. What runs (an age, a clock) is cut, not rounded: it shows a second when that has
passed. `dashboard/shell/rounding.js` writes the same texts; a test compares the two. Times of day are 21:14 in every language.
Files for machines (CSV, Parquet, JSON) do not pass here: they keep a point and ISO 8601.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from math import floor
from typing import Final

from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from incidents.events import BRUSSELS
from reports.catalogue import WRITTEN, language_of

NONE: Final = "–"
FIRM: Final = "\u00a0"  # a figure and its unit are never broken over two lines
_WITH_UNIT: Final = re.compile(r"(?<=\d) (?=(?:m|km|s|min|h)\b)|(?<=±) ")
# CLDR's short form has two digits of the year, and drops zeros; a paper has neither.
_DAYS: Final = {"de": ("%d.%m.", "%Y")}


def firm(text: str) -> str:
    """A text for paper: no figure in it stands on another line than its unit."""
    return _WITH_UNIT.sub(FIRM, text)


def rounded(value: float, decimals: int = 0) -> float:
    """To so many decimals, half away from zero."""
    scale = 10.0**decimals
    whole = floor(abs(value) * scale + 0.5)
    return (-whole if value < 0 else whole) / scale


class Formats:
    """What is written in one language; get it by `formats`."""

    def __init__(self, language: str) -> None:
        self._locale = f"{language}_BE" if language in WRITTEN else "en_GB"
        self.decimal: str = get_decimal_symbol(self._locale)
        self.group: str = get_group_symbol(self._locale)
        self._day, self._year = _DAYS.get(language, ("%d/%m", "/%Y"))

    def count(self, n: int) -> str:
        """A whole number with its thousands parted: 1,512; 1 512; 1.512."""
        return f"{n:,}".replace(",", self.group)

    def decimals(self, value: float, places: int) -> str:
        """With so many decimals: 6.25; −0.4 with its minus sign."""
        whole = floor(abs(value) * 10**places + 0.5)
        sign = "−" if value < 0 and whole else ""
        return f"{sign}{whole // 10**places}{self.decimal}{whole % 10**places:0{places}}"

    def exact(self, value: float) -> str:
        """Without decimals that say nothing: 18, 7.5."""
        return self.marked(f"{value:g}")

    def marked(self, digits: str) -> str:
        """Digits with a point, as they are, with the language's mark in its place."""
        return digits.replace(".", self.decimal)

    def tenths(self, value: float) -> str:
        """With one decimal: 6.3; −0.4."""
        return self.decimals(value, 1)

    def lasted(self, seconds: float | None) -> str:
        """A duration: 6.3 s under a minute, 8:41, 1:02:05; – for None."""
        if seconds is None:
            return NONE
        sign, took = "−" if seconds < 0 else "", abs(seconds)
        if floor(took * 10 + 0.5) < 600:
            return f"{self.tenths(seconds)}{FIRM}s"
        whole = floor(took + 0.5)
        hours, minutes = whole // 3600, whole // 60 % 60
        return f"{sign}{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{sign}{minutes}:{whole % 60:02}"

    def limit(self, seconds: float) -> str:
        """A limit, without an empty decimal: 10 s, 7.5 s, 8:59."""
        return self.bare(self.lasted(seconds))

    def bare(self, figure: str) -> str:
        """A figure with its unit, without an empty decimal: 90 % for 90.0 %."""
        return figure.replace(f"{self.decimal}0{FIRM}", FIRM)

    def percent(self, share: float | None) -> str:
        """A share of 0 to 1: 82.6 %; – for None."""
        return NONE if share is None else f"{self.tenths(share * 100)}{FIRM}%"

    def day(self, day: date) -> str:
        """24/11/2026; 24.11.2026 in German."""
        return day.strftime(self._day + self._year)

    def day_of_year(self, day: date) -> str:
        """24/11; 24.11. in German."""
        return day.strftime(self._day)

    def language(self, code: str) -> str:
        """The name of a language by its code (ISO 639); of one that nobody has named, the code."""
        return str(Locale.parse(self._locale).languages.get(code, code))

    def weekday(self, number: int) -> str:
        """The name of a day of the week, Monday as 0."""
        return str(get_day_names("wide", "stand-alone", self._locale)[number])

    def month(self, number: int) -> str:
        """The name of a month, January as 1."""
        return str(get_month_names("wide", "stand-alone", self._locale)[number])

    def hour(self, named: str) -> str:
        """An hour as a report names it, "2026-10-25 02:00+01:00": 25/10/2026 02:00+01:00."""
        day, hour = named.split(" ")
        return f"{self.day(date.fromisoformat(day))} {hour}"

    def moment(self, at: datetime) -> str:
        """To the second by its own clock, with its offset where it has one."""
        return f"{self.day(at)} {at:%H:%M:%S}" + (f" {at.isoformat()[-6:]}" if at.tzinfo else "")

    def stamp(self, at: datetime) -> str:
        """To the second by Belgian time, with its offset: the hour that comes twice is clear. 24/11/2026 21:14:07 +01:00."""
        return self.moment(at.astimezone(BRUSSELS))


formats_of = cache(Formats)  # of a language by its code


def formats(_: Callable[[str], str]) -> Formats:
    """How the translator's language writes; of a bare function as English does."""
    return formats_of(language_of(_))
