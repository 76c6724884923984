"""The list of devices as a CSV file: a line a device, times in Belgium with their offset: the hour that comes twice is clear."""

from collections.abc import Mapping
from datetime import datetime

from incidents.devices.listing import DeviceLine
from reports.tables import sheet

COLUMNS = (
    "device",
    "case",
    "battery_pct",
    "battery_at",
    "last_press",
    "last_heard",
    "silent_h",
    "tests",
    "real",
    "last_test",
    "last_test_failed",
    "last_real",
    "next_test_due",
    "test_overdue",
    "technical_alarms",
)


def as_csv(lines: tuple[DeviceLine, ...], now: datetime, victims: Mapping[str, str] | None = None) -> bytes:
    """`victims`: the name of each case, by its number, as a column of its own. `silent_h`: whole hours since it was last heard.
    Empty: not known."""
    named = () if victims is None else ("victim",)

    def row(line: DeviceLine) -> tuple[object, ...]:
        return (
            line.device,
            line.case,
            *(() if victims is None else (victims.get(line.case, ""),)),
            line.battery,
            line.battery_at,
            line.last_press,
            line.last_heard,
            None if line.last_heard is None else max(0, int((now - line.last_heard).total_seconds() // 3600)),
            *((line.tests, line.real) if line.counted else (None, None)),
            line.last_test,
            _yes(line.failed),
            line.last_real,
            line.due.isoformat() if line.due else None,
            _yes(line.overdue),
            " ".join(alarm.condition for alarm in line.alarms),
        )

    return sheet((*COLUMNS[:2], *named, *COLUMNS[2:]), map(row, lines))


def _yes(fact: bool) -> str:
    return "yes" if fact else ""
