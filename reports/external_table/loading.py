"""Reads a mapping from its file: what it does not know is refused with the line it stands on."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from reports.external_table.amounts import check_lengths
from reports.external_table.lines import lines_of
from reports.external_table.mapping import (
    Classes,
    Clock,
    Condition,
    Duplicates,
    Expect,
    File,
    Grouping,
    Mapping,
    MappingError,
    Moment,
    Part,
    Span,
    Statistics,
    Units,
    check,
    line,
)

# key in the file -> (field, type, kind)
TABLES: dict[str, tuple[str, type[Part]]] = {
    "file": ("file", File),
    "time": ("time", Clock),
    "classes": ("classes", Classes),
    "duplicates": ("duplicates", Duplicates),
    "units": ("units", Units),
    "statistics": ("statistics", Statistics),
}
NAMED: dict[str, tuple[type[Part], str]] = {
    "columns": (Moment, "column"),
    "intervals": (Span, "column"),
    "groups": (Grouping, "column"),
}
LISTS: dict[str, tuple[str, type[Part]]] = {
    "filter": ("filters", Condition),
    "exclude": ("exclusions", Condition),
    "expect": ("expect", Expect),
}
TEXTS = ("title", "source", "profile")


def load(path: Path) -> Mapping:
    """Reads a mapping. Raises MappingError, which names the line; OSError."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise MappingError(f"{path.name}: it is not UTF-8") from None


def parse(text: str, name: str = "mapping") -> Mapping:
    """A mapping from its text. Raises MappingError."""
    try:
        facts = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{name}: {error}") from None
    lines = lines_of(text)
    made: dict[str, Any] = {"lines": lines, "name": name}
    for key, value in facts.items():
        if key in TABLES:
            field, kind = TABLES[key]
            made[field] = _part(value, kind, (key,), lines, name)
        elif key in NAMED:
            kind, short = NAMED[key]
            _is(value, dict, (key,), lines, name)
            made[key] = {
                one: _part({short: facts} if isinstance(facts, str) else facts, kind, (key, one), lines, name)
                for one, facts in value.items()
            }
        elif key in LISTS:
            field, kind = LISTS[key]
            _is(value, list, (key,), lines, name)
            made[field] = tuple(_part(one, kind, (key, str(at)), lines, name) for at, one in enumerate(value))
        elif key in TEXTS and isinstance(value, str):
            made[key] = value
        else:
            known = [*TEXTS, *TABLES, *NAMED, *LISTS]
            raise MappingError(f"{name}{line(lines, (key,))}: unknown key {key!r}{_meant(key, known)}")
    mapping = Mapping(**made)
    check(mapping)
    check_lengths(mapping)
    return mapping


def _part(value: Any, kind: type[Part], where: tuple[str, ...], lines: dict[Any, int], name: str) -> Any:
    try:
        return msgspec.convert(_plain(value, kind is Expect), kind)
    except msgspec.ValidationError as error:
        said = str(error)
        field = re.search(r"unknown field `([^`]*)`", said)
        at = re.search(r" - at `\$\.?([^`]*)`", said)
        path = where + tuple(re.findall(r"\w+", at.group(1))) if at else where
        if field:
            known = [info.encode_name for info in msgspec.structs.fields(kind)]
            path, why = (*path, field.group(1)), f"unknown key {field.group(1)!r}{_meant(field.group(1), known)}"
        else:
            why = f"{'.'.join(path)}: {said.split(' - at ')[0]}{_choices(kind, path[-1]) if 'enum' in said else ''}"
        raise MappingError(f"{name}{line(lines, path)}: {why}") from None


def _choices(kind: type[Part], key: str) -> str:
    """What a key of a closed set may be."""
    allowed = [one for part in get_args(get_type_hints(kind).get(key)) for one in (get_args(part) or (part,))]
    known = [one for one in allowed if isinstance(one, str)]
    return f"; known are {', '.join(known)}" if known else ""


def _plain(value: Any, published: bool) -> Any:
    """Decimals as floats, but a published figure as it was written: 5.40 has two decimals."""
    if isinstance(value, dict):
        return {
            key: str(one) if published and key == "published" and not isinstance(one, str) else _plain(one, published)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_plain(one, published) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def _is(value: Any, kind: type, where: tuple[str, ...], lines: dict[Any, int], name: str) -> None:
    if not isinstance(value, kind):
        form = f"[[{where[0]}]]" if kind is list else f"[{where[0]}]"
        raise MappingError(f"{name}{line(lines, where)}: {where[0]} is written {form}")


def _meant(key: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(key, names, 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(names))}"
