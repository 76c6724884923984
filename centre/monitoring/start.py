"""What a desk says of itself when it starts: which versions run, which settings are in force."""

import contextlib
import platform
import sqlite3
from collections.abc import Iterator, Sized
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from centre import version as own
from centre.monitoring.events import say
from centre.setting_sources import fields_of, value_of
from centre.settings import Settings

UNKNOWN = "unknown"


def say_start(settings: Settings) -> None:
    """Say which versions run, and which settings are in force that are not as by default."""
    say("versions", **versions())
    say("settings", set=", ".join(f"{name} {value}" for name, value in in_force(settings)) or "none")


def versions() -> dict[str, str]:
    """What runs here, by name. Nothing that a desk says of itself keeps it from starting."""
    found = {"vigie": UNKNOWN, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    with contextlib.suppress(PackageNotFoundError, OSError, KeyError, ValueError):
        found["vigie"] = own.version()
    return found | {name.replace("-", "_"): _version(name) for name in ("panel", "bokeh", "prometheus-client")}


def in_force(settings: Settings) -> Iterator[tuple[str, str]]:
    """The settings that are not as by default. A number, a choice and a path are said; a text may hold a secret or a name:
    only that it is set, or how many are, is said."""
    for field in fields_of(Settings):
        if (value := value_of(settings, field.name)) != field.default:
            yield field.name, _said(value, field.kind)


def _said(value: Any, kind: Any) -> str:
    if isinstance(value, bool | int | float | Path) or _is_choice(kind):
        return str(value)
    if isinstance(value, frozenset) and all(map(_is_choice, get_args(kind))):
        return ",".join(sorted(value))
    return f"{len(value)} set" if isinstance(value, Sized) and not isinstance(value, str) else "set"


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return UNKNOWN
