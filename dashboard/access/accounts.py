"""The accounts of a centre: one SQLite file that only its owner may read. Passwords are kept as argon2id hashes alone, the
secrets of codes sealed (`dashboard.access.codes`).

What was read last goes on being used when the file can't be read: a disk that fails keeps nobody from signing in.
"""

import base64
import contextlib
import hmac
import logging
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import msgspec
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from argon2.profiles import RFC_9106_LOW_MEMORY

from dashboard.access.codes import CodeSecrets
from dashboard.access.rules import LONGEST, Account, AccountError, check_name, check_password, check_roles, clean
from dashboard.access.schema import COLUMNS, make_or_check
from dashboard.shell.preferences import Preferences, read, written
from incidents.exclusion import key_of
from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch
from incidents.log.regular_files import NO_FILE, is_another, second_name
from incidents.log.store import os_reason
from incidents.roles import ROLES

TOTP_S = 30  # RFC 6238
WAIT_S = 5.0  # for another process that writes the file

_DAY_STEPS = 24 * 3600 // TOTP_S

_logger = logging.getLogger(__name__)


class _Row(msgspec.Struct, frozen=True):
    account: Account
    hash: str
    totp: str
    totp_used: int


First = Callable[[str, str], object]  # with an account's mark before a change and after it, "" for none


def _mark(row: _Row | None) -> str:
    """What tells an account as it stands from every other, of its name too, that was made elsewhere; "" without a password here.

    The hash is of a drawn salt: who has no hash learns nothing of the password.
    """
    if row is None or not row.hash:
        return ""
    one = row.account
    facts = (key_of(one.name), *sorted(one.roles), one.zone, one.totp, one.break_glass, one.disabled)
    return hmac.digest(row.hash.encode(), msgspec.json.encode(facts), "sha256").hex()[:32]


class Accounts:
    """The open file. Its methods may be called from any thread; those that hash take about 0.1 s of a processor."""

    _mode = "rw"

    def __init__(
        self,
        path: Path,
        *,
        key_file: Path | None = None,
        hasher: PasswordHasher | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Open the file, or make it. Raises AccountError when it can't be read, is damaged, or is no file of accounts."""
        self.path = path
        self._codes = CodeSecrets(path, key_file)
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._now = now
        self._lock = threading.RLock()
        self._rows: dict[str, _Row] = {}
        self._unwritten: dict[str, _Row] = {}  # persons of the sign-in service whom a failing disk did not take
        # An unknown name is checked against this, so that it takes as long as a known one.
        self._nobody = _hash_of_nothing(self._hasher)
        try:
            self._make_or_check()
            self._rows = self._read()
        except (sqlite3.Error, OSError) as error:
            why = os_reason(error) if isinstance(error, OSError) else error
            raise AccountError(f"{path}: {why}") from None
        self._seal_old()
        if lost := next((why for row in self._rows.values() if (why := self.code_lost(row.account.name))), ""):
            _logger.error("accounts with a code can't sign in, others can: %s", lost)

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        return tuple(self._rows[key].account for key in sorted(self._rows))

    def get(self, name: str) -> Account | None:
        """The account of this name, however it is capitalised."""
        row = self._rows.get(key_of(name))
        return row.account if row else None

    def mark(self, name: str) -> str:
        """What tells this account as it stands from every other (`AccountChanged.mark`); "" without a password here."""
        return _mark(self._rows.get(key_of(name)))

    def check(self, name: str, roles: Collection[str], *, zone: str = "") -> None:
        """Raises AccountError when there can be no such account."""
        check_name(name)
        check_roles(roles, zone)
        if self.get(name) is not None:
            raise AccountError(f"there is an account {clean(name)} already")

    def add(
        self,
        name: str,
        roles: Collection[str],
        password: str,
        *,
        zone: str = "",
        totp: bool = False,
        break_glass: bool = False,
        first: First = lambda was, mark: None,
    ) -> str:
        """Make an account; its TOTP secret (base32), or "". `first` as `set_roles`. Raises AccountError."""
        self.check(name, roles, zone=zone)
        name, hashed = clean(name), self._hashed(password)
        secret = pyotp.random_base32() if totp else ""
        kept = self._sealed(key_of(name), secret) if totp else ""
        begins = _generation()
        facts = (key_of(name), name, " ".join(sorted(set(roles))), zone, hashed, kept, 0, break_glass, False, begins)
        with self._write() as db:
            if not db.execute(
                f"INSERT OR IGNORE INTO accounts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')", facts
            ).rowcount:
                raise AccountError(f"there is an account {name} already")
            first("", _mark(self._rows_in(db)[key_of(name)]))
        return secret

    def known_by(self, subject: str, name: str, roles: Collection[str], *, zone: str = "") -> Account:
        """The account of a person whom the sign-in service named, with the roles it gave them just now.

        A name is one person's for ever, here as in the log, and a person has one: who is renamed at the service keeps the
        account they had, with what excludes or disables it. Raises AccountError when the name is a local account's,
        another person's, disabled, or no name. A disk that fails keeps nobody out.
        """
        with self._lock:
            self.reload()
            name = clean(self._name_of(subject, name))
            key = key_of(name)
            row = self._rows.get(key)
            if row is None:
                self.check(name, roles, zone=zone)
                row = _Row(Account(name=name, roles=frozenset(), subject=subject, generation=_generation()), "", "", 0)
            elif row.account.subject != subject or row.account.disabled:
                raise AccountError("this name is not this person's, or is disabled")
            account = msgspec.structs.replace(
                row.account, roles=frozenset(role for role in ROLES if role in roles), zone=zone
            )
            self._unwritten[key] = row = msgspec.structs.replace(row, account=account)
            self._rows = {**self._rows, key: row}
            facts = (key, account.name, " ".join(sorted(account.roles)), zone, account.generation, subject)
            written = False
            with contextlib.suppress(AccountError), self.database() as db:
                db.execute(
                    f"INSERT INTO accounts ({COLUMNS}) VALUES (?, ?, ?, ?, '', '', 0, 0, 0, ?, ?, '') "
                    "ON CONFLICT (key) DO UPDATE SET roles = excluded.roles, zone = excluded.zone "
                    "WHERE subject = excluded.subject",
                    facts,
                )
                written = True
            if written:
                del self._unwritten[key]
                self.reload()
            if self._rows[key].account.subject != subject:  # another process was faster
                raise AccountError("this name is not this person's")
            return account

    def without_roles(self, subject: str) -> None:
        """The sign-in service gives this person no role any more: their browsers are locked."""
        with contextlib.suppress(AccountError), self._write() as db:
            db.execute(
                "UPDATE accounts SET roles = '', generation = generation + 1 WHERE subject = ? AND roles <> ''",
                (subject,),
            )

    def _name_of(self, subject: str, name: str) -> str:
        """The name by which this person is known, else `name`. Files of before hold several: a disabled one disables them."""
        known = [row.account for row in self._rows.values() if row.account.subject == subject]
        named = [account for account in known if key_of(account.name) == key_of(name)]
        first = next((account for account in (*(a for a in known if a.disabled), *named, *known)), None)
        return first.name if first else name

    @staticmethod
    def uri(name: str, secret: str) -> str:
        """What an authenticator reads as a QR code."""
        return pyotp.TOTP(secret, interval=TOTP_S).provisioning_uri(name=name, issuer_name="Vigie")

    def set_password(
        self, name: str, password: str, *, was: Account | None = None, first: First = lambda was, mark: None
    ) -> None:
        """Give another password; every browser signed in with the old one is locked. As `set_roles`."""
        if (account := self.get(name)) is not None and account.subject:
            raise AccountError("this person signs in with the sign-in service and has no password here")
        hashed = self._hashed(password)
        self._change(name, "hash = ?, generation = generation + 1", hashed, was=was, first=first)

    def set_disabled(
        self, name: str, disabled: bool, *, was: Account | None = None, first: First = lambda was, mark: None
    ) -> None:
        """Let nobody sign in by this name, or let them again; its browsers are locked at once. As `set_roles`."""
        self._change(name, "disabled = ?, generation = generation + 1", disabled, was=was, first=first)

    def set_roles(
        self,
        name: str,
        roles: Collection[str],
        *,
        zone: str = "",
        was: Account | None = None,
        first: First = lambda was, mark: None,
    ) -> None:
        """Give other roles; they hold at once wherever this person is signed in. Raises AccountError.

        `was`: the account by which it was judged, which nobody may have changed meanwhile; `first` is called just before it is
        kept, while nobody else can write.
        """
        check_roles(roles, zone)
        if (account := self.get(name)) is not None and account.subject:
            raise AccountError("the sign-in service gives this person's roles")
        self._change(name, "roles = ?, zone = ?", " ".join(sorted(set(roles))), zone, was=was, first=first)

    def prefer(self, name: str, change: Callable[[Preferences], Preferences]) -> None:
        """Keep what this person prefers from now on. Raises AccountError."""
        key = key_of(name)
        with self._write() as db:
            kept = db.execute("SELECT CAST(preferences AS BLOB) FROM accounts WHERE key = ?", (key,)).fetchone()
            if kept is None:
                raise AccountError("there is no account of this name")
            db.execute("UPDATE accounts SET preferences = ? WHERE key = ?", (written(change(read(kept[0]))), key))

    def remove(self, name: str) -> None:
        """Delete an account and its sign-ins; none of them lives again if the name is given anew. Raises AccountError."""
        key = key_of(name)
        with self._write() as db:
            if not db.execute("DELETE FROM accounts WHERE key = ?", (key,)).rowcount:
                raise AccountError("there is no account of this name")
            db.execute("DELETE FROM browsers WHERE key = ?", (key,))
            self._unwritten.pop(key, None)

    def code_lost(self, name: str) -> str:
        """Why this account's code can't be checked, so that nobody can sign in by it; "" when it can, or there is none."""
        row = self._rows.get(key_of(name))
        try:
            self._codes.open(key_of(name), row.totp if row else "")
        except KeyMismatch as error:
            return str(error)
        return ""

    def signed_in(self, *, since: float, now: float) -> dict[str, int]:
        """How many browsers each account is signed in at, by name, that were used after `since`. Raises AccountError."""
        with self.database() as db:
            rows = db.execute(
                "SELECT key, generation FROM browsers WHERE seen > ? AND expires > ?", (since, now)
            ).fetchall()
        found: dict[str, int] = {}
        for key, generation in rows:
            row = self._rows.get(key)
            if row is not None and not row.account.disabled and row.account.generation == generation:
                found[row.account.name] = found.get(row.account.name, 0) + 1
        return found

    def verify(self, name: str, password: str, code: str = "") -> Account | None:
        """The account when name, password and (where it has one) code are right, None otherwise, in the same time.

        A code is good once. Takes a processor for about 0.1 s: call it in a thread.
        """
        self.reload()
        row = self._rows.get(key_of(name))
        try:
            local = row is not None and not row.account.subject
            right = self._hasher.verify(row.hash if row and local else self._nobody, password[:LONGEST]) and local
        except (VerificationError, InvalidHashError, ValueError):  # the last: a hash that the disk damaged
            right = False
        if not right or row is None or row.account.disabled:
            return None
        return row.account if not row.totp or self._code_is_right(key_of(name), row, code) else None

    def browser_mark(self, name: str, nonce: str) -> str:
        """What shows that this account was signed in at a browser (hex); "" for who has no password here."""
        row = self._rows.get(key_of(name))
        if row is None or not row.hash:
            return ""
        return hmac.digest(row.hash.encode(), f"vigie browser {nonce}".encode(), "sha256").hex()

    def reload(self) -> bool:
        """Read the file again. Whether an account changed; an unreadable file changes nothing."""
        with self._lock:
            before = self.all()
            with contextlib.suppress(sqlite3.Error):
                self._rows = self._read()
            return before != self.all()

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The file for one transaction. Raises AccountError when it can't be read or written."""
        try:
            with self._transaction() as db:
                yield db
        except UnicodeDecodeError:  # of what SQLite says of a damaged schema
            raise AccountError(f"{self.path}: it is damaged") from None
        except sqlite3.Error as error:
            raise AccountError(f"{self.path}: {error}") from None

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if why := second_name(self.path):
            raise sqlite3.OperationalError(why)
        with contextlib.closing(self._connect()) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """Change accounts, then know them as they are now."""
        with self._lock:
            with self.database() as db:
                yield db
            self.reload()

    def _change(self, name: str, what: str, *values: str | bool, was: Account | None, first: First) -> None:
        with self._write() as db:
            self.reload()
            if was is not None and self.get(name) != was:
                raise AccountError("the account was changed meanwhile: begin again")
            mark = self.mark(name)
            if not db.execute(f"UPDATE accounts SET {what} WHERE key = ?", (*values, key_of(name))).rowcount:
                raise AccountError("there is no account of this name")
            first(mark, _mark(self._rows_in(db)[key_of(name)]))

    def _hashed(self, password: str) -> str:
        check_password(password)
        return self._hasher.hash(password)

    def _code_is_right(self, key: str, row: _Row, code: str) -> bool:
        now = int(self._now()) // TOTP_S
        try:
            totp = pyotp.TOTP(self._codes.open(key, row.totp), interval=TOTP_S)
        except KeyMismatch as error:
            _logger.error("an account with a code can't sign in: %s", error)
            return False
        given = "".join(code.split())
        for step in (now - 1, now, now + 1):  # a phone's clock may be half a minute off
            if hmac.compare_digest(totp.at(step * TOTP_S).encode(), given.encode()):
                return self._use_code(key, row, step, now)
        return False

    def _use_code(self, key: str, row: _Row, step: int, now: int) -> bool:
        """Whether no code of this half-minute was used. It is remembered on a disk that fails, too.

        One used more than a day from now was used by a clock that was wrong: it keeps nobody out until then.
        """
        with self._lock:
            newest = self._rows.get(key, row)
            if step <= newest.totp_used <= now + _DAY_STEPS:
                return False
            self._rows = {**self._rows, key: msgspec.structs.replace(newest, totp_used=step)}
        with contextlib.suppress(AccountError), self.database() as db:
            db.execute(
                "UPDATE accounts SET totp_used = ? WHERE key = ? AND (totp_used < ? OR totp_used > ?)",
                (step, key, step, now + _DAY_STEPS),
            )
        return True

    def _sealed(self, key: str, secret: str) -> str:
        try:
            return self._codes.seal(key, secret)
        except (KeyMismatch, LogUnavailable) as error:
            raise AccountError(f"{self._codes.key_file}: {error}") from None

    def _seal_old(self) -> None:
        """Seal what an older version kept in clear. Where that fails codes go on being asked for, and it is tried again."""
        clear = {key: row.totp for key, row in self._rows.items() if CodeSecrets.in_clear(row.totp)}
        if not clear:
            return
        try:
            kept = {key: self._sealed(key, secret) for key, secret in clear.items()}
            with self._write() as db:
                for key, sealed in kept.items():
                    db.execute("UPDATE accounts SET totp = ? WHERE key = ? AND totp = ?", (sealed, key, clear[key]))
        except AccountError as error:
            _logger.error("secrets of codes stay in clear: %s", error)

    def _read(self) -> dict[str, _Row]:
        try:
            return self._read_rows()
        except (TypeError, ValueError, AttributeError):
            raise sqlite3.DatabaseError("an account is damaged") from None

    def _read_rows(self) -> dict[str, _Row]:
        with contextlib.closing(self._connect()) as db:
            return self._rows_in(db)

    def _rows_in(self, db: sqlite3.Connection) -> dict[str, _Row]:
        rows = db.execute(
            "SELECT key, name, roles, zone, hash, totp, totp_used, break_glass, disabled, generation, subject, "
            "CAST(preferences AS BLOB) FROM accounts"
        ).fetchall()
        found = {}
        for key, name, roles, zone, hashed, totp, used, break_glass, disabled, generation, subject, kept in rows:
            account = Account(
                name=name,
                roles=frozenset(role for role in ROLES if role in roles.split()),
                former=tuple(role for role in roles.split() if role not in ROLES),
                zone=zone,
                totp=bool(totp),
                break_glass=bool(break_glass),
                disabled=bool(disabled),
                generation=generation,
                subject=subject,
                preferences=read(kept),
            )
            known = self._rows.get(key)
            # A code that could not be written down as used stays used.
            found[key] = _Row(account, hashed, totp, max(used, known.totp_used if known else 0))
        for key, row in self._unwritten.items():
            if key not in found:
                found[key] = row
            elif (kept_now := found[key].account).generation == row.account.generation:
                account = msgspec.structs.replace(row.account, preferences=kept_now.preferences)
                found[key] = msgspec.structs.replace(row, account=account)
        return found

    def _connect(self) -> sqlite3.Connection:
        # Never made by a look at it: a file that was moved away is missing, not empty and everybody's to read.
        if is_another(self.path):
            raise sqlite3.OperationalError(NO_FILE)
        address = f"{self.path.absolute().as_uri()}?mode={self._mode}"
        return sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None)

    def _make_or_check(self) -> None:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with self.database() as db:
            make_or_check(db, self.path)


def _generation() -> int:
    """Where an account's begins. A name that is given again begins elsewhere: sign-ins of the one before stay over."""
    return secrets.randbits(48)


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """A hash like any other that is of no password known to anybody: drawn, so that opening the file hashes nothing."""
    salt, digest = (base64.b64encode(os.urandom(n)).decode().rstrip("=") for n in (hasher.salt_len, hasher.hash_len))
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"
