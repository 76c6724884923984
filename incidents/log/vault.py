"""The private store beside the log: keys, names of actors, quarantine. What is deleted here is gone for good.

The log itself never holds a key or a name. Each stream has an AES-256-GCM key of its own, wrapped by the master key; deleting
it makes every sealed fact of that stream unreadable, in the log, in its exports and in the backups of both.
"""

import base64
import binascii
import contextlib
import logging
import sqlite3
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Self

import msgspec
from cryptography.exceptions import InvalidTag

from incidents.log import LogDamaged, LogUnavailable, Record
from incidents.log.master import KEY_BYTES, Box, KeyMismatch, Master, Random, fresh, keyed_digest, load, make
from incidents.log.store import Store, beside, check_version, create, is_writable

QUARANTINE_LIMIT = 10_000
QUARANTINE_BYTES = 64 << 10

_NAME = "the private store"
FORMAT = 1
_BOXES = 10_000
WORDS = 8_192  # ids at hand: of one press the same is asked for several times
# A secret's row is never moved: its table grows at the end only, and deleting overwrites it with zeros where it stands. Where
# SQLite rebalances pages (rows that leave or change their size, indexes) it leaves copies behind, `secure_delete` or not.
_SCHEMA = (
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE keys (n INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, since INTEGER NOT NULL, "
    "wrapped BLOB NOT NULL) STRICT",
    "CREATE INDEX keys_by_stream ON keys (stream)",
    "CREATE TABLE actors (pseudonym TEXT PRIMARY KEY, digest BLOB NOT NULL, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE quarantine (n INTEGER PRIMARY KEY AUTOINCREMENT, feed TEXT NOT NULL, at TEXT NOT NULL, "
    "reason TEXT NOT NULL, sealed BLOB NOT NULL) STRICT",
)
_NAMED = "INSERT INTO actors VALUES (?, ?, ?)"
_LIVE = "stream = ? AND since <= ? AND wrapped <> zeroblob(length(wrapped))"
_log = logging.getLogger(__name__)


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that were not understood: from which feed, when, why."""

    feed: str
    at: str
    reason: str
    raw: bytes


class PrivateStore:
    """The open private store of one log, live or of a training. Its methods may be called from any thread.

    Every method that writes raises `LogUnavailable` when that can't be done (always when it was opened for reading); what is
    already known goes on being read.
    """

    APPLICATION: ClassVar[int]

    def __init__(
        self, path: Path, master: Master, random: Random, *, writing: bool = True, durable: bool = True
    ) -> None:
        self._random = random
        self._wrap = master.box("stream keys")
        self._names = master.box("names")
        self._name_key = master.key("name digests")
        self._quarantine = master.box("quarantine")
        self.columns_key = master.key("columns")  # under which a cache beside the log is believed
        self._views = master.box("views")
        self._reading = Store(path, _NAME, writing=False)
        self._writing = Store(path, _NAME, writing=writing, durable=durable)
        self._read_lock = threading.Lock()
        self._write_lock = threading.RLock()
        self._boxes: dict[str, tuple[int, Box]] = {}
        self._erased: dict[str, int] = {}
        self._pseudonyms: dict[str, str] = {}
        self._gives_names = writing
        self._unwritten: list[tuple[str, bytes, bytes]] = []  # rows of names that a failing disk did not take
        self._id_key = self._load_id_key(master)
        self._word_of = lru_cache(maxsize=WORDS)(self._make_word)

    @classmethod
    def _open(
        cls, log: Path, key_file: Path | None, random: Random, *, reading: bool = False, durable: bool = True
    ) -> Self:
        path, key_path = beside(log, ".private"), key_file or beside(log, ".key")
        if reading:
            if not _holds_secrets(path, cls.APPLICATION):
                raise LogUnavailable(f"{_NAME}: there is none")
            return cls(path, load(key_path, random), random, writing=False)
        cls._made(log, key_file, random)
        return cls(path, load(key_path, random), random, durable=durable)

    @classmethod
    def _made(cls, log: Path, key_file: Path | None, random: Random) -> None:
        """Make the files where there are none."""
        path, key_path = beside(log, ".private"), key_file or beside(log, ".key")
        if not _holds_secrets(path, cls.APPLICATION):
            make(key_path, random)
            create(path, _NAME, _SCHEMA, FORMAT, cls.APPLICATION)
            _write_secrets(path, load(key_path, random), random)

    def incident_id(self, device: str, n: int) -> str:
        """The id of a device's n-th incident: 26 letters and digits that reveal no device."""
        return self._id("incident", f"{n} {device}")

    def incident_id_for_message(self, message_id: str) -> str:
        """The id of the incident that a press without a device opens."""
        return self._id("message", message_id)

    def device_id(self, device: str) -> str:
        """What a device is called in the name of its stream."""
        return self._id("device", device)

    def seal(self, stream: str, version: int, plain: bytes) -> str:
        """Base64 of nonce and ciphertext, bound to this place in the log. A key that is missing is made, durably."""
        held = self._box(stream)
        if held is None or version < held[0]:
            self.prepare({stream: version})
            held = self._box(stream)
        assert held is not None
        return base64.b64encode(held[1].seal(plain, f"{stream} {version}")).decode()

    def unseal(self, record: Record) -> bytes | None:
        """The plain bytes; `b""` when nothing is sealed, None when the key is gone or does not fit."""
        if not record.sealed:
            return b""
        held = self._boxes.get(record.stream) or self._box(record.stream)
        if held is None or record.version < held[0]:
            return None
        try:
            return held[1].open(binascii.a2b_base64(record.sealed), f"{record.stream} {record.version}")
        except (InvalidTag, ValueError):
            _log.warning("sealed facts of %s version %d cannot be opened", record.stream, record.version)
            return None

    def disclose(self, stream: str) -> str:
        """The key of one stream, 64 hex digits, for whoever must see that what was opened is what was sealed; "" when it is gone.

        Whoever has it can open what is sealed in this stream later too, until it is erased.
        """
        found = self._key(stream)
        return found[1].hex() if found is not None else ""

    def prepare(self, first: Mapping[str, int]) -> None:
        """Make the keys that streams need for a record of this version, all of them in one durable transaction."""
        with self._write_lock:
            lowered, made = [], []
            for stream, version in first.items():
                held = self._box(stream)
                if held is None:
                    made.append((stream, version, self._random(KEY_BYTES, f"key of {stream} from {version}")))
                elif version < held[0]:  # a log that was set back to an older backup
                    lowered.append((version, stream))
            if not made and not lowered and not self._unwritten:
                return
            rows = [(stream, version, self._wrap.seal(key, stream)) for stream, version, key in made]
            with self._writing.use() as db:
                db.execute("BEGIN IMMEDIATE")
                db.executemany("INSERT INTO keys (stream, since, wrapped) VALUES (?, ?, ?)", rows)
                db.executemany(
                    "UPDATE keys SET since = ? WHERE n = (SELECT max(n) FROM keys WHERE stream = ?)", lowered
                )
                db.executemany(_NAMED, self._unwritten)
                db.execute("COMMIT")
            self._unwritten = []
            for version, stream in lowered:
                self._boxes[stream] = (version, self._boxes[stream][1])
            for stream, version, key in made:
                self._keep(stream, version, Box(key, self._random))

    def forget_keys(self, erased: Mapping[str, int]) -> None:
        """Delete the keys of streams, given the version of each one's `erased` record; even if this fails they are out of use."""
        with self._write_lock:
            self.disuse_keys(erased)
            _delete_keys(self._writing, erased)

    def settle(self) -> None:
        """Empty the WAL of what a deletion left there because another process was reading. Raises `LogUnavailable`."""
        with self._write_lock, self._writing.use() as db:
            _truncate(db)

    def disuse_keys(self, erased: Mapping[str, int]) -> None:
        """Open nothing more with the keys of these streams, whether or not they could be deleted."""
        with self._write_lock:
            for stream, version in erased.items():
                self._erased[stream] = max(version, self._erased.get(stream, 0))
                held = self._boxes.get(stream)
                if held is not None and held[0] <= version:
                    del self._boxes[stream]

    def pseudonym(self, name: str) -> str:
        """The random word that stands for this person in the log; made durably at first sight.

        A disk that is full keeps nobody from acting: the word is written with the next keys.
        """
        known = self._pseudonyms.get(name)
        if known is not None:
            return known
        digest = keyed_digest(self._name_key, name)
        with self._write_lock:
            pseudonym = self._pseudonym_of(digest)
            if pseudonym is None:
                pseudonym = _word(self._random(10, f"name {name}"))
                row = (pseudonym, digest, self._names.seal(name.encode(), pseudonym))
                try:
                    with self._writing.use() as db:
                        db.execute(_NAMED, row)
                except LogUnavailable:
                    if not self._gives_names:
                        raise
                    self._unwritten.append(row)
            self._pseudonyms[name] = pseudonym
        return pseudonym

    def _pseudonym_of(self, digest: bytes) -> str | None:
        with self._read_lock, self._reading.use() as db:
            row = db.execute("SELECT pseudonym FROM actors WHERE digest = ?", (digest,)).fetchone()
        return str(row[0]) if row else None

    def name_of(self, pseudonym: str) -> str | None:
        """Who it is; None when nobody is known by this pseudonym (any more)."""
        for word, _, sealed in self._unwritten:
            if word == pseudonym:
                return self._names.open(sealed, pseudonym).decode()
        with self._read_lock, self._reading.use() as db:
            known = "SELECT sealed FROM actors WHERE pseudonym = ? AND digest <> zeroblob(length(digest))"
            row = db.execute(known, (pseudonym,)).fetchone()
        return self._names.open(row[0], pseudonym).decode() if row else None

    def forget_actor(self, pseudonym: str) -> bool:
        """Delete the name; what the person did stays, nobody's. False when there was none."""
        with self._write_lock:
            self._pseudonyms = {name: word for name, word in self._pseudonyms.items() if word != pseudonym}
            self._unwritten = [row for row in self._unwritten if row[0] != pseudonym]
            with self._writing.use() as db:
                overwrite = (
                    "UPDATE actors SET digest = zeroblob(length(digest)), sealed = zeroblob(length(sealed)) "
                    "WHERE pseudonym = ? AND digest <> zeroblob(length(digest))"
                )
                gone = db.execute(overwrite, (pseudonym,)).rowcount > 0
                _truncate(db)
        return gone

    def seal_view(self, plain: bytes) -> bytes:
        """Nonce and ciphertext of what an address carries."""
        return self._views.seal(plain, "view")

    def open_view(self, sealed: bytes) -> bytes | None:
        """The plain bytes; None when it was changed, or sealed under another master key."""
        try:
            return self._views.open(sealed, "view")
        except (InvalidTag, ValueError):
            return None

    def quarantine(self, feed: str, at: str, reason: str, raw: bytes) -> None:
        """Keep the first 64 KiB of bytes that were not understood; the oldest beyond 10,000 go."""
        sealed = self._quarantine.seal(raw[:QUARANTINE_BYTES], f"{feed} {at}")
        with self._write_lock, self._writing.use() as db:
            db.execute("BEGIN IMMEDIATE")
            cursor = db.execute(
                "INSERT INTO quarantine (feed, at, reason, sealed) VALUES (?, ?, ?, ?)", (feed, at, reason, sealed)
            )
            db.execute("DELETE FROM quarantine WHERE n <= ?", ((cursor.lastrowid or 0) - QUARANTINE_LIMIT,))
            db.execute("COMMIT")

    def quarantined(self, limit: int = 100) -> list[Quarantined]:
        """The newest bytes in quarantine, newest first."""
        with self._read_lock, self._reading.use() as db:
            rows = db.execute("SELECT feed, at, reason, sealed FROM quarantine ORDER BY n DESC LIMIT ?", (limit,))
            return [
                Quarantined(feed=feed, at=at, reason=reason, raw=self._quarantine.open(sealed, f"{feed} {at}"))
                for feed, at, reason, sealed in rows
            ]

    def close(self, *, settled: bool = False) -> None:
        """Let go of the file; the writer leaves nothing beside it, so that a copy of the file alone holds every key."""
        if self._unwritten:
            with contextlib.suppress(LogUnavailable):
                self.prepare({})
        with self._write_lock, self._read_lock:
            self._reading.drop()
            if settled:
                self._writing.settle()
            self._writing.drop()

    def _id(self, kind: str, text: str) -> str:
        return self._word_of(f"{kind} {text}")

    def _make_word(self, text: str) -> str:
        return _word(keyed_digest(self._id_key, text)[:16])

    def _box(self, stream: str) -> tuple[int, Box] | None:
        held = self._boxes.get(stream)
        if held is not None:
            return held
        found = self._key(stream)
        return self._keep(stream, found[0], Box(found[1], self._random)) if found is not None else None

    def _key(self, stream: str) -> tuple[int, bytes] | None:
        with self._read_lock, self._reading.use() as db:
            newest = "SELECT since, wrapped FROM keys WHERE stream = ? ORDER BY n DESC LIMIT 1"
            row = db.execute(newest, (stream,)).fetchone()
        if row is None or row[0] <= self._erased.get(stream, 0):
            return None
        try:
            return row[0], self._wrap.open(row[1], stream)
        except InvalidTag:
            return None

    def _keep(self, stream: str, since: int, box: Box) -> tuple[int, Box]:
        if len(self._boxes) >= _BOXES:
            self._boxes = dict(list(self._boxes.items())[_BOXES // 2 :])
        self._boxes[stream] = (since, box)
        return since, box

    def _load_id_key(self, master: Master) -> bytes:
        with self._reading.use() as db:
            row = db.execute("SELECT sealed FROM secrets WHERE name = 'id key'").fetchone()
        try:
            return master.box("secrets").open(row[0], "id key")
        except InvalidTag:
            self._reading.drop()
            raise KeyMismatch("the master key is not the one this private store was made with") from None
        except (TypeError, ValueError):
            self._reading.drop()
            raise LogDamaged(f"{_NAME}: it is damaged") from None


class Vault(PrivateStore):
    """The private store of a live log. Its keys, nonces and pseudonyms are the system's random ones, always."""

    APPLICATION = 0x56494750  # "VIGP"

    @classmethod
    def open(cls, log: Path, *, key_file: Path | None = None, reading: bool = False) -> Self:
        """Open, or make at the first start, the private store of the log at this path, and its master key.

        `reading`: beside the process that writes it; nothing is made or changed. Raises `KeyMismatch` when a store exists and
        its master key is missing or another one, and `LogUnavailable`.
        """
        return cls._open(log, key_file, fresh, reading=reading)


def forget_keys(log: Path, erased: Mapping[str, int]) -> None:
    """Delete keys as `Vault.forget_keys` does, without a master key; nothing when there is no private store."""
    path = beside(log, ".private")
    if erased and path.exists():
        with Store(path, _NAME, writing=True) as store:
            _delete_keys(store, erased)


def streams_with_keys(log: Path, *, that_open: bool = False) -> set[str]:
    """The streams that have, or had, a key in the private store of this log; none when it can't be read.

    `that_open`: only those whose key is still there.
    """
    live = "WHERE wrapped <> zeroblob(length(wrapped))" if that_open else ""
    try:
        with Store(beside(log, ".private"), _NAME, writing=False) as store, store.use() as db:
            return {row[0] for row in db.execute(f"SELECT DISTINCT stream FROM keys {live}")}
    except LogUnavailable:
        return set()


def _delete_keys(store: Store, erased: Mapping[str, int]) -> None:
    if not erased:
        return
    with store.use() as db:
        if not any(db.execute(f"SELECT 1 FROM keys WHERE {_LIVE}", place).fetchone() for place in erased.items()):
            return
        db.execute("BEGIN IMMEDIATE")
        db.executemany(f"UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE {_LIVE}", erased.items())
        db.execute("COMMIT")
        _truncate(db)


def _truncate(db: sqlite3.Connection) -> None:
    """Bring the zeros over what was deleted into the file and empty the WAL, where the old page still stands."""
    if db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise LogUnavailable(f"{_NAME}: another process reads it, what was deleted is not yet overwritten")


def _holds_secrets(path: Path, application: int) -> bool:
    """Whether a master key was ever used with this store: then a fresh one must never be made."""
    if not path.exists():
        return False
    with Store(path, _NAME, writing=False) as store:
        with store.use() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] == 0 and is_writable(path):
                return False
        check_version(store, _NAME, FORMAT, application)
        with store.use() as db:
            return bool(db.execute("SELECT count(*) FROM secrets").fetchone()[0])


def _write_secrets(path: Path, master: Master, random: Random) -> None:
    with Store(path, _NAME, writing=True) as store, store.use() as db:
        sealed = master.box("secrets").seal(random(KEY_BYTES, "id key"), "id key")
        db.execute("INSERT INTO secrets VALUES ('id key', ?)", (sealed,))


def _word(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
