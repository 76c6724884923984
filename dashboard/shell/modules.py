"""The scripts of a page, found from its first one: the browser asks for all at once, not for each when another names it."""

import re
from functools import cache
from pathlib import Path, PurePosixPath

_HERE = Path(__file__).parents[1]
_NAMED = re.compile(r'^(?:import|export)\b[^;]*?"(\.{1,2}/[^"]+)"', re.MULTILINE)


@cache
def modules(entry: str) -> tuple[str, ...]:
    """The modules that `entry` needs, itself first, each once, by their path in the dashboard."""
    found = [entry]
    for path in found:
        text = (_HERE / path).read_text(encoding="utf-8")
        found += [one for one in (_joined(path, name) for name in _NAMED.findall(text)) if one not in found]
    return tuple(dict.fromkeys(found))


def _joined(path: str, name: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / name).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
