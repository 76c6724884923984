"""The training room as its pages see it: recordings, replays, exercises, and the debriefs that come of them.

`training/` implements the protocols. A page holds no state of its own beside its selection: it draws what these give.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

import msgspec

from incidents.exercises.check import Problem
from incidents.exercises.scenario import Action, Scenario

Masking = Literal["masked", "strong", "none"]
PlayState = Literal["ready", "playing", "paused", "seeking", "ended", "failed"]
ExerciseState = Literal["waiting", "running", "paused", "ended"]
C = TypeVar("C", covariant=True)
SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class TrainingError(Exception):
    """What was asked for can't be done: `code` is a word the page translates, `detail` names a line or field, never a value."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class RecordingListed(msgspec.Struct, frozen=True, kw_only=True):
    """A recording of the room. `expires` None: made up, nobody's data."""

    name: str  # the file's name without its ending
    title: str
    masking: Masking
    made: datetime
    expires: datetime | None
    length_s: float
    messages: int
    events: int  # decisions of persons
    incidents: int
    shipped: bool  # it came with Vigie
    devices: tuple[str, ...] = ()


class ScenarioListed(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario of the room."""

    name: str
    title: str
    length_s: float
    incidents: int
    injects: int
    shipped: bool


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """Where a replay stands. `at_s` and `length_s` in seconds of the recording; `now` is its own clock.

    `passed_over` counts what could not be played so far (an entry of an incident that was never raised, a message nobody can
    read); `trouble` says why it failed: log_unavailable, stuck, fault. A seek begins anew.
    """

    state: PlayState
    at_s: float
    length_s: float
    speed: float
    now: datetime
    marks: tuple[tuple[float, str], ...] = ()  # when which event type came: for the seek bar
    passed_over: int = 0
    trouble: str = ""


class Player(Protocol[C]):
    """One replay, on its own log and clock. `consoles` is the ground of the pages that show it."""

    id: str
    name: str

    @property
    def consoles(self) -> C: ...

    def played(self) -> Played: ...
    async def play(self) -> None: ...
    async def pause(self) -> None: ...
    async def step(self) -> None:
        """To the next message or decision, then stand."""
        ...

    async def seek(self, at_s: float) -> None:
        """To this moment by a fresh log; raises TrainingError("time_invalid")."""
        ...

    def at_speed(self, speed: float) -> None:
        """One of SPEEDS; raises TrainingError("speed_invalid")."""
        ...

    async def close(self) -> None: ...


class Trainee(msgspec.Struct, frozen=True, kw_only=True):
    """Who joined, as they called themselves; `here` while a page of theirs is open. `account`: of the signed-in, else ""."""

    id: str
    name: str
    account: str = ""
    here: bool = False


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was sent in an exercise: when, whose doing, the inject's name where it was one, and the action."""

    at_s: float
    by: Literal["scenario", "inject", "trainer"]
    what: Action
    inject: str = ""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What the trainer wrote down while it ran, kept for the debrief. `by` is the trainer's name."""

    at_s: float
    by: str
    text: str


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """The trainer stood it still, for `lasted_s` by the clock on the wall (None: nobody let it go on), or put somebody `out`."""

    at_s: float
    lasted_s: float | None = None
    out: str = ""


class ExerciseShown(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise as its trainer sees it. `code` is what trainees type; `at_s` seconds since it began, `now` its clock."""

    id: str
    code: str
    title: str
    state: ExerciseState
    at_s: float
    length_s: float
    now: datetime
    trainees: tuple[Trainee, ...] = ()
    injects: tuple[str, ...] = ()  # the names of those that still wait
    told: tuple[Told, ...] = ()  # what was sent so far, newest last
    remarks: tuple[Remark, ...] = ()


class EndedExercise(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise that is over, kept until `expires`. `trainer` and `trainees` by their names; "?" once erased.

    `language`: what it was played in, "" where its scenario does not say. `cut_off`: it never came to its end, the room's
    process did.
    """

    id: str
    title: str
    language: str
    scenario: str
    began: datetime
    ended: datetime
    expires: datetime
    trainer: str
    trainees: tuple[Trainee, ...] = ()
    cut_off: bool = False


class Exercise(Protocol[C]):
    """One exercise: its own log, cases, feed and zone dispatch. Nothing of it knows a live address."""

    id: str
    scenario: Scenario

    @property
    def consoles(self) -> C: ...

    def shown(self) -> ExerciseShown: ...
    async def start(self) -> None: ...
    async def pause(self) -> None: ...
    async def resume(self) -> None: ...
    async def inject(self, name: str) -> None:
        """One of the scenario's own. Raises TrainingError."""
        ...

    async def act(self, action: Action) -> None:
        """What the trainer makes up now. Raises TrainingError."""
        ...

    async def remark(self, text: str, *, by: str) -> None:
        """Keep a remark of the trainer for the debrief (1 to 2000 characters). Raises TrainingError."""
        ...

    def kick(self, trainee: str) -> None:
        """Put one out, by their id: their page is locked, their place and the code they typed no longer let them in."""
        ...

    async def end(self) -> None:
        """It is over: pages say so, the log is sealed, the debrief can be made."""
        ...


class Room(Protocol[C]):
    """The training room, whose pages stand on a ground `C`."""

    def recordings(self, language: str) -> Sequence[RecordingListed]:
        """The titles of those that came with Vigie are in this language."""
        ...

    def scenarios(self, language: str) -> Sequence[ScenarioListed]: ...
    def scenario(self, name: str, language: str) -> Scenario:
        """One that came with Vigie in this language, one's own as it was written. Raises TrainingError("unknown")."""
        ...

    def problems(self, scenario: Scenario) -> Sequence[Problem]:
        """Everything that is wrong with a scenario in this room."""
        ...

    def save_scenario(self, name: str, scenario: Scenario) -> None:
        """Checked first; one that came with Vigie is never overwritten. Raises TrainingError."""
        ...

    def take_in(self, name: str, raw: bytes, by: str) -> RecordingListed:
        """A foreign recording file, wholly checked before anything of it is kept. Raises TrainingError."""
        ...

    def record(
        self, incidents: Sequence[str], *, masking: Masking, reason: str, by: str, title: str = ""
    ) -> RecordingListed:
        """Make a recording of closed incidents of the live log, which is opened for reading only. Raises TrainingError."""
        ...

    async def forget_recording(self, recording: str) -> None:
        """Delete one of the room's own. Raises TrainingError: unknown, came_with_vigie, in_use, not_deleted."""
        ...

    async def open_replay(self, recording: str) -> Player[C]: ...
    async def open_exercise(self, scenario: str, *, trainer: str, language: str) -> Exercise[C]: ...
    def replays(self) -> Sequence[Player[C]]: ...
    def exercises(self) -> Sequence[Exercise[C]]:
        """Those that wait, run or are paused."""
        ...

    def ended(self) -> Sequence[EndedExercise]:
        """Those that are over and still kept, the newest first."""
        ...

    def forget(self, exercise: str) -> None:
        """Delete an ended exercise: its log, keys and all. Raises TrainingError("unknown")."""
        ...

    def join(self, code: str, name: str, account: str = "") -> str:
        """The token of a trainee's browser. Raises TrainingError("code_unknown"); guessing is slowed down."""
        ...

    def exercise_of(self, token: str) -> tuple[Exercise[C], Trainee] | None: ...
    def listen(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` at each change; gives what ends it."""
        ...
