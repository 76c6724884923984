"""Of a stream that goes on for ever what is sealed has a key a month, so that it can end a month at a time.

Such a key is called after its stream and its month (`device/ID/2026-11`). It is erased as a stream of that name, which has no
record but that one; what is sealed in the other months stays.
"""

import re

GOING_ON = ("device/", "desk/")
_NAMED = re.compile(r"((?:device|desk)/[^/]*)/(\d{4}-\d\d)")


def key_of(stream: str, at: str) -> str:
    """What the key is called that seals a record of this time (RFC 3339 UTC)."""
    return f"{stream}/{at[:7]}" if stream.startswith(GOING_ON) else stream


def month_of_key(key: str) -> tuple[str, str]:
    """The stream and the month of a key; no month where it is the key of a whole stream."""
    named = _NAMED.fullmatch(key)
    return (named[1], named[2]) if named else (key, "")
