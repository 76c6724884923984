"""JSON Schema (Draft 2020-12) of msgspec types, in the dialect that readers outside of Python know."""

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LICENCE = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
VERSION = "1"
RFC3339 = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$"  # a time without its offset is no time

Schema = dict[str, Any]


def components(types: Sequence[Any], at: str) -> tuple[list[Schema], dict[str, Schema]]:
    """A reference to each type, and the schemas they need, which will stand at `at` (`#/$defs/`)."""
    references, found = msgspec.json.schema_components(types, ref_template=f"{at}{{name}}")
    return [_foreign(one) for one in references], {name: _foreign(one) for name, one in sorted(found.items())}


def document(title: str, kind: Any, **more: Any) -> Schema:
    """One JSON Schema of a type, with what it needs within it."""
    (top,), found = components([kind], "#/$defs/")
    return {"$schema": DIALECT, "title": title, **more, **top, "$defs": found}


def closed_off(schema: Schema, *, without: Sequence[str] = (), **more: Schema) -> Schema:
    """A struct's schema without some fields and with others, which are needed."""
    kept = {name: one for name, one in schema["properties"].items() if name not in without}
    needed = [name for name in schema.get("required", ()) if name not in without]
    return {**schema, "properties": {**more, **kept}, "required": [*needed, *(n for n in more if n not in needed)]}


def without_unused(made: Schema) -> Schema:
    """A document whose `$defs` hold what something else in it refers to."""
    found, asked = set[str](), [{name: value for name, value in made.items() if name != "$defs"}]
    while asked:
        value: Any = asked.pop()
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        asked += children
        name = value.get("$ref", "").removeprefix("#/$defs/") if isinstance(value, dict) else ""
        if name and name not in found:
            found.add(name)
            asked.append(made["$defs"][name])
    return {**made, "$defs": {name: one for name, one in made["$defs"].items() if name in found}}


def _foreign(value: Any) -> Any:
    """Patterns with the ends that every engine knows; descriptions as paragraphs, whichever Python read them; no OpenAPI."""
    if isinstance(value, list):
        return [_foreign(one) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _foreign(one) for name, one in value.items() if name != "discriminator"}
    if isinstance(pattern := plain.get("pattern"), str):
        plain["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
    if isinstance(text := plain.get("description"), str):
        plain["description"] = "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))
    return plain
