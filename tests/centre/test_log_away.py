"""A desk that starts while its log's folder is away, or is closed to it: the press stands, and no other log is written into."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from centre.runtime import Centre
from incidents import listeners
from tests.centre.damage import settings_of
from tests.centre.parts import own_feed
from tests.centre.test_always_starts import KNOWN, desk, files, shows, worked
from tests.waiting import until

__all__ = ["files", "worked"]


async def test_a_log_whose_disk_comes_back_while_the_desk_runs_is_left_as_it_is_and_alarms_are_kept_beside_it(
    files: Path,
) -> None:
    away = files.rename(files.with_name("away"))
    before = {path.name: path.read_bytes() for path in away.iterdir()}
    async with own_feed() as feed:
        centre = await Centre.open(settings_of(files, feed.url))
        centre.start()
        try:
            message = feed.press("AMR-77777")
            await until(lambda: 503 in feed.statuses)
            away.rename(files)
            await until(lambda: message["id"] in feed.durable, 30)
            assert centre.consoles.health().recording == "aside"
        finally:
            await centre.close()
    assert {name: (files / name).read_bytes() for name in before} == before
    async with own_feed() as feed, desk(files, feed.url) as (centre, paper):
        await shows(centre, paper, KNOWN)
        assert centre.desk.board.recording == "ok" and not centre.desk.board.of_device("AMR-77777")


async def test_a_log_of_which_nothing_can_even_be_asked_keeps_no_press_from_a_page(tmp_path: Path) -> None:
    async with own_feed() as feed:
        settings = settings_of(tmp_path, feed.url)
        # Its files have names that are too long: as of a folder that is closed to the account, each question about them fails.
        async with asyncio.timeout(30):
            centre = await Centre.open(msgspec.structs.replace(settings, log=tmp_path / ("v" * 250)))
        centre.start()
        try:
            feed.press("AMR-77777")
            await until(lambda: centre.desk.board.of_device("AMR-77777"))
        finally:
            await centre.close()


async def test_what_waits_for_a_log_says_so_once_and_not_as_a_fault(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "_said", {})
    async with own_feed() as feed:
        centre = await Centre.open(settings_of(tmp_path / "not mounted", feed.url))
        centre.start()
        try:
            await until(lambda: "history, which is started again, failed: " in caplog.text)
            await asyncio.sleep(2.5)  # it is tried again meanwhile
        finally:
            await centre.close()
    assert caplog.text.count("history, which is started again, failed: ") == 1
    assert "Traceback" not in caplog.text
