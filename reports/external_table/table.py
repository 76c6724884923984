"""Reads a table of text: the columns that a mapping names, every cell as it is written, and the number of its row.

Rows count from the head, which is row 1, as a spreadsheet shows them. A row with another number of cells than the head is
listed, not counted, unless what it has too many is empty.
"""

import csv
import difflib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from reports.content import plain
from reports.external_table.findings import ROW_BITS, Findings
from reports.external_table.mapping import File, Mapping, columns_of

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

    def want(column: str, *where: str) -> None:
        if column:
            found.setdefault(column, where)

    for name, moment in mapping.columns.items():
        for key in ("column", "date", "time"):
            for column in columns_of(getattr(moment, key)):
                want(column, "columns", name, key)
    for name, span in mapping.intervals.items():
        want(span.column, "intervals", name, "column")
    for name, group in mapping.groups.items():
        want(group.column, "groups", name, "column")
    for section, conditions in (("filter", mapping.filters), ("exclude", mapping.exclusions)):
        for at, condition in enumerate(conditions):
            for one in (condition, *condition.any):
                want(one.column, section, str(at), "column")
    if mapping.classes:
        want(mapping.classes.column, "classes", "column")
    for section, keyed in (("duplicates", mapping.duplicates), ("units", mapping.units)):
        for column in keyed.key if keyed else ():
            want(column, section, "key")
    for at, expect in enumerate(mapping.expect):
        for column in expect.where.keys() - mapping.groups.keys():
            want(column, "expect", str(at), "where")
    return found


def files(given: Sequence[str]) -> list[Path]:
    """The files that names and patterns (`calls-*.csv`) mean, each once. Raises TableError for a pattern that none fits."""
    found: dict[Path, None] = {}
    for one in given:
        pattern = any(mark in one for mark in "*?[") and not Path(one).exists()
        fits = (
            sorted(Path(Path(one).anchor).glob(str(Path(one).relative_to(Path(one).anchor))))
            if pattern
            else [Path(one)]
        )
        if not fits:
            raise TableError(f"no file fits {one}")
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
        own = Findings(findings.names[at : at + 1])
        frame = read(path, mapping, own)
        frame[ROW] += at << ROW_BITS
        frames.append(frame)
        findings.found += own.found
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _refuse_spreadsheet(path: Path) -> None:
    with path.open("rb") as file:
        begins = file.read(4)
    if path.suffix.lower() in SPREADSHEETS or begins in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise TableError(f"{path.name}: it is a spreadsheet: save its sheet as CSV (UTF-8), and give that file")


def read(path: Path, mapping: Mapping, findings: Findings) -> pd.DataFrame:
    """The named columns as text, without blanks at their ends, and `row`. Raises TableError, MappingError, OSError."""
    _refuse_spreadsheet(path)
    columns = needed(mapping)
    if path.suffix.lower() == ".parquet":
        return _parquet(path, mapping, columns)
    names = _names(path, mapping.file)
    _must_have(columns, names, path, mapping)
    headless = bool(mapping.file.names)
    wanted = list(columns) or names[:1]
    first_at = {name: at for at, name in reversed(list(enumerate(names)))}
    unique = [name if first_at[name] == at else f"\0{at}" for at, name in enumerate(names)]
    bad: list[tuple[int, int, str]] = []

    def skipped(row: Any) -> str:
        bad.append((row.number, row.actual_columns, row.text))
        return "skip"

    # One thread: only then a bad row's number is known.
    reading = pacsv.ReadOptions(
        use_threads=False,
        block_size=BLOCK,
        encoding="utf-8" if mapping.file.encoding == "utf-8-sig" else mapping.file.encoding,
        skip_rows=mapping.file.skip_lines,
        column_names=unique,
        skip_rows_after_names=0 if headless else 1,
    )
    parsing = pacsv.ParseOptions(
        delimiter=_delimiter(path, mapping.file),
        quote_char=mapping.file.quote or False,
        newlines_in_values=bool(mapping.file.quote),
        ignore_empty_lines=False,
        invalid_row_handler=skipped,
    )
    try:
        with pa.input_stream(path, compression="detect") as stream:
            table = pacsv.read_csv(stream, reading, parsing, _as_text(wanted))
        blank = np.zeros(len(table), dtype=bool)
        if _empty(table).any():
            # Only a row without anything in any column is an empty line: the other columns are looked at too.
            parsing.invalid_row_handler = lambda row: "skip"
            with pa.input_stream(path, compression="detect") as stream:
                batches = pacsv.open_csv(stream, reading, parsing, _as_text(unique))
                blank = np.concatenate([_empty(batch) for batch in batches])
    except (pa.ArrowInvalid, UnicodeError, LookupError) as error:
        raise TableError(f"{path.name}: {_why(error, mapping.file)}") from None
    skip = {row for row, _, _ in bad}
    first = 1 if headless else 2
    total = len(table) + len(skip)
    numbers = np.arange(first, first + total, dtype=np.int64)
    if skip:
        numbers = numbers[~np.isin(numbers, np.fromiter(skip, dtype=np.int64))]
    frame = _frame(table, numbers)
    if blank.any() and len(names) > 1:
        findings.add("missing", "the row", "an empty line: not counted", numbers[blank])
        frame = frame[~blank].reset_index(drop=True)
    if total and _odd_quotes(path, mapping.file):
        done = "quotes in odd number: one is not closed, and its cell may hold all rows after it; see [file] quote"
        findings.add("unreadable", "the file", done, [first + total - 1])
    more, rest = _mended(bad, unique, wanted, path, mapping.file)
    if len(more):
        frame = pd.concat([frame, more], ignore_index=True).sort_values(ROW, ignore_index=True)
    findings.add(
        "unreadable",
        "the row",
        f"its cells are not the head's {len(names)}: not counted",
        [row for row, _, _ in rest],
        (f"{cells} cells: {text[:80]}" for _, cells, text in rest),
    )
    if rest and not len(frame):
        raise TableError(
            f"{path.name}: no row has the head's {len(names)} cells; is delimiter {_delimiter(path, mapping.file)!r} right?"
        )
    return frame


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
    made: dict[str, Any] = {ROW: numbers}
    for name in table.column_names:
        trimmed = pc.utf8_trim_whitespace(table.column(name))
        made[name] = pd.Series(pd.array(trimmed, dtype=TEXT))
    return pd.DataFrame(made)


def _mended(
    bad: list[tuple[int, int, str]], names: list[str], wanted: list[str], path: Path, file: File
) -> tuple[pd.DataFrame, list[tuple[int, int, str]]]:
    """The rows whose cells can be told all the same, and the others."""
    rows: list[dict[str, Any]] = []
    rest = []
    for number, cells, text in bad:
        values = next(_cells(io.StringIO(text), _delimiter(path, file), file), [])
        if len(values) > len(names) and not any(value.strip() for value in values[len(names) :]):
            values = values[: len(names)]
        elif len(values) < len(names) and file.ragged == "pad":
            values += [""] * (len(names) - len(values))
        else:
            rest.append((number, cells, text))
            continue
        whole = dict(zip(names, (value.strip() for value in values), strict=True))
        rows.append({ROW: number, **{name: whole[name] for name in wanted}})
    more = pd.DataFrame(rows, columns=[ROW, *wanted])
    return more.astype({ROW: np.int64, **dict.fromkeys(wanted, TEXT)}), rest


def _parquet(path: Path, mapping: Mapping, columns: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    try:
        names = pq.read_schema(path).names
        _must_have(columns, names, path, mapping)
        table = pq.read_table(path, columns=list(columns))
        texts = {name: pc.fill_null(table.column(name).cast(pa.string()), "") for name in columns}
    except pa.ArrowInvalid as error:
        raise TableError(f"{path.name}: {error}") from None
    return _frame(pa.table(texts), np.arange(1, len(table) + 1, dtype=np.int64))


def _names(path: Path, file: File) -> list[str]:
    if file.names:
        return list(file.names)
    try:
        with _text(path, file) as text:
            head = next(_cells(text, _delimiter(path, file), file), [])
    except (UnicodeError, LookupError) as error:
        raise TableError(f"{path.name}: {_why(error, file)}") from None
    except csv.Error as error:
        raise TableError(f"{path.name}: its head can't be read: {error}") from None
    names = [name.strip() for name in head]
    if not path.stat().st_size:
        raise TableError(f"{path.name}: it is empty")
    if not any(names):
        raise TableError(f"{path.name}: it has no head: the first line is empty; give [file] names or skip_lines")
    return names


def _cells(text: Any, delimiter: str, file: File) -> Iterator[list[str]]:
    if file.quote:
        return csv.reader(text, delimiter=delimiter, quotechar=file.quote)
    return csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _delimiter(path: Path, file: File) -> str:
    """As the mapping says, or the one of `,` `;` tab `|` that the first line holds most often outside quotes."""
    if file.delimiter:
        return {"tab": "\t", "\\t": "\t"}.get(file.delimiter, file.delimiter)
    try:
        with _text(path, file) as text:
            line = text.readline()
    except (UnicodeError, LookupError) as error:
        raise TableError(f"{path.name}: {_why(error, file)}") from None
    outside = "".join(line.split(file.quote)[::2]) if file.quote else line
    return max(",;\t|", key=outside.count)


def _text(path: Path, file: File) -> io.TextIOWrapper:
    """The file's text from its head on."""
    encoding = "utf-8-sig" if file.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else file.encoding
    stream = io.BufferedReader(pa.input_stream(path, compression="detect"))
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    for _ in range(file.skip_lines):
        text.readline()
    return text


def _why(error: Exception, file: File) -> str:
    said = str(error)
    if isinstance(error, LookupError):
        return f"there is no encoding {file.encoding!r}"
    if isinstance(error, UnicodeError) or "UTF8" in said:
        return f"it is not {file.encoding}; give [file] encoding, such as cp1252, latin-1 or utf-16"
    if "Empty CSV" in said:
        return "it is empty"
    return f"it can't be read: {said.splitlines()[0][:200]}; is a quote not closed?"


def _must_have(columns: dict[str, tuple[str, ...]], names: list[str], path: Path, mapping: Mapping) -> None:
    listed = ", ".join(name[:60] for name in names[:NAMES])
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    for column, where in columns.items():
        if names.count(column) == 1:
            continue
        if column in names:
            raise mapping.fail(f"{path.name} has several columns {column!r}: [file] names can tell them apart", *where)
        same = [name for name in names if name.casefold() == column.casefold()]
        near = same or difflib.get_close_matches(column, names, 1, 0.6)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise mapping.fail(f"{path.name} has no column {column!r}; {meant}it has {listed}{more}", *where)
