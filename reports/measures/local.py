"""Belgian days, hours and shifts of a column of moments.

On the last Sunday of March a day has 23 hours, on that of October 25: its hour from 02:00 comes twice. Moments are UTC inside,
so no duration is touched; only what a moment is called can be the same for two, and `repeated` says which those are.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.events import BRUSSELS

HOUR_MS = 3_600_000
_DAY = timedelta(days=1)


def belgian(moments: pd.Series) -> pd.Series:
    """What the clock on the wall showed at each moment, as datetime64[ms] without a zone. NaT stays NaT."""
    local: pd.Series = moments.dt.tz_convert(BRUSSELS).dt.tz_localize(None)
    return local


def milliseconds(moments: pd.Series) -> npt.NDArray[np.int64]:
    """Milliseconds since 1970; NaT is the smallest integer there is. To be read only: a column in milliseconds is not copied."""
    column = moments if moments.dt.unit == "ms" else moments.dt.as_unit("ms")
    at: npt.NDArray[np.int64] = np.asarray(column.array.view("i8"))
    return at


def repeated(moments: pd.Series) -> npt.NDArray[np.int8]:
    """For each moment 1 or 2 when it lies in the first or second pass of the hour that comes twice, otherwise 0."""
    found = np.zeros(len(moments), dtype=np.int8)
    first, last = moments.min(), moments.max()
    if pd.isna(first):
        return found
    at = milliseconds(moments)
    for year in range(first.year, last.year + 1):
        for turn in _set_back(year):
            inside = np.flatnonzero((at >= turn - HOUR_MS) & (at < turn + HOUR_MS))
            found[inside] = np.where(at[inside] < turn, 1, 2)
    return found


def to_the_minute(moment: datetime) -> str:
    """What the clock of a moment's zone showed, "2026-10-25 02:10"; where it showed that twice, with its offset, "+01:00"."""
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return moment.strftime("%Y-%m-%d %H:%M") + (moment.isoformat()[-6:] if twice else "")


def busiest_hour(at: npt.NDArray[np.datetime64], zone: tzinfo | None) -> tuple[str, int]:
    """The hour of a zone's clock with the most of some moments (UTC), the first of equals, and how many; "" and 0 without any.

    An hour that comes twice is two. Without a zone the moments are what a clock showed.
    """
    if not len(at):
        return "", 0
    quarters, counts = np.unique(at.astype("datetime64[m]").view(np.int64) // 15, return_counts=True)
    utc = (quarters * 900).view("datetime64[s]")
    shown = pd.DatetimeIndex(utc, tz=UTC).tz_convert(zone or UTC).tz_localize(None)
    begins, of = np.unique(utc - (shown - shown.floor("h")).to_numpy(), return_inverse=True)
    hours = np.bincount(of, weights=counts)
    most = int(hours.argmax())
    begin = datetime.fromtimestamp(int(begins[most].astype("datetime64[s]").view(np.int64)), zone or UTC)
    return to_the_minute(begin), int(hours[most])


@cache
def _set_back(year: int) -> tuple[int, ...]:
    """When the clocks are set back in a year, in milliseconds since 1970."""
    hour = timedelta(hours=1)
    turns = []
    at, end = datetime(year, 1, 2, tzinfo=UTC), datetime(year, 12, 30, tzinfo=UTC)
    while at < end:
        if _offset(at + _DAY) < _offset(at):
            turn = at
            while _offset(turn + hour) >= _offset(turn):
                turn += hour
            turns.append(round((turn + hour).timestamp()) * 1000)
        at += _DAY
    return tuple(turns)


def _offset(moment: datetime) -> timedelta:
    offset = moment.astimezone(BRUSSELS).utcoffset()
    assert offset is not None
    return offset


def shift_begins(starts: tuple[str, ...], first: date, last: date) -> Iterator[tuple[datetime, str]]:
    """When the shifts of these Belgian days begin (UTC), in order, each with its start as written in `starts`.

    The rule of `shifts.shift_at`: a start that comes twice is the first; one that is skipped moves by that hour.
    """
    day = first
    while day <= last:
        yield from _begins(starts, day)
        day += _DAY


@cache
def _begins(starts: tuple[str, ...], day: date) -> tuple[tuple[datetime, str], ...]:
    begin = {
        datetime.combine(day, time.fromisoformat(start), BRUSSELS).astimezone(UTC): start for start in sorted(starts)
    }
    return tuple(sorted(begin.items()))


def shift_of(moment: datetime, starts: tuple[str, ...]) -> str:
    """The start of the shift in which a moment lies, as "07:00"; "" without shifts."""
    if not starts:
        return ""
    day = moment.astimezone(BRUSSELS).date()
    begins = sorted(shift_begins(starts, day - _DAY, day))
    return begins[bisect_right([at for at, _ in begins], moment) - 1][1]
