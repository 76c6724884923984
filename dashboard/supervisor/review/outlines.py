"""The police zones as SVG paths, at the detail of the whole country on a screen. Made once for a process."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import shapely

from maps.overlays import read_drawn, rings

WIDTH = 1000.0  # units of the drawing; a zone of Brussels is still a dozen of them wide


@lru_cache(maxsize=1)
def outlines(folder: Path) -> msgspec.Raw:
    """As JSON: width, height; for each zone its key, name, path, label point and width; the provinces' lines as one path.

    Raises `maps.store.DataError` when the map's file can't be read.
    """
    drawn = read_drawn(folder, 0)
    x0, y0, x1, y1 = shapely.total_bounds(drawn.outlines)
    size = WIDTH / (x1 - x0)

    def placed(points: Any) -> Any:
        return np.round(np.column_stack([(points[:, 0] - x0) * size, (y1 - points[:, 1]) * size]), 1)

    bounds = shapely.bounds(drawn.outlines)
    zones = [
        {
            "key": key,
            "name": name,
            "path": "".join(_line(placed(ring)) + "z" for piece in rings(outline) for ring in piece),
            "x": float(at[0]),
            "y": float(at[1]),
            "w": round(float((box[2] - box[0]) * size), 1),
        }
        for key, name, outline, at, box in zip(
            drawn.zones, drawn.names, drawn.outlines, placed(drawn.labels), bounds, strict=True
        )
    ]
    lines = "".join(_line(placed(shapely.get_coordinates(part))) for part in shapely.get_parts(drawn.provinces))
    made = {"width": WIDTH, "height": round(float((y1 - y0) * size), 1), "zones": zones, "provinces": lines}
    return msgspec.Raw(msgspec.json.encode(made))


def _line(corners: Any) -> str:
    points = [f"{x:g} {y:g}" for x, y in corners]
    return f"M{'L'.join(points)}" if points else ""
