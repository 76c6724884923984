"""What docs/log.md says about the format is true."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec

from incidents.log import Record
from incidents.log.chain import Kind

DOCUMENT = (Path(__file__).parents[3] / "docs" / "log.md").read_text(encoding="utf-8")
SAMPLES = Path(__file__).parent / "samples"


def run_recipe(file: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    (recipe,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.S)
    program = tmp_path / "recipe.py"
    program.write_text(recipe, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(program), str(file)], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_recipe_verifies_an_export_and_prints_its_digest(tmp_path: Path) -> None:
    done = run_recipe(SAMPLES / "v1.jsonl", tmp_path)
    assert done.stdout.strip() == "9-2-fee726c7444e1845d3205a6d", done.stderr


def test_the_recipe_says_what_does_not_fit(tmp_path: Path) -> None:
    file = tmp_path / "changed.jsonl"
    file.write_bytes((SAMPLES / "v1.jsonl").read_bytes().replace(b'"press":"hold"', b'"press":"test"', 1))
    assert "1: rewritten" in run_recipe(file, tmp_path).stderr


def test_every_name_of_a_record_and_every_finding_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", DOCUMENT))
    assert set(msgspec.json.schema_components([Record])[1]["Record"]["properties"]) <= explained
    assert set(get_args(Kind)) <= explained
