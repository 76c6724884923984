"""What was written on paper is entered afterwards: whole, once, with its own times, and loud only when it is not over."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Change
from incidents.commands import Refused
from tests.incidents.conftest import DEVICE, START, Floor, Open
from tests.people import dispatcher

AN = dispatcher("an")


def at(minutes: float) -> datetime:
    return START - timedelta(hours=2) + timedelta(minutes=minutes)


def whole(**changes: Any) -> cmd.FromPaper:
    facts: dict[str, Any] = {
        "id": "paper-sheet-1",
        "reason": "He stood at her door",
        "case": "2026-0412",
        "zone": "5415",
        "raised_at": at(0),
        "acknowledged_at": at(0.5),
        "routed_at": at(1),
        "en_route_at": at(2),
        "on_scene_at": at(8),
        "safe_at": at(20),
        "closed_at": at(30),
        "as_class": "real",
        "outcome": "victim_safe",
    }
    return cmd.FromPaper(**(facts | changes))


def over(**changes: Any) -> cmd.FromPaper:
    """A sheet that ends with a step, not with a closing."""
    return whole(**({"closed_at": None, "outcome": None, "as_class": None} | changes))


async def test_a_sheet_becomes_a_closed_incident_with_its_own_times(floor: Floor) -> None:
    incident = await floor.desk.command(whole(), AN)
    assert incident is not None and incident.state == "closed" and incident.by_hand.paper
    assert (incident.device, incident.case, incident.owner) == (DEVICE, "2026-0412", "an")
    assert (incident.judgement.as_class, incident.judgement.outcome, incident.by_hand.reason) == (
        "real",
        "victim_safe",
        "He stood at her door",
    )
    times = {name: time.at for name, time in incident.times.items()}
    wanted = ("pressed", "received", "acknowledged", "routed", "en_route", "on_scene", "safe", "closed")
    assert times == dict(zip(wanted, (at(m) for m in (0, 0, 0.5, 1, 2, 8, 20, 30)), strict=True))
    assert {time.entered for time in incident.times.values()} == {START}
    assert {time.source for time in incident.times.values()} == {"person"}


@pytest.mark.parametrize(
    ("facts", "asked", "kept"),
    [
        ({"recording_reference": "  REC 2026/44 "}, False, "REC 2026/44"),
        ({}, True, ""),
        ({"recording_reference": "  "}, True, ""),
        (
            {"as_class": "test", "outcome": "test_ok", "verified": "safe_word", "recording_reference": "REC 2"},
            False,
            "",
        ),
    ],
)
async def test_a_real_alarm_closed_on_paper_has_the_recorders_reference_or_asks_that_the_recording_be_preserved(
    floor: Floor, facts: dict[str, Any], asked: bool, kept: str
) -> None:
    incident = await floor.desk.command(whole(**facts), AN)
    assert incident is not None
    record = (await floor.log.stream(f"incident/{incident.id}"))[-1]
    event = ev.entry(record, floor.log.unseal(record)).event
    assert isinstance(event, ev.Closed) and (event.preservation_requested, event.recording_reference) == (asked, kept)
    assert "REC" not in str(record.open)


async def test_a_reference_of_what_was_not_closed_on_paper_is_not_lost_silently(floor: Floor) -> None:
    with pytest.raises(Refused) as told:
        await floor.desk.command(over(as_class="real", recording_reference="REC 1"), AN)
    assert told.value.code == "closing_incomplete"


async def test_what_was_closed_on_paper_alarms_no_screen(floor: Floor) -> None:
    seen: list[tuple[str, bool]] = []

    def look(change: Change) -> None:
        if change.kind == "incident":
            incident = floor.desk.board.incidents[change.key]
            seen.append((incident.state, incident.needs_someone))

    floor.desk.board.listen(look)
    await floor.desk.command(whole(), AN)
    assert seen == [("closed", False)]


async def test_what_is_not_over_is_an_open_alarm_in_full(floor: Floor) -> None:
    urgent: list[bool] = []
    floor.desk.board.listen(lambda change: urgent.append(change.urgent))
    nobody = over(acknowledged_at=None, routed_at=None, en_route_at=None, on_scene_at=None, safe_at=None)
    incident = await floor.desk.command(nobody, AN)
    assert incident is not None and incident.state == "raised" and incident.needs_someone
    assert any(urgent)
    other = over(id="paper-sheet-2", on_scene_at=None, safe_at=None, beside=incident.id)
    under_way = await floor.desk.command(other, AN)
    assert under_way is not None and (under_way.state, under_way.owner) == ("en_route", "an")
    on = cmd.Progress(id="said-on-radio", incident=under_way.id, step="on_scene")
    assert (await floor.desk.command(on, AN)).state == "on_scene"  # type: ignore[union-attr]


async def test_nothing_is_sent_for_an_order_that_was_given_by_voice(floor: Floor) -> None:
    incident = await floor.desk.command(over(), AN)
    assert incident is not None and incident.order is not None
    assert (incident.order.zone, incident.order.channel, incident.order.outbox) == ("5415", "radio", ())


async def test_the_same_sheet_twice_is_one_incident_also_after_a_restart(open_floor: Open) -> None:
    async with open_floor() as floor:
        first = await floor.desk.command(whole(), AN)
        again = await floor.desk.command(whole(), AN)
        assert first is not None and again is not None and first.id == again.id
        records = await floor.records()
    async with open_floor() as floor:
        kept = await floor.desk.command(whole(), AN)
        assert kept is not None and (kept.state, kept.id) == ("closed", first.id)
        assert [kind for stream, kind in await floor.records() if stream.startswith("incident/")] == [
            kind for stream, kind in records if stream.startswith("incident/")
        ]


async def test_a_sheet_that_was_cut_off_is_open_and_the_same_command_enters_the_rest(open_floor: Open) -> None:
    async with open_floor() as floor:
        append, count = floor.log.append, 0

        async def dies(*args: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == 4:
                raise RuntimeError("the process ended here")
            return await append(*args, **named)

        floor.log.append = dies  # type: ignore[method-assign]
        with pytest.raises(RuntimeError):
            await floor.desk.command(whole(), AN)
        floor.log.append = append  # type: ignore[method-assign]
    async with open_floor() as floor:
        (left,) = floor.desk.board.incidents.values()
        assert left.open and left.state == "routed"
        whole_again = await floor.desk.command(whole(), AN)
        assert whole_again is not None and (whole_again.id, whole_again.state) == (left.id, "closed")


@pytest.mark.parametrize(
    ("changes", "code", "about"),
    [
        ({"acknowledged_at": at(-1)}, "time_order", ("acknowledged", "pressed")),
        ({"on_scene_at": at(1.5)}, "time_order", ("on_scene", "en_route")),
        ({"en_route_at": None, "on_scene_at": at(0.7)}, "time_order", ("on_scene", "routed")),
        ({"closed_at": START + timedelta(minutes=5)}, "time_future", ("closed",)),
        ({"acknowledged_at": None}, "time_missing", ("routed", "acknowledged")),
        ({"routed_at": None}, "time_missing", ("en_route", "routed")),
        ({"outcome": None}, "closing_incomplete", ()),
        ({"as_class": None}, "closing_incomplete", ()),
        ({"closed_at": None}, "closing_incomplete", ()),
        ({"as_class": "test"}, "verification_missing", ()),
        ({"zone": ""}, "zone_unknown", ()),
        ({"zone": "9999"}, "zone_unknown", ()),
        ({"reason": " "}, "reason_missing", ()),
        ({"case": "nobody"}, "case_unknown", ()),
    ],
)
async def test_a_sheet_that_cannot_be_is_refused_and_leaves_nothing(
    floor: Floor, changes: dict[str, Any], code: str, about: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        await floor.desk.command(whole(**changes), AN)
    assert (refused.value.code, refused.value.about) == (code, about)
    assert not floor.desk.board.incidents


async def test_a_press_of_her_device_is_an_alarm_of_its_own_beside_a_sheet(floor: Floor) -> None:
    sheet = await floor.desk.command(over(), AN)
    pressed = await floor.press()
    assert sheet is not None and pressed is not None and pressed.id != sheet.id and pressed.state == "raised"
