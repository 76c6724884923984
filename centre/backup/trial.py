"""The test of a backup: restored into a folder of its own, tried, and recorded, however it ended."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from centre.backup.manifest import BACKUP, BackupError
from centre.backup.noted import note
from centre.backup.restoring import Restored, tried
from centre.settings import Settings
from centre.spool import TESTED, enter_or_note
from incidents import events as ev
from incidents.log.copying import Progress
from incidents.log.store import os_reason


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How a test ended: what was restored, or as `failure` why nothing can be. `notes` is to be said beside it."""

    restored: Restored | None
    failure: str
    notes: list[str]


async def try_backup(
    settings: Settings,
    backup: Path,
    keys: Path,
    *,
    by: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    told: Progress = lambda size: None,
) -> Trial:
    """Restore a backup into a folder that goes again, and enter in the log of these settings that it was done, by whom.

    On a machine without that log it is entered nowhere, and the trial's notes say so.
    """

    def restored() -> Restored:
        with tried(backup, keys, told) as found:
            return found

    found, failure, notes = None, "", list[str]()
    try:
        found = await asyncio.to_thread(restored)
    except BackupError as error:
        failure = str(error)
    event = ev.BackupTested(
        backup=backup.name if re.fullmatch(BACKUP, backup.name) else "",
        ok=found is not None,
        digest=found.manifest.digest if found else "",
        open_incidents=len(found.proof.open_incidents) if found else 0,
    )
    if not settings.log.is_file():  # a log is made by a desk, never by a look at a backup
        return Trial(restored=found, failure=failure, notes=[f"{settings.log}: no log: the test is not recorded"])
    at = now()
    try:
        entered = await enter_or_note(settings.log, settings.key_file, TESTED, event, by=by, at=at)
        if not entered:
            notes.append("noted beside the log: the desk enters that it was tested")
    except OSError as error:
        notes.append(f"{settings.log}: {os_reason(error)}: the test is not recorded")
    if wrong := note(settings.log, tested_at=at, ok=found is not None):
        notes.append(wrong)
    return Trial(restored=found, failure=failure, notes=notes)
