"""Texts, each kept once and known by its number."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Numbering:
    """Numbers from 0 on, in the order in which the texts came."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self._numbers.setdefault(text, len(self._numbers))

    def numbers(self, texts: pa.Array) -> NDArray[np.int32]:
        """The number of each of many texts."""
        encoded = texts.dictionary_encode()
        known = np.array([self.number(text) for text in encoded.dictionary.to_pylist()], dtype=np.int32)
        found: NDArray[np.int32] = known[encoded.indices.to_numpy()]
        return found

    def texts(self) -> list[str]:
        """All of them, in the order of their numbers."""
        return list(self._numbers)
