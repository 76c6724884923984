"""Reports speak the reader's language, with its figures: nothing of ours in them stays English."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from cli.reader import of_terminal, settings_and_words
from reports import own, render
from reports.catalogue import PSEUDO, WRITTEN, translator
from reports.locale_formats import formats_of
from reports.measures.profiles import PROFILES
from reports.measures.report import report
from reports.measures.select import select
from reports.measures.shape import Breakdown, Selection
from reports.measures.table import table_of
from tests.words.unsaid import of_page, unsaid

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


def test_figures_are_written_as_the_language_writes_them() -> None:
    fr, nl, de, en = (formats_of(one) for one in ("fr", "nl", "de", "en"))
    assert (fr.count(1512), nl.count(1512), de.count(1512), en.count(1512)) == ("1\u202f512", "1.512", "1.512", "1,512")
    assert [one.percent(0.826) for one in (fr, nl, de)] == ["82,6\u00a0%"] * 3 and en.percent(0.826) == "82.6\u00a0%"
    assert (fr.lasted(6.25), fr.limit(10), de.lasted(539)) == ("6,3\u00a0s", "10\u00a0s", "8:59")
    day = date(2026, 11, 4)
    assert [one.day(day) for one in (fr, nl, de, en)] == ["04/11/2026", "04/11/2026", "04.11.2026", "04/11/2026"]
    assert (fr.weekday(1), nl.weekday(1), de.weekday(1)) == ("mardi", "dinsdag", "Dienstag")
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
