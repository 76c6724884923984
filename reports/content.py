"""What a report is made of before it is written: headings, texts, tables and two kinds of chart. Each format writes these."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

Side = Literal["left", "right"]


class Heading(msgspec.Struct, frozen=True):
    """The title of a section."""

    text: str


class Text(msgspec.Struct, frozen=True):
    """A paragraph."""

    text: str
    strong: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of cells. `widths`: in proportion; `sides`: left, or right for figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    sides: tuple[Side, ...]


class Ecdf(msgspec.Struct, frozen=True, kw_only=True):
    """The share of counted durations up to each length; `limits`: target lines, seconds."""

    title: str
    values: Any  # ordered seconds, float64
    limits: tuple[float, ...]


class Dots(msgspec.Struct, frozen=True, kw_only=True):
    """A dot for each incident: when, against how long on a logarithmic scale; `days` as days since 1970, `marks` its class."""

    title: str
    days: Any  # float64
    values: Any  # seconds, float64
    marks: Sequence[str]
    limits: tuple[float, ...]


Block = Heading | Text | Table | Ecdf | Dots


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report, ready to be written."""

    title: str
    made: str  # when, by the clock in Belgium
    footer: str
    blocks: tuple[Block, ...]
    language: str = "en"  # in which it is written


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[float]) -> Table:
    """A table; `columns` of figures have a `>` before their name."""
    return Table(
        columns=tuple(name.removeprefix(">") for name in columns),
        rows=tuple(tuple(str(cell) for cell in row) for row in rows),
        widths=tuple(widths),
        sides=tuple("right" if name.startswith(">") else "left" for name in columns),
    )


def plain(text: str) -> str:
    """Without control characters and marks that turn a text's direction: each stands as its code. Newlines stay."""
    hidden = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
    return "".join(
        f"U+{ord(c):04X}" if c != "\n" and unicodedata.category(c) in hidden else c for c in text.replace("\r\n", "\n")
    )


# Marks that turn the direction of what is read after them, and ends of line that no keyboard types.
_TURNS = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def unturned(text: str) -> str:
    """A text for a live page, of which nothing is read in another order than it stands: such marks stand as their code."""
    return _TURNS.sub(lambda mark: f"U+{ord(mark[0]):04X}", text)
