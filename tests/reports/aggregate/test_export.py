"""The files of the export: what is in them, what is not, and what the codebooks say."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from incidents.events.kinds import Class, Outcome
from incidents.intervals import INTERVALS
from reports.aggregate.export import COUNT_COLUMNS, INTERVAL_COLUMNS, as_zip, placed
from reports.aggregate.tables import CLASSES, OUTCOMES
from reports.catalogue import named, translator
from reports.measures.profiles import PROFILES
from reports.measures.table import table_of
from reports.words import codes
from tests.reports.aggregate.parts import PROVINCES, Many, exported, made, table

PARTS: list[Many] = [
    (40, "2026-01", "OVL", "test", "test_ok"),
    (30, "2026-02", "WVL", "accidental", "no_intervention"),
    (3, "2026-02", "OVL", "real", "suspect_arrested"),
    (2, "2026-02", "", "", ""),
]


def counts(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))


def test_no_person_device_zone_or_moment_is_in_any_file() -> None:
    files = made(table(PARTS, [400.0] * 75)).files
    for name, content in files.items():
        text = content.decode()
        assert not re.search(r"secret|5415|AMR-\d|T12:00|12:00", text), name
        assert not re.search(r"\d{4}-\d{2}-\d{2}", text.replace("2026-11-24", "")), name  # but the day it was made


def test_every_row_is_there_whatever_happened() -> None:
    one, none = (counts(exported(parts).files["counts.csv"]) for parts in (PARTS, []))
    places = [tuple(row[name] for name in COUNT_COLUMNS[:4]) for row in one]
    assert places == [tuple(row[name] for name in COUNT_COLUMNS[:4]) for row in none]
    assert len(places) == len(set(places))
    assert {row["class"] for row in one} == {"all", *CLASSES}
    assert {row["outcome"] for row in one} == {"all", *OUTCOMES}
    assert {row["province"] for row in one} == {"all", "unknown", "40000", "30000"}


def test_a_month_begins_and_ends_by_the_belgian_clock_and_drills_are_not_counted() -> None:
    moments = ["2025-12-31T22:59:59Z", "2025-12-31T23:00:00Z", "2026-03-31T21:59:59Z", "2026-03-31T22:00:00Z"]
    rows = [
        {"incident": f"{i}-{n}", "received": pd.Timestamp(moment), "as_class": "test", "cic": "OVL"}
        for i, moment in enumerate(moments)
        for n in range(10 * (i + 1))
    ]
    rows += [{"incident": f"f{n}", "received": pd.Timestamp("2026-02-10T12:00Z"), "as_class": "test"} for n in range(7)]
    drills = [{"incident": f"d{n}", "received": pd.Timestamp(moments[1]), "drill": True} for n in range(50)]
    undated = [{"incident": f"u{n}"} for n in range(50)]
    found = {
        row["period"]: row["count"]
        for row in counts(made(table_of(rows + drills + undated), ("2026-01", "2026-03")).files["counts.csv"])
        if row["province"] == row["class"] == row["outcome"] == "all"
    }
    assert found == {"2026-01": "20", "2026-02": "7", "2026-03": "30", "all": "57"}


def test_quarters_are_added_up_where_they_lie_in_the_period_as_a_whole() -> None:
    parts = [(10 + m, f"2026-{m:02}", "OVL", "test", "test_ok") for m in range(1, 9)]
    rows = counts(exported(parts, ("2026-01", "2026-08")).files["counts.csv"])
    found = {row["period"]: row["count"] for row in rows if row["class"] == row["province"] == row["outcome"] == "all"}
    assert {"2026-Q1": "36", "2026-Q2": "45"}.items() <= found.items()
    assert "2026-Q3" not in found


def test_json_and_csv_say_the_same() -> None:
    files = made(table(PARTS, [float(t) for t in range(200, 950, 10)])).files
    said = json.loads(files["aggregate.json"])
    for name, columns in (("counts", COUNT_COLUMNS), ("intervals", INTERVAL_COLUMNS)):
        rows = [{k: "" if v is None else str(v) for k, v in row.items()} for row in said[name]]
        assert rows == counts(files[f"{name}.csv"])
        assert said[name] and tuple(said[name][0]) == columns


def test_the_same_table_gives_the_same_figures_in_whatever_order_and_whenever_it_is_made() -> None:
    one = table(PARTS, [float(t) for t in range(200, 950, 10)])
    later = made(one.sample(frac=1, random_state=1), now=datetime(2027, 3, 1, tzinfo=UTC))
    assert later.published.sha256 == made(one).published.sha256


def test_a_zip_holds_the_files_and_is_the_same_for_the_same(tmp_path: Path) -> None:
    files = exported(PARTS).files
    for out in ("folder", "one.zip"):
        for path, content in placed(files, tmp_path / out).items():
            path.write_bytes(content)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert {path.name: path.read_bytes() for path in (tmp_path / "folder").iterdir()} == files
    assert as_zip(files) == (tmp_path / "one.zip").read_bytes()


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_codebook_explains_every_column_code_and_limit(language: str, profile: str) -> None:
    text = exported(PARTS, profile=PROFILES[profile]).files[f"codebook-{language}.md"].decode()
    explained = {
        *COUNT_COLUMNS,
        *INTERVAL_COLUMNS,
        *CLASSES,
        *OUTCOMES,
        *(i.name for i in INTERVALS),
        "published",
        "hidden",
    }
    explained |= {"counts.csv", "intervals.csv", "aggregate.json", "unknown", *(p.nis for p in PROVINCES)}
    assert {code for code in explained if f"`{code}`" not in text} == set()
    assert not re.search(r"[{}]", text)
    assert "2026-01" in text and "2026-02" in text and PROFILES[profile].name in text
    assert translator(language)(PROFILES[profile].source) in text
    for target in PROFILES[profile].targets:
        assert f"{target.limit_s:g} s" in text


def test_the_two_codebooks_have_the_same_parts() -> None:
    files = exported(PARTS).files
    shapes = [
        [
            re.match(r"#+|\||-|\d\.|", line).group()
            for line in files[f"codebook-{language}.md"].decode().splitlines()
            if line
        ]  # type: ignore[union-attr]
        for language in ("fr", "nl")
    ]
    marks = [[mark for mark in shape if mark] for shape in shapes]
    assert marks[0] == marks[1]


def test_a_codebook_warns_where_an_export_takes_the_place_of_another() -> None:
    for language, word in (("fr", "détruit"), ("nl", "vernietigd")):
        assert word in exported(PARTS, despite="wrong log").files[f"codebook-{language}.md"].decode()
        assert word not in exported(PARTS).files[f"codebook-{language}.md"].decode()


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_a_codebook_calls_things_as_the_screens_do(language: str) -> None:
    words = named(translator(language), "reports/aggregate")
    called = {key: text.replace("’", "'") for key, text in codes(translator(language)).items()}
    text = exported(PARTS).files[f"codebook-{language}.md"].decode().replace("’", "'")
    for outcome in get_args(Outcome):
        assert f"- `{outcome}`: {called[f'outcome.{outcome}']}\n" in text
    for as_class in get_args(Class):
        assert called[f"class.{as_class}"].removesuffix("e") in words[f"class.{as_class}"]
    # What only the first codebook said.
    assert not re.search(r"\b((?<!d')ordres?|classes?|klassen?|overname|aangehouden)\b|: personne sur place", text)
