"""`cases import` beside a desk that serves: a case with an open incident stays, everything else takes effect."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from tests.processes import vigie

CASE = {
    "source": "Parket Voorbeeld",
    "date": "2026-11-02",
    "victim": {"name": "A. Voorbeeld"},
    "valid_from": "2026-11-02",
    "valid_until": "2027-05-01",
}


def case_file(folder: Path, *numbers: str, withdrawn: tuple[str, ...] = (), zone: str = "") -> str:
    exclusions = {"exclusions": [{"zone": zone, "reason": "a relative serves there"}]} if zone else {}
    cases = [CASE | exclusions | {"number": number, "devices": [f"AMR-{number[-4:]}"]} for number in numbers]
    file = folder / "cases.json"
    file.write_text(json.dumps({"cases": cases, "withdrawn": withdrawn}, indent=1), encoding="utf-8")
    return str(file)


async def record(log: SqliteLog, stream: str, version: int, event: ev.Event) -> None:
    now = SystemClock().now()
    await log.append(stream, version, ev.draft(event, id=f"{stream}/{version}", at=now, source_at=now, actor="someone"))


def raised(case: str) -> ev.Raised:
    return ev.Raised(origin="press", feed="own", press="hold", case=case, device="AMR-1")


async def test_a_case_leaves_only_when_its_incident_is_closed_while_the_desk_writes_on(tmp_path: Path) -> None:
    where = ["--cases", str(tmp_path / "cases.db"), "--log", str(tmp_path / "vigie.log")]
    code, said = await vigie("cases", "import", case_file(tmp_path, "2026-0001", "2026-0002", "2026-0003"), *where)
    assert (code, said) == (0, "3 added, 0 changed, 0 unchanged, 0 withdrawn\n")
    closed = ev.Closed(as_class="test", outcome="test_ok", reason="announced")
    log = await SqliteLog.open(tmp_path / "vigie.log")
    try:
        await record(log, "incident/a", 0, raised("2026-0001"))
        await record(log, "incident/b", 0, raised("2026-0002"))
        await record(log, "incident/b", 1, closed)
        leaving = case_file(tmp_path, withdrawn=("2026-0001", "2026-0002"))
        code, said = await vigie("cases", "import", leaving, *where)
        assert code == 1 and "withdrawn[0]: an incident of the case is open" in said and "nothing was loaded" in said
        code, said = await vigie("cases", "import", leaving, *where, "--partial")
        assert code == 0 and "1 withdrawn, 1 refused" in said
        await record(log, "incident/b", 2, ev.Reopened(reason="again"))
        await record(log, "incident/a", 1, closed)
        code, said = await vigie("cases", "import", case_file(tmp_path, withdrawn=("2026-0001",)), *where)
        assert (code, said) == (0, "0 added, 0 changed, 0 unchanged, 1 withdrawn\n")
    finally:
        await log.close()


async def test_withdrawing_needs_the_log_and_adding_does_not(tmp_path: Path) -> None:
    where = ["--cases", str(tmp_path / "cases.db"), "--log", str(tmp_path / "vigie.log")]
    code, _ = await vigie("cases", "import", case_file(tmp_path, "2026-0001"), *where)
    assert code == 0
    code, said = await vigie("cases", "import", case_file(tmp_path, withdrawn=("2026-0001",)), *where)
    assert code == 1 and "name it with --log" in said
    assert not (tmp_path / "vigie.log").exists()


async def test_an_exclusion_of_a_zone_that_does_not_exist_is_refused_by_its_line(tmp_path: Path) -> None:
    file = case_file(tmp_path, "2026-0001", zone="9999999")
    code, said = await vigie("cases", "import", file, "--cases", str(tmp_path / "cases.db"))
    assert code == 1 and "line " in said and "exclusions[0].zone: no such zone" in said


async def test_a_wrong_file_is_one_line_and_no_trace(tmp_path: Path) -> None:
    for words in (["--cases", str(tmp_path / "cases.db")], []):
        code, said = await vigie("cases", "import", str(tmp_path / "none.json"), *words)
        assert code == 1 and said.startswith("vigie: ") and said.count("\n") == 1, said


def test_an_import_is_in_the_log_before_the_register_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register, told = tmp_path / "cases.db", list[ev.CasesImported]()

    def killed(log: Path, key: Path | None, kind: str, event: ev.CasesImported, **how: object) -> None:
        told.append(event)
        raise KeyboardInterrupt

    words = ["--cases", str(register), "--log", str(tmp_path / "vigie.log")]
    with monkeypatch.context() as patched:
        patched.setattr("cli.cases.enter", killed)
        CliRunner().invoke(app.app, ["cases", "import", case_file(tmp_path, "2026-0001"), *words])
    assert [event.added for event in told] == [1] and told[0].cases.startswith("added 2026-0001 1 ")
    assert not CaseRegister.open(register).all()
    CliRunner().invoke(app.app, ["cases", "import", case_file(tmp_path, "2026-0001"), *words])
    assert [case.number for case in CaseRegister.open(register).all()] == ["2026-0001"]
