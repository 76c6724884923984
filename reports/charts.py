"""Charts as lines, dots and words on a plane of fixed size: the same for a page (SVG) and for paper (PDF)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.content import Dots, Ecdf
from reports.counted import counted
from reports.locale_formats import formats

WIDTH, HEIGHT = 720.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 54.0, 12.0, 12.0, 30.0
MOST_DOTS = 4000  # more are drawn as a sample, which is said
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
SHAPES = ("circle", "square", "triangle", "diamond")
Tone = Literal["axis", "curve", "limit"]


def of_durations(
    interval: str,
    took: npt.NDArray[np.float64],
    counts: npt.NDArray[np.bool_],
    limits: Sequence[float],
    wall: pd.Series | None,
    by: str,
    marks: npt.NDArray[np.object_] | None,
    translate: Callable[[str], str],
) -> Iterator[Ecdf | Dots]:
    """The charts of an interval's counted durations (seconds). `wall`: when, by the clock that `by` names; `marks`: classes."""
    _, n = translate, int(np.count_nonzero(counts))
    title = counted(
        _,
        "{interval}: share of the {n} counted up to each length",
        "{interval}: share of the {n} counted up to each length",
    ).format(interval=interval, n=n)
    yield Ecdf(title=title, values=np.sort(took[counts]), limits=tuple(limits))
    dated = np.zeros(len(took), dtype=bool) if wall is None else counts & wall.notna().to_numpy(bool)
    if wall is not None and dated.any():
        us = wall.to_numpy()[dated].astype("datetime64[us]").view(np.int64)
        yield Dots(
            title=_("{interval}: each counted incident, by {by}").format(interval=interval, by=by),
            days=us / 86_400e6,
            values=took[dated],
            marks=[""] * len(us) if marks is None else [str(one) for one in marks[dated]],
            limits=tuple(limits),
        )


class Line(msgspec.Struct, frozen=True):
    """Through these points."""

    points: tuple[tuple[float, float], ...]
    tone: Tone


class Word(msgspec.Struct, frozen=True):
    """A text at a point: `anchor` start, middle or end."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "middle"


class Dot(msgspec.Struct, frozen=True):
    """A mark, its shape by class."""

    x: float
    y: float
    shape: str


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A chart, and what it says to who can't see it."""

    title: str
    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    dots: tuple[Dot, ...]


def ecdf(chart: Ecdf, translate: Callable[[str], str] = str) -> Drawing:
    """A step curve from 0 to 100 %, the target lines on it; the last hundredth of long ones runs off the right."""
    values, f = np.asarray(chart.values), formats(translate)
    most = max(
        [*(limit * 1.15 for limit in chart.limits), float(np.quantile(values, 0.99)) if len(values) else 0.0, 1.0]
    )
    lines, words = _frame()
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(share)
        lines.append(Line(((LEFT, y), (WIDTH - RIGHT, y)), "axis"))
        words.append(Word(LEFT - 5, y + 4, f.bare(f.percent(share)), "end"))
    step = next((step for step in _STEPS if most / step <= 8), 86400)
    for at in np.arange(0, most, step):
        words.append(Word(_x(at / most), HEIGHT - BOTTOM + 16, f.limit(float(at))))
    shown = np.unique(values[values <= most])
    if len(shown) > 400:
        shown = shown[np.linspace(0, len(shown) - 1, 400).astype(int)]
    points = [(LEFT, _y(0.0))]
    for value in shown:
        x = _x(value / most)
        points += [(x, points[-1][1]), (x, _y(float(np.searchsorted(values, value, side="right")) / len(values)))]
    points.append((WIDTH - RIGHT, points[-1][1]))
    lines.append(Line(tuple(points), "curve"))
    for limit in chart.limits:
        lines.append(Line(((_x(limit / most), TOP), (_x(limit / most), HEIGHT - BOTTOM)), "limit"))
        words.append(Word(_x(limit / most) + 4, TOP + 10, f.limit(limit), "start"))
    return Drawing(title=chart.title, lines=tuple(lines), words=tuple(words), dots=())


def dots(chart: Dots, translate: Callable[[str], str] = str) -> Drawing:
    """Date against seconds on a logarithmic scale, a line at each target."""
    lines, words = _frame()
    days, values, marks = np.asarray(chart.days), np.maximum(np.asarray(chart.values), 0.5), list(chart.marks)
    title, _, f = chart.title, translate, formats(translate)
    if len(days) > MOST_DOTS:
        some = np.linspace(0, len(days) - 1, MOST_DOTS).astype(int)
        title += " " + _("({n} of {all}, evenly taken)").format(n=f.count(MOST_DOTS), all=f.count(len(days)))
        days, values, marks = days[some], values[some], [marks[at] for at in some]
    if not len(days):
        return Drawing(title=title, lines=tuple(lines), words=tuple(words), dots=())
    first, last = float(days.min()), max(float(days.max()), float(days.min()) + 1)
    low = np.log(max(0.5, min(float(values.min()), *chart.limits) * 0.8 if chart.limits else float(values.min()) * 0.8))
    high = np.log(max(float(values.max()), *chart.limits) * 1.2 if chart.limits else float(values.max()) * 1.2)
    high = max(high, low + 0.1)

    def y(seconds: float) -> float:
        return _y(float((np.log(seconds) - low) / (high - low)))

    last_y = HEIGHT
    for step in _STEPS:
        if low <= np.log(step) <= high and last_y - y(step) >= 18:
            last_y = y(step)
            lines.append(Line(((LEFT, last_y), (WIDTH - RIGHT, last_y)), "axis"))
            words.append(Word(LEFT - 5, last_y + 4, f.limit(step), "end"))
    for at in np.linspace(first, last, 5):
        day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=float(at))
        x = _x((float(at) - first) / (last - first))
        words.append(
            Word(
                x,
                HEIGHT - BOTTOM + 16,
                f.day(day),
                "start" if at == first else "end" if at == last else "middle",
            )
        )
    for limit in chart.limits:
        lines.append(Line(((LEFT, y(limit)), (WIDTH - RIGHT, y(limit))), "limit"))
        words.append(Word(WIDTH - RIGHT, y(limit) - 4, f.limit(limit), "end"))
    classes = sorted(set(marks))
    shape = {name: SHAPES[min(at, len(SHAPES) - 1)] for at, name in enumerate(classes)}
    drawn = tuple(
        Dot(round(_x((float(day) - first) / (last - first)), 1), round(y(float(value)), 1), shape[mark])
        for day, value, mark in zip(days, values, marks, strict=True)
    )
    if len(classes) > 1:
        shapes = {"circle": _("circle"), "square": _("square"), "triangle": _("triangle"), "diamond": _("diamond")}
        said = ", ".join(f"{name or _('not classified')} {shapes[shape[name]]}" for name in classes)
        title = _("{a}: {b}").format(a=title, b=said)
    return Drawing(title=title, lines=tuple(lines), words=tuple(words), dots=drawn)


def _frame() -> tuple[list[Line], list[Word]]:
    floor = HEIGHT - BOTTOM
    return [Line(((LEFT, floor), (WIDTH - RIGHT, floor)), "axis")], []


def _x(part: float) -> float:
    return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)


def _y(part: float) -> float:
    return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)
