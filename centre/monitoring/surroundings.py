"""What a desk stands on and does not hear of by itself: keys, backups, disks, certificates, the clock; looked at once a minute.

A thread looks, that nobody waits for: a disk that hangs holds up neither an alarm, nor a scrape, nor the end.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import msgspec

from centre.access import all_in_the_clear
from centre.backup.noted import Noted
from centre.checks.certificates import last_days
from centre.checks.clock import adjtimex
from centre.checks.keys import last_backup, lost_files
from centre.checks.storage import folders
from centre.settings import Settings
from incidents.log.replicas import Replicas
from incidents.log.store import beside
from incidents.presence.clocks import HeldClock

EVERY_S = 60.0
READ_EACH_TIME = "evidence.cert_file"  # the others are in use as they were at the start


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What was observed. `room`: bytes free and in all, by the kind of folder; `ends`: when each certificate in use ends;
    `clock`: whether it is kept right, and its largest error in ms. What can't be told is not there."""

    lost: str = ""
    backups: Noted = Noted()
    room: Mapping[str, tuple[int, int]] = {}
    ends: Mapping[str, datetime] = {}
    clock: tuple[bool, float] | None = None


class Observer:
    """Observes once a minute, in a thread: that may hang, and then what was observed is forgotten."""

    async def run(self) -> None:
        """Observe for ever."""
        while True:
            observing = Thread(target=self.observe, name="surroundings", daemon=True)
            observing.start()
            await asyncio.sleep(EVERY_S)
            while observing.is_alive():
                self.forget()
                await asyncio.sleep(EVERY_S)

    def observe(self) -> None:
        """Observe once, in any thread."""
        raise NotImplementedError

    def forget(self) -> None:
        """What was observed is not known to be so any more."""
        raise NotImplementedError


class Surroundings(Observer):
    """Those of the desk whose settings these are: they name the log that is meant, also while alarms go into one aside."""

    def __init__(self, settings: Settings, clock: HeldClock | None = None, replicas: Replicas | None = None) -> None:
        """`clock`: the one that is held to other servers', where there are; `replicas`: those of their log."""
        self.held, self.replicas = clock, replicas
        self.observed = Observed()
        self._settings = settings
        self._clear = any(all_in_the_clear(settings))
        self._ends: dict[str, datetime] = {}

    def forget(self) -> None:
        """Forget the numbers; what is lost stays lost."""
        self.observed = Observed(lost=self.observed.lost)

    def observe(self) -> None:
        """Observe once, in any thread. A thing that can't be looked at is left out, and the others are not."""
        settings, log, lost = self._settings, self._settings.log, ""
        with contextlib.suppress(OSError):
            files = lost_files(log, settings.key_file or beside(log, ".key"), beside(log, ".private"))
            lost = "; ".join(f"{path.name} {why}" for path, why in files)
        for name, end in last_days(settings).items():
            self._ends[name] = end if name == READ_EACH_TIME else self._ends.get(name, end)
        self.observed = Observed(
            lost=lost,
            backups=last_backup(log, datetime.now(UTC)) or Noted(),
            room=dict(rooms_of(folders(settings))),
            ends=dict(self._ends),
            clock=adjtimex(),
        )

    def faults(self) -> Iterator[tuple[str, str]]:
        """What of it is a fault, and why, as the table of faults has it."""
        if self.observed.lost:
            yield "log_files_lost", self.observed.lost
        if self._clear:
            yield "in_the_clear", ""
        if self.held is not None and self.held.fault:
            yield "clocks_differ", self.held.fault
        if self.replicas is not None and self.replicas.lost:
            yield "replica_lost", ", ".join(self.replicas.lost)


def rooms_of(folders: Mapping[str, Path]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Bytes free and in all of each folder's disk that answers."""
    for kind, folder in folders.items():
        with contextlib.suppress(OSError):
            room = shutil.disk_usage(folder)
            yield kind, (room.free, room.total)
