"""Streets, rail, water and house numbers under the alarms. Nothing of them is in a page until its map is first looked at.

The browser asks for the cells that its view needs, and keeps them; each comes by itself, in the maps' turns, so that an alarm
waits for none. By the page's own line and not by an address: where a map looks may be where somebody is.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from bokeh.models import ColumnDataSource, MultiLine
from bokeh.plotting import figure

from dashboard.components.map.frame import MapFrame
from dashboard.components.map.glyphs import ground
from dashboard.shell.compat import connected, send, soon
from dashboard.shell.errands import DRAWN, aside
from incidents.listeners import say_fault
from maps.addresses.addresses import Addresses
from maps.addresses.house_numbers import BELOW, CELL_M, numbers_in
from maps.streets.reading import StreetsError
from maps.streets.scales import SCALES, Cell
from maps.streets.street_file import Streets

Source = Callable[[], Streets]
AddressSource = Callable[[], Addresses]
NUMBERS: Final = len(SCALES)  # what a page asks for house numbers by, where it names a scale for streets
REST_S: Final = 0.01  # between two cells
WAITING: Final = 256  # cells a page may wait for; what it asked for first is forgotten first
TAKEN_UP_S: Final = 0.5  # a page that comes from another server has its new document by then

_logger = logging.getLogger(__name__)


class StreetLayer:
    """The streets of one map. `source` opens them, `addresses` their house numbers; `credit` says whose addresses stand there:
    all three may read files."""

    def __init__(
        self,
        source: Source,
        credit: Callable[[], str],
        fig: figure,
        frame: MapFrame,
        addresses: AddressSource | None = None,
    ) -> None:
        self._source = source
        self._credit = credit
        self._addresses = addresses
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
        streets, numbers, addresses = await aside(DRAWN, self._opened)
        await asyncio.sleep(TAKEN_UP_S)
        if streets.problem:
            _logger.warning("%s", streets.problem)

        async def opened() -> None:
            self._add_renderers()
            self._streets = streets
            self._frame.streets = facts_of(streets, addresses) | numbers

        if (document := self._figure.document) is not None:
            soon(document, opened)

    def _opened(self) -> tuple[Streets, dict[str, Any], str]:
        """The streets; what a page must know of the house numbers, nothing where there are none; whose addresses stand there."""
        numbers: dict[str, Any] = {}
        credit = ""
        try:
            credit = self._credit()  # first: no number is drawn without it
            numbers = numbers_of(self._addresses()) if self._addresses is not None else {}
        except Exception as error:  # the streets go on without them
            say_fault(error, "the opening of house numbers")
        return self._source(), numbers, credit

    def _add_renderers(self) -> None:
        """Empty: the page fills them itself."""
        lines = MultiLine(line_color="colour", line_width="width", line_cap="round", line_join="round")
        empty = ColumnDataSource(data={"xs": [], "ys": [], "colour": [], "width": []})
        ground(self._figure, empty, lines, "streets", level="underlay")

    def ask(self, cells: object) -> None:
        """The page asks for cells, [scale, x, y] each; what is none is left out."""
        if self._streets is None or not isinstance(cells, list):
            return
        for cell in cells[:WAITING]:
            match cell:
                case [int(scale), int(x), int(y)] if 0 <= scale <= NUMBERS and (scale, x, y) not in self._wanted:
                    self._wanted.append((scale, x, y))
        while len(self._wanted) > WAITING:
            self._wanted.popleft()
        if self._wanted and (self._sending is None or self._sending.done()):
            self._sending = asyncio.get_running_loop().create_task(self._answer(self._streets))

    async def _answer(self, streets: Streets) -> None:
        while self._wanted:
            await asyncio.sleep(REST_S)
            if not self._wanted:
                return
            cell = self._wanted.popleft()
            try:
                text = await aside(DRAWN, self._text, streets, cell)
            except StreetsError as error:  # the map goes on without them
                _logger.error("%s", error)
                self._wanted.clear()
                return
            except Exception as error:  # its words may quote a place; the page asks again for what did not come
                say_fault(error, "a cell of a map's streets or house numbers")
                continue
            scale, x, y = cell
            what = "numbers" if scale == NUMBERS else "lines"
            self._send(f'{{"cell": [{scale}, {x}, {y}], "{what}": {text or "null"}}}')

    def _text(self, streets: Streets, cell: Cell) -> str:
        scale, x, y = cell
        if scale != NUMBERS:
            return streets.lines(cell)
        return numbers_in(self._addresses().tables, x, y) if self._addresses is not None else ""

    def _send(self, text: str) -> None:
        if (document := self._figure.document) is None:
            return

        async def sending() -> None:
            if connected(document):
                send(self._frame, document, text)

        soon(document, sending)


def numbers_of(addresses: Addresses) -> dict[str, Any]:
    """What a page must know to draw house numbers, as of a scale of streets; nothing where there are none."""
    if not len(addresses.tables.street):
        return {}
    scale = {"number": NUMBERS, "above": 0, "below": BELOW, "cell": CELL_M, "step": 1}
    return {"numbers": scale}


def facts_of(streets: Streets, addresses: str) -> dict[str, Any]:
    """What a page must know to draw streets: the scales there are (`maps.streets`), the credit, whether the file is bad or lacks
    some; and the credit of the `addresses` whose words stand beside the map."""
    scales = [
        {"number": number, "above": scale.above, "below": scale.below, "cell": scale.cell_m, "step": scale.step_m}
        for number, scale in ((number, SCALES[number]) for number in streets.scales)
    ]
    facts = {"scales": scales, "credit": streets.credit, "problem": bool(streets.problem), "partial": streets.partial}
    return facts | {"addresses": addresses}
