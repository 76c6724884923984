"""The alarms on the map: a row for each, redrawn only when something about it changed or its written age has run out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bokeh.plotting import figure

from dashboard.map.labels import ALARM_AWAY_PX, Paper, Side, apart
from dashboard.map.marks import EMPTY_ALARM, Drawn, at_zoom, draw_alarm
from dashboard.map.palette import FONT, Palette
from dashboard.map.rows import Rows
from dashboard.map.viewport import Viewport
from dashboard.map.words import Words
from incidents.incident import Incident

CAPACITY = 64


class AlarmLayer:
    """Marks, accuracy circles, rings, grown circles, labels, and the white ring of the selected alarm."""

    def __init__(self, palette: Palette, words: Words) -> None:
        self._palette = palette
        self._words = words
        self._drawn: dict[str, tuple[Incident, datetime, Drawn]] = {}
        self._sides: dict[str, tuple[tuple[float, float], Side]] = {}
        self.alarms = Rows(EMPTY_ALARM, CAPACITY, name="alarms")
        self.selected = Rows({"x": float("nan"), "y": float("nan")}, 1, name="selected")
        self.without_position = 0

    def add_to(self, fig: figure) -> None:
        """Add the renderers, all on the canvas that may be repainted often."""
        colours = self._palette
        source = self.alarms.source
        fig.circle(
            "gx",
            "gy",
            radius="gr",
            source=source,
            level="overlay",
            fill_alpha=0.0,
            line_color="colour",
            line_dash=[7, 7],
            line_width=2,
        )
        fig.circle(
            "cx",
            "cy",
            radius="cr",
            source=source,
            level="overlay",
            fill_color="colour",
            fill_alpha=0.14,
            line_color="colour",
            line_width=1.6,
        )
        fig.segment("tx", "ty", "x", "y", source=source, level="overlay", line_color="colour", line_width=2)
        fig.scatter("tx", "ty", size=5, source=source, level="overlay", fill_color="colour", line_color=None)
        fig.scatter(
            "x",
            "y",
            size="halo",
            marker="circle",
            source=source,
            level="overlay",
            fill_color="colour",
            fill_alpha=0.2,
            line_color="colour",
            line_alpha=0.55,
            line_width=1,
        )
        fig.scatter(
            "x",
            "y",
            size="ring",
            marker="circle",
            source=source,
            level="overlay",
            fill_alpha=0.0,
            line_color="colour",
            line_width=2,
            line_dash=[3, 3],
        )
        fig.text(
            "x",
            "y",
            text="label",
            anchor="anchor",
            x_offset="dx",
            y_offset="dy",
            source=source,
            level="overlay",
            text_color=colours.text,
            text_font=FONT,
            text_font_size="16px",
            text_font_style="bold",
            padding=4,
            text_line_height=1.15,
            background_fill_color=colours.label,
            background_fill_alpha=0.86,
            border_radius=4,
            border_line_color=None,
        )
        fig.scatter(
            "x",
            "y",
            size=48,
            source=self.selected.source,
            level="overlay",
            fill_alpha=0.0,
            line_color=colours.focus,
            line_width=3,
        )
        fig.scatter(
            "x",
            "y",
            size="size",
            marker="marker",
            angle="angle",
            source=source,
            level="overlay",
            fill_color="colour",
            line_color=colours.edge,
            line_width=2,
        )

    def update(self, incidents: Iterable[Incident], selected: str | None, now: datetime, view: Viewport) -> Paper:
        """Take the present state; the paper tells later layers what is written on already."""
        shown = self._redraw(incidents, now)
        positions = tuple((d.key, d.tx / view.m_per_px, d.ty / view.m_per_px) for d in shown)
        paper = self._place(shown, positions, view)
        self.alarms.keep_only(d.key for d in shown)
        for drawn in shown:
            offset, side = self._sides[drawn.key]
            self.alarms.put(drawn.key, at_zoom(drawn, view.m_per_px, offset, side))
        self.alarms.flush()
        if selected is not None and selected in self.alarms:
            row = self.alarms.row(selected)
            self.selected.put("selected", {"x": row["x"], "y": row["y"]})
        else:
            self.selected.drop("selected")
        self.selected.flush()
        return paper

    def nearest(self, x: float, y: float, within_m: float) -> str | None:
        """The alarm whose mark is nearest to a Mercator position, if within so many Mercator metres."""
        best, best_d2 = None, within_m**2
        for key in self.alarms:
            row = self.alarms.row(key)
            d2 = (row["x"] - x) ** 2 + (row["y"] - y) ** 2
            if d2 <= best_d2:
                best, best_d2 = key, d2
        return best

    def position(self, incident: str) -> tuple[float, float] | None:
        """Where she is, in Mercator metres; None when the alarm is not on the map."""
        if incident not in self.alarms:
            return None
        row = self.alarms.row(incident)
        return row["tx"], row["ty"]

    def reach(self, incident: str) -> float:
        """The radius of the largest circle drawn about an alarm, in Mercator metres; 0 when there is none."""
        _, _, drawn = self._drawn[incident]
        return max(drawn.row.get("cr", 0.0), drawn.row.get("gr", 0.0))

    def _redraw(self, incidents: Iterable[Incident], now: datetime) -> list[Drawn]:
        shown, self.without_position = [], 0
        kept: dict[str, tuple[Incident, datetime, Drawn]] = {}
        for incident in incidents:
            if not incident.open:
                continue
            if incident.fix is None:
                self.without_position += 1
                continue
            known = self._drawn.get(incident.id)
            if known is None or known[0] is not incident or now >= known[1]:
                drawn = draw_alarm(incident, incident.fix, now, self._palette, self._words)
                until = now + timedelta(seconds=min(drawn.stays_s, 86_400.0))
                known = (incident, until, drawn)
            kept[incident.id] = known
            shown.append(known[2])
        self._drawn = kept
        return shown

    def _place(self, shown: list[Drawn], positions: tuple[tuple[str, float, float], ...], view: Viewport) -> Paper:
        m = view.m_per_px
        paper = Paper((view.x0 / m, view.y0 / m, view.x1 / m, view.y1 / m))
        offsets = apart(positions)
        for key, x, y in positions:
            paper.mark(x + offsets[key][0], y + offsets[key][1])
        for drawn, (key, x, y) in zip(shown, positions, strict=True):
            offset = offsets[key]
            # A mark that stands in a column has its label on the outer side: the inner one is its neighbour's.
            first: tuple[Side, ...] = ("left",) if offset[0] < 0 else ("right",)
            sides = first if offset != (0.0, 0.0) else ("right", "left", "below", "above")
            side = paper.write_anyway(x + offset[0], y + offset[1], drawn.label, ALARM_AWAY_PX, sides)
            self._sides[key] = (offset, side)
        self._sides = {d.key: self._sides[d.key] for d in shown}
        return paper
