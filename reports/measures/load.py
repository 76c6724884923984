"""The alarm load of each desk and shift, as ANSI/ISA-18.2-2016 counts it: alarms in 10 minutes, their average, peak and floods.

The standard's figures are for the operator of a process plant, who answers an alarm in minutes and gets thousands: about 150
a day are likely to be acceptable, 300 the most that can be managed; 1 in 10 minutes on average, at most 2; more than 10 in
10 minutes is a flood, and under 1 % of the time may be one (its clause 16, monitoring and assessment). A press of this alarm
binds an operator for far longer: to be within these figures is no proof that a desk can bear its load.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import msgspec
import numpy as np
import pandas as pd

from incidents.events import BRUSSELS
from reports.measures.estimates import Ints, share
from reports.measures.local import belgian, milliseconds, shift_begins, to_the_minute
from reports.measures.shape import Estimate

WINDOW_MS = 600_000
ACCEPTABLE_A_DAY, MANAGEABLE_A_DAY = 150, 300
ACCEPTABLE_A_WINDOW, MANAGEABLE_A_WINDOW = 1, 2
FLOOD_ABOVE = 10


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """The alarms of one desk in all its shifts of one start.

    An alarm is an incident received; its further presses are told beside, technical alarms are not in the table. Windows are 10
    minutes from the shift's start, also those without any alarm. `shift` "" are the alarms of which it is not known when.
    """

    desk: str
    shift: str
    shifts: int  # how many there were
    alarms: int
    presses: int
    windows: int
    average: float | None  # alarms in 10 minutes
    a_day: float | None  # alarms in 24 hours of such shifts
    peak: int  # the most in one window
    peak_at: str  # when it began, "2026-11-24 21:10" Belgian time (`to_the_minute`); the first of equals
    flooded: int  # windows with more than 10
    flood: Estimate  # their share

    @property
    def standing(self) -> Literal["unknown", "acceptable", "manageable", "too_many"]:
        """What the standard says of such an average."""
        if self.average is None:
            return "unknown"
        if self.average <= ACCEPTABLE_A_WINDOW:
            return "acceptable"
        return "manageable" if self.average <= MANAGEABLE_A_WINDOW else "too_many"


def load(
    rows: pd.DataFrame,
    starts: tuple[str, ...],
    *,
    desk: Literal["cic", "operator"] = "cic",
    since: date | None = None,
    until: date | None = None,
) -> tuple[Load, ...]:
    """The load of each desk and shift, in that order, over the selected rows of a table that `complete` made.

    `starts`: when shifts start (`ShiftTimes.starts`); without any, each Belgian day is one. The period is that of the days from
    `since` to `until`, or of the whole shifts from the first to the last alarm. A centre has all shifts of the period. When an
    operator was on duty the table does not say: theirs are the shifts in which they acknowledged first at least once.
    """
    undated = rows["received"].isna()
    known = rows[~undated]
    if known.empty:
        return tuple(_undated(rows, desk))
    at = milliseconds(known["received"])
    local = belgian(known["received"])
    first, last = since or local.min().date(), until or local.max().date()
    first, last = min(first, local.min().date()), max(last, local.max().date())
    day = timedelta(days=1)
    begins = sorted(shift_begins(starts or ("00:00",), first - day, last + day))
    edges = np.array([_ms(begin) for begin, _ in begins])
    of_shift = np.searchsorted(edges, at, side="right") - 1
    begin = _midnight(first) if since else edges[of_shift.min()]
    end = _midnight(last + day) if until else edges[of_shift.max() + 1]
    opens, closes = np.maximum(edges[:-1], begin), np.minimum(edges[1:], end)
    windows = np.maximum(-(-(closes - opens) // WINDOW_MS), 0)
    counted = pd.DataFrame(
        {
            "desk": known[desk].astype(str).to_numpy(),
            "of": of_shift,
            "window": (at - opens[of_shift]) // WINDOW_MS,
            "presses": known["presses"].to_numpy(),
        }
    )
    full = counted.groupby(["desk", "of", "window"], as_index=False).agg(
        alarms=("presses", "size"), presses=("presses", "sum")
    )
    names = np.array([name for _, name in begins])
    full["shift"] = names[full["of"].to_numpy()]
    full["at"] = opens[full["of"].to_numpy()] + full["window"].to_numpy() * WINDOW_MS
    loads = []
    for (key, name), part in full.groupby(["desk", "shift"]):
        all_of_it = np.flatnonzero((names[:-1] == name) & (windows > 0))
        theirs = all_of_it if desk == "cic" else part["of"].unique()
        loads.append(_load(str(key), str(name), part, windows[theirs]))
    return (*_undated(rows[undated], desk), *loads)


def _load(desk: str, shift: str, full: pd.DataFrame, windows: Ints) -> Load:
    alarms, total = int(full["alarms"].sum()), int(windows.sum())
    peak = full.sort_values("at").loc[lambda part: part["alarms"] == full["alarms"].max()].iloc[0]
    flooded = int((full["alarms"] > FLOOD_ABOVE).sum())
    began = datetime.fromtimestamp(int(peak["at"]) / 1000, UTC).astimezone(BRUSSELS)
    return Load(
        desk=desk,
        shift=shift,
        shifts=len(windows),
        alarms=alarms,
        presses=int(full["presses"].sum()),
        windows=total,
        average=alarms / total,
        a_day=alarms / total * (24 * 6),
        peak=int(peak["alarms"]),
        peak_at=to_the_minute(began),
        flooded=flooded,
        flood=share(flooded, total),
    )


def _undated(rows: pd.DataFrame, desk: str) -> Iterator[Load]:
    for key, part in rows.groupby(rows[desk].astype(str)):
        yield Load(
            desk=str(key),
            shift="",
            shifts=0,
            alarms=len(part),
            presses=int(part["presses"].sum()),
            windows=0,
            average=None,
            a_day=None,
            peak=0,
            peak_at="",
            flooded=0,
            flood=Estimate(value=None),
        )


def _midnight(day: date) -> int:
    return _ms(datetime.combine(day, time(), BRUSSELS))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
