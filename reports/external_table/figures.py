"""Figures of prepared incidents, each by the rules in force: which durations count, and what is reckoned from them."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from reports.external_table.amounts import length_us, rounded
from reports.external_table.groups import Parts
from reports.external_table.mapping import Length, Mapping, Span
from reports.external_table.prepare import Bools, Floats, Prepared
from reports.external_table.printing import exact
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


@dataclass(frozen=True)
class Rules:
    """By which a figure is reckoned: those of the mapping, or others that are tried against a published figure."""

    method: str = "linear"
    ddof: int = 1
    inclusive: bool = True
    missing_counts: bool = False
    negative: str = "exclude"
    zero: str = "include"
    row_rounding: str = "none"
    limits: bool = True  # `longest` and `shortest` of the interval
    without: frozenset[str] = frozenset()  # exclusions that are not applied


def rules_of(mapping: Mapping, span: Span | None) -> Rules:
    """The mapping's rules for an interval."""
    given = msgspec.structs.asdict(mapping.statistics)
    given |= {key: value for key, value in (msgspec.structs.asdict(span) if span else {}).items() if value is not None}
    return Rules(**{key: given[key] for key in Rules.__dataclass_fields__ if key in given})


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


def kept(prepared: Prepared, rules: Rules) -> Bools:
    """The incidents that no exclusion leaves out."""
    mask = np.ones(len(prepared), dtype=bool)
    for name, out in prepared.out.items():
        if name not in rules.without:
            mask &= ~out
    return mask


def durations(prepared: Prepared, name: str, rules: Rules) -> Floats:
    """Each incident's duration after what `row_rounding` does to it."""
    span, took = prepared.spans[name], prepared.took[name]
    if rules.row_rounding.startswith("datediff") and span.start:
        unit = "m" if rules.row_rounding.endswith("min") else "s"
        start, end = (prepared.at[one].astype(f"datetime64[{unit}]") for one in (span.start, span.end))
        wide = (end - start).astype(f"timedelta64[{unit}]").astype(np.float64) * (60e6 if unit == "m" else 1e6)
        return np.where(np.isnan(took), np.nan, wide)
    return rounded(took, rules.row_rounding)  # type: ignore[arg-type]


class Status(NamedTuple):
    """Each incident's duration (negative ones as the rules say), and whether it is missing, negative, excluded."""

    took: Floats
    missing: Bools
    negative: Bools
    excluded: Bools


def status(prepared: Prepared, name: str, rules: Rules) -> Status:
    """What becomes of each incident's duration by the rules."""
    span = prepared.spans[name]
    took = durations(prepared, name, rules)
    missing = np.isnan(took)
    negative = took < 0
    if rules.negative == "zero":
        took = np.where(negative, 0.0, took)
    if rules.negative != "exclude":
        negative = np.zeros(len(took), dtype=bool)
    excluded = np.zeros(len(took), dtype=bool)
    if rules.limits:
        if span.longest is not None:
            excluded |= took > length_us(span.longest)
        if span.shortest is not None:
            excluded |= (took < length_us(span.shortest)) & ~negative
    if rules.zero == "exclude":
        excluded |= took == 0
    return Status(took, missing, negative, excluded & ~negative)


def counted(prepared: Prepared, name: str, rules: Rules, where: Bools | None = None) -> Counted:
    """What counts of an interval among the kept incidents of `where`."""
    mask = kept(prepared, rules)
    at = np.flatnonzero(mask if where is None else mask & where)
    return _counted(status(prepared, name, rules), at, Whole(len(at)))[0]


def counted_by(prepared: Prepared, name: str, rules: Rules, parts: Parts) -> list[Counted]:
    """The same for each part."""
    at = np.flatnonzero(kept(prepared, rules))
    return _counted(status(prepared, name, rules), at, Cut(parts.codes[at], len(parts.labels)))


def _counted(found: Status, at: npt.NDArray[np.int64], cut: Whole) -> list[Counted]:
    out = [mask[at] for mask in found[1:]]
    counts = ~np.any(out, axis=0)
    ordered = cut.ordered(np.where(counts, found.took[at], np.nan))
    tallies = (cut.tally(mask).tolist() for mask in (counts, *out))
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
    kind, n = kind_of(figure), len(found.values)
    values = found.values
    if figure == "rows":
        return Figure(kind, Fraction(found.selected), found.selected)
    if figure in ("missing", "negative", "excluded"):
        return Figure(kind, Fraction(getattr(found, figure)), found.selected)
    if figure == "counted":
        return Figure(kind, Fraction(n + (found.missing if rules.missing_counts else 0)), found.selected)
    if figure in ("share", "share_beyond", "within", "beyond"):
        if target is None:
            raise ValueError(f"{figure} needs a target: in the interval or beside the figure")
        number = within(values, length_us(target), inclusive=rules.inclusive)
        if figure.endswith("beyond"):
            number = n - number
        if figure in ("within", "beyond"):
            return Figure(kind, Fraction(number), n)
        of = n + (found.missing if rules.missing_counts else 0)
        return Figure(kind, Fraction(number, of) if of else None, of)
    if not n:
        return Figure(kind, None, 0)
    if figure in ("minimum", "maximum"):
        return Figure(kind, exact(float(values[0 if figure == "minimum" else -1])), n)
    if figure in ("mean", "sum"):
        total = total_of(values)
        return Figure(kind, Fraction(total, n) if figure == "mean" else Fraction(total), n)
    if figure == "sd":
        deviation = float(np.std(values, ddof=rules.ddof)) if n > rules.ddof else None
        return Figure(kind, None if deviation is None else exact(deviation), n)
    q = 0.5 if figure == "median" else float(figure[1:]) / 100
    value = quantile(values, q, rules.method).value
    return Figure(kind, None if value is None else exact(value), n)


def total_of(values: npt.NDArray[np.float64]) -> int:
    """The sum of whole microseconds, exactly: int64 holds 292,000 years of them, Python's own integers any."""
    whole = values.astype(np.int64)
    return int(whole.sum()) if np.abs(values).sum() < 9e18 else sum(whole.tolist())
