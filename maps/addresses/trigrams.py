"""Which of many names share the most with what somebody types: an index of three letters, built and asked with arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_LETTERS: Final = " 0123456789abcdefghijklmnopqrstuvwxyz"
_BASE: Final = len(_LETTERS)
_CODES: Final = np.full(256, 0, dtype=np.int64)
_CODES[np.frombuffer(_LETTERS.encode(), np.uint8)] = np.arange(_BASE)
# What a name has beyond what was typed speaks against it, less than what was typed speaks for it.
_BEYOND: Final = np.float32(0.25)


class Trigrams:
    """An index over folded names (small letters, digits, single spaces). Immutable; any thread may ask."""

    def __init__(self, names: Sequence[str]) -> None:
        self._count = len(names)
        letters = np.frombuffer("".join(f" {name} " for name in names).encode("ascii", "replace"), np.uint8)
        lengths = np.array([len(name) + 2 for name in names], dtype=np.int64)
        of = np.repeat(np.arange(self._count), lengths)
        codes = _CODES[letters]
        three = (codes[:-2] * _BASE + codes[1:-1]) * _BASE + codes[2:]
        pairs = np.sort((three * max(self._count, 1) + of[:-2])[of[:-2] == of[2:]])
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]  # `np.unique` takes ten times as long
        three, self._names = np.divmod(pairs, max(self._count, 1))
        self._names = self._names.astype(np.int32)
        self._first = np.searchsorted(three, np.arange(_BASE**3 + 1))
        many = np.maximum(np.diff(self._first), 1)
        # A rare piece says more than a common one: "straat" is in half of all names.
        self._weights = np.log1p(self._count / many).astype(np.float32)
        self._whole = np.bincount(self._names, weights=self._weights[three], minlength=self._count).astype(np.float32)

    def scores(self, text: str) -> Scores:
        """How well each name fits the folded `text`: the weight of what they share, less of what the name has beyond."""
        found = np.zeros(self._count, dtype=np.float32)
        for three in _threes(text):
            found[self._names[self._first[three] : self._first[three + 1]]] += self._weights[three]
        return np.asarray(found - _BEYOND * (self._whole - found), dtype=np.float32)


def _threes(text: str) -> list[int]:
    codes = _CODES[np.frombuffer(f" {text} ".encode("ascii", "replace"), np.uint8)]
    if len(codes) < 3:
        return []
    return list(np.unique((codes[:-2] * _BASE + codes[1:-1]) * _BASE + codes[2:]))
