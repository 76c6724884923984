"""The case: the protected person's file, as an operator must see it during an alarm.

Every fact carries its source and its date, because a fact without them can't be weighed; a place or an exclusion that has
none takes the case's own. The types hold the limits of docs/cases.md; `incidents.cases` checks what they can't say.
"""

import datetime as dt
import hashlib
from math import cos, hypot, radians
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

_METRES = 111_320.0  # in a degree of latitude
MAX_LISTED = 50  # facts, places, devices, ... of one kind in a case
CaseNumber = Annotated[
    str, Meta(pattern=r"\A\w[\w ./-]{0,39}\Z")
]  # shown in messages and errors: plain characters only
Device = Annotated[str, Meta(pattern=r"\A\S(.{0,198}\S)?\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
Language = Annotated[str, Meta(pattern=r"\A[a-z]{2,3}\Z")]
Many = Meta(max_length=MAX_LISTED)
Standing = Literal["", "suspended", "ended", "returned"]
InForce = Literal["open", "early", "expired", "suspended", "ended", "returned"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement with where it comes from and the day it was made."""

    text: Text
    source: Name
    date: dt.date


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A victim or a suspect: name, languages they speak (ISO 639), facts about them (looks, vehicle, plate)."""

    name: Name
    languages: Annotated[tuple[Language, ...], Many] = ()
    facts: Annotated[tuple[Fact, ...], Many] = ()


class Protected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A place of the case: home, school, work. `radius_m` is its exclusion zone; 0 when the measure names none.

    `address` is what its file says of it; what counts is the position.
    """

    name: Name
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    radius_m: Annotated[float, Meta(ge=0, le=100_000)] = 0.0
    address: Annotated[str, Meta(max_length=200)] = ""
    source: Annotated[str, Meta(max_length=200)] = ""
    date: dt.date | None = None

    def away_m(self, lat: float, lon: float) -> float:
        """The way to a position (WGS 84) over the ground, in metres; within 1 % at the distances that are asked for."""
        return _METRES * hypot(lat - self.lat, (lon - self.lon) * cos(radians(self.lat)))


class Instruction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator or the patrol must do. `listen_only` and `silent_approach` also travel as fields of an order."""

    kind: Literal["listen_only", "silent_approach", "other"]
    text: Text
    source: Name
    date: dt.date


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An account from which the case is kept, or a zone that gets no order of it: the suspect or a relative serves there."""

    reason: Text
    account: Name | None = None
    zone: Name | None = None
    source: Annotated[str, Meta(max_length=200)] = ""
    date: dt.date | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The prosecutor's decision that gives her the device: which office, under which reference, on which day."""

    office: Name
    reference: Name
    date: dt.date


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One version of one case. `valid_until` is inclusive; `version` counts the imports that changed it, from 1.

    `source` and `date` are of the file as a whole: who drew it up, and when it was last reviewed. `language` (ISO 639) is that of
    its texts: a page says it to whoever reads them aloud. `managing_zone` is the key of the zone that hands the device out,
    `convention` the day on which it was signed with her. `standing` is the register's: what the steps of its life made of it.
    """

    number: CaseNumber
    victim: Person
    devices: Annotated[tuple[Device, ...], Many]
    valid_from: dt.date
    valid_until: dt.date
    source: Name
    date: dt.date
    suspect: Person | None = None
    measures: Annotated[tuple[Fact, ...], Many] = ()
    places: Annotated[tuple[Protected, ...], Many] = ()
    risks: Annotated[tuple[Fact, ...], Many] = ()
    weapons: Annotated[tuple[Fact, ...], Many] = ()
    present: Annotated[tuple[Fact, ...], Many] = ()
    instructions: Annotated[tuple[Instruction, ...], Many] = ()
    safe_word: Name | None = None
    duress_word: Name | None = None
    exclusions: Annotated[tuple[Exclusion, ...], Many] = ()
    safe_numbers: Annotated[tuple[Name, ...], Many] = ()
    home_zone: Name | None = None
    language: Literal["nl", "fr", "de", "en"] | None = None
    managing_zone: Name | None = None
    decision: Decision | None = None
    convention: dt.date | None = None
    standing: Standing = ""
    version: int = 1

    def managed_by(self, zone: str) -> bool:
        """Whether a zone manages it: by this its desk sees the case and its devices."""
        return bool(zone) and self.managing_zone == zone

    def valid_on(self, day: dt.date) -> bool:
        """Whether the protection stands on this day (Europe/Brussels)."""
        return self.valid_from <= day <= self.valid_until

    def state_on(self, day: dt.date) -> InForce:
        """What is said of it on a day: `open` alone, its devices are in service. Its steps count before its days."""
        if self.standing:
            return self.standing
        return "open" if self.valid_on(day) else "early" if day < self.valid_from else "expired"

    @property
    def listen_only(self) -> bool:
        """The operator may have to stay silent on the line."""
        return any(i.kind == "listen_only" for i in self.instructions)

    @property
    def silent_approach(self) -> bool:
        """The patrol comes without siren."""
        return any(i.kind == "silent_approach" for i in self.instructions)

    def excluded_zone(self, zone: str) -> str | None:
        """Why this zone must not be preselected; None when nothing speaks against it."""
        return next((e.reason for e in self.exclusions if e.zone == zone), None)


def digest(case: Case) -> str:
    """What tells this very content of a case from any other: the SHA-256 of its JSON with sorted names, 64 hex digits."""
    return hashlib.sha256(msgspec.json.encode(case, order="deterministic")).hexdigest()
