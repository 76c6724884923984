"""What a person types to find incidents, as terms: whom it is about, where, when, class, outcome, state. No I/O, no language.

Words in a row that name something together are one term ("Sint-Niklaas", "suspect arrested"); the longest counts. What is none of
it may be anybody: a device, a case, the beginning of an incident's id, a name for whoever may search names.
"""

import itertools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from maps.gazetteer import Place, fold

Kind = Literal["who", "place", "days", "no_day", "class", "outcome", "state"]
# Folded words to what they mean; of "days" the value counts back from today, of "state" it may be "open".
Words = Mapping[str, Sequence[tuple[Kind, str]]]
MAX_TYPED = 200
MAX_TERMS = 12
_ZONE = ("pz", "zp")  # politiezone, zone de police: before a zone's name
_WORDS = 4  # that one name has at most
_MONTH = re.compile(r"(?:(?P<m>\d{1,2})[/.](?P<y>\d{4})|(?P<iy>\d{4})-(?P<im>\d{2}))")
_DAY = re.compile(r"(?P<d>\d{1,2})[/.](?P<m>\d{1,2})(?:[/.](?P<y>\d{4}))?")
_DATED = re.compile(r"\d{1,2}/\d{1,2}(?:/\d{4})?|20\d\d-\d\d-\d\d")
_RANGE = re.compile(r"\.\.|–|-")
_APART = re.compile(r"(?<=\d)\s*(\.\.|–)\s*(?=\d)|(?<=\d)\s+(-)\s+(?=\d)")


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is asked for. `text`: as it was typed. `values`: codes; of "place" the zones' keys, beside `towns`.

    `since` and `until`: the first and the last Belgian day, both included.
    """

    kind: Kind
    text: str
    values: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None


def parse(text: str, *, today: date, words: Words, named: Callable[[str], Collection[Place]]) -> tuple[Term, ...]:
    """The terms of a text, in its order. `today` is the Belgian day; `named` gives the places of which a text is a whole name."""
    typed = _APART.sub(lambda found: found[1] or found[2], text[:MAX_TYPED]).split()
    terms: list[Term] = []
    at = 0
    while at < len(typed) and len(terms) < MAX_TERMS:
        lengths = range(min(_WORDS, len(typed) - at), 0, -1)
        spans = ((n, _understood(" ".join(typed[at : at + n]), today, words, named)) for n in lengths)
        length, term = next(((n, found) for n, found in spans if found), (1, Term(kind="who", text=typed[at])))
        at += length
        if term.kind != "who" or fold(term.text):
            terms.append(term)
    return tuple(terms)


def days(text: str, today: date) -> tuple[date, date] | None:
    """The days that a text names: one, a range, a month, a year. Without a year it is the last such day there was."""
    if (one := _day(text, today)) is not None:
        return one, one
    for found in _RANGE.finditer(text):
        if (until := _day(text[found.end() :], today)) and (since := _day(text[: found.start()], until)):
            return min(since, until), max(since, until)
    if whole := _MONTH.fullmatch(text):
        year, month = int(whole["y"] or whole["iy"]), int(whole["m"] or whole["im"])
        if 1 <= month <= 12 and 2000 <= year <= today.year + 1:
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), after - timedelta(days=1)
    if re.fullmatch(r"20\d\d", text) and int(text) <= today.year:
        return date(int(text), 1, 1), date(int(text), 12, 31)
    return None


def _understood(text: str, today: date, words: Words, named: Callable[[str], Collection[Place]]) -> Term | None:
    if coded := words.get(fold(text)):
        kind = coded[0][0]
        if kind == "days":
            day = today - timedelta(days=int(coded[0][1]))
            return Term(kind=kind, text=text, since=day, until=day)
        return Term(kind=kind, text=text, values=frozenset(value for of, value in coded if of == kind))
    before, _, name = text.partition(" ")
    if before.casefold() in _ZONE and (of := frozenset(one.zone for one in named(name) if one.kind == "zone")):
        return Term(kind="place", text=text, values=of)
    if places := named(text):
        zones = frozenset(place.zone for place in places if place.kind == "zone")
        towns = frozenset(place.municipality for place in places if place.municipality)
        return Term(kind="place", text=text, values=zones, towns=towns)
    if (found := days(text, today)) is not None:
        return Term(kind="days", text=text, since=found[0], until=found[1])
    if all(_DATED.fullmatch(part) for part in (_RANGE.split(text) if "/" in text else (text,))):
        return Term(kind="no_day", text=text)  # 31/02: written as a day, and none
    return None


def _day(text: str, latest: date) -> date | None:
    """A day; one without a year is the last that is not after `latest`."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _date(int(text[:4]), int(text[5:7]), int(text[8:]))
    if not (found := _DAY.fullmatch(text)):
        return None
    day, month = int(found["d"]), int(found["m"])
    if found["y"]:
        return _date(int(found["y"]), month, day)
    years = itertools.takewhile(lambda year: year > latest.year - 9, itertools.count(latest.year, -1))  # 29 February
    return next((one for year in years if (one := _date(year, month, day)) and one <= latest), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
