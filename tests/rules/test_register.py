"""Who opens a log to write it says which register of what was erased it has: a setting may have put that elsewhere."""

import ast

from tests.rules.house import nodes, sources


def silent(text: str) -> list[int]:
    """The lines that open a log for writing and name no register."""
    calls = [node for node in nodes(text) if isinstance(node, ast.Call)]
    opened = [call for call in calls if ast.unparse(call.func) == "SqliteLog.open"]
    return [call.lineno for call in opened if not {"reading", "register"} & {word.arg for word in call.keywords}]


def test_who_may_erase_names_the_register() -> None:
    rooms = ("app.py", "centre/*.py", "cli/*.py", "training/*.py", "dashboard/*.py", "demo/*.py")
    found = {path: text for room in rooms for path, text in sources(room).items() if "SqliteLog.open(" in text}
    assert len(found) > 5
    assert {path: lines for path, text in found.items() if (lines := silent(text))} == {}


def test_a_log_that_is_opened_without_one_would_be_found() -> None:
    assert silent("SqliteLog.open(path)\nSqliteLog.open(path, reading=True)\nSqliteLog.open(path, register=r)") == [1]
