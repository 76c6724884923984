"""Outlines at each level of detail, shared by every page, as the columns Bokeh draws."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from dashboard.shell.compat import JsonList
from maps.overlays import Box, Drawn, read_drawn, rings

# Text, label point and width of the zone in Mercator metres.
Name = tuple[str, float, float, float]
Columns = dict[str, list[Any]]


def polygons(outlines: Sequence[Any], places: int = 1) -> Columns:
    """Outlines as Bokeh's multi_polygons: for each its pieces, for each piece its rings."""
    drawn = [[[_rounded(ring, places) for ring in piece] for piece in rings(outline)] for outline in outlines]
    return {
        axis: JsonList([[ring[n] for ring in piece] for piece in pieces] for pieces in drawn)
        for n, axis in enumerate(("xs", "ys"))
    }


def lines(drawn: Drawn) -> Columns:
    """The provinces' outlines as Bokeh's multi_line."""
    parts = [_rounded(shapely.get_coordinates(line), drawn.places) for line in shapely.get_parts(drawn.provinces)]
    return {"xs": JsonList(x for x, _ in parts), "ys": JsonList(y for _, y in parts)}


def names(drawn: Drawn) -> list[Name]:
    """Name, label point and width of each zone in metres, widest first."""
    bounds = shapely.bounds(drawn.outlines)
    widths = bounds[:, 2] - bounds[:, 0]
    rows = [
        (name, float(x), float(y), float(w)) for name, (x, y), w in zip(drawn.names, drawn.labels, widths, strict=True)
    ]
    return sorted(rows, key=lambda row: -row[3])


class Outlines:
    """The levels of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def level(self, level: int) -> Drawn:
        """One level's shapes. Raises `maps.store.DataError` when its file can't be read."""
        return read_drawn(self._folder, level)

    @cached_property
    def country(self) -> tuple[Columns, Columns, list[Name]]:
        """The coarsest level as every page begins with it: zones, provinces, names. Made once, never changed."""
        coarse = self.level(0)
        return polygons(coarse.outlines, coarse.places), lines(coarse), names(coarse)

    @cached_property
    def bounds(self) -> Box:
        """x0, y0, x1, y1 of the whole country."""
        x0, y0, x1, y1 = shapely.total_bounds(self.level(0).provinces)
        return float(x0), float(y0), float(x1), float(y1)


@lru_cache(maxsize=2)
def outlines_in(folder: Path) -> Outlines:
    """The outlines of a data folder, the same for every page of this process."""
    return Outlines(folder)


def _rounded(corners: Any, places: int) -> tuple[list[float], list[float]]:
    coords = np.round(corners, places)
    # Whole metres travel as integers: a third shorter.
    coords = coords.astype(int) if places == 0 else coords
    return coords[:, 0].tolist(), coords[:, 1].tolist()
