"""Vigilance drills: records of their own on a stream of their own. None of them begins, joins or changes an incident."""

from typing import Literal

from incidents.events.kinds import Event

DrillEnd = Literal[
    "closed", "cancelled", "alarm", "technical", "health", "unanswered", "unclosed", "lapsed", "restarted"
]


class DrillProposed(Event, frozen=True, kw_only=True, tag="drill_proposed"):
    """A trainer proposed a vigilance drill, `drill` is its id. `to`: for whom (pseudonyms); empty: for every desk on shift."""

    SEALED = frozenset({"zone", "lat", "lon", "victim", "story", "to"})
    drill: str
    zone: str = ""
    lat: float | None = None
    lon: float | None = None
    victim: str = ""
    story: str = ""
    to: tuple[str, ...] = ()


class DrillConfirmed(Event, frozen=True, kw_only=True, tag="drill_confirmed"):
    """A supervisor, another person, confirmed it. It comes at `due` (RFC 3339 UTC), a moment drawn within so many minutes."""

    SEALED = frozenset({"due"})
    drill: str
    within_min: int = 0
    due: str = ""


class DrillRaised(Event, frozen=True, kw_only=True, tag="drill_raised"):
    """A drill entered the queue of the desks `to` (pseudonyms), under a name `label` that no device bears. It is no press."""

    SEALED = frozenset({"to", "label"})
    drill: str
    to: tuple[str, ...] = ()
    label: str = ""


class DrillPresented(Event, frozen=True, kw_only=True, tag="drill_presented"):
    """A visible page of this desk painted it, so long after it entered, by our clock."""

    drill: str
    after_ms: int
    audible: bool = False


class DrillAcknowledged(Event, frozen=True, kw_only=True, tag="drill_acknowledged"):
    """The first desk took it, so long after it entered, by our clock: from here on it says DRILL."""

    drill: str
    after_ms: int


class DrillEnded(Event, frozen=True, kw_only=True, tag="drill_ended"):
    """It is over, or never came. `why`: its desk closed it; a person cancelled it; an `alarm` (a press, or raised by hand) or a
    `technical` one came; `health` was no longer green; nobody acknowledged (`unanswered`) or closed (`unclosed`) it in time; it
    could not enter before its time was over (`lapsed`); the server started anew (`restarted`)."""

    drill: str
    why: DrillEnd
