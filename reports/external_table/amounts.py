"""Columns of durations and numbers: seconds, minutes, clocks, decimal commas, thousands. Inside, durations are microseconds.

Microseconds are whole numbers (a float64 holds 285 years of them), so that a mean is exact before it is rounded.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from reports.external_table.clock import LONGEST_US, duration
from reports.external_table.mapping import File, RowRounding, Scalar
from reports.external_table.times import Bools, Floats, Texts, among, bools, objects, parsed, strings

_ONE = {"ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6}


def numbers(texts: Texts, file: File) -> Floats:
    """Numbers as the file writes them; NaN: not readable."""
    bare = pc.replace_substring(strings(texts), "−", "-")
    if file.thousands:
        bare = pc.replace_substring(bare, file.thousands, "")
    if file.decimal == ",":
        bare = pc.if_else(pc.match_substring(bare, "."), "", pc.replace_substring(bare, ",", "."))
    return parsed(bare)


def durations(texts: Texts, unit: str, file: File) -> Floats:
    """Microseconds; NaN: not readable, or longer than any life. `iso` is PT5M23S and 0 days 00:05:23."""
    texts = strings(texts)
    if unit == "d":  # as a spreadsheet keeps it: whole milliseconds, what lies beyond is the fraction's own
        took = np.round(numbers(texts, file) * 86_400_000) * 1000
    elif unit in _ONE:
        took = np.round(numbers(texts, file) * _ONE[unit])
    elif unit == "iso":
        plain = bools(pc.match_substring_regex(texts, "[A-Za-z]"))  # a bare number says no unit
        read = pd.to_timedelta(objects(texts).where(plain), errors="coerce").to_numpy().astype("timedelta64[us]")
        took = np.where(np.isnat(read), np.nan, read.astype(np.float64))
    else:
        took = np.array([duration(text, unit) for text in texts.to_pylist()], dtype=np.float64)
    return np.where(np.abs(took) <= LONGEST_US, took, np.nan)


def sentinel(texts: Texts, file: File, sentinels: Sequence[Scalar]) -> Bools:
    """Which texts stand for nothing: written so, or the same number."""
    plain = [float(one) for one in sentinels if re.fullmatch(r"-?\d+(\.\d+)?", str(one))]
    found = among(texts, [str(one) for one in sentinels])
    return found | np.isin(numbers(texts, file), plain) if plain else found


def rounded(took: Floats, how: RowRounding) -> Floats:
    """Each row's duration as a table that rounds them would hold it. `datediff_*` needs both ends: see `figures`."""
    if how in ("none", "datediff_min", "datediff_s"):
        return took
    unit = 60e6 if how.endswith("min") else 1e6
    return (np.trunc(took / unit) if how.startswith("truncate") else np.floor(took / unit + 0.5)) * unit
