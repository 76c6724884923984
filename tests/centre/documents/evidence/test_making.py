"""Making an evidence file is an event in the log, whoever makes it and whether or not a desk writes that log."""

import asyncio
import hashlib
import io
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import Result
from pypdf import PdfReader
from typer.testing import CliRunner

from app import app
from centre.documents.evidence import NOTED, EvidenceError, EvidenceFiles, Source
from centre.spool import Spool
from incidents import commands as cmd
from incidents import events as ev
from incidents.audit import stream_for
from incidents.cases import CaseRegister
from incidents.exclusion import Exclusions
from incidents.log import Record
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export
from incidents.log.verify import verify as verify_log
from incidents.timeline import NoSuchIncident
from tests.centre.documents.evidence.parts import SUE, decoded, pdf_text, register, story, verify
from tests.incidents.conftest import DEVICE, DrivenClock, Floor, Open
from tests.incidents.facts import with_facts
from tests.people import technician

NO_CASES = CaseRegister.open(None)


def nobody(key: str) -> str:
    return ""


def files_of(floor: Floor, folder: Path, cases: CaseRegister = NO_CASES) -> EvidenceFiles:
    return EvidenceFiles(
        desk=floor.desk,
        log=floor.log,
        path=folder / "vigie.log",
        cases=cases,
        zone_name=nobody,
        clock=floor.clock,
        centre="CIC OVL",
    )


async def events(log: SqliteLog) -> list[Record]:
    return [record async for _, record in log.records() if record.type == "evidence_made"]


async def taken(floor: Floor, files: EvidenceFiles, name: str, form: ev.EvidenceForm, by: str) -> bytes:
    """The file, entered as a page enters it."""
    content, event, _ = await files.make(name, form, by)
    stream = stream_for(event, floor.clock.now())
    assert stream == f"incident/{name}"
    await floor.desk.note(stream, event, id=floor.name(), actor=floor.desk.pseudonym(by))
    return content


def notes(folder: Path) -> list[Path]:
    return list(folder.glob("vigie.log.evidence-*"))


@pytest.fixture
async def closed_log(open_floor: Open, tmp_path: Path) -> AsyncIterator[tuple[Path, str]]:
    """A log with a story that no desk writes."""
    async with open_floor() as floor:
        name = await story(floor)
    yield tmp_path / "vigie.log", name


async def test_a_page_gets_the_file_once_the_log_has_who_took_it(floor: Floor, tmp_path: Path) -> None:
    name = await story(floor)
    files = files_of(floor, tmp_path)
    pdf = await taken(floor, files, name, "pdf", "Sue Fictief")
    second = decoded(await taken(floor, files, name, "json", "Aud Fictief"))
    first, last = await events(floor.log)
    (attached,) = PdfReader(io.BytesIO(pdf)).attachments["evidence.json"]
    sums = {"sha256": hashlib.sha256(pdf).hexdigest(), "json_sha256": hashlib.sha256(attached).hexdigest()}
    assert first.open == {"incident": name, "form": "pdf", "how": "page", **sums}
    # Whoever takes the attachment out finds it in the log.
    (tmp_path / "evidence.json").write_bytes(attached)
    export(tmp_path / "vigie.log", tmp_path / "log.jsonl")
    said = verify(tmp_path, "\n".join(decoded(attached)["verify"]), tmp_path / "evidence.json", tmp_path / "log.jsonl")
    assert f"the log says that this file was made: {first.at}" in said.stdout, said.stderr
    assert (first.sealed, floor.desk.name_of(first.actor)) == ("", "Sue Fictief")
    assert (last.open["form"], floor.desk.name_of(last.actor)) == ("json", "Aud Fictief")
    # The next file names those before it; the incident's own records are as they were.
    assert [(f["who"], f["form"], f["sha256"]) for f in second["earlier"]] == [
        ("Sue Fictief", "pdf", first.open["sha256"])
    ]
    assert second["made"]["centre"] == "CIC OVL" and "CIC OVL" in pdf_text(pdf)
    with pytest.raises(NoSuchIncident):
        await taken(floor, files, "nobody", "json", "Sue Fictief")
    assert len(await events(floor.log)) == 2


async def test_it_names_who_opened_the_timeline_of_this_incident_and_of_no_other(floor: Floor, tmp_path: Path) -> None:
    name = await story(floor)
    looks = (("Sue Fictief", name), ("Aud Fictief", "another"))
    for who, which in looks:
        actor = floor.desk.pseudonym(who)
        await floor.desk.note("desk/access", ev.TimelineOpened(incident=which), id=f"look-{which}", actor=actor)
    files = files_of(floor, tmp_path)
    assert [look["who"] for look in decoded(await taken(floor, files, name, "json", "Sue Fictief"))["reviewed"]] == [
        "Sue Fictief"
    ]
    assert "opened the incident's timeline" in " ".join(
        pdf_text(await taken(floor, files, name, "pdf", "Sue Fictief")).split()
    )


async def test_for_an_account_that_the_case_excludes_there_is_no_such_incident(floor: Floor, tmp_path: Path) -> None:
    name = await story(floor)
    cases = register(tmp_path)
    floor.desk.exclusions = Exclusions(cases, floor.desk.board, floor.log.vault)
    files = files_of(floor, tmp_path, cases)
    for written in ("Bro Fictief", "bro FICTIEF"):
        with pytest.raises(NoSuchIncident):
            await taken(floor, files, name, "json", written)
    assert not await events(floor.log)
    assert await taken(floor, files, name, "json", "Sue Fictief")


async def test_it_says_what_was_shown_and_is_not_in_the_log_yet(floor: Floor, tmp_path: Path) -> None:
    name = await story(floor)
    board = floor.desk.board
    board.incidents[name] = with_facts(board.incidents[name], history__unrecorded=2)
    file = decoded(await taken(floor, files_of(floor, tmp_path), name, "json", "Sue Fictief"))
    assert {"what": "unrecorded", "count": 2} in file["missing"]


async def test_the_loop_turns_while_a_file_is_made(floor: Floor, tmp_path: Path) -> None:
    name = await story(floor)
    making = asyncio.create_task(files_of(floor, tmp_path).make(name, "pdf", "Sue Fictief"))
    turns = 0
    while not making.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100 and (await making)[0].startswith(b"%PDF")


async def test_beside_a_desk_the_command_leaves_a_note_that_the_desk_enters_once(floor: Floor, tmp_path: Path) -> None:
    name = await story(floor)
    source = await Source.open(tmp_path / "vigie.log", None)
    try:
        now = floor.clock.now()
        content, event, _ = await source.make(name, "json", by=SUE, now=now, cases=NO_CASES, zone_name=nobody)
        assert not await source.enter(event, by="Sue Fictief", at=now)
    finally:
        await source.log.close()
    (note,) = notes(tmp_path)
    assert stat.S_IMODE(note.stat().st_mode) == 0o600 and "Fictief" not in note.name
    kept = note.read_bytes()
    spool = Spool(tmp_path / "vigie.log", NOTED, desk=floor.desk, log=floor.log)
    (tmp_path / "vigie.log.evidence-broken").write_bytes(b"{")
    await spool.enter()
    assert [path.name for path in notes(tmp_path)] == ["vigie.log.evidence-broken"]
    note.write_bytes(kept)  # as if the desk had died before it took the note away
    await spool.enter()
    (entered,) = await events(floor.log)
    assert entered.open["sha256"] == hashlib.sha256(content).hexdigest() and entered.open["how"] == "command"
    assert floor.desk.name_of(entered.actor) == "Sue Fictief"


async def test_without_a_desk_the_command_enters_it_itself(closed_log: tuple[Path, str], clock: DrivenClock) -> None:
    path, name = closed_log
    source = await Source.open(path, None)
    try:
        about = {"by": SUE, "now": clock.now(), "cases": register(path.parent), "zone_name": nobody}
        content, event, _ = await source.make(name, "json", **about, with_key=True)  # type: ignore[arg-type]
        assert await source.enter(event, by="Sue Fictief", at=clock.now())
        (entered,) = await events(source.log)
        assert entered.open["with_key"] is True and len(decoded(content)["key"]) == 64
        assert source.log.vault.name_of(entered.actor) == "Sue Fictief" and not notes(path.parent)
    finally:
        await source.log.close()
    assert verify_log(path).ok


async def test_without_the_keys_it_says_what_is_open_and_makes_none(
    closed_log: tuple[Path, str], clock: DrivenClock, tmp_path: Path
) -> None:
    path, name = closed_log
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(path, copy / "vigie.log")
    for keys in (False, True):  # no private store at all; then one whose master key is not there
        if keys:
            shutil.copy(f"{path}.private", copy / "vigie.log.private")
        source = await Source.open(copy / "vigie.log", None)
        try:
            content, event, _ = await source.make(
                name, "json", by=SUE, now=clock.now(), cases=NO_CASES, zone_name=nobody
            )
            assert not await source.enter(event, by="x", at=clock.now())
        finally:
            await source.log.close()
        file = decoded(content)
        assert {m["what"] for m in file["missing"]} >= {"key_missing", "case_unread"}
        assert set(file["people"].values()) == {"?"} and file["entries"][0]["opened"] is None
        assert file["measures"][8]["seconds"] > 600  # times are open facts
        assert keys or not (copy / "vigie.log.private").exists()
    assert not (copy / "vigie.log.key").exists()  # a key of its own would never open this log


async def test_where_nothing_can_be_noted_it_says_so(closed_log: tuple[Path, str], clock: DrivenClock) -> None:
    path, name = closed_log
    source = await Source.open(path, None)
    try:
        _, event, _ = await source.make(name, "json", by=SUE, now=clock.now(), cases=NO_CASES, zone_name=nobody)
    finally:
        await source.log.close()
    gone = Source(path.parent / "gone" / "vigie.log", source.log, None, locked="no key")
    with pytest.raises(EvidenceError, match="can't be noted"):
        await gone.enter(event, by="x", at=clock.now())


async def test_the_command_writes_what_it_is_asked_and_says_what_is_wrong_in_a_line(
    closed_log: tuple[Path, str], tmp_path: Path
) -> None:
    path, name = closed_log
    register(tmp_path)
    given = (
        "--reason",
        "asked by the magistrate",
        "--log",
        str(path),
        "--cases",
        str(tmp_path / "cases.db"),
        "--by",
        "Sue Fictief",
    )
    out = tmp_path / "out.pdf"
    run = CliRunner().invoke

    async def said(*words: str) -> Result:
        return await asyncio.to_thread(run, app, ["evidence", *words, *given])

    done = await said(name[:10], "-o", str(out))
    assert done.exit_code == 0 and "it names persons" in done.stderr
    unknown = await said("zzzzzzzz", "-o", "-")
    assert (unknown.exit_code, unknown.stderr) == (1, "vigie: the log has no incident whose id begins so\n")
    assert (await said(name, "-o", str(tmp_path / "out.doc"))).exit_code == 2 and not (tmp_path / "out.doc").exists()
    printed = await said(name, "-o", "-")
    assert decoded(printed.stdout_bytes)["incident"] == name
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = pdf_text(out.read_bytes())
    assert "he threatened her in May" in text and "made" in text and "Sue Fictief" in text
    export(path, tmp_path / "log.jsonl")
    assert hashlib.sha256(out.read_bytes()).hexdigest() in (tmp_path / "log.jsonl").read_text()


async def test_a_press_of_an_announced_test_says_who_announced_it_and_where(floor: Floor, tmp_path: Path) -> None:
    tom = floor.desk.pseudonym("Tom Fictief")
    announce = cmd.AnnounceTest(id=floor.name(), device=DEVICE, minutes=10, where="desk 2")
    await floor.desk.command(announce, technician(tom))
    incident = await floor.press()
    assert incident is not None
    said = " ".join(
        pdf_text(
            await taken(floor, files_of(floor, tmp_path, register(tmp_path)), incident.id, "pdf", "Sue Fictief")
        ).split()
    )
    assert "announced by: Tom Fictief" in said and "announced where: desk 2" in said
