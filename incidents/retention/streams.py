"""By which time what is sealed in each stream of the log ends; of what holds nothing sealed the open facts stay for ever.

A stream that is named nowhere here is a fault of the code: tests/incidents/retention/test_streams.py looks for it.
"""

import contextlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from incidents.log.months import month_of_key
from incidents.retention.times import Times

Ends = Literal["incident", "looks", "device", "desk", "nothing"]  # "nothing": nothing is sealed in it
# By how the name begins, the first that fits.
RULES: tuple[tuple[str, Ends], ...] = (
    ("incident/", "incident"),
    ("audit/", "looks"),
    ("device/", "device"),
    # Who looked at what others did, who searched; and papers that a log of before has there.
    *((f"desk/{name}", "looks") for name in ("access", "evidence", "devices", "degraded", "aggregate", "recordings")),
    *((f"desk/{name}", "desk") for name in ("shift", "drills")),
    *((f"desk/{name}", "nothing") for name in ("floor", "centres", "backups", "watch-")),
    ("feed/", "nothing"),
    ("zone/", "nothing"),
    ("actor/", "nothing"),
    ("checkpoint", "nothing"),
)


def ends_by(stream: str) -> Ends | None:
    """The rule of a stream; None where it has none."""
    return next((ends for begins, ends in RULES if stream.startswith(begins)), None)


def end_of_month(month: str) -> datetime:
    """The first moment after a month `2026-11`. Raises ValueError."""
    return (datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC) + timedelta(days=31)).replace(day=1)


def months_over(
    keys: Collection[str], newest: Mapping[str, datetime], times: Times, now: datetime
) -> list[tuple[str, Ends, datetime, datetime]]:
    """Of the keys that still open, those that are over: key, rule, when its last record was made at the latest, since when it is
    over. A month is over as a whole.

    A key without a month is of a version before: it ends as if its last record were made just before the first month that has a
    key of its own, else with the `newest` record of its stream.
    """
    first: dict[str, str] = {}
    for key in keys:
        stream, month = month_of_key(key)
        if month:
            first[stream] = min(month, first.get(stream, month))
    found: list[tuple[str, Ends, datetime, datetime]] = []
    for key in sorted(keys):
        rule = ends_by(key) or "desk"
        if rule == "incident":
            continue
        days = times.looks if rule == "looks" else times.device if rule == "device" else times.desk
        with contextlib.suppress(ValueError, OverflowError, KeyError):  # of which nobody can say when it ended
            ended = _ended(key, first, newest)
            if (over := ended + timedelta(days=days)) <= now:
                found.append((key, rule, ended, over))
    return found


def _ended(key: str, first: Mapping[str, str], newest: Mapping[str, datetime]) -> datetime:
    stream, month = month_of_key(key)
    month = month or (stream.removeprefix("audit/") if stream.startswith("audit/") else "")
    if month:
        return end_of_month(month)
    return datetime.strptime(first[stream], "%Y-%m").replace(tzinfo=UTC) if stream in first else newest[stream]
