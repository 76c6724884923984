"""The degraded-mode file on disk: renewed by the desk, opened by a supervisor, each opening entered in the log.

Whoever opens it leaves a note beside the file, because a log has one writer and the desk may be down; the desk enters the
notes when it runs, and takes a note away only once the log has it.
"""

import asyncio
import contextlib
import logging
import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

import msgspec

from dashboard.degraded.page import locked_page, sheet_page
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.clock import Clock
from incidents.degraded.seal import SealError, open_sealed, seal, written_at
from incidents.degraded.sheet import sheet
from incidents.desk import Desk
from incidents.health import FileHealth
from incidents.log import Log, LogUnavailable
from settings import Settings

LOOK_S = 5.0
MAX_FILE = 64 << 20  # bytes: a hundred times what all cases of the country make
STREAM = "desk/degraded"
NAME = "vigie-degraded.html"

_logger = logging.getLogger(__name__)


class DegradedError(Exception):
    """The file can't be opened: which, and why."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """An opening that waits to be entered in the log. `by` is a person's name: the note is readable by its owner only."""

    id: str
    at: datetime
    by: str
    how: Literal["command", "browser"]
    written: str = ""


class DegradedFile:
    """The task that keeps the file. `health` is how it fares now; `run` never ends."""

    def __init__(
        self,
        settings: Settings,
        *,
        desk: Desk,
        log: Log,
        cases: CaseRegister,
        names: dict[str, str],
        clock: Clock,
        translate: Callable[[str], str],
    ) -> None:
        self.path = settings.degraded.file or settings.log.with_name(NAME)
        self._settings = settings
        self._desk, self._log, self._cases, self._names = desk, log, cases, names
        self._clock, self._translate = clock, translate
        self._every = timedelta(minutes=settings.degraded.every_min)
        self._written: datetime | None = None
        self._reason = ""
        self._try_at: datetime | None = None
        self._unreadable: set[str] = set()
        for key in settings.radio.zones.keys() - names.keys():
            _logger.warning("radio.zones: no zone has the number %s", key)

    @property
    def health(self) -> FileHealth:
        """off: no passphrase is set, no file is written; old: two periods have passed; failed: the last try failed."""
        if self._settings.degraded.passphrase_file is None:
            return FileHealth(state="off")
        old = self._written is None or self._clock.now() - self._written > 2 * self._every
        state: Literal["ok", "old", "failed"] = "failed" if self._reason else "old" if old else "ok"
        return FileHealth(state=state, at=self._written, reason=self._reason)

    async def copy(self) -> bytes | None:
        """The file as it is, sealed; None when there is none."""
        with contextlib.suppress(DegradedError):
            return await asyncio.to_thread(read, self.path)
        return None

    async def run(self) -> None:
        """Renew the file when it is due and enter what was noted beside it, for ever."""
        if self._settings.degraded.passphrase_file is not None:
            self._written = await asyncio.to_thread(_age, self.path)
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Do what is due now."""
        await self._enter_notes()
        now = self._clock.now()
        due = self._try_at is None or now >= self._try_at
        if due and self._settings.degraded.passphrase_file is not None:
            self._try_at = now + self._every
            self._reason = await self.write()
            if self._reason:
                self._try_at = now + min(self._every, timedelta(minutes=1))
                _logger.warning("the degraded-mode file was not renewed: %s", self._reason)

    async def write(self) -> str:
        """Write the file anew, whole or not at all. Returns why it could not be, without personal data; "" when it was."""
        if self._cases.state not in ("open", "none"):
            return f"cases {self._cases.state}: the file before it is kept"
        now = self._clock.now()
        content = sheet(
            cases=self._cases.all(),
            incidents=tuple(self._desk.board.incidents.values()),
            zones=self._names,
            radio=self._settings.radio.zones,
            centre=self._settings.centre,
            now=now,
            name_of=self._desk.name_of,
        )
        try:
            await asyncio.to_thread(self._seal_and_write, sheet_page(content, self._translate), now)
        except SealError as error:
            return str(error)
        except (OSError, UnicodeDecodeError) as error:
            return getattr(error, "strerror", None) or "the passphrase is no text"
        self._written = now
        return ""

    def _seal_and_write(self, page: str, now: datetime) -> None:
        assert self._settings.degraded.passphrase_file is not None
        passphrase = self._settings.degraded.passphrase_file.read_text(encoding="utf-8")
        block = seal(page.encode(), passphrase, now)
        write_whole(self.path, locked_page(block, now, self._translate).encode())

    async def _enter_notes(self) -> None:
        for path in await asyncio.to_thread(_notes, self.path):
            try:
                note = msgspec.json.decode(await asyncio.to_thread(path.read_bytes), type=Note)
            except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
                if path.name not in self._unreadable:
                    self._unreadable.add(path.name)
                    _logger.warning("a note of an opened degraded-mode file can't be read: %s", path.name)
                continue
            actor = self._desk.pseudonym(note.by)
            event = ev.DegradedFileOpened(how=note.how, written=note.written)
            try:
                await self._record(event, note, actor)
                if await self._log.find(note.id) is not None:
                    await asyncio.to_thread(path.unlink, missing_ok=True)
            except (LogUnavailable, OSError):
                return  # the note stays; it is entered once for its id

    async def _record(self, event: ev.DegradedFileOpened, note: Note, actor: str) -> None:
        recorder = self._desk.recorder
        if self._desk.board.version(STREAM) == 0:
            await recorder.catch_up_if_possible(STREAM)
        await recorder.record(STREAM, lambda: event, id=note.id, source_at=note.at, actor=actor)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, readable by its owner only. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def read(path: Path) -> bytes:
    """The file's bytes. Raises DegradedError in one line: missing, a folder, unreadable, too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as error:
        raise DegradedError(f"{path}: {error.strerror or error}") from None
    if len(content) > MAX_FILE:
        raise DegradedError(f"{path}: larger than {MAX_FILE >> 20} MiB, so it is no degraded-mode file")
    return content


def opened(path: Path, passphrase: str) -> tuple[bytes, str]:
    """The sheet in a file, and when it was written. Raises DegradedError in one line."""
    try:
        found = open_sealed(read(path), passphrase)
    except SealError as error:
        raise DegradedError(f"{path}: {error}") from None
    return found.content, ev.stamp(found.written)


def leave_note(path: Path, *, by: str, how: Literal["command", "browser"], at: datetime, written: str = "") -> None:
    """Note beside a file that it was opened. Raises DegradedError when that can't be written."""
    note = Note(id=f"degraded-{uuid4().hex}", at=at, by=by, how=how, written=written)
    try:
        write_whole(path.with_name(f"{path.name}.opened-{uuid4().hex}"), msgspec.json.encode(note))
    except OSError as error:
        raise DegradedError(f"{path.parent}: the opening can't be noted: {error.strerror}") from None


def _notes(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.opened-*")) if path.parent.is_dir() else []


def _age(path: Path) -> datetime | None:
    with contextlib.suppress(DegradedError):
        return written_at(read(path))
    return None
