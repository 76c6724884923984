"""A person's own figures: theirs alone, with the same rules as the review."""

from datetime import timedelta

from dashboard.supervisor.review.own import own, share_said
from reports.catalogue import translator
from reports.locale_formats import formats_of
from reports.measures.table import table_of
from tests.dashboard.supervisor.review.parts import NOW, story


def test_own_figures_are_of_what_this_person_acknowledged_first_and_of_nothing_else() -> None:
    mine = [story(n, NOW - timedelta(days=n), operator="me", after={"acknowledged": 5.0 + n}) for n in range(19)]
    others = [story(100 + n, NOW - timedelta(days=n), operator="other") for n in range(50)]
    tests = [story(200, NOW, operator="me", as_class="test"), story(201, NOW, operator="me", drill=True)]
    made = own(table_of([*mine, *others, *tests]), "me", "Mieke Voorbeeld", NOW, translator("en"))
    assert made["rows"].value == 19
    assert (made["within"].value, made["share"]) == (5, None)
    assert made["slowest"][0][1] == "23.0\u00a0s"
    assert sum(month["within"].n for month in made["months"]) == 19


def test_a_share_is_written_as_the_review_writes_it() -> None:
    made = own(
        table_of(story(n, NOW, operator="me") for n in range(20)), "me", "Mieke Voorbeeld", NOW, translator("en")
    )
    assert share_said(formats_of("en"), made["share"]) == "100.0\u00a0% (83.9 – 100.0)"
