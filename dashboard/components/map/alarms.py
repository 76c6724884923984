"""The alarms on the map: a row for each, and the renderers that draw its columns."""

import math
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from bokeh.models import Circle, Scatter, Segment
from bokeh.plotting import figure

from dashboard.components.map.drawings import Drawings
from dashboard.components.map.glyphs import label, overlay
from dashboard.components.map.labels import SURE_AWAY_PX, Paper
from dashboard.components.map.marks import EMPTY_ALARM, Drawn
from dashboard.components.map.palette import Palette
from dashboard.components.map.rows import Rows
from dashboard.components.map.viewport import Viewport
from incidents.incident import Incident

CAPACITY = 64


class AlarmLayer:
    """Marks, accuracy circles, rings, grown circles, labels, and the white ring of the selected alarm."""

    def __init__(self, palette: Palette, drawings: Drawings) -> None:
        self._palette = palette
        self._drawings = drawings
        self._drawn: dict[str, Drawn] = {}
        self.alarms = Rows(EMPTY_ALARM, CAPACITY, name="alarms")
        self.selected = Rows({"x": float("nan"), "y": float("nan")}, 1, name="selected")
        self.without_position = 0

    def draw_with(self, drawings: Drawings) -> None:
        """Take the drawings of another language from now on."""
        self._drawings = drawings

    def add_to(self, fig: figure) -> None:
        """Add the renderers, all on the canvas that may be repainted often."""
        colours, source = self._palette, self.alarms.source
        overlay(
            fig,
            source,
            Circle(x="gx", y="gy", radius="gr", fill_alpha=0.0, line_color="colour", line_dash=[7, 7], line_width=2),
        )
        overlay(
            fig,
            source,
            Circle(
                x="cx", y="cy", radius="cr", fill_color="colour", fill_alpha=0.14, line_color="colour", line_width=1.6
            ),
        )
        overlay(fig, source, Segment(x0="tx", y0="ty", x1="x", y1="y", line_color="colour", line_width=2))
        overlay(fig, source, Scatter(x="tx", y="ty", size=5, fill_color="colour", line_color=None))
        halo = Scatter(size="halo", fill_color="colour", fill_alpha=0.2, line_color="colour", line_alpha=0.55)
        overlay(fig, source, halo)
        ring = Scatter(size="ring", fill_alpha=0.0, line_color="colour", line_width=2, line_dash=[3, 3])
        overlay(fig, source, ring)
        text = label(
            colours,
            anchor="anchor",
            x_offset="dx",
            y_offset="dy",
            text_color=colours.text,
            text_font_style="bold",
            text_line_height=1.15,
            padding=4,
        )
        overlay(fig, source, text)
        below = {"anchor": "top_center", "y_offset": SURE_AWAY_PX}
        sure = label(colours, x="gx", y="sy", text="sure", text_color=colours.name, **below)
        overlay(fig, source, sure)
        chosen = Scatter(size=48, fill_alpha=0.0, line_color=colours.focus, line_width=3)
        overlay(fig, self.selected.source, chosen)
        mark = Scatter(
            size="size", marker="marker", angle="angle", fill_color="colour", line_color=colours.edge, line_width=2
        )
        overlay(fig, source, mark)

    def update(self, incidents: Iterable[Incident], selected: str | None, now: datetime, view: Viewport) -> Paper:
        """Take the present state; the paper tells later layers what is written on already."""
        layout = self._drawings.layout(self._draw(incidents, now), view, selected)
        self.alarms.keep_only(layout.rows)
        for key, row in layout.rows.items():
            self.alarms.put(key, row)
        self.alarms.flush()
        if selected is not None and selected in self.alarms:
            row = layout.rows[selected]
            self.selected.put("selected", {"x": row["x"], "y": row["y"]})
        else:
            self.selected.drop("selected")
        self.selected.flush()
        return layout.paper.copy()

    @property
    def drawn(self) -> Collection[str]:
        """The alarms that have a mark, or are counted in one."""
        return self._drawn.keys()

    def nearest(self, x: float, y: float, within_m: float) -> str | None:
        """The alarm whose mark is nearest to a Mercator position, if within so many Mercator metres."""
        best, best_d2 = None, within_m**2
        for key in self.alarms:
            row = self.alarms.row(key)
            d2 = (row["x"] - x) ** 2 + (row["y"] - y) ** 2
            if d2 <= best_d2:
                best, best_d2 = key, d2
        return best

    def in_view(self, view: Viewport) -> Iterator[str]:
        """The alarms that stand in a view, gathered ones too."""
        return (key for key, drawn in self._drawn.items() if view.contains(drawn.tx, drawn.ty))

    def position(self, incident: str) -> tuple[float, float] | None:
        """Where she is, in Mercator metres; None when the alarm is not on the map."""
        drawn = self._drawn.get(incident)
        return None if drawn is None else (drawn.tx, drawn.ty)

    def reach(self, incident: str) -> float:
        """How far the circles drawn for an alarm reach from its mark, in Mercator metres; 0 when there is none."""
        drawn = self._drawn[incident].row
        beside = math.hypot(drawn["gx"] - drawn["tx"], drawn["gy"] - drawn["ty"]) if "gr" in drawn else 0.0
        return float(max(drawn.get("cr", 0.0), beside + drawn.get("gr", 0.0)))

    def _draw(self, incidents: Iterable[Incident], now: datetime) -> tuple[Drawn, ...]:
        drawn = {}
        self.without_position = 0
        for incident in incidents:
            if not incident.open:
                continue
            if incident.fix is None:
                self.without_position += 1
                continue
            drawn[incident.id] = self._drawings.alarm(incident, incident.fix, now)
        self._drawn = drawn
        return tuple(drawn.values())
