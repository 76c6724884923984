"""The tables of the accounts' file, and how a file of an older version comes to have them."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from dashboard.access.codes import SEALED, code_rewrapped
from dashboard.access.rules import AccountError
from incidents.log.master import Master
from incidents.log.regular_files import NO_FILE, is_another, second_name

# As they are written: a file of an older version may have them in another order.
COLUMNS = "key, name, roles, zone, hash, totp, totp_used, break_glass, disabled, generation, subject, preferences"
_SCHEMA = (
    "CREATE TABLE accounts (key TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL, zone TEXT NOT NULL, "
    "hash TEXT NOT NULL, totp TEXT NOT NULL, totp_used INTEGER NOT NULL, break_glass INTEGER NOT NULL, "
    "disabled INTEGER NOT NULL, generation INTEGER NOT NULL, subject TEXT NOT NULL DEFAULT '', "
    "preferences TEXT NOT NULL DEFAULT '') STRICT",
    "CREATE TABLE browsers (digest BLOB PRIMARY KEY, page BLOB NOT NULL, key TEXT NOT NULL, generation INTEGER NOT NULL, "
    "since REAL NOT NULL, seen REAL NOT NULL, expires REAL NOT NULL) STRICT",
)
FORMAT = 1  # 0: a file of before its format was written down, read as 1
APPLICATION = 0x56494755  # "VIGU"
WAIT_S = 10.0  # for another process that holds the file


def make_or_check(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables in an empty file, or see that they are there. Raises AccountError when it is another file, or damaged."""
    if (damage := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise AccountError(f"{path} is damaged: {damage.splitlines()[0]}")
    found = db.execute("PRAGMA application_id").fetchone()[0]
    if found == 0 and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
        for statement in _SCHEMA:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {FORMAT}")
    elif found != APPLICATION:
        raise AccountError(f"{path} is no file of accounts")
    elif (format_ := db.execute("PRAGMA user_version").fetchone()[0]) > FORMAT:
        raise AccountError(f"{path} was written by a newer Vigie (format {format_}, this one knows {FORMAT})")
    else:
        known = {column[1] for column in db.execute("PRAGMA table_info(accounts)")}
        for new in ("subject", "preferences"):  # what versions before did not keep
            if new not in known:
                db.execute(f"ALTER TABLE accounts ADD COLUMN {new} TEXT NOT NULL DEFAULT ''")


def fits(users: Path, master: Master) -> bool:
    """Whether codes of this file of accounts open under this key, or there are none. Raises AccountError."""
    with _opened(users, "ro") as db:
        kept = _kept(db)
    return not kept or any(code_rewrapped(account, secret, master, master) for account, secret in kept)


def rotate(users: Path, old: Master, new: Master) -> None:
    """Seal under the new key each secret that the old one opens, in one transaction. Raises AccountError."""
    with _opened(users, "rw") as db:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("BEGIN IMMEDIATE")
        for account, kept in _kept(db):
            if anew := code_rewrapped(account, kept, old, new):
                db.execute("UPDATE accounts SET totp = ? WHERE key = ?", (anew, account))
        db.execute("COMMIT")


@contextlib.contextmanager
def _opened(users: Path, mode: str) -> Iterator[sqlite3.Connection]:
    address = f"{users.absolute().as_uri()}?mode={mode}"
    if why := NO_FILE if is_another(users) else second_name(users) if mode == "rw" else "":
        raise AccountError(f"{users}: {why}")
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None)) as db:
            yield db
    except sqlite3.Error as error:
        raise AccountError(f"{users}: {error}") from None


def _kept(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("SELECT key, totp FROM accounts WHERE totp LIKE ?", (f"{SEALED}%",)).fetchall()
