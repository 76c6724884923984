"""What a desk says of itself when it starts: which versions run, which settings are in force."""

import platform
import sqlite3
import tomllib
from collections.abc import Iterator, Sized
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from centre.monitoring.events import say
from centre.settings import Settings

UNKNOWN = "unknown"


def say_start(settings: Settings) -> None:
    """Say which versions run, and which settings are in force that are not as by default."""
    say("versions", **versions())
    say("settings", set=", ".join(f"{name} {value}" for name, value in in_force(settings)) or "none")


def versions() -> dict[str, str]:
    """What runs here, by name."""
    found = {"vigie": _own_version(), "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    return found | {name.replace("-", "_"): _version(name) for name in ("panel", "bokeh", "prometheus-client")}


def in_force(settings: msgspec.Struct, path: str = "") -> Iterator[tuple[str, str]]:
    """The settings that are not as by default. A number, a choice and a path are said; a text may hold a secret or a name:
    only that it is set, or how many are, is said."""
    for field in msgspec.structs.fields(settings):
        value, name = getattr(settings, field.name), path + field.name
        if isinstance(value, msgspec.Struct):
            yield from in_force(value, f"{name}.")
        elif value != (field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()):
            yield name, _said(value, field.type)


def _said(value: Any, kind: Any) -> str:
    if isinstance(value, bool | int | float | Path) or _is_choice(kind):
        return str(value)
    if isinstance(value, frozenset) and all(map(_is_choice, get_args(kind))):
        return ",".join(sorted(value))
    return f"{len(value)} set" if isinstance(value, Sized) and not isinstance(value, str) else "set"


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _own_version() -> str:
    """Of the package that is installed, else of the sources that run."""
    if (installed := _version("vigie")) != UNKNOWN:
        return installed
    try:
        project = Path(__file__).parents[2] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, KeyError, ValueError):
        return UNKNOWN


def _version(package: str) -> str:
    """Nothing that a desk says of itself keeps it from starting."""
    try:
        return version(package)
    except PackageNotFoundError:
        return UNKNOWN
