"""A view: what the supervisor chose to look at, as the page sends it and as an address carries it. It names nobody."""

from datetime import date, datetime, timedelta
from typing import Literal

import msgspec
import pandas as pd

from dashboard.shell.clock import BRUSSELS
from incidents.events.kinds import Class
from reports.measures.shape import Selection

MOST = 2000  # of any one kind chosen at once

Period = Literal["year", "month", "shift", "range"]
Only = Literal["", "over", "look"]
NO_INCIDENT = "-"  # a selection without incidents chooses all: this one chooses none


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is looked at. `since` and `until` are Belgian days, included, of a `range`.

    `only`: "over" the profile's target, or the rows that need a "look"; both are asked of what the rest has chosen.
    There is no choice of operators: their figures have a way of their own (`operators.py`).
    """

    profile: str = "amr"
    period: Period = "year"
    since: date | None = None
    until: date | None = None
    classes: tuple[Class | Literal[""], ...] = ("real", "accidental", "unknown", "")
    drills: bool = False
    zones: tuple[str, ...] = ()
    cics: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    incidents: tuple[str, ...] = ()
    only: Only = ""

    def __post_init__(self) -> None:
        for chosen in (self.classes, self.zones, self.cics, self.shifts, self.weekdays, self.hours, self.incidents):
            if len(chosen) > MOST:
                raise ValueError("too much is chosen")
            if any(isinstance(one, str) and len(one) > 128 for one in chosen):
                raise ValueError("a choice is too long")


def view(asked: object) -> View:
    """A page's view. Raises msgspec.ValidationError."""
    return msgspec.convert(asked, View, strict=False)


def selection(view: View, table: pd.DataFrame, now: datetime, shift_start: datetime | None) -> Selection:
    """The selection of a view without its `only`. The present shift crosses midnight: it is chosen by its incidents."""
    today = now.astimezone(BRUSSELS).date()
    since, until, incidents = view.since, view.until, view.incidents
    match view.period:
        case "year":
            since, until = year_before(today), today
        case "month":
            since, until = today - timedelta(days=29), today
        case "shift":
            since = until = None
            begun = table["received"] >= pd.Timestamp(shift_start or now)
            here = set(table.loc[begun, "incident"])
            incidents = tuple(sorted(here & set(incidents) if incidents else here)) or (NO_INCIDENT,)
    return Selection(
        since=since,
        until=until,
        classes=view.classes,
        drills=view.drills,
        zones=view.zones,
        cics=view.cics,
        shifts=view.shifts,
        weekdays=view.weekdays,
        hours=view.hours,
        incidents=incidents,
    )


def year_before(day: date) -> date:
    """The first day of the twelve months that end with this day."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year - 1, 3, 1)
