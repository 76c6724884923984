"""The secrets of sign-in codes (TOTP), sealed: who reads the accounts' file, or a copy of it, can't make a code.

Sealed under the master key of `key_file`, else of a key file beside the accounts (`vigie.users.key`), made when the first secret
is kept. A secret is bound to its account. Without the key, or with another one, no code can be checked, and none is right.
"""

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidTag

from incidents.log.master import Box, KeyMismatch, fresh, load, make
from incidents.log.store import beside

_SEALED = "sealed 1 "  # no base32, which a secret in clear is


class CodeSecrets:
    """Seals and opens the secrets of one file of accounts. The key is read each time: it may come back."""

    def __init__(self, users: Path, key_file: Path | None) -> None:
        self.key_file = key_file or beside(users, ".key")

    def seal(self, account: str, secret: str) -> str:
        """A secret as it is kept. Raises KeyMismatch, and LogUnavailable when the key can't be made."""
        make(self.key_file, fresh)
        return _SEALED + base64.b64encode(self._box().seal(secret.encode(), _bound(account))).decode()

    def open(self, account: str, kept: str) -> str:
        """The secret (base32), "" for an account without one. Raises KeyMismatch."""
        if not kept.startswith(_SEALED):
            return kept
        try:
            return self._box().open(base64.b64decode(kept[len(_SEALED) :], validate=True), _bound(account)).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise KeyMismatch("the code's secret was sealed under another key, or is damaged") from None

    @staticmethod
    def in_clear(kept: str) -> bool:
        """Whether it is a secret that an older version kept as it is."""
        return bool(kept) and not kept.startswith(_SEALED)

    def _box(self) -> Box:
        return load(self.key_file, fresh).box("sign-in codes")


def _bound(account: str) -> str:
    return f"code of {account}"
