"""An exercise from its code to its end: on its own clock, through the real feed, desk, watch and orders."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from incidents import commands as do
from incidents.commands import Refused
from incidents.incident import Incident
from incidents.log.training import TrainingLog
from incidents.roles import User
from incidents.training.room import TrainingError
from incidents.training.scenario import Feed, Inject, Line, Link, Message, Press, Zone
from tests.training.parts import exercise_of, opened, scenario, until
from training.exercise.kept import LOG, read_kept, read_played
from training.exercise.running import RunningExercise
from training.exercise.trainees import LETTERS, ROLES
from training.room import TrainingRoom


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[TrainingRoom]:
    made = await opened(tmp_path)
    yield made
    await made.close()


def trainee(exercise: RunningExercise, name: str = "Leerling Een") -> User:
    return User(actor=exercise.desk.pseudonym(name), roles=ROLES)


def only(exercise: RunningExercise) -> Incident:
    (incident,) = exercise.desk.board.incidents.values()
    return incident


async def test_an_exercise_is_worked_from_press_to_scene_and_kept_sealed(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(lasts=3000.0), speed=40.0)
    room.join(exercise.code.lower(), "Leerling Een")
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    incident, who = only(exercise), trainee(exercise)
    assert incident.zone == "5415" and incident.case == "EX-2026-1" and incident.device == "EX-1"
    await exercise.desk.command(do.Acknowledge(id="command-1", incident=incident.id), who)
    await exercise.desk.command(do.Route(id="command-2", incident=incident.id, zone="5415"), who)
    await until(lambda: only(exercise).state == "on_scene", 15)
    await until(lambda: len(only(exercise).trail) > 3)
    await exercise.end()
    with pytest.raises(Refused, match="exercise_stands"):
        await exercise.desk.command(do.Listen(id="command-3", incident=incident.id), who)
    kept, folder = read_kept(exercise.folder), exercise.folder
    assert kept.ended is not None and [one.actor for one in kept.trainees] == [who.actor]
    assert "Leerling" not in (folder / "exercise.json").read_text()
    assert read_played(folder) == exercise.scenario
    await exercise.close()
    log = await TrainingLog.open(folder / LOG, reading=True)
    types = [record.type async for _, record in log.records()]
    assert {"raised", "acknowledged", "ordered", "progressed"} <= set(types) and types[-1] == "checkpoint"
    await log.close()


async def test_a_pause_stops_the_clock_and_takes_no_command(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(), speed=20.0)
    with pytest.raises(TrainingError, match="not_running"):
        await exercise.inject("x")
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.pause()
    stood, moment = exercise.shown().at_s, exercise.clock.now()
    with pytest.raises(Refused, match="exercise_stands"):
        await exercise.desk.command(do.Acknowledge(id="command-1", incident=only(exercise).id), trainee(exercise))
    assert (exercise.shown().at_s, exercise.clock.now()) == (stood, moment)
    await exercise.resume()
    await until(lambda: exercise.shown().at_s > stood)


async def test_it_ends_by_itself_and_its_code_is_dead(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(lasts=20.0), speed=60.0)
    token = room.join(exercise.code, "Leerling Een")
    await exercise.start()
    await until(lambda: exercise.state == "ended")
    assert 20.0 <= exercise.shown().at_s < 60.0
    assert room.exercises() == []
    with pytest.raises(TrainingError, match="code_unknown"):
        room.join(exercise.code, "Leerling Twee")
    assert room.exercise_of(token) is not None  # its pages are told, and its debrief is theirs
    (ended,) = room.ended()
    assert (ended.title, ended.trainer, [one.name for one in ended.trainees]) == (
        "A press in Gent", "Trainer Fictief", ["Leerling Een"],
    )  # fmt: skip


async def test_injects_and_the_trainers_own_actions_happen_at_once(room: TrainingRoom) -> None:
    again = Inject(name="She presses again", what=(Press(device="EX-1"), Line(device="EX-1", state="open", script="…")))
    exercise = await exercise_of(room, scenario(injects=[again], lasts=3000.0), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.inject("She presses again")
    await until(lambda: only(exercise).presses == 2)
    assert exercise.shown().injects == ()
    with pytest.raises(TrainingError, match="unknown"):
        await exercise.inject("She presses again")
    await exercise.act(Link(device="EX-1", state="link_lost"))
    await until(lambda: exercise.desk.board.device_alarms)
    still = len(only(exercise).trail)
    await exercise.clock.wait(20)
    assert len(only(exercise).trail) == still  # while the link is lost no position comes
    with pytest.raises(TrainingError, match="action_invalid"):
        await exercise.act(Press(device="AMR-00412"))
    assert [told.by for told in exercise.shown().told] == ["scenario", "inject", "inject", "trainer"]


async def test_what_was_sent_while_the_feed_was_down_comes_late(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(lasts=3000.0), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.act(Feed(state="down"))
    await until(lambda: {feed.state for feed in exercise.desk.board.feeds.values()} == {"down"})
    await exercise.act(Press(device="EX-1"))
    pressed = exercise.clock.now()
    await exercise.act(Feed(state="up"))
    await until(lambda: only(exercise).presses == 2)
    assert only(exercise).last_press_at >= pressed


async def test_the_zone_answers_as_the_trainer_says(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(lasts=3000.0), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.act(Zone(answer="decline", reason="no unit is free"))
    who = trainee(exercise)
    await exercise.desk.command(do.Acknowledge(id="command-1", incident=only(exercise).id), who)
    await exercise.desk.command(do.Route(id="command-2", incident=only(exercise).id, zone="5415"), who)
    await until(lambda: any(entry.event.__struct_config__.tag == "declined" for entry in only(exercise).history))
    await exercise.act(Message(sender="Zone", text="We have nobody"))
    assert only(exercise).state == "acknowledged"


async def test_a_code_lets_several_in_and_a_name_only_once(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario())
    assert len(exercise.code) == 6 and set(exercise.code) <= set(LETTERS)
    first = room.join(f" {exercise.code[:3].lower()}-{exercise.code[3:]} ", " Leerling  Een ")
    room.join(exercise.code, "Leerling Twee")
    assert [one.name for one in exercise.shown().trainees] == ["Leerling Een", "Leerling Twee"]
    with pytest.raises(TrainingError, match="code_unknown"):
        room.join("AAAAAA", "Leerling Drie")
    with pytest.raises(TrainingError, match="name_missing"):
        room.join(exercise.code, " \n ")
    # No page of theirs is open: a browser that lost its cookie takes the place again, and the older one is out.
    again = room.join(exercise.code, "leerling een")
    assert room.exercise_of(first) is None
    found = room.exercise_of(again)
    assert found is not None and found[1].name == "Leerling Een" and len(exercise.shown().trainees) == 2
    exercise.kick(found[1].id)
    assert room.exercise_of(again) is None
    with pytest.raises(TrainingError, match="unknown"):
        exercise.kick(found[1].id)


async def test_an_ended_exercise_is_deleted_by_hand_or_when_its_days_are_over(room: TrainingRoom) -> None:
    first = await exercise_of(room, scenario())
    await first.start()
    await first.clock.wait(0.01)
    await first.end()
    with pytest.raises(TrainingError, match="still_open"):
        room.forget(first.id)
    never = await exercise_of(room, scenario())
    await room._exercises.close()
    assert not never.folder.exists()  # it never began
    room._exercises._running.clear()
    room.forget(first.id)
    assert not first.folder.exists() and room.ended() == []
    with pytest.raises(TrainingError, match="unknown"):
        room.forget(first.id)
