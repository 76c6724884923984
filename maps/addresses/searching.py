"""Finding a place by words: streets with their numbers, stations, and what the gazetteer knows, the best first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from threading import Lock
from typing import Final, cast

import numpy as np
import pandas as pd
from msgspec.structs import replace

from maps.addresses.documents import Collected, collect
from maps.addresses.matching import Match, Matcher
from maps.addresses.quarters import NONE, Quarters
from maps.addresses.reading import folded, number_key, readings
from maps.addresses.tables import SCALE, UNKNOWN, Ints, Tables
from maps.gazetteer import LIMIT, Entry, Gazetteer, Place
from maps.zones import Zones

ADDRESS_M: Final = 1.0  # what the sources say of an address's place
STATION_M: Final = 150.0  # its platforms reach about so far from its point
_SHORTEST: Final = 3  # letters: of fewer every street is alike
_PLACE_FIRST: Final = 5.0  # a municipality called so stands before a street called so
_BEHIND: Final = 20.0  # what fits so much worse than something that lies no less where was typed is nobody's wish
_TOWNS: Final = 2  # so many that a town's name may mean stand first where nothing fits
_WORD: Final = re.compile(r"\w+")
_HAS_NUMBER, _LACKS_NUMBER = 3.0, -3.0


class Search:
    """What typed words find. Immutable; any thread may ask. Its index is made when it is first asked, in about a second."""

    def __init__(self, tables: Tables, stations: pd.DataFrame, zones: Zones, gazetteer: Gazetteer) -> None:
        self._tables, self._stations, self._zones, self._gazetteer = tables, stations, zones, gazetteer
        self._making, self._index = Lock(), cast(tuple[Collected, Matcher] | None, None)
        self._towns: dict[str, Entry] = {}
        self._towns_of: dict[str, list[str]] = {}
        for entry in gazetteer.entries:
            if entry.place.kind == "municipality":
                self._towns[entry.nis] = entry
            elif entry.place.kind == "postcode":
                self._towns_of.setdefault(entry.place.postcode, []).append(entry.nis)

    @property
    def made(self) -> bool:
        """Whether its index is made: an answer takes milliseconds."""
        return self._index is not None

    def find(self, text: str, limit: int = LIMIT) -> tuple[Place, ...]:
        """The places that fit, the best first; typing errors, missing accents and an unfinished end are forgiven."""
        found: list[tuple[tuple[bool, bool, float, int], Callable[[], Iterable[Place]]]] = []
        for n, one in enumerate(self._gazetteer.ranked(text, limit)):
            found.append(((False, False, -one.fit - _PLACE_FIRST * one.typed, n), partial(iter, (one.place,))))
        collected, matcher = self._made
        ways = [way for way in readings(text, collected.in_a_name) if len(way.text) >= _SHORTEST]
        matches = matcher.match(ways, 4 * limit, self._has_number)
        fitting = [one for one in matches if not (one.elsewhere or one.loosely)]
        if not found and matches and matches[0].town and not any(one.meant for one in fitting):
            town, code = _as_typed(text, matches[0].town, longest=True), matches[0].reading.postcode
            unknown = partial(self._unknown, town, code, 1 if fitting else _TOWNS)
            found.append(((False, bool(fitting), -101.0 if fitting else 0.0, 0), unknown))
        for n, match in enumerate(matches):
            better, make = self._maker(match)
            if match.missed:
                make = partial(_missing, make, _as_typed(text, match.missed), match.elsewhere)
            found.append(((match.elsewhere, match.loosely, -match.fit - better, limit + n), make))
        found.sort(key=lambda one: one[0])
        places: dict[Place, None] = {}
        best = np.inf
        for (_, _, behind, _), make in found:  # where each lies is asked only of those that are shown
            best = min(best, behind)
            if behind <= best + _BEHIND:
                places |= dict.fromkeys(make())
            if len(places) >= limit:
                break
        return tuple(places)[:limit]

    def _maker(self, match: Match) -> tuple[float, Callable[[], Iterable[Place]]]:
        """What the number that was typed adds to the fit, and the places that the document is."""
        station = match.document - len(self._tables.postcode)
        if station >= 0:
            return 0.0, partial(self._stations_place, self._made[0].station_of[station])
        street, number = match.document, match.reading.number
        rows = self._tables.of_street(street)
        if number and (row := self._numbered(rows, number)) is not None:
            return _HAS_NUMBER, partial(self._address, street, row, number)
        return _LACKS_NUMBER if number and len(rows) else 0.0, partial(self._streets, street, number)

    def _unknown(self, typed: str, code: str, most: int) -> list[Place]:
        """A town or a postcode in which nothing is called so: the rest of what was typed stands there as it is."""
        like = (one.place for one in self._gazetteer.ranked(typed))
        named = self._gazetteer.towns_in(typed, code=code) or self._gazetteer.beside([code], like)
        towns = [replace(place, unknown=True) for place in named if place.kind != "zone"]
        return towns[:most] or [Place(kind="postcode", names=(), zone="", postcode=typed, unknown=True)]

    def _address(self, street: int, row: int, number: str) -> Iterator[Place]:
        at = float(self._tables.lat[row] / SCALE), float(self._tables.lon[row] / SCALE)
        known = str(self._tables.numbers[int(self._tables.number[row])].as_py())
        town, zone = self._located(*at)
        other = "" if number_key(known) == number_key(number) else number
        yield replace(
            self._street(street), kind="address", number=known, asked=other, lat=at[0], lon=at[1],
            accuracy_m=ADDRESS_M, zone=zone, municipality=town, middle=None, extent_m=None,
        )  # fmt: skip

    def _streets(self, street: int, number: str) -> Iterator[Place]:
        """A street, once for each municipality it may lie in."""
        place = self._street(street)
        for town in self._street_towns(street):
            entry = self._towns[town].place
            zone = self._located(*place.middle)[1] if place.middle is not None else entry.zone
            yield replace(place, asked=number, zone=zone, municipality=entry.municipality)

    def _street(self, street: int) -> Place:
        tables = self._tables
        middle = None
        if tables.middle_lat[street]:
            middle = (float(tables.middle_lat[street] / SCALE), float(tables.middle_lon[street] / SCALE))
        extent = int(tables.extent[street])
        return Place(
            kind="street",
            names=tuple(dict.fromkeys(name for name in tables.names(street) if name)),
            zone="",
            postcode=str(tables.postcode[street]),
            middle=middle,
            extent_m=float(extent) if extent != UNKNOWN else None,
            quarter=self._quarter(street),
        )

    def _quarter(self, street: int) -> str:
        """The quarter a street lies in; "" in the heart of a municipality."""
        n = int(self._made[0].quarters[street])
        place = Quarters.of(self._zones).entry(n).place if n != NONE else None
        return place.names[0] if place is not None and place.kind == "quarter" else ""

    def _has_number(self, document: int, number: str) -> bool:
        streets = len(self._tables.postcode)
        return document < streets and self._numbered(self._tables.of_street(document), number) is not None

    def _numbered(self, rows: Ints, number: str) -> int | None:
        """The address of this number, or of the house that a letter belongs to."""
        for key in (number_key(number), number.rstrip("abcdefghijklmnopqrstuvwxyz")):
            ids = self._number_ids.get(key, ())
            hits = rows[np.isin(self._tables.number[rows], ids)]
            if len(hits):
                return int(hits[0])
        return None

    def _stations_place(self, row: int) -> Iterator[Place]:
        names, facts = self._made[0].station_names[row], self._stations.iloc[row]
        town, zone = self._located(facts["lat"], facts["lon"])
        yield Place(
            kind="station", names=names, zone=zone, municipality=town,
            lat=float(facts["lat"]), lon=float(facts["lon"]), accuracy_m=STATION_M,
        )  # fmt: skip

    def _located(self, lat: float, lon: float) -> tuple[str, str]:
        found = self._zones.locate(lat, lon)
        town = found.municipality.name if found.municipality is not None and found.inside else ""
        return town, found.zone if found.inside else ""

    def _street_towns(self, street: int) -> list[str]:
        """The municipalities a street may lie in: one, or where only its postcode is known all of that."""
        nis = str(self._tables.nis[street])
        return [nis] if nis in self._towns else self._towns_of.get(str(self._tables.postcode[street]), [])

    @cached_property
    def _number_ids(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, number in enumerate(self._tables.numbers.to_pylist()):
            found.setdefault(number_key(number), []).append(i)
        return found

    @property
    def _made(self) -> tuple[Collected, Matcher]:
        with self._making:  # who asks meanwhile waits for the one that is being made
            if self._index is None:
                collected = collect(self._tables, self._stations, self._zones, self._gazetteer)
                self._index = collected, Matcher(collected.documents)
            return self._index


def _missing(make: Callable[[], Iterable[Place]], typed: str, elsewhere: bool) -> Iterable[Place]:
    return (replace(place, missed=typed, elsewhere=elsewhere) for place in make())


def _as_typed(text: str, missed: str, longest: bool = False) -> str:
    """What was typed of a town or postcode, which is folded: "Sint-Kruis" for "sint kruis"; the fewest words that mean it, or
    the most: "Les Bons Villers" is none without its small one."""
    words = [(word.start(), word.end()) for word in _WORD.finditer(text)]
    spans = (text[start:end] for i, (start, _) in enumerate(words) for _, end in words[i:])
    return next((one for one in sorted(spans, key=len, reverse=longest) if folded(one) == missed), missed)
