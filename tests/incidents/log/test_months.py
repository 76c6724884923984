"""Of a stream that goes on one month can end: its key is gone, the others open, also from an older backup."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from incidents.log import Draft, Record
from incidents.log.sqlite import SqliteLog
from incidents.log.vault import Vault
from incidents.log.verify import head, verify
from tests.incidents.log.test_vault import wrapped_keys

STREAM, OCTOBER = "device/a", "device/a/2026-10"
LATER = "2031-12-01T03:30:00.000Z"


async def wrote(log: SqliteLog, month: str, plain: bytes = b"secret", stream: str = STREAM) -> Record:
    version = await log.version(stream)
    at = f"{month}-15T12:00:00.000Z"
    draft = Draft(id=f"{stream} {version}", at=at, source_at=at, actor="feed", type="noted", open={}, sealed=plain)
    return await log.append(stream, version, draft)


def raw(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())


async def of_two_months(path: Path) -> tuple[SqliteLog, Record, Record]:
    log = await SqliteLog.open(path)
    return log, await wrote(log, "2026-10", b"old"), await wrote(log, "2026-11", b"new")


async def test_one_month_ends_and_the_others_open(path: Path) -> None:
    log, old, new = await of_two_months(path)
    keys = wrapped_keys(path)
    assert keys.keys() == {OCTOBER, "device/a/2026-11"} and keys[OCTOBER] in raw(path)
    await log.erase(OCTOBER, id="erase/1", at=LATER, actor="retention", rule="device")
    assert keys[OCTOBER] not in raw(path) and keys["device/a/2026-11"] in raw(path)
    for _ in range(2):
        assert (log.unseal(old), log.unseal(new)) == (None, b"new")
        assert [(r.type, r.version) for r in await log.stream(OCTOBER)] == [("erased", 1)]
        await log.close()
        log = await SqliteLog.open(path)
    await log.close()
    assert verify(path, head(path)).ok


async def test_a_clock_that_goes_back_into_a_month_that_ended_loses_nothing_of_what_comes(path: Path) -> None:
    log, old, _ = await of_two_months(path)
    await log.erase(OCTOBER, id="erase/1", at=LATER, actor="retention")
    again = await wrote(log, "2026-10", b"again")
    for _ in range(2):
        assert (log.unseal(old), log.unseal(again)) == (None, b"again")
        await log.finish_erasing()
        await log.close()
        log = await SqliteLog.open(path)
    await log.erase(OCTOBER, id="erase/2", at=LATER, actor="retention")
    assert log.unseal(again) is None
    await log.close()


async def test_what_was_sealed_before_there_were_months_still_opens_and_ends(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(Vault, "MONTHLY", False)
        log = await SqliteLog.open(path)
        old = await wrote(log, "2026-10", b"old")
        await log.close()
    assert wrapped_keys(path).keys() == {STREAM}
    log = await SqliteLog.open(path)
    new = await wrote(log, "2026-10", b"new")
    assert (log.unseal(old), log.unseal(new)) == (b"old", b"new")
    await log.erase(STREAM, id="erase/1", at=LATER, actor="retention")
    assert (log.unseal(old), log.unseal(new)) == (None, b"new")
    await log.close()


async def test_an_older_backup_has_the_month_erased_again(path: Path) -> None:
    log, old, new = await of_two_months(path)
    await log.close()
    kept = [path, path.with_name("vigie.log.private")]
    saved = [shutil.copy(file, file.with_name(f"{file.name}.saved")) for file in kept]
    key = wrapped_keys(path)[OCTOBER]
    log = await SqliteLog.open(path)
    later = await wrote(log, "2026-12")
    for month in ("2026-10", "2026-12"):
        await log.erase(f"{STREAM}/{month}", id=f"erase/{month}", at=LATER, actor="retention")
    assert log.unseal(later) is None
    await log.close()
    for file, copy in zip(kept, saved, strict=True):
        shutil.move(copy, file)
    assert key in raw(path)
    log = await SqliteLog.open(path)
    assert log.erased_again == 1  # of December this log has nothing
    assert (log.unseal(old), log.unseal(new)) == (None, b"new") and key not in raw(path)
    await log.close()
    assert verify(path).ok


async def test_bytes_in_quarantine_end_where_they_stand(path: Path) -> None:
    log = await SqliteLog.open(path)
    for day in (1, 2, 3):
        await log.quarantine("112-app", f"2026-11-0{day}T12:00:00.000Z", "no JSON", b"AMR-00412 %d" % day * 3000)
    with contextlib.closing(sqlite3.connect(f"{path}.private")) as db:
        sealed = [row[0] for row in db.execute("SELECT sealed FROM quarantine ORDER BY n")]
    pieces = [[one[n : n + 300] for n in range(0, len(one), 300)] for one in sealed]  # a page holds 4 KiB of it

    def there() -> list[bool]:
        held = raw(path)
        return [any(piece in held for piece in some) for some in pieces]

    assert there() == [True, True, True]
    assert await log.forget_quarantine("2026-11-03T00:00:00.000Z") == 2
    assert there() == [False, False, True]
    assert [one.at[:10] for one in log.vault.quarantined()] == ["2026-11-03"]
    assert await log.forget_quarantine("2026-11-03T00:00:00.000Z") == 0
    await log.close()
