"""The master key: one file, from which every other key of the private store is derived or under which it is wrapped."""

import hmac
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from incidents.log import LogUnavailable
from incidents.log.copying import put_in_place
from incidents.log.regular_files import read_regular
from incidents.log.store import os_reason

KEY_BYTES = 32
NONCE_BYTES = 12

# So many bytes, for what: a key, a nonce, a name. The purpose says where it is used, once in each log.
Random = Callable[[int, str], bytes]


def fresh(size: int, purpose: str) -> bytes:
    """Bytes that nobody can foresee, whatever they are for: a live log takes no others."""
    return os.urandom(size)


def seeded(seed: bytes) -> Random:
    """Bytes (32 at most) that follow from a seed and their purpose alone, never from the order of the calls.

    For a replay, whose log must be the same each time it is made; whoever has the seed has the keys.
    """

    def derived(size: int, purpose: str) -> bytes:
        return hmac.digest(seed, purpose.encode(), "sha256")[:size]

    return derived


class KeyMismatch(Exception):
    """The master key is missing, unreadable, or not the one the private store was made with. Nothing was changed."""


class Master:
    """The master key in use. Its purposes have keys of their own (HKDF-SHA-256), so that no two share one."""

    def __init__(self, secret: bytes, random: Random) -> None:
        self._secret = secret
        self._random = random

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"vigie log 1 {purpose}".encode()).derive(self._secret)

    def box(self, purpose: str) -> "Box":
        """What seals and opens for one purpose."""
        return Box(self.key(purpose), self._random)


class Box:
    """AES-256-GCM under one key, a fresh random nonce of 12 bytes before each ciphertext."""

    def __init__(self, key: bytes, random: Random) -> None:
        self._cipher = AESGCM(key)
        self._random = random

    def seal(self, plain: bytes, context: str) -> bytes:
        """Nonce and ciphertext, bound to the context (AAD)."""
        nonce = self._random(NONCE_BYTES, f"nonce {context}")
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes. Raises `cryptography.exceptions.InvalidTag`."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())


def keyed_digest(key: bytes, text: str) -> bytes:
    """HMAC-SHA-256, 32 bytes."""
    return hmac.digest(key, text.encode(), "sha256")


def load(path: Path, random: Random, fits: Callable[[Master], bool] = lambda master: True) -> Master:
    """Of the keys in the file the first that fits, or the first: while they are rotated there are two. Raises `KeyMismatch`."""
    found = load_all(path, random)
    return next((master for master in found if fits(master)), found[0])


def load_all(path: Path, random: Random) -> list[Master]:
    """The keys in the file, 64 hex digits a line, the newest first. Raises `KeyMismatch`."""
    return [Master(secret, random) for secret in secrets_in(path)]


def secrets_in(path: Path) -> list[bytes]:
    """The keys as they stand in the file. Raises `KeyMismatch`."""
    try:
        found = [bytes.fromhex(line) for line in read_regular(path).decode("ascii").split()]
    except OSError as error:
        raise KeyMismatch(f"the master key cannot be read: {os_reason(error)}") from error
    except ValueError:
        found = []
    if not 1 <= len(found) <= 2 or any(len(secret) != KEY_BYTES for secret in found):
        raise KeyMismatch("the master key's file does not hold 64 hex digits")
    return found


def write_secrets(path: Path, secrets: Sequence[bytes]) -> None:
    """Put these keys in the place of the file, mode 0600, durably: it is whole at every moment. Raises OSError."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(file, b"".join(secret.hex().encode() + b"\n" for secret in secrets))
    finally:
        os.close(file)
    put_in_place(draft, path)


def make(path: Path, random: Random) -> None:
    """Write a new key, mode 0600, durably; an existing file stays as it is. Raises `LogUnavailable`."""
    try:
        if not path.exists():
            write_secrets(path, [random(KEY_BYTES, "master key")])
    except OSError as error:
        raise LogUnavailable(f"the master key: {os_reason(error)}") from error
