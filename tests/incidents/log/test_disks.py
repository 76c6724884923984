"""Full, read-only, locked, taken: each is told plainly, and over when its cause is."""

import asyncio
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from incidents.log import LogUnavailable, Record
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export
from incidents.log.verify import head, verify
from tests.incidents.log.parts import AT, draft, everything, tamper, write
from tests.processes import vigie


def remount(place: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(place)], check=True)


async def test_a_full_disk_is_told_and_writing_goes_on_when_there_is_room(small_disk: Path) -> None:
    log = await SqliteLog.open(small_disk / "vigie.log")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (1 << 20))
    written: list[Record] = []
    with pytest.raises(LogUnavailable, match="full"):
        while True:
            number = len(written)
            written.append(await log.append("incident/a", number, draft(f"n/{number}", sealed=b"x" * 3000)))
    with pytest.raises(LogUnavailable, match="full"):
        await log.append("incident/new", 0, draft("new", sealed=b"x" * 30000))
    assert await everything(log) == written
    ballast.unlink()
    written.append(await log.append("incident/a", len(written), draft("room again", sealed=b"x" * 3000)))
    assert await everything(log) == written
    assert [log.unseal(record) for record in written] == [b"x" * 3000] * len(written)
    await log.close()
    assert verify(small_disk / "vigie.log").ok


async def test_in_a_group_on_a_full_disk_nothing_is_half_written(small_disk: Path) -> None:
    log = await SqliteLog.open(small_disk / "vigie.log")
    tries = [log.append(f"incident/{i}", 0, draft(f"n/{i}", sealed=b"x" * 20_000)) for i in range(100)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    assert 0 < len(won) < 100
    assert all(isinstance(outcome, LogUnavailable | Record) for outcome in outcomes)
    assert {record.id for record in await everything(log)} == {record.id for record in won}
    await log.close()
    assert verify(small_disk / "vigie.log").ok


async def test_a_read_only_log_opens_for_reading_and_is_written_once_it_can_be(small_disk: Path) -> None:
    path = small_disk / "vigie.log"
    log = await SqliteLog.open(path)
    written = await write(log, "incident/a", 3, sealed=b"secret")
    await log.close()
    remount(small_disk, "ro")
    log = await SqliteLog.open(path)
    assert await everything(log) == written
    assert log.unseal(written[0]) == b"secret"
    for _ in range(2):
        with pytest.raises(LogUnavailable, match="read-only"):
            await log.append("incident/a", 3, draft("n/3", sealed=b"secret"))
    assert verify(path).ok and head(path)
    remount(small_disk, "rw")
    record = await log.append("incident/a", 3, draft("n/3", sealed=b"secret"))
    (other,) = await write(log, "incident/b", 1, sealed=b"new key")
    assert await everything(log) == [*written, record, other]
    assert (log.unseal(record), log.unseal(other)) == (b"secret", b"new key")
    await log.close()


async def test_there_is_no_log_to_open_on_an_empty_read_only_disk(small_disk: Path) -> None:
    remount(small_disk, "ro")
    with pytest.raises(LogUnavailable, match="read-only"):
        await SqliteLog.open(small_disk / "vigie.log")


async def test_a_log_locked_from_outside_is_told_and_over_when_released(log: SqliteLog, path: Path) -> None:
    await write(log, "incident/a", 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LogUnavailable, match="another process"):
        await log.append("incident/a", 1, draft("second"))
    assert len(await everything(log)) == 1
    other.execute("ROLLBACK")
    other.close()
    assert (await log.append("incident/a", 1, draft("second"))).version == 2


async def test_a_second_writer_is_refused_while_readers_are_welcome(log: SqliteLog, path: Path) -> None:
    await write(log, "incident/a", 2)
    second = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom incidents.log.sqlite import SqliteLog\n"
        "asyncio.run(SqliteLog.open(Path(sys.argv[1])))"
    )
    code, said = await vigie(str(path), code=second)
    assert code and "another process is writing it" in said
    assert verify(path).ok
    assert head(path).startswith("2-1-")
    assert export(path, path.with_suffix(".jsonl")).count == 2
    await write(log, "incident/a", 1)


async def test_a_log_that_vanished_is_not_silently_begun_anew(log: SqliteLog, path: Path) -> None:
    await write(log, "incident/a", 1)
    for file in path.parent.glob("vigie.log*"):
        if file.suffix in (".log", ".log-wal", ".log-shm"):
            file.rename(file.with_name("away-" + file.name))
    for attempt in range(2):
        with pytest.raises(LogUnavailable):
            await log.append(f"incident/{attempt}", 0, draft(f"new/{attempt}"))
    assert not path.exists()


async def test_a_log_that_waits_for_its_disk_writes_nothing_into_another_that_came_with_it(path: Path) -> None:
    folder, away = path.parent / "disk", path.parent / "away"
    for where in (away, folder):
        where.mkdir()
    known = await SqliteLog.open(away / "own.log")
    await write(known, "incident/known", 3)
    await known.close()
    before = {found.name: found.read_bytes() for found in away.iterdir()}
    folder.rmdir()
    late = SqliteLog.later(folder / "own.log")
    with pytest.raises(LogUnavailable, match="no such file"):
        await late.append("incident/new", 0, draft("new"))
    away.rename(folder)
    for _ in range(2):
        with pytest.raises(LogUnavailable, match="another lies there"):
            await late.append("incident/new", 0, draft("new"))
    await late.close()
    assert {name: (folder / name).read_bytes() for name in before} == before
    shutil.rmtree(folder)
    folder.mkdir()
    late = SqliteLog.later(folder / "own.log")  # where there is none it is begun, and goes on
    assert (await late.append("incident/new", 0, draft("new"))).version == 1
    await late.close()


async def test_a_damaged_log_is_told(path: Path) -> None:
    log = await SqliteLog.open(path)
    await write(log, "incident/a", 200)
    await log.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * 8192)
    report = verify(path)
    assert not report.ok
    path.write_bytes(b"this is no log at all" * 1000)
    with pytest.raises(LogUnavailable, match="damaged or no SQLite file"):
        await SqliteLog.open(path)


async def test_a_newer_format_is_refused_and_left_alone(path: Path) -> None:
    await (await SqliteLog.open(path)).close()
    tamper(path, "PRAGMA user_version = 2")
    before = path.read_bytes()
    for attempt in (SqliteLog.open(path), asyncio.to_thread(verify, path)):
        with pytest.raises(LogUnavailable, match="newer Vigie"):
            await attempt
    assert path.read_bytes() == before


async def test_another_programs_file_is_refused(path: Path) -> None:
    tamper(path, "CREATE TABLE theirs (a)")
    with pytest.raises(LogUnavailable, match="other tables"):
        await SqliteLog.open(path)
    shutil.copy(path, path.with_suffix(".copy"))
    with pytest.raises(LogUnavailable, match="not made by Vigie"):
        verify(path)


async def test_a_reason_never_tells_where_or_whom(small_disk: Path) -> None:
    remount(small_disk, "ro")
    with pytest.raises(LogUnavailable) as told:
        await SqliteLog.open(small_disk / "AMR-00412.log")
    assert "AMR" not in str(told.value) and AT not in str(told.value)
