"""The timeline of one incident, from a real log: both clocks, what they differ by, and what follows from the records."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import commands as cmd
from incidents import events as ev
from incidents.intervals import BY_NAME, INTERVALS
from incidents.log import Record
from incidents.messages import Call, Fix, FixReport, OrderReport, PressReport, UnitReport
from incidents.timeline import TOGETHER_S, NoSuchIncident, Timeline, _offset, incident_of, timeline
from reports.measures.table import row_of, table_of
from tests.incidents.conftest import DEVICE, START, DrivenClock, Floor, closing
from tests.people import dispatcher

AHEAD = timedelta(seconds=3)  # the feed's clock is so much behind ours, transport included
ANN = dispatcher("ann")


async def whole_story(floor: Floor) -> str:
    """A press that is acknowledged, routed, corrected and closed; the incident's id."""
    clock = floor.clock

    async def later(seconds: float, report: PressReport | FixReport | OrderReport | UnitReport) -> None:
        clock.pass_s(seconds)
        await floor.desk.receive(floor.message(report, at=clock.now() - AHEAD))

    async def does(seconds: float, kind: type[cmd.OnIncident], **facts: object) -> None:
        clock.pass_s(seconds)
        await floor.desk.command(kind(id=floor.name(), incident=name, **facts), ANN)

    press = PressReport(
        device=DEVICE, fix=Fix(51.05, 3.72, 18.0, method="gnss", time=clock.now()), call=Call("ringing")
    )
    await later(0, press)
    incident = floor.incident()
    assert incident is not None
    name = incident.id
    await does(4, cmd.OpenCase)
    await does(2, cmd.Acknowledge)
    await does(9, cmd.Route, zone="5415")
    order = floor.desk.board.incidents[name].order
    assert order is not None
    await floor.desk.delivered(name, order=order.id, update=1, zone="5415", status=202)
    await later(20, OrderReport(order=order.id, state="accepted", unit="GT 12"))
    await later(30, FixReport(device=DEVICE, fix=Fix(51.06, 3.73, 25.0)))
    await later(60, OrderReport(order=order.id, state="en_route", unit="GT 12"))
    await later(5, UnitReport(unit="GT 12", zone="5415", status="en_route", fix=Fix(51.04, 3.70)))
    await does(300, cmd.Progress, step="on_scene", happened_at=clock.now() + timedelta(seconds=200))
    await does(5, cmd.CorrectTime, time="on_scene", to=clock.now() - timedelta(seconds=60), reason="said on the radio")
    await does(5, cmd.CorrectTime, time="on_scene", to=clock.now() - timedelta(seconds=80), reason="by their own log")
    await floor.desk.command(closing(floor.desk.board.incidents[name], floor.name()), ANN)
    return name


async def read(floor: Floor, name: str) -> Timeline:
    _, records = await incident_of(floor.log, name)
    return timeline(records, floor.log.unseal)


async def test_every_record_is_a_moment_with_who_both_clocks_and_its_hash(floor: Floor) -> None:
    name = await whole_story(floor)
    incident, records = await incident_of(floor.log, name)
    told = timeline(records, floor.log.unseal)
    assert told.incident == incident == floor.desk.board.incidents[name]
    assert [(m.version, m.hash, m.prev) for m in told.moments] == [(r.version, r.hash, r.prev) for r in records]
    press = told.moments[0]
    assert (press.type, press.clock, press.difference_s, press.by_person) == ("raised", "feed", 3.0, False)
    assert press.facts["device"] == DEVICE and press.raw and "raw" not in press.facts
    (taken,) = told.of_type("acknowledged")
    assert (taken.actor, taken.clock, taken.by_person) == ("ann", "ours", True)
    assert [m.type for m in told.looks] == ["case_opened"]
    assert [m.type for m in told.orders] == ["ordered", "delivered", "progressed", "progressed", "unit", "progressed"]


async def test_positions_are_of_the_device_and_of_units_with_when_they_were_true_and_when_heard(floor: Floor) -> None:
    told = await read(floor, await whole_story(floor))
    assert [(p.of, p.unit, p.fix.radius) for p in told.positions] == [
        ("device", "", 18.0),
        ("device", "", 25.0),
        ("unit", "GT 12", None),
    ]
    assert told.positions[0].at == START
    assert all(p.heard_at - p.at == AHEAD for p in told.positions[1:])


async def test_a_time_says_by_which_clock_it_was_read_and_what_it_was_before_it_was_corrected(floor: Floor) -> None:
    told = await read(floor, await whole_story(floor))
    reached = {time.name: time for time in told.reached}
    clocks = {name: time.clock for name, time in reached.items()}
    assert clocks == {
        "pressed": "feed",
        "received": "ours",
        "acknowledged": "ours",
        "routed": "ours",
        "accepted": "feed",
        "en_route": "feed",
        "on_scene": "person",
        "closed": "ours",
    }
    first, second = told.corrections
    scene = reached["on_scene"]
    assert scene.corrected and scene.original == first.before and scene.at == second.to and second.before == first.to
    assert (first.reason, second.reason) == ("said on the radio", "by their own log")


async def test_the_intervals_are_those_of_the_reports_by_each_clock_and_without_corrections(floor: Floor) -> None:
    told = await read(floor, await whole_story(floor))
    assert [span.name for span in told.spans] == [interval.name for interval in INTERVALS]
    spans = {span.name: span for span in told.spans}
    assert (spans["received->acknowledged"].seconds, spans["received->acknowledged"].two_clocks) == (6.0, False)
    # 20 s by our clock, 3 s less by the feed's.
    routed = spans["routed->accepted"]
    assert (routed.seconds, routed.entered_s, routed.clocks) == (17.0, 20.0, ("ours", "feed"))
    assert spans["acknowledged->listening"].seconds is None
    scene = spans["pressed->on_scene"]
    on_scene = next(time for time in told.reached if time.name == "on_scene")
    assert scene.seconds == (on_scene.at - told.incident.presses.first_at).total_seconds()
    assert (
        scene.original_s is not None
        and scene.original_s - scene.seconds
        == (
            told.corrections[0].before - on_scene.at  # type: ignore[operator]
        ).total_seconds()
    )
    assert scene.two_clocks and BY_NAME[scene.name].two_clocks


async def test_each_interval_is_the_one_that_the_reports_count(floor: Floor) -> None:
    name = await whole_story(floor)
    by_hand = cmd.Raise(
        id=floor.name(), reason="she rang", zone="5415", happened_at=floor.clock.now() - timedelta(minutes=2)
    )
    on_paper = cmd.FromPaper(
        id=floor.name(), reason="written", zone="5415", raised_at=floor.clock.now() - timedelta(hours=1)
    )
    others = [await floor.desk.command(command, ANN) for command in (by_hand, on_paper)]
    for one in (name, *(other.id for other in others if other is not None)):
        told = await read(floor, one)
        (row,) = table_of([row_of(told.incident)]).to_dict("records")
        for span in told.spans:
            counted = row[f"{span.name}_s"]
            assert span.seconds == (None if counted != counted else counted), (one, span.name)


async def test_the_offset_of_the_clocks_is_measured_from_messages_that_were_not_held_up(floor: Floor) -> None:
    name = await whole_story(floor)
    late = floor.message(PressReport(device=DEVICE), at=floor.clock.now() - timedelta(seconds=3))
    await floor.desk.command(cmd.Reopen(id=floor.name(), incident=name, reason="again"), ANN)
    floor.clock.pass_s(600)
    await floor.desk.receive(late)
    (offset,) = (await read(floor, name)).offsets
    assert (offset.feed, offset.count, offset.held_up) == ("test", 5, 1)
    assert (offset.least_s, offset.median_s, offset.most_s) == (3.0, 3.0, 3.0)


async def test_an_incident_that_left_the_board_is_read_from_the_log(
    open_floor: Callable[..., Awaitable[Floor]], clock: DrivenClock
) -> None:
    async with open_floor() as floor:  # type: ignore[attr-defined]
        name = await whole_story(floor)
        before = await read(floor, name)
    clock.pass_s(400 * 86400)
    async with open_floor() as floor:  # type: ignore[attr-defined]
        assert name not in floor.desk.board.incidents
        assert await read(floor, name) == before


async def test_of_an_erased_incident_stay_the_times_and_what_identifies_nobody(floor: Floor) -> None:
    name = await whole_story(floor)
    before = await read(floor, name)
    await floor.log.erase(f"incident/{name}", id="erase-0001", at=ev.stamp(floor.clock.now()), actor="ann")
    told = await read(floor, name)
    assert told.incident.history.erased and told.positions == () and told.incident.device is None
    assert told.spans == before.spans and told.offsets == before.offsets
    assert [m.gone for m in told.moments] == [bool(m.facts.keys() - n.facts.keys()) for m, n in zip(
        before.moments, told.moments, strict=False
    )] + [False]  # fmt: skip
    assert told.moments[0].gone and not told.moments[0].raw
    assert [(c.before, c.to, c.reason, c.gone) for c in told.corrections] == [
        (c.before, c.to, "", True) for c in before.corrections
    ]


async def test_an_id_the_log_does_not_know_is_said_to_be_unknown(floor: Floor, tmp_path: Path) -> None:
    with pytest.raises(NoSuchIncident):
        await incident_of(floor.log, "nobody")
    with pytest.raises(NoSuchIncident):
        timeline([], floor.log.unseal)


def test_a_record_of_a_newer_version_is_a_moment_with_its_open_facts() -> None:
    def record(version: int, kind: str, facts: dict[str, str | int | bool]) -> Record:
        at = ev.stamp(START)
        return Record(
            stream="incident/x", version=version, id=f"id-{version}", at=at, source_at=at, actor="ann", type=kind,
            open=facts, sealed="", prev="", hash="",
        )  # fmt: skip

    told = timeline([record(1, "raised", {"origin": "hand"}), record(2, "not_yet", {"n": 3})], lambda record: b"")
    assert (told.moments[1].type, told.moments[1].facts) == ("not_yet", {"n": 3})
    assert told.incident.version == 2


@given(st.lists(st.floats(-3600, 3600), min_size=1, max_size=40))
def test_the_offset_is_of_the_greatest_crowd_of_delays(delays: list[float]) -> None:
    offset = _offset("f", sorted(delays))
    assert offset.count + offset.held_up == len(delays)
    assert offset.least_s <= offset.median_s <= offset.most_s <= offset.least_s + TOGETHER_S
    assert offset.count == max(sum(0 <= d - least <= TOGETHER_S for d in delays) for least in delays)


@given(st.integers(1, 30))
def test_a_single_wrong_clock_reading_moves_no_offset(right: int) -> None:
    offset = _offset("f", sorted([-7200.0, *(2.0 + 0.01 * n for n in range(right + 1))]))
    assert offset.held_up == 1 and 2.0 <= offset.median_s < 3.0
