"""Which log the accounts and the case register belong to, and which of them the log: who changes one can't choose another as its
witness.

The log's place stands in each, from the command that makes the file; a desk's start writes it again, and beside the log the
places of what it is served with. What was moved is taken up by the next start; what was copied belongs to where it came from.
"""

import contextlib
import logging
import os
import sqlite3
from pathlib import Path

import msgspec

from centre.settings import Settings, load, register_file, users_file
from centre.spool import place_of_log, write_whole
from dashboard.access import schema as accounts
from dashboard.access.rules import AccountError
from incidents.cases import sealed as cases
from incidents.log.regular_files import NO_FILE, is_another, read_regular, second_name
from incidents.log.store import beside

WAIT_S = 5.0  # for another process that writes the file

_logger = logging.getLogger(__name__)


class ServedWith(msgspec.Struct, frozen=True):
    """Where the accounts, the case register and the register of what was erased are that a log is served with; "" for none."""

    users: str = ""
    cases: str = ""
    erased: str = ""


def check(settings: Settings) -> None:
    """Raises AccountError where accounts or register are another log's or others than its own, or where nobody can tell and the
    log is not that of vigie.toml."""
    named, logs = _named(settings), set[str]()
    for path in (settings.log, beside(settings.log, ".private"), *named.values()):
        if why := second_name(path):
            raise AccountError(f"{path}: {why}")
    for name, path in named.items():
        if name == "erased" or not path.exists():
            continue
        place, belongs = _place(place_of_log(settings.log, path)), _belongs(path)
        if belongs is None and place != _place(load(environ={}).log):
            raise AccountError(
                f"{name}: {path} does not know its log yet; start the desk with it once, or set `log` in vigie.toml"
            )
        if belongs not in (None, place):
            raise AccountError(
                f"log: {settings.log} is not the log that {path} (`{name}`) belongs to, which is at {belongs}: "
                "name that with `log`, VIGIE_LOG or --log"
            )
        if _served(path) and not Path(place).exists():
            raise AccountError(
                f"log: {place} is not there, and a desk was served with {path}: put it back, or start the desk"
            )
        logs.add(place)
    if len(logs) > 1:
        raise AccountError(f"users, cases: they belong to different logs ({', '.join(sorted(logs))})")
    known = _known_to(log := Path(next(iter(logs), settings.log)))
    if settings.erased_register is None:  # it lies beside whichever log this is
        del named["erased"]
    for name, path in named.items():
        if (own := getattr(known, name)) and own != _place(path):
            raise AccountError(f"{name}: the log at {log} belongs to {own} and not to {path}: name that")


def bind(settings: Settings, made: Path | None = None) -> None:
    """From now on these belong to the settings' log: a file that was just made, or at a desk's start those it is served with,
    and the log to them. What belongs to a log that is still there stays with that."""
    named = _named(settings)
    own = {name: path for name, path in named.items() if name == "erased" or path.exists()}
    for path in [made] if made is not None else [path for name, path in own.items() if name != "erased"]:
        place = _place(place_of_log(settings.log, path))
        try:
            belongs = _belongs(path)
            if belongs not in (None, place) and Path(belongs).exists():
                _logger.error("%s belongs to the log at %s: what changes it is refused with this one", path, belongs)
            elif belongs != place or (made is None and not _served(path)):
                _write(path, place, served=made is None)
        except (AccountError, sqlite3.Error) as error:
            _logger.warning("%s: which log it belongs to can't be kept (%s)", path, error)
    if made is None:
        known = msgspec.json.encode(ServedWith(**{name: _place(path) for name, path in own.items()}))
        try:
            write_whole(_written_beside(settings.log), known)
        except OSError as error:
            _logger.warning("%s: what it is served with can't be kept (%s)", settings.log, error.strerror)


def _named(settings: Settings) -> dict[str, Path]:
    named = {"users": users_file(settings), "cases": settings.cases, "erased": register_file(settings)}
    return {name: path for name, path in named.items() if path is not None}


def _place(path: Path) -> str:
    return os.path.realpath(path)


def _written_beside(log: Path) -> Path:
    return beside(log, ".belongs")


def _known_to(log: Path) -> ServedWith:
    """What a log is served with, empty before its first desk. Raises AccountError where it can't be read."""
    try:
        return msgspec.json.decode(read_regular(_written_beside(log)), type=ServedWith)
    except FileNotFoundError:
        return ServedWith()
    except (OSError, ValueError, RecursionError) as error:
        raise AccountError(f"{_written_beside(log)}: {error}; start the desk once") from None


def _belongs(path: Path) -> str | None:
    """The place of the log that a file belongs to. Raises AccountError where it can't be read."""
    try:
        with contextlib.closing(_connected(path, "ro")) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'belongs'").fetchone():
                return None
            found = db.execute("SELECT log FROM belongs").fetchone()
            return str(found[0]) if found is not None else None
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise AccountError(f"{path}: {error}") from None


def _served(path: Path) -> bool:
    """Whether a desk was served with a file; not of one that can't be read."""
    try:
        with contextlib.closing(_connected(path, "ro")) as db:
            return bool(db.execute("SELECT mark FROM belongs").fetchone()[0])
    except (sqlite3.Error, UnicodeDecodeError, TypeError):
        return False


def _write(path: Path, place: str, *, served: bool) -> None:
    with contextlib.closing(_connected(path, "rw")) as db, db:
        if db.execute("PRAGMA application_id").fetchone()[0] not in (accounts.APPLICATION, cases.APPLICATION):
            raise AccountError("it is neither accounts nor a case register")
        db.execute("CREATE TABLE IF NOT EXISTS belongs (log TEXT NOT NULL) STRICT")
        if len(db.execute("PRAGMA table_info(belongs)").fetchall()) < 2:
            db.execute("ALTER TABLE belongs ADD COLUMN mark TEXT NOT NULL DEFAULT ''")
        kept = db.execute("SELECT mark FROM belongs WHERE mark <> ''").fetchone()
        db.execute("DELETE FROM belongs")
        db.execute("INSERT INTO belongs (log, mark) VALUES (?, ?)", (place, "served" if served or kept else ""))


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    if why := NO_FILE if is_another(path) else second_name(path) if mode == "rw" else "":
        raise sqlite3.OperationalError(why)
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT_S)
