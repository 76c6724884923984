"""The lines of a recording: a message, or what happened beside the feed; what each may hold, checked one by one.

A file may come from anywhere: whatever a line says that could not have been recorded is refused, with a reason that quotes
nothing.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from feeds.decoding import Heartbeat, Rejected, decode_message
from feeds.decoding.fields import printable
from incidents import events as ev
from incidents.commands import MAX_WORDS
from incidents.events import Event, stamp
from incidents.exercises.check import EXERCISE_DEVICE
from incidents.incident import TIME_NAMES
from incidents.messages import MAX_TEXT, Fix, OrderReport, PressReport, UnitReport

MAX_INCIDENTS = 10_000
MAX_BODY = 64 << 10  # characters of an order as it was sent
LONGEST = timedelta(days=31)  # from the first line to the last

_PERSON: Final = re.compile(r"person-[1-9]\d{0,5}")
# Who can do what beside the feed. What the feed says travels as its message; what nobody does is no part of an incident.
_WHO: Final[dict[str, frozenset[ev.By]]] = {
    "console": frozenset({"console"}),
    "orders": frozenset({"orders"}),
    "watch": frozenset({"watch"}),
    "person": frozenset({"person", "zone"}),
}
DOES: Final[dict[str, frozenset[str]]] = {
    who: frozenset(tag for tag, kind in ev.EVENT_TYPES.items() if kind.BY & by) for who, by in _WHO.items()
}
HAPPENS: Final = frozenset().union(*DOES.values())
_FLAGS = frozenset(ev.Flag.__args__)  # type: ignore[attr-defined]


class LineError(ValueError):
    """A line that can't stand in a recording: why, without what stands there."""


class Recorded(msgspec.Struct, frozen=True):
    """One message: when it came, and its JSON object."""

    at: datetime
    message: dict[str, Any]


class Happened(msgspec.Struct, frozen=True):
    """What a person, the watch, a console or an order put into an incident's stream: when it was entered, when it happened.

    `by` is `person-1`, `person-2` ... or the name of a part of Vigie (`watch`, `console`, `orders`). `incident` counts the
    incidents in the order in which the recording raises them, from 1.
    """

    at: datetime
    happened: datetime
    by: str
    incident: int
    event: Event


Line = Recorded | Happened


class _AnyLine(msgspec.Struct, frozen=True):
    at: datetime
    message: dict[str, Any] | None = None
    happened: datetime | None = None
    by: str = ""
    incident: int = 0
    event: msgspec.Raw = msgspec.Raw(b"")


class _Typed(msgspec.Struct, frozen=True):
    type: str


def line_of(line: Line) -> dict[str, Any]:
    """A line as it is written."""
    if isinstance(line, Recorded):
        return {"at": stamp(line.at), "message": line.message}
    return {
        "at": stamp(line.at),
        "happened": stamp(line.happened),
        "by": line.by,
        "incident": line.incident,
        "event": line.event,
    }


class Reader:
    """Reads one file's lines in their order. `ordered`: times may not run backwards; `fictional`: devices bear such names."""

    def __init__(self, feed: str, *, ordered: bool, fictional: bool) -> None:
        self._feed, self._ordered, self._fictional = feed, ordered, fictional
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._could_raise = 0  # presses and calls so far: there can't be more incidents

    def read(self, raw: bytes) -> Line:
        """One line. Raises LineError."""
        try:
            line = msgspec.json.decode(raw, type=_AnyLine)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise LineError("not a message with its time") from None
        at = self._moment(line.at)
        if line.message is not None:
            return self._message(at, line.message)
        if line.happened is None or not line.by:
            raise LineError("not a message with its time")
        return self._happened(at, line)

    def _moment(self, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise LineError("the time has no offset")
        self._first = self._first or at
        if self._ordered:
            if self._last is not None and at < self._last:
                raise LineError("before the line above it")
            if at - self._first > LONGEST:
                raise LineError(f"more than {LONGEST.days} days after the first")
            self._last = at
        return at

    def _message(self, at: datetime, message: dict[str, Any]) -> Recorded:
        if not isinstance(message.get("kind"), str):
            raise LineError("kind: not a text")
        try:
            decoded = decode_message(self._feed, msgspec.json.encode(message), received=at)
        except (RecursionError, UnicodeEncodeError):
            raise LineError("nested too deeply") from None
        if isinstance(decoded, Rejected):
            raise LineError(str(decoded.reason))
        if isinstance(decoded, Heartbeat):
            raise LineError("heartbeats are not recorded")
        self._could_raise += isinstance(decoded.report, PressReport)
        if not isinstance(decoded.report, UnitReport | OrderReport):
            self._check_device(decoded.report.device)
        return Recorded(at, message)

    def _happened(self, at: datetime, line: _AnyLine) -> Happened:
        assert line.happened is not None
        if line.happened.tzinfo is None or not abs(line.happened - at) <= LONGEST:
            raise LineError("happened: no offset, or too far from the time it was entered")
        try:
            kind = ev.EVENT_TYPES[msgspec.json.decode(line.event, type=_Typed).type]
        except (msgspec.MsgspecError, RecursionError, KeyError):
            raise LineError("event.type: not one of an incident") from None
        tag = str(kind.__struct_config__.tag)
        if tag not in HAPPENS:
            raise LineError("event.type: not one of an incident")
        if tag not in DOES.get("person" if _PERSON.fullmatch(line.by) else line.by, ()):
            raise LineError("by: not who can have done this")
        try:
            event: Event = msgspec.json.decode(line.event, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise LineError("event: not the facts of its type") from None
        self._could_raise += isinstance(event, ev.Raised)
        if not 1 <= line.incident <= min(self._could_raise, MAX_INCIDENTS):
            raise LineError("incident: nothing before it can have raised so many")
        for path, why in _wrong(event):
            raise LineError(f"event.{path}: {why}")
        if isinstance(event, ev.Raised):
            self._check_device(event.device)
        return Happened(at, line.happened, line.by, line.incident, event)

    def _check_device(self, device: str | None) -> None:
        if self._fictional and device is not None and not EXERCISE_DEVICE.fullmatch(device):
            raise LineError("device: a masked recording names exercise devices only (EX-...)")


def _wrong(event: Event) -> Iterator[tuple[str, str]]:
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if isinstance(value, str):
            limit = MAX_BODY if name == "body" else MAX_WORDS if name in TEXTS else MAX_TEXT
            if len(value) > limit:
                yield name, f"longer than {limit} characters"
            elif name != "body" and printable(plain := value.replace("\n", "").replace("\t", "")) != plain:
                yield name, "holds control characters"
        elif isinstance(value, int) and not 0 <= value < 2**53:
            yield name, "out of range"
        elif isinstance(value, Fix) and not (-90 <= value.lat <= 90 and -180 <= value.lon <= 180):
            yield name, "no position on Earth"
    match event:
        case ev.Raised():
            of_a_press = (
                event.raw,
                event.call,
                event.unreadable,
                event.feed,
                event.announced_by,
                event.announced_until,
            )
            if event.origin != "hand" or any(of_a_press):
                yield "origin", "a press is a message of the feed"
            if not set(event.flags.split()) <= _FLAGS:
                yield "flags", "unknown value"
        case ev.TimeCorrected():
            if event.time not in TIME_NAMES:
                yield "time", "unknown value"
            if not _is_moment(event.to):
                yield "to", "not an RFC 3339 time with its offset"
        case ev.HandOverOffered() | ev.Assigned():
            if not _PERSON.fullmatch(event.to):
                yield "to", "not a person of the recording"
        case ev.Ordered():
            if event.body and not _is_object(event.body):
                yield "body", "not a JSON object"
        case ev.Progressed() | ev.Declined() | ev.StoodDown():
            if event.source in ("feed", "console", "watch"):
                yield "source", "a person or a zone says so"
        case ev.Delivered():
            if not 100 <= event.status <= 599:
                yield "status", "no HTTP status"


TEXTS = frozenset({"text", "reason", "note", "place", "why"})  # the fields in which somebody wrote what they liked


def _is_moment(value: str) -> bool:
    try:
        moment = msgspec.convert(value, datetime)
        return moment.tzinfo is not None and 2000 <= moment.astimezone(UTC).year < 2200
    except (msgspec.ValidationError, OverflowError, ValueError):
        return False


def _is_object(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text.encode()), dict)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
