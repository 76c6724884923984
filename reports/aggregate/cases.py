"""Which counts of cases and of devices there are, and how they hang together.

A protection is counted once in all exports when it is entered (`granted`) and once when it is over (`ended`). Two exports that
follow on each other share one number alone, how many stood in between: everybody is taken to know it. What it is granted for is
never told again while it stands or when it ends, so that no other number of one export says anything about another. A device is
mostly handed over when a protection is granted, and returned when it ends: what is hidden of the one is hidden of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec
import numpy as np

from incidents.cases.counting import CONTEXTS, Protection
from reports.aggregate.period import Period
from reports.aggregate.suppress import Ints, suppress
from reports.aggregate.tables import ALL, UNKNOWN_PROVINCE, Sums, quarter_of

What = Literal["granted", "ended", "active_before", "active"]
DeviceFact = Literal[
    "handed_over",
    "replaced",
    "returned",
    "test_announced",
    "bench_test_ok",
    "bench_test_failed",
    "link_lost",
    "battery_low",
    "app_stopped",
    "silent",
]
DEVICE_FACTS: Final[tuple[DeviceFact, ...]] = get_args(DeviceFact)
_LIKE: Final[dict[DeviceFact, What]] = {"handed_over": "granted", "returned": "ended"}
CONTEXT: Final = ("decided_before", *CONTEXTS)
NOT: Final = "not_"
LASTED: Final = (("under_3", 3), ("3_to_5", 6), ("6_to_11", 12), ("12_or_more", None))  # months, and below how many
CASE_COLUMNS: Final = ("period", "what", "by", "value", "count", "status")
DEVICE_COLUMNS: Final = ("period", "what", "count", "status")

DeviceCounts = Mapping[tuple[str, str], int]  # how often, by month ("2026-03") and `DeviceFact`


class CaseCell(msgspec.Struct, frozen=True):
    """What is counted in one place: `what` of a period, by a `value` of one thing (`by`); `all` where nothing is chosen."""

    what: What
    period: str = ALL
    by: str = ALL
    value: str = ALL


class DeviceCell(msgspec.Struct, frozen=True):
    """What is counted of devices."""

    what: DeviceFact
    period: str = ALL


class Rows(NamedTuple):
    """The lines of one file, each by its columns, and how many counts are hidden."""

    rows: list[dict[str, Any]]
    hidden: int


def evaluated_rows(
    protections: Iterable[Protection],
    devices: DeviceCounts,
    period: Period,
    province_of: Mapping[str, str],
    threshold: int,
) -> tuple[Rows, Rows]:
    """The lines of the cases and of the devices. `province_of`: a place's (`Protection.place`) province's NIS code.

    Every place has its line, whatever happened there. Where at either end fewer than twice the threshold stand nothing is told
    of cases at all: both ends stand in two exports, so neither can be hidden in one of them alone.
    """
    found = list(protections)
    course = _Course(period)
    legs = _Legs(course, (*sorted(set(province_of.values())), UNKNOWN_PROVINCE))
    for one in found:
        legs.take(one, province_of.get(one.place, UNKNOWN_PROVINCE))
    for (month, what), count in devices.items():
        if period.first <= month <= period.last:
            legs.take_device(what, month, count)
    sums, parts, links = legs.sums()
    counts = sums.counts(parts, links)
    before, after = (int(parts[of].sum()) for of in (course.before, course.after))
    begins = not before and all(one.begun >= period.first for one in found)  # the register: everybody knows when
    few = min(before if not begins else after, after) < 2 * threshold
    hidden = np.ones(len(sums.cells), dtype=bool) if few else suppress(counts, threshold).hidden
    told = [
        (CaseCell("active_before"), before, few),
        (CaseCell("active"), after, few),
        *zip(sums.cells, counts.values.tolist(), hidden.tolist(), strict=True),
    ]
    gone = {(cell.what, cell.period) for cell, _, hides in told if hides and cell.by == ALL}
    of_devices = legs.devices()
    counts = of_devices.counts(parts, [])
    hidden = suppress(counts, threshold).hidden
    hidden |= np.array([(_LIKE.get(cell.what), cell.period) in gone for cell in of_devices.cells])
    return _rows(told), _rows(list(zip(of_devices.cells, counts.values.tolist(), hidden.tolist(), strict=True)))


def _rows(told: list[tuple[Any, int, bool]]) -> Rows:
    rows = [
        msgspec.structs.asdict(cell) | {"count": None if gone else value, "status": "hidden" if gone else "published"}
        for cell, value, gone in told
    ]
    return Rows(rows, sum(gone for _, _, gone in told))


class _Course:
    """The parts by when a protection was entered and when it was over, in the quarters that the months of a period are of."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.slots = tuple(dict.fromkeys(map(quarter_of, period.months)))
        n = len(self.slots)
        # entered before (-1) or in a slot; over in a slot, or not yet (n)
        pairs = [(i, j) for i in range(-1, n) for j in range(max(i, 0), n + 1)]
        self._at = {pair: k for k, pair in enumerate(pairs)}
        self.size = len(pairs)
        self.before = self._where(lambda i, j: i < 0)
        self.after = self._where(lambda i, j: j == n)

    def of(self, one: Protection) -> tuple[int, int] | None:
        """The slots of a protection; None for one that the period knows nothing of."""
        if one.begun > self.period.last or (one.ended and one.ended < self.period.first):
            return None
        begun = self.slots.index(quarter_of(one.begun)) if one.begun >= self.period.first else -1
        over = one.ended and one.ended <= self.period.last
        return begun, self.slots.index(quarter_of(one.ended)) if over else len(self.slots)

    def part(self, slots: tuple[int, int]) -> int:
        return self._at[slots]

    def granted(self, slot: int | None = None) -> Ints:
        """The parts that were entered in a slot, or in any."""
        return self._where(lambda i, j: i == slot if slot is not None else i >= 0)

    def ended(self, slot: int | None = None) -> Ints:
        """The parts that were over in a slot, or in any."""
        return self._where(lambda i, j: j == slot if slot is not None else j < len(self.slots))

    def active(self, slot: int) -> Ints:
        """The parts that stood at a slot's end."""
        return self._where(lambda i, j: i <= slot < j)

    def _where(self, holds: Any) -> Ints:
        return np.array([k for (i, j), k in self._at.items() if holds(i, j)], dtype=np.int64)


class _Legs:
    """The parts of all tables of the cases, counted."""

    def __init__(self, course: _Course, provinces: tuple[str, ...]) -> None:
        self._course, self._provinces = course, provinces
        names = [
            *(("province", nis) for nis in provinces),
            *((context, value) for context in CONTEXT for value in (context, NOT + context)),
            *(("lasted", name) for name, _ in LASTED),
        ]
        self._at = {name: course.size + k for k, name in enumerate(names)}
        size = course.size + len(names)
        slots = len(course.slots)
        self._devices = {what: size + k * slots + np.arange(slots) for k, what in enumerate(DEVICE_FACTS)}
        self._parts = np.zeros(size + len(DEVICE_FACTS) * slots, dtype=np.int64)

    def take(self, one: Protection, province: str) -> None:
        """Count a protection."""
        course = self._course
        slots = course.of(one)
        if slots is None:
            return
        self._parts[course.part(slots)] += 1
        if slots[0] >= 0:
            self._parts[self._at["province", province]] += 1
            holds = {*one.context, *(("decided_before",) if one.decided < course.period.first else ())}
            for context in CONTEXT:
                self._parts[self._at[context, context if context in holds else NOT + context]] += 1
        if slots[1] < len(course.slots):
            months = _number(one.ended) - _number(one.decided)
            name = next(name for name, below in LASTED if below is None or months < below)
            self._parts[self._at["lasted", name]] += 1

    def take_device(self, what: str, month: str, count: int) -> None:
        """Count what happened to devices in a month of the period; what it does not know is passed over."""
        at = next((at for fact, at in self._devices.items() if fact == what), None)
        if at is not None:
            self._parts[at[self._course.slots.index(quarter_of(month))]] += count

    def devices(self) -> Sums[DeviceCell]:
        """The counts of devices."""
        sums: Sums[DeviceCell] = Sums(len(self._parts))
        for what, at in self._devices.items():
            sums.add(DeviceCell(what), at, "single")
            for slot, quarter in enumerate(self._course.slots):
                if quarter in self._course.period.quarters:
                    sums.add(DeviceCell(what, quarter), at[[slot]], "crossed")
        return sums

    def sums(self) -> tuple[Sums[CaseCell], Ints, list[tuple[Ints, Ints]]]:
        """The counts, the parts, and what everybody knows: how many stood at either end, and what adds up to the same."""
        course, nothing = self._course, np.zeros(0, dtype=np.int64)
        sums: Sums[CaseCell] = Sums(len(self._parts))
        sums.add(CaseCell("granted"), course.granted(), "total")
        sums.add(CaseCell("ended"), course.ended(), "total")
        for slot, quarter in enumerate(course.slots):
            if quarter in course.period.quarters:
                sums.add(CaseCell("granted", quarter), course.granted(slot), "quarter")
                sums.add(CaseCell("ended", quarter), course.ended(slot), "quarter")
                if slot < len(course.slots) - 1:
                    sums.add(CaseCell("active", quarter), course.active(slot), "quarter")
        links = [(course.before, nothing), (course.after, nothing)]
        legs: list[tuple[What, str, list[tuple[str, str]]]] = [
            ("granted", "province", [("province", nis) for nis in self._provinces]),
            *(("granted", "context", [(one, one), (one, NOT + one)]) for one in CONTEXT),
            ("ended", "lasted", [("lasted", name) for name, _ in LASTED]),
        ]
        for what, by, names in legs:
            at = np.array([self._at[name] for name in names], dtype=np.int64)
            for k, (_, value) in zip(at, names, strict=True):
                sums.add(CaseCell(what, by=by, value=value), np.array([k]), "single")
            links.append((at, course.granted() if what == "granted" else course.ended()))
        return sums, self._parts, links


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])
