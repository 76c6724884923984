"""The scripts of a page, found from its first one: the browser asks for all at once, not for each when another names it."""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

_HERE = Path(__file__).parents[1]
_NAMED = re.compile(r'^(?:import|export)\b[^;]*?"(\.{1,2}/[^"]+)"', re.MULTILINE)


@cache
def modules(entry: str) -> tuple[str, ...]:
    """The modules that `entry` needs, itself first, each once, by their path in the dashboard."""
    found = [entry]
    for path in found:
        for name in _NAMED.findall((_HERE / path).read_text(encoding="utf-8")):
            if (one := normpath(join(dirname(path), name))) not in found:
                found.append(one)
    return tuple(found)
