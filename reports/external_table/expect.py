"""Published figures beside ours: whether they agree to the last printed digit, and if not, by which other rule they would."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import msgspec
import numpy as np
import pandas as pd

from reports.external_table import figures, printing
from reports.external_table.conditions import said
from reports.external_table.figures import Counted, Figure, Rules, figure_of, kept, rules_of
from reports.external_table.findings import shortened
from reports.external_table.groups import parts
from reports.external_table.mapping import (
    Expect,
    Length,
    Mapping,
    MappingError,
    Method,
    Not,
    Rounding,
    RowRounding,
    Scalar,
    Span,
)
from reports.external_table.prepare import Bools, Prepared
from reports.external_table.printing import Form

OF_ROWS = ("rows", "part", "left_out")  # figures of incidents: no interval
MOST_PARTS = 100
MANY = 200_000  # rows: of more only the cheap rules are tried
# Those of spreadsheets, SQL, SAS, SPSS and R first: only a few are shown.
_USUAL = ("linear", "weibull", "inverted_cdf", "averaged_inverted_cdf", "median_unbiased", "hazen")
METHODS: tuple[str, ...] = tuple(dict.fromkeys((*_USUAL, *Method.__args__)))  # type: ignore[attr-defined]
ROUNDINGS: tuple[Rounding, ...] = Rounding.__args__  # type: ignore[attr-defined]
ROW_ROUNDINGS: tuple[str, ...] = RowRounding.__args__  # type: ignore[attr-defined]
SHOWN = 4  # so many rules are named beside a figure
_WALL_CLOCK = "by what the clocks show, without regard to the clock change"
_ROUNDED = {
    "half_up": "rounded half up",
    "half_even": "rounded half to even",
    "truncate": "truncated",
    "up": "rounded up",
}
_ROW_ROUNDED = {
    "none": "each row's duration as it is",
    "truncate_s": "each row's duration truncated to seconds",
    "half_up_s": "each row's duration rounded to seconds",
    "truncate_min": "each row's duration truncated to minutes",
    "half_up_min": "each row's duration rounded to minutes",
    "datediff_min": "each row's duration as the difference of its minutes on the clock",
    "datediff_s": "each row's duration as the difference of its seconds on the clock",
}


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A published figure, ours in the same form, and the other rules by which ours would be the published one."""

    figure: str
    interval: str
    where: str
    published: str
    here: str
    n: int
    agrees: bool
    agrees_with: tuple[str, ...] = ()
    source: str = ""

    @property
    def sentence(self) -> str:
        """As "published 5:23, here 5:25: differs; with percentile method 'higher' it agrees"."""
        said = f"published {self.published}, here {self.here}: "
        if self.agrees:
            return said + "agrees"
        if not self.agrees_with:
            return said + "differs; no other rule that was tried gives it"
        more = f", or by {len(self.agrees_with) - SHOWN} other rules" if len(self.agrees_with) > SHOWN else ""
        return said + "differs; it agrees " + ", or ".join(self.agrees_with[:SHOWN]) + more


def check(prepared: Prepared, again: Callable[[Mapping], Prepared]) -> tuple[Checked, ...]:
    """Every published figure of the mapping. `again` prepares the file by another mapping. Raises MappingError."""
    made: dict[str, Prepared] = {}
    return tuple(_check(prepared, one, at, again, made) for at, one in enumerate(prepared.mapping.expect))


def common(checked: Sequence[Checked]) -> tuple[str, ...]:
    """The other rules by which all figures that differ, two at least, would agree: more than chance."""
    differs = [one for one in checked if not one.agrees]
    if len(differs) < 2:
        return ()
    return tuple(rule for rule in differs[0].agrees_with if all(rule in one.agrees_with for one in differs))


def _check(
    prepared: Prepared, expect: Expect, number: int, again: Callable[[Mapping], Prepared], made: dict[str, Prepared]
) -> Checked:
    mapping, where = prepared.mapping, ("expect", str(number))
    try:
        kind = figures.kind_of(expect.figure)
        published = printing.read(expect.published, kind, expect.unit, mapping.file.decimal)
    except ValueError as error:
        raise mapping.fail(str(error), *where) from None
    names = list(prepared.spans)
    of_rows = expect.figure in OF_ROWS
    interval = "" if of_rows else expect.interval or (names[0] if len(names) == 1 else "")
    if not of_rows and interval not in prepared.spans:
        why = f"there is no interval {interval!r}" if interval else "say which `interval`"
        raise mapping.fail(f"{why}: {', '.join(names)}", *where, "interval")
    span = prepared.spans.get(interval)
    target = expect.target if expect.target is not None or span is None else next(iter(targets(span)), None)
    rules, rounding = rules_of(mapping, span), expect.rounding or mapping.statistics.rounding
    known: dict[tuple[int, Rules], Counted] = {}

    masks: dict[int, Bools | None] = {}

    def part(source: Prepared) -> Bools | None:
        if id(source) not in masks:
            masks[id(source)] = _where(source, expect, number)
        return masks[id(source)]

    def ours(source: Prepared, by: Rules, figure: str = expect.figure, mask: Bools | None = None) -> Figure:
        if of_rows:
            keep, among = kept(source, by), part(source)
            if figure == "left_out":
                keep = ~keep
            inside = int((keep if among is None else keep & among).sum())
            of = int(keep.sum())
            if figure != "part":
                return Figure("count", Fraction(inside), inside)
            return Figure("share", Fraction(inside, of) if of else None, of)
        if mask is not None:
            return figure_of(figure, figures.counted(source, interval, by, mask), by, target)
        # What counts does not depend on what is then reckoned from it.
        key = (id(source), replace(by, method="linear", ddof=1, inclusive=True, missing_counts=False))
        if key not in known:
            known[key] = figures.counted(source, interval, by, part(source))
        return figure_of(figure, known[key], by, target)

    def printed(found: Figure, how: Rounding, form: Form = published.form) -> str:
        if found.value is None:
            return "–"
        if kind == "count":
            return printing.number(found.value, 0, how)
        return (printing.share if kind == "share" else printing.duration)(found.value, form, how)

    try:
        base = ours(prepared, rules)
    except MappingError:
        raise
    except ValueError as error:
        raise mapping.fail(str(error), *where) from None
    here = printed(base, rounding)
    agrees, found = here == published.text, []
    if not agrees:

        def fits(value: Figure, how: Rounding = rounding, form: Form = published.form) -> bool:
            return printed(value, how, form) == published.text

        def readings() -> Iterator[tuple[str, Prepared]]:
            ends = _ends(prepared, interval)
            for words, other in _variants(mapping, ends):
                key = f"{words} {sorted(ends) if words == _WALL_CLOCK else ''}"
                try:
                    if key not in made:
                        made[key] = again(other)
                    part(made[key])
                except ValueError:  # read so it is no table, or has no such part
                    continue
                yield words, made[key]

        singles = list(_single(prepared, expect.figure, rules))
        others = [how for how in ROUNDINGS if how != rounding]
        found += [words for words, one in singles if fits(one(ours))]
        clock = printed(base, rounding, Form("mm:ss", 0)) if kind == "duration" else ""
        found += _units(published.form, expect.unit, lambda form: fits(base, rounding, form), published.text, clock)
        found += [_ROUNDED[how] for how in others if fits(base, how)]
        if not found or len(prepared) <= MANY:
            found += [words for words, source in readings() if fits(ours(source, rules))]
            found += _of_parts(prepared, expect, lambda mask: ours(prepared, rules, mask=mask), fits)
        if not found:
            found += [
                f"{words} and {_ROUNDED[how]}" for words, one in singles for how in others if fits(one(ours), how)
            ]
        if not found:
            found = _pairs(prepared, expect.figure, rules, lambda by: fits(ours(prepared, by)))
        if not found and len(prepared) <= MANY:
            for words, source in readings():
                found += [f"{words} and {_ROUNDED[how]}" for how in others if fits(ours(source, rules), how)]
                found += [
                    f"{words} and {rule.removeprefix('with ')}"
                    for rule, by in _rules(source, expect.figure, rules)
                    if fits(ours(source, by))
                ]
    unit = published.form.unit if published.form.unit in ("s", "min", "h", "%") else ""
    return Checked(
        figure=expect.figure,
        interval=interval,
        where=", ".join(_said_of(key, value) for key, value in expect.where.items()),
        published=expect.published,
        here=f"{here} {unit}".strip(),
        n=base.n,
        agrees=agrees,
        agrees_with=tuple(found),
        source=expect.source,
    )


def targets(span: Span) -> tuple[Length, ...]:
    """All targets of an interval."""
    return ((span.target,) if span.target is not None else ()) + span.targets


def _where(prepared: Prepared, expect: Expect, number: int) -> Bools | None:
    mask: Bools | None = None
    for key, value in expect.where.items():
        values, other = _values(value)
        if key in prepared.mapping.groups:
            whole = parts(prepared, key)
            labels = [at for at, label in enumerate(whole.labels) if _among(label, values)]
            part, known = np.isin(whole.codes, labels), bool(labels)
        else:
            codes, different = pd.factorize(prepared.text[key])
            part = np.array([_among(str(text), values) for text in different], dtype=bool)[codes]
            known = bool(part.any())
        part = ~part if other else part
        if not part.any() or not known:
            there = [str(one) for one in (whole.labels if key in prepared.mapping.groups else different)]
            told = ", ".join(shortened(one) for one in there[:20]) + (", ..." if len(there) > 20 else "")
            raise prepared.mapping.fail(
                f"no row has {key} = {_told(values)}; there are {told}", "expect", str(number), "where"
            )
        mask = part if mask is None else mask & part
    return mask


def _values(given: Scalar | tuple[Scalar, ...] | Not) -> tuple[tuple[Scalar, ...], bool]:
    """The values of a part, and whether it is all others."""
    bare = given.values if isinstance(given, Not) else given
    return bare if isinstance(bare, tuple) else (bare,), isinstance(given, Not)


def _told(values: tuple[Scalar, ...]) -> str:
    return repr(values[0]) if len(values) == 1 else repr(values)


def _said_of(key: str, given: Scalar | tuple[Scalar, ...] | Not) -> str:
    values, other = _values(given)
    return f"{key} {'not ' if other else ''}{' or '.join(map(str, values))}"


def _among(text: str, values: tuple[Scalar, ...]) -> bool:
    """Whether a text is one of the values; a number is also meant by 07 and 7.0."""
    if text in map(str, values):
        return True
    try:
        return any(not isinstance(value, str) and float(text) == value for value in values)
    except ValueError:
        return False


def _units(form: Form, said: str, fits: Callable[[Form], bool], text: str, clock: str) -> list[str]:
    """A bare number may have been published in another unit than was taken, or be minutes and seconds with a point."""
    if form.unit not in printing.UNITS or said:
        return []
    found = [f"in {unit}" for unit in printing.UNITS if unit != form.unit and fits(Form(unit, form.decimals))]
    return found + (["as minutes.seconds"] if form.decimals == 2 and text == clock.replace(":", ".") else [])


def _of_parts(
    prepared: Prepared, expect: Expect, ours: Callable[[Bools], Figure], fits: Callable[[Figure], bool]
) -> Iterator[str]:
    """The mean of the parts' figures, each part counting the same: how a table's last line is often made."""
    if expect.where or expect.figure in OF_ROWS or figures.kind_of(expect.figure) == "count":
        return
    for name in prepared.mapping.groups:
        whole = parts(prepared, name)
        if not 1 < len(whole.labels) <= MOST_PARTS:
            continue
        each = [ours(np.equal(whole.codes, at)) for at in range(len(whole.labels))]
        values = [one.value for one in each if one.value is not None]
        if values and fits(each[0]._replace(value=sum(values, Fraction(0)) / len(values))):
            yield f"as the mean of the figures of each {name}"


Ours = Callable[..., Figure]


def _single(prepared: Prepared, figure: str, rules: Rules) -> Iterator[tuple[str, Callable[[Ours], Figure]]]:
    """One other rule at a time."""
    for words, by in _rules(prepared, figure, rules):
        yield words, lambda ours, by=by: ours(prepared, by)  # type: ignore[misc]
    swap = {"mean": "median", "median": "mean"}.get(figure)
    if swap:
        yield f"as the {swap}", lambda ours: ours(prepared, rules, swap)


def _rules(prepared: Prepared, figure: str, rules: Rules) -> Iterator[tuple[str, Rules]]:
    if figure == "median" or figure.startswith("p"):
        for method in METHODS:
            if method != rules.method:
                yield f"with percentile method {method!r}", replace(rules, method=method)
    if figure in ("share", "share_beyond", "within", "beyond"):
        words = "with the target excluded (<)" if rules.inclusive else "with the target included (<=)"
        yield words, replace(rules, inclusive=not rules.inclusive)
    if figure in ("share", "share_beyond", "counted"):
        words = "without missing ones in the count" if rules.missing_counts else "with missing ones in the count"
        yield words, replace(rules, missing_counts=not rules.missing_counts)
    if figure == "sd":
        yield f"with ddof {1 - rules.ddof}", replace(rules, ddof=1 - rules.ddof)
    if figure not in OF_ROWS:
        for negative, words in (
            ("exclude", "with negative ones left out"),
            ("include", "with negative ones counted"),
            ("zero", "with negative ones as zero"),
        ):
            if negative != rules.negative:
                yield words, replace(rules, negative=negative)
        zero = "include" if rules.zero == "exclude" else "exclude"
        yield f"with zero ones {'counted' if zero == 'include' else 'left out'}", replace(rules, zero=zero)
        yield "without the interval's limits (longest, shortest)", replace(rules, limits=not rules.limits)
        for how in ROW_ROUNDINGS:
            if how != rules.row_rounding:
                yield f"with {_ROW_ROUNDED[how]}", replace(rules, row_rounding=how)
    for name in prepared.out:
        if prepared.out[name].any():
            yield f"without the exclusion {name!r}", replace(rules, without=rules.without | {name})
    if len(prepared.out) > 1:
        yield "without any exclusion", replace(rules, without=frozenset(prepared.out))


def _pairs(prepared: Prepared, figure: str, rules: Rules, fits: Callable[[Rules], bool]) -> list[str]:
    """Two other rules at once, where one changes what counts: over many rows only as long as that is cheap."""
    if int(kept(prepared, rules).sum()) > MANY:
        return []
    singles = list(_rules(prepared, figure, rules))
    found = []
    for at, (words, one) in enumerate(singles):
        for others, two in singles[at + 1 :]:
            changed = [key for key in Rules.__dataclass_fields__ if getattr(one, key) != getattr(rules, key)]
            if any(getattr(two, key) != getattr(rules, key) for key in changed):
                continue  # the same rule twice
            both = replace(two, **{key: getattr(one, key) for key in changed})
            if fits(both):
                found.append(f"{words} and {others.removeprefix('with ')}")
    return found


def _ends(prepared: Prepared, interval: str) -> set[str]:
    """The times that an interval lies between, and those that they come after."""
    spans, columns = prepared.spans, prepared.mapping.columns
    span = spans.get(interval)
    found = {end for one in (interval, *(span.sum if span else ())) if one in spans for end in _of(spans[one])}
    while more := {columns[one].after for one in found} - found - {""}:
        found |= more
    return found


def _of(span: Span) -> tuple[str, ...]:
    return (span.start, span.end) if span.start else ()


def _variants(mapping: Mapping, ends: set[str]) -> Iterator[tuple[str, Mapping]]:
    """Other readings of the file."""
    change = msgspec.structs.replace
    for at, condition in enumerate(mapping.filters):
        others = mapping.filters[:at] + mapping.filters[at + 1 :]
        yield f"without the filter {said(condition)!r}", change(mapping, filters=others)
    if len(mapping.filters) > 1:
        yield "without any filter", change(mapping, filters=())
    clock = mapping.time
    if any(clock.zone if mapping.columns[one].zone is None else mapping.columns[one].zone for one in ends):
        zoneless = {name: change(one, zone="") if name in ends else one for name, one in mapping.columns.items()}
        yield _WALL_CLOCK, change(mapping, columns=zoneless)
    if any(moment.after for moment in mapping.columns.values()):
        words = "without the midnight roll-over" if clock.rollover else "with the midnight roll-over"
        turned = {name: change(moment, rollover=None) for name, moment in mapping.columns.items()}
        yield words, change(mapping, time=change(clock, rollover=not clock.rollover), columns=turned)
    if mapping.duplicates:
        for keep in ("first", "last"):
            if keep != mapping.duplicates.keep:
                yield (
                    f"with the {keep} row of each key",
                    change(mapping, duplicates=change(mapping.duplicates, keep=keep)),
                )
        yield "with the repeated rows counted", change(mapping, duplicates=None)
    if mapping.units:
        yield "with each row on its own", change(mapping, units=None)
        for pick, words in (("latest", "with the last unit's times"), ("earliest", "with the first unit's times")):
            picked = {name: change(moment, pick=pick) for name, moment in mapping.columns.items()}
            yield words, change(mapping, columns=picked)
