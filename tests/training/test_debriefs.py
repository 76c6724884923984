"""A debrief is what the exercise's log says, beside the reference and the original."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from feeds.recordings.recording import write_recording
from incidents import commands as do
from incidents.case import Protected
from incidents.exercises.debrief import Debrief, in_words, judge, standing_of, without_places
from incidents.exercises.room import TrainingError
from incidents.exercises.scenario import Line, Reference
from incidents.incident import Incident
from incidents.roles import User
from incidents.withheld import Withholding
from tests.dashboard.trainer.debrief.parts import debrief as a_debrief
from tests.training.parts import exercise_of, opened, scenario, zones
from tests.training.replay.parts import an_evening
from tests.waiting import until
from training.debriefs import _originals, _withholding, progress_of, read_debrief
from training.exercise.archive import BASES, read_kept
from training.exercise.running import RunningExercise
from training.exercise.trainees import ROLES
from training.room import TrainingRoom

REFERENCE = {
    "device": "EX-1",
    "zone": "5415",
    "silent_approach": False,
    "read_instructions": True,
    "keep_listening": True,
    "as_class": "real",
    "outcome": "victim_safe",
    "why": "She was followed.",
}


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[TrainingRoom]:
    made = await opened(tmp_path)
    yield made
    await made.close()


def only(exercise: RunningExercise) -> Incident:
    (incident,) = exercise.desk.board.incidents.values()
    return incident


async def worked(room: TrainingRoom, *, well: bool) -> Debrief:
    """An exercise that one trainee works as the reference has it, or otherwise in every point."""
    exercise = await exercise_of(room, scenario(references=[REFERENCE], lasts=3000.0), speed=40.0)
    room.join(exercise.code, "Leerling Een", "leerling")
    room.join(exercise.code, "Leerling Drie", "")
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    name = only(exercise).id
    who = User(actor=exercise.desk.pseudonym("Leerling Een"), roles=ROLES)

    async def does(wish: do.Command) -> None:
        await exercise.desk.command(wish, who)

    await does(do.Acknowledge(id="command-1", incident=name))
    if well:
        await does(do.OpenCase(id="command-2", incident=name))
        await does(do.Listen(id="command-3", incident=name))
    else:
        await exercise.act(Line(device="EX-1", state="open"))
        await until(lambda: only(exercise).line.call is not None)
    await does(do.Route(id="command-4", incident=name, zone="5416", anyway=True))
    if well:  # corrected
        await does(do.Route(id="command-4-2", incident=name, zone="5415", anyway=True))
    await does(do.Progress(id="command-5", incident=name, step="safe", anyway=True))
    await does(
        do.Close(
            id="command-6",
            incident=name,
            as_class="real" if well else "unknown",
            outcome="victim_safe" if well else "other",
            reason="over",
        )
    )
    await exercise.remark("Well listened.", by="Trainer Fictief")
    await exercise.pause()
    exercise.kick(exercise.shown().trainees[1].id)
    await asyncio.sleep(0.05)
    await exercise.resume()
    await exercise.pause()
    await exercise.end()
    await exercise.close()
    return await read_debrief(exercise.folder, zones())


async def test_what_was_done_as_the_reference_has_it_agrees_in_every_point(room: TrainingRoom) -> None:
    found = await worked(room, well=True)
    (incident,) = found.incidents
    assert {point.about: point.ok for point in incident.judged} == dict.fromkeys(
        ("zone", "silent_approach", "read_instructions", "keep_listening", "as_class", "outcome"), True
    )
    assert incident.judged[0].found == "5416\n5415"
    assert incident.who == "Leerling Een" and found.trainer == "Trainer Fictief" and found.trainees == ("Leerling Een",)
    types = [decision.type for decision in incident.course.decisions]
    assert [t for t in types if t in ("acknowledged", "ordered", "closed")] == [
        "acknowledged",
        "ordered",
        "ordered",
        "closed",
    ]
    assert [d.at_s for d in incident.course.decisions] == sorted(d.at_s for d in incident.course.decisions)
    answered = next(one for one in incident.course.measured if one.interval == "received->acknowledged")
    assert answered.seconds is not None and {aim.limit_s for aim in answered.aims} == {10, 15, 20}
    assert all(
        aim.within is (answered.seconds < 10 if aim.profile == "CIC" else answered.seconds <= aim.limit_s)
        for aim in answered.aims
    )
    assert [remark.text for remark in found.remarks] == ["Well listened."] and not found.missed and not found.cut_off
    paused, out, last = found.halts
    assert out.out == "Leerling Drie" and paused.at_s == out.at_s <= last.at_s
    assert all(one.lasted_s is not None for one in (paused, last)) and (paused.lasted_s or 0) >= 0.05
    assert incident.course.spots and incident.why == "She was followed."


def test_a_class_that_was_said_counts_though_nobody_closed_it() -> None:
    said: Any = [SimpleNamespace(type="classified", facts={"as_class": "real"})]
    (point,) = judge(said, Reference(device="EX-1", as_class="real"))
    assert (point.found, point.ok) == ("real", True)


async def test_what_was_done_otherwise_is_told_beside_what_was_expected(room: TrainingRoom) -> None:
    found = await worked(room, well=False)
    (incident,) = found.incidents
    judged = {point.about: (point.expected, point.found, point.ok) for point in incident.judged}
    assert judged["zone"] == ("5415", "5416", False)
    assert judged["read_instructions"] == ("yes", "no", False)
    assert judged["keep_listening"] == ("yes", "no", False)
    assert judged["as_class"] == ("real", "unknown", False)
    assert judged["outcome"] == ("victim_safe", "other", False)
    standing = standing_of(found, "Leerling Een")
    assert (standing.incidents, standing.agreed, standing.judged) == (1, 1, 6)
    assert standing_of(found, "somebody else").incidents == 0


async def test_an_exercise_that_was_cut_off_keeps_what_was_sent_and_how_far_it_came(room: TrainingRoom) -> None:
    inject = {"name": "She presses again", "what": [{"do": "press", "device": "EX-1"}]}
    exercise = await exercise_of(room, scenario(references=[REFERENCE], injects=[inject], lasts=3000.0), speed=40.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    await exercise.inject("She presses again")
    await until(lambda: only(exercise).presses.count == 2)
    # As a power cut would leave it: nothing was told to end.
    found = await read_debrief(exercise.folder, zones())
    assert found.cut_off and [(one.by, one.inject) for one in found.told] == [
        ("scenario", ""),
        ("inject", "She presses again"),
    ]
    assert found.length_s >= found.told[-1].at_s > 1.0
    assert room._exercises._ended(exercise.folder, read_kept(exercise.folder)).cut_off
    await exercise.end()
    assert not room._exercises._ended(exercise.folder, read_kept(exercise.folder)).cut_off


async def test_progress_is_of_the_exercises_an_account_took_part_in(room: TrainingRoom, tmp_path: Path) -> None:
    await worked(room, well=True)
    await worked(room, well=False)
    folder = tmp_path / "training" / "exercises"
    assert [one.agreed for one in await progress_of(folder, "leerling", zones())] == [6, 1]
    assert await progress_of(folder, "somebody", zones()) == ()


async def test_a_press_nobody_sent_and_a_folder_that_is_none_are_told(room: TrainingRoom, tmp_path: Path) -> None:
    exercise = await exercise_of(room, scenario(steps=[], lasts=600.0), speed=40.0)
    await exercise.start()
    await exercise.end()
    await exercise.close()
    found = await read_debrief(exercise.folder, zones())
    assert found.incidents == () and found.missed == ("EX-1",)
    with pytest.raises(TrainingError, match="unknown"):
        await read_debrief(tmp_path, zones())
    (exercise.folder / "exercise.log.key").unlink()
    with pytest.raises(TrainingError, match="log_unavailable"):
        await read_debrief(exercise.folder, zones())


async def test_the_original_stands_on_the_same_axis(tmp_path: Path) -> None:
    (tmp_path / BASES).mkdir()
    recording = an_evening(fixes=20)
    write_recording(tmp_path / BASES / "an-evening.jsonl", recording)
    played = scenario(base=[{"recording": "an-evening", "at": 60.0}])
    found = await _originals(tmp_path, played, recording.made, zones())
    (course,) = found.values()
    assert course.reached[0].name == "pressed" and course.reached[0].at_s == 60.0
    assert {decision.who for decision in course.decisions} == {f"Person {n}" for n in range(1, 5)}
    assert not list(tmp_path.glob("original-*"))


async def test_listening_counts_from_when_a_trainee_said_so_and_not_from_when_the_scenario_opened_the_line(
    room: TrainingRoom,
) -> None:
    exercise = await exercise_of(room, scenario(lasts=3000.0), speed=40.0)
    room.join(exercise.code, "Leerling Een", "leerling")
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    name, who = only(exercise).id, User(actor=exercise.desk.pseudonym("Leerling Een"), roles=ROLES)
    await exercise.act(Line(device="EX-1", state="open"))
    await until(lambda: only(exercise).line.call is not None)
    await exercise.desk.command(do.Acknowledge(id="command-1", incident=name), who)

    async def listened() -> tuple[float | None, float | None, float | None]:
        """The interval; then, in s of the exercise, since when somebody listens, and when they said so."""
        (incident,) = (await read_debrief(exercise.folder, zones())).incidents
        (took,) = [one.seconds for one in incident.course.measured if one.interval == "acknowledged->listening"]
        reached = next((one.at_s for one in incident.course.reached if one.name == "listening"), None)
        return took, reached, next((d.at_s for d in incident.course.decisions if d.type == "listening"), None)

    assert await listened() == (None, None, None)
    await exercise.desk.command(do.Listen(id="command-2", incident=name), who)
    took, reached, said = await listened()
    assert took is not None and took >= 0 and said is not None and reached == pytest.approx(said, abs=0.1)
    await exercise.end()
    await exercise.close()


def test_invented_cases_withhold_nothing_and_a_recording_of_what_happened_its_places(tmp_path: Path) -> None:
    (tmp_path / BASES).mkdir()
    made_up = msgspec.structs.replace(an_evening(fixes=3), expires=None)
    played = scenario(base=[{"recording": "an-evening", "at": 60.0}])
    write_recording(tmp_path / BASES / "an-evening.jsonl", made_up)
    assert not _withholding(tmp_path, scenario()).any and not _withholding(tmp_path, played).any
    masked = msgspec.structs.replace(made_up, masking="masked", expires=made_up.made + timedelta(days=30))
    assert masked.cases
    write_recording(tmp_path / BASES / "an-evening.jsonl", masked)
    assert _withholding(tmp_path, played).any
    (tmp_path / BASES / "an-evening.jsonl").unlink()
    assert _withholding(tmp_path, played).unknown


def test_words_are_of_the_devices_positions_and_none_names_a_protected_place() -> None:
    def words_at(lat: float, lon: float, radius_m: float | None) -> str:
        return f"near {'Lindestraat' if lat > 51.0545 else 'Kerkstraat'} 12 · {radius_m}"

    rule = Withholding((Protected(name="home", address="Lindestraat 7, Gent", lat=50.0, lon=4.0),), of_many=True)
    found = in_words(a_debrief(), rule, words_at, "of somebody")
    spots = found.incidents[0].course.spots
    assert [spot.near for spot in spots if spot.unit] == [""]
    # A number that is merely the nearest stands; the street of a place does not.
    assert [spot.near for spot in spots if not spot.unit] == [
        "near Kerkstraat 12 · 18.0",
        "near Kerkstraat 12 · 250.0",
        "near Kerkstraat 12 · 300.0",
        "[withheld]",
    ]
    nobody = in_words(a_debrief(), Withholding(unknown=True), words_at, "")
    assert {spot.near for spot in nobody.incidents[0].course.spots if not spot.unit} == {"[withheld]"}
    nothing = in_words(a_debrief(), rule, lambda lat, lon, radius_m: "", "")
    assert {spot.near for spot in nothing.incidents[0].course.spots} == {""}


async def test_a_debrief_leads_to_no_protected_place_of_its_cases(room: TrainingRoom) -> None:
    found = await worked(room, well=True)
    spot = found.incidents[0].course.spots[0]
    home = Protected(name="home, Lindestraat 7", lat=spot.lat, lon=spot.lon, radius_m=300)
    remark = msgspec.structs.replace(found.remarks[0], text="She lives in the Lindestraat.")
    clean = without_places(msgspec.structs.replace(found, remarks=(remark,)), Withholding((home,), of_many=True))
    assert clean.withheld >= 1 and spot not in clean.incidents[0].course.spots
    assert "Lindestraat" not in str(clean) and clean.incidents[0].judged == found.incidents[0].judged
