"""A small map of a position as paths to draw: a zone's outline, the streets about it, some of their names. Nobody is in it.

It stands still while she walks: its middle lies on a grid and its width grows in steps, so that one picture serves many positions
(`frame_of`). Paths are SVG's `d`, in half pixels from the upper left corner.
"""

from math import atan2, ceil, cos, degrees, log2, radians, sin
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
import shapely

from maps.geodesy import Floats, to_mercator, to_wgs84
from maps.overlays import Box, level_for, read_drawn, rings, true_circle
from maps.streets.cutting import Line, lines_in
from maps.streets.reading import StreetsError
from maps.streets.scales import SCALES, Cell, Kind
from maps.streets.street_file import Streets

WIDE, HIGH = 480, 288  # px
STEPS: Final = 2  # of a path in a pixel
LEAST_M: Final = 280.0  # Mercator metres from the middle to the upper edge: some 175 m over the ground
WIDEST: Final = 8  # steps of twice as much: the widest map reaches some 45 km
SEEN: Final = 0.7  # of that way her circle takes at most: she may stand a quarter of it off the middle
MARGIN_PX: Final = 12.0  # beyond the edge, where what the cut leaves is not seen
CORNERS: Final = 1_200  # of all lines: some 8 kB; what is more important finds room first
NAMES: Final = 8
NAMED_PER_PX: Final = 9.0  # farther, names are those of large roads alone
LETTER_PX, BLOCK_PX = 7.2, 12
BARS_M: Final = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
BAR_PX: Final = 120.0

Look = Literal["road", "street", "rail", "water", "path"]
# Of each kind its look, its width in Mercator metres, its least and most pixels: as the operator's map has them.
_LOOKS: Final[dict[Kind, tuple[Look, float, float, float]]] = {
    Kind.MOTORWAY: ("road", 26, 2.4, 12),
    Kind.MAIN: ("road", 22, 2, 12),
    Kind.SECONDARY: ("road", 20, 1.6, 11),
    Kind.TERTIARY: ("street", 18, 1.4, 10),
    Kind.STREET: ("street", 15, 1, 9),
    Kind.RAIL: ("rail", 5, 1.2, 3),
    Kind.WATER: ("water", 10, 1, 8),
    Kind.PATH: ("path", 5, 0.8, 3),
}


class Frame(msgspec.Struct, frozen=True):
    """What a map shows: the cell of its middle on the grid of its `step`, and the key of the zone whose outline stands in it."""

    step: int
    column: int
    row: int
    zone: str

    @property
    def reach(self) -> float:
        """Mercator metres from the middle to the upper edge."""
        return float(LEAST_M * 2**self.step)

    @property
    def per_px(self) -> float:
        """Mercator metres a pixel."""
        return 2 * self.reach / HIGH

    @property
    def middle(self) -> tuple[float, float]:
        """In Mercator metres."""
        return self.column * self.reach / 2, self.row * self.reach / 2

    def px(self, x: float, y: float) -> tuple[float, float]:
        """Where a position in Mercator metres is drawn."""
        mx, my = self.middle
        return WIDE / 2 + (x - mx) / self.per_px, HIGH / 2 - (y - my) / self.per_px


class Mark(msgspec.Struct, frozen=True):
    """Where she is drawn, and how large her circle, px; `r` 0: not known how sure."""

    x: float
    y: float
    r: float


class Lines(msgspec.Struct, frozen=True):
    """Lines of one look and width (px)."""

    look: Look
    width: float
    d: str


class Label(msgspec.Struct, frozen=True):
    """A street's name about its middle, px, turned clockwise by degrees."""

    x: float
    y: float
    turned: float
    text: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A map without anybody in it. `streets`: drawn; none known here; or none at all, because their file can't be used."""

    wide: int = WIDE
    high: int = HIGH
    zone: str
    lines: tuple[Lines, ...] = ()
    names: tuple[Label, ...] = ()
    bar_m: int
    bar_px: float
    streets: Literal["drawn", "none", "no_file"]
    credit: str = ""


def frame_of(lat: float, lon: float, radius_m: float | None, zone: str) -> tuple[Frame, Mark]:
    """The map that shows a position (WGS 84 degrees) with its accuracy, and where on it she is.

    Raises ValueError for what is no position.
    """
    if not (-85 <= lat <= 85 and -180 <= lon <= 180):
        raise ValueError("no position to draw")
    x, y = to_mercator(lat, lon)
    r = true_circle(lat, lon, radius_m).r if radius_m else 0.0
    step = min(max(0, ceil(log2(r / SEEN / LEAST_M))) if r else 0, WIDEST)
    half = LEAST_M * 2**step / 2
    frame = Frame(step, round(x / half), round(y / half), zone)
    px, py = frame.px(x, y)
    return frame, Mark(round(px, 1), round(py, 1), round(r / frame.per_px, 1))


def picture(frame: Frame, streets: Streets, folder: Path) -> Picture:
    """Drawn from files, so ask in a thread; `folder` has the zones. Raises `maps.store.DataError` when they can't be read."""
    drawn = _Drawing(frame)
    state: Literal["drawn", "none", "no_file"] = "no_file"
    lines: list[Line] = []
    if streets.file is not None:
        try:
            lines = [line for cell in _cells(frame) for line in lines_in(cell, streets.lines(cell))]
            state = "none"
        except (StreetsError, msgspec.DecodeError):
            lines = []
    runs = drawn.runs(lines)
    if any(kind <= Kind.STREET or kind == Kind.PATH for kind, _, _ in runs):
        state = "drawn"
    metres = true_metres(frame)
    bar = max((one for one in BARS_M if one / metres <= BAR_PX), default=BARS_M[0])
    return Picture(
        zone=drawn.zone(folder),
        lines=tuple(drawn.paths(runs)),
        names=tuple(drawn.names(runs)),
        bar_m=bar,
        bar_px=round(bar / metres, 1),
        streets=state,
        credit=streets.credit if state == "drawn" else "",
    )


def true_metres(frame: Frame) -> float:
    """Metres over the ground of a pixel in the middle of the map."""
    return frame.per_px * cos(radians(to_wgs84(*frame.middle)[0]))


Run = tuple[Kind, str, Floats]  # a line in view: its corners (n, 2) in pixels


class _Drawing:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        (x, y), away = frame.middle, MARGIN_PX * frame.per_px
        wide = WIDE / 2 * frame.per_px
        self._box: Box = (x - wide - away, y - frame.reach - away, x + wide + away, y + frame.reach + away)

    def zone(self, folder: Path) -> str:
        """The outline of the zone where it lies in view; "" where it does not."""
        outline = read_drawn(folder, level_for(self._frame.per_px)).of(self._frame.zone)
        if outline is None:
            return ""
        inside = shapely.clip_by_rect(outline, *self._box)
        return "".join(f"{_path(self._px(ring))}Z" for piece in rings(inside) for ring in piece)

    def runs(self, lines: list[Line]) -> list[Run]:
        """What of the lines is in view, the most important first, then the longest."""
        if not lines:
            return []
        shapes = shapely.clip_by_rect(np.array([shapely.linestrings(line.corners) for line in lines]), *self._box)
        parts, of = shapely.get_parts(shapes, return_index=True)
        found = [
            (lines[n].kind, lines[n].label, self._px(shapely.get_coordinates(part)))
            for part, n in zip(parts, of.tolist(), strict=True)
            if shapely.get_type_id(part) == 1 and not part.is_empty
        ]
        return sorted(found, key=lambda run: (run[0], -_length(run[2])))

    def paths(self, runs: list[Run]) -> list[Lines]:
        """The runs by kind, to be drawn in this order: water and paths under streets, large roads and rail over them."""
        left, made = CORNERS, dict.fromkeys(Kind, "")
        for kind, _, corners in runs:
            if len(corners) <= left:
                left -= len(corners)
                made[kind] += _path(corners)
        under = (Kind.WATER, Kind.PATH, Kind.STREET, Kind.TERTIARY, Kind.SECONDARY, Kind.MAIN, Kind.MOTORWAY, Kind.RAIL)
        return [Lines(_LOOKS[kind][0], self._width(kind), made[kind]) for kind in under if made[kind]]

    def names(self, runs: list[Run]) -> list[Label]:
        """Names along straight ways, where no other stands nor she may: each once."""
        # Where she may be drawn, and the scale.
        taken = {(WIDE // 2 // BLOCK_PX + x, HIGH // 2 // BLOCK_PX + y) for x in range(-4, 5) for y in range(-4, 5)}
        taken |= {(x, HIGH // BLOCK_PX - y) for x in range(13) for y in range(4)}
        placed: dict[str, Label] = {}
        for kind, text, corners in runs:
            if not text or kind > Kind.STREET or len(placed) == NAMES:
                continue
            if self._frame.per_px > NAMED_PER_PX and kind > Kind.SECONDARY:
                continue
            # Brussels writes both names of a street: where both have no room, the first has.
            for name in dict.fromkeys((text, text.split(" - ")[0])):
                if text not in placed and (label := _label(name, corners, taken)) is not None:
                    placed[text] = label
        return list(placed.values())

    def _width(self, kind: Kind) -> float:
        _, metres, least, most = _LOOKS[kind]
        return round(min(most, max(least, metres / self._frame.per_px)), 1)

    def _px(self, corners: Any) -> Floats:
        mx, my = self._frame.middle
        steps = (np.asarray(corners) - (mx, my)) / self._frame.per_px
        return np.column_stack([WIDE / 2 + steps[:, 0], HIGH / 2 - steps[:, 1]])


def _cells(frame: Frame) -> list[Cell]:
    """The cells of streets that the map looks at."""
    (x, y), wide = frame.middle, WIDE / 2 * frame.per_px
    found: list[Cell] = []
    for number, scale in enumerate(SCALES):
        if scale.above <= frame.per_px < scale.below:
            columns = range(int((x - wide) // scale.cell_m), int((x + wide) // scale.cell_m) + 1)
            rows = range(int((y - frame.reach) // scale.cell_m), int((y + frame.reach) // scale.cell_m) + 1)
            found += [(number, column, row) for column in columns for row in rows]
    return found


def _path(corners: Floats) -> str:
    """Whole steps, each corner from the one before."""
    steps = np.rint(corners * STEPS).astype(int)
    moves = np.diff(steps, axis=0)
    moves = moves[moves.any(axis=1)]
    if not len(moves):
        return ""
    told = " ".join(f"{dx} {dy}" for dx, dy in moves.tolist())
    return f"M{steps[0][0]} {steps[0][1]}l{told}"


def _length(corners: Floats) -> float:
    return float(np.hypot(*np.diff(corners, axis=0).T).sum())


def _label(text: str, corners: Floats, taken: set[tuple[int, int]]) -> Label | None:
    """The name on the longest straight way of a run, if it has room there in sight; it then takes it."""
    way = shapely.get_coordinates(shapely.simplify(shapely.linestrings(corners), 3.0))
    ends = list(zip(way[:-1].tolist(), way[1:].tolist(), strict=True))
    (x0, y0), (x1, y1) = max(ends, key=lambda one: np.hypot(one[1][0] - one[0][0], one[1][1] - one[0][1]))
    wide = len(text) * LETTER_PX
    if np.hypot(x1 - x0, y1 - y0) < wide:
        return None
    angle = atan2(y1 - y0, x1 - x0)
    if not -radians(90) < angle <= radians(90):
        angle += radians(180) if angle < 0 else -radians(180)
    for share in (0.5, 0.3, 0.7):
        x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
        along = np.linspace(-wide / 2, wide / 2, 2 + int(wide // 6))
        at = np.column_stack([x + along * cos(angle), y + along * sin(angle)])
        if (at < 8).any() or (at > (WIDE - 8, HIGH - 8)).any():
            continue
        blocks = {(int(px // BLOCK_PX), int(py // BLOCK_PX)) for px, py in at.tolist()}
        if blocks & taken:
            continue
        taken |= {(bx + dx, by + dy) for bx, by in blocks for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
        return Label(round(x, 1), round(y, 1), round(degrees(angle), 1), text)
    return None
