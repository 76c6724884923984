"""The importable file: JSON with the cases and the numbers withdrawn, read so that each row knows its line.

What is wrong is said by line, row and field, never by the value, which may be a person's.
"""

import hashlib
import json
import re
from json.decoder import JSONDecoder
from pathlib import Path
from typing import Any

import msgspec

from incidents.case import Case
from incidents.log.copying import open_regular

MAX_FILE_BYTES = 64 << 20
MAX_CASES = 20_000

_SPACE = re.compile(r"[ \t\r\n]*")
_ERROR = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?\Z", re.DOTALL)
_PATTERNS = {
    "number": "expected 1 to 40 letters, digits, spaces or . / _ -",
    "devices": "expected 1 to 200 characters without space at the ends",
    "languages": "expected an ISO 639 code of 2 or 3 small letters",
}


class CaseFileError(Exception):
    """The file as a whole can't be understood: where and why."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `cases`: the line it begins on, its place (from 1), and the case, or why it is none."""

    line: int
    place: int
    case: Case | None = None
    problem: str = ""


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
        with open_regular(path) as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise CaseFileError(f"the file is larger than {MAX_FILE_BYTES >> 20} MiB")
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
            rows.append(_row(line, len(rows) + 1, self._value()))
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


def say(error: msgspec.ValidationError) -> str:
    """A type's complaint in our words: `.devices[0]: expected str, got int`."""
    found = _ERROR.match(str(error))
    assert found is not None
    what, path = found["what"].replace("`", ""), (found["path"] or "$").removeprefix("$")
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


def _row(line: int, place: int, value: Any) -> Row:
    problem = ""
    try:
        case = msgspec.convert(value, Case)
        msgspec.json.encode(case)
        problem = _contradiction(case)
        if isinstance(value, dict) and "version" in value:
            problem = "version: the register numbers the versions itself"
        if isinstance(value, dict) and "standing" in value:
            problem = "standing: it follows from the steps that the register keeps"
    except msgspec.ValidationError as error:
        problem = say(error).removeprefix(".").removeprefix(": ")
    except (UnicodeEncodeError, OverflowError):
        problem = "a text or number that can't be stored"
    return Row(line=line, place=place, problem=problem) if problem else Row(line=line, place=place, case=case)


def _contradiction(case: Case) -> str:
    """What the types can't say; empty when nothing is wrong."""
    if case.valid_until < case.valid_from:
        return "valid_until: before valid_from"
    if len(set(case.devices)) < len(case.devices):
        return "devices: one stands twice"
    if len({place.name for place in case.places}) < len(case.places):
        return "places: two have one name"
    for i, exclusion in enumerate(case.exclusions):
        if not (exclusion.account or exclusion.zone):
            return f"exclusions[{i}]: names neither an account nor a zone"
    return ""


def _object(pairs: list[tuple[str, Any]]) -> Any:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else _RepeatedField()


def _no_constant(name: str) -> Any:
    raise ValueError(name)
