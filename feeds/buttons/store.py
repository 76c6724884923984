"""The file of enrolled buttons: who they are, their keys sealed, the last counter of each; and what goes on the feed, for a day.

Keys are sealed under the master key (`key_file`, else `STORE.key`) with the address as AAD, so that none can be moved to another
button. Several processes may have the file open: a counter is written only for the enrolment it was heard under.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag

from feeds.buttons.deduplication import Last
from feeds.gateway import feed_file
from feeds.gateway.feed_file import Ended, Kept
from feeds.gateway.store import Needed
from incidents.buttons import EnrolError, StoreState
from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch, Master, Random, fresh, load, make
from incidents.log.private_file import truncate
from incidents.log.rotation import patiently, rewrapped
from incidents.log.store import Store, WriteLock, beside, check_version, create

_NAME = "the buttons' file"
FORMAT = 1
APPLICATION = 0x56494742  # "VIGB"
_SCHEMA = (
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE buttons (address TEXT PRIMARY KEY, device TEXT NOT NULL UNIQUE, enrolment BLOB NOT NULL, sealed BLOB, "
    "counter INTEGER, wraps INTEGER NOT NULL DEFAULT 0, packet INTEGER, events BLOB NOT NULL DEFAULT x'', battery INTEGER, "
    "rssi INTEGER, name TEXT NOT NULL DEFAULT '', said TEXT NOT NULL DEFAULT '', heard_at TEXT, enrolled_at TEXT NOT NULL, "
    "enrolled_by TEXT NOT NULL) STRICT",
    *feed_file.TABLES,
)
_CHECK = "check"  # sealed under the master key alone: tells a wrong key from a damaged row
_ENROLMENT_BYTES = 16


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """One button in use. `key` None: plain, or its key can't be unsealed (`locked`). `enrolment`: random, new each time."""

    address: str
    device: str
    enrolment: bytes
    key: bytes | None = None
    keyed: bool = False
    locked: bool = False
    last: Last = Last()
    battery: int | None = None
    rssi: int | None = None
    name: str = ""
    said: tuple[Literal["linked", "link_lost", "battery_low"], ...] = ()
    heard_at: datetime | None = None
    enrolled_at: datetime
    enrolled_by: str = ""


class ButtonStore:
    """The open or unopened file. `state` and `reason` say how it is; methods that write raise LogUnavailable or KeyMismatch.

    Used by several threads, one at a time.
    """

    def __init__(self, path: Path, key_file: Path | None = None, *, random: Random = fresh) -> None:
        self.path = path
        self.state: StoreState = "missing"
        self.reason = ""
        self._key_file = key_file or beside(path, ".key")
        self._random = random
        self._lock = threading.Lock()
        self._store = Store(path, _NAME, writing=True)
        self._serving = WriteLock(path, _NAME, "serving")
        self._seen: object = None

    def hold(self) -> None:
        """Be the one process that serves these buttons, until `close`. Raises LogUnavailable when another does."""
        self._serving.acquire()

    def served(self) -> bool:
        """Whether another process serves these buttons."""
        try:
            self._serving.acquire()
            self._serving.release()
        except LogUnavailable:
            return True
        return False

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._store.settle()
            self._serving.release()

    def load(self) -> tuple[Enrolled, ...] | None:
        """Who is enrolled; None when it can't be read now (`state` says why, what was known before stays true)."""
        with self._lock:
            try:
                return self._load()
            except FileNotFoundError:
                self.state, self.reason = "missing", "there is no file of enrolled buttons: new, or lost"
            except (LogUnavailable, OSError) as failure:
                self.state, self.reason = "failed", str(failure)
            except Exception as failure:  # in as many ways as bytes can be wrong; its words may quote them
                self.state, self.reason = "failed", f"{_NAME}: it is damaged ({type(failure).__name__})"
            self._seen = None
            return None

    def changed(self) -> bool:
        """Whether another process wrote since `load`, or it never succeeded: cheap, for once a second."""
        with self._lock:
            try:
                return self._seen is None or self._signature() != self._seen
            except (LogUnavailable, OSError):
                return True

    def enrol(self, button: Enrolled, *, instead: bool) -> None:
        """Take a button in, in place of what its address was; makes the file where there is none.

        Raises EnrolError when another address has the name and it is not `instead` of that one.
        """
        with self._lock:
            self._make()
            with self._writing() as db:
                master = self._master(db)
                sealed = None if button.key is None else master.box("button keys").seal(button.key, button.address)
                if instead:
                    db.execute("DELETE FROM buttons WHERE device = ?", (button.device,))
                db.execute("DELETE FROM buttons WHERE address = ?", (button.address,))
                try:
                    db.execute(
                        "INSERT INTO buttons (address, device, enrolment, sealed, name, rssi, battery, enrolled_at, enrolled_by) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            button.address,
                            button.device,
                            button.enrolment,
                            sealed,
                            button.name,
                            button.rssi,
                            button.battery,
                            _text(button.enrolled_at),
                            button.enrolled_by,
                        ),
                    )
                except sqlite3.IntegrityError:
                    raise EnrolError(f"{button.device} is another button's name; take that one out first") from None

    def remove(self, device: str) -> bool:
        """Take a button out, its key overwritten; whether there was one."""
        with self._lock:
            if not self.path.exists():
                return False
            with self._writing() as db:
                found = db.execute("DELETE FROM buttons WHERE device = ?", (device,)).rowcount > 0
            with self._store.use() as db:  # gone from the companion file too
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return found

    def save(self, buttons: Sequence[Enrolled]) -> None:
        """Keep what was heard of these, durably; a counter never goes back."""
        with self._lock, self._writing() as db:
            db.executemany(
                "UPDATE buttons SET counter = ?, wraps = ?, packet = ?, events = ?, battery = ?, rssi = ?, name = ?, "
                "said = ?, heard_at = ? WHERE address = ? AND enrolment = ? "
                "AND (wraps, coalesce(counter, -1)) <= (?, coalesce(?, -1))",
                [
                    (
                        one.last.counter,
                        one.last.wraps,
                        one.last.packet,
                        bytes(one.last.events),
                        one.battery,
                        one.rssi,
                        one.name,
                        " ".join(one.said),
                        _text(one.heard_at) if one.heard_at else None,
                        one.address,
                        one.enrolment,
                        one.last.wraps,
                        one.last.counter,
                    )
                    for one in buttons
                ],
            )

    def feed(self) -> Ended | None:
        """The feed as it was kept; None when nothing was, or it can't be read."""
        with self._lock:
            try:
                if not self.path.exists():
                    return None
                with self._store.use() as db:
                    return feed_file.read(db)
            except (LogUnavailable, TypeError, ValueError):
                return None

    def keep(self, epoch: str, messages: Sequence[Kept], *, needed: Needed, ended: bool = False) -> None:
        """Keep messages of this epoch, drop what is not needed; `ended`: nothing more will come of this process."""
        with self._lock, self._writing() as db:
            feed_file.write(db, epoch, messages, needed=needed, ended=ended)

    def _load(self) -> tuple[Enrolled, ...]:
        if not self.path.exists():
            raise FileNotFoundError
        check_version(self._store, _NAME, FORMAT, APPLICATION)
        seen = self._signature()
        with self._store.use() as db:
            db.execute("BEGIN")  # one moment of the file, under one key
            try:
                master: Master | None = self._master(db)
                self.state, self.reason = "open", ""
            except KeyMismatch as failure:
                master = None
                self.state, self.reason = "locked", str(failure)
            rows = db.execute(
                "SELECT address, device, enrolment, sealed, counter, wraps, packet, events, battery, rssi, name, said, heard_at, "
                "enrolled_at, enrolled_by FROM buttons ORDER BY device"
            ).fetchall()
            db.execute("COMMIT")
        found = tuple(one for row in rows if (one := self._readable(row, master)) is not None)
        if self.state == "open" and any(one.locked for one in found):
            self.state, self.reason = "locked", "the sealed key of a button is damaged"
        if len(found) < len(rows):
            self.state, self.reason = "locked", f"damaged buttons: {len(rows) - len(found)} of {len(rows)}"
        self._seen = seen
        return found

    def _readable(self, row: tuple[object, ...], master: Master | None) -> Enrolled | None:
        """A button; None for one whose row is damaged, which keeps no other from being heard."""
        try:
            return self._enrolled(row, master)
        except Exception:
            return None

    def _enrolled(self, row: tuple[object, ...], master: Master | None) -> Enrolled:
        names = ("address", "device", "enrolment", "sealed", "counter", "wraps", "packet", "events")
        fact = dict(
            zip((*names, "battery", "rssi", "name", "said", "heard_at", "enrolled_at", "enrolled_by"), row, strict=True)
        )
        address, sealed = str(fact["address"]), fact["sealed"]
        key = None
        if isinstance(sealed, bytes) and master is not None:
            with contextlib.suppress(InvalidTag, ValueError):
                key = master.box("button keys").open(sealed, address)
        last = {name: fact.pop(name) for name in ("counter", "wraps", "packet")}
        last["events"] = tuple(fact.pop("events"))  # type: ignore[arg-type]
        fact["said"] = str(fact["said"]).split()
        fact |= {"last": last, "key": key, "keyed": sealed is not None, "locked": sealed is not None and key is None}
        return msgspec.convert(fact, Enrolled)

    def _make(self) -> None:
        if self.path.exists() and self.path.stat().st_size:
            return
        make(self._key_file, self._random)
        create(self.path, _NAME, _SCHEMA, FORMAT, APPLICATION)

    def _master(self, db: sqlite3.Connection) -> Master:
        """The master key, proven to be this file's: the first one that seals for it is. Raises KeyMismatch."""
        row = db.execute("SELECT sealed FROM secrets WHERE name = ?", (_CHECK,)).fetchone()
        master = load(self._key_file, self._random, lambda one: _opens(row, one))
        if row is None:
            sealed = master.box("buttons file").seal(_CHECK.encode(), _CHECK)
            db.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (_CHECK, sealed))
        elif not _opens(row, master):
            raise KeyMismatch("the master key is not the one the buttons' file was made with")
        return master

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._store.use() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def _signature(self) -> object:
        """What changes when another process writes, or the key comes or goes."""
        with self._store.use() as db:
            version = db.execute("PRAGMA data_version").fetchone()[0]
        try:
            key = self._key_file.stat()
        except OSError:
            return version, None
        return version, (key.st_ino, key.st_mtime_ns)


def fits(path: Path, master: Master) -> bool:
    """Whether the buttons' keys are sealed under this key, or none is yet. Raises LogUnavailable."""
    with Store(path, _NAME, writing=False) as store, store.use() as db:
        row = db.execute("SELECT sealed FROM secrets WHERE name = ?", (_CHECK,)).fetchone()
    return row is None or _opens(row, master)


def rotate(path: Path, old: Master, new: Master) -> None:
    """Seal under the new master key what the old one opens, in one transaction. Raises KeyMismatch, LogUnavailable."""
    with Store(path, _NAME, writing=True) as store:

        def rotated() -> None:
            with store.use() as db:
                db.execute("BEGIN IMMEDIATE")
                row = db.execute("SELECT sealed FROM secrets WHERE name = ?", (_CHECK,)).fetchone()
                if row is not None and not _opens(row, new):
                    if not _opens(row, old):
                        raise KeyMismatch("neither key in the file is the one the buttons' file was made with")
                    check = rewrapped(old.box("buttons file"), new.box("buttons file"), row[0], _CHECK)
                    db.execute("UPDATE secrets SET sealed = ? WHERE name = ?", (check, _CHECK))
                query = "SELECT address, sealed FROM buttons WHERE sealed IS NOT NULL"
                for address, sealed in db.execute(query).fetchall():
                    anew = rewrapped(old.box("button keys"), new.box("button keys"), sealed, address)
                    if anew is not None:
                        db.execute("UPDATE buttons SET sealed = ? WHERE address = ?", (anew, address))
                db.execute("COMMIT")
                truncate(db, _NAME)

        patiently(rotated)


def _opens(row: tuple[bytes] | None, master: Master) -> bool:
    if row is None:
        return False
    try:
        master.box("buttons file").open(row[0], _CHECK)
    except (InvalidTag, ValueError):
        return False
    return True


def new_enrolment(random: Random = fresh) -> bytes:
    """Random bytes for one enrolment."""
    return random(_ENROLMENT_BYTES, "enrolment of a button")


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
