"""The replays of a training room: a few at once, each in a folder of its own that goes when it is closed."""

import asyncio
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from feeds.recordings.recording import Recording
from incidents.exercises.room import TrainingError
from maps.zones import Zones
from training.replay.player import Replay

MOST = 4  # at once: each has a desk, a gateway and pages


class Replays:
    """`folder` is theirs alone: what a process that was killed left in it goes at the start. `close` at the end."""

    def __init__(
        self, folder: Path, zones: Zones, *, most: int = MOST, told: Callable[[], None] = lambda: None
    ) -> None:
        self._folder = folder
        self._zones = zones
        self._most = most
        self._told = told
        self._open: list[Replay] = []
        self._opening = 0
        shutil.rmtree(folder, ignore_errors=True)

    def all(self) -> tuple[Replay, ...]:
        """Those that are open, the oldest first."""
        self._open = [replay for replay in self._open if not replay.closed]
        return tuple(self._open)

    async def open(self, name: str, recording: Recording) -> Replay:
        """A new replay of a recording, ready before its first entry; its `close` ends it.

        Raises TrainingError: too_many, recording_empty, replay_stuck, replay_failed.
        """
        if len(self.all()) + self._opening >= self._most:
            raise TrainingError("too_many")
        id = secrets.token_hex(8)
        self._opening += 1
        try:
            replay = await Replay.open(
                id, name, recording, folder=self._folder / id, zones=self._zones, told=self._told
            )
        finally:
            self._opening -= 1
        self._open.append(replay)
        self._told()
        return replay

    async def close(self) -> None:
        """Close all."""
        for replay in self.all():
            await replay.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
