"""The report of a foreign table as blocks: published figures first, each interval with its definition, then what was left out."""

from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction

from reports.charts import of_durations
from reports.content import Block, Heading, Paper, Text, table
from reports.external_table import figures
from reports.external_table.conditions import described, said
from reports.external_table.expect import common
from reports.external_table.figures import Figure, rules_of
from reports.external_table.findings import shortened
from reports.external_table.mapping import Statistics, undated
from reports.external_table.printing import UNITS, Form, exact, printed
from reports.external_table.printing import target as spoken
from reports.external_table.report import ForeignReport, Read
from reports.locale_formats import formats
from reports.measures.shape import Estimate, Measured, Reached

FEW = 20  # below so many a share is told as a count, with a word that says so
_NAMES = {"mean": "mean", "median": "median", "minimum": "minimum", "maximum": "maximum", "sd": "standard deviation"}


def paper(read: Read, made: datetime) -> Paper:
    """The report, ready to be written."""
    report = read.report
    return Paper(
        title=report.title,
        made=f"made {formats(str).stamp(made)}",
        footer=f"{report.file} by {report.mapping}",
        blocks=tuple(_blocks(read)),
    )


def _blocks(read: Read) -> Iterator[Block]:
    report, words = read.report, _Words(read.prepared.mapping.statistics)
    yield Text(f"From {report.file}" + (f": {report.source}" if report.source else ""))
    yield Text(
        f"{report.rows} rows; {report.incidents} incidents after filters, duplicates and units;"
        f" {report.selected} of them in no exclusion.",
        strong=True,
    )
    if report.first:
        busiest = f"busiest hour {report.busiest_hour} with {report.busiest_hour_rows}"
        yield Text(f"From {report.first} to {report.last} ({report.zone or 'clock on the wall'}); {busiest}.")
    profile = report.profile
    if profile.targets and read.prepared.mapping.profile:
        yield Text(f"Targets of {profile.name}: made for {profile.made_for} Source: {profile.source}")
    for warning in report.warnings:
        yield Text(f"Warning: {warning}.", strong=True)
    yield from _checked(report)
    for summary in report.summaries:
        yield Heading(summary.interval)
        yield Text(summary.definition)
        beyond = f", {summary.excluded} beyond the interval's limits" if summary.excluded else ""
        left = f"{summary.missing} missing an end, {summary.negative} negative{beyond}"
        yield Text(f"{summary.counted} of {summary.selected} counted; {left}.")
        yield table(("figure", ">value", ">95 % interval", ">n"), list(_figures(summary, words)), (5, 3, 4, 2))
        if summary.counted:
            yield from _charts(read, summary)
    for name, parts in report.groups.items():
        if not report.summaries:
            yield Heading(f"Incidents by {name}")
            counts = [(shortened(part.key) or "not known", part.rows) for part in parts]
            yield table((name, ">incidents"), counts, (4, 2))
        for at, whole in enumerate(report.summaries):
            yield Heading(f"{whole.interval} by {name}")
            yield Text(whole.definition)
            last = f"within {spoken(whole.target.limit_s)} (95 %)" if whole.target else "maximum"
            yield table(
                (name, ">incidents", ">n", ">mean", ">median (95 %)", ">P90 (95 %)", f">{last}"),
                [(shortened(part.key) or "not known", part.rows, *_part(part.summaries[at], words)) for part in parts],
                (4, 2, 2, 2, 4, 4, 4),
            )
    yield from _left_out(read)
    yield Heading("Rules")
    yield Text("\n".join(f"– {rule}" for rule in report.rules))
    yield Heading("Files")
    digests = (*report.files.items(), (report.mapping, report.mapping_sha256))
    yield Text("\n".join(f"{name}: sha256 {digest}" for name, digest in digests if digest))


class _Words:
    """Numbers of summaries as the mapping prints them; – for None."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self.unit = f" {statistics.unit}" if statistics.unit in UNITS else ""

    def seconds(self, value: float | None) -> str:
        """A duration, with its unit where it needs one."""
        if value is None:
            return "–"
        form = Form(self._statistics.unit, self._statistics.decimals)
        return printed(Figure("duration", exact(value * 1e6), 0), form, self._statistics.rounding) + self.unit

    def per_cent(self, value: float) -> str:
        """A share, without its sign."""
        exactly = Figure("share", Fraction(value).limit_denominator(10**9), 0)
        return printed(exactly, Form("%", self._statistics.share_decimals), self._statistics.rounding)

    def estimate(self, found: Estimate) -> str:
        """A duration with its interval."""
        return f"{self.seconds(found.value)} {between(found, self.seconds, '({}–{})', '(–)')}"


def between(found: Estimate, say: Callable[[float], str], form: str, few: str = "too few for one") -> str:
    """An estimate's interval, or why there is none."""
    if found.low is None or found.high is None:
        return few
    return form.format(say(found.low), say(found.high))


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
    yield table(("figure", ">published", ">here", ">n", ""), rows, (5, 2, 2, 2, 6))


def _figures(summary: Measured, words: _Words) -> Iterator[tuple[object, ...]]:
    estimates = {"median": summary.median, **summary.percentiles}
    for name, told in summary.printed.items():
        if not name.startswith("share "):
            sure = between(estimates[name], words.seconds, "{} to {}") if name in estimates else ""
            yield (_NAMES.get(name, name.upper()), told + words.unit, sure, summary.counted)
    for reached in summary.reached:
        target = reached.target
        promised = (
            f", {formats(str).bare(formats(str).percent(target.share))} promised" if target.share is not None else ""
        )
        yield (
            f"within {spoken(target.limit_s)} ({'<' if target.under else '<='}){promised}",
            _within(reached, summary, f" of {summary.shared}"),
            between(reached.within, words.per_cent, "{} % to {} %"),
            summary.shared,
        )


def _within(reached: Reached, summary: Measured, of: str = "") -> str:
    few = f" (fewer than {FEW})" if summary.shared < FEW else ""
    return f"{reached.within_count}{of}{few}, {summary.printed[f'share {reached.target.limit_s:g}']} %"


def _part(summary: Measured, words: _Words) -> tuple[object, ...]:
    last = words.seconds(summary.maximum)
    if summary.reached:
        first = summary.reached[0]
        last = f"{_within(first, summary)} {between(first.within, words.per_cent, '({}–{})', '(–)')}"
    estimates = (words.estimate(summary.median), words.estimate(summary.p90))
    return (summary.counted, words.seconds(summary.mean), *estimates, last)


def _charts(read: Read, summary: Measured) -> Iterator[Block]:
    prepared, name = read.prepared, next(iter(read.prepared.at), "")
    found = figures.status(prepared, summary.interval, rules_of(prepared.mapping, prepared.spans[summary.interval]))
    counts = figures.kept(prepared) & found.counts
    wall = prepared.wall(name) if name and not undated(prepared.mapping, name) else None
    marks = prepared.text["\0class"].to_numpy(object) if prepared.mapping.classes else None
    limits = [reached.target.limit_s for reached in summary.reached]
    yield from of_durations(summary.interval, found.took / 1e6, counts, limits, wall, name, marks, str)


def _left_out(read: Read) -> Iterator[Block]:
    report = read.report
    yield Heading("What was left out")
    rows: list[tuple[object, ...]] = [("rows of the file", report.rows, "", "")]
    rows += [(step.what, step.before, step.after, step.before - step.after) for step in report.steps]
    content = {said(one): described(one) for one in read.prepared.mapping.exclusions}
    for name, count in report.excluded.items():
        rows.append((f"exclusion: {content.get(name, name)}", report.incidents, "", count))
    yield table(("rule", ">before", ">after", ">left out"), rows, (6, 2, 2, 2))
    if len(report.excluded) > 1:
        yield Text(
            f"An incident may be in several exclusions; {report.incidents - report.selected} are in at least one."
        )
    yield Heading("Rows that need a look")
    if not report.findings:
        yield Text("None.")
        return
    yield Text("Rows count from the head of the file, which is row 1. The first of each kind are named.")
    rows = [
        (
            one.kind.replace("_", " "),
            one.where,
            one.done,
            one.count,
            ", ".join(f"{row} ({says})" if says else str(row) for row, says in one.first),
        )
        for one in report.findings
    ]
    yield table(("kind", "where", "what was done", ">rows", "the first"), rows, (2, 3, 4, 1.5, 6))
