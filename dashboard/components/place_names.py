"""Names of places for a screen: zones by their key, the municipality of a position, remembered for the last positions."""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, Protocol

import msgspec

from dashboard.components.nearby import Address, Spoken
from incidents.incident import Incident
from incidents.messages import Fix
from maps.abroad import Neighbours
from maps.geodesy import Floats
from maps.zones import Location
from reports.catalogue import Translator
from reports.locale_formats import FIRM

REMEMBERED = 32_768  # positions: those of a flood's alarms, whose rows are made anew at each step of the watch


class Locator(Protocol):
    """What a screen asks of the map's zones."""

    def locate(
        self, lat: float, lon: float, radius_m: float | None = None, confidence: float | None = None
    ) -> Location: ...
    def rings(self) -> list[Floats]: ...
    def municipality_named(self, zone: str, name: str) -> Any | None: ...


class Neighbour(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A country by its code (ISO 3166-1; `sea` for the coast), and whom the centre calls there; "" where nobody is set."""

    country: str
    contact: str = ""


class Abroad(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A position outside Belgium: how far beyond the nearest border, whose that may be, and whether it lies within the circle."""

    beyond_m: float
    neighbours: tuple[Neighbour, ...] = ()
    within: bool = False


class Nearest(Protocol):
    """What lies nearest, in words, as far as it is known: each answers at once (`dashboard.components.whereabouts`)."""

    def of(self, incident: Incident, translate: Translator | None = None) -> str: ...
    def spoken(self, incident: Incident, translate: Translator | None = None) -> Spoken: ...
    def address(self, incident: Incident, translate: Translator | None = None) -> Address | None: ...
    def near_place(self, lat: float, lon: float, translate: Translator | None = None) -> str: ...


class Nothing:
    """Where nobody knows what lies nearest."""

    def of(self, incident: Incident, translate: Translator | None = None) -> str:
        """No words."""
        return ""

    def spoken(self, incident: Incident, translate: Translator | None = None) -> Spoken:
        """None to be read aloud."""
        return Spoken()

    def address(self, incident: Incident, translate: Translator | None = None) -> Address | None:
        """None at a glance."""
        return None

    def near_place(self, lat: float, lon: float, translate: Translator | None = None) -> str:
        """No words."""
        return ""


class Places:
    """Where a position is, in words a dispatcher uses. `names` gives the name of each zone by its key, `radio` its number,
    `contacts` whom to call in a neighbouring country.

    `near` says in somebody's language what lies nearest to an incident, "" while it is not known, `spoken` the same to be read
    aloud, `address` at a glance; `near_place` what lies nearest to a place of a case.
    """

    def __init__(
        self,
        zones: Locator,
        names: Iterable[tuple[str, str]],
        radio: Mapping[str, str] | None = None,
        nearest: Nearest = Nothing(),
        contacts: Mapping[str, str] | None = None,
    ) -> None:
        self.near, self.spoken, self.near_place = nearest.of, nearest.spoken, nearest.near_place
        self.address = nearest.address
        self.names = dict(names)
        self.radio = dict(radio or {})
        self._contacts = dict(contacts or {})
        self._zones = zones
        self._locate = lru_cache(maxsize=REMEMBERED)(zones.locate)

    def zone_name(self, zone: str) -> str:
        """The name of a zone; its key when the table does not know it."""
        return self.names.get(zone, zone)

    def locate(self, fix: Fix) -> Location | None:
        """The map's answer for a position (zone, shares, municipality, border); None when it is no position."""
        try:
            return self._locate(fix.lat, fix.lon, fix.radius, fix.confidence)
        except ValueError:
            return None

    def holds(self, zone: str, place: str) -> bool:
        """Whether the municipality that a place in words ends with is a zone's: it lies whole in it."""
        return self._zones.municipality_named(zone, place.rpartition(", ")[2]) is not None

    def abroad(self, fix: Fix | None) -> Abroad | None:
        """How far outside Belgium a position is, and whom to call; None for one that is inside, or none."""
        found = self.locate(fix) if fix is not None else None
        if fix is None or found is None or found.inside:
            return None
        near = self._neighbours.near(fix.lat, fix.lon)
        return Abroad(
            beyond_m=found.distance_m,
            neighbours=tuple(Neighbour(country=one, contact=self._contacts.get(one, "")) for one in near),
            within=bool(fix.radius and fix.radius >= found.distance_m),
        )

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._zones)

    def municipality(self, fix: Fix | None) -> str:
        """The municipality's name of a position; empty when there is none."""
        if fix is None:
            return ""
        found = self.locate(fix)
        return found.municipality.name if found is not None and found.municipality is not None else ""


def zone_words(name: str, share: float | None) -> str:
    """A zone as where she is, with its share of her circle where it can't be named plainly (on pages: `zoneOf` of `says.js`)."""
    if share is None or not name:
        return name
    return f"{name} {max(1, round(share * 100))}{FIRM}%" if share else f"{name}{FIRM}?"
