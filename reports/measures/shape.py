"""The words of a report: the table's columns, the intervals, a selection, and the numbers with their definitions.

All that is printed, drawn or exported is made of these; no number exists without its count, its interval and its definition.
"""

from datetime import date
from typing import Literal

import msgspec

from incidents.events.kinds import Class
from incidents.intervals import Profile, Target

# The table (pandas): one row an incident, or a row of a foreign file. Text columns are str (or a category of str: faster
# over many rows), "" when not known.
TEXT_COLUMNS = (
    "incident",  # its id, or a foreign row's own key
    "state",
    "origin",  # press, hand
    "as_class",  # real, test, accidental, unknown; "" when nobody has classified it
    "outcome",
    "verified",
    "zone",  # the police zone's key: where she was by the last position, without one where the order went
    "cic",  # the centre's key
    "operator",  # the pseudonym of who acknowledged first; "" when nobody did, or when it was entered from paper
    "shift",  # the start of the shift in which it was received, as "07:00"; "" without shifts
)
BOOL_COLUMNS = ("open", "drill", "paper", "abroad")  # abroad: she was outside Belgium, `zone` is the nearest
COUNT_COLUMNS = ("presses", "corrections")  # int64; corrections: how many times a person corrected one of its times
# And each of `incident.TIME_NAMES` as datetime64[ms, UTC] (NaT when it did not happen), with a bool column `<time>_corrected`.
DURATION_SUFFIX = "_s"  # `<interval>_s`, float64 seconds, NaN when missing; negative ones stay negative here


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: a filter over the table. Empty tuples choose everything. Days and hours are Belgian, of `received`."""

    since: date | None = None  # the first day
    until: date | None = None  # the last day, included
    classes: tuple[Class | Literal[""], ...] = (
        "real",
        "accidental",
        "unknown",
        "",
    )  # tests are excluded unless asked for
    drills: bool = False
    paper: bool = True
    zones: tuple[str, ...] = ()
    cics: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()  # 0 is Monday
    hours: tuple[int, ...] = ()
    incidents: tuple[str, ...] = ()


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its 95 % interval: Wilson for a share, order statistics for a quantile; None where n is too small for one.

    Of too few (`estimates.ENOUGH`) there is no value either.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the counted are within a target."""

    target: Target
    within: Estimate
    within_count: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One interval over the selected rows. Durations in `unit`.

    `selected` = `counted` + `missing` + `negative` + `open`: open incidents that have not got there are shown apart, what is
    missing from a closed one and what is negative is listed by `quality`, never dropped silently. Not everything missing is
    wrong: an accident is closed without an order, so it has no `routed`; `quality` lists what ought to be there.
    """

    interval: str
    definition: str
    selected: int
    counted: int
    missing: int
    negative: int
    open: int
    corrected: int  # counted ones of which an end was corrected by a person
    mean: float | None
    median: Estimate
    p90: Estimate
    p95: Estimate
    p99: Estimate
    maximum: float | None
    target: Target | None = None  # the profile's first target for this interval
    within: Estimate | None = None  # the share within the target's limit, 0 to 1; None without a target
    within_count: int = 0
    unit: Literal["s"] = "s"
    further: tuple[Reached, ...] = ()  # the profile's other targets for this interval (NENA: 15 s, then 20 s)

    @property
    def reached(self) -> tuple[Reached, ...]:
        """All targets of the interval."""
        if self.target is None or self.within is None:
            return ()
        return (Reached(target=self.target, within=self.within, within_count=self.within_count), *self.further)


class Measured(Summary, frozen=True, kw_only=True):
    """One interval of a foreign table. `selected` = `counted` + `missing` + `negative` + `excluded`."""

    shared: int  # the denominator of its shares: `counted`, and `missing` where the rules say so
    excluded: int  # longer or shorter than the interval's limits, or zero where zero does not count
    minimum: float | None
    sd: float | None
    percentiles: dict[str, Estimate]  # "p75" -> seconds
    printed: dict[str, str]  # figure -> as it is printed, by the mapping's rounding
    within_min: int  # its times are to the minute: each duration, and so a median, may be so many more or fewer; 0: to the second


ProblemKind = Literal[
    "negative",
    "missing",
    "rollover",
    "repeated_hour",
    "skipped_hour",
    "duplicate",
    "unreadable",
    "sentinel",
    "excluded",
    "corrected",
    "held_up",
]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A row that needs a look: which, where, what is wrong with it (`kind`), and what was done about it."""

    row: str
    kind: ProblemKind
    where: str
    detail: str = ""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The same summaries for a part of the rows, in the order of `key`, "" where it is not known.

    Keys: hour "00" to "23" (the hour that comes twice in October is one "02"), day "2026-11-24", week "2026-W48" (ISO), weekday
    "0" (Monday) to "6", shift "07:00", and the column's own text for zone, cic, operator, as_class. All Belgian, of `received`.
    """

    key: str
    rows: int
    summaries: tuple[Summary, ...]


Breakdown = Literal["hour", "shift", "day", "week", "weekday", "zone", "cic", "operator", "as_class"]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report says, from one selection of one table."""

    title: str
    profile: Profile
    selection: Selection
    rows: int  # in the table
    selected: int
    excluded: dict[
        str, int
    ]  # why -> how many rows the selection leaves out, in the order of `select.REASONS`; no zeros
    open: int
    first: str  # RFC 3339 by Belgian time, of the first and the last selected `received`; "" without rows
    last: str
    summaries: tuple[Summary, ...]  # one for each of INTERVALS, in that order
    groups: dict[str, tuple[Group, ...]]  # breakdown -> its parts
    busiest_hour: (
        str  # "2026-11-24 21:00", Belgian time; where it comes twice "2026-10-25 02:00+01:00"; the first of equals
    )
    busiest_hour_rows: int
    problems: tuple[Problem, ...]
    percentile_method: str  # numpy's name of the method; "linear" unless a mapping says otherwise
    promise: Summary | None = None  # the published promise, of the real presses among the selected
