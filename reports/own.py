"""The report of Vigie's own log as blocks: the promise first, then each interval with its count and definition."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

import numpy as np
import pandas as pd

from reports.catalogue import language_of, named
from reports.charts import of_durations
from reports.content import Block, Heading, Paper, Table, Text, table
from reports.counted import counted
from reports.locale_formats import FIRM, NONE, formats
from reports.measures.estimates import ENOUGH
from reports.measures.local import belgian
from reports.measures.shape import DURATION_SUFFIX, Breakdown, Estimate, Reached, Report, Selection, Summary
from reports.words import centres, codes, problem_kinds, span

_EACH = ("negative", "held_up")  # what is said of each is its own
Translate = Callable[[str], str]


def paper(
    report: Report,
    rows: pd.DataFrame,
    names: Mapping[str, str],
    made: datetime,
    reason: str = "",
    translate: Translate = str,
) -> Paper:
    """The report of the selected rows, in the translator's language. `names`: of zones by their key; `reason`: why figures of
    operators were asked for."""
    _ = translate
    return Paper(
        title=report.title,
        made=_("made {at}").format(at=formats(_).stamp(made)),
        footer=f"{report.profile.name}; {said(report.selection, _)}",
        blocks=tuple(_Writer(report, rows, names, reason, _).blocks()),
        language=language_of(_),
    )


def said(selection: Selection, translate: Translate = str) -> str:
    """A selection in words."""
    _, known, whole = translate, codes(translate), Selection()
    f, parts = formats(_), []
    if selection.since or selection.until:
        first = f.day(selection.since) if selection.since else _("the beginning")
        last = f.day(selection.until) if selection.until else _("now")
        parts.append(_("{first} to {last}").format(first=first, last=last))
    classes = [known.get(f"class.{name}", name) if name else _("not classified") for name in selection.classes]
    parts.append(_("classes {names}").format(names=", ".join(classes) or _("all")))
    parts.append(_("drills included") if selection.drills else _("drills excluded"))
    if selection.paper != whole.paper:
        parts.append(_("without those entered from paper"))
    for what, text in (
        ("zones", _("zones {names}")),
        ("cics", _("centres {names}")),
        ("operators", _("operators {names}")),
        ("shifts", _("shifts {names}")),
        ("weekdays", _("weekdays {names}")),
        ("hours", _("hours {names}")),
    ):
        if values := getattr(selection, what):
            named = [f.weekday(int(value)) for value in values] if what == "weekdays" else map(str, values)
            parts.append(text.format(names=", ".join(named)))
    return "; ".join(parts)


class _Writer:
    def __init__(
        self, report: Report, rows: pd.DataFrame, names: Mapping[str, str], reason: str, translate: Translate
    ) -> None:
        self.report, self.rows, self.names, self.reason = report, rows, names, reason
        self._, self.f = translate, formats(translate)
        self.codes, self.centres = codes(translate), centres(translate)

    def blocks(self) -> Iterator[Block]:
        _, report, f = self._, self.report, self.f
        if self.reason:
            yield Text(
                _("Figures of operators were asked for because: {reason}").format(reason=self.reason), strong=True
            )
        if report.promise is not None:
            for reached in report.promise.reached:
                promise = self._promise(reached, report.promise)
                yield Text(_("Real presses, police on the scene: {promise}").format(promise=promise), strong=True)
        for summary in report.summaries:
            for reached in summary.reached:
                yield Text(self._pair(self._span(summary), self._promise(reached, summary)), strong=True)
        made_for = _("{profile}: made for {purpose}\nSource: {source}")
        profile = report.profile
        yield Text(made_for.format(profile=profile.name, purpose=_(profile.made_for), source=_(profile.source)))
        yield Text(_("Selected: {selection}.").format(selection=said(report.selection, _)))
        yield Text(" ".join(self._whole()))
        if report.excluded:
            left = ", ".join(f"{self._why(why)} {f.count(count)}" for why, count in report.excluded.items())
            yield Text(_("Left out: {rows}.").format(rows=left))
        yield Heading(_("Response times"))
        yield from self._intervals()
        for summary in report.summaries:
            if summary.target and summary.counted:
                yield from self._charts(summary)
        for breakdown in report.groups:
            yield from self._breakdown(breakdown)
        yield from self._problems()
        yield Heading(_("Rules"))
        yield Text(self._rules())

    def _whole(self) -> Iterator[str]:
        _, report, f = self._, self.report, self.f
        whole = counted(_, "{selected} of {n} incident, open: {open}.", "{selected} of {n} incidents, open: {open}.")
        yield whole.form(report.rows).format(
            selected=f.count(report.selected), n=f.count(report.rows), open=f.count(report.open)
        )
        if report.first:
            yield _("From {first} to {last}.").format(first=self._moment(report.first), last=self._moment(report.last))
        if report.busiest_hour:
            hour, n = f.hour(report.busiest_hour), f.count(report.busiest_hour_rows)
            yield _("Busiest hour {hour}: {n}.").format(hour=hour, n=n)

    def _intervals(self) -> Iterator[Table]:
        _, f, all_of = self._, self.f, self.report.summaries
        interval, n = _("interval"), "n"
        median, p90, p95, p99 = (f"{name} (95{FIRM}%)" for name in (_("median"), "P90", "P95", "P99"))
        yield table(
            (interval, f">{n}", f">{_('mean')}", f">{median}", f">{p90}"),
            [
                (self._span(s), f.count(s.counted), f.lasted(s.mean), self._estimate(s.median), self._estimate(s.p90))
                for s in all_of
            ],
            (5, 1.6, 2, 4.5, 4.5),
        )
        yield table(
            (interval, f">{n}", f">{p95}", f">{p99}", f">{_('maximum')}"),
            [
                (self._span(s), f.count(s.counted), self._estimate(s.p95), self._estimate(s.p99), f.lasted(s.maximum))
                for s in all_of
            ],
            (5, 1.6, 4.5, 4.5, 2),
        )
        yield table(
            (
                interval,
                _("definition"),
                *(f">{name}" for name in (_("missing"), _("negative"), _("open"), _("corrected"))),
            ),
            [
                (self._span(s), _(s.definition), *map(f.count, (s.missing, s.negative, s.open, s.corrected)))
                for s in all_of
            ],
            (4, 7, 2, 2, 1.6, 2.2),
        )

    def _breakdown(self, breakdown: str) -> Iterator[Block]:
        _, f, groups = self._, self.f, self.report.groups[breakdown]
        yield Heading(named(_, "reports", "by")[breakdown])
        median, p90 = (f"{name} (95{FIRM}%)" for name in (_("median"), "P90"))
        head = (_("part"), *(f">{name}" for name in (_("incidents"), "n", _("mean"), median, p90, _("maximum"))))
        for at, whole in enumerate(self.report.summaries):
            if whole.counted and (whole.target or whole.interval == "pressed->on_scene"):
                yield Text(self._pair(self._span(whole), _(whole.definition)))
                yield table(
                    (*head, f">{_('within')}"),
                    [
                        (self._key(breakdown, group.key), f.count(group.rows), *self._part(group.summaries[at]))  # type: ignore[arg-type]
                        for group in groups
                    ],
                    (4, 2, 1.6, 2, 4, 4, 2, 4),
                )

    def _rules(self) -> str:
        _, at_least = self._, ENOUGH
        rules = (
            _("percentiles: numpy's method {method}").format(method=repr(self.report.percentile_method)),
            _(
                "too few are told as a count: a share and a mean from {share} counted, P90 from {p90}, P95 from {p95},"
                " P99 from {p99}; – stands for one of fewer"
            ).format(share=at_least["share"], p90=at_least["p90"], p95=at_least["p95"], p99=at_least["p99"]),
            _("intervals at 95 %: Wilson for shares, order statistics for percentiles; – where n is too small for one"),
            _("under a minute in seconds with a tenth, above in minutes and seconds or hours; rounded half up"),
            _("negative and missing intervals are not counted, and listed; open incidents stand apart"),
            _(
                "times are Belgian; days and hours are of the moment it was received; durations run through a change of"
                " the clocks"
            ),
        )
        return "\n".join(f"– {rule}" for rule in rules)

    def _pair(self, a: str, b: str) -> str:
        return self._("{a}: {b}").format(a=a, b=b)

    def _span(self, summary: Summary) -> str:
        return span(summary.interval, self.codes)

    def _why(self, reason: str) -> str:
        return named(self._, "reports", "left_out").get(reason) or self.codes.get(f"class.{reason}", reason)

    def _moment(self, stamp: str) -> str:
        return self.f.stamp(datetime.fromisoformat(stamp))

    def _promise(self, reached: Reached, summary: Summary) -> str:
        _, f, target = self._, self.f, reached.target
        text = _("{k} of {n} under {limit}") if target.under else _("{k} of {n} within {limit}")
        within = text.format(k=f.count(reached.within_count), n=f.count(summary.counted), limit=f.limit(target.limit_s))
        if target.share is not None:
            within += " " + _("({share} promised)").format(share=f.bare(f.percent(target.share)))
        sure = reached.within
        if sure.value is None:
            few = _("; fewer than {least}, no share is told").format(least=ENOUGH["share"])
            return within + (few if summary.counted else "")
        text = _("{within}, {share} (95 %: {low} to {high})")
        share, low, high = f.percent(sure.value), f.percent(sure.low), f.percent(sure.high)
        return text.format(within=within, share=share, low=low, high=high)

    def _part(self, summary: Summary) -> tuple[object, ...]:
        _, f, within = self._, self.f, ""
        if summary.within is not None:
            within = _("{k} of {n}").format(k=f.count(summary.within_count or 0), n=f.count(summary.counted))
            if summary.within.value is not None:
                sure = f"{f.percent(summary.within.low)}–{f.percent(summary.within.high)}"
                within += f", {f.percent(summary.within.value)} ({sure})"
        median, p90 = self._estimate(summary.median), self._estimate(summary.p90)
        return (f.count(summary.counted), f.lasted(summary.mean), median, p90, f.lasted(summary.maximum), within)

    def _estimate(self, estimate: Estimate) -> str:
        lasted = self.f.lasted
        if estimate.value is None:
            return NONE
        if estimate.low is None or estimate.high is None:
            return f"{lasted(estimate.value)} (–)"
        return f"{lasted(estimate.value)} ({lasted(estimate.low)}–{lasted(estimate.high)})"

    def _key(self, breakdown: Breakdown, key: str) -> str:
        _ = self._
        if not key:
            return _("not classified") if breakdown == "as_class" else _("not known")
        match breakdown:
            case "weekday":
                return self.f.weekday(int(key))
            case "hour":
                return f"{key}:00"
            case "day":
                return self.f.day(date.fromisoformat(key))
            case "zone":
                return self.names.get(key, key)
            case "cic":
                return self.centres.get(key, key)
            case "as_class":
                return self.codes.get(f"class.{key}", key)
        return key

    def _charts(self, summary: Summary) -> Iterator[Block]:
        _ = self._
        took = self.rows[summary.interval + DURATION_SUFFIX].to_numpy(np.float64)
        limits = [reached.target.limit_s for reached in summary.reached]
        marks = self.rows["as_class"].map(lambda name: self._key("as_class", name)).to_numpy(object)
        by, wall = _("the day it was received"), belgian(self.rows["received"])
        yield from of_durations(self._span(summary), took, took >= 0, limits, wall, by, marks, _)

    def _problems(self) -> Iterator[Block]:
        _ = self._
        yield Heading(_("Rows that need a look"))
        kinds: dict[tuple[str, str, str], list[str]] = {}
        for problem in self.report.problems:
            said_of_all = problem.detail if problem.kind not in _EACH else ""
            kinds.setdefault((problem.kind, problem.where, said_of_all), []).append(
                problem.row[:12] + (f" ({problem.detail})" if problem.kind in _EACH else "")
            )
        if not kinds:
            yield Text(_("None."))
            return
        called = problem_kinds(_)
        yield table(
            (_("kind"), _("where"), _("what"), f">{_('incidents')}", _("the first 20")),
            [
                (called[kind], self._where(where), detail, self.f.count(len(found)), ", ".join(found[:20]))
                for (kind, where, detail), found in kinds.items()
            ],
            (2, 3, 3, 2, 6),
        )

    def _where(self, where: str) -> str:
        """An interval, times of an incident, or a column."""
        if "->" in where:
            return span(where, self.codes)
        return ", ".join(self.codes.get(f"time.{one}", one) for one in where.split(", "))
