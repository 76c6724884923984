"""A new log filled at once: by a desk's own writer, with its keys, chain and checkpoints, but without waiting for each record."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from incidents.log import Draft, LogUnavailable
from incidents.log.record import check_draft
from incidents.log.schema import LIVE, NAME, check_log, create_log
from incidents.log.store import Store, WriteLock
from incidents.log.vault import Vault
from incidents.log.writer import Append, Checkpoint, Job, Writer

_GROUP = 2048


class Filling:
    """The open new log. `vault` gives its ids and pseudonyms."""

    def __init__(self, vault: Vault, writer: Writer) -> None:
        self.vault = vault
        self._writer = writer
        self._jobs: list[Job] = []
        self._versions: dict[str, int] = {}

    def write(self, stream: str, draft: Draft) -> None:
        """Put a record at the end of its stream. Raises `BadRecord`, and `LogUnavailable` when a group can't be written."""
        check_draft(stream, draft)
        version = self._versions.get(stream, 0)
        self._versions[stream] = version + 1
        self._jobs.append(Append(stream, version, draft))
        if len(self._jobs) >= _GROUP:
            self.flush()

    def seal(self, at: str) -> None:
        """Write a checkpoint over all that was written."""
        self._jobs.append(Checkpoint(at))

    def flush(self) -> None:
        """Write what waits. Raises `LogUnavailable`, or whatever kept a record from its place."""
        jobs, self._jobs = self._jobs, []
        sealing = [job for job in jobs if isinstance(job, Append) and job.draft.sealed]
        # All keys together, whatever checkpoints part the group.
        self.vault.prepare_for((job.stream, (job.expected or 0) + 1, job.draft.at) for job in sealing)
        for outcome in self._writer.commit(jobs):
            if isinstance(outcome, Exception):
                raise outcome


@contextlib.contextmanager
def filling(path: Path, *, key_file: Path | None = None) -> Iterator[Filling]:
    """Fill the log at this path, which must be new or empty; at the end it is as one that a desk closed.

    Raises `LogUnavailable` when it holds anything or can't be written, and `KeyMismatch`.
    """
    lock = WriteLock(path)
    lock.acquire()
    try:
        create_log(path)
        _check_empty(path)
        vault = Vault.open(path, key_file=key_file)
        writer = Writer(path, vault, lock, durable=False)  # what is made up can be made again: only the end must last
        try:
            log = Filling(vault, writer)
            yield log
            log.flush()
        finally:
            writer.close()
            _sync(path)
            vault.close(settled=True)
    finally:
        lock.release()


def _check_empty(path: Path) -> None:
    with Store(path, NAME, writing=False) as store:
        check_log(store, LIVE)
        with store.use() as db:
            if db.execute("SELECT 1 FROM records LIMIT 1").fetchone():
                raise LogUnavailable(f"{NAME}: it is not empty; a past is made in a new or empty one only")


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
