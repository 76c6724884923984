"""The settings as people read them: the table of docs/settings.md, a file to copy, what is in force. All made of the fields."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from centre.setting_sources import SettingField, fields_of, value_of
from centre.settings import Settings

HIDDEN = "***"
_HEAD = """\
# The settings of Vigie, all of them: a file to copy as `vigie.toml` into the folder Vigie is started in.
# What is commented out is the default, or an example where there is no default. Over this file count the variables
# of the environment that are named here, over both the options of the command line.
# `python app.py settings template` prints this file, `python app.py settings show` what is in force and from where.
"""


def table() -> str:
    """The table of docs/settings.md, a row each."""
    rows = ["| setting | environment | default | meaning |", "|---|---|---|---|"]
    for field in fields_of(Settings):
        variables = ", ".join(f"`{name}`" for name in field.variables[:1]) or "–"
        rows.append(f"| `{field.name}` | {variables} | {_default(field, '`')} | {field.meaning} |")
    return "\n".join(rows) + "\n"


def template() -> str:
    """A whole `vigie.toml` in which nothing is set."""
    lines, section = [_HEAD], ""
    for field in fields_of(Settings):
        if field.section != section:
            section = field.section
            lines.append(f"\n[{section}]")
        variable = f" {field.variables[0]}" if field.variables else ""
        value = field.default if _says(field.default) else field.facts.get("example")
        lines += ["", *_wrapped(f"{field.meaning}. Default: {_default(field)}.{variable}")]
        lines.append(f"#{field.name.rpartition('.')[2]} = {toml(value)}")
    return "\n".join(lines) + "\n"


def in_force(settings: Settings, said: Mapping[str, str]) -> Iterator[str]:
    """Each setting with its value and where it was said, as lines of TOML. No secret is in them."""
    for field in fields_of(Settings):
        value, place = value_of(settings, field.name), said.get(field.name, "default")
        if field.facts.get("secret") and value:
            shown = toml(HIDDEN)
        elif _says(value):
            # A name and a password inside an address, and what is asked of it.
            shown = re.sub(r"(?<=//)[^/@\"]*@", f"{HIDDEN}@", toml(value))
            shown = re.sub(r"\?[^\"]*", f"?{HIDDEN}", shown) if field.facts.get("address") else shown
        else:
            yield f"# {field.name}: {_default(field)}  # {place}"
            continue
        yield f"{field.name} = {shown}  # {place}"


def toml(value: Any) -> str:
    """A value of a setting as TOML has it."""
    match value:
        case bool() | int() | float():
            return json.dumps(value)
        case str() | Path():
            return json.dumps(str(value), ensure_ascii=False)
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml(held)}" for key, held in value.items()) + "}"
    listed = sorted(value) if isinstance(value, frozenset) else value
    return f"[{', '.join(map(toml, listed))}]"


def _says(value: Any) -> bool:
    """Whether TOML has it, and it is not nothing."""
    return value is not None and value != "" and value != () and value != {}


def _default(field: SettingField, mark: str = "") -> str:
    value = field.default
    if words := field.facts.get("default"):
        return str(words)
    if not _says(value):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.several:
        return ", ".join(f"{mark}{one}{mark}" for one in (sorted(value) if isinstance(value, frozenset) else value))
    return f"{value:g}" if isinstance(value, int | float) else f"{mark}{value}{mark}"


def _wrapped(text: str, width: int = 118) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) >= width:
            yield line
            line = "#"
        line += f" {word}"
    yield line
