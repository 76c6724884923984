"""Where a place is, by what people call it: a municipality, a quarter, a postcode, a zone, or coordinates, in any language.

Municipalities are named by Statbel, quarters and villages by GeoNames and `quarters.csv`; a postcode's zone is that of the middle
of its addresses (`maps/data/ATTRIBUTION.md`). What is typed needs no accents, hyphens or capitals, and may have a typing error.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final, Literal, NamedTuple

import msgspec
import pandas as pd
import shapely
from msgspec.structs import replace
from pyproj import Transformer
from rapidfuzz import fuzz, process

from maps.geodesy import LAMBERT, WGS84
from maps.sources import TABLES
from maps.store import read_layer
from maps.zones import Zones

Kind = Literal["position", "municipality", "postcode", "zone", "quarter", "address", "street", "station"]
LIMIT: Final = 8
# Of 100; "laaken" is 91 like "laken", "ixeles" 92 like "ixelles", two other letters of six 67.
_ALIKE: Final = 80
_FEWEST: Final = 4  # letters: of fewer everything is alike
MOST_WORDS: Final = 6  # of a town's name with its postcode
_ORDER: Final[dict[str, int]] = {"municipality": 0, "quarter": 1, "zone": 2, "postcode": 3}
_FITS: Final = (100.0, 96.0, 92.0)  # the whole name, its beginning, that of a word in it
_SHORT: Final = {"st": "sint", "ste": "sainte", "bxl": "bruxelles", "lln": "louvain la neuve"}
_SAINT: Final = {"saint": "sint", "sainte": "sint", "sankt": "sint"}
_BETWEEN: Final = frozenset(
    (
        "a",
        "au",
        "bij",
        "d",
        "de",
        "den",
        "des",
        "devant",
        "du",
        "en",
        "l",
        "la",
        "le",
        "les",
        "lez",
        "op",
        "sous",
        "sur",
    )
) | {"ten", "van"}
# Words that begin or end a town's name and many a street's: none is a town by itself.
_COMMON: Final = frozenset(
    (
        "bons",
        "bourg",
        "burg",
        "chapelle",
        "clocher",
        "court",
        "duc",
        "fontaine",
        "grace",
        "hertog",
        "kapelle",
        "leopold",
    )
) | {"mont", "oud", "pont", "ponts", "trois"}
_NAME_WORD: Final = re.compile(r"sint \w+|\w+")  # "Saint-Josse" is one
_PARTS: Final = re.compile(r"[^a-z0-9\n]+")
_MARKS: Final = re.compile(f"[{''.join(chr(c) for c in range(0x300, 0x370))}]")  # accents, once they are apart
_NUMBER: Final = r"([-+]?\d{1,2}(?:[.,]\d+)?)"
_MINUTES: Final = r"(\d{1,2})\s*°\s*(\d{1,2}(?:[.,]\d+)?)\s*['’′]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|''|”))?\s*"
_DECIMAL_PAIR: Final = re.compile(
    rf"\s*\(?[nN]?\s*{_NUMBER}\s*°?\s*[nN]?(?:\s*[,;/]\s+|\s*;\s*|\s+|,)[eEoO]?\s*{_NUMBER}\s*°?\s*[eEoO]?\)?\s*"
)
_MINUTE_PAIR: Final = re.compile(rf"\s*{_MINUTES}[nN]?\s*[,;]?\s*{_MINUTES}[eEoO]?\s*")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place that was found. `names` stand in the order Dutch, French; of a station its people's own first. Latitude and
    longitude in WGS 84 degrees are those of a position, an address or a station, where somebody can be sent; `accuracy_m` of
    all of them in metres. The `middle` of a street, a quarter or a postcode is nowhere to send somebody; a street reaches
    `extent_m` metres from it. `zone` is "" outside Belgium, and where it is not known. `number` is a house number; `asked` is
    one that was typed and is not known. `missed` is a town or a postcode that was typed, as it was, and is not the place's own;
    `elsewhere`: it lies in another municipality than that. `unknown`: the place is all that was understood of what was typed."""

    kind: Kind
    names: tuple[str, ...]
    zone: str
    lat: float | None = None
    lon: float | None = None
    postcode: str = ""
    municipality: str = ""
    number: str = ""
    asked: str = ""
    quarter: str = ""
    accuracy_m: float | None = None
    middle: tuple[float, float] | None = None
    extent_m: float | None = None
    missed: str = ""
    elsewhere: bool = False
    unknown: bool = False


class Entry(msgspec.Struct, frozen=True):
    """A place with what it is called, folded; how many people live there; the REFNIS code it lies in, "" for a zone; and the
    middle of a municipality or of a quarter in WGS 84 degrees, None for the others."""

    place: Place
    called: tuple[str, ...]
    people: int
    nis: str = ""
    middle: tuple[float, float] | None = None


class Ranked(NamedTuple):
    """A place, and how well its name fits what was typed, of 100; `typed`: letter by letter, of a whole name or from the
    beginning of a word on, not only like it."""

    fit: float
    typed: bool
    place: Place


def fold(text: str) -> str:
    """What counts of a name: small letters without accents, words parted by one space, Saint, Sint and Sankt the same word."""
    return fold_many((text,))[0]


def fold_many(texts: Sequence[str]) -> list[str]:
    """As `fold`, for many names in a fifth of the time."""
    if not texts:
        return []
    plain = "\n".join(text.replace("\n", " ") for text in texts).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.replace("œ", "oe").replace("æ", "ae"))
    return [
        " ".join([_SAINT.get(one, one) for word in line.split() for one in _SHORT.get(word, word).split()])
        for line in _PARTS.sub(" ", _MARKS.sub("", plain)).split("\n")
    ]


def coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees as they are pasted: "50.85, 4.35", "50,85 4,35", "50°51'0\"N 4°21'0\"E".

    None when it is no pair, or lies nowhere near Belgium (48 to 53° north, 1 to 8° east) in either order.
    """
    if found := _MINUTE_PAIR.fullmatch(text):
        parts = [float((part or "0").replace(",", ".")) for part in found.groups()]
        pair = (parts[0] + parts[1] / 60 + parts[2] / 3600, parts[3] + parts[4] / 60 + parts[5] / 3600)
    elif found := _DECIMAL_PAIR.fullmatch(text):
        pair = (float(found[1].replace(",", ".")), float(found[2].replace(",", ".")))
    else:
        return None
    for lat, lon in (pair, pair[::-1]):
        if 48 <= lat <= 53 and 1 <= lon <= 8:
            return lat, lon
    return None


def precision_m(text: str) -> float:
    """How far off coordinates that were typed so may be, in metres over the ground: half of the last digit of the shorter one."""
    if found := _MINUTE_PAIR.fullmatch(text):
        of, unit_m = ((3, 6), 30.9) if found[3] and found[6] else ((2, 5), 1_855.0)
    else:
        found, of, unit_m = _DECIMAL_PAIR.fullmatch(text), (1, 2), 111_320.0
    digits = min(len(re.split("[.,]", f"{found[n]},")[1]) for n in of) if found else 0
    return float(max(1.0, unit_m / 2 / 10**digits))


def position(zones: Zones, lat: float, lon: float, accuracy_m: float | None = None) -> Place:
    """The place that a position in degrees is, true to so many metres. Raises ValueError when it is none on Earth."""
    found = zones.locate(lat, lon)
    town = found.municipality.name if found.municipality is not None and found.inside else ""
    zone = found.zone if found.inside else ""
    return Place(kind="position", names=(), lat=lat, lon=lon, zone=zone, municipality=town, accuracy_m=accuracy_m)


class Gazetteer:
    """The places of Belgium, and the zones of a centre. Immutable; any thread may ask. Made in some 0.3 s."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones
        self.entries = tuple(_entries(zones))
        # Whole names, and each again from its second word, third word on: what a search may begin with.
        self._forms = sorted(
            {
                (form, n)
                for n, entry in enumerate(self.entries)
                for name in entry.called
                for form in (_tails(name) if entry.place.kind != "postcode" else (name,))
            }
        )

        self._codes: dict[str, set[str]] = {}  # and the municipalities of each
        for one in self.entries:
            if one.place.kind == "postcode":
                self._codes.setdefault(one.place.postcode, set()).add(one.place.municipality)
        self._cut: dict[int, list[str]] = {}

    @classmethod
    def of(cls, zones: Zones) -> Gazetteer:
        """The places of a map, made once."""
        return _made(zones)

    def find(self, text: str, limit: int = LIMIT) -> tuple[Place, ...]:
        """The places that are called so, likeliest first: whole names, beginnings of names, of words in them, names like it."""
        if (at := coordinates(text)) is not None:
            return (position(self._zones, *at, precision_m(text)),)
        return tuple(one.place for one in self.ranked(text, limit))

    def ranked(self, text: str, limit: int = LIMIT) -> tuple[Ranked, ...]:
        """As `find`, with how well each fits; coordinates are no name."""
        asked = fold(text[:80])
        best: dict[int, int] = {}
        for n, rank in self._beginning(asked) if asked else ():
            best[n] = min(rank, best.get(n, rank))
        if not best and len(asked) >= _FEWEST:
            beginnings = self._beginnings(len(asked) + 1)
            for _, score, i in process.extract(
                asked, beginnings, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=8 * limit
            ):
                n = self._forms[i][1]
                code = self.entries[n].place.postcode
                if code and code not in asked and not self._codes.keys().isdisjoint(asked.split()):
                    continue  # "1050 place saint-lambert" is like "1200 Woluwe-Saint-Lambert"
                best[n] = min(round(200 - score), best.get(n, 200))
        order = sorted(best, key=lambda n: (best[n], *self._likeliest(n)))
        return tuple(
            Ranked(_FITS[best[n]], True, self.entries[n].place)
            if best[n] < len(_FITS)
            else Ranked(200.0 - best[n], False, self.entries[n].place)
            for n in order[:limit]
        )

    def named(self, text: str) -> tuple[Place, ...]:
        """The places of which this is a whole name, a word that stands for it, or the postcode: what is meant beyond doubt, the
        likeliest first."""
        asked = fold(text[:80])
        first = bisect_left(self._forms, (asked,)) if asked else len(self._forms)
        forms = takewhile(lambda one: one[0] == asked, self._forms[first:])
        named = [n for _, n in forms if asked in self.entries[n].called]
        return tuple(self.entries[n].place for n in sorted(named, key=self._likeliest))

    def towns_in(self, text: str, limit: int = LIMIT, code: str = "") -> tuple[Place, ...]:
        """The municipalities, quarters and postcodes that are named in a longer text ("Veldstraat 12, 9000 Gent"), the last
        first: there the town stands; of those that are called alike, the one in a postcode of the text, or in `code`. Nothing
        else of the text is understood: who knows streets is asked before."""
        words = fold(text[:200]).split()
        spans = sorted(
            ((end, start) for end in range(1, len(words) + 1) for start in range(max(0, end - MOST_WORDS), end)),
            key=lambda span: (-span[0], span[1]),  # the last first, of these the longest
        )
        taken: set[int] = set()
        found: dict[Place, None] = {}
        for end, start in spans:
            if len(" ".join(words[start:end])) < _FEWEST and end < len(words):
                continue  # "at" is Ath, and a word of many a sentence
            if taken.isdisjoint(range(start, end)):
                name = " ".join(words[start:end])
                towns = [one for one in self.named(name) if one.kind != "zone"]
                alike = self.beside((*words, code), towns)
                if alike and alike[0].missed:  # 9170 Sint-Gillis is Sint-Gillis-Waas
                    begun = (self.entries[n].place for n, rank in self._beginning(f"{name} ") if rank == 1)
                    longer = self.beside((*words, code), (one for one in begun if one.kind != "zone"))
                    alike = [*(one for one in longer if not one.missed), *alike]
                found |= dict.fromkeys(alike)
                taken |= set(range(start, end)) if towns else set()
        return tuple(found)[:limit]

    def beside(self, words: Collection[str], places: Iterable[Place]) -> list[Place]:
        """Places that are called alike, those in a postcode of the words first; the others miss it."""
        codes = [word for word in words if word in self._codes]
        towns = set[str]().union(*(self._codes[code] for code in codes))
        said = [one if not codes or one.municipality in towns else replace(one, missed=codes[-1]) for one in places]
        return sorted(said, key=lambda one: bool(one.missed))

    def _likeliest(self, n: int) -> tuple[int, int, int]:
        """Of places that are called alike, the one with more people is meant."""
        return -self.entries[n].people, _ORDER[self.entries[n].place.kind], n

    def _beginnings(self, letters: int) -> list[str]:
        """So many letters of each form; kept, for whoever types on."""
        if letters not in self._cut:
            self._cut[letters] = [form[:letters] for form, _ in self._forms]
        return self._cut[letters]

    def _beginning(self, asked: str) -> Iterator[tuple[int, int]]:
        """The entries of which a name or a word begins so: 0 the whole name, 1 its beginning, 2 a word's."""
        for i in range(bisect_left(self._forms, (asked,)), len(self._forms)):
            form, n = self._forms[i]
            if not form.startswith(asked):
                return
            yield n, 2 if form not in self.entries[n].called else int(form != asked)


@lru_cache(maxsize=2)
def _made(zones: Zones) -> Gazetteer:
    return Gazetteer(zones)


def _tails(name: str) -> Iterable[str]:
    words = name.split()
    return (" ".join(words[i:]) for i in range(len(words)))


def _short(names: Iterable[str], others: Collection[str]) -> set[str]:
    """The first and the last word of names of a town, folded, that stand for it and are none of the `others`; a saint where
    nothing else of the name does."""
    found: set[str] = set()
    for words in (_NAME_WORD.findall(fold(name)) for name in names):
        ends = {words[0]} | ({words[-1]} if words[-2] not in _BETWEEN else set()) if words[1:] else set()
        own = ends - _BETWEEN - _COMMON - set(others)
        found |= {word for word in own if not word.startswith("sint ")} or own
    return found


def _entries(zones: Zones) -> Iterator[Entry]:
    for zone in zones.zones:
        names = tuple(dict.fromkeys(name for name in (zone.name, zone.name_nl, zone.name_fr, zone.name_de) if name))
        place = Place(kind="zone", names=names, zone=zone.zone)
        yield Entry(place, tuple({fold(name) for name in (*names, zone.number) if name}), 0)
    named = _places(zones)
    towns, middles = dict(_towns(zones)), _middles(zones)
    whole = {fold(name) for town in towns.values() for name in town.names}
    for nis, town in towns.items():
        called = {fold(name) for name in town.names}
        seats = [one for one in named.get(nis, ()) if called & set(one.called)]
        seat = max(seats, key=lambda one: one.people, default=None)
        parts = [one for one in named.get(nis, ()) if one not in seats]
        called |= _short(town.names, whole.union(*(one.called for one in parts)))
        if seat is not None:
            called |= set(seat.called)
        middle = seat.middle if seat is not None else middles[nis]
        people = max((one.people for one in named.get(nis, ())), default=0)  # at least: of a merged town nobody says it
        yield Entry(town, tuple(called), people, nis, middle)
        for one in parts:
            yield Entry(_quarter(one, town), one.called, one.people, nis, one.middle)
    codes = pd.read_csv(TABLES / "postcodes.csv", dtype={"postcode": str, "nis": str})
    # The municipality with the fewest first: 1050 is Ixelles, though a street of Bruxelles has it too.
    codes = codes.iloc[codes.groupby("nis")["nis"].transform("size").argsort(kind="stable")]
    quarters = {(one.postcode, nis): one for nis, of in named.items() for one in of if one.postcode}
    at = zones.locate_many(codes["lat"], codes["lon"])
    middles_of = zip(codes["lat"].tolist(), codes["lon"].tolist(), strict=True)
    for code, nis, middle, zone, inside in zip(
        codes["postcode"], codes["nis"], middles_of, at["zone"], at["municipality_nis"], strict=True
    ):
        if nis not in towns:
            continue
        own = quarters.get((code, nis))
        place = replace(
            _quarter(own, towns[nis]) if own is not None else towns[nis], kind="postcode", postcode=code, middle=middle
        )
        if inside == nis:  # of the middle of its addresses
            place = replace(place, zone=zone)
        yield Entry(place, (code, *(f"{code} {fold(name)}" for name in place.names)), 0, nis)


def _quarter(one: _Named, town: Place) -> Place:
    return replace(town, kind="quarter", names=one.names, zone=one.zone, postcode=one.postcode, middle=one.middle)


class _Named(msgspec.Struct, frozen=True):
    names: tuple[str, ...]
    called: tuple[str, ...]
    people: int
    postcode: str
    zone: str
    middle: tuple[float, float]


def _towns(zones: Zones) -> Iterator[tuple[str, Place]]:
    """The municipalities by REFNIS code."""
    for row in read_layer(zones.folder / "municipalities.parquet").rows():
        names = tuple(dict.fromkeys(name for name in (row["name_nl"], row["name_fr"]) if name))
        yield row["nis"], Place(kind="municipality", names=names, zone=row["zone"], municipality=row["name"])


def _middles(zones: Zones) -> dict[str, tuple[float, float]]:
    """A point within each municipality by its REFNIS code: the middle of those that no place of their name lies in."""
    layer = read_layer(zones.folder / "municipalities.parquet")
    x, y = shapely.get_coordinates(shapely.point_on_surface(layer.outlines)).T
    lon, lat = Transformer.from_crs(LAMBERT, WGS84, always_xy=True).transform(x, y)
    return dict(zip(layer.columns["nis"], zip(lat.tolist(), lon.tolist(), strict=True), strict=True))


def _places(zones: Zones) -> dict[str, list[_Named]]:
    """The quarters and villages by the REFNIS code of the municipality they lie in."""
    hand = pd.read_csv(TABLES / "quarters.csv", dtype=str, keep_default_na=False).assign(population=0)
    hand = hand.assign(name=hand["name_nl"], other=hand["name_fr"] + "|" + hand["other"])
    both = pd.concat(
        [hand, pd.read_csv(TABLES / "geonames.csv", keep_default_na=False).assign(name_nl="", postcode="")]
    )
    at = zones.locate_many(both["lat"].astype(float), both["lon"].astype(float))
    found: dict[str, list[_Named]] = {}
    for row, zone, nis in zip(both.to_dict("records"), at["zone"], at["municipality_nis"], strict=True):
        name, others = row["name"], [one for one in row["other"].split("|") if one]
        names = tuple(dict.fromkeys((name, others[0]))) if row["name_nl"] else (name,)
        called = tuple(dict.fromkeys(fold(one) for one in (name, *others)))
        if nis:
            middle = (float(row["lat"]), float(row["lon"]))
            one = _Named(names, called, row["population"], row["postcode"], zone, middle)
            found.setdefault(nis, []).append(one)
    return found
