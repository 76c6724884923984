"""What is written beside a mark, and on which side of it, so that no mark or label hides another.

Positions here are pixels on an unbounded screen (Mercator metres over metres a pixel, y upwards): panning changes nothing.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

import msgspec

from dashboard.components.map.words import Words

Side = Literal["right", "left", "below", "above"]
SIDES: Final[tuple[Side, ...]] = ("right", "left", "below", "above")
MARK_PX: Final = 26  # across; nearer marks are moved apart
GATHER_PX: Final = 34  # three or more so near to one are counted in it
NAME_LENGTH: Final = 24
_CHARACTER_PX: Final = 9.2  # mean of 16 px semi-bold in the page's fonts
_LINE_PX: Final = 21
_ROW_PX: Final = 48  # two lines of text and a gap
_CELL_PX: Final = 12


class Anchor(msgspec.Struct, frozen=True):
    """How a label hangs on its mark: the label's point that is held, and its offset in pixels (y downwards)."""

    point: str
    dx: float
    dy: float


ALARM_AWAY_PX: Final = 30  # clear of the ring of a selected alarm
UNIT_AWAY_PX: Final = 15
SURE_AWAY_PX: Final = 5


def hang(side: Side, away_px: float) -> Anchor:
    """The anchor of a label on a side of its mark, so many pixels from the mark's middle."""
    anchors: dict[Side, Anchor] = {
        "right": Anchor("center_left", away_px, 0),
        "left": Anchor("center_right", -away_px, 0),
        "below": Anchor("top_center", 0, away_px),
        "above": Anchor("bottom_center", 0, -away_px),
    }
    return anchors[side]


def plain(text: str, length: int = NAME_LENGTH) -> str:
    """A name from a feed as one short line: no control, formatting (bidi) or unassigned characters."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    line = " ".join(kept.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def span(words: Words, seconds: float) -> str:
    """An age as the queue's rows say it (`duration` of `dashboard/shell/format.js`): "42 s", "7 min", "1 h 20", "2 d 3 h"."""
    whole = max(0, math.floor(seconds + 0.5))
    minutes, hours = whole // 60, whole // 3600
    if whole < 60:
        return words["s"].format(n=whole)
    if hours < 1:
        return words["min"].format(n=minutes)
    if hours < 24:
        return words["h_min"].format(h=hours, m=minutes % 60)
    return words["days"].format(n=hours // 24, h=hours % 24)


def span_lasts_s(seconds: float) -> float:
    """For how long from now `span` says the same."""
    whole = max(0, math.floor(seconds + 0.5))
    step = 1 if whole < 60 else 60 if whole < 86_400 else 3600
    return (whole // step + 1) * step - 0.5 - max(0.0, seconds)


def length(metres: float, decimal: str = ".") -> str:
    """A length: "18 m", "1.4 km", "23 km"; `decimal` stands before a decimal."""
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km".replace(".", decimal) if metres < 9950 else f"{metres / 1000:.0f} km"


def gather(points: Sequence[tuple[str, float, float]]) -> dict[str, list[str]]:
    """Which marks (key, x, y), graver ones first, stand for those about them: the keys of these. Two can stand side by side."""
    about: dict[str, list[str]] = {}
    heads: defaultdict[tuple[int, int], list[tuple[str, float, float]]] = defaultdict(list)
    for key, x, y in points:
        at = (math.floor(x / GATHER_PX), math.floor(y / GATHER_PX))
        near = (head for i in (-1, 0, 1) for j in (-1, 0, 1) for head in heads.get((at[0] + i, at[1] + j), ()))
        head = next((name for name, hx, hy in near if math.dist((hx, hy), (x, y)) < GATHER_PX), None)
        if head is None:
            heads[at].append((key, x, y))
            about[key] = []
        else:
            about[head].append(key)
    return {head: keys for head, keys in about.items() if len(keys) > 1}


def apart(points: Sequence[tuple[str, float, float]]) -> dict[str, tuple[float, float]]:
    """Where to draw each mark (key, x, y) so that all can be seen and picked: its offset in pixels, y upwards.

    Marks that would overlap stand in two columns about their common centre, 48 px apart, in the order given.
    """
    groups: list[list[tuple[str, float, float]]] = []
    near: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for point in points:
        at = (math.floor(point[1] / MARK_PX), math.floor(point[2] / MARK_PX))
        around = (g for i in (-1, 0, 1) for j in (-1, 0, 1) for g in near.get((at[0] + i, at[1] + j), ()))
        group = next((g for g in around if math.dist(groups[g][0][1:], point[1:]) < MARK_PX), None)
        if group is None:
            near[at].append(len(groups))
            groups.append([point])
        else:
            groups[group].append(point)
    return {key: offset for group in groups for key, offset in _columns(group)}


def _columns(group: list[tuple[str, float, float]]) -> Iterable[tuple[str, tuple[float, float]]]:
    if len(group) == 1:
        yield group[0][0], (0.0, 0.0)
        return
    cx, cy = sum(p[1] for p in group) / len(group), sum(p[2] for p in group) / len(group)
    rows = math.ceil(len(group) / 2)
    for i, (key, x, y) in enumerate(group):
        side = 1 if i % 2 == 0 else -1
        yield key, (cx + side * MARK_PX * 0.7 - x, cy + ((rows - 1) / 2 - i // 2) * _ROW_PX - y)


class Paper:
    """Which part of the screen is written on: the cells of 12 px that are `taken`. `screen`: left, bottom, right, top of it."""

    def __init__(self, screen: tuple[float, float, float, float]) -> None:
        self._screen = screen
        self.taken: set[tuple[int, int]] = set()

    def copy(self) -> "Paper":
        """The same, to write on without spoiling this one."""
        other = Paper(self._screen)
        other.taken = set(self.taken)
        return other

    def mark(self, x: float, y: float) -> None:
        """A mark stands here."""
        self.taken.update(self._cells(x - MARK_PX / 2, y - MARK_PX / 2, MARK_PX, MARK_PX))

    def write(self, x: float, y: float, text: str, away_px: float, sides: Iterable[Side] = SIDES) -> Side | None:
        """The first side of the mark at x, y with room for the text, which is then taken; None when there is none.

        Where the screen's edge would cut it off there is none: half a name may be another's.
        """
        for side, cells in self._sides(x, y, text, away_px, sides):
            if self.taken.isdisjoint(cells):
                self.taken.update(cells)
                return side
        return None

    def _sides(
        self, x: float, y: float, text: str, away_px: float, sides: Iterable[Side]
    ) -> list[tuple[Side, list[tuple[int, int]]]]:
        boxes = [(side, box(x, y, text, side, away_px)) for side in sides]
        return [(side, self._cells(*box)) for side, box in boxes if not self._cut_off(*box)]

    def _cut_off(self, x: float, y: float, width: float, height: float) -> bool:
        left, bottom, right, top = self._screen
        return x < left or y < bottom or x + width > right or y + height > top

    def _cells(self, x: float, y: float, width: float, height: float) -> list[tuple[int, int]]:
        columns = range(math.floor(x / _CELL_PX), math.floor((x + width) / _CELL_PX) + 1)
        rows = range(math.floor(y / _CELL_PX), math.floor((y + height) / _CELL_PX) + 1)
        return [(column, row) for column in columns for row in rows]


def box(x: float, y: float, text: str, side: Side, away_px: float) -> tuple[float, float, float, float]:
    lines = text.split("\n")
    width, height = max(map(len, lines)) * _CHARACTER_PX, len(lines) * _LINE_PX
    place: dict[Side, Callable[[], tuple[float, float]]] = {
        "right": lambda: (x + away_px, y - height / 2),
        "left": lambda: (x - away_px - width, y - height / 2),
        "below": lambda: (x - width / 2, y - away_px - height),
        "above": lambda: (x - width / 2, y + away_px),
    }
    left, bottom = place[side]()
    return left, bottom, width, height
