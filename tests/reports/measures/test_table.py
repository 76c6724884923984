"""The row of an incident whose life was not straight, and the table of many."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from incidents import commands as cmd
from incidents.incident import TIME_NAMES, Incident
from incidents.intervals import INTERVALS
from incidents.shifts import ShiftTimes, shift_at
from reports.measures.local import shift_of
from reports.measures.shape import BOOL_COLUMNS, COUNT_COLUMNS, TEXT_COLUMNS
from reports.measures.table import complete, row_of, table_of
from tests.incidents.conftest import DEVICE, START, Floor, closing
from tests.incidents.desk.test_backfill import AN, at, whole
from tests.people import dispatcher

STARTS = ("07:00", "19:00")
BEN = dispatcher("ben")


async def handled(floor: Floor) -> Incident:
    """Pressed, acknowledged after 4 s, routed after 10, on the scene after 100, closed after 200; the position moves no zone."""
    incident = await floor.press(at=floor.clock.now() - timedelta(seconds=1))
    for passing, command in (
        (4, cmd.Acknowledge(id=floor.name(), incident=incident.id)),
        (6, cmd.Route(id=floor.name(), incident=incident.id, zone="5415")),
        (90, cmd.Progress(id=floor.name(), incident=incident.id, step="on_scene")),
        (100, closing(incident, floor.name())),
    ):
        floor.clock.pass_s(passing)
        incident = await floor.desk.command(command, AN)
    return incident


async def test_a_row_has_its_times_and_names_nobody_but_who_acknowledged(floor: Floor) -> None:
    incident = await handled(floor)
    row = row_of(incident, starts=STARTS)
    assert row["incident"] == incident.id and row["state"] == "closed" and row["shift"] == "19:00"
    assert (row["operator"], row["zone"], row["cic"], row["outcome"]) == ("an", "5415", "OVL", "victim_safe")
    assert row["received"] == START and row["accepted"] is None
    assert not {DEVICE, incident.case} & set(map(str, row.values()))
    table = table_of([row])
    took = table.iloc[0]
    assert took["pressed->received_s"] == 1 and took["received->acknowledged_s"] == 4
    assert took["pressed->on_scene_s"] == 101 and took["acknowledged->closed_s"] == 196


async def test_every_column_is_in_its_dtype_however_little_is_given() -> None:
    for table in (table_of([]), table_of([{"incident": "1"}]), complete(pd.DataFrame({"zone": [None, "5415"]}))):
        assert all(pd.api.types.is_string_dtype(table[name]) for name in TEXT_COLUMNS)
        assert all(table[name].dtype == bool for name in (*BOOL_COLUMNS, *(f"{name}_corrected" for name in TIME_NAMES)))
        assert all(table[name].dtype == "int64" for name in COUNT_COLUMNS)
        assert all(str(table[name].dtype) == "datetime64[ms, UTC]" for name in TIME_NAMES)
        assert all(table[f"{interval.name}_s"].dtype == "float64" for interval in INTERVALS)
    assert list(table["zone"]) == ["", "5415"]
    pd.testing.assert_frame_equal(complete(table), table)


def test_a_time_without_a_zone_is_refused_and_other_columns_stay() -> None:
    with pytest.raises(ValueError, match="received has no time zone"):
        complete(pd.DataFrame({"received": pd.to_datetime(["2026-11-24T21:14:07"])}))
    given = pd.DataFrame({"line": [7], "received": ["2026-11-24T21:14:07+01:00"], "zone": pd.Categorical(["a"])})
    table = complete(given)
    assert table["line"][0] == 7 and table["received"][0] == pd.Timestamp("2026-11-24T20:14:07Z")
    assert isinstance(table["zone"].dtype, pd.CategoricalDtype) and "open" not in given


async def test_who_acknowledged_first_stands_after_a_release_and_another_claim(floor: Floor) -> None:
    incident = await floor.press()
    for person, command in (
        (AN, cmd.Acknowledge(id=floor.name(), incident=incident.id)),
        (AN, cmd.Release(id=floor.name(), incident=incident.id)),
        (BEN, cmd.Acknowledge(id=floor.name(), incident=incident.id)),
    ):
        floor.clock.pass_s(5)
        incident = await floor.desk.command(command, person)
    row = row_of(incident)
    assert (incident.owner, row["operator"], row["shift"]) == ("ben", "an", "")
    assert row["open"] and row["acknowledged"] == START + timedelta(seconds=5)


async def test_a_reopened_incident_is_open_then_counts_to_its_last_closing(floor: Floor) -> None:
    incident = await handled(floor)
    floor.clock.pass_s(50)
    reopened = await floor.desk.command(cmd.Reopen(id=floor.name(), incident=incident.id, reason="she called"), BEN)
    row = row_of(reopened)
    assert row["open"] and row["closed"] is None and row["operator"] == "an" and row["outcome"] == ""
    floor.clock.pass_s(10)
    again = await floor.desk.command(closing(incident, floor.name()), BEN)
    assert table_of([row_of(again)])["acknowledged->closed_s"][0] == 256


async def test_a_rerouted_incident_counts_from_the_first_order_to_the_first_acceptance(floor: Floor) -> None:
    incident = await floor.press()
    for passing, command in (
        (5, cmd.Acknowledge(id=floor.name(), incident=incident.id)),
        (5, cmd.Route(id=floor.name(), incident=incident.id, zone="5415")),
        (30, cmd.Route(id=floor.name(), incident=incident.id, zone="5416")),
        (20, cmd.Progress(id=floor.name(), incident=incident.id, step="accepted")),
    ):
        floor.clock.pass_s(passing)
        incident = await floor.desk.command(command, AN)
    table = table_of([row_of(incident)])
    assert table["routed->accepted_s"][0] == 50
    assert table["zone"][0] == "5415"  # where she is, not who came


async def test_a_corrected_time_counts_and_each_correction_is_counted(floor: Floor) -> None:
    incident = await handled(floor)
    await floor.desk.command(cmd.Reopen(id=floor.name(), incident=incident.id, reason="time"), AN)
    for seconds in (120, 80):
        to = START + timedelta(seconds=seconds)
        correct = cmd.CorrectTime(id=floor.name(), incident=incident.id, time="on_scene", to=to, reason="radio log")
        incident = await floor.desk.command(correct, AN)
    table = table_of([row_of(incident)])
    assert table["corrections"][0] == 2 and table["on_scene_corrected"][0] and not table["routed_corrected"][0]
    assert table["pressed->on_scene_s"][0] == 81


async def test_what_came_from_paper_has_its_own_times_no_operator_and_no_feed(floor: Floor) -> None:
    incident = await floor.desk.command(whole(), BEN)
    row = row_of(incident, starts=STARTS)
    assert row["paper"] and row["operator"] == "" and row["received"] == at(0)
    table = table_of([row])
    assert pd.isna(table["pressed->received_s"][0]) and table["pressed->on_scene_s"][0] == 8 * 60


async def test_what_was_raised_by_hand_has_no_transport_by_a_feed(floor: Floor) -> None:
    happened = START - timedelta(minutes=3)
    raised = cmd.Raise(id=floor.name(), reason="call 101-3", zone="5416", happened_at=happened)
    table = table_of([row_of(await floor.desk.command(raised, AN))])
    assert pd.isna(table["pressed->received_s"][0]) and table["pressed"][0] == happened
    assert table["zone"][0] == "5416"
    assert pd.notna(table["acknowledged"][0]) and pd.isna(table["received->acknowledged_s"][0])


@pytest.mark.parametrize(
    ("received", "shift"),
    [
        ("2026-11-24T05:59:59Z", "02:30"),
        ("2026-11-24T06:00:00Z", "07:00"),
        ("2026-10-25T00:30:00Z", "02:30"),  # first pass of 02:30
        ("2026-10-25T01:30:00Z", "02:30"),  # the second is within it
        ("2026-03-29T01:29:59Z", "19:00"),  # 02:30 is skipped: it begins at 03:30
        ("2026-03-29T01:30:00Z", "02:30"),
    ],
    ids=["before seven", "seven", "first pass", "second pass", "before the skipped", "after the skipped"],
)
def test_a_shift_is_that_of_the_clock_on_the_wall(received: str, shift: str) -> None:
    moment = datetime.fromisoformat(received).astimezone(UTC)
    starts = ("07:00", "02:30", "19:00")
    assert shift_of(moment, starts) == shift
    running = shift_at(ShiftTimes(starts=starts), moment)
    assert running is not None and shift_of(running.start, starts) == shift
    assert shift_of(running.start - timedelta(milliseconds=1), starts) != shift
