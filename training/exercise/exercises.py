"""All exercises of a training room: those that run, who may join them, and those that are kept."""

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from feeds.recordings.recording import Recording
from incidents.clock import Clock
from incidents.escalation.ladder import WatchTimes
from incidents.exercises.room import EndedExercise, Trainee, TrainingError
from incidents.exercises.scenario import Scenario
from maps.zones import Zones
from training.exercise.archive import ACCOUNT, Kept, delete, ended_at, expires_at, kept_folders, names_of, over
from training.exercise.running import RunningExercise
from training.exercise.trainees import as_code

MOST = 8  # at once
LINGER_S = 15.0  # until an exercise that is over is closed: its pages must have heard it


class Exercises:
    """`folder` keeps them, for `keep_days` after their end; `changed` is called at each change. `await close()` at the end."""

    def __init__(
        self,
        folder: Path,
        *,
        zones: Zones,
        clock: Clock,
        times: WatchTimes,
        keep_days: int,
        changed: Callable[[], None],
    ) -> None:
        self._folder = folder
        self._zones = zones
        self._clock = clock
        self._times = times
        self._keep_days = keep_days
        self._changed = changed
        self._running: dict[str, RunningExercise] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}

    async def open(
        self,
        name: str,
        scenario: Scenario,
        recordings: Mapping[str, Recording],
        *,
        trainer: str,
        sources: Sequence[str] = (),
        speed: float = 1.0,
    ) -> RunningExercise:
        """A new exercise, which waits for its trainer. `recordings` are those it is made of, by name; `sources` the incidents of
        the live log that these were made of.

        Raises TrainingError (too_many; unmasked: no trainee may see who a recording is of), OSError and LogUnavailable.
        """
        if any(recording.names_people for recording in recordings.values()):
            raise TrainingError("unmasked")
        if len(self.running()) >= MOST:
            raise TrainingError("too_many")
        exercise = await RunningExercise.open(
            self._folder / secrets.token_hex(8),
            name=name,
            scenario=scenario,
            recordings=recordings,
            zones=self._zones,
            trainer=trainer,
            sources=sources,
            times=self._times,
            changed=self._look,
            speed=speed,
        )
        self._running[exercise.id] = exercise
        self._changed()
        return exercise

    async def close(self) -> None:
        """End and close all."""
        for task in self._leaving.values():
            task.cancel()
        await asyncio.gather(*self._leaving.values(), return_exceptions=True)
        for exercise in tuple(self._running.values()):
            await exercise.close()

    def running(self) -> Sequence[RunningExercise]:
        """Those that wait, run or are paused."""
        return [exercise for exercise in self._running.values() if exercise.state != "ended"]

    def join(self, code: str, name: str, account: str) -> str:
        """The token of a trainee's browser. Raises TrainingError: code_unknown, name_missing, name_taken, full."""
        typed = as_code(code).encode()
        found = [exercise for exercise in self.running() if hmac.compare_digest(exercise.code.encode(), typed)]
        if not found:
            raise TrainingError("code_unknown")
        return found[0].join(name, account)

    def of(self, token: str) -> tuple[RunningExercise, Trainee] | None:
        """The exercise that this browser takes part in, and as whom; None when it does in none, or it is closed."""
        for exercise in self._running.values():
            if (found := exercise.trainees.of(token)) is not None:
                return exercise, Trainee(id=found.id, name=found.name, account=found.account)
        return None

    def ended(self) -> Sequence[EndedExercise]:
        """Those that are over and still kept, the newest first."""
        running = {exercise.id for exercise in self.running()}
        found = ((folder, kept) for folder, kept in kept_folders(self._folder) if kept.id not in running)
        return [self._ended(folder, kept) for folder, kept in found if kept.began is not None]

    def folder_of(self, exercise: str) -> Path:
        """Where an ended exercise is kept. Raises TrainingError("unknown")."""
        for folder, kept in kept_folders(self._folder):
            if kept.id == exercise and kept.id not in {running.id for running in self.running()}:
                return folder
        raise TrainingError("unknown")

    def forget(self, exercise: str) -> None:
        """Delete an ended exercise. Raises TrainingError: unknown, still_open, not_deleted."""
        folder = self.folder_of(exercise)
        if exercise in self._running:
            raise TrainingError("still_open")
        try:
            delete(folder)
        except OSError:
            raise TrainingError("not_deleted") from None
        self._changed()

    def tidy(self, erased: Collection[str] = ()) -> None:
        """Delete those whose time is over, what came of an incident that was `erased`, and what a crash left of exercises that
        never began."""
        running = {exercise.id for exercise in self._running.values()}
        for folder in over(self._folder, self._clock.now(), self._keep_days, erased):
            if folder.name not in running:
                with contextlib.suppress(OSError):
                    delete(folder)

    def _ended(self, folder: Path, kept: Kept) -> EndedExercise:
        persons = [word for one in kept.trainees for word in (one.actor, one.account)]
        names = names_of(folder, [kept.trainer, *persons])
        ended = ended_at(folder, kept)
        return EndedExercise(
            id=kept.id,
            title=kept.title,
            language=kept.language,
            scenario=kept.scenario,
            began=kept.began or ended,
            ended=ended,
            expires=expires_at(folder, kept, self._keep_days),
            trainer=names[kept.trainer],
            trainees=tuple(
                Trainee(id=one.actor, name=names[one.actor], account=names[one.account].removeprefix(ACCOUNT))
                for one in kept.trainees
            ),
            cut_off=kept.ended is None,
        )

    def _look(self) -> None:
        for exercise in self._running.values():
            if exercise.state == "ended" and exercise.id not in self._leaving:
                self._leaving[exercise.id] = asyncio.create_task(self._let_go(exercise), name="exercise: let go")
        self._changed()

    async def _let_go(self, exercise: RunningExercise) -> None:
        await asyncio.sleep(LINGER_S)
        self._running.pop(exercise.id, None)
        await exercise.close()
        del self._leaving[exercise.id]
        self._changed()
