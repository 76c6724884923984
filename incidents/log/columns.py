"""A cache of columns beside the log (`PATH.columns`): what was folded of it up to a record, as Parquet.

It may be deleted at any time. What does not fit the log, was made by other code or was changed by anybody is not believed: a
code made with the log's own master key stands over it. Its columns identify nobody.
"""

import contextlib
import hmac
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from incidents.log.snapshot import Mark
from incidents.log.store import beside

_MAGIC = b"vigie columns 1\n"
_MAC_BYTES = 32
_SIZE_BYTES = 4


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the columns are of. `made_by`: the code and the settings that made them."""

    position: int
    hash: str
    made_by: str


def path_of(log: Path) -> Path:
    """Where the cache of the log at this path is."""
    return beside(log, ".columns")


def read(
    log: Path, key: bytes, made_by: str, *, repeating: Sequence[str] = ()
) -> tuple[Mark, pa.Table] | None:  # fmt: skip
    """The columns and the record up to which they were folded; None when there are none that can be believed.

    `repeating`: columns of few different texts, given as dictionaries.
    """
    try:
        whole = memoryview(path_of(log).read_bytes())
        mac, body = whole[len(_MAGIC) : len(_MAGIC) + _MAC_BYTES], whole[len(_MAGIC) + _MAC_BYTES :]
        if whole[: len(_MAGIC)] != _MAGIC or not hmac.compare_digest(mac, hmac.digest(key, body, "sha256")):
            return None
        size = int.from_bytes(body[:_SIZE_BYTES], "big")
        header = msgspec.json.decode(body[_SIZE_BYTES : _SIZE_BYTES + size], type=_Header)
        if header.made_by != made_by:
            return None
        file = pa.BufferReader(pa.py_buffer(body[_SIZE_BYTES + size :]))
        table = pq.read_table(file, pre_buffer=False, read_dictionary=list(repeating))
    except (OSError, ValueError, pa.ArrowException):
        return None
    return Mark(header.position, header.hash), table


def write(log: Path, key: bytes, made_by: str, mark: Mark, table: pa.Table, *, unique: str = "") -> None:
    """Put the columns in the place of those before, whole or not at all, readable by their owner only. Raises OSError.

    `unique`: the column in which no value stands twice.
    """
    header = msgspec.json.encode(_Header(position=mark.position, hash=mark.hash, made_by=made_by))
    sink = pa.BufferOutputStream()
    # Times and numbers hardly repeat: a dictionary of them would only be made to be given up.
    repeating = [field.name for field in table.schema if not pa.types.is_timestamp(field.type)]
    pq.write_table(table, sink, compression="lz4", use_dictionary=[n for n in repeating if n != unique])
    parts = (len(header).to_bytes(_SIZE_BYTES, "big"), header, memoryview(sink.getvalue()))
    mac = hmac.new(key, digestmod="sha256")
    for part in parts:
        mac.update(part)
    path = path_of(log)
    # A name of its own, mode 0600: a report may write one while a desk does.
    opened, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(opened, "wb") as file:
            file.writelines((_MAGIC, mac.digest(), *parts))
        draft.replace(path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
