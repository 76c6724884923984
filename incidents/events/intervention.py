"""The order to a zone, its delivery, and what the zone and its units report."""

from typing import Literal

from incidents.events.disclosure import Disclosure
from incidents.events.kinds import PERSON, Event, Source, Step, UpdateReason
from incidents.messages import Fix


class Ordered(Event, frozen=True, kw_only=True, tag="ordered"):
    """An order, or a numbered update of it, for a zone. `channel` radio: the zone has no address, a person must say it.

    `asked_unit`: a wish, with a new order or a new zone; the zone decides who goes.
    """

    BY = frozenset({"person", "watch"})
    SAYS = "order to a police zone"
    NOTICED = True
    CHAPTER = "orders"
    SEALED = frozenset({"body", "asked_unit"})
    order: str
    update: int
    zone: str
    why: UpdateReason
    channel: Literal["network", "radio"] = "network"
    previous_zone: str = ""
    asked_unit: str = ""
    body: str = ""


class OrderShown(Disclosure, frozen=True, kw_only=True, tag="order_shown"):
    """A person at the `zone`'s desk was shown the words of an `order` of theirs, as `update` left them."""

    DISCLOSES = "order"
    BY = frozenset({"zone"})
    SAYS = "its words were shown at the zone's desk"
    CHAPTER = "looks"
    order: str
    update: int
    zone: str


class PressTold(Disclosure, frozen=True, kw_only=True, tag="press_told"):
    """A person at the desk of the `zone` that manages the case was told that it was pressed, `presses` times until then.

    It stands in the incident's stream, of one that the desk has let go of in `audit/PERIOD`. Sealed: the number of the `case`.
    """

    DISCLOSES = "press"
    BY = frozenset({"zone"})
    SAYS = "the zone that manages the case was told"
    CHAPTER = "looks"
    SEALED = frozenset({"case", "reason"})
    zone: str
    presses: int
    case: str = ""


class PressesSeen(Event, frozen=True, kw_only=True, tag="presses_seen"):
    """A person at the `zone`'s desk saw what it was told of presses that were entered `until` a moment (RFC 3339 UTC)."""

    zone: str
    until: str


class Delivered(Event, frozen=True, kw_only=True, tag="delivered"):
    """The zone's dispatch took an update of the order; `status` is its HTTP answer."""

    BY = frozenset({"orders"})
    SAYS = "taken by the system of the zone"
    CHAPTER = "orders"
    order: str
    update: int
    zone: str
    status: int


class Undelivered(Event, frozen=True, kw_only=True, tag="undelivered"):
    """An update could not be delivered in time (`final` false: still trying) or never will be (`final` true)."""

    BY = frozenset({"orders"})
    SAYS = "ORDER NOT DELIVERED yet"
    SAYS_IF = (({"final": True}, "ORDER NOT DELIVERED, given up"),)
    NOTICED = True
    CHAPTER = "orders"
    order: str
    update: int
    zone: str
    why: str
    final: bool = False


class Declined(Event, frozen=True, kw_only=True, tag="declined"):
    """The zone refused the order."""

    BY = frozenset({"person", "orders"})
    SAYS = "ORDER DECLINED"
    NOTICED = True
    CHAPTER = "orders"
    SEALED = frozenset({"reason"})
    order: str
    source: Source
    reason: str = ""


class Progressed(Event, frozen=True, kw_only=True, tag="progressed"):
    """A step of the intervention, reported by the zone, a unit, or a person from the radio."""

    BY = PERSON
    SAYS = "step"
    COMPLETED_BY = "step"
    NOTICED = True
    CHAPTER = "orders"
    SEALED = frozenset({"unit"})
    step: Step
    source: Source
    order: str = ""
    unit: str | None = None


class OrderDone(Event, frozen=True, kw_only=True, tag="order_done"):
    """The zone says it has finished; whether she is safe, a person says."""

    BY = frozenset({"zone"})
    SAYS = "the zone says it has finished"
    CHAPTER = "orders"
    SEALED = frozenset({"unit"})
    order: str
    unit: str | None = None


class StoodDown(Event, frozen=True, kw_only=True, tag="stood_down"):
    """A zone confirmed that its unit was told to stand down; `zone` is empty where the feed named none and it could be any."""

    BY = frozenset({"person", "zone"})
    SAYS = "the zone confirms that it stands down"
    NOTICED = True
    CHAPTER = "orders"
    SEALED = frozenset({"unit"})
    order: str
    zone: str
    source: Source
    unit: str | None = None


class UnitSeen(Event, frozen=True, kw_only=True, tag="unit"):
    """A unit of the incident reported its status and position."""

    SAYS = "a unit reports"
    TRACK = True
    CHAPTER = "orders"
    SEALED = frozenset({"unit", "fix"})
    status: str
    unit: str | None = None
    fix: Fix | None = None
