"""Outlines at each level of detail, read once and shared by every page, as the columns Bokeh draws."""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from dashboard.components.map.viewport import Viewport
from maps.overlays import read_drawn

# Mercator metres a pixel below which each level after the coarsest is shown: its tolerance is then under 1.6 px.
_FROM_M_PER_PX: Final = (220.0, 60.0, 16.0)

# Text, label point and width of the zone in Mercator metres.
Name = tuple[str, float, float, float]


class Shapes:
    """Zones (Mercator outlines, names, label points) and the lines of provinces at one level."""

    def __init__(self, zones: list[str], names: list[str], outlines: Any, labels: Any, provinces: Any, places: int):
        self._zones, self._names, self._outlines, self._labels = zones, names, outlines, labels
        self._provinces, self._places = provinces, places

    def polygons(self) -> dict[str, list[Any]]:
        """The zones as Bokeh's multi_polygons: for each its pieces, for each piece its rings."""
        return self.columns(self._outlines, self._places)

    def lines(self) -> dict[str, list[Any]]:
        """The provinces' outlines as Bokeh's multi_line."""
        lines = [_rounded(line, self._places) for line in shapely.get_parts(self._provinces)]
        return {"xs": [x for x, _ in lines], "ys": [y for _, y in lines]}

    def names(self) -> list[Name]:
        """Name, label point and width of each zone in metres, widest first."""
        bounds = shapely.bounds(self._outlines)
        widths = bounds[:, 2] - bounds[:, 0]
        rows = [
            (name, float(x), float(y), float(w))
            for name, (x, y), w in zip(self._names, self._labels, widths, strict=True)
        ]
        return sorted(rows, key=lambda row: -row[3])

    def of(self, zone: str) -> Any | None:
        """One zone's outline; None when it is not here."""
        return self._outlines[self._zones.index(zone)] if zone in self._zones else None

    def near(self, view: Viewport) -> Iterator[tuple[str, Any, tuple[float, float]]]:
        """Name, outline and label point of the zones whose bounds reach into view."""
        for i in np.flatnonzero(self._reach(self._outlines, view)):
            yield self._names[i], self._outlines[i], (float(self._labels[i][0]), float(self._labels[i][1]))

    def clipped(self, area: Viewport) -> "Shapes":
        """What lies in an area; the lines that the cut makes are on its edge."""
        kept = np.flatnonzero(self._reach(self._outlines, area))
        provinces = self._provinces[self._reach(self._provinces, area)]
        return Shapes(
            [self._zones[i] for i in kept],
            [self._names[i] for i in kept],
            shapely.clip_by_rect(self._outlines[kept], area.x0, area.y0, area.x1, area.y1),
            self._labels[kept],
            shapely.clip_by_rect(provinces, area.x0, area.y0, area.x1, area.y1),
            self._places,
        )

    @staticmethod
    def columns(outlines: Sequence[Any], places: int = 1) -> dict[str, list[Any]]:
        """Outlines as Bokeh's multi_polygons."""
        xs, ys = [], []
        for outline in outlines:
            pieces = [
                [_rounded(ring, places) for ring in _rings(piece)]
                for piece in shapely.get_parts(outline)
                if shapely.get_type_id(piece) == 3
            ]
            xs.append([[ring[0] for ring in piece] for piece in pieces])
            ys.append([[ring[1] for ring in piece] for piece in pieces])
        return {"xs": xs, "ys": ys}

    @staticmethod
    def _reach(outlines: Any, view: Viewport) -> Any:
        bounds = shapely.bounds(outlines)
        return (
            (bounds[:, 0] <= view.x1)
            & (bounds[:, 2] >= view.x0)
            & (bounds[:, 1] <= view.y1)
            & (bounds[:, 3] >= view.y0)
        )


class Outlines:
    """The levels of one data folder, each read when first wanted; level 0 is the coarsest, the last the exact one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._levels: dict[int, Shapes] = {}

    def level_for(self, m_per_px: float) -> int:
        """The level to show at so many Mercator metres a pixel."""
        return sum(m_per_px < limit for limit in _FROM_M_PER_PX)

    def level(self, level: int) -> Shapes:
        """One level's shapes. Raises `maps.store.DataError` when its file can't be read."""
        if level not in self._levels:
            drawn = read_drawn(self._folder, level)
            self._levels[level] = Shapes(
                drawn.zones, drawn.names, drawn.outlines, drawn.labels, drawn.provinces, drawn.places
            )
        return self._levels[level]

    @cached_property
    def country(self) -> tuple[dict[str, list[Any]], dict[str, list[Any]], list[Name]]:
        """The coarsest level as every page begins with it: zones, provinces, names. Made once, never changed."""
        coarse = self.level(0)
        return coarse.polygons(), coarse.lines(), coarse.names()

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the whole country."""
        x0, y0, x1, y1 = shapely.total_bounds(self.level(0)._provinces)
        return float(x0), float(y0), float(x1), float(y1)


@lru_cache(maxsize=2)
def outlines_in(folder: Path) -> Outlines:
    """The outlines of a data folder, the same for every page of this process."""
    return Outlines(folder)


def _rings(polygon: Any) -> list[Any]:
    return [polygon.exterior, *polygon.interiors] if shapely.get_type_id(polygon) == 3 and not polygon.is_empty else []


def _rounded(ring: Any, places: int) -> tuple[list[float], list[float]]:
    coords = np.round(shapely.get_coordinates(ring), places)
    # Whole metres travel as integers: a third shorter.
    coords = coords.astype(int) if places == 0 else coords
    return coords[:, 0].tolist(), coords[:, 1].tolist()
