"""One message of a feed: a press is always an alarm, whatever else it says; any other message is read strictly or refused."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from feeds.decoding.fields import Fields, choices_of
from incidents.messages import (
    Call,
    CallReport,
    CallState,
    DeviceReport,
    DeviceState,
    Fix,
    FixReport,
    Message,
    OrderReport,
    OrderState,
    PressReport,
    PressValue,
    Report,
    Transport,
    UnitReport,
    UnitStatus,
)

MAX_RAW = 64 * 1024  # bytes of a message that are kept
MAX_SEQ = 2**63 - 1
HALF_EARTH_M = 20_040_000.0  # half the equator: no circle is wider
# What the numbers of a fix may be, both included: degrees, m, %, m/s.
FIX_LIMITS = {
    "lat": (-90.0, 90.0),
    "lon": (-180.0, 180.0),
    "radius": (0.0, HALF_EARTH_M),
    "confidence": (0.0, 100.0),
    "speed": (0.0, 1_000.0),
    "course": (0.0, 360.0),
    "altitude": (-1_000.0, 100_000.0),
}
BATTERY_LIMITS = (0, 100)  # %
SAYS_PRESS = re.compile(rb'"kind"\s*:\s*"press"', re.IGNORECASE)

_PRESS_VALUES = choices_of(PressValue)
_TRANSPORTS = choices_of(Transport)
_CALL_STATES = choices_of(CallState)
_DEVICE_STATES = choices_of(DeviceState)
_UNIT_STATUSES = choices_of(UnitStatus)
_ORDER_STATES = choices_of(OrderState)
# How often the name of a field stands in a usual press, `press` as a kind too: more may be a field that is given twice.
_ONCE = {"id": 1, "at": 1, "device": 1, "press": 2, "case": 1, "fix": 1}
_KINDS = frozenset({"press", "fix", "device", "call", "unit", "order", "heartbeat"})


class Heartbeat(msgspec.Struct, frozen=True):
    """The feed lives; `head` is its newest sequence number, None when it does not say."""

    head: int | None = None


class Rejected(msgspec.Struct, frozen=True):
    """A message that could not be read and is no press. `reason` names the field, never its value; `id` may be empty."""

    id: str
    reason: str
    seq: int | None = None


def decode_message(feed: str, raw: bytes | msgspec.Raw, *, received: datetime) -> Message | Heartbeat | Rejected:
    """One message from its JSON. `received` (our clock) stands in for the time of a press that has none.

    Whatever says `"kind": "press"` becomes a `Message` with a `PressReport`, even when it is not JSON. Raises nothing.
    """
    raw = bytes(raw)
    values = _object(raw)
    if values is None:
        if SAYS_PRESS.search(raw.replace(b"\\", b"")):  # a press within a JSON text says press too
            return unread_press(feed, raw, received=received, reason="not a JSON object", values=_object_in_text(raw))
        return Rejected("", "not a JSON object")
    kind = _kind(values, raw)
    if kind == "press":
        return _press(feed, values, raw, received)
    if kind == "heartbeat":
        return Heartbeat(Fields(values).whole("head", 0, MAX_SEQ))
    fields = Fields(values)
    seq = fields.whole("seq", 0, MAX_SEQ)
    message_id = fields.exact("id")
    at = fields.moment("at", required=True)
    report = _report(kind, fields) if kind else None
    if kind is None:
        fields.note("kind", "unknown value")
    if fields.notes or report is None or message_id is None or at is None:
        note = fields.notes[0]
        return Rejected(message_id or "", f"{note.path}: {note.reason}", seq)
    return Message(feed=feed, id=message_id, at=at, report=report, seq=seq, raw=raw[:MAX_RAW], cut=tuple(fields.cut))


def unread_press(
    feed: str, raw: bytes, *, received: datetime, reason: str, values: dict[str, Any] | None = None
) -> Message:
    """A press whose JSON is broken: an alarm with what `values` still tells; everything else is listed as unreadable."""
    return _press(feed, values or {}, raw, received, broken=reason)


def _press(feed: str, values: dict[str, Any], raw: bytes, received: datetime, broken: str = "") -> Message:
    twice = _given_twice(raw)
    # A wrong id would make it a repetition, a wrong value might be one that does not alarm.
    fields = Fields({name: value for name, value in values.items() if name not in twice & {"id", "press"}})
    for name in sorted(twice):
        fields.note(name, "given twice")
    if broken:
        fields.note("message", broken)
    elif values.get("kind") != "press":
        fields.note("kind", "not exactly press")
    message_id = fields.exact("id")
    at = fields.moment("at", required=True)
    seq = fields.whole("seq", 0, MAX_SEQ)
    device = fields.name("device", required=True)
    press = fields.choice("press", _PRESS_VALUES)
    transport = fields.choice("transport", _TRANSPORTS) if "transport" in fields else None
    call = fields.inner("call")
    fix = fields.inner("fix")
    report = PressReport(
        device=device,
        press=press or "hold",
        case=fields.name("case"),
        fix=_fix(fix) if fix else None,
        battery=fields.whole("battery", *BATTERY_LIMITS),
        transport=transport or "unknown",
        call=_call(call) if call else None,
        packet=fields.words("packet") or "",
        counter_back=fields.true("counter_back"),
        unreadable=tuple(fields.notes),
    )
    if message_id is None:
        message_id = hashlib.sha256(raw).hexdigest()
        if at is None and not broken:  # the same bytes may be another press; a damaged frame is sent again as it is
            message_id += f"-{received.timestamp() // 60:.0f}"
    return Message(
        feed=feed,
        id=message_id,
        at=at or received.astimezone(UTC),
        report=report,
        seq=seq,
        raw=raw[:MAX_RAW],
        cut=tuple(fields.cut),
    )


def _report(kind: str, fields: Fields) -> Report | None:
    """The report of any kind but a press; None when a field it cannot do without was noted."""
    match kind:
        case "fix":
            device = fields.name("device", required=True)
            inner = fields.inner("fix", required=True)
            fix = _fix(inner) if inner else None
            return FixReport(device=device, fix=fix) if device and fix else None
        case "device":
            device, state = fields.name("device", required=True), fields.choice("state", _DEVICE_STATES)
            battery = fields.whole("battery", *BATTERY_LIMITS)
            return DeviceReport(device=device, state=state, battery=battery) if device and state else None
        case "call":
            device, call = fields.name("device", required=True), _call(fields)
            if not device or not call:
                return None
            return CallReport(device=device, state=call.state, line=call.line, desk=call.desk)
        case "unit":
            unit, zone = fields.name("unit", required=True), fields.name("zone", required=True)
            status, inner = fields.choice("status", _UNIT_STATUSES), fields.inner("fix")
            fix = _fix(inner) if inner else None
            return UnitReport(unit=unit, zone=zone, status=status, fix=fix) if unit and zone and status else None
        case _:
            order, state = fields.name("order", required=True), fields.choice("state", _ORDER_STATES)
            unit, reason, zone = fields.name("unit"), fields.words("reason"), fields.name("zone")
            if not order or not state:
                return None
            return OrderReport(order=order, state=state, unit=unit, reason=reason, zone=zone)


def _fix(fields: Fields) -> Fix | None:
    lat = fields.number("lat", *FIX_LIMITS["lat"], required=True)
    lon = fields.number("lon", *FIX_LIMITS["lon"], required=True)
    rest = {name: fields.number(name, *limits) for name, limits in FIX_LIMITS.items() if name not in ("lat", "lon")}
    method, time = fields.words("method"), fields.moment("time")
    return None if lat is None or lon is None else Fix(lat=lat, lon=lon, method=method, time=time, **rest)


def _call(fields: Fields) -> Call | None:
    state = fields.choice("state", _CALL_STATES)
    line, desk = fields.words("line"), fields.words("desk")
    return Call(state=state, line=line, desk=desk) if state else None


def _kind(values: dict[str, Any], raw: bytes) -> str | None:
    """The message's kind. In doubt it is a press: other case, a repeated key, no readable kind but a `press` field."""
    kind = values.get("kind")
    if kind == "press":
        return "press"
    if any(_says_press(key, value) for key, value in values.items()):
        return "press"
    if b'"press"' in raw and any(_says_press(key, value) for key, value in _pairs(raw)):
        return "press"
    if isinstance(kind, str):
        known_press = isinstance(values.get("press"), str) and values["press"] in _PRESS_VALUES
        return kind if kind in _KINDS else "press" if known_press else None
    return "press" if values.get("press") is not None else None


def _given_twice(raw: bytes) -> set[str]:
    """The outermost fields of a press that stand there twice and differ: which was meant is not sure; JSON keeps the last."""
    if not any(raw.count(b'"%s"' % name.encode()) > usual for name, usual in _ONCE.items()):
        return set()
    pairs = _pairs(raw)
    kept = dict(pairs)
    return {key for key, value in pairs if key in _ONCE and value != kept[key]}


def _object_in_text(raw: bytes) -> dict[str, Any] | None:
    try:
        text = LENIENT.decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return _object(text.encode("utf-8", "replace")) if isinstance(text, str) else None


def _says_press(key: str, value: object) -> bool:
    return isinstance(value, str) and key.strip().lower() == "kind" and value.strip().lower() == "press"


def _object(raw: bytes) -> dict[str, Any] | None:
    """The JSON object: strictly, else with what lenient writers put in (NaN, endless numbers, bad UTF-8, control codes)."""
    try:
        values = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        try:
            values = LENIENT.decode(raw.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return None
    return values if isinstance(values, dict) else None


def _pairs(raw: bytes) -> list[tuple[str, Any]]:
    """The outermost keys and values, repeated keys included."""
    last: list[list[tuple[str, Any]]] = [[]]

    def keep(pairs: list[tuple[str, Any]]) -> None:
        last[0] = pairs

    try:
        json.loads(raw.decode("utf-8", "replace"), object_pairs_hook=keep, parse_int=_int, strict=False)
    except (ValueError, RecursionError):
        return []
    return last[0]


def _int(digits: str) -> int | float:
    """Python refuses a number of more than 4,300 digits; no field of ours has 20."""
    return int(digits) if len(digits) <= 20 else float("inf")


LENIENT = json.JSONDecoder(parse_int=_int, strict=False)
