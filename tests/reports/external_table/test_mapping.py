"""The mapping: what it does not know is refused with its line, and all of it is documented."""

import re
from pathlib import Path

import msgspec
import pytest

from reports.external_table.figures import COUNTS, DURATIONS, SHARES
from reports.external_table.loading import FIELDS, load, parse, part_of
from reports.external_table.mapping import MappingError
from reports.external_table.report import read
from tests.reports.conftest import Reader, seconds, terminal_text

ROOT = Path(__file__).parents[3]
BASE = '[columns]\na = "A"\nb = "B"\n[intervals.x]\nfrom = "a"\nto = "b"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[columns\n", "m.toml: "),
        ("colums = 1\n", "m.toml line 1: unknown key 'colums'; did you mean 'columns'?"),
        (BASE + "[tim]\n", "line 7: unknown key 'tim'; did you mean 'time'?"),
        (BASE + "[time]\nzon = 'UTC'\n", "line 8: unknown key 'zon'; did you mean 'zone'?"),
        (
            BASE + "[columns.c]\ncolumn = 'C'\nformat = ['iso']\n",
            "line 9: unknown key 'format'; did you mean 'formats'?",
        ),
        (
            BASE + "[[filter]]\ncolumn = 'C'\n[[filter]]\nequal = 'x'\n",
            "line 10: unknown key 'equal'; did you mean 'equals'?",
        ),
        (
            BASE + "[statistics]\nmethod = 'nearest-rank'\n",
            "line 8: statistics.method: Invalid enum value 'nearest-rank'",
        ),
        (BASE + "[statistics]\nddof = 'one'\n", "line 8: statistics.ddof: Expected `int`, got `str`"),
        (BASE + "[time]\nzone = 'Europe/Bruxelles'\n", "line 8: there is no time zone 'Europe/Bruxelles'"),
        (BASE + "target = '6 min'\n", "line 7: target: '6 min' is no number of seconds, mm:ss or hh:mm:ss"),
        (BASE + "[statistics]\nrounding = 'up_half'\n", "'up_half'; known are half_up, half_even, truncate, up"),
        (
            BASE + "[columns.c]\ntime = 'C'\n[groups]\ng = { time = 'c', by = 'day' }\n",
            "line 10: g: c is a time of day without",
        ),
        (BASE + "[columns.c]\ntime = 'C'\nafter = 'd'\n", "line 9: after: there is no other time 'd'"),
        (BASE + "[columns.c]\ntime = 'C'\nbefore = 'd'\n", "line 9: before: there is no other time 'd'"),
        (BASE + "[columns.c]\ntime = 'C'\nbefore = 'a'\nafter = 'b'\n", "line 7: c: give `after` or `before`"),
        (BASE + "[columns.c]\ntime='C'\nafter='d'\n[columns.d]\ntime='D'\nbefore='c'\n", "is after itself"),
        (BASE + "[columns.c]\n", "line 7: c: give `column`, or `date` and `time`"),
        (BASE + "[intervals.y]\nfrom = 'a'\nto = 'c'\n", "line 9: to: there is no time 'c' in [columns]"),
        (BASE + "[intervals.y]\nfrom = 'a'\nto = 'b'\ncolumn = 'C'\n", "line 7: y: give `from` and `to`, or `column`"),
        (BASE + "[intervals.y]\nsum = ['z']\n", "line 8: sum: 'z' is no interval"),
        (BASE + "[groups]\ng = { time = 'a' }\n", "line 8: g: give a `time` of [columns] and `by`"),
        (BASE + "[filter]\ncolumn = 'C'\n", "line 7: filter is written [[filter]]"),
        (BASE + "[statistics]\npercentiles = [0]\n", "line 8: a percentile lies between 0 and 100"),
        ('[columns]\na = "A"\n', "nothing to reckon: give [intervals]"),
        (BASE + "[columns.c]\ntime='C'\nafter='d'\n[columns.d]\ntime='D'\nafter='c'\n", "is after itself"),
    ],
    ids=range(25),
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(MappingError) as refused:
        parse(text, "m.toml")
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("column = 'A'", "line 7: what must hold of it?"),
        ("equals = 'x'", "line 7: give one of `column`, `time`, `interval`"),
        ("time = 'c'\nsince = 2024-01-01", "line 8: there is no time 'c'"),
        ("interval = 'y'\nover = 1", "line 8: there is no interval 'y'"),
        ("column = 'A'\nsince = 2024-01-01", "line 9: 'since' is not for this"),
        ("time = 'a'\nsince = '2024-01-01'", "line 9: since is a date, such as 2024-01-31, without quotes"),
        ("column = 'A'\nmatches = '('", "line 9: no regular expression"),
        ("interval = 'x'\nover = 'long'", "line 9: "),
        ("column = 'A'\nany = [{ column = 'A', equals = 'x' }]", "line 7: `any` stands alone"),
    ],
    ids=range(9),
)
def test_a_condition_that_cannot_be_meant_is_refused_with_its_line(reads: Reader, condition: str, says: str) -> None:
    with pytest.raises(MappingError) as refused:
        reads("A,B\n1,2\n", BASE + f"[[filter]]\n{condition}\n")
    assert says in str(refused.value)


def test_the_designs_times_need_no_intervals(reads: Reader) -> None:
    made = reads(
        "p,s\n2024-05-06T10:00:00Z,2024-05-06T10:09:59Z\n",
        'profile = "amr"\n[columns]\npressed = "p"\non_scene = "s"\n',
    )
    (summary,) = made.report.summaries
    assert summary.interval == "pressed->on_scene" and seconds(made, "pressed->on_scene") == [599]
    assert summary.target is not None and summary.target.limit_s == 600 and summary.within_count == 1


def test_an_interval_can_be_the_sum_of_others(reads: Reader) -> None:
    text = '[intervals]\na = { column = "a" }\nb = { column = "b", unit = "min" }\nboth = { sum = ["a", "b"] }\n'
    assert seconds(reads("a,b\n30,1\n5,\n", text), "both") == [90]


def test_a_file_without_durations_is_counted(reads: Reader) -> None:
    text = """[columns]
at = { column = "at", day_first = true }
[groups]
kind = "kind"
month = { time = "at", by = "month" }
[[expect]]
figure = "rows"
where = { kind = ["Fire", "Flood"] }
published = "3"
[[expect]]
figure = "part"
where = { kind = "Fire" }
published = "50 %"
"""
    made = reads("at,kind\n05/01/2024,Fire\n06/01/2024,Fire\n07/02/2024,Flood\n08/02/2024,Other\n", text)
    assert [one.agrees for one in made.report.checked] == [True, True]
    assert {part.key: part.rows for part in made.report.groups["month"]} == {"2024-01": 2, "2024-02": 2}
    assert "Incidents by kind" in terminal_text(made)


def test_every_key_of_the_mapping_is_documented() -> None:
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`\[{0,2}([a-z_]+)[`\].]", text))
    kinds = [kind for field in FIELDS.values() if (kind := part_of(field.type)) is not str]
    keys = {info.encode_name for kind in kinds for info in msgspec.structs.fields(kind)}
    known = {*FIELDS, *keys, *COUNTS, *SHARES, *DURATIONS}
    assert known - documented == set()


def test_the_documents_example_reads_and_says_what_the_document_says() -> None:
    folder = ROOT / "docs" / "example"
    made = read(folder / "incidents.csv", load(folder / "mapping.toml"), folder / "mapping.toml")
    sentences = [f"published {one.published}, here {one.here}: {one.verdict()}" for one in made.report.checked]
    assert sentences == [
        "published 6:00, here 6:00: agrees",
        "published 46.0 %, here 52.3 %: differs; it agrees with missing ones in the count",
    ]
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    for one in sentences:
        assert one in text
