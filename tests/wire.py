"""`python -m tests.wire` writes the types of what pages are told, for their scripts, from the message types of the server.

A field that is left out where it has its default may be missing there; all else is there always.
"""

import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from dashboard.auditor.session import Opened, Part
from dashboard.auditor.session import Verdict as LogVerdict
from dashboard.auditor.view import View
from dashboard.components.actions.nearest import NearUnits
from dashboard.components.case.detail import Detail
from dashboard.components.find.part import Chip, FoundIncident
from dashboard.components.map.marks import Chosen, Mark, UnitMark
from dashboard.components.presence.news import News
from dashboard.components.queue.rows import DeviceRow, Row
from dashboard.components.timeline.facts import Story
from dashboard.components.topbar.health import Health
from dashboard.map_window.session import Follows
from dashboard.shell.looks import Ask
from dashboard.shell.preferences import Preferences
from dashboard.shell.requests import Answer
from incidents.auditing.digest import Digest
from incidents.auditing.notices import Dealt

PAGES = Path(__file__).parents[1] / "dashboard"
DESK = (Row, DeviceRow, Health, News, NearUnits, Detail, Ask, Answer, Chip, FoundIncident, Follows, Preferences, Story)
TOLD: dict[Path, tuple[type, ...]] = {
    PAGES / "shell" / "told.d.ts": DESK,
    PAGES / "components" / "map" / "told.d.ts": (Mark, UnitMark, Chosen),
    PAGES / "auditor" / "told.d.ts": (Part, Opened, LogVerdict, View, Digest, Dealt),
}
_WIDTH = 120
_PLAIN = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
    object: "unknown",
    Any: "unknown",
}


def declarations(told: tuple[type, ...]) -> str:
    """The text of the file that holds these types, and those they are made of."""
    found: dict[str, type] = {}
    for kind in told:
        _gather(kind, found)
    head = "// Made by `python -m tests.wire` from the server's message types: what a page is told. Moments are ms since 1970.\n"
    return "\n".join([head, *(_interface(kind) for _, kind in sorted(found.items()))])


def _gather(kind: Any, found: dict[str, type]) -> None:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if found.setdefault(kind.__name__, kind) is not kind:
            raise ValueError(
                f"two types are called {kind.__name__}: {kind.__module__}, {found[kind.__name__].__module__}"
            )
        for hint in get_type_hints(kind).values():
            _gather(hint, found)
    for part in get_args(kind) if get_origin(kind) is not Literal else ():
        _gather(part, found)


def _interface(kind: type) -> str:
    hints = get_type_hints(kind)
    left_out = kind.__struct_config__.omit_defaults  # type: ignore[attr-defined]
    lines = [f"export interface {kind.__name__} {{"]
    for field in msgspec.structs.fields(kind):
        hint, mark = hints[field.name], ""
        if left_out and not field.required:
            mark = "?"
            hint = _without_none(hint) if field.default is None else hint
        name, said = f"  {field.encode_name}{mark}:", _type(hint)
        broken = "\n    | ".join(["", *said.split(" | ")])  # as the formatter breaks it
        lines.append(f"{name} {said};" if len(f"{name} {said};") <= _WIDTH else f"{name}{broken};")
    return "\n".join([*lines, "}", ""])


def _without_none(hint: Any) -> Any:
    return Union[tuple(part for part in get_args(hint) if part is not types.NoneType)]  # noqa: UP007 -- made of parts


def _type(hint: Any) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(_type(part) for part in parts))
    if origin is Literal:
        return " | ".join(f'"{part}"' for part in parts)
    if origin is tuple and parts[-1] is not Ellipsis:
        return f"[{', '.join(_type(part) for part in parts)}]"
    if origin in (tuple, list):
        return f"({_type(parts[0])})[]" if " | " in _type(parts[0]) else f"{_type(parts[0])}[]"
    if origin in (dict, Mapping):
        return f"Record<{_type(parts[0])}, {_type(parts[1])}>"
    return _PLAIN.get(hint) or hint.__name__


if __name__ == "__main__":
    for file, told in TOLD.items():
        file.write_text(declarations(told), encoding="utf-8")
