"""Streets, rail and water under the alarms. Nothing of them is in a page until its map is first looked at.

The browser asks for the cells that its view needs, and keeps them; each comes by itself, in the maps' turns, so that an alarm
waits for none. By the page's own line and not by an address: where a map looks may be where somebody is.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from bokeh.models import ColumnDataSource, MultiLine, Text
from bokeh.plotting import figure

from dashboard.components.map.glyphs import FONT, ground
from dashboard.components.map.palette import Palette
from dashboard.components.map.turns import TURNS
from maps.streets.reading import StreetsError
from maps.streets.scales import SCALES, Cell
from maps.streets.street_file import Streets

Source = Callable[[], Streets]
REST_S: Final = 0.01  # between two cells
WAITING: Final = 256  # cells a page may wait for; what it asked for first is forgotten first

_logger = logging.getLogger(__name__)


class StreetLayer:
    """The streets of one map. `source` opens them (it may read files), `send` gives a cell to the page."""

    def __init__(self, palette: Palette, source: Source, send: Callable[[str], None]) -> None:
        self._palette = palette
        self._source = source
        self._send = send
        self._streets: Streets | None = None
        self._wanted: deque[Cell] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def open(self) -> dict[str, Any]:
        """What the page must know to draw them: the scales there are, the credit, what is wrong."""
        if self._streets is None:
            self._streets = await asyncio.to_thread(self._source)
            if self._streets.problem:
                _logger.warning("%s", self._streets.problem)
        streets = self._streets
        scales = [
            {"number": number, "above": scale.above, "below": scale.below, "cell": scale.cell_m, "step": scale.step_m}
            for number, scale in ((number, SCALES[number]) for number in streets.scales)
        ]
        return {"scales": scales, "credit": streets.credit, "problem": bool(streets.problem)}

    def add_to(self, fig: figure) -> None:
        """Add the renderers, empty: the page fills them itself."""
        lines = MultiLine(line_color="colour", line_width="width", line_cap="round", line_join="round")
        empty = ColumnDataSource(data={"xs": [], "ys": [], "colour": [], "width": []})
        ground(fig, empty, lines, "streets", level="underlay")
        names = Text(
            angle="angle",
            text_color=self._palette.street_name,
            text_font=FONT,
            text_font_size="15px",
            text_align="center",
            text_baseline="middle",
        )
        ground(fig, ColumnDataSource(data={"x": [], "y": [], "text": [], "angle": []}), names, "street_names")

    def ask(self, cells: object) -> None:
        """The page asks for cells, [scale, x, y] each; what is none is left out."""
        if self._streets is None or not isinstance(cells, list):
            return
        for cell in cells[:WAITING]:
            match cell:
                case [int(scale), int(x), int(y)] if 0 <= scale < len(SCALES) and (scale, x, y) not in self._wanted:
                    self._wanted.append((scale, x, y))
        while len(self._wanted) > WAITING:
            self._wanted.popleft()
        if self._wanted and (self._sending is None or self._sending.done()):
            self._sending = asyncio.get_running_loop().create_task(self._answer(self._streets))

    async def _answer(self, streets: Streets) -> None:
        loop = asyncio.get_running_loop()
        while self._wanted:
            await asyncio.sleep(TURNS.next(loop.time(), REST_S))
            if not self._wanted:
                return
            cell = self._wanted.popleft()
            try:
                text = await asyncio.to_thread(streets.lines, cell)
            except StreetsError as error:  # the map goes on without them
                _logger.error("%s", error)
                self._wanted.clear()
                return
            scale, x, y = cell
            self._send(f'{{"cell": [{scale}, {x}, {y}], "lines": {text or "null"}}}')
