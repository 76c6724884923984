"""Reading a JSON object of unknown quality field by field: what can't be read is empty and noted with its path and why.

A press lists what was noted; any other message is refused for it. A note never holds the value itself.
"""

import math
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

import msgspec

from incidents.messages import MAX_TEXT, Unreadable

Choice = TypeVar("Choice")
TOO_LONG = f"longer than {MAX_TEXT} characters, cut"

# Control, format (bidirectional overrides, zero widths), lone surrogate, line ends: none may reach a screen or a log.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Fields:
    """One JSON object; `notes` gathers what could not be read, `cut` the free words that were cut, in it and in what it holds."""

    def __init__(self, values: Mapping[str, Any], *, path: str = "", within: "Fields | None" = None) -> None:
        self._values = values
        self._path = path
        self.notes: list[Unreadable] = within.notes if within else []
        self.cut: list[Unreadable] = within.cut if within else []

    def note(self, name: str, reason: str) -> None:
        """Remember that a field could not be read."""
        self.notes.append(Unreadable(self._path + name, reason))

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def name(self, name: str, *, required: bool = False) -> str | None:
        """A name or an id: 1 to 200 characters. A longer one is cut, unsafe characters are taken out; both are noted."""
        value = self._text(name, required)
        if value is None:
            return None
        clean = printable(value)
        if clean != value:
            self.note(name, "control characters taken out")
        clean = clean.strip()
        if len(clean) > MAX_TEXT:
            self.note(name, TOO_LONG)
            clean = clean[:MAX_TEXT]
        if not clean:
            self.note(name, "empty")
            return None
        return clean

    def words(self, name: str) -> str | None:
        """Free words of somebody: made printable and cut at 200 characters, for which nothing is refused."""
        value = printable((self._text(name, False) or "").strip(), " ")
        if len(value) > MAX_TEXT:
            self.cut.append(Unreadable(self._path + name, TOO_LONG))
        return value[:MAX_TEXT].strip() or None

    def exact(self, name: str) -> str | None:
        """An id exactly as it was sent: what can't be kept letter by letter is no id, because two could become one."""
        value = self._text(name, True)
        if value is None:
            return None
        if not 0 < len(value) <= MAX_TEXT or printable(value).strip() != value:
            self.note(name, "not 1 to 200 printable characters")
            return None
        return value

    def number(self, name: str, low: float, high: float, *, required: bool = False) -> float | None:
        """A finite number within low..high, both included."""
        value = self._values.get(name)
        if value is None:
            if required:
                self.note(name, "missing")
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.note(name, "not a number")
            return None
        if not low <= value <= high:  # false for NaN too
            self.note(name, "not a number" if isinstance(value, float) and math.isnan(value) else "out of range")
            return None
        return float(value)

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number within low..high, both included."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.note(name, "not a whole number")
            return None
        if not low <= value <= high:
            self.note(name, "out of range")
            return None
        return value

    def true(self, name: str) -> bool:
        """Whether it is JSON's `true`; whatever else stands there says nothing."""
        return self._values.get(name) is True

    def choice(self, name: str, choices: frozenset[Choice]) -> Choice | None:
        """One of a closed set of words; missing is noted."""
        value = self._values.get(name)
        if value is None:
            self.note(name, "missing")
            return None
        if not isinstance(value, str):
            self.note(name, "not a text")
            return None
        found = next((choice for choice in choices if choice == value), None)
        if found is None:
            self.note(name, "unknown value")
        return found

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """An RFC 3339 time with its offset, in UTC."""
        value = self._text(name, required)
        if value is None:
            return None
        try:
            moment = msgspec.convert(value, datetime)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (msgspec.ValidationError, OverflowError, ValueError):
            pass
        self.note(name, "not an RFC 3339 time with its offset")
        return None

    def inner(self, name: str, *, required: bool = False) -> "Fields | None":
        """An object inside this one."""
        value = self._values.get(name)
        if value is None:
            if required:
                self.note(name, "missing")
            return None
        if not isinstance(value, dict):
            self.note(name, "not an object")
            return None
        return Fields(value, path=f"{self._path}{name}.", within=self)

    def _text(self, name: str, required: bool) -> str | None:
        value = self._values.get(name)
        if value is None:
            if required:
                self.note(name, "missing")
            return None
        if not isinstance(value, str):
            self.note(name, "not a text")
            return None
        return value


def printable(text: str, instead: str = "") -> str:
    """The text without characters that no screen and no log should see, each replaced by `instead`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(instead if unicodedata.category(c) in _UNSAFE else c for c in text)


def choices_of(literal: Any) -> frozenset[Any]:
    """The words of a `Literal`."""
    return frozenset(get_args(literal))
