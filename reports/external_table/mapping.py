"""The mapping: what the columns of a foreign table mean, what is left out of it, and how its figures are reckoned.

Every key is in docs/report.md; a test compares. `loading` reads it from a file.
"""

import tomllib
from collections.abc import Sequence
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from incidents.events.kinds import Class
from incidents.incident import TIME_NAMES
from incidents.intervals import INTERVALS
from reports.content import plain
from reports.external_table.clock import Length

Scalar = str | int | float
Parts = Literal["year", "quarter", "month", "month_of_year", "week", "day", "weekday", "hour", "value"]
Method = Literal[
    "linear",
    "lower",
    "higher",
    "nearest",
    "midpoint",
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "median_unbiased",
    "normal_unbiased",
]
Rounding = Literal["half_up", "half_even", "truncate", "up"]
# What becomes of each row's duration before anything is reckoned from it.
RowRounding = Literal["none", "truncate_s", "half_up_s", "truncate_min", "half_up_min", "datediff_min", "datediff_s"]
Unit = Literal["s", "min", "h", "mm:ss", "hh:mm:ss"]
_TRIES = 40  # a text of so many lines that can't be read alone is no longer a mapping that somebody wrote
DurationUnit = Literal["ms", "s", "min", "h", "d", "mm:ss", "hh:mm", "hh:mm:ss", "iso"]


class MappingError(ValueError):
    """The mapping can't be used: where, and why. What the file wrote into it can't reach the terminal's controls."""

    def __init__(self, why: str) -> None:
        super().__init__(plain(why))


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the mapping."""


class File(Part, frozen=True, kw_only=True):
    """How the file is written. A delimiter "" is found out from the first line."""

    delimiter: str = ""
    encoding: str = "utf-8"
    quote: str = '"'
    skip_lines: int = 0
    names: tuple[str, ...] = ()  # of a file without a head
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    ragged: Literal["list", "pad"] = (
        "list"  # rows with too few cells: not counted and listed, or taken as empty at the end
    )
    empty: tuple[str, ...] = ("NULL", "null", "NaN", "nan", "NA", "N/A", "None", "none", "\\N")


class Clock(Part, frozen=True, kw_only=True):
    """How times are read. Without a zone a time is what a clock on a wall showed, and so are the differences."""

    zone: str = ""
    formats: tuple[str, ...] = ()
    day_first: bool | None = None
    repeated: Literal["first", "second", "order", "missing"] = "order"
    skipped: Literal["shift", "missing"] = "shift"
    rollover: bool = True
    rollover_within: Length = Length("12:00:00")
    rollover_beyond: Length = Length(0)  # a time that lies no further on the wrong side stays there


class Moment(Part, frozen=True, kw_only=True):
    """A time of an incident: from one column, or a date and a time of day in two, or a time of day beside another time.

    Several columns together hold one text, with blanks between: day, month, year.
    """

    column: str | tuple[str, ...] = ""
    date: str | tuple[str, ...] = ""
    time: str | tuple[str, ...] = ""
    formats: tuple[str, ...] = ()
    time_formats: tuple[str, ...] = ()
    day_first: bool | None = None
    zone: str | None = None
    sentinels: tuple[Scalar, ...] = ()
    after: str = ""
    before: str = ""
    rollover: bool | None = None
    pick: Literal["earliest", "latest", "first", "last"] = "earliest"

    @property
    def beside(self) -> str:
        """The time that it comes after or before, by whose day a time of day is read; "": none."""
        return self.after or self.before


class Span(Part, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """A response time: between two of the columns' times, a column that holds it, or the sum of others."""

    start: str = ""
    end: str = ""
    column: str = ""
    unit: DurationUnit = "s"
    sum: tuple[str, ...] = ()
    definition: str = ""
    target: Length | None = None
    targets: tuple[Length, ...] = ()
    share: float | None = None
    inclusive: bool | None = None
    sentinels: tuple[Scalar, ...] = ()
    longest: Length | None = None  # a longer one is not counted, and listed
    shortest: Length | None = None
    negative: Literal["exclude", "include", "zero"] | None = None
    zero: Literal["include", "exclude"] | None = None
    missing_counts: bool | None = None
    row_rounding: RowRounding | None = None
    pick: Literal["first", "last", "shortest", "longest", "sum"] = "first"


class Condition(Part, frozen=True, kw_only=True, rename={"is_in": "in"}):
    """What a row must be: every key that is given holds, and one of `any`."""

    name: str = ""
    column: str = ""
    time: str = ""
    interval: str = ""
    equals: Scalar | bool | None = None
    not_equals: Scalar | bool | None = None
    is_in: tuple[Scalar, ...] | None = None
    not_in: tuple[Scalar, ...] | None = None
    matches: str | None = None
    not_matches: str | None = None
    ignore_case: bool = False
    empty: bool | None = None
    at_least: Length | None = None
    at_most: Length | None = None
    over: Length | None = None
    under: Length | None = None
    since: Any = None  # a date or a date with a time of TOML, on the clock of the wall
    until: Any = None
    before: Any = None
    years: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()  # 1 is Monday
    hours: tuple[int, ...] = ()
    any: tuple["Condition", ...] = ()


class Classes(Part, frozen=True, kw_only=True):
    """Which values of a column mean which class, and which classes are left out."""

    column: str
    values: dict[str, Class | Literal["drill"]] = {}
    other: Class | Literal["drill"] = "unknown"
    exclude: tuple[Class | Literal["drill"], ...] = ("test", "drill")


class Duplicates(Part, frozen=True, kw_only=True):
    """Rows with the same key are one: which is kept."""

    key: tuple[str, ...]
    keep: Literal["first", "last", "refuse"] = "refuse"


class Units(Part, frozen=True, kw_only=True):
    """A row is a unit, and rows with the same key one incident; each time is then `pick`ed from its rows."""

    key: tuple[str, ...]


class Grouping(Part, frozen=True, kw_only=True):
    """Figures for each value of a column, or each part of a time."""

    column: str = ""
    time: str = ""
    by: Parts = "value"


class Rules(Part, frozen=True, kw_only=True):
    """By which durations count and figures are reckoned; most of them also an interval's own."""

    method: Method = "linear"
    ddof: int = 1
    inclusive: bool = True
    missing_counts: bool = False
    negative: Literal["exclude", "include", "zero"] = "exclude"
    zero: Literal["include", "exclude"] = "include"
    row_rounding: RowRounding = "none"


class Statistics(Rules, frozen=True, kw_only=True):
    """How figures are reckoned and printed."""

    percentiles: tuple[float, ...] = (50, 90, 95, 99)
    rounding: Rounding = "half_up"
    unit: Unit = "mm:ss"
    decimals: int = 0
    share_decimals: int = 1


class Not(Part, frozen=True, kw_only=True, rename={"values": "not"}):
    """Any other value."""

    values: Scalar | tuple[Scalar, ...]


class Expect(Part, frozen=True, kw_only=True):
    """A published figure: of what, and as it was printed."""

    figure: str
    published: str
    interval: str = ""
    target: Length | None = None
    where: dict[str, Scalar | tuple[Scalar, ...] | Not] = {}
    unit: Unit | Literal["%", ""] = ""
    rounding: Rounding | None = None
    source: str = ""


class Mapping(Part, frozen=True, kw_only=True, rename={"filters": "filter", "exclusions": "exclude"}):
    """The whole file."""

    title: str = ""
    source: str = ""
    profile: str = ""
    file: File = File()
    time: Clock = Clock()
    columns: dict[str, Moment] = {}
    intervals: dict[str, Span] = {}
    filters: tuple[Condition, ...] = ()
    exclusions: tuple[Condition, ...] = ()
    classes: Classes | None = None
    duplicates: Duplicates | None = None
    units: Units | None = None
    groups: dict[str, Grouping] = {}
    statistics: Statistics = Statistics()
    expect: tuple[Expect, ...] = ()
    tables: tuple[int, ...] = ()  # of each published figure the number of the [[expect]] that it stands in
    text: str = ""  # as it was written, for the lines in messages
    name: str = "mapping"

    def fail(self, why: str, *where: str) -> MappingError:
        """The error for a key of this mapping, with its line."""
        line = line_of(self.text, where)
        return MappingError(f"{self.name}{f' line {line}' if line else ''}: {why}")


def line_of(text: str, where: Sequence[str]) -> int:
    """The line on which a key of a TOML text begins, or else what it stands in, from 1; 0 where neither is there.

    A value of several lines is only whole at its last, and no text that ends within it can be read.
    """
    lines, depth, tries = text.split("\n"), _depth(tomllib.loads(text), where), iter(range(_TRIES))
    before, after = 0, len(lines) if depth else 1  # so many lines can be read and don't hold it; so many do
    while between := sorted(range(before + 1, after), key=lambda n, middle=(before + after) / 2: abs(n - middle)):  # type: ignore[misc]
        for number in between:
            if next(tries, None) is None:
                return 0
            try:
                facts = tomllib.loads("\n".join(lines[:number]))
            except tomllib.TOMLDecodeError:
                continue
            before, after = (before, number) if _depth(facts, where) >= depth else (number, after)
            break
        else:
            break
    return before + 1 if depth else 0


def _depth(facts: Any, where: Sequence[str]) -> int:
    """How many pieces of a path lead to something."""
    for depth, piece in enumerate(where):
        try:
            facts = facts[int(piece) if isinstance(facts, list) else piece]
        except (LookupError, TypeError, ValueError):
            return depth
    return len(where)


def check(mapping: Mapping) -> None:
    """What the types cannot say."""
    fail, columns = mapping.fail, mapping.columns
    zones: dict[tuple[str, ...], str] = {("time", "zone"): mapping.time.zone}
    zones |= {("columns", name, "zone"): moment.zone or "" for name, moment in columns.items()}
    for where, zone in zones.items():
        try:
            ZoneInfo(zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            raise fail(f"there is no time zone {zone!r}", *where) from None
    for name, moment in columns.items():
        at = ("columns", name)
        if bool(moment.column) == bool(moment.time or moment.date):
            raise fail(f"{name}: give `column`, or `date` and `time`, or `time` alone or with `after` or `before`", *at)
        if moment.after and moment.before:
            raise fail(f"{name}: give `after` or `before`, not both", *at)
        way = "before" if moment.before else "after"
        if moment.beside and (moment.beside not in columns or moment.beside == name):
            raise fail(f"{way}: there is no other time {moment.beside!r} in [columns]", *at, way)
        passed = [name]
        while (other := columns[passed[-1]].beside) in columns:
            if other in passed:
                raise fail(f"{name} is {way} itself", *at, way)
            passed.append(other)
    for name, span in mapping.intervals.items():
        at = ("intervals", name)
        if (bool(span.start or span.end), bool(span.column), bool(span.sum)).count(True) != 1:
            raise fail(f"{name}: give `from` and `to`, or `column`, or `sum`", *at)
        for key, end in (("from", span.start), ("to", span.end)) if span.start or span.end else ():
            if end not in columns:
                raise fail(f"{key}: there is no time {end!r} in [columns]", *at, key)
        for other in span.sum:
            if other not in mapping.intervals or mapping.intervals[other].sum:
                raise fail(f"sum: {other!r} is no interval with ends or a column", *at, "sum")
    if not spans(mapping) and not mapping.groups and not mapping.expect:
        raise fail(
            "nothing to reckon: give [intervals], two of the design's times in [columns], or [groups] to count by"
        )
    for name, group in mapping.groups.items():
        if bool(group.column) == bool(group.time):
            raise fail(f"{name}: give `column`, or `time` and `by`", "groups", name)
        if group.time and (group.time not in columns or group.by == "value"):
            raise fail(f"{name}: give a `time` of [columns] and `by`", "groups", name)
        if group.time and group.by != "hour" and undated(mapping, group.time):
            raise fail(f"{name}: {group.time} is a time of day without a date", "groups", name)
    if not all(0 < percentile < 100 for percentile in mapping.statistics.percentiles):
        raise fail("a percentile lies between 0 and 100", "statistics", "percentiles")


def columns_of(given: str | tuple[str, ...]) -> tuple[str, ...]:
    """One column, several, or none."""
    return given if isinstance(given, tuple) else (given,) if given else ()


def undated(mapping: Mapping, name: str) -> bool:
    """Whether a time is a time of day on a day that is not known."""
    moment = mapping.columns[name]
    if moment.column or moment.date:
        return False
    return undated(mapping, moment.beside) if moment.beside else True


def zone_of(mapping: Mapping, name: str) -> str:
    """The zone that a time's texts are read in; "" for what a clock shows."""
    given = mapping.columns[name].zone
    return "" if undated(mapping, name) else mapping.time.zone if given is None else given


def shown_in(mapping: Mapping, name: str) -> str:
    """The zone in which a time is told: that of [time] where there is one, unless it is only what a clock shows."""
    zone = zone_of(mapping, name)
    return zone and (mapping.time.zone or zone)


def spans(mapping: Mapping) -> dict[str, Span]:
    """The intervals: the mapping's own, or the design's between those times that it has."""
    if mapping.intervals:
        return mapping.intervals
    there = [name for name in TIME_NAMES if name in mapping.columns]
    return {
        interval.name: Span(start=interval.start, end=interval.end, definition=interval.definition)
        for interval in INTERVALS
        if interval.start in there and interval.end in there
    }
