"""What users, logs, feeds and scripts see is what it was. What is meant to change is written anew by `tests.goldens.make`."""

import difflib

import pytest

from tests.goldens.make import GOLDENS, HERE, golden

PROTECTS = {
    "exports.txt": "logs of earlier versions open and are exported to the same bytes",
    "replays.txt": "each shipped recording is replayed to the same log",
    "evidence.txt": "evidence files have the same bytes",
    "tables.txt": "exported tables have the same columns and values",
    "settings.txt": "settings have the same names, types and defaults",
    "commands.txt": "commands have the same options, defaults and help",
    "records.txt": "record types have the same fields, open and sealed",
    "commands_wire.txt": "what a page may ask of the desk has the same fields",
    "feed.txt": "messages and frames of a feed are the same",
    "routes.txt": "desk and training room answer the same addresses",
}


@pytest.mark.parametrize("name", PROTECTS, ids=PROTECTS.values())
def test_nothing_that_others_see_changed(name: str) -> None:
    kept, now = (HERE / name).read_text(encoding="utf-8").splitlines(), golden(name).splitlines()
    changed = "\n".join(difflib.unified_diff(kept, now, f"kept {name}", "now", n=1, lineterm=""))
    assert not changed, f"where that is meant, run: python -m tests.goldens.make {name}\n{changed}"


def test_each_golden_protects_something() -> None:
    assert set(PROTECTS) == set(GOLDENS) == {file.name for file in HERE.glob("*.txt")}
