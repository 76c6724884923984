"""An announced test marks its presses and changes nothing else: they alarm in full."""

from datetime import timedelta
from operator import attrgetter

import msgspec
import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Change
from incidents.commands import Refused
from incidents.devices.announced import LATE, Announced
from incidents.incident import Incident
from tests.incidents.conftest import DEVICE, START, Floor, Open, closing
from tests.incidents.facts import with_facts
from tests.people import dispatcher, technician

WHERE = "police station, desk 2"


async def announce(floor: Floor, minutes: int = 10, device: str = DEVICE, actor: str = "tom") -> None:
    command = cmd.AnnounceTest(id=floor.name(), device=device, minutes=minutes, where=WHERE)
    assert await floor.desk.command(command, technician(actor)) is None


async def press(floor: Floor, **how: object) -> Incident:
    incident = await floor.press(**how)  # type: ignore[arg-type]
    assert incident is not None
    return incident


def bare(incident: Incident) -> Incident:
    """An incident without what marks it."""
    history = tuple(
        msgspec.structs.replace(
            entry,
            event=msgspec.structs.replace(entry.event, announced_by="", announced_until="", announced_where=""),  # type: ignore[type-var]
        )
        for entry in incident.history.entries
    )
    return with_facts(incident, presses__announced=None, history__entries=history)


async def test_a_press_of_an_announced_test_differs_from_any_other_in_its_mark_alone(
    tmp_path, open_floor: Open
) -> None:
    """Never pre-classified, never quieter: state, priority, flags, urgency, all are those of a press nobody announced."""
    async with open_floor() as floor:
        plain = await press(floor, id="one", device="AMR-2")
        heard: list[Change] = []
        floor.desk.board.listen(heard.append)
        await press(floor, id="unmarked", device="AMR-3")
        unmarked = [(change.kind, change.urgent) for change in heard]
        heard.clear()
        await announce(floor)
        heard.clear()
        marked = await press(floor, id="two", device=DEVICE)
        assert [(change.kind, change.urgent) for change in heard] == unmarked
        assert marked.presses.announced == Announced("tom", START + timedelta(minutes=10), WHERE)
        same = attrgetter(
            "state", "owner", "realarm", "needs_someone", "judgement", "presses.last", "attention.unpresented"
        )
        assert same(marked) == same(plain)
        assert marked.flags - plain.flags == frozenset() and not bare(marked).presses.announced


async def test_only_what_was_pressed_and_heard_in_its_time_is_marked(open_floor: Open) -> None:
    async def marked(floor: Floor, pressed_s: float, heard_s: float) -> bool:
        """Whether a press is marked, by when it was pressed and heard, counted from the announcement of 10 minutes."""
        floor.clock.at = START + timedelta(seconds=heard_s)
        device = f"AMR-{floor.name()}"
        floor.clock.at = START
        await announce(floor, device=device)
        floor.clock.at = START + timedelta(seconds=heard_s)
        incident = await press(floor, device=device, at=START + timedelta(seconds=pressed_s))
        return incident.presses.announced is not None

    end = 600.0
    async with open_floor() as floor:
        assert await marked(floor, 0, 0)
        assert await marked(floor, end, end)
        assert await marked(floor, end - 1, end + LATE.total_seconds())
        assert not await marked(floor, -1, 1)  # delayed, from before: she may have pressed it
        assert not await marked(floor, end + 1, end + 1)
        assert not await marked(floor, end - 1, end + LATE.total_seconds() + 1)  # too late to be vouched for
        assert not await marked(floor, end + 5, end - 5)  # a clock ahead of ours


async def test_one_press_that_nobody_announced_takes_the_mark_from_the_alarm(floor: Floor) -> None:
    await announce(floor, minutes=5)
    await press(floor)
    floor.clock.pass_s(20)
    assert (await press(floor)).presses.announced is not None
    floor.clock.pass_s(300)
    again = await press(floor)
    assert (again.presses.count, again.presses.announced, again.realarm) == (3, None, "pressed")
    events = [entry.event for entry in again.history.entries]
    said = [event.announced_by for event in events if isinstance(event, ev.Raised | ev.Pressed)]
    assert said == ["tom", "tom", ""]


async def test_it_holds_over_a_restart_until_it_is_withdrawn(open_floor: Open) -> None:
    async with open_floor() as floor:
        await announce(floor)
        first = await press(floor)
        await floor.desk.command(closing(first, floor.name()), dispatcher("me"))
    async with open_floor() as floor:
        assert floor.desk.board.incidents[first.id].presses.announced == first.presses.announced
        assert [test.where for test in floor.desk.board.announced.values()] == [WHERE]
        second = await press(floor)
        assert second.id != first.id and second.presses.announced is not None
        await floor.desk.command(closing(second, floor.name()), dispatcher("me"))
        for _ in range(2):  # twice is once
            await floor.desk.command(cmd.WithdrawTest(id=floor.name(), device=DEVICE), technician("tom"))
        assert (await press(floor, device=DEVICE)).presses.announced is None
        kinds = [kind for _, kind in await floor.records()]
        assert (kinds.count("test_announced"), kinds.count("test_withdrawn")) == (1, 1)
    async with open_floor() as floor:
        assert not floor.desk.board.announced


async def test_it_is_over_by_the_clock_and_let_go_of(floor: Floor) -> None:
    await announce(floor, minutes=1)
    floor.clock.pass_s(60 + LATE.total_seconds())
    floor.desk.board.forget(floor.clock.now())
    assert floor.desk.board.announced
    floor.clock.pass_s(1)
    floor.desk.board.forget(floor.clock.now())
    assert not floor.desk.board.announced


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minutes": 0}, "time_invalid"),
        ({"minutes": 16}, "time_invalid"),
        ({"where": "  "}, "where_missing"),
        ({"device": " "}, "invalid"),
        ({"device": "x" * 201}, "invalid"),
    ],
)
async def test_a_test_is_announced_for_a_quarter_of_an_hour_at_most_with_its_place(
    floor: Floor, changes: dict[str, object], code: str
) -> None:
    command = cmd.AnnounceTest(id=floor.name(), device=DEVICE, minutes=15, where=WHERE)
    with pytest.raises(Refused, match="not_allowed"):
        await floor.desk.command(command, dispatcher("me"))
    with pytest.raises(Refused, match=code):
        await floor.desk.command(msgspec.structs.replace(command, **changes), technician("tom"))
    assert not floor.desk.board.announced
    await floor.desk.command(command, technician("tom"))
    assert floor.desk.board.announced


async def test_where_it_is_said_is_sealed_and_the_place_of_a_press_too(floor: Floor) -> None:
    await announce(floor)
    await press(floor)
    records = [record async for _, record in floor.log.records()]
    for record in records:
        if record.type in ("test_announced", "raised"):
            assert WHERE not in str(record.open) and DEVICE not in str(record.open) and "tom" in str(record)
            assert WHERE.encode() in (floor.log.unseal(record) or b"")


async def test_no_test_is_announced_while_an_alarm_of_the_device_is_open(open_floor: Open) -> None:
    """What is pressed then joins that alarm: nobody may take it for a test."""
    async with open_floor() as floor:
        incident = await press(floor)
        command = cmd.AnnounceTest(id=floor.name(), device=f" {DEVICE} ", minutes=10, where=WHERE)
        with pytest.raises(Refused, match="device_alarm_open"):
            await floor.desk.command(command, technician("tom"))
        assert not floor.desk.board.announced
        await announce(floor, device="AMR-2")
        await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("mia"))
        await floor.desk.command(closing(incident, floor.name()), dispatcher("mia"))
        await announce(floor)
