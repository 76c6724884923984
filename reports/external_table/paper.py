"""The report of a foreign table as blocks: published figures first, each interval with its definition, then what was left out."""

from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction

import numpy as np

from reports.content import Block, Dots, Ecdf, Heading, Paper, Text, table
from reports.external_table import figures
from reports.external_table.conditions import described, said
from reports.external_table.expect import common
from reports.external_table.figures import Figure, rules_of
from reports.external_table.findings import shortened
from reports.external_table.mapping import undated
from reports.external_table.printing import Form, exact, printed
from reports.external_table.printing import target as spoken
from reports.external_table.report import ForeignReport, Read
from reports.measures.shape import Estimate, Measured, Reached

FEW = 20  # below so many a share is told as a count, with a word that says so
_NAMES = {"mean": "mean", "median": "median", "minimum": "minimum", "maximum": "maximum", "sd": "standard deviation"}


def paper(read: Read, made: datetime) -> Paper:
    """The report, ready to be written."""
    report = read.report
    return Paper(
        title=report.title,
        made=f"made {made:%Y-%m-%d %H:%M:%S} UTC",
        footer=f"{report.file} by {report.mapping}",
        blocks=tuple(_blocks(read)),
    )


def _blocks(read: Read) -> Iterator[Block]:
    report = read.report
    seconds, per_cent = _printers(read)
    unit = _unit(read)
    yield Text(f"From {report.file}" + (f": {report.source}" if report.source else ""))
    yield Text(
        f"{report.rows} rows; {report.incidents} incidents after filters, duplicates and units;"
        f" {report.selected} of them in no exclusion.",
        strong=True,
    )
    if report.first:
        clock = report.zone or "clock on the wall"
        yield Text(
            f"From {report.first} to {report.last} ({clock}); busiest hour {report.busiest_hour} with {report.busiest_hour_rows}."
        )
    profile = report.profile
    if profile.targets and read.prepared.mapping.profile:
        yield Text(f"Targets of {profile.name}: made for {profile.made_for} Source: {profile.source}")
    for warning in report.warnings:
        yield Text(f"Warning: {warning}.", strong=True)
    yield from _checked(report)
    for summary in report.summaries:
        yield Heading(summary.interval)
        yield Text(summary.definition)
        yield Text(_count(summary))
        yield table("figure|>value|>95 % interval|>n", list(_figures(summary, unit, seconds, per_cent)), (5, 3, 4, 2))
        values = read.durations(summary.interval)
        limits = tuple(reached.target.limit_s for reached in summary.reached)
        if len(values):
            yield Ecdf(
                title=f"{summary.interval}: share of the {summary.counted} counted up to each length",
                values=values,
                limits=limits,
            )
            yield from _dots(read, summary, limits)
    for name, parts in report.groups.items():
        if not report.summaries:
            yield Heading(f"Incidents by {name}")
            yield table(
                f"{name}|>incidents", [(shortened(part.key) or "not known", part.rows) for part in parts], (4, 2)
            )
        for at, whole in enumerate(report.summaries):
            yield Heading(f"{whole.interval} by {name}")
            yield Text(whole.definition)
            yield table(
                f"{name}|>incidents|>n|>mean|>median (95 %)|>P90 (95 %)|>{_within_title(whole)}",
                [_part_row(shortened(part.key), part.rows, part.summaries[at], seconds, per_cent) for part in parts],
                (4, 2, 2, 2, 4, 4, 4),
            )
    yield from _left_out(read)
    yield Heading("Rules")
    yield Text("\n".join(f"– {rule}" for rule in report.rules))
    yield Heading("Files")
    digests = (*report.files.items(), (report.mapping, report.mapping_sha256))
    yield Text("\n".join(f"{name}: sha256 {digest}" for name, digest in digests if digest))


Seconds = Callable[[float | None], str]
PerCent = Callable[[float | None], str]


def _printers(read: Read) -> tuple[Seconds, PerCent]:
    statistics = read.prepared.mapping.statistics
    form, shares = Form(statistics.unit, statistics.decimals), Form("%", statistics.share_decimals)
    unit = _unit(read)

    def seconds(value: float | None) -> str:
        if value is None:
            return "–"
        return printed(Figure("duration", exact(value * 1e6), 0), form, statistics.rounding) + unit

    def per_cent(value: float | None) -> str:
        if value is None:
            return "–"
        return printed(Figure("share", Fraction(value).limit_denominator(10**9), 0), shares, statistics.rounding) + " %"

    return seconds, per_cent


def _unit(read: Read) -> str:
    unit = read.prepared.mapping.statistics.unit
    return f" {unit}" if unit in ("s", "min", "h") else ""


def _checked(report: ForeignReport) -> Iterator[Block]:
    if not report.checked:
        return
    differ = sum(not one.agrees for one in report.checked)
    first = f"; {differ} {'differs and stands' if differ == 1 else 'differ and stand'} first" if differ else ""
    agree = len(report.checked) - differ
    yield Heading("Published figures")
    yield Text(f"{agree} of {len(report.checked)} agree to the last printed digit{first}.", strong=True)
    if rules := common(report.checked):
        yield Text(f"All that differ would agree {', or '.join(rules)}.", strong=True)
    rows = []
    for one in sorted(report.checked, key=lambda one: one.agrees):
        what = " ".join(part for part in (one.figure, one.interval) if part) + (f", {one.where}" if one.where else "")
        verdict = one.sentence.split(": ", 1)[1] if ": " in one.sentence else one.sentence
        rows.append((what, one.published, one.here, one.n, verdict + (f" [{one.source}]" if one.source else "")))
    yield table("figure|>published|>here|>n|", rows, (5, 2, 2, 2, 6))


def _count(summary: Measured) -> str:
    parts = [f"{summary.missing} missing an end", f"{summary.negative} negative"]
    if summary.excluded:
        parts.append(f"{summary.excluded} beyond the interval's limits")
    return f"{summary.counted} of {summary.selected} counted; {', '.join(parts)}."


def _figures(summary: Measured, unit: str, seconds: Seconds, per_cent: PerCent) -> Iterator[tuple[object, ...]]:
    estimates = {"median": summary.median, **summary.percentiles}
    for name, told in summary.printed.items():
        if name.startswith("share "):
            continue
        estimate = estimates.get(name)
        yield (
            _NAMES.get(name, name.upper()),
            told + unit,
            between(estimate, seconds) if estimate else "",
            summary.counted,
        )
    for reached in summary.reached:
        yield _within(reached, summary, per_cent)


def between(estimate: Estimate, say: Callable[[float | None], str]) -> str:
    """Its interval, or why there is none."""
    if estimate.low is None or estimate.high is None:
        return "too few for one"
    return f"{say(estimate.low)} to {say(estimate.high)}"


def _within(reached: Reached, summary: Measured, per_cent: PerCent) -> tuple[object, ...]:
    target = reached.target
    sign = "<" if target.under else "<="
    of = summary.shared
    promised = f", {target.share:.0%} promised" if target.share is not None else ""
    few = f" (fewer than {FEW})" if of < FEW else ""
    printed = summary.printed[f"share {target.limit_s:g}"]
    return (
        f"within {spoken(target.limit_s)} ({sign}){promised}",
        f"{reached.within_count} of {of}{few}, {printed} %",
        between(reached.within, per_cent),
        of,
    )


def _within_title(summary: Measured) -> str:
    return f"within {spoken(summary.target.limit_s)} (95 %)" if summary.target else "maximum"


def _part_row(key: str, rows: int, summary: Measured, seconds: Seconds, per_cent: PerCent) -> tuple[object, ...]:
    last = seconds(summary.maximum)
    if summary.target and summary.within:
        few = f" (fewer than {FEW})" if summary.shared < FEW else ""
        printed = summary.printed[f"share {summary.target.limit_s:g}"]
        last = f"{summary.within_count}{few}, {printed} % {_short(summary.within, per_cent)}"
    return (
        key or "not known",
        rows,
        summary.counted,
        seconds(summary.mean),
        f"{seconds(summary.median.value)} {_short(summary.median, seconds)}",
        f"{seconds(summary.p90.value)} {_short(summary.p90, seconds)}",
        last,
    )


def _short(estimate: Estimate, say: Callable[[float | None], str]) -> str:
    if estimate.low is None or estimate.high is None:
        return "(–)"
    return f"({say(estimate.low).removesuffix(' %')}–{say(estimate.high).removesuffix(' %')})"


def _dots(read: Read, summary: Measured, limits: tuple[float, ...]) -> Iterator[Block]:
    prepared = read.prepared
    name = next(iter(prepared.at), "")
    if not name or undated(prepared.mapping, name):
        return
    rules = rules_of(prepared.mapping, prepared.spans[summary.interval])
    found = figures.status(prepared, summary.interval, rules)
    mask = figures.kept(prepared) & found.counts
    wall = prepared.wall(name)
    mask &= wall.notna().to_numpy(bool)
    if mask.any():
        days = wall.to_numpy().astype("datetime64[us]")[mask].view(np.int64) / 86_400e6
        classes = (
            prepared.text["\0class"].to_numpy(object)[mask] if prepared.mapping.classes else [""] * int(mask.sum())
        )
        yield Dots(
            title=f"{summary.interval}: each counted incident, by {name}",
            days=days,
            values=found.took[mask] / 1e6,
            marks=[str(one) for one in classes],
            limits=limits,
        )


def _left_out(read: Read) -> Iterator[Block]:
    report = read.report
    yield Heading("What was left out")
    rows: list[tuple[object, ...]] = [("rows of the file", report.rows, "", "")]
    rows += [(step.what, step.before, step.after, step.before - step.after) for step in report.steps]
    content = {said(one): described(one) for one in read.prepared.mapping.exclusions}
    for name, count in report.excluded.items():
        rows.append((f"exclusion: {content.get(name, name)}", report.incidents, "", count))
    yield table("rule|>before|>after|>left out", rows, (6, 2, 2, 2))
    if len(report.excluded) > 1:
        yield Text(
            f"An incident may be in several exclusions; {report.incidents - report.selected} are in at least one."
        )
    yield Heading("Rows that need a look")
    if not report.findings:
        yield Text("None.")
        return
    yield Text("Rows count from the head of the file, which is row 1. The first of each kind are named.")
    yield table(
        "kind|where|what was done|>rows|the first",
        [
            (
                one.kind.replace("_", " "),
                one.where,
                one.done,
                one.count,
                ", ".join(f"{row} ({says})" if says else str(row) for row, says in one.first),
            )
            for one in report.findings
        ],
        (2, 3, 4, 1.5, 6),
    )
