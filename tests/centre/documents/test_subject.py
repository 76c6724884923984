"""`subject`: gathered from a real register and log by the command, recorded before anybody has it, beside a desk too."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import app
from centre.runtime import Centre
from centre.settings import Settings
from centre.spool import SEARCHED, Spool
from incidents import events as ev
from incidents.audit import stream_of
from incidents.cases import CaseRegister, import_cases
from incidents.cases.life import Step
from incidents.log.sqlite import SqliteLog
from incidents.messages import Fix
from tests.incidents.cases.conftest import case

AT = datetime(2026, 11, 24, 21, 14, 7, tzinfo=UTC)
NUMBER = "2026-0001"
REASON = "Request of the supervisory body, reference 12"


async def fill(path: Path) -> None:
    """Her incident and another's, an officer who came as a dispatcher, a note that names him, a search that found her."""
    log = await SqliteLog.open(path)
    officer = log.vault.pseudonym("P. Jansens-Fictief")
    fix = Fix(51.0536, 3.7253, 18.0, 68.0, "gnss", AT, 1.2, 145.0)
    happened: list[tuple[str, ev.Event]] = [("desk/floor", ev.Came(role="dispatcher"))]
    for n, number, device in ((1, NUMBER, "AMR-0001"), (2, "2026-0002", "AMR-0002")):
        stream = f"incident/{log.vault.incident_id(device, n)}"
        raised = ev.Raised(
            origin="press",
            feed="f",
            press="hold",
            zone="5415",
            cic="OVL",
            device=device,
            fix=fix,
            case=number,
            case_version=1,
        )
        happened += [(stream, raised), (stream, ev.Acknowledged()), (stream, ev.Noted(text=f"She of {number} is calm"))]
        happened += [(stream, ev.Noted(text="Jansens-Fictief drives there"))]
    for number, device in ((NUMBER, "AMR-0001"), ("2026-0002", "AMR-0002")):
        stream = f"device/{log.vault.device_id(device)}"
        happened.append(
            (stream, ev.AnnouncedTest(until="2026-11-24T22:00:00.000Z", device=device, where=f"bench of {number}"))
        )
    search = ev.CasesSearched(searches=1, found=2, role="dispatcher", text="voorbeeld", cases=f"{NUMBER} 2026-0002")
    lines = f"withdrawn {NUMBER}\nchanged 2026-0002 2 {'0b' * 32}\nadded {NUMBER}-B 1 {'0c' * 32}"
    imported = ev.CasesImported(
        added=1, changed=1, withdrawn=1, refused=0, sha256="0", cases=lines, reason="B. Exemple has moved"
    )
    kept = ev.CasesKept(how="list", shown=2, cases=ev.shown_lines(["2026-0002", NUMBER]), reason="B. Exemple has moved")
    happened += [("audit/2026-11", event) for event in (search, imported, kept)]
    for n, (stream, event) in enumerate(happened):
        at = AT + timedelta(seconds=n)
        await log.append(
            stream, await log.version(stream), ev.draft(event, id=f"f/{n}", at=at, source_at=at, actor=officer)
        )
    await log.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    suspect = {"name": "K. Onbestaand", "facts": [{"text": "Drives a van", "source": "x", "date": "2026-11-02"}]}
    risks = [{"text": "epilepsy", "source": "she", "date": "2026-11-02"}]
    rows = [case(suspect=suspect, risks=risks), case("2026-0002", victim={"name": "B. Exemple"})]
    Path("cases.json").write_text(json.dumps({"cases": rows}))
    assert import_cases(Path("cases.json"), Path("cases.db")).loaded
    asyncio.run(fill(Path("vigie.log")))
    register = CaseRegister.open(Path("cases.db"))
    decided = {"office": "Parket Voorbeeld", "reference": "FA 12/2026", "day": date(2026, 11, 2)}
    taken: tuple[tuple[str, dict[str, object]], ...] = (
        ("granted", decided),
        ("handed_over", {"device": "AMR-0001", "who": "R. Deurwachter-Fictief", "day": date(2026, 11, 3)}),
        ("suspended", {"reference": "FA 13/2026", "text": "Deurwachter-Fictief spoke to her"}),
        ("doubted", {"fact": "Drives a van", "text": "it was sold to her cousin"}),
        ("settled", {"about": "s3", "text": "the cousin has it"}),
        ("doubted", {"fact": "epilepsy", "text": "no longer"}),
    )
    for n, (kind, facts) in enumerate(taken):
        assert register.take_step(NUMBER, Step(kind=kind, id=f"s{n}", at=AT, by="p-1", **facts), seen=n)  # type: ignore[arg-type]
    return tmp_path


def run(*words: str, number: str = NUMBER, reason: str = REASON) -> Result:
    given = ("--log", "vigie.log", "--cases", "cases.db", "--by", "Jan Fictief", "--reason", reason)
    return CliRunner().invoke(app.app, ["subject", number, *words, *given], input=f"{NUMBER}\n")


async def recorded() -> list[ev.Event | None]:
    log = await SqliteLog.open(Path("vigie.log"), reading=True)
    try:
        stream = await log.stream(stream_of(datetime.now(UTC)))
        return [ev.entry(r, log.unseal(r)).event for r in stream if r.type == "subject_extracted"]
    finally:
        await log.close()


def test_all_that_is_hers_is_in_it_and_that_it_was_taken_is_recorded(folder: Path) -> None:
    done = run("-o", "her.json")
    assert done.exit_code == 0, done.output
    found = json.loads(Path("her.json").read_bytes())
    (one,) = [course for course in found["courses"] if course["incident"]]
    assert [(step["what"], step["by"]) for step in one["steps"]] == [
        ("raised", "dispatcher"), ("acknowledged", "dispatcher"), ("noted", "dispatcher"), ("noted", "dispatcher"),
    ]  # fmt: skip
    assert one["steps"][0]["facts"]["device"] == "AMR-0001" and one["steps"][0]["facts"]["fix"]["lat"] == 51.0536
    assert [step["facts"]["text"] for step in one["steps"][2:]] == [f"She of {NUMBER} is calm", "[withheld]"]
    (apart,) = [course for course in found["courses"] if not course["incident"]]
    assert [(step["what"], step["facts"]) for step in apart["steps"]] == [
        ("test_announced", {"device": "AMR-0001", "where": f"bench of {NUMBER}"}),
        ("cases_searched", {"cases": NUMBER}),
        ("cases_imported", {"cases": f"withdrawn {NUMBER}"}),
        ("cases_kept", {"cases": NUMBER}),
    ]
    assert [(step["at"], step["what"], step["by"]) for step in found["life"]][:2] == [
        ("2026-11-24T21:14:07Z", "granted", "officer"),
        ("2026-11-24T21:14:07Z", "handed_over", "officer"),
    ]
    assert [step["facts"] for step in found["life"]] == [
        {"day": "2026-11-02", "office": "Parket Voorbeeld", "reference": "FA 12/2026"},
        {"day": "2026-11-03", "device": "AMR-0001"},
        {"reference": "FA 13/2026", "text": "[withheld]"},
        {"fact": "[withheld]", "text": "[withheld]"},
        {"text": "[withheld]"},
        {"fact": "epilepsy", "text": "no longer"},
    ]
    text = Path("her.json").read_text()
    for others in (
        "Deurwachter",
        "cousin",
        "Jansens",
        "Onbestaand",
        "2026-0002",
        "AMR-0002",
        "B. Exemple",
        "Drives a van",
    ):
        assert others not in text, others
    assert NUMBER not in done.output and "Voorbeeld" not in done.output
    (event,) = asyncio.run(recorded())
    assert isinstance(event, ev.SubjectExtracted)
    assert (event.case, event.reason, event.of, event.form) == (NUMBER, REASON, "victim", "json")
    assert event.sha256 in done.output


def test_a_suspects_extract_has_nothing_of_the_log(folder: Path) -> None:
    done = run("-o", "his.html", "--of", "suspect", number="-")
    assert done.exit_code == 0, done.output
    page = Path("his.html").read_text()
    assert "K. Onbestaand" in page and "Drives a van" not in page
    for word in (
        "FA 1",
        "Parket",
        "granted",
        "suspended",
        "2026-11-0",
        "epilepsy",
        "AMR",
        "larm",
        "Vigie",
        NUMBER,
        "Voorbeeld",
        "5415",
        "51.05",
        "dispatcher",
    ):
        assert word not in page, word


async def test_beside_a_desk_it_waits_sealed_and_the_desk_enters_it(folder: Path) -> None:
    centre = await Centre.open(Settings(log=Path("vigie.log"), cases=Path("cases.db"), no_sign_in=True))
    try:
        done = await asyncio.to_thread(run, "-o", "her.html")
        assert done.exit_code == 0 and "noted beside the log" in done.output
        (note,) = folder.glob("vigie.log.search-*")
        assert NUMBER.encode() not in note.read_bytes() and b"supervisory" not in note.read_bytes()
        await Spool(Path("vigie.log"), SEARCHED, desk=centre.desk, log=centre.log).enter()
        assert not note.exists()
    finally:
        await centre.close()
    (event,) = await recorded()
    assert isinstance(event, ev.SubjectExtracted)
    assert (event.case, event.reason, event.form) == (NUMBER, REASON, "html")


def test_what_is_not_there_or_not_said_makes_no_file(folder: Path) -> None:
    assert run("-o", "x.pdf").exit_code == 2
    assert run("-o", "x.json", "--of", "witness").exit_code == 2
    assert run("-o", "x.json", reason="12").exit_code == 2
    gone = run("-o", "x.json", number="2026-9999")
    assert gone.exit_code == 1 and "2026-9999" not in gone.output and "no case of this number" in gone.output
    assert run("-o", "x.json", "--of", "suspect", number="2026-0002").exit_code == 1
    assert not Path("x.json").exists() and asyncio.run(recorded()) == []
