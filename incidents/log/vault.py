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
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Self, TypeVar

from cryptography.exceptions import InvalidTag

from incidents.log import LogDamaged, LogUnavailable, Record, quarantine
from incidents.log.boxes import Boxes, secret_in, word_of
from incidents.log.master import KEY_BYTES, Box, KeyMismatch, Master, Random, fresh, keyed_digest, load_all, make
from incidents.log.months import key_of
from incidents.log.private_file import FORMAT, LIVE, NAME, SCHEMA, delete_keys, holds_secrets, truncate, write_secrets
from incidents.log.quarantine import Quarantined
from incidents.log.store import Store, beside, create

_BOXES = 1_000  # keys at hand: with what OpenSSL prepares each takes 3.4 kB
WORDS = 8_192  # ids at hand: of one press the same is asked for several times
_MASTERS = 4  # keys held at once: of a desk that goes on through several rotations the oldest go
_NAMED = "INSERT INTO actors VALUES (?, ?, ?)"
_WHOSE = "SELECT pseudonym FROM actors WHERE digest = ?"
_log = logging.getLogger(__name__)

T = TypeVar("T")


class PrivateStore:
    """The open private store of one log, live or of a training. Its methods may be called from any thread.

    Every method that writes raises `LogUnavailable` when that can't be done (always when it was opened for reading); what is
    already known goes on being read. Where another process rotates the master key meanwhile (`incidents.log.rotation`), the
    key file is read again: in a transaction the store's secret says which key is in force.
    """

    APPLICATION: ClassVar[int]
    MONTHLY: ClassVar[bool] = False  # whether a stream that goes on has a key a month

    def __init__(
        self,
        path: Path,
        masters: Sequence[Master],
        random: Random,
        *,
        key_path: Path,
        writing: bool = True,
        durable: bool = True,
    ) -> None:
        self._random = random
        self._key_path = key_path
        self._held = [Boxes(master) for master in masters]  # the one in force first
        self._reading = Store(path, NAME, writing=False)
        self._writing = Store(path, NAME, writing=writing, durable=durable)
        self._read_lock = threading.Lock()
        self._write_lock = threading.RLock()
        self._lock = threading.Lock()  # of what is in memory: nobody who holds it waits for a disk
        self._boxes: dict[str, tuple[int, Box]] = {}
        self._erased: dict[str, int] = {}
        self._pseudonyms: dict[str, str] = {}
        self._gives_names = writing
        self._unwritten: list[tuple[str, str]] = []  # pseudonyms and names that are in memory alone
        self._secret: bytes | None = None
        self._id_key = self._load_id_key()
        self.register_key = keyed_digest(self._id_key, "register of what was erased")
        self._views = Box(keyed_digest(self._id_key, "views"), random)
        self._word_of = lru_cache(maxsize=WORDS)(self._make_word)

    @classmethod
    def _open(
        cls, log: Path, key_file: Path | None, random: Random, *, reading: bool = False, durable: bool = True
    ) -> Self:
        path, key_path = beside(log, ".private"), key_file or beside(log, ".key")
        if reading:
            if not holds_secrets(path, cls.APPLICATION):
                raise LogUnavailable(f"{NAME}: there is none")
            return cls(path, load_all(key_path, random), random, key_path=key_path, writing=False)
        cls._made(log, key_file, random)
        return cls(path, load_all(key_path, random), random, key_path=key_path, durable=durable)

    @classmethod
    def _made(cls, log: Path, key_file: Path | None, random: Random) -> None:
        """Make the files where there are none."""
        path, key_path = beside(log, ".private"), key_file or beside(log, ".key")
        if not holds_secrets(path, cls.APPLICATION):
            make(key_path, random)
            create(path, NAME, SCHEMA, FORMAT, cls.APPLICATION)
            write_secrets(path, load_all(key_path, random)[0], random)

    def incident_id(self, device: str, n: int) -> str:
        """The id of a device's n-th incident: 26 letters and digits that reveal no device."""
        return self._id("incident", f"{n} {device}")

    def incident_id_for_message(self, message_id: str) -> str:
        """The id of the incident that a press without a device opens."""
        return self._id("message", message_id)

    def device_id(self, device: str) -> str:
        """What a device is called in the name of its stream."""
        return self._id("device", device)

    def place(self, stream: str, version: int, at: str) -> tuple[str, int]:
        """What the key is called that seals this version of a stream at this time, and the version from which it must be good."""
        key = key_of(stream, at) if self.MONTHLY else stream
        return (key, version) if key == stream else (key, self._erased.get(key, 0) + 1)

    def seal(self, stream: str, version: int, plain: bytes, at: str) -> str:
        """Base64 of nonce and ciphertext, bound to this place in the log. A key that is missing is made, durably."""
        key, since = self.place(stream, version, at)
        held = self._box(key)
        if held is None or since < held[0]:
            self.prepare({key: since})
            held = self._box(key)
        assert held is not None
        return base64.b64encode(held[1].seal(plain, f"{stream} {version}")).decode()

    def unseal(self, record: Record) -> bytes | None:
        """The plain bytes; `b""` when nothing is sealed, None when the key is gone or does not fit."""
        if not record.sealed:
            return b""
        key, since = self.place(record.stream, record.version, record.at)
        places = (
            [(key, since)] if key == record.stream else [(key, since), (record.stream, record.version)]
        )  # or of before
        tried = False
        for key, since in places:
            held = self._boxes.get(key) or self._box(key)
            if held is None or since < held[0]:
                continue
            tried = True
            with contextlib.suppress(InvalidTag, ValueError):
                return held[1].open(binascii.a2b_base64(record.sealed), f"{record.stream} {record.version}")
        if tried:
            _log.warning("sealed facts of %s version %d cannot be opened", record.stream, record.version)
        return None

    def disclose(self, stream: str) -> str:
        """The key of one stream, 64 hex digits, for whoever must see that what was opened is what was sealed; "" when it is gone.

        Whoever has it can open what is sealed in this stream later too, until it is erased.
        """
        found = self._key(stream)
        return found[1].hex() if found is not None else ""

    def prepare_for(self, sealing: Iterable[tuple[str, int, str]]) -> None:
        """Make the keys that records of these streams, versions and times, each in its order, miss."""
        first: dict[str, int] = {}
        for stream, version, at in sealing:
            first.setdefault(*self.place(stream, version, at))
        self.prepare(first)

    def prepare(self, first: Mapping[str, int]) -> None:
        """Make the keys that streams need for a record of this version, all of them in one durable transaction."""
        with self._write_lock:
            lowered, made, unwritten = [], [], tuple(self._unwritten)
            for stream, version in first.items():
                held = self._box(stream)
                if held is None:
                    made.append((stream, version, self._random(KEY_BYTES, f"key of {stream} from {version}")))
                elif version < held[0]:  # a log that was set back to an older backup
                    lowered.append((version, stream))
            if not made and not lowered and not unwritten:
                return
            with self._writing.use() as db:
                db.execute("BEGIN IMMEDIATE")
                under = self._in_force(db)
                rows = [(stream, version, under.wrap.seal(key, stream)) for stream, version, key in made]
                db.executemany("INSERT INTO keys (stream, since, wrapped) VALUES (?, ?, ?)", rows)
                db.executemany(
                    "UPDATE keys SET since = ? WHERE n = (SELECT max(n) FROM keys WHERE stream = ?)", lowered
                )
                db.executemany(_NAMED, [under.named(*one) for one in unwritten])
                db.execute("COMMIT")
            with self._lock:
                self._unwritten = [one for one in self._unwritten if one not in unwritten]
            for version, stream in lowered:
                self._boxes[stream] = (version, self._boxes[stream][1])
            for stream, version, key in made:
                self._keep(stream, version, Box(key, self._random))

    def forget_keys(self, erased: Mapping[str, int]) -> None:
        """Delete the keys of streams, given the version of each one's `erased` record; even if this fails they are out of use."""
        with self._write_lock:
            self.disuse_keys(erased)
            delete_keys(self._writing, erased)

    def settle(self) -> None:
        """Empty the WAL of what a deletion left there because another process was reading. Raises `LogUnavailable`."""
        with self._write_lock, self._writing.use() as db:
            truncate(db)

    def disuse_keys(self, erased: Mapping[str, int]) -> None:
        """Open nothing more with the keys of these streams, whether or not they could be deleted."""
        with self._lock:
            for stream, version in erased.items():
                self._erased[stream] = max(version, self._erased.get(stream, 0))
                held = self._boxes.get(stream)
                if held is not None and held[0] <= version:
                    del self._boxes[stream]

    def pseudonym(self, name: str) -> str:
        """The random word that stands for this person in the log.

        One that is new is written, durably, before the first record that is made after it: nobody waits for a disk here, and one
        that is full keeps nobody from acting. Raises `LogUnavailable` where nothing can be read, or made.
        """
        known = self._pseudonyms.get(name)
        if known is not None:
            return known
        with self._lock:
            word = self._pseudonyms.get(name) or self._pseudonym_of(name)
            if word is None:
                if not self._gives_names:
                    raise LogUnavailable(f"{NAME}: it is read-only")
                word = word_of(self._random(10, f"name {name}"))
                self._unwritten.append((word, name))
            self._pseudonyms[name] = word
        return word

    def _pseudonym_of(self, name: str) -> str | None:
        with self._read_lock, self._reading.use() as db:
            db.execute("BEGIN")  # as at one moment: a rotation of the master key gives each name another digest
            self._take(secret_in(db))
            digests = [keyed_digest(under.name_key, name) for under in self._held]
            found = next((row for digest in digests if (row := db.execute(_WHOSE, (digest,)).fetchone())), None)
            db.execute("COMMIT")
        return str(found[0]) if found else None

    def name_of(self, pseudonym: str) -> str | None:
        """Who it is; None when nobody is known by this pseudonym (any more)."""
        for word, name in self._unwritten:
            if word == pseudonym:
                return name
        with self._read_lock, self._reading.use() as db:
            known = "SELECT sealed FROM actors WHERE pseudonym = ? AND digest <> zeroblob(length(digest))"
            row = db.execute(known, (pseudonym,)).fetchone()
        return self._opened(lambda under: under.names.open(row[0], pseudonym)).decode() if row else None

    def forget_actor(self, pseudonym: str) -> bool:
        """Delete the name; what the person did stays, nobody's. False when there was none."""
        overwrite = (
            "UPDATE actors SET digest = zeroblob(length(digest)), sealed = zeroblob(length(sealed)) "
            "WHERE pseudonym = ? AND digest <> zeroblob(length(digest))"
        )
        with self._write_lock:
            with self._lock:
                before, self._unwritten = self._unwritten, [row for row in self._unwritten if row[0] != pseudonym]
            try:
                with self._writing.use() as db:
                    gone = db.execute(overwrite, (pseudonym,)).rowcount > 0 or before != self._unwritten
                    truncate(db)
            finally:  # what was read before it was gone must not come back
                with self._lock:
                    self._pseudonyms = {name: word for name, word in self._pseudonyms.items() if word != pseudonym}
        return gone

    def seal_view(self, plain: bytes) -> bytes:
        """Nonce and ciphertext of what an address carries."""
        # Not under the master key: what waits to be entered outlives its rotation.
        return self._views.seal(plain, "view")

    def open_view(self, sealed: bytes) -> bytes | None:
        """The plain bytes; None when it was changed, or sealed under another log's key."""
        for box in (self._views, *(under.views for under in self._held)):  # the others: of an older version
            with contextlib.suppress(InvalidTag, ValueError):
                return box.open(sealed, "view")
        return None

    def quarantine(self, feed: str, at: str, reason: str, raw: bytes) -> None:
        """Keep the first 64 KiB of bytes that were not understood; the oldest beyond 10,000 go."""
        with self._write_lock, self._writing.use() as db:
            db.execute("BEGIN IMMEDIATE")
            quarantine.keep(db, self._in_force(db), feed, at, reason, raw)
            db.execute("COMMIT")

    def quarantined(self, limit: int = 100) -> list[Quarantined]:
        """The newest bytes in quarantine, newest first."""
        with self._read_lock, self._reading.use() as db:
            rows = quarantine.newest(db, limit)
        return [
            Quarantined(feed=row[0], at=row[1], reason=row[2], raw=self._opened(quarantine.opens(row))) for row in rows
        ]

    def forget_quarantine(self, before: str) -> int:
        """Delete what came before this time (RFC 3339 UTC); how many that were."""
        with self._write_lock, self._writing.use() as db:
            found, _ = quarantine.before(db, before)
            if found:
                db.execute("BEGIN IMMEDIATE")
                quarantine.forget(db, before)
                db.execute("COMMIT")
                truncate(db)
        return found

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
        return word_of(keyed_digest(self._id_key, text)[:16])

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
        if row is None or row[0] <= self._erased.get(stream, 0) or not any(row[1]):
            return None
        try:
            return row[0], self._opened(lambda under: under.wrap.open(row[1], stream))
        except InvalidTag:
            return None

    def _keep(self, stream: str, since: int, box: Box) -> tuple[int, Box]:
        with self._lock:
            if len(self._boxes) >= _BOXES:
                self._boxes = dict(list(self._boxes.items())[_BOXES // 2 :])
            if since > self._erased.get(stream, 0):  # else it was erased while it was read
                self._boxes[stream] = (since, box)
        return since, box

    @property
    def columns_key(self) -> bytes:
        """Boxes which a cache beside the log is believed."""
        return self._held[0].columns_key

    def _load_id_key(self) -> bytes:
        with self._reading.use() as db:
            self._secret = secret_in(db)
        try:
            found = next((under for under in self._held if under.opens(self._secret)), None)
            if found is None and len(self._secret or b"") <= KEY_BYTES:
                raise LogDamaged(f"{NAME}: it is damaged")
            if found is None:
                raise KeyMismatch("the master key is not the one this private store was made with")
        except BaseException:
            self._reading.drop()
            raise
        self._held.sort(key=lambda under: under is not found)
        return found.secrets.open(self._secret or b"", "id key")

    def _in_force(self, db: sqlite3.Connection) -> Boxes:
        """What seals now, for as long as the transaction lasts. Raises `LogUnavailable` when its key can't be read."""
        self._take(secret_in(db))
        return self._held[0]

    def _newest(self) -> list[Boxes]:
        """All keys held, once it is seen that none came since. Raises `LogUnavailable`."""
        with self._read_lock, self._reading.use() as db:
            secret = secret_in(db)
        self._take(secret)
        return list(self._held)

    def _take(self, secret: bytes | None) -> None:
        if secret == self._secret or secret is None:
            return
        try:
            new = [Boxes(master) for master in load_all(self._key_path, self._random)]
        except KeyMismatch as error:
            raise LogUnavailable(f"the master key was rotated: {error}") from None
        found = next((under for under in (*new, *self._held) if under.opens(secret)), None)
        if found is None:
            raise LogUnavailable("the master key was rotated, and its file holds another one")
        # What was wrapped under the key of before is opened until the rotation is over.
        self._held = [found, *(under for under in new if under is not found), *self._held][:_MASTERS]
        self._secret = secret

    def _opened(self, opened: Callable[[Boxes], T]) -> T:
        """By whichever key opens it. Raises `InvalidTag`, and `LogUnavailable` when the key in force can't be read."""
        for held in (self._held.copy, self._newest):
            for under in held():
                with contextlib.suppress(InvalidTag):
                    return opened(under)
        raise InvalidTag


class Vault(PrivateStore):
    """The private store of a live log. Its keys, nonces and pseudonyms are the system's random ones, always."""

    APPLICATION = LIVE
    MONTHLY = True

    @classmethod
    def open(cls, log: Path, *, key_file: Path | None = None, reading: bool = False) -> Self:
        """Open, or make at the first start, the private store of the log at this path, and its master key.

        `reading`: beside the process that writes it; nothing is made or changed. Raises `KeyMismatch` when a store exists and
        its master key is missing or another one, and `LogUnavailable`.
        """
        return cls._open(log, key_file, fresh, reading=reading)
