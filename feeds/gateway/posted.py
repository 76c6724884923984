"""What the back end of an app posts, read as a desk will read it: a press is always taken, anything else strictly. No I/O."""

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from feeds import decoding as wire
from incidents.events import stamp
from incidents.messages import Message, PressReport, Unreadable

LARGEST = 1 << 20  # bytes of a body that are read at all
_POSTED = 16 << 10  # characters of a damaged body that travel with what was read of it
_DOUBTFUL = ("message", "kind")  # what was noted on the whole of a press, not on a field of it


class Posted(msgspec.Struct, frozen=True):
    """One message of a body: `fields` as it goes on the feed, without a number; `message` as a desk reads it.

    `content`: a digest of what it says (`content_of`). `problems` are the fields that could not be read, and those that were
    cut; `undated`: its time is that of its receipt.
    """

    fields: dict[str, Any]
    message: Message
    content: bytes
    problems: tuple[Unreadable, ...] = ()
    undated: bool = False


class Unfit(msgspec.Struct, frozen=True):
    """A body that holds no press and can't be taken: the field and why, never its value. `too_large`: that is why."""

    reason: str
    too_large: bool = False


def read_posted(feed: str, raw: bytes, *, received: datetime) -> tuple[Posted, ...] | Unfit:
    """The message of a body; of a broken one every press that is legible. Raises nothing."""
    found = wire.decode_message(feed, raw, received=received)
    if isinstance(found, wire.Heartbeat):
        return Unfit("kind: heartbeats are the feed's own")
    if isinstance(found, wire.Rejected):
        return Unfit(found.reason)
    if not isinstance(found.report, PressReport):
        if len(raw) > wire.MAX_RAW:
            return Unfit("larger than 64 KiB", too_large=True)
        return (_posted(found, raw, received),)
    if any(note.path == "message" for note in found.report.unreadable):
        legible = wire.salvage(feed, raw, received=received)
        return tuple(_posted(one, one.raw, received) for one in legible or (found,))
    return (_posted(found, raw, received),)


def content_of(raw: bytes) -> bytes:
    """A digest of what a message says, in whatever order and form of numbers, without its number and its time."""
    fields = _PLAIN.decode(raw)
    fields.pop("seq", None)
    fields.pop("at", None)
    return hashlib.blake2b(msgspec.json.encode(fields, order="sorted"), digest_size=16).digest()


def _number(digits: str) -> int | float:
    found = float(digits)
    return int(found) if abs(found) < 1 << 53 and found.is_integer() else found


_PLAIN = msgspec.json.Decoder(dict[str, Any], float_hook=_number)  # 51.0 is 51


def _posted(message: Message, raw: bytes, received: datetime) -> Posted:
    report = message.report
    problems = (*(report.unreadable if isinstance(report, PressReport) else ()), *message.cut)
    undated = any(note.path == "at" and note.reason != "given twice" for note in problems)
    fields = _as_sent(raw, problems) or _as_read(message, raw, problems)
    at = received if undated else fields.get("at") or message.at
    fields |= {"id": message.id, "at": at if isinstance(at, str) else stamp(at)}
    return Posted(fields, message, content_of(msgspec.json.encode(fields)), problems, undated)


def _as_sent(raw: bytes, problems: tuple[Unreadable, ...]) -> dict[str, Any] | None:
    """The body's own fields, where it is the JSON of one message; unreadable ones too, since a desk lists them."""
    if len(raw) > wire.MAX_RAW or any(p.path in _DOUBTFUL or p.reason == "given twice" for p in problems):
        return None
    try:
        fields = msgspec.json.decode(raw, type=dict[str, Any])
        fields.pop("seq", None)
        msgspec.json.encode(fields)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return None
    return fields


def _as_read(message: Message, raw: bytes, problems: tuple[Unreadable, ...]) -> dict[str, Any]:
    """What could be read of a damaged body, and the body's beginning, which a desk keeps sealed."""
    fields: dict[str, Any] = msgspec.to_builtins(message.report)
    fields.pop("unreadable", None)
    if isinstance(message.report, PressReport) and all(note.path != "press" for note in problems):
        fields["press"] = message.report.press  # where it could not be read a desk is to list it too
    else:
        fields.pop("press", None)
    return {**fields, "posted": raw.decode("utf-8", "replace")[:_POSTED]}
