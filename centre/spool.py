"""Spool beside a file: what a person did with it while a log has one writer, and that may be down.

A command leaves a note; the desk enters it in its log within seconds, or at its next start, once, and takes it away only
then.
"""

import asyncio
import base64
import contextlib
import errno
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import msgspec

from incidents import events as ev
from incidents.audit import stream_for, stream_of
from incidents.desk.desk import Desk
from incidents.log import AlreadyRecorded, Log, LogUnavailable, VersionConflict
from incidents.log.copying import make_durable, placeable, put_in_place
from incidents.log.opening import open_vault
from incidents.log.record import SEALED_LIMIT_BYTES
from incidents.log.regular_files import read_regular, second_name
from incidents.log.sqlite import KeyMismatch, SqliteLog
from incidents.refusals import Refused

_logger = logging.getLogger(__name__)


Noted = (  # what a command may note; its sealed facts wait sealed, or where the keys are not at hand not at all
    ev.AccountChanged
    | ev.AggregateMade
    | ev.BackupTested
    | ev.CasesImported
    | ev.ChangeProposed
    | ev.DegradedFileOpened
    | ev.EvidenceMade
    | ev.DeviceListMade
    | ev.LogExported
    | ev.MasterKeys
    | ev.RecordingMade
    | ev.ReportExported
    | ev.SubjectExtracted
)
LARGEST = 2 * SEALED_LIMIT_BYTES  # of a note: the largest event that a log takes, as base64


class Sealed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="sealed"):
    """An event with facts that a log seals, under the log's own key (`Desk.open_view`), base64: a note is a plain file."""

    of: Annotated[str, msgspec.Meta(max_length=LARGEST)]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What happened and waits to be entered. `by` is a person's name: a note is readable by its owner only.

    Others may write in its folder: an `id` is of a note's own form, so that none takes the place of a press.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{1,20}-[0-9a-f]{32}$")]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    by: Annotated[str, msgspec.Meta(max_length=200)]
    event: Noted | Sealed


LOOK_S = 5.0
# The kinds of notes beside the log.
EVIDENCE = "evidence"
RECORDED = "recording"
SEARCHED = "search"  # incidents beside the desk, or an extract of a person made
REPORTED = "report"
DEVICES = "devices"
CHANGED = "change"  # cases were imported, or an account, or a master key, is changed
TAKEN = "taken"  # the log, master keys, or counts for the Institute
TESTED = "backup"
BESIDE_THE_LOG = (EVIDENCE, RECORDED, SEARCHED, REPORTED, DEVICES, CHANGED, TAKEN, TESTED)
BACKUPS = "desk/backups"


def _stream(event: ev.Event, at: datetime) -> str:
    return stream_for(event, at) if isinstance(event, ev.Disclosure) else BACKUPS


class Spool:
    """The notes `PATH.<kind>-*` that a desk enters in its log, each in the stream that is the event's."""

    def __init__(self, path: Path, kind: str, *, desk: Desk, log: Log) -> None:
        self._path, self._kind = path, kind
        self._desk, self._log = desk, log
        self._unreadable: set[str] = set()

    async def run(self) -> None:
        """Enter what is noted, for ever."""
        while True:
            await self.enter()
            await asyncio.sleep(LOOK_S)

    async def enter(self) -> None:
        """Enter what is there now; a note goes once the log has it, and is entered once for its id."""
        for path in await asyncio.to_thread(self._found):
            try:
                note = msgspec.json.decode(await asyncio.to_thread(read_regular, path, LARGEST), type=Note)
            except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                self._pass_over(path)
                continue
            try:
                await self._record(note)
                if await self._log.find(note.id) is not None:
                    await asyncio.to_thread(path.unlink, missing_ok=True)
            except (LogUnavailable, OSError, Refused):
                return
            except (msgspec.MsgspecError, ValueError):
                self._pass_over(path)

    def _pass_over(self, path: Path) -> None:
        if path.name not in self._unreadable:
            self._unreadable.add(path.name)
            _logger.warning("a note can't be read: %r", path.name)

    async def _record(self, note: Note) -> None:
        event = _opened(note, self._desk.open_view)
        stream, actor = _stream(event, note.at), self._desk.pseudonym(note.by)
        if stream.startswith("incident/") and not await self._log.version(stream):
            stream = stream_of(note.at)  # a note begins no incident
        await self._desk.record(stream, lambda: event, id=note.id, source_at=note.at, actor=actor)

    def _found(self) -> list[Path]:
        return _notes(self._path, self._kind)


def _notes(path: Path, kind: str) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(path.parent.glob(f"{path.name}.{kind}-*"))
    return []


def _opened(note: Note, open_view: Callable[[bytes], bytes | None]) -> Noted | ev.IncidentsSearched:
    """Raises msgspec.MsgspecError for what was not sealed under this log's key, or is no such event."""
    if isinstance(note.event, ev.AccountChanged):  # made beside another log, or none: this one knows no account by it
        return msgspec.structs.replace(note.event, was="", mark="")
    if not isinstance(note.event, Sealed):
        return note.event
    plain = open_view(base64.b64decode(note.event.of)) or b""
    found: Noted | ev.IncidentsSearched = msgspec.json.decode(plain, type=Noted | ev.IncidentsSearched)
    return found


def notes_beside(
    path: Path, kind: str, open_view: Callable[[bytes], bytes | None]
) -> Iterator[tuple[Note, Noted | ev.IncidentsSearched]]:
    """What waits beside a log for its desk; what can't be read is left to that."""
    for file in _notes(path, kind):
        with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError, RecursionError):
            note = msgspec.json.decode(read_regular(file, LARGEST), type=Note)
            yield note, _opened(note, open_view)


def place_of_log(log: Path, beside: Path) -> Path:
    """Where what a command did is told: the log, or before there is one the place beside the file that changes."""
    return log if log.exists() else beside.with_name(log.name)


async def enter_or_note(path: Path, key_file: Path | None, kind: str, event: Noted, *, by: str, at: datetime) -> bool:
    """Enter what a command did in a log that no desk writes; beside a desk leave it a note (False). Raises OSError."""
    name = f"{kind}-{uuid4().hex}"
    try:
        log = await SqliteLog.open(path, key_file=key_file, register="none")
    except (LogUnavailable, KeyMismatch):
        pass
    else:
        try:
            await append(log, _stream(event, at), event, id=name, at=at, actor=log.vault.pseudonym(by))
            return True
        except LogUnavailable:
            pass
        finally:
            await log.close()
    await asyncio.to_thread(leave_note, path, kind, Note(id=name, at=at, by=by, event=event), key_file)
    return False


async def append(log: Log, stream: str, event: ev.Event, *, id: str, at: datetime, actor: str) -> None:
    """Enter an event in a log that no desk serves, once for its id; `actor` is a pseudonym. Raises LogUnavailable."""
    draft = ev.draft(event, id=id, at=at, source_at=at, actor=actor)
    while True:
        try:
            await log.append(stream, await log.version(stream), draft)
        except AlreadyRecorded:
            return
        except VersionConflict:
            continue
        return


def leave_note(path: Path, kind: str, note: Note, key_file: Path | None = None) -> None:
    """Leave a note beside a file: of a log, whose key seals what a log seals of the event. Raises OSError."""
    if why := second_name(path):  # no desk would find it
        raise OSError(errno.EMLINK, why, str(path))
    if not isinstance(note.event, Sealed):
        note = msgspec.structs.replace(note, event=_waiting(path, key_file, note.event))
    write_whole(path.with_name(f"{path.name}.{kind}-{uuid4().hex}"), msgspec.json.encode(note))


def _waiting(path: Path, key_file: Path | None, event: Noted) -> Noted | Sealed:
    """An event as it may stand in a plain file: sealed, or without its sealed facts where the log's keys are not at hand."""
    told = {name for name in event.SEALED if getattr(event, name)}
    if not told:
        return event
    try:
        vault = open_vault(path, key_file)
    except (LogUnavailable, KeyMismatch):
        plain = {field.name: field.default for field in msgspec.structs.fields(event) if field.name in told}
        return msgspec.structs.replace(event, **plain)
    try:
        return Sealed(of=base64.b64encode(vault.seal_view(msgspec.json.encode(event))).decode())
    finally:
        vault.close()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, readable by its owner only. Raises OSError."""
    with drafted(path, content):
        pass


@contextlib.contextmanager
def drafted(path: Path, content: bytes) -> Iterator[None]:
    """Write a file beside its place; once the block is over it has its name, and where that fails there is none.

    What discloses is entered in the block: before anybody has it, and once nothing is left that may fail. Raises OSError.
    """
    placeable(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        make_durable(draft)
        yield
        put_in_place(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
