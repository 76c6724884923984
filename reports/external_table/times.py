"""Texts as moments: formats tried in order, a time of day beside a date, and what the clock change does to a time without offset.

Everything is done once for each different text: a column of a million dates holds a few thousand.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reports.external_table.mapping import Scalar

Bools = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.datetime64]  # [us]; NaT where there is none
Texts = pd.Series  # of str

MANY = 20_000  # texts
_DAY = re.compile(r"%[YymdbBjDxF]")
DAY_US = 86_400_000_000
NAT = np.datetime64("NaT", "us")
_DATES = {True: ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"), False: ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")}
_TIMES = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f", "")
_OFFSET = r"\d:\d\d.*(?:[zZ]|[+-]\d\d(?::?\d\d)?)$"
_OF_DAY = re.compile(
    r"^(?P<h>\d{1,2})(?:\s?[:.hH]\s?)?(?P<m>\d{2})(?:[:.mM]?(?P<s>\d{2})(?:[.,](?P<f>\d{1,6})\d*)?)?\s*(?P<p>[AaPp])?(?:\.?\s?[Mm]\.?)?$"
)
# name -> microseconds in one
_EPOCHS = {"epoch_s": 1e6, "epoch_ms": 1e3, "epoch_us": 1.0}
_FIRST, _LAST = np.datetime64("1800-01-01", "us"), np.datetime64("2200-01-01", "us")
_EXCEL = np.datetime64("1899-12-30", "us")


class Read(NamedTuple):
    """What texts say: `wall` is the clock's reading, or UTC where `absolute` (the text had an offset). NaT: not readable."""

    wall: Moments
    absolute: Bools


class Placed(NamedTuple):
    """Clock readings as moments in UTC. `second`: that of a repeated hour's second pass, elsewhere as `at`."""

    at: Moments
    second: Moments
    repeated: Bools
    skipped: Bools


def by_value(column: Texts, read: Callable[[Texts], Sequence[npt.NDArray[Any]]]) -> list[npt.NDArray[Any]]:
    """The arrays that `read` makes of the different texts of a column, for each of its rows."""
    codes, different = pd.factorize(column)
    texts = pd.Series(np.asarray(different, dtype=object), dtype=object)
    return [made[codes] for made in read(texts)]


def formats_of(given: Sequence[str], day_first: bool | None) -> tuple[str, ...]:
    """The formats to try: those given; else ISO 8601 and, when it is said which comes first, day and month with all times."""
    if given:
        return tuple(given)
    dates = () if day_first is None else _DATES[day_first]
    return ("iso", *(date + time for date in dates for time in _TIMES))


def moments(texts: Texts, formats: Sequence[str]) -> Read:
    """Each text by the first format that fits it whole."""
    wall = np.full(len(texts), NAT)
    absolute = np.zeros(len(texts), dtype=bool)
    left = np.flatnonzero(texts.ne("").to_numpy(bool))
    for form in formats:
        if not len(left):
            break
        read = _by_format(texts.iloc[left], form)
        wall[left], absolute[left] = read.wall, read.absolute
        left = left[np.isnat(read.wall)]
    return Read(wall, absolute)


def _by_format(texts: Texts, form: str) -> Read:
    never = np.zeros(len(texts), dtype=bool)
    if form == "iso":
        return _iso(texts)
    if form in _EPOCHS or form == "excel":
        pointed = texts.str.replace(r"^(\d{4,}),(\d+)$", r"\1.\2", regex=True)  # a decimal comma
        numbers = pd.to_numeric(pointed, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        unit = DAY_US if form == "excel" else _EPOCHS[form]
        step = 1000 if form == "excel" else 1  # a spreadsheet keeps milliseconds: the rest is the fraction's own
        sound = np.isfinite(numbers) & (np.abs(numbers * unit) < 9e18 / 1000)
        since = np.where(sound, np.round(np.where(sound, numbers, 0) * unit / step) * step, 0).astype(np.int64)
        wall = np.where(
            sound, (_EXCEL if form == "excel" else np.datetime64(0, "us")) + since.astype("timedelta64[us]"), NAT
        )
        return Read(wall, never if form == "excel" else sound)
    read = _strptime(texts, form)
    if "%p" in form and (left := np.isnat(read)).any():
        dotted = texts[left].str.replace(r"([AaPp])\.\s?[Mm]\.?", r"\1M", regex=True)
        read[left] = _strptime(dotted, form)
    return Read(read, ~np.isnat(read) if "%z" in form else never)


def _strptime(texts: Texts, form: str) -> Moments:
    """By a format. Of many texts days and times of day are read apart, each different one once: several times faster."""
    day, _, of_day = form.partition(" ")
    if len(texts) < MANY or not of_day or "%z" in form or not _DAY.search(day) or _DAY.search(of_day):
        return _microseconds(pd.to_datetime(texts, format=form, errors="coerce", utc="%z" in form))
    halves = pc.split_pattern(pa.array(texts, pa.string()), " ", max_splits=1)
    whole = pc.equal(pc.list_value_length(halves), 2).to_numpy(zero_copy_only=False)
    read = np.full(len(texts), NAT)
    if whole.any():
        parts = pc.filter(halves, pa.array(whole))
        days, times = (_part(pc.list_element(parts, at), half) for at, half in ((0, day), (1, of_day)))
        read[whole] = days + (times - np.datetime64("1900-01-01", "us"))
    if (left := np.isnat(read)).any():  # more blanks than one
        read[left] = _microseconds(pd.to_datetime(texts[left], format=form, errors="coerce"))
    return read


def _part(texts: pa.Array, form: str) -> Moments:
    def one(some: Texts) -> list[Moments]:
        return [_microseconds(pd.to_datetime(some, format=form, errors="coerce"))]

    return by_value(pd.Series(pd.array(texts, dtype=pd.ArrowDtype(pa.string()))), one)[0]


def _iso(texts: Texts) -> Read:
    texts = texts.str.replace(r"(?<=\d)\s*(?:UTC|GMT)$", "Z", regex=True)
    absolute = texts.str.contains(_OFFSET, regex=True).to_numpy(bool)
    wall = np.full(len(texts), NAT)
    for part, utc in ((absolute, True), (~absolute, False)):
        if part.any():
            wall[part] = _microseconds(pd.to_datetime(texts[part], format="ISO8601", errors="coerce", utc=utc))
    return Read(wall, absolute & ~np.isnat(wall))


def _microseconds(read: pd.Series) -> Moments:
    if isinstance(read.dtype, pd.DatetimeTZDtype):
        read = read.dt.tz_convert(None)
    if read.dtype.kind != "M":  # nothing could be read at all
        return np.full(len(read), NAT)
    return read.to_numpy().astype("datetime64[us]")


def times_of_day(texts: Texts, formats: Sequence[str]) -> npt.NDArray[np.float64]:
    """Microseconds since midnight; NaN: not readable. Without formats: 14:23:05.5, 14h23, 1423, 2:23 PM; 24:00 is the day's end.

    A date before the time (spreadsheets write 1899-12-30) is passed over.
    """
    if padded := [len(form) for form in formats if form in ("hhmm", "hhmmss")]:
        return times_of_day(texts.where(texts.eq(""), texts.str.zfill(padded[0])), ())  # 5 is 00:05
    if formats:
        wall = moments(texts, formats).wall
        since = (wall - wall.astype("datetime64[D]")).astype(np.float64)
        return np.where(np.isnat(wall), np.nan, since)
    bare = texts.str.replace(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]\s*", "", regex=True)
    parts = bare.str.extract(_OF_DAY)
    hour, minute, second = (pd.to_numeric(parts[name]).to_numpy(np.float64, na_value=np.nan) for name in "hms")
    half = parts["p"].str.upper().fillna("").to_numpy(object)
    micro = pd.to_numeric(parts["f"].str.ljust(6, "0")).to_numpy(np.float64, na_value=np.nan)
    second, micro = np.nan_to_num(second), np.nan_to_num(micro)
    twelve = half != ""
    sound = (minute < 60) & (second < 60) & np.where(twelve, (hour >= 1) & (hour <= 12), hour <= 24)
    hour = np.where(twelve, hour % 12 + np.where(half == "P", 12, 0), hour)
    total = ((hour * 60 + minute) * 60 + second) * 1e6 + micro
    return np.where(sound & (total <= DAY_US), total, np.nan)


def placed(read: Read, zone: str) -> Placed:
    """Clock readings in a zone ("": as they are) as moments in UTC. One that was skipped is that of a clock not set forward."""
    none = np.zeros(len(read.wall), dtype=bool)
    if not zone:
        return Placed(read.wall, read.wall, none, none)
    index = pd.DatetimeIndex(np.where(read.absolute, NAT, read.wall))
    one, two = (
        _microseconds(
            pd.Series(
                index.tz_localize(
                    zone, ambiguous=np.full(len(index), summer), nonexistent=timedelta(hours=1)
                ).tz_convert("UTC")
            )
        )
        for summer in (True, False)
    )
    known = ~np.isnat(one)
    back = _microseconds(pd.Series(pd.DatetimeIndex(one, tz="UTC").tz_convert(zone).tz_localize(None)))
    at = np.where(read.absolute, read.wall, one)
    return Placed(
        at,
        np.where(read.absolute, read.wall, two),
        known & (one != two),
        known & (back != index.to_numpy().astype("datetime64[us]")),
    )


def beyond(wall: Moments) -> Bools:
    """Which can be no time of an incident: before 1800 or after 2199."""
    return (wall < _FIRST) | (wall >= _LAST)


def local(at: Moments, zone: str) -> pd.Series:
    """What the clock on the wall showed, datetime64 without a zone."""
    series = pd.Series(pd.DatetimeIndex(at, tz="UTC"))
    return series.dt.tz_convert(zone).dt.tz_localize(None) if zone else series.dt.tz_localize(None)


def sentinel(texts: Texts, read: Read, sentinels: Sequence[Scalar]) -> Bools:
    """Which texts stand for nothing: written so, or the same day (a sentinel without a time) or moment in another format."""
    found = texts.isin([str(one) for one in sentinels]).to_numpy(bool, copy=True)
    for one in sentinels:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d.*", str(one)):
            continue
        at = _iso(pd.Series([str(one)], dtype=object)).wall[0]
        if np.isnat(at):
            continue
        found |= (read.wall.astype("datetime64[D]") if len(str(one)) == 10 else read.wall) == at
    return found
