"""What typed words of an address may mean: which of them is the house number, which the postcode, what is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import product
from typing import Final

import msgspec

from maps.gazetteer import fold, fold_many

WORDS: Final = 16  # more of them are no address
_SMALL: Final = frozenset(
    ("a", "au", "aux", "d", "de", "del", "den", "der", "des", "di", "du", "en", "et", "het", "in", "l", "la", "le")
) | {"les", "op", "s", "t", "te", "ten", "ter", "van", "von"}
_LONG: Final = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "boul": "boulevard",
    "ch": "chaussee", "chee": "chaussee", "chauss": "chaussee", "imp": "impasse", "pl": "place", "r": "rue",
    "rte": "route", "sq": "square", "str": "straat", "stwg": "steenweg", "stw": "steenweg", "ln": "laan",
    "strasse": "straat",
}  # fmt: skip
KINDS: Final = frozenset(_LONG.values())  # of streets: none is a name by itself
# "Sportstr." is a Straße in Kelmis and a straat in Brugge: the word for a street is one in both.
_ENDS: Final = {
    "strasse": "straat", "str": "straat", "stwg": "steenweg", "stw": "steenweg", "pln": "plein", "ln": "laan",
}  # fmt: skip
_SHORT_ENDS: Final = tuple(_ENDS)
_NUMBER: Final = re.compile(r"\d{1,4}(?:[a-z]{1,2}|bis|ter)?")
_POSTCODE: Final = re.compile(r"[1-9]\d{3}")
# A box has a digit, is one letter or on the ground floor: another word behind a number is a town's ("12 Brugge", "12 / Ath"),
# and four digits behind "b" or a slash by itself are a postcode ("12b 3000 Leuven").
_BOX: Final = re.compile(
    r"(\d[a-z]?)(?:\s+(?:bus|bte|boite|box|appt?)\s*(?:\d\w{0,4}|[a-z]\d{0,4}|rdc|rez|gvl?|glv)"
    r"|\s*b\s*(?:0\d{3}|\d{1,3}[a-z]?))(?!\w)"
)
_SLASH: Final = re.compile(
    r"(\d[a-z]?)\s*/\s*(?:(?<=/)\d\w{0,4}|0\d{3}|\d{1,3}[a-z]?|[a-z]\d{0,4})(?!\w)", re.IGNORECASE
)
_NUMBER_PART: Final = re.compile(r"(\d)\s+([a-z])(?=\s|$)")


class Reading(msgspec.Struct, frozen=True):
    """One way to read what was typed: `text` is the folded names, `number` and `postcode` "" where none is meant."""

    text: str
    number: str = ""
    postcode: str = ""


def folded(name: str) -> str:
    """A name as it is compared: as `maps.gazetteer.fold`, without small words ("de la"), abbreviations written out."""
    return folded_many((name,))[0]


def folded_many(names: Sequence[str]) -> list[str]:
    """As `folded`, for many names."""
    found = []
    for words in map(str.split, fold_many(names)):
        kept = [word for word in words if word not in _SMALL] or words
        found.append(" ".join([_written_out(word) for word in kept]))
    return found


def number_key(number: str) -> str:
    """A house number as it is compared: "12 B", "12b" and "12_B" are one."""
    return re.sub(r"[^a-z0-9]+", "", number.casefold())


def readings(text: str, in_a_name: Callable[[str, str], bool]) -> tuple[Reading, ...]:
    """The ways to read `text`; a box number is left out. None when nothing of a name is in it.

    A number stays in the name only where some name has it beside that word (`in_a_name`, the two in their order): "11 novembre".
    """
    plain = fold(_SLASH.sub(r"\1", text[:100]).replace(" à ", " "))  # "12 à Namur" is no house "12a"
    words = _BOX.sub(r"\1", _NUMBER_PART.sub(r"\1\2", plain)).split()[:WORDS]
    numbers = [i for i, word in enumerate(words) if _NUMBER.fullmatch(word)][-3:]
    codes = [i for i in numbers if _POSTCODE.fullmatch(words[i])]
    around = ["", *words, ""]
    stay = {i for i in numbers if in_a_name(*around[i : i + 2]) or in_a_name(*around[i + 1 : i + 3])}
    left: dict[Reading, int] = {}
    for number, code in product((None, *numbers), (None, *codes)):
        if number is not None and number == code:
            continue
        rest = folded(" ".join(word for i, word in enumerate(words) if i not in (number, code)))
        if re.search("[a-z]", rest):
            reading = Reading(
                rest, words[number] if number is not None else "", words[code] if code is not None else ""
            )
            left.setdefault(reading, len(set(numbers) - stay - {number, code}))
    fewest = min(left.values(), default=0)
    return tuple(reading for reading, many in left.items() if many == fewest)


def _written_out(word: str) -> str:
    if word in _LONG:
        return _LONG[word]
    if word.endswith(_SHORT_ENDS):
        for short, long in _ENDS.items():
            if word.endswith(short) and len(word) > len(short) + 2:
                return word.removesuffix(short) + long
    return word
