"""A trainer page without a browser, over a room of one scenario whose files are real."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from argon2 import PasswordHasher

from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from dashboard.trainer.context import TrainerContext
from dashboard.trainer.session import TrainerSession
from incidents.exercises.room import EndedExercise, Exercise, Played, RecordingListed, ScenarioListed, TrainingError
from incidents.exercises.scenario import Scenario
from maps.zones import Zones
from tests.dashboard.conftest import DrivenClock, Paper
from training.scenarios import ScenarioShelf

SCENARIO: dict[str, Any] = {
    "format": "vigie-scenario",
    "version": 1,
    "title": "A walk in Gent",
    "tracks": [{"device": "EX-1", "points": [{"at": 0, "lat": 51.05, "lon": 3.72}]}],
    "steps": [{"at": 5, "what": {"do": "press", "device": "EX-1"}}],
}


class Still:
    """A replay that stands where it was put."""

    id = "0123456789abcdef"
    name = "press-at-home"

    def __init__(self, consoles: Any, clock: DrivenClock) -> None:
        self.consoles = consoles
        self._clock = clock
        self.did: list[Any] = []

    def played(self) -> Played:
        return Played(
            state="paused", at_s=3.0, length_s=60.0, speed=1.0, now=self._clock.now(), marks=((0.0, "press"),)
        )

    async def play(self) -> None:
        self.did.append("play")

    async def pause(self) -> None:
        self.did.append("pause")

    async def step(self) -> None:
        self.did.append("step")

    async def seek(self, at_s: float) -> None:
        self.did.append(at_s)

    def at_speed(self, speed: float) -> None:
        raise TrainingError("speed_invalid")

    async def close(self) -> None:
        self.did.append("close")


class SmallRoom:
    """Scenarios as files, one replay at most, no exercise."""

    def __init__(self, folder: Path, zones: Zones) -> None:
        self._shelf = ScenarioShelf(folder, recordings=dict, known_zone=zones.known, shipped=folder / "none")
        self._listeners: list[Callable[[], None]] = []
        self.open: list[Still] = []

    def recordings(self, language: str) -> Sequence[RecordingListed]:
        return ()

    def scenarios(self, language: str) -> Sequence[ScenarioListed]:
        return [
            ScenarioListed(name=name, title="", length_s=0, incidents=0, injects=0, shipped=shipped)
            for name, shipped in self._shelf.names()
        ]

    def scenario(self, name: str, language: str) -> Scenario:
        return self._shelf.read(name, language)

    def problems(self, scenario: Scenario) -> Any:
        return self._shelf.problems(scenario)

    def save_scenario(self, name: str, scenario: Scenario) -> None:
        self._shelf.save(name, scenario)

    def replays(self) -> Sequence[Still]:
        return self.open

    def exercises(self) -> Sequence[Exercise]:
        return ()

    def ended(self) -> Sequence[EndedExercise]:
        return ()

    def listen(self, told: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(told)
        return lambda: self._listeners.remove(told)


def sign_ins(path: Path, clock: DrivenClock) -> SignIns:
    made = Accounts(path, hasher=PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    for role in ("trainer", "dispatcher"):
        made.add(role, [role], "fictief-wachtwoord")
    return SignIns(made, clock=clock, kept=False)


class Desk:
    """One page of a browser that is signed in as `who`."""

    def __init__(self, house: TrainerContext, signins: SignIns, who: str) -> None:
        account = signins.accounts.get(who)
        assert account is not None
        self.signins = signins
        self.token = signins.open(account)
        self.paper = Paper()
        self.session = TrainerSession(house, self.paper, None, self.token)
        self.training: dict[str, Any] = {}  # what it knows of the room by now
        self._n = 0

    async def hear(self) -> dict[str, Any]:
        """Everything the page asked is done; what it is sent then, all its messages in one."""
        while True:
            tasks = [task for task in self.session._tasks if not task.done()]
            if not tasks:
                break
            for task in tasks:
                await task
        self.paper.sent.clear()
        self.session.push(urgent=True)
        await self.paper.turn()
        merged: dict[str, Any] = {"replies": []}
        for message in self.paper.sent:
            merged["replies"] += message.pop("replies", [])
            merged |= message
        self.training |= merged.get("training", {})
        return merged

    async def ask(self, what: str, **facts: Any) -> dict[str, Any]:
        """What a wish is answered."""
        self._n += 1
        self.session.take(msgspec.json.encode({"do": "ask", "what": what, "n": self._n, **facts}).decode())
        answers = [reply["done"] for reply in (await self.hear())["replies"] if "done" in reply]
        return dict(answers[-1]) if answers else {}
