"""How Bokeh is asked to draw: on which of its two canvases, and what a label looks like."""

from typing import Any, Final, Literal

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, Text
from bokeh.models.glyph import Glyph
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from dashboard.components.map.palette import Palette

Level = Literal["image", "underlay", "glyph"]
FONT: Final = value("Inter, Noto Sans, DejaVu Sans, system-ui, sans-serif")


def ground(
    fig: figure, source: ColumnDataSource, glyph: Glyph, name: str = "", level: Level = "glyph"
) -> "GlyphRenderer[Any]":
    """Draw on the canvas that is repainted only when the view moves; of what is on it, "image" lies lowest, "glyph" highest."""
    # Glyphs are never selected: without Bokeh's four variants of each a page is built in half the time.
    return fig.add_glyph(source, glyph, name=name or None, level=level, nonselection_glyph=None)


def overlay(fig: figure, source: ColumnDataSource, glyph: Glyph) -> "GlyphRenderer[Any]":
    """Draw on the canvas that may be repainted often (20 times a second, where the ground could twice)."""
    return fig.add_glyph(source, glyph, level="overlay", nonselection_glyph=None)


def label(palette: Palette, **style: Any) -> Text:
    """Text of 16 px on a plate of its own, so that it can be read over anything."""
    plate: dict[str, Any] = {
        "text": "label",
        "padding": 3,
        "background_fill_color": palette.label,
        "background_fill_alpha": 0.84,
        "border_radius": 4,
        "border_line_color": None,
    }
    return Text(text_font=FONT, text_font_size="16px", **(plate | style))
