"""The keys of the operator page, looked up in its scripts."""

import re
from collections import Counter
from pathlib import Path

DASHBOARD = Path(__file__).parents[2] / "dashboard"


def test_no_key_means_two_things() -> None:
    table = (DASHBOARD / "components" / "actions" / "table.js").read_text(encoding="utf-8")
    keys = (DASHBOARD / "components" / "shortcuts" / "shortcuts.js").read_text(encoding="utf-8")
    actions = [f"{'shift ' if shift else ''}{key}" for key, shift in re.findall(r'key: "(\w)"(, shift: true)?', table)]
    own = [
        f"{shift}{key}"
        for key, rest in re.findall(r'letter === "(\w)"(.*)', keys)
        for shift in (("",) if "!event.shiftKey)" in rest else ("", "shift "))
    ]
    assert len(actions) > 15 and len(own) > 5
    assert [key for key, times in Counter(actions + own).items() if times > 1] == []
