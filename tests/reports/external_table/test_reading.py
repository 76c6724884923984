"""Foreign tables: how files are written, what is left out, and that each kind of bad row is named."""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import app
from reports.external_table.loading import load, parse
from reports.external_table.mapping import MappingError
from reports.external_table.paper import paper
from reports.external_table.report import read as external
from reports.external_table.report import rows
from reports.external_table.table import TableError, files
from reports.render import html, terminal
from reports.tables import framed
from tests.reports.conftest import ENDS, Reader, found, seconds, terminal_text

DAY = "2024-05-06"
GOOD = f"{DAY} 10:00:00,{DAY} 10:05:23\n"


def times(*clocks: tuple[str, str]) -> str:
    return "a,b\n" + "".join(f"{DAY} {a},{DAY} {b}\n" if b else f"{DAY} {a},\n" for a, b in clocks)


@pytest.mark.parametrize(
    ("table", "file"),
    [
        (("\ufeffa,b\n" + GOOD).encode(), ""),
        (("a;b\n" + GOOD.replace(",", ";")).encode("utf-16"), '[file]\nencoding = "utf-16"\n'),
        (("é\ta\tb\nà\t" + GOOD.replace(",", "\t")).encode("cp1252"), '[file]\nencoding = "cp1252"\n'),
        (("a|b\n" + GOOD.replace(",", "|")).encode(), '[file]\ndelimiter = "|"\n'),
        (("made on Monday\n\na,b\n" + GOOD).encode(), "[file]\nskip_lines = 2\n"),
        (GOOD.encode(), '[file]\nnames = ["a", "b"]\n'),
        (('note,a,b\n"two\nlines, ""quoted""",' + GOOD).encode(), ""),
        (("a,b\r\n" + GOOD.replace("\n", "\r\n")).encode(), ""),
        (f"a , b \n {DAY} 10:00:00 ,  {DAY} 10:05:23\n".encode(), ""),
        (("a,b\n" + GOOD.replace("\n", ",\n")).encode(), ""),
        (f"'a','b'\n'{DAY} 10:00:00','{DAY} 10:05:23'\n".encode(), '[file]\nquote = "\'"\n'),
    ],
    ids=["bom", "utf16", "cp1252", "pipe", "skip", "headless", "newlines", "crlf", "blanks", "trailing", "quote"],
)
def test_a_table_is_read_however_it_is_written(reads: Reader, table: bytes, file: str) -> None:
    assert seconds(reads(table, file + ENDS), "x") == [323]


def test_a_compressed_table_and_a_parquet_file_are_read(reads: Reader, tmp_path: Path) -> None:
    assert seconds(reads(gzip.compress(("a,b\n" + GOOD).encode()), ENDS, "table.csv.gz"), "x") == [323]
    pq.write_table(pa.table({"a": [f"{DAY}T10:00:00"], "b": [f"{DAY}T10:05:23"]}), tmp_path / "made.parquet")
    assert seconds(reads((tmp_path / "made.parquet").read_bytes(), ENDS, "table.parquet"), "x") == [323]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"", "table.csv: it is empty"),
        (b"\n", "no head"),
        (b"\0" * 300_000, "its head can't be read"),
        (b",".join(b"c%d" % at for at in range(10_000)), "c58, c59 and 9940 more"),
        (b"a,b\n\xe9,1\n", "it is not utf-8; give [file] encoding"),
        (b"a,c\n1,2\n", "line 3: table.csv has no column 'b'; it has a, c"),
        (b"a,bb\n1,2\n", "line 3: table.csv has no column 'b'; did you mean 'bb'? it has a, bb"),
        (b"a,b,b\n1,2,3\n", "several columns 'b'"),
        (b"a,b\n1;2\n3;4\n", "no row has the head's 2 cells"),
        (b"a,\x1b[31mc\n1,2\n", "it has a, U+001B[31mc"),
        (b"a,b\nx,y\n", "no value of 'a' can be read, such as 'x': give `formats`, or `day_first`"),
    ],
    ids=["empty", "blank", "zeros", "wide", "encoding", "column", "near", "twice", "delimiter", "control", "format"],
)
def test_a_table_that_is_not_as_the_mapping_says_is_refused_with_the_reason(
    reads: Reader, table: bytes, says: str
) -> None:
    with pytest.raises((TableError, MappingError)) as refused:
        reads(table, ENDS)
    assert says in str(refused.value)


def write(folder: Path, **tables: str) -> None:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    (folder / "m.toml").write_text(ENDS)


def test_several_files_and_a_pattern_are_one_table_whose_problems_name_file_and_row(tmp_path: Path) -> None:
    write(tmp_path, calls_a="a,b\n" + GOOD * 2, calls_b=f"b,note,a\n{DAY} 10:02,x,{DAY} 10:00\n,y,{DAY} 10:00\nonly\n")
    for names in ([str(tmp_path / "calls_a.csv"), str(tmp_path / "calls_b.csv")], [str(tmp_path / "calls_*.csv")]):
        read = external(files(names), parse(ENDS))
        assert seconds(read, "x") == [120, 323, 323] and read.report.rows == 5
        assert list(read.report.files) == ["calls_a.csv", "calls_b.csv"]
        assert found(read) == {
            ("unreadable", "the row"): (1, ("calls_b.csv row 4",)),
            ("missing", "x"): (1, ("calls_b.csv row 3",)),
        }
        table = rows(read.prepared)
        assert [*zip(table["file"], table["row"], strict=True)] == [
            (f"calls_{of}.csv", at) for of in "ab" for at in (2, 3)
        ]
        ran = CliRunner().invoke(app.app, ["report", *names, "--columns", str(tmp_path / "m.toml")])
        assert ran.exit_code == 0 and "calls_b.csv row 3" in " ".join(ran.output.split())


def test_a_file_of_several_that_lacks_a_column_and_a_pattern_that_fits_none_are_named(tmp_path: Path) -> None:
    write(tmp_path, a="a,b\n" + GOOD, b="a,c\n" + GOOD)
    with pytest.raises(MappingError, match=r"b.csv has no column 'b'"):
        external(files([str(tmp_path / "*.csv")]), parse(ENDS))
    with pytest.raises(TableError, match=r"no file fits .*\*\.txt"):
        files([str(tmp_path / "*.txt")])


def test_rows_of_several_files_that_repeat_a_key_are_named_by_file(tmp_path: Path) -> None:
    write(tmp_path, a="a,b\n" + GOOD, b="a,b\n" + GOOD)
    with pytest.raises(TableError, match=r"rows a.csv row 2 and b.csv row 2 have the same a"):
        external(files([str(tmp_path / "[ab].csv")]), parse(ENDS + '[duplicates]\nkey = ["a"]\n'))


@pytest.mark.parametrize(
    ("name", "data"),
    [("t.xls", b"x"), ("t.xlsx", b"PK\3\4"), ("t.csv", b"PK\3\4 and more"), ("t.csv", b"\xd0\xcf\x11\xe0")],
    ids=["xls", "xlsx", "a zip", "an old one"],
)
def test_a_spreadsheet_is_refused_by_name_with_what_to_do(reads: Reader, name: str, data: bytes) -> None:
    with pytest.raises(TableError, match=rf"{name}: it is a spreadsheet: save its sheet as CSV"):
        reads(data, ENDS, name)


def test_a_value_that_no_row_has_is_a_warning_and_one_that_only_an_earlier_filter_took_is_none(reads: Reader) -> None:
    text = ENDS + '[[filter]]\ncolumn = "k"\nin = ["Fire", "Fires"]\n[[exclude]]\nname = "odd"\n'
    text += (
        'any = [{ column = "k", equals = "Flood" }, { column = "k", matches = "^fl" }, { column = "n", equals = 7 }]\n'
    )
    read = reads(f"k,n,a,b\nFire,1,{GOOD}Flood,7.0,{GOOD}", text)
    assert read.report.warnings == (
        "filter 'k in Fire, Fires': no row has 'Fires' in k",
        "exclude 'odd': no row has '^fl' in k",
    )
    assert "Warning: filter 'k in Fire, Fires': no row has 'Fires' in k." in terminal_text(read)


def test_a_quote_that_is_not_closed_is_told(reads: Reader) -> None:
    read = reads(f'a,b,c\n{GOOD.strip()},"x\n{GOOD.strip()},y\n', ENDS)
    assert len(read.durations("x")) == 1 and found(read)["unreadable", "the file"] == (1, (2,))


def test_of_a_very_long_cell_the_beginning_is_shown(reads: Reader) -> None:
    read = reads(
        f"a,b,c\n{DAY} 10:00:00,{'n' * 100_000},{'x' * 100_000}\n{GOOD.strip()},y\n", ENDS + '[groups]\nc = "c"\n'
    )
    said = terminal_text(read)
    assert len(said) < 5000 and "(100,000 characters)" in " ".join(said.split())


def test_every_kind_of_bad_row_is_named_with_its_row(reads: Reader) -> None:
    table = (
        "id,a,b\n"
        f"1,{DAY} 10:00:00,{DAY} 10:05:00\n"
        f"2,{DAY} 10:00:00,{DAY} 09:59:00\n"  # 3: negative
        f"3,{DAY} 10:00:00,\n"  # 4: missing
        f"4,{DAY} 10:00:00,1900-01-01 00:00:00\n"  # 5: sentinel
        f"5,{DAY} 10:00:00,soon\n"  # 6: unreadable
        f"6,{DAY} 10:00:00\n"  # 7: too few cells
        f"7,{DAY} 10:00:00,{DAY} 12:00:00\n"  # 8: excluded
        f"8,{DAY} 10:00:00,{DAY} 10:50:00\n"  # 9: longer than the limit
        f"1,{DAY} 10:00:00,{DAY} 10:09:00\n"  # 10: duplicate
        "\n"  # 11: empty
        f"9,2024-03-31 02:30:00,2024-03-31 03:40:00\n"  # 12: skipped
        f"10,2024-10-27 02:30:00,2024-10-27 02:40:00\n"  # 13: repeated
        f",{DAY} 10:00:00,{DAY} 10:01:00\n"  # 14: without key
    )
    text = """
[time]
zone = "Europe/Brussels"
[columns]
a = "a"
b = { column = "b", sentinels = ["1900-01-01"] }
[intervals.x]
from = "a"
to = "b"
longest = "45:00"
[duplicates]
key = ["id"]
keep = "first"
[[exclude]]
name = "over an hour"
interval = "x"
over = "1:00:00"
"""
    read = reads(table, text)
    assert found(read) == {
        ("unreadable", "the row"): (1, (7,)),
        ("missing", "the row"): (1, (11,)),
        ("sentinel", "b (b)"): (1, (5,)),
        ("unreadable", "b (b)"): (1, (6,)),
        ("skipped_hour", "a"): (1, (12,)),
        ("repeated_hour", "a"): (1, (13,)),
        ("repeated_hour", "b"): (1, (13,)),
        ("duplicate", "id"): (1, (10,)),
        ("missing", "duplicates id"): (1, (14,)),
        ("excluded", "over an hour"): (1, (8,)),
        ("negative", "x"): (1, (3,)),
        ("missing", "x"): (3, (4, 5, 6)),
        ("excluded", "x"): (1, (9,)),
    }
    assert seconds(read, "x") == [60, 300, 600, 600]
    (summary,) = read.report.summaries
    assert (summary.selected, summary.counted, summary.missing, summary.negative, summary.excluded) == (9, 4, 3, 1, 1)
    assert read.report.rows == 13 and read.report.incidents == 10
    assert len(read.report.problems) == 15
    left_out = rows(read.prepared).set_index("row")["left_out"]
    assert left_out[8] == "over an hour" and left_out[2] == ""


def test_only_the_first_twenty_of_a_kind_are_named_and_all_are_counted(reads: Reader) -> None:
    read = reads(times(*[("10:00:00", "09:00:00")] * 50, ("10:00:00", "10:01:00")), ENDS)
    ((count, named),) = [one for (kind, _), one in found(read).items() if kind == "negative"]
    assert count == 50 and named == tuple(range(2, 22))


def test_rows_keep_their_numbers_beside_cells_of_several_lines_and_broken_rows(reads: Reader) -> None:
    table = f'note,a,b\n"x\n\ny",{GOOD}only,two\n"z\n",{DAY} 10:00:00,soon\n'
    assert found(reads(table, ENDS)) == {
        ("unreadable", "the row"): (1, (3,)),
        ("unreadable", "b (b)"): (1, (4,)),
        ("missing", "x"): (1, (4,)),
    }


def test_rows_count_from_the_head_whatever_stands_above_it(reads: Reader) -> None:
    read = reads(f"made on\nMonday\na,b\n{GOOD}only\n", "[file]\nskip_lines = 2\n" + ENDS)
    assert found(read) == {("unreadable", "the row"): (1, (3,))} and seconds(read, "x") == [323]


def test_rows_with_too_few_cells_can_be_taken_as_empty_at_the_end(reads: Reader) -> None:
    read = reads(f"a,b,c\n{GOOD}", '[file]\nragged = "pad"\n' + ENDS)
    assert seconds(read, "x") == [323]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ('column = "k"\nequals = "Fire"', [1, 5]),
        ('column = "k"\nequals = "fire"\nignore_case = true', [1, 2, 5]),
        ('column = "k"\nnot_equals = "Fire"', [2, 3, 4]),
        ('column = "k"\nin = ["Fire", "fire"]', [1, 2, 5]),
        ('column = "k"\nnot_in = ["Fire", "fire"]', [3, 4]),
        ('column = "k"\nmatches = "^F|ood$"', [1, 3, 5]),
        ('column = "k"\nnot_matches = "i"', [3, 4]),
        ('column = "k"\nempty = false', [1, 2, 3, 5]),
        ('column = "k"\nempty = true', [4]),
        ('column = "n"\nat_least = 3', [3, 4, 5]),
        ('column = "n"\nat_most = 3\nover = 1', [2, 3]),
        ('column = "n"\nequals = 2', [2]),
        ('time = "a"\nsince = 2024-05-08', [3, 4, 5]),
        ('time = "a"\nuntil = 2024-05-08', [1, 2, 3]),
        ('time = "a"\nbefore = 2024-05-08T10:00:00', [1, 2]),
        ('time = "a"\nweekdays = [1, 2]', [1, 2]),
        ('time = "a"\nhours = [11]', []),
        ('time = "a"\nmonths = [5]\nyears = [2024]', [1, 2, 3, 4, 5]),
        ('interval = "x"\nunder = "3:00"', [1, 2]),
        ('any = [{ column = "k", equals = "Flood" }, { column = "n", equals = 5 }]', [3, 5]),
    ],
    ids=range(20),
)
def test_a_filter_keeps_what_it_says_and_an_exclusion_leaves_that_out(
    reads: Reader, condition: str, kept: list[int]
) -> None:
    kinds = ["Fire", "fire", "Flood", "", "Fire"]
    table = "n,k,a,b\n" + "".join(
        f"{n},{kinds[n - 1]},2024-05-{5 + n:02} 10:00:00,2024-05-{5 + n:02} 10:0{n}:00\n" for n in range(1, 6)
    )
    whole = {60 * n for n in range(1, 6)}
    wanted = {60 * n for n in kept}
    read = reads(table, ENDS + f"[[filter]]\n{condition}\n")
    assert set(seconds(read, "x")) == wanted
    assert read.report.steps[0].before == 5 and read.report.steps[0].after == len(kept)
    read = reads(table, ENDS + f'[[exclude]]\nname = "out"\n{condition}\n')
    assert set(seconds(read, "x")) == whole - wanted
    assert read.report.excluded == {"out": len(kept)}
    assert "exclusion: out (" in terminal_text(read)


def test_rows_of_units_become_incidents_with_the_time_that_is_picked(reads: Reader) -> None:
    table = (
        "id,a,b,took\n"
        f"1,{DAY} 10:00:00,{DAY} 10:09:00,9\n"
        f"1,{DAY} 10:00:00,,\n"
        f"1,{DAY} 10:00:30,{DAY} 10:05:00,5\n"
        f"2,{DAY} 11:00:00,,\n"
    )
    base = '[columns]\na = "a"\nb = {{ column = "b", pick = "{pick}" }}\n[units]\nkey = ["id"]\n[intervals]\n'
    base += 'x = {{ from = "a", to = "b" }}\ny = {{ column = "took", unit = "min", pick = "{other}" }}\n'
    for pick, other, x, y in (
        ("earliest", "shortest", 300, 300),
        ("latest", "longest", 540, 540),
        ("first", "first", 540, 540),
        ("last", "last", 300, 300),
        ("first", "sum", 540, 840),
    ):
        read = reads(table, base.format(pick=pick, other=other))
        assert seconds(read, "x") == [x] and seconds(read, "y") == [y]
        assert read.report.incidents == 2 and read.report.summaries[0].missing == 1


def test_repeated_keys_are_refused_until_it_is_said_which_row_is_kept(reads: Reader) -> None:
    table = f"id,a,b\n1,{DAY} 10:00:00,{DAY} 10:01:00\n1,{DAY} 10:00:00,{DAY} 10:02:00\n"
    with pytest.raises(TableError, match="rows 2 and 3 have the same id, and 1 rows in all repeat one"):
        reads(table, ENDS + '[duplicates]\nkey = ["id"]\n')
    assert seconds(reads(table, ENDS + '[duplicates]\nkey = ["id"]\nkeep = "last"\n'), "x") == [120]


def test_classes_are_told_from_values_and_tests_are_left_out_unless_asked_for(reads: Reader) -> None:
    table = "k,a,b\n" + "".join(
        f"{k},{DAY} 10:00:00,{DAY} 10:0{n}:00\n" for n, k in enumerate(["prank", "fire", "drill"], 1)
    )
    classes = '[classes]\ncolumn = "k"\nvalues = { prank = "test", drill = "drill", fire = "real" }\n'
    read = reads(table, ENDS + classes)
    assert seconds(read, "x") == [120] and read.report.excluded == {"class test": 1, "class drill": 1}
    assert seconds(reads(table, ENDS + classes + "exclude = []\n"), "x") == [60, 120, 180]


def test_groups_are_by_a_column_or_a_part_of_a_time_in_its_zone(reads: Reader) -> None:
    table = "a,b,s\n2024-01-31T23:30:00Z,2024-01-31T23:31:00Z,N\n2024-07-01T00:00:00Z,2024-07-01T00:02:00Z,\n"
    text = '[time]\nzone = "Europe/Brussels"\n' + ENDS + '[groups]\ns = "s"\n'
    text += "".join(
        f'{by} = {{ time = "a", by = "{by}" }}\n'
        for by in ("year", "quarter", "month", "month_of_year", "week", "day", "weekday", "hour")
    )
    keys = {name: [part.key for part in parts] for name, parts in reads(table, text).report.groups.items()}
    assert keys == {
        "s": ["", "N"],
        "year": ["2024"],
        "quarter": ["2024-Q1", "2024-Q3"],
        "month": ["2024-02", "2024-07"],
        "month_of_year": ["February", "July"],
        "week": ["2024-W05", "2024-W27"],
        "day": ["2024-02-01", "2024-07-01"],
        "weekday": ["Monday", "Thursday"],
        "hour": ["00", "02"],
    }


ODD = (
    *("2024-03-31 02:30", "2024-10-27 02:30:00", "05/06/2024 10:00 PM", "1900-01-01", "0001-01-01", "9999-12-31"),
    *("", "NULL", "0", "-1", "1e309", "nan", "1714989600", "-99999999999999999999", "12:30"),
    *("\x00", "\u202e", "=1+1", '"', "x\ny"),
)
CELLS = st.sampled_from(ODD) | st.text(max_size=8)
MAPPINGS = [
    '[columns]\na = { column = "a", formats = ["iso", "epoch_s", "%d/%m/%Y %I:%M %p", "excel"] }\nb = "b"\n'
    '[intervals.x]\nfrom = "a"\nto = "b"\ntarget = 60\n',
    '[file]\nragged = "pad"\n[time]\nzone = "Europe/Brussels"\nday_first = true\n[columns]\na = "a"\n'
    'b = { time = "b", after = "a" }\n[intervals]\nx = { from = "a", to = "b" }\ny = { column = "c", unit = "mm:ss" }\n'
    'z = { sum = ["x", "y"] }\n[units]\nkey = ["c"]\n[groups]\nw = { time = "a", by = "week" }\n',
    '[intervals.y]\ncolumn = "c"\nsentinels = [0, -1]\ntargets = [1, 2]\n[groups]\ng = "a"\n[classes]\ncolumn = "b"\n'
    '[duplicates]\nkey = ["a", "b"]\nkeep = "last"\n[[expect]]\nfigure = "p90"\npublished = "17"\n',
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=8), st.sampled_from(MAPPINGS))
def test_whatever_stands_in_a_table_every_row_is_accounted_for_or_it_is_refused_with_a_reason(
    reads: Reader, cells: list[list[str]], text: str
) -> None:
    table = "a,b,c\n" + "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in cells)
    try:
        read = reads(table.encode("utf-8", "surrogatepass"), text)
    except (MappingError, TableError) as error:
        assert str(error).isprintable()
        return
    assert read.report.rows == len(cells)
    for summary in read.report.summaries:
        assert summary.selected == summary.counted + summary.missing + summary.negative + summary.excluded
    written = paper(read, datetime(2026, 11, 24, tzinfo=UTC))
    assert terminal(written) and html(written) and framed(rows(read.prepared))


def test_a_table_as_wide_as_a_book_is_read_in_no_time(reads: Reader) -> None:
    head = ",".join(["a", "b", *(f"c{at}" for at in range(60_000))])
    began = time.monotonic()
    assert seconds(reads((f"{head}\n{GOOD.strip()}" + "," * 60_000 + "\n").encode(), ENDS), "x") == [323]
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    "text", [".".join("a" * 30_000) + " = 1\n", "".join(f"columns.c{n}.column = 'x'\n" for n in range(3000))]
)
def test_a_mapping_of_very_many_keys_is_refused_in_no_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "many.toml").write_text(text)
    began = time.monotonic()
    with pytest.raises(MappingError):
        load(tmp_path / "many.toml")
    assert time.monotonic() - began < 8  # it was 36 and 60 s


def test_a_mapping_without_a_bottom_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text("x = " + "[" * 100_000)
    (tmp_path / "table.csv").write_text("a,b\n" + GOOD)
    ran = CliRunner().invoke(app.app, ["report", str(tmp_path / "table.csv"), "--columns", str(tmp_path / "deep.toml")])
    assert (ran.exit_code, ran.stderr) == (1, "vigie: a file is nested too deeply to be read\n")
