"""Shapes to draw, in web Mercator (EPSG:3857): zones and provinces at each level of detail, circles of true size.

| level | outlines | for |
|---|---|---|
| 0 | simplified to 400 m | the whole country on a screen |
| 1 | to 100 m | a province |
| 2 | to 25 m | a town |
| 3 | exact | streets |
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from pyproj import Transformer

from maps.geodesy import GEOD, LAMBERT, MERCATOR, Floats, to_mercator
from maps.store import DRAWN_M, read_layer

LEVELS: Final = len(DRAWN_M) + 1
# Mercator metres a pixel below which each level after the coarsest is shown: its tolerance is then under 1.6 px.
_FROM_M_PER_PX: Final = (220.0, 60.0, 16.0)

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in Mercator metres


class Drawn(msgspec.Struct, frozen=True):
    """One level: zones in one order (keys, names, outlines, label points (n, 2)), and the lines of the provinces.

    Coordinates are whole to `places` decimals of a metre.
    """

    zones: list[str]
    names: list[str]
    outlines: Any
    labels: Floats
    provinces: Any
    places: int

    def of(self, zone: str) -> Any | None:
        """One zone's outline; None when it is not here."""
        return self.outlines[self.zones.index(zone)] if zone in self.zones else None

    def near(self, box: Box) -> Iterator[tuple[str, Any, tuple[float, float]]]:
        """Name, outline and label point of the zones whose bounds reach into a box."""
        for i in np.flatnonzero(_reach(self.outlines, box)):
            yield self.names[i], self.outlines[i], (float(self.labels[i][0]), float(self.labels[i][1]))

    def clipped(self, box: Box) -> Drawn:
        """What lies in a box; the lines that the cut makes are on its edge."""
        kept = np.flatnonzero(_reach(self.outlines, box))
        return Drawn(
            zones=[self.zones[i] for i in kept],
            names=[self.names[i] for i in kept],
            outlines=shapely.clip_by_rect(self.outlines[kept], *box),
            labels=self.labels[kept],
            provinces=shapely.clip_by_rect(self.provinces[_reach(self.provinces, box)], *box),
            places=self.places,
        )


class Circle(msgspec.Struct, frozen=True):
    """A circle on the ground as it is drawn: centre and radius in Mercator metres."""

    x: float
    y: float
    r: float


@lru_cache(maxsize=2 * LEVELS)
def read_drawn(folder: Path, level: int) -> Drawn:
    """A level of a data folder, read when first wanted. Raises `maps.store.DataError` when its file can't be read."""
    return _simplified(folder, DRAWN_M[level]) if level < len(DRAWN_M) else _exact(folder)


def level_for(m_per_px: float) -> int:
    """The level to show at so many Mercator metres a pixel; 0 is the coarsest, the last the exact one."""
    return sum(m_per_px < limit for limit in _FROM_M_PER_PX)


def rings(outline: Any) -> Iterator[list[Floats]]:
    """The pieces of an outline, each as the corners of its rings, the outer one first; a line that a cut left is no piece."""
    for piece in shapely.get_parts(outline):
        if shapely.get_type_id(piece) == 3 and not piece.is_empty:
            yield [shapely.get_coordinates(ring) for ring in (piece.exterior, *piece.interiors)]


@lru_cache(maxsize=4096)
def true_circle(lat: float, lon: float, radius_m: float) -> Circle:
    """A circle of `radius_m` over the ground about a position in degrees.

    Drawn from its northern- and southernmost points, because the scale of the projection (1/cos lat) grows across a
    large circle. East and west are then right to 0.3 %.
    """
    x, _ = to_mercator(lat, lon)
    north = to_mercator(GEOD.fwd(lon, lat, 0.0, radius_m)[1], lon)[1]
    south = to_mercator(GEOD.fwd(lon, lat, 180.0, radius_m)[1], lon)[1]
    return Circle(x=x, y=(north + south) / 2, r=(north - south) / 2)


def _reach(outlines: Any, box: Box) -> Any:
    x0, y0, x1, y1 = shapely.bounds(outlines).T
    return (x0 <= box[2]) & (x1 >= box[0]) & (y0 <= box[3]) & (y1 >= box[1])


def _simplified(folder: Path, tolerance: int) -> Drawn:
    layer = read_layer(folder / f"drawn-{tolerance}m.parquet")
    columns = layer.columns
    zone = np.array([kind == "zone" for kind in columns["kind"]])
    rows = np.flatnonzero(zone)
    return Drawn(
        zones=[columns["id"][i] for i in rows],
        names=[columns["name"][i] for i in rows],
        outlines=layer.outlines[zone],
        labels=np.column_stack([columns["label_x"], columns["label_y"]])[zone],
        provinces=shapely.boundary(layer.outlines[~zone]),
        places=0,
    )


def _exact(folder: Path) -> Drawn:
    """The zones as they are; names and label points are those of the level before."""
    layer = read_layer(folder / "zones.parquet")
    drawn = _simplified(folder, DRAWN_M[-1])
    to_drawn = Transformer.from_crs(LAMBERT, MERCATOR, always_xy=True)
    outlines = shapely.transform(layer.outlines, lambda x, y: to_drawn.transform(x, y), interleaved=False)
    at = {zone: i for i, zone in enumerate(drawn.zones)}
    order = [at[zone] for zone in layer.columns["zone"]]
    members: dict[str, list[Any]] = {}
    for province, outline in zip(layer.columns["province"], outlines, strict=True):
        members.setdefault(province, []).append(outline)
    return Drawn(
        zones=layer.columns["zone"],
        names=[drawn.names[i] for i in order],
        outlines=outlines,
        labels=drawn.labels[order],
        provinces=np.array([shapely.coverage_union_all(shapes).boundary for shapes in members.values()], dtype=object),
        places=1,
    )
