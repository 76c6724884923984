"""The log as a file anyone can read: one record a line, then a trailer; and back, whole or not at all."""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from incidents.log import LogUnavailable, Record
from incidents.log.chain import Chain
from incidents.log.copying import make_durable, placeable, put_in_place
from incidents.log.private_file import forget_keys
from incidents.log.record import CHECKPOINT, ERASED, LINE_LIMIT_BYTES, BadRecord, encode
from incidents.log.regular_files import open_regular
from incidents.log.schema import COLUMNS, INSERT, LIVE, NAME, PLACES, REPORTED, check_log, create_log, record_of, row_of
from incidents.log.store import Store, WriteLock, os_reason

FORMAT = 1


class LogFileError(Exception):
    """The file is not a whole log; the message names the line. Nothing was imported."""


class Trailer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last line: `checkpoint` is the last checkpoint's hash or empty, `digest` the SHA-256 of all bytes before this line."""

    format: int
    count: int
    checkpoint: str
    digest: str


def export(
    path: Path,
    out: Path,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    entered: Callable[[], object] = lambda: None,
) -> Trailer:
    """Write the log, as it is at this moment, to a new file (mode 0600) that appears whole; an older one is replaced.

    Works on a log in use; `progress` is called with records written and in all, `entered` once the file only lacks its name.

    Raises `LogUnavailable`, and `OSError` when the
    file can't be written.
    """
    placeable(out)
    draft = out.with_name(out.name + ".part")
    with Store(path, NAME, writing=False) as store:
        check_log(store)
        draft.unlink(missing_ok=True)
        try:
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file, store.use() as db:
                trailer = _write(db, file, progress)
            make_durable(draft)
            entered()
            put_in_place(draft, out)
        except BadRecord as error:
            raise LogUnavailable(f"{NAME}: it is damaged: {error}") from error
        finally:
            draft.unlink(missing_ok=True)
    return trailer


def import_log(path: Path, file: Path, *, progress: Callable[[int, int], None] = lambda done, total: None) -> Trailer:
    """Fill an empty or new log from an exported file, hashes and all, and delete the keys of what is recorded as erased.

    Every limit, hash, link, checkpoint and the trailer are checked in the one transaction that writes; `progress` is called with
    bytes read and in all. Raises `LogFileError`, and `LogUnavailable` when the log is not empty or can't be written.
    """
    lock = WriteLock(path)
    lock.acquire()
    try:
        created = not path.exists()
        create_log(path)
        try:
            with Store(path, NAME, writing=True) as store, store.use() as db:
                check_log(store, LIVE)
                if db.execute("SELECT 1 FROM records LIMIT 1").fetchone():
                    raise LogUnavailable(f"{NAME}: it is not empty; a log is imported into an empty one only")
                db.execute("BEGIN IMMEDIATE")
                trailer, erased = _read(db, file, progress)
                db.execute("COMMIT")
        except BaseException:
            if created:
                path.unlink(missing_ok=True)
            raise
        forget_keys(path, erased)
        return trailer
    except OSError as error:
        raise LogFileError(f"the file: {os_reason(error)}") from error
    finally:
        lock.release()


def _write(db: sqlite3.Connection, file: BinaryIO, progress: Callable[[int, int], None]) -> Trailer:
    digest = hashlib.sha256()
    count, checkpoint = 0, ""
    total = db.execute("SELECT count(*) FROM records").fetchone()[0]
    for row in db.execute(f"SELECT {COLUMNS} FROM records ORDER BY seq"):
        record = record_of(row)
        line = encode(record) + b"\n"
        file.write(line)
        digest.update(line)
        count += 1
        if count % REPORTED == 0:
            progress(count, total)
        if record.stream == CHECKPOINT:
            checkpoint = record.hash
    trailer = Trailer(format=FORMAT, count=count, checkpoint=checkpoint, digest=digest.hexdigest())
    file.write(msgspec.json.encode(trailer, order="sorted") + b"\n")
    return trailer


def _read(db: sqlite3.Connection, file: Path, progress: Callable[[int, int], None]) -> tuple[Trailer, dict[str, int]]:
    chain, digest = Chain(), hashlib.sha256()
    erased: dict[str, int] = {}
    trailer: Trailer | None = None
    number = 0
    with open_regular(file) as lines:
        size = os.fstat(lines.fileno()).st_size
        for number, line in _lines(lines):
            if number % REPORTED == 0:
                progress(lines.tell(), size)
            if trailer is not None:
                raise LogFileError(f"line {number}: something follows the trailer")
            if _is_trailer(line):
                trailer = _trailer(number, line)
                continue
            record = _record(number, line)
            for finding in chain.add(record, number):
                raise LogFileError(f"line {number}: {finding.text}")
            try:
                db.execute(INSERT + PLACES, row_of(record))
            except sqlite3.IntegrityError:
                raise LogFileError(f"line {number}: its id stands on an earlier line") from None
            digest.update(line)
            if record.type == ERASED:
                erased[record.stream] = record.version
    if trailer is None:
        raise LogFileError(f"line {number}: the file ends without its trailer: it was cut")
    last = chain.last_checkpoint.hash if chain.last_checkpoint else ""
    if trailer.count != chain.count:
        raise LogFileError(f"line {number}: the trailer counts {trailer.count} records, the file holds {chain.count}")
    if trailer.checkpoint != last:
        raise LogFileError(f"line {number}: the trailer names another last checkpoint than the file holds")
    if trailer.digest != digest.hexdigest():
        raise LogFileError(f"line {number}: the trailer's digest is not that of the lines before it")
    return trailer, erased


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(LINE_LIMIT_BYTES + 1):
        number += 1
        if len(line) > LINE_LIMIT_BYTES:
            raise LogFileError(f"line {number}: over {LINE_LIMIT_BYTES} bytes")
        if not line.endswith(b"\n"):
            raise LogFileError(f"line {number}: it has no end: the file was cut")
        yield number, line


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=None):
    """The names of a record, to refuse others."""

    stream: str
    version: int
    id: str
    at: str
    source_at: str
    actor: str
    type: str
    open: dict[str, str | int | bool]
    sealed: str
    prev: str
    hash: str


_line_decoder = msgspec.json.Decoder(_Line)
_trailer_decoder = msgspec.json.Decoder(Trailer)


def _is_trailer(line: bytes) -> bool:
    return line.startswith(b'{"checkpoint":')  # a record's first name, sorted, is `actor`


def _trailer(number: int, line: bytes) -> Trailer:
    try:
        trailer = _trailer_decoder.decode(line)
    except msgspec.DecodeError as error:
        raise LogFileError(f"line {number}: not a trailer: {error}") from None
    if trailer.format > FORMAT:
        raise LogFileError(
            f"line {number}: written by a newer Vigie (format {trailer.format}, this one knows {FORMAT})"
        )
    return trailer


def _record(number: int, line: bytes) -> Record:
    try:
        found = _line_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise LogFileError(f"line {number}: not a record: {error}") from None
    return Record(**{name: getattr(found, name) for name in Record.__struct_fields__})
