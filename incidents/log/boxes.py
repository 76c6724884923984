"""What seals and opens in the private store under one master key."""

import base64
import contextlib
import sqlite3

from cryptography.exceptions import InvalidTag

from incidents.log.master import Master, keyed_digest


class Boxes:
    """What seals and opens under one master key."""

    def __init__(self, master: Master) -> None:
        self.secrets = master.box("secrets")
        self.wrap = master.box("stream keys")
        self.names = master.box("names")
        self.name_key = master.key("name digests")
        self.quarantine = master.box("quarantine")
        self.columns_key = master.key("columns")
        self.views = master.box("views")

    def opens(self, secret: bytes | None) -> bool:
        """Whether the store's own secret is sealed under it: what is new is."""
        with contextlib.suppress(InvalidTag, TypeError, ValueError):
            return bool(self.secrets.open(secret or b"", "id key"))
        return False

    def named(self, pseudonym: str, name: str) -> tuple[str, bytes, bytes]:
        """The row of a person's name."""
        return pseudonym, keyed_digest(self.name_key, name), self.names.seal(name.encode(), pseudonym)


def secret_in(db: sqlite3.Connection) -> bytes | None:
    """The private store's own secret, as it is sealed; None where there is none."""
    row = db.execute("SELECT sealed FROM secrets WHERE name = 'id key'").fetchone()
    return bytes(row[0]) if row else None


def word_of(raw: bytes) -> str:
    """Random bytes as letters and digits."""
    return base64.b32encode(raw).decode().rstrip("=").lower()
