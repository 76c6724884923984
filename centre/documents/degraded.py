"""The degraded-mode file on disk: renewed by the desk, opened by a supervisor, each opening entered in the log.

Whoever opens it leaves a note beside the file, because a log has one writer and the desk may be down; the desk enters the
notes when it runs, and takes a note away only once the log has it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

from centre.settings import Settings
from centre.spool import Note, Spool, leave_note, write_whole
from dashboard.documents.degraded.page import locked_page, sheet_page
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.clock import Clock
from incidents.degraded.seal import SealError, open_sealed, seal, written_at
from incidents.degraded.sheet import sheet
from incidents.desk.desk import Desk
from incidents.health import FileHealth
from incidents.incident import Incident
from incidents.log import Log
from incidents.log.regular_files import read_regular
from incidents.ports import InWords, no_words

LOOK_S = 5.0
MAX_FILE = 64 << 20  # bytes: a hundred times what all cases of the country make
NAME = "vigie-degraded.html"
NOTED = "opened"

_logger = logging.getLogger(__name__)


class DegradedError(Exception):
    """The file can't be opened: which, and why."""


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
        near: InWords = no_words,
        share: Callable[[Incident], float | None] = lambda incident: None,
        credit: Callable[[], str] = lambda: "",
    ) -> None:
        self.path = settings.degraded.file or settings.log.with_name(NAME)
        self._settings = settings
        self._desk, self._log, self._cases, self._names = desk, log, cases, names
        self._clock, self._translate, self._near, self._share = clock, translate, near, share
        self._credit = credit
        self._every = timedelta(minutes=settings.degraded.every_min)
        self._written: datetime | None = None
        self._reason = ""
        self._try_at: datetime | None = None
        self._notes = Spool(self.path, NOTED, desk=desk, log=log)
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
        """The file as it is, sealed; None when there is none. A link to anything else is no such file and goes to nobody."""
        with contextlib.suppress(DegradedError):
            content = await asyncio.to_thread(read, self.path)
            return content if written_at(content) is not None else None
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
        await self._notes.enter()
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
            near=self._near,
            share=self._share,
        )
        try:
            await asyncio.to_thread(self._seal_and_write, sheet_page(content, self._translate, self._credit()), now)
        except SealError as error:
            return str(error)
        except (OSError, UnicodeDecodeError) as error:
            return getattr(error, "strerror", None) or "the passphrase is no text"
        self._written = now
        return ""

    def _seal_and_write(self, page: str, now: datetime) -> None:
        assert self._settings.degraded.passphrase_file is not None
        passphrase = read_regular(self._settings.degraded.passphrase_file).decode()
        block = seal(page.encode(), passphrase, now)
        write_whole(self.path, locked_page(block, now, self._translate).encode())


def read(path: Path) -> bytes:
    """The file's bytes. Raises DegradedError in one line: missing, a folder, unreadable, too large."""
    try:
        return read_regular(path, MAX_FILE)
    except OSError as error:
        raise DegradedError(f"{path}: {error.strerror or error}") from None


def opened(path: Path, passphrase: str) -> tuple[bytes, str]:
    """The sheet in a file, and when it was written. Raises DegradedError in one line."""
    try:
        found = open_sealed(read(path), passphrase)
    except SealError as error:
        raise DegradedError(f"{path}: {error}") from None
    return found.content, ev.stamp(found.written)


def note_opened(path: Path, *, by: str, how: Literal["command", "browser"], at: datetime, written: str = "") -> None:
    """Note beside a file that it was opened. Raises DegradedError when that can't be written."""
    event = ev.DegradedFileOpened(how=how, written=written, need="duty")
    try:
        leave_note(path, NOTED, Note(id=f"degraded-{uuid4().hex}", at=at, by=by, event=event))
    except OSError as error:
        raise DegradedError(f"{path.parent}: the opening can't be noted: {error.strerror}") from None


def _age(path: Path) -> datetime | None:
    with contextlib.suppress(DegradedError):
        return written_at(read(path))
    return None
