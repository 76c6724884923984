"""What is searched by words: every street with where it is, and every station, as `maps.addresses.matching` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from maps.addresses.matching import NAMES, Documents
from maps.addresses.numbering import Numbering
from maps.addresses.quarters import NONE, Quarters
from maps.addresses.reading import folded, folded_many
from maps.addresses.tables import SCALE, Tables
from maps.gazetteer import Entry, Gazetteer, fold
from maps.sources import TABLES
from maps.zones import Zones

_DIGIT: Final = frozenset("0123456789")
_BEGINNING: Final = 2  # letters of a word that may be unfinished
_BRUSSELS: Final = "21004"
_REGION: Final = range(21001, 21020)  # each of its 19 municipalities is Bruxelles for who does not live there
_STATION: Final = ("station", "gare", "bahnhof")


class Collected(msgspec.Struct, frozen=True):
    """The documents: the streets in their order, then the stations, one or more a station (`station_of`: its row).
    `quarters` is the quarter of each street, `NONE` where there is none."""

    documents: Documents
    station_of: list[int]
    station_names: list[tuple[str, ...]]
    quarters: NDArray[np.int32]
    beside: frozenset[tuple[str, str]]

    def in_a_name(self, one: str, next_one: str) -> bool:
        """Whether these two words, one of them a number, stand beside each other in a name; the second may be unfinished."""
        return (one, next_one[:_BEGINNING]) in self.beside


class _Groups:
    """Where streets lie, each once: a postcode, a municipality, a quarter; with what all that is called."""

    def __init__(self, gazetteer: Gazetteer, quarters: Quarters) -> None:
        self._quarters = quarters
        self._places, self._keys = Numbering(), dict[tuple[int, int, int, tuple[str, ...]], int]()
        self.called: list[tuple[int, ...]] = []
        self._folded = lru_cache(maxsize=None)(folded)
        self._of_code: dict[str, list[Entry]] = {}
        for entry in gazetteer.entries:
            if entry.place.kind == "postcode":
                self._of_code.setdefault(entry.place.postcode, []).append(entry)

    def group(self, postcode: int, nis: int, quarter: int, also: tuple[str, ...] = ()) -> int:
        key = (postcode, nis, quarter, also)
        if key not in self._keys:
            self._keys[key] = len(self._keys)
            names = sorted(self._names(str(postcode), str(nis), quarter).union(also)) or ["-"]
            self.called.append(tuple(self._places.number(name) for name in names))
        return self._keys[key]

    def places(self) -> list[str]:
        return self._places.texts()

    def postcodes(self) -> list[str]:
        return [str(postcode) if postcode else "" for postcode, *_ in self._keys]

    def towns(self) -> list[tuple[int, ...]]:
        """The municipality of each, or all of its postcode where it is not known."""
        return [
            (nis,) if nis else tuple(int(one.nis) for one in self._of_code.get(str(postcode), ()))
            for postcode, nis, *_ in self._keys
        ]

    def _names(self, postcode: str, nis: str, quarter: int) -> set[str]:
        """What all that is called, folded: the municipality, the quarter or village, one behind the other."""
        of_code = [one for one in self._of_code.get(postcode, ()) if nis in ("0", one.nis)]
        towns = [self._quarters.town(one) for one in ({nis} if nis != "0" else {one.nis for one in of_code})]
        own = {self._folded(name) for n in towns if n != NONE for name in self._quarters.entry(n).called}
        parts = {self._folded(name) for one in of_code for name in one.place.names}
        if quarter != NONE:
            parts |= {self._folded(name) for name in self._quarters.entry(quarter).called}
        return own | parts | {f"{part} {town}" for part in parts - own for town in own}


def collect(tables: Tables, stations: pd.DataFrame, zones: Zones, gazetteer: Gazetteer) -> Collected:
    """The documents of streets and stations."""
    quarters = Quarters.of(zones)
    words, groups = Numbering(), _Groups(gazetteer, quarters)
    quarter = _street_quarters(tables, quarters)
    columns = [column.to_pylist() for column in (tables.name_nl, tables.name_fr, tables.name_de)]
    different = list(dict.fromkeys(name for column in columns for name in column))
    once = {
        name: words.number(text) if name else NONE for name, text in zip(different, folded_many(different), strict=True)
    }
    names = np.array([[once[name] for name in column] for column in columns], dtype=np.int32).reshape(NAMES, -1).T
    keys = zip(tables.postcode.tolist(), tables.nis.tolist(), quarter.tolist(), strict=True)
    group = [groups.group(*key) for key in keys]
    weight = _weights(tables, group, groups.towns(), gazetteer)
    station_names, station_of, of_stations = _station_names(stations), [], []
    named = _named(gazetteer)
    towns = zones.locate_many(stations["lat"], stations["lon"])["municipality_nis"].tolist()
    for row, (called, nis, stops) in enumerate(zip(station_names, towns, stations["stops"], strict=True)):
        second, also = _second_names(called, named)
        for variants in _variants(called, second):
            numbers = [words.number(name) for name in variants]
            of_stations.append(numbers + [NONE] * (NAMES - len(numbers)))
            station_of.append(row)
            group.append(groups.group(0, int(nis or 0), NONE, also))
            weight.append(min(1.0, float(np.log10(1 + stops)) / 3))
    documents = Documents(
        words=words.texts(),
        names=np.concatenate([names, np.array(of_stations, dtype=np.int32).reshape(-1, NAMES)]),
        group=np.array(group, dtype=np.int32),
        weight=np.array(weight, dtype=np.float32),
        places=groups.places(),
        called=groups.called,
        postcode=groups.postcodes(),
        towns=groups.towns(),
        meant=_meant(gazetteer),
        bearers=_bearers(gazetteer),
    )
    return Collected(documents, station_of, station_names, quarter, frozenset(_beside_numbers(columns)))


def _weights(tables: Tables, group: list[int], towns: list[tuple[int, ...]], gazetteer: Gazetteer) -> list[float]:
    """Of streets that are called alike, one of a larger town is meant, then one of more houses; of some towns none is known."""
    people = {int(one.nis): one.people for one in gazetteer.entries if one.place.kind == "municipality"}
    most = np.array([max((people.get(nis, 0) for nis in of), default=0) for of in towns])[np.array(group, dtype=int)]
    whole: list[float] = np.minimum(0.15 * np.log10(1 + most) + 0.025 * np.log10(1 + tables.known), 1).tolist()
    return whole


def _meant(gazetteer: Gazetteer) -> dict[str, frozenset[int]]:
    """The municipality with the most people of those that something is called so in, the first of a postcode; the Region for
    Bruxelles and 1000 alone."""
    codes = [one for one in gazetteer.entries if one.place.kind == "postcode"]
    found = {one.place.postcode: frozenset({int(one.nis)}) for one in reversed(codes)}
    towns = (one for one in gazetteer.entries if one.place.kind in ("municipality", "quarter"))
    for entry in sorted(towns, key=lambda one: one.people):
        own = frozenset(_REGION if (entry.nis, entry.place.kind) == (_BRUSSELS, "municipality") else {int(entry.nis)})
        found |= dict.fromkeys(folded_many(entry.called), own)
    return found | {"1000": frozenset(_REGION)}


def _bearers(gazetteer: Gazetteer) -> dict[str, frozenset[int]]:
    """All municipalities of each postcode, and those in which something is called so, or begins with those words."""
    found: dict[str, set[int]] = {}
    for entry in gazetteer.entries:
        code = [entry.place.postcode] if entry.place.kind == "postcode" else folded_many(entry.called)
        for name in code if entry.nis else ():
            for head in accumulate(name.split(), "{} {}".format):
                found.setdefault(head, set()).add(int(entry.nis))
    return {name: frozenset(towns) for name, towns in found.items()}


def _beside_numbers(columns: Iterable[Iterable[str]]) -> Iterator[tuple[str, str]]:
    """The words beside a number in a street's name: "11" and "no" of "Rue du 11 novembre"."""
    numbered = {name for column in columns for name in column if not _DIGIT.isdisjoint(name)}
    for words in (fold(name).split() for name in numbered):
        for one, following in pairwise(words):
            if not _DIGIT.isdisjoint(one + following):
                yield one, following[:_BEGINNING]


def _street_quarters(tables: Tables, quarters: Quarters) -> NDArray[np.int32]:
    """The quarter of each street by its middle, or by that of its postcode's addresses."""
    codes = pd.read_csv(TABLES / "postcodes.csv").dropna().drop_duplicates("postcode").set_index("postcode")
    given = codes.reindex(tables.postcode)
    known = tables.middle_lat != 0
    lat = np.where(known, tables.middle_lat / SCALE, given["lat"].to_numpy())
    lon = np.where(known, tables.middle_lon / SCALE, given["lon"].to_numpy())
    found = np.full(len(lat), NONE, dtype=np.int32)
    some = np.flatnonzero(np.isfinite(lat))
    if len(some):
        found[some] = quarters.nearest_many(lat[some], lon[some], tables.nis[some].astype(str))
    return found


def _station_names(stations: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = [stations[name].tolist() for name in ("name", "name_nl", "name_fr", "name_de")]
    return [
        tuple(dict.fromkeys(name for one in names for name in one.split("/") if name))
        for names in zip(*columns, strict=True)
    ]


def _named(gazetteer: Gazetteer) -> dict[str, tuple[str, ...]]:
    """All that a town is called, by each of it."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in gazetteer.entries:
        if entry.place.kind in ("municipality", "quarter"):
            called = tuple(folded_many(entry.called))
            found |= dict.fromkeys(called, called)
    return found


def _second_names(called: Iterable[str], named: dict[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a station is called in its town, "midi" of "Bruxelles-Midi"; and what that town is called, wherever it lies."""
    second: dict[str, None] = {}
    also: dict[str, None] = {}
    for words in (name.split() for name in folded_many(tuple(called)) if name not in named):
        for i in range(1, len(words)):
            if (town := " ".join(words[:i])) in named:
                second[" ".join(words[i:])] = None
                also |= dict.fromkeys(named[town])
    return tuple(second), tuple(also)


def _variants(called: Iterable[str], second: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """What a station is called, in threes: its names, each of them and each second name with the word for a station."""
    names = list(dict.fromkeys(folded(name) for name in called))
    beside = [f"{word} {name}" for word in _STATION for name in (*names, *second)]
    behind = [*(f"{name} {_STATION[0]}" for name in (*names, *second)), *(f"{name}{_STATION[0]}" for name in second)]
    all_names = [*names, *beside, *behind]
    yield from (tuple(all_names[i : i + NAMES]) for i in range(0, len(all_names), NAMES))
