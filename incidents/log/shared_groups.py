"""The groups of rows that servers share: what belongs together, how the changes of two of them are merged, how it is written."""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

Name = str | bytes
Row = dict[str, Any]
Rows = dict[str, list[Row]]  # by table
Columns = Mapping[str, list[str]]  # of each table that is there, those that are shared

NOTHING = b""  # the digest of a group without a row


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table: the column `group` says to which group a row belongs, `within` which row of it that is.

    `own` columns number rows in this file alone. `make` is the statement for a table that comes with the first of its rows.
    """

    name: str
    group: str
    within: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    make: str = ""

    def identity(self, row: Row) -> tuple[Any, ...]:
        """What names a row of the table."""
        return tuple(row[column] for column in (self.group, *self.within))


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of groups. `gone` says which rows are those of a group that was erased; a group without a row always is.

    `merges`: a group is one row, and of one that two servers changed each column is taken from who changed it. `passing`: that
    it is gone is forgotten after a week, and nobody needs to know of a change that was undone.
    """

    name: str
    tables: tuple[Table, ...]
    gone: Callable[[Rows], bool] = lambda rows: False
    merges: bool = False
    passing: bool = False

    def is_gone(self, rows: Rows) -> bool:
        """Whether nothing is left in these rows of what the group was."""
        return not any(rows.values()) or self.gone(rows)


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What of a file is shared. `name` is what reasons call the file, `create` makes it where there is none.

    `check` raises `LogUnavailable` for rows of a kind that can't be taken here now.
    """

    name: str
    application: int
    format: int
    kinds: tuple[Kind, ...]
    create: Callable[[Path], None]
    check: Callable[[str, Rows], None] = lambda kind, rows: None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """All rows of a group, as a server `by` had them `at` a moment (POSIX seconds)."""

    kind: str
    name: Any  # text or bytes: msgspec tells no two of them apart
    by: str
    at: float
    rows: Rows


def merged(here: Rows, theirs: Rows, before: dict[str, bytes]) -> tuple[Rows, bool]:
    """One row of which two servers changed columns: of one that both did, the larger number, else theirs."""
    ((table, (mine,)), (_, (other,))) = (*here.items(), *theirs.items())
    row, undone = dict(other), False
    for column in other:
        if _cell(mine[column]) == before.get(column):
            continue
        if _cell(other[column]) == before.get(column):
            row[column] = mine[column]
        elif isinstance(mine[column], int | float) and isinstance(other[column], int | float):
            row[column] = max(mine[column], other[column])
        else:
            undone = undone or mine[column] != other[column]
    return {table: [row]}, undone


def rows_of(db: sqlite3.Connection, kind: Kind, name: Name, columns: Columns) -> Rows:
    found: Rows = {}
    for table in kind.tables:
        if (names := columns.get(table.name)) is not None:
            query = f"SELECT {', '.join(names)} FROM {table.name} WHERE {table.group} = ?"
            if rows := [dict(zip(names, values, strict=True)) for values in db.execute(query, (name,))]:
                found[table.name] = rows
    return found


def write(db: sqlite3.Connection, kind: Kind, here: Rows, rows: Rows) -> None:
    """Put `rows` in the place of those that are `here`. What is sealed is overwritten with zeros before it goes."""
    for table in kind.tables:
        wanted = {table.identity(row): row for row in rows.get(table.name, ())}
        where = " AND ".join(f"{column} = ?" for column in (table.group, *table.within))
        for row in here.get(table.name, ()):
            identity = table.identity(row)
            new = wanted.pop(identity, None)
            changed = row if new is None else {name: value for name, value in new.items() if value != row[name]}
            sealed = [name for name in changed if isinstance(row[name], bytes) and row[name] not in identity]
            if sealed:
                zeros = ", ".join(f"{name} = zeroblob(length({name}))" for name in sealed)
                db.execute(f"UPDATE {table.name} SET {zeros} WHERE {where}", identity)
            if new is None:
                db.execute(f"DELETE FROM {table.name} WHERE {where}", identity)
            elif changed:
                what = ", ".join(f"{name} = ?" for name in changed)
                db.execute(f"UPDATE {table.name} SET {what} WHERE {where}", (*changed.values(), *identity))
        for row in wanted.values():
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def digest_of(kind: Kind, rows: Rows) -> bytes:
    if not any(rows.values()):
        return NOTHING
    found = hashlib.sha256()
    for table in kind.tables:
        for row in sorted(rows.get(table.name, ()), key=table.identity):
            names = sorted(row)
            found.update(line_of(table, names, tuple(row[name] for name in names)))
    return found.digest()


def line_of(table: Table, names: list[str], values: tuple[Any, ...]) -> bytes:
    return msgspec.msgpack.encode((table.name, names, values))


def cells_of(rows: Rows) -> bytes:
    ((row,),) = rows.values() or (({},),)
    return msgspec.msgpack.encode({name: _cell(value) for name, value in row.items()})


def _cell(value: Any) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(value)).digest()[:16]
