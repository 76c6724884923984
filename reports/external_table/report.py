"""The report of a foreign table: figures as the mapping asks for them, published figures beside, and what is wrong with rows."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from incidents.intervals import Profile, Target
from incidents.log.regular_files import open_regular
from reports.external_table import expect, figures, table
from reports.external_table.clock import Length
from reports.external_table.conditions import unknown
from reports.external_table.expect import Checked, targets
from reports.external_table.figures import Counted, Figure, figure_of, rules_of
from reports.external_table.findings import ROW_BITS, ROWS, Finding, Findings
from reports.external_table.groups import parts
from reports.external_table.mapping import Mapping, Span, columns_of, shown_in, undated
from reports.external_table.prepare import Prepared, Step, prepare
from reports.external_table.printing import Form, printed
from reports.external_table.table import ROW
from reports.external_table.words import Translate, both, negatives, odd_hours, roundings, row_roundings
from reports.locale_formats import FIRM, formats
from reports.measures.estimates import quantiles
from reports.measures.local import busiest_hour
from reports.measures.profiles import PROFILES
from reports.measures.shape import Estimate, Group, Measured, Report, Selection
from reports.measures.summaries import held

FEW = 5  # so many files are named one by one


class Part(Group, frozen=True, kw_only=True):
    """A part of the incidents; its summaries are `Measured`."""

    summaries: tuple[Measured, ...]


class ForeignReport(Report, frozen=True, kw_only=True):
    """The report of a foreign table; `excluded`: exclusion -> its incidents, also those that an earlier one left out."""

    source: str
    file: str
    files: dict[str, str]  # name -> SHA-256
    sha256: str  # of the one file
    mapping: str
    mapping_sha256: str
    zone: str
    incidents: int  # after filters, duplicates and units; `selected` of them are in no exclusion
    steps: tuple[Step, ...]
    rules: tuple[str, ...]  # every rule in force, a sentence each
    summaries: tuple[Measured, ...]
    groups: dict[str, tuple[Part, ...]]  # type: ignore[assignment]
    findings: tuple[Finding, ...]
    checked: tuple[Checked, ...]
    warnings: tuple[str, ...]


@dataclass
class Read:
    """A foreign table, read and reckoned."""

    report: ForeignReport
    prepared: Prepared

    def durations(self, interval: str) -> np.ndarray:
        """The counted durations of an interval, seconds, in order."""
        rules = rules_of(self.prepared.mapping, self.prepared.spans[interval])
        return figures.counted(self.prepared, interval, rules)[0].values / 1e6


def read(
    path: Path | Sequence[Path], mapping: Mapping, mapping_path: Path | None = None, translate: Translate = str
) -> Read:
    """Reads a table of one or several files by a mapping and reckons its report in the translator's language; its codes stay.

    Raises MappingError, TableError, OSError: in English, for who mends a mapping has its keys and its document before them.
    """
    _ = translate
    paths = [path] if isinstance(path, Path) else list(path)
    files = table.names_of(paths)
    several = files if len(files) > 1 else ()
    findings = Findings(several, _)
    raw = table.read_all(paths, mapping, findings)
    total = len(raw) + sum(one.count for one in findings.found)
    prepared = prepare(raw, mapping, several, _)
    found = (*findings.found, *prepared.findings.found, *_limits(prepared))
    checked = expect.check(prepared, lambda other: prepare(raw, other, several, _))
    digests = {name: _digest(one) for name, one in zip(files, paths, strict=True)}
    keep = figures.kept(prepared)
    first, last, busiest, most = _when(prepared, keep)
    report = ForeignReport(
        title=mapping.title or paths[0].name,
        profile=_profile(prepared),
        selection=Selection(classes=()),
        rows=total,
        selected=int(keep.sum()),
        excluded={name: int(mask.sum()) for name, mask in prepared.out.items()},
        open=0,
        first=first,
        last=last,
        summaries=tuple(_summaries(prepared, name)[0] for name in prepared.spans),
        groups={name: _parts(prepared, name, keep) for name in mapping.groups},
        busiest_hour=busiest,
        busiest_hour_rows=most,
        problems=tuple(problem for one in found for problem in one.problems()),
        percentile_method=mapping.statistics.method,
        source=mapping.source,
        file=", ".join(files)
        if len(files) <= FEW
        else _("{n} files, {first} to {last}").format(n=formats(_).count(len(files)), first=files[0], last=files[-1]),
        files=digests,
        sha256="" if several else digests[files[0]],
        mapping=mapping.name,
        mapping_sha256=_digest(mapping_path) if mapping_path else "",
        zone=mapping.time.zone,
        incidents=len(prepared),
        steps=tuple(prepared.steps),
        rules=tuple(_rules(mapping, _)),
        findings=found,
        checked=checked,
        warnings=tuple(unknown(mapping, raw, _)),
    )
    return Read(report, prepared)


def rows(prepared: Prepared) -> pd.DataFrame:
    """A row an incident: its row in the file, class, groups, times (UTC), durations (s) and what left it or a duration out."""
    number, files = prepared.text[ROW], np.array(prepared.findings.names, dtype=object)
    made: dict[str, object] = {"file": files[number.to_numpy() >> ROW_BITS].astype(str)} if len(files) else {}
    made[ROW] = number & ROWS
    if prepared.mapping.classes:
        made["class"] = prepared.text["\0class"].astype(str)
    for name in prepared.mapping.groups:
        part = parts(prepared, name)
        made[name] = np.array([*part.labels, ""], dtype=object)[part.codes].astype(str)
    for name, at in prepared.at.items():
        made[name] = pd.DatetimeIndex(at, tz="UTC" if shown_in(prepared.mapping, name) else None)
    for name, span in prepared.spans.items():
        found = figures.status(prepared, name, rules_of(prepared.mapping, span))
        made[f"{name}_s"], made[f"{name}_counts"] = found.took / 1e6, found.counts
    out = np.full(len(prepared), "", dtype=object)
    for name, mask in reversed(prepared.out.items()):
        out[mask] = name
    made["left_out"] = out.astype(str)
    return pd.DataFrame(made)


def _summaries(prepared: Prepared, name: str, group: str = "") -> list[Measured]:
    """A summary of an interval of all incidents, or of each part of a group, their percentiles reckoned together."""
    statistics, rules = prepared.mapping.statistics, rules_of(prepared.mapping, prepared.spans[name])
    found = figures.counted(prepared, name, rules, parts(prepared, group) if group else None)
    counts = np.array([len(one.values) for one in found], dtype=np.int64)
    ordered = np.concatenate([one.values for one in found] or [np.array([])]) / 1e6
    made = {
        f"p{one:g}": quantiles(ordered, np.cumsum(counts) - counts, counts, one / 100, rules.method)
        for one in dict.fromkeys((50.0, 90.0, 95.0, 99.0, *statistics.percentiles))
    }
    return [
        _measured(
            prepared,
            name,
            one,
            prepared.coarse_min(name),
            {key: _to_microseconds(each.estimate(at)) for key, each in made.items()},
        )
        for at, one in enumerate(found)
    ]


def _measured(
    prepared: Prepared, name: str, found: Counted, within_min: int, estimates: dict[str, Estimate]
) -> Measured:
    mapping, span = prepared.mapping, prepared.spans[name]
    statistics, rules, n = mapping.statistics, rules_of(mapping, span), len(found.values)
    form, shares = Form(statistics.unit, statistics.decimals), Form("%", statistics.share_decimals)
    percentiles = [f"p{one:g}" for one in statistics.percentiles if one != 50]
    exactly = {
        figure: figure_of(figure, found, rules, None)
        for figure in ("mean", "median", *percentiles, "minimum", "maximum", "sd")
    }
    told = {figure: printed(one, form, statistics.rounding) for figure, one in exactly.items()}
    limits, within, of = _targets(mapping, name, span), [], n + (found.missing if rules.missing_counts else 0)
    for limit in limits:
        us = Length(limit.limit_s)
        within.append(figures.within(found.values, us, inclusive=not limit.under))
        share = Figure("share", Fraction(within[-1], of) if of else None, of)
        told[f"share {limit.limit_s:g}"] = printed(share, shares, statistics.rounding)
    mean, low, high = (
        None if (value := exactly[figure].value) is None else float(value) / 1e6
        for figure in ("mean", "minimum", "maximum")
    )
    return Measured(
        interval=name,
        definition=definition(mapping, span, prepared.translate),
        selected=found.selected,
        counted=n,
        shared=of,
        missing=found.missing,
        negative=found.negative,
        excluded=found.excluded,
        open=0,
        corrected=0,
        mean=mean,
        median=estimates.pop("p50"),
        p90=estimates["p90"],
        p95=estimates["p95"],
        p99=estimates["p99"],
        maximum=high,
        minimum=low,
        sd=float(np.std(found.values / 1e6, ddof=rules.ddof)) if n > rules.ddof else None,
        percentiles={key: one for key, one in estimates.items() if float(key[1:]) in statistics.percentiles},
        printed=told,
        within_min=within_min,
        **held(limits, within, of),
    )


def _to_microseconds(found: Estimate) -> Estimate:
    """What lies beyond a microsecond is the float's own."""
    value, low, high = (None if one is None else round(one, 6) for one in (found.value, found.low, found.high))
    return Estimate(value=value, low=low, high=high)


def _parts(prepared: Prepared, name: str, keep: np.ndarray) -> tuple[Part, ...]:
    part = parts(prepared, name)
    sizes = np.bincount(part.codes[keep], minlength=len(part.labels)).tolist()
    made = [_summaries(prepared, interval, name) for interval in prepared.spans]
    return tuple(
        Part(key=label, rows=sizes[at], summaries=tuple(summaries[at] for summaries in made))
        for at, label in enumerate(part.labels)
    )


def _targets(mapping: Mapping, name: str, span: Span) -> tuple[Target, ...]:
    under = not rules_of(mapping, span).inclusive
    own = (Target(interval=name, limit_s=limit / 1e6, share=span.share, under=under) for limit in targets(span))
    profile = PROFILES.get(mapping.profile)
    return (*own, *(one for one in (profile.targets if profile else ()) if one.interval == name))


def definition(mapping: Mapping, span: Span, _: Translate) -> str:
    """What an interval is: in the mapping's words, or the design's, and from which columns."""
    if span.column:
        made = _("the column {column}, in {unit}").format(column=span.column, unit=span.unit)
    elif span.sum:
        made = _("the sum of {intervals}").format(intervals=", ".join(span.sum))
    else:
        made = _("{} to {}").format(_origin(mapping, span.start, _), _origin(mapping, span.end, _))
    given = span.definition if mapping.intervals else _(span.definition)
    return f"{given} ({made})" if given else made


def _origin(mapping: Mapping, name: str, _: Translate) -> str:
    moment = mapping.columns[name]
    columns = both((", ".join(columns_of(one)) for one in (moment.column, moment.date, moment.time) if one), _)
    if mapping.units:
        picks = {
            "earliest": _("{columns}, the earliest of its rows"),
            "latest": _("{columns}, the latest of its rows"),
            "first": _("{columns}, the first of its rows"),
            "last": _("{columns}, the last of its rows"),
        }
        return f"{name} [{picks[moment.pick].format(columns=columns)}]"
    return f"{name} [{columns}]" if columns != name else name


def _profile(prepared: Prepared) -> Profile:
    mapping, _ = prepared.mapping, prepared.translate
    if mapping.profile:
        if mapping.profile not in PROFILES:
            raise mapping.fail(f"there is no profile {mapping.profile!r}: {', '.join(PROFILES)}", "profile")
        return PROFILES[mapping.profile]
    own = tuple(target for name, span in prepared.spans.items() for target in _targets(mapping, name, span))
    source = mapping.source or mapping.name
    return Profile(name=_("of the mapping"), targets=own, made_for=_("the table it is read from"), source=source)


def _limits(prepared: Prepared) -> Iterable[Finding]:
    """Missing, negative and limited durations of the incidents that are in no exclusion."""
    _, keep = prepared.translate, figures.kept(prepared)
    findings, f = Findings(prepared.findings.names, _), formats(_)
    numbers = prepared.text[ROW].to_numpy()
    for name, span in prepared.spans.items():
        rules, took = rules_of(prepared.mapping, span), prepared.took[name]
        found = figures.status(prepared, name, rules)
        missing, in_share = _("an end is missing: not counted"), _("; in the denominator of the share")
        for kind, done, rows in (
            ("negative", negatives(_)[rules.negative], took < 0),
            ("missing", missing + (in_share if rules.missing_counts else ""), found.missing),
            ("excluded", _("beyond the interval's limits: not counted"), found.excluded),
        ):
            says = () if kind == "missing" else (f"{f.exact(one)}{FIRM}s" for one in took[rows & keep] / 1e6)
            findings.add(kind, name, done, numbers[rows & keep], says)  # type: ignore[arg-type]
    return findings.found


def _when(prepared: Prepared, keep: np.ndarray) -> tuple[str, str, str, int]:
    """First, last and busiest hour by the first of the mapping's times."""
    name = next(iter(prepared.at), "")
    if not name or undated(prepared.mapping, name):
        return "", "", "", 0
    at, zone = prepared.at[name][keep], shown_in(prepared.mapping, name)
    at = at[~np.isnat(at)]
    if not len(at):
        return "", "", "", 0
    known = pd.DatetimeIndex([at.min(), at.max()], tz="UTC").tz_convert(zone or None)
    first, last = (one.isoformat(timespec="seconds") for one in known)
    return first, last, *busiest_hour(at, ZoneInfo(zone) if zone else None)


def _rules(mapping: Mapping, _: Translate) -> Iterable[str]:
    statistics, clock, done = mapping.statistics, mapping.time, odd_hours(_)
    text = _("percentiles: numpy's method {method}; standard deviation with ddof {ddof}")
    yield text.format(method=repr(statistics.method), ddof=statistics.ddof)
    yield _("printed in {unit}, decimals: {decimals}, of shares: {shares}; {rounding}").format(
        unit=statistics.unit,
        decimals=statistics.decimals,
        shares=statistics.share_decimals,
        rounding=roundings(_)[statistics.rounding],
    )
    yield (
        _("a duration equal to its target is within it, unless the interval says otherwise")
        if statistics.inclusive
        else _("a duration equal to its target is not within it, unless the interval says otherwise")
    )
    yield (
        _("missing ones are in the denominator of a share")
        if statistics.missing_counts
        else _("missing ones are not in the denominator of a share")
    )
    zero = _("not counted") if statistics.zero == "exclude" else _("counted")
    yield _("negative durations: {negative}; zero: {zero}; {rows}").format(
        negative=negatives(_)[statistics.negative], zero=zero, rows=row_roundings(_)[statistics.row_rounding]
    )
    if clock.zone:
        yield _("times without an offset are {zone}; a repeated hour: {repeated}; a skipped one: {skipped}").format(
            zone=clock.zone, repeated=done[clock.repeated], skipped=done[clock.skipped]
        )
    else:
        yield _(
            "no time zone is given: durations are differences of what the clocks show,"
            " an hour off across a clock change"
        )
    yield _(
        "intervals at 95 %: Wilson for shares, order statistics for percentiles; the file's incidents taken as a sample"
    )


def _digest(path: Path) -> str:
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
