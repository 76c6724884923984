"""What the case panel says of the selected incident's case: every fact with its source and date, the vital ones apart.

Instructions, weapons and number plates are pinned: they never scroll away.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, Protocol

import msgspec

from incidents.case import Case, Fact
from incidents.incident import Incident

PLATE = re.compile(
    r"\b(\d[ -]?[A-Z]{3}[ -]?\d{3}|[A-Z]{3}[ -]?\d{3}|\d{3}[ -]?[A-Z]{3})\b"
)  # Belgian, of 1973 and of 2010
_ADDRESSED = re.compile(r",.*\d")  # a place whose name has its address: "home, Lindestraat 7"
CaseState = Literal[
    "open",
    "unknown",
    "no_device",
    "expired",
    "early",
    "suspended",
    "ended",
    "returned",
    "locked",
    "missing",
    "none",
    "erased",
]


class ShownFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact under the code of its heading, with its source and its day (ISO 8601); of a place where it is too, in words.

    `doubted`: the day (ISO 8601) on which somebody flagged it as doubtful, until whoever keeps the case answers.
    """

    heading: str
    text: str
    source: str = ""
    date: str = ""
    address: str = ""
    radius_m: float = 0.0
    doubted: str = ""


class ShownCase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The case as the panel shows it. `pinned` never scrolls; `urgent` among them are instructions to stay silent and weapons.

    `words_kept`: it has a safe word or a duress word, which is shown to whoever holds the alarm.
    """

    state: CaseState
    number: str = ""
    version: int = 0
    victim: str = ""
    languages: tuple[str, ...] = ()
    suspect: str = ""
    valid_from: str = ""
    valid_until: str = ""
    safe_word: str = ""
    duress_word: str = ""
    words_kept: bool = False
    pinned: tuple[ShownFact, ...] = ()
    facts: tuple[ShownFact, ...] = ()
    safe_numbers: tuple[str, ...] = ()
    language: str = ""


_ABSENT: dict[str, CaseState] = {"open": "unknown", "missing": "missing", "none": "none"}


class CaseBook(Protocol):
    """The case register as the panel sees it."""

    @property
    def state(self) -> str: ...
    def by_device(self, device: str) -> Case | None: ...
    def by_number(self, number: str) -> Case | None: ...


def case_of(incident: Incident, cases: CaseBook) -> Case | None:
    """The case of an incident: the one it names, else its device's. A locked register may still answer for some cases."""
    found = cases.by_number(incident.case) if incident.case else None
    return found or (cases.by_device(incident.device) if incident.device else None)


def _looked_up(incident: Incident, cases: CaseBook, today: date) -> tuple[CaseState, Case | None]:
    """How the register answers for an incident today, and with which case."""
    if incident.history.erased:
        return "erased", None
    case = case_of(incident, cases)
    if case is None:
        return _ABSENT.get(cases.state, "locked"), None
    return case.state_on(today), case


def warnings(incident: Incident, cases: CaseBook, today: date) -> tuple[str, ...]:
    """What a row says of the case at all times: codes, the gravest first. That no case is in force is one of them."""
    state, case = _looked_up(incident, cases, today)
    said: list[str] = [] if state in ("open", "none", "erased") else [f"case_{state}"]
    if case is not None:
        if case.weapons:
            said.append("weapon")
        if case.silent_approach:
            said.append("silent_approach")
        if any(one.zone for one in case.exclusions):
            said.append("excluded")
    return tuple(said)


def shown(
    incident: Incident,
    cases: CaseBook,
    today: date,
    near: Callable[[float, float], str] = lambda lat, lon: "",
    *,
    words: bool = False,
) -> ShownCase:
    """The case of an incident, for a page that may show it. `near` says what lies nearest to a place (latitude, longitude);
    `words`: the safe word and the duress word are shown here (`incidents.need.holds`)."""
    state, case = _looked_up(incident, cases, today)
    if state == "unknown" and incident.device is None:
        state = "no_device"
    if case is None:
        return ShownCase(state=state, number=incident.case or "" if state != "erased" else "")
    return _open(case, state, near, words)


DANGERS = ("weapon", "listen_only", "silent_approach")  # what can kill, the gravest first


def _harmless(fact: ShownFact) -> int:
    return DANGERS.index(fact.heading) if fact.heading in DANGERS else len(DANGERS)


def _open(case: Case, state: CaseState, near: Callable[[float, float], str], words: bool) -> ShownCase:
    suspect = case.suspect.facts if case.suspect else ()
    plates = tuple(fact for fact in suspect if PLATE.search(fact.text))
    pinned = (
        *(ShownFact(heading=i.kind, text=i.text, source=i.source, date=i.date.isoformat()) for i in case.instructions),
        *_facts("weapon", case.weapons),
        *_facts("plate", plates),
    )
    facts = (
        *_facts("suspect", tuple(fact for fact in suspect if fact not in plates)),
        *_facts("risk", case.risks),
        *_facts("present", case.present),
        *_facts("measure", case.measures),
        *(
            ShownFact(
                heading="place",
                text=place.name,
                source=place.source or case.source,
                date=(place.date or case.date).isoformat(),
                address=place.address or ("" if _ADDRESSED.search(place.name) else near(place.lat, place.lon)),
                radius_m=place.radius_m,
            )
            for place in case.places
        ),
        *_facts("victim", case.victim.facts),
        *(
            ShownFact(
                heading="excluded",
                text=exclusion.reason,
                source=exclusion.source or case.source,
                date=(exclusion.date or case.date).isoformat(),
            )
            for exclusion in case.exclusions
            if exclusion.zone
        ),
    )
    return ShownCase(
        state=state,
        number=case.number,
        version=case.version,
        victim=case.victim.name,
        languages=case.victim.languages,
        suspect=case.suspect.name if case.suspect else "",
        valid_from=case.valid_from.isoformat(),
        valid_until=case.valid_until.isoformat(),
        safe_word=(case.safe_word or "") if words else "",
        duress_word=(case.duress_word or "") if words else "",
        words_kept=not words and bool(case.safe_word or case.duress_word),
        pinned=tuple(sorted(pinned, key=_harmless)),
        facts=facts,
        safe_numbers=case.safe_numbers,
        language=case.language or "",
    )


def marked(case: ShownCase, doubted: Mapping[str, date]) -> ShownCase:
    """The case with the facts that somebody flagged as doubtful marked, by their text as a step keeps it: stripped."""

    def each(facts: tuple[ShownFact, ...]) -> tuple[ShownFact, ...]:
        return tuple(
            msgspec.structs.replace(fact, doubted=day.isoformat()) if (day := doubted.get(fact.text.strip())) else fact
            for fact in facts
        )

    return msgspec.structs.replace(case, pinned=each(case.pinned), facts=each(case.facts)) if doubted else case


def _facts(heading: str, facts: tuple[Fact, ...]) -> tuple[ShownFact, ...]:
    return tuple(
        ShownFact(heading=heading, text=fact.text, source=fact.source, date=fact.date.isoformat()) for fact in facts
    )
