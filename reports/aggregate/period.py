"""The period of an export: whole Belgian calendar months that are over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from incidents.events import BRUSSELS


class PeriodError(ValueError):
    """A period that cannot be exported; the message says why."""


class Period(msgspec.Struct, frozen=True):
    """From the first to the last month, both included, each as "2026-01"."""

    first: str
    last: str

    @property
    def months(self) -> tuple[str, ...]:
        """Each of them, in order."""
        start, end = _number(self.first), _number(self.last)
        return tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in range(start, end + 1))

    @property
    def quarters(self) -> tuple[str, ...]:
        """The quarters that lie in it as a whole, as "2026-Q1"; none where that would be the period itself."""
        months = set(self.months)
        found = [
            f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
            for month in self.months
            if int(month[5:]) % 3 == 1 and {_later(month, 1), _later(month, 2)} <= months
        ]
        return tuple(found) if len(months) > 3 else ()

    def overlaps(self, other: Period) -> bool:
        """Whether they share a month."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def period_of(since: str, until: str, now: datetime) -> Period:
    """The months from `since` to `until`, as "2026-01" or as a month's first or last day; without either the last whole year.

    Raises PeriodError when a day cuts a month in two, the months run backwards, or the last one is not over.
    """
    today = now.astimezone(BRUSSELS).date()
    if not since and not until:
        return Period(f"{today.year - 1}-01", f"{today.year - 1}-12")
    if not since or not until:
        raise PeriodError("give --since and --until together: an export is of whole months")
    period = Period(_month(since, first=True), _month(until, first=False))
    if period.first > period.last:
        raise PeriodError(f"{since} is after {until}")
    if period.last >= f"{today.year:04}-{today.month:02}":
        raise PeriodError(f"{period.last} is not over: what is added to it later could be told from a second export")
    return period


def _month(text: str, *, first: bool) -> str:
    try:
        day = date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        raise PeriodError(f"{text} is no month (2026-01) and no day (2026-01-31)") from None
    month = f"{day.year:04}-{day.month:02}"
    if len(text) != 7 and not (day.day == 1 if first else (day + timedelta(days=1)).day == 1):
        raise PeriodError(f"{text} cuts a month in two: an export is of whole months")
    return month


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _later(month: str, by: int) -> str:
    n = _number(month) + by
    return f"{n // 12:04}-{n % 12 + 1:02}"
