"""The file of streets: Parquet, a row a cell, in groups of near ones, so that a view reads little. Its facts stand by the schema.

| column | what |
|---|---|
| `scale`, `x`, `y` | the cell (`scales`) |
| `lines` | its text (`cutting`) |
"""

import os
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from maps.store import QUICK, SHIPPED, put_in_place
from maps.streets.cutting import cut
from maps.streets.reading import Lines, StreetsError
from maps.streets.scales import Cell, Kind

VERSION: Final = 1
_NOT_ALL: Final = (
    ", not all streets"  # behind the credit of the shipped file, in English: pages say it as their reader does
)
_FACTS: Final = b"vigie-streets"
_SCHEMA: Final = pa.schema([("scale", pa.int8()), ("x", pa.int32()), ("y", pa.int32()), ("lines", pa.string())])
GROUP: Final = 64  # cells read in one go
_GROUPS_KEPT: Final = 48
_TOGETHER: Final = 3  # cells whose numbers differ in their last three bits are near


class Facts(msgspec.Struct, frozen=True):
    """What a file says of itself: its format, the credit that the map shows, how many lines of each kind."""

    version: int
    credit: str
    kinds: dict[str, int]


class StreetFile:
    """One file, open. Raises `StreetsError` when it is none of ours or can't be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = pq.ParquetFile(path)
            self.facts = msgspec.json.decode((self._file.metadata.metadata or {})[_FACTS], type=Facts)
            if self.facts.version != VERSION or not self._file.schema_arrow.equals(_SCHEMA, check_metadata=False):
                raise StreetsError(f"{path.name} is of another version: import the streets again")
            cells = self._file.read(columns=["scale", "x", "y"])
        except FileNotFoundError as error:
            raise StreetsError(
                f"{path.name}: there is no such file; `python app.py streets import` makes one"
            ) from error
        except (pa.ArrowException, OSError, KeyError, msgspec.DecodeError) as error:
            raise StreetsError(
                f"{path.name} is no file of streets of this version: import the streets again"
            ) from error
        sizes = [self._file.metadata.row_group(group).num_rows for group in range(self._file.num_row_groups)]
        places = [(group, row) for group, size in enumerate(sizes) for row in range(size)]
        keys = zip(*(cells.column(name).to_pylist() for name in ("scale", "x", "y")), strict=True)
        self._at: dict[Cell, tuple[int, int]] = dict(zip(keys, places, strict=True))
        self._group = lru_cache(maxsize=_GROUPS_KEPT)(self._read_group)

    def cells(self) -> list[Cell]:
        """The cells that hold something."""
        return list(self._at)

    def scales(self) -> set[int]:
        """The scales at which there is something to draw."""
        return {cell[0] for cell in self._at}

    def lines(self, cell: Cell) -> str:
        """A cell's text (`cutting`), "" where nothing is. Raises `StreetsError` when the file can't be read any more."""
        if (place := self._at.get(cell)) is None:
            return ""
        group, row = place
        return str(self._group(group)[row])

    def _read_group(self, group: int) -> Any:
        try:
            return self._file.read_row_group(group, columns=["lines"]).column("lines").to_pylist()
        except (pa.ArrowException, OSError, ValueError) as error:  # a text that is no UTF-8 is a ValueError
            raise StreetsError(f"{self.path.name} is damaged: import the streets again") from error


def write_streets(path: Path, lines: Lines, credit: str, *, level: int = QUICK) -> Facts:
    """Cut lines into a file, which is there whole or not at all; `level` is zstd's. The same lines give the same bytes."""
    kinds, counts = np.unique(lines.kinds, return_counts=True)
    named = {Kind(kind).name.lower(): int(count) for kind, count in zip(kinds, counts, strict=True)}
    facts = Facts(VERSION, credit, named)
    schema = _SCHEMA.with_metadata({_FACTS: msgspec.json.encode(facts)})
    cells = sorted(cut(lines), key=lambda found: _near(found[0]))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    made = Path(name)
    try:
        with pq.ParquetWriter(made, schema, compression="zstd", compression_level=level) as writer:
            for first in range(0, len(cells), GROUP):
                writer.write_table(_table(cells[first : first + GROUP], schema))
        put_in_place(made, path)
    finally:
        made.unlink(missing_ok=True)
    return facts


def _table(cells: Sequence[tuple[Cell, str]], schema: pa.Schema) -> pa.Table:
    columns: Iterable[Any] = zip(*((*cell, text) for cell, text in cells), strict=True)
    return pa.table(dict(zip(schema.names, map(list, columns), strict=True)), schema=schema)


def _near(cell: Cell) -> tuple[int, ...]:
    """Cells that are looked at together stand together."""
    scale, x, y = cell
    return scale, x >> _TOGETHER, y >> _TOGETHER, x, y


class Streets:
    """The streets that pages draw: a centre's own file, else the shipped one. None without one; `problem` says why."""

    def __init__(self, own: Path | None = None, shipped: Path = SHIPPED / "streets.parquet") -> None:
        self.file: StreetFile | None = None
        self.problem = ""
        try:
            self.file = StreetFile(own or shipped)
        except StreetsError as error:
            self.problem = str(error)

    @property
    def credit(self) -> str:
        """Whose data is drawn."""
        return self.file.facts.credit.removesuffix(_NOT_ALL) if self.file is not None else ""

    @property
    def partial(self) -> bool:
        """Whether they are known to be some of the streets only, as the shipped ones are."""
        return self.file is not None and self.file.facts.credit.endswith(_NOT_ALL)

    @property
    def scales(self) -> list[int]:
        """The scales at which there is something to draw, in order."""
        return sorted(self.file.scales()) if self.file is not None else []

    def lines(self, cell: Cell) -> str:
        """A cell's text, "" where nothing is. Raises `StreetsError` when the file can't be read any more."""
        return self.file.lines(cell) if self.file is not None else ""


@lru_cache(maxsize=4)
def streets_from(own: Path | None) -> Streets:
    """The streets of this process's pages, opened once."""
    return Streets(own)
