"""Which streets and stations fit what somebody types: candidates by pieces of three letters, then each letter is compared.

What is typed holds a name and, before or behind it, maybe where that is: every way to part it is tried. Its end may be
unfinished.

A town or a postcode that is typed is a wish: who does not lie there stands below all who do, and its match says what it misses.
A town is what some place of Belgium is called, at the beginning or the end of the text, beside a name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from maps.addresses.reading import KINDS, Reading
from maps.addresses.trigrams import Scores, Trigrams

Ints = NDArray[np.int32]
Ways = Sequence[tuple[str, str]]  # a text parted into a name and a place, "" where all of it is the name

NAMES: Final = 3  # of a document at most
_CANDIDATES: Final = 100
_LEAST: Final = 72.0  # of 100: what is less alike is another name
_NEARLY: Final = np.float32(
    88
)  # more than a letter of ten is another: who typed a town too may mean another street there
_BY_NAME: Final = 20  # more: a town of many streets must not take the room of the one that is called so elsewhere
_UNFINISHED: Final = np.float32(4)  # of 100: a name that only begins so
# Of 100: a name that is less alike is another one, however well its town fits. "kuoter" is 83 like "kouter", "nergenslaan" 73
# like "heernislaan".
_ALIKE: Final = np.float32(76)
_WEIGHS: Final = np.float32(2)  # of 100: what a document's weight decides
_CODE_COUNTS: Final = np.float32(8)  # as much as two or three pieces of a rare name
_SAME_CODE: Final = np.float32(4)  # four digits are a postcode rather than a house number
_OTHER_CODE: Final = np.float32(12)  # or another part of the town that was typed
_NEAR_CODE: Final = np.float32(5)  # two digits in each other's place, or one that is another
_OTHER_TOWN: Final = np.float32(22)  # so that only a name that is nearly typed is offered of another town
_TOWN_ALIKE: Final = np.float32(85)  # "bruge" is 91 like "brugge", "markt" 80 like "marke"
_TOWN_LETTERS: Final = 3
_AS_WELL: Final = np.float32(3)  # "brug" begins Brugge and Brugelette alike; "hal" is Halle, and merely begins Halen
_MEANT: Final = np.float32(3)  # of towns that are called alike, the one that is likeliest meant
_FIRST_WORD: Final = np.float32(1)  # "beveren" of "beveren kruibeke zwijndrecht"
_EXPLAINED: Final = np.float32(
    90
)  # a name that has the town's word itself ("rue de Bruxelles") or begins as the text does
_NEAREST_PLACES: Final = 24  # of which it is asked whether the text names them


class Documents(msgspec.Struct, frozen=True):
    """What is searched. Each document has up to three names (`names`, (n, 3), into `words`; -1: none) and lies in a group; a
    group has a postcode ("": stations'), the REFNIS codes of the `towns` it may lie in, and is called by some of `places`
    (`called`, one tuple of indices a group). `weight` (0..1) decides between documents that fit alike. All words are folded
    (`maps.addresses.reading`). `meant` are the municipalities that a town's name, or a postcode, likeliest means, `bearers` all
    that it may mean."""

    words: Sequence[str]
    names: Ints
    group: Ints
    weight: Scores
    places: Sequence[str]
    called: Sequence[tuple[int, ...]]
    postcode: Sequence[str]
    towns: Sequence[tuple[int, ...]]
    meant: Mapping[str, frozenset[int]]
    bearers: Mapping[str, frozenset[int]]


class Match(msgspec.Struct, frozen=True):
    """A document, how well it fits of 100 (and a little more for its weight), and the reading that fits it. `town` is the town
    that was typed (folded), else the postcode, and `missed` what of them is not its own; `elsewhere`: its municipality is that of
    neither. `loosely`: a town was typed, and its name is only like the rest. `meant`: none was typed, or it lies in the one that
    is likeliest called so."""

    document: int
    fit: float
    reading: Reading
    town: str
    missed: str
    elsewhere: bool
    loosely: bool
    meant: bool

    @property
    def order(self) -> tuple[bool, bool, float, int]:
        """The best first: in the town before elsewhere, called so before called like it."""
        return self.elsewhere, self.loosely, -self.fit, self.document


class _Fits(msgspec.Struct, frozen=True):
    """Of some documents, how well each fits of 100, how well its name does by itself, and whether it lies `there`: in the `town`
    that was typed ("": none was), which likeliest means one of the municipalities `towns`, and is one of the places `called`."""

    fit: Scores
    name: Scores
    there: NDArray[np.bool_]
    town: str = ""
    towns: frozenset[int] = frozenset()
    called: Sequence[str] = ()


class _Alike(msgspec.Struct, frozen=True):
    """How alike the parts of a text and some documents are, of 100: by each part, each document's name and place; `words` are all
    of their names, `name_at` those of each. `sure` is how like a part is to any place of Belgium, and `called` are those that it
    is most like."""

    words: list[str]
    name_at: NDArray[np.intp]
    names: dict[str, Scores]
    places: dict[str, Scores]
    sure: dict[str, float]
    called: dict[str, Ints]

    def both(self, name: str, place: str) -> float:
        """How well the parts of a text are some name and some place."""
        share = len(place) / (len(name) + len(place))
        return float(self.names[name].max()) * (1 - share) + self.sure[place] * share


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
        self._codes = frozenset(documents.postcode) - {""}
        self._place_of = {name: i for i, name in enumerate(documents.places)}
        self._word_of = {name: i for i, name in enumerate(documents.words)}

    def match(
        self, readings: Sequence[Reading], limit: int, numbered: Callable[[int, str], bool] = lambda _, number: False
    ) -> list[Match]:
        """The documents that fit one of the readings best, the best first: who lies where was typed before all others.

        A number that is a postcode is a house's only of a street that is known to have it (`numbered`).
        """
        best: dict[int, Match] = {}
        by_text: dict[str, list[Reading]] = {}
        for reading in readings if len(self._docs.names) else ():
            by_text.setdefault(reading.text, []).append(reading)
        for text, alike in by_text.items():
            ways = list(_ways(text.split()))
            documents, places = self._candidates(text, ways, {reading.postcode for reading in alike} - {""})
            named = self._fits(text, ways, documents, places)
            for reading in alike:
                number = reading.number if not reading.postcode and reading.number in self._codes else ""
                real = np.array([not number or numbered(one, number) for one in documents.tolist()], dtype=np.bool_)
                for found in self._matches(reading, documents, named, limit, real):
                    if (known := best.get(found.document)) is None or found.order < known.order:
                        best[found.document] = found
        return sorted(best.values(), key=lambda match: match.order)[:limit]

    def _matches(
        self, reading: Reading, documents: Ints, named: _Fits, limit: int, real: NDArray[np.bool_]
    ) -> list[Match]:
        """The best documents of one reading that is `real` for them, with what each misses of it."""
        asked, groups = reading.postcode, self._docs.group[documents]
        off, coded, towns = np.zeros(1, np.float32), np.ones(len(documents), np.bool_), named.towns
        if asked:
            of_code = self._towns(self._postcodes == asked)
            codes, towns = self._postcodes[groups], towns | self._docs.meant.get(asked, of_code)
            inner = self._docs.bearers.get(asked, of_code)
            if inner.isdisjoint(named.towns):  # of towns that are called alike, the one in the postcode is meant
                alike = (self._docs.bearers.get(name, frozenset()) for name in named.called)
                towns = inner.intersection(frozenset[int]().union(*alike)) or towns
            # A station has no postcode: it lies in the town of one.
            inside = [not of_code.isdisjoint(self._docs.towns[group]) for group in groups.tolist()]
            coded = (codes == asked) | ((codes == "") & inside)
            off = np.where(coded, -_SAME_CODE, _codes_off(asked, codes))
        missing = ~(coded & named.there)
        other = np.array([towns.isdisjoint(self._docs.towns[group]) for group in groups.tolist()], dtype=np.bool_)
        away = missing & other
        fits = np.where(named.there, named.fit, named.name - _OTHER_CODE) - off
        fits = np.where(away & ~(named.there & (off == _NEAR_CODE)), named.name - _OTHER_TOWN, fits)
        fits = np.where(missing | other, fits, fits + _MEANT)
        loosely = (named.name < _NEARLY) & (named.town != "" or asked != "")
        order = np.lexsort((-fits, loosely, away))
        return [
            Match(
                document=int(documents[at]),
                fit=float(fits[at]),
                reading=reading,
                town=named.town or asked,
                missed="" if not missing[at] else asked if named.there[at] else named.town,
                elsewhere=bool(away[at]),
                loosely=bool(loosely[at]),
                meant=not (other[at] and (named.town or asked)),
            )
            for at in order[(fits >= _LEAST)[order] & real[order]][:limit].tolist()
        ]

    def _towns(self, groups: NDArray[np.bool_]) -> frozenset[int]:
        """The municipalities that these groups of streets lie in."""
        streets = np.flatnonzero(groups & (self._postcodes != ""))
        return frozenset(town for group in streets.tolist() for town in self._docs.towns[group])

    def _candidates(self, text: str, ways: Ways, postcodes: Collection[str]) -> tuple[Ints, list[int]]:
        """The documents whose names and places share the most with the text, of these postcodes rather than of others, and some
        whose whole name stands in it, wherever they lie; and the places of all Belgium that share the most."""
        words = np.append(self._words.scores(text), np.float32(-1e6))
        # Each column apart: over rows of three `max(axis=1)` takes ten times as long.
        score = words[self._names[0]]
        for column in self._names[1:]:
            score = np.maximum(score, words[column])
        places = self._places.scores(text)
        groups = np.maximum(np.maximum.reduceat(places[self._called], self._called_first), 0)
        if postcodes:
            groups = groups + _CODE_COUNTS * np.isin(self._postcodes, list(postcodes))
        score = score + groups[self._docs.group] + self._docs.weight
        found = [_most(score, _CANDIDATES)]
        for word in {self._word_of[name] for name, place in ways if place and name in self._word_of}:
            called = np.flatnonzero((self._names == word).any(axis=0)).astype(np.int32)
            found.append(called[_most(self._docs.weight[called], _BY_NAME)])
        return np.unique(np.concatenate(found)), _most(places, _NEAREST_PLACES).tolist()

    def _fits(self, text: str, ways: Ways, documents: Ints, places: list[int]) -> _Fits:
        """How well each document fits, of 100: the best of its names and places over all ways to part the text."""
        alike = self._alike(text, ways, documents, places)
        best: Scores = np.zeros(len(documents), dtype=np.float32)
        for name, place in ways:
            fit = alike.names[name] * (alike.names[name] >= _ALIKE)
            if place:
                fit = fit + np.float32(len(place) / (len(name) + len(place))) * (alike.places[place] - fit)
            best = np.maximum(best, fit)
        weighs = _WEIGHS * self._docs.weight[documents]
        typed = {way: alike.both(*way) for way in ways if self._is_town(*way, alike)}
        if not typed:
            return _Fits(best + weighs, best + weighs, np.ones(len(documents), dtype=np.bool_))
        _, town = max(typed, key=lambda way: (typed[way], len(way[1])))
        likely = [way for way, fit in typed.items() if fit >= max(typed.values()) - _AS_WELL]
        named = np.maximum.reduce([alike.names[name] for name, _ in likely])
        holds = np.array([word.startswith(text) or _holds(word, town, text) for word in alike.words])
        there = holds[alike.name_at].any(axis=0) & (alike.names[text] >= _EXPLAINED)
        named = np.where(there, alike.names[text], named)
        for name, place in likely:
            there |= (alike.names[name] >= _ALIKE) & (alike.places[place] >= alike.sure[place] - _AS_WELL)
        so = [self._docs.places[i] for i in alike.called[town].tolist()]
        return _Fits(best + weighs, named + weighs, there, town, self._called_so(town, alike), so)

    def _is_town(self, name: str, place: str, alike: _Alike) -> bool:
        """Whether a part of the text is a town: it is called so beside a name, or nearly so beside what is nearly some name."""
        if not place or name in KINDS:
            return False
        if alike.sure[place] == 100:
            return True
        # A word of a street's name, or its beginning, is that rather than a town with a typing error: "place meiser", and Meise.
        in_a_name = any(f" {place}" in f" {word}" for word in alike.words)
        some = bool(alike.names[name].max() >= _ALIKE)
        return some and len(place) >= _TOWN_LETTERS and alike.sure[place] >= float(_TOWN_ALIKE) and not in_a_name

    def _called_so(self, town: str, alike: _Alike) -> frozenset[int]:
        """The municipalities that are meant by it, or in which something is called so."""
        if town in self._docs.meant:
            return self._docs.meant[town]
        halves = self._two_places(town)
        if halves:
            return frozenset.union(*(self._called_so(half, alike) for way in halves for half in way))
        groups = np.maximum.reduceat(np.isin(self._called, alike.called[town]), self._called_first)
        return self._towns(groups)

    def _two_places(self, part: str) -> list[tuple[str, str]]:
        """A part of the text as two places one behind the other: "brugge sint kruis"."""
        tokens = part.split()
        ways = ((" ".join(tokens[:i]), " ".join(tokens[i:])) for i in range(1, len(tokens)))
        return [way for way in ways if part not in self._place_of and all(half in self._place_of for half in way)]

    def _alike(self, text: str, ways: Ways, documents: Ints, places: list[int]) -> _Alike:
        parts = sorted({part for way in ways for part in way if part})
        doubled = [(part, *way) for part in parts for way in self._two_places(part)]
        parts += sorted({half for _, *way in doubled for half in way} - set(parts))
        name_ids, name_at = np.unique(self._names[:, documents], return_inverse=True)
        words = [self._docs.words[i] if i < len(self._docs.words) else "" for i in name_ids.tolist()]
        groups, group_at = np.unique(self._docs.group[documents], return_inverse=True)
        called = [self._docs.called[group] for group in groups.tolist()]
        typed = [self._place_of[part] for part in parts if part in self._place_of]
        asked = np.array(sorted({i for ids in called for i in ids} | {*places, *typed}), dtype=np.int32)
        column = {one: i for i, one in enumerate(asked.tolist())}
        by_word = _ratios(parts, words, text)[:, name_at.reshape(NAMES, -1)].max(axis=1)
        where = [self._docs.places[i] for i in asked.tolist()]
        by_place = _ratios(parts, where, text)
        for i, part in enumerate(parts):
            if part in self._place_of:
                by_place[i, [name.startswith(f"{part} ") for name in where]] = 100 - _FIRST_WORD
        first = np.cumsum([0, *(len(ids) for ids in called[:-1])])
        by_group = np.maximum.reduceat(by_place[:, [column[i] for ids in called for i in ids]], first, axis=1)
        sure = by_place.max(axis=1)
        found = _Alike(
            words=words,
            name_at=name_at.reshape(NAMES, -1),
            names=dict(zip(parts, by_word, strict=True)),
            places=dict(zip(parts, by_group[:, group_at], strict=True)),
            sure=dict(zip(parts, sure.tolist(), strict=True)),
            called={part: asked[row >= row.max() - _AS_WELL] for part, row in zip(parts, by_place, strict=True)},
        )
        for part, one, other in doubled:
            both = np.minimum(found.places[one], found.places[other])
            found.places[part] = np.maximum(found.places[part], both)
            # "sint hubert namen" is no place: neither lies in the other.
            found.sure[part] = max(found.sure[part], float(both.max()))
        return found


def _holds(name: str, town: str, text: str) -> bool:
    """Whether a name has the town's words too, and is like the text also beside them: their letters outweigh the others."""
    if f" {town} " not in f" {name} ":
        return False
    one, other = (f" {words} ".replace(f" {town} ", " ", 1).strip() for words in (name, text))
    return fuzz.ratio(one, other) >= float(_EXPLAINED)


def _most(scores: Scores, count: int) -> Ints:
    """The places of the highest scores."""
    if len(scores) <= count:
        return np.arange(len(scores), dtype=np.int32)
    return np.argpartition(-scores, count)[:count].astype(np.int32)


def _ways(tokens: list[str]) -> Iterator[tuple[str, str]]:
    """Every way to part a text into a name and a place before or behind it."""
    yield " ".join(tokens), ""
    for i in range(1, len(tokens)):
        before, behind = " ".join(tokens[:i]), " ".join(tokens[i:])
        yield from ((before, behind), (behind, before))


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
