"""Zones and provinces under the alarms, finer as one zooms in: the whole country coarse first, then what is in view.

The canvas they are on is repainted only when the view moves, because nothing else on it ever changes.
"""

from typing import Any

import shapely
from bokeh.models import ColumnDataSource, MultiLine, MultiPolygons
from bokeh.plotting import figure

from dashboard.components.map.glyphs import ground, overlay
from dashboard.components.map.outlines import Columns, Name, Outlines, lines, polygons
from dashboard.components.map.palette import Palette
from dashboard.components.map.viewport import Viewport
from maps.overlays import Drawn, level_for

# Finer outlines are loaded for so many times the view, so that one can pan before more must travel.
AHEAD = 2.5


class GroundLayer:
    """The outlines: `loaded` is what the finer ones cover, `names` what may be written on the zones in view."""

    def __init__(self, outlines: Outlines, palette: Palette, *, over_basemap: bool) -> None:
        self._outlines = outlines
        self._palette = palette
        self._over_basemap = over_basemap
        self._level = 0
        self._area: Viewport | None = None
        self._highlighted: tuple[str, ...] = ()
        self._area_marked: Any | None = None
        zones, provinces, self._all_names = outlines.country
        self.names: list[Name] = self._all_names
        self.coarse = ColumnDataSource(data=zones)
        self.fine = ColumnDataSource(data=_nothing())
        self.provinces = ColumnDataSource(data=provinces)
        self.highlight = ColumnDataSource(data={"xs": [], "ys": [], "alpha": [], "width": []})

    @property
    def loaded(self) -> list[float]:
        """x0, x1, y0, y1 that the finer outlines cover; empty when the coarse ones do."""
        area = self._area
        return [] if area is None else [area.x0, area.x1, area.y0, area.y1]

    def add_to(self, fig: figure) -> None:
        """Add the renderers: lines that matter on the quiet canvas, the highlight on the lively one."""
        colours = self._palette
        # Streets, which come later, lie over the land and under provinces.
        for name, source in (("coarse", self.coarse), ("fine", self.fine)):
            zones = MultiPolygons(
                fill_color=colours.land,
                fill_alpha=0.0 if self._over_basemap else 1.0,
                line_color=colours.line,
                line_width=1.2,
                line_join="round",
            )
            ground(fig, source, zones, name, level="image")
        ground(fig, self.provinces, MultiLine(line_color=colours.province, line_width=2), "provinces")
        marked = MultiPolygons(
            fill_color=colours.press,
            fill_alpha="alpha",
            line_color=colours.press,
            line_alpha=0.6,
            line_width="width",
            line_join="round",
        )
        overlay(fig, self.highlight, marked)

    def look(self, view: Viewport) -> None:
        """The page looks here: load finer outlines if it needs them."""
        level = level_for(view.m_per_px)
        if level == 0:
            if self._level:
                self.fine.data = dict(_nothing())
                self.provinces.data = dict(self._outlines.country[1])
            self._area, self.names = None, self._all_names
        else:
            if level != self._level or self._area is None or not view.within(self._area):
                self._area = view.widened(AHEAD)
                shapes = self._outlines.level(level).clipped(self._area.box)
                self.fine.data = dict(polygons(shapes.outlines, shapes.places))
                self.provinces.data = dict(lines(shapes))
            self.names = self._names_in(view, self._outlines.level(level))
        if level != self._level:
            self._level = level
            self._draw_highlight()

    def mark(self, zones: tuple[str, ...], area: Any | None = None) -> None:
        """Highlight zones: the first is the alarm's own, the others those it may be in; or an outline (EPSG:3857) instead."""
        if zones != self._highlighted or area is not self._area_marked:
            self._highlighted, self._area_marked = zones, area
            self._draw_highlight()

    def _draw_highlight(self) -> None:
        shapes = self._outlines.level(self._level)
        drawn = [shapes.of(zone) for zone in self._highlighted] if self._area_marked is None else [self._area_marked]
        first = [n == 0 for n, shape in enumerate(drawn) if shape is not None]
        self.highlight.data = {
            **polygons([shape for shape in drawn if shape is not None]),
            "alpha": [0.09 if own else 0.04 for own in first],
            "width": [3.0 if own else 1.5 for own in first],
        }

    def _names_in(self, view: Viewport, shapes: Drawn) -> list[Name]:
        """A zone that reaches into view has its name in view, even if its middle is not."""
        names: list[Name] = []
        for name, outline, label in shapes.near(view.box):
            if view.contains(*label, margin=0.03):
                left, _, right, _ = shapely.bounds(outline)
                names.append((name, *label, float(right - left)))
                continue
            seen = shapely.clip_by_rect(outline, *view.box)
            if seen.is_empty:
                continue
            largest: Any = max(shapely.get_parts(seen), key=shapely.area)
            point = shapely.point_on_surface(largest)
            left, _, right, _ = shapely.bounds(largest)
            names.append((name, float(point.x), float(point.y), float(right - left)))
        names.sort(key=lambda n: -n[3])
        return names


def _nothing() -> Columns:
    return {"xs": [], "ys": []}
