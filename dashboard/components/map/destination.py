"""The place that somebody flies to by words: a mark where it is exact, its edge where that is known, and its words.

It lies under alarms and units, on the canvas that is repainted when the view moves, as it does whenever this changes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from bokeh.models import ColumnDataSource, MultiPolygons, Scatter
from bokeh.plotting import figure

from dashboard.components.map.glyphs import ground, label
from dashboard.components.map.labels import plain
from dashboard.components.map.outlines import Columns, polygons
from dashboard.components.map.palette import Palette
from maps.areas import Extent

NAME_LENGTH = 48  # characters on the map; the panel has all
_AWAY_PX = 16


class Destination(msgspec.Struct, frozen=True):
    """`name` is the place as it was offered, `called` as it stands on the map; `extent` is what it covers."""

    name: str
    called: str
    extent: Extent


class DestinationLayer:
    """One place, or none. Its renderers are made for the first: most pages never have one."""

    def __init__(self, palette: Callable[[], Palette], fig: figure) -> None:
        self._palette, self._figure = palette, fig
        self.edge = ColumnDataSource(data=_edge(None), name="destination_edge")
        self.mark = ColumnDataSource(data=_mark(None), name="destination")
        self._made = False

    def show(self, place: Destination | None) -> None:
        """Draw this place in the place of the one before."""
        if place is None and not self._made:
            return
        if not self._made:
            self._made = True
            self._add_renderers()
        self.edge.data, self.mark.data = dict(_edge(place)), dict(_mark(place))

    def _add_renderers(self) -> None:
        palette = self._palette()
        text = palette.text
        edge = MultiPolygons(fill_alpha=0.0, line_color=text, line_alpha=0.75, line_width=2, line_dash=[8, 6])
        ground(self._figure, self.edge, edge, "destination_edge")
        ring = Scatter(size="size", marker="circle_dot", fill_color=None, line_color=text, line_width=2.5)
        ground(self._figure, self.mark, ring, "destination")
        name = label(palette, anchor="anchor", x_offset="dx", y_offset="dy", text_color=text)
        ground(self._figure, self.mark, name, "destination_name")


def _edge(place: Destination | None) -> Columns:
    outline = place.extent.outline if place is not None else None
    return polygons([outline] if outline is not None else [])


def _mark(place: Destination | None) -> dict[str, Sequence[Any]]:
    """Where no point is exact the words stand in its middle, with no mark that would say more."""
    if place is None:
        return {name: [] for name in ("x", "y", "size", "label", "anchor", "dx", "dy")}
    exact = place.extent.exact
    return {
        "x": [place.extent.x],
        "y": [place.extent.y],
        "size": [24 if exact else 0],
        "label": [plain(place.called, NAME_LENGTH)],
        "anchor": ["center_left" if exact else "center"],
        "dx": [_AWAY_PX if exact else 0],
        "dy": [0],
    }
