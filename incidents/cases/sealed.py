"""The register's file: every version of every case, sealed under a key of that case, which the master key wraps.

A case number stands in the file only as its HMAC, the tag. A version is AES-256-GCM with tag and version as AAD, so none can be
moved to another case or another place; sealed emptiness is a withdrawal. Devices that were bound at the bench, and the steps of
the cases' lives, stand in tables of their own, made with the first of them; a step is sealed as a version is.
"""

import contextlib
import functools
import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from msgspec import inspect

from incidents.case import Case
from incidents.cases.bindings import Binding
from incidents.cases.counting import CountedRows, Protection, protections
from incidents.cases.life import Step
from incidents.log import LogUnavailable
from incidents.log.master import KEY_BYTES, Box, KeyMismatch, Master, Random, fresh, keyed_digest, load, make
from incidents.log.store import Store, beside, check_version, create

NAME = "the case register"
FORMAT = 1
APPLICATION = 0x56494743  # "VIGC"
SCHEMA = (
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE keys (n INTEGER PRIMARY KEY AUTOINCREMENT, tag BLOB NOT NULL UNIQUE, wrapped BLOB NOT NULL) STRICT",
    "CREATE TABLE versions (n INTEGER PRIMARY KEY AUTOINCREMENT, tag BLOB NOT NULL, version INTEGER NOT NULL, "
    "at TEXT NOT NULL, sealed BLOB NOT NULL, UNIQUE (tag, version)) STRICT",
)
BINDINGS = "CREATE TABLE IF NOT EXISTS bindings (tag BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT"
STEPS = (
    "CREATE TABLE IF NOT EXISTS steps (tag BLOB NOT NULL, step INTEGER NOT NULL, sealed BLOB NOT NULL, "
    "PRIMARY KEY (tag, step)) STRICT"
)
COUNTED = "CREATE TABLE IF NOT EXISTS counted (tag BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT"
CHECK = "check"  # sealed under the master key alone: tells a wrong key from a damaged case

_logger = logging.getLogger(__name__)

Tag = bytes
Heads = dict[Tag, int]
_EMPTY = 28  # bytes of sealed emptiness: a nonce and a tag


class CasesLocked(Exception):
    """The register can't be opened: its key is missing or another one, or the file can't be read. The message says which."""


class Damaged(Exception):
    """One version of one case can't be opened although the key is right."""


class Kept(msgspec.Struct, frozen=True):
    """That a version of a case is in the file: since when, and whether with it the case was withdrawn."""

    version: int
    at: datetime
    withdrawn: bool


class SealedCases:
    """The open file. Use within `open`; every method may raise `CasesLocked`."""

    def __init__(self, db: sqlite3.Connection, master: Master, random: Random, *, key_path: Path | None = None) -> None:
        self._db = db
        self._random = random
        self._key_path = key_path
        self._under(master)

    def _under(self, master: Master) -> None:
        self.wrap = master.box("case keys")
        self._tag_key = master.key("case tags")
        self._bound = master.box("bindings")
        self._device_key = master.key("device tags")
        self.counts = CountedRows(self._db, master.box("counted cases"), COUNTED)

    @classmethod
    @contextlib.contextmanager
    def open(
        cls, path: Path, key_file: Path | None, *, writing: bool = False, random: Random = fresh
    ) -> Iterator["SealedCases"]:
        """The register at this path, for as long as the `with` lasts. Raises `CasesLocked`."""
        try:
            with Store(path, NAME, writing=writing) as store:
                check_version(store, NAME, FORMAT, APPLICATION)
                key_path = _key_path(path, key_file)
                with store.use() as db:
                    if not writing:  # one moment of the file, under one key
                        db.execute("BEGIN")
                    yield cls(db, _fitting(db, key_path, random), random, key_path=key_path)
        except (LogUnavailable, KeyMismatch) as failure:
            raise CasesLocked(str(failure)) from failure

    def tag(self, number: str) -> Tag:
        """What a case number is called in the file."""
        return keyed_digest(self._tag_key, number)

    def knows(self, number: str) -> bool:
        """Whether this case was ever imported, be it withdrawn since."""
        return bool(self.versions(self.tag(number)))

    def heads(self) -> Heads:
        """The newest version of each case ever imported."""
        return dict(self._db.execute("SELECT tag, max(version) FROM versions GROUP BY tag").fetchall())

    def versions(self, tag: Tag) -> tuple[int, ...]:
        """The versions kept of a case, oldest first."""
        rows = self._db.execute("SELECT version FROM versions WHERE tag = ? ORDER BY version", (tag,))
        return tuple(version for (version,) in rows)

    def read(self, tag: Tag, version: int) -> Case | None:
        """One version of a case; None when it was withdrawn with it. Raises `Damaged`."""
        query = "SELECT sealed FROM versions WHERE tag = ? AND version = ?"
        row = self._db.execute(query, (tag, version)).fetchone()
        box = self._box(tag)
        if row is None or box is None:
            raise Damaged
        try:
            plain = box.open(row[0], f"{tag.hex()} {version}")
            if not plain:
                return None
            case = _case(plain)
        except (InvalidTag, ValueError) as error:
            raise Damaged from error
        if self.tag(case.number) != tag:
            raise Damaged
        return msgspec.structs.replace(case, version=version)

    def last(self, number: str) -> Case | None:
        """A case as it was last, a withdrawn one too; None where none is kept. Raises `Damaged`."""
        return self._last(self.tag(number))

    def _last(self, tag: Tag) -> Case | None:
        versions = (self.read(tag, version) for version in reversed(self.versions(tag)))
        return next((case for case in versions if case is not None), None)

    def current(self) -> dict[str, Case]:
        """The newest version of each case that was not withdrawn, by number. Raises `Damaged`."""
        cases = (self.read(tag, version) for tag, version in self.heads().items())
        return {case.number: case for case in cases if case is not None}

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it durably, or nothing; then what was overwritten is gone from the companion file too."""
        self._db.execute("BEGIN IMMEDIATE")
        if self._key_path is not None:  # the master key may have been rotated since the file was opened
            self._under(_fitting(self._db, self._key_path, self._random))
        yield
        self._db.execute("COMMIT")
        self.settle()

    def settle(self) -> bool:
        """Whether nothing of what was overwritten stands in the companion file any more; another process may be reading it."""
        return not self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def write(self, number: str, content: Case | None) -> int:
        """Add a version (None: withdrawn) and return its number. Only within a transaction."""
        tag = self.tag(number)
        box = self._box(tag)
        if box is None:
            key = self._random(KEY_BYTES, "key of a case")
            row = (tag, self.wrap.seal(key, tag.hex()))
            again = "ON CONFLICT (tag) DO UPDATE SET wrapped = excluded.wrapped"
            self._db.execute(f"INSERT INTO keys (tag, wrapped) VALUES (?, ?) {again}", row)
            box = Box(key, self._random)
        version = max(self.versions(tag), default=0) + 1
        plain = b"" if content is None else msgspec.json.encode(msgspec.structs.replace(content, version=1))
        sealed = box.seal(plain, f"{tag.hex()} {version}")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self._db.execute(
            "INSERT INTO versions (tag, version, at, sealed) VALUES (?, ?, ?, ?)", (tag, version, at, sealed)
        )
        return version

    def kept(self) -> dict[Tag, tuple[Kept, ...]]:
        """Every version of every case, oldest first, without what it says: no key is needed."""
        found: dict[Tag, list[Kept]] = {}
        query = "SELECT tag, version, at, length(sealed) FROM versions ORDER BY tag, version"
        for tag, version, at, size in self._db.execute(query):
            found.setdefault(tag, []).append(Kept(version, datetime.fromisoformat(at), size == _EMPTY))
        return {tag: tuple(versions) for tag, versions in found.items()}

    def withdrawn(self) -> dict[str, Case]:
        """Each withdrawn case as it was last, by number; none that is damaged."""
        found = {}
        for tag, kept in self.kept().items():
            with contextlib.suppress(Damaged):
                if kept[-1].withdrawn and (case := self._last(tag)) is not None:
                    found[case.number] = case
        return found

    def counted(self, now: datetime, *only: Tag) -> dict[Tag, tuple[Protection, ...]]:
        """What is counted of every case or of some `only`, also of those that were forgotten. Raises `Damaged`."""
        found, kept = {}, self.kept()
        for tag in only or {*kept, *self.counts.tags()}:
            try:
                versions = [(one.at, self.read(tag, one.version)) for one in kept.get(tag, ())]
                found[tag] = protections(versions, self.steps(tag), now, self.counts.read(tag))
            except (InvalidTag, ValueError) as error:
                raise Damaged from error
        return found

    def forget(self, tag: Tag, version: int | None = None, *, place: Callable[[str], str]) -> None:
        """Delete a version of a case, or all of it, once it is counted (`place` makes a zone coarse). Only within a transaction.

        What stands in the file is overwritten with zeros, then let go of: SQLite may leave a copy of a row that it moves, so the
        row of a key stays. With all of it go its steps and bindings; a case that comes again gets a key of its own.
        """
        with contextlib.suppress(Damaged):  # of which nobody can count anything
            self.counts.keep(tag, self.counted, place)
        which, row = ("tag = ?", (tag,)) if version is None else ("tag = ? AND version = ?", (tag, version))
        self._db.execute(f"UPDATE versions SET sealed = zeroblob(length(sealed)) WHERE {which}", row)
        self._db.execute(f"DELETE FROM versions WHERE {which}", row)
        if version is None:
            self._db.execute("UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE tag = ?", (tag,))
            if self._has("steps"):  # under that key: of a case that comes again they would be damaged
                self._db.execute("UPDATE steps SET sealed = zeroblob(length(sealed)) WHERE tag = ?", (tag,))
                self._db.execute("DELETE FROM steps WHERE tag = ?", (tag,))
            for device in self._bound_to(tag):
                self._db.execute("UPDATE bindings SET sealed = zeroblob(length(sealed)) WHERE tag = ?", (device,))
                self._db.execute("DELETE FROM bindings WHERE tag = ?", (device,))

    def bindings(self) -> dict[str, Binding]:
        """What was bound or taken back at the bench, by device. Raises `Damaged`."""
        found = {}
        for tag, sealed in self._binding_rows():
            binding = self._binding(tag, sealed)
            if keyed_digest(self._device_key, binding.device) != tag:
                raise Damaged
            found[binding.device] = binding
        return found

    def _binding_rows(self) -> list[tuple[Tag, bytes]]:
        return self._db.execute("SELECT tag, sealed FROM bindings").fetchall() if self._has("bindings") else []

    def _binding(self, tag: Tag, sealed: bytes) -> Binding:
        try:
            return msgspec.json.decode(self._bound.open(sealed, tag.hex()), type=Binding)
        except (InvalidTag, ValueError) as error:
            raise Damaged from error

    def _bound_to(self, case: Tag) -> Iterator[Tag]:
        """Where the bindings to a case stand; of one that is damaged nobody can say whose it is."""
        for tag, sealed in self._binding_rows():
            with contextlib.suppress(Damaged):
                number = self._binding(tag, sealed).case
                if number is not None and self.tag(number) == case:
                    yield tag

    def bind(self, binding: Binding) -> None:
        """Keep it in the place of the device's last one. Only within a transaction."""
        self._db.execute(BINDINGS)
        tag = keyed_digest(self._device_key, binding.device)
        row = (tag, self._bound.seal(msgspec.json.encode(binding), tag.hex()))
        self._db.execute("INSERT OR REPLACE INTO bindings (tag, sealed) VALUES (?, ?)", row)

    def unbind(self, device: str) -> None:
        """Let the imports say again whose a device is. Only within a transaction."""
        self._db.execute("DELETE FROM bindings WHERE tag = ?", (keyed_digest(self._device_key, device),))

    def step_counts(self) -> Heads:
        """How many steps each case took that took any."""
        if not self._has("steps"):
            return {}
        return dict(self._db.execute("SELECT tag, max(step) FROM steps GROUP BY tag").fetchall())

    def steps(self, tag: Tag) -> tuple[Step, ...]:
        """The steps of a case, in their order. Raises `Damaged`, also where one of them is gone."""
        rows = self.step_rows(tag)
        box = self._box(tag) if rows else None
        if [step for step, _ in rows] != list(range(1, len(rows) + 1)) or (rows and box is None):
            raise Damaged
        try:
            opened = [box.open(sealed, f"{tag.hex()} step {n}") for n, sealed in rows if box is not None]
            return tuple(msgspec.json.decode(plain, type=Step) for plain in opened)
        except (InvalidTag, ValueError) as error:
            raise Damaged from error

    def step_rows(self, tag: Tag) -> list[tuple[int, bytes]]:
        """The steps of a case as they are kept: each one's number and what is sealed."""
        if not self._has("steps"):
            return []
        return self._db.execute("SELECT step, sealed FROM steps WHERE tag = ? ORDER BY step", (tag,)).fetchall()

    def add_step(self, number: str, step: Step) -> None:
        """Keep the next step of a case that was imported. Only within a transaction. Raises `Damaged`."""
        self._db.execute(STEPS)
        tag = self.tag(number)
        box = self._box(tag)
        if box is None:
            raise Damaged
        n = len(self.steps(tag)) + 1
        row = (tag, n, box.seal(msgspec.json.encode(step), f"{tag.hex()} step {n}"))
        self._db.execute("INSERT INTO steps (tag, step, sealed) VALUES (?, ?, ?)", row)

    def _has(self, table: str) -> bool:
        """Whether a table was made that comes with the first of its rows."""
        return self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone() is not None

    def _box(self, tag: Tag) -> Box | None:
        row = self._db.execute("SELECT wrapped FROM keys WHERE tag = ?", (tag,)).fetchone()
        if row is None or not any(row[0]):  # none was made, or it was deleted
            return None
        try:
            return Box(self.wrap.open(row[0], tag.hex()), self._random)
        except (InvalidTag, ValueError) as error:
            raise Damaged from error


def _case(plain: bytes) -> Case:
    """A case as it was written; of one that a newer Vigie wrote what is known here. Raises `msgspec.ValidationError`."""
    try:
        return msgspec.json.decode(plain, type=Case)
    except msgspec.ValidationError:
        # Without a fact that nobody here could read a case says more than none.
        case = msgspec.convert(_known(msgspec.json.decode(plain), inspect.type_info(Case)), Case)
        _say_newer()
        return case


def _known(value: Any, kind: inspect.Type) -> Any:
    """What a type has names for."""
    match kind:
        case inspect.StructType() if isinstance(value, dict):
            found = ((field, value[field.encode_name]) for field in kind.fields if field.encode_name in value)
            return {field.encode_name: _known(held, field.type) for field, held in found}
        case inspect.VarTupleType() if isinstance(value, list):
            return [_known(one, kind.item_type) for one in value]
        case inspect.UnionType():
            return next((_known(value, one) for one in kind.types if isinstance(one, inspect.StructType)), value)
    return value


@functools.cache
def _say_newer() -> None:
    _logger.warning(
        "the case register holds facts that a newer Vigie wrote: those are not shown, the rest of the cases is"
    )


def make_register(path: Path, key_file: Path | None, *, random: Random = fresh) -> None:
    """Make the file, and its master key (mode 0600) if there is none. Never a new key for a register that exists.

    Raises `CasesLocked`.
    """
    if holds_register(path):
        return
    try:
        make(_key_path(path, key_file), random)
        master = load(_key_path(path, key_file), random)
        create(path, NAME, SCHEMA, FORMAT, APPLICATION)
        with Store(path, NAME, writing=True) as store, store.use() as db:
            sealed = master.box("case register").seal(CHECK.encode(), CHECK)
            db.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (CHECK, sealed))
    except (LogUnavailable, KeyMismatch) as failure:
        raise CasesLocked(str(failure)) from failure


def holds_register(path: Path) -> bool:
    """Whether there is a register, open or not: anything but no file, an empty one, or one whose making was cut short."""
    try:
        if not path.stat().st_size:
            return False
    except FileNotFoundError:
        return False
    except OSError:
        return True
    if beside(path, "-journal").exists():  # one that was made has a WAL; who imports rolls this back
        return False
    try:
        with Store(path, NAME, writing=False) as store, store.use() as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if not tables:
                return False
            ours = "secrets" in tables
            return not ours or db.execute("SELECT count(*) FROM secrets").fetchone()[0] > 0
    except LogUnavailable:
        return True


def mark_of(path: Path) -> str:
    """By what a register is known from another in its place: the same at all servers that share it, another once its master key
    is rotated; "" where none can be read."""
    with contextlib.suppress(LogUnavailable), Store(path, NAME, writing=False) as store, store.use() as db:
        for (sealed,) in db.execute("SELECT CAST(sealed AS BLOB) FROM secrets WHERE name = ?", (CHECK,)):
            return hashlib.sha256(sealed).hexdigest()[:16]
    return ""


def signature(path: Path, key_file: Path | None) -> tuple[object, ...]:
    """What changes when the register or its key does: cheap enough to be looked at every second."""
    return tuple(_stamp(file) for file in (path, beside(path, "-wal"), _key_path(path, key_file)))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    # A reader may leave an empty companion behind: that is no change.
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else None


def _key_path(path: Path, key_file: Path | None) -> Path:
    return key_file or beside(path, ".key")


def opens(db: sqlite3.Connection, master: Master) -> bool:
    """Whether the register was made with this key. Raises `CasesLocked` where it was not made whole."""
    row = db.execute("SELECT sealed FROM secrets WHERE name = ?", (CHECK,)).fetchone()
    if row is None:
        raise CasesLocked("the case register: its making was cut short; import the cases again")
    try:
        master.box("case register").open(row[0], CHECK)
    except (InvalidTag, ValueError):
        return False
    return True


def _fitting(db: sqlite3.Connection, key_path: Path, random: Random) -> Master:
    """The key in the file that this moment of the register is sealed under. Raises `CasesLocked`, `KeyMismatch`."""
    # First the moment, then the key: a rotation waits long enough between.
    db.execute("SELECT 1 FROM secrets").fetchone()
    master = load(key_path, random, lambda one: opens(db, one))
    if not opens(db, master):
        raise CasesLocked("the master key is not the one the case register was made with")
    return master
