"""The file a centre's addresses are kept in: a header of ours, then an Arrow file of one row whose columns are lists.

It is read once, and what is read becomes a private copy, which is mapped into memory: what nobody asks for stays on the disk, and
nobody can cut short what is mapped, since the copy has no name. A new file takes the old one's name only once it is whole;
whoever has the old one open goes on with their copy.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from maps.addresses.tables import CELLS, About, Tables
from maps.store import DataError, put_in_place

FILE: Final = "addresses.arrow"
_UNFINISHED: Final = ".unfinished"
_MAGIC: Final = b"VIGIE ADDRESSES "
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<16sIIQ32x")  # magic, version, sum (CRC 32), length: 64 bytes, as Arrow aligns
_CHUNK: Final = 1 << 22
_TEXTS: Final = ("name_nl", "name_fr", "name_de", "numbers")
_NUMBERS: Final = {
    **dict.fromkeys(("postcode",), pa.int16()),
    **dict.fromkeys(("source",), pa.uint8()),
    **dict.fromkeys(("nis", "known", "middle_lat", "middle_lon", "extent", "first"), pa.int32()),
    **dict.fromkeys(("street", "number", "lat", "lon", "order", "cell_first"), pa.int32()),
}


class AddressFileError(DataError):
    """A file of addresses cannot be used; the message names it, and the row where there is one."""


def write_index(folder: Path, tables: Tables) -> Path:
    """Writes the index into `folder`, made if it is not there. Raises AddressFileError; then the old one is as it was."""
    columns = {name: _one_row(getattr(tables, name)) for name in (*_TEXTS, *_NUMBERS)}
    table = pa.table(columns).replace_schema_metadata({"vigie": msgspec.json.encode(tables.about)})
    to = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"*{_UNFINISHED}"):  # of an import that was killed
            left.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=_UNFINISHED, delete=False) as file:
            try:
                file.write(bytes(_HEADER.size))
                with pa.ipc.new_file(pa.PythonFile(file, "w"), table.schema) as writer:
                    writer.write_table(table)
                file.flush()
                length = file.seek(0, os.SEEK_END) - _HEADER.size
                file.seek(_HEADER.size)
                total = _sum(file)
                file.seek(0)
                file.write(_HEADER.pack(_MAGIC, _VERSION, total, length))
                file.close()
                put_in_place(Path(file.name), to)
            except BaseException:
                file.close()
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise AddressFileError(f"{to}: it cannot be written: {error.strerror or error}") from error
    return to


def read_index(path: Path) -> Tables:
    """The addresses of a file. Raises AddressFileError; FileNotFoundError when there is none."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size or not header.startswith(_MAGIC):
                raise AddressFileError(f"{path.name} is no file of addresses; run `python app.py addresses import`")
            _, version, total, length = _HEADER.unpack(header)
            if version != _VERSION:
                raise AddressFileError(f"{path.name} is of another version; run `python app.py addresses import`")
            if os.fstat(file.fileno()).st_size != _HEADER.size + length:
                raise AddressFileError(f"{path.name} is damaged; run `python app.py addresses import`")
            content, found = _private(file, length, path.parent)
            if found != total:
                raise AddressFileError(f"{path.name} is damaged; run `python app.py addresses import`")
        reader = pa.ipc.open_file(pa.BufferReader(content))
        batch = reader.get_batch(0)
        batch.validate(full=True)
        about = msgspec.json.decode(reader.schema.metadata[b"vigie"], type=About)
        texts = {name: batch.column(name).values for name in _TEXTS}
        numbers = {name: batch.column(name).values.to_numpy(zero_copy_only=True) for name in _NUMBERS}
        tables = Tables(about=about, **texts, **numbers)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise AddressFileError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except (pa.ArrowInvalid, KeyError, TypeError, IndexError, msgspec.DecodeError) as error:
        raise AddressFileError(f"{path.name} cannot be read; run `python app.py addresses import`") from error
    if len(tables.cell_first) != CELLS + 1:
        raise AddressFileError(f"{path.name} is of another version; run `python app.py addresses import`")
    return tables


def _one_row(column: Any) -> pa.ListArray:
    values = pa.array(column) if isinstance(column, np.ndarray) else column
    return pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)


def _private(file: Any, length: int, folder: Path) -> tuple[pa.Buffer, int]:
    """What is left of a file, so many bytes, in a mapped file without a name, and its sum. In memory where the folder can't be
    written, and where the copy would leave less room than twice itself: the log may stand on the same disk."""
    if disk_usage(folder).free >= 3 * length:
        with (
            suppress(OSError, ValueError),
            tempfile.TemporaryFile(dir=folder) as copy,
        ):  # ValueError: it was cut short meanwhile
            total = _sum(file, copy.write)
            copy.flush()
            return pa.py_buffer(mmap.mmap(copy.fileno(), length, access=mmap.ACCESS_READ)), total
    file.seek(_HEADER.size)
    whole = file.read()
    return pa.py_buffer(whole), zlib.crc32(whole)


def _sum(file: Any, take: Callable[[bytes], object] = lambda chunk: None) -> int:
    total = 0
    while chunk := file.read(_CHUNK):
        total = zlib.crc32(chunk, total)
        take(chunk)
    return total
