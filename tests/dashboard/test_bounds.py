"""Nothing that a feed can fill grows for ever: all that the desk and its pages hold is looked through, also what comes later."""

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

import incidents.board
import incidents.catching_up
import incidents.desk.intake
import incidents.log.vault
import incidents.log.writer
import reports.measures.tallies
from dashboard.components.devices import rows
from incidents.bounded import Bounded
from incidents.messages import CallReport, DeviceReport, Fix, FixReport, OrderReport, PressReport, Report, UnitReport
from tests.dashboard.conftest import House
from tests.waiting import LONG_S

SMALL = 30
NAMES = 6 * SMALL
GREW = 4 * SMALL  # entries by which nothing may have grown
OURS = ("incidents", "dashboard", "feeds")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in (
        (incidents.board, ("UNITS", "DEVICES", "ALARMS", "STREAMS", "GAPS")),
        (incidents.desk.intake, ("COUNTED", "EARLY")),
        (incidents.catching_up, ("CAME",)),
        (reports.measures.tallies, ("COUNTED",)),
        (incidents.log.vault, ("_BOXES",)),
        (incidents.log.writer, ("_HEADS",)),
        (rows, ("ALARMS",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, SMALL // 10 if module is rows else SMALL)


def sizes(root: Any) -> dict[str, int]:
    """How many entries each collection holds that can be reached from here, by the way to it."""
    found: dict[str, int] = {}
    seen: set[int] = set()
    waiting = [("", root)]
    while waiting:
        path, thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, dict | set | frozenset | list | tuple | deque):
            found[path] = len(thing)
            inner = thing.items() if isinstance(thing, dict) else enumerate(thing)
            waiting += [(f"{path}[]", value) for _, value in inner]
        elif type(thing).__module__.split(".")[0] in OURS:
            names = [*getattr(thing, "__dict__", ()), *getattr(thing, "__struct_fields__", ())]
            waiting += [(f"{path}.{name}", getattr(thing, name)) for name in names]
    return found


def lies() -> Iterator[Report]:
    fix = Fix(50.8, 4.3, 20.0)
    for n in range(NAMES):
        yield UnitReport(unit=f"unit-{n}", zone=f"zone-{n}", status="available", fix=fix)
        yield DeviceReport(device=f"device-{n}", state="battery_low", battery=5)
        yield DeviceReport(device=f"other-{n}", state="link_lost")
        yield DeviceReport(device=f"other-{n}", state="linked")
        yield FixReport(device=f"fix-{n}", fix=fix)
        yield CallReport(device=f"call-{n}", state="open", line=f"line-{n}")
        yield OrderReport(order=f"order-{n}", state="accepted", unit=f"unit-{n}")
        yield PressReport(device=f"single-{n}", press="single", fix=fix)


async def test_made_up_names_fill_nothing_that_the_desk_or_its_pages_hold(house: House) -> None:
    session, paper = house.page()
    await house.press()
    before = sizes((house.desk, house.consoles, session))
    for n, lie in enumerate(lies()):
        await house.report(lie)
        if n % 50 == 0:
            await paper.turn()
            session.compose()
    async with asyncio.timeout(LONG_S):
        while house.desk.board.held:  # a disk that was slow for a second
            await asyncio.sleep(0.05)
    async with asyncio.timeout(LONG_S):
        while session._unsent:  # the page takes all it is owed
            session.take('{"do": "took"}')
            await asyncio.sleep(0.01)
            await paper.turn()
            session.compose()
        while session._tasks:
            await asyncio.sleep(0.01)
    after = sizes((house.desk, house.consoles, session))
    grown = {path: size for path, size in after.items() if size - before.get(path, 0) > GREW}
    assert not grown, grown
    board = house.desk.board
    assert board.let_go["units"] and board.let_go["devices"] and board.let_go["alarms"]
    assert len(board.index.open) == 1, "the press is where it was"
    assert house.consoles.health().let_go == dict(board.let_go)


async def test_what_is_real_stays_beside_any_number_of_made_up_names(house: House) -> None:
    await house.press()
    real = house.desk.board.incidents[next(iter(house.desk.board.index.open))].device
    assert real is not None
    await house.report(DeviceReport(device=real, state="battery_low", battery=4))
    for lie in lies():
        await house.report(lie)
    board = house.desk.board
    assert any(alarm.device == real for alarm in board.device_alarms.values())
    assert board.devices[real].battery == 4


async def test_a_device_that_was_let_go_of_and_speaks_again_is_as_the_log_has_it(house: House) -> None:
    board = house.desk.board
    await house.report(DeviceReport(device="device-x", state="battery_low", battery=5))
    for lie in lies():
        await house.report(lie)
    assert not any(alarm.device == "device-x" for alarm in board.device_alarms.values())
    await house.report(DeviceReport(device="device-x", state="battery_low", battery=5))
    assert any(alarm.device == "device-x" for alarm in board.device_alarms.values())
    await house.report(DeviceReport(device="device-x", state="ok"))
    (alarm,) = [alarm for alarm in board.device_alarms.values() if alarm.device == "device-x"]
    assert alarm.returned_at is not None


def test_the_oldest_goes_first_and_what_is_kept_stays() -> None:
    gone: list[int] = []
    some: Bounded[int, str] = Bounded(
        10, kept=lambda key, value: value == "kept", gone=lambda key, value: gone.append(key)
    )
    some[0] = "kept"
    for n in range(1, 50):
        some[n] = ""
        some[1] = ""  # what is told again is not old
    assert 0 in some and 1 in some and 49 in some
    assert len(some) <= 11 and gone == sorted(gone)
    for n in range(100, 130):
        some[n] = "kept"
    assert all(n in some for n in range(100, 130)), "more only of those that are kept"
