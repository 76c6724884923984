"""`export-aggregate` on a log of its own: a folder or a zip file, entered beside the log."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import app
from centre.documents.aggregate import province_of, provinces
from reports.aggregate.register import read, register_of


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


def test_a_year_is_written_with_its_codebooks_and_entered(log: Path, tmp_path: Path) -> None:
    made = run(log, tmp_path / "out", "--since", "2025-03", "--until", "2025-12")
    assert made.exit_code == 0, made.output
    names = {"counts.csv", "intervals.csv", "aggregate.json", "codebook-fr.md", "codebook-nl.md"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    total = next(
        line
        for line in (tmp_path / "out" / "counts.csv").read_text().splitlines()
        if line.startswith("all,all,all,all")
    )
    assert 5 <= int(total.split(",")[4]) <= 150
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
