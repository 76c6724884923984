"""An exercise from its code to its end: on its own clock, through the real feed, desk, watch and orders."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.recordings.recording import Recorded, Recording, read_recording
from incidents import commands as do
from incidents.case import Case, Person
from incidents.commands import Refused
from incidents.events import stamp
from incidents.exercises.room import TrainingError
from incidents.exercises.scenario import Feed, Inject, Line, Link, Message, Press, Zone
from incidents.incident import Incident
from incidents.log.training import TrainingLog
from incidents.roles import User
from tests.training.parts import exercise_of, opened, scenario
from tests.waiting import until
from training.exercise.archive import LOG, read_kept, read_played
from training.exercise.running import RunningExercise
from training.exercise.scheduler import exercise_device
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
    await until(lambda: len(only(exercise).position.trail) > 3)
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


async def test_an_exercise_is_in_the_language_it_was_opened_in_and_so_is_what_is_kept_of_it(room: TrainingRoom) -> None:
    exercise = await room.open_exercise("accident-under-duress", trainer="Trainer Fictief", language="nl")
    await exercise.start()
    await exercise.end()
    (ended,) = room.ended()
    assert (ended.language, ended.title) == ("nl", "“Het was per ongeluk”, gezegd aan de lijn")
    assert "een supervisor" in read_played(exercise.folder).briefing


async def test_a_list_is_titled_as_who_looks_reads_and_ones_own_scenario_as_it_was_written(room: TrainingRoom) -> None:
    room.save_scenario("own", scenario())
    french = {one.name: one.title for one in room.scenarios("fr")}
    assert french["by-car-across-three-zones"] == "En voiture à travers trois zones"
    assert french["own"] == "A press in Gent" and room.scenario("own", "fr") == scenario()
    assert {one.title for one in room.recordings("de")} >= {"Geplanter Test", "Abgelehnter Auftrag"}


async def test_injects_and_the_trainers_own_actions_happen_at_once(room: TrainingRoom) -> None:
    again = Inject(name="She presses again", what=(Press(device="EX-1"), Line(device="EX-1", state="open", script="…")))
    exercise = await exercise_of(room, scenario(injects=[again], lasts=3000.0), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.inject("She presses again")
    await until(lambda: only(exercise).presses.count == 2)
    assert exercise.shown().injects == ()
    with pytest.raises(TrainingError, match="unknown"):
        await exercise.inject("She presses again")
    await exercise.act(Link(device="EX-1", state="link_lost"))
    await until(lambda: exercise.desk.board.device_alarms)
    still = len(only(exercise).position.trail)
    await exercise.clock.wait(20)
    assert len(only(exercise).position.trail) == still  # while the link is lost no position comes
    with pytest.raises(TrainingError, match="action_invalid"):
        await exercise.act(Press(device="AMR-00412"))
    assert [told.by for told in exercise.shown().told] == ["scenario", "inject", "inject", "trainer"]


async def test_an_inject_whose_alarm_is_not_there_yet_is_refused_and_stays(room: TrainingRoom) -> None:
    over = Inject(name="The line ends", what=(Line(device="EX-1", state="ended"),))
    declines = Inject(name="The zone declines", what=(Zone(answer="decline"),))
    fresh = Inject(
        name="She presses", what=(Press(device="EX-1"), Line(device="EX-1", state="open"), Zone(answer="accept"))
    )
    made = scenario(
        steps=[{"at": 2999, "what": {"do": "press", "device": "EX-1"}}], injects=[over, declines, fresh], lasts=3000.0
    )
    exercise = await exercise_of(room, made)
    await exercise.start()
    for name in ("The line ends", "The zone declines"):
        with pytest.raises(TrainingError, match="no_alarm"):
            await exercise.inject(name)
    assert exercise.shown().injects == ("The line ends", "The zone declines", "She presses")
    assert exercise.shown().told == ()
    await exercise.inject("She presses")
    await until(lambda: exercise.desk.board.incidents)
    await exercise.inject("The line ends")
    await exercise.inject("The zone declines")
    assert exercise.shown().injects == ()


async def test_what_was_sent_while_the_feed_was_down_comes_late(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(lasts=3000.0), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.act(Feed(state="down"))
    await until(lambda: {feed.state for feed in exercise.desk.board.feeds.values()} == {"down"})
    await exercise.act(Press(device="EX-1"))
    pressed = exercise.clock.now()
    await exercise.act(Feed(state="up"))
    await until(lambda: only(exercise).presses.count == 2)
    assert only(exercise).presses.last_at >= pressed


async def test_the_zone_answers_as_the_trainer_says(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(lasts=3000.0), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.act(Zone(answer="decline", reason="no unit is free"))
    who = trainee(exercise)
    await exercise.desk.command(do.Acknowledge(id="command-1", incident=only(exercise).id), who)
    await exercise.desk.command(do.Route(id="command-2", incident=only(exercise).id, zone="5415"), who)
    await until(
        lambda: any(entry.event.__struct_config__.tag == "declined" for entry in only(exercise).history.entries)
    )
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


def a_recording(**more: Any) -> Recording:
    """Two messages of a device, ten seconds apart, a year ago."""
    at = datetime(2025, 11, 24, 20, 0, tzinfo=UTC)
    fix = {"lat": 51.2093, "lon": 3.2247, "radius": 20, "time": "2025-11-24T19:59:58Z"}
    press = {"kind": "press", "id": "m-1", "device": "EX-EVENING", "at": stamp(at), "press": "hold", "fix": fix}
    case = Case(
        number="2025-1", victim=Person(name="Verzonnen Persoon"), devices=("EX-EVENING",), source="made up",
        valid_from=at.date(), valid_until=date(2099, 12, 31), date=at.date(),
    )  # fmt: skip
    lines = (
        Recorded(at=at, message=press),
        Recorded(
            at=at + timedelta(seconds=5),
            message={"kind": "order", "id": "m-2", "at": stamp(at), "order": "A-1", "state": "accepted"},
        ),
        Recorded(
            at=at + timedelta(seconds=10),
            message={"kind": "fix", "id": "m-3", "at": stamp(at), "device": "EX-EVENING", "fix": fix},
        ),
    )
    facts = {"feed": "x", "made": at, "masking": "masked", "cases": (case,), "lines": lines}
    return Recording(**facts | more)


async def test_a_recording_plays_inside_a_scenario_as_if_it_came_now(room: TrainingRoom) -> None:
    played = scenario(base=[{"recording": "evening", "at": 2.0}], lasts=60.0)
    expires = datetime(2027, 1, 1, tzinfo=UTC)
    exercise = await room._exercises.open(
        "a-test", played, {"evening": a_recording(expires=expires)}, trainer="Trainer Fictief", speed=60.0
    )
    await exercise.start()
    await until(lambda: exercise.state == "ended")
    of_recording = next(i for i in exercise.desk.board.incidents.values() if i.device == "EX-EVENING")
    assert (of_recording.zone, of_recording.case) == ("5444", "2025-1")
    assert abs((of_recording.received_at - exercise.clock.begin).total_seconds() - 2.0) < 60.0
    assert read_recording(exercise.folder / "bases" / "evening.jsonl").masking == "masked"
    (ended,) = room.ended()
    assert ended.expires == expires  # what came of it is gone when it must be


async def test_an_unmasked_recording_is_no_trainees_to_see(room: TrainingRoom) -> None:
    played, unmasked = scenario(base=[{"recording": "evening"}]), a_recording(masking="none", expires=datetime.now(UTC))
    with pytest.raises(TrainingError, match="unmasked"):
        await room._exercises.open("a-test", played, {"evening": unmasked}, trainer="Trainer Fictief")


@pytest.mark.parametrize(("name", "called"), [("EX-1", "EX-1"), ("AMR-00412", "EX-AMR-00412"), ("á b", "EX---B")])
def test_no_device_of_a_recording_keeps_a_name_that_a_real_one_could_have(name: str, called: str) -> None:
    assert exercise_device(name) == called
