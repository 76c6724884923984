"""The selected alarm's own layer: the way she went, and the places of her case with their exclusion zones in true size."""

from typing import Any, Final

from bokeh.models import Circle, ColumnDataSource, Line, Scatter
from bokeh.plotting import figure

from dashboard.components.map.glyphs import label, overlay
from dashboard.components.map.labels import Paper, length, plain
from dashboard.components.map.palette import Palette
from dashboard.components.map.rows import Rows
from dashboard.components.map.viewport import Viewport
from incidents.case import Case, Protected
from incidents.incident import Incident
from incidents.messages import Fix
from maps.geodesy import to_mercator
from maps.overlays import true_circle

CAPACITY: Final = 16
NAME_AWAY_PX: Final = 12
_NAN: Final = float("nan")
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


class SelectedLayer:
    """Trail and places. A case this console may not see is not given to it."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._trail: tuple[Fix, ...] = ()
        self.trail = ColumnDataSource(data={"x": [], "y": []}, name="trail")
        self.places = Rows(EMPTY_PLACE, CAPACITY, name="places")

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
        self.trail_renderers = (overlay(fig, self.trail, line),)

    def update(self, incident: Incident | None, case: Case | None, view: Viewport, paper: Paper) -> None:
        """Take the selected alarm and its case; `paper` is what the alarms have written."""
        self._draw_trail(incident.trail if incident is not None else ())
        places = case.places if case is not None else ()
        self.places.keep_only(str(i) for i in range(len(places)))
        for i, place in enumerate(places):
            row = _draw_place(place)
            if (
                paper.write(row["x"] / view.m_per_px, row["ly"] / view.m_per_px, row["label"], NAME_AWAY_PX, ("below",))
                is None
            ):
                row["label"] = ""
            self.places.put(str(i), row)
        self.places.flush()

    def _draw_trail(self, trail: tuple[Fix, ...]) -> None:
        if trail == self._trail:
            return
        points = [to_mercator(fix.lat, fix.lon) for fix in trail]
        # One more fix at the end is the common case: only it travels.
        if self._trail and trail[: len(self._trail)] == self._trail:
            points = points[len(self._trail) :]
            self.trail.stream({"x": [x for x, _ in points], "y": [y for _, y in points]})
        else:
            self.trail.data = {"x": [x for x, _ in points], "y": [y for _, y in points]}
        self._trail = trail


def _draw_place(place: Protected) -> dict[str, Any]:
    x, y = to_mercator(place.lat, place.lon)
    row = {"x": x, "y": y, "ly": y, "label": plain(place.name)}
    if place.radius_m > 0:
        zone = true_circle(place.lat, place.lon, place.radius_m)
        row |= {"cx": zone.x, "cy": zone.y, "cr": zone.r, "ly": zone.y - zone.r}
        row["label"] = f"{row['label']} · {length(place.radius_m)}"
    return row
