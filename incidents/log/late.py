"""Private stores that stand in for one: of a log for which there is no room yet, and of one whose keys are not at hand.

A desk that starts where nothing can be written begins as one whose disk is full: with keys in memory, which are the log's own as
soon as its files can be made.
"""

from pathlib import Path
from typing import Self

from incidents.log import LogUnavailable, Record
from incidents.log.master import KEY_BYTES, Master, Random, fresh
from incidents.log.regular_files import read_regular
from incidents.log.store import beside, holds_bytes, os_reason
from incidents.log.vault import Vault

_KEPT = ("master key", "id key")  # what was given out under these has to hold when the files are made


class LateVault(Vault):
    """Make it with `late`; `make` makes its files when that can be done. Until then nothing sealed by it is anywhere."""

    _stands = False

    @classmethod
    def late(cls, log: Path) -> Self:
        """With fresh keys, before there is a file."""
        random = _remembering()
        master = Master(random(KEY_BYTES, "master key"), random)
        return cls(beside(log, ".private"), [master], random, key_path=beside(log, ".key"))

    def make(self, log: Path) -> None:
        """Make the files of the log's private store that are not there yet. Raises `LogUnavailable`.

        A disk that was mounted meanwhile may have brought another log: nothing is written to that one.
        """
        if not self._stands:
            try:
                another = any(holds_bytes(log)) and not self._is_ours(beside(log, ".key"))
            except OSError as error:
                raise LogUnavailable(f"the log: {os_reason(error)}") from error
            if another:
                raise LogUnavailable("the log: another lies there; start Vigie anew")
        self._made(log, None, self._random)
        self._stands = True

    def _is_ours(self, key: Path) -> bool:
        ours = self._random(KEY_BYTES, "master key").hex()
        return key.exists() and ours.encode() in read_regular(key)

    def _load_id_key(self) -> bytes:
        return self._random(KEY_BYTES, "id key")

    def _pseudonym_of(self, name: str) -> str | None:
        try:
            return super()._pseudonym_of(name)
        except LogUnavailable:  # there is no file, so nobody has a name in it
            return None


def _remembering() -> Random:
    given: dict[str, bytes] = {}

    def random(size: int, purpose: str) -> bytes:
        return given.setdefault(purpose, fresh(size, purpose)) if purpose in _KEPT else fresh(size, purpose)

    return random


class NoVault(Vault):
    """Stands for the private store of a log whose keys are not at hand: nothing sealed opens, nobody has a name."""

    def __init__(self) -> None:
        pass

    def unseal(self, record: Record) -> bytes | None:
        return None if record.sealed else b""

    def name_of(self, pseudonym: str) -> str | None:
        return None

    def disclose(self, stream: str) -> str:
        return ""

    def close(self, *, settled: bool = False) -> None:
        pass
