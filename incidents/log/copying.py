"""A copy of an SQLite file in use, as it is at one moment, and files that are copied durably."""

import contextlib
import errno
import hashlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec

from incidents.log.regular_files import open_regular
from incidents.log.store import Store

Progress = Callable[[int], None]  # bytes that were copied since it was called last

_PAGES = 2048
_BYTES = 1 << 20
_SIGNATURE = b"SQLite format 3\0"


class Header(msgspec.Struct, frozen=True):
    """What an SQLite file says of itself (https://www.sqlite.org/fileformat.html#the_database_header)."""

    application: int
    version: int


def header(path: Path) -> Header | None:
    """The header, read without SQLite; None for another file. Raises OSError."""
    with open_regular(path) as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(_SIGNATURE):
        return None
    return Header(int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big"))


def copy_database(source: Path, target: Path, name: str, told: Progress = lambda size: None) -> None:
    """Copy an SQLite file by its own backup, whatever is written meanwhile, into a new file (mode 0600), durably.

    One read transaction holds from the first page to the last: with a WAL it keeps no writer waiting, and no write has the
    copying begin anew, as any does between the steps of a backup without one. `name` is what reasons call the file.
    Raises `LogUnavailable`, and OSError.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with Store(source, name, writing=False) as store, store.use() as db:
        size, left = db.execute("PRAGMA page_size").fetchone()[0], 0

        def step(status: int, remaining: int, total: int) -> None:
            nonlocal left
            told(max(0, (left or total) - remaining) * size)
            left = remaining

        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # it is made durable once, as a whole
            db.execute("BEGIN")
            db.execute("SELECT 1 FROM sqlite_schema").fetchone()
            db.backup(copy, pages=_PAGES, progress=step)
            db.execute("COMMIT")
    make_durable(target)


def copy_file(source: Path, target: Path, told: Progress = lambda size: None) -> str:
    """Copy an ordinary file's bytes into a new one (mode 0600), durably; their SHA-256 (hex). Raises OSError."""
    digest = hashlib.sha256()
    with (
        open_regular(source) as file,
        os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as copy,
    ):
        while block := file.read(_BYTES):
            digest.update(block)
            copy.write(block)
            told(len(block))
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def sha256_of(path: Path, told: Progress = lambda size: None) -> str:
    """The SHA-256 (hex) of an ordinary file. Raises OSError."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(_BYTES):
            digest.update(block)
            told(len(block))
    return digest.hexdigest()


def put_in_place(draft: Path, path: Path) -> None:
    """Put a file in the place of another, durably: after a power cut the one is there or the other, whole. Raises OSError."""
    make_durable(draft)
    draft.replace(path)
    make_durable(path.parent)


def placeable(path: Path) -> None:
    """Raise the OSError with which a file can't be put there."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def make_durable(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder. Raises OSError."""
    if (folder := path.is_dir()) and os.name != "posix":  # elsewhere a folder can't be opened
        return
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
