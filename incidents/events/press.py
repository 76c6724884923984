"""What the device and its phone said: presses, positions, calls."""

from typing import Literal

from incidents.events.kinds import PERSON, Event
from incidents.messages import Call, CallState, Fix, Unreadable


class PressFacts(Event, frozen=True, kw_only=True):
    """What every press says: open are the feed and the kind of press, sealed is the rest. `raw` is base64."""

    SEALED = frozenset({"device", "case", "fix", "battery", "transport", "call", "packet", "unreadable", "raw"})
    feed: str = ""
    press: str = ""
    device: str | None = None
    case: str | None = None
    fix: Fix | None = None
    battery: int | None = None
    transport: str = "unknown"
    call: Call | None = None
    packet: str = ""
    unreadable: tuple[Unreadable, ...] = ()
    raw: str = ""


class AlarmFacts(PressFacts, frozen=True, kw_only=True):
    """What a press that alarms says beside. `announced_by`: a test of the device was announced when it was pressed, by whom
    (a pseudonym), until when (RFC 3339 UTC) and where."""

    SEALED = PressFacts.SEALED | {"announced_where"}
    announced_by: str = ""
    announced_until: str = ""
    announced_where: str = ""


class Raised(AlarmFacts, frozen=True, kw_only=True, tag="raised"):
    """An incident began: by a press, or by hand from a voice call. `n` counts the device's incidents, `cic` its centre."""

    BY = PERSON
    SAYS = "PRESS: the incident begins"
    SAYS_IF = (({"origin": "hand"}, "RAISED BY HAND: the incident begins"),)
    SEALED = AlarmFacts.SEALED | {"place", "reason", "case_version"}
    origin: Literal["press", "hand"]
    flags: str = ""
    zone: str = ""
    cic: str = ""
    n: int = 0
    drill: bool = False
    paper: bool = False  # entered afterwards from paper, with its own times
    case_version: int | None = None
    place: str = ""
    reason: str = ""


class Pressed(AlarmFacts, frozen=True, kw_only=True, tag="pressed"):
    """A further press of the device of an open incident."""

    SAYS = "PRESSED AGAIN"
    NOTICED = True
    flags: str = ""
    zone: str = ""
    cic: str = ""


class Located(Event, frozen=True, kw_only=True, tag="located"):
    """A new position of the device of an open incident, and its zone; `abroad`: outside Belgium, `zone` is the nearest."""

    SAYS = "position"
    TRACK = True
    SEALED = frozenset({"fix"})
    zone: str = ""
    cic: str = ""
    abroad: bool = False
    fix: Fix | None = None


class Called(Event, frozen=True, kw_only=True, tag="call"):
    """The emergency call rang, was opened or ended."""

    SAYS = "emergency call"
    COMPLETED_BY = "state"
    SEALED = frozenset({"line", "desk"})
    state: CallState
    line: str | None = None
    desk: str | None = None


class PressLogged(PressFacts, frozen=True, kw_only=True, tag="press_logged"):
    """A press whose value does not alarm."""

    SAYS = "a press that raises no alarm"


class CallLogged(Event, frozen=True, kw_only=True, tag="call_logged"):
    """A call of a device that has no open incident."""

    SAYS = "a call of the device"
    SEALED = frozenset({"device", "line", "desk"})
    state: CallState
    device: str | None = None
    line: str | None = None
    desk: str | None = None
