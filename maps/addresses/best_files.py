"""A file of BeSt Address as a stream of rows: plain or in a zip, its header, and what is no such file."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from maps.addresses.index_file import AddressFileError

_HEADER_MAX: Final = 1 << 16
# BeSt's own files are eight to twelve times as large unpacked, the largest under 1 GB.
_UNPACKED_MAX: Final = 8 << 30
_ZIP: Final = b"PK\x03\x04"
_RATIO_MAX: Final = 200

# By the names of the header in small letters. Those of the other projection are not read: EPSG:31370, EPSG:3812 in newer files.
LAT, LON = "epsg:4326_lat", "epsg:4326_lon"
NAMES: Final = ("streetname_nl", "streetname_fr", "streetname_de")
NEEDED: Final = (LAT, LON, "house_number", "postcode", "status")
OTHERS: Final = ("box_number", "municipality_id", "region_code")


class Part(msgspec.Struct, frozen=True):
    """One CSV: what it is called in a message, the day it is of, and its size unpacked in bytes."""

    name: str
    day: str
    size: int


class Opened(msgspec.Struct, frozen=True):
    """A CSV at its first row behind the header: `columns` are its names in small letters."""

    part: Part
    columns: list[str]
    rows: Any


def parts(file: Path) -> list[Part]:
    """The CSVs of a file. Raises AddressFileError naming it."""
    with _answered(file):
        if not file.is_file():  # a pipe that nobody writes to would be waited for
            raise FileNotFoundError
        if not zipfile.is_zipfile(file):
            with file.open("rb") as begun:
                if begun.read(4) == _ZIP:
                    raise AddressFileError(f"{file.name}: it is a damaged zip file: its end is missing")
            day = datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()
            return [Part(file.name, day, file.stat().st_size)]
        with zipfile.ZipFile(file) as packed:
            found = [info for info in packed.infolist() if info.filename.lower().endswith(".csv")]
        if not found:
            raise AddressFileError(f"{file.name}: there is no CSV file in it")
        for info in found:
            if info.file_size > _UNPACKED_MAX or info.file_size > _RATIO_MAX * max(info.compress_size, 1 << 16):
                raise AddressFileError(f"{file.name}: {info.filename} is far too large unpacked to be BeSt Address")
        return [Part(info.filename, "{:04}-{:02}-{:02}".format(*info.date_time[:3]), info.file_size) for info in found]


@contextmanager
def opened(file: Path, part: Part, read: Callable[[int], None]) -> Iterator[Opened]:
    """Opens one of the CSVs of a file; `read` is called with each number of bytes read. Raises AddressFileError."""
    with _answered(file), io.BufferedReader(_Counted(_raw(file, part), read), 1 << 16) as stream:
        yield Opened(part, _header(stream, part.name), stream)


def _raw(file: Path, part: Part) -> IO[bytes]:
    if not zipfile.is_zipfile(file):
        return file.open("rb")
    return zipfile.ZipFile(file).open(part.name)


class _Counted(io.RawIOBase):
    """A stream that says how much of it was read."""

    def __init__(self, stream: IO[bytes], read: Callable[[int], None]) -> None:
        self._stream, self._read = stream, read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        taken = self._stream.read(len(buffer))
        buffer[: len(taken)] = taken
        self._read(len(taken))
        return len(taken)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _header(stream: IO[bytes], name: str) -> list[str]:
    line = stream.readline(_HEADER_MAX)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AddressFileError(f"{name}: its header is not UTF-8") from None
    if not line.endswith(b"\n") or "\0" in text:
        raise AddressFileError(f"{name}: it has no header and rows of a CSV file")
    columns = [column.strip().lower() for column in next(csv.reader([text]), [])]
    missing = [column for column in NEEDED if column not in columns]
    if not set(NAMES) & set(columns):
        missing.append(" or ".join(NAMES))
    if missing:
        raise AddressFileError(f"{name}: missing column {', '.join(missing)}")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise AddressFileError(f"{name}: column {', '.join(twice)} is there twice")
    return columns


@contextmanager
def _answered(file: Path) -> Iterator[None]:
    """Says which file it is that can't be read."""
    try:
        yield
    except FileNotFoundError:
        raise AddressFileError(f"{file.name}: there is no such file") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise AddressFileError(f"{file.name}: it is a damaged zip file: {error}") from error
    except RuntimeError as error:  # zipfile's, of one that is encrypted
        if isinstance(error, AddressFileError):
            raise
        raise AddressFileError(f"{file.name}: {error}") from error
    except OSError as error:
        raise AddressFileError(f"{file.name}: {error.strerror or error}") from error
