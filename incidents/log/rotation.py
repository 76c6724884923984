"""A new master key for a private store in use: everything in it is wrapped anew, a little at a time, while its desk serves.

Both keys stand in the key file meanwhile. First the store's own secret goes over: from then on whoever writes seals under the new
key (`PrivateStore`, in its transactions). Then row after row, each where it stands and of the same size, so that nothing of the
old wrapping is left in the file. Killed anywhere, each row opens under one key or the other, and calling it again does the rest.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidTag

from incidents.log import LogDamaged, LogUnavailable
from incidents.log.boxes import Boxes, secret_in
from incidents.log.master import Box, KeyMismatch, Master
from incidents.log.private_file import NAME, truncate
from incidents.log.store import Store, beside

_ROWS = 128  # of keys in one transaction: some milliseconds, in which a press waits
_BYTES = 1 << 20  # of quarantine in one
_PAUSE_S = 0.01  # in which others write
PATIENCE_S = 60.0

T = TypeVar("T")


def fits(log: Path, master: Master) -> bool:
    """Whether the private store's own secret opens under this key. Raises `LogUnavailable`."""
    with Store(beside(log, ".private"), NAME, writing=False) as store, store.use() as db:
        return Boxes(master).opens(secret_in(db))


def rotate(log: Path, old: Master, new: Master) -> None:
    """Wrap under the new key whatever the old one opens. Raises `KeyMismatch` and `LogUnavailable`."""
    before, after = Boxes(old), Boxes(new)
    with Store(beside(log, ".private"), NAME, writing=True) as store:
        patiently(lambda: _secret_and_names(store, before, after))
        for some in (_keys, _quarantine):
            last: int | None = 0
            while last is not None:
                last = patiently(lambda some=some, last=last: some(store, before, after, last))  # type: ignore[misc]
                time.sleep(_PAUSE_S)

        def emptied() -> None:  # the WAL, where the old wrapping still stands
            with store.use() as db:
                truncate(db)

        patiently(emptied)


def patiently(work: Callable[[], T]) -> T:
    """Do it, though another process holds the file for a while. Raises `LogUnavailable`."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return work()
        except LogDamaged:
            raise
        except LogUnavailable as error:
            if "another process" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(_PAUSE_S)


def rewrapped(was: Box, now: Box, sealed: bytes, context: str) -> bytes | None:
    """Sealed anew, in as many bytes; None for what the old key does not open."""
    try:
        return now.seal(was.open(sealed, context), context)
    except (InvalidTag, ValueError):
        return None


def _secret_and_names(store: Store, before: Boxes, after: Boxes) -> None:
    with store.use() as db:
        db.execute("BEGIN IMMEDIATE")
        secret = secret_in(db)
        if not after.opens(secret):
            if not before.opens(secret):
                raise KeyMismatch("neither key in the file is the one this private store was made with")
            sealed = rewrapped(before.secrets, after.secrets, secret or b"", "id key")
            db.execute("UPDATE secrets SET sealed = ? WHERE name = 'id key'", (sealed,))
        for word, sealed in db.execute("SELECT pseudonym, sealed FROM actors").fetchall():
            try:
                name = before.names.open(sealed, word).decode()
            except (InvalidTag, ValueError):  # forgotten, or done already
                continue
            _, digest, anew = after.named(word, name)
            db.execute("UPDATE actors SET digest = ?, sealed = ? WHERE pseudonym = ?", (digest, anew, word))
        db.execute("COMMIT")


def _keys(store: Store, before: Boxes, after: Boxes, last: int) -> int | None:
    """Some more rows: the number of the last of them, None after the end."""
    with store.use() as db:
        db.execute("BEGIN IMMEDIATE")
        query = "SELECT n, stream, wrapped FROM keys WHERE n > ? ORDER BY n LIMIT ?"
        rows = db.execute(query, (last, _ROWS)).fetchall()
        anew = [(rewrapped(before.wrap, after.wrap, wrapped, stream), n) for n, stream, wrapped in rows]
        db.executemany("UPDATE keys SET wrapped = ? WHERE n = ?", [one for one in anew if one[0] is not None])
        db.execute("COMMIT")
    return rows[-1][0] if rows else None


def _quarantine(store: Store, before: Boxes, after: Boxes, last: int) -> int | None:
    with store.use() as db:
        db.execute("BEGIN IMMEDIATE")
        rows = _up_to(db, last)
        for n, feed, at, sealed in rows:
            anew = rewrapped(before.quarantine, after.quarantine, sealed, f"{feed} {at}")
            if anew is not None:
                db.execute("UPDATE quarantine SET sealed = ? WHERE n = ?", (anew, n))
        db.execute("COMMIT")
    return rows[-1][0] if rows else None


def _up_to(db: sqlite3.Connection, last: int) -> list[tuple[int, str, str, bytes]]:
    """The next rows that hold so many bytes together, one at least."""
    found, size = [], 0
    for row in db.execute("SELECT n, feed, at, sealed FROM quarantine WHERE n > ? ORDER BY n", (last,)):
        found.append(row)
        size += len(row[3])
        if size >= _BYTES:
            break
    return found
