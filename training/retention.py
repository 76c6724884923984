"""How long a recording is kept: as long as what it was made of, and no day longer.

A recording does not say of which incidents it was made. The room's folder does (`sources.json`), so that an erased incident
takes with it what was recorded of it; files elsewhere end by their own `expires`.
"""

import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

import msgspec

from centre.spool import write_whole
from incidents.exercises.room import TrainingError
from incidents.log.sqlite import SqliteLog
from training.extraction import Told

INDEX = "sources.json"
CUT = 0.25  # of what is left of a source's time: `expires` must not tell when it was closed


class Kept(msgspec.Struct, frozen=True):
    """Of which incidents of the live log a file was made, and when it ends."""

    sources: tuple[str, ...]
    expires: datetime


class Sources:
    """The index of one folder: by a recording's name, what it was made of. Raises OSError where it can't be read or written."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / INDEX
        self._turn = threading.Lock()  # recordings are made in threads, one beside the other

    def all(self) -> dict[str, Kept]:
        """What is known; a file that can't be understood raises OSError: nothing may be forgotten silently."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Kept])
        except FileNotFoundError:
            return {}
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise OSError(f"{self._path}: can't be understood") from None

    def keep(self, name: str, kept: Kept) -> None:
        """Remember one, before its file is there."""
        with self._turn:
            write_whole(self._path, msgspec.json.encode({**self.all(), name: kept}))

    def forget(self, names: Collection[str]) -> None:
        """Forget these, after their files went."""
        with self._turn:
            known = self.all()
            left = {name: kept for name, kept in known.items() if name not in names}
            if len(left) < len(known):
                write_whole(self._path, msgspec.json.encode(left))


def expires(incidents: Sequence[Told], *, keep_days: int, now: datetime, masked: bool, chance: Random) -> datetime:
    """When a recording made of these ends: never later than `keep_days` after the first of them was closed, at midnight.

    Masked it ends some days earlier, by chance, so that its end does not tell the day of the original. Raises
    TrainingError("expired") when that is over already.
    """
    latest = min(one.closed_at for one in incidents) + timedelta(days=keep_days)
    left = latest - now
    if masked:
        left *= 1 - chance.uniform(0.0, CUT)
    end = datetime.combine((now + left).astimezone(UTC).date(), time(), UTC)
    if end <= now:
        raise TrainingError("expired")
    return end


async def erased(path: Path) -> frozenset[str]:
    """The incidents of the live log that were erased; it is opened for reading, without its keys. Raises LogUnavailable."""
    log = await SqliteLog.open(path, reading=True, keyless=True)
    try:
        streams = await log.latest(["erased"])
    finally:
        await log.close()
    return frozenset(stream.removeprefix("incident/") for stream in streams)
