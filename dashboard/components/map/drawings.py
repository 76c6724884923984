"""Drawings shared by every page of one language and theme: an alarm is drawn, and a view laid out, once for all of them.

Fifty consoles look at the same alarms, most of them at the whole country. What nobody has looked at for a minute is
forgotten: it names devices.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Final

import msgspec

from dashboard.components.map.labels import ALARM_AWAY_PX, SIDES, Paper, Side, apart
from dashboard.components.map.marks import Drawn, at_zoom, draw_alarm, draw_unit
from dashboard.components.map.palette import PALETTES
from dashboard.components.map.viewport import Viewport
from dashboard.components.map.words import Words
from dashboard.shell.template import Theme
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.messages import Fix

FORGET_AFTER: Final = timedelta(minutes=1)
LONGEST_S: Final = 86_400.0


class Layout(msgspec.Struct, frozen=True):
    """Alarms placed in one view: their rows, and the paper they are written on (copy it to write more)."""

    rows: dict[str, dict[str, Any]]
    paper: Paper
    drawn: tuple[Drawn, ...]


class _Kept(msgspec.Struct):
    """A drawing, of which object, for which moments it is true, and when it was last wanted."""

    of: object
    drawn: Drawn
    since: datetime
    until: datetime
    wanted: datetime


class Drawings:
    """Draws, and remembers for as long as what it drew stays true."""

    def __init__(self, theme: Theme, words: Words) -> None:
        self._palette = PALETTES[theme]
        self._words = words
        self._alarms: dict[str, _Kept] = {}
        self._units: dict[str, _Kept] = {}
        self._layouts: dict[object, Layout] = {}
        self._tidied: datetime | None = None

    def alarm(self, incident: Incident, fix: Fix, now: datetime) -> Drawn:
        """An alarm at its last position."""
        draw = partial(draw_alarm, incident, fix, now, self._palette, self._words)
        return self._recall(self._alarms, incident.id, incident, now, draw)

    def unit(self, unit: UnitNow, fix: Fix, now: datetime) -> Drawn:
        """A unit at its last position."""
        draw = partial(draw_unit, unit, fix, now, self._palette, self._words)
        return self._recall(self._units, unit.unit, unit, now, draw)

    def layout(self, drawn: tuple[Drawn, ...], view: Viewport) -> Layout:
        """Alarms in a view: marks moved apart, labels on the side where they hide nothing."""
        key = (view, tuple(map(id, drawn)))
        if key not in self._layouts:
            self._layouts[key] = _lay_out(drawn, view)
        return self._layouts[key]

    def _recall(self, kept: dict[str, _Kept], key: str, of: object, now: datetime, draw: Callable[[], Drawn]) -> Drawn:
        self._tidy(now)
        known = kept.get(key)
        # A replay's clock may run behind another page's: what was drawn later is not true yet.
        if known is None or known.of is not of or not known.since <= now < known.until:
            drawn = draw()
            until = now + timedelta(seconds=min(drawn.stays_s, LONGEST_S))
            known = kept[key] = _Kept(of, drawn, now, until, now)
        known.wanted = now
        return known.drawn

    def _tidy(self, now: datetime) -> None:
        if self._tidied is not None and abs(now - self._tidied) < FORGET_AFTER:
            return
        self._tidied = now
        self._layouts.clear()
        for kept in (self._alarms, self._units):
            for key in [key for key, known in kept.items() if abs(now - known.wanted) >= FORGET_AFTER]:
                del kept[key]


@lru_cache(maxsize=8)
def drawings(theme: Theme, words: tuple[tuple[str, str], ...]) -> Drawings:
    """The drawings of a theme and a language, the same for every page of this process."""
    return Drawings(theme, dict(words))


def _lay_out(drawn: tuple[Drawn, ...], view: Viewport) -> Layout:
    m = view.m_per_px
    paper = Paper((view.x0 / m, view.y0 / m, view.x1 / m, view.y1 / m))
    positions = [(d.key, d.tx / m, d.ty / m) for d in drawn]
    offsets = apart(positions)
    for key, x, y in positions:
        paper.mark(x + offsets[key][0], y + offsets[key][1])
    rows = {}
    for alarm, (key, x, y) in zip(drawn, positions, strict=True):
        dx, dy = offsets[key]
        # A mark that stands in a column has its label on the outer side: the inner one is its neighbour's.
        outer: tuple[Side, ...] = ("left",) if dx < 0 else ("right",)
        sides = SIDES if (dx, dy) == (0.0, 0.0) else outer
        side = paper.write_anyway(x + dx, y + dy, alarm.label, ALARM_AWAY_PX, sides)
        rows[key] = at_zoom(alarm, m, (dx, dy), side)
    return Layout(rows, paper, drawn)
