"""Figures by operator: for that operator themself, and with a recorded reason for the supervisor. They are no part of a view."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard.supervisor.review.facts import PROMISE, Tell, choose
from dashboard.supervisor.review.figures import amount, count_of, counted, quantiles_of, share_of
from dashboard.supervisor.review.view import View
from incidents.intervals import Profile, Target
from reports.measures.profiles import PROFILES

ACKNOWLEDGED = "received->acknowledged"
_QUANTILES = (("median", 0.5), ("p90", 0.9))


def by_operator(
    table: pd.DataFrame,
    view: View,
    *,
    now: datetime,
    shift_start: datetime | None = None,
    starts: tuple[str, ...] = (),
    profiles: Mapping[str, Profile] = PROFILES,
    tell: Tell = lambda part: None,
    name_of: Callable[[str], str] = str,
) -> dict[str, Any]:
    """Of the view's rows, those each operator acknowledged first, by name; the most first."""
    profile = profiles.get(view.profile) or PROFILES["amr"]
    rows = choose(table, view, profile.targets[0], now=now, shift_start=shift_start).rows
    target = answered(profile)
    named = rows[rows["operator"].ne("").to_numpy(bool)]
    sizes = named["operator"].astype(str).value_counts()
    made = [figures_of(named[named["operator"].eq(who)], name_of(str(who)), target) for who in sizes.index]
    return {"operators": made, "target": target, "nobody": amount(len(rows) - len(named), "")}


def answered(profile: Profile) -> Target:
    """What an operator is measured by: their own part, the acknowledgement."""
    found = [target for target in profile.targets if target.interval == ACKNOWLEDGED]
    return found[0] if found else PROFILES["cic"].targets[0]


def figures_of(rows: pd.DataFrame, name: str, target: Target) -> dict[str, Any]:
    """What is told of one operator's rows: how many, how soon acknowledged, and how soon police came to them."""
    what, scene = counted(rows, target.interval), counted(rows, PROMISE.interval)
    scope = f"operator:{name}"
    return {
        "name": name,
        "rows": amount(len(rows), scope),
        "counted": amount(what.n, f"{scope} counted", target.interval),
        "within": count_of(what.took, target, scope),
        "share": share_of(what.took, target, scope),
        "quantiles": quantiles_of(what, _QUANTILES, scope),
        "scene": quantiles_of(scene, _QUANTILES, scope),
    }
