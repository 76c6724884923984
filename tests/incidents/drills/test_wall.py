"""The wall between drills and alarms, tried from both sides."""

import asyncio
import contextlib
import itertools
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.decoding import decode_message
from feeds.orders.sender import OrderSender
from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Board, Change
from incidents.commands import Refused
from incidents.drills.fold import DRILLS
from incidents.escalation.watch import Watch
from incidents.fold import apply
from incidents.messages import Message, PressReport
from reports.measures.history import read_table
from reports.measures.profiles import PROFILES
from reports.measures.report import report
from reports.measures.shape import Selection
from tests.feeds.parts import press as raw_press
from tests.incidents.conftest import DEVICE, START, Floor, Open, closing
from tests.incidents.drills.conftest import Crew
from tests.incidents.test_recorder import FailingDisk

ROOT = Path(__file__).parents[3]
EXAMPLES = itertools.count(1)
DEVICES = ("AMR-00001", "AMR-00002")
OF_DRILLS: tuple[ev.Event, ...] = (
    ev.DrillProposed(drill="d", zone="5415", story="x"),
    ev.DrillConfirmed(drill="d", within_min=5, due=ev.stamp(START)),
    ev.DrillRaised(drill="d", to=("ann",), label=DEVICES[0]),
    ev.DrillPresented(drill="d", after_ms=5),
    ev.DrillAcknowledged(drill="d", after_ms=9),
    ev.DrillEnded(drill="d", why="closed"),
    ev.DrillRaised(drill="AMR-00001", to=("ann",)),
)


@given(st.lists(st.one_of(st.sampled_from(DEVICES), st.sampled_from(range(len(OF_DRILLS)))), max_size=30))
def test_in_any_order_of_drills_and_presses_every_press_is_an_alarm_as_it_is_without_drills(
    steps: list[str | int],
) -> None:
    board, alone = Board(), Board()
    told: list[Change] = []
    board.listen(told.append)
    versions: dict[str, int] = {}
    for n, step in enumerate(steps):
        stream = DRILLS if isinstance(step, int) else f"incident/{step}"
        versions[stream] = versions.get(stream, 0) + 1
        event = (
            OF_DRILLS[step]
            if isinstance(step, int)
            else (ev.Raised if versions[stream] == 1 else ev.Pressed)(
                device=step, press="hold", **({"origin": "press"} if versions[stream] == 1 else {})
            )
        )
        at = START + timedelta(seconds=n)
        entry = ev.Entry(
            stream=stream, version=versions[stream], id=f"r{n}", at=at, source_at=at, actor="x", event=event
        )
        told.clear()
        board.fold(entry)
        if not isinstance(step, int):
            alone.fold(entry)
            assert [(c.kind, c.key, c.urgent) for c in told] == [("incident", step, True)]
        else:
            assert {c.kind for c in told} == {"drill"}
    assert board.incidents == alone.incidents
    assert all(i.state == "raised" and not i.drill for i in board.incidents.values())


@given(
    steps=st.lists(st.sampled_from(["press", "other", "by hand", "drill", "take", "close", "pass", "fail"]), max_size=9)
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_races_every_press_alarms_and_no_drill_stands_beside_it(
    steps: list[str], open_floor: Open
) -> None:
    async with open_floor() as floor:
        floor._made = next(EXAMPLES) * 1000  # one log for all examples, and no id twice
        crew, disk = Crew(floor), FailingDisk(floor.log)
        floor.clock.pass_s(10 * 24 * 3600)  # the log of the example before is a week old
        crew.here("trainer", "supervisor", "ann", "ben")
        for old in [i for i in floor.desk.board.incidents.values() if i.open]:
            await crew.ask("ann", closing(old, floor.name()))
        pressed: set[str] = set()
        for n, step in enumerate(steps):
            work = []
            match step:
                case "press" | "other":
                    device = f"AMR-{floor.name()}-{n}"
                    pressed.add(device)
                    # The moment it is due and the press come in the same turn of the loop.
                    work = [floor.press(device), floor.desk.drills.tick()]
                    work = work if step == "press" else work[::-1]
                case "by hand":
                    work = [
                        crew.ask("ben", cmd.Raise(id=f"by-hand-{n:04d}-{floor.name()}", reason="a call", zone="5416"))
                    ]
                case "drill":
                    work = [_try(crew)]
                case "pass":
                    floor.clock.pass_s(400)
                    crew.here("trainer", "supervisor", "ann", "ben")
                    work = [floor.desk.drills.tick()]
                case "fail":
                    disk.fails = not disk.fails
                case _:
                    work = [_answer(crew, step)]
            await asyncio.gather(*work)
            alarms = [i for i in floor.desk.board.incidents.values() if i.open]
            assert not alarms or floor.desk.drills.shown is None
            for device in pressed:
                found = floor.incident(device)
                assert found is not None and found.state == "raised" and not found.drill, step
            assert not floor.desk.board.incidents.keys() & floor.desk.board.drills.drills.keys()
        disk.fails = False
    async with open_floor() as floor:
        for device in pressed:
            found = floor.incident(device)
            assert found is not None and found.state == "raised" and not found.drill


@pytest.mark.parametrize("first", ["drill", "press"])
async def test_a_drill_that_is_written_while_a_press_comes_is_never_seen(crew: Crew, first: str) -> None:
    drill = await crew.confirm(await crew.propose())
    crew.clock.pass_s(300)
    disk = FailingDisk(crew.floor.log)
    disk.hangs.clear()
    seen: list[bool] = []
    crew.desk.board.listen(
        lambda change: seen.append(crew.desk.drills.shown is not None and bool(crew.desk.board.incidents))
    )
    works = [crew.desk.drills.tick, crew.floor.press]
    tasks = [asyncio.create_task(work()) for work in (works if first == "drill" else works[::-1])]  # type: ignore[operator]
    await asyncio.sleep(0.05)  # both are on their way to the disk
    disk.hangs.set()
    await asyncio.gather(*tasks)
    await crew.desk.drills.tick()
    incident = crew.floor.incident()
    assert incident is not None and incident.state == "raised" and not any(seen)
    assert crew.desk.drills.shown is None
    if crew.now(drill).raised_at is not None:
        assert crew.now(drill).why == "alarm"


async def test_a_log_that_fails_keeps_no_drill_beside_a_press(crew: Crew) -> None:
    await crew.live()
    disk = FailingDisk(crew.floor.log)
    disk.fails = True
    await crew.floor.press()
    incident = crew.floor.incident()
    assert incident is not None and incident.state == "raised" and incident.history.unrecorded == 1
    assert crew.desk.drills.shown is None
    disk.fails = False


async def _try(crew: Crew) -> None:
    with contextlib.suppress(Refused):
        await crew.confirm(await crew.propose(), within_min=5)


async def _answer(crew: Crew, step: str) -> None:
    drill = crew.desk.drills.shown
    if drill is None:
        return
    kind = cmd.Acknowledge if step == "take" else cmd.CloseDrill
    with contextlib.suppress(Refused):
        await crew.ask("ann", kind(id=f"{step}-{crew.floor.name()}", incident=drill.id))


async def test_a_feed_cannot_make_a_drill_of_a_press(floor: Floor) -> None:
    told = raw_press(1) | {"drill": True, "type": "drill_raised", "label": "DRILL"}
    message = decode_message("test", json.dumps(told).encode(), received=START)
    assert isinstance(message, Message) and isinstance(message.report, PressReport)
    await floor.desk.receive(message)
    (incident,) = floor.desk.board.incidents.values()
    assert incident.state == "raised" and not incident.drill
    (record,) = [record async for _, record in floor.log.records()]
    assert record.type == "raised" and "drill" not in record.open
    assert floor.desk.board.drills.drills == {}


async def test_orders_watch_and_outside_are_never_told_of_a_drill(crew: Crew) -> None:
    sent: list[str] = []
    outside: list[dict[str, str]] = []

    async def tell(facts: dict[str, str]) -> list[ev.OutsideTold]:
        outside.append(facts)
        return []

    sender = OrderSender(crew.desk, crew.desk.board, addresses=lambda zone: sent.append(zone), clock=crew.clock)
    running = asyncio.create_task(sender.run())
    watch = Watch(crew.desk, crew.floor.log, outside=tell)
    drill = await crew.live()
    for _ in range(300):
        crew.clock.pass_s(1)
        await watch.tick()
    await crew.desk.drills.tick()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (sent, outside) == ([], [])
    assert crew.now(drill).why == "unanswered"
    assert {stream for stream, _ in await crew.floor.records()} <= {DRILLS, "checkpoint"}


async def test_measures_are_the_same_byte_for_byte_with_and_without_drills(open_floor: Open, tmp_path: Path) -> None:
    path = tmp_path / "vigie.log"

    def measured() -> tuple[bytes, str]:
        table = read_table(path)
        found = report(table, Selection(classes=(), drills=True), PROFILES["amr"], by=("zone",))
        return table.to_json(orient="table").encode(), repr(found)

    async with open_floor() as floor:
        crew = Crew(floor)
        incident = await floor.press()
        assert incident is not None
        await crew.ask("ann", closing(incident, floor.name()))
        before = measured()
        drill = await crew.live()
        await crew.take(drill)
        await crew.ask("ann", cmd.CloseDrill(id=floor.name(), incident=drill.id))
        assert measured() == before


def test_no_code_of_the_desk_or_of_a_feed_marks_an_incident_as_a_drill() -> None:
    """`Raised.drill` is of older logs and of made-up pasts: it is read for ever, and written by nobody here."""
    found = {
        str(path.relative_to(ROOT))
        for room in ("incidents", "feeds", "dashboard", "degraded", "evidence")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"\bRaised\([^)]*drill=", path.read_text(encoding="utf-8"), re.S)
    }
    assert found == set()


@pytest.mark.parametrize("event", OF_DRILLS, ids=lambda event: type(event).__name__)
def test_an_event_of_a_drill_changes_no_incident_it_is_folded_into(event: ev.Event) -> None:
    at = datetime.fromisoformat(ev.stamp(START))

    def entry(version: int, event: ev.Event) -> ev.Entry:
        return ev.Entry(
            stream="incident/x", version=version, id=f"e{version}", at=at, source_at=at, actor="x", event=event
        )

    before = apply(None, entry(1, ev.Raised(origin="press", device=DEVICE, press="hold")))
    after = apply(before, entry(2, event))
    assert (after.state, after.owner, after.drill, after.changes, after.times) == (
        before.state,
        before.owner,
        before.drill,
        before.changes,
        before.times,
    )
