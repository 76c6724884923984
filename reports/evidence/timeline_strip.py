"""The incident drawn on one line: from the press, each of its times where it stands, and the limit of the promise."""

from collections.abc import Sequence

import msgspec
from fpdf import FPDF

from reports.pdf import Document

_TEXT_PT = 6.5
_CHAR_MM = 1.32  # a character of that size, a little more than the mean
_ROW = 3.6
_AXIS = 5.5  # mm below the top
_INK = (40, 44, 49)
_QUIET = (150, 154, 160)
_MISSED = (160, 24, 32)


class Mark(msgspec.Struct, frozen=True):
    """A time of the incident: seconds after the press, and its label."""

    seconds: float
    label: str


def draw_strip(document: Document, marks: Sequence[Mark], *, until_s: float, limit_s: float, limit: str) -> None:
    """`until_s`: when police were on the scene, the thick part of the line; red beyond the limit. Nothing without two marks."""
    marks = sorted((mark for mark in marks if mark.seconds >= 0), key=lambda mark: mark.seconds)
    if len(marks) < 2:
        return
    end = max(marks[-1].seconds, limit_s) * 1.02
    width = document.width
    placed = _place(marks, end, width)
    rows = 1 + max(row for _, _, row in placed)

    def at(seconds: float) -> float:
        return width * seconds / end

    def draw(pdf: FPDF, left: float, top: float) -> None:
        axis = top + _AXIS
        pdf.set_font(pdf.font_family, "", _TEXT_PT)
        pdf.set_draw_color(*_QUIET)
        pdf.set_line_width(0.3)
        pdf.line(left, axis, left + width, axis)
        pdf.set_line_width(1.4)
        pdf.set_draw_color(*_INK)
        if until_s > 0:
            pdf.line(left, axis, left + at(min(until_s, limit_s)), axis)
        if until_s > limit_s:
            pdf.set_draw_color(*_MISSED)
            pdf.line(left + at(limit_s), axis, left + at(until_s), axis)
        pdf.set_line_width(0.25)
        pdf.set_draw_color(*_MISSED)
        pdf.set_dash_pattern(dash=0.8, gap=0.6)
        pdf.line(left + at(limit_s), top + 3.4, left + at(limit_s), axis + 2.2)
        pdf.set_dash_pattern()
        pdf.set_text_color(*_MISSED)
        pdf.set_xy(left + at(limit_s) - 20, top)
        pdf.cell(40, 3.2, limit, align="C")
        pdf.set_text_color(*_INK)
        for mark, x, row in placed:
            pdf.set_draw_color(*_QUIET)
            pdf.set_line_width(0.15)
            down = axis + 1.6 + row * _ROW
            pdf.line(left + at(mark.seconds), axis, left + at(mark.seconds), down + 1.2)
            pdf.set_fill_color(*_INK)
            pdf.circle(left + at(mark.seconds), axis, 0.8, style="F")
            pdf.set_xy(left + x, down)
            pdf.cell(0, 3.2, mark.label)

    document.drawing(_AXIS + 2.5 + rows * _ROW, draw)


def _place(marks: Sequence[Mark], end: float, width: float) -> list[tuple[Mark, float, int]]:
    """Each label beside its mark, to the right or near the edge to the left, in the highest row where neither crosses another.

    From the outside in, so that the line down to a lower row passes beside the labels above it.
    """
    rows: list[list[tuple[float, float]]] = []
    downs: list[tuple[float, int]] = []

    def clear(x: float, left: float, right: float, row: int) -> bool:
        beside = all(right <= a or b <= left for a, b in rows[row]) if row < len(rows) else True
        passed = all(not left < other < right for other, down in downs if down > row)
        return beside and passed and all(not a < x < b for above in rows[:row] for a, b in above)

    placed = []
    wide = {mark: len(mark.label) * _CHAR_MM + 2 for mark in marks}
    inner = [mark for mark in marks if width * mark.seconds / end + wide[mark] <= width]
    for mark in [*reversed(inner), *(mark for mark in marks if mark not in inner)]:
        x = width * mark.seconds / end
        left = x if mark in inner else x - wide[mark]
        row = next((row for row in range(len(rows) + 1) if clear(x, left, left + wide[mark], row)), len(rows))
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row].append((left, left + wide[mark]))
        downs.append((x, row))
        placed.append((mark, left, row))
    return placed
