"""Texts as moments: formats tried in order, a time of day beside a date, and what the clock change does to a time without offset.

A column of few different texts is read once for each of them (`by_value`). ISO 8601 and numbers are Arrow's; what it refuses is
left to pandas, which knows more ways of writing them.
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

from reports.external_table.clock import DAY_US, of_day
from reports.external_table.mapping import Scalar

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Moments = npt.NDArray[np.datetime64]  # [us]; NaT where there is none
Texts = Any  # pyarrow's strings; pandas' are taken too

MANY = 20_000  # texts
_DAY = re.compile(r"%[YymdbBjDxF]")
NAT = np.datetime64("NaT", "us")
MIDNIGHT, _EXCEL = np.datetime64(0, "us"), np.datetime64("1899-12-30", "us")
_DATES = {True: ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"), False: ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")}
_TIMES = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f", "")
_OFFSET = r"\d:\d\d.*(?:[zZ]|[+-]\d\d(?::?\d\d)?)$"
# name -> microseconds in one; a spreadsheet keeps milliseconds, the rest is the fraction's own
_EPOCHS = {"epoch_s": (1e6, 1), "epoch_ms": (1e3, 1), "epoch_us": (1.0, 1), "excel": (DAY_US, 1000)}
_FIRST, _LAST = np.datetime64("1800-01-01", "us"), np.datetime64("2200-01-01", "us")


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


def strings(texts: Texts) -> Texts:
    """Texts as Arrow has them."""
    made = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, pa.string())
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def objects(texts: Texts) -> pd.Series:
    """Texts as pandas has them."""
    return pd.Series(texts.to_numpy(zero_copy_only=False), dtype=object)


def bools(found: Any) -> Bools:
    """Arrow's answer for each text."""
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def among(texts: Texts, values: Sequence[str]) -> Bools:
    """Which texts are one of the values."""
    return bools(pc.is_in(texts, value_set=pa.array(values, pa.string())))


def parsed(texts: Texts) -> Floats:
    """Numbers with a decimal point; NaN: not readable, or not finite."""
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    try:
        read = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        read = pd.to_numeric(objects(texts), errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(read), read, np.nan)


def by_value(column: Texts, read: Callable[[Texts], Sequence[npt.NDArray[Any]]]) -> list[npt.NDArray[Any]]:
    """The arrays that `read` makes for each row of a column: of its different texts, unless nearly all are different."""
    texts = strings(column)
    if len(texts) >= MANY and len(pc.unique(texts[:MANY])) > 0.95 * MANY:  # of times of day there are 86,400
        return list(read(texts))
    coded = texts.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    return [made[codes] for made in read(coded.dictionary)]


def formats_of(given: Sequence[str], day_first: bool | None) -> tuple[str, ...]:
    """The formats to try: those given; else ISO 8601 and, when it is said which comes first, day and month with all times."""
    dates = () if day_first is None else _DATES[day_first]
    return tuple(given) or ("iso", *(date + time for date in dates for time in _TIMES))


def moments(texts: Texts, formats: Sequence[str]) -> Read:
    """Each text by the first format that fits it whole."""
    texts = strings(texts)
    wall, absolute = np.full(len(texts), NAT), np.zeros(len(texts), dtype=bool)
    left = np.flatnonzero(bools(pc.not_equal(texts, "")))
    for form in formats if len(left) else ():
        wall[left], absolute[left] = _by_format(texts if len(left) == len(texts) else texts.take(left), form)
        left = left[np.isnat(wall[left])]
    return Read(wall, absolute)


def _by_format(texts: Texts, form: str) -> Read:
    never = np.zeros(len(texts), dtype=bool)
    if form == "iso":
        return _iso(texts)
    if form in _EPOCHS:
        unit, step = _EPOCHS[form]
        numbers = parsed(pc.replace_substring_regex(texts, r"^(\d{4,}),(\d+)$", r"\1.\2"))  # a decimal comma
        sound = np.abs(numbers * unit) < 9e18 / 1000
        since = (np.round(np.where(sound, numbers, 0) * unit / step) * step).astype(np.int64)
        wall = np.where(sound, (_EXCEL if form == "excel" else MIDNIGHT) + since.astype("timedelta64[us]"), NAT)
        return Read(wall, never if form == "excel" else sound)
    read = _strptime(texts, form)
    if "%p" in form and (left := np.isnat(read)).any():
        dotted = pc.replace_substring_regex(texts.filter(left), r"([AaPp])\.\s?[Mm]\.?", r"\1M")
        read[left] = _strptime(dotted, form)
    return Read(read, ~np.isnat(read) if "%z" in form else never)


def _strptime(texts: Texts, form: str) -> Moments:
    """By a format. Of many texts days and times of day are read apart, each different one once: several times faster."""
    day, _, clock = form.partition(" ")
    if len(texts) < MANY or not clock or "%z" in form or not _DAY.search(day) or _DAY.search(clock):
        return _by_pandas(texts, form)
    halves = pc.extract_regex(texts, r"^(?P<day>[^ ]*) (?P<clock>(?s:.*))$")
    whole, read = bools(pc.is_valid(halves)), np.full(len(texts), NAT)
    if whole.any():
        days, times = (
            by_value(pc.struct_field(halves, name).drop_null(), lambda some, half=half: [_by_pandas(some, half)])[0]  # type: ignore[misc]
            for name, half in (("day", day), ("clock", clock))
        )
        read[whole] = days + (times - np.datetime64("1900-01-01", "us"))
    if (left := np.isnat(read)).any():  # more blanks than one
        read[left] = _by_pandas(texts.filter(left), form)
    return read


def _iso(texts: Texts) -> Read:
    texts = pc.replace_substring_regex(texts, r"(\d)\s*(?:UTC|GMT)$", r"\1Z")
    absolute = bools(pc.match_substring_regex(texts, _OFFSET))
    wall = np.full(len(texts), NAT)
    for part, zone in ((absolute, "UTC"), (~absolute, None)):
        if part.any():
            some = texts if part.all() else texts.filter(part)
            try:
                wall[part] = some.cast(pa.timestamp("us", zone)).to_numpy(zero_copy_only=False)
            except pa.ArrowInvalid:
                wall[part] = _by_pandas(some, "ISO8601")
    return Read(wall, absolute & ~np.isnat(wall))


def _by_pandas(texts: Texts, form: str) -> Moments:
    return _bare(pd.DatetimeIndex(pd.to_datetime(objects(texts), format=form, errors="coerce", utc=True)))


def _bare(read: pd.DatetimeIndex) -> Moments:
    """In UTC."""
    return read.tz_convert(None).to_numpy().astype("datetime64[us]")


def times_of_day(texts: Texts, formats: Sequence[str]) -> Read:
    """Each text as that time on 1 January 1970. Without formats as `of_day` reads them; `hhmm` 5 is 00:05."""
    texts = strings(texts)
    padded = max((len(form) for form in formats if form in ("hhmm", "hhmmss")), default=0)
    if formats and not padded:
        wall = moments(texts, formats).wall
        since = wall - wall.astype("datetime64[D]")
    else:
        since = np.array([of_day(text and text.rjust(padded, "0")) for text in texts.to_pylist()], dtype=np.float64)
    return Read(MIDNIGHT + since.astype("timedelta64[us]"), np.zeros(len(texts), dtype=bool))


def placed(read: Read, zone: str) -> Placed:
    """Clock readings in a zone ("": as they are) as moments in UTC. One that was skipped is that of a clock not set forward."""
    none = np.zeros(len(read.wall), dtype=bool)
    if not zone:
        return Placed(read.wall, read.wall, none, none)
    index = pd.DatetimeIndex(np.where(read.absolute, NAT, read.wall))
    first, second = (
        _bare(index.tz_localize(zone, ambiguous=np.full(len(index), summer), nonexistent=timedelta(hours=1)))
        for summer in (True, False)
    )
    known = ~np.isnat(first)
    skipped = known & (local(first, zone).to_numpy() != index.to_numpy())
    at, last = (np.where(read.absolute, read.wall, one) for one in (first, second))
    return Placed(at, last, known & (first != second), skipped)


def beyond(wall: Moments) -> Bools:
    """Which can be no time of an incident: before 1800 or after 2199."""
    return (wall < _FIRST) | (wall >= _LAST)


def local(at: Moments, zone: str) -> pd.Series:
    """What the clock on the wall showed, datetime64 without a zone."""
    index = pd.DatetimeIndex(at)
    return pd.Series(index.tz_localize("UTC").tz_convert(zone).tz_localize(None) if zone else index)


def sentinel(texts: Texts, read: Read, sentinels: Sequence[Scalar]) -> Bools:
    """Which texts stand for nothing: written so, or the same day (a sentinel without a time) or moment in another format."""
    found = among(texts, [str(one) for one in sentinels])
    for one in sentinels:
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", str(one)):
            at = _iso(pa.array([str(one)])).wall[0]
            found |= (read.wall.astype("datetime64[D]") if len(str(one)) == 10 else read.wall) == at
    return found
