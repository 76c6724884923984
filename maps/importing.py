"""Replaces the police zones by a centre's own: a file of outlines, or a table that says which municipality is in which zone.

| file | columns |
|---|---|
| GeoParquet, GeoJSON | `zone`, `name`, `province` (REFNIS) or `cic`; maybe `name_nl`, `name_fr`, `name_de`, `number` |
| CSV | `nis`, `zone`; for a zone that is new also `name`, maybe the others |

GeoPackage and Shapefile are read where pyogrio is installed. A municipality that a CSV does not name stays in its zone. An
empty Dutch or French name is that of `name`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from maps.build import write_data
from maps.cells import Grid
from maps.coverage import CoverageError, dissolve
from maps.fitting import fit_together
from maps.foreign_files import GEOJSON, PARQUET, kind_of, read_geojson
from maps.geodesy import LAMBERT, WGS84
from maps.store import (
    DRAWN_M,
    MUNICIPALITY_COLUMNS,
    QUICK,
    SHIPPED,
    ZONE_COLUMNS,
    Layer,
    ZoneFileError,
    read_cells,
    read_layer,
)

_NAMES: Final = ("name_nl", "name_fr", "name_de")
_LANDS: Final = ("Polygon", "MultiPolygon")
# How much of Belgium a centre's outlines may leave uncovered: another source's coast and river banks differ this much.
_UNCOVERED_KM2: Final = 50.0


def import_zones(file: Path, to: Path) -> None:
    """Reads `file`, checks it, and makes in the folder `to` what `Zones.load(to)` reads.

    Raises `ZoneFileError` that names the row; then `to` is as it was. Rows of a CSV count from its header (row 1), features
    of other files from 1.
    """
    if not file.is_file():
        raise ZoneFileError(f"{file.name}: there is no such file")
    municipalities = _shipped("municipalities.parquet", MUNICIPALITY_COLUMNS)
    zones = _shipped("zones.parquet", ZONE_COLUMNS)
    drawn = read_layer(SHIPPED / f"drawn-{DRAWN_M[0]}m.parquet")
    if file.suffix.lower() == ".csv":
        zones, municipalities = _regrouped(file, zones, municipalities)
    else:
        zones = _own(file, zones)
        points = municipalities.geometry.representative_point()
        at = gpd.GeoDataFrame(geometry=points, crs=LAMBERT).sjoin(zones[["zone", "geometry"]])
        municipalities["zone"] = at["zone"].groupby(level=0).first().reindex(municipalities.index, fill_value="")
    with tempfile.TemporaryDirectory(prefix="vigie-zones-") as folder:
        try:
            write_data(
                Path(folder),
                zones,
                municipalities,
                _provinces(drawn),
                say=lambda _: None,
                level=QUICK,
                # only their zones change: the outlines, and so their cells, are the shipped ones
                municipality_cells=read_cells(SHIPPED / "cells.parquet").municipalities,
            )
        except CoverageError as error:
            raise ZoneFileError(f"{file.name}: {error}") from error
        shutil.copy(SHIPPED / "ATTRIBUTION.md", folder)
        to.mkdir(parents=True, exist_ok=True)
        for made in sorted(Path(folder).iterdir()):
            shutil.copy(made, to / made.name)


def _shipped(name: str, columns: Iterable[str]) -> gpd.GeoDataFrame:
    layer = read_layer(SHIPPED / name)
    return gpd.GeoDataFrame({c: layer.columns[c] for c in columns}, geometry=layer.outlines, crs=LAMBERT)


def _provinces(drawn: Layer) -> dict[str, dict[str, str]]:
    return {
        row["id"]: {"name": row["name"], **{name[-2:]: row[name] for name in _NAMES}}
        for row in drawn.rows()
        if row["kind"] == "province"
    }


def _regrouped(
    file: Path, zones: gpd.GeoDataFrame, municipalities: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The zones that a table of municipalities makes."""
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (OSError, ValueError) as error:
        raise ZoneFileError(f"{file.name} is not a CSV file: {error}") from error
    _require(file, table, ("nis", "zone"))
    table = table.apply(lambda column: column.str.strip())
    known = set(municipalities["nis"])
    for row, nis, zone in zip(range(2, len(table) + 2), table["nis"], table["zone"], strict=True):
        if nis not in known:
            _refuse(row, f"there is no municipality {nis!r}")
        if not zone:
            _refuse(row, "the zone is empty")
    for at in np.flatnonzero(table["nis"].duplicated()):
        _refuse(int(at) + 2, f"municipality {table['nis'][at]} is named twice")
    moved = dict(zip(table["nis"], table["zone"], strict=True))
    municipalities = municipalities.assign(zone=municipalities["nis"].map(moved).fillna(municipalities["zone"]))
    shapes = dissolve(municipalities.geometry.to_numpy(), municipalities["zone"])
    facts = {str(row["zone"]): row for row in zones.drop(columns="geometry").to_dict("records")}
    cic_of = dict(zip(zones["province"], zones["cic"], strict=True))
    rows = []
    for zone in shapes.index:
        provinces = sorted(set(municipalities["province"][municipalities["zone"] == zone]))
        if len(provinces) > 1:
            raise ZoneFileError(f"{file.name}: zone {zone} lies in more than one province: {', '.join(provinces)}")
        given = table[table["zone"] == zone]
        rows.append(_facts(zone, given, facts.get(zone), provinces[0], cic_of[provinces[0]]))
    return gpd.GeoDataFrame(rows, geometry=shapes.to_numpy(), crs=LAMBERT), municipalities


def _facts(zone: str, given: pd.DataFrame, known: Any | None, province: str, cic: str) -> dict[str, str]:
    """What the table says of a zone, on top of what is known of it."""
    facts = dict(known or dict.fromkeys(ZONE_COLUMNS, "")) | {"zone": zone, "province": province, "cic": cic}
    for column in ("number", "name", *_NAMES):
        said = sorted(set(given[column]) - {""}) if column in given else []
        if len(said) > 1:
            raise ZoneFileError(f"zone {zone} has more than one {column}: {', '.join(said)}")
        if said:
            facts[column] = said[0]
    if not facts["name"]:
        _refuse(int(given.index[0]) + 2, f"zone {zone} is new and has no name")
    return _named(facts)


def _own(file: Path, shipped: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The zones of a file of outlines, fitted together."""
    table = _read(file)
    _require(file, table, ("zone", "name"))
    if "province" not in table and "cic" not in table:
        raise ZoneFileError(f"{file.name}: missing column province (or cic)")
    if table.crs is None:
        raise ZoneFileError(f"{file.name} does not say its coordinate system")
    province_of = dict(zip(shipped["cic"], shipped["province"], strict=True))
    cic_of = {province: cic for cic, province in province_of.items()}
    rows = [
        _checked(number, facts, province_of, cic_of)
        for number, facts in enumerate(table.drop(columns=table.geometry.name).to_dict("records"), start=1)
    ]
    keys = pd.Series([row["zone"] for row in rows])
    for at in np.flatnonzero(keys.duplicated()):
        _refuse(int(at) + 1, f"zone {keys[at]} is there twice")
    _check_shapes(table.geometry)
    country = shapely.coverage_union_all(shipped.geometry.to_numpy())
    outlines = fit_together(table.geometry.to_crs(LAMBERT).to_numpy(), country)
    missing = shapely.area(shapely.difference(country, shapely.union_all(outlines))) / 1e6
    if missing > _UNCOVERED_KM2:
        raise ZoneFileError(f"{file.name}: {missing:.0f} km² of Belgium lie in no zone")
    return gpd.GeoDataFrame(rows, geometry=outlines, crs=LAMBERT)


def _checked(row: int, given: dict[Any, Any], province_of: dict[str, str], cic_of: dict[str, str]) -> dict[str, str]:
    facts = {c: "" if pd.isna(given.get(c)) else str(given[c]).strip() for c in ZONE_COLUMNS}
    for column in ("zone", "name"):
        if not facts[column]:
            _refuse(row, f"the {column} is empty")
    if not facts["province"]:
        facts["province"] = province_of.get(facts["cic"], "")
        if not facts["province"]:
            _refuse(row, f"there is no CIC {facts['cic']!r}; they are {', '.join(sorted(province_of))}")
    if facts["province"] not in cic_of:
        _refuse(row, f"there is no province {facts['province']!r}; they are {', '.join(sorted(cic_of))}")
    if facts["cic"] not in ("", cic_of[facts["province"]]):
        _refuse(row, f"CIC {facts['cic']} is not that of province {facts['province']}")
    return _named(facts | {"cic": cic_of[facts["province"]]})


def _check_shapes(shapes: gpd.GeoSeries) -> None:
    grid = Grid()
    land = shapely.box(
        grid.west, grid.south, grid.west + grid.columns * grid.width, grid.south + grid.rows * grid.height
    )
    placed = shapes.to_crs(WGS84)
    for row, (shape, there) in enumerate(zip(shapes, placed, strict=True), start=1):
        if shape is None or shape.is_empty:
            _refuse(row, "there is no outline")
        if shape.geom_type not in _LANDS:
            _refuse(row, f"the outline is a {shape.geom_type}, not an area")
        if not shape.is_valid:
            _refuse(row, f"the outline is not valid: {shapely.is_valid_reason(shape)}")
        if not shapely.covers(land, there):
            _refuse(row, "the outline reaches far outside Belgium; is the coordinate system right?")


def _read(file: Path) -> gpd.GeoDataFrame:
    """Raises `ZoneFileError` when the file can't be read as outlines."""
    try:
        kind = kind_of(file)
        if kind in PARQUET:
            return gpd.read_parquet(file)
        return read_geojson(file) if kind in GEOJSON else gpd.read_file(file)
    except ImportError as error:
        raise ZoneFileError(f"{file.name}: GeoParquet, GeoJSON and CSV are read; for others install pyogrio") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, shapely.errors.ShapelyError) as error:
        raise ZoneFileError(f"{file.name} cannot be read as outlines: {error}") from error


def _named(facts: dict[str, str]) -> dict[str, str]:
    return {c: facts[c] or (facts["name"] if c in ("name_nl", "name_fr") else "") for c in ZONE_COLUMNS}


def _require(file: Path, table: pd.DataFrame, columns: Iterable[str]) -> None:
    missing = [c for c in columns if c not in table.columns]
    if missing:
        raise ZoneFileError(f"{file.name}: missing column {', '.join(missing)}")


def _refuse(row: int, reason: str) -> NoReturn:
    raise ZoneFileError(f"row {row}: {reason}")
