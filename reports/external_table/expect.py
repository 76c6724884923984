"""Published figures beside ours: whether they agree to the last printed digit, and if not, by which other rule they would."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pandas as pd

from reports.catalogue import marked
from reports.external_table import figures
from reports.external_table.clock import Length
from reports.external_table.conditions import said
from reports.external_table.figures import Applied, Counted, Figure, figure_of, kept, rules_of
from reports.external_table.findings import shortened
from reports.external_table.groups import parts
from reports.external_table.mapping import (
    Expect,
    Mapping,
    MappingError,
    Method,
    Not,
    Rounding,
    Scalar,
    Span,
)
from reports.external_table.prepare import Prepared
from reports.external_table.printing import UNITS, Form, Published, printed, published
from reports.external_table.times import Bools
from reports.external_table.words import Translate, both, chained, either, roundings, row_roundings
from reports.locale_formats import formats

OF_ROWS = ("rows", "part", "left_out")  # figures of incidents: no interval
MOST_PARTS = 100
MANY = 200_000  # rows: of more only the cheap rules are tried
# Those of spreadsheets, SQL, SAS, SPSS and R first: only a few are shown.
_USUAL = ("linear", "weibull", "inverted_cdf", "averaged_inverted_cdf", "median_unbiased", "hazen")
METHODS: tuple[str, ...] = tuple(dict.fromkeys((*_USUAL, *Method.__args__)))  # type: ignore[attr-defined]
ROUNDINGS: tuple[Rounding, ...] = Rounding.__args__  # type: ignore[attr-defined]
SHOWN = 4  # so many rules are named beside a figure
_WALL_CLOCK = marked("by what the clocks show, without regard to the clock change")


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

    def verdict(self, _: Translate = str) -> str:
        """As "differs; it agrees with percentile method 'higher'"."""
        if self.agrees:
            return _("agrees")
        if not self.agrees_with:
            return _("differs; no other rule that was tried gives it")
        how = chained(self.agrees_with[:SHOWN], _("{first}, or {second}"))
        said = _("differs; it agrees {how}").format(how=how)
        others = len(self.agrees_with) - SHOWN
        return said + (_(", or by others: {n}").format(n=formats(_).count(others)) if others > 0 else "")


class Trial(NamedTuple):
    """A way of reckoning and printing a figure: the mapping's, or another."""

    source: Prepared
    rules: Applied
    figure: str
    form: Form
    rounding: Rounding


Try = tuple[str, dict[str, Any]]  # its words, and what it changes: fields of a `Trial` or of its rules


def check(prepared: Prepared, again: Callable[[Mapping], Prepared]) -> tuple[Checked, ...]:
    """Every published figure of the mapping. `again` prepares the file by another mapping. Raises MappingError."""
    made: dict[str, Prepared] = {}
    return tuple(_Check(prepared, at, again, made).checked() for at in range(len(prepared.mapping.expect)))


def common(checked: Sequence[Checked]) -> tuple[str, ...]:
    """The other rules by which all figures that differ, two at least, would agree: more than chance."""
    differs = [one for one in checked if not one.agrees]
    if len(differs) < 2:
        return ()
    return tuple(rule for rule in differs[0].agrees_with if all(rule in one.agrees_with for one in differs))


class _Check:
    """One published figure. `made`: what `again` prepared for others."""

    def __init__(
        self, prepared: Prepared, number: int, again: Callable[[Mapping], Prepared], made: dict[str, Prepared]
    ) -> None:
        mapping, self._, self.where = (
            prepared.mapping,
            prepared.translate,
            ("expect", str(prepared.mapping.tables[number])),
        )
        self.prepared, self.expect, self.again, self.made = prepared, mapping.expect[number], again, made
        figure, names = self.expect.figure, list(prepared.spans)
        try:
            self.published: Published = published(self.expect, figures.kind_of(figure), mapping.file.decimal)
        except ValueError as error:
            raise mapping.fail(str(error), *self.where) from None
        self.interval = "" if figure in OF_ROWS else self.expect.interval or (names[0] if len(names) == 1 else "")
        if figure not in OF_ROWS and self.interval not in prepared.spans:
            why = f"there is no interval {self.interval!r}" if self.interval else "say which `interval`"
            raise mapping.fail(f"{why}: {', '.join(names)}", *self.where, "interval")
        span = prepared.spans.get(self.interval)
        own = () if self.expect.target is None else (self.expect.target,)
        self.target = next(iter((*own, *(targets(span) if span else ()))), None)
        rounding = self.expect.rounding or mapping.statistics.rounding
        self.base = Trial(prepared, rules_of(mapping, span), figure, self.published.form, rounding)
        self.known: dict[tuple[int, Applied], Counted] = {}
        self.masks: dict[int, Bools | None] = {}

    def checked(self) -> Checked:
        """It beside ours."""
        try:
            ours = self.ours(self.base)
        except MappingError:
            raise
        except ValueError as error:
            raise self.prepared.mapping.fail(str(error), *self.where) from None
        here, form = printed(ours, self.published.form, self.base.rounding), self.published.form
        agrees = here == self.published.text
        unit = form.unit if form.unit in (*UNITS, "%") else ""
        return Checked(
            figure=self.expect.figure,
            interval=self.interval,
            where=", ".join(_said_of(key, value, self._) for key, value in self.expect.where.items()),
            published=self.expect.published,
            here=f"{here} {unit}".strip(),
            n=ours.n,
            agrees=agrees,
            agrees_with=() if agrees else tuple(self.agrees_with()),
            source=self.expect.source,
        )

    def ours(self, trial: Trial, mask: Bools | None = None) -> Figure:
        """The figure; `mask`: of these incidents alone."""
        source, rules, figure = trial.source, trial.rules, trial.figure
        if figure in OF_ROWS:
            keep, among = kept(source, rules.without), self.part(source)
            if figure == "left_out":
                keep = ~keep
            inside, of = int((keep if among is None else keep & among).sum()), int(keep.sum())
            if figure == "part":
                return Figure("share", Fraction(inside, of) if of else None, of)
            return Figure("count", Fraction(inside), inside)
        if mask is not None:
            return figure_of(figure, figures.counted(source, self.interval, rules, mask)[0], rules, self.target)
        # What counts does not depend on what is then reckoned from it.
        same = msgspec.structs.replace(rules, method="linear", ddof=1, inclusive=True, missing_counts=False)
        if (key := (id(source), same)) not in self.known:
            self.known[key] = figures.counted(source, self.interval, rules, self.part(source))[0]
        return figure_of(figure, self.known[key], rules, self.target)

    def part(self, source: Prepared) -> Bools | None:
        """The incidents that it is of."""
        if id(source) not in self.masks:
            self.masks[id(source)] = _where(source, self.expect, *self.where)
        return self.masks[id(source)]

    def fits(self, changes: dict[str, Any]) -> bool:
        """Whether ours is the published one with these changes."""
        trial = self.base._replace(**{key: one for key, one in changes.items() if key in Trial._fields})
        rules = {key: one for key, one in changes.items() if key not in Trial._fields}
        trial = trial._replace(rules=msgspec.structs.replace(trial.rules, **rules))
        return printed(self.ours(trial), trial.form, trial.rounding) == self.published.text

    def agrees_with(self) -> list[str]:
        """The other rules and readings of the file by which it would agree: one of them, else two."""
        rules = list(_rules(self.prepared, self.base))
        singles, readings = [*rules, *_swaps(self.base.figure, self._)], []
        rounded = roundings(self._)
        ways: list[Try] = [(rounded[how], {"rounding": how}) for how in ROUNDINGS if how != self.base.rounding]
        found = self.alone((*singles, *self.units(), *ways))
        few = len(self.prepared) <= MANY
        if not found or few:
            readings = list(self.readings())
            found += self.alone(readings) + list(self.of_parts())
        few_kept = int(kept(self.prepared, self.base.rules.without).sum()) <= MANY
        return (
            found
            or self.both(product(singles, ways))
            or self.both(combinations(rules, 2) if few_kept else ())
            or self.both(product(readings, [*ways, *rules]) if few else ())
        )

    def alone(self, tries: Iterable[Try]) -> list[str]:
        """Those by which it agrees."""
        return [words for words, changes in tries if self.fits(changes)]

    def both(self, tries: Iterable[tuple[Try, Try]]) -> list[str]:
        """Those by which it agrees, of two at once that are not of the same rule."""
        return [
            both((one, two.removeprefix("with ")), self._)  # English says it once
            for (one, first), (two, second) in tries
            if not first.keys() & second.keys() and self.fits(first | second)
        ]

    def units(self) -> Iterator[Try]:
        """A bare number may have been published in another unit than was taken, or be minutes and seconds with a point."""
        (unit, decimals), text = self.published.form, self._("in {unit}")
        if unit in UNITS and not self.expect.unit:
            yield from ((text.format(unit=one), {"form": Form(one, decimals)}) for one in UNITS if one != unit)
            if decimals == 2:
                yield self._("as minutes.seconds"), {"form": Form("mm.ss", 0)}

    def readings(self) -> Iterator[Try]:
        """Other readings of the file that have such a part."""
        ends = _ends(self.prepared, self.interval)
        for words, other in _variants(self.prepared, ends):
            key = f"{words} {sorted(ends) if words == self._(_WALL_CLOCK) else ''}"
            try:
                if key not in self.made:
                    self.made[key] = self.again(other)
                self.part(self.made[key])
            except ValueError:  # read so it is no table, or has no such part
                continue
            yield words, {"source": self.made[key]}

    def of_parts(self) -> Iterator[str]:
        """The mean of the parts' figures, each part counting the same: how a table's last line is often made."""
        figure = self.base.figure
        if self.expect.where or figure in OF_ROWS or figures.kind_of(figure) == "count":
            return
        for name in self.prepared.mapping.groups:
            whole = parts(self.prepared, name)
            if not 1 < len(whole.labels) <= MOST_PARTS:
                continue
            each = [self.ours(self.base, np.equal(whole.codes, at)) for at in range(len(whole.labels))]
            values = [one.value for one in each if one.value is not None]
            mean = each[0]._replace(value=sum(values, Fraction(0)) / len(values) if values else None)
            if printed(mean, self.base.form, self.base.rounding) == self.published.text:
                yield self._("as the mean of the figures of each {group}").format(group=name)


def targets(span: Span) -> tuple[Length, ...]:
    """All targets of an interval."""
    return ((span.target,) if span.target is not None else ()) + span.targets


def _where(prepared: Prepared, expect: Expect, *at: str) -> Bools | None:
    mask: Bools | None = None
    for key, value in expect.where.items():
        values, other = _values(value)
        codes, there = parts(prepared, key) if key in prepared.mapping.groups else pd.factorize(prepared.text[key])
        asked = np.array([_among(str(text), values) for text in there], dtype=bool)
        part = asked[codes] != other
        if not part.any() or not asked.any():
            told = ", ".join(shortened(str(one)) for one in there[:20]) + (", ..." if len(there) > 20 else "")
            asking = repr(values[0]) if len(values) == 1 else repr(values)
            raise prepared.mapping.fail(f"no row has {key} = {asking}; there are {told}", *at, "where")
        mask = part if mask is None else mask & part
    return mask


def _values(given: Scalar | tuple[Scalar, ...] | Not) -> tuple[tuple[Scalar, ...], bool]:
    """The values of a part, and whether it is all others."""
    bare = given.values if isinstance(given, Not) else given
    return bare if isinstance(bare, tuple) else (bare,), isinstance(given, Not)


def _said_of(key: str, given: Scalar | tuple[Scalar, ...] | Not, _: Translate) -> str:
    values, other = _values(given)
    said = either(map(str, values), _)
    return f"{key} {_('not {values}').format(values=said) if other else said}"


def _among(text: str, values: tuple[Scalar, ...]) -> bool:
    """Whether a text is one of the values; a number is also meant by 07 and 7.0."""
    if text in map(str, values):
        return True
    try:
        return any(not isinstance(value, str) and float(text) == value for value in values)
    except ValueError:
        return False


def _swaps(figure: str, _: Translate) -> list[Try]:
    other = {"mean": (_("as the median"), "median"), "median": (_("as the mean"), "mean")}.get(figure)
    return [(other[0], {"figure": other[1]})] if other else []


def _rules(prepared: Prepared, base: Trial) -> Iterator[Try]:
    """Other rules, one at a time."""
    rules, figure, _ = base.rules, base.figure, prepared.translate
    if figure == "median" or figure.startswith("p"):
        text = _("with percentile method {method}")
        yield from ((text.format(method=repr(one)), {"method": one}) for one in METHODS if one != rules.method)
    if figure in ("share", "share_beyond", "within", "beyond"):
        words = _("with the target excluded (<)") if rules.inclusive else _("with the target included (<=)")
        yield words, {"inclusive": not rules.inclusive}
    if figure in ("share", "share_beyond", "counted"):
        without, among = _("without missing ones in the count"), _("with missing ones in the count")
        words = without if rules.missing_counts else among
        yield words, {"missing_counts": not rules.missing_counts}
    if figure == "sd":
        yield _("with ddof {n}").format(n=1 - rules.ddof), {"ddof": 1 - rules.ddof}
    if figure not in OF_ROWS:
        negative = {
            "exclude": _("with negative ones left out"),
            "include": _("with negative ones counted"),
            "zero": _("with negative ones as zero"),
        }
        yield from ((words, {"negative": how}) for how, words in negative.items() if how != rules.negative)
        if rules.zero == "exclude":
            yield _("with zero ones counted"), {"zero": "include"}
        else:
            yield _("with zero ones left out"), {"zero": "exclude"}
        yield _("without the interval's limits (longest, shortest)"), {"limits": not rules.limits}
        for how, words in row_roundings(_).items():
            if how != rules.row_rounding:
                yield _("with {what}").format(what=words), {"row_rounding": how}
    for name, out in prepared.out.items():
        if out.any():
            without = _("without the exclusion {name}").format(name=repr(prepared.called[name]))
            yield without, {"without": rules.without | {name}}
    if len(prepared.out) > 1:
        yield _("without any exclusion"), {"without": frozenset(prepared.out)}


def _ends(prepared: Prepared, interval: str) -> set[str]:
    """The times that an interval lies between, and those that they come after or before."""
    spans, columns = prepared.spans, prepared.mapping.columns
    span = spans.get(interval)
    between = [spans[one] for one in (interval, *(span.sum if span else ())) if one in spans]
    found = {end for one in between for end in (one.start, one.end) if end}
    while more := {columns[one].beside for one in found} - found - {""}:
        found |= more
    return found


def _variants(prepared: Prepared, ends: set[str]) -> Iterator[tuple[str, Mapping]]:
    """Other readings of the file."""
    mapping, _, change = prepared.mapping, prepared.translate, msgspec.structs.replace
    for at, condition in enumerate(mapping.filters):
        others = mapping.filters[:at] + mapping.filters[at + 1 :]
        without = _("without the filter {name}").format(name=repr(said(condition, _)))
        yield without, change(mapping, filters=others)
    if len(mapping.filters) > 1:
        yield _("without any filter"), change(mapping, filters=())
    clock = mapping.time
    if any(clock.zone if mapping.columns[one].zone is None else mapping.columns[one].zone for one in ends):
        zoneless = {name: change(one, zone="") if name in ends else one for name, one in mapping.columns.items()}
        yield _(_WALL_CLOCK), change(mapping, columns=zoneless)
    if any(moment.beside for moment in mapping.columns.values()):
        words = _("without the midnight roll-over") if clock.rollover else _("with the midnight roll-over")
        turned = {name: change(moment, rollover=None) for name, moment in mapping.columns.items()}
        yield words, change(mapping, time=change(clock, rollover=not clock.rollover), columns=turned)
    if mapping.duplicates:
        kept_rows = {"first": _("with the first row of each key"), "last": _("with the last row of each key")}
        for keep, words in kept_rows.items():
            if keep != mapping.duplicates.keep:
                yield words, change(mapping, duplicates=change(mapping.duplicates, keep=keep))
        yield _("with the repeated rows counted"), change(mapping, duplicates=None)
    if mapping.units:
        yield _("with each row on its own"), change(mapping, units=None)
        picks = {"latest": _("with the last unit's times"), "earliest": _("with the first unit's times")}
        for pick, words in picks.items():
            picked = {name: change(moment, pick=pick) for name, moment in mapping.columns.items()}
            yield words, change(mapping, columns=picked)
