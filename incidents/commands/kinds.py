"""What commands are made of: their bases, what a decision may look at, and the words for why one may not come now."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Literal

import msgspec

from incidents import events as ev
from incidents.case import Case
from incidents.incident import OPEN, STATES, Incident, State
from incidents.orders import ordered
from incidents.ports import english
from incidents.reasons import is_reason
from incidents.refusals import RefusalCode, Refused
from incidents.users import Role

MAX_WORDS = 2000  # characters of a note or a reason
CLOCKS_AGREE = timedelta(seconds=60)  # a person's "when it happened" may be this much ahead of our clock

EVER = frozenset(STATES)
OWNED = OPEN - {"raised"}
UNDER_WAY = OWNED - {"safe"}
BEFORE_SCENE = UNDER_WAY - {"on_scene"}

Decision = ev.Event | None  # None: it is so already, nothing to write

# Why a command may not come now, as a page says it.
Why = Literal[
    "unowned",
    "owned",
    "closed",
    "done",
    "not_routed",
    "yours",
    "helping",
    "nothing_to_confirm",
    "no_offer",
    "not_offered",
    "supervisor",
    "line_ended",
]


class Bar(msgspec.Struct, frozen=True):
    """Why a command is not open: the desk refuses it with `code`, or, where there is none, has nothing to do."""

    why: Why
    code: RefusalCode | None = None


def leads_to(state: State, of: frozenset[State] = EVER) -> Mapping[State, State]:
    """A command that leads to one state, from each of these."""
    return dict.fromkeys(of, state)


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision may look at beside the incident: who asks, when, the case, the zones.

    `zone`: for which zone's desk they ask, `role`: in which roles, space-separated. `has_unit`: whether a unit is one of a
    zone's, as far as who asks may know. `proposed`: the zone that stands preselected now, "" for none.
    """

    actor: str
    now: datetime
    case: Case | None
    known_zone: Callable[[str], bool]
    has_address: Callable[[str], bool]
    on_shift: Callable[[str], str | None]
    excluded_zone: Callable[[str], bool] = lambda zone: False
    far: Callable[[str], bool] = lambda zone: False
    proposed: Callable[[], str] = str
    has_unit: Callable[[str, str], bool] = lambda unit, zone: False
    zone: str = ""
    role: str = ""
    place: Callable[[str], str] = lambda zone: ""
    speaks: Callable[[str], str] = english

    def reason(self, words: str) -> str:
        """These words as they are kept. Raises Refused where they are no reason."""
        if not is_reason(words):
            raise Refused("reason_missing")
        return words.strip()

    def within(self, minutes: int, most: int) -> int:
        """So many minutes, one at least. Raises Refused."""
        if not 0 < minutes <= most:
            raise Refused("time_invalid")
        return minutes

    def order(self, incident: Incident, *, zone: str, why: ev.UpdateReason, asked_unit: str = "") -> ev.Ordered:
        """The order of an incident to a zone, or its next update."""
        return ordered(
            incident,
            self.case,
            zone=zone,
            asked_unit=asked_unit,
            why=why,
            at=self.now,
            has_address=self.has_address(zone),
            place=self.place(zone),
            lang=self.speaks(zone),
        )


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """A wish of a person, with the client's id for it. `MAY`: which roles may have it.

    Each is of one of the bases, which say whose case it is about: `incidents.exclusion` asks them.
    """

    MAY: ClassVar[frozenset[Role]]

    id: str


class OfNoCase(Command, frozen=True, kw_only=True):
    """About nobody's case; or it is asked where the case is looked up, or where each alarm is offered."""


class OnIncident(Command, frozen=True, kw_only=True):
    """A command that names its incident, and what the table of the life of an incident says of it.

    `IN`: the states in which it may come; `OTHERWISE` says why not in the other states of an owned alarm. `WHOSE`: whose the
    incident must be. `TO` is the state after it, by the one before; one that it does not name stays. It holds for every state,
    open or not: what an older log holds is folded as it was. `UNFINISHED`: closed, it may come only while something of it is
    left (`Incident.unfinished`).
    """

    IN: ClassVar[frozenset[State]]
    WHOSE: ClassVar[Callable[[Incident, str], Bar | None]]
    TO: ClassVar[Mapping[State, State]] = {}
    OTHERWISE: ClassVar[Why] = "done"
    UNFINISHED: ClassVar[bool] = False

    incident: str

    @property
    def row(self) -> str:
        """Its row in the table of the life of an incident."""
        return str(self.__struct_config__.tag)

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        """The event that it makes of the incident, where the table lets it come. Raises Refused."""
        raise NotImplementedError
