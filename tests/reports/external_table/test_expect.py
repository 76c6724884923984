"""Published figures: they agree to the last printed digit, or the rule that differs is named."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.external_table import printing
from reports.external_table.expect import Checked, common
from reports.external_table.mapping import Expect, MappingError
from reports.external_table.printing import Form
from tests.reports.conftest import Reader, terminal_text


def checked(reads: Reader, durations: list[object], expect: str, more: str = "", rows: str = "") -> Checked:
    table = "took,k\n" + "".join(f"{one},A\n" for one in durations) + rows
    text = f'{more}\n[intervals.x]\ncolumn = "took"\ntarget = 60\n[[expect]]\n{expect}\n'
    (one,) = reads(table, text).report.checked
    return one


TEN = [10, 20, 30, 40, 50, 60, 70, 80, 90, 105]
AT_MOST = '[[filter]]\ncolumn = "took"\nat_most = {}\n'.format
LONG = '[[exclude]]\nname = "long"\ninterval = "x"\nover = 60\n'
EACH = '[groups]\neach = "took"\n'


@pytest.mark.parametrize(
    ("expect", "here"),
    [
        ('figure = "mean"\npublished = "0:56"', "0:56"),
        ('figure = "mean"\npublished = 55.5', "55.5 s"),
        ('figure = "mean"\npublished = "55.50"', "55.50 s"),
        ('figure = "mean"\npublished = 0.93\nunit = "min"', "0.93 min"),
        ('figure = "mean"\npublished = "0.9 min"', "0.9 min"),
        ('figure = "mean"\npublished = "0 min 56 s"', "0:56"),
        ('figure = "mean"\npublished = "0:00:56"', "0:00:56"),
        ('figure = "median"\npublished = "55"', "55 s"),
        ('figure = "p90"\npublished = "91.5"', "91.5 s"),
        ('figure = "maximum"\npublished = "1:45"', "1:45"),
        ('figure = "minimum"\npublished = "10"', "10 s"),
        ('figure = "sum"\npublished = "9:15"', "9:15"),
        ('figure = "sd"\npublished = "31.13"', "31.13 s"),
        ('figure = "share"\npublished = "60 %"', "60 %"),
        ('figure = "share"\npublished = "0.60"', "0.60"),
        ('figure = "share"\ntarget = "1:10"\npublished = "70,0 %"', "70.0 %"),
        ('figure = "within"\npublished = 6', "6"),
        ('figure = "beyond"\npublished = 4', "4"),
        ('figure = "share_beyond"\ntarget = 100\npublished = "10.0 %"', "10.0 %"),
        ('figure = "counted"\npublished = "10"', "10"),
        ('figure = "rows"\npublished = "10"', "10"),
        ('figure = "mean"\nwhere = { k = "A" }\npublished = "0:56"', "0:56"),
        ('figure = "rows"\nwhere = { took = [10, 20] }\npublished = "2"', "2"),
        ('figure = "mean"\npublished = "0\'56\'\'"', "0:56"),
        ('figure = "mean"\npublished = "0h01"', "0h01"),
        ('figure = "mean"\npublished = "0 h 0 min 56 s"', "0:00:56"),
        ('figure = "mean"\npublished = "0 minutes, 56 seconds"', "0:56"),
        ('figure = "share"\npublished = "60 per cent"', "60 %"),
        ('figure = "share"\npublished = ".6"', "0.6"),
    ],
    ids=range(29),
)
def test_a_figure_agrees_in_the_form_it_was_published_in(reads: Reader, expect: str, here: str) -> None:
    one = checked(reads, [*TEN], expect)
    assert one.agrees and one.here == here and one.n == (2 if "[10, 20]" in expect else 10)
    assert one.verdict() == "agrees"


@pytest.mark.parametrize(
    ("durations", "figure", "published", "more", "rule"),
    [
        (TEN, "p90", "90", "", "with percentile method 'lower'"),
        (TEN, "p90", "103.5", "", "with percentile method 'weibull'"),
        (TEN, "share", "50 %", "", "with the target excluded (<)"),
        ([*TEN, ""], "share", "54.5 %", "", "with missing ones in the count"),
        (TEN, "sd", "29.53", "", "with ddof 0"),
        ([-30, 10, 50], "mean", "10", "", "with negative ones counted"),
        ([-30, 10, 50], "mean", "20", "", "with negative ones as zero"),
        ([0, 10, 50], "mean", "30", "", "with zero ones left out"),
        ([10, 21], "mean", "15", "", "truncated"),
        ([10, 15], "mean", "12", "", "rounded half to even"),
        ([61, 119], "mean", "1.0 min", "", "with each row's duration truncated to minutes"),
        ([60, 120], "mean", "1.5", "", "in min"),
        ([60, 120], "mean", "1.30", "", "as minutes.seconds"),
        ([10, 20, 90], "mean", "20", "", "as the median"),
        ([10, 20, 90], "median", "40", "", "as the mean"),
        ([10, 20, 90], "mean", "40", LONG, "without the exclusion 'long'"),
        ([10, 10, 40], "rows", "3", '[duplicates]\nkey = ["took"]\nkeep = "first"', "with the repeated rows counted"),
        ([10, 10, 40], "mean", "20", '[units]\nkey = ["took"]', "with each row on its own"),
        ([-30, 0, 12, 51], "mean", "11", "", "with negative ones counted and zero ones left out"),
        ([10, 20, 90], "mean", "40", AT_MOST(60), "without the filter 'took at most 60'"),
        ([10, 20, 92], "mean", "40", AT_MOST(60), "without the filter 'took at most 60' and truncated"),
        ([10, -19, 36], "mean", "9", AT_MOST(20), "without the filter 'took at most 20' and negative ones counted"),
        ([10, 20, 90], "rows", "3", AT_MOST(60), "without the filter 'took at most 60'"),
        ([10, 20, 90, 90, 90], "mean", "40", EACH, "as the mean of the figures of each each"),
        ([10, 20, 90, 90, 90], "share", "66.7 %", EACH, "as the mean of the figures of each each"),
    ],
    ids=range(25),
)
def test_a_figure_that_differs_says_by_which_rule_it_would_agree(
    reads: Reader, durations: list[object], figure: str, published: str, more: str, rule: str
) -> None:
    one = checked(reads, durations, f'figure = "{figure}"\npublished = "{published}"', more)
    assert not one.agrees and rule in one.agrees_with and one.verdict().startswith("differs; it agrees ")


def test_figures_that_differ_stand_first_and_are_counted(reads: Reader) -> None:
    wanted = "".join(
        f'[[expect]]\nfigure = "{figure}"\npublished = "{said}"\n'
        for figure, said in (("minimum", "10"), ("maximum", "91"), ("mean", "50"), ("median", "51"))
    )
    made = reads("took\n10\n50\n90\n", '[intervals.x]\ncolumn = "took"\n' + wanted)
    text = terminal_text(made)
    assert "2 of 4 agree to the last printed digit. Those that differ stand first: 2." in text
    order = re.findall(r"^(minimum|maximum|mean|median)", text.split("Published figures")[1], re.MULTILINE)
    assert order[:4] == ["maximum", "median", "minimum", "mean"]


def test_a_part_can_be_all_but_some_values(reads: Reader) -> None:
    rows = "100,B\n200,C\n"
    for where, n in (('{ not = "B" }', 11), ('{ not = ["B", "C"] }', 10)):
        one = checked(reads, [*TEN], f'figure = "rows"\nwhere = {{ k = {where} }}\npublished = "{n}"', rows=rows)
        assert one.agrees and one.where.startswith("k not B")
    with pytest.raises(MappingError, match="no row has k = 'Z'; there are A"):
        checked(reads, [*TEN], 'figure = "rows"\nwhere = { k = { not = "Z" } }\npublished = "10"')


TABLE = """[[expect]]
figure = "rows"
published = "3"
[[expect]]
by = "k"
figure = ["mean", "p90", "rows"]
published = { A = ["0:15", "0:19", 2], B = [45.00, "", "1"] }
[[expect]]
by = "k"
figure = "rows"
published = { A = 2, B = 7 }
"""


def test_a_published_table_is_checked_figure_by_figure(reads: Reader) -> None:
    text = '[intervals.x]\ncolumn = "took"\n[groups]\nk = "k"\n' + TABLE
    checked = reads("took,k\n10,A\n20,A\n45,B\n", text).report.checked
    assert [(one.figure, one.where, one.published, one.agrees) for one in checked] == [
        ("rows", "", "3", True),
        ("mean", "k A", "0:15", True),
        ("p90", "k A", "0:19", True),
        ("rows", "k A", "2", True),
        ("mean", "k B", "45.00", True),
        ("rows", "k B", "1", True),
        ("rows", "k A", "2", True),
        ("rows", "k B", "7", False),
    ]
    with pytest.raises(MappingError, match=r"line 12: no row has k = 'C'; there are A, B"):
        reads("took,k\n10,A\n20,A\n45,B\n", text.replace("B = 7", "C = 7"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('by = "k"\nfigure = ["mean"', 'figure = ["mean"'), "line 8: a table of published figures has `by`"),
        (("{ A = 2, B = 7 }", '"2"'), "line 12: a table of published figures has `by`"),
        (("A = 2,", "A = [2],"), "A has not a figure for each of rows"),
        (("A = 2,", "A = {},"), "A has not a figure for each of rows"),
        (('"0:19", 2]', '"0:19"]'), "line 11: A has not a figure for each of mean, p90, rows"),
        (('by = "k"\nfigure = "rows"', 'by = 1\nfigure = "rows"'), "line 12: a table of published figures has `by`"),
        (
            ('figure = "rows"\npublished = { A', 'where = 1\nfigure = "rows"\npublished = { A'),
            "where: Expected `object`",
        ),
        (('figure = "rows"\npublished = { A', 'figur = "rows"\npublished = { A'), "unknown key 'figur'"),
        (("p90", "avg"), "'avg' is no figure; did you mean 'mean'?"),
    ],
    ids=range(9),
)
def test_a_published_table_that_makes_no_sense_is_refused(reads: Reader, change: tuple[str, str], says: str) -> None:
    text = '[intervals.x]\ncolumn = "took"\n[groups]\nk = "k"\n' + TABLE
    assert change[0] in text
    with pytest.raises(MappingError) as refused:
        reads("took,k\n10,A\n20,A\n45,B\n", text.replace(*change))
    assert says in str(refused.value)


def test_a_target_is_told_in_minutes_and_seconds_whatever_the_unit_of_figures(reads: Reader) -> None:
    text = '[intervals.x]\ncolumn = "took"\ntargets = [539, "1:30:00", 7.5]\n[groups]\nk = "k"\n'
    text += '[statistics]\nunit = "min"\ndecimals = 5\n'
    said = terminal_text(reads("took,k\n100,A\n600,A\n", text))
    for told in ("within 8:59 (<=)", "within 1:30:00 (<=)", "within 0:07.5 (<=)", "within 8:59 (95 %)"):
        assert told in " ".join(said.split())
    assert "8.98333" not in said


def test_a_figure_that_no_rule_gives_says_so(reads: Reader) -> None:
    one = checked(reads, [*TEN], 'figure = "mean"\npublished = "7:77"'.replace("7:77", "7:07"))
    assert one.here == "0:56" and one.verdict() == "differs; no other rule that was tried gives it"


def test_the_one_rule_by_which_all_that_differ_would_agree_is_named(reads: Reader) -> None:
    shares = "".join(f'[[expect]]\nfigure = "share"\ntarget = {at}\npublished = "{at - 10} %"\n' for at in (30, 50, 80))
    table = "took\n" + "".join(f"{at}\n" for at in range(10, 110, 10))
    made = reads(table, '[intervals.x]\ncolumn = "took"\n' + shares)
    assert common(made.report.checked) == ("with the target excluded (<)",)
    text = terminal_text(made)
    assert "All that differ would agree: with the target excluded (<)." in text


@pytest.mark.parametrize(
    "beside", ["", 'c = { column = "c", formats = ["epoch_s"] }\n'], ids=["alone", "beside moments"]
)
def test_the_wall_clock_is_tried_too(reads: Reader, beside: str) -> None:
    text = f"""[time]
zone = "Europe/Brussels"
[columns]
a = "a"
b = "b"
{beside}[intervals.x]
from = "a"
to = "b"
[[expect]]
figure = "mean"
published = "67:00"
"""
    (one,) = reads("a,b,c\n2024-03-31 01:58,2024-03-31 03:05,1711846680\n", text).report.checked
    assert one.here == "7:00"
    assert one.agrees_with == ("by what the clocks show, without regard to the clock change",)


def test_incidents_that_are_left_out_are_a_figure_of_no_interval(reads: Reader) -> None:
    one = checked(reads, [10, 20, 90], 'figure = "left_out"\npublished = "1"', LONG)
    assert one.agrees and one.interval == ""


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ('figure = "avg"\npublished = "1"', "line 5: 'avg' is no figure; did you mean 'mean'?"),
        ('figure = "mean"\npublished = "soon"', "'soon' is no figure that can be read"),
        ('figure = "mean"\ninterval = "y"\npublished = "1"', "line 7: there is no interval 'y': x"),
        ('figure = "mean"\nwhere = { k = "Z" }\npublished = "1"', "line 7: no row has k = 'Z'; there are A"),
        ('figure = "mean"\nwhere = { z = "Z" }\npublished = "1"', "has no column 'z'"),
        ('figure = "mean"\nwhere = { k = "A" }', "missing required field `published`"),
    ],
    ids=range(6),
)
def test_a_published_figure_that_makes_no_sense_is_refused_with_its_line(reads: Reader, expect: str, says: str) -> None:
    with pytest.raises(MappingError) as refused:
        checked(reads, [*TEN], expect)
    assert says in str(refused.value)


@given(st.integers(0, 10**9), st.integers(0, 3), st.sampled_from(["half_up", "half_even", "truncate", "up"]))
def test_what_is_printed_is_read_as_the_same(us: int, decimals: int, rounding: str) -> None:
    for unit in ("s", "min", "mm:ss", "hh:mm:ss"):
        form = Form(unit, decimals)
        text = printing.duration(Fraction(us), form, rounding)  # type: ignore[arg-type]
        expect = Expect(figure="mean", published=text, unit=unit)  # type: ignore[arg-type]
        assert printing.published(expect, "duration", ".") == (form, text)


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        ("2.5", 0, ("3", "2", "2", "3")),
        ("3.5", 0, ("4", "4", "3", "4")),
        ("-2.5", 0, ("-3", "-2", "-2", "-3")),
        ("2.675", 2, ("2.68", "2.68", "2.67", "2.68")),
        ("0.001", 2, ("0.00", "0.00", "0.00", "0.01")),
    ],
    ids=range(5),
)
def test_a_figure_is_rounded_exactly_by_each_rule(value: str, decimals: int, printed: tuple[str, ...]) -> None:
    made = [printing.number(Fraction(value), decimals, how) for how in ("half_up", "half_even", "truncate", "up")]  # type: ignore[arg-type]
    assert tuple(made) == printed
