"""Which log the accounts and the case register belong to: who changes them can't choose another one as its witness.

The log's mark and place stand in each, from the command that makes the file or the first start of a desk with it; a copy that was
restored or moved keeps its mark. What stays at its place goes with the log there, be it begun anew.
"""

import contextlib
import logging
import sqlite3
from pathlib import Path

from centre.settings import Settings, load, users_file
from centre.spool import place_of_log
from dashboard.access import schema as accounts
from dashboard.access.rules import AccountError
from incidents.cases import sealed as cases
from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch, keyed_digest
from incidents.log.opening import open_vault
from incidents.log.regular_files import NO_FILE, is_another

WAIT_S = 5.0  # for another process that writes the file
UNREADABLE = "?"  # the mark of no log

_logger = logging.getLogger(__name__)


def check(settings: Settings) -> None:
    """Raises AccountError where accounts or register are of another log, or nobody can tell and it is not the settings' own."""
    mark, place = _mark(settings), _place(settings.log)
    for name, path in _files(settings).items():
        known = _known(path)
        if known is None:
            if place != _place(load(environ={}).log):
                raise AccountError(
                    f"{name}: {path} does not know its log yet; start the desk with it once, or set `log` in vigie.toml"
                )
        elif known[0] != mark and known[1] != place:
            raise AccountError(
                f"log: {settings.log} is not the log that {path} (`{name}`) belongs to, which is at {known[1]}: "
                "name that with `log`, VIGIE_LOG or --log"
            )


def bind(settings: Settings, made: Path | None = None) -> None:
    """From now on these belong to the settings' log: a file that was just made, or at a desk's start those it is served with."""
    mark, place = _mark(settings), _place(settings.log)
    if mark == UNREADABLE:
        return
    for path in [made] if made is not None else _files(settings).values():
        if not mark and not (there := place_of_log(settings.log, path)).exists():
            place = _place(there)  # where notes wait for the first desk
        try:
            known = _known(path)
            if known is not None and known[0] not in ("", mark) and known[1] != place:
                _logger.error("%s belongs to the log at %s: what changes it is refused with this one", path, known[1])
            elif known != (mark, place):
                with contextlib.closing(_connected(path, "rw")) as db, db:
                    if db.execute("PRAGMA application_id").fetchone()[0] not in (
                        accounts.APPLICATION,
                        cases.APPLICATION,
                    ):
                        raise AccountError("it is neither accounts nor a case register")
                    db.execute("CREATE TABLE IF NOT EXISTS belongs (log TEXT NOT NULL, path TEXT NOT NULL) STRICT")
                    db.execute("DELETE FROM belongs")
                    db.execute("INSERT INTO belongs VALUES (?, ?)", (mark, place))
        except (AccountError, sqlite3.Error) as error:
            _logger.warning("%s: which log it belongs to can't be kept (%s)", path, error)


def _files(settings: Settings) -> dict[str, Path]:
    named = {"users": users_file(settings), "cases": settings.cases}
    return {name: path for name, path in named.items() if path is not None and path.exists()}


def _place(log: Path) -> str:
    return str(log.resolve())


def _mark(settings: Settings) -> str:
    """What a log is known by, by a key of its own; "" where there is none."""
    if not settings.log.exists():
        return ""
    try:
        with contextlib.closing(open_vault(settings.log, settings.key_file)) as vault:
            return keyed_digest(vault.register_key, "what belongs to this log").hex()
    except (LogUnavailable, KeyMismatch):
        return UNREADABLE


def _known(path: Path) -> tuple[str, str] | None:
    """The mark and the place of the log that a file belongs to. Raises AccountError where it can't be read."""
    try:
        with contextlib.closing(_connected(path, "ro")) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'belongs'").fetchone():
                return None
            found: tuple[str, str] | None = db.execute("SELECT log, path FROM belongs").fetchone()
            return found
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise AccountError(f"{path}: {error}") from None


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    if is_another(path):
        raise sqlite3.OperationalError(NO_FILE)
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT_S)
