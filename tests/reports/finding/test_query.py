"""What people type to find incidents, and what is understood of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.find.vocabulary import vocabulary
from maps.gazetteer import Gazetteer
from maps.zones import Zones
from reports.finding.query import MAX_TERMS, Term, days, parse

TODAY = date(2026, 11, 24)
WORDS = vocabulary(str)
DAYS = st.dates(date(2018, 1, 1), TODAY)


@pytest.fixture(scope="module")
def places(zones: Zones) -> Gazetteer:
    return Gazetteer.of(zones)


def understood(places: Gazetteer, text: str) -> list[tuple[str, str]]:
    return [(term.kind, term.text) for term in parse(text, today=TODAY, words=WORDS, named=places.named)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    {
        "AMR-00412": ["who"],
        "2026-0412": ["who"],
        "Gent": ["place"],
        "GAND": ["place"],
        "9000": ["place"],
        "PZ Gent": ["place"],
        "sint niklaas real": ["place", "class"],
        "La Louvière": ["place"],
        "24/11": ["days"],
        "24/11-26/11": ["days"],
        "1/11 - 3/11 open": ["days", "state"],
        "yesterday": ["days"],
        "11/2026": ["days"],
        "31/02": ["no_day"],
        "31/2/2026 Gent": ["no_day", "place"],
        "2026-13-01": ["no_day"],
        "30/2-3/3": ["no_day"],
        "arrested": ["outcome"],
        "suspect arrested": ["outcome"],
        "test in order": ["outcome"],
        "test": ["class"],
        "on scene": ["state"],
        "Voorbeeld Gent real": ["who", "place", "class"],
        "  ": [],
        "- / .": [],
    }.items(),
)
def test_words_are_understood_as_people_mean_them(places: Gazetteer, text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in understood(places, text)] == kinds


def test_a_place_is_its_municipality_and_its_zone_in_any_language(places: Gazetteer) -> None:
    (gent,) = parse("gand", today=TODAY, words=WORDS, named=places.named)
    assert "Gent" in gent.towns
    (zone,) = parse("PZ Gent", today=TODAY, words=WORDS, named=places.named)
    assert zone.values == {"5415"}
    (laken,) = parse("Laeken", today=TODAY, words=WORDS, named=places.named)
    (city,) = parse("Brussel", today=TODAY, words=WORDS, named=places.named)
    assert laken.towns == city.towns


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("24/11", date(2026, 11, 24), date(2026, 11, 24)),
        ("25/11", date(2025, 11, 25), date(2025, 11, 25)),  # it has not been yet
        ("28/12-3/1", date(2025, 12, 28), date(2026, 1, 3)),
        ("29/02", date(2024, 2, 29), date(2024, 2, 29)),
        ("2026-11-01..2026-11-03", date(2026, 11, 1), date(2026, 11, 3)),
        ("2026-11-01-2026-11-03", date(2026, 11, 1), date(2026, 11, 3)),
        ("3/11/2026–1/11/2026", date(2026, 11, 1), date(2026, 11, 3)),
        ("12/2025", date(2025, 12, 1), date(2025, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_days_are_those_that_were(text: str, since: date, until: date) -> None:
    assert days(text, TODAY) == (since, until)


@pytest.mark.parametrize(
    "text", ["31/11", "32/1", "0/0", "2026-13", "2026-0412", "AMR-1/2", "1/1/1/1", "2031", "24/11-"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert days(text, TODAY) is None


@given(DAYS, DAYS)
def test_a_range_is_the_same_however_it_is_written(one: date, other: date) -> None:
    since, until = min(one, other), max(one, other)
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        for between in ("-", "–", ".."):
            assert days(f"{one:{form}}{between}{other:{form}}", TODAY) == (since, until)


@given(st.integers(0, 364))
def test_a_day_without_a_year_was_within_the_last_one(ago: int) -> None:
    day = TODAY - timedelta(days=ago)
    if (day.month, day.day) != (2, 29):
        assert days(f"{day:%d/%m}", TODAY) == (day, day)


@given(st.text(max_size=400))
def test_whatever_is_typed_is_understood_as_something_or_nothing(text: str) -> None:
    terms = parse(text, today=TODAY, words=WORDS, named=lambda text: ())
    assert len(terms) <= MAX_TERMS
    assert all(isinstance(term, Term) and term.text.strip() for term in terms)
    assert all(term.since is not None and term.until is not None and term.since <= term.until
               for term in terms if term.kind == "days")  # fmt: skip
