"""Makes each golden; `python -m tests.goldens.make [NAME.txt ...]` writes them anew, where what is seen is meant to change."""

import asyncio
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
from tornado.routing import PathMatches
from typer.main import get_command
from typer.testing import CliRunner

import feeds.decoding as wire
from app import app
from centre.documents.aggregate import province_of, provinces
from centre.documents.evidence import FORMS, Basis, render
from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from feeds.recordings.recording import read_recording
from incidents import commands as cmd
from incidents.cases import CaseRegister
from incidents.clock import SystemClock
from incidents.events import EVENT_TYPES
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export
from incidents.messages import Message, Report
from maps.zones import Zones
from reports.aggregate.export import export as aggregate
from reports.aggregate.period import Period
from reports.devices import as_csv as devices_csv
from reports.evidence.gather import collect
from reports.evidence.schema import Made
from reports.measures.history import read_table
from reports.measures.profiles import PROFILES
from tests.centre.documents.evidence.parts import pdf_text
from tests.goldens import texts
from tests.training.replay.parts import replaying, whole
from training.isolation import room_settings
from training.recordings import ENDING, SHIPPED
from training.room import TrainingRoom
from training.serving import serve_room

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "incidents" / "log" / "samples"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)  # an evidence file and a codebook bear their time
MADE = Made(at=NOW, by="G. Voorbeeld", how="command", centre="CIC", digest="1-1-0")
STORY = "real-press-at-home"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def short(facts: object) -> str:
    return digest(texts.value_text(facts).encode())[:12]


def copied(folder: Path, name: str = "v1") -> Path:
    for file in SAMPLES.glob(f"{name}.log*"):
        shutil.copyfile(file, folder / file.name)
    return folder / f"{name}.log"


def printed(*words: str | Path) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def exports(folder: Path) -> str:
    """What the log commands say of each sample, and the bytes of its export."""
    found = ""
    for name in sorted(file.stem for file in SAMPLES.glob("*.log")):
        log, out = copied(folder, name), folder / f"{name}.jsonl"
        found += "".join(f"{name}: log {asked}: {printed('log', asked, '--log', log)}" for asked in ("verify", "head"))
        export(log, out)  # the command would enter first that it exports
        found += f"{name}: log export: {len(out.read_bytes().splitlines())} lines, {digest(out.read_bytes())}\n"
    return found


def replays(folder: Path) -> str:
    """Each log's digest, and below it by type what stands open in its records: it says what a difference is."""

    zones = Zones.load()

    async def play() -> str:
        found = ""
        for file in sorted(SHIPPED.glob(f"*{ENDING}")):
            log, measures = await whole(read_recording(file), folder / file.name, zones)
            found += f"{file.name}: {len(log)} records, {digest(b' '.join(log))}\n    measures {short(measures)}\n"
            by_type: dict[str, list[object]] = {}
            for record in map(json.loads, log):
                facts = [record[name] for name in ("stream", "version", "at", "source_at", "actor", "open")]
                by_type.setdefault(record["type"], []).append(facts)
            found += "".join(f"    {kind} {len(by_type[kind])} {short(by_type[kind])}\n" for kind in sorted(by_type))
        return found

    return asyncio.run(play())


def evidence(folder: Path) -> str:
    """Files of a sample log's incidents, one of them erased, with their keys; and of a recording's, with its case."""

    zones, recording = Zones.load(), read_recording(SHIPPED / f"{STORY}{ENDING}")

    async def files(name: str, log: Any, cases: CaseRegister, *, with_key: bool) -> str:
        found = ""
        for stream in await log.touched("incident/", ""):
            collected, key = await collect(log, stream.removeprefix("incident/")), log.vault.disclose(stream)
            basis = Basis(
                found=collected,
                made=MADE,
                unseal=log.unseal,
                name_of=log.vault.name_of,
                zone_name=lambda zone: zones.names.get(zone, ""),
                cases=cases,
                key=key if with_key else "",
            )
            for form in FORMS:
                file, _ = render(basis, form)
                found += f"{name} {stream} {form}: {len(file)} bytes, {digest(file)}\n"
                # Both stacks have the same fpdf2, fontTools and zlib, so that a PDF's bytes agree; its text is less easily moved.
                parts = json.loads(file) if form == "json" else {"text": pdf_text(file)}
                found += "".join(f"    {part} {short(facts)}\n" for part, facts in parts.items())
        return found

    async def make() -> str:
        log = await SqliteLog.open(copied(folder), reading=True)
        found = await files("v1", log, CaseRegister.open(None), with_key=True)
        await log.close()
        async with replaying(recording, folder, zones) as replay:
            await replay.seek(replay.played().length_s)
            return found + await files(
                STORY, replay.log, CaseRegister.of(recording.cases, today=NOW.date), with_key=False
            )

    return asyncio.run(make())


def tables(folder: Path) -> str:
    """`report` of a sample log; of the Institute's files and the list of devices their columns."""
    log, numbers = copied(folder), folder / "numbers.csv"
    asked = (
        "report",
        "--log",
        log,
        "--class",
        "all",
        "--who",
        "G. Voorbeeld",
        "--reason",
        "a golden",
        "--summary",
        numbers,
        "--format",
    )
    found = f"report --format csv\n{printed(*asked, 'csv')}\n"
    found += f"report --format json: {digest(printed(*asked, 'json').encode())}\n\n"
    found += f"report --summary\n{numbers.read_text(encoding='utf-8')}\n"
    period, places = Period("2026-11", "2026-11"), {"province_of": province_of(), "provinces": provinces()}
    made = aggregate(read_table(log), period, profile=PROFILES["amr"], now=NOW, **places)
    for name, content in made.files.items():
        found += f"export-aggregate {name}: {digest(content)}\n    {content.decode().splitlines()[0]}\n"
    return found + "".join(f"devices.csv: {devices_csv((), NOW, names).decode('utf-8-sig')}" for names in (None, {}))


def records(_: Path) -> str:
    kinds = [EVENT_TYPES[tag] for tag in sorted(EVENT_TYPES)]
    return texts.structs_text(kinds, lambda kind: f"(sealed: {' '.join(sorted(getattr(kind, 'SEALED', ()))) or '-'})")


def commands_wire(_: Path) -> str:
    """What a page asks of the desk, and why that is refused."""
    kinds = [cmd.COMMANDS[tag] for tag in sorted(cmd.COMMANDS)]
    return texts.structs_text(kinds) + "\n    ".join(["\nrefused", *sorted(get_args(cmd.RefusalCode))]) + "\n"


def feed(_: Path) -> str:
    """The messages of a feed; the frames of both sides to the letter, each with how it is read."""
    given: dict[str, Any] = {"subscription": "s-1", "expires_s": 60, "feed": "f", "epoch": "e", "oldest": 1, "head": 7}
    transaction = msgspec.Raw(b'"t-1"')
    frames = (
        wire.subscribe("r-1"), wire.subscribe("r-1", 7), wire.subscribe_response("r-1", **given),
        wire.subscribe_response("r-1", **given, exercise=True), wire.subscribe_response("r-1", status=404, text="no"),
        wire.event("s-1", "t-1", [b'{"kind":"heartbeat","head":7}']), wire.event_response(transaction, 200, "OK"),
        wire.event_response(transaction, 200, "OK", [(0, "id-1", "at: missing")]), wire.unsubscribe("r-1", "s-1"),
        wire.unsubscribe_response("r-1", "s-1"), wire.terminate("r-1", "s-1", 503, "gone"),
        wire.terminate_response("r-1", "s-1"), b"{}",
    )  # fmt: skip
    found = texts.structs_text([*get_args(Report), Message, wire.Heartbeat, wire.Rejected])
    for frame in frames:
        read = wire.decode_frame(frame)
        found += f"\n{frame.decode()}\n    {type(read).__name__} {texts.value_text(read)}\n"
    return found


def routes(folder: Path) -> str:
    """The addresses that each server answers; those of scripts and styles (`/assets/`) follow the tree and are left out."""

    async def ask() -> str:
        own, found = Settings(log=folder / "vigie.log", no_sign_in=True, port=0), ""
        centre, room = await Centre.open(own), await TrainingRoom.open(room_settings(own))
        signins = SignIns(Accounts(folder / "vigie.users"), clock=SystemClock(), kept=False)
        for name, server in {"desk": serve_pages(centre), "training room": serve_room(room, signins)}.items():
            matchers = {rule.matcher for rule in server._tornado.wildcard_router.rules}
            patterns = sorted({one.regex.pattern for one in matchers if isinstance(one, PathMatches)})
            found += "\n    ".join([name, *(one for one in patterns if not one.startswith("/assets/"))]) + "\n"
            server.stop()
        signins.close_file()
        await room.close()
        await centre.close()
        return found

    return asyncio.run(ask())


GOLDENS: dict[str, Callable[[Path], str]] = {
    "settings.txt": lambda _: texts.settings_text(Settings),
    "commands.txt": lambda _: texts.command_text(get_command(app)),
} | {
    f"{make.__name__}.txt": make for make in (exports, replays, evidence, tables, records, commands_wire, feed, routes)
}


def golden(name: str) -> str:
    """One golden as it comes out now, made in an empty folder, away from anybody's settings."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        return GOLDENS[name](Path(folder))


def main() -> None:
    for name in sys.argv[1:] or GOLDENS:
        (HERE / name).write_text(golden(name), encoding="utf-8")


if __name__ == "__main__":
    main()
