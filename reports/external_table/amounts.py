"""Texts as durations and numbers: seconds, minutes, `mm:ss`, decimal commas, thousands. Inside, durations are microseconds.

Microseconds are whole numbers (a float64 holds 285 years of them), so that a mean is exact before it is rounded.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from reports.external_table.mapping import File, Length, Mapping, RowRounding, Scalar
from reports.external_table.times import Bools, Floats, Texts, among, bools, extracted, micro, objects, parsed, strings

LONGEST_US = 1e16  # 317 years: no duration of an incident
_ONE = {"ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6}
_CLOCK = r"^(?P<sign>[-−])?(?:(?P<a>\d+):)?(?P<b>\d+):(?P<c>\d{1,2})(?:[.,](?P<f>\d{1,6})\d*)?$"
# 1h05 and 1 h 05 min; 5m23s, 5 min 23 s, 5'23": as the clock would write them
_HOURS = r"^(\d+)\s?[hHuU]\s?(\d{2})(?:\s?(?:m|min|mn))?\.?$"
_MINUTES = r"""^(\d+)\s?(?:m|mn|min|'|′)\.?\s?(\d{1,2})\s?(?:s|sec|"|''|″)?\.?$"""


def numbers(texts: Texts, file: File) -> Floats:
    """Numbers as the file writes them; NaN: not readable."""
    bare = pc.replace_substring(strings(texts), "−", "-")
    if file.thousands:
        bare = pc.replace_substring(bare, file.thousands, "")
    if file.decimal == ",":
        bare = pc.if_else(pc.match_substring(bare, "."), "", pc.replace_substring(bare, ",", "."))
    return parsed(bare)


def durations(texts: Texts, unit: str, file: File) -> Floats:
    """Microseconds; NaN: not readable, or longer than any life.

    `mm:ss` also takes h:mm:ss, minutes beyond 59, 5m23s; `iso` PT5M23S and 0 days 00:05:23.
    """
    took = _durations(strings(texts), unit, file)
    return np.where(np.abs(took) <= LONGEST_US, took, np.nan)


def _durations(texts: Texts, unit: str, file: File) -> Floats:
    if unit == "d":  # as a spreadsheet keeps it: whole milliseconds, what lies beyond is the fraction's own
        return np.round(numbers(texts, file) * 86_400_000) * 1000
    if unit in _ONE:
        return np.round(numbers(texts, file) * _ONE[unit])
    if unit == "iso":
        plain = bools(pc.match_substring_regex(texts, "[A-Za-z]"))  # a bare number says no unit
        read = pd.to_timedelta(objects(texts).where(plain), errors="coerce").to_numpy().astype("timedelta64[us]")
        return np.where(np.isnat(read), np.nan, read.astype(np.float64))
    part = extracted(pc.replace_substring_regex(texts, _HOURS if unit == "hh:mm" else _MINUTES, r"\1:\2"), _CLOCK)
    a, b, c = (parsed(part(name)) for name in "abc")
    if unit == "hh:mm":
        sound, total = np.isnan(a) & (c < 60), (b * 60 + c) * 60e6
    else:
        sound = (c < 60) & (np.isnan(a) & (unit == "mm:ss") | (b < 60) & ~np.isnan(a))
        total = (np.nan_to_num(a) * 3600 + b * 60 + c) * 1e6 + micro(part("f"))
    negative = bools(pc.not_equal(pc.fill_null(part("sign"), ""), ""))
    return np.where(sound, np.where(negative, -total, total), np.nan)


def sentinel(texts: Texts, file: File, sentinels: Sequence[Scalar]) -> Bools:
    """Which texts stand for nothing: written so, or the same number."""
    plain = [float(one) for one in sentinels if re.fullmatch(r"-?\d+(\.\d+)?", str(one))]
    found = among(texts, [str(one) for one in sentinels])
    return found | np.isin(numbers(texts, file), plain) if plain else found


def length_us(length: Length) -> float:
    """A length of a mapping (seconds, "mm:ss", "hh:mm:ss") in microseconds. Raises ValueError."""
    value = np.nan
    if isinstance(length, str):
        value = durations([length.strip()], "mm:ss" if ":" in length else "s", File())[0]
    elif np.isfinite(length):
        value = round(float(length) * 1e6)
    if np.isnan(value):
        raise ValueError(f"{length!r} is no number of seconds, mm:ss or hh:mm:ss")
    return float(value)


def check_lengths(mapping: Mapping) -> None:
    """Raises MappingError for a length that is none."""
    given: list[tuple[tuple[str, ...], Length | None]] = [(("time", "rollover_within"), mapping.time.rollover_within)]
    for name, span in mapping.intervals.items():
        given += [(("intervals", name, key), getattr(span, key)) for key in ("target", "longest", "shortest")]
        given += [(("intervals", name, "targets"), one) for one in span.targets]
    given += [(("expect", str(at), "target"), one.target) for at, one in enumerate(mapping.expect)]
    for where, length in given:
        try:
            length_us(0 if length is None else length)
        except ValueError as error:
            raise mapping.fail(f"{where[-1]}: {error}", *where) from None


def rounded(took: Floats, how: RowRounding) -> Floats:
    """Each row's duration as a table that rounds them would hold it. `datediff_*` needs both ends: see `prepare`."""
    if how in ("none", "datediff_min", "datediff_s"):
        return took
    unit = 60e6 if how.endswith("min") else 1e6
    return (np.trunc(took / unit) if how.startswith("truncate") else np.floor(took / unit + 0.5)) * unit
