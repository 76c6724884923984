"""The address of what somebody looks at (a view): a word that reveals nothing, to be sent to a colleague, who must be allowed to
open it.

The view is sealed under a key derived from the log's master key: only the centre that made an address can read it, and a changed
one says so. Padded, so that its length tells little.
"""

import base64
import binascii
from collections.abc import Callable
from typing import TypeVar

import msgspec

PAD = 256  # bytes: views of about the same length look the same
LONGEST = 64 * 1024

V = TypeVar("V", bound=msgspec.Struct)


class Unreadable(Exception):
    """The address was not made by this centre, or was changed on its way."""


def address(view: msgspec.Struct, seal: Callable[[bytes], bytes]) -> str:
    """The word for a view, of letters, digits, - and _."""
    plain = msgspec.json.encode(view)
    padded = plain + b" " * (-len(plain) % PAD)
    return base64.urlsafe_b64encode(seal(padded)).decode().rstrip("=")


def opened(word: str, unseal: Callable[[bytes], bytes | None], kind: type[V]) -> V:
    """The view of this kind behind a word. Raises Unreadable."""
    if len(word) > LONGEST:
        raise Unreadable
    try:
        plain = unseal(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        if plain is None:
            raise Unreadable
        return msgspec.json.decode(plain, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise Unreadable from None
