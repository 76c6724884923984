"""Municipalities with official outer lines: canton outlines cut by the lines between generalised municipalities.

A canton holds whole municipalities, save the few that several cantons share. So a canton's official outline is kept
everywhere, and only inside it the generalised line between two of its municipalities is used, prolonged to the outline.
All lines are noded together on a 0.1 m grid, so that neighbours share every vertex: a valid coverage.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely import Geometry

from maps.sources import Canton

GRID_M: Final = 0.1
# The generalised lines lie 28 m off on average: a piece thinner than this is an artefact of that, not land.
_SLIVER_WIDTH_M: Final = 60.0
_FRAGMENT_M2: Final = 200_000.0
_OVER_M: Final = 0.5
_COVERED: Final = 0.2
_ISLAND_M: Final = 20_000.0


class CoverageError(ValueError):
    """The outlines do not make a valid coverage; the message says where."""


def cut_municipalities(cantons: Sequence[Canton], outlines: gpd.GeoSeries, generalised: gpd.GeoSeries) -> gpd.GeoSeries:
    """The municipalities (indexed by REFNIS code, sorted) that fill the cantons' outlines; metres, on the 0.1 m grid.

    Raises `CoverageError` when a municipality gets no land or the result overlaps itself.
    """
    lines: list[Geometry] = list(shapely.boundary(outlines.to_numpy()))
    for canton, outline in zip(cantons, outlines, strict=True):
        lines += _cutting_lines(generalised[sorted(canton.municipalities)].to_numpy(), outline)
    noded = shapely.unary_union(np.array(lines, dtype=object), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    faces, canton_of = _faces_in_cantons(faces, outlines)
    touched = np.bincount(shapely.STRtree(faces).query(faces, predicate="intersects")[0], minlength=len(faces))
    owners = [
        _owner(face, cantons[c].municipalities, generalised, island=neighbours == 1)
        for face, c, neighbours in zip(faces, canton_of, touched, strict=True)
    ]
    _give_slivers_away(faces, canton_of, owners, cantons)
    _give_fragments_away(faces, canton_of, owners)
    municipalities = dissolve(faces, owners)
    lost = set(generalised.index) - set(municipalities.index)
    if lost:
        raise CoverageError(f"no land left for municipality {', '.join(sorted(lost))}")
    require_coverage(municipalities.to_numpy(), "the municipalities")
    return municipalities


def dissolve(faces: Any, keys: Iterable[str]) -> gpd.GeoSeries:
    """Unites the faces of a coverage by key; indexed by key, sorted."""
    members: defaultdict[str, list[Geometry]] = defaultdict(list)
    for face, key in zip(faces, keys, strict=True):
        members[key].append(face)
    united = {key: shapely.coverage_union_all(members[key]) for key in sorted(members)}
    return gpd.GeoSeries(united, crs="EPSG:3812")


def require_coverage(polygons: Any, what: str) -> None:
    """Raises `CoverageError` unless `polygons` are valid and share their borders without overlap."""
    if not shapely.is_valid(polygons).all():
        raise CoverageError(f"{what}: an outline crosses itself")
    if not shapely.coverage_is_valid(polygons):
        raise CoverageError(f"{what}: outlines overlap or do not share their borders")


def _cutting_lines(members: Any, outline: Geometry) -> list[Geometry]:
    """What cuts a canton's outline among its generalised municipalities."""
    inner = _prolonged(_shared_borders(members), outline)
    if not inner:
        return []
    noded = shapely.unary_union(np.array([shapely.boundary(outline), *inner], dtype=object), grid_size=GRID_M)
    uncut: set[int] = set()
    for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))):
        if not shapely.covers(outline, face.point_on_surface()):
            continue
        held = np.flatnonzero(shapely.area(shapely.intersection(members, face)) > _FRAGMENT_M2).tolist()
        if len(held) > 1:
            uncut.update(held)
    # Two that meet the official lines only through a neck or around a foreign enclave: their whole outlines part them.
    return inner + _prolonged([shapely.boundary(members[i]) for i in sorted(uncut)], outline)


def _shared_borders(members: Any) -> list[Geometry]:
    return [
        line
        for a, b in combinations(members, 2)
        if shapely.intersects(a, b)
        for line in _lines_in(shapely.intersection(shapely.boundary(a), shapely.boundary(b)))
    ]


def _prolonged(lines: list[Geometry], outline: Geometry) -> list[Geometry]:
    """The lines clipped to the outline, and the stubs that prolong their free ends to it."""
    if not lines:
        return []
    inner = _lines_in(shapely.intersection(shapely.line_merge(shapely.union_all(lines)), outline))
    ends = Counter(end for line in inner for end in (line.coords[0], line.coords[-1]))
    rim = shapely.boundary(outline)
    stubs = [
        _stub(end, before, rim)
        for line in inner
        for end, before in ((line.coords[0], line.coords[1]), (line.coords[-1], line.coords[-2]))
        if ends[end] == 1
    ]
    return inner + stubs


def _lines_in(geometry: Geometry) -> list[Geometry]:
    """The lines of a geometry that may hold points and lines, nested or not."""
    flat = shapely.get_parts(shapely.get_parts(geometry))
    return [p for p in flat if p.geom_type == "LineString"]


def _stub(end: tuple[float, ...], before: tuple[float, ...], rim: Geometry) -> Geometry:
    """From a line's free end to just over the rim: noding on a grid may miss a line that ends exactly on another."""
    start = np.array(end[:2])
    target = np.array(shapely.shortest_line(shapely.Point(end), rim).coords[-1][:2])
    way = target - start
    if np.hypot(*way) < GRID_M:
        way = start - np.array(before[:2])
    return shapely.LineString([start, target + _OVER_M * way / np.hypot(*way)])


def _faces_in_cantons(faces: Any, outlines: gpd.GeoSeries) -> tuple[Any, list[int]]:
    tree = shapely.STRtree(outlines.to_numpy())
    at, canton = tree.query(shapely.point_on_surface(faces), predicate="intersects")
    first = np.unique(at, return_index=True)[1]
    kept = faces[at[first]]
    order = np.lexsort((shapely.bounds(kept)[:, 1], shapely.bounds(kept)[:, 0], canton[first]))
    return kept[order], canton[first][order].tolist()


def _owner(face: Geometry, members: frozenset[str], generalised: gpd.GeoSeries, *, island: bool) -> str:
    """The canton's municipality that covers most of the face, else the nearest."""
    names = sorted(members)
    if len(names) == 1:
        return names[0]
    polygons = generalised[names].to_numpy()
    overlap = shapely.area(shapely.intersection(polygons, face))
    if overlap.max() > _COVERED * shapely.area(face):
        return names[int(overlap.argmax())]
    nearness = shapely.distance(polygons, face)
    if island:
        # Too small an enclave to be in the generalised set: it is one more piece of the municipality that is in pieces.
        nearness[shapely.get_num_geometries(polygons) == 1] += _ISLAND_M
    return names[int(nearness.argmin())]


def _give_slivers_away(faces: Any, canton_of: list[int], owners: list[str], cantons: Sequence[Canton]) -> None:
    """Where a canton holds but a sliver of a municipality it shares, the sliver is the neighbour's land."""
    width = 2 * shapely.area(faces) / shapely.length(faces)
    for i in np.argsort(shapely.area(faces), kind="stable"):
        if owners[i] in cantons[canton_of[i]].partial and width[i] < _SLIVER_WIDTH_M:
            owners[i] = _longest_neighbour(i, faces, canton_of, owners) or owners[i]


def _give_fragments_away(faces: Any, canton_of: list[int], owners: list[str]) -> None:
    """A small piece cut off from its municipality by the generalised line belongs to the municipality around it."""
    areas = shapely.area(faces)
    tree = shapely.STRtree(faces)
    left, right = tree.query(faces, predicate="intersects")
    touching: defaultdict[int, list[int]] = defaultdict(list)
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        touching[a].append(b)
    for i in np.argsort(areas, kind="stable"):
        piece, reached = _piece(int(i), touching, owners, faces)
        if piece < _FRAGMENT_M2 and len(reached) < owners.count(owners[i]):
            owners[i] = _longest_neighbour(int(i), faces, canton_of, owners) or owners[i]


def _piece(start: int, touching: dict[int, list[int]], owners: list[str], faces: Any) -> tuple[float, set[int]]:
    """Area and faces of the connected piece of one municipality that holds face `start`."""
    reached, open_faces = {start}, [start]
    while open_faces:
        at = open_faces.pop()
        for other in touching[at]:
            if other not in reached and owners[other] == owners[start] and _border_m(faces[at], faces[other]) > 0:
                reached.add(other)
                open_faces.append(other)
    return float(sum(shapely.area(faces[i]) for i in reached)), reached


def _longest_neighbour(i: int, faces: Any, canton_of: list[int], owners: list[str]) -> str | None:
    shared: Counter[str] = Counter()
    for j, other in enumerate(faces):
        if canton_of[j] == canton_of[i] and owners[j] != owners[i] and shapely.intersects(faces[i], other):
            shared[owners[j]] += _border_m(faces[i], other)  # type: ignore[assignment]
    return max(sorted(shared), key=lambda key: shared[key], default=None)


def _border_m(a: Geometry, b: Geometry) -> float:
    return float(shapely.length(shapely.intersection(a, b)))
