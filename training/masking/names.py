"""Invented names, the same one wherever the original's stood, and none that the original knew."""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from feeds.recordings.recording import Recorded, Recording
from incidents import events as ev
from incidents.case import Instruction
from incidents.exercises.room import TrainingError
from incidents.messages import Call, Fix, Report

Kind = Literal[
    "device", "case", "person", "place", "source", "account", "unit", "line", "desk", "order", "number", "word"
]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORDS = ("lantern", "harbour", "meadow", "pebble", "willow", "copper", "saddle", "thistle", "velvet", "orchard")
_FORMS: dict[Kind, Callable[[int], str]] = {
    "device": lambda n: f"EX-{n:04}",
    "case": lambda n: f"EX-CASE-{n}",
    "person": lambda n: f"{_LETTERS[n % 26]}. {'Verzonnen' if n % 2 else 'Inventée'}{n // 26 or ''}",
    "place": lambda n: f"Place {n}",
    "source": lambda n: f"Service {n}",
    "account": lambda n: f"account-{n}",
    "unit": lambda n: f"EX-UNIT-{n}",
    "line": lambda n: f"line-{n}",
    "desk": lambda n: f"desk-{n}",
    "order": lambda n: f"order-{n}-1",
    "number": lambda n: f"0000 {n:02}",
    "word": lambda n: f"{_WORDS[n % len(_WORDS)]}{n // len(_WORDS) or ''}",
}
# What no approved words may hold: a time, a plate or another number, a position.
_TELLING = re.compile(r"\d{1,2}\s?[:hu.]\s?\d{2}|\d[-. ]?[A-Za-z]{3}[-. ]?\d{3}|\d{4,}|\d+\.\d{3,}|\d[\d ./-]{6,}")
_NAMING = {
    "device": "device",
    "devices": "device",
    "case": "case",
    "number": "case",
    "unit": "unit",
    "asked_unit": "unit",
    "order": "order",
    "line": "line",
    "desk": "desk",
    "safe_numbers": "number",
    "safe_word": "word",
    "duress_word": "word",
    "account": "account",
}


class Names:
    """The invented names of one recording. `known` are the original's own, none of which may be left in what is made of it."""

    def __init__(self, recording: Recording) -> None:
        self.known = {name for name in _names_in(recording) if name.strip()}
        self._avoid = {name.casefold() for name in self.known}
        self._given: dict[tuple[Kind, str], str] = {}
        self._counts: dict[Kind, int] = {}

    def of(self, kind: Kind, name: str) -> str:
        """The invented name in place of this one."""
        given = self._given.get((kind, name))
        while given is None:
            self._counts[kind] = n = self._counts.get(kind, 0) + 1
            if (made := _FORMS[kind](n)).casefold() not in self._avoid:
                self._given[kind, name] = given = made
        return given

    def maybe(self, kind: Kind, name: str | None) -> str | None:
        """The same, where there may be none."""
        return self.of(kind, name) if name is not None else None

    def left_in(self, masked: Recording) -> str:
        """Where a name of the original is left, "" when nowhere: a fault of ours, which keeps the file from being made."""
        words = sorted((name for name in self.known if len(name) >= 3), key=len, reverse=True)
        if not words:
            return ""
        search = re.compile(rf"(?<![\w-])({'|'.join(re.escape(word) for word in words)})(?![\w-])", re.IGNORECASE)
        ours = closed_words()
        for n, thing in enumerate((masked.cases, *masked.lines)):
            if any(text not in ours and search.search(text) for text in texts_of(msgspec.to_builtins(thing))):
                return f"line {n + 1}"
        return ""


def check_words(words: str, names: Names) -> None:
    """Raises TrainingError("reviewed_names") for approved words that name something of the original, or a time or number."""
    parts = {part for name in names.known for part in (name, *re.findall(r"[^\W\d_]{3,}", name))}
    said = words.casefold()
    if _TELLING.search(words) or any(
        re.search(rf"(?<!\w){re.escape(part.casefold())}(?!\w)", said) for part in parts if len(part) >= 3
    ):
        raise TrainingError("reviewed_names")


@cache
def closed_words() -> frozenset[str]:
    """The words of Vigie's own lists: a unit called "radio" is not named by an event that came by radio."""
    found: set[str] = {"watch", "console", "orders", "gnss", "cell", "wifi"}

    def look(hint: Any) -> None:
        if get_origin(hint) is Literal:
            found.update(str(word) for word in get_args(hint))
        for inner in get_args(hint):
            look(inner)

    reports = (*get_args(Report), Call, Fix)
    for kind in (*ev.EVENT_TYPES.values(), *reports, Instruction):
        found.add(str(kind.__struct_config__.tag))
        for hint in get_type_hints(kind).values():
            look(hint)
    return frozenset(found | set(get_args(ev.Flag)))


def texts_of(thing: Any) -> Iterator[str]:
    """Every text in JSON values; of a text that is JSON itself (an order as it was sent) those in it."""
    if isinstance(thing, str):
        if thing.startswith("{"):
            with contextlib.suppress(msgspec.MsgspecError, RecursionError):
                yield from texts_of(msgspec.json.decode(thing))
                return
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from texts_of(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from texts_of(value)


def _names_in(recording: Recording) -> Iterator[str]:
    for case in recording.cases:
        yield from (person.name for person in (case.victim, case.suspect) if person is not None)
        yield from (place.name for place in case.places if place.name.casefold() not in ("home", "work", "school"))
        yield from (place.address for place in case.places)
        yield from _named(msgspec.to_builtins(case))
    for line in recording.lines:
        yield from _named(line.message if isinstance(line, Recorded) else msgspec.to_builtins(line.event))


def _named(thing: Any) -> Iterable[str]:
    if isinstance(thing, dict):
        for name, value in thing.items():
            if name in _NAMING:
                yield from texts_of(value)
            elif name != "body":
                yield from _named(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _named(value)
