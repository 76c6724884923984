"""What a trainer asks of the training room: each wish a type, so that a message that does not fit it is refused as a whole."""

import asyncio
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import Meta

from dashboard.shell.requests import Handlers, answers, handlers
from dashboard.trainer.context import TrainerContext
from incidents.cases.rows import say
from incidents.exercises.check import Problem
from incidents.exercises.room import Masking, TrainingError
from incidents.exercises.scenario import Action, Scenario

Id = Annotated[str, Meta(max_length=128)]
Slug = Annotated[str, Meta(max_length=80)]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Facts = dict[str, Any]


class Wish(msgspec.Struct, frozen=True, kw_only=True, tag_field="what"):
    """Something a page asks for; it is answered by what its handler gives."""


class Record(Wish, frozen=True, tag="record"):
    """Make a recording of closed incidents of the live log, by their numbers."""

    incidents: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=50)]
    masking: Masking
    reason: Annotated[str, Meta(max_length=2000)] = ""
    title: Annotated[str, Meta(max_length=200)] = ""


class OpenReplay(Wish, frozen=True, tag="open_replay"):
    """Open a recording as a replay."""

    recording: Slug


class ForgetRecording(Wish, frozen=True, tag="forget_recording"):
    """Delete a recording of the room's own for ever."""

    recording: Slug


class Replay(Wish, frozen=True, tag="replay"):
    """What a hand does to an open replay."""

    id: Id
    act: Literal["play", "pause", "step", "seek", "speed", "close"]
    at_s: float = 0.0
    speed: float = 1.0


class Get(Wish, frozen=True, tag="get"):
    """A whole scenario, to be edited."""

    name: Slug


class Check(Wish, frozen=True, tag="check"):
    """What is wrong with a scenario that is being written."""

    scenario: Facts


class Save(Wish, frozen=True, tag="save"):
    """Keep a scenario under a name."""

    name: Slug
    scenario: Facts


class Where(Wish, frozen=True, tag="where"):
    """The zone of a place on the map."""

    lat: Lat
    lon: Lon


class OpenExercise(Wish, frozen=True, tag="open_exercise"):
    """Open an exercise on a scenario; trainees can join from then on."""

    scenario: Slug


class Run(Wish, frozen=True, tag="run"):
    """What the trainer does to an exercise: `name` is an inject's, `action` something made up now, `trainee` who is put out."""

    id: Id
    act: Literal["start", "pause", "resume", "end", "inject", "act", "kick", "remark"]
    name: Annotated[str, Meta(max_length=200)] = ""
    action: Action | None = None
    trainee: Id = ""
    text: Annotated[str, Meta(max_length=2000)] = ""


class Forget(Wish, frozen=True, tag="forget"):
    """Delete an ended exercise for ever."""

    id: Id


# A type's complaints, as a person who fills in a form would say them.
_MISSING = re.compile(r"object missing required field (\w+)")
_PLAIN = (
    (re.compile(r"expected str of length >="), "needed"),
    (re.compile(r"expected \w+ of length <="), "too long"),
    (re.compile(r"expected array of length >="), "needed"),
    (re.compile(r"expected (float|int) [<>]="), "out of range"),
    (re.compile(r"expected (float|int),"), "not a number"),
    (re.compile(r"expected str, got null"), "needed"),
)


class TrainerRequests:
    """Does what a page asks for, and says what the page must know of it. `by` is the name of who asks."""

    def __init__(self, house: TrainerContext, by: str) -> None:
        self._house, self._by = house, by

    async def grant(self, asked: Mapping[str, object]) -> Facts:
        """Raises TrainingError: "invalid" for what is no wish."""
        try:
            wish: Wish = msgspec.convert(asked, Union[tuple(kind for kind, _ in _HANDLERS.values())])  # noqa: UP007
        except msgspec.ValidationError as error:
            raise TrainingError("invalid", say(error).partition(":")[0].removeprefix(".")) from None
        _, handler = _HANDLERS[str(wish.__struct_config__.tag)]
        return await handler(self, wish)

    @answers(Record)
    async def _record(self, wish: Record) -> Facts:
        made = await asyncio.to_thread(
            self._house.room.record,
            wish.incidents,
            masking=wish.masking,
            reason=wish.reason.strip(),
            by=self._by,
            title=wish.title.strip(),
        )
        return {"name": made.name}

    @answers(OpenReplay)
    async def _open_replay(self, wish: OpenReplay) -> Facts:
        player = await self._house.room.open_replay(wish.recording)
        return {"id": player.id}

    @answers(ForgetRecording)
    async def _forget_recording(self, wish: ForgetRecording) -> Facts:
        await self._house.room.forget_recording(wish.recording)
        return {}

    @answers(Replay)
    async def _replay(self, wish: Replay) -> Facts:
        player = self._house.player(wish.id)
        match wish.act:
            case "seek":
                await player.seek(wish.at_s)
            case "speed":
                player.at_speed(wish.speed)
            case act:
                await getattr(player, act)()
        return {}

    @answers(Get)
    async def _get(self, wish: Get) -> Facts:
        found = await asyncio.to_thread(self._house.room.scenario, wish.name)
        return {"scenario": msgspec.to_builtins(found)}

    @answers(Check)
    async def _check(self, wish: Check) -> Facts:
        return {"problems": [self._told(problem) for problem in self._problems(wish.scenario)]}

    @answers(Save)
    async def _save(self, wish: Save) -> Facts:
        if found := self._problems(wish.scenario):
            return {"problems": [self._told(problem) for problem in found]}
        await asyncio.to_thread(self._house.room.save_scenario, wish.name, msgspec.convert(wish.scenario, Scenario))
        return {"problems": [], "name": wish.name}

    @answers(Where)
    async def _where(self, wish: Where) -> Facts:
        found = self._house.zones.locate(wish.lat, wish.lon)
        return {"zone": found.zone if found.inside else "", "name": found.name if found.inside else ""}

    @answers(OpenExercise)
    async def _open_exercise(self, wish: OpenExercise) -> Facts:
        exercise = await self._house.room.open_exercise(wish.scenario, trainer=self._by)
        return {"id": exercise.id}

    @answers(Run)
    async def _run(self, wish: Run) -> Facts:
        exercise = self._house.exercise(wish.id)
        match wish.act:
            case "inject":
                await exercise.inject(wish.name)
            case "act":
                if wish.action is None:
                    raise TrainingError("invalid", "action")
                await exercise.act(wish.action)
            case "kick":
                exercise.kick(wish.trainee)
            case "remark":
                await exercise.remark(wish.text.strip(), by=self._by)
            case act:
                await getattr(exercise, act)()
        return {}

    @answers(Forget)
    async def _forget(self, wish: Forget) -> Facts:
        await asyncio.to_thread(self._house.room.forget, wish.id)
        return {}

    def _problems(self, facts: Facts) -> list[Problem]:
        """What is wrong with a scenario as a page holds it: the first thing the types refuse, or all that they can't say."""
        try:
            scenario = msgspec.convert(facts, Scenario)
        except msgspec.ValidationError as error:
            path, _, why = say(error).removeprefix(".").partition(": ")
            if missing := _MISSING.fullmatch(why):
                path, why = f"{path}.{missing[1]}".removeprefix("."), "needed"
            plain = next((words for pattern, words in _PLAIN if pattern.match(why)), why)
            return [Problem(path=path, why=plain)]
        return list(self._house.room.problems(scenario))

    def _told(self, problem: Problem) -> dict[str, str]:
        return {"path": problem.path, "why": self._house.translate(problem.why)}


_HANDLERS: Handlers[Wish, Facts] = handlers(TrainerRequests, Wish)
