"""The track on a map: the outlines of the zones around it, each position with its accuracy, the way between, a scale."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from fpdf import FPDF

from incidents.timeline import Position
from maps.geodesy import to_mercator
from maps.ground import ground
from maps.overlays import true_circle
from reports.pdf import Document, printable

HEIGHT: Final = 105.0  # mm
_PAPER: Final = (247, 248, 249)
_BORDER: Final = (168, 173, 179)
_NAME: Final = (110, 114, 120)
_TRACK: Final = (20, 90, 160)
_UNIT: Final = (40, 44, 49)
_TEXT_PT: Final = 6.5
_SCALES: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)  # m


class _Spot(msgspec.Struct, frozen=True):
    """A position in Mercator metres."""

    x: float
    y: float
    r: float
    unit: bool
    label: str = ""


def draw_track(
    document: Document, positions: Sequence[Position], folder: Path, time: Callable[[Position], str], caption: str
) -> int:
    """The map of these positions; how many are too far away to be drawn. `folder` has the map's data."""
    spots = [_spot(position) for position in positions]
    device = [n for n, spot in enumerate(spots) if not spot.unit]
    for n in {*device[:1], *device[-1:]}:
        spots[n] = msgspec.structs.replace(spots[n], label=time(positions[n]))
    under = ground(spots, folder)
    document.drawing(HEIGHT, lambda pdf, left, top: _Map(pdf, left, top, document.width, under).draw(spots), caption)
    return int(under["far"])


def _spot(position: Position) -> _Spot:
    fix = position.fix
    x, y = to_mercator(fix.lat, fix.lon)
    r = true_circle(fix.lat, fix.lon, fix.radius).r if fix.radius else 0.0
    return _Spot(x, y, r, unit=position.of == "unit")


class _Map:
    """A plane in Mercator metres about an origin, put on a frame of paper."""

    def __init__(self, pdf: FPDF, left: float, top: float, width: float, under: dict[str, Any]) -> None:
        self.pdf, self.left, self.top, self.width, self.under = pdf, left, top, width, under
        reach_x, reach_y = under["reach"]
        self.k = min(width / (2 * reach_x), HEIGHT / (2 * reach_y))  # mm for a Mercator metre

    def draw(self, spots: Sequence[_Spot]) -> None:
        pdf = self.pdf
        pdf.set_font(pdf.font_family, "", _TEXT_PT)
        pdf.set_fill_color(*_PAPER)
        pdf.rect(self.left, self.top, self.width, HEIGHT, style="F")
        with pdf.rect_clip(self.left, self.top, self.width, HEIGHT):
            self._zones()
            self._track(spots)
            self._scale()
        pdf.set_draw_color(*_BORDER)
        pdf.set_line_width(0.2)
        pdf.rect(self.left, self.top, self.width, HEIGHT)

    def _zones(self) -> None:
        pdf = self.pdf
        pdf.set_draw_color(*_BORDER)
        pdf.set_line_width(0.25)
        for zone in self.under["zones"]:
            for ring in zone["rings"]:
                pdf.polygon([self._at(x, y) for x, y in zip(ring[::2], ring[1::2], strict=True)], style="D")
        pdf.set_text_color(*_NAME)
        for zone in self.under["zones"]:
            x, y = self._at(*zone["at"])
            wide = pdf.get_string_width(printable(zone["name"])) / 2 + 1
            if self.left + wide < x < self.left + self.width - wide and self.top + 3 < y < self.top + HEIGHT - 9:
                self._word(x, y, zone["name"], middle=True)

    def _track(self, spots: Sequence[_Spot]) -> None:
        pdf, (ox, oy) = self.pdf, self.under["origin"]
        at = [self._at(spot.x - ox, spot.y - oy) for spot in spots]
        way = [place for place, spot in zip(at, spots, strict=True) if not spot.unit]
        pdf.set_draw_color(*_TRACK)
        pdf.set_line_width(0.35)
        if len(way) > 1:
            pdf.polyline(way)
        for (x, y), spot in zip(at, spots, strict=True):
            pdf.set_line_width(0.12)
            pdf.set_draw_color(*(_UNIT if spot.unit else _TRACK))
            if spot.r * self.k > 1:
                pdf.circle(x, y, spot.r * self.k)
            pdf.set_fill_color(*(_UNIT if spot.unit else _TRACK))
            if spot.unit:
                pdf.rect(x - 0.9, y - 0.9, 1.8, 1.8, style="F")
            else:
                pdf.circle(x, y, 0.8, style="F")
        pdf.set_text_color(*_TRACK)
        for (x, y), spot in zip(at, spots, strict=True):
            if spot.label:
                self._word(x, y - 2.6, spot.label)

    def _scale(self) -> None:
        pdf, m_per_mm = self.pdf, self.under["m"] / self.k
        long = max((m for m in _SCALES if m / m_per_mm < self.width / 4), default=_SCALES[0])
        x, y = self.left + 4, self.top + HEIGHT - 4
        pdf.set_draw_color(*_UNIT)
        pdf.set_text_color(*_UNIT)
        pdf.set_line_width(0.4)
        pdf.line(x, y, x + long / m_per_mm, y)
        self._word(x, y - 2.2, f"{long // 1000} km" if long >= 1000 else f"{long} m")

    def _word(self, x: float, y: float, text: str, *, middle: bool = False) -> None:
        """A word on a light ground, its left end (or its middle) at x; within the frame."""
        pdf, text = self.pdf, printable(text)
        wide = pdf.get_string_width(text)
        x = min(max(x - wide / 2 if middle else x, self.left + 1), self.left + self.width - wide - 1)
        y = min(max(y, self.top + 2), self.top + HEIGHT - 2)
        pdf.set_fill_color(*_PAPER)
        pdf.rect(x - 0.4, y - 1.4, wide + 0.8, 2.9, style="F")
        pdf.set_xy(x - pdf.c_margin, y - 1.6)
        pdf.cell(wide + 2 * pdf.c_margin, 3.2, text)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + self.width / 2 + x * self.k, self.top + HEIGHT / 2 - y * self.k
