"""The zones' units on the map: a hexagon each, with status and the age of the position where there is room to write."""

from collections.abc import Iterable
from datetime import datetime

from bokeh.models import Scatter
from bokeh.plotting import figure

from dashboard.components.map.drawings import Drawings
from dashboard.components.map.glyphs import label, overlay
from dashboard.components.map.labels import UNIT_AWAY_PX, Paper, hang
from dashboard.components.map.marks import EMPTY_UNIT
from dashboard.components.map.palette import Palette
from dashboard.components.map.rows import Rows
from dashboard.components.map.viewport import Viewport
from incidents.fold.units import UnitNow

CAPACITY = 128
# Wider than this a label would stand for half a province: 1 px is some 80 m over the ground.
LABELLED_M_PER_PX = 130.0
MAX_LABELS = 60


class UnitLayer:
    """Units on duty that have a position. Those of an open incident are always labelled."""

    def __init__(self, palette: Palette, drawings: Drawings) -> None:
        self._palette = palette
        self._drawings = drawings
        self.units = Rows(EMPTY_UNIT, CAPACITY, name="units")

    def draw_with(self, drawings: Drawings) -> None:
        """Take the drawings of another language from now on."""
        self._drawings = drawings

    def add_to(self, fig: figure) -> None:
        """Add the renderers, on the canvas that may be repainted often."""
        source = self.units.source
        mark = Scatter(
            size=17, marker="hex", fill_color="colour", fill_alpha="fill", line_color="colour", line_width=2.5
        )
        text = label(self._palette, anchor="anchor", x_offset="dx", y_offset="dy", text_color="colour")
        self.renderers = (overlay(fig, source, mark), overlay(fig, source, text))

    def update(self, units: Iterable[UnitNow], busy: set[str], now: datetime, view: Viewport, paper: Paper) -> None:
        """Take the present state; `busy` are the units of open incidents, `paper` what alarms have written."""
        drawn = [self._drawings.unit(u, u.fix, now) for u in units if u.fix is not None and u.status != "off"]
        self.units.keep_only(d.key for d in drawn)
        near = view.widened(1.5)
        drawn.sort(key=lambda d: d.key not in busy)
        labels = 0
        for unit in drawn:
            side = None
            wanted = unit.key in busy or view.m_per_px < LABELLED_M_PER_PX
            if wanted and labels < MAX_LABELS and near.contains(unit.tx, unit.ty):
                side = paper.write(unit.tx / view.m_per_px, unit.ty / view.m_per_px, unit.label, UNIT_AWAY_PX)
            if side is None:
                self.units.put(unit.key, unit.row)
                continue
            labels += 1
            anchor = hang(side, UNIT_AWAY_PX)
            label = {"label": unit.label, "anchor": anchor.point, "dx": anchor.dx, "dy": anchor.dy}
            self.units.put(unit.key, unit.row | label)
        self.units.flush()
