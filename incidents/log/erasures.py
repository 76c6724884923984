"""The register of what was erased: a file of its own, apart from log and backups, that says which streams' keys must be gone.

A backup of before an erasure holds the key and knows nothing of the erasure; this file does. A line is `N AT MAC STREAM`, added
and on the disk before the key goes, never changed. `MAC` is HMAC-SHA-256 over the rest of the line under a key of the private
store: the register of another log is none, a line that was changed does not count, one that was taken out leaves a gap in `N`.
How far it had come (`mark_of`) stands elsewhere too: a register whose end was cut off, or an older one, has not that line.
No line says more than the log does. The stream `actor/PSEUDONYM` stands for a name that was forgotten.
"""

import errno
import hmac
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from incidents.log import LogUnavailable
from incidents.log.copying import make_durable
from incidents.log.regular_files import open_regular, second_name
from incidents.log.store import beside, os_reason

_HEAD = (0, "-", "vigie erased 1")
ACTOR = "actor/"
_LONGEST = 4096  # bytes of a line
_MARK = 12  # hex digits of a MAC: 48 bits beside the number
AGAIN = "erased-again/"  # what the id of an erasure begins with that only repeats one


class ErasuresFound(msgspec.Struct, frozen=True, kw_only=True):
    """What the file holds: for each stream when it was last erased. `bad`: how many lines do not hold or are missing."""

    newest: dict[str, str]
    lines: int
    size: int
    bad: int = 0


class NoRegister(Exception):
    """There is no register of this log at the path: the message says why."""


class Erasures:
    """The register at `path`, of the log whose private store gave `key` (32 bytes)."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._read: tuple[tuple[int, int, int], ErasuresFound] | None = None  # of a night that erases thousands

    def read(self) -> ErasuresFound:
        """All that holds; the end of a line that a kill cut off is none. Raises `NoRegister`."""
        newest: dict[str, str] = {}
        lines = size = bad = 0
        try:
            with open_regular(self.path) as file:
                for raw in _whole(file):
                    n, at, mac, stream = _parts(raw)
                    holds = hmac.compare_digest(mac.encode(), self._mac(n, at, stream).encode())
                    if not size and (n, at, stream) != _HEAD:
                        raise NoRegister("it is no register of what was erased")
                    if not size and not holds:
                        raise NoRegister("it is the register of another log")
                    if holds and size:
                        newest[stream] = max(at, newest.get(stream, ""))
                    bad += 0 if holds else 1
                    bad += max(0, n - lines - 1) if holds else 0
                    lines = max(lines + (0 if holds else 1), n if holds else 0)
                    size += len(raw)
        except OSError as error:
            raise NoRegister(os_reason(error)) from None
        if not size:
            raise NoRegister("it is empty")
        return ErasuresFound(newest=newest, lines=lines, size=size, bad=bad)

    def wanting(self, recorded: Sequence[tuple[str, str, str]], marks: Collection[str] = ()) -> str:
        """Why what was erased could come back although there is this register, given the log's erasures; "" where it can't.

        `marks`: how far it is known to have come (`mark_of`).
        """
        try:
            found = self.read()
            if short := next((mark for mark in marks if not self._has(mark)), ""):
                return f"it is older than what was written down of it, or another server's: it has no line {short}"
        except NoRegister as error:
            return str(error)
        except OSError as error:
            return os_reason(error)
        if found.bad:
            return f"{found.bad} lines do not hold or are missing"
        own = [(stream, at) for stream, at, record_id in recorded if not record_id.startswith(AGAIN)]
        older = sum(found.newest.get(stream, "") < at for stream, at in own)
        return f"it is older than the log, which records {older} more" if older else ""

    def _has(self, mark: str) -> bool:
        """Whether the line stands in it of which somebody wrote down the number and how its MAC begins. Raises OSError."""
        with open_regular(self.path) as file:
            for n, at, mac, stream in map(_parts, _whole(file)):
                if f"{n}-{mac[:_MARK]}" == mark:
                    return hmac.compare_digest(mac.encode(), self._mac(n, at, stream).encode())
        return False

    def begin(self) -> None:
        """Make it where there is none. Raises `LogUnavailable`."""
        try:
            if not self.path.exists() or not self.path.stat().st_size:
                self._write(self._line(*_HEAD), 0)
                make_durable(self.path.parent)
        except OSError as error:
            raise LogUnavailable(f"the register of what was erased: {os_reason(error)}") from None

    def add(self, erased: Mapping[str, str]) -> None:
        """Have the disk keep that these streams are erased, and when. Raises `LogUnavailable`: then nothing may be erased."""
        self.begin()
        try:
            found = self._now()
        except NoRegister as error:
            raise LogUnavailable(f"the register of what was erased: {error}; nothing is erased without it") from None
        new = [one for one in erased.items() if found.newest.get(one[0], "") < one[1]]
        lines = b"".join(self._line(n, at, stream) for n, (stream, at) in enumerate(new, found.lines + 1))
        self._read = None
        try:
            if lines:
                self._write(lines, found.size)
            found.newest.update(new)
            size, count = found.size + len(lines), found.lines + len(new)
            self._read = self._mark(), msgspec.structs.replace(found, lines=count, size=size)
        except OSError as error:
            raise LogUnavailable(f"the register of what was erased: {os_reason(error)}") from None

    def _now(self) -> ErasuresFound:
        """As `read`; a file that is as we left it is not read again. Raises `NoRegister`."""
        try:
            if self._read is not None and self._read[0] == self._mark():
                return self._read[1]
        except OSError as error:
            raise NoRegister(os_reason(error)) from None
        return self.read()

    def _mark(self) -> tuple[int, int, int]:
        found = self.path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _write(self, lines: bytes, end: int) -> None:
        """At the end of what holds; half a line that a kill left there goes."""
        if why := second_name(self.path):
            raise OSError(errno.EMLINK, why, str(self.path))
        file = os.open(self.path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            os.ftruncate(file, end)
            os.lseek(file, end, os.SEEK_SET)
            while lines:
                lines = lines[os.write(file, lines) :]
            os.fsync(file)
        finally:
            os.close(file)

    def _line(self, n: int, at: str, stream: str) -> bytes:
        return f"{n} {at} {self._mac(n, at, stream)} {stream}\n".encode()

    def _mac(self, n: int, at: str, stream: str) -> str:
        return hmac.digest(self._key, f"{n} {at} {stream}".encode(errors="replace"), "sha256").hex()


def mark_of(path: Path) -> str:
    """How far a register has come, to be written down: `N-MAC` of its last line; "" where nobody can say. It needs no key."""
    try:
        with open_regular(path) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 2 * _LONGEST))
            lines = file.read().split(b"\n")[:-1]  # half a line is none
    except OSError:
        return ""
    n, _, mac, _ = _parts(lines[-1]) if lines else (-1, "", "", "")
    return f"{n}-{mac[:_MARK]}" if n >= 0 else ""


def register_beside(log: Path) -> Path:
    """Where the register lies unless a setting says otherwise."""
    return beside(log, ".erased")


def _whole(file: BinaryIO) -> Iterator[bytes]:
    """Its lines up to the one that a kill cut off; of one that is too long, a piece at a time."""
    while (raw := file.readline(_LONGEST)) and (raw.endswith(b"\n") or len(raw) == _LONGEST):
        yield raw


def _parts(raw: bytes) -> tuple[int, str, str, str]:
    """Number, time, MAC and stream of a line, whatever it is."""
    n, at, mac, stream = (*raw.decode(errors="replace").rstrip("\n").split(" ", 3), "", "", "", "")[:4]
    return int(n) if n.isascii() and n.isdigit() and len(n) < 16 else -1, at, mac, stream
