"""A PDF of ours: a page frame, headings, paragraphs and tables of text that other people wrote.

Text is printed truthfully: a character that the shipped DejaVu Sans lacks, that is invisible, or that would not stand as it
was written (right-to-left letters, loose accents) is printed as its code, `U+202E`. The same content and creation date give
the same bytes.
"""

import io
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from reports.catalogue import language_of
from reports.locale_formats import formats

FONTS: Final = Path(__file__).with_name("fonts")
_FAMILY: Final = "DejaVu"
_MARGIN: Final = 15.0  # mm, as every length here
_LINE: Final = 4.4
ROOM: Final = 36.0  # mm: the head and the first rows of a table
_SMALL: Final = 8.0  # points
_BODY: Final = 9.0
_GREY: Final = (95, 99, 104)
_RULE: Final = (190, 194, 199)
_HEAD: Final = (236, 239, 242)
# Private-use characters never come through `printable`, so no text of others is taken for the number of pages.
_PAGES: Final = "\ue000pages\ue001"
# Shown as their code: controls, formats (also those that turn a text's direction), private and unassigned ones, loose accents.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Mn", "Me", "Mc", "Zl", "Zp"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})

Side = Literal["left", "right"]


def printable(text: str) -> str:
    """The text as it can be printed: composed, line ends as newlines, tabs as a space, and codes for what can't stand."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(c if c == "\n" or _stands(c) else f"U+{ord(c):04X}" for c in composed)


def _stands(char: str) -> bool:
    if unicodedata.category(char) in _HIDDEN or unicodedata.bidirectional(char) in _RIGHT_TO_LEFT:
        return False
    return ord(char) in _glyphs()


@cache
def _glyphs() -> frozenset[int]:
    """What both weights can draw."""
    regular, bold = _add_fonts(FPDF())
    return frozenset(regular.cmap.keys() & bold.cmap.keys())


def _add_fonts(pdf: FPDF) -> list[TTFFont]:
    added = []
    for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(_FAMILY, style, FONTS / name)
        font = list(pdf.fonts.values())[-1]
        assert isinstance(font, TTFFont) and font.ttfont.reader is not None
        # fpdf2 never closes a font's file, and reads from it to the end: let it read from memory.
        font.ttfont.reader.file.close()
        font.ttfont.reader.file = io.BytesIO(_font_bytes(name))
        added.append(font)
    return added


@cache
def _font_bytes(name: str) -> bytes:
    return (FONTS / name).read_bytes()


class _Framed(FPDF):
    """FPDF with our header and footer on every page."""

    def __init__(self, name: str, footer: str, made: str, page: str, *, landscape: bool) -> None:
        super().__init__(orientation="landscape" if landscape else "portrait", format="A4")
        self.frame = (name, footer, made)
        self._page_of = page

    def header(self) -> None:
        name, _, made = self.frame
        self._line_of(10.0, name, made)
        self.set_draw_color(*_RULE)
        self.line(_MARGIN, 15.5, self.w - _MARGIN, 15.5)
        self.set_y(20.0)

    def footer(self) -> None:
        self._line_of(self.h - 12.0, self.frame[1], self._page_of.format(n=self.page_no(), of=_PAGES))

    def _line_of(self, y: float, left: str, right: str) -> None:
        self.set_font(_FAMILY, "", 7.5)
        self.set_text_color(*_GREY)
        # The number of pages is not known yet: as wide as this page's own.
        wide = self.get_string_width(right.replace(_PAGES, str(self.page_no())))
        room = self.w - 2 * _MARGIN - wide - 4
        while left and self.get_string_width(left) > room:
            left = left[:-2] + "…"
        self.set_xy(_MARGIN, y)
        self.cell(0, 4, left)
        self.set_xy(self.w - _MARGIN - wide - 2 * self.c_margin, y)
        self.cell(0, 4, right)
        self.set_text_color(0, 0, 0)


class Document:
    """A document that is written from top to bottom.

    `name` stands at the top of each page, `footer` at its foot with the page's number, `created`, by Belgian time, beside it;
    `translate` has the language of all these.
    """

    def __init__(
        self,
        name: str,
        *,
        created: datetime,
        footer: str = "",
        translate: Callable[[str], str] = str,
        landscape: bool = False,
    ):
        created, _ = created.astimezone(UTC), translate
        made, page = formats(_).stamp(created), _("page {n} of {of}")
        self._pdf = pdf = _Framed(_one_line(name), _one_line(footer), made, page, landscape=landscape)
        pdf.set_creation_date(created)
        pdf.set_title(printable(name))
        pdf.set_creator("Vigie")
        pdf.set_producer("Vigie")
        pdf.set_lang(language_of(translate))
        _add_fonts(pdf)
        pdf.alias_nb_pages(_PAGES)
        pdf.set_margins(_MARGIN, 20.0, _MARGIN)
        pdf.set_auto_page_break(True, margin=18.0)
        pdf.add_page()

    @property
    def width(self) -> float:
        """Between the margins, mm."""
        return float(self._pdf.w) - 2 * _MARGIN

    def title(self, text: str) -> None:
        """The document's title, once at its start."""
        self._text(text, "B", 16.0, 7.4, after=2.5)

    def heading(self, text: str, *, leads: float = ROOM) -> None:
        """The title of a section; never the last thing on a page: so much of what it `leads` to, mm, stands under it."""
        pdf = self._pdf
        pdf.ln(2.5)
        self._room(8.0 + leads)
        pdf.start_section(_one_line(text))
        self._text(text, "B", 11.5, 5.6, after=1.2)

    def paragraph(self, text: str, *, small: bool = False, bold: bool = False, leads: float = 0.0) -> None:
        """Text as wide as the page; newlines are kept. So much of what it `leads` to, mm, stands on its page."""
        size, line = (_SMALL, 3.9) if small else (_BODY, _LINE)
        if leads:
            self._pdf.set_font(_FAMILY, "B" if bold else "", size)
            self._room(len(self._lines(printable(text), self.width)) * line + 1.6 + leads)
        self._text(text, "B" if bold else "", size, line, after=1.6)

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[object] | str],
        widths: Sequence[float] | None = None,
        align: Sequence[Side] | None = None,
    ) -> None:
        """A table whose head stands on each of its pages. A cell wraps, between words or within one, and may run over pages.

        `widths`: any numbers in proportion to which the columns share the page's width; equal ones when not given. No word of
        the head is broken while another column has room to spare. A row that is a text stands over those below it.
        """
        shares = list(widths or [1.0] * len(columns))
        wide = self._heads_whole(columns, [self.width * share / sum(shares) for share in shares])
        sides: Sequence[Side] = align or ["left"] * len(columns)
        head = self._cells(columns, wide, "B")
        # The head and a line of the first row stay together.
        self._room(len(max(head, key=len)) * _LINE + 3 * _LINE)
        self._row(head, wide, sides, "B", again=None)
        for row in rows:
            if isinstance(row, str):
                if self._pdf.will_page_break(4 * _LINE):  # never the last on a page
                    self._pdf.add_page()
                    self._row(head, wide, sides, "B", again=None)
                self._row(self._cells([row], [self.width], "B"), [self.width], ["left"], "B", again=None)
                continue
            if len(row) != len(columns):
                raise ValueError(f"a row of {len(row)} cells in a table of {len(columns)} columns")
            cells = self._cells([str(cell) for cell in row], wide, "")
            self._row(cells, wide, sides, "", again=lambda: self._row(head, wide, sides, "B", again=None))
        self._pdf.ln(2.0)

    def blanks(self, columns: Sequence[str], lines: Sequence[str], filled: Sequence[Sequence[str]]) -> None:
        """Boxes side by side to be filled in by hand, kept whole: each has its title and these lines; `filled`: what is known."""
        wide, high, gap = (self.width - 4.0 * (len(columns) - 1)) / len(columns), 9.0, 4.0
        height = 7.0 + high * (len(lines) + 1)

        def draw(pdf: FPDF, left: float, top: float) -> None:
            for n, (column, known) in enumerate(zip(columns, filled, strict=True)):
                x = left + n * (wide + gap)
                pdf.set_draw_color(*_RULE)
                pdf.rect(x, top, wide, height)
                self._put(x + 1, top + 1, wide, column, "B", _SMALL)
                for row, line in enumerate(lines):
                    y = top + 7.0 + high * (row + 1) - (0 if row < len(lines) - 1 else -high)
                    pdf.set_text_color(*_GREY)
                    self._put(x + 1, top + 7.0 + high * row, wide, line, "", 6.5)
                    pdf.set_text_color(0, 0, 0)
                    if row < len(known):
                        self._put(x + 1, y - 5.0, wide, known[row], "", _SMALL)
                    pdf.line(x + 2, y - 0.5, x + wide - 2, y - 0.5)

        self.drawing(height, draw)
        self._pdf.ln(2.0)

    def _put(self, x: float, y: float, width: float, text: str, style: str, size: float) -> None:
        """One line of text, cut where it is longer than its room."""
        pdf, text = self._pdf, _one_line(text)
        pdf.set_font(_FAMILY, style, size)
        while text and pdf.get_string_width(text) > width - 3:
            text = text[:-2] + "…"
        pdf.set_xy(x, y)
        pdf.cell(width - 2, 4, text)

    def code(self, text: str) -> None:
        """A program: each line on a line of its own, small, its spaces kept."""
        pdf = self._pdf
        pdf.set_font(_FAMILY, "", 6.5)
        for line in printable(text.rstrip()).split("\n"):
            indent = len(line) - len(line.lstrip(" "))
            pdf.set_x(pdf.l_margin + 1.1 * indent)
            pdf.multi_cell(0, 3.2, line.lstrip(" "), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(1.6)

    def attach(self, name: str, content: bytes) -> None:
        """A file that travels within the PDF."""
        self._pdf.embed_file(basename=name, bytes=content, creation_date=self._pdf.creation_date)

    def drawing(self, height: float, draw: Callable[[FPDF, float, float], None], caption: str = "") -> None:
        """A picture as wide as the page, kept whole with its caption: `draw` gets the FPDF and its left and top, mm."""
        pdf = self._pdf
        self._room(height + 8.0 if caption else height)
        left, top = pdf.l_margin, pdf.get_y()
        draw(pdf, left, top)
        pdf.set_draw_color(0, 0, 0)
        pdf.set_text_color(0, 0, 0)
        pdf.set_line_width(0.2)
        pdf.set_xy(left, top + height + 1.5)
        if caption:
            self.paragraph(caption, small=True)

    def bytes(self) -> bytes:
        """The whole file; nothing can be added afterwards."""
        return bytes(self._pdf.output())

    def save(self, path: Path) -> None:
        """Writes the whole file. Raises OSError."""
        path.write_bytes(self.bytes())

    def _text(self, text: str, style: str, size: float, line: float, *, after: float) -> None:
        pdf = self._pdf
        pdf.set_font(_FAMILY, style, size)
        pdf.set_x(pdf.l_margin)
        pdf.multi_cell(0, line, printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(after)

    def _room(self, height: float) -> None:
        """A new page when so much does not fit on this one."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def _heads_whole(self, columns: Sequence[str], wide: list[float]) -> list[float]:
        """Widths of which each holds the longest word of its head, taken from those with room to spare."""
        pdf = self._pdf
        pdf.set_font(_FAMILY, "B", _SMALL)
        words = [max((pdf.get_string_width(word) for word in printable(head).split()), default=0.0) for head in columns]
        needs = [word + 2 * pdf.c_margin + 0.2 for word in words]
        spare = [max(0.0, width - need) for width, need in zip(wide, needs, strict=True)]
        lacks = sum(max(0.0, need - width) for width, need in zip(wide, needs, strict=True))
        if not lacks or lacks > sum(spare):
            return wide
        part = lacks / sum(spare)
        return [max(width, need) - part * more for width, need, more in zip(wide, needs, spare, strict=True)]

    def _cells(self, texts: Sequence[str], wide: Sequence[float], style: str) -> list[list[str]]:
        """Each cell's lines."""
        pdf = self._pdf
        pdf.set_font(_FAMILY, style, _SMALL)
        return [self._lines(printable(text), width) for text, width in zip(texts, wide, strict=True)]

    def _lines(self, text: str, width: float) -> list[str]:
        return [line for one in text.split("\n") for line in self._wrapped(one, width)]

    def _wrapped(self, text: str, width: float) -> list[str]:
        if self._pdf.get_string_width(text) < width - 2 * self._pdf.c_margin - 0.1:
            return [text]  # most lines: several times faster than the general way
        lines = self._pdf.multi_cell(width, _LINE, text, align="L", dry_run=True, output=MethodReturnValue.LINES)
        assert isinstance(lines, list)
        return lines or [""]

    def _row(
        self,
        cells: list[list[str]],
        wide: Sequence[float],
        sides: Sequence[Side],
        style: str,
        again: Callable[[], None] | None,
    ) -> None:
        pdf = self._pdf
        lines, done = max(len(cell) for cell in cells), 0
        whole = lines * _LINE + 1.2
        if again is not None and whole < 60.0 and pdf.will_page_break(whole):
            pdf.add_page()
            again()
        while done < lines:
            fits = int((pdf.page_break_trigger - pdf.get_y() - 1.2) // _LINE)
            if fits < 1:
                pdf.add_page()
                if again is not None:
                    again()
                continue
            part = min(fits, lines - done)
            self._part([cell[done : done + part] for cell in cells], part, wide, sides, style)
            done += part

    def _part(
        self, cells: list[list[str]], lines: int, wide: Sequence[float], sides: Sequence[Side], style: str
    ) -> None:
        pdf = self._pdf
        pdf.set_font(_FAMILY, style, _SMALL)
        x, y, height = pdf.l_margin, pdf.get_y(), lines * _LINE + 1.2
        if style:
            pdf.set_fill_color(*_HEAD)
            pdf.rect(x, y, sum(wide), height, style="F")
        for cell, width, side in zip(cells, wide, sides, strict=True):
            for number, line in enumerate(cell):
                pdf.set_xy(x, y + 0.6 + number * _LINE)
                pdf.cell(width, _LINE, line, align="R" if side == "right" else "L")
            x += width
        pdf.set_draw_color(*_RULE)
        pdf.line(pdf.l_margin, y + height, pdf.l_margin + sum(wide), y + height)
        pdf.set_xy(pdf.l_margin, y + height)


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
