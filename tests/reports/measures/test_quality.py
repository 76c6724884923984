"""Each kind of row that needs a look is listed with where, and what only seems so is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reports.measures.quality import quality
from reports.measures.table import row_of, table_of
from tests.incidents.conftest import Floor
from tests.incidents.desk.test_backfill import whole
from tests.reports.measures.test_report import a_press
from tests.reports.measures.test_table import AN, handled

AT = "2026-11-24T20:14:07Z"
MOMENT = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
ACCIDENT = dict.fromkeys(("routed", "accepted", "en_route", "on_scene"), None) | {"as_class": "accidental"}


def found(*rows: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(problem.kind, problem.where, problem.detail) for problem in quality(table_of(rows))]


def test_a_row_with_all_its_times_has_no_problem() -> None:
    assert found(a_press(AT)) == []


def test_a_negative_duration_is_listed_with_its_seconds_and_its_clocks() -> None:
    late = MOMENT + timedelta(seconds=1.5)
    assert found(
        a_press(AT, pressed=late, on_scene=MOMENT + timedelta(seconds=9), closed=MOMENT + timedelta(minutes=1))
    ) == [("negative", "pressed->received", "−1.500 s, not counted; its ends may be of two clocks")]
    early = MOMENT - timedelta(seconds=1)
    assert ("negative", "received->presented", "−1.000 s, not counted") in found(a_press(AT, presented=early))


def test_a_call_that_was_answered_before_the_acknowledgement_needs_no_look() -> None:
    assert found(a_press(AT, listening=MOMENT - timedelta(seconds=4))) == []


@pytest.mark.parametrize(
    ("lacks", "shown"),
    [
        ("received", "presented"),
        ("presented", "acknowledged"),
        ("acknowledged", "routed"),
        ("routed", "accepted"),
        ("accepted", "en_route"),
        ("en_route", "on_scene"),
    ],
)
def test_a_step_that_a_later_one_shows_is_missing(lacks: str, shown: str) -> None:
    assert found(a_press(AT, **{lacks: None})) == [("missing", lacks, f"there is {shown.replace('_', ' ')}")]


def test_what_need_not_have_happened_is_not_missing() -> None:
    assert found(a_press(AT, **ACCIDENT)) == []
    assert found(a_press(AT, listening=None, safe=None)) == []
    assert found(a_press(AT, routed=None, state="on_scene", open=True)) == []  # open: it may still come
    assert found(a_press(AT, presented=None, origin="hand")) == []
    assert found(a_press(AT, presented=None, accepted=None, origin="hand", paper=True)) == []


def test_one_closed_without_an_acknowledgement_or_without_its_moment_is_listed() -> None:
    assert found(a_press(AT, **ACCIDENT, presented=None, acknowledged=None)) == [
        ("missing", "acknowledged", "there is closed")
    ]
    assert found(a_press(AT, closed=None)) == [("missing", "closed", "its state is closed")]


def test_a_column_that_a_foreign_table_does_not_have_is_not_missing_in_each_row() -> None:
    answered = {"origin": "", "received": MOMENT, "on_scene": MOMENT, "state": "closed"}
    assert found({"incident": "1", **answered}) == []
    assert found({"incident": "1", **answered}, {"incident": "2", **answered, "acknowledged": MOMENT}) == [
        ("missing", "acknowledged", "there is on scene")
    ]


def test_a_row_named_twice_is_listed_once_for_each_further_time() -> None:
    assert (
        found(a_press(AT), a_press(AT), a_press(AT))
        == [("duplicate", "incident", "named before; both are counted")] * 2
    )
    assert found({"received": MOMENT}, {"received": MOMENT}) == []


def test_two_rows_of_ours_are_one_incident_only_when_they_were_received_at_one_moment() -> None:
    one, other = a_press(AT), a_press("2026-11-24T21:00:00Z", incident=AT)
    beside = a_press("2026-11-24T21:00:00Z"), a_press(AT, incident="another")
    assert found(one, other, *beside) == []


@pytest.mark.parametrize(
    ("at", "count"),
    [
        ("2026-10-24T23:59:59.999Z", 0),
        ("2026-10-25T00:00:00Z", 1),
        ("2026-10-25T01:59:59.999Z", 1),
        ("2026-10-25T02:00:00Z", 0),
    ],
)
def test_the_hour_that_comes_twice_is_two_hours_long(at: str, count: int) -> None:
    assert len(found(a_press(at))) == count


def test_a_time_that_a_person_wrote_in_the_hour_that_comes_twice_is_doubtful() -> None:
    night = "2026-10-25T00:59:00Z"
    by_clock, on_paper = found(a_press(night)), found(a_press(night, paper=True))
    assert by_clock[0][2] == "pressed in the first pass of the hour that comes twice"
    assert on_paper[0][2].endswith("which pass is theirs to know")
    assert found(a_press(night, closed_corrected=True, corrections=1))[0][2].endswith("theirs to know")


def test_a_corrected_time_is_listed_with_how_often() -> None:
    assert found(a_press(AT, on_scene_corrected=True, routed_corrected=True, corrections=3)) == [
        ("corrected", "routed, on_scene", "corrected 3 times, counted as corrected")
    ]


async def test_a_life_by_voice_lacks_the_steps_nobody_told_and_paper_lacks_nothing(floor: Floor) -> None:
    by_voice = quality(table_of([row_of(await handled(floor))]))
    assert {(p.kind, p.where) for p in by_voice} == {
        ("missing", "accepted"),
        ("missing", "en_route"),
        ("missing", "presented"),
    }
    assert quality(table_of([row_of(await floor.desk.command(whole(), AN))])) == ()
