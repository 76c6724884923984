"""What is kept of a person, for the competent authority's answer to her request: gathered by `centre.documents.subject`.

Two rules. An officer stands by function, and whatever is about somebody else is withheld: a whole text where it names one. And
the extract of a suspect, whoever comes to read it, says nothing from which an alarm, a device or a place could be known: what is
stated of him might in any words, and is only counted; what only an alarm has (records, times, the case's number and days) is not
in it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

import msgspec

from incidents.case import Case, Fact, Person
from incidents.cases.life import Step as CaseStep
from incidents.timeline import Moment, Timeline
from incidents.withheld import WITHHELD
from reports.catalogue import named
from reports.content import Block, Heading, Paper, Text, table
from reports.evidence.words import Words
from reports.locale_formats import FIRM, formats_of

Whom = Literal["victim", "suspect"]
# Facts of a record that are hers. What else a record has (persons, units, orders, calls, raw messages) is withheld.
HERS: Final = (
    "device", "fix", "place", "place_text", "protected", "way", "zone", "previous_zone", "abroad", "cic", "battery",
    "as_class", "outcome", "verified", "status", "text", "reason", "note", "where", "announced_where", "at", "to_time",
    "cases",
)  # fmt: skip
# What a step of her case's life says of it; who handed over or took back is withheld.
_OF_A_STEP: Final = ("day", "until", "convention", "office", "reference", "zone", "old", "device", "fact", "text")
_LEAST: Final = 4  # letters of a part of a name that alone names somebody: not "van", "de"


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """A text, and the day it was stated (ISO 8601); where it comes from names others and is withheld."""

    text: str
    date: str


class KeptPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place of hers. Degrees WGS 84, metres."""

    name: str
    lat: float
    lon: float
    radius_m: float
    address: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A version of her case, without what is about others."""

    number: str
    version: int
    valid_from: str
    valid_until: str
    reviewed: str
    devices: tuple[str, ...]
    languages: tuple[str, ...]
    language: str
    home_zone: str
    managing_zone: str
    decision: str
    convention: str
    places: tuple[KeptPlace, ...]
    about: tuple[Dated, ...]
    measures: tuple[Dated, ...]
    risks: tuple[Dated, ...]
    instructions: tuple[Dated, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A record, or a step of her case's life: when it was entered (RFC 3339 UTC), its type (docs/log.md) or kind (docs/cases.md),
    who by function, its facts that are hers."""

    at: str
    what: str
    by: str
    facts: dict[str, Any]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """An incident of hers, or (`incident` empty) what happened without one. `erased`: its sealed facts are gone for good."""

    incident: str
    erased: bool
    steps: tuple[Step, ...]


class Extract(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `withheld`: of each kind how many; `of` a suspect nothing but name and languages is in it."""

    kind: Literal["subject-extract"] = "subject-extract"
    format: Literal[1] = 1
    made_at: str
    name: str
    languages: tuple[str, ...]
    about: tuple[Dated, ...]
    withheld: dict[str, int]
    cases: tuple[Kept, ...] = ()
    life: tuple[Step, ...] = ()
    courses: tuple[Course, ...] = ()


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What there is: all versions of the case, oldest first; the steps of its life; its incidents; what else was recorded of it;
    functions and names of whoever acted, by pseudonym."""

    versions: Sequence[Case]
    steps: Sequence[CaseStep] = ()
    incidents: Sequence[Timeline] = ()
    others: Sequence[Moment] = ()
    functions: Mapping[str, str] = {}
    officers: Iterable[str] = ()


class NothingKept(LookupError):
    """There is no such person in the case, or no such case."""


def extract(gathered: Gathered, whom: Whom, made_at: str, translate: Callable[[str], str] = str) -> Extract:
    """Raises NothingKept, in the words of who asks."""
    _ = translate
    if not gathered.versions:
        raise NothingKept(_("no case of this number is kept"))
    if whom == "suspect" and not any(case.suspect for case in gathered.versions):
        raise NothingKept(_("the case names no suspect"))
    return _suspect(gathered.versions, made_at) if whom == "suspect" else _victim(gathered, made_at)


def as_json(found: Extract) -> bytes:
    """To be read by a program."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def as_paper(found: Extract, translate: Callable[[str], str], *, language: str = "en") -> Paper:
    """To be printed."""
    _, words = translate, Words(translate)
    called = named(_, "reports", "subject") | {WITHHELD: _("[withheld]")}

    def rows_of(steps: Sequence[Step]) -> list[tuple[str, ...]]:
        return [
            (
                step.at,
                called.get(step.what) or words.what(step.what, step.facts),
                ", ".join(called.get(word) or words.part(word) for word in step.by.split()),
                _fact_lines(step.facts, words, called, language),
            )
            for step in steps
        ]

    blocks: list[Block] = [Text(_("Officers are named by their function. What is about other persons is withheld."))]
    blocks += [Heading(_("The person")), Text(found.name, strong=True)]
    if found.languages:
        blocks.append(Text(", ".join(found.languages)))
    blocks += _dated(found.about, _)
    for case in found.cases:
        blocks.append(Heading(_("File {number}, version {version}").format(number=case.number, version=case.version)))
        blocks.append(Text(_("From {start} to {end}").format(start=case.valid_from, end=case.valid_until)))
        for text, label in ((case.decision, _("Decision: {text}")), (case.convention, _("Convention: {text}"))):
            if text:
                blocks.append(Text(label.format(text=text)))
        if case.devices:
            blocks.append(Text(_("Devices: {names}").format(names=", ".join(case.devices))))
        if case.places:
            rows = [
                (p.name, p.address, f"{p.lat:.5f}, {p.lon:.5f}", _metres(p.radius_m, language)) for p in case.places
            ]
            blocks.append(table((_("Place"), _("Address"), _("Position"), ">" + _("Radius")), rows, (3, 4, 3, 1.5)))
        for part in (case.about, case.measures, case.risks, case.instructions):
            blocks += _dated(part, _)
    if found.life:
        blocks.append(Heading(_("The life of the file")))
        blocks.append(table((_("Time (UTC)"), _("Step"), _("By"), _("Facts")), rows_of(found.life), (3, 3, 2, 5)))
    for course in found.courses:
        title = _("Incident {id}").format(id=course.incident) if course.incident else _("Recorded without an incident")
        blocks.append(Heading(title))
        if course.erased:
            blocks.append(Text(_("What identified a person in it was erased.")))
        blocks.append(table((_("Time (UTC)"), _("Record"), _("By"), _("Facts")), rows_of(course.steps), (3, 3, 2, 5)))
    blocks.append(Heading(_("Withheld")))
    kinds = named(_, "reports", "withheld")
    counts = [(kinds[what], n) for what, n in found.withheld.items() if n]
    blocks.append(table((_("What"), ">" + _("Count")), counts, (5, 1)) if counts else Text(_("Nothing.")))
    title = _("What is kept of a person")
    return Paper(title=title, made=found.made_at, footer=title, blocks=tuple(blocks), language=language)


def _dated(some: Sequence[Dated], _: Callable[[str], str]) -> list[Block]:
    rows = [(one.date, _("[withheld]") if one.text == WITHHELD else one.text) for one in some]
    return [table((_("Date"), _("Stated")), rows, (1.5, 8))] if some else []


def _fact_lines(facts: Mapping[str, Any], words: Words, called: Mapping[str, str], language: str) -> str:
    """A line a fact."""
    return "\n".join(
        words.colon(
            called.get(name) or words.fact(name),
            called[WITHHELD] if value == WITHHELD else _shown(name, value, words, language),
        )
        for name, value in facts.items()
    )


def _metres(metres: float, language: str) -> str:
    return f"{formats_of(language).exact(metres)}{FIRM}m"


def _shown(name: str, value: Any, words: Words, language: str) -> str:
    if isinstance(value, bool):
        return words.note("yes" if value else "no")
    if isinstance(value, str):
        return words.code(name, value) if words.coded(name) else value
    if isinstance(value, dict) and {"lat", "lon", "radius"} <= value.keys():
        return f"{value['lat']:.5f}, {value['lon']:.5f} ± {_metres(value['radius'], language)}"
    return msgspec.json.encode(value).decode()


def _suspect(versions: Sequence[Case], made_at: str) -> Extract:
    suspect = next(case.suspect for case in reversed(versions) if case.suspect is not None)
    others = _Named(case.victim.name for case in versions)
    # A statement about him may say where she is, how she calls, or who told it: no rule can tell, so none is given.
    stated = _distinct(case.suspect for case in versions)
    return Extract(
        made_at=made_at,
        name=WITHHELD if others.named(suspect.name) else suspect.name,
        languages=suspect.languages,
        about=(),
        withheld={"texts": len(stated)},
    )


def _victim(gathered: Gathered, made_at: str) -> Extract:
    versions = gathered.versions
    her = versions[-1].victim
    suspects = [case.suspect.name for case in versions if case.suspect is not None]
    own = _words(" ".join(case.victim.name for case in versions))
    present = [text for case in versions for text in (*(one.text for one in case.present), *case.safe_numbers)]
    # Of a statement on who may be there what begins with a capital may name them.
    # Who handed a device over or took it back was typed: perhaps nobody whom the log knows.
    present += [step.who for step in gathered.steps]
    beside = [" ".join(word for word in text.split() if word[0].isupper() and len(word) >= _LEAST) for text in present]
    others = _Named([*suspects, *beside, *gathered.officers], but=own)
    withheld = {"texts": 0, "facts_of_records": 0}

    def hidden(text: str) -> bool:
        found = others.named(text)
        withheld["texts"] += found
        return found

    courses = [_course(told, gathered.functions, hidden, withheld) for told in gathered.incidents]
    if gathered.others:
        steps = tuple(_step(moment, gathered.functions, hidden, withheld) for moment in gathered.others)
        courses.append(Course(incident="", erased=False, steps=steps))
    kept = tuple(_kept(case, hidden) for case in versions)
    lived = _lived(gathered, hidden, withheld)
    last = versions[-1]
    for what, some in (
        ("suspect", last.suspect is not None),
        ("other_persons", len(last.present)),
        ("weapons", len(last.weapons)),
        ("exclusions", len(last.exclusions)),
        ("telephone_numbers_of_others", len(last.safe_numbers)),
        ("agreed_words", bool(last.safe_word) + bool(last.duress_word)),
    ):
        withheld[what] = int(some)
    about = tuple(_stated(fact, hidden) for fact in _distinct(case.victim for case in versions))
    return Extract(
        made_at=made_at,
        name=her.name,
        languages=her.languages,
        about=about,
        cases=kept,
        life=lived,
        courses=tuple(courses),
        withheld=withheld,
    )


def _kept(case: Case, hidden: Callable[[str], bool]) -> Kept:
    def dated(facts: Iterable[Any]) -> tuple[Dated, ...]:
        return tuple(_stated(fact, hidden) for fact in facts)

    return Kept(
        number=case.number,
        version=case.version,
        valid_from=case.valid_from.isoformat(),
        valid_until=case.valid_until.isoformat(),
        reviewed=case.date.isoformat(),
        devices=case.devices,
        languages=case.victim.languages,
        language=case.language or "",
        home_zone=case.home_zone or "",
        managing_zone=case.managing_zone or "",
        decision=f"{case.decision.office}, {case.decision.reference}, {case.decision.date}" if case.decision else "",
        convention=case.convention.isoformat() if case.convention else "",
        places=tuple(
            KeptPlace(name=p.name, lat=p.lat, lon=p.lon, radius_m=p.radius_m, address=p.address) for p in case.places
        ),
        about=dated(case.victim.facts),
        measures=dated(case.measures),
        risks=dated(case.risks),
        instructions=dated(case.instructions),
    )


def _lived(gathered: Gathered, hidden: Callable[[str], bool], withheld: dict[str, int]) -> tuple[Step, ...]:
    """The steps of her case. What was doubted is hers where the extract has it elsewhere: a weapon, or what is said of others, is
    withheld with whatever was said about it."""
    hers = {
        fact.text
        for case in gathered.versions
        for some in (case.victim.facts, case.measures, case.risks, case.instructions)
        for fact in some
    }
    of_others = {step.id for step in gathered.steps if step.fact and step.fact not in hers}

    def said(step: CaseStep, name: str) -> Any:
        value = getattr(step, name)
        if isinstance(value, date):
            return value.isoformat()
        if of_others & {step.id, step.about} and name in ("fact", "text"):
            withheld["texts"] += 1
            return WITHHELD
        return WITHHELD if hidden(value) else value

    withheld["facts_of_records"] += sum(bool(step.who) for step in gathered.steps)
    return tuple(
        Step(
            at=_utc(step.at),
            what=step.kind,
            by=gathered.functions.get(step.by, "officer"),
            facts={name: said(step, name) for name in _OF_A_STEP if getattr(step, name)},
        )
        for step in gathered.steps
    )


def _course(
    told: Timeline, functions: Mapping[str, str], hidden: Callable[[str], bool], withheld: dict[str, int]
) -> Course:
    steps = tuple(_step(moment, functions, hidden, withheld) for moment in told.moments)
    return Course(incident=told.incident.id, erased=told.incident.history.erased, steps=steps)


def _step(
    moment: Moment, functions: Mapping[str, str], hidden: Callable[[str], bool], withheld: dict[str, int]
) -> Step:
    facts = {name: value for name, value in moment.facts.items() if name in HERS and value not in (None, "")}
    withheld["facts_of_records"] += sum(value not in (None, "", False) for value in moment.facts.values()) - len(facts)
    shown = {n: WITHHELD if isinstance(value, str) and hidden(value) else value for n, value in facts.items()}
    by = functions.get(moment.actor, "officer") if moment.by_person else moment.actor
    return Step(at=_stamp(moment), what=moment.type, by=by, facts=shown)


def _stamp(moment: Moment) -> str:
    return _utc(moment.at)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _distinct(persons: Iterable[Person | None]) -> list[Fact]:
    """Each fact of any version of a person, once."""
    return list(dict.fromkeys(fact for person in persons if person is not None for fact in person.facts))


def _stated(fact: Any, hidden: Callable[[str], bool]) -> Dated:
    return Dated(text=WITHHELD if hidden(fact.text) else fact.text, date=fact.date.isoformat())


class _Named:
    """Whether a text names one of these persons: by all of the name, or by a part of it that `but` does not hold."""

    def __init__(self, names: Iterable[str], *, but: frozenset[str] = frozenset()) -> None:
        self._whole = {folded for name in names if (folded := _folded(name))}
        self._parts = {part for name in self._whole for part in name.split() if len(part) >= _LEAST} - but

    def named(self, text: str) -> bool:
        folded = _folded(text)
        return not self._parts.isdisjoint(folded.split()) or any(f" {name} " in f" {folded} " for name in self._whole)


def _words(text: str) -> frozenset[str]:
    return frozenset(_folded(text).split())


def _folded(text: str) -> str:
    """Without case, diacritics, and marks that nobody sees."""
    seen = "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(c) not in ("Mn", "Cf")
    )
    return " ".join(re.findall(r"\w+", seen))
