"""What is drawn for an alarm and for a unit: pure functions from what is known of them to a row of a data source.

A mark is as large on every screen; what is measured on the ground is drawn true to scale, and where that would be
smaller than the mark, a ring stands for it and its radius is written.
"""

import math
from datetime import datetime
from typing import Any, Final

import msgspec

from dashboard.components.map.labels import ALARM_AWAY_PX, MARK_PX, Side, hang, length, plain, span, span_lasts_s
from dashboard.components.map.palette import SHAPE_OF_STATE, Palette, Shape, colour_of_shape, colour_of_status
from dashboard.components.map.words import Words
from dashboard.components.tracks import least_growth_m, stepped
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.messages import Fix
from maps.geodesy import to_mercator
from maps.overlays import true_circle
from maps.track import Reach, Track

NAN: Final = float("nan")
# A circle so much smaller than that of the newest fix is drawn in it.
SURER: Final = 0.5
# Beyond it the circle is larger than the country; its radius is still written.
MAX_CIRCLE_M: Final = 200_000.0
RING_PX: Final = 42.0
HALO_PX: Final = 54.0
UNIT_STALE_S: Final = 15.0  # a younger position is "now"; the age is written in steps of as much

_MARKER: Final[dict[Shape, tuple[str, float, float]]] = {  # Bokeh's marker, its angle, its size in px
    "triangle": ("triangle", 0.0, MARK_PX + 2),
    "circle": ("circle", 0.0, MARK_PX - 3),
    "diamond": ("square", math.pi / 4, MARK_PX - 6),
    "square": ("square", 0.0, MARK_PX - 5),
}

# at: when she was there, ms since 1970: the page says the age by it.
# x, y: where the mark stands; tx, ty: where she is. c: accuracy circle, g: grown circle, in Mercator metres.
# sure, at sy: what is written under the grown circle when the mark, whose position may be wrong, is elsewhere.
EMPTY_ALARM: Final[dict[str, Any]] = {
    "incident": "",
    "name": "",
    "at": NAN,
    "shape": "",
    "x": NAN,
    "y": NAN,
    "tx": NAN,
    "ty": NAN,
    "cx": NAN,
    "cy": NAN,
    "cr": NAN,
    "gx": NAN,
    "gy": NAN,
    "gr": NAN,
    "sure": "",
    "sy": NAN,
    "marker": "circle",
    "angle": 0.0,
    "size": 0.0,
    "colour": "#000000",
    "ring": 0.0,
    "halo": 0.0,
    "label": "",
    "anchor": "center_left",
    "dx": 0.0,
    "dy": 0.0,
}
EMPTY_UNIT: Final[dict[str, Any]] = {
    "unit": "",
    "x": NAN,
    "y": NAN,
    "colour": "#000000",
    "fill": 0.0,
    "label": "",
    "anchor": "center_left",
    "dx": 0.0,
    "dy": 0.0,
}


class Drawn(msgspec.Struct, frozen=True):
    """An alarm or a unit, ready to be placed: its label and the moments for which it stays true."""

    key: str
    tx: float
    ty: float
    label: str
    stays_s: float
    row: dict[str, Any]
    unowned: bool = False


def draw_alarm(incident: Incident, fix: Fix, of: Track, now: datetime, palette: Palette, words: Words) -> Drawn:
    """An alarm that has a position, and its track. `row` has circles in Mercator metres, whatever the zoom; see `at_zoom`.

    Where the newest fix is flagged the mark stands at it all the same, since orders go by it, and the label says so.
    """
    shape = SHAPE_OF_STATE[incident.state]
    marker, angle, size = _MARKER[shape]
    tx, ty = to_mercator(fix.lat, fix.lon)
    seen = incident.fix_at or fix.time
    age_s = max(0.0, (now - seen).total_seconds()) if seen else None
    radius_m = fix.radius if fix.radius and fix.radius > 0 else None
    name = (
        plain(incident.number if incident.device else incident.place)
        or words["by_hand" if incident.origin == "hand" else "no_device"]
    )
    accuracy = f"± {length(radius_m, words['decimal'])}" if radius_m else "± ?"
    if of.doubt is not None:
        accuracy = f"{words['may_be_wrong']} · {accuracy}"
    age = span(words, age_s) if age_s is not None else "?"
    row = {
        "incident": incident.id,
        "name": name,
        "at": seen.timestamp() * 1000 if seen else NAN,
        "shape": shape,
        "tx": tx,
        "ty": ty,
        "marker": marker,
        "angle": angle,
        "size": size,
        "colour": colour_of_shape(shape, palette),
        "halo": HALO_PX if incident.needs_someone else 0.0,
    }
    if radius_m and radius_m <= MAX_CIRCLE_M:
        circle = true_circle(fix.lat, fix.lon, radius_m)
        row |= {"cx": circle.x, "cy": circle.y, "cr": circle.r}
    stays_s = span_lasts_s(age_s) if age_s is not None else math.inf
    if (reach := of.reach(now)) is not None:
        radius = stepped(reach.radius_m)
        drawn = _says_more(reach, of, fix)
        if drawn:
            circle = true_circle(reach.lat, reach.lon, min(radius, MAX_CIRCLE_M))
            row |= {"gx": circle.x, "gy": circle.y, "gr": circle.r}
            if of.doubt is not None:
                row |= {"sure": words["last_sure"].format(name=name), "sy": circle.y - circle.r}
        # Until it is drawn larger, or for the first time.
        left_m = radius - reach.radius_m if drawn else least_growth_m(fix) - of.grown_m(reach.age_s)
        stays_s = min(stays_s, max(1.0, left_m / of.growth_m_s))
    return Drawn(
        key=incident.id,
        tx=tx,
        ty=ty,
        label=f"{name}\n{accuracy} · {age}",
        stays_s=stays_s,
        row=row,
        unowned=incident.unowned,
    )


def _says_more(reach: Reach, of: Track, fix: Fix) -> bool:
    """Whether where she may be by now is something else than the circle of the newest fix: that has grown, or is so vague that
    those before it say more, or the fix is flagged."""
    surer = fix.radius is not None and reach.radius_m < SURER * fix.radius
    return of.doubt is not None or surer or of.grown_m(reach.age_s) > least_growth_m(fix)


def at_zoom(drawn: Drawn, m_per_px: float, offset_px: tuple[float, float], side: Side) -> dict[str, Any]:
    """The row of an alarm at this zoom: its mark moved apart, its label hung, a ring for a circle under its mark."""
    row = dict(drawn.row)
    row["x"], row["y"] = drawn.tx + offset_px[0] * m_per_px, drawn.ty + offset_px[1] * m_per_px
    if "cr" in row and is_ring(row["cr"], m_per_px):
        row["ring"] = RING_PX
        row["cx"] = row["cy"] = row["cr"] = NAN
    if "gr" in row and is_ring(row["gr"], m_per_px):
        row |= {"gx": NAN, "gy": NAN, "gr": NAN, "sure": ""}
    anchor = hang(side, ALARM_AWAY_PX)
    return row | {"label": drawn.label, "anchor": anchor.point, "dx": anchor.dx, "dy": anchor.dy}


def is_ring(radius_drawn_m: float, m_per_px: float) -> bool:
    """Whether a circle of so many Mercator metres is hidden by its own mark at this zoom."""
    return radius_drawn_m / m_per_px < MARK_PX / 2 + 4


def draw_unit(unit: UnitNow, fix: Fix, now: datetime, palette: Palette, words: Words) -> Drawn:
    """A unit that has a position, with its status and, unless it is fresh, the age of its position."""
    tx, ty = to_mercator(fix.lat, fix.lon)
    age_s = max(0.0, (now - (fix.time or unit.at)).total_seconds())
    stale = age_s >= UNIT_STALE_S
    shown_s = age_s // UNIT_STALE_S * UNIT_STALE_S if age_s < 120 else age_s
    label = f"{plain(unit.unit, 12)} · {words[unit.status]}" + (f" · {span(words, shown_s)}" if stale else "")
    if unit.clock_wrong:
        label += f" · {words['clock_wrong']}"
    stays_s = UNIT_STALE_S - age_s % UNIT_STALE_S if age_s < 120 else span_lasts_s(age_s)
    row = {
        "unit": unit.unit,
        "x": tx,
        "y": ty,
        "colour": colour_of_status(unit.status, palette),
        "fill": 1.0 if unit.status in ("en_route", "on_scene") else 0.0,
    }
    return Drawn(key=unit.unit, tx=tx, ty=ty, label=label, stays_s=stays_s, row=row)
