"""Every format is readable, says the same, and lets nothing that people wrote become anything else."""

import csv
import io
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pandas as pd
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

import app
from reports import own, tables
from reports import render as writing
from reports.content import plain
from reports.external_table.paper import paper
from reports.external_table.report import Read
from reports.locale_formats import formats_of
from reports.measures.profiles import PROFILES
from reports.measures.report import report
from reports.measures.select import select
from reports.measures.shape import Selection
from reports.measures.table import table_of
from tests.reports.conftest import Reader

NOW = datetime(2026, 11, 24, 21, 14, 7, tzinfo=UTC)
EVIL = "<script src=https://x.example/a.js>alert(1)</script>\u202e=1+1"
DAY = "2024-05-06"
MAPPING = f"""
title = "{EVIL}"
[columns]
a = "a"
b = "b"
[intervals."{EVIL}"]
from = "a"
to = "b"
definition = "from a to b"
target = "5:00"
[groups]
k = "k"
[[expect]]
figure = "mean"
published = "5:23"
"""


@pytest.fixture
def made(reads: Reader) -> Read:
    table = "a,b,k\n" + f"{DAY} 10:00:00,{DAY} 10:05:23,{EVIL}\n" * 3 + f"{DAY} 10:00:00,{EVIL},=cmd()\n"
    return reads(table, MAPPING)


def test_html_is_one_file_without_script_or_anything_remote_and_all_text_is_escaped(made: Read) -> None:
    page = writing.html(paper(made, NOW))
    assert "<script" not in page and "&lt;script" in page and "\u202e" not in page and "U+202E=1+1" in page
    assert not re.search(
        r"\b(src|href|srcset|xlink:href)\s*=\s*[\"']?\s*(https?:|//|data:)|@import|url\(",
        re.sub(r"&lt;.*?&gt;", "", page),
    )
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert page.count("<svg") == 2 and "published" in page and "5:23" in page


def test_pdf_has_the_figures_with_their_count_and_definition(made: Read) -> None:
    data = writing.pdf(paper(made, NOW), NOW)
    assert data == writing.pdf(paper(made, NOW), NOW)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    for words in ("5:23", "3 of 4 counted", "from a to b", "agrees", "U+202E=1+1", "sha256", "within 5:00"):
        assert words in text


def test_a_table_whose_times_are_to_the_minute_says_so_beside_its_medians(reads: Reader) -> None:
    rows = [f"{DAY} 10:00:00,{DAY} 10:0{n}:00,x" for n in range(1, 8)]
    for more, said in (("", True), (f"{DAY} 10:00:00,{DAY} 10:05:23,x\n", False)):
        made = reads("a,b,k\n" + "\n".join(rows) + f"\n{more}", MAPPING)
        text = writing.terminal(paper(made, NOW)).replace("\xa0", " ").replace("\u202f", " ")
        assert [f"± 1 min{where}" in text for where in ("", " (95 %)")] == [said, said], text
        assert made.report.summaries[0].within_min == made.report.groups["k"][0].summaries[0].within_min == said


def test_the_terminal_gets_no_control_character_and_no_long_line(made: Read) -> None:
    text = writing.terminal(paper(made, NOW))
    assert max(map(len, text.splitlines())) <= 100
    assert "\x1b" not in text and "\u202e" not in text
    assert re.search(r"mean +5:23 +3\n", text) and "3 of 4 counted; missing an end: 1; negative: 0." in text


def test_csv_and_parquet_hold_a_row_an_incident_and_no_formula(made: Read) -> None:
    from reports.external_table.report import rows

    read = list(csv.DictReader(io.StringIO(tables.framed(rows(made.prepared)).decode("utf-8-sig")), delimiter=";"))
    assert [row["row"] for row in read] == ["2", "3", "4", "5"]
    assert (
        read[0]["a"] == f"{DAY}T10:00:00.000000"
        and read[0][f"{plain(EVIL)}_s"] == "323,0"
        and read[3]["k"] == "'=cmd()"
    )
    frame = pd.read_parquet(io.BytesIO(tables.parquet(rows(made.prepared))))
    assert frame[f"{EVIL}_s"].tolist()[:3] == [323.0] * 3 and frame["k"].iloc[3] == "=cmd()"


def test_every_number_stands_with_its_count_and_definition(made: Read) -> None:
    numbers = tables.numbers(made.report)
    assert numbers["n"].notna().all() and numbers["definition"].str.startswith("from a to b").all()
    mean = numbers[(numbers["statistic"] == "mean") & (numbers["group"] == "")].iloc[0]
    assert mean["value"] == 323 and mean["n"] == 3 and mean["unit"] == "s"
    share = numbers[(numbers["statistic"] == "share within 300 s") & (numbers["group"] == "")].iloc[0]
    assert share["value"] == 0 and share["low"] == 0 and 0.5 < share["high"] < 0.6


def test_json_holds_the_whole_report(made: Read) -> None:
    read = msgspec.json.decode(msgspec.json.encode(made.report))
    assert read["summaries"][0]["counted"] == 3 and read["checked"][0]["agrees"] is True
    assert {one["kind"] for one in read["findings"]} == {"unreadable", "missing"}


def test_the_command_writes_the_format_of_the_files_suffix(tmp_path: Path) -> None:
    folder = Path(__file__).parents[3] / "docs" / "example"
    asked = ["report", str(folder / "incidents.csv"), "--columns", str(folder / "mapping.toml")]
    starts = {
        "html": b"<!doctype html>",
        "pdf": b"%PDF",
        "json": b"{",
        "csv": "\ufeffrow;".encode(),
        "parquet": b"PAR1",
        "txt": b"First unit",
    }
    for suffix, start in starts.items():
        out = tmp_path / f"out.{suffix}"
        result = CliRunner().invoke(app.app, [*asked, "-o", str(out), "--summary", str(tmp_path / "numbers.csv")])
        assert result.exit_code == 0, result.output
        assert out.read_bytes().startswith(start)
    assert (tmp_path / "numbers.csv").read_text(encoding="utf-8-sig").startswith("group;key;interval;statistic")
    assert CliRunner().invoke(app.app, [*asked, "--strict"]).exit_code == 1


WHY = ("--reason", "the yearly review")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "give a FILE with --columns, or --log"),
        (["x.csv"], "say with --columns"),
        (["x.csv", "--log", "y"], "give a FILE with --columns, or --log"),
        (["x.csv", "--columns", "m", "--by", "hour"], "filters and groups stand in the mapping"),
        (["--log", "y", "--by", "operator"], "with --reason why it is taken"),
        (["--log", "y", "--by", "moon", *WHY], "there is no part 'moon'"),
        (["--log", "y", "--class", "odd", *WHY], "there is no class 'odd'"),
        (["--log", "y", "--since", "monday", *WHY], "'monday' is no day"),
        (["--log", "y", "-o", "x.odt"], "give --format, or a suffix"),
        (["--log", "y", "--format", "odt"], "there is no format 'odt'"),
    ],
    ids=range(10),
)
def test_the_command_says_what_it_needs(asked: list[str], says: str) -> None:
    result = CliRunner().invoke(app.app, ["report", *asked])
    assert result.exit_code == 2 and says in result.output


def test_our_own_report_puts_the_promise_first_and_tells_no_share_of_few() -> None:
    table = table_of(
        {
            "incident": f"i{at}",
            "state": "closed",
            "as_class": "real",
            "zone": "5345",
            "pressed": f"2026-11-0{at + 1}T10:00:00Z",
            "received": f"2026-11-0{at + 1}T10:00:01Z",
            "on_scene": f"2026-11-0{at + 1}T10:0{5 + at}:00Z",
        }
        for at in range(3)
    )
    found = report(table, Selection(), PROFILES["amr"], title="Response times", by=("zone",))
    rows, _ = select(table, Selection())
    made = own.paper(found, rows, {"5345": "PZ Example"}, NOW)
    text = writing.terminal(made)
    assert "pressed → on scene: 3 of 3 within 10:00; fewer than 20, no share is told" in " ".join(text.split())
    assert "PZ Example" in text and "6:00" in text and "the press, by the feed's clock" in text
    assert writing.html(made).count("<svg") == 2 and writing.pdf(made, NOW).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (7.44, "7.4 s"),
        (59.96, "1:00"),
        (323.4, "5:23"),
        (538.5, "8:59"),
        (3923, "1:05:23"),
        (-40, "−40.0 s"),
    ],
    ids=range(7),
)
def test_a_duration_is_said_with_its_unit_or_as_a_clock(seconds: float | None, said: str) -> None:
    assert formats_of("en").lasted(seconds).replace("\u00a0", " ") == said


FORMULAS = (
    *("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\uff1d1+1"),
    *("Voorbeeld;=HYPERLINK(1)", "x;@SUM(1)", "a\n=1+1", "a\t-1", "x|=cmd|' /C calc'!A0", ';=1";+1'),
    *(
        "x; =1",
        'x;"=1',
        "x;\u00a0' =1",
        '"=1',
        "'=1",
        "\u200b=1",
        "\ufeff=1",
        "\x00=1",
        "\u202e=1",
        "\u00ad-1",
        "x;\uff0b1",
    ),
    *("x;\x0b=1", "a\u2028=1"),
)


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("parted_by", [",", ";", "\t", "|"])
def test_no_spreadsheet_of_any_country_finds_a_formula_in_what_people_wrote(text: str, parted_by: str) -> None:
    """Excel in Belgium takes a semicolon for a cell's end, whatever quotes stand around it."""
    made = tables.framed(pd.DataFrame({"a": ["x"], text: [text]})).decode()
    for line in re.split(r"[\r\n]", made):
        for cell in line.split(parted_by):
            seen = re.sub(r"[\x00-\x1f\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]", " ", cell)
            assert not re.match(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]", seen), (line, cell)


@pytest.mark.parametrize("unit", ["\n", " ", ";", '"', "\n ", ";=", "\u202e", "\ud800", "é"])
def test_a_megabyte_of_anything_is_a_cell_in_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + "=1"
    began = time.process_time()
    cell = tables.harmless(text)
    assert time.process_time() - began < 5 and cell.encode()
    assert not re.match(r'[\s"]*=', cell)


def test_what_is_no_formula_stays_as_it_was() -> None:
    texts = ["Anna; Bart", "a-b", "1;2", "x = y", "mail@voorbeeld.be", "PZ Gent - Noord", "", "-3.5"]
    assert [tables.harmless(text) for text in texts] == texts
    assert tables.harmless(-5) == -5 and tables.harmless("\ud800=1") == "U+D800=1"
