"""The scripts of the pages as Node.js and TypeScript read them."""

import json
import subprocess
from functools import cache
from pathlib import Path

DASHBOARD = Path(__file__).parents[2] / "dashboard"
_STRINGS = Path(__file__).with_name("strings.js")


@cache
def strings() -> dict[str, dict[str, list[str]]]:
    """Of every script the keys it asks for (`t`, `word`) and its texts, by its path in the dashboard."""
    paths = sorted(DASHBOARD.rglob("*.js"))
    written = json.loads(_node(str(_STRINGS), *map(str, paths)))
    return {Path(path).relative_to(DASHBOARD).as_posix(): found for path, found in written.items()}


@cache
def key_tables() -> dict[str, list[dict[str, str]]]:
    """The keys of each page: their `key`, their `words` by name, and the `name` of those that a person may change."""
    tables = (DASHBOARD / "components/shortcuts/tables.js").as_uri()
    code = f'import {{ TABLES }} from "{tables}"; console.log(JSON.stringify(TABLES))'
    found: dict[str, list[dict[str, str]]] = json.loads(_node("--input-type=module", "-e", code))
    return found


def _node(*arguments: str) -> str:
    return subprocess.run(["node", *arguments], capture_output=True, check=True, text=True, timeout=60).stdout
