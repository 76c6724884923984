"""What ends beside the log: withdrawn cases, old versions of cases, evidence files on this disk, recordings, debriefs."""

import asyncio
import contextlib
import hashlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from incidents import events as ev
from incidents.cases import CaseRegister, import_cases
from incidents.cases.sealed import Kept
from incidents.log.store import WriteLock
from incidents.retention.rule import OldVersion, cases_over
from incidents.retention.times import Times
from tests.centre.retention.parts import CONFIRM, command, floor_of, lived, years_ago
from tests.incidents.cases.conftest import case
from tests.incidents.conftest import DEVICE, DrivenClock
from training.retention import Kept as KeptRecording
from training.retention import Sources

OLD, NOW = datetime(2001, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


@given(st.lists(st.integers(0, 9000), min_size=1, max_size=6), st.sets(st.integers(1, 6)), st.booleans(), st.booleans())
def test_a_version_that_an_incident_names_and_the_newest_of_a_case_that_stands_are_never_over(
    days: list[int], used: set[int], named: bool, withdrawn: bool
) -> None:
    ats = [NOW - timedelta(days=9000 - day) for day in sorted(days)]
    versions = [Kept(n, at, withdrawn and n == len(ats)) for n, at in enumerate(ats, 1)]
    over = cases_over(versions, used if named else None, Times(), NOW)
    if withdrawn:
        assert over == ([] if named or ats[-1] + timedelta(days=3650) > NOW else [OldVersion(None, over[0].ended)])
    else:
        numbers = {one.version for one in over}
        assert not numbers & (used if named else set()) and len(versions) not in numbers
        assert all(one.ended <= NOW for one in over)


def loaded(folder: Path, *cases: dict[str, object], withdrawn: tuple[str, ...] = ()) -> None:
    rows = folder / "cases.json"
    rows.write_text(json.dumps({"cases": cases, "withdrawn": withdrawn}))
    assert import_cases(rows, folder / "cases.db").loaded


def aged(folder: Path) -> dict[tuple[bytes, int], bytes]:
    """All that stands in the register is of long ago; the sealed bytes of each version."""
    with contextlib.closing(sqlite3.connect(folder / "cases.db")) as db:
        db.execute("UPDATE versions SET at = ?", (OLD.isoformat(timespec="seconds"),))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return {
            (tag, version): sealed for tag, version, sealed in db.execute("SELECT tag, version, sealed FROM versions")
        }


def wrapped(folder: Path) -> list[bytes]:
    with contextlib.closing(sqlite3.connect(folder / "cases.db")) as db:
        return [row[0] for row in db.execute("SELECT wrapped FROM keys ORDER BY n")]


def in_files(folder: Path, some: bytes) -> bool:
    """Whether any part of these bytes stands in the register's files: what is long lies there in several pieces."""
    held = b"".join(path.read_bytes() for path in folder.glob("cases.db*"))
    return any(some[at : at + 40] in held for at in range(0, len(some), 100) if len(some) - at >= 28)


def test_a_withdrawn_case_and_old_versions_are_gone_from_the_file_and_those_an_incident_names_stay(
    tmp_path: Path,
) -> None:
    named, other, leaving = case("2026-0001", devices=[DEVICE]), case("2026-0002"), case("2026-0003")
    loaded(tmp_path, named, other, leaving)

    async def press() -> None:
        async with floor_of(tmp_path, DrivenClock(datetime(2026, 11, 20, tzinfo=UTC))) as floor:
            await lived(floor, "real")  # of version 1 of the first case

    asyncio.run(press())
    risks = [{"text": "a threat " * 200, "source": "x", "date": "2026-11-02"}] * 4  # longer than a page of the file
    for text in ("risks", "weapons"):
        loaded(tmp_path, named | {text: risks}, other | {text: risks})
    loaded(tmp_path, withdrawn=("2026-0003",))
    before, keys = aged(tmp_path), wrapped(tmp_path)
    command(tmp_path, *CONFIRM)
    dry, done = command(tmp_path, "run", "--dry-run"), command(tmp_path, "run")
    assert done.output == dry.output.replace("would be erased", "erased")
    assert (done.output.count("\nversion ") + done.output.startswith("version "), done.output.count("case ")) == (
        3,
        1,
    ), done.output
    register = CaseRegister.open(tmp_path / "cases.db")
    assert register.state == "open" and len(register) == 2
    assert register.versions("2026-0001") == (1, 3) and register.versions("2026-0002") == (3,)
    assert register.by_number("2026-0001", 1) is not None and register.by_number("2026-0002", 1) is None
    assert register.versions("2026-0003") == ()
    assert in_files(tmp_path, keys[0]) and not in_files(tmp_path, keys[2])
    left = [place for place, sealed in before.items() if in_files(tmp_path, sealed)]
    assert sorted(version for _, version in left) == [1, 3, 3]
    loaded(tmp_path, leaving)  # the same number comes again: a case of its own
    again = CaseRegister.open(tmp_path / "cases.db")
    assert again.by_number("2026-0003") is not None and again.state == "open"
    assert not in_files(tmp_path, keys[2])


def test_an_evidence_file_on_this_disk_goes_by_its_time_and_with_its_incident(tmp_path: Path) -> None:
    ids = asyncio.run(years_ago(tmp_path, "test", "complaint"))
    folder = tmp_path / "papers"
    folder.mkdir()
    files = {name: folder / f"{name}.pdf" for name in ("old", "new", "erased", "foreign")}
    for name, path in files.items():
        path.write_bytes(f"%PDF {name}".encode())

    async def made() -> None:
        # The log's clock is the system's here, but for what was made long ago.
        for clock, some in (
            (DrivenClock(OLD), {"old": "complaint"}),
            (DrivenClock(datetime.now(UTC)), {"new": "complaint"}),
        ):
            async with floor_of(tmp_path, clock) as floor:
                for name, kind in some.items():
                    sha256 = hashlib.sha256(files[name].read_bytes()).hexdigest()
                    event = ev.EvidenceMade(
                        incident=ids[kind], form="pdf", sha256=sha256, json_sha256=sha256, how="page"
                    )
                    await floor.desk.note("desk/evidence", event, id=f"evidence-{name}", actor="ann")

    asyncio.run(made())
    command(tmp_path, *CONFIRM)
    dry, done = command(tmp_path, "run", "--dry-run"), command(tmp_path, "run")
    assert done.output == dry.output.replace("would be erased", "erased")
    assert {name for name, path in files.items() if path.exists()} == {"new", "erased", "foreign"}
    assert "evidence" in done.output and str(folder) not in done.output

    async def of_the_erased() -> None:
        async with floor_of(tmp_path, DrivenClock(datetime.now(UTC))) as floor:
            sha256 = hashlib.sha256(files["erased"].read_bytes()).hexdigest()
            event = ev.EvidenceMade(incident=ids["test"], form="pdf", sha256=sha256, json_sha256=sha256, how="page")
            await floor.desk.note("desk/evidence", event, id="evidence-erased", actor="ann")

    asyncio.run(of_the_erased())
    command(tmp_path, "run")
    assert not files["erased"].exists() and files["foreign"].exists()


def test_recordings_of_an_erased_incident_go_too_unless_a_room_runs_which_does_it_itself(tmp_path: Path) -> None:
    ids = asyncio.run(years_ago(tmp_path, "test"))
    recordings = tmp_path / "training" / "recordings"
    recordings.mkdir(parents=True)
    far = datetime.now(UTC) + timedelta(days=300)
    for name, incident in (("hers", ids["test"]), ("another", "abcdefgh")):
        (recordings / f"{name}.vigierec").write_bytes(b"a recording")
        Sources(recordings).keep(name, KeptRecording((incident,), far))
    kept = {"id": "x", "title": "t", "scenario": "s", "trainer": "p", "began": OLD, "ended": OLD}
    folder = tmp_path / "training" / "exercises" / "x"
    folder.mkdir(parents=True)
    (folder / "exercise.json").write_bytes(msgspec.json.encode({"format": "vigie-exercise", "version": 1, **kept}))
    command(tmp_path, *CONFIRM)
    room = WriteLock(tmp_path / "training" / "room.log")
    room.acquire()
    try:
        assert "1 recordings and 1 debriefs over; the training room" in command(tmp_path, "run").output
        assert folder.exists() and (recordings / "hers.vigierec").exists()
    finally:
        room.release()
    assert "1 recordings and 1 debriefs over\n" in command(tmp_path, "run", "--dry-run").output
    assert folder.exists() and (recordings / "hers.vigierec").exists()
    command(tmp_path, "run")
    assert not folder.exists() and {path.name for path in recordings.glob("*.vigierec")} == {"another.vigierec"}
