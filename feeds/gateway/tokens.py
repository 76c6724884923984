"""The bearer tokens of who may post: a file of one a line, several while one is replaced by the next."""

import hashlib
import hmac
import logging
import os
import stat
from pathlib import Path

from incidents.log.regular_files import read_regular

SHORTEST = 16  # characters

_logger = logging.getLogger(__name__)


class TokensError(Exception):
    """The tokens' file can't be used: why."""


class Tokens:
    """The tokens of a file (UTF-8, lines that begin with # say nothing), readable by its owner only. Raises TokensError.

    A changed file is in force at once; one that can't be used any more, also as others may read it now, leaves those of before
    in force, and it is said.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] | None = None
        self._digests = self._read()

    def know(self, header: str) -> bool:
        """Whether an `Authorization` header bears one of them; it takes as long for each."""
        self._look()
        scheme, _, token = header.partition(" ")
        offered = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).digest()
        known = [hmac.compare_digest(offered, digest) for digest in self._digests]
        return scheme.lower() == "bearer" and any(known)

    def _look(self) -> None:
        try:
            found = self._path.stat()
            if _facts(found) != self._seen:
                self._digests = self._read()
        except (OSError, TokensError) as error:
            if self._seen is not None:
                _logger.error(
                    "the tokens of before stay in force: %s", error if isinstance(error, TokensError) else "no file"
                )
            self._seen = None

    def _read(self) -> tuple[bytes, ...]:
        try:
            found = self._path.stat()
            lines = read_regular(self._path).decode().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise TokensError(f"{self._path}: it can't be read ({type(error).__name__})") from None
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise TokensError(f"{self._path}: others may read it; chmod 600 it")
        tokens = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not tokens or any(len(token) < SHORTEST or not token.isascii() or " " in token for token in tokens):
            raise TokensError(f"{self._path}: a token a line, {SHORTEST} ASCII characters at least")
        self._seen = _facts(found)
        return tuple(hashlib.sha256(token.encode()).digest() for token in tokens)


def _facts(found: os.stat_result) -> tuple[int, ...]:
    """What tells a file that was changed from one that was not."""
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
