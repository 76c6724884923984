"""The browser's side of the map: the figure in its frame, with the panels, arrows, names and scale bar that follow the view."""

from pathlib import Path
from typing import Any

import param
from panel.viewable import Child

from dashboard.shell.compat import PlainScript

_HERE = Path(__file__).parent
# One module for the browser, in this order: the later parts use the earlier ones.
_PARTS = (
    *("geometry.js", "shapes.js", "labels.js", "marks.js", "true_view.js", "flights.js", "edge.js"),
    *("writing.js", "ground.js", "streets.js", "numbers.js", "panels.js", "inset.js", "frame.js"),
)


class MapFrame(PlainScript):
    """The frame. The page sends `ready`, `look`, `pick`, `place`, `leave`, `streets`, `theme`: see `view`."""

    plot = Child(doc="The Bokeh figure.")
    words = param.Dict(default={}, doc="Words of the interface by key.")
    colours = param.Dict(default={}, doc="The palette by name.")
    country = param.List(default=[], doc="Bounds x0, y0, x1, y1 of the country in Mercator metres.")
    home = param.List(default=[], doc="The same with what stands around it.")
    names = param.List(default=[], doc="Zone names: text, x, y, width of the zone in Mercator metres; largest first.")
    loaded = param.List(default=[], doc="x0, x1, y0, y1 that the finer outlines cover; empty when none are shown.")
    place = param.List(default=[], doc="Where the selected alarm is: zone, municipality; empty when nobody knows.")
    middle = param.List(default=[], doc="The same of the middle of the view.")
    destination = param.String(default="", doc="The place that somebody flew to by words; empty when none is marked.")
    theme = param.String(default="dark", doc="In which it is drawn.")
    follow = param.Boolean(default=False, doc="Whether the map begins by keeping the selected alarm in the middle.")
    streets = param.Dict(
        default={}, doc="Of the streets: their scales, credit, whether a file is bad; empty before they are opened."
    )
    layers = param.Dict(default={}, doc="Which layers the page begins with, by name.")
    apart = param.Boolean(default=False, doc="Whether the list of layers offers the map in a window of its own.")

    _esm = "\n".join((_HERE / part).read_text() for part in _PARTS)

    def __init__(self, *, bare: bool = False, **params: Any) -> None:
        sheets = [(_HERE / "map.css").read_text()]
        if bare:
            sheets.append(".buttons, .choices, .legend, .inset { display: none; }")
        # Panel's constructor has no annotations.
        super().__init__(stylesheets=sheets, sizing_mode="stretch_both", **params)  # type: ignore[no-untyped-call]
