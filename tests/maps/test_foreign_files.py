"""Files of shapes that others made: what says to be another file is not followed, whatever it is called."""

import ast
import os
from pathlib import Path

import pytest

from maps.foreign_files import _BEGINS, GEOJSON
from maps.streets.reading import StreetsError, read_lines
from tests.rules.house import parsed, sources

GDAL = {"read_file", "read_dataframe", "list_layers", "read_info", "open_arrow", "read_arrow"}


@pytest.mark.parametrize("kind", [*_BEGINS, *GEOJSON, ".vrt", ".xml", ""])
def test_a_file_that_names_another_is_refused_under_every_ending(tmp_path: Path, kind: str) -> None:
    other = tmp_path / "other.csv"
    other.write_text('fclass,WKT\nmotorway,"LINESTRING (3.72 51.05,3.73 51.06)"\n')
    file = tmp_path / f"roads{kind}"
    layer = (
        f'<OGRVRTLayer name="other"><SrcDataSource>{other}</SrcDataSource><LayerSRS>EPSG:4326</LayerSRS></OGRVRTLayer>'
    )
    file.write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
    with pytest.raises(StreetsError, match=r"can't be read as a file of lines"):
        read_lines([file])


@pytest.mark.parametrize("kind", [*_BEGINS, *GEOJSON])
def test_a_pipe_that_nobody_writes_to_holds_nothing_up(tmp_path: Path, kind: str) -> None:
    os.mkfifo(tmp_path / f"roads{kind}")
    with pytest.raises(StreetsError, match="there is no such file"):
        read_lines([tmp_path / f"roads{kind}"])


def test_nothing_has_gdal_open_a_file_whose_kind_was_not_asked_for() -> None:
    """But what an installed package brings."""
    found = {}
    for name, text in sources("*.py").items():
        if not any(word in text for word in GDAL):
            continue
        for function in (node for node in ast.walk(parsed(text)) if isinstance(node, ast.FunctionDef)):
            calls = {
                ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(function) if isinstance(node, ast.Call)
            }
            if calls & GDAL:
                found[f"{name}: {function.name}"] = bool(calls & {"kind_of", "_installed"})
    assert len(found) >= 3 and all(found.values()), found
