"""The parts of the page, each made from the same filtered rows."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.supervisor.review.figures import MANY, share_of, within
from incidents.events import BRUSSELS
from incidents.intervals import HELD_UP_S, Target
from reports.measures.coarse import shown_rows
from reports.measures.estimates import share
from reports.measures.local import belgian, milliseconds, to_the_minute
from reports.measures.shape import DURATION_SUFFIX, Selection

DRAWN = 4000  # dots; more is no picture, and no keyboard goes through it
STEPS = 400  # of the curve that says how fast
LISTED = 5  # of the slowest
TIMES = ("received->acknowledged", "acknowledged->routed", "pressed->on_scene")
CARRIED = "pressed->received" + DURATION_SUFFIX
Gone = tuple[Collection[str], Mapping[str, str]]  # the incidents that were erased, and the province of each zone
NONE_GONE: Gone = ((), {})
EVERYTHING = Selection()
_SIGMAS = 3  # Shewhart's limits of a share (p chart)


def dots(
    rows: pd.DataFrame, target: Target, gone: Gone = NONE_GONE, selection: Selection = EVERYTHING
) -> dict[str, Any]:
    """The newest incidents as columns: id, moment (ms), seconds or None, how long it was held up, class, whether open, zone.

    `coarse`: of an erased one the moment is that of its month, the zone its province's name.
    """
    erased = gone[0]
    drawn = (
        shown_rows(rows[rows["received"].notna()], selection, *gone).sort_values("received", kind="stable").tail(DRAWN)
    )
    took = drawn[target.interval + DURATION_SUFFIX].to_numpy(np.float64)
    return {
        "ids": drawn["incident"].tolist(),
        "at": milliseconds(drawn["received"]).tolist(),
        "s": [None if np.isnan(s) else round(float(s), 3) for s in took],
        "held": [held_up(s) for s in drawn[CARRIED].to_numpy(np.float64)],
        "cls": drawn["as_class"].tolist(),
        "open": drawn["open"].tolist(),
        "zone": drawn["zone"].tolist(),
        "coarse": drawn["incident"].isin(erased).tolist(),
        "drawn": len(drawn),
        "total": len(rows),
    }


def held_up(carried: float) -> float | None:
    """How long a press was on its way, s, where it was held up there."""
    return round(float(carried), 3) if carried > HELD_UP_S else None


def ecdf(took: npt.NDArray[np.float64], target: Target) -> dict[str, Any]:
    """The curve's steps (seconds, share) from 20 counted, else the times themselves. `took` ascends.

    The axis ends at the 99th percentile, or beyond the target: one forgotten alarm would press all others against its left edge.
    """
    n = int(took.size)
    if n < MANY:
        return {"n": n, "enough": False, "times": [float(s) for s in took]}
    at = np.unique(np.linspace(0, n - 1, min(n, STEPS)).round().astype(int))
    until = max(float(np.quantile(took, 0.99)), target.limit_s * 1.5)
    steps = [[round(float(took[i]), 3), (i + 1) / n] for i in at.tolist()]
    return {"n": n, "enough": True, "steps": steps, "until": until}


def heat(rows: pd.DataFrame) -> list[int]:
    """How many were received in each hour of the week in Belgium: Monday's 24 first. Hour 2 of the night that has two is both."""
    local = belgian(rows["received"].dropna())
    cells = local.dt.day_of_week * 24 + local.dt.hour
    return [int(n) for n in np.bincount(cells.to_numpy(int), minlength=168)]


def busiest(rows: pd.DataFrame, gone: Gone = NONE_GONE) -> dict[str, Any] | None:
    """The hour in which most were received, the first of equals; hours are told apart in UTC, so that the repeated one is two,
    which its `offset` tells apart.

    It is a moment: those that were erased are told in none."""
    rows = rows[~rows["incident"].isin(gone[0])] if gone[0] else rows
    hours = rows["received"].dropna().dt.floor("h")
    if hours.empty:
        return None
    found = hours.value_counts()
    first = found[found == found.iloc[0]].index.min()
    return {
        "at": round(first.timestamp() * 1000),
        "offset": to_the_minute(first.tz_convert(BRUSSELS))[16:],
        "n": int(found.iloc[0]),
        "key": first.strftime("%Y-%m-%dT%H:%MZ"),
    }


def zones(rows: pd.DataFrame, target: Target) -> dict[str, Any]:
    """By zone: how many are counted, and the share from 20."""
    took = rows[target.interval + DURATION_SUFFIX].to_numpy(np.float64)
    good = took >= 0
    found = {}
    for zone, times in pd.Series(took[good]).groupby(rows["zone"].astype(str).to_numpy()[good]):
        if zone:
            found[str(zone)] = {"n": len(times), "share": share_of(times.to_numpy(), target, f"zone:{zone}")}
    return found


def days(rows: pd.DataFrame, target: Target, since: date, until: date) -> dict[str, Any]:
    """The share by day, week (from Monday) or month: the shortest in which most periods count 20, else by month.

    Limits are Shewhart's for a share: the whole selection's share +/- 3 standard errors of the period's own count.
    """
    took = rows[target.interval + DURATION_SUFFIX].to_numpy(np.float64)
    good = (took >= 0) & rows["received"].notna().to_numpy()
    day = belgian(rows["received"])[good].dt.date.to_numpy()
    reached = within(took[good], target)
    n = int(good.sum())
    total = share(int(reached.sum()), n)
    by, groups = "month", {}
    for by in ("day", "week", "month"):
        groups = _grouped(day, reached, by)
        if n and sum(of >= MANY for _, of in groups.values()) * 2 >= len(groups):
            break
    points = [
        _point(start, (max(start, since), min(end, until)), groups.get(start, (0, 0)), total.value)
        for start, end in _periods(since, until, by)
    ]
    shown = [point for point in points if point["share"]]
    return {
        "by": by,
        "n": n,
        "enough": n >= MANY and bool(shown),
        "centre": total.value,
        "points": points,
        "few": sum(0 < point["n"] < MANY for point in points),
    }


def _grouped(day: Any, reached: Any, by: str) -> dict[date, tuple[int, int]]:
    found: dict[date, tuple[int, int]] = {}
    for one, ok in zip(day, reached, strict=True):
        start = _start(one, by)
        k, n = found.get(start, (0, 0))
        found[start] = k + int(ok), n + 1
    return found


def _start(day: date, by: str) -> date:
    return day - timedelta(days=day.weekday()) if by == "week" else day.replace(day=1) if by == "month" else day


def _periods(since: date, until: date, by: str) -> list[tuple[date, date]]:
    found, start = [], _start(since, by)
    while start <= until:
        days = {"day": 1, "week": 7, "month": 32}[by]
        following = _start(start + timedelta(days=days), by)
        found.append((start, following - timedelta(days=1)))
        start = following
    return found


def _point(start: date, days: tuple[date, date], reached: tuple[int, int], centre: float | None) -> dict[str, Any]:
    """`from` names the period; it is made of its `days` that were chosen, the first and the last."""
    k, n = reached
    since, until = (day.isoformat() for day in days)
    point: dict[str, Any] = {
        "from": start.isoformat(),
        "since": since,
        "until": until,
        "n": n,
        "within": k,
        "share": None,
    }
    if n >= MANY and centre is not None:
        spread = _SIGMAS * (centre * (1 - centre) / n) ** 0.5
        low, high = max(0.0, centre - spread), min(1.0, centre + spread)
        found = share(k, n)
        point["share"] = {"stat": "share", "n": n, "value": found.value, "low": found.low, "high": found.high}
        point |= {"low": low, "high": high, "out": not low <= k / n <= high}
    return point


def slowest(
    rows: pd.DataFrame, target: Target, gone: Gone = NONE_GONE, selection: Selection = EVERYTHING
) -> list[dict[str, Any]]:
    """The rows that took longest, the longest first; `coarse` as of dots."""
    column = target.interval + DURATION_SUFFIX
    found = shown_rows(rows[rows[column] >= 0], selection, *gone)
    found = found.sort_values([column, "incident"], ascending=[False, True]).head(LISTED)
    return [
        {
            "id": row["incident"],
            "at": None if pd.isna(row["received"]) else round(row["received"].timestamp() * 1000),
            "zone": row["zone"],
            "coarse": row["incident"] in gone[0],
            "as": row["as_class"],
            "held": held_up(row[CARRIED]),
            "s": {name: None if pd.isna(s := row[name + DURATION_SUFFIX]) else float(s) for name in TIMES},
        }
        for _, row in found.iterrows()
    ]
