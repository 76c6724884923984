"""A raster map from one local file: right side up, only images, only numbers in an address, and damage is said, not shown."""

import gzip
import io
import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from centre.serving import _look
from centre.settings import Settings
from centre.tiles import BEYOND, LARGEST, TileError, TileFile, tiles_from
from dashboard.documents.tiles import URL

RED, BLUE = (255, 0, 0), (0, 0, 255)


def image(colour: tuple[int, int, int], corner: tuple[int, int, int] | None = None) -> bytes:
    """A tile of one colour; its north-east quarter maybe of another."""
    made = Image.new("RGB", (256, 256), colour)
    if corner is not None:
        made.paste(corner, (128, 0, 256, 128))
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def mbtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], kind: str = "png") -> Path:
    """Tiles by zoom, column and row from the north."""
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE metadata (name text, value text)")
        file.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        file.executemany("INSERT INTO metadata VALUES (?, ?)", [("format", kind), ("attribution", "© us")])
        file.executemany(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)", [(z, x, 2**z - 1 - y, t) for (z, x, y), t in tiles.items()]
        )
    file.close()
    return path


def pmtiles(
    path: Path, tiles: dict[tuple[int, int, int], bytes], *, packed: bool = False, kind: TileType = TileType.PNG
) -> Path:
    with path.open("wb") as file:
        writer = Writer(file)
        for at in sorted(tiles, key=lambda at: zxy_to_tileid(*at)):
            writer.write_tile(zxy_to_tileid(*at), gzip.compress(tiles[at]) if packed else tiles[at])
        header = {
            "tile_type": kind,
            "tile_compression": Compression.GZIP if packed else Compression.NONE,
            "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0,
            "center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0,
        }  # fmt: skip
        writer.finalize(header, {"attribution": "© us"})
    return path


TILES = {(0, 0, 0): image(RED), (1, 0, 0): image(RED), (1, 0, 1): image(BLUE), (1, 1, 1): image(RED, BLUE)}


@pytest.fixture(params=["mbtiles", "pmtiles", "packed"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> TileFile:
    path = tmp_path / "it's 100%?.tiles"
    made = (
        mbtiles(path, TILES) if request.param == "mbtiles" else pmtiles(path, TILES, packed=request.param == "packed")
    )
    return tiles_from(made)


def test_both_formats_give_the_same_tiles_with_the_north_above(file: TileFile) -> None:
    assert (file.least, file.most, file.credit) == (0, 1, "© us")
    for at, made in TILES.items():
        found = file.tile(*at)
        assert found is not None and (found.kind, found.image) == ("image/png", made)
    assert file.tile(1, 1, 0) is None


def test_no_number_leads_out_of_the_map(file: TileFile) -> None:
    for at in ((-1, 0, 0), (1, 2, 0), (1, 0, 2), (1, -1, 0), (2 + BEYOND, 0, 0), (99, 0, 0), (0, 10**8, 10**8)):
        assert file.tile(*at) is None


def test_beyond_its_largest_zoom_a_tile_is_a_part_of_the_one_above(file: TileFile) -> None:
    for x, y, colour in ((2, 2, RED), (3, 2, BLUE), (2, 3, RED), (3, 3, RED)):
        found = file.tile(2, x, y)
        assert found is not None
        with Image.open(io.BytesIO(found.image)) as part:
            assert part.size == (256, 256)
            assert part.convert("RGB").getpixel((200, 60)) == colour
    assert file.tile(2, 2, 0) is None


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    for name, content in (
        ("text", b"nothing of the kind"),
        ("half.mbtiles", b"SQLite format 3\0" + b"\x00" * 200),
        ("half.pmtiles", b"PMTiles\x03" + b"\xff" * 200),
        ("short.pmtiles", b"PMTiles"),
        ("empty", b""),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(TileError, match=name):
            tiles_from(path)
    with pytest.raises(TileError, match="none: "):
        tiles_from(tmp_path / "none: ")
    with pytest.raises(TileError):
        tiles_from(tmp_path)
    with pytest.raises(TileError, match="holds no tile"):
        tiles_from(mbtiles(tmp_path / "bare", {}))
    with pytest.raises(TileError, match="vector"):
        tiles_from(mbtiles(tmp_path / "vector", TILES, kind="pbf"))
    with pytest.raises(TileError, match="vector"):
        tiles_from(pmtiles(tmp_path / "pmvector", TILES, kind=TileType.MVT))


@pytest.mark.parametrize(
    "bad",
    [b"<svg onload='alert(1)'/>", b"<html>", b"", b"\x89PNG\r\n\x1a\n" + b"\x00" * LARGEST],
    ids=["svg", "html", "empty", "huge"],
)
def test_what_is_no_image_is_not_served(tmp_path: Path, bad: bytes) -> None:
    for file in (mbtiles(tmp_path / "m", {(0, 0, 0): bad}), pmtiles(tmp_path / "p", {(0, 0, 0): bad}, packed=True)):
        with pytest.raises(TileError):
            tiles_from(file).tile(0, 0, 0)


def test_an_image_that_unpacks_to_more_than_a_tile_is_not_made_larger(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("L", (9000, 9000)).save(out, "PNG")
    file = tiles_from(mbtiles(tmp_path / "m", {(0, 0, 0): out.getvalue(), (0, 0, 1): b"\x89PNG\r\n\x1a\nrubbish"}))
    with pytest.raises(TileError):
        file.tile(1, 0, 0)


def test_damage_inside_a_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    file = tiles_from(mbtiles(tmp_path / "m", {(0, 0, 0): image(RED)}))
    with sqlite3.connect(tmp_path / "m") as other:
        other.execute("DROP TABLE tiles")
    other.close()
    with pytest.raises(TileError, match="m is damaged"):
        file.tile(0, 0, 0)


def test_a_file_that_is_cut_short_while_it_is_served_is_damaged_and_ends_nothing(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "p", TILES)
    file = tiles_from(path)
    whole = path.stat().st_size
    for size in (whole - 10, 200, 50, 0):
        with path.open("r+b") as other:
            other.truncate(size)
        with pytest.raises(TileError, match="p is damaged"):
            [file.tile(*at) for at in TILES]


def test_a_file_that_is_bad_keeps_no_map_from_its_alarms(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bad = tmp_path / "bad.mbtiles"
    bad.write_bytes(b"nothing of the kind")
    assert _look(Settings(tiles_file=bad))["basemap_url"] is None
    assert "NO STREET MAP: bad.mbtiles is neither MBTiles nor PMTiles" in caplog.text
    good = _look(
        Settings(tiles_file=mbtiles(tmp_path / "good", TILES), basemap_url="https://tiles.example/{Z}/{X}/{Y}")
    )
    assert (good["basemap_url"], good["basemap_attribution"]) == (URL, "© us")
