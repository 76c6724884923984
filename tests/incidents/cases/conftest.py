"""Case files as an office would write them, imported into a register on disk."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidents.cases import ImportReport, import_cases

Import = Callable[..., ImportReport]


def case(number: str = "2026-0001", **fields: Any) -> dict[str, Any]:
    return {
        "number": number,
        "source": "Parket Voorbeeld",
        "date": "2026-11-02",
        "victim": {"name": "A. Voorbeeld"},
        "devices": [f"AMR-{number[-4:]}"],
        "valid_from": "2026-11-02",
        "valid_until": "2027-05-01",
    } | fields


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases.db"


@pytest.fixture
def load(path: Path, tmp_path: Path) -> Import:
    """Import these cases; a string is the file's text as it is."""

    def load(cases: list[Any] | str, withdrawn: list[str] | None = None, **options: Any) -> ImportReport:
        file = tmp_path / "import.json"
        text = cases if isinstance(cases, str) else json.dumps({"cases": cases, "withdrawn": withdrawn or []}, indent=1)
        file.write_text(text, encoding="utf-8")
        return import_cases(file, path, **options)

    return load
