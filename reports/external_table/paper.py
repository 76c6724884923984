"""The report of a foreign table as blocks: published figures first, each interval with its definition, then what was left out."""

import calendar
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction

from reports.catalogue import language_of
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
from reports.external_table.words import Translate, statistics
from reports.locale_formats import FIRM, formats
from reports.measures.shape import Estimate, Measured, Reached
from reports.words import problem_kinds

FEW = 20  # below so many a share is told as a count, with a word that says so


def paper(read: Read, made: datetime, translate: Translate = str) -> Paper:
    """The report in the translator's language, in which it was `read` too. What the mapping says stands as it is there."""
    report, _ = read.report, translate
    return Paper(
        title=report.title,
        made=_("made {at}").format(at=formats(_).stamp(made)),
        footer=_("{file} by {mapping}").format(file=report.file, mapping=report.mapping),
        blocks=tuple(_blocks(read, _)),
        language=language_of(_),
    )


def _blocks(read: Read, translate: Translate) -> Iterator[Block]:
    _, report, words = translate, read.report, _Words(read.prepared.mapping.statistics, translate)
    f = formats(_)
    yield Text(_("From: {file}").format(file=f"{report.file}. {report.source}" if report.source else report.file))
    yield Text(
        _(
            "Rows: {rows}. Incidents after filters, duplicates and units: {n}; of them in no exclusion: {selected}."
        ).format(rows=f.count(report.rows), n=f.count(report.incidents), selected=f.count(report.selected)),
        strong=True,
    )
    if report.first:
        when = _("From {first} to {last} ({clock}). Busiest hour {hour}: {n}.")
        clock = report.zone or _("clock on the wall")
        yield Text(
            when.format(
                first=f.moment(datetime.fromisoformat(report.first)),
                last=f.moment(datetime.fromisoformat(report.last)),
                clock=clock,
                hour=f.hour(report.busiest_hour),
                n=f.count(report.busiest_hour_rows),
            )
        )
    profile = report.profile
    if profile.targets and read.prepared.mapping.profile:
        text = _("{profile}: made for {purpose}\nSource: {source}")
        yield Text(text.format(profile=profile.name, purpose=_(profile.made_for), source=_(profile.source)))
    for warning in report.warnings:
        yield Text(_("Warning: {what}.").format(what=warning), strong=True)
    yield from _checked(report, _)
    for summary in report.summaries:
        yield Heading(summary.interval)
        yield Text(summary.definition)
        yield Text(_left(summary, _))
        head = (_("figure"), f">{_('value')}", f">{_('95 % interval')}", ">n")
        yield table(head, list(_figures(summary, words, _)), (5, 3, 4, 2))
        if summary.counted:
            yield from _charts(read, summary, _)
    label = _labels(read, _)
    for name, parts in report.groups.items():
        if not report.summaries:
            yield Heading(_("Incidents by {group}").format(group=name))
            counts = [(label(name, part.key), f.count(part.rows)) for part in parts]
            yield table((name, f">{_('incidents')}"), counts, (4, 2))
        for at, whole in enumerate(report.summaries):
            yield Heading(_("{interval} by {group}").format(interval=whole.interval, group=name))
            yield Text(whole.definition)
            limit = f.marked(spoken(whole.target.limit_s)) if whole.target else ""
            last = _("within {limit} (95 %)").format(limit=limit) if limit else _("maximum")
            yield table(
                (
                    name,
                    *(
                        f">{one}"
                        for one in (
                            _("incidents"),
                            "n",
                            _("mean"),
                            f"{_('median')}{_about(whole)} (95{FIRM}%)",
                            f"P90 (95{FIRM}%)",
                            last,
                        )
                    ),
                ),
                [(label(name, part.key), f.count(part.rows), *_part(part.summaries[at], words, _)) for part in parts],
                (4, 2, 2, 2, 4, 4, 4),
            )
    yield from _left_out(read, _)
    yield Heading(_("Rules"))
    yield Text("\n".join(f"– {rule}" for rule in report.rules))
    yield Heading(_("Files"))
    digests = (*report.files.items(), (report.mapping, report.mapping_sha256))
    yield Text("\n".join(f"{name}: sha256 {digest}" for name, digest in digests if digest))


class _Words:
    """Numbers of summaries as the mapping prints them; – for None."""

    def __init__(self, statistics: Statistics, translate: Translate) -> None:
        self._statistics, self._, self._f = statistics, translate, formats(translate)
        self.unit = f"{FIRM}{statistics.unit}" if statistics.unit in UNITS else ""

    def seconds(self, value: float | None) -> str:
        """A duration, with its unit where it needs one."""
        if value is None:
            return "–"
        form = Form(self._statistics.unit, self._statistics.decimals)
        found = printed(Figure("duration", exact(value * 1e6), 0), form, self._statistics.rounding)
        return self._f.marked(found) + self.unit

    def per_cent(self, value: float) -> str:
        """A share, without its sign."""
        exactly = Figure("share", Fraction(value).limit_denominator(10**9), 0)
        return self._f.marked(printed(exactly, Form("%", self._statistics.share_decimals), self._statistics.rounding))

    def estimate(self, found: Estimate) -> str:
        """A duration with its interval."""
        return f"{self.seconds(found.value)} {between(found, self.seconds, '({}–{})', '(–)')}"


def between(found: Estimate, say: Callable[[float], str], form: str, few: str) -> str:
    """An estimate's interval, or why there is none."""
    if found.low is None or found.high is None:
        return few
    return form.format(say(found.low), say(found.high))


def _left(summary: Measured, _: Translate) -> str:
    """How many count, and why others do not."""
    f, text = formats(_), _("{k} of {n} counted; missing an end: {missing}; negative: {negative}")
    k, n = f.count(summary.counted), f.count(summary.selected)
    said = text.format(k=k, n=n, missing=f.count(summary.missing), negative=f.count(summary.negative))
    beyond = _("; beyond the interval's limits: {n}").format(n=f.count(summary.excluded)) if summary.excluded else ""
    return f"{said}{beyond}."


def _checked(report: ForeignReport, translate: Translate) -> Iterator[Block]:
    _ = translate
    if not report.checked:
        return
    differ = sum(not one.agrees for one in report.checked)
    agree = len(report.checked) - differ
    f, called = formats(_), statistics(_)
    said = _("{k} of {n} agree to the last printed digit.").format(k=f.count(agree), n=f.count(len(report.checked)))
    first = _("Those that differ stand first: {n}.").format(n=f.count(differ)) if differ else ""
    yield Heading(_("Published figures"))
    yield Text(" ".join(part for part in (said, first) if part), strong=True)
    if rules := common(report.checked):
        yield Text(_("All that differ would agree: {rules}.").format(rules="; ".join(rules)), strong=True)
    rows = []
    for one in sorted(report.checked, key=lambda one: one.agrees):
        figure = called.get(one.figure, one.figure.upper())
        what = " ".join(part for part in (figure, one.interval) if part) + (f", {one.where}" if one.where else "")
        here = f.marked(one.here).replace(" ", FIRM)
        verdict = one.verdict(_) + (f" [{one.source}]" if one.source else "")
        rows.append((what, one.published, here, f.count(one.n), verdict))
    yield table((_("figure"), f">{_('published')}", f">{_('here')}", ">n", ""), rows, (5, 2, 2, 2, 6))


def _figures(summary: Measured, words: _Words, translate: Translate) -> Iterator[tuple[object, ...]]:
    _, f, called = translate, formats(translate), statistics(translate)
    estimates = {"median": summary.median, **summary.percentiles}
    for name, told in summary.printed.items():
        if not name.startswith("share "):
            sure = (
                between(estimates[name], words.seconds, _("{} to {}"), _("too few for one"))
                if name in estimates
                else ""
            )
            value = f.marked(told) + words.unit + (_about(summary) if name == "median" else "")
            yield (called.get(name, name.upper()), value, sure, f.count(summary.counted))
    for reached in summary.reached:
        target = reached.target
        share = f.bare(f.percent(target.share)) if target.share is not None else ""
        promised = f" {_('({share} promised)').format(share=share)}" if share else ""
        within = _("within {limit}").format(limit=f.marked(spoken(target.limit_s)))
        yield (
            f"{within} ({'<' if target.under else '<='}){promised}",
            _within(reached, summary, _, whole=True),
            between(reached.within, words.per_cent, _("{} % to {} %"), _("too few for one")),
            f.count(summary.shared),
        )


def _within(reached: Reached, summary: Measured, _: Translate, *, whole: bool = False) -> str:
    f = formats(_)
    count = f.count(reached.within_count)
    said = _("{k} of {n}").format(k=count, n=f.count(summary.shared)) if whole else count
    few = f" {_('(fewer than {least})').format(least=FEW)}" if summary.shared < FEW else ""
    return f"{said}{few}, {f.marked(summary.printed[f'share {reached.target.limit_s:g}'])}{FIRM}%"


def _about(summary: Measured) -> str:
    """How sure a median is, by how its times were written down."""
    return f" ±{FIRM}{summary.within_min}{FIRM}min" if summary.within_min else ""


def _part(summary: Measured, words: _Words, _: Translate) -> tuple[object, ...]:
    last = words.seconds(summary.maximum)
    if summary.reached:
        first = summary.reached[0]
        last = f"{_within(first, summary, _)} {between(first.within, words.per_cent, '({}–{})', '(–)')}"
    estimates = (words.estimate(summary.median), words.estimate(summary.p90))
    return (formats(_).count(summary.counted), words.seconds(summary.mean), *estimates, last)


def _labels(read: Read, _: Translate) -> Callable[[str, str], str]:
    """What a part of a group is called. The parts' own keys are codes: those of weekdays and months are English names."""
    groups, f = read.prepared.mapping.groups, formats(_)
    names = {
        "weekday": {name: f.weekday(at) for at, name in enumerate(calendar.day_name)},
        "month_of_year": {name: f.month(at) for at, name in enumerate(calendar.month_name) if at},
    }

    def label(group: str, key: str) -> str:
        return names.get(groups[group].by, {}).get(key) or shortened(key, _) or _("not known")

    return label


def _charts(read: Read, summary: Measured, translate: Translate) -> Iterator[Block]:
    prepared, name = read.prepared, next(iter(read.prepared.at), "")
    found = figures.status(prepared, summary.interval, rules_of(prepared.mapping, prepared.spans[summary.interval]))
    counts = figures.kept(prepared) & found.counts
    wall = prepared.wall(name) if name and not undated(prepared.mapping, name) else None
    marks = prepared.text["\0class"].to_numpy(object) if prepared.mapping.classes else None
    limits = [reached.target.limit_s for reached in summary.reached]
    yield from of_durations(summary.interval, found.took / 1e6, counts, limits, wall, name, marks, translate)


def _left_out(read: Read, translate: Translate) -> Iterator[Block]:
    _, report, number = translate, read.report, formats(translate).count
    yield Heading(_("What was left out"))
    rows: list[tuple[object, ...]] = [(_("rows of the file"), number(report.rows), "", "")]
    for step in report.steps:
        rows.append((step.what, *map(number, (step.before, step.after, step.before - step.after))))
    content = read.prepared.called | {said(one): described(one, _) for one in read.prepared.mapping.exclusions}
    for name, count in report.excluded.items():
        what = _("exclusion: {what}").format(what=content[name])
        rows.append((what, number(report.incidents), "", number(count)))
    yield table((_("rule"), f">{_('before')}", f">{_('after')}", f">{_('left out')}"), rows, (6, 2, 2, 2))
    if len(report.excluded) > 1:
        yield Text(
            _("An incident may be in several exclusions; in at least one: {n}.").format(
                n=number(report.incidents - report.selected)
            )
        )
    yield Heading(_("Rows that need a look"))
    if not report.findings:
        yield Text(_("None."))
        return
    yield Text(_("Rows count from the head of the file, which is row 1. The first of each kind are named."))
    kinds = problem_kinds(_)
    rows = [
        (
            kinds[one.kind],
            one.where,
            one.done,
            number(one.count),
            ", ".join(f"{row} ({says})" if says else str(row) for row, says in one.first),
        )
        for one in report.findings
    ]
    yield table((_("kind"), _("where"), _("what was done"), f">{_('rows')}", _("the first")), rows, (2, 3, 4, 1.5, 6))
