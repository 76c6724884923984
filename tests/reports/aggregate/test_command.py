"""`export-aggregate` on a log of its own: a folder or a zip file, entered beside the log."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import app
from centre.documents.aggregate import province_of, provinces
from incidents.cases import CaseRegister
from incidents.cases.life import Step
from incidents.cases.sealed import SealedCases
from incidents.log.snapshot import snapshot
from reports.aggregate.cases import CASE_COLUMNS, CONTEXT, DEVICE_COLUMNS, DEVICE_FACTS, LASTED, NOT, What
from reports.aggregate.register import read, register_of
from tests.incidents.cases.conftest import case


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("aggregate") / "vigie.log"
    made = CliRunner().invoke(
        app, ["log", "generate", "--incidents", "150", "--log", str(path), "--until", "2026-01-15"]
    )
    assert made.exit_code == 0, made.output
    return path


def run(log: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["export-aggregate", "--log", str(log), "-o", str(out), *options])


@pytest.fixture
def cases(tmp_path: Path, log: Path) -> Path:
    """A register whose cases came in 2025, as if it had been kept then: 14 in January, 16 in May; a dozen were ended in July."""
    path, file = tmp_path / "cases.db", tmp_path / "cases.json"
    facts = {
        "valid_until": "2026-12-31",
        "managing_zone": "5415",
        "weapons": [{"text": "w", "source": "x", "date": "2025-01-02"}],
    }
    numbers = [f"2025-{n:04}" for n in range(30)]
    given = [case(number, valid_from="2025-01-10", **facts) for number in numbers]
    file.write_text(json.dumps({"cases": given}), encoding="utf-8")
    took = CliRunner().invoke(app, ["cases", "import", str(file), "--cases", str(path), "--log", str(log)])
    assert took.exit_code == 0, took.output
    with closing(sqlite3.connect(path)) as db, db:
        for n, number in enumerate(numbers):
            month = "01" if n < 14 else "05"
            tag = keyed(path, number)
            db.execute("UPDATE versions SET at = ? WHERE tag = ?", (f"2025-{month}-10T09:00:00+00:00", tag))
    register = CaseRegister.open(path)
    for number in numbers[:12]:
        ended = Step(kind="ended", id=f"e-{number}", at=datetime(2025, 7, 3, 9, tzinfo=UTC), by="p", reference="x")
        assert register.take_step(number, ended, seen=0)
    return path


def keyed(path: Path, number: str) -> bytes:
    with SealedCases.open(path, None) as file:
        return file.tag(number)


def lines(folder: Path, name: str) -> set[str]:
    return set((folder / name).read_text(encoding="utf-8-sig").splitlines())


def test_cases_are_counted_read_on_record_and_the_same_once_they_are_erased(
    log: Path, cases: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.log"
    for beside in log.parent.glob(f"{log.name}*"):
        if not beside.name.endswith(".published"):
            shutil.copy(beside, tmp_path / beside.name.replace(log.name, own.name))
    year = ("--since", "2025-01", "--until", "2025-12")
    none = str(tmp_path / "not-made-yet.db")
    assert run(own, tmp_path / "first", *year, "--cases", none).exit_code == 0
    assert not (tmp_path / "first" / "cases.csv").exists()
    key, away = tmp_path / "cases.db.key", tmp_path / "away"
    key.rename(away)
    locked = run(own, tmp_path / "no", *year, "--cases", str(cases))
    assert locked.exit_code == 1 and "master key" in locked.output and not (tmp_path / "no").exists()
    away.rename(key)
    done = run(own, tmp_path / "out", *year, "--cases", str(cases))  # the same figures once more, with the cases
    assert done.exit_code == 0, done.output
    found = lines(tmp_path / "out", "cases.csv")
    assert {
        "all;active_before;all;all;0;published",
        "all;granted;all;all;30;published",
        "all;ended;all;all;12;published",
        "all;active;all;all;18;published",
        "2025-Q2;granted;all;all;16;published",
        "2025-Q1;granted;all;all;;hidden",
        "all;granted;context;weapons;;hidden",
    } <= found, found
    with snapshot(own) as records:
        alarms = [
            r for r in records.of_type("device_alarmed") if r.open["condition"] == "link_lost" and r.at[:4] == "2025"
        ]
    assert len(alarms) > 5 and f"all;link_lost;{len(alarms)};published" in lines(tmp_path / "out", "devices.csv")
    for language, word in (("fr", "protection"), ("nl", "bescherming")):
        text = (tmp_path / "out" / f"codebook-{language}.md").read_text(encoding="utf-8")
        explained = {*CASE_COLUMNS, *DEVICE_COLUMNS, *DEVICE_FACTS, *get_args(What), *CONTEXT, "lasted"}
        explained |= {NOT + context for context in CONTEXT} | {name for name, _ in LASTED}
        assert word in text and {code for code in explained if f"`{code}`" not in text} == set()
        assert not re.search(r"[{}]", text)
    with snapshot(own) as records:
        made = [record.open for record in records.of_type("aggregate_made")]
    assert [one.get("cases") for one in made] == [None, 30]
    assert made[1]["sha256"] == made[0]["sha256"] and made[1]["cases_sha256"]
    for number in ("2025-0000", "2025-0001"):
        with SealedCases.open(cases, None, writing=True) as file, file.transaction():
            file.forget(file.tag(number), place={"5415": "40000"}.__getitem__)
    assert run(own, tmp_path / "again", *year, "--cases", str(cases)).exit_code == 0
    for name in ("cases.csv", "devices.csv", "counts.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    texts = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert not re.search(rb"2025-00\d\d|5415|Voorbeeld|AMR-", texts)


def test_a_year_is_written_with_its_codebooks_and_entered(log: Path, tmp_path: Path) -> None:
    made = run(log, tmp_path / "out", "--since", "2025-03", "--until", "2025-12")
    assert made.exit_code == 0, made.output
    names = {"counts.csv", "intervals.csv", "aggregate.json", "codebook-fr.md", "codebook-nl.md"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    total = next(
        line
        for line in (tmp_path / "out" / "counts.csv").read_text().splitlines()
        if line.startswith("all;all;all;all")
    )
    assert 5 <= int(total.split(";")[4]) <= 150
    assert "Antwerpen" in (tmp_path / "out" / "codebook-nl.md").read_text(encoding="utf-8")
    assert "Anvers" in (tmp_path / "out" / "codebook-fr.md").read_text(encoding="utf-8")
    assert read(register_of(log))[0].sha256 in made.output
    refused = run(log, tmp_path / "second.zip", "--since", "2025-12", "--until", "2025-12")
    assert refused.exit_code == 1 and "can subtract them" in refused.output
    assert not (tmp_path / "second.zip").exists()
    assert (
        run(log, tmp_path / "second.zip", "--since", "2025-12", "--until", "2025-12", "--despite", "a test").exit_code
        == 0
    )


def test_what_cannot_be_exported_is_a_line_and_no_file(log: Path, tmp_path: Path) -> None:
    for options, said in (
        (("--since", "2025-01-05", "--until", "2025-01-31"), "cuts a month in two"),
        (("--threshold", "3"), "below 5 is refused"),
        (("--profile", "none"), "there is no profile none"),
    ):
        made = run(log, tmp_path / "no", *options)
        assert made.exit_code != 0 and said in made.output
    assert run(tmp_path / "none.log", tmp_path / "no").exit_code == 1
    assert not (tmp_path / "no").exists()


def test_every_centre_has_a_province_with_a_name_in_both_languages() -> None:
    assert {province.nis for province in provinces()} == set(province_of().values())
    assert len(provinces()) == 11 and all(province.fr and province.nl for province in provinces())
