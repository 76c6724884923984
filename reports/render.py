"""A report written: as plain text for a terminal, as one HTML file without script or anything remote, as PDF."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import jinja2
from fpdf import FPDF

from reports import charts
from reports.catalogue import translator
from reports.content import Block, Dots, Ecdf, Heading, Paper, Table, Text, plain
from reports.pdf import ROOM, Document

COLUMNS = 100
SHORT = 240  # characters of a text that leads to a table or a picture
LINES, CAPTION = 14.0, 8.0  # mm, of such a text, of a caption
_TONES = {"axis": (214, 218, 222), "curve": (20, 90, 160), "limit": (180, 30, 30)}


def terminal(paper: Paper, columns: int = COLUMNS) -> str:
    """Plain text, at most so many columns wide. Charts are left out. Control characters are printed as their code."""
    lines = [plain(paper.title), "=" * min(columns, len(plain(paper.title)))]
    for block in paper.blocks:
        match block:
            case Heading():
                lines += ["", plain(block.text), "-" * min(columns, len(plain(block.text)))]
            case Text():
                lines += _wrapped(plain(block.text), columns)
            case Table():
                lines += [*_table(block, columns), ""]
            case _:
                pass
    return "\n".join([*lines, "", plain(paper.made), *_wrapped(plain(paper.footer), columns)]) + "\n"


def _wrapped(text: str, width: int) -> list[str]:
    found = []
    for line in text.split("\n"):
        found += textwrap.wrap(line, max(width, 4), drop_whitespace=True, break_on_hyphens=False) or [""]
    return found


def _table(table: Table, columns: int) -> Iterator[str]:
    """Columns as wide as their longest cell where all fit; otherwise the widest are narrowed and their cells wrapped."""
    rows = [[plain(cell) for cell in row] for row in (table.columns, *table.rows)]
    wide = [max(len(line) for row in rows for line in row[at].split("\n")) for at in range(len(table.columns))]
    room = columns - 2 * (len(wide) - 1)
    # No narrower than a word that is not unusually long, as long as others can give way.
    least = [min(24, max(len(word) for row in rows for word in (row[at].split() or [""]))) for at in range(len(wide))]
    while sum(wide) > room and max(wide) > 6:
        slack = [have - need if have > need else 0 for have, need in zip(wide, least, strict=True)]
        by = slack if any(slack) else wide
        wide[by.index(max(by))] -= 1
    for number, row in enumerate(rows):
        cells = [_wrapped(cell, width) for cell, width in zip(row, wide, strict=True)]
        for line in range(max(map(len, cells))):
            parts = [
                (cell[line] if line < len(cell) else "").rjust(width)
                if side == "right"
                else (cell[line] if line < len(cell) else "").ljust(width)
                for cell, width, side in zip(cells, wide, table.sides, strict=True)
            ]
            yield "  ".join(parts).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in wide)


_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(paper: Paper) -> str:
    """One file that needs nothing else. Every text is escaped; invisible marks stand as their code."""
    blocks = [
        (type(block).__name__, _drawn(block, paper) if isinstance(block, Ecdf | Dots) else block)
        for block in paper.blocks
    ]
    return _pages.get_template("page.html").render(
        paper=paper, blocks=blocks, lang=paper.language, plain=plain, width=charts.WIDTH, height=charts.HEIGHT
    )


def _drawn(block: Ecdf | Dots, paper: Paper) -> charts.Drawing:
    _ = translator(paper.language)
    return charts.ecdf(block, _) if isinstance(block, Ecdf) else charts.dots(block, _)


def pdf(paper: Paper, created: datetime) -> bytes:
    """The same on paper; the same bytes for the same report and date."""
    document = Document(paper.title, created=created, footer=paper.footer, translate=translator(paper.language))
    document.title(paper.title)
    for block, under in zip(paper.blocks, _led(paper.blocks, document.width), strict=True):
        match block:
            case Heading():
                document.heading(block.text, leads=max(under, ROOM))
            case Text():
                document.paragraph(block.text, bold=block.strong, leads=under)
            case Table():
                document.table(block.columns, block.rows, block.widths, block.sides)
            case _:
                drawing = _drawn(block, paper)
                height = charts.HEIGHT / charts.WIDTH * document.width
                document.drawing(height, _Pen(drawing, document.width).draw, drawing.title)
    return document.bytes()


def _led(blocks: Sequence[Block], width: float) -> list[float]:
    """For each block how much of what follows must stand on its page, mm: a heading or a short text is read with its table."""
    found, under = [], 0.0
    for block in reversed(blocks):
        match block:
            case Heading():
                found.append(under)
                under = 0.0
            case Text():
                leads = under if len(block.text) <= SHORT else 0.0
                found.append(leads)
                under = leads + LINES if leads else 0.0
            case _:
                found.append(0.0)
                under = ROOM if isinstance(block, Table) else charts.HEIGHT / charts.WIDTH * width + CAPTION
    return found[::-1]


class _Pen:
    """Draws a chart into a PDF."""

    def __init__(self, drawing: charts.Drawing, width: float) -> None:
        self._drawing, self._scale = drawing, width / charts.WIDTH

    def draw(self, pdf: FPDF, left: float, top: float) -> None:
        scale = self._scale

        def at(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
            return [(left + x * scale, top + y * scale) for x, y in points]

        for line in self._drawing.lines:
            pdf.set_draw_color(*_TONES[line.tone])
            pdf.set_line_width({"axis": 0.15, "curve": 0.4, "limit": 0.3}[line.tone])
            pdf.polyline(at(line.points))
        pdf.set_fill_color(*_TONES["curve"])
        for dot in self._drawing.dots:
            ((x, y),) = at([(dot.x, dot.y)])
            size = 0.55
            match dot.shape:
                case "circle":
                    pdf.ellipse(x - size, y - size, 2 * size, 2 * size, style="F")
                case "square":
                    pdf.rect(x - size, y - size, 2 * size, 2 * size, style="F")
                case "triangle":
                    pdf.polygon([(x, y - size), (x + size, y + size), (x - size, y + size)], style="F")
                case _:
                    pdf.polygon([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], style="F")
        pdf.set_font(pdf.font_family, "", 6.5)
        pdf.set_text_color(60, 64, 67)
        for word in self._drawing.words:
            ((x, y),) = at([(word.x, word.y)])
            wide = pdf.get_string_width(word.text)
            pdf.text(x - {"start": 0.0, "middle": wide / 2, "end": wide}[word.anchor], y, word.text)
