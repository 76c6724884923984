"""Conditions of filters and exclusions: which rows they hold for, and how they are said in a report."""

from collections.abc import Container, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reports.external_table.amounts import durations, numbers
from reports.external_table.mapping import Condition, File, Mapping, Scalar
from reports.external_table.times import Bools, Floats, Texts, among, bools, by_value
from reports.external_table.words import Translate, both, either

_COMPARED = {"at_least": np.greater_equal, "at_most": np.less_equal, "over": np.greater, "under": np.less}
_ON_TEXT = ("equals", "not_equals", "is_in", "not_in", "matches", "not_matches")
_ON_TIME = ("since", "until", "before", "years", "months", "weekdays", "hours")
_FITS = {
    "column": {*_ON_TEXT, *_COMPARED, "empty"},
    "time": {*_ON_TIME, "empty"},
    "interval": {*_COMPARED, "empty"},
}


class Rows(Protocol):
    """What conditions are asked of."""

    mapping: Mapping
    text: pd.DataFrame
    took: dict[str, Floats]  # microseconds

    def wall(self, time: str) -> pd.Series: ...  # the clock's reading


def all_of(mapping: Mapping) -> Iterator[tuple[tuple[str, str], Condition, Condition]]:
    """Where each condition stands, the whole of it, and each of its parts."""
    for section, conditions in (("filter", mapping.filters), ("exclude", mapping.exclusions)):
        for at, whole in enumerate(conditions):
            for one in whole.any or (whole,):
                yield (section, str(at)), whole, one


def check(mapping: Mapping) -> None:
    """That each condition makes sense. Raises MappingError."""
    known: dict[str, tuple[str, Container[str]]] = {
        "time": ("columns", mapping.columns),
        "interval": ("intervals", mapping.intervals),
    }
    for where, whole, one in all_of(mapping):
        if whole.any and (whole.column or whole.time or whole.interval):
            raise mapping.fail("`any` stands alone: its parts name the columns", *where)
        kinds = [kind for kind in _FITS if getattr(one, kind)]
        if len(kinds) != 1:
            raise mapping.fail("give one of `column`, `time`, `interval`", *where)
        for kind, (section, names) in known.items():
            if (name := getattr(one, kind)) and name not in names:
                raise mapping.fail(f"there is no {kind} {name!r} in [{section}]", *where, kind)
        fits = _FITS[kinds[0]]
        given = {key for key in set().union(*_FITS.values()) if getattr(one, key) not in (None, ())}
        if not given:
            raise mapping.fail(f"what must hold of it? one of {', '.join(sorted(map(_said, fits)))}", *where)
        for key in given - fits:
            raise mapping.fail(f"{_said(key)!r} is not for this", *where, _said(key))
        for key in given & {"since", "until", "before"}:
            if not isinstance(getattr(one, key), date):
                raise mapping.fail(f"{key} is a date, such as 2024-01-31, without quotes", *where, key)
        for key in given & {"matches", "not_matches"}:
            try:
                pc.match_substring_regex(pa.array([""]), getattr(one, key))
            except pa.ArrowInvalid as error:
                raise mapping.fail(f"no regular expression of RE2: {error}", *where, key) from None


def unknown(mapping: Mapping, table: pd.DataFrame, _: Translate) -> Iterator[str]:
    """A sentence for each value that a condition names and no row of the whole table has: it may be misspelt."""
    text = _("{rule}: no row has {value} in {column}")
    for where, whole, one in all_of(mapping):
        for key in _ON_TEXT if one.column else ():
            for value in _values(getattr(one, key)):
                test: dict[str, Any] = {"matches" if key.endswith("matches") else "equals": value}
                asked = Condition(column=one.column, ignore_case=one.ignore_case, **test)
                if not _of_text(asked, table[one.column], mapping.file).any():
                    told = value if isinstance(value, str) else str(value).lower()
                    rule = f"{where[0]} {said(whole, _)!r}"
                    yield text.format(rule=rule, value=repr(told), column=one.column)


def holds(condition: Condition, rows: Rows) -> Bools:
    """For which rows it holds."""
    if condition.any:
        found: Bools = np.any([holds(one, rows) for one in condition.any], axis=0)
        return found
    if condition.column:
        return _of_text(condition, rows.text[condition.column], rows.mapping.file)
    if condition.time:
        return _of_time(condition, rows.wall(condition.time))
    took = rows.took[condition.interval]
    return _emptiness(condition, np.isnan(took)) & _compared(condition, took, 1)


def _values(given: Scalar | tuple[Scalar, ...] | None) -> tuple[Scalar, ...]:
    return given if isinstance(given, tuple) else () if given is None else (given,)


def _emptiness(condition: Condition, empty: Bools) -> Bools:
    return np.ones(len(empty), dtype=bool) if condition.empty is None else empty == condition.empty


def _of_text(condition: Condition, column: pd.Series, file: File) -> Bools:
    def one(texts: Texts) -> list[Bools]:
        found = _emptiness(condition, among(texts, ["", *file.empty]))
        for key in _ON_TEXT:
            given = getattr(condition, key)
            if given is not None:
                if key.endswith("matches"):
                    held = bools(pc.match_substring_regex(texts, given, ignore_case=condition.ignore_case))
                else:
                    held = _equal(texts, _values(given), file, ignore_case=condition.ignore_case)
                found &= held != key.startswith("not_")
        limits = [getattr(condition, key) for key in _COMPARED if getattr(condition, key) is not None]
        if limits:
            clock = any(":" in str(limit) for limit in limits)
            seconds = durations(texts, "mm:ss", file) / 1e6 if clock else numbers(texts, file)
            found &= _compared(condition, seconds, 1e6)
        return [found]

    return by_value(column, one)[0]


def _equal(texts: Texts, values: tuple[Scalar, ...], file: File, *, ignore_case: bool) -> Bools:
    """Which texts are one of the values, as a text or as a number."""
    if ignore_case or any(isinstance(value, bool) for value in values):
        texts = pc.utf8_lower(texts)
    words = [str(value).lower() if ignore_case or isinstance(value, bool) else str(value) for value in values]
    plain = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    found = among(texts, words)
    return found | np.isin(numbers(texts, file), plain) if plain else found


def _compared(condition: Condition, values: Floats, us: float) -> Bools:
    """`us`: microseconds in one of the values' units. What is not known is neither over nor under."""
    found = np.ones(len(values), dtype=bool)
    for key, compare in _COMPARED.items():
        limit = getattr(condition, key)
        if limit is not None:
            found &= compare(values, limit / us)
    return found


def _of_time(condition: Condition, wall: pd.Series) -> Bools:
    found = pd.Series(_emptiness(condition, wall.isna().to_numpy(bool)), index=wall.index)
    if condition.since is not None:
        found &= wall >= _moment(condition.since)
    if condition.until is not None:
        last = condition.until
        day = not isinstance(last, datetime)
        found &= (wall < _moment(last) + timedelta(days=1)) if day else (wall <= _moment(last))
    if condition.before is not None:
        found &= wall < _moment(condition.before)
    for key, part in (
        ("years", wall.dt.year),
        ("months", wall.dt.month),
        ("weekdays", wall.dt.day_of_week + 1),
        ("hours", wall.dt.hour),
    ):
        if getattr(condition, key):
            found &= part.isin(getattr(condition, key))
    return found.to_numpy(bool)


def _moment(value: date | datetime) -> pd.Timestamp:
    return pd.Timestamp(value.replace(tzinfo=None) if isinstance(value, datetime) else value)


def said(condition: Condition, _: Translate = str) -> str:
    """As a report names it: its own name, or its content. In English it is its code: of an exclusion in a table of rows."""
    return condition.name or _content(condition, _)


def described(condition: Condition, _: Translate) -> str:
    """Its name, and its content."""
    return f"{condition.name} ({_content(condition, _)})" if condition.name else _content(condition, _)


def _content(condition: Condition, _: Translate) -> str:
    if condition.any:
        return either((said(one, _) for one in condition.any), _)
    parts = []
    for key, text in _must(_).items():
        value = getattr(condition, key)
        if value not in (None, ()):
            words = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            parts.append(text.format(value=words))
    if condition.empty is not None:
        parts.append(_("empty") if condition.empty else _("not empty"))
    return f"{condition.column or condition.time or condition.interval} {both(parts, _)}"


def _must(_: Translate) -> dict[str, str]:
    """What each key of a condition asks."""
    return {
        "equals": _("equals {value}"),
        "not_equals": _("not equals {value}"),
        "is_in": _("in {value}"),
        "not_in": _("not in {value}"),
        "matches": _("matches {value}"),
        "not_matches": _("not matches {value}"),
        "at_least": _("at least {value}"),
        "at_most": _("at most {value}"),
        "over": _("over {value}"),
        "under": _("under {value}"),
        "since": _("since {value}"),
        "until": _("until {value}"),
        "before": _("before {value}"),
        "years": _("years {value}"),
        "months": _("months {value}"),
        "weekdays": _("weekdays {value}"),
        "hours": _("hours {value}"),
    }


def _said(key: str) -> str:
    return "in" if key == "is_in" else key
