"""Lines from files that others made, as web Mercator lines with their kind and label; what can't be used is counted.

| column | what |
|---|---|
| `fclass` (or `highway`, `railway`, `waterway`) | the kind of a line, `scales.CLASSES`; a line of another class is left out |
| `name`, `ref` | its name, its number (E40, N9) |

A file without a column of classes is one of streets, unless its importer says what it is of. Polygons are drawn as their outline.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import msgspec
import numpy as np
import shapely

from maps.foreign_files import GEOJSON, PARQUET, kind_of, read_geojson
from maps.geodesy import MERCATOR, WGS84
from maps.streets.scales import CLASSES, Kind

CLASS_COLUMNS: Final = ("fclass", "highway", "railway", "waterway")
# Belgium and some 20 km around it: roads go on beyond a border.
BELGIUM: Final = (240_000.0, 6_300_000.0, 745_000.0, 6_770_000.0)
NAME_LENGTH: Final = 60
_LINES, _POLYGONS = (1, 2, 5), (3, 6)


class StreetsError(ValueError):
    """A file of streets can't be used; the message names the file and what is wrong with it."""


class Lines(msgspec.Struct, frozen=True):
    """Lines in one order: `kinds` (n,) of `Kind`, `names` and `refs` (maybe ""), `shapes` (n,) LineStrings in EPSG:3857."""

    kinds: Any
    names: list[str]
    refs: list[str]
    shapes: Any


def read_lines(files: Sequence[Path], kind: Kind | None = None) -> tuple[Lines, Counter[str]]:
    """The lines of all files in Belgium and about it, and how many rows were left out, by reason.

    `kind` is what a file without a column of classes is of; streets by default. Raises `StreetsError`.
    """
    left_out: Counter[str] = Counter()
    found: list[Lines] = []
    for file in files:
        if not file.is_file():  # a pipe that nobody writes to would be waited for
            raise StreetsError(f"{file.name}: there is no such file")
        for frame in _layers(file):
            found.append(_lines(file, frame, kind, left_out))
    lines = Lines(
        kinds=np.concatenate([one.kinds for one in found]) if found else np.zeros(0, np.int8),
        names=[name for one in found for name in one.names],
        refs=[ref for one in found for ref in one.refs],
        shapes=np.concatenate([one.shapes for one in found]) if found else np.zeros(0, object),
    )
    if not len(lines.shapes):
        why = "; ".join(f"{reason}: {count}" for reason, count in left_out.most_common()) or "no layer of lines"
        raise StreetsError(f"{', '.join(file.name for file in files)}: no line to draw ({why})")
    return lines, left_out


def _layers(file: Path) -> Iterator[gpd.GeoDataFrame]:
    """Every layer of a file that may hold lines, only with the columns that are wanted."""
    try:
        kind = kind_of(file)
        if kind in (*PARQUET, *GEOJSON):
            with np.errstate(invalid="ignore"):
                whole = gpd.read_parquet(file) if kind in PARQUET else read_geojson(file)
            yield whole
            return
        import pyogrio

        for layer, shape in pyogrio.list_layers(file):
            if shape is None or "Point" in shape:
                continue
            fields = {str(name) for name in pyogrio.read_info(file, layer=layer)["fields"]}
            columns = sorted(fields & {*CLASS_COLUMNS, "name", "ref"})
            where = None
            if "fclass" in fields:  # an extract has layers of buildings and land use too: they need not be read
                where = "fclass IN ({})".format(", ".join(f"'{name}'" for name in CLASSES))
            with np.errstate(invalid="ignore"):
                frame = gpd.read_file(file, layer=layer, columns=columns, where=where, engine="pyogrio")
            yield frame
    except MemoryError as error:
        raise StreetsError(
            f"{file.name} is too large for this machine's memory: import an extract of a region"
        ) from error
    except Exception as error:  # GDAL, Arrow and geopandas each have their own
        raise StreetsError(f"{file.name} can't be read as a file of lines: {_first_line(error)}") from error


def _lines(file: Path, frame: gpd.GeoDataFrame, kind: Kind | None, left_out: Counter[str]) -> Lines:
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        return Lines(np.zeros(0, np.int8), [], [], np.zeros(0, object))
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    kinds = _kinds(frame, kind)
    names, refs = _words(frame, "name"), _words(frame, "ref")
    types = shapely.get_type_id(shapes)
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    kept = np.ones(len(frame), bool)
    for reason, bad in (
        ("without a shape", shapely.is_missing(shapes) | shapely.is_empty(shapes)),
        ("neither lines nor areas", ~np.isin(types, _LINES + _POLYGONS)),
        ("coordinates that are no numbers", ~finite | _holed(shapes)),
        ("of a class that is not drawn", kinds < 0),
    ):
        if count := int((kept & bad).sum()):
            left_out[reason] += count
        kept &= ~bad
    shapes, kinds, at = shapes[kept], kinds[kept], np.flatnonzero(kept)
    shapes = _in_mercator(file, frame, shapes)
    areas = np.isin(shapely.get_type_id(shapes), _POLYGONS)
    shapes[areas] = shapely.boundary(shapes[areas])
    parts, of = shapely.get_parts(shapes, return_index=True)
    # A ring is no line that can be cut and joined.
    rings = shapely.get_type_id(parts) == 2
    parts[rings] = _opened(parts[rings]) if rings.any() else parts[rings]
    # Far beyond the world a projection has no end.
    bounds = shapely.bounds(parts)
    x0, y0, x1, y1 = BELGIUM
    with np.errstate(invalid="ignore"):
        near = (bounds[:, 0] <= x1) & (bounds[:, 2] >= x0) & (bounds[:, 1] <= y1) & (bounds[:, 3] >= y0)
    near &= np.isfinite(bounds).all(axis=1)
    if gone := len(parts) - int(near.sum()):
        left_out["not in Belgium or near it (is its coordinate system right?)"] += gone
    parts, of = parts[near], of[near]
    rows = at[of].tolist()
    return Lines(kinds[of], [names[row] for row in rows], [refs[row] for row in rows], parts)


def _in_mercator(file: Path, frame: gpd.GeoDataFrame, shapes: Any) -> Any:
    crs = frame.crs
    if crs is None:
        x0, y0, x1, y1 = shapely.total_bounds(shapes) if len(shapes) else (0, 0, 0, 0)
        if not (-180 <= x0 <= x1 <= 180 and -90 <= y0 <= y1 <= 90):
            raise StreetsError(f"{file.name} does not say its coordinate system, and its numbers are no degrees")
        crs = WGS84
    return gpd.GeoSeries(shapes, crs=crs).to_crs(MERCATOR).to_numpy().copy()


def _kinds(frame: gpd.GeoDataFrame, kind: Kind | None) -> Any:
    """The kind of each row; -1 for a class that is not drawn."""
    kinds = np.full(len(frame), -1, np.int8)
    columns = [name for name in CLASS_COLUMNS if name in frame.columns]
    if not columns:
        kinds[:] = Kind.STREET if kind is None else kind
        return kinds
    for column in reversed(columns):
        classes = frame[column].map(lambda value: CLASSES.get(value) if isinstance(value, str) else None)
        known = classes.notna().to_numpy()
        kinds[known] = classes[known].astype(np.int8)
    return kinds


def _words(frame: gpd.GeoDataFrame, column: str) -> list[str]:
    if column not in frame.columns:
        return [""] * len(frame)
    known: dict[str, str] = {}
    return [known.setdefault(word, _plain(word)) if isinstance(word, str) else "" for word in frame[column]]


def _plain(text: str) -> str:
    """A name as one short line: no control, formatting (bidi) or unassigned characters."""
    if text.isascii() and text.isprintable() and len(text) <= NAME_LENGTH:
        return text.strip()
    line = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[:500]).split())
    return line if len(line) <= NAME_LENGTH else line[: NAME_LENGTH - 1] + "…"


def _holed(shapes: Any) -> Any:
    """Which shapes have a corner that is no number (their bounds leave it out)."""
    corners, of = shapely.get_coordinates(shapes, return_index=True)
    bad = np.zeros(len(shapes), bool)
    bad[of[~np.isfinite(corners).all(axis=1)]] = True
    return bad


def _opened(shapes: Any) -> Any:
    """Rings as lines that end where they begin."""
    corners, of = shapely.get_coordinates(shapes, return_index=True)
    return shapely.linestrings(corners, indices=of)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
