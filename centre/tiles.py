"""A raster map from one local file, MBTiles or PMTiles: its tiles by zoom, column and row, counted from the north-west.

Beyond the file's largest zoom a tile is a part of the one above it, made larger: a map may be looked at nearer than it was made.
"""

import contextlib
import gzip
import io
import os
import re
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from PIL import Image
from pmtiles.reader import Reader
from pmtiles.tile import Compression, TileType

from incidents.log.regular_files import open_regular

BEYOND: Final = 5  # zooms made from the largest one there is
LARGEST: Final = 2_000_000  # bytes of a tile
LONGEST: Final = 16 << 20  # bytes of a part of a PMTiles file, a list of its tiles for one
WIDEST_PX: Final = 1024
# What a tile's first bytes (a pattern) say it is: nothing else is served, whatever the file says of itself.
KINDS: Final = ((rb"\x89PNG\r\n\x1a\n", "image/png"), (rb"\xff\xd8\xff", "image/jpeg"), (b"RIFF....WEBP", "image/webp"))
_PM_KINDS: Final = (TileType.PNG, TileType.JPEG, TileType.WEBP)


class TileError(ValueError):
    """A file of tiles can't be used; the message names it and says why."""


class Tile(NamedTuple):
    """An image and its media type."""

    kind: str
    image: bytes


class TileFile:
    """One file of tiles, open. `read` gives a tile's bytes or None, and may raise anything: its file may be damaged."""

    def __init__(
        self, path: Path, read: Callable[[int, int, int], bytes | None], zooms: tuple[int, int], credit: str
    ) -> None:
        self.path = path
        self.least, self.most = zooms
        self.credit = credit
        self._read = read
        if not 0 <= self.least <= self.most <= 24:
            raise TileError(f"{path.name}: its zooms, {self.least} to {self.most}, are none")

    def tile(self, z: int, x: int, y: int) -> Tile | None:
        """A tile; None where there is none. Raises `TileError` when the file is damaged there."""
        if not (self.least <= z <= self.most + BEYOND and 0 <= x < 2**z and 0 <= y < 2**z):
            return None
        down = max(z - self.most, 0)
        found = self._image(z - down, x >> down, y >> down)
        return _part(found, down, x % 2**down, y % 2**down) if found is not None and down else found

    def _image(self, z: int, x: int, y: int) -> Tile | None:
        try:
            image = self._read(z, x, y)
        except Exception as error:  # a damaged file fails in many ways
            raise TileError(f"{self.path.name} is damaged") from error
        if image is None:
            return None
        kind = next((kind for begins, kind in KINDS if re.match(begins, image, re.DOTALL)), None)
        if kind is None or len(image) > LARGEST:
            raise TileError(f"{self.path.name}: a tile is no image, or too large")
        return Tile(kind, bytes(image))


@lru_cache(maxsize=2)
def tiles_from(path: Path) -> TileFile:
    """A file of tiles by what it begins with, opened once. Raises `TileError`."""
    try:
        with open_regular(path) as file:
            begins = file.read(16)
    except OSError as error:
        raise TileError(f"{path.name} can't be read: {error.strerror}") from error
    if begins.startswith(b"PMTiles"):
        return _pmtiles(path)
    if begins.startswith(b"SQLite format 3\0"):
        return _mbtiles(path)
    raise TileError(f"{path.name} is neither MBTiles nor PMTiles")


def _mbtiles(path: Path) -> TileFile:
    address = f"file:{quote(os.path.realpath(path))}?mode=ro"

    def rows(query: str, *asked: int) -> list[Any]:
        # Opened for each question: no connection outlives its answer, in whichever thread it is asked.
        with contextlib.closing(sqlite3.connect(address, uri=True)) as file:
            return file.execute(query, asked).fetchall()

    try:
        facts = dict(rows("SELECT name, value FROM metadata"))
        zooms = rows("SELECT min(zoom_level), max(zoom_level) FROM tiles")[0]
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise TileError(f"{path.name} is no file of map tiles") from error
    if facts.get("format") == "pbf":
        raise TileError(f"{path.name} holds vector tiles: only images are drawn")
    if not all(isinstance(zoom, int) for zoom in zooms):
        raise TileError(f"{path.name} holds no tile")
    # Its rows count from the south.
    one = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1"

    def read(z: int, x: int, y: int) -> bytes | None:
        return next((row[0] for row in rows(one, z, x, 2**z - 1 - y)), None)

    return TileFile(path, read, zooms, str(facts.get("attribution") or ""))


def _pmtiles(path: Path) -> TileFile:
    def part(at: int, length: int) -> bytes:
        # Read, not mapped: a file that is cut short under a mapping ends the process.
        with open_regular(path) as file:
            file.seek(at)
            found = file.read(min(length, LONGEST + 1))
        if len(found) != length:
            raise EOFError
        return found

    reader = Reader(part)
    try:
        header = reader.header()
        told: Any = reader.metadata()
    except Exception as error:  # as many kinds as there are ways to be damaged
        raise TileError(f"{path.name} is no file of map tiles") from error
    if header["tile_type"] not in _PM_KINDS or header["tile_compression"] not in (Compression.NONE, Compression.GZIP):
        raise TileError(f"{path.name} holds vector tiles: only images are drawn")
    packed = header["tile_compression"] == Compression.GZIP

    def read(z: int, x: int, y: int) -> bytes | None:
        image: bytes | None = reader.get(z, x, y)
        if image is None or not packed:
            return image
        with gzip.open(io.BytesIO(image)) as whole:  # never more than is served: a small file may unpack to anything
            return whole.read(LARGEST + 1)

    credit = told.get("attribution") if isinstance(told, dict) else ""
    return TileFile(path, read, (header["min_zoom"], header["max_zoom"]), credit if isinstance(credit, str) else "")


def _part(tile: Tile, down: int, column: int, row: int) -> Tile:
    """A part of a tile, as large as a tile."""
    try:
        with Image.open(io.BytesIO(tile.image)) as image:
            if max(image.size) > WIDEST_PX:
                raise TileError("a tile is too large")
            side = image.width / 2**down
            box = (column * side, row * side, (column + 1) * side, (row + 1) * side)
            part = image.convert("RGBA").resize(image.size, Image.Resampling.BILINEAR, box=box)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise TileError("a tile is damaged") from error
    made = io.BytesIO()
    part.save(made, "PNG")
    return Tile("image/png", made.getvalue())
