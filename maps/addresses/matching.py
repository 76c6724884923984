"""Which streets and stations fit what somebody types: candidates by pieces of three letters, then each letter is compared.

What is typed holds a name and, before or behind it, maybe where that is: every way to part it is tried. Its end may be
unfinished.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from maps.addresses.reading import Reading
from maps.addresses.trigrams import Scores, Trigrams

Ints = NDArray[np.int32]

NAMES: Final = 3  # of a document at most
_CANDIDATES: Final = 100
_UNFINISHED: Final = np.float32(4)  # of 100: a name that only begins so
# Of 100: a name that is less alike is another one, however well its town fits. "kuoter" is 83 like "kouter", "nergenslaan" 73
# like "heernislaan".
_ALIKE: Final = np.float32(76)
_WEIGHS: Final = np.float32(2)  # of 100: what a document's weight decides
_CODE_COUNTS: Final = np.float32(8)  # as much as two or three pieces of a rare name
_SAME_CODE: Final = np.float32(4)  # four digits are a postcode rather than a house number
_OTHER_CODE: Final = np.float32(12)
_NEAR_CODE: Final = np.float32(5)  # two digits in each other's place, or one that is another


class Documents(msgspec.Struct, frozen=True):
    """What is searched. Each document has up to three names (`names`, (n, 3), into `words`; -1: none) and lies in a group; a
    group has a postcode and is called by some of `places` (`called`, one tuple of indices a group). `weight` (0..1) decides
    between documents that fit alike. All words are folded (`maps.addresses.reading`)."""

    words: Sequence[str]
    names: Ints
    group: Ints
    weight: Scores
    places: Sequence[str]
    called: Sequence[tuple[int, ...]]
    postcode: Sequence[str]


class Match(msgspec.Struct, frozen=True):
    """A document, how well it fits of 100 (and a little more for its weight), and the reading that fits it."""

    document: int
    fit: float
    reading: Reading


class Matcher:
    """The index over documents. Immutable; any thread may ask."""

    def __init__(self, documents: Documents) -> None:
        self._docs = documents
        self._words, self._places = Trigrams(documents.words), Trigrams(documents.places)
        names = np.where(documents.names < 0, len(documents.words), documents.names)
        self._names = np.ascontiguousarray(names.T)
        self._called = np.array([i for called in documents.called for i in called], dtype=np.int32)
        counts = [len(called) for called in documents.called]
        self._called_first = np.concatenate(([0], np.cumsum(counts)))[:-1].astype(np.int64)
        assert not documents.called or min(counts) > 0
        self._postcodes = np.array(documents.postcode, dtype="U4")

    def match(self, readings: Sequence[Reading], limit: int) -> list[Match]:
        """The documents that fit one of the readings best, the best first."""
        best: dict[int, Match] = {}
        by_text: dict[str, list[Reading]] = {}
        for reading in readings if len(self._docs.names) else ():
            by_text.setdefault(reading.text, []).append(reading)
        for text, alike in by_text.items():
            documents = self._candidates(text, {reading.postcode for reading in alike} - {""})
            named = self._fits(text, documents)
            codes = self._postcodes[self._docs.group[documents]]
            for reading in alike:
                fits = named - _codes_off(reading.postcode, codes) if reading.postcode else named
                for at in np.argsort(-fits, kind="stable")[:limit].tolist():
                    found = Match(int(documents[at]), float(fits[at]), reading)
                    if (known := best.get(found.document)) is None or known.fit < found.fit:
                        best[found.document] = found
        return sorted(best.values(), key=lambda match: (-match.fit, match.document))[:limit]

    def _candidates(self, text: str, postcodes: Collection[str]) -> Ints:
        """The documents whose names and places share the most with the text; of these postcodes rather than of others."""
        words = np.append(self._words.scores(text), np.float32(-1e6))
        # Each column apart: over rows of three `max(axis=1)` takes ten times as long.
        score = words[self._names[0]]
        for column in self._names[1:]:
            score = np.maximum(score, words[column])
        groups = np.maximum(np.maximum.reduceat(self._places.scores(text)[self._called], self._called_first), 0)
        if postcodes:
            groups = groups + _CODE_COUNTS * np.isin(self._postcodes, list(postcodes))
        score = score + groups[self._docs.group] + self._docs.weight
        if len(score) <= _CANDIDATES:
            return np.arange(len(score), dtype=np.int32)
        return np.argpartition(-score, _CANDIDATES)[:_CANDIDATES].astype(np.int32)

    def _fits(self, text: str, documents: Ints) -> Scores:
        """How well each document fits, of 100: the best of its names and places over all ways to part the text."""
        tokens = text.split()
        splits = [(" ".join(tokens[:i]), " ".join(tokens[i:])) for i in range(len(tokens) + 1)]
        parts = sorted({part for split in splits for part in split if part})
        row = {part: i for i, part in enumerate(parts)}
        name_ids, name_at = np.unique(self._names[:, documents], return_inverse=True)
        words = [self._docs.words[i] if i < len(self._docs.words) else "" for i in name_ids.tolist()]
        groups, group_at = np.unique(self._docs.group[documents], return_inverse=True)
        called = [self._docs.called[group] for group in groups.tolist()]
        place_ids = sorted({i for ids in called for i in ids})
        column = {one: i for i, one in enumerate(place_ids)}
        by_word = _ratios(parts, words, text)[:, name_at.reshape(NAMES, -1)].max(axis=1)
        by_place = _ratios(parts, [self._docs.places[i] for i in place_ids], text)
        first = np.cumsum([0, *(len(ids) for ids in called[:-1])])
        by_group = np.maximum.reduceat(by_place[:, [column[i] for ids in called for i in ids]], first, axis=1)[
            :, group_at
        ]
        best = np.zeros(len(documents), dtype=np.float32)
        for before, behind in splits:
            for name, place in ((before, behind), (behind, before)):
                if not name:
                    continue
                fit = by_word[row[name]]
                fit = np.where(fit < _ALIKE, 0, fit)
                if place:
                    fit = (len(name) * fit + len(place) * by_group[row[place]]) / (len(name) + len(place))
                best = np.maximum(best, fit)
        return np.asarray(best + _WEIGHS * self._docs.weight[documents], dtype=np.float32)


def _ratios(parts: list[str], names: list[str], text: str) -> Scores:
    """How alike each part and each name are, of 100; a part that ends the text may be the beginning of a name."""
    found: Scores = process.cdist(parts, names, scorer=fuzz.ratio, dtype=np.float32)
    for i, part in enumerate(parts):
        if text.endswith(part) and len(part) > 1:
            begun = process.cdist([part], [name[: len(part)] for name in names], scorer=fuzz.ratio, dtype=np.float32)
            found[i] = np.maximum(found[i], begun[0] - _UNFINISHED)
    return found


def _codes_off(asked: str, codes: NDArray[np.str_]) -> Scores:
    """What another postcode than the typed one takes off, one number a postcode; less than 0 for the same."""
    return np.array([_code_off(asked, code) for code in codes.tolist()], dtype=np.float32)


def _code_off(asked: str, code: str) -> np.float32:
    if asked == code:
        return -_SAME_CODE
    alike = sorted(asked) == sorted(code) or sum(a != b for a, b in zip(asked, code, strict=False)) == 1
    return _NEAR_CODE if code and alike else _OTHER_CODE
