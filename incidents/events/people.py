"""Who works with whom: coming and going, handing over, shifts and what is checked and written at their change."""

from typing import Literal

from incidents.events.kinds import PERSON, Event

WhyLeft = Literal["no_page", "server_stopped"]


class Came(Event, frozen=True, kw_only=True, tag="came"):
    """A person opened a page: they are on shift. `role` is the roles they came with, space-separated."""

    role: str = ""


class Left(Event, frozen=True, kw_only=True, tag="left"):
    """A person has had no page of theirs for 15 s (closed, locked, signed out), or the server stopped."""

    why: WhyLeft


class HandOverOffered(Event, frozen=True, kw_only=True, tag="hand_over_offered"):
    """The owner offers the alarm to a person on shift (`to`, a pseudonym) and keeps it until they accept.

    `whole`: it was offered with all others of its owner.
    """

    BY = PERSON
    SAYS = "hand-over offered"
    NOTICED = True
    SEALED = frozenset({"note"})
    to: str
    whole: bool = False
    note: str = ""


class HandOverAccepted(Event, frozen=True, kw_only=True, tag="hand_over_accepted"):
    """The person it was offered to took it over from its owner: they own it from then on."""

    BY = PERSON
    SAYS = "hand-over accepted"
    NOTICED = True


class HandOverDeclined(Event, frozen=True, kw_only=True, tag="hand_over_declined"):
    """The person it was offered to did not take it: it stays as it was."""

    BY = PERSON
    SAYS = "hand-over declined"
    NOTICED = True
    SEALED = frozenset({"reason"})
    reason: str = ""


class HandOverWithdrawn(Event, frozen=True, kw_only=True, tag="hand_over_withdrawn"):
    """Who made the offer, or the owner, took it back."""

    BY = PERSON
    SAYS = "hand-over withdrawn"
    NOTICED = True


class Assigned(Event, frozen=True, kw_only=True, tag="assigned"):
    """A supervisor offers an alarm that nobody has, or somebody else, to a person on shift (`to`, a pseudonym).

    Until that person accepts it stays as it was: with its owner, or in everybody's queue, where it goes on escalating. It is
    no act of its owner and puts no limit of the watch off.
    """

    BY = PERSON
    SAYS = "assigned by a supervisor, to be accepted"
    NOTICED = True
    SEALED = frozenset({"note"})
    to: str
    note: str = ""


class TakenOver(Event, frozen=True, kw_only=True, tag="taken_over"):
    """A supervisor took an alarm that somebody else had: they own it from then on."""

    BY = PERSON
    SAYS = "TAKEN OVER at once by a supervisor"
    NOTICED = True
    SEALED = frozenset({"reason"})
    reason: str = ""


class ShiftStarted(Event, frozen=True, kw_only=True, tag="shift_started"):
    """A shift began. `start` and `end` are RFC 3339 UTC."""

    start: str
    end: str


class ShiftEnded(Event, frozen=True, kw_only=True, tag="shift_ended"):
    """The shift that began at `start` (RFC 3339 UTC) is over."""

    start: str


class ShiftTested(Event, frozen=True, kw_only=True, tag="shift_test"):
    """A press of a bench device came through a feed. `took_ms`: from its arrival to a visible page, by our clock.

    `ok` false: no page showed it in time. `travel_ms`: from the press, by the feed's clock, to its arrival, by ours.
    `incident`: the id of the incident that the press was of.
    """

    ok: bool
    feed: str
    took_ms: int
    travel_ms: int = 0
    incident: str = ""


class SheetMade(Event, frozen=True, kw_only=True, tag="sheet_made"):
    """What the handover sheet counted at a shift's end, and the log's digest just after its checkpoint."""

    start: str
    unacknowledged: int = 0
    open: int = 0
    technical: int = 0
    gaps: int = 0
    tested: bool = False
    digest: str = ""


class SheetNoted(Event, frozen=True, kw_only=True, tag="sheet_noted"):
    """A person wrote a note on the handover sheet."""

    SEALED = frozenset({"text"})
    text: str = ""
