"""What the tests of the training room share: a scenario, a room, and waiting for what must come."""

from functools import cache
from pathlib import Path

import msgspec

from incidents.exercises.scenario import Scenario
from maps.zones import Zones
from training.exercise.running import RunningExercise
from training.isolation import RoomSettings
from training.room import TrainingRoom


def scenario(**more: object) -> Scenario:
    """A press in Gent after a second; she walks. `more` are fields over it."""
    case = {
        "number": "EX-2026-1", "victim": {"name": "Fictief Slachtoffer"}, "devices": ["EX-1"],
        "valid_from": "2020-01-01", "valid_until": "2099-12-31", "source": "made up", "date": "2026-01-01",
    }  # fmt: skip
    points = [{"at": 0, "lat": 51.0536, "lon": 3.7253}, {"at": 600, "lat": 51.0546, "lon": 3.7253}]
    facts = {
        "format": "vigie-scenario",
        "version": 1,
        "title": "A press in Gent",
        "cases": [case],
        "tracks": [{"device": "EX-1", "every": 2, "points": points}],
        "steps": [{"at": 1, "what": {"do": "press", "device": "EX-1"}}],
        "references": [{"device": "EX-1", "zone": "5415"}],
    }
    return msgspec.convert(facts | more, Scenario)


async def opened(tmp_path: Path) -> TrainingRoom:
    """A training room without accounts, in a folder of its own."""
    settings = RoomSettings(folder=tmp_path / "training", log=tmp_path / "vigie.log", users=tmp_path / "users", port=0)
    return await TrainingRoom.open(settings, zones=zones())


@cache
def zones() -> Zones:
    """The shipped map, loaded once."""
    return Zones.load()


async def exercise_of(room: TrainingRoom, played: Scenario, *, speed: float = 1.0) -> RunningExercise:
    """An exercise of a scenario that lies in no file, `speed` times as fast as the clock on the wall."""
    return await room._exercises.open("a-test", played, {}, trainer="Trainer Fictief", speed=speed)
