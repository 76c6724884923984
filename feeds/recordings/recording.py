"""Recordings of a feed: an open file, one JSON object a line, checked as a whole before anything of it is used.

The first line is the header, the last the trailer with the count and the SHA-256 of all bytes before it. In between each line is
`{"at": ..., "message": {...}}`: when it came, by the recorder's clock, and the message as it travelled; or
`{"at", "happened", "by", "incident", "event"}`: what persons, the watch, consoles and orders did. docs/training.md has the whole
format. Version 1 has messages only, and is still read.
"""

import asyncio
import contextlib
import hashlib
import io
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, BinaryIO, TypeVar

import msgspec
from msgspec import Meta

from feeds.decoding.fields import printable
from feeds.gateway import Gateway
from feeds.recordings.recorded import Happened as Happened
from feeds.recordings.recorded import Line as Line
from feeds.recordings.recorded import LineError, Reader, line_of
from feeds.recordings.recorded import Recorded as Recorded
from incidents.case import MAX_LISTED, Case
from incidents.clock import Clock
from incidents.events import stamp
from incidents.exercises.check import EXERCISE_DEVICE
from incidents.exercises.room import Masking
from incidents.log.copying import put_in_place
from incidents.log.regular_files import open_regular

FORMAT = "vigie-recording"
VERSION = 2
MAX_BYTES = 512 << 20
MAX_LINE = 1 << 20
MAX_LINES = 1_000_000
NOTICES: dict[Masking, str] = {
    "none": "Personal data: it names persons and places. Delete it when it expires.",
    "masked": "Personal data: it still has the shape of a track that somebody went. Delete it when it expires.",
    "strong": "Made of real incidents, tracks and pauses drawn anew. Delete it when it expires.",
}

T = TypeVar("T")


class RecordingError(Exception):
    """A file that is no sound recording; the text says the line and what is wrong with it, never what stands there."""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A whole recording, in the order in which all came. `expires` None: made up, nobody's data; `cases` are fictional."""

    feed: str
    made: datetime
    title: str = ""
    masking: Masking = "none"
    expires: datetime | None = None
    cases: tuple[Case, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def messages(self) -> tuple[Recorded, ...]:
        """The feed's part of it."""
        return tuple(line for line in self.lines if isinstance(line, Recorded))

    @property
    def names_people(self) -> bool:
        """Whether it is of real incidents as they were."""
        return self.masking == "none" and self.expires is not None

    @property
    def length_s(self) -> float:
        """Seconds from the first line to the last."""
        return (self.lines[-1].at - self.lines[0].at).total_seconds() if self.lines else 0.0


class Header(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    version: int
    feed: Annotated[str, Meta(max_length=200)]
    made: datetime
    title: Annotated[str, Meta(max_length=200)] = ""
    masking: Masking = "none"
    expires: datetime | None = None
    notice: str = ""
    cases: Annotated[tuple[Case, ...], Meta(max_length=MAX_LISTED)] = ()


class Trailer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    count: int
    sha256: str


def write_recording(path: Path, recording: Recording) -> str:
    """Write a recording, readable by its owner only, and give its SHA-256. Interrupted, it leaves no file. Raises `OSError`."""
    digest, whole = hashlib.sha256(), hashlib.sha256()
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        with part.open("wb") as file:

            def write(line: object) -> None:
                raw = msgspec.json.encode(line) + b"\n"
                digest.update(raw)
                whole.update(raw)
                file.write(raw)

            write(_header_of(recording))
            for line in recording.lines:
                write(line_of(line))
            trailer = msgspec.json.encode({"count": len(recording.lines), "sha256": digest.hexdigest()}) + b"\n"
            whole.update(trailer)
            file.write(trailer)
        put_in_place(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return whole.hexdigest()


def read_recording(path: Path, *, now: datetime | None = None) -> Recording:
    """Read and check a whole recording. Raises `RecordingError`, also once it has expired, and `OSError`."""
    with open_regular(path) as file:
        return _read(file, os.fstat(file.fileno()).st_size, now or datetime.now(UTC))


def recording_of(raw: bytes, *, now: datetime | None = None) -> Recording:
    """The same of a file's bytes."""
    return _read(io.BytesIO(raw), len(raw), now or datetime.now(UTC))


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
        await gateway.publish(moved(recorded, clock.now() - recorded.at))
    return len(messages)


def _read(file: BinaryIO, size: int, now: datetime) -> Recording:
    if size > MAX_BYTES:
        raise RecordingError(f"larger than {MAX_BYTES >> 20} MiB")
    digest = hashlib.sha256()
    lines: list[Line] = []
    header: Header | None = None
    reader: Reader | None = None
    number, previous = 0, b""
    # One line behind: the last one is the trailer.
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise RecordingError(f"line {number + 1}: longer than {MAX_LINE >> 20} MiB")
        if number == 1:
            header = _header(previous, now)
            reader = Reader(header.feed, ordered=header.version > 1, fictional=header.masking != "none")
        elif number > 1 and reader is not None:
            lines.append(_line(previous, number, reader))
            if len(lines) > MAX_LINES:
                raise RecordingError(f"line {number}: more than {MAX_LINES} lines")
        digest.update(previous)
        number, previous = number + 1, line
    if header is None or reader is None:
        raise RecordingError("line 1: no recording: it needs a header and a trailer")
    trailer = _decoded(previous, Trailer, number, "the trailer is missing or cut short")
    if trailer.count != len(lines):
        raise RecordingError(f"line {number}: the trailer counts {trailer.count} lines, there are {len(lines)}")
    if trailer.sha256 != digest.hexdigest():
        raise RecordingError(f"line {number}: the digest differs: the file was changed")
    return Recording(
        feed=header.feed,
        made=header.made,
        title=header.title,
        masking=header.masking,
        expires=header.expires,
        cases=header.cases,
        lines=tuple(lines),
    )


def _header_of(recording: Recording) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "feed": recording.feed,
        "made": stamp(recording.made),
        "title": recording.title,
        "masking": recording.masking,
        "expires": stamp(recording.expires) if recording.expires else None,
        "notice": NOTICES[recording.masking] if recording.expires else "",
        "cases": recording.cases,
    }


def moved(recorded: Recorded, shift: timedelta) -> dict[str, Any]:
    """The message as if it came so much later: its own delays stay as they were."""
    message = {name: value for name, value in recorded.message.items() if name not in ("seq", "id")}
    message["at"] = _shifted(message.get("at"), shift) or stamp(recorded.at + shift)
    fix = message.get("fix")
    if isinstance(fix, dict) and (moved := _shifted(fix.get("time"), shift)):
        message["fix"] = {**fix, "time": moved}
    return message


def _shifted(value: object, shift: timedelta) -> str | None:
    try:
        return stamp(msgspec.convert(value, datetime) + shift)
    except (msgspec.ValidationError, OverflowError, ValueError):
        return None


def _header(line: bytes, now: datetime) -> Header:
    header = _decoded(line, Header, 1, "not the header of a recording")
    if any(printable(text) != text for text in (header.feed, header.title)):
        raise RecordingError("line 1: the feed's name or the title holds control characters")
    if header.format != FORMAT:
        raise RecordingError(f"line 1: the format is not {FORMAT}")
    if not 1 <= header.version <= VERSION:
        raise RecordingError(f"line 1: version {header.version} is not known here, {VERSION} is")
    if header.made.tzinfo is None or (header.expires is not None and header.expires.tzinfo is None):
        raise RecordingError("line 1: a time has no offset")
    if header.expires is not None and header.expires <= now:
        raise RecordingError(f"it expired on {header.expires.date().isoformat()}, as what it was made of")
    if header.masking != "none" and not all(
        EXERCISE_DEVICE.fullmatch(device) for case in header.cases for device in case.devices
    ):
        raise RecordingError("line 1: cases: a masked recording names exercise devices only (EX-...)")
    return header


def _line(raw: bytes, number: int, reader: Reader) -> Line:
    if not raw.endswith(b"\n"):
        raise RecordingError(f"line {number}: cut short")
    try:
        return reader.read(raw)
    except LineError as error:
        raise RecordingError(f"line {number}: {error}") from None


def _decoded(line: bytes, kind: type[T], number: int, otherwise: str) -> T:
    if not line.endswith(b"\n"):
        raise RecordingError(f"line {number}: cut short")
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise RecordingError(f"line {number}: {otherwise}") from None
