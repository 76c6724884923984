"""`streets import` and `streets status`, as they are typed."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point
from typer.testing import CliRunner

from app import app

GENT = LineString([(3.72, 51.05), (3.73, 51.06)])


def said(*command: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["streets", *command])
    return found.exit_code, found.output


def test_a_file_is_imported_counted_and_then_named_with_its_credit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = gpd.GeoDataFrame({"fclass": ["residential", "power"], "name": ["A", "B"]}, geometry=[GENT, GENT], crs=4326)
    frame.to_parquet(tmp_path / "roads.parquet")
    monkeypatch.chdir(tmp_path)
    code, text = said("import", "roads.parquet", "--to", "made.parquet", "--credit", "© Stad")
    assert (code, "lines: street 1" in text, "left out, of a class that is not drawn: 1" in text) == (
        0,
        True,
        True,
    )
    monkeypatch.setenv("VIGIE_STREETS_FILE", "made.parquet")
    assert "street 1 · © Stad" in said("status")[1]
    monkeypatch.setenv("VIGIE_STREETS_FILE", "none.parquet")
    assert "none.parquet: there is no such file" in said("status")[1]


def test_what_cannot_be_imported_is_one_line_and_makes_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made.parquet"
    gpd.GeoDataFrame({"name": ["A"]}, geometry=[Point(3.7, 51.0)], crs=4326).to_parquet(tmp_path / "points.parquet")
    for name in ("points.parquet", "none.gpkg"):
        code, text = said("import", str(tmp_path / name), "--to", str(made))
        assert code == 1
        assert text.startswith(f"vigie: {name}") and text.count("\n") == 1
    assert not made.exists()
