"""From the file's text to incidents: filters, times, duplicates, units, classes and exclusions, each with what it left out.

In this order: filters on columns, times and durations, the other filters, duplicates, units made into incidents, classes,
exclusions. Nothing leaves without being counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reports.external_table import amounts, conditions, times
from reports.external_table.findings import FIRST, Findings
from reports.external_table.mapping import Mapping, MappingError, Moment, Span, columns_of, shown_in, spans, zone_of
from reports.external_table.table import ROW, TableError

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_MIDNIGHT = np.datetime64(0, "us")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule did: rows before and after."""

    what: str
    before: int
    after: int


@dataclass
class Prepared:
    """Incidents: `text` (with `row`), their times and durations, and which of them a class or an exclusion leaves out."""

    mapping: Mapping
    text: pd.DataFrame
    at: dict[str, times.Moments]
    took: dict[str, Floats]  # microseconds, NaN where missing, negative where the end comes first
    out: dict[str, Bools] = field(default_factory=dict)  # exclusion -> its rows, also those of an earlier one
    steps: list[Step] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    grouped: dict[str, Any] = field(default_factory=dict)  # what `groups.parts` made
    kinds: dict[str, set[str]] = field(default_factory=dict)  # time -> moment, or clock: what a clock shows
    # time -> where it lies in a repeated hour, and the moment of that hour's second pass
    seconds: dict[str, tuple[Bools, times.Moments]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def spans(self) -> dict[str, Span]:
        return spans(self.mapping)

    def wall(self, time: str) -> pd.Series:
        """What the clock showed."""
        return times.local(self.at[time], shown_in(self.mapping, time))

    def rows(self) -> conditions.Rows:
        return conditions.Rows(lambda column: self.text[column], self.wall, lambda interval: self.took[interval])

    def keep(self, mask: Bools) -> None:
        """Only these rows stay."""
        self.text = self.text[mask].reset_index(drop=True)
        self.at = {name: at[mask] for name, at in self.at.items()}
        self.took = {name: took[mask] for name, took in self.took.items()}


def prepare(raw: pd.DataFrame, mapping: Mapping, files: tuple[str, ...] = ()) -> Prepared:
    """The incidents of a table that `table.read` read; `files`: the names of several. Raises MappingError, TableError."""
    conditions.check(mapping)
    made = Prepared(mapping, raw, {}, {}, findings=Findings(files))
    findings = made.findings
    _filter(made, early=True)
    if len(made):
        for name in mapping.columns:
            _read_time(made, name)
        _order(made)
        _same_kind(made)
    else:
        made.at = {name: np.array([], dtype="datetime64[us]") for name in mapping.columns}
    for name, span in made.spans.items():
        if span.column:
            made.took[name] = _read_duration(made, name, span)
    for name, span in made.spans.items():
        if span.start:
            made.took[name] = _between(made.at[span.start], made.at[span.end])
    for name, span in made.spans.items():
        if span.sum:
            made.took[name] = np.sum([made.took[one] for one in span.sum], axis=0)
    _filter(made, early=False)
    if mapping.duplicates:
        _duplicates(made, mapping.duplicates.key, mapping.duplicates.keep)
    if mapping.units:
        _units(made, mapping.units.key)
    if mapping.classes:
        known = mapping.classes.values
        other = mapping.classes.other
        of = times.by_value(
            made.text[mapping.classes.column],
            lambda texts: [np.array([known.get(text, other) for text in texts.to_pylist()], dtype=object)],
        )[0]
        made.text = made.text.assign(**{"\0class": of})
        for one in mapping.classes.exclude:
            made.out[f"class {one}"] = of == one
    for condition in mapping.exclusions:
        made.out[conditions.said(condition)] = conditions.holds(condition, made.rows(), mapping)
    for name, mask in made.out.items():
        findings.add("excluded", name, "left out", made.text[ROW].to_numpy()[mask])
    return made


def _filter(made: Prepared, *, early: bool) -> None:
    for condition in made.mapping.filters:
        parts = condition.any or (condition,)
        if all(part.column for part in parts) != early:
            continue
        before = len(made)
        mask = conditions.holds(condition, made.rows(), made.mapping)
        if not mask.all():
            made.keep(mask)
        made.steps.append(Step(what=f"only {conditions.described(condition)}", before=before, after=len(made)))


def _read_time(made: Prepared, name: str) -> None:
    """Into `made.at[name]`; the time it comes after first."""
    moment = made.mapping.columns[name]
    if name in made.at:
        return
    if moment.after:
        _read_time(made, moment.after)
    zone = zone_of(made.mapping, name)
    try:
        read = _clock_reading(made, name, moment)
    except MappingError:
        raise
    except ValueError as error:  # a format that is none
        raise made.mapping.fail(f"{name}: {error}", "columns", name) from None
    placed = times.placed(read, zone)
    at = placed.at.copy()
    known, moments = ~np.isnat(at), read.absolute | bool(zone)
    made.kinds[name] = {one for one, some in (("moment", moments), ("clock", ~moments)) if (some & known).any()}
    findings, numbers, clock = made.findings, made.text[ROW].to_numpy(), made.mapping.time
    said = times.local(read.wall, "")
    if placed.skipped.any():
        if clock.skipped == "missing":
            at[placed.skipped] = times.NAT
        done = "taken as missing" if clock.skipped == "missing" else "read by a clock that was not set forward"
        findings.add("skipped_hour", name, done, numbers[placed.skipped], said[placed.skipped])
    if placed.repeated.any():
        if clock.repeated == "missing":
            at[placed.repeated] = times.NAT
        elif clock.repeated == "second":
            at = np.where(placed.repeated, placed.second, at)
        elif clock.repeated == "order":
            made.seconds[name] = (placed.repeated, placed.second)
        done = {
            "missing": "taken as missing",
            "second": "taken as the second of the two",
            "first": "taken as the first of the two",
            "order": "taken as the first of the two, or the second where it would come before the time before it",
        }[clock.repeated]
        findings.add("repeated_hour", name, done, numbers[placed.repeated], said[placed.repeated])
    rolls = clock.rollover if moment.rollover is None else moment.rollover
    if moment.after and rolls:
        start = made.at[moment.after]
        later = times.placed(times.Read(read.wall + np.timedelta64(times.DAY_US, "us"), read.absolute), zone).at
        within = np.timedelta64(int(amounts.length_us(clock.rollover_within)), "us")
        over = (at < start) & (later - start <= within)
        at = np.where(over, later, at)
        findings.add("rollover", name, f"past midnight: the day after {moment.after}", numbers[over], said[over])
    made.at[name] = at


def _clock_reading(made: Prepared, name: str, moment: Moment) -> times.Read:
    clock = made.mapping.time
    day_first = clock.day_first if moment.day_first is None else moment.day_first
    formats = times.formats_of(moment.formats or clock.formats, day_first)

    def of(given: str | tuple[str, ...], read: Callable[[times.Texts], times.Read]) -> times.Read:
        def one(texts: times.Texts) -> tuple[times.Moments, Bools, Bools]:
            found = read(texts)
            stands = times.sentinel(texts, found, moment.sentinels)
            return np.where(times.beyond(found.wall), times.NAT, found.wall), stands, found.absolute

        wall, absolute = _cells(made, name, given, one, "columns", ", such as {}: give `formats`, or `day_first`")
        return times.Read(wall, absolute)

    def of_day(texts: times.Texts) -> times.Read:
        since = times.times_of_day(texts, moment.time_formats)
        wall = np.where(np.isnan(since), times.NAT, _MIDNIGHT + np.nan_to_num(since).astype("timedelta64[us]"))
        return times.Read(wall, np.zeros(len(since), dtype=bool))

    if moment.column:
        return of(moment.column, lambda texts: times.moments(texts, formats))
    if moment.date:
        days = of(moment.date, lambda texts: times.moments(texts, formats)).wall.astype("datetime64[D]")
    elif moment.after:
        days = made.wall(moment.after).to_numpy().astype("datetime64[D]")
    else:
        days = np.full(len(made), np.datetime64("2000-01-01"))  # a day that is not known: none is told
    wall: times.Moments = days.astype("datetime64[us]")
    if moment.time:
        wall = wall + (of(moment.time, of_day).wall - _MIDNIGHT)
    return times.Read(wall, np.zeros(len(days), dtype=bool))


def _cells(
    made: Prepared,
    name: str,
    given: str | tuple[str, ...],
    read: Callable[[times.Texts], tuple[npt.NDArray[Any], Bools, Bools]],
    section: str,
    hint: str,
) -> tuple[npt.NDArray[Any], Bools]:
    """What a column's texts say, by `read` (values, sentinels, more): sentinels and what can't be read are missing and listed."""
    nothing, columns = ["", *made.mapping.file.empty], columns_of(given)
    texts = times.strings(made.text[columns[0]])
    for other in columns[1:]:
        texts = pc.utf8_trim_whitespace(pc.binary_join_element_wise(texts, times.strings(made.text[other]), " "))

    def one(some: times.Texts) -> list[npt.NDArray[Any]]:
        empty = times.among(some, nothing)
        values, stands, more = read(pc.if_else(pa.array(empty), "", some) if empty.any() else some)
        stands = stands & ~empty
        if stands.any() or empty.any():
            values = values.copy()
            values[stands | empty] = "NaT" if values.dtype.kind == "M" else np.nan
        return [values, more, stands, pd.isna(values) & ~empty & ~stands]

    values, more, stands, bad = times.by_value(texts, one)
    rows, column = made.text[ROW].to_numpy(), " ".join(columns)
    for kind, some in (("sentinel", stands), ("unreadable", bad)):
        says = texts.filter(pa.array(some))[:FIRST].to_pylist() if some.any() else ()
        made.findings.add(kind, f"{name} ({column})", "taken as missing", rows[some], says)  # type: ignore[arg-type]
    if bad.any() and pd.isna(values).all():
        first = texts.filter(pa.array(bad))[0].as_py()[:60]
        raise made.mapping.fail(f"{name}: no value of {column!r} can be read{hint.format(repr(first))}", section, name)
    return values, more


def _same_kind(made: Prepared) -> None:
    """A moment and a clock's reading can't be subtracted."""
    for span in made.spans.values():
        if span.start and len(made.kinds[span.start] | made.kinds[span.end]) > 1:
            raise made.mapping.fail(
                f"of {span.start} and {span.end} some are moments (an offset, an epoch), others a clock's reading:"
                " say in [time] zone what clock that is",
                "columns",
                span.end,
            )


def _order(made: Prepared) -> None:
    """Of a repeated hour the second pass, where the first would come before the time that stands before it in [columns]."""
    if not made.seconds:
        return
    before = np.full(len(made), times.NAT)
    for name in made.mapping.columns:
        at = made.at[name]
        if name in made.seconds:
            repeated, second = made.seconds[name]
            at = made.at[name] = np.where(repeated & (at < before), second, at)
        if "clock" not in made.kinds[name]:  # what a clock shows is no moment
            before = np.where(np.isnat(at), before, at)


def _read_duration(made: Prepared, name: str, span: Span) -> Floats:
    file = made.mapping.file

    def one(texts: times.Texts) -> tuple[Floats, Bools, Bools]:
        stands = amounts.sentinel(texts, file, span.sentinels)
        return amounts.durations(texts, span.unit, file), stands, stands

    return _cells(made, name, span.column, one, "intervals", f" as {span.unit}, such as {{}}")[0]


def _between(start: times.Moments, end: times.Moments) -> Floats:
    return np.where(np.isnat(start) | np.isnat(end), np.nan, (end - start).astype(np.float64))


def _codes(made: Prepared, key: tuple[str, ...], what: str) -> npt.NDArray[np.int64]:
    """The same number for rows with the same key; a row without one has a number of its own."""
    codes = made.text.groupby(list(key), sort=False, dropna=False).ngroup().to_numpy()
    without = np.ones(len(made), dtype=bool)
    for column in key:
        without &= made.text[column].isin(["", *made.mapping.file.empty]).to_numpy(bool)
    numbered = np.where(without, codes.max(initial=0) + 1 + np.arange(len(made)), codes).astype(np.int64)
    made.findings.add(
        "missing", f"{what} {', '.join(key)}", "has no key: stands alone", made.text[ROW].to_numpy()[without]
    )
    return numbered


def _duplicates(made: Prepared, key: tuple[str, ...], keep: str) -> None:
    codes = pd.Series(_codes(made, key, "duplicates"))
    extra = codes.duplicated(keep="last" if keep == "last" else "first").to_numpy(bool)
    rows = made.text[ROW].to_numpy()
    if keep == "refuse" and extra.any():
        at = int(np.flatnonzero(extra)[0])
        first = int(np.flatnonzero(codes.to_numpy() == codes[at])[0])
        one, other = (made.findings.row(rows[row]) for row in (first, at))
        raise TableError(
            f"rows {one} and {other} have the same {', '.join(key)}, and {int(extra.sum())} rows in all repeat one:"
            " say in [duplicates] which to keep, first or last"
        )
    made.findings.add("duplicate", ", ".join(key), f"only the {keep} of its key is kept", rows[extra])
    before = len(made)
    made.keep(~extra)
    made.steps.append(Step(what=f"the {keep} row of each {', '.join(key)}", before=before, after=len(made)))


def _units(made: Prepared, key: tuple[str, ...]) -> None:
    codes, _ = pd.factorize(_codes(made, key, "units"))
    first = ~pd.Series(codes).duplicated().to_numpy(bool)
    before = len(made)
    how = {"earliest": "min", "latest": "max", "shortest": "min", "longest": "max"}
    at = {
        name: pd.Series(times_of)
        .groupby(codes)
        .agg(how.get(made.mapping.columns[name].pick, made.mapping.columns[name].pick))
        .to_numpy()
        .astype("datetime64[us]")
        for name, times_of in made.at.items()
    }
    took: dict[str, Floats] = {}
    for name, span in made.spans.items():
        if span.column:
            grouped = pd.Series(made.took[name]).groupby(codes)
            one = grouped.sum(min_count=1) if span.pick == "sum" else grouped.agg(how.get(span.pick, span.pick))
            took[name] = one.to_numpy().astype(np.float64)
        elif span.start:
            took[name] = _between(at[span.start], at[span.end])
    for name, span in made.spans.items():
        if span.sum:
            took[name] = np.sum([took[one] for one in span.sum], axis=0)
    made.text, made.at, made.took = made.text[first].reset_index(drop=True), at, took
    made.steps.append(Step(what=f"one incident of the rows of each {', '.join(key)}", before=before, after=len(made)))
