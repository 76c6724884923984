"""Making a recording of closed incidents: what the feed said, rebuilt from the log, and what else was put into their streams.

Nothing is hidden here: what this gives names persons and places, and goes through `training.masking` before anybody has it.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from feeds.decoding import decode_message
from feeds.recordings.recorded import HAPPENS
from feeds.recordings.recording import Happened, Line, Recorded, Recording
from incidents import events as ev
from incidents.case import Case, Person
from incidents.desk.intake import EARLY_CALL_S
from incidents.exercises.room import TrainingError
from incidents.fold import apply
from incidents.incident import Incident
from incidents.log import PARTS
from incidents.log.sqlite import LogFile
from incidents.messages import Message, PressReport

MOST = 20  # incidents in one recording

_FOLLOWS = re.compile(r"(.+)#\d+")
_FACTS = ("device", "press", "case", "fix", "battery", "transport", "call")


class Cases(Protocol):
    """The case register, also as it was."""

    def by_number(self, number: str, version: int | None = None) -> Case | None: ...


class Told(msgspec.Struct, frozen=True):
    """One incident as the log has it, with what its device said around it."""

    incident: Incident
    entries: tuple[ev.Entry, ...]
    around: tuple[ev.Entry, ...]

    @property
    def closed_at(self) -> datetime:
        """When it was closed, by our clock."""
        return self.incident.times["closed"].entered


async def told(log: LogFile[Any, Any], incident: str) -> Told:
    """Read a closed incident. Raises TrainingError: unknown, not_closed, erased; and LogUnavailable."""
    entries = await _stream(log, f"incident/{incident}")
    folded: Incident | None = None
    for entry in entries:
        folded = apply(folded, entry)
    if folded is None:
        raise TrainingError("unknown")
    if folded.history.erased:
        raise TrainingError("erased")
    if folded.open:
        raise TrainingError("not_closed")
    around: list[ev.Entry] = []
    if folded.device is not None:
        begin = folded.received_at - timedelta(seconds=EARLY_CALL_S)
        device = await _stream(log, f"device/{log.vault.device_id(folded.device)}")
        around = [entry for entry in device if begin <= entry.at <= folded.times["closed"].entered]
    return Told(folded, tuple(entries), tuple(around))


def recorded(incidents: Sequence[Told], *, cases: Cases, made: datetime, title: str = "") -> Recording:
    """A recording of these incidents with the names of the log, unmasked. Raises TrainingError: unknown, too_many."""
    if not incidents:
        raise TrainingError("unknown")
    if len(incidents) > MOST:
        raise TrainingError("too_many", str(MOST))
    ordered = sorted(incidents, key=lambda one: one.incident.received_at)
    feed = next((one.incident.presses.feed for one in ordered if one.incident.presses.feed), "feed")
    people = _People()
    lines: list[Line] = []
    devices: set[str | None] = set()
    for n, one in enumerate(ordered, 1):
        # Two incidents of one device may share what it said around them.
        again = one.incident.device in devices
        devices.add(one.incident.device)
        lines += _in_order(() if again else _around(one, feed))
        lines += _in_order(_lines(one, n, feed, people))
    lines.sort(key=lambda line: line.at)
    return Recording(feed=feed, made=made, title=title, cases=_cases(ordered, cases), lines=tuple(lines))


class _People:
    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def called(self, actor: str) -> str:
        return actor if actor in PARTS else self._known.setdefault(actor, f"person-{len(self._known) + 1}")


async def _stream(log: LogFile[Any, Any], stream: str) -> list[ev.Entry]:
    found = []
    for record in await log.stream(stream):
        sealed = log.unseal(record)
        if sealed is None:
            raise TrainingError("erased")
        found.append(ev.entry(record, sealed))
    return found


def _in_order(lines: Iterable[Line]) -> Iterator[Line]:
    """A stream is in the order of its records, whatever our clock said meanwhile."""
    last: datetime | None = None
    for line in lines:
        last = max(last or line.at, line.at)
        yield msgspec.structs.replace(line, at=last)


def _lines(one: Told, n: int, feed: str, people: _People) -> Iterator[Line]:
    end = max(n for n, entry in enumerate(one.entries, 1) if isinstance(entry.event, ev.Closed))
    ids = {entry.id for entry in one.entries}
    called_early = any(isinstance(entry.event, ev.CallLogged) for entry in one.around)
    zone = one.incident.zone
    for entry in one.entries[:end]:  # with its closing the story is over: who looks at it later is no part of it
        event = entry.event
        if isinstance(event, ev.Ordered):
            zone = event.zone
        follows = _FOLLOWS.fullmatch(entry.id)
        if entry.actor == "feed" and follows and follows[1] in ids:
            # The desk makes it of its message once more, but a call only if that came before its press.
            if isinstance(event, ev.Called) and not called_early:
                yield _said(entry, feed, _facts_of(event, one.incident.device, zone))
            continue
        if entry.actor == "feed":
            yield _said(entry, feed, _facts_of(event, one.incident.device, zone))
        elif event is not None and event.STORY and str(event.__struct_config__.tag) in HAPPENS:
            if isinstance(event, ev.HandOverOffered | ev.Assigned):
                event = msgspec.structs.replace(event, to=people.called(event.to))
            yield Happened(entry.at, entry.source_at, people.called(entry.actor), n, event)


def _around(one: Told, feed: str) -> Iterator[Line]:
    done: set[str] = set()
    for entry in one.around:
        event = entry.event
        follows = _FOLLOWS.fullmatch(entry.id)
        base = follows[1] if follows else entry.id
        if entry.actor != "feed" or base in done:
            continue
        facts: dict[str, Any] | None = None
        match event:
            case ev.CallLogged():
                facts = {"kind": "call", "device": event.device, "state": event.state, "line": event.line}
                facts["desk"] = event.desk
            case ev.DeviceAlarmed():
                facts = {"kind": "device", "device": event.device, "state": event.condition, "battery": event.battery}
            case ev.DeviceReturned():
                done.add(base)
                state = "linked" if event.condition == "link_lost" and not follows else "ok"
                facts = {"kind": "device", "device": one.incident.device, "state": state}
            case ev.PressLogged():
                facts = _facts_of(event, one.incident.device, "")
        if facts is not None:
            yield _said(entry, feed, facts)


def _said(entry: ev.Entry, feed: str, facts: dict[str, Any]) -> Recorded:
    """The message of a record. One of another feed than the recording's keeps that in its id: two feeds may use the same."""
    own = facts.pop("id", None)
    name = entry.id.removeprefix(f"{feed}/")
    message = {"kind": facts["kind"], "id": own if own and entry.id == f"{feed}/{own}" else name}
    if "at" not in facts:
        message["at"] = ev.stamp(entry.source_at)
    message |= {key: msgspec.to_builtins(value) for key, value in facts.items() if value is not None and key != "kind"}
    return Recorded(entry.at, message)


def _facts_of(event: ev.Event | None, device: str | None, zone: str) -> dict[str, Any]:
    match event:
        case ev.PressFacts():
            return _pressed(event)
        case ev.Located():
            return {"kind": "fix", "device": device, "fix": event.fix}
        case ev.Called():
            return {"kind": "call", "device": device, "state": event.state, "line": event.line, "desk": event.desk}
        case ev.UnitSeen():
            return {"kind": "unit", "unit": event.unit, "zone": zone, "status": event.status, "fix": event.fix}
        case ev.Progressed():
            return {"kind": "order", "order": event.order, "state": event.step, "unit": event.unit}
        case ev.Declined():
            return {"kind": "order", "order": event.order, "state": "declined", "reason": event.reason or None}
        case ev.StoodDown():
            return {
                "kind": "order",
                "order": event.order,
                "state": "stood_down",
                "unit": event.unit,
                "zone": event.zone or None,
            }
        case ev.OrderDone():
            return {"kind": "order", "order": event.order, "state": "done", "unit": event.unit}
    raise TrainingError("recording_invalid", type(event).__name__)


def _pressed(event: ev.PressFacts) -> dict[str, Any]:
    """A press as it travelled; what can't be told from its bytes is told from what was understood of them."""
    raw = base64.b64decode(event.raw)
    try:
        message = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        message = {}
    read = decode_message("", raw, received=datetime.fromisoformat("2000-01-01T00:00:00Z"))
    report = read.report if isinstance(read, Message) and message.get("kind") == "press" else None
    if isinstance(report, PressReport) and (report.device, report.press) == (event.device, event.press):
        return {name: value for name, value in message.items() if name != "seq"}
    facts = {name: getattr(event, name) for name in _FACTS}
    return {"kind": "press", **facts, "transport": None if event.transport == "unknown" else event.transport}


def _cases(incidents: Sequence[Told], register: Cases) -> tuple[Case, ...]:
    """Their cases as they were shown; one that the register has no more by its number alone, so that it is no unknown one."""
    found: dict[str, Case] = {}
    for one in incidents:
        incident = one.incident
        if incident.case is None or ("case_unknown" in incident.flags and incident.case_version is None):
            continue
        case = register.by_number(incident.case, incident.case_version) or register.by_number(incident.case)
        found.setdefault(incident.case, case or _by_number_alone(incident.case, incident))
    return tuple(found.values())


def _by_number_alone(number: str, incident: Incident) -> Case:
    day = incident.received_at.astimezone(ev.BRUSSELS).date()
    expired = "case_expired" in incident.flags
    return Case(
        number=number,
        victim=Person(name="Not in the register"),
        devices=(incident.device,) if incident.device else (),
        valid_from=day - timedelta(days=30),
        valid_until=day + timedelta(days=-2 if expired else 30),
        source="the log",
        date=day - timedelta(days=30),
        version=incident.case_version or 1,
    )
