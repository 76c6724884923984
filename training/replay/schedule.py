"""What a replay plays: the entries of a recording, each at its moment, and the seed that follows from them all."""

import hashlib
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import msgspec

from feeds.decoding import Heartbeat, decode_message
from feeds.recordings.recorded import line_of
from feeds.recordings.recording import Happened, Recorded, Recording
from incidents import events as ev
from incidents.exercises.room import TrainingError

MAX_MESSAGE = 64 << 10  # bytes; what a feed sends is some hundred
_KINDS = ("press", "fix", "device", "call", "unit", "order")
_FRAME = 900 << 10  # bytes of messages in one frame: a larger frame than 1 MiB is no frame to a subscriber


class Entry(msgspec.Struct, frozen=True):
    """One line at its moment, which is never before the one of the line above it."""

    at: datetime
    what: Recorded | Happened


class Score:
    """The entries of one recording. Raises TrainingError("recording_empty")."""

    def __init__(self, recording: Recording) -> None:
        if not recording.lines:
            raise TrainingError("recording_empty")
        self.feed = recording.feed
        self.cases = recording.cases
        self.passed_over = 0
        digest, largest = hashlib.sha256(recording.feed.encode()), 1
        entries: list[Entry] = []
        at = _moment(recording.lines[0].at)
        for line in recording.lines:
            raw = msgspec.json.encode(line_of(line))
            digest.update(raw)
            at = max(at, _moment(line.at))
            if isinstance(line, Recorded) and (len(raw) > MAX_MESSAGE or not _arrives(line)):
                self.passed_over += 1
                continue
            if isinstance(line, Recorded):
                largest = max(largest, len(raw))
            entries.append(Entry(at, line))
        if not entries:
            raise TrainingError("recording_empty")
        digest.update(msgspec.json.encode(recording.cases))
        self.seed = digest.digest()
        self.entries = tuple(entries)
        self.per_frame = max(1, min(100, _FRAME // (largest + 200)))
        self.begin, self.end = _moment(recording.lines[0].at), at

    @property
    def length_s(self) -> float:
        """From the first entry to the last."""
        return (self.end - self.begin).total_seconds()

    @cached_property
    def marks(self) -> tuple[tuple[float, str], ...]:
        """When somebody pressed, and when what else happened but positions: for the seek bar."""
        return tuple(
            ((entry.at - self.begin).total_seconds(), kind) for entry in self.entries if (kind := _kind(entry.what))
        )


def published(line: Recorded, at: datetime) -> dict[str, Any]:
    """The message with what a feed would add to it, if that is missing: nothing may come from the day of the replay."""
    fields = {name: value for name, value in line.message.items() if name != "seq"}
    if not fields.get("id"):
        fields["id"] = hashlib.sha256(msgspec.json.encode(line.message)).hexdigest()
    fields.setdefault("at", ev.stamp(at))
    return fields


# What follows by itself, again and again: updates of an order on its way, and that pages painted an alarm.
_BY_ITSELF = (ev.Ordered, ev.Delivered, ev.Presented)


def _moment(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _arrives(line: Recorded) -> bool:
    """Whether it reaches a desk. What can't be read is refused on the way; a heartbeat ends at the subscriber."""
    kind = line.message.get("kind")
    if not isinstance(kind, str) or kind in _KINDS:
        return isinstance(kind, str)
    decoded = decode_message("", msgspec.json.encode(line.message), received=line.at)
    return not isinstance(decoded, Heartbeat)


def _kind(what: Recorded | Happened) -> str:
    if isinstance(what, Happened):
        by_itself = isinstance(what.event, _BY_ITSELF) and not what.by.startswith("person-")
        return "auto" if by_itself else str(what.event.__struct_config__.tag)
    kind = what.message.get("kind")
    return str(kind) if kind in ("press", "call", "order", "device") else ""
