"""The secrets of sign-in codes (TOTP), sealed: who reads the accounts' file, or a copy of it, can't make a code.

Sealed under the master key of `key_file`, else of a key file beside the accounts (`vigie.users.key`), made when the first secret
is kept. A secret is bound to its account. Without the key, or with another one, no code can be checked, and none is right.
"""

import base64
import binascii
import contextlib
import sqlite3
from pathlib import Path

from cryptography.exceptions import InvalidTag

from incidents.log.master import Box, KeyMismatch, Master, fresh, load_all, make
from incidents.log.rotation import rewrapped
from incidents.log.store import beside

_PURPOSE = "sign-in codes"
_WAIT_S = 10.0
_SEALED = "sealed 1 "  # no base32, which a secret in clear is


class CodeSecrets:
    """Seals and opens the secrets of one file of accounts. The key is read each time: it may come back."""

    def __init__(self, users: Path, key_file: Path | None) -> None:
        self.key_file = key_file or beside(users, ".key")

    def seal(self, account: str, secret: str) -> str:
        """A secret as it is kept. Raises KeyMismatch, and LogUnavailable when the key can't be made."""
        make(self.key_file, fresh)
        return _SEALED + base64.b64encode(self._boxes()[0].seal(secret.encode(), _bound(account))).decode()

    def open(self, account: str, kept: str) -> str:
        """The secret (base32), "" for an account without one. Raises KeyMismatch."""
        if not kept.startswith(_SEALED):
            return kept
        try:
            sealed = base64.b64decode(kept[len(_SEALED) :], validate=True)
            for box in self._boxes():
                with contextlib.suppress(InvalidTag):
                    return box.open(sealed, _bound(account)).decode()
            raise InvalidTag
        except (InvalidTag, binascii.Error, ValueError):
            raise KeyMismatch("the code's secret was sealed under another key, or is damaged") from None

    @staticmethod
    def in_clear(kept: str) -> bool:
        """Whether it is a secret that an older version kept as it is."""
        return bool(kept) and not kept.startswith(_SEALED)

    def _boxes(self) -> list[Box]:
        """Of the key in force, and while it is rotated of the one before."""
        return [master.box(_PURPOSE) for master in load_all(self.key_file, fresh)]


def fits(users: Path, master: Master) -> bool:
    """Whether the codes of this file of accounts open under this key. Raises sqlite3.Error."""
    with contextlib.closing(_connected(users, "ro")) as db:
        return all(_rewrapped(account, kept, master, master) for account, kept in _kept(db))


def rotate(users: Path, old: Master, new: Master) -> None:
    """Seal under the new key each secret that the old one opens, in one transaction. Raises sqlite3.Error."""
    with contextlib.closing(_connected(users, "rw")) as db:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("BEGIN IMMEDIATE")
        for account, kept in _kept(db):
            if anew := _rewrapped(account, kept, old, new):
                db.execute("UPDATE accounts SET totp = ? WHERE key = ?", (anew, account))
        db.execute("COMMIT")


def _connected(users: Path, mode: str) -> sqlite3.Connection:
    address = f"{users.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None)


def _kept(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("SELECT key, totp FROM accounts WHERE totp LIKE ?", (f"{_SEALED}%",)).fetchall()


def _rewrapped(account: str, kept: str, old: Master, new: Master) -> str:
    """Sealed anew; "" for what the old key does not open."""
    try:
        sealed = base64.b64decode(kept[len(_SEALED) :], validate=True)
    except (binascii.Error, ValueError):
        return ""
    anew = rewrapped(old.box(_PURPOSE), new.box(_PURPOSE), sealed, _bound(account))
    return _SEALED + base64.b64encode(anew).decode() if anew is not None else ""


def _bound(account: str) -> str:
    return f"code of {account}"
