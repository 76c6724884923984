"""Figures of prepared incidents, each by the rules in force: which durations count, and what is reckoned from them."""

import re
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np

from reports.external_table.amounts import rounded
from reports.external_table.clock import Length
from reports.external_table.groups import Parts
from reports.external_table.mapping import Mapping, Rules, Span
from reports.external_table.prepare import Prepared
from reports.external_table.printing import exact
from reports.external_table.times import Bools, Floats
from reports.measures.estimates import quantile
from reports.measures.summaries import Cut, Whole

Kind = Literal["duration", "share", "count"]
_PERCENTILE = re.compile(r"^p(\d{1,2}(?:\.\d+)?)$")
COUNTS = ("rows", "left_out", "counted", "missing", "negative", "excluded", "within", "beyond")
SHARES = ("share", "share_beyond", "part")  # part: the incidents of a part among all
DURATIONS = ("mean", "median", "minimum", "maximum", "sd", "sum")
_MEANT = {
    **dict.fromkeys(("average", "avg", "arithmetic mean"), "mean"),
    **dict.fromkeys(("count", "n", "number"), "counted"),
    "min": "minimum",
    "max": "maximum",
    "total": "sum",
    "incidents": "rows",
    "percent": "share",
    **dict.fromkeys(("std", "stdev", "stddev", "standard deviation"), "sd"),
}


class Applied(Rules, frozen=True, kw_only=True):
    """Rules by which a figure is reckoned: those of the mapping, or others that are tried against a published figure."""

    limits: bool = True  # `longest` and `shortest` of the interval
    without: frozenset[str] = frozenset()  # exclusions that are not applied


def rules_of(mapping: Mapping, span: Span | None) -> Applied:
    """The mapping's rules for an interval."""
    given = [(name, getattr(span, name, None), getattr(mapping.statistics, name)) for name in Rules.__struct_fields__]
    return Applied(**{name: whole if own is None else own for name, own, whole in given})


class Counted(NamedTuple):
    """The durations that count, in order, and how many rows do not and why."""

    selected: int
    values: Floats  # microseconds
    missing: int
    negative: int
    excluded: int  # too long, too short, or zero


class Figure(NamedTuple):
    """A figure, exactly: microseconds for a duration, a fraction for a share. None: it can't be told."""

    kind: Kind
    value: Fraction | None
    n: int


def kept(prepared: Prepared, without: frozenset[str] = frozenset()) -> Bools:
    """The incidents that no exclusion but some leaves out."""
    keep = np.ones(len(prepared), dtype=bool)
    for name in prepared.out.keys() - without:
        keep &= ~prepared.out[name]
    return keep


class Status(NamedTuple):
    """Each incident's duration (negative ones as the rules say), and whether it is missing, negative, excluded."""

    took: Floats
    missing: Bools
    negative: Bools
    excluded: Bools

    @property
    def counts(self) -> Bools:
        """Which durations count."""
        return ~(self.missing | self.negative | self.excluded)


def status(prepared: Prepared, name: str, rules: Applied) -> Status:
    """What becomes of each incident's duration by the rules."""
    span, took = prepared.spans[name], prepared.took[name]
    missing = np.isnan(took)
    if rules.row_rounding.startswith("datediff") and span.start:
        unit, us = ("m", 60e6) if rules.row_rounding.endswith("min") else ("s", 1e6)
        start, end = (prepared.at[one].astype(f"datetime64[{unit}]") for one in (span.start, span.end))
        took = np.where(missing, np.nan, (end - start).astype(np.float64) * us)
    else:
        took = rounded(took, rules.row_rounding)
    negative, excluded = took < 0, np.zeros(len(took), dtype=bool)
    if rules.negative == "zero":
        took = np.where(negative, 0.0, took)
    if rules.negative != "exclude":
        negative = np.zeros(len(took), dtype=bool)
    if rules.limits and span.longest is not None:
        excluded |= took > span.longest
    if rules.limits and span.shortest is not None:
        excluded |= took < span.shortest
    if rules.zero == "exclude":
        excluded |= took == 0
    return Status(took, missing, negative, excluded & ~negative)


def counted(prepared: Prepared, name: str, rules: Applied, where: Bools | Parts | None = None) -> list[Counted]:
    """What counts of an interval among the kept incidents: all, those of `where`, or each of some parts."""
    mask = kept(prepared, rules.without)
    at = np.flatnonzero(mask & where if isinstance(where, np.ndarray) else mask)
    cut = Cut(where.codes[at], len(where.labels)) if isinstance(where, Parts) else Whole(len(at))
    found = status(prepared, name, rules)
    counts = found.counts[at]
    ordered = cut.ordered(np.where(counts, found.took[at], np.nan))
    tallies = (cut.tally(mask).tolist() for mask in (counts, *(why[at] for why in found[1:])))
    return [
        Counted(rows, ordered[start : start + n], *why)
        for rows, start, n, *why in zip(cut.sizes.tolist(), cut.starts.tolist(), *tallies, strict=True)
    ]


def kind_of(figure: str) -> Kind:
    """Raises ValueError for a name that is no figure."""
    if figure in COUNTS:
        return "count"
    if figure in SHARES:
        return "share"
    if figure in DURATIONS or _PERCENTILE.match(figure):
        return "duration"
    meant = _MEANT.get(figure.lower()) or (figure.lower() if _PERCENTILE.match(figure.lower()) else "")
    known = f"{', '.join((*COUNTS, *SHARES, *DURATIONS))}, p90 (any percentile)"
    raise ValueError(f"{figure!r} is no figure; " + (f"did you mean {meant!r}?" if meant else f"known are {known}"))


def within(values: Floats, limit_us: float, *, inclusive: bool) -> int:
    """How many of the ordered values are within the limit."""
    return int(np.searchsorted(values, limit_us, side="right" if inclusive else "left"))


def figure_of(figure: str, found: Counted, rules: Rules, target: Length | None) -> Figure:
    """One figure of what counts. Raises ValueError for an unknown figure or a missing target."""
    kind, values, n = kind_of(figure), found.values, len(found.values)
    of = n + (found.missing if rules.missing_counts else 0)
    if figure in ("share", "share_beyond", "within", "beyond"):
        if target is None:
            raise ValueError(f"{figure} needs a target: in the interval or beside the figure")
        number = within(values, target, inclusive=rules.inclusive)
        if figure.endswith("beyond"):
            number = n - number
        if kind == "count":
            return Figure(kind, Fraction(number), n)
        return Figure(kind, Fraction(number, of) if of else None, of)
    if kind == "count":
        return Figure(kind, Fraction(of if figure == "counted" else getattr(found, figure)), found.selected)
    return Figure(kind, _duration(figure, values, rules) if n else None, n)


def _duration(figure: str, values: Floats, rules: Rules) -> Fraction | None:
    match figure:
        case "minimum" | "maximum":
            value: float | None = float(values[0 if figure == "minimum" else -1])
        case "mean" | "sum":
            # Whole microseconds, exactly: int64 holds 292,000 years of them, Python's own integers any.
            whole = values.astype(np.int64)
            total = int(whole.sum()) if np.abs(values).sum() < 9e18 else sum(whole.tolist())
            return Fraction(total, len(values) if figure == "mean" else 1)
        case "sd":
            value = float(np.std(values, ddof=rules.ddof)) if len(values) > rules.ddof else None
        case _:
            value = quantile(values, 0.5 if figure == "median" else float(figure[1:]) / 100, rules.method).value
    return None if value is None else exact(value)
