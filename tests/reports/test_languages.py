"""Reports speak the reader's language, with its figures: nothing of ours in them stays English."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from cli.reader import of_terminal, settings_and_words
from reports import own, render
from reports.catalogue import PSEUDO, WRITTEN, translator
from reports.external_table import report as external
from reports.external_table.loading import parse
from reports.external_table.paper import paper as external_paper
from reports.locale_formats import firm, formats_of
from reports.measures.profiles import PROFILES
from reports.measures.report import report
from reports.measures.select import select
from reports.measures.shape import Breakdown, Selection
from reports.measures.table import table_of
from tests.words.unsaid import none, of_page, unsaid

NOW = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
BREAKDOWNS: tuple[Breakdown, ...] = Breakdown.__args__  # type: ignore[attr-defined]
MARKS = {
    PSEUDO: ("24/11/2026 21:14:07", "12.5"),
    "fr": ("24/11/2026 21:14:07", "12,5"),
    "nl": ("24/11/2026 21:14:07", "12,5"),
    "de": ("24.11.2026 21:14:07", "12,5"),
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Presses of every class; one whose times run backward, one corrected, one that was held up, one with a step missing."""
    rows = [
        {
            "incident": f"p{at:02}",
            "state": "closed",
            "as_class": ("real", "test", "accidental", "unknown", "")[at % 5],
            "zone": "5415",
            "cic": "OVL",
            "pressed": f"2026-11-{at % 20 + 1:02}T10:00:{0 if at % 7 else 40:02}Z",
            "received": f"2026-11-{at % 20 + 1:02}T10:0{1 if at % 11 == 0 else 0}:12.500Z",
            "acknowledged": f"2026-11-{at % 20 + 1:02}T10:01:25Z" if at % 9 else None,
            "on_scene": f"2026-11-{at % 20 + 1:02}T10:09:00Z",
            "closed": f"2026-11-{at % 20 + 1:02}T10:40:00Z",
            "corrections": at % 3,
        }
        for at in range(60)
    ]
    return table_of(rows)


@pytest.mark.parametrize(
    ("language", "profile"),
    [*((PSEUDO, name) for name in PROFILES), *zip(WRITTEN, ("cic", "nena", "nfpa"), strict=True)],
)
def test_the_report_of_the_log_is_whole_in_the_readers_language(
    table: pd.DataFrame, language: str, profile: str
) -> None:
    _, selection = translator(language), Selection(since=date(2026, 1, 1), weekdays=(0, 1, 2, 3, 4, 5, 6))
    found = report(table, selection, PROFILES[profile], title=_("Response times"), by=BREAKDOWNS, translate=_)
    rows, _left = select(table, selection)
    made = own.paper(found, rows, {"5415": "PZ Gent"}, NOW, "gvrgd", _)
    text, page = render.terminal(made), render.html(made)
    if language == PSEUDO:
        assert unsaid(text, "linear") | unsaid(of_page(page), "linear") == set()
    assert [one for one in MARKS[language] if one not in text] == []
    assert f'<html lang="{language}">' in page


# Names without a vowel, a row of each kind that is listed, and a condition of each kind.
TABLE = """t1,t2,d,k,n,c
2024-03-31 02:30:00,03:40:00,90,X,1,T
2024-10-27 02:30:00,02:40:00,90,X,2,T
2024-03-04 23:59:00,00:01:00,-5,Z,3,D
2024-03-04 10:00:00,10:01:00,99,X,4,R
2024-03-04 10:00:00,10:01:00,99,X,4,R
2024-03-05 10:00:00,10:02:30,?,X,,R
2024-03-05 10:00:00,99:99:99,90,X,,R

2024-03-05 10:00:00,10:02:00
2024-03-06 10:00:00,12:02:00,60,X,7,R
"""
MAPPING = """source = "S"
columns.p = "t1"
columns.r = {{ time = "t2", after = "p", sentinels = ["99:99:99"] }}
classes = {{ column = "c", values = {{ T = "test", D = "drill", R = "real" }} }}
intervals.x = {{ from = "p", to = "r", target = 60.5, longest = "1:00:00" }}
intervals.q = {{ column = "d", unit = "min", negative = "zero", missing_counts = true }}
intervals.z = {{ sum = ["x", "q"] }}
groups.k = "k"
groups.m = {{ time = "p", by = "month_of_year" }}
groups.w = {{ time = "p", by = "weekday" }}
statistics = {{ unit = "min", decimals = 2, negative = "include", row_rounding = "half_up_s" }}
{more}
[[filter]]
any = [{{ column = "k", in = ["X", "Z", "Q"] }}, {{ column = "n", not_equals = 9, empty = false }}]
[[filter]]
time = "p"
since = 2024-01-01
until = 2024-12-31
[[exclude]]
name = "L"
interval = "x"
over = "30:00"
[[exclude]]
time = "p"
hours = [3, 4]
[[expect]]
figure = "mean"
interval = "x"
published = "1.00"
where = {{ k = {{ not = ["Z", "?"] }} }}
[[expect]]
figure = "share_beyond"
interval = "q"
target = 95
published = "60 %"
[[expect]]
figure = "minimum"
interval = "q"
published = "-5.00 min"
[[expect]]
figure = "rows"
published = "7"
"""
MORE = (
    'time = { zone = "Europe/Brussels" }\nduplicates = { key = ["n"], keep = "first" }',
    'time = { rollover = false }\nunits = { key = ["n"] }',
)
# Of the mapping, a digest, a unit.
CODES = ("Europe/Brussels", "linear", "m.toml", "filter", "exclude", "duplicates", "units", "sha256", " min")


def test_the_report_of_a_foreign_table_is_whole_in_the_readers_language(tmp_path: Path) -> None:
    found = {}
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(TABLE)
    for files in ([tmp_path / "b.csv"], [tmp_path / "a.csv", tmp_path / "b.csv"]):
        for more in MORE:
            read = external.read(files, parse(MAPPING.format(more=more), "m.toml"), None, translator(PSEUDO))
            said = (*CODES, *read.report.files, *read.report.files.values())
            made = external_paper(read, NOW, translator(PSEUDO))
            found[f"{len(files)} {more}"] = unsaid(of_page(render.html(made)), *said)
            report = read.report
            assert all((report.warnings, report.steps, report.findings)) and any(
                one.agrees_with for one in report.checked
            )
    none(found)


def test_figures_are_written_as_the_language_writes_them() -> None:
    fr, nl, de, en = (formats_of(one) for one in ("fr", "nl", "de", "en"))
    assert (fr.count(1512), nl.count(1512), de.count(1512), en.count(1512)) == ("1\u202f512", "1.512", "1.512", "1,512")
    assert [one.percent(0.826) for one in (fr, nl, de)] == ["82,6\u00a0%"] * 3 and en.percent(0.826) == "82.6\u00a0%"
    assert (fr.lasted(6.25), fr.limit(10), de.lasted(539)) == ("6,3\u00a0s", "10\u00a0s", "8:59")
    day = date(2026, 11, 4)
    assert [one.day(day) for one in (fr, nl, de, en)] == ["04/11/2026", "04/11/2026", "04.11.2026", "04/11/2026"]
    assert (fr.weekday(1), nl.weekday(1), de.weekday(1)) == ("mardi", "dinsdag", "Dienstag")
    assert firm("± 18 m · 894 m SE of it, 3 minutes") == "±\u00a018\u00a0m · 894\u00a0m SE of it, 3 minutes"
    assert (fr.language("nl"), de.language("fr"), nl.language("xx")) == ("néerlandais", "Französisch", "xx")


def test_a_command_speaks_what_is_asked_for_else_the_centres_else_the_terminals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("VIGIE_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    assert [of_terminal({"LANG": one}) for one in ("fr_BE.UTF-8", "nl", "C.UTF-8", "")] == ["fr", "nl", "en", "en"]
    monkeypatch.setenv("LANG", "fr_BE.UTF-8")
    assert settings_and_words()[1].language == "fr"
    (tmp_path / "vigie.toml").write_text('language = "en"\n')
    assert settings_and_words()[1].language == "en"
    monkeypatch.setenv("VIGIE_LANGUAGE", "de")
    assert settings_and_words()[1].language == "de" and settings_and_words("nl")[1].language == "nl"
