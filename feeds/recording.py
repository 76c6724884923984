"""Recordings of a feed: an open file, one JSON object a line, checked as a whole before anything of it is used.

The first line is the header, the last the trailer with the count and the SHA-256 of all bytes before it. In between each line is
`{"at": ..., "message": {...}}`: when it came, by the recorder's clock, and the message as it travelled.
"""

import asyncio
import contextlib
import hashlib
import os
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from feeds.gateway import Gateway
from feeds.messages import Heartbeat, Rejected, decode_message
from incidents.case import Case
from incidents.clock import Clock
from incidents.events import Event, stamp
from incidents.training.room import Masking

FORMAT = "vigie-recording"
VERSION = 1
MAX_BYTES = 512 << 20
MAX_LINE = 1 << 20
MAX_MESSAGES = 1_000_000


Line = TypeVar("Line")


class RecordingError(Exception):
    """A file that is no sound recording; the text says the line and what is wrong with it, never what stands there."""


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


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A whole recording, in the order in which all came. `expires` None: made up, nobody's data; `cases` are fictional."""

    feed: str
    made: datetime
    title: str = ""
    masking: Masking = "none"
    expires: datetime | None = None
    cases: tuple[Case, ...] = ()
    lines: tuple[Recorded | Happened, ...] = ()

    @property
    def messages(self) -> tuple[Recorded, ...]:
        """The feed's part of it."""
        return tuple(line for line in self.lines if isinstance(line, Recorded))


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    version: int
    feed: str
    made: datetime


class _Trailer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    count: int
    sha256: str


def write_recording(path: Path, messages: Iterable[Recorded], *, feed: str, made: datetime) -> int:
    """Write a recording, readable by its owner only, and give the count. An interrupted one leaves no file. Raises `OSError`."""
    digest, count = hashlib.sha256(), 0
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        with part.open("wb") as file:

            def write(line: object) -> None:
                raw = msgspec.json.encode(line) + b"\n"
                digest.update(raw)
                file.write(raw)

            write({"format": FORMAT, "version": VERSION, "feed": feed, "made": stamp(made)})
            for recorded in messages:
                write({"at": stamp(recorded.at), "message": recorded.message})
                count += 1
            file.write(msgspec.json.encode({"count": count, "sha256": digest.hexdigest()}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return count


def read_recording(path: Path) -> Recording:
    """Read and check a whole recording. Raises `RecordingError`, and `OSError` when it can't be read."""
    digest = hashlib.sha256()
    messages: list[Recorded] = []
    header: _Header | None = None
    number, previous = 0, b""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise RecordingError(f"larger than {MAX_BYTES >> 20} MiB")
        # One line behind: the last one is the trailer.
        while line := file.readline(MAX_LINE + 1):
            if len(line) > MAX_LINE:
                raise RecordingError(f"line {number + 1}: longer than {MAX_LINE >> 20} MiB")
            if number == 1:
                header = _header(previous)
            elif number > 1:
                messages.append(_message(previous, number, header))
                if len(messages) > MAX_MESSAGES:
                    raise RecordingError(f"line {number}: more than {MAX_MESSAGES} messages")
            digest.update(previous)
            number, previous = number + 1, line
    if header is None:
        raise RecordingError("line 1: no recording: it needs a header and a trailer")
    trailer = _decoded(previous, _Trailer, number, "the trailer is missing or cut short")
    if trailer.count != len(messages):
        raise RecordingError(f"line {number}: the trailer counts {trailer.count} messages, there are {len(messages)}")
    if trailer.sha256 != digest.hexdigest():
        raise RecordingError(f"line {number}: the digest differs: the file was changed")
    return Recording(feed=header.feed, made=header.made, lines=tuple(messages))


async def replay(path: Path, gateway: Gateway, *, speed: float, clock: Clock) -> int:
    """Publish a recording as it came, `speed` times as fast, every time in it moved to now; gives the count.

    Messages get new numbers and ids: a recording can be played twice. Raises as `read_recording`, and `ValueError` for a speed
    of 0 or less.
    """
    if not speed > 0:
        raise ValueError("the speed must be above 0")
    recording = await asyncio.to_thread(read_recording, path)
    began = time.monotonic()
    messages = recording.messages
    for recorded in messages:
        due = began + (recorded.at - messages[0].at).total_seconds() / speed
        await asyncio.sleep(max(due - time.monotonic(), 0.0))
        await gateway.publish(_moved(recorded, clock.now()))
    return len(messages)


def _moved(recorded: Recorded, now: datetime) -> dict[str, Any]:
    """The message as if it came now: its own delays stay as they were."""
    shift = now - recorded.at
    message = {name: value for name, value in recorded.message.items() if name not in ("seq", "id")}
    message["at"] = _shifted(message.get("at"), shift) or now
    fix = message.get("fix")
    if isinstance(fix, dict) and (moved := _shifted(fix.get("time"), shift)):
        message["fix"] = {**fix, "time": moved}
    return message


def _shifted(value: object, shift: timedelta) -> str | None:
    try:
        return stamp(msgspec.convert(value, datetime) + shift)
    except (msgspec.ValidationError, OverflowError, ValueError):
        return None


def _header(line: bytes) -> _Header:
    header = _decoded(line, _Header, 1, "not the header of a recording")
    if header.format != FORMAT:
        raise RecordingError(f"line 1: the format is not {FORMAT}")
    if header.version != VERSION:
        raise RecordingError(f"line 1: version {header.version} is not known here, {VERSION} is")
    return header


def _message(line: bytes, number: int, header: _Header | None) -> Recorded:
    recorded = _decoded(line, Recorded, number, "not a message with its time")
    if recorded.at.tzinfo is None:
        raise RecordingError(f"line {number}: the time has no offset")
    decoded = decode_message(header.feed if header else "", msgspec.json.encode(recorded.message), received=recorded.at)
    if not isinstance(recorded.message.get("kind"), str):
        raise RecordingError(f"line {number}: kind: not a text")
    if isinstance(decoded, Rejected):
        raise RecordingError(f"line {number}: {decoded.reason}")
    if isinstance(decoded, Heartbeat):
        raise RecordingError(f"line {number}: heartbeats are not recorded")
    return recorded


def _decoded(line: bytes, kind: type[Line], number: int, otherwise: str) -> Line:
    if not line.endswith(b"\n"):
        raise RecordingError(f"line {number}: cut short")
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise RecordingError(f"line {number}: {otherwise}") from None
