"""The log of a replay or an exercise: the same records in a file of another kind, which no live desk takes, nor the reverse.

Only here may keys, nonces and pseudonyms follow from a seed, so that a recording replayed gives the same bytes each time.
"""

import asyncio
from pathlib import Path
from typing import Self

from incidents.log import Record
from incidents.log.master import Random, fresh
from incidents.log.schema import NAME, TRAINING, check_log, create_log
from incidents.log.sqlite import LogFile
from incidents.log.store import Store, WriteLock
from incidents.log.vault import PrivateStore
from incidents.log.writer import Job, Writer


class TrainingVault(PrivateStore):
    """The private store of a training's log. `random` may be `seeded`."""

    APPLICATION = 0x56494751  # "VIGQ"

    @classmethod
    def open(cls, log: Path, *, random: Random = fresh, reading: bool = False) -> Self:
        """As `Vault.open`, in a file of another kind. Raises `KeyMismatch` and `LogUnavailable`."""
        return cls._open(log, None, random, reading=reading, durable=False)


class TrainingLog(LogFile[TrainingVault, Writer]):
    """A training's log: each record is written at once and in its order, without waiting for the disk."""

    at_once = True  # an append never waits: nobody needs to look at the clock meanwhile

    @classmethod
    async def open(cls, path: Path, *, random: Random = fresh, reading: bool = False) -> Self:
        """Open the training's log at this path, or make it; `reading` never makes or changes anything.

        Raises `LogUnavailable` for a live log, before anything of it is touched, and `KeyMismatch`.
        """
        vault, lock = await asyncio.to_thread(_open, path, random, reading)
        writer = Writer(path, vault, lock, application=TRAINING, durable=False) if lock else None
        return cls(path, vault, writer, lock)

    async def _put(self, job: Job) -> Record | None:
        outcome = self._written_by().commit([job])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def _open(path: Path, random: Random, reading: bool) -> tuple[TrainingVault, WriteLock | None]:
    if reading or path.exists():
        with Store(path, NAME, writing=False) as store:
            check_log(store, TRAINING)
    if reading:
        return TrainingVault.open(path, random=random, reading=True), None
    lock = WriteLock(path)
    try:
        lock.acquire()
        create_log(path, TRAINING)
        return TrainingVault.open(path, random=random), lock
    except BaseException:
        lock.release()
        raise
