"""`devices list`: the file, with a desk beside it and without; each is an event in the log."""

import asyncio
import csv
import hashlib
import io
from pathlib import Path

import msgspec
from typer.testing import CliRunner

from app import app
from centre.spool import DEVICES, Spool
from incidents.audit import stream_of
from incidents.cases import import_cases
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from incidents.messages import DeviceReport
from tests.incidents.conftest import DEVICE, FewCases, Floor, Open, closing
from tests.people import dispatcher


def register(folder: Path) -> Path:
    """The register of one case."""
    file = folder / "cases.json"
    file.write_bytes(msgspec.json.encode({"cases": [FewCases().case]}))
    import_cases(file, folder / "cases.db")
    return folder / "cases.db"


def run(folder: Path, *options: str) -> dict[str, dict[str, str]]:
    """What the command wrote, by device."""
    out = folder / "list.csv"
    paths = ("--log", str(folder / "vigie.log"), "--cases", str(register(folder)))
    said = CliRunner().invoke(
        app, ["devices", "list", "-o", str(out), *paths, "--by", "Sue", "--reason", "the yearly count", *options]
    )
    assert said.exit_code == 0, said.output
    text = out.read_bytes().decode("utf-8-sig")
    return {row["device"]: row for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";")}


async def test_the_command_lists_what_the_log_knows_and_enters_that_it_did(open_floor: Open, tmp_path: Path) -> None:
    async with open_floor() as floor:
        incident = await floor.press()
        assert incident is not None
        await floor.desk.command(closing(incident, floor.name()), dispatcher("me"))
        floor.clock.pass_s(30 * 3600)
        floor.desk.board.forget(floor.clock.now())
        await floor.desk.receive(floor.message(DeviceReport(device="AMR-9", state="battery_low", battery=8)))
    rows = await asyncio.to_thread(run, tmp_path)
    assert (rows[DEVICE]["real"], rows[DEVICE]["case"], rows[DEVICE]["last_press"]) == (
        "1",
        "2026-0412",
        "2026-11-24T21:14:07+01:00",
    )
    assert (rows["AMR-9"]["battery_pct"], rows["AMR-9"]["technical_alarms"]) == ("8", "battery_low")
    assert (
        "victim" not in rows[DEVICE]
        and (await asyncio.to_thread(run, tmp_path, "--names"))[DEVICE]["victim"] == "A. Voorbeeld"
    )
    log = await SqliteLog.open(tmp_path / "vigie.log", reading=True)
    try:
        plain, named = [record async for _, record in log.records() if record.type == "device_list_made"]
        assert (plain.open["how"], plain.open.get("names"), named.open["names"]) == ("command", None, True)
        assert named.open["sha256"] == hashlib.sha256((tmp_path / "list.csv").read_bytes()).hexdigest()
        assert log.vault.name_of(named.actor) == "Sue"
    finally:
        await log.close()


async def test_beside_a_desk_it_leaves_a_note_that_the_desk_enters_once(floor: Floor, tmp_path: Path) -> None:
    await floor.press()
    rows = await asyncio.to_thread(run, tmp_path)
    assert rows[DEVICE]["last_press"]
    assert len(list(tmp_path.glob("vigie.log.devices-*"))) == 1
    spool = Spool(tmp_path / "vigie.log", DEVICES, desk=floor.desk, log=floor.log)
    for _ in range(2):
        await spool.enter()
    (entered,) = await floor.log.stream(stream_of(SystemClock().now()))
    assert floor.desk.name_of(entered.actor) == "Sue" and not list(tmp_path.glob("vigie.log.devices-*"))
