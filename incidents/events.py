"""What can happen: one small immutable type each, and how each is split into open and sealed facts of the log.

A sealed fact identifies a person or quotes one; it has a default, because a key may have been deleted. An open fact is a
string, an integer or a boolean. Flags are space-separated words. docs/log.md lists every type; a test compares.
"""

from datetime import UTC, datetime
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

import msgspec

from incidents.log import Draft, OpenFacts, Record
from incidents.reports import Call, CallState, Fix, Unreadable

BRUSSELS = ZoneInfo("Europe/Brussels")

Class = Literal["real", "test", "accidental", "unknown"]
Outcome = Literal[
    "victim_safe",
    "suspect_arrested",
    "suspect_gone",
    "nobody_found",
    "no_intervention",
    "handed_to_other_service",
    "test_ok",
    "test_failed",
    "other",
]
Step = Literal["accepted", "en_route", "on_scene", "safe"]
Source = Literal["feed", "zone", "unit", "radio", "person", "console", "watch"]
Condition = Literal["link_lost", "battery_low", "app_stopped", "silent"]
Verified = Literal["unit_saw_victim", "safe_word", "technician_present", "duplicate", "said_on_line", "none"]
UpdateReason = Literal["new", "position", "press", "instructions", "reroute", "cancel"]
Flag = Literal[
    "late",
    "delayed",
    "no_device",
    "no_fix",
    "outside",
    "future",
    "case_unknown",
    "case_expired",
    "cases_locked",
    "unreadable",
]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Something that happened. `SEALED` names the fields that are encrypted in the log."""

    SEALED: ClassVar[frozenset[str]] = frozenset()


class PressFacts(Event, frozen=True, kw_only=True):
    """What every press says: open are the feed and the kind of press, sealed is the rest. `raw` is base64."""

    SEALED = frozenset({"device", "case", "fix", "battery", "transport", "call", "unreadable", "raw"})
    feed: str = ""
    press: str = ""
    device: str | None = None
    case: str | None = None
    fix: Fix | None = None
    battery: int | None = None
    transport: str = "unknown"
    call: Call | None = None
    unreadable: tuple[Unreadable, ...] = ()
    raw: str = ""


class Raised(PressFacts, frozen=True, kw_only=True, tag="raised"):
    """An incident began: by a press, or by hand from a voice call. `n` counts the device's incidents, `cic` its centre."""

    SEALED = PressFacts.SEALED | {"place", "reason", "case_version"}
    origin: Literal["press", "hand"]
    flags: str = ""
    zone: str = ""
    cic: str = ""
    n: int = 0
    drill: bool = False
    case_version: int | None = None
    place: str = ""
    reason: str = ""


class Pressed(PressFacts, frozen=True, kw_only=True, tag="pressed"):
    """A further press of the device of an open incident."""

    flags: str = ""
    zone: str = ""
    cic: str = ""


class Located(Event, frozen=True, kw_only=True, tag="located"):
    """A new position of the device of an open incident, and the zone it lies in."""

    SEALED = frozenset({"fix"})
    zone: str = ""
    cic: str = ""
    fix: Fix | None = None


class Called(Event, frozen=True, kw_only=True, tag="call"):
    """The emergency call rang, was opened or ended."""

    SEALED = frozenset({"line", "desk"})
    state: CallState
    line: str | None = None
    desk: str | None = None


class Presented(Event, frozen=True, kw_only=True, tag="presented"):
    """The alarm was painted on visible pages: first one, then a count of those of the next two seconds."""

    consoles: int = 1
    audible: int = 0
    first: bool = True


class Unpresented(Event, frozen=True, kw_only=True, tag="unpresented"):
    """Nobody was shown the alarm within the limit."""

    after_s: int


class Acknowledged(Event, frozen=True, kw_only=True, tag="acknowledged"):
    """One operator took the alarm."""


class Released(Event, frozen=True, kw_only=True, tag="released"):
    """The owner gave the alarm back to everybody."""

    SEALED = frozenset({"reason"})
    reason: str = ""


class CaseOpened(Event, frozen=True, kw_only=True, tag="case_opened"):
    """A person was shown the case (once for each person and incident)."""


class CaseChanged(Event, frozen=True, kw_only=True, tag="case_changed"):
    """The register took a new version of the case of an open incident."""

    SEALED = frozenset({"case", "case_version"})
    case: str | None = None
    case_version: int | None = None


class Ordered(Event, frozen=True, kw_only=True, tag="ordered"):
    """An order, or a numbered update of it, for a zone. `channel` radio: the zone has no address, a person must say it."""

    SEALED = frozenset({"body"})
    order: str
    update: int
    zone: str
    why: UpdateReason
    channel: Literal["network", "radio"] = "network"
    previous_zone: str = ""
    body: str = ""


class Delivered(Event, frozen=True, kw_only=True, tag="delivered"):
    """The zone's dispatch took an update of the order; `status` is its HTTP answer."""

    order: str
    update: int
    zone: str
    status: int


class Undelivered(Event, frozen=True, kw_only=True, tag="undelivered"):
    """An update could not be delivered in time (`final` false: still trying) or never will be (`final` true)."""

    order: str
    update: int
    zone: str
    why: str
    final: bool = False


class Declined(Event, frozen=True, kw_only=True, tag="declined"):
    """The zone refused the order."""

    SEALED = frozenset({"reason"})
    order: str
    source: Source
    reason: str = ""


class Progressed(Event, frozen=True, kw_only=True, tag="progressed"):
    """A step of the intervention, reported by the zone, a unit, or a person from the radio."""

    SEALED = frozenset({"unit"})
    step: Step
    source: Source
    order: str = ""
    unit: str | None = None


class OrderDone(Event, frozen=True, kw_only=True, tag="order_done"):
    """The zone says it has finished; whether she is safe, a person says."""

    SEALED = frozenset({"unit"})
    order: str
    unit: str | None = None


class UnitSeen(Event, frozen=True, kw_only=True, tag="unit"):
    """A unit of the incident reported its status and position."""

    SEALED = frozenset({"unit", "fix"})
    status: str
    unit: str | None = None
    fix: Fix | None = None


class Listening(Event, frozen=True, kw_only=True, tag="listening"):
    """A person listens on the open line."""


class Noted(Event, frozen=True, kw_only=True, tag="noted"):
    """A person wrote a note."""

    SEALED = frozenset({"text"})
    text: str = ""


class Classified(Event, frozen=True, kw_only=True, tag="classified"):
    """A person said what kind of press it was."""

    as_class: Class


class TimeCorrected(Event, frozen=True, kw_only=True, tag="time_corrected"):
    """A person corrected when something happened; the original stays in the log. `to` is RFC 3339 UTC."""

    SEALED = frozenset({"reason"})
    time: str
    to: str
    reason: str = ""


class Closed(Event, frozen=True, kw_only=True, tag="closed"):
    """A person closed the incident. `anyway`: unacknowledged, or a unit was under way, and the person said why."""

    SEALED = frozenset({"reason"})
    as_class: Class
    outcome: Outcome
    verified: Verified = "none"
    anyway: bool = False
    reason: str = ""


class Reopened(Event, frozen=True, kw_only=True, tag="reopened"):
    """A person opened a closed incident again."""

    SEALED = frozenset({"reason"})
    reason: str = ""


class TrackingExtended(Event, frozen=True, kw_only=True, tag="tracking_extended"):
    """A person prolonged the following of the device by so many minutes from now."""

    SEALED = frozenset({"reason"})
    minutes: int
    reason: str = ""


class TrackingEnded(Event, frozen=True, kw_only=True, tag="tracking_ended"):
    """The time for following the device is over: later positions are not kept. The incident stays open."""


class Erased(Event, frozen=True, kw_only=True, tag="erased"):
    """The key of this stream was deleted: what identified a person is gone, the facts that stay are open ones."""


class DeviceAlarmed(Event, frozen=True, kw_only=True, tag="device_alarmed"):
    """A device can't protect."""

    SEALED = frozenset({"device", "battery"})
    condition: Condition
    device: str | None = None
    battery: int | None = None


class DeviceReturned(Event, frozen=True, kw_only=True, tag="device_returned"):
    """The condition of a device is over; it stays in the queue until a person acknowledges."""

    condition: Condition


class DeviceAcknowledged(Event, frozen=True, kw_only=True, tag="device_acknowledged"):
    """A person took note of a technical alarm."""

    condition: Condition


class PressLogged(PressFacts, frozen=True, kw_only=True, tag="press_logged"):
    """A press whose value does not alarm."""


class CallLogged(Event, frozen=True, kw_only=True, tag="call_logged"):
    """A call of a device that has no open incident."""

    SEALED = frozenset({"device", "line", "desk"})
    state: CallState
    device: str | None = None
    line: str | None = None
    desk: str | None = None


class FeedGap(Event, frozen=True, kw_only=True, tag="feed_gap"):
    """Messages of a feed are missing or uncertain, shown until a person acknowledges it."""

    why: Literal["epoch", "oldest", "oversize"]
    expected: int = 0
    oldest: int = 0
    epoch: str = ""


class FeedGapAcknowledged(Event, frozen=True, kw_only=True, tag="feed_gap_acknowledged"):
    """A person took note of the gaps of a feed so far."""


class FeedStateChanged(Event, frozen=True, kw_only=True, tag="feed_state"):
    """A feed became live, silent, down or malformed."""

    state: Literal["live", "silent", "down", "malformed"]


class Checkpoint(Event, frozen=True, kw_only=True, tag="checkpoint"):
    """The storage's own seal over all streams' heads; the fold passes it over."""


EVENT_TYPES: dict[str, type[Event]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (*Event.__subclasses__(), *PressFacts.__subclasses__())
    if kind is not PressFacts
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its circumstances, as the fold takes it. `recorded` false: shown, but not durable yet."""

    stream: str
    version: int
    id: str
    at: datetime
    source_at: datetime
    actor: str
    event: Event | None
    recorded: bool = True


def stamp(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds, as the log writes times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def draft(event: Event, *, id: str, at: datetime, source_at: datetime, actor: str) -> Draft:
    """Split an event into a record's open and sealed facts."""
    facts = msgspec.to_builtins(event)
    kind = facts.pop("type")
    open_facts: OpenFacts = {name: value for name, value in facts.items() if name not in event.SEALED}
    sealed = {name: value for name, value in facts.items() if name in event.SEALED}
    return Draft(
        id=id,
        at=stamp(at),
        source_at=stamp(source_at),
        actor=actor,
        type=kind,
        open=open_facts,
        sealed=msgspec.json.encode(sealed) if sealed else b"",
    )


def entry(record: Record, sealed: bytes | None) -> Entry:
    """The entry of a record. A type this version does not know (a newer log) has no event: the fold counts and passes it.

    `sealed` is what `Log.unseal` gave: b"" when there was nothing, None when the key is gone.
    """
    kind = EVENT_TYPES.get(record.type)
    event: Event | None = None
    if kind is not None:
        facts = {**record.open, **msgspec.json.decode(sealed)} if sealed else dict(record.open)
        facts["type"] = record.type
        event = msgspec.convert(facts, kind)
    return Entry(
        stream=record.stream,
        version=record.version,
        id=record.id,
        at=datetime.fromisoformat(record.at),
        source_at=datetime.fromisoformat(record.source_at),
        actor=record.actor,
        event=event,
    )
