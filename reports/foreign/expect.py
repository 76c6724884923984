"""Published figures beside ours: whether they agree to the last printed digit, and if not, by which other rule they would."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import msgspec
import numpy as np
import pandas as pd

from reports.foreign import figures, printing
from reports.foreign.figures import Counted, Figure, Rules, figure_of, kept, rules_of
from reports.foreign.groups import parts
from reports.foreign.mapping import Expect, Length, Mapping, MappingError, Method, Rounding, RowRounding, Scalar, Span
from reports.foreign.prepare import Bools, Prepared
from reports.foreign.printing import Form

METHODS: tuple[str, ...] = Method.__args__  # type: ignore[attr-defined]
ROUNDINGS: tuple[Rounding, ...] = Rounding.__args__  # type: ignore[attr-defined]
ROW_ROUNDINGS: tuple[str, ...] = RowRounding.__args__  # type: ignore[attr-defined]
SHOWN = 4  # so many rules are named beside a figure
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
    of_rows = expect.figure in ("rows", "part")
    interval = "" if of_rows else expect.interval or (names[0] if len(names) == 1 else "")
    if not of_rows and interval not in prepared.spans:
        why = f"there is no interval {interval!r}" if interval else "say which `interval`"
        raise mapping.fail(f"{why}: {', '.join(names)}", *where, "interval")
    span = prepared.spans.get(interval)
    target = expect.target if expect.target is not None or span is None else next(iter(targets(span)), None)
    rules, rounding = rules_of(mapping, span), expect.rounding or mapping.statistics.rounding
    known: dict[tuple[int, Rules], Counted] = {}

    def ours(source: Prepared, by: Rules, figure: str = expect.figure) -> Figure:
        if of_rows:
            keep, part = kept(source, by), _where(source, expect, number)
            inside = int((keep if part is None else keep & part).sum())
            of = int(keep.sum())
            if figure == "rows":
                return Figure("count", Fraction(inside), inside)
            return Figure("share", Fraction(inside, of) if of else None, of)
        # What counts does not depend on what is then reckoned from it.
        key = (id(source), replace(by, method="linear", ddof=1, inclusive=True, missing_counts=False))
        if key not in known:
            known[key] = figures.counted(source, interval, by, _where(source, expect, number))
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
        for words, one in _single(prepared, expect.figure, rules):
            if printed(one(ours), rounding) == published.text:
                found.append(words)
        found += _units(published.form, expect.unit, lambda form: printed(base, rounding, form) == published.text)
        found += [_ROUNDED[how] for how in ROUNDINGS if how != rounding and printed(base, how) == published.text]
        if not found:
            for words, one in _single(prepared, expect.figure, rules):
                value = one(ours)
                found += [
                    f"{words} and {_ROUNDED[how]}"
                    for how in ROUNDINGS
                    if how != rounding and printed(value, how) == published.text
                ]
        if not found:
            found = _pairs(
                prepared, expect.figure, rules, lambda by: printed(ours(prepared, by), rounding) == published.text
            )
        for words, other in _variants(mapping) if not found else ():
            if words not in made:
                made[words] = again(other)
            if printed(ours(made[words], rules), rounding) == published.text:
                found.append(words)
    unit = published.form.unit if published.form.unit in ("s", "min", "h", "%") else ""
    return Checked(
        figure=expect.figure,
        interval=interval,
        where=", ".join(
            f"{key} {' or '.join(map(str, value)) if isinstance(value, tuple) else value}"
            for key, value in expect.where.items()
        ),
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
        values = value if isinstance(value, tuple) else (value,)
        if key in prepared.mapping.groups:
            whole = parts(prepared, key)
            part = np.isin(whole.codes, [at for at, label in enumerate(whole.labels) if _among(label, values)])
        else:
            codes, different = pd.factorize(prepared.text[key])
            part = np.array([_among(str(text), values) for text in different], dtype=bool)[codes]
        if not part.any():
            raise prepared.mapping.fail(f"no row has {key} = {value!r}", "expect", str(number), "where")
        mask = part if mask is None else mask & part
    return mask


def _among(text: str, values: tuple[Scalar, ...]) -> bool:
    """Whether a text is one of the values; a number is also meant by 07 and 7.0."""
    if text in map(str, values):
        return True
    try:
        return any(not isinstance(value, str) and float(text) == value for value in values)
    except ValueError:
        return False


def _units(form: Form, said: str, fits: Callable[[Form], bool]) -> list[str]:
    """A bare number may have been published in another unit than was taken."""
    if form.unit not in printing.UNITS or said:
        return []
    return [f"in {unit}" for unit in printing.UNITS if unit != form.unit and fits(Form(unit, form.decimals))]


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
    if figure not in ("rows", "part"):
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
    if int(kept(prepared, rules).sum()) > 200_000:
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


def _variants(mapping: Mapping) -> Iterator[tuple[str, Mapping]]:
    """Other readings of the file."""
    change = msgspec.structs.replace
    clock = mapping.time
    if clock.zone:
        zoneless = {name: change(moment, zone="") for name, moment in mapping.columns.items()}
        yield (
            "by what the clocks show, without regard to the clock change",
            change(mapping, time=change(clock, zone=""), columns=zoneless),
        )
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
