"""The sealed block of the degraded-mode file, in a format that common tools open: what `openssl enc` reads, and a seal over it.

The passphrase is stretched by PBKDF2-HMAC-SHA-256 to 96 bytes: key and IV of AES-256-CBC (as OpenSSL takes them), a check
value that tells a wrong passphrase from a changed file, and the key of an HMAC-SHA-256 over all of it. docs/degraded.md has
the format.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from incidents.events import stamp

ITERATIONS = 600_000  # OWASP's advice for PBKDF2-HMAC-SHA-256
LEAST_CHARACTERS = 12  # of a passphrase
LEAST_DIFFERENT = 5
_SALT = 8
_MAGIC = b"Salted__"  # of `openssl enc`
_BLOCK = re.compile(
    rb"^vigie-degraded: 1\r?\nwritten: (\S{20,30})\r?\ncheck: (\S{24})\r?\nmac: (\S{44})\r?\n"
    rb"-----BEGIN SEALED-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SEALED-----\r?$",
    re.MULTILINE,
)

Random = Callable[[int], bytes]


class SealError(Exception):
    """The block can't be opened: why, in words for whoever tries."""


class Opened(msgspec.Struct, frozen=True):
    """What was sealed, and when."""

    content: bytes
    written: datetime


def check_passphrase(passphrase: str) -> str:
    """The passphrase without its line end. Raises SealError when it is too short or too plain to keep anything."""
    words = passphrase.strip("\r\n")
    if len(words) < LEAST_CHARACTERS:
        raise SealError(f"the passphrase has fewer than {LEAST_CHARACTERS} characters")
    if len(set(words.casefold())) < LEAST_DIFFERENT:
        raise SealError(f"the passphrase has fewer than {LEAST_DIFFERENT} different characters")
    return words


def seal(content: bytes, passphrase: str, written: datetime, random: Random = secrets.token_bytes) -> str:
    """The block: header lines, and base64 between two marks. Raises SealError for a passphrase that is too short."""
    salt = random(_SALT)
    key, iv, check, mac_key = _keys(check_passphrase(passphrase), salt)
    padder, encryptor = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    raw = _MAGIC + salt + encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    text = base64.b64encode(raw).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    at = stamp(written)
    return "\n".join(
        [
            "vigie-degraded: 1",
            f"written: {at}",
            f"check: {base64.b64encode(check).decode()}",
            f"mac: {base64.b64encode(_mac(mac_key, at.encode(), raw)).decode()}",
            "-----BEGIN SEALED-----",
            *lines,
            "-----END SEALED-----",
        ]
    )


def written_at(file: bytes) -> datetime | None:
    """When a file says it was written, unproven; None when it is no such file."""
    found = _BLOCK.search(file)
    try:
        return datetime.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        return None


def open_sealed(file: bytes, passphrase: str) -> Opened:
    """What a file holds. Raises SealError: no such file or cut short, wrong passphrase, or changed since it was written."""
    found = _BLOCK.search(file)
    if found is None:
        raise SealError("it is no degraded-mode file, or it was cut short")
    try:
        written = datetime.fromisoformat(found[1].decode())
        wanted, mac = base64.b64decode(found[2], validate=True), base64.b64decode(found[3], validate=True)
        raw = base64.b64decode(b"".join(found[4].split()), validate=True)
    except ValueError:
        raise SealError("it was changed since it was written") from None
    if not raw.startswith(_MAGIC) or len(raw) < len(_MAGIC) + _SALT + 16 or len(raw) % 16:
        raise SealError("it was changed since it was written")
    key, iv, check, mac_key = _keys(passphrase.strip("\r\n"), raw[len(_MAGIC) : len(_MAGIC) + _SALT])
    if not hmac.compare_digest(check, wanted):
        raise SealError("the passphrase is wrong")
    if not hmac.compare_digest(mac, _mac(mac_key, found[1], raw)):
        raise SealError("it was changed since it was written")
    decryptor, unpadder = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor(), PKCS7(128).unpadder()
    padded = decryptor.update(raw[len(_MAGIC) + _SALT :]) + decryptor.finalize()
    return Opened(unpadder.update(padded) + unpadder.finalize(), written)


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Key, IV, check value, MAC key. `openssl enc -pbkdf2` takes the first 48 bytes; PBKDF2's later blocks don't change them."""
    words = unicodedata.normalize("NFC", passphrase).encode()
    made = hashlib.pbkdf2_hmac("sha256", words, salt, ITERATIONS, 96)
    return made[:32], made[32:48], made[48:64], made[64:]


def _mac(key: bytes, written: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, b"vigie-degraded: 1\n" + written + b"\n" + raw, "sha256")
