"""What a person says with the command beside a serving desk: a note under the log's master key, which the desk enters once.

Where no desk serves, the command enters it itself. The whole note is sealed: who can only write in the folder can forge none,
and send none again in another's name or for another incident.
"""

import asyncio
import base64
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from centre.opening import LiveLog
from centre.spool import LARGEST, Note, Sealed, Spool, append, leave_note
from incidents import events as ev
from incidents.audit import stream_of
from incidents.desk.desk import Desk
from incidents.desk.late_commands import record_past
from incidents.log import Record
from incidents.log.regular_files import read_regular
from incidents.log.snapshot import snapshot
from incidents.log.vault import Vault
from incidents.refusals import Refused
from incidents.retention.reading import PREFIX
from incidents.retention.times import times_of

KIND = "retention"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants entered, `incident`: of which one, or "". Without an event: that what is over be erased now.

    `by` and `second`, who confirmed it with them, are persons' names: a log gives each its pseudonym as it enters it.
    """

    id: str
    at: datetime
    by: str
    incident: str = ""
    second: str = ""
    event: ev.RetentionConfirmed | ev.HoldSet | ev.HoldLifted | None = None

    @property
    def stream(self) -> str:
        """Where it is entered."""
        return PREFIX + self.incident if self.incident else stream_of(self.at)

    def told(self, pseudonym: Callable[[str], str]) -> ev.Event | None:
        """The event as it is entered."""
        if isinstance(self.event, ev.RetentionConfirmed | ev.HoldLifted) and self.second:
            return msgspec.structs.replace(self.event, second=pseudonym(self.second))
        return self.event


def wish(
    by: str,
    event: ev.RetentionConfirmed | ev.HoldSet | ev.HoldLifted | None,
    *,
    incident: str = "",
    second: str = "",
) -> Wish:
    """A wish of now, under an id of its own."""
    id = f"{KIND}-{uuid4().hex}"
    return Wish(id=id, at=datetime.now(UTC), by=by, incident=incident, second=second, event=event)


def leave(path: Path, vault: Vault, wanted: Wish) -> None:
    """Leave it to the desk that serves the log at this path. Raises OSError."""
    sealed = Sealed(of=base64.b64encode(vault.seal_view(msgspec.json.encode(wanted))).decode())
    leave_note(path, KIND, Note(id=wanted.id, at=wanted.at, by="", event=sealed))


class Overtaken(ValueError):
    """Other times were confirmed since these were judged, and some would be shorter than those without anybody having seen it."""


async def enter(log: LiveLog, wanted: Wish, path: Path) -> None:
    """Enter it in the log at `path`, that nobody else writes. Raises LogUnavailable, Overtaken."""
    await _judged(path, log.vault.unseal, wanted)
    event = wanted.told(log.vault.pseudonym)
    assert event is not None
    actor = log.vault.pseudonym(wanted.by)
    await append(log, wanted.stream, event, id=wanted.id, at=wanted.at, actor=actor)


async def enter_waiting(log: LiveLog, path: Path) -> None:
    """Enter, in a log that nobody else writes, what was left to a desk that is gone: a hold counts from when it was said.

    What can't be read is left to the next desk, which says so. Raises LogUnavailable.
    """
    for file in sorted(path.parent.glob(f"{path.name}.{KIND}-*")):
        with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError, RecursionError):
            note = msgspec.json.decode(read_regular(file, LARGEST), type=Note)
            wanted = opened(note, log.vault.open_view)
            known = not wanted.incident or await log.version(wanted.stream)
            if wanted.event is not None and known:
                await enter(log, wanted, path)
                file.unlink(missing_ok=True)


async def _judged(path: Path, unseal: Callable[[Record], bytes | None], wanted: Wish) -> None:
    """Raises Overtaken, LogUnavailable."""
    if not isinstance(wanted.event, ev.RetentionConfirmed):
        return

    def newest() -> Record | None:
        with snapshot(path) as log:
            return log.last_of(("retention_confirmed",))

    if (record := await asyncio.to_thread(newest)) is None:
        return
    before = ev.entry(record, unseal(record) or b"").event
    assert isinstance(before, ev.RetentionConfirmed)
    if {*times_of(wanted.event.times).shorter_than(times_of(before.times))} - {*wanted.event.shorter.split()}:
        raise Overtaken("other times were confirmed meanwhile: begin again")


def opened(note: Note, open_view: Callable[[bytes], bytes | None]) -> Wish:
    """What a note says. Raises ValueError, or msgspec's, for what was not sealed as a wish under this log's key."""
    of = note.event.of if isinstance(note.event, Sealed) else ""
    wanted = msgspec.json.decode(open_view(base64.b64decode(of)) or b"", type=Wish)
    if wanted.id != note.id:
        raise ValueError("a wish under another id")
    return wanted


class Wishes(Spool):
    """The notes of such wishes beside a desk's log. `asked`: under which id a run is wanted, and by whom (a pseudonym)."""

    def __init__(self, path: Path, *, desk: Desk, log: LiveLog) -> None:
        super().__init__(path, KIND, desk=desk, log=log)
        self._unseal = log.vault.unseal
        self.asked: dict[str, str] = {}

    async def _record(self, note: Note) -> None:
        """Raises ValueError, or msgspec's, for what was not sealed as a wish under this log's key, or has no incident in it."""
        wanted = opened(note, self._desk.open_view)
        await _judged(self._path, self._unseal, wanted)
        actor, event = self._desk.pseudonym(wanted.by), wanted.told(self._desk.pseudonym)
        if event is None:
            if await self._log.find(wanted.id) is None:  # else it was done, and the note goes now
                self.asked[wanted.id] = actor
        elif wanted.incident and wanted.incident not in self._desk.board.incidents:
            try:
                await record_past(
                    self._log, self._desk.clock, wanted.incident, lambda before: event,
                    id=wanted.id, source_at=wanted.at, actor=actor,
                )  # fmt: skip
            except Refused as refused:
                if refused.code != "unknown_incident":
                    raise
                raise ValueError("the log has no such incident") from None  # it was put back from an older backup
        else:
            await self._desk.record(wanted.stream, lambda: event, id=wanted.id, source_at=wanted.at, actor=actor)
