"""What a trainer asks of the training room, a handler each: a message that does not fit its arguments is refused as a whole."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from dashboard.components.find.part import Asked
from dashboard.shell.errands import LOOKS, aside
from dashboard.shell.preferences import Language
from dashboard.shell.requests import Answering, answers
from dashboard.trainer.context import TrainerContext
from incidents.cases.rows import say
from incidents.events import Why
from incidents.exercises.check import Problem
from incidents.exercises.room import Masking, TrainingError
from incidents.exercises.scenario import Action, Scenario
from incidents.roles import User
from reports.catalogue import Translator, marked
from reports.finding.query import MAX_TYPED

Id = Annotated[str, Meta(max_length=128)]
Slug = Annotated[str, Meta(max_length=80)]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Facts = dict[str, Any]


# A type's complaints, as a person who fills in a form would say them.
_MISSING = re.compile(r"object missing required field (\w+)")
_PLAIN = (
    (re.compile(r"expected str of length >="), marked("needed")),
    (re.compile(r"expected \w+ of length <="), marked("too long")),
    (re.compile(r"expected array of length >="), marked("needed")),
    (re.compile(r"expected (float|int) [<>]="), marked("out of range")),
    (re.compile(r"expected (float|int),"), marked("not a number")),
    (re.compile(r"expected str, got null"), marked("needed")),
)


class TrainerRequests(Answering[Facts]):
    """Does what a page asks for, and says what the page must know of it. `by` is who asks, `zone` the zone that
    they answer for, `translate` their language."""

    def __init__(self, house: TrainerContext, by: str, zone: str, translate: Translator) -> None:
        self._house, self._by, self._zone, self._translate = house, by, zone, translate

    async def grant(self, what: str, asked: Mapping[str, object]) -> Facts:
        """Raises TrainingError: "invalid" for what is no request, or does not fit as a whole."""
        try:
            work = self.answer(what, asked, strict=True)
        except msgspec.ValidationError as error:
            raise TrainingError("invalid", say(error).partition(":")[0].removeprefix(".")) from None
        if work is None:
            raise TrainingError("invalid", "what")
        return await work

    @answers("record")
    async def _record(
        self,
        incidents: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=50)],
        masking: Masking,
        reason: Annotated[str, Meta(max_length=2000)] = "",
        title: Annotated[str, Meta(max_length=200)] = "",
    ) -> Facts:
        """Make a recording of closed incidents of the live log, by their numbers."""
        made = await aside(
            LOOKS,
            self._house.room.record,
            incidents,
            masking=masking,
            reason=reason.strip(),
            by=self._by,
            title=title.strip(),
        )
        return {"name": made.name}

    @answers("find")
    async def _find(
        self,
        text: Annotated[str, Meta(max_length=MAX_TYPED)],
        why: Why | None = None,
        reason: Annotated[str, Meta(max_length=500)] = "",
    ) -> Facts:
        """Find incidents of the live log; with a reason, which is recorded there."""
        # Whatever else they may do elsewhere: this page is a trainer's.
        user = User(actor="", roles=frozenset({"trainer"}), zone=self._zone, name=self._by)
        return {"hits": await self._house.search(Asked(n=0, text=text, why=why, reason=reason), user, self._translate)}

    @answers("open_replay")
    async def _open_replay(self, recording: Slug) -> Facts:
        """Open a recording as a replay."""
        player = await self._house.room.open_replay(recording)
        return {"id": player.id}

    @answers("forget_recording")
    async def _forget_recording(self, recording: Slug) -> Facts:
        """Delete a recording of the room's own for ever."""
        await self._house.room.forget_recording(recording)
        return {}

    @answers("replay")
    async def _replay(
        self,
        id: Id,
        act: Literal["play", "pause", "step", "seek", "speed", "close"],
        at_s: float = 0.0,
        speed: float = 1.0,
    ) -> Facts:
        """What a hand does to an open replay."""
        player = self._house.player(id)
        match act:
            case "seek":
                await player.seek(at_s)
            case "speed":
                player.at_speed(speed)
            case act:
                await getattr(player, act)()
        return {}

    @answers("get")
    async def _get(self, name: Slug) -> Facts:
        """A whole scenario, to be edited."""
        found = await aside(LOOKS, self._house.room.scenario, name, self._translate.language)
        return {"scenario": msgspec.to_builtins(found)}

    @answers("check")
    async def _check(self, scenario: Facts) -> Facts:
        """What is wrong with a scenario that is being written."""
        return {"problems": [self._told(problem) for problem in self._problems(scenario)]}

    @answers("save")
    async def _save(self, name: Slug, scenario: Facts) -> Facts:
        """Keep a scenario under a name."""
        if found := self._problems(scenario):
            return {"problems": [self._told(problem) for problem in found]}
        await aside(LOOKS, self._house.room.save_scenario, name, msgspec.convert(scenario, Scenario))
        return {"problems": [], "name": name}

    @answers("where")
    async def _where(self, lat: Lat, lon: Lon) -> Facts:
        """The zone of a place on the map."""
        found = self._house.zones.locate(lat, lon)
        return {"zone": found.zone if found.inside else "", "name": found.name if found.inside else ""}

    @answers("open_exercise")
    async def _open_exercise(self, scenario: Slug, language: Language | Literal[""] = "") -> Facts:
        """Open an exercise on a scenario, in a language (without one, that of who asks); trainees can join from then on."""
        spoken = language or self._translate.language
        exercise = await self._house.room.open_exercise(scenario, trainer=self._by, language=spoken)
        return {"id": exercise.id}

    @answers("run")
    async def _run(
        self,
        id: Id,
        act: Literal["start", "pause", "resume", "end", "inject", "act", "kick", "remark"],
        name: Annotated[str, Meta(max_length=200)] = "",
        action: Action | None = None,
        trainee: Id = "",
        text: Annotated[str, Meta(max_length=2000)] = "",
    ) -> Facts:
        """What is done to an exercise: `name` is an inject's, `action` something made up now, `trainee` who is put out."""
        exercise = self._house.exercise(id)
        match act:
            case "inject":
                await exercise.inject(name)
            case "act":
                if action is None:
                    raise TrainingError("invalid", "action")
                await exercise.act(action)
            case "kick":
                exercise.kick(trainee)
            case "remark":
                await exercise.remark(text.strip(), by=self._by)
            case act:
                await getattr(exercise, act)()
        return {}

    @answers("forget")
    async def _forget(self, id: Id) -> Facts:
        """Delete an ended exercise for ever."""
        await aside(LOOKS, self._house.room.forget, id)
        return {}

    def _problems(self, facts: Facts) -> list[Problem]:
        """What is wrong with a scenario as a page holds it: the first thing the types refuse, or all that they can't say."""
        try:
            scenario = msgspec.convert(facts, Scenario)
        except msgspec.ValidationError as error:
            path, _, why = say(error).removeprefix(".").partition(": ")
            if missing := _MISSING.fullmatch(why):
                path, why = f"{path}.{missing[1]}".removeprefix("."), marked("needed")
            plain = next((words for pattern, words in _PLAIN if pattern.match(why)), why)
            return [Problem(path=path, why=plain)]
        return list(self._house.room.problems(scenario))

    def _told(self, problem: Problem) -> dict[str, str]:
        return {"path": problem.path, "why": self._translate(problem.why)}
