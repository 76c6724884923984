"""The list of devices for whoever follows the victims, and the calendar of their tests. Days are Belgian days."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Protocol

import msgspec

from incidents import events as ev
from incidents.board import Board
from incidents.case import Case, InForce
from incidents.devices.announced import Announcement
from incidents.devices.tally import Tally
from incidents.settings import setting
from incidents.technical import DeviceAlarm


class DeviceTests(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of tests: how many days after its last test a device is to be tested again."""

    every_days: Annotated[
        int,
        setting("days after its last test by which a device is to be tested again (`docs/devices.md`)", ge=1, le=3650),
    ] = 30


class Register(Protocol):
    """The cases, as the list asks them."""

    @property
    def state(self) -> str: ...
    def all(self) -> tuple[Case, ...]: ...
    def by_device(self, device: str) -> Case | None: ...


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One device as it is now. `case` is a number, `state` what is said of it today; `protects`: it is in service, or no register
    can say.

    `due` is the day of its next test; None when it protects nobody or tests the desk itself (`bench`).
    """

    device: str
    case: str = ""
    state: InForce | Literal[""] = ""
    protects: bool = False
    bench: bool = False
    battery: int | None = None
    battery_at: datetime | None = None
    last_press: datetime | None = None
    last_heard: datetime | None = None
    counted: bool = True  # false: the log is not folded yet, nobody can say how many tests there were
    tests: int = 0
    real: int = 0
    last_test: datetime | None = None
    failed: bool = False
    last_real: datetime | None = None
    due: date | None = None
    overdue: bool = False
    alarms: tuple[DeviceAlarm, ...] = ()
    announced: Announcement | None = None


def due_day(tally: Tally, case: Case | None, times: DeviceTests, today: date) -> date:
    """When a device is to be tested next: at once if its last test failed; never tested, since its case began."""
    if tally.last_test is None:
        return case.valid_from if case is not None else today
    tested = tally.last_test.astimezone(ev.BRUSSELS).date()
    return tested if tally.failed else tested + timedelta(days=times.every_days)


def overdue(tally: Tally, case: Case | None, times: DeviceTests, today: date) -> bool:
    """Whether the day of the next test is past, or the last test failed."""
    return tally.failed or due_day(tally, case, times, today) < today


def known(board: Board, cases: Register, bench: Iterable[str]) -> frozenset[str]:
    """The names of the devices that are there: of a case, heard of, or of the bench."""
    return frozenset({device for case in cases.all() for device in case.devices} | board.devices.keys() | set(bench))


def every(board: Board, cases: Register, bench: Iterable[str], now: datetime) -> frozenset[str]:
    """The names of all devices: those `known`, and those announced now, which may be a slip."""
    announced = {test.device for test in board.announced.values() if test.device and test.until > now}
    return known(board, cases, bench) | announced


def lines(
    board: Board,
    cases: Register,
    tally_of: Callable[[str], Tally | None],
    stream_of: Callable[[str], str],
    *,
    times: DeviceTests,
    bench: Iterable[str],
    now: datetime,
) -> tuple[DeviceLine, ...]:
    """Every device of a case and every other that was heard of: what is overdue or alarms first, then by name."""
    bench, today = frozenset(bench), now.astimezone(ev.BRUSSELS).date()
    alarms: dict[str, list[DeviceAlarm]] = {}
    for alarm in board.device_alarms.values():
        alarms.setdefault(alarm.stream, []).append(alarm)
    found = []
    for device in every(board, cases, bench, now):
        case, heard, stream = cases.by_device(device), board.devices.get(device), stream_of(device)
        tally = tally_of(device)
        # A register that can't be read is no reason to let a test be forgotten.
        state = case.state_on(today) if case is not None else ""
        protects = state == "open" if state else cases.state not in ("open", "none")
        asked = tally is not None and device not in bench and (protects or (case is None and cases.state == "none"))
        standing = board.announced.get(stream)
        counted = tally or Tally()
        found.append(
            DeviceLine(
                device=device,
                case=case.number if case is not None else "",
                state=state,
                protects=protects,
                bench=device in bench,
                battery=heard.battery if heard else None,
                battery_at=heard.battery_at if heard else None,
                last_press=_newest(heard.pressed if heard else None, counted.last_press),
                last_heard=_newest(heard.heard if heard else None, counted.last_press),
                counted=tally is not None,
                tests=counted.tests,
                real=counted.real,
                last_test=counted.last_test,
                failed=counted.failed,
                last_real=counted.last_real,
                due=due_day(counted, case, times, today) if asked else None,
                overdue=asked and overdue(counted, case, times, today),
                alarms=tuple(sorted(alarms.get(stream, ()), key=lambda alarm: (alarm.since, alarm.condition))),
                announced=standing if standing is not None and standing.until > now else None,
            )
        )
    return tuple(sorted(found, key=lambda line: (not line.overdue, not line.alarms, line.bench, line.device)))


def _newest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
