"""BeSt Address, the addresses of Belgium's regions, into a centre's index: read in blocks, each row checked, boxes joined.

Only addresses in use are taken (status current). One without coordinates (0.00000) leaves its street, to be found by name.
Streets of postcodes that the files do not hold stay those shipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from maps.addresses.best_files import LAT, LON, NAMES, NEEDED, OTHERS, Opened, opened, parts
from maps.addresses.index_file import AddressFileError, write_index
from maps.addresses.numbering import Numbering
from maps.addresses.shipped import read_columns
from maps.addresses.tables import SCALE, About, AddressColumns, Ints, StreetColumns, build, within_grid
from maps.sources import read_tables

BLOCK: Final = 8 << 20  # bytes read at once; no row is longer
_NAMED: Final = 5
_KEPT: Final = 100
_REGIONS: Final = {"BE-BRU": "Brussels", "BE-VLG": "Flanders", "BE-WAL": "Wallonia"}
_CONTROL: Final = r"[\x00-\x1f\x7f]"
_NUMBER: Final = r"^-?[0-9]{1,3}(\.[0-9]{1,12})?$"
_HOUSE_MAX, _NAME_MAX = 12, 100
_NIS: Final = re.compile(r"[0-9]{5}")
Mask = NDArray[np.bool_]


class Imported(msgspec.Struct, kw_only=True):
    """What an import read: `rows` in all, of them `not_in_use`, `repeated` (boxes of a house, or the same once more), `unplaced`,
    `bad`; the first problems; and what the index holds of it."""

    rows: int = 0
    not_in_use: int = 0
    repeated: int = 0
    unplaced: int = 0
    bad: int = 0
    problems: list[str] = []
    addresses: int = 0
    streets: int = 0


def import_best(
    files: Sequence[Path],
    folder: Path,
    *,
    now: datetime,
    partial: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Imported:
    """Makes the index in `folder` anew from `files` and, for other postcodes, from what is shipped.

    `progress` is called with bytes read and bytes in all. Raises AddressFileError naming the file and the row: of a bad row
    unless `partial`, else where nothing is left. The index is then as it was.
    """
    work = [(file, part) for file in files for part in parts(file)]
    total, done = sum(part.size for _, part in work), 0

    def read(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    rows = _Rows(partial)
    for file, part in work:
        with opened(file, part, read) as stream:
            rows.take(stream)
    if rows.report.bad and not partial:
        more = rows.report.bad - _NAMED
        named = "; ".join(rows.report.problems[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
        raise AddressFileError(f"{named}. Nothing was loaded; --partial loads the rest")
    streets, addresses = rows.columns()
    about = About(
        made=now.isoformat(timespec="seconds"),
        files=tuple(f"{part.name} of {part.day}" for _, part in work),
        sources=tuple(rows.sources),
        imported=rows.report.addresses,
    )
    write_index(folder, build(*_beside_shipped(about, streets, addresses)))
    return rows.report


class _Rows:
    """The rows of all files, taken block by block."""

    def __init__(self, partial: bool) -> None:
        self._partial = partial
        self.report = Imported(problems=[])
        self._streets, self._houses = Numbering(), Numbering()
        self.sources: dict[str, int] = {}
        self._columns: list[tuple[Ints, Ints, Mask, Ints, Ints]] = []
        mergers = read_tables().mergers
        self._merged = dict(zip(mergers["old_nis"], mergers["new_nis"], strict=True))

    def take(self, stream: Opened) -> None:
        """Takes the rows of one file. Raises AddressFileError when it is not a CSV file to its end."""
        name, skipped, before = stream.part.name, [], 0

        def skip(row: Any) -> str:
            skipped.append(row.number + 1)
            self._problem(name, row.number + 1, f"{row.actual_columns} columns of {row.expected_columns}")
            return "skip"

        wanted = [c for c in (*NEEDED, *NAMES, *OTHERS) if c in stream.columns]
        try:
            blocks = pa_csv.open_csv(
                stream.rows,
                pa_csv.ReadOptions(column_names=stream.columns, block_size=BLOCK, use_threads=False),
                pa_csv.ParseOptions(invalid_row_handler=skip, ignore_empty_lines=False),
                pa_csv.ConvertOptions(
                    include_columns=wanted, column_types=dict.fromkeys(wanted, pa.binary()), strings_can_be_null=False
                ),
            )
            for block in blocks:
                self._block(name, {c: block.column(c) for c in wanted}, before, skipped)
                before += block.num_rows
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                raise AddressFileError(f"{name}: there is no row in it") from None
            if "straddling" in str(error):
                raise AddressFileError(f"{name}: a row is longer than {BLOCK >> 20} MB") from None
            raise AddressFileError(f"{name}: it is no CSV file: {error}") from error

    def columns(self) -> tuple[StreetColumns, AddressColumns]:
        """The streets and addresses that were read, a house of many boxes once. Raises AddressFileError when there is none."""
        report = self.report
        street, house, boxed, lat, lon = (
            np.concatenate([block[i] for block in self._columns]) if self._columns else np.empty(0, np.int32)
            for i in range(5)
        )
        placed = lat != 0
        # The house itself before its boxes, one with a place before one without.
        order = np.lexsort((boxed, ~placed, house, street))
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(street[order]) != 0) | (np.diff(house[order]) != 0)
        report.repeated = int(len(order) - first.sum())
        kept = order[first]
        report.unplaced = int((~placed[kept]).sum())
        kept = kept[placed[kept]]
        if not len(kept):
            problem = f"; {report.problems[0]}" if report.problems else ""
            raise AddressFileError(f"no address in use with coordinates is in it{problem}")
        facts = [text.split("\x1f") for text in self._streets.texts()]
        report.addresses, report.streets = len(kept), len(facts)
        none = np.zeros(len(facts), dtype=np.int32)
        self.sources = {}
        streets = StreetColumns(
            names=(_texts(facts, 3), _texts(facts, 4), _texts(facts, 5)),
            postcode=np.array([int(row[0]) for row in facts]),
            nis=np.array([int(row[1]) for row in facts]),
            source=np.array([self.sources.setdefault(_source(row[2]), len(self.sources)) for row in facts]),
            known=none,
            middle_lat=none,
            middle_lon=none,
        )
        numbers = pa.array(self._houses.texts(), pa.string())
        return streets, AddressColumns(
            numbers=numbers, street=street[kept], number=house[kept], lat=lat[kept], lon=lon[kept]
        )

    def _block(self, name: str, columns: dict[str, pa.Array], before: int, skipped: list[int]) -> None:
        count = len(columns["status"])
        self.report.rows += count
        bad: dict[int, str] = {}
        texts = dict.fromkeys((*NAMES, *OTHERS), pa.array([""] * count, pa.string()))
        texts |= {c: _text(column, c, bad) for c, column in columns.items()}
        current = pc.equal(pc.utf8_lower(texts["status"]), "current").to_numpy(zero_copy_only=False)
        empty = pc.and_(pc.equal(texts["status"], ""), pc.equal(texts["house_number"], "")).to_numpy(
            zero_copy_only=False
        )
        self.report.rows -= int(empty.sum())  # empty lines
        self.report.not_in_use += int((~current & ~empty).sum())
        lat, lon = _degrees(texts[LAT], LAT, bad), _degrees(texts[LON], LON, bad)
        placed = (lat != 0) & (lon != 0)
        self._mark(bad, placed & (lat > 1) & (lat < 8) & (lon > 48) & (lon < 53), "latitude and longitude are swapped")
        lat5, lon5 = np.rint(lat * SCALE).astype(np.int32), np.rint(lon * SCALE).astype(np.int32)
        self._mark(bad, placed & ~within_grid(lat5, lon5), "the position lies outside Belgium")
        self._mark(bad, _matches(texts["postcode"], r"^[1-9][0-9]{3}$", False), "the postcode is not four digits")
        self._mark(
            bad, _long(texts["house_number"], 1, _HOUSE_MAX), f"the house number is not of 1 to {_HOUSE_MAX} letters"
        )
        names = [texts[c] for c in NAMES]
        any_name = pc.binary_join_element_wise(*names, "")
        self._mark(bad, _long(any_name, 1, 3 * _NAME_MAX), "the street has no name")
        for text in (*names, texts["house_number"], texts["region_code"]):
            self._mark(bad, _long(text, 0, _NAME_MAX), f"a name has more than {_NAME_MAX} letters")
            self._mark(bad, _matches(text, _CONTROL, True), "a name holds a control character")
        for row in sorted(bad):
            if current[row]:
                self._problem(name, _numbered(before + row + 2, skipped), bad[row])
        good = current.copy()
        good[list(bad)] = False
        kept = pa.array(good)
        keys = pc.binary_join_element_wise(
            texts["postcode"], self._codes(texts["municipality_id"]), texts["region_code"], *names, "\x1f"
        )
        boxed = pc.not_equal(texts["box_number"], "").to_numpy(zero_copy_only=False)
        self._columns.append(
            (
                self._streets.numbers(keys.filter(kept)),
                self._houses.numbers(texts["house_number"].filter(kept)),
                boxed[good],
                np.where(placed, lat5, 0)[good],
                np.where(placed, lon5, 0)[good],
            )
        )

    def _codes(self, given: pa.Array) -> pa.Array:
        """The REFNIS codes of today's municipalities; "0" where none is given."""
        encoded = given.dictionary_encode()
        codes = [
            self._merged.get(code, code) if _NIS.fullmatch(code) else "0" for code in encoded.dictionary.to_pylist()
        ]
        return pa.array(codes, pa.string()).take(encoded.indices)

    @staticmethod
    def _mark(bad: dict[int, str], rows: Mask, reason: str) -> None:
        for row in np.flatnonzero(rows).tolist():
            bad.setdefault(row, reason)

    def _problem(self, name: str, row: int, reason: str) -> None:
        self.report.bad += 1
        if len(self.report.problems) < _KEPT:
            self.report.problems.append(f"{name}: row {row}: {reason}")


def _text(column: pa.Array, name: str, bad: dict[int, str]) -> pa.Array:
    """The column as text without spaces around it; what is not UTF-8 is "" and bad."""
    try:
        return pc.utf8_trim_whitespace(pc.cast(column, pa.string()))
    except pa.ArrowInvalid:
        values = []
        for row, value in enumerate(column.to_pylist()):
            try:
                values.append(value.decode())
            except UnicodeDecodeError:
                bad.setdefault(row, f"{name} is not UTF-8")
                values.append("")
        return pc.utf8_trim_whitespace(pa.array(values, pa.string()))


def _degrees(text: pa.Array, name: str, bad: dict[int, str]) -> NDArray[np.float64]:
    """Degrees; 0 where there are none."""
    given = pc.if_else(pc.equal(text, ""), "0", text)
    fine = pc.match_substring_regex(given, _NUMBER)
    _Rows._mark(bad, ~fine.to_numpy(zero_copy_only=False), f"{name.upper()} is not a number")
    found: NDArray[np.float64] = pc.cast(pc.if_else(fine, given, "0"), pa.float64()).to_numpy()
    return found


def _matches(text: pa.Array, pattern: str, wrong: bool) -> Mask:
    """The rows where whether the text matches is wrong."""
    found: Mask = pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False)
    return np.asarray(found == wrong)


def _long(text: pa.Array, least: int, most: int) -> Mask:
    """The rows whose text is shorter or longer than that."""
    length = pc.utf8_length(text).to_numpy()
    return np.asarray((length < least) | (length > most))


def _numbered(row: int, skipped: list[int]) -> int:
    """The row as an editor counts it: those of another width were left out by the reader."""
    for left_out in sorted(skipped):
        row += left_out <= row
    return row


def _texts(facts: list[list[str]], column: int) -> pa.StringArray:
    return pa.array([row[column] for row in facts], pa.string())


def _source(region: str) -> str:
    return f"BeSt Address, {_REGIONS[region]}" if region in _REGIONS else "BeSt Address"


def _beside_shipped(
    about: About, streets: StreetColumns, addresses: AddressColumns
) -> tuple[About, StreetColumns, AddressColumns]:
    """With the shipped streets of all postcodes that are not there, and their addresses."""
    base, other, theirs = read_columns()
    stays = ~np.isin(other.postcode, np.unique(streets.postcode))
    sources = [*about.sources, *(source for source in base.sources if source not in about.sources)]
    source_of = np.array([sources.index(source) for source in base.sources] or [0])
    number = {text: i for i, text in enumerate(addresses.numbers.to_pylist())}
    number_of = np.array([number.setdefault(text, len(number)) for text in theirs.numbers.to_pylist()] or [0])
    moved = np.cumsum(stays) - 1 + len(streets.postcode)
    kept = stays[theirs.street]
    both = {
        name: np.concatenate([getattr(streets, name), getattr(other, name)[stays]])
        for name in ("postcode", "nis", "known", "middle_lat", "middle_lon")
    }
    both["source"] = np.concatenate([streets.source, source_of[other.source[stays]]])
    names = tuple(
        pa.concat_arrays([own, shipped.filter(pa.array(stays))])
        for own, shipped in zip(streets.names, other.names, strict=True)
    )
    return (
        msgspec.structs.replace(about, sources=tuple(sources)),
        StreetColumns(names=names, **both),
        AddressColumns(
            numbers=pa.array(list(number), pa.string()),
            street=np.concatenate([addresses.street, moved[theirs.street[kept]]]),
            number=np.concatenate([addresses.number, number_of[theirs.number[kept]]]),
            lat=np.concatenate([addresses.lat, theirs.lat[kept]]),
            lon=np.concatenate([addresses.lon, theirs.lon[kept]]),
        ),
    )
