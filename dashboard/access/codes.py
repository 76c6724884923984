"""The secrets of sign-in codes (TOTP), sealed: who reads the accounts' file, or a copy of it, can't make a code.

Sealed under the master key of `key_file`, else of a key file beside the accounts (`vigie.users.key`), made when the first secret
is kept. A secret is bound to its account. Without the key, or with another one, no code can be checked, and none is right.
"""

import base64
import binascii
import contextlib
from pathlib import Path

from cryptography.exceptions import InvalidTag

from incidents.log.master import Box, KeyMismatch, Master, fresh, load_all, make
from incidents.log.rotation import rewrapped
from incidents.log.store import beside

_PURPOSE = "sign-in codes"
SEALED = "sealed 1 "  # no base32, which a secret in clear is


class CodeSecrets:
    """Seals and opens the secrets of one file of accounts. The key is read each time: it may come back."""

    def __init__(self, users: Path, key_file: Path | None) -> None:
        self.key_file = key_file or beside(users, ".key")

    def seal(self, account: str, secret: str) -> str:
        """A secret as it is kept. Raises KeyMismatch, and LogUnavailable when the key can't be made."""
        make(self.key_file, fresh)
        return SEALED + base64.b64encode(self._boxes()[0].seal(secret.encode(), _bound(account))).decode()

    def open(self, account: str, kept: str) -> str:
        """The secret (base32), "" for an account without one. Raises KeyMismatch."""
        if not kept.startswith(SEALED):
            return kept
        try:
            sealed = base64.b64decode(kept[len(SEALED) :], validate=True)
            for box in self._boxes():
                with contextlib.suppress(InvalidTag):
                    return box.open(sealed, _bound(account)).decode()
            raise InvalidTag
        except (InvalidTag, binascii.Error, ValueError):
            raise KeyMismatch("the code's secret was sealed under another key, or is damaged") from None

    @staticmethod
    def in_clear(kept: str) -> bool:
        """Whether it is a secret that an older version kept as it is."""
        return bool(kept) and not kept.startswith(SEALED)

    def _boxes(self) -> list[Box]:
        """Of the key in force, and while it is rotated of the one before."""
        return [master.box(_PURPOSE) for master in load_all(self.key_file, fresh)]


def code_rewrapped(account: str, kept: str, old: Master, new: Master) -> str:
    """A secret as it is kept, sealed under another key; "" for what the old one does not open."""
    try:
        sealed = base64.b64decode(kept[len(SEALED) :], validate=True)
    except (binascii.Error, ValueError):
        return ""
    anew = rewrapped(old.box(_PURPOSE), new.box(_PURPOSE), sealed, _bound(account))
    return SEALED + base64.b64encode(anew).decode() if anew is not None else ""


def _bound(account: str) -> str:
    return f"code of {account}"
