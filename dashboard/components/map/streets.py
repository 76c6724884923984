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

from dashboard.components.map.frame import MapFrame
from dashboard.components.map.glyphs import FONT, ground
from dashboard.components.map.palette import Palette
from dashboard.components.map.turns import TURNS
from dashboard.shell.compat import connected, send, soon
from maps.streets.reading import StreetsError
from maps.streets.scales import SCALES, Cell
from maps.streets.street_file import Streets

Source = Callable[[], Streets]
REST_S: Final = 0.01  # between two cells
WAITING: Final = 256  # cells a page may wait for; what it asked for first is forgotten first

_logger = logging.getLogger(__name__)


class StreetLayer:
    """The streets of one map. `source` opens them, `credit` says whose addresses stand on the page: both may read files."""

    def __init__(
        self, palette: Palette, source: Source, credit: Callable[[], str], fig: figure, frame: MapFrame
    ) -> None:
        self._palette = palette
        self._source = source
        self._credit = credit
        self._figure = fig
        self._frame = frame
        self._streets: Streets | None = None
        self._wanted: deque[Cell] = deque()
        self._opening: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[None] | None = None

    def open(self) -> None:
        """The map is painted and is looked at: open its streets in the background, unless they are."""
        if self._opening is None and self._figure.document is not None:
            self._opening = asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        streets, addresses = await asyncio.to_thread(lambda: (self._source(), self._credit()))
        if streets.problem:
            _logger.warning("%s", streets.problem)

        async def opened() -> None:
            self._add_renderers()
            self._streets = streets
            self._frame.streets = facts_of(streets, addresses)

        if (document := self._figure.document) is not None:
            soon(document, opened)

    def _add_renderers(self) -> None:
        """Empty: the page fills them itself."""
        lines = MultiLine(line_color="colour", line_width="width", line_cap="round", line_join="round")
        empty = ColumnDataSource(data={"xs": [], "ys": [], "colour": [], "width": []})
        ground(self._figure, empty, lines, "streets", level="underlay")
        names = Text(
            angle="angle",
            text_color=self._palette.street_name,
            text_font=FONT,
            text_font_size="15px",
            text_align="center",
            text_baseline="middle",
        )
        none = ColumnDataSource(data={"x": [], "y": [], "text": [], "angle": []})
        ground(self._figure, none, names, "street_names")

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

    def _send(self, text: str) -> None:
        if (document := self._figure.document) is None:
            return

        async def sending() -> None:
            if connected(document):
                send(self._frame, document, text)

        soon(document, sending)


def facts_of(streets: Streets, addresses: str) -> dict[str, Any]:
    """What a page must know to draw streets: the scales there are (`maps.streets`), the credit, whether the file is bad; and the
    credit of the `addresses` whose words stand beside the map."""
    scales = [
        {"number": number, "above": scale.above, "below": scale.below, "cell": scale.cell_m, "step": scale.step_m}
        for number, scale in ((number, SCALES[number]) for number in streets.scales)
    ]
    return {"scales": scales, "credit": streets.credit, "problem": bool(streets.problem), "addresses": addresses}
