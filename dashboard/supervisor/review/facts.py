"""What the page shows of a view: everything from one filtered table, so that no two numbers disagree."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from dashboard.shell.clock import BRUSSELS
from dashboard.supervisor.review import parts
from dashboard.supervisor.review.figures import Figure, amount, count_of, counted, quantiles_of, share_of, within
from dashboard.supervisor.review.view import NO_INCIDENT, View, selection
from incidents.intervals import Profile, Target
from reports.measures.load import load
from reports.measures.profiles import PROFILES
from reports.measures.quality import quality
from reports.measures.select import chosen
from reports.measures.shape import DURATION_SUFFIX, Problem, Selection

PROMISE = PROFILES["amr"].targets[0]
ANSWERED = PROFILES["cic"].targets[0]
_QUANTILES = (("median", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99))
_FACETS = {"classes": "as_class", "cics": "cic", "zones": "zone", "shifts": "shift"}
Tell = Callable[[float], None]  # how far it is, 0 to 1


class Chosen(msgspec.Struct, frozen=True):
    """The one filtered table of a view, the selection that gives it, and what it leaves out."""

    rows: pd.DataFrame
    selection: Selection
    excluded: dict[str, int]
    problems: tuple[Problem, ...]


def choose(
    table: pd.DataFrame, view: View, target: Target, *, now: datetime, shift_start: datetime | None = None
) -> Chosen:
    """Filter the table as the view says. What is over the target, or needs a look, is then asked of those rows."""
    wanted = selection(view, table, now, shift_start)
    if view.only:
        # Asked of the tests and drills too: how many are left out is told of the same incidents.
        beside = table[chosen(table, msgspec.structs.replace(wanted, classes=(), drills=True))[0]]
        found = beside[only(beside, view, target, quality(beside))]
        wanted = msgspec.structs.replace(wanted, incidents=tuple(found["incident"]) or (NO_INCIDENT,))
    kept, excluded = chosen(table, wanted)
    rows = table[kept]
    return Chosen(rows, wanted, excluded, quality(rows))


def only(rows: pd.DataFrame, view: View, target: Target, problems: tuple[Problem, ...]) -> Any:
    """The rows that `view.only` keeps, as a mask."""
    if view.only == "over":
        took = rows[target.interval + DURATION_SUFFIX].to_numpy(np.float64)
        return (took >= 0) & ~within(took, target)
    return rows["incident"].isin({problem.row for problem in problems}).to_numpy(bool)


def facts(
    table: pd.DataFrame,
    view: View,
    *,
    now: datetime,
    shift_start: datetime | None = None,
    starts: tuple[str, ...] = (),
    profiles: Mapping[str, Profile] = PROFILES,
    tell: Tell = lambda part: None,
    gone: parts.Gone = parts.NONE_GONE,
) -> dict[str, Any]:
    """All that is shown, for `msgspec.json.encode`. Touches nothing of the desk: it may run in a thread."""
    profile = profiles.get(view.profile) or PROFILES["amr"]
    target = profile.targets[0]
    one = choose(table, view, target, now=now, shift_start=shift_start)
    tell(0.3)
    rows = one.rows
    since, until = _span(one.selection, rows, now)
    took = counted(rows, target.interval).took
    made: dict[str, Any] = {
        "view": view,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "rows": len(table),
        "selected": amount(len(rows)),
        "open": amount(int(rows["open"].sum()), "open"),
        "excluded": one.excluded,
        "target": target,
        "targets": [_target(rows, each) for each in profile.targets],
        "promise": promise(rows),
        "standing": _standing(rows, target.interval),
        "quantiles": quantiles_of(counted(rows, target.interval), _QUANTILES),
        "beside": _beside(rows, target.interval),
        "quality": _quality(one.problems),
        "load": _load(rows, starts, since, until),
    }
    tell(0.5)
    made |= {
        "dots": parts.dots(rows, target, gone, one.selection),
        "ecdf": parts.ecdf(took, target),
        "heat": parts.heat(rows),
        "busiest": parts.busiest(rows, gone),
        "zones": parts.zones(rows, target),
        "unplaced": int(rows["zone"].eq("").sum()),
    }
    tell(0.8)
    made |= {
        "days": parts.days(rows, target, since, until),
        "slowest": parts.slowest(rows, target, gone, one.selection),
        "facets": facets(table, one.selection, view, target, now=now, shift_start=shift_start),
    }
    return made


def promise(rows: pd.DataFrame) -> dict[str, Any]:
    """The published promise, of real presses: how many had police on the scene within 10 minutes, of how many that had."""
    real = rows[rows["as_class"].eq("real").to_numpy(bool)]
    what = counted(real, PROMISE.interval)
    return {
        "real": amount(len(real), "class:real"),
        "within": count_of(what.took, PROMISE, "class:real"),
        "counted": amount(what.n, "class:real counted", PROMISE.interval),
        "share": share_of(what.took, PROMISE, "class:real"),
        "open": amount(what.open, "class:real open", PROMISE.interval),
        "missing": amount(what.missing, "class:real missing", PROMISE.interval),
        "negative": amount(what.negative, "class:real negative", PROMISE.interval),
        "quantiles": quantiles_of(what, (("median", 0.5), ("p90", 0.9)), "class:real"),
    }


def facets(
    table: pd.DataFrame,
    wanted: Selection,
    view: View,
    target: Target,
    *,
    now: datetime,
    shift_start: datetime | None,
) -> dict[str, dict[str, int]]:
    """For each list of choices, how many rows each would show beside all other choices."""
    base = selection(view, table, now, shift_start)
    found = {}
    for field, column in _FACETS.items():
        rows = table[chosen(table, msgspec.structs.replace(base, **{field: ()}))[0]]
        if view.only:
            rows = rows[only(rows, view, target, quality(rows) if view.only == "look" else ())]
        found[field] = {str(key): int(n) for key, n in rows[column].value_counts().items() if n}
    return found


def _target(rows: pd.DataFrame, target: Target) -> dict[str, Any]:
    what = counted(rows, target.interval)
    return {
        "interval": target.interval,
        "limit_s": target.limit_s,
        "under": target.under,
        "promised": target.share,
        "within": count_of(what.took, target),
        "counted": amount(what.n, f"counted {target.interval}", target.interval),
        "figure": share_of(what.took, target),
        **_standing(rows, target.interval),
    }


def _standing(rows: pd.DataFrame, interval: str) -> dict[str, Figure]:
    what = counted(rows, interval)
    return {
        "open": amount(what.open, f"open {interval}", interval),
        "missing": amount(what.missing, f"missing {interval}", interval),
        "negative": amount(what.negative, f"negative {interval}", interval),
    }


def _beside(rows: pd.DataFrame, interval: str) -> dict[str, Any]:
    """The other end of the story: how fast it was answered, or, when that is what is looked at, how fast police came."""
    other = PROMISE if interval == ANSWERED.interval else ANSWERED
    what = counted(rows, other.interval)
    return {
        "interval": other.interval,
        "limit_s": other.limit_s,
        "under": other.under,
        "within": count_of(what.took, other),
        "counted": amount(what.n, f"counted {other.interval}", other.interval),
        "figure": share_of(what.took, other),
        "quantiles": quantiles_of(what, (("median", 0.5), ("p90", 0.9))),
    }


def _quality(problems: tuple[Problem, ...]) -> dict[str, Any]:
    kinds = Counter(problem.kind for problem in problems)
    return {
        "rows": Figure(stat="look", scope="look", n=(n := len({problem.row for problem in problems})), value=n),
        "kinds": {kind: amount(n, f"problem:{kind}") for kind, n in sorted(kinds.items())},
    }


def _load(rows: pd.DataFrame, starts: tuple[str, ...], since: date, until: date) -> dict[str, Any] | None:
    """The heaviest desk and shift as ISA-18.2 counts them, and the floods of all; None without a dated row."""
    loads = [one for one in load(rows, starts, since=since, until=until) if one.windows]
    if not loads:
        return None
    top = max(loads, key=lambda one: (one.peak, one.average or 0.0))
    scope = f"load:{top.desk}:{top.shift}"
    windows, flooded = sum(one.windows for one in loads), sum(one.flooded for one in loads)
    return {
        "desk": top.desk,
        "shift": top.shift,
        "peak": Figure(stat="peak", scope=scope, n=top.windows, value=top.peak),
        "a_day": Figure(stat="a_day", scope=scope, n=top.windows, value=top.a_day),
        "flood": Figure(stat="flood", scope="load", n=windows, value=flooded),
        "standing": top.standing,
    }


def _span(wanted: Selection, rows: pd.DataFrame, now: datetime) -> tuple[date, date]:
    """The days a picture runs over: what was chosen, else from the first row to the last."""
    today = now.astimezone(BRUSSELS).date()
    seen = rows["received"].dropna()
    first = seen.min().tz_convert(BRUSSELS).date() if len(seen) else today
    last = seen.max().tz_convert(BRUSSELS).date() if len(seen) else today
    return wanted.since or first, wanted.until or last


def profile_facts(profiles: Mapping[str, Profile], translate: Callable[[str], str]) -> list[dict[str, Any]]:
    """The profiles as the page offers them, with what each was made for."""
    return [
        {
            "key": key,
            "name": profile.name,
            "made_for": translate(profile.made_for),
            "source": translate(profile.source),
            "targets": [msgspec.to_builtins(target) for target in profile.targets],
        }
        for key, profile in profiles.items()
    ]
