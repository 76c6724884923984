"""A made-up past is a real log: it verifies, folds, goes on, and its measures are those of a first year in Belgium."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from centre.assembly import Core
from demo.cases import demo_cases
from demo.past import cases_of, generate
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.clock import SystemClock
from incidents.log import LogUnavailable, Record
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from incidents.messages import Message, PressReport
from maps.zones import Zones
from reports.measures.history import read_table

INCIDENTS = 400
UNTIL = datetime(2026, 11, 24, 20, tzinfo=UTC)
STARTS = ("07:00", "19:00")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, zones: Zones) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("past") / "vigie.log"
    generate(path, incidents=INCIDENTS, seed=7, locate=zones.locate, until=UNTIL)
    yield path


@pytest.fixture(scope="module")
def table(path: Path) -> pd.DataFrame:
    return read_table(path, starts=STARTS)


async def records(path: Path) -> list[Record]:
    log = await SqliteLog.open(path, reading=True)
    try:
        return [record async for _, record in log.records()]
    finally:
        await log.close()


async def test_it_verifies_and_was_entered_in_the_order_it_happened(path: Path) -> None:
    report = verify(path)
    assert report.ok, report.findings[:3]
    assert report.checkpoints > 700
    at = [record.at for record in await records(path)]
    assert at == sorted(at)
    assert at[0] < "2025-11-26" and at[-1] == ev.stamp(UNTIL)


async def test_each_alarm_has_a_case_that_was_in_force_on_that_day(path: Path, zones: Zones) -> None:
    cases = {case.number: case for case in cases_of(UNTIL, zones.locate, 7)}
    log = await SqliteLog.open(path, reading=True)
    try:
        told = [ev.entry(r, log.unseal(r) or b"{}") async for _, r in log.records() if r.type == "raised"]
    finally:
        await log.close()
    raised = [(entry.at, entry.event.case) for entry in told if isinstance(entry.event, ev.Raised)]
    assert len(raised) == INCIDENTS
    assert [at for at, case in raised if not cases[case or ""].valid_on(at.astimezone(ev.BRUSSELS).date())] == []


def test_tests_and_accidents_are_96_in_100_and_nothing_is_left_open(table: pd.DataFrame) -> None:
    shares = table["as_class"].value_counts(normalize=True)
    assert len(table) == INCIDENTS and not table["open"].any()
    assert 0.95 <= shares["test"] + shares["accidental"] <= 0.97
    assert shares["test"] > shares["accidental"] > shares["real"] > 0.02


def test_evenings_and_nights_are_heavier_than_mornings_and_weekends_than_weekdays(table: pd.DataFrame) -> None:
    local = table["received"].dt.tz_convert(ev.BRUSSELS)
    by_hour = local.dt.hour.value_counts().reindex(range(24), fill_value=0)
    assert by_hour[17:22].sum() > 2 * by_hour[6:11].sum()
    danger = table[table["as_class"].isin(["real", "unknown"])]["received"].dt.tz_convert(ev.BRUSSELS)
    assert (danger.dt.hour.isin([18, 19, 20, 21, 22, 23, 0, 1, 2])).mean() > 0.5
    weekend = local.dt.day_of_week >= 4
    assert weekend.mean() > 3 / 7


def test_police_are_there_in_eight_to_nine_minutes_and_not_always_within_ten(table: pd.DataFrame) -> None:
    took = table["pressed->on_scene_s"].dropna()
    assert len(took) > 20
    assert 7 * 60 < took.median() < 10 * 60
    assert 0.05 < (took > 600).mean() < 0.5
    assert table["received->acknowledged_s"].median() < 10


def test_it_is_all_over_belgium_and_by_several_people(table: pd.DataFrame) -> None:
    assert set(table["cic"]) >= {"OVL", "LIE", "ANT", "BRU", "NAM", "LIM", "HAI", "VBR", "BWA", "WVL", "LUX"}
    assert table["zone"].nunique() > 50
    assert table["operator"].nunique() >= 8
    assert set(table["shift"]) == set(STARTS)


async def test_it_has_the_usual_mishaps_and_one_outage_in_which_answers_were_slower(
    path: Path, table: pd.DataFrame
) -> None:
    found = await records(path)
    types = {record.type for record in found}
    assert types >= {
        "declined", "hand_over_accepted", "time_corrected", "limit_passed", "escalated", "progressed", "delivered",
        "order_done", "device_alarmed", "device_returned", "device_acknowledged", "shift_started", "shift_ended",
        "shift_test", "sheet_made", "feed_gap", "feed_gap_acknowledged", "case_opened", "pressed", "noted",
    }  # fmt: skip
    states = [(r.open["state"], r.at) for r in found if r.type == "feed_state"]
    assert [state for state, _ in states] == ["silent", "down", "live"]
    began, ended = (pd.Timestamp(at) for at in (states[0][1], states[-1][1]))
    within = (table["pressed"] >= began) & (table["pressed"] < ended)
    assert within.sum() >= 2
    late = table["acknowledged"] - table["pressed"]
    assert late[within].median() > 5 * late[~within].median()


async def test_the_same_seed_tells_the_same_past_and_another_a_different_one(tmp_path: Path, zones: Zones) -> None:
    told = []
    for n, seed in enumerate((3, 3, 4)):
        path = tmp_path / f"{n}.log"
        generate(path, incidents=12, seed=seed, locate=zones.locate, months=1, until=UNTIL)
        told.append([(record.type, record.at, record.source_at) for record in await records(path)])
    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize("seed", range(5))
def test_every_past_comes_to_an_end_also_when_much_of_it_was_written_on_paper(
    tmp_path: Path, zones: Zones, seed: int
) -> None:
    path = tmp_path / "vigie.log"
    generate(path, incidents=12, seed=seed, locate=zones.locate, months=1, until=UNTIL)
    table = read_table(path, starts=STARTS)
    assert len(table) == 12 and not table["open"].any()


async def test_it_is_made_in_a_new_or_empty_log_only(tmp_path: Path, path: Path, zones: Zones) -> None:
    before = path.read_bytes()
    with pytest.raises(LogUnavailable, match="not empty"):
        generate(path, incidents=1, seed=1, locate=zones.locate)
    assert path.read_bytes() == before
    empty = tmp_path / "empty.log"
    await (await SqliteLog.open(empty)).close()
    generate(empty, incidents=3, seed=1, locate=zones.locate, months=1, until=UNTIL)
    assert verify(empty).ok


async def test_a_desk_goes_on_from_it(tmp_path: Path, zones: Zones) -> None:
    path = tmp_path / "vigie.log"
    until = datetime.now(UTC)
    generate(path, incidents=60, seed=5, locate=zones.locate, months=1, until=until, still_open=2)
    log = await SqliteLog.open(path)
    desk = Core(log, zones, CaseRegister.open(None), SystemClock()).desk
    try:
        await desk.open()
        assert len([i for i in desk.board.incidents.values() if i.open]) == 2
        assert not desk.board.device_alarms and not desk.board.gaps
        assert desk.board.shift.start is not None and desk.board.shift.start <= until < desk.board.shift.end  # type: ignore[operator]
        for case in demo_cases(until.date())[:10]:
            press = PressReport(device=case.devices[0], press="hold")
            assert (
                await desk.receive(Message(feed="f", id=case.number, at=until, report=press, raw=b"{}")) == "recorded"
            )
    finally:
        await desk.close()
        await log.close()
    assert verify(path).ok


@pytest.mark.parametrize(
    "numbers", [{"incidents": 0}, {"incidents": 1, "still_open": 2}, {"incidents": 1, "months": 0}]
)
def test_numbers_that_make_no_past_are_refused(tmp_path: Path, zones: Zones, numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a past has"):
        generate(tmp_path / "vigie.log", seed=1, locate=zones.locate, **numbers)  # type: ignore[arg-type]
