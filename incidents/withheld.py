"""What a paper does not say that the other side may come to read: the protected places of a case, and whatever leads to one.

The one rule, for every document. To a place lead a position that may lie within its radius, coordinates in words, a text that
names it, and an address: whose it is, no rule can tell. docs/decisions/0023-what-a-paper-withholds.md.
"""

import base64
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

import msgspec

from incidents.case import Case, Protected

WITHHELD: Final = "[withheld]"  # stands where a text was
LEAST_M: Final = 200.0  # around a place: its measure may name no radius, or one that is a front door's
OF_A_CASE: Final = ("places", "home_zone")  # facts of a case that stand in no paper
# Of a record: which place she left or reached. With her positions beside it either would say where it is.
OF_A_PLACE: Final = frozenset({"protected", "way"})
# Facts that people write, and what quotes them: all of it is withheld where nobody can say what the places are.
FREE_TEXT: Final = frozenset(
    {"text", "note", "reason", "place", "where", "announced_where", "body", "raw", "reference", "recording_reference"}
)

# Words that say what a place is, and not which: alone they lead to none, yet in the papers of its own case they name it.
_KIND_WORDS: Final = """
    home house flat school creche work office refuge shelter parents mother father family place of the her his their
    thuis huis woning appartement werk kantoor opvang ouders moeder vader haar zijn de het een van
    maison domicile appartement ecole travail bureau foyer mere pere famille chez le la les sa son du
    haus wohnung schule arbeit buro eltern
"""
_KINDS: Final = frozenset(_KIND_WORDS.split())
# A hostile text may be of any form: nothing here can match in more than one way.
_STREET = re.compile(
    r"\b\w{2,}(?:straat|strasse|straße|laan|steenweg|plein|dreef|kaai)\s+\d{1,3}(?![\d:])"
    r"|\b(?:rue|avenue|chaussée|boulevard|quai|clos|allée|impasse|sentier|drève|place d\w+|route d\w+)"
    r"(?:\s+(?=[\d'’.-]*[^\W\d])[\w'’.-]+){1,5},?\s+\d{1,3}(?![\d:])",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"(?<!\d)\d{1,2}[.,]\d{2,}(?!\d)")
_DEGREES = re.compile(r"\d\s*°\s*\d")


class Withholding:
    """The rule for some places. `unknown`: there are some, and nobody can say which: no position and no free text may stand."""

    def __init__(self, places: Iterable[Protected] = (), *, unknown: bool = False, of_many: bool = False) -> None:
        """`of_many`: places of many cases, in whose papers a word such as "work" leads nowhere."""
        self.places = tuple({(p.name, p.address, p.lat, p.lon): p for p in places}.values())
        self.unknown = unknown
        texts = {text for place in self.places for text in (place.name, place.address) if text}
        spelled = {words for text in texts for words in _spelled(text)}
        self._names = frozenset(words for words in spelled if not (of_many and set(words.split()) <= _KINDS))

    @classmethod
    def of_all(cls, cases: Iterable[Case]) -> "Withholding":
        """The rule for a paper about many: the places of all these cases."""
        return cls((place for case in cases for place in case.places), of_many=True)

    @property
    def any(self) -> bool:
        """Whether there is anything to withhold."""
        return self.unknown or bool(self.places)

    def near(self, lat: float, lon: float, radius_m: float = 0.0) -> bool:
        """Whether a position (WGS 84) may lie within a place's radius; `radius_m` is its own accuracy."""
        return self.unknown or any(
            place.away_m(lat, lon) <= max(place.radius_m, LEAST_M) + radius_m for place in self.places
        )

    def leads(self, text: str) -> bool:
        """Whether a text names a place, gives an address, or coordinates near a place."""
        if not self.places:
            return False
        plain = f" {folded(text)} "
        return (
            any(f" {name} " in plain for name in self._names)
            or _STREET.search(text) is not None
            or _DEGREES.search(text) is not None
            or self._coordinates(text)
        )

    def says_where(self, lat: float, lon: float, radius_m: float, words: str) -> bool:
        """Whether words for a position lead to a place: it may lie within its radius, or they name it. An address that is merely
        the nearest to a position that stands in the paper says no more than the position does."""
        plain = f" {folded(words)} "
        return self.near(lat, lon, radius_m) or any(f" {name} " in plain for name in self._names)

    def text(self, text: str) -> str:
        """The text, or what stands in its place."""
        return WITHHELD if text and self.leads(text) else text

    def facts(self, facts: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Facts as JSON values without what is withheld, and the names of those that are not whole.

        A position becomes None, or leaves its list; a text becomes `WITHHELD`; an order or message that holds either goes whole.
        """
        kept = {name: self._kept(name, value) for name, value in facts.items()}
        return kept, tuple(name for name, value in facts.items() if kept[name] != value)

    def case(self, case: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
        """A case's facts as JSON values without its places and what leads to them; how many texts of it are withheld."""
        kept, _ = self.facts({name: value for name, value in case.items() if name not in OF_A_CASE})
        return kept, _marks(kept)

    def _kept(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._kept_text(name, value)
        if isinstance(value, Mapping):
            if self._position(value):
                return None
            return {key: self._kept(key, inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._kept(name, one) for one in value if not self._position(one)]
        return value

    def _kept_text(self, name: str, text: str) -> str:
        if not text:
            return text
        if name in OF_A_PLACE and self.any:
            return WITHHELD if name == "protected" else ""
        if name == "raw":
            return "" if self.unknown or self._quotes(_unpacked(text), broken=True) else text
        if self.unknown and name in FREE_TEXT:
            return WITHHELD
        if name == "body":
            return WITHHELD if self._quotes(text) else text
        return self.text(text)

    def _quotes(self, text: str, *, broken: bool = False) -> bool:
        """Whether the JSON of an order or a message leads to a place; `broken`: so does one that can't be read."""
        try:
            inner = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return self.leads(text) or (broken and self.any)
        return bool(self._kept("", inner) != inner)

    def _position(self, value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        lat, lon, radius = value.get("lat"), value.get("lon"), value.get("radius") or value.get("radius_m")
        if not isinstance(lat, int | float) or not isinstance(lon, int | float):
            return False
        return self.near(lat, lon, radius if isinstance(radius, int | float) else 0.0)

    def _coordinates(self, text: str) -> bool:
        numbers = [float(found.replace(",", ".")) for found in _DECIMAL.findall(text)]
        return any(self.near(a, b) or self.near(b, a) for a, b in pairwise(numbers))


def _spelled(name: str) -> Iterable[str]:
    """The ways in which a text may name a place: its whole name, what it is called, its street with and without the number."""
    yield folded(name)
    for part in re.split(r"[,;:()|/\n–—]|\s-\s", name):
        words = folded(part)
        street = re.sub(r"( \d+[^\W\d]?)+$", "", words)
        if len(re.sub(r"[\d ]", "", street)) >= 3:
            yield from {words, street}
        if any(char.isdigit() for char in words):
            return  # what follows a house's number is a postcode and a town


def folded(text: str) -> str:
    """The words of a text as they are compared: without case, diacritics and signs, one space between them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(char for char in plain if not unicodedata.combining(char))))


def _unpacked(raw: str) -> str:
    try:
        return base64.b64decode(raw).decode(errors="replace")
    except ValueError:
        return raw


def _marks(value: Any) -> int:
    """How many texts are withheld in it."""
    if isinstance(value, Mapping):
        return sum(map(_marks, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_marks, value))
    return int(value == WITHHELD)
