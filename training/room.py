"""The training room: scenarios, recordings, replays, exercises, and who joined them, as `incidents.exercises.room.Room` has it.

It keeps a log of its own (`room.log` in its folder) of who signed in; it has no feed, no dispatch and no address outside.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from centre.assembly import Core
from centre.spool import RECORDED, Note, leave_note
from dashboard.components.whereabouts import Whereabouts
from incidents.cases import CaseRegister
from incidents.clock import Clock, SystemClock
from incidents.exercises.check import Problem, length_s
from incidents.exercises.debrief import Debrief, Standing
from incidents.exercises.room import EndedExercise, Masking, RecordingListed, ScenarioListed, Trainee, TrainingError
from incidents.exercises.scenario import Scenario
from incidents.listeners import tell
from incidents.log import LogUnavailable
from incidents.log.training import TrainingLog
from incidents.reasons import is_reason
from maps.zones import Zones
from reports.catalogue import Translator, translator
from training.debriefs import progress_of, progress_under, read_debrief, took_part
from training.exercise.exercises import Exercises
from training.exercise.running import RunningExercise
from training.exercise.trainees import code_in
from training.factory import Source, made_event
from training.finding import LiveSearch
from training.isolation import RoomSettings
from training.recordings import Recordings
from training.replay.player import Replay
from training.replay.replays import Replays
from training.retention import erased
from training.scenarios import ScenarioShelf

TIDY_S = 3600.0

_logger = logging.getLogger(__name__)


class TrainingRoom:
    """Everything of one training room. `await TrainingRoom.open(settings)`, `start()`, and `await close()` at the end."""

    def __init__(self, settings: RoomSettings, log: TrainingLog, zones: Zones, clock: Clock) -> None:
        self.settings = settings
        self.zones = zones
        self.clock = clock
        self._log = log
        # No feed reaches it: it keeps who signed in, and what was done in the room.
        self.desk = Core(log, zones, CaseRegister.open(None), clock).desk
        self._shelf = ScenarioShelf(
            settings.folder / "scenarios", recordings=self._recorded_devices, known_zone=zones.known
        )
        self._kept_in = settings.folder / "exercises"
        self._exercises = Exercises(
            self._kept_in,
            zones=zones,
            clock=clock,
            times=settings.watch,
            keep_days=settings.keep_days,
            changed=self._tell,
        )
        self._replays = Replays(settings.folder / "replays", zones, told=self._tell)
        self._recordings = Recordings(settings.folder / "recordings", now=clock.now)
        self._source = Source(
            settings.log,
            settings.cases,
            settings.key_file,
            settings.users,
            zones=zones,
            keep_days=settings.keep_days,
        )
        self.search = LiveSearch(settings, zones, clock)
        self._listeners: list[Callable[[], None]] = []
        self._loop = asyncio.get_running_loop()
        # As the pages of its exercises say them.
        self._reading = asyncio.Semaphore(1)  # one debrief at a time: exercises run on the same loop

    @classmethod
    async def open(
        cls, settings: RoomSettings, *, clock: Clock | None = None, zones: Zones | None = None
    ) -> "TrainingRoom":
        """Open the room's folder, made at the first start. Raises OSError, LogUnavailable, DataError."""
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if zones is None:
            zones = await asyncio.to_thread(Zones.load, settings.zones_dir)
        log = await TrainingLog.open(settings.folder / "room.log")
        room = cls(settings, log, zones, clock or SystemClock())
        try:
            await room.desk.open()
            await room._tidy()
        except BaseException:
            await log.close()
            raise
        return room

    async def run(self) -> None:
        """See to it that nothing is kept too long, until cancelled."""
        while True:
            await asyncio.sleep(TIDY_S)
            await self._tidy()

    async def close(self) -> None:
        """End what runs and let go of the files."""
        await self._exercises.close()
        await self._replays.close()
        await self.search.close()
        await self.desk.close()
        await self._log.close()

    def scenarios(self, language: str) -> Sequence[ScenarioListed]:
        """Every scenario that can be played, those that came with Vigie first, their titles in this language."""
        listed = []
        for name, shipped in self._shelf.names():
            try:
                scenario = self._shelf.read(name, language)
            except TrainingError:
                continue
            listed.append(
                ScenarioListed(
                    name=name,
                    title=scenario.title,
                    length_s=length_s(scenario, {}),
                    incidents=len(scenario.references),
                    injects=len(scenario.injects),
                    shipped=shipped,
                )
            )
        return listed

    def scenario(self, name: str, language: str) -> Scenario:
        """One that came with Vigie in this language, one's own as it was written. Raises TrainingError: unknown,
        scenario_invalid."""
        return self._shelf.read(name, language)

    def problems(self, scenario: Scenario) -> Sequence[Problem]:
        """Everything that is wrong with a scenario in this room."""
        return self._shelf.problems(scenario)

    def save_scenario(self, name: str, scenario: Scenario) -> None:
        """Checked first; one that came with Vigie is never overwritten. Raises TrainingError."""
        self._shelf.save(name, scenario)
        self._tell()

    def recordings(self, language: str) -> Sequence[RecordingListed]:
        """The recordings of the room, those that came with Vigie first, their titles in this language."""
        translate = translator(language)
        return [
            msgspec.structs.replace(one, title=translate(one.title)) if one.shipped else one
            for one in self._recordings.listed()
        ]

    def take_in(self, name: str, raw: bytes, by: str) -> RecordingListed:
        """A foreign recording file, wholly checked before anything of it is kept. Raises TrainingError."""
        listed = self._recordings.take_in(name, raw)
        self._tell_soon()
        return listed

    def record(
        self, incidents: Sequence[str], *, masking: Masking, reason: str, by: str, title: str = ""
    ) -> RecordingListed:
        """Make a recording of closed incidents of the live log, which is opened for reading only. Not on the loop's thread.

        It is noted beside the live log that it was made, before anybody has it; the desk enters that. Unmasked is for the
        command, and for an auditor.

        Raises TrainingError: not_allowed, reason_missing, not_written; as `Source.original` and `Source.masked`.
        """
        if masking == "none":
            raise TrainingError("not_allowed")
        if not is_reason(reason):
            raise TrainingError("reason_missing")
        now = self.clock.now()
        original = asyncio.run(self._source.original(incidents, now=now, by=by))
        recording = self._source.masked(original, masking, title=title.strip())

        def enter(sha256: str) -> None:
            event = made_event(original, masking, sha256, page=True, reason=reason)
            note = Note(id=f"{RECORDED}-{secrets.token_hex(16)}", at=now, by=by, event=event)
            leave_note(self.settings.log, RECORDED, note, self.settings.key_file)

        name = self._recordings.free_name("recording")
        listed = self._recordings.keep(name, recording, original.sources, enter)
        self._tell_soon()
        return listed

    async def forget_recording(self, recording: str) -> None:
        """Delete one of the room's own; an ended exercise that played it keeps its copy as long as itself.

        Raises TrainingError: unknown, came_with_vigie, in_use (an open replay or an exercise plays it), not_deleted.
        """
        played = {replay.name for replay in self.replays()}
        played |= {base.recording for exercise in self.exercises() for base in exercise.scenario.base}
        await asyncio.to_thread(self._recordings.forget, recording, played=played)
        self._tell()

    async def open_replay(self, recording: str) -> Replay:
        """A replay of one, ready before its first entry. Raises TrainingError."""
        played = await asyncio.to_thread(self._recordings.open, recording)
        return await self._replays.open(recording, played)

    async def open_exercise(self, scenario: str, *, trainer: str, language: str) -> RunningExercise:
        """Trainees join it by its code; it begins when its trainer starts it. One that came with Vigie is played in this
        language. Raises TrainingError."""
        played = await asyncio.to_thread(self._shelf.read, scenario, language)
        try:
            bases = {base.recording for base in played.base}
            recordings = {name: await asyncio.to_thread(self._recordings.open, name) for name in bases}
            sources = await asyncio.to_thread(self._recordings.sources, bases)
            return await self._exercises.open(scenario, played, recordings, trainer=trainer, sources=sources)
        except (OSError, LogUnavailable):
            raise TrainingError("not_written") from None

    def replays(self) -> Sequence[Replay]:
        """Those that are open, the oldest first."""
        return self._replays.all()

    def exercises(self) -> Sequence[RunningExercise]:
        """Those that wait, run or are paused."""
        return self._exercises.running()

    def ended(self) -> Sequence[EndedExercise]:
        """Those that are over and still kept, the newest first."""
        return self._exercises.ended()

    def folder_of(self, exercise: str) -> Path:
        """Where an ended exercise is kept, as `training.exercise.archive` says. Raises TrainingError("unknown")."""
        return self._exercises.folder_of(exercise)

    async def debrief(self, exercise: str, translate: Translator) -> Debrief:
        """The debrief of an ended exercise, its positions said as the reader reads them. Raises TrainingError: unknown,
        log_unavailable."""
        folder = self.folder_of(exercise)
        async with self._reading:
            return await read_debrief(folder, self.zones, addresses=Whereabouts(self.zones, None, translate))

    async def took_part(self, exercise: str, account: str) -> bool:
        """Whether somebody signed in under this account took part in an ended exercise. Raises TrainingError("unknown")."""
        return await asyncio.to_thread(took_part, self.folder_of(exercise), account)

    async def progress(self, account: str) -> Sequence[Standing]:
        """How who signs in with this account did, the earliest exercise first."""
        async with self._reading:
            return await progress_of(self._kept_in, account, self.zones)

    async def progress_of_trainees(self, trainer: str) -> Mapping[str, Sequence[Standing]]:
        """By account, how those did whom this trainer trained, in these exercises alone."""
        async with self._reading:
            return await progress_under(self._kept_in, trainer, self.zones)

    def forget(self, exercise: str) -> None:
        """Delete an ended exercise: its log, keys and all. Raises TrainingError: unknown, still_open, not_deleted."""
        self._exercises.forget(exercise)

    def join(self, code: str, name: str, account: str = "") -> str:
        """The token of a trainee's browser. Raises TrainingError: code_unknown, name_missing, name_taken, full.

        Whoever guesses over the network is slowed down by `/join`.
        """
        return self._exercises.join(code, name, account)

    def exercise_of(self, token: str) -> tuple[RunningExercise, Trainee] | None:
        """The exercise that a trainee's browser takes part in, until it is closed."""
        return self._exercises.of(token)

    def code_in(self, typed: str) -> str:
        """What was typed, as a code when it has the form of one, else ""; no exercise is looked for."""
        return code_in(typed)

    def takes_part(self, cookie: str, code: str = "") -> bool:
        """Whether the browser that sent this cookie is in an exercise that is not over; a page's own token does not count.

        With a code: in the exercise of this code.
        """
        running = self._exercises.running()
        return any(one.trainees.by_cookie(cookie) == "active" and code in ("", one.code) for one in running)

    def sound(self, token: str, name: str) -> bytes | None:
        """A sound file, for who takes part in an exercise; None when there is none."""
        return self._shelf.sound(name) if self._exercises.of(token) is not None else None

    def listen(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` at each change; gives what ends it."""
        self._listeners.append(told)
        return lambda: self._listeners.remove(told)

    def _tell(self) -> None:
        tell(self._listeners, what="a listener of the training room")

    def _tell_soon(self) -> None:
        """From whatever thread."""
        self._loop.call_soon_threadsafe(self._tell)

    async def _tidy(self) -> None:
        """Nothing is kept too long: exercises, recordings, and what was recorded of an incident that was erased since."""
        try:
            gone = await erased(self.settings.log)
        except LogUnavailable:
            gone = frozenset()
        await asyncio.to_thread(self._exercises.tidy, gone)
        try:
            await asyncio.to_thread(self._recordings.sweep, gone)
            await asyncio.to_thread(self._recordings.listed)  # read here, not when a page asks
        except OSError as error:
            _logger.error("recordings that are over could not be deleted: %s", error.strerror or "can't be read")

    def _recorded_devices(self) -> Mapping[str, Collection[str]]:
        return self._recordings.devices()
