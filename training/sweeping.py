"""What is over in a training room that is not running: recordings and debriefs. One that runs sees to it itself, each hour."""

import asyncio
from datetime import UTC, datetime

import msgspec

from incidents.log import LogInUse, LogUnavailable
from incidents.log.store import WriteLock
from training.exercise.archive import delete, over
from training.isolation import RoomSettings
from training.recordings import Recordings
from training.retention import erased


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """How many recordings and debriefs were over. `room`: a room runs, which deletes them by itself."""

    recordings: int
    debriefs: int
    room: bool = False


async def sweep(settings: RoomSettings, *, only_look: bool) -> Swept:
    """Delete what is over, or only say how much that is. Raises OSError."""
    try:
        incidents = await erased(settings.log)
    except LogUnavailable:
        incidents = frozenset()
    return await asyncio.to_thread(_swept, settings, incidents, only_look)


def _swept(settings: RoomSettings, incidents: frozenset[str], only_look: bool) -> Swept:
    now, exercises = datetime.now(UTC), settings.folder / "exercises"
    recordings = Recordings(settings.folder / "recordings", now=lambda: now)
    folders = over(exercises, now, settings.keep_days, incidents)
    found = Swept(recordings=len(recordings.over(incidents)), debriefs=len(folders))
    if only_look or not (found.recordings or found.debriefs):
        return found
    lock = WriteLock(settings.folder / "room.log")
    try:
        lock.acquire()
    except LogInUse:
        return msgspec.structs.replace(found, room=True)
    try:
        recordings.sweep(incidents)
        for folder in folders:
            delete(folder)
    finally:
        lock.release()
    return found
