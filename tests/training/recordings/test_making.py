"""Making recordings of a real log: the file, the event, how long it is kept; what the command and the room say."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher

from centre.settings import Settings, Training
from centre.spool import RECORDED, Spool
from dashboard.access.accounts import Accounts
from feeds.recordings.recording import Happened, read_recording, write_recording
from incidents import events as ev
from incidents.exercises.room import Masking, TrainingError
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones
from tests.centre.documents.evidence.parts import register, story
from tests.incidents.conftest import DEVICE, DrivenClock, Open
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import open_floor as open_floor
from tests.processes import vigie
from tests.training.parts import scenario
from tests.training.recordings.parts import as_it_was, played_back
from training.extraction import recorded, told
from training.isolation import RoomSettings
from training.recording import record_to
from training.recordings import ENDING, Recordings
from training.retention import INDEX
from training.room import TrainingRoom

WHY = "for the autumn course"


@pytest.fixture
async def incident(open_floor: Open, tmp_path: Path) -> str:
    """A closed incident in `vigie.log`, its case in `cases.db`."""
    register(tmp_path)
    async with open_floor() as floor:
        return await story(floor)


@pytest.fixture
async def room(tmp_path: Path, clock: DrivenClock, zones: Zones, incident: str) -> TrainingRoom:
    settings = RoomSettings(
        folder=tmp_path / "training", log=tmp_path / "vigie.log", cases=tmp_path / "cases.db", users=tmp_path / "users"
    )
    return await TrainingRoom.open(settings, clock=clock, zones=zones)


async def of_the_log(path: Path) -> list[tuple[ev.Entry, str | None]]:
    log = await SqliteLog.open(path / "vigie.log", reading=True)
    try:
        made = [record async for _, record in log.records() if record.type == "recording_made"]
        found = [ev.entry(record, log.unseal(record)) for record in made]
        return [(entry, log.vault.name_of(entry.actor)) for entry in found]
    finally:
        await log.close()


async def test_a_story_of_the_live_log_played_back_is_the_same_incident(
    incident: str, open_floor: Open, tmp_path: Path, zones: Zones
) -> None:
    async with open_floor() as floor:
        one = await told(floor.log, incident)
    recording = recorded([one], cases=register(tmp_path), made=one.closed_at)
    (again,) = await played_back(recording, tmp_path, zones)
    now, then = as_it_was(again), as_it_was(one.incident)
    # An explanation is of the review, not of the evening; the test's own map knows fewer zones than the real one.
    odd = {"version", "zone", "cic", "unread", "measured cic", "measured zone", "flags", "unreadable"}
    then["history"] = [one for one in then["history"] if one[0] is not ev.Explained]
    assert {fact: value for fact, value in now.items() if value != then[fact] and fact not in odd} == {}


async def test_the_room_makes_one_and_the_desk_enters_it(
    room: TrainingRoom, incident: str, open_floor: Open, tmp_path: Path
) -> None:
    listed = await asyncio.to_thread(room.record, [incident[:8]], masking="masked", reason=WHY, by="Tine Fictief")
    assert (listed.masking, listed.incidents, listed.shipped) == ("masked", 1, False)
    file = tmp_path / "training" / "recordings" / f"{listed.name}{ENDING}"
    text = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600 and "Personal data" in text
    for secret in (incident, DEVICE, "Voorbeeld", "he is at the door", "2026-0412", "2026-11-24", "tulpenbol"):
        assert secret not in text
    replay = await room.open_replay(listed.name)
    assert replay.played().length_s == pytest.approx(listed.length_s)
    await replay.close()
    await room.close()
    async with open_floor() as floor:
        await Spool(tmp_path / "vigie.log", RECORDED, desk=floor.desk, log=floor.log).enter()
        await floor.desk._recorder.close()
    ((entry, by),) = await of_the_log(tmp_path)
    made = entry.event
    assert isinstance(made, ev.RecordingMade) and by == "Tine Fictief"
    assert (made.incidents, made.masking, made.how, made.reason) == (incident, "masked", "page", WHY)
    assert list(tmp_path.glob("*.recording-*")) == []


async def test_for_whom_the_case_excludes_there_is_no_such_incident_to_record(
    room: TrainingRoom, incident: str
) -> None:
    with pytest.raises(TrainingError, match="unknown"):
        await asyncio.to_thread(room.record, [incident[:8]], masking="masked", reason=WHY, by="bro FICTIEF")
    assert await asyncio.to_thread(room.record, [incident[:8]], masking="masked", reason=WHY, by="Tom Fictief")
    await room.close()


async def test_nothing_is_kept_that_could_not_be_noted(
    room: TrainingRoom, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("training.room.leave_note", full)
    with pytest.raises(TrainingError, match="not_written"):
        await asyncio.to_thread(room.record, [incident], masking="masked", reason=WHY, by="Tine")
    assert [one for one in room.recordings("en") if not one.shipped] == []
    await room.close()


async def test_an_erased_incident_takes_its_recordings_with_it_and_what_was_played_of_them(
    room: TrainingRoom, incident: str, clock: DrivenClock, tmp_path: Path
) -> None:
    listed = await asyncio.to_thread(room.record, [incident], masking="strong", reason=WHY, by="Tine")
    made_up = next(one.name for one in room.recordings("en") if one.shipped)
    for base in (listed.name, made_up):
        room.save_scenario(f"of-{base}", scenario(base=[{"recording": base}]))
        exercise = await room.open_exercise(f"of-{base}", trainer="Tine", language="en")
        await exercise.start()
        await exercise.end()
    await room._exercises.close()
    room._exercises._running.clear()
    await room._tidy()
    assert listed.name in {one.name for one in room.recordings("en")}
    assert len(room.ended()) == 2
    log = await SqliteLog.open(tmp_path / "vigie.log")
    await log.erase(f"incident/{incident}", id="erase-1", at=ev.stamp(clock.now()), actor="admin")
    await log.close()
    await room._tidy()
    assert listed.name not in {one.name for one in room.recordings("en")}
    assert [one.scenario for one in room.ended()] == [f"of-{made_up}"]
    assert incident not in (tmp_path / "training" / "recordings" / INDEX).read_text()
    with pytest.raises(TrainingError, match="erased"):
        await asyncio.to_thread(room.record, [incident], masking="masked", reason=WHY, by="Tine")
    await room.close()


async def test_it_expires_with_its_source_and_does_not_tell_the_day(
    room: TrainingRoom, incident: str, clock: DrivenClock, tmp_path: Path
) -> None:
    ends = set()
    for _ in range(6):
        listed = await asyncio.to_thread(room.record, [incident], masking="masked", reason=WHY, by="Tine")
        assert listed.expires is not None
        ends.add(listed.expires)
    latest = clock.now() + timedelta(days=365)
    assert all(clock.now() < end < latest for end in ends) and len(ends) > 1
    clock.at = max(ends) + timedelta(days=1)
    assert all(one.shipped for one in room.recordings("en"))
    with pytest.raises(TrainingError, match="expired"):
        await room.open_replay(listed.name)
    os.mkfifo(pipe := tmp_path / "training" / "recordings" / "a.vigierec")  # keeps none of the others
    await room._tidy()
    assert [*pipe.parent.glob("*.vigierec")] == [pipe]
    clock.at = latest + timedelta(days=1)
    with pytest.raises(TrainingError, match="expired"):
        await asyncio.to_thread(room.record, [incident], masking="masked", reason=WHY, by="Tine")
    await room.close()


async def test_incidents_too_far_apart_make_no_recording_that_nobody_can_read(
    room: TrainingRoom, incident: str, clock: DrivenClock
) -> None:
    original = await room._source.original([incident], now=clock.at, by="Tina")
    *lines, last = original.recording.lines
    assert isinstance(last, Happened)
    late = msgspec.structs.replace(last, at=last.at + timedelta(days=40), happened=last.happened + timedelta(days=40))
    apart = msgspec.structs.replace(
        original, recording=msgspec.structs.replace(original.recording, lines=(*lines, late))
    )
    for how in ("masked", "none"):
        with pytest.raises(TrainingError, match="far_apart"):
            room._source.masked(apart, how)  # type: ignore[arg-type]
    await room.close()


async def test_a_recording_bears_the_title_it_was_given(room: TrainingRoom, incident: str) -> None:
    listed = await asyncio.to_thread(
        room.record, [incident], masking="masked", reason=WHY, by="Tine", title=" Whispers at the door "
    )
    assert listed.title == "Whispers at the door"
    with pytest.raises(TrainingError, match="reviewed_names"):
        await asyncio.to_thread(
            room.record, [incident], masking="masked", reason=WHY, by="Tine", title=f"The evening of {DEVICE}"
        )
    await room.close()


async def test_what_the_room_does_not_record(
    room: TrainingRoom, incident: str, open_floor: Open, clock: DrivenClock
) -> None:
    async with open_floor() as floor:
        opened = await floor.press("AMR-2", id="another")
        assert opened is not None
    for wish, masking, why, code in (
        (["zzzzzzzz"], "masked", WHY, "unknown"),
        ([], "masked", WHY, "unknown"),
        ([opened.id], "masked", WHY, "not_closed"),
        ([incident], "none", WHY, "not_allowed"),
        ([incident], "masked", " ", "reason_missing"),
    ):
        with pytest.raises(TrainingError, match=code):
            await asyncio.to_thread(room.record, wish, masking=masking, reason=why, by="Tine")  # type: ignore[arg-type]
    await room.close()


async def test_a_foreign_file_is_checked_as_a_whole_and_written_anew(tmp_path: Path, clock: DrivenClock) -> None:
    shelf = Recordings(tmp_path / "own", now=clock.now)
    shipped = shelf.listed()[0]
    raw = (Path("training/recordings") / f"{shipped.name}{ENDING}").resolve().read_bytes()
    taken = shelf.take_in("from-elsewhere", raw)
    assert (taken.shipped, taken.title, taken.length_s) == (False, shipped.title, shipped.length_s)
    assert shelf.devices()["from-elsewhere"] == shelf.devices()[shipped.name] != frozenset()
    lines = raw.splitlines(keepends=True)
    unmasked = shelf.open(shipped.name)
    write_recording(tmp_path / "unmasked", type(unmasked)(feed="f", made=unmasked.made, lines=unmasked.lines))
    for name, bytes_, code in (
        ("from-elsewhere", raw, "exists"),
        (shipped.name, raw, "shipped"),
        ("../up", raw, "name_invalid"),
        ("cut", b"".join(lines[:-1]), "recording_invalid"),
        ("changed", raw.replace(b'"by":"person-1"', b'"by":"person-2"', 1), "recording_invalid"),
        ("open", (tmp_path / "unmasked").read_bytes(), "unmasked"),
    ):
        with pytest.raises(TrainingError, match=code):
            shelf.take_in(name, bytes_)
    assert {one.name for one in shelf.listed() if not one.shipped} == {"from-elsewhere"}
    shelf.forget("from-elsewhere")
    with pytest.raises(TrainingError, match="came_with_vigie"):
        shelf.forget(shipped.name)


async def test_the_command_writes_masked_and_an_auditor_unmasked(incident: str, tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "users", hasher=PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    accounts.add("ada", ["auditor"], "fictief-wachtwoord")
    accounts.add("tine", ["trainer"], "fictief-wachtwoord")
    settings = Settings(
        log=tmp_path / "vigie.log",
        cases=tmp_path / "cases.db",
        users=tmp_path / "users",
        training=Training(keep_days=36_500),
    )
    texts, masked, plain = tmp_path / "texts.json", tmp_path / f"m{ENDING}", tmp_path / f"p{ENDING}"

    async def record(out: Path, masking: Masking, by: str, reason: str, **files: Path) -> str:
        paths = {"reviewed": None, "texts": None, **files}
        said = await record_to(
            out, [incident[:10]], settings, masking=masking, reason=reason, title="Whispers", by=by, **paths
        )
        return " ".join(said)

    assert "personal data" in await record(masked, "masked", "tine", "", texts=texts) and not masked.exists()
    found = json.loads(texts.read_text())
    texts.write_text(json.dumps(found | {"she whispers: he is at the door": "She whispers."}))
    said = await record(masked, "masked", "tine", "", reviewed=texts)
    assert "personal data" in said and "expires on" in said and incident not in said
    recording = read_recording(masked)
    notes = [one.event.text for one in recording.lines if isinstance(one, Happened) and isinstance(one.event, ev.Noted)]
    assert (recording.title, notes, recording.masking) == ("Whispers", ["She whispers."], "masked")
    for by, why, code in (("tine", WHY, "auditor_only"), ("ada", " ", "reason_missing"), ("none", WHY, "auditor_only")):
        with pytest.raises(TrainingError, match=code):
            await record(plain, "none", by, why)
    assert not plain.exists()
    assert "nothing is masked" in await record(plain, "none", "ada", WHY)
    assert DEVICE in plain.read_text() and plain.stat().st_mode & 0o777 == 0o600
    made = [(entry.event.masking, by, entry.event.how) for entry, by in await of_the_log(tmp_path)]  # type: ignore[union-attr]
    assert made == [("texts", "tine", "command"), ("masked", "tine", "command"), ("none", "ada", "command")]


async def test_the_command_says_what_is_wrong_in_a_line(incident: str, tmp_path: Path) -> None:
    words = ("record", incident, "-o", "out", "--mask", "none", "--reason", WHY, "--by", "x")
    said = await vigie(*words, "--log", "vigie.log", "--users", "users", folder=tmp_path)
    assert said == (1, "vigie: unmasked is for an auditor: --by names an account with that role\n")
    assert not (tmp_path / "out").exists()
