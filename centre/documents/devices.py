"""The list of devices of a running desk: as it is now, and as a file that is entered in the log before anybody has it."""

import asyncio
import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from incidents import events as ev
from incidents.board import SHIFTS
from incidents.case import Case
from incidents.cases import CaseRegister
from incidents.desk.desk import Desk
from incidents.devices.listing import DeviceLine, DeviceTests, every, lines
from incidents.events import BRUSSELS
from incidents.log.sqlite import SqliteLog
from incidents.open_incidents import board_of_open
from incidents.roles import User, zone_alone
from incidents.shifts import ShiftTimes
from reports.devices import as_csv
from reports.measures.history import History
from reports.measures.tallies import Past, Tallies


class DeviceLists:
    """What the page of the devices shows, and the files made from it."""

    def __init__(
        self,
        *,
        desk: Desk,
        cases: CaseRegister,
        tallies: Tallies,
        times: DeviceTests,
        bench: Collection[str],
    ) -> None:
        self.times = times
        self._desk, self._cases, self._tallies, self._bench = desk, cases, tallies, bench

    async def lines(self, user: User | None) -> tuple[DeviceLine, ...]:
        """Every device as it is now, but for those kept from who asks; for a zone's desk those of the cases it manages."""
        desk, now = self._desk, self._desk.clock.now()
        for device in every(desk.board, self._cases, self._bench, now):
            self._tallies.of(device)
            await asyncio.sleep(0)  # the first count of a device takes milliseconds: a press is let in between
        stream_of = desk.device_stream
        listed = lines(
            desk.board, self._cases, self._tallies.of, stream_of, times=self.times, bench=self._bench, now=now
        )
        zone = zone_alone(user, "page devices")
        return tuple(
            line
            for line in listed
            if not desk.exclusions.device(line.device, user) and (not zone or self._manages(zone, line.case))
        )

    def _manages(self, zone: str, number: str) -> bool:
        case = self._cases.by_number(number) if number else None
        return case is not None and case.managed_by(zone)

    def victims(self, user: User | None) -> dict[str, str]:
        """The name of each case by its number, but for those that are kept from who asks."""
        return names(self._cases.all(), lambda case: self._desk.exclusions.case(case, user))

    async def make(self, user: User | None, *, named: bool) -> tuple[str, bytes, ev.DeviceListMade]:
        """The file's name, the file, and the event to be entered before anybody has it. `named`: with the victims' names."""
        now, listed = self._desk.clock.now(), await self.lines(user)
        content, event = made(listed, now, self.victims(user) if named else None, how="page")
        return file_name(now), content, event


async def folded(
    log: SqliteLog, path: Path, cases: CaseRegister, times: DeviceTests, shift: ShiftTimes, now: datetime
) -> tuple[DeviceLine, ...]:
    """The list by a log that others may be writing: what was only heard, and not logged, is not in it. Raises LogUnavailable."""
    board = await board_of_open(log, *await log.touched("device/", ""), SHIFTS)
    history = await History.open(log, path, starts=shift.starts)
    tallies = Tallies(board, log.vault, history)
    tallies.take(Past(history.table(), history.erased))

    def stream_of(device: str) -> str:
        return f"device/{log.vault.device_id(device)}"

    return lines(board, cases, tallies.of, stream_of, times=times, bench=shift.bench_devices, now=now)


def names(cases: Collection[Case], kept: Callable[[Case], bool]) -> dict[str, str]:
    """The victim of each case by its number, but for those that are kept from who asks."""
    return {case.number: case.victim.name for case in cases if not kept(case)}


def made(
    listed: tuple[DeviceLine, ...],
    now: datetime,
    victims: Mapping[str, str] | None,
    *,
    how: str,
    reason: str = "",
    role: str = "",
) -> tuple[bytes, ev.DeviceListMade]:
    """The bytes of a file, and the event that it was made."""
    content = as_csv(listed, now, victims)
    return content, ev.DeviceListMade(
        form="csv",
        devices=len(listed),
        names=victims is not None,
        how="command" if how == "command" else "page",
        sha256=hashlib.sha256(content).hexdigest(),
        reason=reason,
        role=role,
    )


def file_name(now: datetime) -> str:
    """As `vigie-devices-2026-11-25.csv`, by the Belgian day."""
    return f"vigie-devices-{now.astimezone(BRUSSELS).date().isoformat()}.csv"
