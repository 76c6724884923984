"""Reads a table of text: the columns that a mapping names, every cell as it is written, and the number of its row.

Rows count from the head, which is row 1, as a spreadsheet shows them. A row with another number of cells than the head is
listed, not counted, unless what it has too many is empty.
"""

import codecs
import csv
import difflib
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from incidents.log.regular_files import open_regular
from reports.content import plain
from reports.counted import counted
from reports.external_table.conditions import all_of
from reports.external_table.findings import ROW_BITS, Findings
from reports.external_table.mapping import File, Mapping, columns_of
from reports.locale_formats import formats

BLOCK = 1 << 24  # bytes: a quoted cell may be nearly as long
ROW = "row"
SPREADSHEETS = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")
NAMES = 60  # so many of the file's columns are told
TEXT = pd.ArrowDtype(pa.string())


class TableError(ValueError):
    """The file can't be read as the mapping says: where, and why. Its controls can't reach the terminal."""

    def __init__(self, why: str) -> None:
        super().__init__(plain(why))


def needed(mapping: Mapping) -> dict[str, tuple[str, ...]]:
    """Each column of the file that the mapping names, and the key that names it first."""
    found: dict[str, tuple[str, ...]] = {}
    for where, given in _named(mapping):
        for column in columns_of(given):
            found.setdefault(column, where)
    return found


def _named(mapping: Mapping) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...]]]:
    for name, moment in mapping.columns.items():
        for key in ("column", "date", "time"):
            yield ("columns", name, key), getattr(moment, key)
    for name, span in mapping.intervals.items():
        yield ("intervals", name, "column"), span.column
    for name, group in mapping.groups.items():
        yield ("groups", name, "column"), group.column
    for where, _, one in all_of(mapping):
        yield (*where, "column"), one.column
    if mapping.classes:
        yield ("classes", "column"), mapping.classes.column
    for section, keyed in (("duplicates", mapping.duplicates), ("units", mapping.units)):
        yield (section, "key"), keyed.key if keyed else ()
    for at, expect in enumerate(mapping.expect):
        yield (
            ("expect", str(mapping.tables[at]), "where"),
            tuple(key for key in expect.where if key not in mapping.groups),
        )


def files(given: Sequence[str]) -> list[Path]:
    """The files that names and patterns (`calls-*.csv`) mean, each once. Raises TableError for a pattern that none fits."""
    found: dict[Path, None] = {}
    for path in map(Path, given):
        pattern = any(mark in str(path) for mark in "*?[") and not path.exists()
        fits = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor)))) if pattern else [path]
        if not fits:
            raise TableError(f"no file fits {path}")
        found |= dict.fromkeys(fits)
    return list(found)


def names_of(paths: Sequence[Path]) -> tuple[str, ...]:
    """What each file is called: its name, with its folder where two have the same."""
    names = [path.name for path in paths]
    return tuple(path.name if names.count(path.name) == 1 else str(path) for path in paths)


def read_all(paths: Sequence[Path], mapping: Mapping, findings: Findings) -> pd.DataFrame:
    """The rows of all files as one table; the higher digits of a row's number say of which file it is. Raises as `read`."""
    frames = []
    for at, path in enumerate(paths):
        own = Findings(findings.names[at : at + 1], findings.translate)
        frame = read(path, mapping, own)
        frame[ROW] += at << ROW_BITS
        frames.append(frame)
        findings.found += own.found
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def read(path: Path, mapping: Mapping, findings: Findings) -> pd.DataFrame:
    """The named columns as text, without blanks at their ends, and `row`. Raises TableError, MappingError, OSError."""
    with open_regular(path) as file:
        begins = file.read(4)
    if path.suffix.lower() in SPREADSHEETS or begins in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise TableError(f"{path.name}: it is a spreadsheet: save its sheet as CSV (UTF-8), and give that file")
    try:
        return _parquet(path, mapping) if path.suffix.lower() == ".parquet" else _csv(path, mapping, findings)
    except (pa.ArrowInvalid, UnicodeError, csv.Error) as error:
        raise TableError(f"{path.name}: {_why(error, mapping.file)}") from None


def _csv(path: Path, mapping: Mapping, findings: Findings) -> pd.DataFrame:
    file, (delimiter, names), _ = mapping.file, _head(path, mapping.file), findings.translate
    wanted = _must_have(names, path, mapping) or names[:1]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    unique = [name if first[name] == at else f"\0{at}" for at, name in enumerate(names)]
    bad: list[tuple[int, int, str]] = []

    def skipped(row: Any) -> str:
        bad.append((row.number - file.skip_lines, row.actual_columns, row.text))
        return "skip"

    # One thread: only then a bad row's number is known.
    reading = pacsv.ReadOptions(
        use_threads=False,
        block_size=BLOCK,
        encoding="utf-8" if file.encoding == "utf-8-sig" else file.encoding,
        skip_rows=file.skip_lines,
        column_names=unique,
        skip_rows_after_names=0 if file.names else 1,
    )
    parsing = pacsv.ParseOptions(
        delimiter=delimiter,
        quote_char=file.quote or False,
        newlines_in_values=bool(file.quote),
        ignore_empty_lines=False,
        invalid_row_handler=skipped,
    )
    with pa.input_stream(path, compression="detect") as stream:
        table = pacsv.read_csv(stream, reading, parsing, _as_text(wanted))
    blank = np.zeros(len(table), dtype=bool)
    if len(names) > 1 and _empty(table).any():
        # Only a row without anything in any column is an empty line: the other columns are looked at too.
        parsing.invalid_row_handler = lambda row: "skip"
        with pa.input_stream(path, compression="detect") as stream:
            blank = np.concatenate(
                [_empty(batch) for batch in pacsv.open_csv(stream, reading, parsing, _as_text(unique))]
            )
    numbers = np.arange(len(table) + len(bad), dtype=np.int64) + (1 if file.names else 2)
    last = numbers[-1:]
    numbers = numbers[~np.isin(numbers, [row for row, _, _ in bad])]
    frame = _frame(table, numbers)[~blank]
    findings.add("missing", _("the row"), _("an empty line: not counted"), numbers[blank])
    if _odd_quotes(path, file):
        done = _("quotes in odd number: one is not closed, and its cell may hold all rows after it; see [file] quote")
        findings.add("unreadable", _("the file"), done, last)
    held, f = counted(_, "{n} cell: {text}", "{n} cells: {text}"), formats(_)
    mended, rest = {}, []
    for number, cells, text in bad:
        values = next(_cells(io.StringIO(text), delimiter, file), [])
        if len(values) < len(names) and file.ragged == "pad":
            values += [""] * (len(names) - len(values))
        if len(values) < len(names) or any(value.strip() for value in values[len(names) :]):
            rest.append((number, held.form(cells).format(n=f.count(cells), text=text[:80])))
        else:
            mended[number] = [values[first[name]].strip() for name in wanted]
    if mended:
        more = pd.DataFrame(mended.values(), columns=wanted, dtype=TEXT).assign(**{ROW: list(mended)})
        frame = pd.concat([frame, more]).sort_values(ROW)
    done = _("its cells are not the head's {n}: not counted").format(n=f.count(len(names)))
    findings.add("unreadable", _("the row"), done, [row for row, _ in rest], (says for _, says in rest))
    if rest and not len(frame):
        raise TableError(f"{path.name}: no row has the head's {len(names)} cells; is delimiter {delimiter!r} right?")
    return frame.reset_index(drop=True)


def _odd_quotes(path: Path, file: File) -> bool:
    """Whether a quoted cell can't be closed. Of encodings with a byte a quote."""
    if not file.quote or "16" in file.encoding or "32" in file.encoding:
        return False
    with pa.input_stream(path, compression="detect") as stream:
        quotes = sum(block.count(file.quote.encode()) for block in iter(lambda: stream.read(BLOCK), b""))
    return int(quotes) % 2 == 1


def _as_text(columns: list[str]) -> pacsv.ConvertOptions:
    return pacsv.ConvertOptions(
        column_types={name: pa.string() for name in columns}, include_columns=columns, strings_can_be_null=False
    )


def _empty(part: pa.Table | pa.RecordBatch) -> np.ndarray:
    """In which rows nothing stands in any column."""
    empty = np.ones(part.num_rows, dtype=bool)
    for column in part.columns:
        empty &= pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy(zero_copy_only=False)
    return empty


def _frame(table: pa.Table, numbers: np.ndarray) -> pd.DataFrame:
    texts = {name: pc.utf8_trim_whitespace(table.column(name)) for name in table.column_names}
    return pd.DataFrame({ROW: numbers} | {name: pd.array(text, dtype=TEXT) for name, text in texts.items()})


def _parquet(path: Path, mapping: Mapping) -> pd.DataFrame:
    wanted = _must_have(pq.read_schema(path).names, path, mapping)
    table = pq.read_table(path, columns=wanted)
    texts = {name: pc.fill_null(table.column(name).cast(pa.string()), "") for name in wanted}
    return _frame(pa.table(texts), np.arange(1, len(table) + 1, dtype=np.int64))


def _head(path: Path, file: File) -> tuple[str, list[str]]:
    """The delimiter and the columns' names: given, or those of the first line."""
    try:
        encoding = "utf-8-sig" if codecs.lookup(file.encoding).name == "utf-8" else file.encoding
    except LookupError:
        raise TableError(f"{path.name}: there is no encoding {file.encoding!r}") from None
    stream = io.BufferedReader(pa.input_stream(path, compression="detect"))
    with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        for _ in range(file.skip_lines):
            text.readline()
        line = text.readline()
        outside = "".join(line.split(file.quote)[::2]) if file.quote else line
        delimiter = {"tab": "\t", "\\t": "\t"}.get(file.delimiter, file.delimiter) or max(",;\t|", key=outside.count)
        names = list(file.names)
        if not names:
            try:
                names = [name.strip() for name in next(_cells(chain([line], text), delimiter, file), [])]
            except csv.Error as error:
                raise TableError(f"{path.name}: its head can't be read: {error}") from None
    if not path.stat().st_size:
        raise TableError(f"{path.name}: it is empty")
    if not any(names):
        raise TableError(f"{path.name}: it has no head: the first line is empty; give [file] names or skip_lines")
    return delimiter, names


def _cells(lines: Any, delimiter: str, file: File) -> Iterator[list[str]]:
    if file.quote:
        return csv.reader(lines, delimiter=delimiter, quotechar=file.quote)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _why(error: Exception, file: File) -> str:
    said = str(error)
    if isinstance(error, UnicodeError) or "UTF8" in said:
        return f"it is not {file.encoding}; give [file] encoding, such as cp1252, latin-1 or utf-16"
    if "Empty CSV" in said:
        return "it is empty"
    return f"it can't be read: {said.splitlines()[0][:200]}; is a quote not closed?"


def _must_have(names: list[str], path: Path, mapping: Mapping) -> list[str]:
    """The columns that the mapping names: the file has each of them once. Raises MappingError."""
    wanted = needed(mapping)
    listed = ", ".join(name[:60] for name in names[:NAMES])
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    for column, where in wanted.items():
        if names.count(column) == 1:
            continue
        if column in names:
            raise mapping.fail(f"{path.name} has several columns {column!r}: [file] names can tell them apart", *where)
        same = [name for name in names if name.casefold() == column.casefold()]
        near = same or difflib.get_close_matches(column, names, 1, 0.6)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise mapping.fail(f"{path.name} has no column {column!r}; {meant}it has {listed}{more}", *where)
    return list(wanted)
