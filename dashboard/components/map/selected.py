"""The selected alarm's own layer: her track, and the places of her case with their exclusion zones in true size."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from bokeh.models import Circle, ColumnDataSource, Line, Scatter, Segment
from bokeh.plotting import figure

from dashboard.components.map.glyphs import label, overlay
from dashboard.components.map.labels import MARK_PX, UNIT_AWAY_PX, Paper, hang, length, plain, span
from dashboard.components.map.palette import Palette
from dashboard.components.map.rows import Rows
from dashboard.components.map.viewport import Viewport
from dashboard.components.map.words import Words
from incidents.case import Case, Protected
from incidents.incident import Incident
from maps.geodesy import to_mercator
from maps.overlays import true_circle
from maps.track import NOWHERE, Step, Stop, Track

CAPACITY: Final = 16
NAME_AWAY_PX: Final = 12
NAMED: Final = 3  # positions that may be wrong, with words beside
_NAN: Final = float("nan")
_BREAK: Final = (_NAN, _NAN)  # one object, and so equal to itself
# c: exclusion zone in Mercator metres; the name stands under it, at ly.
EMPTY_PLACE: Final[dict[str, Any]] = {
    "x": _NAN,
    "y": _NAN,
    "cx": _NAN,
    "cy": _NAN,
    "cr": _NAN,
    "ly": _NAN,
    "label": "",
}
# A stop, or where she would be if she went on as she did; s: from where.
EMPTY_SPOT: Final[dict[str, Any]] = {
    "x": _NAN,
    "y": _NAN,
    "sx": _NAN,
    "sy": _NAN,
    "label": "",
    "anchor": "center_left",
    "dx": 0.0,
    "dy": 0.0,
}


class SelectedLayer:
    """Track and places. A case this console may not see is not given to it.

    The line of the track leads through smoothed places; fixes that may be wrong are crosses beside it, which no line joins.
    """

    def __init__(self, palette: Palette, words: Words) -> None:
        self._palette = palette
        self._words = words
        self._track = NOWHERE
        self._line: list[tuple[float, float]] = []
        self.trail = ColumnDataSource(data={"x": [], "y": []}, name="trail")
        self.wrong = Rows(EMPTY_SPOT, CAPACITY, name="wrong")
        self.stops = Rows(EMPTY_SPOT, CAPACITY, name="stops")
        self.guess = Rows(EMPTY_SPOT, 1, name="guess")
        self.places = Rows(EMPTY_PLACE, CAPACITY, name="places")

    def speak(self, words: Words) -> None:
        """Label what is drawn from now on in another language."""
        self._words = words

    def add_to(self, fig: figure) -> None:
        """Add the renderers, on the canvas that may be repainted often."""
        colours, places = self._palette, self.places.source
        zone = Circle(
            x="cx",
            y="cy",
            radius="cr",
            fill_alpha=0.0,
            line_color=colours.place,
            line_width=2,
            hatch_pattern="right_diagonal_line",
            hatch_color=colours.place,
            hatch_alpha=0.4,
            hatch_scale=12,
            hatch_weight=2,
        )
        point = Scatter(size=14, marker="cross", line_color=colours.place, line_width=3)
        name = label(colours, y="ly", anchor="top_center", y_offset=NAME_AWAY_PX, text_color=colours.place)
        self.place_renderers = tuple(overlay(fig, places, glyph) for glyph in (zone, point, name))
        line = Line(line_color=colours.press, line_width=3, line_dash=[2, 8], line_cap="round")
        wrong = Scatter(size=13, marker="x", line_color=colours.name, line_width=3)
        stop = Scatter(size=11, fill_color=colours.label, line_color=colours.press, line_width=2)
        on = Segment(x0="sx", y0="sy", x1="x", y1="y", line_color=colours.name, line_width=2, line_dash=[3, 7])
        there = Scatter(size=20, fill_alpha=0.0, line_color=colours.name, line_width=2, line_dash=[3, 3])
        named = {"anchor": "anchor", "x_offset": "dx", "y_offset": "dy", "text_color": colours.name}
        stops, guess = self.stops.source, self.guess.source
        self.trail_renderers = (
            overlay(fig, self.trail, line),
            *(overlay(fig, self.wrong.source, glyph) for glyph in (wrong, label(colours, **named))),
            overlay(fig, stops, stop),
            overlay(fig, stops, label(colours, **named)),
            *(overlay(fig, guess, glyph) for glyph in (on, there, label(colours, **named))),
        )

    def update(
        self, incident: Incident | None, case: Case | None, of: Track, now: datetime, view: Viewport, paper: Paper
    ) -> None:
        """Take the selected alarm with its track and its case; `paper` is what the alarms have written."""
        if of is not self._track:
            self._track = of
            self._draw_line(list(_line(of)))
        self._draw_wrong([step for step in of.steps if step.jump is not None], view, paper)
        self._draw_guess(of if incident is not None and incident.open else NOWHERE, now, view, paper)
        self._draw_stops(of.stops[-CAPACITY:], view, paper)
        places = case.places if case is not None else ()
        self.places.keep_only(str(i) for i in range(len(places)))
        for i, place in enumerate(places):
            row = _draw_place(place, self._words["decimal"])
            if (
                paper.write(row["x"] / view.m_per_px, row["ly"] / view.m_per_px, row["label"], NAME_AWAY_PX, ("below",))
                is None
            ):
                row["label"] = ""
            self.places.put(str(i), row)
        self.places.flush()

    def _draw_line(self, points: list[tuple[float, float]]) -> None:
        old, self._line = self._line, points
        # One more fix at the end is the common case: only it travels.
        known = len(old) if points[: len(old)] == old else 0
        if known:
            self.trail.stream(_columns(points[known:]))
        else:
            self.trail.data = _columns(points)

    def _draw_wrong(self, steps: list[Step], view: Viewport, paper: Paper) -> None:
        spots = {f"{step.at_s} {step.lat} {step.lon}": to_mercator(step.lat, step.lon) for step in steps}
        self.wrong.keep_only(spots)
        for n, (key, (x, y)) in enumerate(spots.items(), 1):
            row = {"x": x, "y": y}
            named = n > len(spots) - NAMED  # the last of them, or the map would say nothing else
            self.wrong.put(key, row | (_written(row, self._words["may_be_wrong"], view, paper) if named else {}))
        self.wrong.flush()

    def _draw_guess(self, of: Track, now: datetime, view: Viewport, paper: Paper) -> None:
        reach = of.reach(now)
        if reach is None or reach.guess is None:
            self.guess.drop("guess")
        else:
            (x, y), (sx, sy) = to_mercator(*reach.guess), to_mercator(reach.lat, reach.lon)
            if math.hypot(x - sx, y - sy) < MARK_PX * view.m_per_px:  # under the mark it would say nothing
                self.guess.drop("guess")
            else:
                row = {"x": x, "y": y, "sx": sx, "sy": sy}
                self.guess.put("guess", row | _written(row, self._words["guess"], view, paper))
        self.guess.flush()

    def _draw_stops(self, stops: tuple[Stop, ...], view: Viewport, paper: Paper) -> None:
        self.stops.keep_only(str(stop.since_s) for stop in stops)
        for stop in stops:
            x, y = to_mercator(stop.lat, stop.lon)
            row = {"x": x, "y": y}
            stood = self._words["stood"].format(span=span(self._words, stop.until_s - stop.since_s))
            self.stops.put(str(stop.since_s), row | _written(row, stood, view, paper))
        self.stops.flush()


def _line(of: Track) -> Iterator[tuple[float, float]]:
    """The smoothed way in Mercator metres, broken where nobody was between."""
    run = None
    for step in of.steps:
        if step.jump is not None:
            continue
        if run is not None and step.run != run:
            yield _BREAK
        run = step.run
        yield to_mercator(*step.smooth)


def _columns(points: list[tuple[float, float]]) -> dict[str, Any]:
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}


def _written(row: dict[str, Any], text: str, view: Viewport, paper: Paper) -> dict[str, Any]:
    """A text beside a spot where there is room."""
    side = paper.write(row["x"] / view.m_per_px, row["y"] / view.m_per_px, text, UNIT_AWAY_PX)
    if side is None:
        return {}
    anchor = hang(side, UNIT_AWAY_PX)
    return {"label": text, "anchor": anchor.point, "dx": anchor.dx, "dy": anchor.dy}


def _draw_place(place: Protected, decimal: str) -> dict[str, Any]:
    x, y = to_mercator(place.lat, place.lon)
    row = {"x": x, "y": y, "ly": y, "label": plain(place.name)}
    if place.radius_m > 0:
        zone = true_circle(place.lat, place.lon, place.radius_m)
        row |= {"cx": zone.x, "cy": zone.y, "cr": zone.r, "ly": zone.y - zone.r}
        row["label"] = f"{row['label']} · {length(place.radius_m, decimal)}"
    return row
