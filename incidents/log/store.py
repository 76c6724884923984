"""One SQLite file: a connection made when it is needed and let go when it fails, so that recovering needs no restart."""

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import quote

from incidents.log import LogDamaged, LogInUse, LogUnavailable
from incidents.log.regular_files import NO_FILE, is_another, second_name

_BUSY_S = 1.0  # shorter than the 5 s in which a feed wants its answer
_CACHE_KIB = 4 << 10  # of a connection: a desk has a dozen, and the system keeps the pages of a file for all of them
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_BUSY: "another process holds it",
    sqlite3.SQLITE_LOCKED: "another process holds it",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is damaged or no SQLite file",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "access is refused",
    sqlite3.SQLITE_NOMEM: "memory is exhausted",
}


_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)  # how a full disk shows at opening


class Store:
    """A connection to one SQLite file, for writing (durably) or for reading.

    Reading works on a live file, on a closed one, on a read-only disk and on a full one. What is deleted is overwritten with
    zeros, unless nothing in the file is ever deleted. `name` is what reasons call the file. A store may be used by several
    threads if its owner lets them in one at a time.
    """

    def __init__(
        self, path: Path, name: str, *, writing: bool, overwriting: bool = True, durable: bool = True
    ) -> None:  # fmt: skip
        self.path = path
        self._durable = durable
        self._name = name
        self._writing = writing
        self._overwriting = overwriting
        self._db: sqlite3.Connection | None = None
        # Known while it has one name: a link that is made as a desk serves stops no press, not even the first.
        self._file = None if second_name(path) else _identity(path)
        self._frozen = False
        self._alone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.drop()

    @contextlib.contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """The connection in autocommit mode; a transaction left open is rolled back.

        Any SQLite error but a broken constraint closes it and raises `LogUnavailable`, or `LogDamaged`.
        """
        try:
            yield self._ready()
        except sqlite3.IntegrityError:
            self._roll_back()
            raise
        except UnicodeDecodeError:  # of what SQLite says of a damaged schema
            self.drop()
            raise LogDamaged(f"{self._name}: it is damaged") from None
        except sqlite3.Error as error:
            self.drop()
            damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
            failure = LogDamaged if damaged else LogUnavailable
            raise failure(f"{self._name}: {self._reason(error)}") from error
        except BaseException:
            self._roll_back()
            raise
        finally:
            if self._alone:
                self.drop()

    def drop(self) -> None:
        """Close the connection; the next use makes a new one."""
        db, self._db, self._frozen, self._alone = self._db, None, False, False
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.close()

    def settle(self) -> None:
        """Bring what the WAL holds into the file, if it can be done, and close."""
        with contextlib.suppress(LogUnavailable), self.use() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.drop()

    def _ready(self) -> sqlite3.Connection:
        if self._frozen and is_writable(self.path):
            self.drop()
        if self._db is None:
            self._db = self._connect()
            self._file = _identity(self.path)
        elif _identity(self.path) != self._file:
            # SQLite would go on writing to a file that nobody finds any more.
            self.drop()
            raise LogUnavailable(f"{self._name}: its file was moved away or replaced")
        return self._db

    def _roll_back(self) -> None:
        if self._db is not None and self._db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._db.rollback()

    def _connect(self) -> sqlite3.Connection:
        if is_another(self.path):
            raise LogUnavailable(f"{self._name}: {NO_FILE}")
        if self._writing and _identity(self.path) != self._file and (why := second_name(self.path)):
            raise LogDamaged(f"{self._name}: {why}")
        db = _open(self.path, "mode=rw" if self._writing else "mode=ro")
        try:
            if self._writing:
                # FULL: what was acknowledged survives a power cut, not only a crash of ours.
                db.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
                db.execute(f"PRAGMA secure_delete = {'ON' if self._overwriting else 'OFF'}")
                db.execute("PRAGMA temp_store = MEMORY")
                db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            else:
                db.execute("SELECT 1 FROM sqlite_schema").fetchone()
            return db
        except BaseException as error:
            db.close()
            # On a read-only disk a WAL file without its companions opens only as one that nobody changes.
            if self._writing or not isinstance(error, sqlite3.OperationalError) or _identity(self.path) is None:
                raise
            if not is_writable(self.path) and _size(self.path, "-wal") == 0:
                self._frozen = True
                return _open(self.path, "mode=ro&immutable=1")
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _FULL:
                raise
        # On a full disk there is no room for the companion file through which connections share the WAL: one that shares it
        # with nobody needs none. It is let go of after each use.
        self._alone = True
        return _open_alone(self.path)

    def _reason(self, error: sqlite3.Error) -> str:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_CANTOPEN:
            try:
                os.stat(self.path)  # noqa: PTH116 -- it says why
            except OSError as why:
                return os_reason(why)
            if not is_writable(self.path):
                code = sqlite3.SQLITE_READONLY
        return _REASONS.get(code) or f"it cannot be used ({getattr(error, 'sqlite_errorname', type(error).__name__)})"


def create(path: Path, name: str, schema: Sequence[str], version: int, application: int) -> None:
    """Make the file (mode 0600) with its tables if it has none; refuse a foreign or a newer one. Raises `LogUnavailable`."""
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with Store(path, name, writing=True) as store, store.use() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    raise LogDamaged(f"{name}: it holds other tables than Vigie's")
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("BEGIN IMMEDIATE")
                for statement in schema:
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {application}")
                db.execute(f"PRAGMA user_version = {version}")
                db.execute("COMMIT")
    except OSError as error:
        raise LogUnavailable(f"{name}: {os_reason(error)}") from error


def check_version(store: Store, name: str, version: int, application: int) -> None:
    """Refuse a file that is not ours or was written by a newer version. Raises `LogUnavailable`."""
    with store.use() as db:
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if db.execute("PRAGMA application_id").fetchone()[0] != application or found == 0:
            raise LogUnavailable(f"{name}: it was not made by Vigie")
        if found > version:
            raise LogUnavailable(f"{name}: it was written by a newer Vigie (format {found}, this one knows {version})")


class WriteLock:
    """The right to write one file, held by one process at a time through a lock on `PATH.lock`.

    `name` is what reasons call the file, `doing` what the other process does with it.
    """

    def __init__(self, path: Path, name: str = "the log", doing: str = "writing") -> None:
        self._of, self._path = path, beside(path, ".lock")
        self._name, self._doing = name, doing
        self._file: int | None = None

    def acquire(self) -> None:
        """Take it, if it is not held yet. Raises `LogInUse` when another has it, `LogUnavailable` on a read-only disk."""
        if self._file is not None or sys.platform == "win32":  # which has no such lock
            return
        import fcntl

        for path in (self._of, beside(self._of, ".private")):
            if why := second_name(path):
                raise LogDamaged(f"{self._name}: {why}")
        try:
            file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LogUnavailable(f"{self._name}: {os_reason(error)}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise LogInUse(f"{self._name}: another process is {self._doing} it") from None
        except OSError as error:
            os.close(file)
            raise LogUnavailable(f"{self._name}: {os_reason(error)}") from error
        self._file = file

    def release(self) -> None:
        """Give it back; the file stays, since removing it could let two in."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def beside(path: Path, suffix: str) -> Path:
    """The companion file `PATH.suffix`."""
    return path.with_name(path.name + suffix)


def holds_bytes(log: Path) -> Iterator[bool]:
    """Whether each of a log's files has anything in it: itself, its private store, its key. Raises `OSError`."""
    for path in (log, beside(log, ".private"), beside(log, ".key")):
        yield path.exists() and path.stat().st_size > 0


def is_writable(path: Path) -> bool:
    """Whether the disk below takes writes: true for root only if it is not mounted read-only."""
    return os.access(path.parent, os.W_OK)


def os_reason(error: OSError) -> str:
    """An operating system's error in the words of a log's reasons, without the path."""
    return {"Read-only file system": "it is read-only", "No space left on device": "the disk is full"}.get(
        error.strerror or "", (error.strerror or type(error).__name__).lower()
    )


def _open(path: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{options}",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def _open_alone(path: Path) -> sqlite3.Connection:
    db = _open(path, "mode=rw")
    try:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 -- on the way of every append
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _size(path: Path, suffix: str) -> int:
    try:
        return beside(path, suffix).stat().st_size
    except OSError:
        return 0
