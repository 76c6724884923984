"""A second, naive computation of the review's numbers, from the records as they stand in the log's file. It shares no code."""

import contextlib
import json
import math
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
WILSON = 1.959963984540054
INTERVALS = (
    "pressed->received", "received->presented", "received->acknowledged", "acknowledged->listening", "acknowledged->routed",
    "routed->accepted", "accepted->en_route", "en_route->on_scene", "pressed->on_scene", "acknowledged->closed",
)  # fmt: skip
LATER = {
    "pressed": ("received",),
    "received": (
        "presented",
        "acknowledged",
        "listening",
        "routed",
        "accepted",
        "en_route",
        "on_scene",
        "safe",
        "closed",
    ),
    "presented": ("acknowledged",),
    "acknowledged": ("listening", "routed", "accepted", "en_route", "on_scene", "safe", "closed"),
    "routed": ("accepted", "en_route", "on_scene"),
    "accepted": ("en_route", "on_scene"),
    "en_route": ("on_scene",),
}
QUANTILES = {"median": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}


class Told:
    """One incident, by its own records."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.times: dict[str, datetime] = {}
        self.corrected = 0
        self.zone = self.cic = self.as_class = self.order = ""
        self.drill = self.paper = self.by_hand = False
        self.alive = False
        self.state = ""

    @property
    def open(self) -> bool:
        return "closed" not in self.times

    def took(self, interval: str) -> float | None:
        if interval == "pressed->received" and (self.by_hand or self.paper):
            return None  # no feed carried it
        start, end = (self.times.get(name) for name in interval.split("->"))
        took = (end - start).total_seconds() if start and end else None
        raisers = interval == "received->acknowledged" and self.by_hand and not self.paper
        return None if raisers and took is not None and abs(took) < 1 else took

    @property
    def local(self) -> datetime:
        return self.times["received"].astimezone(BRUSSELS)

    @property
    def shift(self) -> str:
        return "07:00" if 7 <= self.local.hour < 19 else "19:00"

    def hear(self, kind: str, facts: dict[str, Any], at: datetime, source: datetime) -> None:
        first = self.times.setdefault
        match kind:
            case "raised":
                self.drill, self.paper = facts.get("drill", False), facts.get("paper", False)
                self.by_hand = facts["origin"] == "hand"
                self.times |= {"pressed": source, "received": source if self.paper else at}
            case "presented" if facts.get("first", True) or facts.get("audible"):
                first("presented", source)
            case "acknowledged" | "listening":
                first(kind, source)
            case "call" if facts["state"] == "open":
                first("listening", source)
            case "ordered" if facts["why"] in ("new", "reroute"):
                first("routed", source)
                self.order, self.alive = facts["order"], True
            case "ordered" if facts["why"] == "cancel":
                self.alive = False
            case "declined" if facts["order"] == self.order:
                self.alive = False
            case "progressed":
                ordered = facts["source"] in ("zone", "unit")
                if not ordered or (self.alive and facts.get("order") == self.order):
                    first(facts["step"], source)
            case "classified":
                self.as_class = facts["as_class"]
            case "closed":
                self.as_class = facts["as_class"]
                self.times["closed"] = source if self.paper else at
            case "reopened":
                del self.times["closed"]
            case "time_corrected":
                self.times[facts["time"]] = datetime.fromisoformat(facts["to"])
                self.corrected += 1
        if kind in ("raised", "pressed", "located") and facts.get("zone"):
            self.zone, self.cic = facts.get("zone", ""), facts.get("cic", "")


def incidents(path: Path) -> list[Told]:
    """Every incident of the log's file, the oldest first."""
    found: dict[str, Told] = {}
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT stream, type, open, at, source_at FROM records WHERE stream LIKE 'incident/%' ORDER BY stream, version"
        )
        for stream, kind, facts, at, source in rows:
            told = found.setdefault(stream, Told(stream.removeprefix("incident/")))
            told.hear(kind, json.loads(facts), datetime.fromisoformat(at), datetime.fromisoformat(source))
    return sorted(found.values(), key=lambda told: told.times["received"])


def wilson(k: int, n: int) -> tuple[float, float]:
    p, z2 = k / n, WILSON**2
    middle, half = p + z2 / (2 * n), WILSON * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z2 / n)), min(1.0, (middle + half) / (1 + z2 / n))


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    at = (len(ordered) - 1) * q
    low = math.floor(at)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (at - low)


def ranks(n: int, q: float) -> tuple[int, int] | None:
    """The order statistics (from 1) that hold the quantile with 95 %: at most 2.5 % beyond each, by adding up the binomial."""
    below, cumulated = [], 0.0
    for k in range(n + 1):
        cumulated += math.comb(n, k) * q**k * (1 - q) ** (n - k)
        below.append(cumulated)
    low = next(k for k, p in enumerate(below) if p >= 0.025)
    high = next(k for k, p in enumerate(below) if p >= 0.975) + 1
    return (low, high) if low >= 1 and high <= n else None


class Recount:
    """The numbers of one view: `all` incidents, of which `keep` are looked at, by one interval and limit."""

    def __init__(self, all: list[Told], keep: Callable[[Told], bool], now: datetime) -> None:
        self.all = all
        since = now.astimezone(BRUSSELS).date() - timedelta(days=364 + _leap(now.date()))
        self.period = [told for told in all if since <= told.local.date() <= now.astimezone(BRUSSELS).date()]
        self.plain = [told for told in self.period if not told.drill and told.as_class != "test"]
        self.rows = [told for told in self.plain if keep(told)]
        self.keep, self.days = keep, (now.astimezone(BRUSSELS).date() - since).days + 1

    def value(self, figure: dict[str, str]) -> tuple[float, int, tuple[float, float] | None]:
        """Value, count and interval of a figure of the page, by its data alone."""
        stat, scope, interval = figure["stat"], figure["scope"], figure["interval"]
        if stat in ("count", "look", "periods", "zones"):
            n = self.count(scope, interval)
            return n, n, None
        if stat in ("peak", "a_day", "flood"):
            return self.load(stat, scope)
        if stat == "time":
            return self.time(scope, interval)
        rows = [told for told in self.rows if _of(told, scope)]
        took = [s for told in rows if (s := told.took(interval)) is not None and s >= 0]
        if stat in ("within", "share"):
            limit = float(figure["limit"])
            k = sum(
                s < limit if (interval, limit) == ("received->acknowledged", 10.0) and self.under else s <= limit
                for s in took
            )
            return (k, len(took), None) if stat == "within" else (k / len(took), len(took), wilson(k, len(took)))
        if stat == "maximum":
            return max(took), len(took), None
        value = median(took) if stat == "median" else quantile(took, QUANTILES[stat])
        between = ranks(len(took), QUANTILES[stat])
        ordered = sorted(took)
        return value, len(took), between and (ordered[between[0] - 1], ordered[between[1] - 1])

    under = True  # of the CIC's 10 s; the limit itself is within NFPA's

    def time(self, scope: str, interval: str) -> tuple[float, int, None]:
        kind, _, key = scope.partition(":")
        if kind == "row":
            told = next(told for told in self.rows if told.id == key)
            found = told.took(interval)
            return (found, 1, None) if found is not None else (math.nan, 0, None)
        times = sorted(s for told in self.rows if (s := told.took(self.interval)) is not None and s >= 0)
        return times[int(key)], 1, None

    interval = "pressed->on_scene"
    limit = 600.0

    def count(self, scope: str, interval: str) -> int:
        words = scope.split(" ")
        rows = [told for told in self.rows if _of(told, words[0])]
        if scope == "table":
            return len(self.all)
        if scope == "look":
            return len({id for id, _ in self.problems()})
        if words[0].startswith("problem:"):
            return Counter(kind for _, kind in self.problems())[words[0].partition(":")[2]]
        if words[0].startswith("facet:"):
            _, field, key = words[0].split(":", 2)
            others = (
                [told for told in self.period if self.keep(told) and not told.drill]
                if field == "classes"
                else self.rows
            )
            return sum(_facet(told, field) == key for told in others)
        if words[0].startswith("excluded:"):
            drills = words[0] == "excluded:drill"
            here = [told for told in self.period if self.keep(told)]
            return sum(told.drill if drills else not told.drill and told.as_class == "test" for told in here)
        if words[0] == "slowest":
            return min(5, self.counted(rows, self.interval))
        if scope.startswith("few:"):
            took = [(told, told.took(self.interval)) for told in rows]
            periods = Counter(_period(told, scope[4:]) for told, s in took if s is not None and s >= 0)
            return sum(n < 20 for n in periods.values())
        if scope == "zones coloured":
            zones = Counter(told.zone for told in rows if (s := told.took(self.interval)) is not None and s >= 0)
            return sum(n >= 20 for zone, n in zones.items() if zone)
        name = words[-1] if words[-1] in INTERVALS else self.interval
        what = next((word for word in words if word in ("counted", "open", "missing", "negative", "within")), "")
        took = [(told, told.took("pressed->on_scene" if words[0] == "class:real" else name)) for told in rows]
        match what:
            case "open" if scope == "open":
                return sum(told.open for told in rows)
            case "open":
                return sum(s is None and told.open for told, s in took)
            case "missing":
                return sum(s is None and not told.open for told, s in took)
            case "negative":
                return sum(s is not None and s < 0 for _, s in took)
            case "within":
                return sum(s is not None and 0 <= s <= self.limit for _, s in took)
            case "counted":
                return sum(s is not None and s >= 0 for _, s in took)
        return len(rows)

    def counted(self, rows: list[Told], interval: str) -> int:
        return sum((s := told.took(interval)) is not None and s >= 0 for told in rows)

    def load(self, stat: str, scope: str) -> tuple[float, int, None]:
        windows: Counter[tuple[str, str, int]] = Counter()
        for told in self.rows:
            windows[told.cic, told.shift, int(told.times["received"].timestamp()) // 600] += 1
        if stat == "flood":
            desks = {(cic, shift) for cic, shift, _ in windows}
            return sum(n > 10 for n in windows.values()), sum(self.windows(shift) for _, shift in desks), None
        _, cic, shift = scope.split(":", 2)
        of_it = [n for (one, other, _), n in windows.items() if (one, other) == (cic, shift)]
        periods = self.windows(shift)
        return (max(of_it) if stat == "peak" else sum(of_it) / periods * 144), periods, None

    def windows(self, shift: str) -> int:
        """Periods of ten minutes in all shifts of one start; the nights of the clock changes are an hour longer and shorter."""
        return self.days * 72

    def problems(self) -> list[tuple[str, str]]:
        found = []
        for told in self.rows:
            ordered = [name for name in INTERVALS if name != "acknowledged->listening"]  # a call may be answered first
            found += [(told.id, "negative") for name in ordered if (s := told.took(name)) is not None and s < 0]
            if not told.open:
                unseen = {"presented"} if told.by_hand or told.paper else set()
                unseen |= {"accepted"} if told.paper else set()
                gone = [name for name in LATER if name not in told.times and name not in unseen]
                missing = [name for name in gone if set(LATER[name]) & set(told.times)]
                found += [(told.id, "missing") for _ in missing]
            if any(_twice(at) for at in told.times.values()):
                found.append((told.id, "repeated_hour"))
            if (carried := told.took("pressed->received")) is not None and carried > 30:
                found.append((told.id, "held_up"))
            if told.corrected:
                found.append((told.id, "corrected"))
        return found


def _of(told: Told, scope: str) -> bool:
    kind, _, key = scope.partition(":")
    match kind:
        case "class":
            return told.as_class == key
        case "zone":
            return told.zone == key
        case "cell":
            return f"{told.local.weekday()}:{told.local.hour}" == key
        case "hour":
            return told.times["received"].astimezone(UTC).strftime("%Y-%m-%dT%H:00Z") == key
        case "day" | "week" | "month":
            return _period(told, kind) == key
    return True


def _period(told: Told, by: str) -> str:
    """The first day of its day, week or month."""
    day = told.local.date()
    first = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}
    return first[by].isoformat()


def _facet(told: Told, field: str) -> str:
    return {"classes": told.as_class, "shifts": told.shift, "zones": told.zone, "cics": told.cic}[field]


def _twice(at: datetime) -> bool:
    """Whether the clock on the wall shows this time twice."""
    local = at.astimezone(BRUSSELS)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset() and local.replace(
        fold=0
    ).utcoffset() != timedelta(hours=1)


def _leap(day: date) -> int:
    return (day - day.replace(year=day.year - 1)).days - 365 if (day.month, day.day) != (2, 29) else 1
