"""One incident: what is known of it, and the table of the states in which each command may come.

The table is the design's "life of an incident"; `incidents.fold` applies the events.
"""

from datetime import datetime
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.reports import Call, Fix, Unreadable

State = Literal["raised", "acknowledged", "routed", "accepted", "en_route", "on_scene", "safe", "closed"]
TimeName = Literal[
    "pressed",
    "received",
    "presented",
    "acknowledged",
    "listening",
    "routed",
    "accepted",
    "en_route",
    "on_scene",
    "safe",
    "closed",
]
TIME_NAMES: tuple[TimeName, ...] = TimeName.__args__  # type: ignore[attr-defined]
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]
RANK = {state: rank for rank, state in enumerate(STATES)}

OPEN = frozenset(STATES) - {"closed"}
OWNED = OPEN - {"raised"}
# command -> the states it may come in; who may give it is the desk's to check.
TRANSITIONS: dict[str, frozenset[State]] = {
    "acknowledge": frozenset({"raised"}),
    "release": frozenset({"acknowledged", "routed", "accepted", "en_route"}),
    "route": frozenset({"acknowledged", "routed", "accepted", "en_route"}),
    "cancel_order": frozenset({"routed", "accepted", "en_route"}),
    "progress": frozenset({"acknowledged", "routed", "accepted", "en_route", "on_scene"}),
    "listen": frozenset(OWNED),
    "note": frozenset(OWNED),
    "classify": frozenset(OWNED),
    "correct_time": frozenset(OWNED),
    "extend_tracking": frozenset(OPEN),
    "close": frozenset(OPEN),
    "reopen": frozenset({"closed"}),
}


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """When something happened, when it was entered, who said so, and whether a person corrected it."""

    at: datetime
    entered: datetime
    source: ev.Source
    corrected: bool = False


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered update of an order on its way to a zone. late: not delivered in 15 s, still tried; failed: given up."""

    order: str
    update: int
    zone: str
    why: ev.UpdateReason
    at: datetime
    body: str
    previous_zone: str = ""
    state: Literal["pending", "late", "delivered", "failed"] = "pending"
    reason: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """The intervention order of an incident. `alive` ends with a cancellation or a refusal; `step` is the zone's progress."""

    id: str
    zone: str
    update: int
    at: datetime
    channel: Literal["network", "radio"]
    alive: bool = True
    step: ev.Step | None = None
    done: bool = False
    outbox: tuple[Outgoing, ...] = ()

    @property
    def delivery(self) -> Literal["radio", "pending", "late", "failed", "delivered"]:
        """How its newest update fares, or an older one that is late or was given up; radio when a person must say it."""
        if self.channel == "radio":
            return "radio"
        states = [o.state for o in self.outbox if o.order == self.id]
        if not states or states[-1] == "delivered":
            return "delivered" if states else "pending"
        return "failed" if "failed" in states else "late" if "late" in states else "pending"


class UnitOfIncident(msgspec.Struct, frozen=True, kw_only=True):
    """The unit that drives to an incident, as it last reported."""

    unit: str
    status: str
    at: datetime
    fix: Fix | None = None


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one event in a victim's life, from the first press (or a call raised by hand) to closing."""

    id: str
    version: int
    state: State
    origin: Literal["press", "hand"]
    pressed_at: datetime  # by the feed's clock
    received_at: datetime  # by ours: ages count from here
    last_press_at: datetime  # by our clock: tracking ends some time after it
    changed_at: datetime  # of state, owner, presses or order: what an operator would notice
    changes: int = 1  # counts those changes; a page refuses an action for 500 ms after one
    raised_id: str = ""  # the id of its first record
    feed: str = ""
    device: str | None = None
    case: str | None = None
    case_version: int | None = None
    press: str = ""
    presses: int = 1
    drill: bool = False
    flags: frozenset[str] = frozenset()
    unreadable: tuple[Unreadable, ...] = ()
    zone: str = ""
    cic: str = ""
    place: str = ""
    reason: str = ""
    battery: int | None = None
    transport: str = "unknown"
    fix: Fix | None = None
    fix_at: datetime | None = None  # when that fix was true, by its own time or its message's
    trail: tuple[Fix, ...] = ()
    call: Call | None = None
    owner: str | None = None
    owned_since: datetime | None = None
    realarm: str = ""  # why everybody must look again: pressed, declined, undelivered
    realarmed_at: datetime | None = None
    unpresented: bool = False
    order: Order | None = None
    unit: UnitOfIncident | None = None
    times: dict[TimeName, Time] = {}
    tracking_until: datetime | None = None
    tracking_ended: bool = False
    as_class: ev.Class | None = None
    outcome: ev.Outcome | None = None
    verified: ev.Verified = "none"
    unrecorded: int = 0  # entries shown that are not durable yet
    erased: bool = False
    history: tuple[ev.Entry, ...] = ()  # all but positions

    @property
    def open(self) -> bool:
        """Whether a person has not closed it yet."""
        return self.state != "closed"

    @property
    def needs_someone(self) -> bool:
        """Nobody has it, or something happened that its owner has not answered."""
        return self.state == "raised" or (self.open and bool(self.realarm))

    @property
    def under_way(self) -> bool:
        """A unit drives to the scene or is there, and nobody said safe."""
        step = self.order.step if self.order and self.order.alive else None
        return step in ("accepted", "en_route", "on_scene") and self.state != "safe"
