"""The list of devices as a CSV file: a line a device, times in Belgium with their offset: the hour that comes twice is clear."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime

from incidents.devices.listing import DeviceLine
from incidents.events import BRUSSELS
from reports.tables import harmless

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
    """UTF-8 with a byte order mark, for spreadsheets. `victims`: the name of each case, by its number, as a column of its own.

    `silent_h`: whole hours since it was last heard. Empty: not known.
    """
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    named = () if victims is None else ("victim",)
    writer.writerow((*COLUMNS[:2], *named, *COLUMNS[2:]))
    for line in lines:
        silent = "" if line.last_heard is None else max(0, int((now - line.last_heard).total_seconds() // 3600))
        counts = (line.tests, line.real) if line.counted else ("", "")
        row = (
            line.device,
            line.case,
            *(() if victims is None else (victims.get(line.case, ""),)),
            "" if line.battery is None else line.battery,
            local(line.battery_at),
            local(line.last_press),
            local(line.last_heard),
            silent,
            *counts,
            local(line.last_test),
            _yes(line.failed),
            local(line.last_real),
            line.due.isoformat() if line.due else "",
            _yes(line.overdue),
            " ".join(alarm.condition for alarm in line.alarms),
        )
        writer.writerow([harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def local(moment: datetime | None) -> str:
    """A moment in Belgium, to the second, with its offset (ISO 8601); "" for none."""
    return "" if moment is None else moment.astimezone(BRUSSELS).isoformat(timespec="seconds")


def _yes(fact: bool) -> str:
    return "yes" if fact else ""
