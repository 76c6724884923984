"""Where settings come from, and what each may be.

Names that are none, and addresses and numbers that can't be meant, are refused. Every refusal names the setting and where
it was said, and never quotes an address: there may be a secret in it.
"""

import difflib
import ipaddress
import logging
import math
import re
import tomllib
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from incidents.log.regular_files import read_toml

S = TypeVar("S", bound=msgspec.Struct)
PREFIX = "VIGIE_"
MOST = 10_000_000  # of any number that is set: 115 days in seconds; a time beyond it overflows a calendar
NEAR = 0.85  # how like a setting's name a variable's is that was meant for it: one letter of six
_logger = logging.getLogger(__name__)
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")
_PATH = re.compile(r"^(.*) - at `\$\.?(.*)`$", re.S)


class SettingsError(Exception):
    """A setting can't be used: which, and why."""


class SettingField(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: its `name` (`orders.url`) and what its field says of it (`incidents.settings.setting`)."""

    name: str
    kind: Any
    default: Any
    meaning: str
    facts: Mapping[str, Any]

    @property
    def section(self) -> str:
        """The section it stands in; "" at the top."""
        return self.name.rpartition(".")[0]

    @property
    def table(self) -> bool:
        """Whether it is a table of keys and values, which only the file can hold."""
        return get_origin(self.kind) is dict

    @property
    def several(self) -> bool:
        """Whether it is a list, which the environment separates by commas."""
        return get_origin(self.kind) in (tuple, frozenset)

    @property
    def path(self) -> bool:
        """Whether it is a path of a file or a folder."""
        return Path in (self.kind, *get_args(self.kind))

    @property
    def variables(self) -> tuple[str, ...]:
        """Its names in the environment, the documented one first; none of a table."""
        if self.table:
            return ()
        plain = PREFIX + self.name.replace(".", "_").upper()
        return (self.facts["variable"], plain) if self.facts.get("variable") else (plain,)


@cache
def fields_of(kind: type[msgspec.Struct], section: str = "") -> tuple[SettingField, ...]:
    """Every setting of a type of settings, those of a section after its name."""
    found: list[SettingField] = []
    for field in msgspec.structs.fields(kind):
        inner = getattr(field.type, "__origin__", field.type) if hasattr(field.type, "__metadata__") else field.type
        metas: Iterable[msgspec.Meta] = getattr(field.type, "__metadata__", ())
        name = f"{section}.{field.name}" if section else field.name
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            found += fields_of(inner, name)
            continue
        meta = next((one for one in metas if one.description), msgspec.Meta())
        made = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        found.append(
            SettingField(name=name, kind=inner, default=made, meaning=meta.description or "", facts=meta.extra or {})
        )
    return tuple(found)


def value_of(settings: msgspec.Struct, name: str) -> Any:
    """The value of a setting by its name."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def gathered(
    kind: type[S],
    given: Mapping[str, Any] | None,
    *,
    file: Path,
    environ: Mapping[str, str],
    otherwise: Mapping[str, Any],
) -> tuple[S, dict[str, str]]:
    """The settings in force, and for each that somebody chose where it was said: the file, a variable, an option.

    Raises SettingsError.
    """
    fields = fields_of(kind)
    facts: dict[str, Any] = dict(otherwise)
    said: dict[str, str] = {}
    for name, value in _from_file(file, fields):
        _put(facts, name, value)
        said[name] = str(file)
    for name, variable, value in _from_environment(environ, fields):
        _put(facts, name, value)
        said[name] = variable
    for name, value in (given or {}).items():
        if value is not None:
            _put(facts, name, value)
            said[name] = "command line"
    try:
        settings = msgspec.convert(facts, kind, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(_named(str(error), fields, said)) from None
    for field in fields:
        for why in _wrong(field, value_of(settings, field.name)):
            raise SettingsError(f"{place_of(field.name, said)}: {why}")
    return settings, said


def _put(facts: dict[str, Any], name: str, value: Any) -> None:
    section, _, field = name.rpartition(".")
    if section:
        facts[section] = {**facts.get(section, {}), field: value}
    else:
        facts[field] = value


def _from_file(file: Path, fields: Iterable[SettingField]) -> Iterator[tuple[str, Any]]:
    try:
        # `exists` is false for a link that leads nowhere, which somebody meant to be there.
        read = tomllib.loads(read_toml(file)) if file.exists() or file.is_symlink() else {}
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(f"{file}: {why}") from None
    known = {field.name for field in fields}
    sections = {field.section for field in fields} - {""}
    for name, value in read.items():
        if name in sections:
            if not isinstance(value, dict):
                raise SettingsError(f"{file}: {name}: it is a section: write [{name}]")
            for inner, held in value.items():
                _check_name(f"{name}.{inner}", known, str(file))
                yield f"{name}.{inner}", held
        else:
            _check_name(name, known | sections, str(file))
            yield name, value


def _from_environment(environ: Mapping[str, str], fields: Iterable[SettingField]) -> Iterator[tuple[str, str, Any]]:
    known = {variable: field for field in fields for variable in field.variables}
    in_file = {PREFIX + field.name.replace(".", "_").upper(): field.name for field in fields if field.table}
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        if variable in in_file:
            raise SettingsError(f"{variable}: {in_file[variable]} is a table, which only vigie.toml can hold")
        if variable not in known:
            near = difflib.get_close_matches(variable, known, 1, NEAR)
            if not near:
                # What runs containers makes such names of its own: none may end a night.
                _logger.error("%s: no such setting (python app.py settings template lists all)", variable)
                continue
            _check_name(variable, set(known))
    for field in fields:
        for variable in field.variables:
            if (text := environ.get(variable)) is not None:
                parts = [part.strip() for part in text.split(",")] if text.strip() else []
                yield field.name, variable, parts if field.several else text


def _check_name(name: str, known: set[str], where: str = "") -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, 1) or [one for one in known if one.rpartition(".")[2] == name][:1]
    raise SettingsError(
        f"{where + ': ' if where else ''}{name}: no such setting{'; ' + near[0] + '?' if near else ''}"
        " (python app.py settings template lists all)"
    )


def place_of(name: str, said: Mapping[str, str]) -> str:
    """A setting's name and where it was said, as every refusal begins."""
    place = said.get(name, "")
    return f"{name} ({place})" if place else name


def _named(error: str, fields: Iterable[SettingField], said: Mapping[str, str]) -> str:
    """msgspec's sentence with the setting before it, as it is written."""
    if (found := _PATH.match(error)) is None:
        return f"settings: {error}"
    why, path = found.groups()
    field = max((f for f in fields if path.startswith(f.name)), key=lambda f: len(f.name), default=None)
    if field is None:  # what a section says of itself
        return why if why.startswith(f"{path}.") else f"{path}: {why}"
    return f"{place_of(field.name, said)}: {why} ({field.meaning})"


def _wrong(field: SettingField, value: Any) -> Iterator[str]:
    """Why a value can't be meant."""
    if isinstance(value, int | float) and not (math.isfinite(value) and 0 <= value <= MOST):
        yield f"a number from 0 to {MOST}"
    texts = list(value.values()) if field.table else list(value) if field.several else [value]
    for text in texts:
        if isinstance(text, str | Path) and "\x00" in str(text):
            yield "a character that no text has (NUL)"
    for text in filter(None, texts) if not field.several else texts:
        if (schemes := field.facts.get("address")) and not is_address(text, schemes):
            begins = " or ".join(f"{scheme}://host[:port]/path" for scheme in schemes)
            yield f"{'each' if len(texts) > 1 else 'it'} is an address like {begins}"
        if field.facts.get("origin") and not is_origin(text):
            yield "each is the name, or name:port, under which browsers reach it, without https:// and without a path"
    if field.facts.get("address") and field.several and len(set(map(_place, texts))) < len(texts):
        yield "one address stands twice: each leads to another host, port or path"
    if field.name.rpartition(".")[2] == "address" and not _listens(value):
        yield "an address of this machine such as 127.0.0.1, or 0.0.0.0 for all of them; the port is a setting of its own"


def is_address(text: str, schemes: Iterable[str]) -> bool:
    """Whether it is the address of a server that is reached by one of these schemes."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    whole = text == text.strip() and not re.search(r"[\s\x00-\x1f]", text)
    begins = text.startswith(tuple(f"{scheme}://" for scheme in schemes))  # as all who look at it write it: small
    return whole and begins and _is_host(parts.hostname or "") and port != 0


def _place(address: str) -> tuple[str | None, int | None, str]:
    """What a feed is known by until it says its name."""
    parts = urlsplit(address)
    return parts.hostname, parts.port, parts.path.rstrip("/")


def is_origin(text: str) -> bool:
    """Whether it is `host` or `host:port`."""
    try:
        parts = urlsplit(f"//{text}")
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.path or parts.query or parts.fragment or "@" in text) and not text.endswith(":")
    return plain and port != 0 and _is_host(parts.hostname or "")


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # Names beyond ASCII are written as a browser sends them (xn--...).
        return _HOST.fullmatch(host) is not None
    return True


def _listens(address: str) -> bool:
    return not address or _is_host(address)


def _path(kind: type, value: Any) -> Any:
    if kind in (Path, types.NoneType):
        if not isinstance(value, str | Path) or not str(value).strip():
            raise ValueError("a path of a file or a folder; leave the setting out where there is none")
        return Path(value)
    raise NotImplementedError
