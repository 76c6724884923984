"""Tables as CSV, which opens in columns in a Belgian spreadsheet, and as Parquet, to reckon on with.

A CSV has a byte order mark, semicolons and decimal commas: what Excel takes for its own where Windows is set to Belgium.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from incidents.events import BRUSSELS
from reports.content import plain
from reports.measures.shape import Estimate, Measured, Report, Summary

# What begins a formula, at a cell's start or after what another country's spreadsheet takes for its end: in Belgium that is
# the semicolon, and quotes don't hold there. Spaces and quotes before it are taken off.
_FORMULA = re.compile(r"((?:^|[;\n|])(?:[^\S\n]|[\"'])*+)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)  # no formula; one with a plus may be that of a telephone
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_NUMBERS = ("group", "key", "interval", "statistic", "value", "unit", "low", "high", "n", "definition")


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV of cells: None is empty, a moment stands by the clock in Belgium, to the second, with its offset (ISO 8601)."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(columns)
    writer.writerows(map(_cell, row) for row in rows)
    return _encoded(made.getvalue())


def _cell(value: Any) -> Any:
    match value:
        case float():
            return str(value).replace(".", ",")
        case datetime():
            return value.astimezone(BRUSSELS).isoformat(timespec="seconds")
    return harmless(value)


def framed(frame: pd.DataFrame) -> bytes:
    """A CSV of a frame. Times in ISO 8601, by the clock of their column, with its offset. What a sheet would take for a formula
    stands behind an apostrophe."""
    made = frame.rename(columns=harmless)
    for name in made.columns:
        column = made[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            made[name] = column.dt.strftime("%Y-%m-%dT%H:%M:%S.%f%z").str.replace(_OFFSET, r"\1:\2", regex=True)
        elif column.dtype.kind == "M":
            made[name] = column.dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
        elif not pd.api.types.is_bool_dtype(column) and not pd.api.types.is_numeric_dtype(column):
            made[name] = column.astype(object).map(_cell, na_action="ignore")
    return _encoded(made.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n"))


def _encoded(text: str) -> bytes:
    return ("\ufeff" + text).encode("utf-8", "backslashreplace")


def numbered(frame: pd.DataFrame, numbers: Mapping[str, str]) -> pd.DataFrame:
    """The rows with the number that each event has in the centre's CAD (`cad`, "" without one), beside the incident's own."""
    cad = frame["incident"].map(lambda incident: numbers.get(incident, ""))
    made = frame.copy()
    made.insert(list(frame.columns).index("incident") + 1, "cad", cad.astype(str))
    return made


def in_belgium(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with their times by the clock in Belgium, for a table that people open."""
    times = [name for name in rows.columns if isinstance(rows[name].dtype, pd.DatetimeTZDtype)]
    return rows.assign(**{name: rows[name].dt.tz_convert(BRUSSELS) for name in times})


def harmless(text: Any) -> Any:
    """A cell that a spreadsheet takes for what it says, and for no formula, whatever parts its cells there. What nobody sees, or
    what turns a text's direction, stands as its code; so does half a character, which no file can hold."""
    if not isinstance(text, str) or _NUMBER.fullmatch(text):
        return text
    return _FORMULA.sub(r"\1'", plain(text))


def parquet(frame: pd.DataFrame) -> bytes:
    """The same, with types."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def numbers(report: Report) -> pd.DataFrame:
    """Every number of a report, a row each: of which part and interval, its value, 95 % interval, n and definition."""
    rows = [*_numbers("", "", report.summaries)]
    for breakdown, groups in report.groups.items():
        for group in groups:
            rows += _numbers(breakdown, group.key, group.summaries)
    return pd.DataFrame(rows, columns=list(_NUMBERS))


def _numbers(group: str, key: str, summaries: tuple[Summary, ...]) -> Iterator[tuple[Any, ...]]:
    for summary in summaries:
        for statistic, value, unit, low, high, n in _of(summary):
            yield (group, key, summary.interval, statistic, value, unit, low, high, n, summary.definition)


def _of(summary: Summary) -> Iterator[tuple[Any, ...]]:
    counts = ["selected", "counted", "missing", "negative", "open", "corrected"]
    plain = ["mean", "maximum"]
    if isinstance(summary, Measured):
        counts.append("excluded")
        plain += ["minimum", "sd"]
    for name in counts:
        yield (name, getattr(summary, name), "incidents", None, None, summary.selected)
    for name in plain:
        yield (name, getattr(summary, name), "s", None, None, summary.counted)
    estimates = {"median": summary.median, "p90": summary.p90, "p95": summary.p95, "p99": summary.p99}
    if isinstance(summary, Measured):
        estimates |= summary.percentiles
    for name, estimate in estimates.items():
        yield (name, *_estimated(estimate, "s"), summary.counted)
    for reached in summary.reached:
        limit = f"{'under' if reached.target.under else 'within'} {reached.target.limit_s:g} s"
        of = summary.shared if isinstance(summary, Measured) else summary.counted
        yield (limit, reached.within_count, "incidents", None, None, of)
        yield (f"share {limit}", *_estimated(reached.within, "0 to 1"), of)


def _estimated(estimate: Estimate, unit: str) -> tuple[Any, ...]:
    return (estimate.value, unit, estimate.low, estimate.high)
