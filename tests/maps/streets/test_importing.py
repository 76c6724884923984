"""Streets from any file: what is drawn of it, what is left out and why, and what a bad file is answered."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon

from maps.geodesy import to_mercator
from maps.streets.reading import StreetsError, read_lines
from maps.streets.scales import SCALES, Kind, box_of
from maps.streets.street_file import StreetFile, Streets, write_streets

GENT = [(3.72, 51.05), (3.722, 51.051), (3.725, 51.0515)]
NEAR, PATHS = len(SCALES) - 2, len(SCALES) - 1


def saved(path: Path, shapes: list[Any], crs: str | None = "EPSG:4326", **columns: list[Any]) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


def cells(path: Path) -> dict[tuple[int, int, int], Any]:
    file = StreetFile(path)
    return {cell: json.loads(file.lines(cell)) for cell in file.cells()}


def corners(cell: tuple[int, int, int], line: list[int]) -> list[tuple[float, float]]:
    """What a page makes of a line: Mercator metres."""
    x0, y0, _, _ = box_of(cell)
    step, (x, y), moves = SCALES[cell[0]].step_m, line[2:4], line[4:]
    found = [(x, y)]
    for dx, dy in zip(moves[::2], moves[1::2], strict=True):
        x, y = x + dx, y + dy
        found.append((x, y))
    return [(x0 + x * step, y0 + y * step) for x, y in found]


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "parquet"])
def test_every_format_gives_the_same_streets(tmp_path: Path, suffix: str) -> None:
    file = saved(
        tmp_path / f"roads.{suffix}",
        [LineString(GENT), LineString([(x, y + 0.001) for x, y in GENT])],
        fclass=["residential", "motorway"],
        name=["Veldstraat", None],
        ref=[None, "E40"],
    )
    lines, left_out = read_lines([file])
    assert (lines.names, lines.refs, lines.kinds.tolist()) == (
        ["Veldstraat", ""],
        ["", "E40"],
        [Kind.STREET, Kind.MOTORWAY],
    )
    assert not left_out


def test_a_line_is_where_it_was_at_every_scale(tmp_path: Path) -> None:
    file = saved(tmp_path / "roads.geojson", [LineString(GENT)], fclass=["motorway"], ref=["E40"])
    write_streets(tmp_path / "made", read_lines([file])[0], "us")
    found = cells(tmp_path / "made")
    assert {cell[0] for cell in found} == set(range(len(SCALES))) - {PATHS}
    for number, scale in enumerate(SCALES[:-1]):
        ends = [corners(cell, line) for cell, told in found.items() if cell[0] == number for line in told["lines"]]
        for lon, lat in (GENT[0], GENT[-1]):
            x, y = to_mercator(lat, lon)
            off = min(max(abs(x - a), abs(y - b)) for line in ends for a, b in line)
            assert off <= scale.step_m, f"{off} m off at scale {number}"
    assert {name for told in found.values() for name in told["names"]} == {"E40"}


def test_what_a_cell_holds_lies_in_it_and_is_bounded(tmp_path: Path) -> None:
    dense = [
        LineString([(3.7 + i * 1e-5, 51.05), (3.70002 + i * 1e-5, 51.0503), (3.7 + i * 1e-5, 51.0506)])
        for i in range(4000)
    ]
    file = saved(
        tmp_path / "dense.parquet",
        [*dense, LineString([(3.70, 51.051), (3.74, 51.051)])],
        fclass=["residential"] * 4001,
    )
    write_streets(tmp_path / "made", read_lines([file])[0], "us")
    for cell, told in cells(tmp_path / "made").items():
        x0, y0, x1, y1 = box_of(cell)
        for line in told["lines"]:
            assert all(x0 <= x <= x1 and y0 <= y <= y1 for x, y in corners(cell, line))
        assert sum(len(line) // 2 - 1 for line in told["lines"]) <= SCALES[cell[0]].corners


def test_paths_are_drawn_only_very_near(tmp_path: Path) -> None:
    file = saved(tmp_path / "roads.geojson", [LineString(GENT)], fclass=["footway"])
    write_streets(tmp_path / "made", read_lines([file])[0], "us")
    assert {cell[0] for cell in cells(tmp_path / "made")} == {PATHS}


def test_a_file_without_classes_is_of_streets_or_of_what_its_importer_says(tmp_path: Path) -> None:
    file = saved(tmp_path / "lines.geojson", [LineString(GENT)], name=["Leie"])
    assert read_lines([file])[0].kinds.tolist() == [Kind.STREET]
    assert read_lines([file], Kind.WATER)[0].kinds.tolist() == [Kind.WATER]


def test_what_cannot_be_drawn_is_left_out_and_counted(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        holed = LineString([(3.7, 51.0), (float("nan"), 51.0), (3.8, 51.1)])
    file = saved(
        tmp_path / "mixed.parquet",
        [
            LineString(GENT),
            MultiLineString([GENT, [(3.6, 51.0), (3.61, 51.01)]]),
            Polygon([(3.7, 51.0), (3.71, 51.0), (3.71, 51.01), (3.7, 51.0)]),
            MultiPolygon([Polygon([(3.8, 51.0), (3.81, 51.0), (3.81, 51.01), (3.8, 51.0)])]),
            Point(3.7, 51.0),
            None,
            LineString(),
            holed,
            LineString([(2.35, 48.85), (2.36, 48.86)]),
            LineString([(51.05, 3.72), (51.06, 3.73)]),
            LineString([(3.7, 51.0), (3.71, 51.0)]),
        ],
        fclass=["residential"] * 10 + ["power_line"],
        name=["a"] * 11,
    )
    lines, left_out = read_lines([file])
    assert len(lines.shapes) == 5  # a line, two of a multiline, two outlines
    assert left_out == {
        "without a shape": 2,
        "neither lines nor areas": 1,
        "coordinates that are no numbers": 1,
        "not in Belgium or near it (is its coordinate system right?)": 2,
        "of a class that is not drawn": 1,
    }


def test_a_name_is_one_plain_short_line(tmp_path: Path) -> None:
    names = ["<b>Kerk</b>\nstraat\u202e", "x" * 5000, "  Place  "]
    file = saved(tmp_path / "n.geojson", [LineString(GENT)] * 3, name=names)
    found = read_lines([file])[0].names
    assert found[0] == "<b>Kerk</b> straat"
    assert len(found[1]) == 60
    assert found[2] == "Place"


@pytest.mark.parametrize("name", ["x.geojson", "x.gpkg", "x.shp", "x.parquet"])
def test_a_file_that_is_none_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(StreetsError, match=f"{name}: there is no such file"):
        read_lines([tmp_path / name])
    (tmp_path / name).write_bytes(b"\x00nothing of the kind" * 50)
    with pytest.raises(StreetsError, match=name):
        read_lines([tmp_path / name])


def test_a_wrong_coordinate_system_is_said(tmp_path: Path) -> None:
    metres = LineString([(104_000, 193_000), (105_000, 194_000)])  # Lambert 72, said to be degrees or nothing at all
    with pytest.raises(StreetsError, match="does not say its coordinate system"):
        saved(tmp_path / "none.shp", [metres])
        (tmp_path / "none.prj").unlink()
        read_lines([tmp_path / "none.shp"])
    with pytest.raises(StreetsError, match="is its coordinate system right"):
        read_lines([saved(tmp_path / "wrong.parquet", [metres], crs="EPSG:3857")])
    lines, _ = read_lines([saved(tmp_path / "right.parquet", [metres], crs="EPSG:31370")])
    assert len(lines.shapes) == 1


def test_a_file_of_no_lines_makes_nothing_and_leaves_the_old_one(tmp_path: Path) -> None:
    made = tmp_path / "made"
    write_streets(made, read_lines([saved(tmp_path / "a.geojson", [LineString(GENT)])])[0], "us")
    before = made.read_bytes()
    with pytest.raises(StreetsError, match="no line to draw"):
        write_streets(made, read_lines([saved(tmp_path / "b.parquet", [], name=[])])[0], "us")
    assert made.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_replacement_is_whole_and_who_reads_goes_on_reading_the_old_one(tmp_path: Path) -> None:
    made, line = tmp_path / "made", [LineString(GENT)]
    write_streets(made, read_lines([saved(tmp_path / "a.geojson", line, name=["Old"])])[0], "us")
    old = StreetFile(made)
    write_streets(made, read_lines([saved(tmp_path / "b.geojson", line, name=["New"])])[0], "us")
    (cell,) = [cell for cell in old.cells() if cell[0] == NEAR][:1]
    assert json.loads(old.lines(cell))["names"] == ["Old"]
    assert json.loads(StreetFile(made).lines(cell))["names"] == ["New"]


def test_a_missing_corrupt_or_foreign_file_is_said_and_nothing_is_drawn(tmp_path: Path) -> None:
    corrupt, foreign = tmp_path / "corrupt", tmp_path / "foreign.parquet"
    corrupt.write_bytes(b"PAR1" + b"\x00" * 400 + b"PAR1")
    saved(foreign, [LineString(GENT)])
    for path, said in (
        (tmp_path / "none", "no such file"),
        (corrupt, "no file of streets"),
        (foreign, "no file of streets"),
    ):
        streets = Streets(path)
        assert said in streets.problem
        assert (streets.scales, streets.credit, streets.lines((NEAR, 1, 1))) == ([], "", "")


def test_damage_inside_a_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    made = tmp_path / "made"
    write_streets(made, read_lines([saved(tmp_path / "a.geojson", [LineString(GENT)], name=["A" * 50])])[0], "us")
    file = StreetFile(made)
    with made.open("r+b") as held:  # the same file, overwritten in place
        held.write(b"\x00" * made.stat().st_size)
    with pytest.raises(StreetsError, match="damaged"):
        for cell in file.cells():
            file.lines(cell)


def test_a_text_inside_a_file_that_is_none_is_damage(tmp_path: Path) -> None:
    made = tmp_path / "made"
    write_streets(made, read_lines([saved(tmp_path / "a.geojson", [LineString(GENT)])])[0], "us")
    table = pq.read_table(made)
    no_text = pa.array([b"\xff"] * len(table), pa.binary()).view(pa.string())
    pq.write_table(table.set_column(3, table.schema.field(3), no_text), made)
    file = StreetFile(made)
    with pytest.raises(StreetsError, match="damaged"):
        file.lines(file.cells()[0])


def test_what_is_shipped_is_small_and_has_the_streets_of_eleven_towns() -> None:
    streets = Streets()
    assert streets.file is not None
    assert streets.file.path.stat().st_size < 3.5e6
    assert "OpenStreetMap" in streets.credit
    for lat, lon, name in (
        (51.0505, 3.7225, "Veldstraat"),
        (50.8467, 4.3525, "Grand-Place - Grote Markt"),
        (50.6326, 5.5797, ""),
    ):
        x, y = to_mercator(lat, lon)
        size = SCALES[NEAR].cell_m
        told = json.loads(streets.lines((NEAR, int(x // size), int(y // size))))
        assert not name or name in told["names"]
    x, y = to_mercator(50.93, 5.33)  # Hasselt is not among them
    assert streets.lines((NEAR, int(x // size), int(y // size))) == ""
