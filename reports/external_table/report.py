"""The report of a foreign table: figures as the mapping asks for them, published figures beside, and what is wrong with rows."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from incidents.intervals import Profile, Target
from reports.external_table import expect, figures, table, times
from reports.external_table.amounts import length_us
from reports.external_table.conditions import unknown
from reports.external_table.expect import Checked, targets
from reports.external_table.figures import Counted, Rules, rules_of
from reports.external_table.findings import ROW_BITS, ROWS, Finding, Findings
from reports.external_table.groups import parts
from reports.external_table.mapping import Mapping, Span, columns_of, shown_in, undated
from reports.external_table.prepare import Prepared, Step, prepare
from reports.external_table.printing import Form, duration
from reports.external_table.printing import share as per_cent
from reports.external_table.table import ROW
from reports.measures.estimates import quantiles, share
from reports.measures.profiles import PROFILES
from reports.measures.shape import Estimate, Group, Measured, Reached, Report, Selection

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
        return counted(self.prepared, interval).values / 1e6


def read(path: Path | Sequence[Path], mapping: Mapping, mapping_path: Path | None = None) -> Read:
    """Reads a table of one or several files by a mapping and reckons its report. Raises MappingError, TableError, OSError."""
    paths = [path] if isinstance(path, Path) else list(path)
    files = table.names_of(paths)
    several = files if len(files) > 1 else ()
    findings = Findings(several)
    raw = table.read_all(paths, mapping, findings)
    total = len(raw) + sum(one.count for one in findings.found)
    prepared = prepare(raw, mapping, several)
    found = [*findings.found, *prepared.findings.found, *_limits(prepared)]
    checked = expect.check(prepared, lambda other: prepare(raw, other, several))
    digests = {name: _digest(one) for name, one in zip(files, paths, strict=True)}
    names = list(prepared.spans)
    summaries = tuple(_summaries(prepared, name, [counted(prepared, name)])[0] for name in names)
    keep = figures.kept(prepared, Rules())
    first, last, busiest, most = _when(prepared, keep)
    return Read(
        ForeignReport(
            title=mapping.title or paths[0].name,
            profile=_profile(prepared),
            selection=Selection(classes=()),
            rows=total,
            selected=int(keep.sum()),
            excluded={name: int(mask.sum()) for name, mask in prepared.out.items()},
            open=0,
            first=first,
            last=last,
            summaries=summaries,
            groups={name: _parts(prepared, name) for name in mapping.groups},
            busiest_hour=busiest,
            busiest_hour_rows=most,
            problems=tuple(problem for one in found for problem in one.problems()),
            percentile_method=mapping.statistics.method,
            source=mapping.source,
            file=", ".join(files) if len(files) <= FEW else f"{len(files)} files, {files[0]} to {files[-1]}",
            files=digests,
            sha256="" if several else digests[files[0]],
            mapping=mapping.name,
            mapping_sha256=_digest(mapping_path) if mapping_path else "",
            zone=mapping.time.zone,
            incidents=len(prepared),
            steps=tuple(prepared.steps),
            rules=tuple(_rules(mapping)),
            findings=tuple(found),
            checked=checked,
            warnings=tuple(unknown(mapping, raw)),
        ),
        prepared,
    )


def counted(prepared: Prepared, name: str) -> Counted:
    """What counts of an interval by the mapping's own rules."""
    return figures.counted(prepared, name, rules_of(prepared.mapping, prepared.spans[name]))


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
    for name in prepared.spans:
        rules = rules_of(prepared.mapping, prepared.spans[name])
        took, missing, negative, excluded = figures.status(prepared, name, rules)
        made[f"{name}_s"] = took / 1e6
        made[f"{name}_counts"] = ~(missing | negative | excluded)
    out = np.full(len(prepared), "", dtype=object)
    for name, mask in reversed(prepared.out.items()):
        out[mask] = name
    made["left_out"] = out.astype(str)
    return pd.DataFrame(made)


def _summaries(prepared: Prepared, name: str, found: Sequence[Counted]) -> list[Measured]:
    """A summary of an interval for each part, their percentiles reckoned together."""
    statistics, method = prepared.mapping.statistics, rules_of(prepared.mapping, prepared.spans[name]).method
    counts = np.array([len(one.values) for one in found], dtype=np.int64)
    ordered = np.concatenate([one.values for one in found] or [np.array([])]) / 1e6
    made = {
        f"p{one:g}": quantiles(ordered, np.cumsum(counts) - counts, counts, one / 100, method)
        for one in dict.fromkeys((50.0, 90.0, 95.0, 99.0, *statistics.percentiles))
    }
    return [
        _measured(prepared, name, one, {key: _to_microseconds(each.estimate(at)) for key, each in made.items()})
        for at, one in enumerate(found)
    ]


def _measured(prepared: Prepared, name: str, found: Counted, estimates: dict[str, Estimate]) -> Measured:
    mapping, span = prepared.mapping, prepared.spans[name]
    statistics, rules = mapping.statistics, rules_of(mapping, span)
    values = found.values / 1e6
    form, printed = Form(statistics.unit, statistics.decimals), {}
    names = [
        "mean",
        "median",
        *(f"p{one:g}" for one in statistics.percentiles if one != 50),
        "minimum",
        "maximum",
        "sd",
    ]
    for figure in names:
        value = figures.figure_of(figure, found, rules, None).value
        printed[figure] = "–" if value is None else duration(value, form, statistics.rounding)
    reached, of = [], len(values) + (found.missing if rules.missing_counts else 0)
    for limit in _targets(mapping, name, span):
        number = figures.within(found.values, length_us(limit.limit_s), inclusive=not limit.under)
        reached.append(Reached(target=limit, within=share(number, of), within_count=number))
        printed[f"share {limit.limit_s:g}"] = (
            per_cent(Fraction(number, of), Form("%", statistics.share_decimals), statistics.rounding) if of else "–"
        )
    n = len(values)
    return Measured(
        interval=name,
        definition=definition(mapping, name, span),
        selected=found.selected,
        counted=n,
        shared=of,
        missing=found.missing,
        negative=found.negative,
        excluded=found.excluded,
        open=0,
        corrected=0,
        mean=figures.total_of(found.values) / n / 1e6 if n else None,
        median=estimates.pop("p50"),
        p90=estimates["p90"],
        p95=estimates["p95"],
        p99=estimates["p99"],
        maximum=float(values[-1]) if n else None,
        minimum=float(values[0]) if n else None,
        sd=float(np.std(values, ddof=rules.ddof)) if n > rules.ddof else None,
        percentiles={name: one for name, one in estimates.items() if float(name[1:]) in statistics.percentiles},
        printed=printed,
        target=reached[0].target if reached else None,
        within=reached[0].within if reached else None,
        within_count=reached[0].within_count if reached else 0,
        further=tuple(reached[1:]),
    )


def _to_microseconds(found: Estimate) -> Estimate:
    """What lies beyond a microsecond is the float's own."""
    value, low, high = (None if one is None else round(one, 6) for one in (found.value, found.low, found.high))
    return Estimate(value=value, low=low, high=high)


def _parts(prepared: Prepared, name: str) -> tuple[Part, ...]:
    part = parts(prepared, name)
    sizes = np.bincount(part.codes[figures.kept(prepared, Rules())], minlength=len(part.labels))
    made = [
        _summaries(prepared, one, figures.counted_by(prepared, one, rules_of(prepared.mapping, span), part))
        for one, span in prepared.spans.items()
    ]
    return tuple(
        Part(key=label, rows=int(sizes[at]), summaries=tuple(summaries[at] for summaries in made))
        for at, label in enumerate(part.labels)
    )


def _targets(mapping: Mapping, name: str, span: Span) -> tuple[Target, ...]:
    rules = rules_of(mapping, span)
    own = tuple(
        Target(interval=name, limit_s=length_us(limit) / 1e6, share=span.share, under=not rules.inclusive)
        for limit in targets(span)
    )
    profile = PROFILES.get(mapping.profile)
    return own + tuple(one for one in (profile.targets if profile else ()) if one.interval == name)


def definition(mapping: Mapping, name: str, span: Span) -> str:
    """What an interval is: in the mapping's words, and from which columns."""
    if span.column:
        made = f"the column {span.column}, in {span.unit}"
    elif span.sum:
        made = "the sum of " + ", ".join(span.sum)
    else:
        made = f"{_origin(mapping, span.start)} to {_origin(mapping, span.end)}"
    return f"{span.definition} ({made})" if span.definition else made


def _origin(mapping: Mapping, name: str) -> str:
    moment = mapping.columns[name]
    given = (moment.column, moment.date, moment.time)
    columns = " and ".join(", ".join(columns_of(one)) for one in given if one)
    picked = f", the {moment.pick} of its rows" if mapping.units else ""
    return f"{name} [{columns}{picked}]" if columns != name or picked else name


def _profile(prepared: Prepared) -> Profile:
    mapping = prepared.mapping
    if mapping.profile:
        if mapping.profile not in PROFILES:
            raise mapping.fail(f"there is no profile {mapping.profile!r}: {', '.join(PROFILES)}", "profile")
        return PROFILES[mapping.profile]
    own = tuple(target for name, span in prepared.spans.items() for target in _targets(mapping, name, span))
    return Profile(
        name="of the mapping", targets=own, made_for="the table it is read from", source=mapping.source or mapping.name
    )


def _limits(prepared: Prepared) -> Iterable[Finding]:
    """Missing, negative and limited durations of the incidents that are in no exclusion."""
    findings = Findings(prepared.findings.names)
    keep, numbers = figures.kept(prepared, Rules()), prepared.text[ROW].to_numpy()
    for name, span in prepared.spans.items():
        rules = rules_of(prepared.mapping, span)
        _, missing, _, excluded = figures.status(prepared, name, rules)
        took = prepared.took[name]
        below = (took < 0) & keep
        done = {"exclude": "not counted", "include": "counted", "zero": "counted as zero"}[rules.negative]
        findings.add("negative", name, done, numbers[below], (f"{one:g} s" for one in took[below] / 1e6))
        in_share = "; in the denominator of the share" if rules.missing_counts else ""
        findings.add("missing", name, f"an end is missing: not counted{in_share}", numbers[missing & keep])
        over = excluded & keep
        findings.add(
            "excluded",
            name,
            "beyond the interval's limits: not counted",
            numbers[over],
            (f"{one:g} s" for one in took[over] / 1e6),
        )
    return findings.found


def _when(prepared: Prepared, keep: np.ndarray) -> tuple[str, str, str, int]:
    """First, last and busiest hour by the first of the mapping's times."""
    name = next(iter(prepared.at), "")
    if not name or undated(prepared.mapping, name):
        return "", "", "", 0
    at, zone = prepared.at[name][keep], shown_in(prepared.mapping, name)
    wall = times.local(at, zone).dropna()
    if wall.empty:
        return "", "", "", 0
    hours, counts = np.unique(wall.to_numpy().astype("datetime64[h]"), return_counts=True)
    most = int(counts.argmax())
    known = pd.DatetimeIndex(at[~np.isnat(at)], tz="UTC").tz_convert(zone) if zone else wall
    first, last = (one.isoformat(timespec="seconds") for one in (known.min(), known.max()))
    return first, last, str(hours[most]).replace("T", " ") + ":00", int(counts[most])


def _rules(mapping: Mapping) -> Iterable[str]:
    statistics, clock = mapping.statistics, mapping.time
    yield f"percentiles: numpy's method {statistics.method!r}; standard deviation with ddof {statistics.ddof}"
    places = f"{statistics.decimals} decimals, shares with {statistics.share_decimals}"
    yield f"printed in {statistics.unit} with {places}; rounding: {statistics.rounding}"
    equal = "within" if statistics.inclusive else "not within"
    yield f"a duration equal to its target is {equal} it, unless the interval says otherwise"
    yield f"missing ones are {'' if statistics.missing_counts else 'not '}in the denominator of a share"
    yield f"negative durations: {statistics.negative}; zero: {statistics.zero}; each row's duration: {statistics.row_rounding}"
    if clock.zone:
        yield f"times without an offset are {clock.zone}; a repeated hour: {clock.repeated}; a skipped one: {clock.skipped}"
    else:
        yield "no time zone is given: durations are differences of what the clocks show, an hour off across a clock change"
    yield "intervals at 95 %: Wilson for shares, order statistics for percentiles; the file's incidents taken as a sample"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
