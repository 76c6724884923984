"""The data folder: what is in it, how it is written and read.

| file | what |
|---|---|
| zones.parquet | the police zones, exact outlines (EPSG:3812) |
| municipalities.parquet | the municipalities, exact outlines (EPSG:3812) |
| drawn-400m, -100m, -25m.parquet | zones and provinces simplified to a tolerance, to draw (EPSG:3857) |
| cells.parquet | the index of `maps.cells` for zones and municipalities |

All but the last are GeoParquet. The same input gives the same bytes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from maps.cells import Cells, Grid
from maps.geodesy import Floats

SHIPPED: Final = Path(__file__).parent / "data"
# Tolerances of the drawn outlines, in metres; see `maps.overlays` for what each is for.
DRAWN_M: Final = (400, 100, 25)
# zstd levels: what is shipped is made once and downloaded often; what a centre makes stays with it and is waited for.
SMALL: Final = 19
QUICK: Final = 3

ZONE_COLUMNS: Final = ("zone", "number", "name", "name_nl", "name_fr", "name_de", "province", "cic")
MUNICIPALITY_COLUMNS: Final = ("nis", "name", "name_nl", "name_fr", "zone", "province")
DRAWN_COLUMNS: Final = ("kind", "id", "name", "name_nl", "name_fr", "name_de", "province", "label_x", "label_y")


class DataError(RuntimeError):
    """A file of the data folder is missing or cannot be read; the message names it."""


class ZoneFileError(ValueError):
    """A file that someone gave cannot be used; the message names the column or the row."""


def put_in_place(made: Path, path: Path) -> None:
    """Put a file that everybody may read in the place of another, durably: after a power cut one of them is there, whole."""
    made.chmod(0o644)
    _fsync(made, os.O_RDWR)
    made.replace(path)
    if os.name == "posix":  # elsewhere a folder can't be opened
        _fsync(path.parent, os.O_RDONLY)


def _fsync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Layer(msgspec.Struct, frozen=True):
    """A GeoParquet file as columns of plain values, and its outlines in the same order."""

    columns: dict[str, list[Any]]
    outlines: Any

    def rows(self) -> list[dict[str, Any]]:
        """The columns turned into one dict a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]


class CellFile(msgspec.Struct, frozen=True):
    """`cells.parquet`: the grid, both indexes, and the steps `maps.cells.clear_m` reads."""

    grid: Grid
    zones: Cells
    municipalities: Cells
    clear: NDArray[np.uint8]


class _CellNotes(msgspec.Struct):
    grid: Grid
    zones: list[tuple[int, ...]]
    municipalities: list[tuple[int, ...]]


def read_layer(path: Path) -> Layer:
    """Reads a GeoParquet file of ours. Raises `DataError`."""
    table = _read(path)
    outlines = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    return Layer({name: table.column(name).to_pylist() for name in table.column_names if name != "geometry"}, outlines)


def read_cells(path: Path) -> CellFile:
    """Reads `cells.parquet`. Raises `DataError`."""
    table = _read(path)
    try:
        notes = msgspec.json.decode(table.schema.metadata[b"vigie"], type=_CellNotes)
    except (KeyError, TypeError, msgspec.DecodeError) as error:
        raise DataError(f"{path.name} is not an index of this version; run `python app.py zones build`") from error
    return CellFile(
        grid=notes.grid,
        zones=Cells(table.column("zone").to_numpy(), notes.zones),
        municipalities=Cells(table.column("municipality").to_numpy(), notes.municipalities),
        clear=table.column("clear").to_numpy(),
    )


def write_cells(path: Path, cells: CellFile, level: int = SMALL) -> None:
    """Writes `cells.parquet`, compressed at a zstd `level`."""
    notes = _CellNotes(cells.grid, cells.zones.candidates, cells.municipalities.candidates)
    table = pa.table({"zone": cells.zones.codes, "municipality": cells.municipalities.codes, "clear": cells.clear})
    pq.write_table(
        table.replace_schema_metadata({"vigie": msgspec.json.encode(notes)}),
        path,
        compression="zstd",
        compression_level=level,
    )


def write_layer(path: Path, frame: Any, level: int = SMALL) -> None:
    """Writes a GeoDataFrame as GeoParquet, compressed at a zstd `level`."""
    frame.to_parquet(path, index=False, compression="zstd", compression_level=level, schema_version="1.1.0")


def to_tenths(coords: Floats) -> Floats:
    """Metres rounded to 0.1: equal points stay equal, and the file gets small."""
    return np.round(coords, 1)


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except FileNotFoundError as error:
        raise DataError(f"{path.name} is not in the zone data folder; run `python app.py zones build`") from error
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path.name} cannot be read; run `python app.py zones build`") from error
