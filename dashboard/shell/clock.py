"""Belgian wall-clock time: UTC inside, Europe/Brussels on screen and in what people type."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import date as date_of_day
from typing import overload
from zoneinfo import ZoneInfo

from reports.locale_formats import formats

BRUSSELS = ZoneInfo("Europe/Brussels")
PAPER_LASTS = timedelta(hours=12)  # from the first time on a sheet of paper to its last
_DAY = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?\s*$")
_TYPED = re.compile(r"^\s*(\d{1,2})[:.hH](\d{2})(?:[:.](\d{2}))?\s*$")


def moment(typed: str, now: datetime) -> datetime:
    """The moment in UTC a person means by a time of day: the latest one that is not in the future.

    On the night the clocks go back 02:30 comes twice; the later one that has passed is meant.
    Raises ValueError when it is no time of day, or one the clocks skipped that night.
    """
    today = now.astimezone(BRUSSELS).date()
    for day in (today, today - timedelta(days=1)):
        moments = _moments(typed, day)
        if passed := [at for at in moments if at <= now]:
            return passed[-1]
        if not moments:
            raise ValueError("the clocks skipped that time")
    raise ValueError("not a time of day")


def on_paper(day: str, typed: Sequence[str], now: datetime) -> list[datetime]:
    """The moments in UTC of times of day that followed each other on a paper, the first of them on `day`.

    `day` is dd/mm or dd/mm/yyyy, the latest that fits when the year is missing; empty: the latest day on which the first time
    has passed. A later time may be after midnight, up to twelve hours on. On the night the clocks go back the moments are
    chosen so that they follow each other, if they can; what can't is given as it stands, out of order, for the caller to refuse.
    Raises ValueError: no time of day, no day, in the future, or skipped by the clocks.
    """
    first = moment(typed[0], now) if not day.strip() else None
    date = first.astimezone(BRUSSELS).date() if first else _day(day, now)
    starts = [at for at in reversed(_moments(typed[0], date)) if at <= now]
    if not starts:
        raise ValueError("not passed yet, or skipped")
    chains = [_following(start, typed[1:], date, now) for start in starts]
    return next((chain for chain in chains if chain == sorted(chain)), chains[0])


def _following(start: datetime, typed: Sequence[str], day: date_of_day, now: datetime) -> list[datetime]:
    chain = [start]
    for text in typed:
        days = [_moments(text, one) for one in (day, day + timedelta(days=1))]
        found = [at for moments in days for at in moments]
        fits = [at for at in found if chain[-1] <= at <= start + PAPER_LASTS and at <= now]
        if not fits and [] in days:
            raise ValueError("the clocks skipped that time")
        # Nearest to what came before it: the sentence that refuses it names these two.
        chain.append(fits[0] if fits else min(found, key=lambda at: abs(at - chain[-1])))
    return chain


def _moments(typed: str, day: date_of_day) -> list[datetime]:
    """When that time of day was on a day, in UTC: twice when the clocks went back over it, never when they skipped it."""
    match = _TYPED.match(typed)
    if match is None:
        raise ValueError("not a time of day")
    hour, minute, second = (int(part or 0) for part in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("not a time of day")
    found = set()
    for fold in (0, 1):
        local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BRUSSELS, fold=fold)
        utc = local.astimezone(UTC)
        if utc.astimezone(BRUSSELS).replace(tzinfo=None) == local.replace(tzinfo=None):
            found.add(utc)
    return sorted(found)


def _day(typed: str, now: datetime) -> date_of_day:
    match = _DAY.match(typed)
    if match is None:
        raise ValueError("not a day")
    today = now.astimezone(BRUSSELS).date()
    number, month, year = (int(part or 0) for part in match.groups())
    day = date_of_day(year or today.year, month, number)
    return day.replace(year=day.year - 1) if not year and day > today else day


@overload
def milliseconds(at: datetime) -> int: ...


@overload
def milliseconds(at: datetime | None) -> int | None: ...


def milliseconds(at: datetime | None) -> int | None:
    """Milliseconds since 1970, as a page takes moments; None stays None."""
    return None if at is None else round(at.timestamp() * 1000)


def written(at: datetime | int | None, form: str = "%H:%M") -> str:
    """A moment, or milliseconds since 1970, as a document has its time of day, in Belgian time; of none nothing."""
    return "" if at is None else _local(at).strftime(form)


def dated(at: datetime | int | None, translate: Callable[[str], str], *, year: bool = True) -> str:
    """The same with its day, as the translator's language writes it: 24/11/2026 21:14, or without the year."""
    if at is None:
        return ""
    local, f = _local(at), formats(translate)
    return f"{f.day(local) if year else f.day_of_year(local)} {local:%H:%M}"


def _local(at: datetime | int) -> datetime:
    return (at if isinstance(at, datetime) else datetime.fromtimestamp(at / 1000, UTC)).astimezone(BRUSSELS)
