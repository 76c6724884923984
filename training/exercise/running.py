"""A running exercise: the same parts as a live centre, on a clock, log, feed and dispatch of its own, and with no way out.

Nothing here takes an address: feed and dispatch are its own, on this machine, on free ports, behind secrets made for it. There is
no telling outside, no degraded-mode file, no evidence (docs/decisions/0015-the-wall-around-training.md).
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import msgspec

from centre.assembly import Assembly
from feeds.gateway import Gateway
from feeds.orders.simulated_dispatch import Dispatch, Plan
from feeds.recordings.recording import Recording
from incidents.case import Case
from incidents.cases import CaseRegister
from incidents.escalation.ladder import WatchTimes
from incidents.exercises.check import length_s
from incidents.exercises.room import ExerciseShown, ExerciseState, Halt, Remark, Told, TrainingError
from incidents.exercises.scenario import Action, Feed, Line, Message, Press, Scenario, Zone
from incidents.log.training import TrainingLog
from incidents.shifts import ShiftTimes
from maps.zones import Zones
from training.exercise.archive import ACCOUNT, LOG, Kept, KeptTrainee, delete, write_bases, write_kept, write_scenario
from training.exercise.clock import ExerciseClock
from training.exercise.desk import ExerciseDesk
from training.exercise.scheduler import Cue, Stage, exercise_device
from training.exercise.trainee_feed import News
from training.exercise.trainees import Trainees, new_code

HERE = "127.0.0.1"
NEVER_S = 24 * 3600  # an exercise has no centre that could be left without a console
AGAIN_S = 1.0
LONGEST_REMARK = 2000

_logger = logging.getLogger(__name__)


class RunningExercise:
    """`await RunningExercise.open(...)`, what its trainer asks, `end()` when it is over, `close()` when nobody looks."""

    def __init__(
        self,
        *,
        folder: Path,
        name: str,
        scenario: Scenario,
        recordings: Mapping[str, Recording],
        sources: Sequence[str],
        log: TrainingLog,
        zones: Zones,
        times: WatchTimes,
        trainer: str,
        changed: Callable[[], None],
        speed: float,
    ) -> None:
        self.id = folder.name
        self.folder = folder
        self.scenario = scenario
        self.code = new_code()
        self.state: ExerciseState = "waiting"
        self._name = name
        self._log = log
        self._changed = changed
        self._told: list[Told] = []
        self._remarks: list[Remark] = []
        self._halts: list[Halt] = []
        self._stood_s = 0.0  # since when it stands, by the clock on the wall
        self._injects = {inject.name: inject.what for inject in scenario.injects}
        self._ended_at: datetime | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._nudged = asyncio.Event()
        now = datetime.now(UTC)
        self.clock = ExerciseClock(now.replace(microsecond=now.microsecond // 1000 * 1000), speed=speed)
        self.length_s = length_s(scenario, {name: recording.length_s for name, recording in recordings.items()})
        expire = [recording.expires for recording in recordings.values() if recording.expires is not None]
        self._bases_expire = min(expire, default=None)
        self._sources = tuple(sources)
        self._stage = Stage(scenario, recordings, self.clock.begin)
        self.trainees = Trainees(self.clock)
        self.trainees.listen(self._trainees_changed)
        self._secret = secrets.token_urlsafe(32)
        self.gateway = Gateway("exercise", token=self._secret, exercise=True, clock=self.clock)
        self._port = 0
        self.dispatch = Dispatch(self.gateway, declines=0.0, clock=self.clock, wait=self.clock.wait)
        self._parts = Assembly(
            log,
            zones,
            CaseRegister.of((*_cases_of(recordings), *scenario.cases)),
            self.clock,
            desk=partial(ExerciseDesk, state=lambda: self.state),
            addresses=lambda zone: self.dispatch.url,
            times=msgspec.structs.replace(times, blind_s=NEVER_S),
            shift=ShiftTimes(starts=(), bench_devices=()),
            signins=self.trainees,
            training=lambda session: self.news.of(session),
        )
        self.desk, self.consoles = self._parts.desk, self._parts.consoles
        self._trainer = self.desk.pseudonym(trainer)
        self.news = News(self.id, scenario, self.clock, self.desk, lambda: self.state)

    @classmethod
    async def open(
        cls,
        folder: Path,
        *,
        name: str,
        scenario: Scenario,
        recordings: Mapping[str, Recording],
        zones: Zones,
        trainer: str,
        sources: Sequence[str] = (),
        times: WatchTimes | None = None,
        changed: Callable[[], None] = lambda: None,
        speed: float = 1.0,
    ) -> "RunningExercise":
        """Make an exercise of a checked scenario in a new folder: trainees may join, nothing happens before `start`.

        `sources`: the incidents that the recordings were made of.
        `changed` is called whenever what the trainer sees changed. Raises OSError and LogUnavailable.
        """
        await asyncio.to_thread(_make, folder, scenario, recordings)
        log = await TrainingLog.open(folder / LOG)
        try:
            exercise = cls(
                folder=folder,
                name=name,
                scenario=scenario,
                recordings=recordings,
                sources=sources,
                log=log,
                zones=zones,
                times=times or WatchTimes(),
                trainer=trainer,
                changed=changed,
                speed=speed,
            )
            await exercise._set_up()
        except BaseException:
            await log.close()
            raise
        return exercise

    async def _set_up(self) -> None:
        await self.desk.open()
        self._keep()
        await self.gateway.start(HERE)
        self._port = int(self.gateway.url.rpartition(":")[2].partition("/")[0])
        await self.dispatch.start(HERE, path=f"/{secrets.token_urlsafe(32)}")
        parts = self._parts
        subscriber = parts.subscriber(self.gateway.url, token=self._secret, exercise=True)
        self.consoles.start()
        for name, work in (("feed", subscriber.run), ("orders", parts.orders.run), ("watch", parts.watch.run)):
            self._tasks.append(asyncio.create_task(_for_ever(name, work), name=f"exercise: {name}"))

    def shown(self) -> ExerciseShown:
        """The exercise as its trainer sees it."""
        return ExerciseShown(
            id=self.id,
            code=self.code,
            title=self.scenario.title,
            state=self.state,
            at_s=self.clock.at_s(),
            length_s=self.length_s,
            now=self.clock.now(),
            trainees=self.trainees.all(self.here),
            injects=tuple(self._injects),
            told=tuple(self._told),
            remarks=tuple(self._remarks),
        )

    def here(self, name: str) -> bool:
        """Whether a page of the trainee of this name is open."""
        return self.desk.pseudonym(name) in self.consoles.present()

    async def start(self) -> None:
        """The scenario begins. Raises TrainingError("not_waiting")."""
        if self.state != "waiting":
            raise TrainingError("not_waiting")
        self._go_on("running")
        self._keep()
        self._tasks.append(asyncio.create_task(self._play(), name="exercise: play"))

    async def pause(self) -> None:
        """Its clock stands; no command is taken. Raises TrainingError("not_running")."""
        self._must_run()
        self.clock.stand()
        self._halts.append(Halt(at_s=round(self.clock.at_s(), 3)))
        self._stood_s = monotonic()
        self._keep_done()
        self._go_on("paused")

    async def resume(self) -> None:
        """It goes on where it stood. Raises TrainingError("not_paused")."""
        if self.state != "paused":
            raise TrainingError("not_paused")
        self._go_on("running")

    async def inject(self, name: str) -> None:
        """Do one of the scenario's own injects, once. Raises TrainingError: not_running, unknown, no_alarm (it stays usable)."""
        self._must_run()
        if (actions := self._injects.get(name)) is None:
            raise TrainingError("unknown")
        if any(self._too_early(actions[:n], action) for n, action in enumerate(actions)):
            raise TrainingError("no_alarm")
        del self._injects[name]
        for action in actions:
            await self._do(action, self.clock.at_s(), "inject", name)

    async def act(self, action: Action) -> None:
        """What the trainer makes up. Raises TrainingError: not_running, action_invalid."""
        self._must_run()
        try:  # an action made by hand may never have met the types' limits
            action = msgspec.convert(msgspec.to_builtins(action), Action)
        except msgspec.ValidationError:
            raise TrainingError("action_invalid") from None
        await self._do(action, self.clock.at_s(), "trainer")

    def _too_early(self, before: Sequence[Action], action: Action) -> bool:
        """Whether a call or a zone's answer would be spent: no alarm is open for it, and none comes of what goes `before`."""
        presses = [one.device for one in before if isinstance(one, Press)]
        match action:
            case Line():
                return action.device not in presses and not self.desk.board.alarm_open(action.device)
            case Zone():
                return not presses and not any(one.open for one in self.desk.board.incidents.values())
            case _:
                return False

    async def remark(self, text: str, *, by: str) -> None:
        """Keep a remark of the trainer for the debrief. Raises TrainingError: ended, remark_invalid."""
        if self.state == "ended":
            raise TrainingError("ended")
        if not 0 < len(text) <= LONGEST_REMARK:
            raise TrainingError("remark_invalid")
        self._remarks.append(Remark(at_s=round(self.clock.at_s(), 3), by=by, text=text))
        self._keep()
        self._changed()

    def kick(self, trainee: str) -> None:
        """Put one out. Raises TrainingError("unknown")."""
        names = {one.id: one.name for one in self.trainees.all(self.here)}
        self.trainees.put_out(trainee)
        self._halts.append(Halt(at_s=round(self.clock.at_s(), 3), out=names[trainee]))
        self._keep_done()

    def join(self, name: str, account: str) -> str:
        """A new trainee's token. Raises TrainingError."""
        token = self.trainees.join(name, account, self.here)
        self._keep()
        self._trainees_changed()
        return token

    async def end(self) -> None:
        """It is over: nothing more is taken or written, pages are told, the log is sealed. A second time nothing happens."""
        if self.state == "ended":
            return
        began = self.state != "waiting"
        self.clock.stand()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.gather(*(task for task in tasks if task is not asyncio.current_task()), return_exceptions=True)
        await self._parts.watch.seal()
        self._ended_at = datetime.now(UTC)
        self._go_on("ended")
        await self.gateway.stop()
        await self.dispatch.close()
        if began:
            self._keep()

    async def close(self) -> None:
        """Let go of everything; one that never began leaves nothing behind."""
        await self.end()
        await self.consoles.stop()
        await self.desk.close()
        await self._log.close()
        if not self._told and self.clock.at_s() == 0:
            await asyncio.to_thread(delete, self.folder)

    def _must_run(self) -> None:
        if self.state != "running":
            raise TrainingError("not_running")

    def _go_on(self, state: ExerciseState) -> None:
        if self.state == "paused":
            at = max(n for n, halt in enumerate(self._halts) if not halt.out)
            lasted_s = round(monotonic() - self._stood_s, 3)
            self._halts[at] = msgspec.structs.replace(self._halts[at], lasted_s=lasted_s)
            self._keep_done()
        self.state = state
        if state == "running":
            self.clock.run()
        self.consoles.tell_training()
        self._changed()

    def _trainees_changed(self) -> None:
        self.consoles.tell_training()
        self._changed()

    async def _play(self) -> None:
        """Let the scenario happen until its end."""
        while self.clock.at_s() < self.length_s:
            next_at = self._stage.next_at()
            await self._until(self.length_s if next_at is None else min(next_at, self.length_s))
            for cue in self._stage.due(self.clock.at_s()):
                try:
                    await self._happen(cue)
                except Exception:
                    _logger.exception("something in an exercise could not happen; the rest does")
        await self.end()

    async def _until(self, at_s: float) -> None:
        """Wait for a moment, or for something that brings another one nearer."""
        self._nudged.clear()
        waits = {asyncio.create_task(self.clock.until(at_s)), asyncio.create_task(self._nudged.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _happen(self, cue: Cue) -> None:
        if cue.message is not None:
            await self.gateway.publish(cue.message)
        if cue.action is not None:
            await self._do(cue.action, cue.at_s, "scenario")

    async def _do(
        self, action: Action, at_s: float, by: Literal["scenario", "inject", "trainer"], inject: str = ""
    ) -> None:
        self._told.append(Told(at_s=round(at_s, 1), by=by, what=action, inject=inject))
        match action:
            case Feed(state="down"):
                await self.gateway.stop()
            case Feed():
                await self._feed_up()
            case Zone():
                self.dispatch.plan(Plan(action.answer, action.reason, action.after))
            case Message():
                self.news.notice(action)
            case Line():
                self.news.heard(action)
        for message in self._stage.messages(action, at_s):
            await self.gateway.publish(message)
        self._nudged.set()
        self.consoles.tell_training()
        self._changed()
        self._keep_done()

    async def _feed_up(self) -> None:
        if not self.gateway.listening:
            try:
                await self.gateway.start(HERE, self._port)
            except OSError as error:
                _logger.error("an exercise's feed can't come back: %s", error.strerror)

    def _keep_done(self) -> None:
        """Whatever ends the process: what was done is the debrief's. A disk that is full stops no exercise."""
        try:
            self._keep()
        except OSError as error:
            _logger.error("what an exercise did can't be kept now: %s", error.strerror)

    def _keep(self) -> None:
        names = self.trainees.all(lambda name: False)
        write_kept(
            self.folder,
            Kept(
                id=self.id,
                title=self.scenario.title,
                language=self.scenario.language or "",
                scenario=self._name,
                trainer=self._trainer,
                began=self.clock.begin if self.state != "waiting" else None,
                ended=self._ended_at,
                length_s=round(self.clock.at_s(), 3),
                trainees=tuple(
                    KeptTrainee(
                        actor=self.desk.pseudonym(one.name),
                        account=self.desk.pseudonym(f"{ACCOUNT}{one.account}") if one.account else "",
                    )
                    for one in names
                ),
                told=tuple(self._told),
                bases_expire=self._bases_expire,
                sources=self._sources,
                remarks=tuple(
                    msgspec.structs.replace(one, by=self.desk.pseudonym(one.by) if one.by else "")
                    for one in self._remarks
                ),
                halts=tuple(
                    msgspec.structs.replace(one, out=self.desk.pseudonym(one.out) if one.out else "")
                    for one in self._halts
                ),
            ),
        )


def _make(folder: Path, scenario: Scenario, recordings: Mapping[str, Recording]) -> None:
    folder.mkdir(parents=True, mode=0o700)
    write_scenario(folder, scenario)
    write_bases(folder, recordings)


def _cases_of(recordings: Mapping[str, Recording]) -> Iterator[Case]:
    """The fictional cases that recordings bring, of the devices as they are called in an exercise."""
    for recording in recordings.values():
        for case in recording.cases:
            yield msgspec.structs.replace(case, devices=tuple(map(exercise_device, case.devices)))


async def _for_ever(name: str, work: Callable[[], Awaitable[Any]]) -> None:
    while True:
        try:
            await work()
        except Exception:
            _logger.exception("an exercise's %s stopped and is started again", name)
        await asyncio.sleep(AGAIN_S)
