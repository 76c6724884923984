"""A data source of fixed capacity whose rows are patched one by one.

Replacing a source's data costs ten times a patch on the wire and redraws as much; so rows have slots, an empty slot has
NaN for a position (nothing is drawn), and only cells that changed travel.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bokeh.models import ColumnDataSource


class Rows:
    """Keyed rows over a `ColumnDataSource`. `put` and `drop` collect changes, `flush` sends them as one patch.

    `empty` names every column with the value of a free slot. When no slot is free the capacity doubles: the one time
    that all data travel again.
    """

    def __init__(self, empty: Mapping[str, Any], capacity: int, *, name: str) -> None:
        self._empty = dict(empty)
        self._slots: dict[str, int] = {}
        self._free = list(range(capacity))[::-1]
        self._columns: dict[str, list[Any]] = {column: [value] * capacity for column, value in empty.items()}
        self._last: dict[str, Mapping[str, Any]] = {}
        self._changed: dict[str, dict[int, Any]] = {}
        self._grown = False
        self.source = ColumnDataSource(data={c: list(v) for c, v in self._columns.items()}, name=name)

    @property
    def capacity(self) -> int:
        """How many rows fit before all data must be sent again."""
        return len(self._slots) + len(self._free)

    def __iter__(self) -> Iterator[str]:
        return iter(self._slots)

    def __contains__(self, key: object) -> bool:
        return key in self._slots

    def row(self, key: str) -> dict[str, Any]:
        """One row as it will be after the next flush. Raises KeyError when there is none."""
        slot = self._slots[key]
        return {column: values[slot] for column, values in self._columns.items()}

    def put(self, key: str, row: Mapping[str, Any]) -> None:
        """Write a row, which must not be changed afterwards; a column it does not name becomes empty."""
        if self._last.get(key) is row:
            return
        self._last[key] = row
        if key not in self._slots:
            if not self._free:
                self._grow()
            self._slots[key] = self._free.pop()
        self._write(self._slots[key], {**self._empty, **row})

    def drop(self, key: str) -> None:
        """Free the row's slot; no row is not an error."""
        self._last.pop(key, None)
        slot = self._slots.pop(key, None)
        if slot is not None:
            self._write(slot, self._empty)
            self._free.append(slot)

    def keep_only(self, keys: Iterable[str]) -> None:
        """Drop every row that is not among these."""
        for key in self._slots.keys() - set(keys):
            self.drop(key)

    def flush(self) -> bool:
        """Send what changed; whether anything did."""
        if self._grown:
            self._grown = False
            self._changed.clear()
            self.source.data = {column: list(values) for column, values in self._columns.items()}
            return True
        patches = {column: list(cells.items()) for column, cells in self._changed.items()}
        self._changed.clear()
        if patches:
            self.source.patch(patches)
        return bool(patches)

    def _write(self, slot: int, row: Mapping[str, Any]) -> None:
        for column, values in self._columns.items():
            new = row[column]
            if not _same(values[slot], new):
                values[slot] = new
                self._changed.setdefault(column, {})[slot] = new

    def _grow(self) -> None:
        old = self.capacity
        for column, values in self._columns.items():
            values.extend([self._empty[column]] * old)
        self._free = list(range(old, 2 * old))[::-1]
        self._grown = True


def _same(a: object, b: object) -> bool:
    return bool(a == b) or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))
