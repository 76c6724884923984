"""An import that is killed leaves the register as it was, or as it was to be."""

import contextlib
import json
import sqlite3
import struct
import time
from pathlib import Path

import pytest

from incidents.cases import CaseRegister, import_cases
from tests.incidents.cases.conftest import case
from tests.processes import Command

IMPORT = "import sys, pathlib; from incidents.cases import import_cases; import_cases(*map(pathlib.Path, sys.argv[1:]))"
MANY = 3000


def test_a_register_whose_making_was_cut_off_before_its_first_table_is_none_and_is_made(tmp_path: Path) -> None:
    file, path = tmp_path / "import.json", tmp_path / "cases.db"
    file.write_text(json.dumps({"cases": [case()]}))
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 0")
        db.execute("VACUUM")
    # What SQLite had written before: a file of no pages, by the journal that is beside the first one.
    page = path.stat().st_size
    journal = bytes.fromhex("d9d505f920a163d7") + struct.pack(">5I", 0, 7, 0, 512, page)
    Path(f"{path}-journal").write_bytes(journal.ljust(512, b"\0"))
    assert CaseRegister.open(path).state == "missing"
    assert import_cases(file, path).loaded
    assert CaseRegister.open(path).state == "open"


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("after_s", [0.05, 0.1, 0.2, 0.3])
def test_an_import_killed_at_any_moment_is_whole_or_not_at_all(tmp_path: Path, first: bool, after_s: float) -> None:
    file, path = tmp_path / "import.json", tmp_path / "cases.db"
    if not first:
        file.write_text(json.dumps({"cases": [case("2026-9999")]}))
        import_cases(file, path)
    file.write_text(json.dumps({"cases": [case(f"2026-{n:04}") for n in range(MANY)]}))
    process = Command(str(file), str(path), code=IMPORT, output=tmp_path / "said")
    time.sleep(after_s)  # the moment of the kill is the test
    process.kill()
    register = CaseRegister.open(path)
    assert len(register) in ({0, MANY} if first else {1, MANY + 1}), register.reason
    assert import_cases(file, path).loaded
    register.reload_if_changed()
    assert (register.state, len(register)) == ("open", MANY + (not first))
