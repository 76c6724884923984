"""What a desk stands on and does not hear of by itself is told as numbers and faults, from beside the loop."""

import asyncio
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from centre.backup.noted import note
from centre.monitoring import surroundings
from centre.monitoring.surroundings import Surroundings
from centre.settings import Settings
from tests.centre.monitoring.parts import NOTED_AT, driven, scraped
from tests.feeds.subscriber.test_connection import certificate
from tests.waiting import until


async def test_an_address_that_others_reach_in_the_clear_stays_a_reason_and_changes_no_verdict(tmp_path: Path) -> None:
    async with driven(tmp_path, address="0.0.0.0") as desk:
        centre = desk.centre
        found = {fault.what: fault.severity for fault in centre.consoles.faults.now()}
        assert found["in_the_clear"] == "notice"
        assert "vigie_in_the_clear 1.0" in scraped(centre)
    for safe in ({"address": "0.0.0.0", "behind_proxy": True}, {"address": "::1"}):
        assert not list(Surroundings(Settings(log=tmp_path / "none", **safe)).faults())  # type: ignore[arg-type]


async def test_what_a_desk_stands_on_is_told_as_numbers_and_what_is_not_known_is_absent(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "pages")
    async with driven(tmp_path, tls_cert=cert, tls_key=key) as desk:
        around, log = desk.centre.surroundings, desk.centre.settings.log
        assert "vigie_backup" not in scraped(desk.centre) and "vigie_disk_free" not in scraped(desk.centre)
        for broken in ("no json", '{"backed_up_at": "2999-01-01T00:00:00Z"}'):
            (tmp_path / "vigie.log.backups").write_text(broken)
            around.observe()
            assert "vigie_backup" not in scraped(desk.centre)
        (tmp_path / "vigie.log.backups").unlink()
        assert not note(log, backed_up_at=NOTED_AT, tested_at=NOTED_AT, ok=False)
        around.observe()
        told = scraped(desk.centre)
        assert f"vigie_backup_tested_timestamp_seconds {NOTED_AT.timestamp()!r}" in told
        assert "vigie_backup_test_ok 0.0" in told
        room = shutil.disk_usage(tmp_path)
        kinds = ("log", "cases", "accounts", "degraded file")
        assert all(f"vigie_disk_size_bytes[{kind}] {float(room.total)!r}" in told for kind in kinds)
        assert str(tmp_path) not in told
        end = around.observed.ends["tls_cert"]
        assert f"vigie_certificate_end_timestamp_seconds[tls_cert] {end.timestamp()!r}" in told
        assert timedelta(0) < end - datetime.now(UTC) < timedelta(hours=2)
        certificate(tmp_path, "pages")  # renewed: the one that is served is that of before until the next start
        cert.write_bytes(b"nothing")
        around.observe()
        assert around.observed.ends == {"tls_cert": end}
        clock = around.observed.clock
        assert clock is None or f"vigie_clock_kept {float(clock[0])!r}" in told


async def test_a_disk_that_hangs_holds_up_no_loop_and_nothing_old_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around, answers = Surroundings(Settings(log=tmp_path / "vigie.log")), threading.Event()
    around.observe()
    assert around.observed.room
    monkeypatch.setattr(surroundings, "EVERY_S", 0.01)
    monkeypatch.setattr(Surroundings, "observe", lambda self: answers.wait())
    looking = asyncio.create_task(around.run())
    try:
        await until(lambda: not around.observed.room)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        answers.set()
