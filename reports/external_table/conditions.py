"""Conditions of filters and exclusions: which rows they hold for, and how they are said in a report."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reports.external_table.amounts import durations, length_us, numbers
from reports.external_table.mapping import Condition, Length, Mapping, Scalar
from reports.external_table.times import Texts, bools, by_value
from reports.external_table.times import among as listed

Bools = npt.NDArray[np.bool_]
_COMPARED: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "at_least": ("at least", np.greater_equal),
    "at_most": ("at most", np.less_equal),
    "over": ("over", np.greater),
    "under": ("under", np.less),
}
_ON_TEXT = ("equals", "not_equals", "is_in", "not_in", "matches", "not_matches")
_ON_TIME = ("since", "until", "before", "years", "months", "weekdays", "hours")


class Rows:
    """What conditions are asked of: `text(column)`, `wall(time)` (the clock's reading), `took(interval)` (microseconds)."""

    def __init__(
        self,
        text: Callable[[str], pd.Series],
        wall: Callable[[str], pd.Series],
        took: Callable[[str], npt.NDArray[np.float64]],
    ) -> None:
        self.text, self.wall, self.took = text, wall, took


def check(mapping: Mapping) -> None:
    """That each condition makes sense. Raises MappingError."""
    for section, conditions in (("filter", mapping.filters), ("exclude", mapping.exclusions)):
        for at, condition in enumerate(conditions):
            if condition.any and (condition.column or condition.time or condition.interval):
                raise mapping.fail("`any` stands alone: its parts name the columns", section, str(at))
            for one in condition.any or (condition,):
                _check_one(one, mapping, section, str(at))


def _check_one(one: Condition, mapping: Mapping, *where: str) -> None:
    if sum(map(bool, (one.column, one.time, one.interval))) != 1:
        raise mapping.fail("give one of `column`, `time`, `interval`", *where)
    if one.time and one.time not in mapping.columns:
        raise mapping.fail(f"there is no time {one.time!r} in [columns]", *where, "time")
    if one.interval and one.interval not in mapping.intervals:
        raise mapping.fail(f"there is no interval {one.interval!r} in [intervals]", *where, "interval")
    given = {key for key in (*_ON_TEXT, *_ON_TIME, *_COMPARED, "empty") if getattr(one, key) not in (None, ())}
    fits = {
        "column": {*_ON_TEXT, *_COMPARED, "empty"},
        "time": {*_ON_TIME, "empty"},
        "interval": {*_COMPARED, "empty"},
    }["column" if one.column else "time" if one.time else "interval"]
    if not given:
        raise mapping.fail(f"what must hold of it? one of {', '.join(sorted(_said(key) for key in fits))}", *where)
    for key in given - fits:
        raise mapping.fail(f"{_said(key)!r} is not for this", *where, _said(key))
    for key in given & set(_COMPARED):
        try:
            length_us(getattr(one, key))
        except ValueError as error:
            raise mapping.fail(str(error), *where, key) from None
    for key in given & {"since", "until", "before"}:
        if not isinstance(getattr(one, key), date):
            raise mapping.fail(f"{key} is a date, such as 2024-01-31, without quotes", *where, key)
    for key in given & {"matches", "not_matches"}:
        try:
            pc.match_substring_regex(pa.array([""]), getattr(one, key))
        except pa.ArrowInvalid as error:
            raise mapping.fail(f"no regular expression of RE2: {error}", *where, key) from None


def unknown(mapping: Mapping, table: pd.DataFrame) -> Iterator[str]:
    """A sentence for each value that a condition names and no row of the whole table has: it may be misspelt."""
    for section, conditions in (("filter", mapping.filters), ("exclude", mapping.exclusions)):
        for whole in conditions:
            for one in whole.any or (whole,):
                for key in _ON_TEXT if one.column else ():
                    given = getattr(one, key)
                    for value in given if isinstance(given, tuple) else () if given is None else (given,):
                        test = "matches" if key.endswith("matches") else "equals"
                        asked = Condition(column=one.column, ignore_case=one.ignore_case, **{test: value})
                        if not _of_text(asked, table[one.column], mapping).any():
                            told = value if isinstance(value, str) else str(value).lower()
                            yield f"{section} {said(whole)!r}: no row has {told!r} in {one.column}"


def holds(condition: Condition, rows: Rows, mapping: Mapping) -> Bools:
    """For which rows it holds."""
    if condition.any:
        found = holds(condition.any[0], rows, mapping)
        for one in condition.any[1:]:
            found = found | holds(one, rows, mapping)
        return found
    if condition.column:
        return _of_text(condition, rows.text(condition.column), mapping)
    if condition.time:
        return _of_time(condition, rows.wall(condition.time))
    took = rows.took(condition.interval)
    found = np.ones(len(took), dtype=bool) if condition.empty is None else np.isnan(took) == condition.empty
    return found & _compared(condition, took, length_us)


def _of_text(condition: Condition, column: pd.Series, mapping: Mapping) -> Bools:
    def one(texts: Texts) -> list[Bools]:
        lower = pc.utf8_lower(texts)
        found = np.ones(len(texts), dtype=bool)

        def among(values: tuple[Scalar | bool, ...]) -> Bools:
            truth = any(isinstance(value, bool) for value in values)
            words = [
                str(value).lower() if condition.ignore_case or isinstance(value, bool) else str(value)
                for value in values
            ]
            known = listed(lower if condition.ignore_case or truth else texts, words)
            plain = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
            return known | np.isin(numbers(texts, mapping.file), plain) if plain else known

        def matching(pattern: str) -> Bools:
            return bools(pc.match_substring_regex(texts, pattern, ignore_case=condition.ignore_case))

        for key in _ON_TEXT:
            given = getattr(condition, key)
            if given is not None:
                held = (
                    matching(given)
                    if key.endswith("matches")
                    else among(given if isinstance(given, tuple) else (given,))
                )
                found &= ~held if key.startswith("not_") else held
        if condition.empty is not None:
            nothing = listed(texts, ["", *mapping.file.empty])
            found &= nothing == condition.empty
        if any(getattr(condition, key) is not None for key in _COMPARED):
            clock = any(isinstance(value := getattr(condition, key), str) and ":" in value for key in _COMPARED)
            read = durations(texts, "mm:ss", mapping.file) / 1e6 if clock else numbers(texts, mapping.file)
            found &= _compared(condition, read, lambda length: length_us(length) / 1e6)
        return [found]

    return by_value(column, one)[0]


def _compared(condition: Condition, values: npt.NDArray[np.float64], read: Callable[[Length], float]) -> Bools:
    found = np.ones(len(values), dtype=bool)
    for key, (_, compare) in _COMPARED.items():
        limit = getattr(condition, key)
        if limit is not None:
            found &= compare(values, read(limit)) & ~np.isnan(values)  # what is not known is neither over nor under
    return found


def _of_time(condition: Condition, wall: pd.Series) -> Bools:
    known = wall.notna()
    found = pd.Series(True, index=wall.index) if condition.empty is None else known.ne(condition.empty)
    if condition.since is not None:
        found &= known & (wall >= _moment(condition.since))
    if condition.until is not None:
        last = condition.until
        day = not isinstance(last, datetime)
        found &= known & ((wall < _moment(last) + timedelta(days=1)) if day else (wall <= _moment(last)))
    if condition.before is not None:
        found &= known & (wall < _moment(condition.before))
    for key, part in (
        ("years", wall.dt.year),
        ("months", wall.dt.month),
        ("weekdays", wall.dt.day_of_week + 1),
        ("hours", wall.dt.hour),
    ):
        if getattr(condition, key):
            found &= known & part.isin(getattr(condition, key))
    return found.to_numpy(bool)


def _moment(value: date | datetime) -> pd.Timestamp:
    return pd.Timestamp(value.replace(tzinfo=None) if isinstance(value, datetime) else value)


def said(condition: Condition) -> str:
    """As a report names it: its own name, or its content."""
    return condition.name or _content(condition)


def described(condition: Condition) -> str:
    """Its name, and its content."""
    return f"{condition.name} ({_content(condition)})" if condition.name else _content(condition)


def _content(condition: Condition) -> str:
    if condition.any:
        return " or ".join(said(one) for one in condition.any)
    parts = []
    for key in (*_ON_TEXT, *_COMPARED, *_ON_TIME):
        value = getattr(condition, key)
        if value not in (None, ()):
            words = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            parts.append(f"{_said(key).replace('_', ' ')} {words}")
    if condition.empty is not None:
        parts.append("empty" if condition.empty else "not empty")
    return f"{condition.column or condition.time or condition.interval} {' and '.join(parts)}"


def _said(key: str) -> str:
    return {"is_in": "in"}.get(key, key)
