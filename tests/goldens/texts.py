"""Types and commands as text that a person can compare. No text names a module: modules move."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec

LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")


def type_text(kind: Any) -> str:
    """A type by its class name. What a setting says of itself is no part of it; its bounds are."""
    if get_origin(kind) is Annotated and any(meta.description for meta in kind.__metadata__):
        bounds = [
            msgspec.Meta(**limits)
            for meta in kind.__metadata__
            if (limits := {name: limit for name in LIMITS if (limit := getattr(meta, name)) is not None})
        ]
        kind = Annotated[kind.__origin__, *bounds] if bounds else kind.__origin__
    return re.sub(r"(?:\w+\.)+(?=\w)", "", str(kind) if get_args(kind) else kind.__qualname__)


def value_text(value: Any) -> str:
    """A value as JSON: sets in order, paths as text, JSON that was left unread as it is."""
    as_text = lambda held: bytes(held).decode() if isinstance(held, msgspec.Raw) else str(held)  # noqa: E731
    return json.dumps(msgspec.to_builtins(value, enc_hook=as_text, order="sorted"), ensure_ascii=False, sort_keys=True)


def field_text(field: msgspec.structs.FieldInfo) -> str:
    made = value_text(field.default_factory()) if field.default_factory is not msgspec.NODEFAULT else "required"
    default = made if field.default is msgspec.NODEFAULT else value_text(field.default)
    return f"{field.encode_name}: {type_text(field.type)} = {default}\n"


def structs_in(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for inner in get_args(kind):
        yield from structs_in(inner)


def settings_text(kind: type[msgspec.Struct], path: str = "") -> str:
    """Each setting, those of a section after its name."""
    return "".join(
        settings_text(field.type, f"{path}{field.name}.") if [*structs_in(field.type)] else path + field_text(field)
        for field in msgspec.structs.fields(kind)
    )


def structs_text(kinds: Iterable[type[msgspec.Struct]], beside: Callable[[Any], str] = lambda kind: "") -> str:
    """Each type with its fields in their order, which is that of the bytes, and after them the types that they hold."""
    waiting, found = list(kinds), dict[Any, str]()
    for kind in waiting:  # it grows meanwhile
        if kind not in found:
            config, fields = kind.__struct_config__, msgspec.structs.fields(kind)
            name = kind.__qualname__ if config.tag is None else f"{config.tag_field} {config.tag!r}"
            rules = [rule for rule in ("omit_defaults", "forbid_unknown_fields") if getattr(config, rule)]
            found[kind] = " ".join(filter(None, (name, *rules, beside(kind)))) + "\n"
            found[kind] += "".join(f"    {field_text(field)}" for field in fields)
            waiting += [inner for field in fields for inner in structs_in(field.type)]
    return "\n".join(found.values())


def command_text(command: Any, path: str = "app.py") -> str:
    """A command with its help and parameters, then those below it, in the order of `--help`."""
    found = f"{path}\n    {' '.join((command.help or '').split())}\n"
    for param in command.params:
        facts = [type_text(param.type_descriptor.annotation), f"metavar {param.metavar}" if param.metavar else ""]
        facts += [mark for mark in ("multiple", "is_flag", "hidden") if getattr(param, mark, False)]
        facts += ["=", "required" if param.required else value_text(param.default)]
        names = ", ".join((*param.opts, *param.secondary_opts))  # of an argument its name
        found += f"  {names}: {' '.join(filter(None, facts))}\n    {param.help or ''}\n"
    return found + "".join(
        command_text(one, f"{path} {name}") for name, one in getattr(command, "commands", {}).items()
    )
