"""Files of shapes that others made: each kind by its ending, and none that begins otherwise than its kind does.

GDAL goes by what a file says, not by its name: one that says to be virtual has it read other files and ask other servers.
"""

import json
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from maps.geodesy import WGS84

PARQUET: Final = (".parquet", ".geoparquet")
GEOJSON: Final = (".geojson", ".json")  # is read without GDAL
_BEGINS: Final = {".gpkg": b"SQLite format 3\0", ".shp": b"\0\0\x27\x0a"} | dict.fromkeys(PARQUET, b"PAR1")


def kind_of(path: Path) -> str:
    """A file's ending, in small letters. Raises ValueError where it is of no kind that is read, or begins as another; OSError."""
    kind = path.suffix.lower()
    if kind not in (*_BEGINS, *GEOJSON):
        raise ValueError("it is no GeoPackage (.gpkg), Shapefile (.shp), GeoParquet (.parquet) or GeoJSON (.geojson)")
    begins = _BEGINS.get(kind, b"")
    with path.open("rb") as file:
        if file.read(len(begins)) != begins:
            raise ValueError(f"it does not begin as a {kind} file does")
    return kind


def read_geojson(path: Path) -> gpd.GeoDataFrame:
    """The features of a file. Raises OSError, ValueError, KeyError, TypeError, ShapelyError."""
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    features = read["features"]
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) if f["geometry"] else None for f in features]
    crs = read["crs"]["properties"]["name"] if read.get("crs") else WGS84
    return gpd.GeoDataFrame([f["properties"] or {} for f in features], geometry=shapes, crs=crs)
