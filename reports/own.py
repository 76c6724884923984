"""The report of Vigie's own log as blocks: the promise first, then each interval with its count and definition."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import numpy as np
import pandas as pd

from reports import moments
from reports.charts import of_durations
from reports.content import Block, Heading, Paper, Text, table
from reports.measures.estimates import ENOUGH
from reports.measures.local import belgian
from reports.measures.shape import DURATION_SUFFIX, Breakdown, Estimate, Reached, Report, Selection, Summary
from reports.rounding import NONE, bare, lasted, limit, percent

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLASSES = {"": "not classified"}
_EACH = ("negative", "held_up")  # what is said of each is its own


def paper(report: Report, rows: pd.DataFrame, names: Mapping[str, str], made: datetime, reason: str = "") -> Paper:
    """The report of the selected rows. `names`: of zones by their key; `reason`: why figures of operators were asked for."""
    return Paper(
        title=report.title,
        made=f"made {moments.told(made)}",
        footer=f"{report.profile.name}; {said(report.selection)}",
        blocks=tuple(_blocks(report, rows, names, reason)),
    )


def _blocks(report: Report, rows: pd.DataFrame, names: Mapping[str, str], reason: str) -> Iterator[Block]:
    if reason:
        yield Text(f"Figures of operators were asked for because: {reason}", strong=True)
    if report.promise is not None:
        for reached in report.promise.reached:
            yield Text(f"Real presses, police on the scene: {_promise(reached, report.promise)}", strong=True)
    for summary in report.summaries:
        for reached in summary.reached:
            yield Text(f"{summary.interval}: {_promise(reached, summary)}", strong=True)
    yield Text(f"{report.profile.name}: made for {report.profile.made_for}\nSource: {report.profile.source}")
    yield Text(f"Selected: {said(report.selection)}.")
    yield Text(
        f"{report.selected} of {report.rows} incidents, {report.open} of them open."
        + (f" From {_moment(report.first)} to {_moment(report.last)}." if report.first else "")
        + (f" Busiest hour {report.busiest_hour} with {report.busiest_hour_rows}." if report.busiest_hour else "")
    )
    if report.excluded:
        yield Text("Left out: " + ", ".join(f"{why} {count}" for why, count in report.excluded.items()) + ".")
    yield Heading("Response times")
    yield table(
        "interval|>n|>mean|>median (95 %)|>P90 (95 %)",
        [(s.interval, s.counted, lasted(s.mean), _estimate(s.median), _estimate(s.p90)) for s in report.summaries],
        (5, 1.6, 2, 4.5, 4.5),
    )
    yield table(
        "interval|>n|>P95 (95 %)|>P99 (95 %)|>maximum",
        [(s.interval, s.counted, _estimate(s.p95), _estimate(s.p99), lasted(s.maximum)) for s in report.summaries],
        (5, 1.6, 4.5, 4.5, 2),
    )
    yield table(
        "interval|definition|>missing|>negative|>open|>corrected",
        [(s.interval, s.definition, s.missing, s.negative, s.open, s.corrected) for s in report.summaries],
        (4, 7, 2, 2, 1.6, 2.2),
    )
    for summary in report.summaries:
        if summary.target and summary.counted:
            yield from _charts(summary, rows)
    for breakdown, groups in report.groups.items():
        yield Heading(f"By {breakdown.replace('as_class', 'class').replace('cic', 'centre')}")
        for at, whole in enumerate(report.summaries):
            if whole.counted and (whole.target or whole.interval == "pressed->on_scene"):
                yield Text(f"{whole.interval}: {whole.definition}")
                yield table(
                    "part|>incidents|>n|>mean|>median (95 %)|>P90 (95 %)|>maximum|>within",
                    [
                        (_key(breakdown, group.key, names), group.rows, *_part(group.summaries[at]))  # type: ignore[arg-type]
                        for group in groups
                    ],
                    (4, 2, 1.6, 2, 4, 4, 2, 4),
                )
    yield from _problems(report)
    yield Heading("Rules")
    yield Text(
        f"– percentiles: numpy's method {report.percentile_method!r}\n"
        f"– too few are told as a count: a share and a mean from {ENOUGH['share']} counted, P90 from {ENOUGH['p90']},"
        f" P95 from {ENOUGH['p95']}, P99 from {ENOUGH['p99']}; – stands for one of fewer\n"
        "– intervals at 95 %: Wilson for shares, order statistics for percentiles; – where n is too small for one\n"
        "– under a minute in seconds with a tenth, above in minutes and seconds or hours; rounded half up\n"
        "– negative and missing intervals are not counted, and listed; open incidents stand apart\n"
        "– times are Belgian; days and hours are of the moment it was received; durations run through a change of the clocks"
    )


def _moment(stamp: str) -> str:
    return moments.told(datetime.fromisoformat(stamp))


def said(selection: Selection) -> str:
    """A selection in words."""
    whole = Selection()
    parts = []
    if selection.since or selection.until:
        parts.append(f"{_day(selection.since, 'the beginning')} to {_day(selection.until, 'now')}")
    classes = ", ".join(_CLASSES.get(name, name) for name in selection.classes) or "all"
    parts.append(f"classes {classes}")
    parts.append("drills included" if selection.drills else "drills excluded")
    if selection.paper != whole.paper:
        parts.append("without those entered from paper")
    for what in ("zones", "cics", "operators", "shifts", "weekdays", "hours"):
        if values := getattr(selection, what):
            parts.append(f"{what} {', '.join(map(str, values))}")
    return "; ".join(parts)


def _day(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise


def _promise(reached: Reached, summary: Summary) -> str:
    target = reached.target
    within = (
        f"{reached.within_count} of {summary.counted} {'under' if target.under else 'within'} {limit(target.limit_s)}"
    )
    if target.share is not None:
        within += f" ({bare(percent(target.share))} promised)"
    return within + _sure(reached.within, summary.counted)


def _sure(within: Estimate, n: int) -> str:
    if within.value is None:
        return f"; fewer than {ENOUGH['share']}, no share is told" if n else ""
    return f", {percent(within.value)} (95 %: {percent(within.low)} to {percent(within.high)})"


def _part(summary: Summary) -> tuple[object, ...]:
    within = ""
    if summary.within is not None:
        within = f"{summary.within_count} of {summary.counted}"
        if summary.within.value is not None:
            sure = f"{percent(summary.within.low)}–{percent(summary.within.high)}"
            within += f", {percent(summary.within.value)} ({sure})"
    median, p90 = _estimate(summary.median), _estimate(summary.p90)
    return (summary.counted, lasted(summary.mean), median, p90, lasted(summary.maximum), within)


def _estimate(estimate: Estimate) -> str:
    if estimate.value is None:
        return NONE
    if estimate.low is None or estimate.high is None:
        return f"{lasted(estimate.value)} (–)"
    return f"{lasted(estimate.value)} ({lasted(estimate.low)}–{lasted(estimate.high)})"


def _key(breakdown: Breakdown, key: str, names: Mapping[str, str]) -> str:
    if breakdown == "weekday" and key:
        return _DAYS[int(key)]
    if breakdown == "hour" and key:
        return f"{key}:00"
    if breakdown == "zone":
        return names.get(key, key) or "not known"
    return key or _CLASSES[""] if breakdown == "as_class" else key or "not known"


def _charts(summary: Summary, rows: pd.DataFrame) -> Iterator[Block]:
    took = rows[summary.interval + DURATION_SUFFIX].to_numpy(np.float64)
    limits = [reached.target.limit_s for reached in summary.reached]
    marks = rows["as_class"].map(lambda name: _CLASSES.get(name, name)).to_numpy(object)
    by, wall = "the day it was received", belgian(rows["received"])
    yield from of_durations(summary.interval, took, took >= 0, limits, wall, by, marks)


def _problems(report: Report) -> Iterator[Block]:
    yield Heading("Rows that need a look")
    kinds: dict[tuple[str, str, str], list[str]] = {}
    for problem in report.problems:
        kinds.setdefault((problem.kind, problem.where, problem.detail if problem.kind not in _EACH else ""), []).append(
            problem.row[:12] + (f" ({problem.detail})" if problem.kind in _EACH else "")
        )
    if not kinds:
        yield Text("None.")
        return
    yield table(
        "kind|where|what|>incidents|the first 20",
        [
            (kind.replace("_", " "), where, detail, len(found), ", ".join(found[:20]))
            for (kind, where, detail), found in kinds.items()
        ],
        (2, 3, 3, 2, 6),
    )
