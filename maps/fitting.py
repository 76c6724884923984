"""Makes outlines that nearly fit into a coverage: slivers between them are given away, anything wider is refused."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

from maps.coverage import GRID_M, dissolve
from maps.geodesy import place_of
from maps.store import ZoneFileError

# An overlap or gap narrower than this is how neighbours draw one line twice, not land.
_SLIVER_WIDTH_M: Final = 10.0


def fit_together(outlines: Any, country: Any) -> Any:
    """The outlines (Lambert metres), in the same order, as a valid coverage on the 0.1 m grid.

    A gap outside `country` stays: an enclave. Raises `ZoneFileError` naming the rows (counted from 1) that overlap by more
    than a sliver, the place of a gap wider than one, or a row that gets no land.
    """
    lines = shapely.unary_union(shapely.boundary(outlines), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inner = shapely.point_on_surface(faces)
    face, owner = shapely.STRtree(outlines).query(inner, predicate="intersects")
    owners = np.full(len(faces), -1)
    owners[face[::-1]] = owner[::-1]
    narrow = 2 * shapely.area(faces) / shapely.length(faces) < _SLIVER_WIDTH_M
    shared = np.flatnonzero((np.bincount(face, minlength=len(faces)) > 1) & ~narrow)
    if len(shared):
        worst = shared[np.argmax(shapely.area(faces[shared]))]
        rows = " and ".join(str(row + 1) for row in sorted(owner[face == worst].tolist()))
        raise ZoneFileError(f"rows {rows}: the outlines overlap by {_size(faces[worst])}")
    for gap in np.flatnonzero((owners < 0) & ~narrow):
        if shapely.area(shapely.intersection(faces[gap], country)) > shapely.area(faces[gap]) / 2:
            raise ZoneFileError(f"no zone covers a gap of {_size(faces[gap])}")
    for gap in np.flatnonzero((owners < 0) & narrow):
        owners[gap] = _longest_neighbour(faces, owners, int(gap))
    land = np.flatnonzero(owners >= 0)
    fitted = dissolve(faces[land], [f"{row:06d}" for row in owners[land]])
    lost = set(range(len(outlines))) - {int(row) for row in fitted.index}
    if lost:
        raise ZoneFileError(f"row {min(lost) + 1}: no land is left of the outline")
    return fitted.to_numpy()


def _longest_neighbour(faces: Any, owners: Any, gap: int) -> int:
    """Who owns the longest part of a gap's outline; -1 when nobody does."""
    near = shapely.STRtree(faces).query(faces[gap], predicate="intersects")
    near = near[owners[near] >= 0]
    if not len(near):
        return -1
    borders = shapely.length(shapely.intersection(shapely.boundary(faces[near]), shapely.boundary(faces[gap])))
    return int(owners[near[np.argmax(borders)]])


def _size(face: Any) -> str:
    point = shapely.point_on_surface(face)
    lat, lon = place_of(point.x, point.y)
    return f"{shapely.area(face) / 1e6:.3f} km² at {lat:.4f}, {lon:.4f}"
