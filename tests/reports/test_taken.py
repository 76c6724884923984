"""A report of our own log that is taken with the command is entered in that log, or noted beside it for the desk."""

import asyncio
import re
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import app
from centre.spool import REPORTED, Spool
from incidents import events as ev
from incidents.log.sqlite import SqliteLog
from tests.incidents.conftest import DEVICE, Floor, Open


async def taken(floor: Floor | SqliteLog) -> list[tuple[str, Any]]:
    log = floor.log if isinstance(floor, Floor) else floor
    found = [record async for _, record in log.records() if record.stream.startswith("audit/")]
    return [(log.vault.name_of(record.actor) or "", ev.entry(record, log.unseal(record)).event) for record in found]


async def report(path: Path, *more: str) -> str:
    words = ["report", "--log", str(path / "vigie.log"), "--who", "T. Voorbeeld", *more]
    words += [] if "--reason" in more else ["--reason", "the yearly review"]
    result = await asyncio.to_thread(CliRunner().invoke, app.app, words)
    assert result.exit_code == 0, result.output
    return result.output


async def test_a_report_of_a_log_that_nobody_serves_is_entered_in_it(open_floor: Open, tmp_path: Path) -> None:
    async with open_floor() as floor:
        await floor.press(DEVICE)
    await report(tmp_path, "--format", "csv", "--by", "operator", "--reason", "a complaint")
    log = await SqliteLog.open(tmp_path / "vigie.log")
    ((who, event),) = await taken(log)
    await log.close()
    assert (who, event.what, event.form, event.how, event.rows) == ("T. Voorbeeld", "report", "csv", "command", 1)
    assert event.reason == "a complaint" and re.search("by operator", event.selection)


async def test_a_report_of_a_log_that_a_desk_serves_is_entered_by_the_desk(open_floor: Open, tmp_path: Path) -> None:
    async with open_floor() as floor:
        await floor.press(DEVICE)
        assert "noted beside the log" in await report(tmp_path)
        await Spool(tmp_path / "vigie.log", REPORTED, desk=floor.desk, log=floor.log).enter()
        ((who, event),) = await taken(floor)
        assert (who, event.form, event.rows) == ("T. Voorbeeld", "terminal", 1)
        assert not list(tmp_path.glob("*.report-*"))
