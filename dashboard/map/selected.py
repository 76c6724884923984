"""The selected alarm's own layer: the way she went, and the places of her case with their exclusion zones in true size."""

from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from dashboard.map.labels import length, plain
from dashboard.map.palette import FONT, Palette
from dashboard.map.viewport import true_circle
from incidents.case import Case
from incidents.incident import Incident
from incidents.reports import Fix
from maps.geodesy import to_mercator


class SelectedLayer:
    """Trail and places. Both change with the selection and now and then by a fix, so whole data travel."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._trail: tuple[Fix, ...] = ()
        self._case: Case | None = None
        self.trail = ColumnDataSource(data={"x": [], "y": []}, name="trail")
        self.places = ColumnDataSource(
            data={"x": [], "y": [], "cx": [], "cy": [], "cr": [], "label": []}, name="places"
        )

    def add_to(self, fig: figure) -> None:
        """Add the renderers, on the canvas that may be repainted often."""
        colours = self._palette
        zone = fig.circle(
            "cx",
            "cy",
            radius="cr",
            source=self.places,
            level="overlay",
            fill_alpha=0.0,
            line_color=colours.place,
            line_width=2,
            hatch_pattern="right_diagonal_line",
            hatch_color=colours.place,
            hatch_alpha=0.4,
            hatch_scale=12,
            hatch_weight=2,
        )
        point = fig.scatter(
            "x",
            "y",
            size=14,
            marker="cross",
            source=self.places,
            level="overlay",
            line_color=colours.place,
            line_width=3,
        )
        name = fig.text(
            "x",
            "y",
            text="label",
            anchor="top_center",
            y_offset=12,
            source=self.places,
            level="overlay",
            text_color=colours.place,
            text_font=FONT,
            text_font_size="16px",
            padding=3,
            background_fill_color=colours.label,
            background_fill_alpha=0.8,
            border_radius=4,
            border_line_color=None,
        )
        line = fig.line(
            "x",
            "y",
            source=self.trail,
            level="overlay",
            line_color=colours.press,
            line_width=3,
            line_dash=[2, 8],
            line_cap="round",
        )
        self.place_renderers = (zone, point, name)
        self.trail_renderers = (line,)

    def update(self, incident: Incident | None, case: Case | None) -> None:
        """Take the selected alarm and the case this console may see of it."""
        trail = incident.trail if incident is not None else ()
        if trail != self._trail:
            points = [to_mercator(fix.lat, fix.lon) for fix in trail]
            # One more fix at the end is the common case: only it travels.
            if self._trail and trail[: len(self._trail)] == self._trail:
                new = points[len(self._trail) :]
                self.trail.stream({"x": [x for x, _ in new], "y": [y for _, y in new]})
            else:
                self.trail.data = {"x": [x for x, _ in points], "y": [y for _, y in points]}
            self._trail = trail
        if case is not self._case:
            self._case = case
            self.places.data = _places(case)


def _places(case: Case | None) -> dict[str, list[object]]:
    data: dict[str, list[object]] = {"x": [], "y": [], "cx": [], "cy": [], "cr": [], "label": []}
    for place in case.places if case is not None else ():
        x, y = to_mercator(place.lat, place.lon)
        zone = true_circle(place.lat, place.lon, place.radius_m) if place.radius_m else None
        reach = f" · {length(place.radius_m)}" if place.radius_m else ""
        row = {
            "x": x,
            "y": y,
            "cx": zone.x if zone else float("nan"),
            "cy": zone.y if zone else float("nan"),
            "cr": zone.r if zone else float("nan"),
            "label": plain(place.name) + reach,
        }
        for column, value in row.items():
            data[column].append(value)
    return data
