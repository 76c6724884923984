"""What the core is handed from outside its room: a geography, a case register, names that reveal nobody, and the screens."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Protocol

import msgspec

from incidents.case import Case
from incidents.incident import Incident


class Near(Protocol):
    """A zone that the circle of a position touches."""

    @property
    def zone(self) -> str: ...


class Named(Protocol):
    """What has a name that people say."""

    @property
    def name(self) -> str: ...


class Placed(Protocol):
    """What the desk needs to know of a position. `neighbours`: where else it may lie; `probability` is None when the radius says
    nothing of that; `municipality` is None where there is none.
    `distance_m` is the way to the border of the zone, from abroad to the nearest."""

    @property
    def probability(self) -> float | None: ...
    @property
    def neighbours(self) -> Sequence[Near]: ...
    @property
    def zone(self) -> str: ...
    @property
    def cic(self) -> str: ...
    @property
    def inside(self) -> bool: ...
    @property
    def distance_m(self) -> float: ...
    @property
    def municipality(self) -> Named | None: ...


Locate = Callable[[float, float, float | None, float | None], Placed]

InWords = Callable[[Incident], str]  # where an incident is, by what lies nearest; "" when that is not known
Proposed = Callable[[Incident], str]  # the zone that is preselected for an incident now; "" for none


# The same for a zone: in the language of this code (ISO 639-1), which is the zone's.
InZonesWords = Callable[[Incident, str], str]


def no_zones_words(incident: Incident, language: str) -> str:
    """Of a desk without addresses: the municipality stands alone."""
    return ""


def english(zone: str) -> str:
    """The languages of every zone, where nobody says which they are."""
    return "en"


def no_words(incident: Incident) -> str:
    """Of a desk without addresses the municipality stands alone; without a map of the zones a person chooses each."""
    return ""


Spot = tuple[float, float]  # latitude and longitude, WGS 84 degrees


class Leg(msgspec.Struct, frozen=True):
    """A way by road: how long it takes, and how far it is."""

    seconds: float
    metres: float


class NoRoads(Exception):
    """The router told nothing: `why` is no_answer, or unreadable for an answer that is none."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# The way from each place to one, None where no road leads. Raises NoRoads.
Roads = Callable[[Sequence[Spot], Spot], Awaitable[Sequence[Leg | None]]]


class CaseSource(Protocol):
    """The case register as the desk sees it."""

    @property
    def state(self) -> str: ...
    @property
    def edition(self) -> object:
        """Another object whenever the cases are others."""
        ...

    def all(self) -> tuple[Case, ...]: ...
    def by_device(self, device: str) -> Case | None: ...
    def cases_of(self, device: str) -> Iterable[Case]: ...
    def by_number(self, number: str, version: int | None = None) -> Case | None: ...
    def search(self, text: str, limit: int = 8) -> tuple[Case, ...]: ...
    def withdrawn(self) -> Collection[Case] | None:
        """Every withdrawn case as it was last; in a thread. None when that can't be read now."""
        ...


class Identities(Protocol):
    """The log's private names: ids that reveal no device, pseudonyms that reveal no person."""

    def incident_id(self, device: str, n: int) -> str: ...
    def incident_id_for_message(self, message_id: str) -> str: ...
    def device_id(self, device: str) -> str: ...
    def pseudonym(self, name: str) -> str: ...
    def name_of(self, pseudonym: str) -> str | None: ...
    def seal_view(self, plain: bytes) -> bytes: ...
    def open_view(self, sealed: bytes) -> bytes | None: ...


class Screens(Protocol):
    """What the core needs to know of the pages that show it."""

    def present(self) -> Collection[str]:
        """The pseudonyms of whose pages are there."""
        ...

    def certain(self) -> bool:
        """Whether that is all: of other servers, nothing is known for a while when this one is cut off."""
        ...

    def alone(self, incident: Incident) -> bool:
        """Whether only such persons are there for an alarm as its case excludes."""
        ...

    def healthy(self) -> bool:
        """Whether everything that Vigie depends on is shown as in order."""
        ...
