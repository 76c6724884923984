"""The looks as columns of numbers, so that a million are filtered, sorted and counted at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

TEXTS = ("who", "role", "what", "kind", "case", "device", "incident", "stream", "need", "why", "alarm")
_TYPES: Mapping[str, type[np.generic]] = {
    **dict.fromkeys(TEXTS, np.int32),
    "seq": np.int64,
    "at_ms": np.int64,
    "given": np.bool_,
    "there": np.bool_,
    "file": np.bool_,
    "command": np.bool_,
    "again": np.bool_,
    "quiet_days": np.int16,
}
NAMES = tuple(_TYPES)
Array = npt.NDArray[Any]


class Words:
    """The distinct texts of a column, each with a number; 0 is ""."""

    def __init__(self) -> None:
        self.words: list[str] = [""]
        self._at: dict[str, int] = {"": 0}
        self._ranks: Array = np.zeros(1, np.int32)

    def number(self, word: str) -> int:
        """The number of a text, a new one where it is new."""
        if (found := self._at.get(word)) is None:
            self.words.append(word)
            found = self._at[word] = len(self.words) - 1
        return found

    def find(self, word: str) -> int:
        """The number of a text, -1 where there is none."""
        return self._at.get(word, -1)

    def holding(self, part: str) -> list[int]:
        """The numbers of the texts that have this in them, in whatever case."""
        part = part.casefold()
        return [n for n, word in enumerate(self.words[1:], 1) if part in word.casefold()]

    def ranks(self) -> Array:
        """For each number the place of its text among all, in the order of the alphabet."""
        count = len(self.words)
        if len(self._ranks) < count:
            ranks = np.empty(count, np.int32)
            ranks[sorted(range(count), key=lambda n: self.words[n].casefold())] = np.arange(count, dtype=np.int32)
            self._ranks = ranks
        return self._ranks


class Columns:
    """The rows, oldest first. One thread adds; any thread reads the first `count` of what `taken` gives."""

    def __init__(self) -> None:
        self.words = {name: Words() for name in TEXTS}
        self.count = 0
        self.changed = 0  # how often what stood was changed
        self._arrays: dict[str, Array] = {name: np.zeros(1024, kind) for name, kind in _TYPES.items()}

    def add(self, rows: Sequence[Sequence[int]]) -> None:
        """Put rows at the end: a number for each of `NAMES`."""
        if not rows:
            return
        end = self.count + len(rows)
        if end > len(self._arrays["seq"]):
            more = max(end, 2 * len(self._arrays["seq"]))
            self._arrays = {name: np.resize(array, more) for name, array in self._arrays.items()}
        for name, values in zip(NAMES, zip(*rows, strict=True), strict=True):
            self._arrays[name][self.count : end] = values
        self.count = end

    @property
    def edition(self) -> int:
        """Another, higher number once a row came or one that stood was changed."""
        return self.count + self.changed

    def taken(self) -> dict[str, Array]:
        """All columns as they are now."""
        count, arrays = self.count, self._arrays
        return {name: array[:count] for name, array in arrays.items()}

    def set(self, row: int, **values: int) -> None:
        """Change what a row says."""
        for name, value in values.items():
            self._arrays[name][row] = value
        self.changed += 1

    def forget(self, stream: str, incident: str) -> None:
        """Take case and device from the rows of a stream, and of an incident."""
        arrays = self.taken()
        numbers = self.words["stream"].find(stream), self.words["incident"].find(incident)
        at = arrays["stream"] == numbers[0]
        if incident:
            at |= arrays["incident"] == numbers[1]
        for name in ("case", "device"):
            arrays[name][at] = 0
        self.changed += 1
