"""Lines cut into the cells of every scale, each cell as the text that a page draws from.

A cell's text is JSON: `{"names": [...], "lines": [[kind, name, x, y, dx, dy, ...], ...]}`; `name` is a place in `names` or -1,
x and y are whole steps of its scale from the cell's lower left corner, and each corner is told from the one before it.
"""

from collections import defaultdict
from collections.abc import Iterator
from math import floor
from typing import Any, Final

import msgspec
import numpy as np
import shapely

from maps.geodesy import Floats
from maps.streets.reading import BELGIUM, Lines
from maps.streets.scales import ROOT_M, SCALES, Cell, Kind, box_of

NAMES_BELOW_M: Final = 24.0  # metres a pixel; farther, roads are called by their numbers
_SIZES: Final = frozenset(scale.cell_m for scale in SCALES)


class _Cell(msgspec.Struct):
    names: list[str]
    lines: list[list[int]]


def cut(lines: Lines) -> Iterator[tuple[Cell, str]]:
    """Every cell that holds something, with its text; at most `corners` of its scale in each."""
    x0, y0, x1, y1 = (floor(edge / ROOT_M) for edge in BELGIUM)
    every = np.arange(len(lines.shapes))
    for x in range(x0, x1 + 1):
        for y in range(y0, y1 + 1):
            yield from _halved(lines, every, lines.shapes, (x * ROOT_M, y * ROOT_M), ROOT_M)


def _halved(lines: Lines, rows: Any, shapes: Any, corner: tuple[int, int], size: int) -> Iterator[tuple[Cell, str]]:
    """The cells of one square: it is cut off, told at each scale of its size, and halved. `rows`: which lines `shapes` are of."""
    x, y = corner
    rows, shapes = _clipped(rows, shapes, (x, y, x + size, y + size))
    if not len(rows):
        return
    if size in _SIZES:
        for number, scale in enumerate(SCALES):
            if scale.cell_m == size and (text := _text(lines, rows, shapes, corner, number)):
                yield (number, x // size, y // size), text
    half = size // 2
    if half >= min(_SIZES):
        for dx in (0, half):
            for dy in (0, half):
                yield from _halved(lines, rows, shapes, (x + dx, y + dy), half)


def _clipped(rows: Any, shapes: Any, box: tuple[int, int, int, int]) -> tuple[Any, Any]:
    bounds = shapely.bounds(shapes)
    x0, y0, x1, y1 = box
    reach = (bounds[:, 0] <= x1) & (bounds[:, 2] >= x0) & (bounds[:, 1] <= y1) & (bounds[:, 3] >= y0)
    rows, shapes, bounds = rows[reach], shapes[reach], bounds[reach]
    out = (bounds[:, 0] < x0) | (bounds[:, 2] > x1) | (bounds[:, 1] < y0) | (bounds[:, 3] > y1)
    if out.any():
        shapes = shapes.copy()
        shapes[out] = shapely.clip_by_rect(shapes[out], *box)
        shapes, of = shapely.get_parts(shapes, return_index=True)
        rows = rows[of]
        lines = (shapely.get_type_id(shapes) == 1) & ~shapely.is_empty(shapes)  # a touch leaves a point
        rows, shapes = rows[lines], shapes[lines]
    return rows, shapes


def _text(lines: Lines, rows: Any, shapes: Any, corner: tuple[int, int], number: int) -> str:
    scale = SCALES[number]
    streets: defaultdict[tuple[int, str], list[Any]] = defaultdict(list)
    kinds = lines.kinds[rows]
    for row, kind, shape in zip(rows.tolist(), kinds.tolist(), shapes, strict=True):
        if kind in scale.kinds:
            streets[kind, _label(lines, row, kind, scale.below)].append(shape)
    ranked = sorted(
        ((kind, -float(shapely.length(parts).sum()), label, parts) for (kind, label), parts in streets.items()),
        key=lambda street: street[:3],
    )
    cell, left = _Cell([], []), scale.corners
    for kind, _, label, parts in ranked:
        drawn = _simplified(parts, scale.tolerance_m)
        told: list[list[int]] = []
        for line in drawn:
            steps = np.rint((shapely.get_coordinates(line) - corner) / scale.step_m).astype(np.int64)
            moves = np.diff(steps, axis=0)
            moves = moves[moves.any(axis=1)]
            if len(moves) and len(moves) < left:
                left -= len(moves) + 1
                told.append([kind, len(cell.names) if label else -1, *steps[0].tolist(), *moves.ravel().tolist()])
        if told and label:
            cell.names.append(label)
        cell.lines += told
    return msgspec.json.encode(cell).decode() if cell.lines else ""


def _label(lines: Lines, row: int, kind: int, below: float) -> str:
    name, ref = lines.names[row], lines.refs[row]
    if below > NAMES_BELOW_M:
        return ref
    return ref or name if kind == Kind.MOTORWAY else name or ref


def _simplified(parts: list[Any], tolerance_m: float) -> Any:
    """The parts of one street joined where they meet: fewer corners, and a run as long as can be for its name."""
    joined = shapely.line_merge(shapely.multilinestrings(parts)) if len(parts) > 1 else parts[0]
    return shapely.get_parts(shapely.simplify(joined, tolerance_m, preserve_topology=False))


class Line(msgspec.Struct, frozen=True):
    """A line of a cell: its kind, its label (maybe ""), its corners (n, 2) in Mercator metres."""

    kind: Kind
    label: str
    corners: Floats


def lines_in(cell: Cell, text: str) -> list[Line]:
    """What a cell's text says; nothing for "". Raises `msgspec.DecodeError` when it is none."""
    if not text:
        return []
    told, scale, (x0, y0, _, _) = msgspec.json.decode(text, type=_Cell), SCALES[cell[0]], box_of(cell)
    return [
        Line(
            kind=Kind(kind),
            label=told.names[name] if name >= 0 else "",
            corners=np.cumsum(np.reshape(steps, (-1, 2)), axis=0) * scale.step_m + (x0, y0),
        )
        for kind, name, *steps in told.lines
    ]
