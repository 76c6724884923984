"""A recording is deleted by hand: one of the room's own, which nobody plays."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from incidents.exercises.room import TrainingError
from tests.training.parts import opened, scenario
from training.recordings import ENDING, SHIPPED
from training.room import TrainingRoom

OWN = "from-elsewhere"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[TrainingRoom]:
    made = await opened(tmp_path)
    made.take_in(OWN, (SHIPPED / f"real-press-at-home{ENDING}").read_bytes(), by="Trainer Fictief")
    yield made
    await made.close()


async def refusal(room: TrainingRoom, name: str) -> str:
    with pytest.raises(TrainingError) as refused:
        await room.forget_recording(name)
    return refused.value.code


def own(room: TrainingRoom) -> list[str]:
    return [one.name for one in room.recordings("en") if not one.shipped]


async def test_one_of_the_rooms_own_is_deleted_for_ever(room: TrainingRoom) -> None:
    told: list[str] = []
    room.listen(lambda: told.append("told"))
    await room.forget_recording(OWN)
    assert own(room) == [] and told == ["told"]
    assert await refusal(room, OWN) == "unknown"


async def test_one_that_came_with_vigie_stays(room: TrainingRoom) -> None:
    shipped = next(one.name for one in room.recordings("en") if one.shipped)
    assert await refusal(room, shipped) == "came_with_vigie"


async def test_one_that_a_replay_or_an_exercise_plays_stays_until_that_is_closed(room: TrainingRoom) -> None:
    replay = await room.open_replay(OWN)
    assert await refusal(room, OWN) == "in_use"
    await replay.close()
    played = scenario(base=[{"recording": OWN}])
    recordings = {OWN: room._recordings.open(OWN)}
    exercise = await room._exercises.open("a-test", played, recordings, trainer="Trainer Fictief")
    assert await refusal(room, OWN) == "in_use"
    await exercise.start()
    await exercise.end()
    await room.forget_recording(OWN)
    assert own(room) == []
    assert (exercise.folder / "bases" / f"{OWN}.jsonl").exists()  # kept as long as the exercise
