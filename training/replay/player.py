"""A replay in a person's hands: play, pause, step, seek, faster and slower, while its pages see what the desk saw."""

import asyncio
import bisect
import contextlib
import itertools
import math
import shutil
from collections.abc import Callable
from pathlib import Path

from centre.assembly import pages_of
from feeds.recordings.recording import Recording
from incidents.board import Board
from incidents.exercises.room import SPEEDS, Played, PlayState, TrainingError
from incidents.log import LogUnavailable
from incidents.log.training import TrainingLog
from incidents.shifts import ShiftTimes
from maps.zones import Zones
from training.replay.desk import WatchedDesk
from training.replay.run import Run, Stage
from training.replay.schedule import Score

AT_ONCE = 200  # entries between two looks at what was asked meanwhile


class Replay:
    """Implements `incidents.exercises.room.Player`. `told` is called at each change of `played()` but the time going by."""

    def __init__(
        self, id: str, name: str, score: Score, folder: Path, zones: Zones, told: Callable[[], None] = lambda: None
    ) -> None:
        self.id = id
        self.name = name
        self._score = score
        self._folder = folder
        self._told = told
        self._at = [(entry.at - score.begin).total_seconds() for entry in score.entries]
        self._stage = stage = Stage(score, zones)
        self._clock, self._board = stage.clock, stage.board
        self._desk = WatchedDesk(stage.board, stage.clock, stage.cases, self._named)
        # The pages' part of a desk is all they use: what writes is not there.
        self.consoles = pages_of(
            self._desk,  # type: ignore[arg-type]
            zones,
            shift=ShiftTimes(starts=(), bench_devices=()),
        )
        self._runs = itertools.count(1)
        self._run: Run | None = None
        self._state: PlayState = "ready"
        self._turn = asyncio.Lock()
        self._asked = asyncio.Event()
        self._playing: asyncio.Task[None] | None = None
        self.closed = False

    @classmethod
    async def open(
        cls,
        id: str,
        name: str,
        recording: Recording,
        *,
        folder: Path,
        zones: Zones,
        told: Callable[[], None] = lambda: None,
    ) -> "Replay":
        """Make everything ready before the first entry. Raises TrainingError: recording_empty, replay_failed."""
        replay = cls(id, name, await asyncio.to_thread(Score, recording), folder, zones, told)
        replay.consoles.start()
        try:
            await replay._begin()
        except BaseException:
            await replay.close()
            raise
        return replay

    def played(self) -> Played:
        """Where it stands."""
        now = self._clock.now()
        run = self._run
        return Played(
            state=self._state,
            at_s=(now - self._score.begin).total_seconds(),
            length_s=self._score.length_s,
            speed=self._clock.speed,
            now=now,
            marks=self._score.marks,
            passed_over=run.passed_over if run else 0,
            trouble=run.trouble if run else "",
        )

    async def play(self) -> None:
        """Go on, to the end or until somebody pauses."""
        async with self._turn:
            if self._state in ("ready", "paused") and not self.closed:
                self._go()

    async def pause(self) -> None:
        """Stand; what is under way is finished first."""
        async with self._turn:
            await self._stop()

    async def step(self) -> None:
        """To the next message or decision, then stand."""
        async with self._turn:
            await self._stop()
            if self._state in ("ready", "paused") and not self.closed:
                await self._advance(self._next + 1)
                self._rest()

    async def seek(self, at_s: float) -> None:
        """To this moment by a fresh log, then as before. Raises TrainingError("time_invalid"), ("replay_failed")."""
        if not (math.isfinite(at_s) and 0 <= at_s <= self._score.length_s):
            raise TrainingError("time_invalid")
        async with self._turn:
            if self.closed:
                return
            went = self._playing is not None
            await self._stop()
            self._to("seeking")
            with self._board.anew():
                await self._begin()
                await self._advance(bisect.bisect_right(self._at, at_s))
            if self._next < len(self._at):
                self._clock.set(at_s)
            self._rest()
            if went and self._state == "paused":
                self._go()

    def at_speed(self, speed: float) -> None:
        """One of SPEEDS. Raises TrainingError("speed_invalid")."""
        if speed not in SPEEDS:
            raise TrainingError("speed_invalid")
        self._clock.speed = speed
        self._asked.set()
        self._tell()

    async def close(self) -> None:
        """Let go of everything; its log and its folder go with it."""
        async with self._turn:
            if self.closed:
                return
            self.closed = True
            await self._stop()
            await self.consoles.stop(over=True)
            if self._run is not None:
                run, self._run = self._run, None
                await run.close()
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        self._told()

    @property
    def log(self) -> TrainingLog:
        """The log as far as it was played. Another one after a seek."""
        assert self._run
        return self._run.log

    @property
    def board(self) -> Board:
        """What goes on there."""
        return self._board

    @property
    def _next(self) -> int:
        return self._run.next if self._run else 0

    def _named(self, pseudonym: str) -> str | None:
        return self._run.log.vault.name_of(pseudonym) if self._run else None

    async def _begin(self) -> None:
        """A fresh run, before its first entry. The one before is over."""
        if self._run is not None:
            run, self._run = self._run, None
            await run.close()
        self._clock.set(0.0)
        try:
            self._run = await Run.open(self._stage, self._folder / str(next(self._runs)))
        except (LogUnavailable, OSError) as error:
            self._to("failed")
            raise TrainingError("replay_failed") from error
        self._clock.between(self._score.begin, self._score.begin)

    async def _advance(self, upto: int) -> None:
        """Play the entries below this one, and stand between the last and the next."""
        assert self._run
        await self._run.advance(upto)
        entries, after = self._score.entries, self._run.next
        last = entries[after - 1].at if after else self._score.begin
        self._clock.between(last, entries[after].at if after < len(entries) else last)

    def _go(self) -> None:
        self._asked.clear()
        self._clock.run()
        self._to("playing")
        self._playing = asyncio.create_task(self._play(), name="replay")

    async def _play(self) -> None:
        while self._state == "playing" and self._run and not self._run.trouble and self._next < len(self._at):
            self._asked.clear()
            due = bisect.bisect_right(self._at, self._clock.at_s())
            if due > self._next:
                await self._advance(min(due, self._next + AT_ONCE))
                continue
            wait_s = (self._at[self._next] - self._clock.at_s()) / self._clock.speed
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(wait_s, 0.0)):
                    await self._asked.wait()
        if self._state == "playing":
            self._playing = None
            self._rest()

    async def _stop(self) -> None:
        """End playing, after the entries that are under way."""
        if self._playing is not None:
            playing, self._playing = self._playing, None
            self._state = "paused"
            self._asked.set()
            await playing
            self._rest()

    def _rest(self) -> None:
        """Stand where it is, and say so."""
        self._clock.stand()
        assert self._run
        ended = self._next >= len(self._at)
        self._to("failed" if self._run.trouble else "ended" if ended else "paused")

    def _to(self, state: PlayState) -> None:
        self._state = state
        self._tell()

    def _tell(self) -> None:
        self.consoles.again()
        self._told()
