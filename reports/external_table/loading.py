"""Reads a mapping from its file: what it does not know is refused with the line it stands on."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from incidents.log.regular_files import read_toml
from reports.external_table.mapping import Mapping, MappingError, Part, check

# key in the file -> the field that it makes
FIELDS = {
    field.encode_name: field
    for field in msgspec.structs.fields(Mapping)
    if field.name not in ("tables", "text", "name")
}


def load(path: Path) -> Mapping:
    """Reads a mapping. Raises MappingError, which names the line; OSError."""
    try:
        return parse(read_toml(path), path.name)
    except MappingError:
        raise
    except ValueError as error:
        raise MappingError(
            f"{path.name}: {'it is not UTF-8' if isinstance(error, UnicodeDecodeError) else error}"
        ) from None


def parse(text: str, name: str = "mapping") -> Mapping:
    """A mapping from its text. Raises MappingError."""
    try:
        facts, written = tomllib.loads(text), tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{name}: {error}") from None
    bare = Mapping(text=text, name=name)
    made: dict[str, Any] = {}
    for key, value in facts.items():
        if key not in FIELDS:
            raise bare.fail(f"unknown key {key!r}{_meant(key, FIELDS)}", key)
        field = FIELDS[key]
        form, kind = get_origin(field.type), part_of(field.type)
        if form in (dict, tuple) and not isinstance(value, dict if form is dict else list):
            raise bare.fail(f"{key} is written {f'[{key}]' if form is dict else f'[[{key}]]'}", key)
        if form is dict:  # a text alone is its column
            made[field.name] = {
                one: _part({"column": facts} if isinstance(facts, str) else facts, kind, (key, one), bare)
                for one, facts in value.items()
            }
        elif form is tuple:
            parts = [(at, one) for at, one in enumerate(value)]
            if key == "expect":
                parts = [(at, each) for at, one in parts for each in _figures(one, written[key][at], at, bare)]
                made["tables"] = tuple(at for at, _ in parts)
            made[field.name] = tuple(_part(one, kind, (key, str(at)), bare) for at, one in parts)
        else:
            made[field.name] = _part(value, kind, (key,), bare)
    mapping = msgspec.structs.replace(bare, **made)
    check(mapping)
    return mapping


def _figures(facts: Any, written: Any, at: int, mapping: Mapping) -> Iterator[Any]:
    """Each figure of an [[expect]]: one, or those of a table, a row for each part and a column for each figure.

    A published figure is what was written: 5.40 has two decimals.
    """
    if not isinstance(facts, dict) or "published" not in facts:
        yield facts
        return
    published, where = written["published"], ("expect", str(at))
    by, figure = facts.pop("by", None), facts.get("figure")
    if (by is None) == isinstance(published, dict) or not isinstance(by, str | None):
        raise mapping.fail("a table of published figures has `by`, and `published` names its parts", *where)
    if by is None:
        yield facts | {"published": str(published)}
        return
    names, where_too = figure if isinstance(figure, list) else [figure], facts.get("where", {})
    if not isinstance(where_too, dict):
        raise mapping.fail("where: Expected `object`", *where, "where")
    for part, row in published.items():
        cells = row if isinstance(figure, list) else [row]
        odd = not isinstance(cells, list) or any(isinstance(cell, list | dict) for cell in cells)
        if odd or len(cells) != len(names):
            raise mapping.fail(f"{part} has not a figure for each of {', '.join(map(str, names))}", *where, "published")
        for name, cell in zip(names, cells, strict=True):
            if cell != "":  # not published
                yield facts | {"figure": name, "published": str(cell), "where": where_too | {by: part}}


def part_of(kind: Any) -> Any:
    """The kind of table that a field of the mapping is made of, or its own type."""
    return next((one for one in get_args(kind) if isinstance(one, type) and issubclass(one, Part)), kind)


def _part(value: Any, kind: Any, where: tuple[str, ...], mapping: Mapping) -> Any:
    try:
        return msgspec.convert(value, kind, dec_hook=lambda kind, value: kind(value))
    except msgspec.ValidationError as error:
        why, _, at = str(error).partition(" - at `$")
        path = where + tuple(re.findall(r"\w+", at))
        if field := re.search(r"unknown field `([^`]*)`", why):
            known = [info.encode_name for info in msgspec.structs.fields(kind)]
            path, why = (*path, field.group(1)), f"unknown key {field.group(1)!r}{_meant(field.group(1), known)}"
        elif error.__cause__:  # what a type of our own says
            why = f"{next(one for one in reversed(path) if not one.isdigit())}: {why}"
        else:
            why = f"{'.'.join(path)}: {why}{_choices(kind, path[-1]) if 'enum' in why else ''}"
        raise mapping.fail(why, *path) from None


def _choices(kind: type[Part], key: str) -> str:
    """What a key of a closed set may be."""
    allowed = [one for part in get_args(get_type_hints(kind).get(key)) for one in (get_args(part) or (part,))]
    known = [one for one in allowed if isinstance(one, str)]
    return f"; known are {', '.join(known)}" if known else ""


def _meant(key: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(key, names, 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(names))}"
