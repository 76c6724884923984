"""The importable file: JSON with the cases and the numbers withdrawn, read so that each row knows its line.

What is wrong is said by line, row and field, never by the value, which may be a person's.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Collection, Iterator
from datetime import date
from json.decoder import JSONDecoder
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

from incidents.case import Case, Person
from incidents.log.regular_files import read_regular

MAX_FILE_BYTES = 64 << 20
MAX_CASES = 20_000

_SPACE = re.compile(r"[ \t\r\n]*")
_ERROR = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?\Z", re.DOTALL)
_PATTERNS = {
    "number": "expected 1 to 40 letters, digits, spaces or . / _ -",
    "devices": "expected 1 to 200 characters without space at the ends",
    "languages": "expected an ISO 639 code of 2 or 3 small letters",
}


NOTHING: Final = Case(
    number="", victim=Person(name=""), devices=(), valid_from=date.min, valid_until=date.min, source="", date=date.min
)


class CaseFileError(Exception):
    """The file as a whole can't be understood: where and why."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `cases`: the line it begins on, its place (from 1), the case, and every reason why it is none.

    With problems the case is what can be read of it (`NOTHING` for the rest): what else is wrong with it is named too.
    """

    line: int
    place: int
    case: Case
    problems: tuple[str, ...] = ()


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file as it was read once: its rows, the numbers it withdraws, the SHA-256 of its bytes."""

    rows: tuple[Row, ...]
    withdrawn: tuple[str, ...] = ()
    sha256: str = ""


class _RepeatedField:
    """Stands for an object that names a field twice: which of the two holds can't be known."""


def read_case_file(path: Path) -> CaseFile:
    """Read the file wholly, once: what is checked is what is written. Raises `CaseFileError`; a bad row carries its problem."""
    try:
        content = read_regular(path, MAX_FILE_BYTES)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise CaseFileError(f"the file can't be read: {(error.strerror or 'unknown').lower()}") from error
    except UnicodeDecodeError as error:
        raise CaseFileError(f"byte {error.start}: not UTF-8") from None
    return msgspec.structs.replace(_Reader(text).file(), sha256=hashlib.sha256(content).hexdigest())


class _Reader:
    """Walks the outer object by hand and leaves each value to the JSON decoder."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._decoder = JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)

    def file(self) -> CaseFile:
        fields: dict[str, Any] = {}
        self._expect("{")
        while not self._take("}"):
            if fields:
                self._expect(",")
            name = self._value()
            if name not in ("cases", "withdrawn"):
                raise self._wrong("expected `cases` or `withdrawn`")
            if name in fields:
                raise self._wrong(f"`{name}` stands twice")
            self._expect(":")
            fields[name] = self._rows() if name == "cases" else self._withdrawn()
        if self._skip() < len(self._text):
            raise self._wrong("expected the end of the file")
        if not fields:
            raise self._wrong("expected `cases` or `withdrawn`")
        return CaseFile(rows=fields.get("cases", ()), withdrawn=fields.get("withdrawn", ()))

    def _rows(self) -> tuple[Row, ...]:
        rows: list[Row] = []
        self._expect("[")
        while not self._take("]"):
            if rows:
                self._expect(",")
            if len(rows) == MAX_CASES:
                raise self._wrong(f"more than {MAX_CASES} cases")
            self._skip()
            line = self._line_now()
            place, value = len(rows) + 1, self._value()
            rows.append(row_of(value, line=line, place=place))
        return tuple(rows)

    def _withdrawn(self) -> tuple[str, ...]:
        self._skip()
        line = self._line_now()
        try:
            return msgspec.convert(self._value(), tuple[str, ...])
        except msgspec.ValidationError as error:
            raise CaseFileError(f"line {line}, withdrawn{say(error)}") from None

    def _value(self) -> Any:
        self._skip()
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise CaseFileError(f"line {error.lineno}, column {error.colno}: no JSON: {error.msg}") from None
        except RecursionError:
            raise self._wrong("nested too deeply") from None
        except ValueError:
            raise self._wrong("no JSON: a number that can't be read") from None
        return value

    def _skip(self) -> int:
        found = _SPACE.match(self._text, self._at)
        assert found is not None
        self._at = found.end()
        return self._at

    def _take(self, mark: str) -> bool:
        if not self._text.startswith(mark, self._skip()):
            return False
        self._at += 1
        return True

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self._wrong(f"expected `{mark}`")

    def _wrong(self, reason: str) -> CaseFileError:
        return CaseFileError(f"line {self._line_now()}: {reason}")

    def _line_now(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def say(error: msgspec.ValidationError, at: str = "") -> str:
    """A type's complaint of what stands `at` a path, in our words: `.devices[0]: expected str, got int`."""
    found = _ERROR.match(str(error))
    assert found is not None
    what, path = found["what"].replace("`", ""), at + (found["path"] or "$").removeprefix("$")
    field = re.split(r"[.\[]", path.removeprefix("."))[0]
    if "matching regex" in what:
        what = _PATTERNS[field if field in _PATTERNS else "languages"]
    elif "_RepeatedField" in what:
        what = "a field stands twice"
    elif what.startswith("Invalid enum value"):
        what = "not one of the values allowed"
    elif what.startswith("Invalid RFC3339"):
        what = "expected a date like 2026-11-24"
    elif what.startswith("Object contains unknown field"):
        name = what.rpartition(" ")[2]
        what = "unknown field" + (f" {name}" if re.fullmatch(r"[a-z_]{1,40}", name) else "")
    return f"{path}: {what[0].lower()}{what[1:]}"


def row_of(value: Any, *, line: int = 1, place: int = 1) -> Row:
    """What stands in a file for a case, read."""
    problems, named = list[str](), value if isinstance(value, dict) else {}
    read: dict[str, Any] = named
    try:
        case = msgspec.convert(value, Case)
    except (msgspec.ValidationError, OverflowError):
        problems, read = list(_faults(value, Case)), {}
        for field in msgspec.structs.fields(Case):
            with contextlib.suppress(msgspec.ValidationError, OverflowError, KeyError):
                read[field.name] = msgspec.convert(named[field.name], field.type)
        case = msgspec.structs.replace(NOTHING, **read)
    if "version" in named:
        problems.append("version: the register numbers the versions itself")
    if "standing" in named:
        problems.append("standing: it follows from the steps that the register keeps")
    try:
        msgspec.json.encode(case)
    except (UnicodeEncodeError, OverflowError):
        problems.append("a text or number that can't be stored")
    problems += _contradictions(case, read)
    return Row(line=line, place=place, case=case, problems=tuple(problem.removeprefix(".") for problem in problems))


def _faults(value: Any, kind: Any, at: str = "") -> Iterator[str]:
    """Everything by which a value is not of a type, each with its path; what it is made of is looked at part by part."""
    try:
        msgspec.convert(value, kind)
        return
    except msgspec.ValidationError as error:
        whole = say(error, at).removeprefix(": ")
    except OverflowError:
        whole = f"{at}: a number that can't be stored"
    parts, (struct, item) = list[str](), _made_of(kind)
    if struct is not None and isinstance(value, dict):
        fields = {field.name: field for field in msgspec.structs.fields(struct)}
        for name in value.keys() - fields:
            said = f" {name}" if re.fullmatch(r"[a-z_]{1,40}", str(name)) else ""
            parts.append(f"{at}: unknown field{said}".removeprefix(": "))
        for name, field in fields.items():
            if name in value:
                parts += _faults(value[name], field.type, f"{at}.{name}")
            elif field.required:
                parts.append(f"{at}: object missing required field {name}".removeprefix(": "))
    elif item is not None and isinstance(value, list):
        for i, one in enumerate(value):
            parts += _faults(one, item, f"{at}[{i}]")
    yield from parts or [whole]


def _made_of(kind: Any) -> tuple[type[msgspec.Struct] | None, Any]:
    """The struct that a type is, and what a list of this type holds."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _made_of(inner[0])
    if origin is tuple:
        return None, inner[0]
    if origin in (Union, UnionType):
        return next((found for found in map(_made_of, inner) if found != (None, None)), (None, None))
    return (kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None), None


def _contradictions(case: Case, read: Collection[str]) -> Iterator[str]:
    """What the types can't say, of the fields that could be read."""
    if {"valid_from", "valid_until"} <= set(read) and case.valid_until < case.valid_from:
        yield "valid_until: before valid_from"
    if len(set(case.devices)) < len(case.devices):
        yield "devices: one stands twice"
    if len({place.name for place in case.places}) < len(case.places):
        yield "places: two have one name"
    for i, exclusion in enumerate(case.exclusions):
        if not (exclusion.account or exclusion.zone):
            yield f"exclusions[{i}]: names neither an account nor a zone"


def _object(pairs: list[tuple[str, Any]]) -> Any:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else _RepeatedField()


def _no_constant(name: str) -> Any:
    raise ValueError(name)
