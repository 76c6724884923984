"""Drawings shared by every page of one language and theme: an alarm is drawn, and a view laid out, once for all of them.

Fifty consoles look at the same alarms, most of them at the whole country. What nobody has looked at for a minute is
forgotten: it names devices.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Final

import msgspec

from dashboard.components.map.labels import ALARM_AWAY_PX, SIDES, SURE_AWAY_PX, Paper, Side, apart, gather
from dashboard.components.map.marks import Drawn, at_zoom, draw_alarm, draw_unit
from dashboard.components.map.palette import PALETTES
from dashboard.components.map.viewport import Viewport
from dashboard.components.map.words import Words
from dashboard.components.tracks import track
from dashboard.shell.template import Theme
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.messages import Fix
from maps.track import Track

FORGET_AFTER: Final = timedelta(minutes=1)
GATHERED_FROM_M: Final = 30.0  # Mercator metres a pixel; nearer, alarms at one place stand apart, each to be picked
LONGEST_S: Final = 86_400.0
RECENT: Final = 60  # positions that a circle is reckoned from: a page that opens draws dozens of alarms at once


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
        self._tracks: dict[str, Track] = {}
        self._layouts: dict[object, Layout] = {}
        self._tidied: datetime | None = None

    def alarm(self, incident: Incident, fix: Fix, now: datetime) -> Drawn:
        """An alarm at its last position."""
        draw = partial(self._draw_alarm, incident, fix, now)
        return self._recall(self._alarms, incident.id, incident, now, draw)

    def _draw_alarm(self, incident: Incident, fix: Fix, now: datetime) -> Drawn:
        of = self._tracks[incident.id] = track(incident, self._tracks.get(incident.id), RECENT)
        return draw_alarm(incident, fix, of, now, self._palette, self._words)

    def unit(self, unit: UnitNow, fix: Fix, now: datetime) -> Drawn:
        """A unit at its last position."""
        draw = partial(draw_unit, unit, fix, now, self._palette, self._words)
        return self._recall(self._units, unit.unit, unit, now, draw)

    def layout(self, drawn: tuple[Drawn, ...], view: Viewport, selected: str | None = None) -> Layout:
        """Alarms in a view: marks moved apart or gathered, labels where they hide nothing. The selected one has its own."""
        found = self._layout(drawn, view, None)
        if selected is None or all(one.key != selected for one in drawn):
            return found
        # Where the layout of all pages shows it with its name, it serves; one that is gathered has no row.
        return found if found.rows.get(selected, {}).get("label") else self._layout(drawn, view, selected)

    def _layout(self, drawn: tuple[Drawn, ...], view: Viewport, first: str | None) -> Layout:
        key = (view, first, tuple(map(id, drawn)))
        if key not in self._layouts:
            self._layouts[key] = _lay_out(drawn, view, first)
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
        self._tracks = {key: found for key, found in self._tracks.items() if key in self._alarms}


@lru_cache(maxsize=8)
def drawings(theme: Theme, words: tuple[tuple[str, str], ...]) -> Drawings:
    """The drawings of a theme and a language, the same for every page of this process."""
    return Drawings(theme, dict(words))


def _lay_out(drawn: tuple[Drawn, ...], view: Viewport, first: str | None) -> Layout:
    """What is graver stands first: it keeps its mark, and its label before another's; a label has room or is none.

    What nobody has is counted in nothing but a mark of its own kind; `first`, which is looked at, neither counts nor is counted.
    """
    m = view.m_per_px
    paper = Paper((view.x0 / m, view.y0 / m, view.x1 / m, view.y1 / m))
    ranked = sorted(drawn, key=lambda one: (one.key != first, not one.unowned, not one.row["halo"]))
    seen = [(one.key, one.tx / m, one.ty / m) for one in ranked if one.key != first and view.contains(one.tx, one.ty)]
    gathered = gather(seen) if m > GATHERED_FROM_M else {}
    others = {key for keys in gathered.values() for key in keys}
    alone = [one for one in ranked if one.key not in others]
    positions = {one.key: (one.tx / m, one.ty / m) for one in alone}
    offsets = apart([(key, x, y) for key, (x, y) in positions.items()])
    for key, (x, y) in positions.items():
        paper.mark(x + offsets[key][0], y + offsets[key][1])
    rows = {}
    # How many are counted in a mark must stand; a name may yield.
    for alarm in sorted(alone, key=lambda one: one.key not in gathered):
        (x, y), (dx, dy) = positions[alarm.key], offsets[alarm.key]
        # A mark that stands in a column has its label on the outer side: the inner one is its neighbour's.
        outer: tuple[Side, ...] = ("left",) if dx < 0 else ("right",)
        sides = SIDES if (dx, dy) == (0.0, 0.0) else outer
        texts = _texts(alarm, len(gathered.get(alarm.key, ())))
        placed = ((side, text) for text in texts if (side := paper.write(x + dx, y + dy, text, ALARM_AWAY_PX, sides)))
        side, text = next(placed, (sides[0], texts[-1] if alarm.key in gathered else ""))
        row = rows[alarm.key] = at_zoom(alarm, m, (dx, dy), side) | {"label": text}
        if row.get("sure") and not paper.write(row["gx"] / m, row["sy"] / m, row["sure"], SURE_AWAY_PX, ("below",)):
            row["sure"] = ""
    return Layout({one.key: rows[one.key] for one in drawn if one.key in rows}, paper, drawn)


def _texts(alarm: Drawn, more: int) -> tuple[str, ...]:
    """What may be written beside a mark, the fullest first: how many are gathered in it is in each."""
    name = alarm.row["name"]
    if more:
        return f"{name} +{more}", f"+{more}"
    return alarm.label, name
