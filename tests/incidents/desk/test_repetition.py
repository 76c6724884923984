"""An id that a feed gives twice: every press ends in the log exactly once, whatever comes again and in whatever order."""

import asyncio
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Board
from incidents.commands import Refused
from incidents.desk.repetition import written
from incidents.log import LogUnavailable
from incidents.log.sqlite import SqliteLog
from incidents.messages import Message, PressReport, Unreadable
from tests.incidents.conftest import START, DrivenClock, FewCases, Floor, Open, closing, core_of
from tests.incidents.facts import with_facts
from tests.incidents.test_recorder import FailingDisk, until_recorded
from tests.people import dispatcher

Press = tuple[str, str | None, int]
presses = st.tuples(st.sampled_from(["m", "n", "m#2"]), st.sampled_from(["AMR-1", "AMR-2", None]), st.integers(0, 2))
steps = st.lists(
    st.one_of(presses, presses, presses, st.sampled_from(["close", "fail", "work", "restart"])), max_size=30
)


def message(press: Press, seq: int) -> Message:
    id_, device, second = press
    at = START + timedelta(seconds=second)
    return Message(feed="f", id=id_, at=at, report=PressReport(device=device), seq=seq, raw=b"{}")


async def opened(path: Path, clock: DrivenClock) -> tuple[Floor, FailingDisk]:
    log, cases = await SqliteLog.open(path), FewCases()
    desk = core_of(log, cases, clock).desk
    await desk.open()
    return Floor(desk, log, clock, cases), FailingDisk(log)


async def in_the_log(floor: Floor) -> Counter[Press]:
    found: Counter[Press] = Counter()
    async for _, record in floor.log.records():
        event = ev.entry(record, floor.log.unseal(record)).event
        if isinstance(event, ev.PressFacts):
            second = (ev.entry(record, b"").source_at - START).seconds
            found[record.id.removeprefix("f/").split("~")[0], event.device, second] += 1
    return found


@settings(max_examples=25, deadline=None)
@given(steps)
def test_any_order_of_repeats_and_reuses_ends_in_the_log_once_each(steps: list[Press | str]) -> None:
    async def play(path: Path) -> None:
        floor, disk = await opened(path, DrivenClock(START + timedelta(seconds=3)))
        clock = floor.clock
        for seq, step in enumerate(steps):
            match step:
                case "fail" | "work":
                    disk.fails = step == "fail"
                case "restart":
                    disk.fails = False
                    await floor.desk.close()
                    await floor.log.close()
                    floor, disk = await opened(path, clock)
                case "close":
                    for incident in [i for i in floor.desk.board.incidents.values() if i.open]:
                        await floor.desk.command(closing(incident, f"close-{seq}-{incident.id}"), dispatcher("me"))
                case press:
                    receipt = await floor.desk.receive(message(press, seq))  # type: ignore[arg-type]
                    assert receipt in ("recorded", "held", "repeated")
        disk.fails = False
        await floor.desk.close()
        assert await in_the_log(floor) == Counter({step for step in steps if not isinstance(step, str)})
        await floor.log.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder) / "vigie.log"))


async def test_a_press_that_waits_for_the_log_and_was_closed_is_not_raised_again(floor: Floor) -> None:
    disk = FailingDisk(floor.log)
    disk.fails = True
    await floor.desk.receive(message(("m", "AMR-1", 0), 1))
    incident = floor.incident("AMR-1")
    assert incident is not None
    await floor.desk.command(closing(incident, "close-000001"), dispatcher("me"))
    assert await floor.desk.receive(message(("m", "AMR-1", 0), 2)) == "held"
    assert list(floor.desk.board.incidents) == [incident.id]


async def test_presses_under_one_id_at_once_are_each_one(floor: Floor) -> None:
    sent: list[Press] = [("m", f"AMR-{n % 5}", n % 3) for n in range(30)]
    await asyncio.gather(*(floor.desk.receive(message(press, n)) for n, press in enumerate(sent)))
    assert await in_the_log(floor) == Counter(set(sent))


async def test_an_id_used_by_another_while_the_log_could_not_be_read_is_found_out_when_it_is_written(
    floor: Floor,
) -> None:
    disk = FailingDisk(floor.log)
    await floor.desk.receive(message(("m", "AMR-1", 0), 1))
    disk.fails = True
    await floor.press("AMR-9")

    async def unreadable(record_id: str) -> None:
        raise LogUnavailable("the disk reports an error")

    floor.log.find = unreadable  # type: ignore[method-assign, assignment]
    assert await floor.desk.receive(message(("m", "AMR-2", 0), 2)) == "held"
    disk.fails = False
    await until_recorded(floor)
    assert (await in_the_log(floor))["m", "AMR-2", 0] == 1
    assert await floor.desk.receive(message(("m", "AMR-2", 0), 3)) == "repeated"


async def test_a_press_whose_time_can_not_be_read_is_one_however_often_it_comes(floor: Floor) -> None:
    report = PressReport(device="AMR-1", unreadable=(Unreadable("at", "missing"),))
    for _ in range(3):
        await floor.desk.receive(floor.message(report, id="m"))
        floor.clock.pass_s(5)
    assert [i.presses.count for i in floor.desk.board.incidents.values()] == [1]
    await floor.desk.receive(floor.message(msgspec.structs.replace(report, device="AMR-2"), id="m"))
    assert len(floor.desk.board.incidents) == 2


async def test_a_damaged_copy_of_a_press_is_that_press_and_a_whole_one_after_it_is_shown(floor: Floor) -> None:
    report = PressReport(unreadable=(Unreadable("message", "from a broken frame"), Unreadable("at", "missing")))
    harmed = msgspec.structs.replace(message(("m", None, 9), 1), report=report)
    await floor.desk.receive(message(("m", "AMR-1", 0), 1))
    assert await floor.desk.receive(harmed) == "repeated"
    await floor.desk.receive(msgspec.structs.replace(harmed, id="n"))
    await floor.desk.receive(message(("n", "AMR-2", 0), 2))
    assert floor.incident("AMR-2") is not None, "her device and her place are not hidden by the damaged copy"


async def test_a_press_is_known_again_after_its_person_was_erased(open_floor: Open) -> None:
    async with open_floor() as floor:
        await floor.desk.receive(message(("m", "AMR-1", 0), 1))
        incident = floor.incident("AMR-1")
        assert incident is not None
        await floor.desk.command(closing(incident, "close-000001"), dispatcher("me"))
        await floor.log.erase(f"incident/{incident.id}", id="erase", at=ev.stamp(floor.clock.now()), actor="person-1")
    async with open_floor() as floor:
        assert await floor.desk.receive(message(("m", "AMR-1", 0), 2)) == "repeated"
        assert await floor.desk.receive(message(("m", "AMR-1", 1), 3)) == "recorded"


async def test_only_what_is_recorded_of_this_device_at_this_time_is_for_certain_in_the_log(floor: Floor) -> None:
    message = floor.message(PressReport(device="AMR-1"), id="m1")
    await floor.desk.receive(message)
    (incident,) = floor.desk.board.incidents.values()

    def known(message: Message = message, **of_entry: object) -> bool:
        board = Board()
        history = tuple(msgspec.structs.replace(entry, **of_entry) for entry in incident.history.entries)
        board.incidents[incident.id] = with_facts(incident, history__entries=history)
        return written(board, f"incident/{incident.id}", message, "test/m1")

    assert known()
    assert not known(recorded=False), "it is shown and waits to be written"
    assert not known(id="test/m1~other")
    assert not known(msgspec.structs.replace(message, at=START + timedelta(seconds=1)))
    assert not known(msgspec.structs.replace(message, report=PressReport(device="AMR-2")))
    unread = PressReport(device="AMR-1", unreadable=(Unreadable(path="press", reason="unknown"),))
    assert not known(msgspec.structs.replace(message, report=unread))


async def test_a_command_that_comes_again_after_its_answer_was_lost_is_done_and_not_refused(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    taken = cmd.Acknowledge(id="same-take", incident=incident.id)
    await floor.desk.command(taken, dispatcher("me"))
    await floor.desk.command(cmd.Release(id=floor.name(), incident=incident.id), dispatcher("me"))
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("other"))
    after = await floor.desk.command(taken, dispatcher("me"))
    assert after is not None and after.owner == "other"
    assert [kind for _, kind in await floor.records()].count("acknowledged") == 2
    with pytest.raises(Refused, match="taken"):
        await floor.desk.command(taken, dispatcher("another"))
