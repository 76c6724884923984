"""Makes the map's data from the official outlines, the generalised municipalities and the tables.

`python app.py zones build` runs it, and so does `python -m maps.build [FOLDER]`. The same sources give the same files.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from maps.borders import Borders
from maps.cells import Cells, Grid, make_cells
from maps.coverage import cut_municipalities, dissolve, require_coverage
from maps.geodesy import LAMBERT, MERCATOR
from maps.sources import (
    Tables,
    read_cantons,
    read_generalised,
    read_municipality_names,
    read_province_names,
    read_tables,
)
from maps.store import (
    DRAWN_COLUMNS,
    DRAWN_M,
    MUNICIPALITY_COLUMNS,
    SHIPPED,
    SMALL,
    ZONE_COLUMNS,
    CellFile,
    to_tenths,
    write_cells,
    write_layer,
)

# Halves the vertices and moves no line by more than a few metres, less than a fix can tell.
EXACT_TOLERANCE_M: Final = 2.0
Say = Callable[[str], None]


def build(out_dir: Path = SHIPPED, say: Say = print) -> None:
    """Writes every data file into `out_dir` (about a minute). `say` is told each step.

    Raises `maps.sources.MissingSourceError` when a package is missing, `maps.coverage.CoverageError` when the outlines
    do not fit together.
    """
    tables = read_tables()
    cantons, outlines = read_cantons()
    say(f"cutting {len(cantons)} cantons into municipalities")
    exact = cut_municipalities(cantons, outlines, read_generalised(tables.mergers))
    simple = shapely.coverage_simplify(exact.to_numpy(), EXACT_TOLERANCE_M)
    municipalities = _municipality_frame(gpd.GeoSeries(simple, index=exact.index, crs=LAMBERT), tables)
    zones = _zone_frame(municipalities, tables)
    write_data(out_dir, zones, municipalities, read_province_names(tables.cics), say)


def write_data(
    out_dir: Path,
    zones: gpd.GeoDataFrame,
    municipalities: gpd.GeoDataFrame,
    provinces: dict[str, dict[str, str]],
    say: Say = print,
    *,
    level: int = SMALL,
    municipality_cells: Cells | None = None,
) -> None:
    """Writes zones and municipalities (EPSG:3812, columns as `maps.store` names them) and all that is made from them.

    `municipality_cells`: the index of exactly these municipal outlines on `Grid()`, where it is there already.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    zone_shapes, municipality_shapes = zones.geometry.to_numpy(), municipalities.geometry.to_numpy()
    require_coverage(zone_shapes, "the zones")
    require_coverage(municipality_shapes, "the municipalities")
    write_layer(out_dir / "zones.parquet", zones[[*ZONE_COLUMNS, "geometry"]], level)
    write_layer(out_dir / "municipalities.parquet", municipalities[[*MUNICIPALITY_COLUMNS, "geometry"]], level)
    for tolerance in DRAWN_M:
        say(f"simplifying to {tolerance} m")
        write_layer(out_dir / f"drawn-{tolerance}m.parquet", _drawn(zones, provinces, tolerance), level)
    say("indexing")
    zone_cells, clear = make_cells(Grid(), zone_shapes, Borders(zone_shapes))
    if municipality_cells is None:
        municipality_cells, _ = make_cells(Grid(), municipality_shapes, Borders(municipality_shapes))
    write_cells(out_dir / "cells.parquet", CellFile(Grid(), zone_cells, municipality_cells, clear), level)


def _municipality_frame(shapes: gpd.GeoSeries, tables: Tables) -> gpd.GeoDataFrame:
    table = tables.municipalities.set_index("nis").loc[shapes.index]
    province_of = dict(zip(tables.zones["zone"], tables.zones["province_nis"], strict=True))
    names = read_municipality_names()
    return gpd.GeoDataFrame(
        {
            "nis": shapes.index.to_numpy(),
            "name": table["name"].to_numpy(),
            "name_nl": [names[nis]["nl"] for nis in shapes.index],
            "name_fr": [names[nis]["fr"] for nis in shapes.index],
            "zone": table["zone"].to_numpy(),
            "province": [province_of[zone] for zone in table["zone"]],
        },
        geometry=shapes.to_numpy(),
        crs=LAMBERT,
    )


def _zone_frame(municipalities: gpd.GeoDataFrame, tables: Tables) -> gpd.GeoDataFrame:
    shapes = dissolve(municipalities.geometry.to_numpy(), municipalities["zone"])
    table = tables.zones.set_index("zone").loc[shapes.index]
    cic_of = dict(zip(tables.cics["province_nis"], tables.cics["id"], strict=True))
    return gpd.GeoDataFrame(
        {
            "zone": shapes.index.to_numpy(),
            "number": table["number"].to_numpy(),
            "name": table["short"].to_numpy(),
            "name_nl": table["name_nl"].to_numpy(),
            "name_fr": table["name_fr"].to_numpy(),
            "name_de": table["name_de"].to_numpy(),
            "province": table["province_nis"].to_numpy(),
            "cic": [cic_of[province] for province in table["province_nis"]],
        },
        geometry=shapes.to_numpy(),
        crs=LAMBERT,
    )


def _drawn(zones: gpd.GeoDataFrame, provinces: dict[str, dict[str, str]], tolerance: int) -> gpd.GeoDataFrame:
    """Zones and their provinces simplified together, so that a province's line is its zones' line."""
    simple = shapely.coverage_simplify(zones.geometry.to_numpy(), tolerance)
    province_shapes = dissolve(simple, zones["province"])
    shapes = gpd.GeoSeries([*simple, *province_shapes], crs=LAMBERT).to_crs(MERCATOR).to_numpy()
    shapes = shapely.transform(shapes, to_tenths)
    require_coverage(shapes[: len(zones)], f"the zones simplified to {tolerance} m")
    columns: dict[str, Any] = {
        "kind": ["zone"] * len(zones) + ["province"] * len(province_shapes),
        "id": [*zones["zone"], *province_shapes.index],
        "name": [*zones["name"], *(provinces[p]["name"] for p in province_shapes.index)],
        "province": [*zones["province"], *province_shapes.index],
    }
    for language in ("nl", "fr", "de"):
        names = (provinces[p][language] for p in province_shapes.index)
        columns[f"name_{language}"] = [*zones[f"name_{language}"], *names]
    labels = [_label_point(shape) for shape in shapes]
    columns["label_x"], columns["label_y"] = (to_tenths(np.array(axis)) for axis in zip(*labels, strict=True))
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=MERCATOR)[[*DRAWN_COLUMNS, "geometry"]]


def _label_point(shape: Any) -> tuple[float, float]:
    """The point furthest from the outline of the largest piece, to within 200 m."""
    largest = max(shapely.get_parts(shape), key=shapely.area)
    centre = shapely.maximum_inscribed_circle(largest, tolerance=200.0).coords[0]
    return centre[0], centre[1]


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
