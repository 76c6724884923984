"""A second computation of a report, one row and one number at a time: no pandas, no numpy, no sharing with the first.

It takes rows as `row_of` gives them and answers with plain dicts of what a Report should say.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from math import comb, floor, sqrt
from typing import Any
from zoneinfo import ZoneInfo

from incidents.intervals import Profile
from reports.measures.shape import Selection

Row = dict[str, Any]
BELGIUM = ZoneInfo("Europe/Brussels")
HOUR = timedelta(hours=1)
ORDER = [
    "pressed",
    "received",
    "presented",
    "acknowledged",
    "listening",
    "routed",
    "accepted",
    "en_route",
    "on_scene",
    "safe",
    "closed",
]
PAIRS = [
    ("pressed", "received"),
    ("received", "presented"),
    ("received", "acknowledged"),
    ("acknowledged", "listening"),
    ("acknowledged", "routed"),
    ("routed", "accepted"),
    ("accepted", "en_route"),
    ("en_route", "on_scene"),
    ("pressed", "on_scene"),
    ("acknowledged", "closed"),
]


def duration(row: Row, start: str, end: str) -> float | None:
    if row[start] is None or row[end] is None:
        return None
    if (start, end) == ("pressed", "received") and (row["origin"] == "hand" or row["paper"]):
        return None
    took = (row[end] - row[start]) / timedelta(seconds=1)
    raisers = (start, end) == ("received", "acknowledged") and row["origin"] == "hand" and not row["paper"]
    return None if raisers and abs(took) < 1 else took


def wilson(k: int, n: int) -> tuple[float, float]:
    """The two p at which k of n lies 1.96 standard errors away, found by halving."""
    z, seen = 1.959963984540054, k / n

    def far(p: float) -> bool:
        return abs(p - seen) > z * sqrt(p * (1 - p) / n)

    return (
        0.0 if k == 0 else _edge(0.0, seen, lambda p: not far(p)),
        1.0 if k == n else _edge(seen, 1.0, far),
    )


def _edge(low: float, high: float, beyond: Callable[[float], bool]) -> float:
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if beyond(middle) else (middle, high)
    return (low + high) / 2


@cache
def ranks(n: int, q: Fraction) -> tuple[int, int] | None:
    """The ranks between which the q-quantile lies: at most 1 in 40 that it is below, at most 1 in 40 that it is above."""
    chance = [comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    low = max((rank for rank in range(1, n + 1) if sum(chance[:rank]) <= Fraction(1, 40)), default=None)
    high = min((rank for rank in range(1, n + 1) if sum(chance[rank:]) <= Fraction(1, 40)), default=None)
    return None if low is None or high is None else (low, high)


def linear(values: list[float], q: Fraction) -> float:
    place = (len(values) - 1) * q
    below = floor(place)
    above = min(below + 1, len(values) - 1)
    return float(values[below] + (values[above] - values[below]) * float(place - below))


def inverted(values: list[float], q: Fraction) -> float:
    """The smallest value with at least q of all at or below it."""
    return next(value for at, value in enumerate(values, 1) if Fraction(at, len(values)) >= q)


def summary(rows: list[Row], start: str, end: str, profile: Profile, point: Callable[..., float]) -> dict[str, Any]:
    counted, missing, negative, still_open, corrected = [], 0, 0, 0, 0
    for row in rows:
        took = duration(row, start, end)
        if took is None and row["open"]:
            still_open += 1
        elif took is None:
            missing += 1
        elif took < 0:
            negative += 1
        else:
            counted.append(took)
            corrected += row[f"{start}_corrected"] or row[f"{end}_corrected"]
    counted.sort()
    n = len(counted)
    found: dict[str, Any] = {
        "interval": f"{start}->{end}",
        "selected": len(rows),
        "counted": n,
        "missing": missing,
        "negative": negative,
        "open": still_open,
        "corrected": corrected,
        "mean": sum(counted) / n if n >= 20 else None,
        "maximum": counted[-1] if n else None,
        "targets": [],
    }
    for name, q, least in (("median", 50, 1), ("p90", 90, 10), ("p95", 95, 20), ("p99", 99, 100)):
        between = ranks(n, Fraction(q, 100)) if n >= least else None
        found[name] = (
            point(counted, Fraction(q, 100)) if n >= least else None,
            counted[between[0] - 1] if between else None,
            counted[between[1] - 1] if between else None,
        )
    for target in profile.targets:
        if target.interval == f"{start}->{end}":
            k = sum(took < target.limit_s if target.under else took <= target.limit_s for took in counted)
            found["targets"].append((target, k, (k / n, *wilson(k, n)) if n >= 20 else (None, None, None)))
    return found


def reason(row: Row, selection: Selection) -> str | None:
    """Why a selection leaves a row out: the first that applies."""
    wants_when = selection.since or selection.until or selection.weekdays or selection.hours
    if wants_when and row["received"] is None:
        return "undated"
    local = row["received"].astimezone(BELGIUM) if row["received"] else None
    if (selection.since and local.date() < selection.since) or (selection.until and local.date() > selection.until):
        return "period"
    for name, wanted in (
        ("zone", selection.zones),
        ("cic", selection.cics),
        ("operator", selection.operators),
        ("shift", selection.shifts),
    ):
        if wanted and row[name] not in wanted:
            return name
    if selection.weekdays and local.weekday() not in selection.weekdays:
        return "weekday"
    if selection.hours and local.hour not in selection.hours:
        return "hour"
    if selection.incidents and row["incident"] not in selection.incidents:
        return "incident"
    if row["drill"] and not selection.drills:
        return "drill"
    if row["paper"] and not selection.paper:
        return "paper"
    if selection.classes and row["as_class"] not in selection.classes:
        return row["as_class"] or "unclassified"
    return None


def key(row: Row, breakdown: str) -> str:
    if breakdown in ("hour", "day", "week", "weekday"):
        if row["received"] is None:
            return ""
        local = row["received"].astimezone(BELGIUM)
        year, week, day = local.isocalendar()
        said = {"hour": f"{local.hour:02}", "day": f"{local:%Y-%m-%d}", "week": f"{year}-W{week:02}"}
        return (said | {"weekday": str(day - 1)})[breakdown]
    return row[breakdown]


def twice(moment: datetime | None) -> int:
    """1 or 2 for a pass of the hour that comes twice, otherwise 0."""
    if moment is None:
        return 0
    wall = moment.astimezone(BELGIUM).replace(tzinfo=None)
    if (moment + HOUR).astimezone(BELGIUM).replace(tzinfo=None) == wall:
        return 1
    return 2 if (moment - HOUR).astimezone(BELGIUM).replace(tzinfo=None) == wall else 0


def problems(rows: list[Row]) -> Counter[tuple[str, str, str]]:
    """(row, kind, where) of each problem."""
    found: Counter[tuple[str, str, str]] = Counter()
    seen = set()
    ours = all(row["origin"] for row in rows)
    for row in rows:
        name = row["incident"]
        for start, end in PAIRS:
            took = duration(row, start, end)
            if took is not None and took < 0 and (start, end) != ("acknowledged", "listening"):  # answered first
                found[name, "negative", f"{start}->{end}"] += 1
        if not row["open"]:
            found.update((name, "missing", lacking) for lacking in _lacking(row, rows))
        known = (name, row["received"]) if ours else name
        if known in seen:
            found[name, "duplicate", "incident"] += 1
        seen.add(known)
        inside = [time for time in ORDER if twice(row[time])]
        if inside:
            found[name, "repeated_hour", ", ".join(inside)] += 1
        carried = duration(row, "pressed", "received")
        if carried is not None and carried > 30:
            found[name, "held_up", "pressed->received"] += 1
        marked = [time for time in ORDER if row[f"{time}_corrected"]]
        if marked or row["corrections"]:
            found[name, "corrected", ", ".join(marked)] += 1
    return found


def _lacking(row: Row, rows: list[Row]) -> Iterable[str]:
    there = {time for time in ORDER if row[time] is not None}
    for time in ORDER:
        if time in there or (row["origin"] == "" and all(other[time] is None for other in rows)):
            continue
        later = there & set(ORDER[ORDER.index(time) + 1 :])
        by_us = row["origin"] == "press"
        wrong = {
            "pressed": "received" in later,
            "received": later,
            "presented": "acknowledged" in later and by_us,
            "acknowledged": later,
            "listening": False,
            "routed": later & {"accepted", "en_route", "on_scene"},
            "accepted": later & {"en_route", "on_scene"} and not row["paper"],
            "en_route": "on_scene" in later,
            "on_scene": False,
            "safe": False,
            "closed": row["state"] == "closed",
        }[time]
        if wrong:
            yield time


def busiest(rows: list[Row]) -> tuple[str, int]:
    hours = Counter(row["received"].replace(minute=0, second=0, microsecond=0) for row in rows if row["received"])
    if not hours:
        return "", 0
    most = max(hours.values())
    begin = min(hour for hour, count in hours.items() if count == most)
    local = begin.astimezone(BELGIUM)
    offset = f"+0{int(local.utcoffset() / HOUR)}:00" if twice(begin.astimezone(UTC)) else ""
    return f"{local:%Y-%m-%d %H:%M}{offset}", most
