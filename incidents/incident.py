"""One incident: what is known of it, and the states of its life, whose table is `incidents.life_cycle`.

`incidents.fold` applies the events.
"""

from datetime import datetime
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.devices.announced import Announced
from incidents.messages import Call, Fix, Unreadable

State = Literal["raised", "acknowledged", "routed", "accepted", "en_route", "on_scene", "safe", "closed"]
TimeName = Literal["pressed", "received", "presented", "acknowledged", "listening", "routed", ev.Step, "closed"]
TIME_NAMES: tuple[TimeName, ...] = TimeName.__args__  # type: ignore[attr-defined]
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]
RANK = {state: rank for rank, state in enumerate(STATES)}

OPEN = frozenset(STATES) - {"closed"}
HERS = frozenset({"place", "zone"})  # why it alarms its owner again: a place of hers that she left or reached, a border


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
    server: str = ""  # which of several servers delivers it, by the newest of `claims`
    claims: int = 0

    @property
    def key(self) -> str:
        """Which update it is, wherever it is named: at the zone, in the log."""
        return f"{self.order}-{self.update}"

    @property
    def waits(self) -> bool:
        """Whether it is still to be delivered."""
        return self.state in ("pending", "late")


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
    step_at: datetime | None = None  # when we heard of its step
    fix: Fix | None = None  # where she was when its zone was asked
    asked_unit: str = ""  # the one that the operator asked for; the zone decides who goes

    @property
    def delivery(self) -> Literal["radio", "pending", "late", "failed", "delivered"]:
        """How its newest update fares, or an older one that is late or was given up; radio when a person must say it."""
        if self.channel == "radio":
            return "radio"
        states = [o.state for o in self.outbox if o.order == self.id]
        if not states or states[-1] == "delivered":
            return "delivered" if states else "pending"
        return "failed" if "failed" in states else "late" if "late" in states else "pending"


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A class that was said before she pressed again, or before the incident was opened again: of what happens now nobody has."""

    as_class: ev.Class
    at: datetime


class Decline(msgspec.Struct, frozen=True, kw_only=True):
    """A zone that refused an order of the incident, when, and its reason; "" when it gave none."""

    zone: str
    at: datetime
    reason: str = ""


class StandDown(msgspec.Struct, frozen=True, kw_only=True):
    """A zone that was told to stand down, since when, and with which unit (""; none is known); when it confirmed that."""

    order: str
    zone: str
    at: datetime
    unit: str = ""
    confirmed_at: datetime | None = None


class UnitOfIncident(msgspec.Struct, frozen=True, kw_only=True):
    """The unit that drives to an incident, as it last reported."""

    unit: str
    status: str
    at: datetime
    fix: Fix | None = None


class Passage(msgspec.Struct, frozen=True):
    """That she left or reached a place of hers (its name), by when at the latest, as its position says."""

    place: str
    way: ev.Way
    at: datetime


class Passed(msgspec.Struct, frozen=True):
    """A limit that the watch found passed: which, for what cause, when, and whether the supervisor was called for it."""

    limit: ev.Limit | ev.Where
    cause: int
    at: datetime
    escalated: bool


class Explanation(msgspec.Struct, frozen=True):
    """Why a target was missed, as a supervisor wrote it; `interval` as `pressed->on_scene`, or "" for all of it."""

    at: datetime
    actor: str
    interval: str
    reason: str


# What follows holds nothing that could hold it: the garbage collector (`gc`) need not look through each incident of a log.


class PressesOfDevice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How its device was pressed, through which feed, and what the presses told. Of one raised by hand: when that was."""

    first_at: datetime  # by the feed's clock
    last_at: datetime  # by our clock: tracking ends some time after it
    last: str = ""  # how it was pressed last
    count: int = 1
    feed: str = ""
    announced: Announced | None = None  # a test that was announced: only while every press of it was
    battery: int | None = None
    transport: str = "unknown"
    unreadable: tuple[Unreadable, ...] = ()


class EnteredByHand(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What persons entered of it in their own words."""

    paper: bool = False  # entered afterwards from paper
    reason: str = ""
    place: str = ""
    cad: str = ""  # the number under which the centre's CAD has the same event


class LastPosition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where she is, by the last fix that counts, how she came there, and until when she is tracked."""

    fix: Fix | None = None
    at: datetime | None = None  # when that fix was true, by its own time or its message's
    heard_at: datetime | None = None  # when the last position came, by our clock
    cic: str = ""
    abroad: bool = False  # it lies outside Belgium: the incident's zone is the nearest one
    trail: tuple[Fix, ...] = ()
    passages: tuple[Passage, ...] = ()  # the last of each place of hers that she left or reached, the newest last
    tracked_until: datetime | None = None
    tracking_ended: bool = False


class HandOverOffer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An offer of an alarm to a person (a pseudonym), who may take it over from its owner, or take it when nobody has it."""

    to: str
    at: datetime
    by: str | None = None  # the supervisor who assigned it; None when its owner offers it
    note: str = ""
    whole: bool = False  # with all others of its owner


class Ownership(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Since when its owner has it, who helps them, and who may take it from them."""

    since: datetime | None = None
    helpers: tuple[str, ...] = ()  # the second seat: they may route it too, and keep it from being forgotten
    offer: HandOverOffer | None = None
    gone: Literal["", "lost", "signed_out", "excluded"] = ""  # its owner, or they may not have it: anybody may take it


class OpenLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The call from her device, and who listens to it."""

    call: Call | None = None
    ended_at: datetime | None = None
    listener: str | None = None  # who said that they listen, until the call ended


class OtherZones(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The zones beside the one that is asked."""

    stand_downs: tuple[StandDown, ...] = ()  # of zones that were not asked again since
    declines: tuple[Decline, ...] = ()  # zones that refused, and were asked no more since
    crossed: str = ""  # the zone that she was last found to have come into for certain, since a zone was asked


class Attention(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who was called to look at it, for what since when, and when a person last acted."""

    unpresented: bool = False
    realarmed_at: datetime | None = None
    beneath: str = ""  # one of `HERS` that came beside what it alarms again for, and that nobody has answered
    answered_at: datetime | None = None  # when a person last answered what it alarmed again for
    acted_at: datetime | None = None  # when a person last acted, or the call ended that kept the owner listening
    copied_at: datetime | None = None  # when the supervisor was shown it because its owner only listens
    passed: tuple[Passed, ...] = ()


class Escalation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How far the watch escalated it since nobody answers it, and who confirmed that."""

    waits_since: datetime | None = None  # nobody has answered it since: the watch's ladder counts from here
    waits_from: int = 0  # the version of the entry with which that began
    rung: ev.Rung | Literal[""] = ""
    rung_at: datetime | None = None
    confirmed_by: str | None = None  # the supervisor who confirmed the rung it is on
    confirmed_at: datetime | None = None
    outside: Literal["", "told", "partly", "failed", "none"] = ""  # was it told outside; none: nobody is set


class Judgement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What persons judged it to be, how it came out, and why a target was missed."""

    as_class: ev.Class | None = None  # of all that has happened
    classed_at: datetime | None = None
    earlier: Earlier | None = None
    outcome: ev.Outcome | None = None
    verified: ev.Verified = "none"
    reopened_at: datetime | None = None  # last: what should come of it is waited for anew from then
    explanations: tuple[Explanation, ...] = ()


class Readers(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who was shown its case, and from whom it is kept."""

    looks: dict[str, int] = {}  # how often each person was shown its case
    kept_from: tuple[str, ...] = ()  # whom its case excludes, and who were before a page all the same
    kept_from_supervisor: bool = False  # a supervisor among them


class IncidentHistory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Its entries of the log, and how the log stands to it."""

    entries: tuple[ev.Entry, ...] = ()  # all but positions, of a person's looks at its case the first alone
    unrecorded: int = 0  # entries shown that are not durable yet
    erased: bool = False


class Incident(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything about one event in a victim's life, from the first press (or a call raised by hand) to closing."""

    id: str
    version: int
    state: State
    origin: Literal["press", "hand"]
    received_at: datetime  # by our clock: ages count from here
    changed_at: datetime  # of state, owner, presses or order: what an operator would notice
    changes: int = 1  # counts those changes; a page refuses an action for 500 ms after one
    drill: bool = False
    device: str | None = None
    case: str | None = None
    case_version: int | None = None
    zone: str = ""
    flags: frozenset[str] = frozenset()
    owner: str | None = None
    # Why everybody must look again: pressed, declined, undelivered, forgotten, a passed limit, or one of `HERS`.
    realarm: str = ""
    order: Order | None = None
    unit: UnitOfIncident | None = None
    times: dict[TimeName, Time] = {}
    presses: PressesOfDevice
    by_hand: EnteredByHand = EnteredByHand()
    position: LastPosition = LastPosition()
    ownership: Ownership = Ownership()
    line: OpenLine = OpenLine()
    other_zones: OtherZones = OtherZones()
    attention: Attention = Attention()
    escalation: Escalation = Escalation()
    judgement: Judgement = Judgement()
    readers: Readers = Readers()
    history: IncidentHistory = IncidentHistory()

    @property
    def open(self) -> bool:
        """Whether a person has not closed it yet."""
        return self.state != "closed"

    @property
    def offered_to(self) -> str | None:
        """Who may take it over by an offer that stands (a pseudonym)."""
        offer = self.ownership.offer
        return offer.to if offer is not None else None

    def waited_for_from(self, at: datetime) -> datetime:
        """From when on something is waited for that would have been from `at`: while it was closed nobody waited."""
        return at if self.judgement.reopened_at is None else max(at, self.judgement.reopened_at)

    @property
    def number(self) -> str:
        """What it is called where no place may stand: its device, else its case, else the beginning of its id. One that a person
        raised bears some of its id too: it may stand beside one that her device opened."""
        named = self.device or self.case
        return f"{named} · {self.id[:4]}" if named and self.origin == "hand" else named or self.id[:8]

    @property
    def sent(self) -> Order | None:
        """The order that stands: its zone was sent, wherever she is."""
        return self.order if self.order is not None and self.order.alive else None

    @property
    def declined(self) -> Decline | None:
        """The refusal that no other order has answered yet."""
        order, declines = self.order, self.other_zones.declines
        if not self.open or order is None or order.alive or not declines or declines[-1].zone != order.zone:
            return None
        return declines[-1]

    @property
    def standing_down(self) -> tuple[StandDown, ...]:
        """The zones that have not confirmed yet that they stand down, the longest waiting first: a patrol drives on when an
        alarm is closed, too."""
        return tuple(one for one in self.other_zones.stand_downs if one.confirmed_at is None)

    @property
    def undelivered(self) -> tuple[Outgoing, ...]:
        """What did not reach its zone and matters still: of the order that stands, until a newer update is there; a cancellation
        until its zone stands down, also after the closing."""
        order, standing = self.order, {one.zone for one in self.standing_down}
        if order is None:
            return ()
        lost = [one for one in order.outbox if one.state in ("late", "failed")]
        stands = self.open and order.alive and order.delivery in ("late", "failed")
        return tuple(
            one for one in lost if (one.zone in standing if one.why == "cancel" else stands and one.order == order.id)
        )

    @property
    def unfinished(self) -> bool:
        """Somebody has something left to do with it: it is open, a zone has yet to confirm that it stands down, or a unit goes on
        after the closing. Whatever lists alarms for another person lists these."""
        return self.open or bool(self.standing_down) or self.goes_on

    @property
    def goes_on(self) -> bool:
        """The alarm was closed and its unit was not called back: closing recalls nobody."""
        return self.under_way and not self.open

    @property
    def unowned(self) -> bool:
        """Nobody has it: nobody took it, or whoever did is gone. Whatever says a number of these counts by this."""
        return self.state == "raised" or (self.open and bool(self.ownership.gone))

    @property
    def needs_someone(self) -> bool:
        """Nobody has it, or something happened that its owner has not answered."""
        return self.unowned or (self.open and bool(self.realarm))

    @property
    def listening(self) -> bool:
        """The owner, or the second seat, is on the open line, perhaps silent: that is work."""
        on_line = self.line.call is not None and self.line.call.state == "open"
        return self.owner is not None and (on_line or self.line.listener in (self.owner, *self.ownership.helpers))

    @property
    def hushed(self) -> bool:
        """Whether what it alarms again for is shown without sound: where she goes interrupts nobody who listens to her."""
        return self.realarm in HERS and self.listening

    @property
    def next_zone(self) -> str:
        """The zone that she is in for certain and that should be asked instead of the one that was; "" for none."""
        order = self.order
        if not self.open or order is None or not order.alive or RANK[self.state] >= RANK["on_scene"]:
            return ""
        others = self.other_zones
        return "" if others.crossed in (order.zone, *(one.zone for one in others.declines)) else others.crossed

    @property
    def for_everyone(self) -> bool:
        """The watch brought it to every console of every centre, or its owner is gone."""
        return self.open and bool(self.escalation.rung in ("everyone", "confirm", "outside") or self.ownership.gone)

    @property
    def for_supervisor(self) -> bool:
        """The watch has called the supervisor, and what it called for was not answered yet."""
        if not self.open:
            return False
        since = self.attention.acted_at or self.received_at
        called = any(passed.escalated and passed.at > since for passed in self.attention.passed)
        # Where a centre's own supervisor is excluded, another is called.
        unseen = self.readers.kept_from_supervisor and self.state == "raised"
        return self.escalation.rung in ("everyone", "confirm", "outside") or self.copied or called or unseen

    @property
    def copied(self) -> bool:
        """The supervisor was shown it because its owner only listens, and nobody has acted since."""
        acted_at, copied_at = self.attention.acted_at, self.attention.copied_at
        return copied_at is not None and (acted_at is None or acted_at < copied_at)

    @property
    def asks_anew(self) -> bool:
        """Whether routing gives its zone a new order: it has none that stands, or she was said to be safe since."""
        return self.order is None or not self.order.alive or self.state == "safe"

    @property
    def unanswered(self) -> bool:
        """A zone was asked and has not accepted: who comes is not known."""
        return self.order is not None and self.order.alive and self.order.step is None

    @property
    def under_way(self) -> bool:
        """A unit drives to the scene or is there, and neither its zone said that it is done nor anybody that she is safe."""
        step = self.order.step if self.order and self.order.alive and not self.order.done else None
        return step in ("accepted", "en_route", "on_scene") and self.state != "safe"
