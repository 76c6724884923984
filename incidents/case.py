"""The case: the protected person's file, as an operator must see it during an alarm.

Every fact carries its source and its date, because a fact without them can't be weighed.
"""

from datetime import date
from typing import Literal

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A statement with where it comes from and the day it was made."""

    text: str
    source: str
    date: date


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A victim or a suspect: names, languages they speak (ISO 639-1), facts about them (looks, vehicle, plate)."""

    name: str
    languages: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


class Protected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place of the case: home, school, work. `radius_m` is its exclusion zone; 0 when the measure names none."""

    name: str
    lat: float
    lon: float
    radius_m: float = 0.0
    source: str = ""
    date: date | None = None


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator or the patrol must do. `listen_only` and `silent_approach` also travel as fields of an order."""

    kind: Literal["listen_only", "silent_approach", "other"]
    text: str
    source: str
    date: date


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An account that may not open the case, or a zone that is never preselected: the suspect or a relative serves there."""

    reason: str
    account: str | None = None
    zone: str | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of one case. `valid_until` is inclusive; `version` counts the imports that changed it, from 1."""

    number: str
    victim: Person
    devices: tuple[str, ...]
    valid_from: date
    valid_until: date
    suspect: Person | None = None
    measures: tuple[Fact, ...] = ()
    places: tuple[Protected, ...] = ()
    risks: tuple[Fact, ...] = ()
    weapons: tuple[Fact, ...] = ()
    present: tuple[Fact, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    safe_word: str | None = None
    duress_word: str | None = None
    exclusions: tuple[Exclusion, ...] = ()
    safe_numbers: tuple[str, ...] = ()
    home_zone: str | None = None
    version: int = 1

    def valid_on(self, day: date) -> bool:
        """Whether the protection stands on this day (Europe/Brussels)."""
        return self.valid_from <= day <= self.valid_until

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
