"""Many open alarms on one map: which are drawn each by itself, and how many stand gathered where.

A browser draws some dozens of alarms with their circles and labels in a frame, not thousands. Where a view shows more, the oldest
that nobody has are drawn, the others are counted in cells of the screen. Positions are kept in arrays: thirty thousand are looked
through in a few milliseconds.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakMethod, ref

import msgspec
import numpy as np
from bokeh.models import Scatter
from bokeh.plotting import figure

from dashboard.components.map.glyphs import label, overlay
from dashboard.components.map.palette import Palette
from dashboard.components.map.rows import Rows
from dashboard.components.map.viewport import Viewport
from incidents.board import Board, Change
from incidents.incident import Incident
from maps.geodesy import to_mercator

EACH: Final = 48  # alarms that are drawn each by itself at most ...
FIRST: Final = 12  # ... and so many of them where there are more
BEYOND: Final = 8  # of those out of sight that an arrow points to
CELL_PX: Final = 88
NAN: Final = float("nan")
EMPTY: Final[dict[str, Any]] = {"x": NAN, "y": NAN, "size": 0.0, "colour": "#000000", "label": ""}


class Cell(msgspec.Struct, frozen=True):
    """So many alarms about a place, of them so many that nobody has."""

    key: str
    x: float
    y: float
    count: int
    unowned: int


class Crowd:
    """The open alarms of a board that have a position."""

    def __init__(self, board: Board) -> None:
        self._of = ref(board)  # crowds are found by their boards: none may keep its own
        self._slots: dict[str, int] = {}
        self._ids: list[str] = []
        self._free: list[int] = []
        # A row each: where she is in Mercator metres, 1 while nobody has it, when it was received. No position: NaN.
        self._facts = np.full((256, 4), NAN)
        self._changed: dict[str, None] = dict.fromkeys(board.incidents)
        heard = WeakMethod(self._hear)
        board.listen(lambda change: hear(change) if (hear := heard()) else None)

    @property
    def _board(self) -> Board:
        board = self._of()
        assert board is not None
        return board

    @property
    def many(self) -> bool:
        """Whether there may be more than can be drawn each by itself."""
        return len(self._board.index.open) > EACH

    def without(self, hidden: Collection[str]) -> "PageCrowd":
        """It as a page may show it."""
        return PageCrowd(self, frozenset(hidden))

    def without_position(self, hidden: frozenset[str]) -> int:
        """How many open alarms are nowhere on the map."""
        self._catch_up()
        lost = self._board.index.open.keys() - self._slots.keys() if hidden else ()
        return len(self._board.index.open) - len(self._slots) - len(hidden.intersection(lost))

    def position(self, incident: str) -> tuple[float, float] | None:
        """Where she is, in Mercator metres."""
        self._catch_up()
        slot = self._slots.get(incident)
        return None if slot is None else (float(self._facts[slot, 0]), float(self._facts[slot, 1]))

    def each(self, view: Viewport, selected: str | None, hidden: frozenset[str]) -> list[Incident]:
        """Those that are drawn by themselves: the selected one, the first of those in view, and a few beyond it."""
        self._catch_up()
        x, y, unowned, _ = self._facts.T
        inside = (x >= view.x0) & (x <= view.x1) & (y >= view.y0) & (y <= view.y1)
        beyond = ~inside & (unowned == 1)
        for some in (inside, beyond):
            some[self._slots_of(hidden)] = False
        count = EACH if np.count_nonzero(inside) <= EACH else FIRST
        names = [*([selected] if selected and selected not in hidden else []), *self._first(inside, count)]
        names += self._first(beyond, BEYOND)
        return [found for name in dict.fromkeys(names) if (found := self._board.incidents.get(name)) is not None]

    def gathered(self, view: Viewport, drawn: Collection[str]) -> Iterator[Cell]:
        """Those in view that are not `drawn`, in cells."""
        self._catch_up()
        x, y, unowned, _ = self._facts.T
        rest = (x >= view.x0) & (x <= view.x1) & (y >= view.y0) & (y <= view.y1)
        rest[self._slots_of(drawn)] = False
        side = CELL_PX * view.m_per_px
        places = np.floor(self._facts[rest, :2] / side).astype(np.int64)
        cells, which, counts = np.unique(places, axis=0, return_inverse=True, return_counts=True)
        which = which.reshape(-1)
        nobody = np.bincount(which, weights=unowned[rest], minlength=len(cells))
        middles = [np.bincount(which, weights=of[rest], minlength=len(cells)) / counts for of in (x, y)]
        for n, (column, row) in enumerate(cells):
            yield Cell(f"{column} {row}", float(middles[0][n]), float(middles[1][n]), int(counts[n]), int(nobody[n]))

    def _slots_of(self, names: Collection[str]) -> list[int]:
        return [self._slots[name] for name in names if name in self._slots]

    def _first(self, among: Any, count: int) -> list[str]:
        """The first by the order of a queue: what nobody has, then by age."""
        found = np.flatnonzero(among)
        order = np.lexsort((self._facts[found, 3], -self._facts[found, 2]))
        return [self._ids[slot] for slot in found[order[:count]]]

    def _catch_up(self) -> None:
        for name in self._changed:
            incident = self._board.incidents.get(name)
            if incident is None or not incident.open or incident.fix is None:
                self._drop(name)
                continue
            x, y = to_mercator(incident.fix.lat, incident.fix.lon)
            slot = self._slot(name)
            self._facts[slot] = (x, y, float(incident.unowned), incident.received_at.timestamp())
        self._changed = {}

    def _slot(self, name: str) -> int:
        slot = self._slots.get(name)
        if slot is None:
            slot = self._free.pop() if self._free else len(self._ids)
            if slot == len(self._ids):
                self._ids.append(name)
            self._ids[slot] = name
            self._slots[name] = slot
            if slot >= len(self._facts):
                self._facts = np.concatenate([self._facts, np.full_like(self._facts, NAN)])
        return slot

    def _drop(self, name: str) -> None:
        slot = self._slots.pop(name, None)
        if slot is not None:
            self._facts[slot] = NAN
            self._free.append(slot)

    def _hear(self, change: Change) -> None:
        if change.kind == "incident":
            self._changed[change.key] = None


class PageCrowd:
    """A crowd without what is kept from a page."""

    def __init__(self, crowd: Crowd, hidden: frozenset[str]) -> None:
        self._crowd = crowd
        self._hidden = hidden

    @property
    def without_position(self) -> int:
        """How many open alarms are nowhere on the map."""
        return self._crowd.without_position(self._hidden)

    def position(self, incident: str) -> tuple[float, float] | None:
        """Where she is, in Mercator metres."""
        return None if incident in self._hidden else self._crowd.position(incident)

    def each(self, view: Viewport, selected: str | None) -> list[Incident]:
        """Those that are drawn by themselves."""
        return self._crowd.each(view, selected, self._hidden)

    def gathered(self, view: Viewport, drawn: Collection[str]) -> Iterator[Cell]:
        """The others in view, in cells."""
        return self._crowd.gathered(view, self._hidden.union(drawn))


_crowds: WeakKeyDictionary[Board, Crowd] = WeakKeyDictionary()


def crowd_of(board: Board) -> Crowd:
    """The crowd of a board, the same for every page."""
    found = _crowds.get(board)
    if found is None:
        found = _crowds[board] = Crowd(board)
    return found


class GatheredLayer:
    """A disc for each cell, with how many alarms stand there."""

    def __init__(self, palette: Callable[[], Palette]) -> None:
        self._palette = palette
        self.cells = Rows(EMPTY, 256, name="gathered")

    def add_to(self, fig: figure) -> None:
        """Add the renderers, under the alarms that are drawn by themselves."""
        source = self.cells.source
        disc = Scatter(size="size", fill_color="colour", fill_alpha=0.3, line_color="colour", line_width=2)
        overlay(fig, source, disc)
        overlay(fig, source, label(self._palette(), text_color=self._palette().text, text_font_style="bold",
                                   text_align="center", text_baseline="middle"))  # fmt: skip

    def update(self, cells: Iterable[Cell]) -> None:
        """Take what is gathered now."""
        rows = {
            cell.key: {
                "x": cell.x,
                "y": cell.y,
                "size": 30.0 + 8.0 * len(str(cell.count)),
                "colour": self._palette().press if cell.unowned else self._palette().acknowledged,
                "label": str(cell.count),
            }
            for cell in cells
        }
        self.cells.keep_only(rows)
        for key, row in rows.items():
            self.cells.put(key, row)
        self.cells.flush()
