"""A message of a page as the server takes it: bounded, and a mapping that says what it asks."""

from typing import Any

import msgspec

MAX_MESSAGE = 64 * 1024  # characters of one message of a page


class Malformed(Exception):
    """A page sent something that is no message."""


def message(text: object, longest: int = MAX_MESSAGE) -> dict[str, Any]:
    """A page's message as a mapping with a string `do`. Raises `Malformed`."""
    if not isinstance(text, str) or len(text) > longest:
        raise Malformed
    try:
        found = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        raise Malformed from None
    if not isinstance(found.get("do"), str):
        raise Malformed
    return found
