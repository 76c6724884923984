"""A log of years ago with an incident for each way in which one is kept or over, and a register whose case has a duress word."""

import base64
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from typer.testing import CliRunner, Result

import app
from centre.belonging import bind
from centre.settings import Settings
from incidents import commands as cmd
from incidents import events as ev
from incidents.cases import CaseRegister, import_cases
from incidents.log.opening import open_vault
from incidents.log.sqlite import SqliteLog
from tests.incidents.cases.conftest import case
from tests.incidents.conftest import DEVICE, DrivenClock, Floor, core_of
from tests.people import dispatcher

LONG_AGO = datetime(2001, 3, 6, 9, tzinfo=UTC)
HELD = ("real", "unknown", "duress", "arrest", "evidence", "police_report", "complaint")
CLOSING: dict[str, tuple[ev.Class, ev.Outcome]] = {
    "real": ("real", "victim_safe"),
    "unknown": ("unknown", "nobody_found"),
    "arrest": ("accidental", "suspect_arrested"),
    "accidental": ("accidental", "no_intervention"),
    "test": ("test", "test_ok"),
}
CONFIRM = ("times", "--confirm", "--advice", "both", "--said", "letter of today", "--by", "Ann")


def settings_of(folder: Path) -> Settings:
    """Those of the centre in this folder."""
    return Settings(log=folder / "vigie.log", cases=folder / "cases.db", users=folder / "vigie.users", no_sign_in=True)


def command(folder: Path, *words: str) -> Result:
    """`retention ...` on that centre."""
    settings = settings_of(folder)
    bind(settings)  # as a desk does at its start
    files = ["--log", str(settings.log), "--cases", str(settings.cases)]
    return CliRunner().invoke(app.app, ["retention", *words, *files])


@contextlib.asynccontextmanager
async def floor_of(folder: Path, clock: DrivenClock) -> AsyncIterator[Floor]:
    """A desk of long ago on that log."""
    settings = settings_of(folder)
    log = await SqliteLog.open(settings.log)
    desk = core_of(log, CaseRegister.open(settings.cases), clock).desk  # type: ignore[arg-type]
    await desk.open()
    try:
        yield Floor(desk, log, clock, None)  # type: ignore[arg-type]
    finally:
        await desk.close()
        await log.close()


async def lived(floor: Floor, kind: str = "test", *, device: str = DEVICE, note: str = "all well") -> str:
    """An incident of that kind, from its press to its closing; its id. Messages and commands have ids of their own."""
    floor.clock.pass_s(86_400)
    incident = await floor.press(device, id=uuid4().hex)
    assert incident is not None
    as_class, outcome = CLOSING.get(kind, CLOSING["test"])
    text = "She says Marigold" if kind == "duress" else note
    commands: list[cmd.Command] = [
        cmd.Acknowledge(id=uuid4().hex, incident=incident.id),
        cmd.Note(id=uuid4().hex, incident=incident.id, text=text),
        cmd.Close(
            id=uuid4().hex, incident=incident.id, as_class=as_class, outcome=outcome,
            reason="over", verified="technician_present", anyway=True,
        ),
    ]  # fmt: skip
    for one in commands:
        floor.clock.pass_s(20)
        await floor.desk.command(one, dispatcher(floor.desk.pseudonym("Ann")))
    if kind == "evidence":
        made = ev.EvidenceMade(incident=incident.id, form="pdf", sha256="0" * 64, json_sha256="0" * 64, how="page")
        await floor.desk.note("desk/evidence", made, id=uuid4().hex, actor="ann")
    if kind in ("complaint", "police_report"):
        await floor.desk.note(f"incident/{incident.id}", ev.HoldSet(why=kind), id=uuid4().hex, actor="ann")  # type: ignore[arg-type]
    return incident.id


async def years_ago(folder: Path, *kinds: str) -> dict[str, str]:
    """The register, and a log with an incident of each of these kinds; their ids."""
    settings = settings_of(folder)
    rows = folder / "cases.json"
    rows.write_text(json.dumps({"cases": [case(devices=[DEVICE], duress_word="marigold")]}))
    assert settings.cases is not None and import_cases(rows, settings.cases).loaded
    async with floor_of(folder, DrivenClock(LONG_AGO)) as floor:
        found = {kind: await lived(floor, kind) for kind in kinds}
        await floor.log.checkpoint(ev.stamp(floor.clock.now()))
    bind(settings)
    return found


def keys(folder: Path, incident: str) -> tuple[bytes, ...]:
    """The key of an incident in every form in which it may stand somewhere: wrapped, plain, and both as text."""
    log = settings_of(folder).log
    with contextlib.closing(sqlite3.connect(f"{log}.private")) as db:
        (wrapped,) = db.execute("SELECT wrapped FROM keys WHERE stream = ?", (f"incident/{incident}",)).fetchone()
    with contextlib.closing(open_vault(log)) as vault:
        plain = bytes.fromhex(vault.disclose(f"incident/{incident}"))
    raw = (wrapped, wrapped[12:], plain)
    return (*raw, *(one.hex().encode() for one in raw), *(base64.b64encode(one) for one in raw))


def found_in(folder: Path, wanted: tuple[bytes, ...]) -> set[str]:
    """The files of the data folder that hold any of these bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files if any(one in path.read_bytes() for one in wanted)}
