"""The zones' units on the map: a hexagon each, with status and the age of the position where there is room to write."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bokeh.plotting import figure

from dashboard.map.labels import UNIT_AWAY_PX, Paper, hang
from dashboard.map.marks import EMPTY_UNIT, Drawn, draw_unit
from dashboard.map.palette import FONT, Palette
from dashboard.map.rows import Rows
from dashboard.map.viewport import Viewport
from dashboard.map.words import Words
from incidents.board import UnitNow

CAPACITY = 128
# Wider than this a label would stand for half a province: 1 px is some 80 m over the ground.
LABELLED_M_PER_PX = 130.0
MAX_LABELS = 60


class UnitLayer:
    """Units on duty that have a position. Those of an open incident are always labelled."""

    def __init__(self, palette: Palette, words: Words) -> None:
        self._palette = palette
        self._words = words
        self._drawn: dict[str, tuple[UnitNow, datetime, Drawn]] = {}
        self.units = Rows(EMPTY_UNIT, CAPACITY, name="units")

    def add_to(self, fig: figure) -> None:
        """Add the renderers, on the canvas that may be repainted often."""
        source, colours = self.units.source, self._palette
        marks = fig.scatter(
            "x",
            "y",
            size=17,
            marker="hex",
            source=source,
            level="overlay",
            fill_color="colour",
            fill_alpha="fill",
            line_color="colour",
            line_width=2.5,
        )
        labels = fig.text(
            "x",
            "y",
            text="label",
            anchor="anchor",
            x_offset="dx",
            y_offset="dy",
            source=source,
            level="overlay",
            text_color="colour",
            text_font=FONT,
            text_font_size="16px",
            padding=3,
            background_fill_color=colours.label,
            background_fill_alpha=0.8,
            border_radius=4,
            border_line_color=None,
        )
        self.renderers = (marks, labels)

    def update(self, units: Iterable[UnitNow], busy: set[str], now: datetime, view: Viewport, paper: Paper) -> None:
        """Take the present state; `busy` are the units of open incidents, `paper` what alarms have written."""
        drawn = self._redraw(units, now)
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

    def _redraw(self, units: Iterable[UnitNow], now: datetime) -> list[Drawn]:
        kept: dict[str, tuple[UnitNow, datetime, Drawn]] = {}
        for unit in units:
            if unit.fix is None or unit.status == "off":
                continue
            known = self._drawn.get(unit.unit)
            if known is None or known[0] is not unit or now >= known[1]:
                drawn = draw_unit(unit, unit.fix, now, self._palette, self._words)
                known = (unit, now + timedelta(seconds=min(drawn.stays_s, 86_400.0)), drawn)
            kept[unit.unit] = known
        self._drawn = kept
        return [known[2] for known in kept.values()]
