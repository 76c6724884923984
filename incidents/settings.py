"""What a setting says of itself, beside its field: `port: Annotated[int, setting("where the pages are served")] = 5006`.

docs/settings.md, docs/vigie.toml and `settings show` are made of it (`centre.setting_texts`), and values are checked by it
(`centre.setting_sources`).
"""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Meta

Reads = Literal["file", "folder"]
OnMap = Literal["zone", "centre"]
WEB = ("http", "https")  # what an address of a server may begin with
LINE = ("ws", "wss")  # the same for a websocket


def setting(
    meaning: str,
    *,
    default: str = "",
    example: Any = None,
    address: Sequence[str] = (),
    origin: bool = False,
    reads: Reads | None = None,
    names: OnMap | None = None,
    secret: bool = False,
    variable: str = "",
    **bounds: Any,
) -> Meta:
    """What a setting means, in one line.

    `default`: words for a default that its value does not say ("beside the log"); `example`: a value for a file to copy, where
    the default is none. Each of its values is an `address` that begins with one of these schemes, or an `origin`
    (`host:port`). `reads`: the path of what is only read, and must be there. `names`: its keys, or values, are of the map.
    `secret`: never shown. `variable`: its name in the environment, beside the plain one. `bounds` are those of `msgspec.Meta`.
    """
    facts = {
        "default": default,
        "example": example,
        "address": tuple(address),
        "origin": origin,
        "reads": reads,
        "names": names,
        "secret": secret,
        "variable": variable,
    }
    return Meta(description=meaning, extra=facts, **bounds)
