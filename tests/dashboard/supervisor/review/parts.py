"""A past to look at: rows as the history's table has them, made from a seed."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from reports.measures.local import shift_of
from reports.measures.table import table_of

NOW = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
STARTS = ("07:00", "19:00")
ZONES = {"5415": "O-VL", "5416": "O-VL", "5339": "BRU", "5277": "LIE"}
CLASSES = ["real", "accidental", "unknown", "test", ""]


def story(n: int, received: datetime, **facts: Any) -> dict[str, Any]:
    """One row: closed, accidental, acknowledged after 6 s, unless it is said otherwise. Times in seconds after `received`."""
    after = {"pressed": -0.4, "presented": 0.5, "acknowledged": 6.0, "closed": 900.0} | facts.pop("after", {})
    row: dict[str, Any] = {
        "incident": f"incident-{n:05d}",
        "state": "closed",
        "origin": "press",
        "as_class": "accidental",
        "zone": "5415",
        "cic": "O-VL",
        "operator": "desk-a",
        "shift": shift_of(received, STARTS),
        "presses": 1,
        "received": received,
    }
    row |= {name: received + timedelta(seconds=s) for name, s in after.items() if s is not None}
    return row | facts


def past(count: int, seed: int = 1, *, now: datetime = NOW, days: int = 364) -> pd.DataFrame:
    """`count` incidents of the last `days` days, some of each kind that a report must tell apart."""
    chance = random.Random(seed)
    moments = sorted(now - timedelta(seconds=chance.uniform(3600, days * 86400)) for _ in range(count))
    rows = []
    for n, at in enumerate(moments):
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        as_class = chance.choices(CLASSES, [6, 60, 8, 22, 4])[0]
        took = round(chance.lognormvariate(1.8, 0.6), 3)
        after: dict[str, Any] = {"acknowledged": took, "closed": took + chance.uniform(200, 2000)}
        if as_class in ("real", "unknown"):
            after["routed"] = took + round(chance.uniform(10, 120), 3)
            after["on_scene"] = after["routed"] + round(chance.lognormvariate(6.0, 0.4), 3)
            after["closed"] = after["on_scene"] + 600
        zone = chance.choices(list(ZONES), [50, 20, 25, 5])[0]
        facts: dict[str, Any] = {"as_class": as_class, "zone": zone, "cic": ZONES[zone]}
        if chance.random() < 0.01:
            after |= {"acknowledged": -2.5}
        if chance.random() < 0.01:
            facts |= {"corrections": 1, "acknowledged_corrected": True}
        facts["operator"] = chance.choice(["desk-a", "desk-b", "desk-c"])
        facts["drill"] = chance.random() < 0.02
        rows.append(story(n, at, after=after, **facts))
    if rows:
        last = rows[-1] | {"state": "routed", "open": True, "as_class": "", "closed": None, "on_scene": None}
        rows[-1] = last
    return table_of(rows)


class Kept:
    """A history as the pages ask it, of a table."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        self.ready = True
        self.done = self.total = len(table)
        self.erased: frozenset[str] = frozenset()

    async def fresh(self) -> pd.DataFrame:
        return self._table

    def listen(self, listener: Any, wanted: Any = None) -> Any:
        return lambda: None
