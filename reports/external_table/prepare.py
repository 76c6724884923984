"""From the file's text to incidents: filters, times, duplicates, units, classes and exclusions, each with what it left out.

In this order: filters on columns, times and durations, the other filters, duplicates, units made into incidents, classes,
exclusions. Nothing leaves without being counted.
"""

from collections.abc import Callable, Iterable, Sequence
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
from reports.external_table.clock import DAY_US
from reports.external_table.findings import FIRST, Findings
from reports.external_table.mapping import Mapping, MappingError, Moment, Span, columns_of, shown_in, spans, zone_of
from reports.external_table.table import ROW, TableError
from reports.external_table.times import Bools, Floats, Moments, Texts
from reports.external_table.words import Translate, kinds, odd_hours
from reports.measures.shape import ProblemKind

ENOUGH = 5  # durations that are whole minutes by chance once in 60 ** 5
_PICKED = {"earliest": "min", "latest": "max", "shortest": "min", "longest": "max"}


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
    findings: Findings
    at: dict[str, Moments] = field(default_factory=dict)
    # microseconds, NaN where missing, negative where the end comes first
    took: dict[str, Floats] = field(default_factory=dict)
    out: dict[str, Bools] = field(default_factory=dict)  # exclusion -> its rows, also those of an earlier one
    called: dict[str, str] = field(default_factory=dict)  # exclusion -> what it is called in the language
    steps: list[Step] = field(default_factory=list)
    grouped: dict[str, Any] = field(default_factory=dict)  # what `groups.parts` made
    kinds: dict[str, set[str]] = field(default_factory=dict)  # time -> moment, or clock: what a clock shows
    # time -> where it lies in a repeated hour, and the moment of that hour's second pass
    seconds: dict[str, tuple[Bools, Moments]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.text)

    @property
    def translate(self) -> Translate:
        """Into the language in which it says what was done."""
        return self.findings.translate

    @cached_property
    def spans(self) -> dict[str, Span]:
        """The intervals by their name."""
        return spans(self.mapping)

    def coarse_min(self, name: str) -> int:
        """How many minutes a duration may be longer or shorter than its times say: one, where they are to the minute."""
        if parts := self.spans[name].sum:
            return sum(self.coarse_min(part) for part in parts)
        took = self.took[name][~np.isnan(self.took[name])]
        return int(len(took) >= ENOUGH and bool((took % 60e6 == 0).all()))

    def wall(self, time: str) -> pd.Series:
        """What the clock showed."""
        return times.local(self.at[time], shown_in(self.mapping, time))

    def note(self, kind: ProblemKind, where: str, done: str, rows: Bools, says: Iterable[object] = ()) -> None:
        """Take note of rows, and of what each of them says."""
        self.findings.add(kind, where, done, self.text[ROW].to_numpy()[rows], says)

    def keep(self, mask: Bools, what: str) -> None:
        """Only these rows stay: a step by what was done."""
        self.steps.append(Step(what=what, before=len(self), after=int(mask.sum())))
        if not mask.all():
            self.text = self.text[mask].reset_index(drop=True)
            self.at = {name: at[mask] for name, at in self.at.items()}
            self.took = {name: took[mask] for name, took in self.took.items()}

    def reckon(self) -> None:
        """The durations between times, and the sums of others."""
        for name, span in self.spans.items():
            if span.start:
                start, end = self.at[span.start], self.at[span.end]
                self.took[name] = np.where(np.isnat(start) | np.isnat(end), np.nan, (end - start).astype(np.float64))
        for name, span in self.spans.items():
            if span.sum:
                self.took[name] = np.sum([self.took[one] for one in span.sum], axis=0)


def prepare(raw: pd.DataFrame, mapping: Mapping, files: tuple[str, ...] = (), translate: Translate = str) -> Prepared:
    """The incidents of a table that `table.read` read; `files`: the names of several. Raises MappingError, TableError."""
    conditions.check(mapping)
    _, made = translate, Prepared(mapping, raw, Findings(files, translate))
    _filter(made, early=True)
    for name in mapping.columns:
        _read_time(made, name)
    _order(made)
    _same_kind(made)
    for name, span in made.spans.items():
        if span.column:
            made.took[name] = _read_duration(made, name, span)
    made.reckon()
    _filter(made, early=False)
    if mapping.duplicates:
        _duplicates(made, mapping.duplicates.key, mapping.duplicates.keep)
    if mapping.units:
        _units(made, mapping.units.key)
    if classes := mapping.classes:
        codes, names = pd.factorize(made.text[classes.column])
        of = np.array([classes.values.get(name, classes.other) for name in names], dtype=object)[codes]
        made.text = made.text.assign(**{"\0class": of})
        made.out = {f"class {one}": of == one for one in classes.exclude}
        words, text = kinds(_), _("class {name}")
        made.called = {f"class {one}": text.format(name=words[one]) for one in classes.exclude}
    for condition in mapping.exclusions:
        code = conditions.said(condition)
        made.out[code], made.called[code] = conditions.holds(condition, made), conditions.said(condition, _)
    for code, mask in made.out.items():
        made.note("excluded", made.called[code], _("left out"), mask)
    return made


def _filter(made: Prepared, *, early: bool) -> None:
    _ = made.translate
    for condition in made.mapping.filters:
        if all(part.column for part in condition.any or (condition,)) == early:
            what = _("only {what}").format(what=conditions.described(condition, _))
            made.keep(conditions.holds(condition, made), what)


def _read_time(made: Prepared, name: str) -> None:
    """Into `made.at[name]`; the time it comes after or before first."""
    moment, clock, _ = made.mapping.columns[name], made.mapping.time, made.translate
    if name in made.at:
        return
    if moment.beside:
        _read_time(made, moment.beside)
    zone = zone_of(made.mapping, name)
    try:
        read = _clock_reading(made, name, moment)
    except MappingError:
        raise
    except ValueError as error:  # a format that is none
        raise made.mapping.fail(f"{name}: {error}", "columns", name) from None
    placed, said = times.placed(read, zone), times.local(read.wall, "")
    at = placed.at.copy()
    known, moments = ~np.isnat(at), read.absolute | bool(zone)
    made.kinds[name] = {one for one, some in (("moment", moments), ("clock", ~moments)) if (some & known).any()}
    odd = odd_hours(_)
    for kind, rule, rows in (
        ("skipped_hour", clock.skipped, placed.skipped),
        ("repeated_hour", clock.repeated, placed.repeated),
    ):
        made.note(kind, name, odd[rule], rows, said[rows])  # type: ignore[arg-type]
        if rule == "missing":
            at[rows] = times.NAT
    if clock.repeated == "second":
        at = np.where(placed.repeated, placed.second, at)
    elif clock.repeated == "order":
        made.seconds[name] = (placed.repeated, placed.second)
    if moment.beside and (clock.rollover if moment.rollover is None else moment.rollover):
        other, way = made.at[moment.beside], 1 if moment.after else -1
        moved = times.placed(times.Read(read.wall + np.timedelta64(way * DAY_US, "us"), read.absolute), zone).at
        within, beyond = (np.timedelta64(int(us), "us") for us in (clock.rollover_within, clock.rollover_beyond))
        over = ((other - at) * way > beyond) & ((moved - other) * way <= within)
        at = np.where(over, moved, at)
        done = _("past midnight: the day after {time}") if way > 0 else _("before midnight: the day before {time}")
        made.note("rollover", name, done.format(time=moment.beside), over, said[over])
    made.at[name] = at


def _clock_reading(made: Prepared, name: str, moment: Moment) -> times.Read:
    clock = made.mapping.time
    day_first = clock.day_first if moment.day_first is None else moment.day_first
    formats = times.formats_of(moment.formats or clock.formats, day_first)

    def of(given: str | tuple[str, ...], read: Callable[..., times.Read], formats: tuple[str, ...]) -> times.Read:
        def one(texts: Texts) -> tuple[Moments, Bools, Bools]:
            found = read(texts, formats)
            stands = times.sentinel(texts, found, moment.sentinels)
            return np.where(times.beyond(found.wall), times.NAT, found.wall), stands, found.absolute

        return times.Read(*_cells(made, name, given, one, "columns", ", such as {}: give `formats`, or `day_first`"))

    if moment.column:
        return of(moment.column, times.moments, formats)
    if moment.date:
        days = of(moment.date, times.moments, formats).wall
    elif moment.beside:
        days = made.wall(moment.beside).to_numpy()
    else:
        days = np.full(len(made), np.datetime64("2000-01-01"))  # a day that is not known: none is told
    wall: Moments = days.astype("datetime64[D]").astype("datetime64[us]")
    if moment.time:
        wall = wall + (of(moment.time, times.times_of_day, moment.time_formats).wall - times.MIDNIGHT)
    return times.Read(wall, np.zeros(len(wall), dtype=bool))


def _cells(
    made: Prepared,
    name: str,
    given: str | tuple[str, ...],
    read: Callable[[Texts], tuple[npt.NDArray[Any], Bools, Bools]],
    section: str,
    hint: str,
) -> tuple[npt.NDArray[Any], Bools]:
    """What a column's texts say, by `read` (values, sentinels, more): sentinels and what can't be read are missing and listed."""
    columns = columns_of(given)
    texts = times.strings(made.text[columns[0]])
    for other in columns[1:]:
        texts = pc.utf8_trim_whitespace(pc.binary_join_element_wise(texts, times.strings(made.text[other]), " "))

    def one(some: Texts) -> list[npt.NDArray[Any]]:
        empty = times.among(some, ["", *made.mapping.file.empty])
        values, stands, more = read(pc.if_else(pa.array(empty), "", some) if empty.any() else some)
        nothing = np.array("NaT" if values.dtype.kind == "M" else np.nan, dtype=values.dtype)
        values = np.where(stands | empty, nothing, values)
        return [values, more, stands & ~empty, pd.isna(values) & ~empty & ~stands]

    values, more, stands, bad = times.by_value(texts, one)
    for kind, rows in (("sentinel", stands), ("unreadable", bad)):
        says = texts.filter(pa.array(rows))[:FIRST].to_pylist() if rows.any() else ()
        done = made.translate("taken as missing")
        made.note(kind, f"{name} ({' '.join(columns)})", done, rows, says)  # type: ignore[arg-type]
    if bad.any() and pd.isna(values).all():
        such = repr(texts.filter(pa.array(bad))[0].as_py()[:60])
        why = f"{name}: no value of {' '.join(columns)!r} can be read{hint.format(such)}"
        raise made.mapping.fail(why, section, name)
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

    def one(texts: Texts) -> tuple[Floats, Bools, Bools]:
        stands = amounts.sentinel(texts, file, span.sentinels)
        return amounts.durations(texts, span.unit, file), stands, stands

    return _cells(made, name, span.column, one, "intervals", f" as {span.unit}, such as {{}}")[0]


def _codes(made: Prepared, key: Sequence[str], what: str) -> npt.NDArray[np.int64]:
    """The same number for rows with the same key; a row without one has a number of its own."""
    codes = made.text.groupby(list(key), sort=False, dropna=False).ngroup().to_numpy()
    without = made.text[list(key)].isin(["", *made.mapping.file.empty]).all(axis=1).to_numpy(bool)
    made.note("missing", f"{what} {', '.join(key)}", made.translate("has no key: stands alone"), without)
    return np.where(without, codes.max(initial=0) + 1 + np.arange(len(made)), codes).astype(np.int64)


def _duplicates(made: Prepared, key: Sequence[str], keep: str) -> None:
    _, codes = made.translate, pd.Series(_codes(made, key, "duplicates"))
    extra = codes.duplicated(keep="last" if keep == "last" else "first").to_numpy(bool)
    if keep == "refuse" and extra.any():
        at = int(np.flatnonzero(extra)[0])
        first = int(np.flatnonzero(codes == codes[at])[0])
        one, other = (made.findings.row(made.text[ROW][row]) for row in (first, at))
        raise TableError(
            f"rows {one} and {other} have the same {', '.join(key)}, and {int(extra.sum())} rows in all repeat one:"
            " say in [duplicates] which to keep, first or last"
        )
    if keep == "last":
        done, what = _("only the last of its key is kept"), _("the last row of each {key}")
    else:
        done, what = _("only the first of its key is kept"), _("the first row of each {key}")
    made.note("duplicate", ", ".join(key), done, extra)
    made.keep(~extra, what.format(key=", ".join(key)))


def _units(made: Prepared, key: Sequence[str]) -> None:
    codes = pd.factorize(_codes(made, key, "units"))[0]

    def picked(values: npt.NDArray[Any], pick: str) -> npt.NDArray[Any]:
        rows = pd.Series(values).groupby(codes)
        one = rows.sum(min_count=1) if pick == "sum" else rows.agg(_PICKED.get(pick, pick))
        return one.to_numpy().astype(values.dtype)

    at = {name: picked(times_of, made.mapping.columns[name].pick) for name, times_of in made.at.items()}
    took = {name: picked(made.took[name], span.pick) for name, span in made.spans.items() if span.column}
    what = made.translate("one incident of the rows of each {key}").format(key=", ".join(key))
    made.keep(~pd.Series(codes).duplicated().to_numpy(bool), what)
    made.at, made.took = at, took
    made.reckon()
