"""Making a recording: read the live log, mask, write the file; entered in the centre's log before anybody has it.

The training room only reads the live log: what it did it notes beside it, and the desk that writes it enters that.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from dashboard.access.taker import kept_by, taker
from feeds.decoding.fields import printable
from feeds.recordings.recorded import LONGEST, TEXTS
from feeds.recordings.recording import Recording
from incidents import events as ev
from incidents.audit import role_of
from incidents.cases import CaseRegister
from incidents.exercises.room import Masking, TrainingError
from incidents.log import LogUnavailable
from incidents.log.sqlite import KeyMismatch, SqliteLog
from incidents.timeline import NoSuchIncident
from maps.zones import Zones
from reports.evidence.gather import find_incident
from training.extraction import recorded, told
from training.masking import mask
from training.retention import expires


class Original(msgspec.Struct, frozen=True):
    """What is recorded, as it was; when a masked recording of it ends; the incidents' ids; the roles of who asked."""

    recording: Recording
    masked_until: datetime
    sources: tuple[str, ...]
    role: str = ""


class Source:
    """Where recordings are made of: the live log and the cases, both only read."""

    def __init__(
        self, log: Path, cases: Path | None, key_file: Path | None, users: Path, *, zones: Zones, keep_days: int
    ) -> None:
        self._log, self._cases, self._key_file, self._users = log, cases, key_file, users
        self._zones, self._keep_days = zones, keep_days

    async def original(self, incidents: Sequence[str], *, now: datetime, by: str) -> Original:
        """What is recorded of closed incidents, by their ids or enough of each's beginning.

        `by` is the account of who asks: what its case keeps from them is unknown.

        Raises TrainingError: unknown, not_closed, erased, expired, too_many, log, cases.
        """
        register = CaseRegister.open(self._cases, key_file=self._key_file)
        if register.state not in ("open", "none"):
            raise TrainingError("cases")
        try:
            log = await SqliteLog.open(self._log, key_file=self._key_file, reading=True)
        except (LogUnavailable, KeyMismatch):
            raise TrainingError("log") from None
        try:
            names = tuple(dict.fromkeys([await find_incident(log, one) for one in incidents]))
            taken = [await told(log, name) for name in names]
            rule = kept_by(register, log.vault)
            asks = await asyncio.to_thread(taker, self._users, self._key_file, by)
            if any(rule.incident(one.incident, asks) for one in taken):
                raise TrainingError("unknown")
        except LogUnavailable:
            raise TrainingError("log") from None
        except NoSuchIncident:
            raise TrainingError("unknown") from None
        finally:
            await log.close()
        recording = recorded(taken, cases=register, made=now, title=f"{len(names)} incident{'s' * (len(names) > 1)}")
        ends = [
            expires(taken, keep_days=self._keep_days, now=now, masked=masked, chance=secrets.SystemRandom())
            for masked in (False, True)
        ]
        return Original(msgspec.structs.replace(recording, expires=ends[0]), ends[1], names, role_of(asks))

    def masked(
        self, original: Original, how: Masking, *, title: str = "", reviewed: Mapping[str, str] | None = None
    ) -> Recording:
        """The recording as it may be handed out: one that every reader takes.

        Raises TrainingError: far_apart, no_place, reviewed_names, masking_failed.
        """
        recording = msgspec.structs.replace(
            original.recording, title=printable(title)[:200] or original.recording.title
        )
        if how != "none":
            until = original.masked_until
            recording = mask(
                recording, how=how, zones=self._zones, expires=until, title=recording.title, reviewed=reviewed
            )
        if recording.length_s > LONGEST.total_seconds():
            raise TrainingError("far_apart", str(LONGEST.days))
        return recording


def made_event(
    original: Original, masking: Masking | Literal["texts"], sha256: str, *, page: bool, reason: str
) -> ev.RecordingMade:
    """That it was made."""
    how: Literal["page", "command"] = "page" if page else "command"
    return ev.RecordingMade(
        incidents=" ".join(original.sources),
        masking=masking,
        sha256=sha256,
        how=how,
        role=original.role,
        reason=reason.strip(),
    )


def free_texts(recording: Recording) -> list[str]:
    """Every text that somebody wrote, once each, in the order of the recording: for a person to review."""
    found: dict[str, None] = {}

    def look(thing: object) -> None:
        if isinstance(thing, dict):
            for name, value in thing.items():
                if name in TEXTS and isinstance(value, str) and value and thing.get("type") != "ordered":
                    found.setdefault(value)
                elif name not in ("body", "raw"):
                    look(value)
        elif isinstance(thing, list | tuple):
            for value in thing:
                look(value)

    look([msgspec.to_builtins(line) for line in recording.lines])
    look(msgspec.to_builtins(recording.cases))
    return list(found)
