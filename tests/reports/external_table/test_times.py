"""Texts as moments and durations: formats, zones, clock changes, midnight, sentinels."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.external_table.amounts import durations, numbers, rounded
from reports.external_table.clock import Length
from reports.external_table.mapping import File, MappingError
from reports.external_table.times import MANY, MIDNIGHT, formats_of, moments, placed, times_of_day
from tests.budget import drawn
from tests.reports.conftest import ENDS, Reader, found, seconds, terminal_text


def texts(*values: str) -> pd.Series:
    return pd.Series(list(values), dtype=object)


@pytest.mark.parametrize(
    ("text", "formats", "day_first", "expected"),
    [
        ("2024-03-05T14:07:09", (), None, "2024-03-05T14:07:09"),
        ("2024-03-05 14:07", (), None, "2024-03-05T14:07:00"),
        ("20240305T140709", (), None, "2024-03-05T14:07:09"),
        ("2024-03-05T14:07:09.250Z", (), None, "2024-03-05T14:07:09.250"),
        ("2024-03-05T14:07:09+02:00", (), None, "2024-03-05T12:07:09"),
        ("2024-03-05 14:07:09-0530", (), None, "2024-03-05T19:37:09"),
        ("2024-03-05 14:07:09 UTC", (), None, "2024-03-05T14:07:09"),
        ("05/03/2024 14:07:09", (), True, "2024-03-05T14:07:09"),
        ("05/03/2024 14:07:09", (), False, "2024-05-03T14:07:09"),
        ("5.3.2024 14:07", (), True, "2024-03-05T14:07:00"),
        ("03/05/2024 02:07:09 PM", (), False, "2024-03-05T14:07:09"),
        ("03/05/2024 12:07:09 AM", (), False, "2024-03-05T00:07:09"),
        ("03/05/2024 12:07 p.m.", ("%m/%d/%Y %I:%M %p",), None, "2024-03-05T12:07:00"),
        ("05-Mar-24", ("%d-%b-%y",), None, "2024-03-05T00:00:00"),
        ("1709647629", ("epoch_s",), None, "2024-03-05T14:07:09"),
        ("1709647629250", ("epoch_ms",), None, "2024-03-05T14:07:09.250"),
        ("45356.5", ("excel",), None, "2024-03-05T12:00:00"),
        ("45356,588298611111", ("excel",), None, "2024-03-05T14:07:09"),
        ("5/3/24", ("%Y-%m-%d", "%d/%m/%y"), None, "2024-03-05T00:00:00"),
        ("31/02/2024", (), True, "NaT"),
        ("soon", ("iso", "epoch_s"), None, "NaT"),
        ("05/03/2024", (), None, "NaT"),
    ],
    ids=range(22),
)
def test_a_text_is_read_by_the_first_format_that_fits(
    text: str, formats: tuple[str, ...], day_first: bool | None, expected: str
) -> None:
    assert str(moments(texts(text), formats_of(formats, day_first)).wall[0]) == str(np.datetime64(expected, "us"))


def test_many_texts_are_read_as_few_are() -> None:
    form = "%m/%d/%Y %I:%M:%S %p"
    days = pd.Series(pd.date_range("2024-01-01", periods=MANY + 5, freq="97s"))
    many = days.dt.strftime(form).astype(object)
    many.iloc[3], many.iloc[4], many.iloc[5] = "03/05/2024 02:07:09 p.m.", "no", "03/05/2024  02:07:09 PM"
    read = moments(many, (form,)).wall
    few = moments(many.iloc[:100], (form,)).wall
    assert (read[:100][~np.isnat(few)] == few[~np.isnat(few)]).all() and np.isnat(read[4])
    assert read[3] == np.datetime64("2024-03-05T14:07:09")
    assert (read[6:] == days.to_numpy().astype("datetime64[us]")[6:]).all()


@pytest.mark.parametrize(
    ("text", "formats", "clock"),
    [
        ("14:07:09", (), "14:07:09"),
        ("14:07:09.5", (), "14:07:09.500000"),
        ("14h07", (), "14:07:00"),
        ("14.07", (), "14:07:00"),
        ("1407", (), "14:07:00"),
        ("907", (), "9:07:00"),
        ("140709", (), "14:07:09"),
        ("2:07 PM", (), "14:07:00"),
        ("12:07:09 am", (), "0:07:09"),
        ("24:00", (), "1 day, 0:00:00"),
        ("1899-12-30 14:07:09", (), "14:07:09"),
        ("14-07", ("%H-%M",), "14:07:00"),
        ("5", ("hhmm",), "0:05:00"),
        ("1407", ("hhmm",), "14:07:00"),
        ("507", ("hhmmss",), "0:05:07"),
        ("24:01", (), None),
        ("13:00 PM", (), None),
        ("14:60", (), None),
        ("noon", (), None),
    ],
    ids=range(19),
)
def test_a_time_of_day_is_read_however_it_is_written(text: str, formats: tuple[str, ...], clock: str | None) -> None:
    since = (times_of_day(texts(text), formats).wall - MIDNIGHT)[0].item()
    assert (since and str(since)) == clock


@settings(max_examples=drawn(60), deadline=None)
@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC"]),
)
def test_a_reading_of_the_clock_is_the_moment_that_python_says(wall: datetime, zone: str) -> None:
    wall = wall.replace(microsecond=0)
    one = placed(moments(texts(wall.isoformat()), ("iso",)), zone)
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() for fold in (0, 1))
    assert one.at[0].astype("datetime64[s]").astype(int) == first
    assert bool(one.repeated[0]) == (second > first) and bool(one.skipped[0]) == (second < first)
    if one.repeated[0]:
        assert one.second[0].astype("datetime64[s]").astype(int) == second


@pytest.mark.parametrize(
    ("rule", "a", "b", "took"),
    [
        ('repeated = "order"', "2024-10-27 02:50:00", "2024-10-27 02:05:00", [900]),
        ('repeated = "order"', "2024-10-27 02:05:00", "2024-10-27 02:50:00", [2700]),
        ('repeated = "order"', "2024-10-27 02:58:00", "2024-10-27 03:05:00", [4020]),
        ('repeated = "second"', "2024-10-27 02:58:00", "2024-10-27 03:05:00", [420]),
        ('repeated = "first"', "2024-10-27 01:58:00", "2024-10-27 02:05:00", [420]),
        ('repeated = "missing"', "2024-10-27 01:58:00", "2024-10-27 02:05:00", []),
        ('skipped = "shift"', "2024-03-31 01:58:00", "2024-03-31 03:05:00", [420]),
        ('skipped = "shift"', "2024-03-31 01:58:00", "2024-03-31 02:05:00", [420]),
        ('skipped = "missing"', "2024-03-31 01:58:00", "2024-03-31 02:05:00", []),
    ],
    ids=range(9),
)
def test_on_the_nights_the_clocks_change_a_stated_rule_holds(
    reads: Reader, rule: str, a: str, b: str, took: list[float]
) -> None:
    read = reads(f"a,b\n{a},{b}\n", f'[time]\nzone = "Europe/Brussels"\n{rule}\n' + ENDS)
    assert seconds(read, "x") == took
    if "02:" in a + b:
        assert any(kind in ("repeated_hour", "skipped_hour") for kind, _ in found(read))


def test_the_two_hours_of_one_name_are_not_one_busiest_hour(reads: Reader) -> None:
    rows = [f"2024-10-27T02:{n:02}:00+0{offset}:00" for offset, few in ((2, 5), (1, 4)) for n in range(few)]
    read = reads("a,b\n" + "".join(f"{at},{at}\n" for at in rows), '[time]\nzone = "Europe/Brussels"\n' + ENDS)
    assert (read.report.busiest_hour, read.report.busiest_hour_rows) == ("2024-10-27 02:00+02:00", 5)


def test_without_a_zone_the_clocks_reading_is_taken_and_the_report_says_so(reads: Reader) -> None:
    read = reads("a,b\n2024-10-27 01:58:00,2024-10-27 03:05:00\n", ENDS)
    assert seconds(read, "x") == [4020]
    assert any("no time zone is given" in rule for rule in read.report.rules)


def test_a_time_of_day_after_midnight_is_the_next_days_and_is_counted(reads: Reader) -> None:
    table = "d,a,b\n06/05/2024,23:58:00,00:03:00\n06/05/2024,10:00:00,09:59:30\n31/12/2024,23:59:59,00:00:00\n"
    text = """[time]
zone = "Europe/Brussels"
day_first = true
[columns]
a = { date = "d", time = "a" }
b = { time = "b", after = "a" }
[intervals.x]
from = "a"
to = "b"
"""
    read = reads(table, text)
    assert seconds(read, "x") == [1, 300]
    assert found(read)["rollover", "b"] == (2, (2, 4)) and found(read)["negative", "x"] == (1, (3,))
    read = reads(table, text.replace("after = ", "rollover = false, after = "))
    assert seconds(read, "x") == [] and found(read)["negative", "x"] == (3, (2, 3, 4))
    read = reads(table, text.replace("[columns]", 'rollover_within = "24:00:00"\n[columns]'))
    assert seconds(read, "x") == [1, 300, 86370]


@pytest.mark.parametrize(
    ("text", "unit", "file", "took"),
    [
        ("323", "s", File(), 323),
        ("5.5", "min", File(), 330),
        ("5,5", "min", File(decimal=","), 330),
        ("1.234,5", "s", File(decimal=",", thousands="."), 1234.5),
        ("1,234", "s", File(thousands=","), 1234),
        ("1500", "ms", File(), 1.5),
        ("0.5", "h", File(), 1800),
        ("5:23", "mm:ss", File(), 323),
        ("65:23", "mm:ss", File(), 3923),
        ("1:05:23", "mm:ss", File(), 3923),
        ("01:05:23.5", "hh:mm:ss", File(), 3923.5),
        ("-0:40", "mm:ss", File(), -40),
        ("1:30", "hh:mm", File(), 5400),
        ("1h05", "hh:mm", File(), 3900),
        ("1 h 05 min", "hh:mm", File(), 3900),
        ("5m23s", "mm:ss", File(), 323),
        ("5'23\"", "mm:ss", File(), 323),
        ("0.00373842592592593", "d", File(), 323),
        ("PT5M23S", "iso", File(), 323),
        ("0 days 00:05:23.500000", "iso", File(), 323.5),
        ("323", "iso", File(), None),
        ("5:60", "mm:ss", File(), None),
        ("5:23", "hh:mm:ss", File(), None),
        ("x", "s", File(), None),
        ("inf", "s", File(), None),
        ("5.5", "min", File(decimal=","), None),
    ],
    ids=range(26),
)
def test_a_duration_is_read_in_its_unit(text: str, unit: str, file: File, took: float | None) -> None:
    (us,) = durations(texts(text), unit, file)
    assert (None if np.isnan(us) else us / 1e6) == took


def test_lengths_of_a_mapping_are_seconds_or_clocks() -> None:
    assert [Length(one) / 1e6 for one in (360, 7.5, "6:00", "1:00:00", "90")] == [360, 7.5, 360, 3600, 90]
    with pytest.raises(ValueError):
        Length("6:99")
    assert np.isnan(numbers(texts("1e999"), File())[0])


def test_each_rows_duration_can_be_rounded_as_a_table_that_holds_minutes_does() -> None:
    took = np.array([59e6, 90e6, -30e6, 150.4e6])
    assert (rounded(took, "truncate_min") / 60e6).tolist() == [0, 1, 0, 2]
    assert (rounded(took, "half_up_min") / 60e6).tolist() == [1, 2, 0, 3]
    assert (rounded(took, "truncate_s") / 1e6).tolist() == [59, 90, -30, 150]


def test_a_sentinel_is_missing_whatever_format_it_is_in(reads: Reader) -> None:
    table = (
        "a,b,d\n2024-05-06 10:00,01/01/1900 00:00,0.0\n2024-05-06 10:00,2024-05-06 10:05,-1\n2024-05-06 10:00,NULL,7\n"
    )
    text = """[columns]
a = "a"
b = { column = "b", formats = ["iso", "%d/%m/%Y %H:%M"], sentinels = ["1900-01-01"] }
[intervals]
x = { from = "a", to = "b" }
y = { column = "d", sentinels = [0, -1] }
"""
    read = reads(table, text)
    assert seconds(read, "x") == [300] and seconds(read, "y") == [7]
    assert found(read)["sentinel", "b (b)"] == (1, (2,)) and found(read)["sentinel", "y (d)"] == (2, (2, 3))


def test_a_format_that_is_none_is_refused_with_its_line(reads: Reader) -> None:
    text = '[columns]\na = { column = "a", formats = ["%Q"] }\nb = "b"\n[intervals.x]\nfrom = "a"\nto = "b"\n'
    with pytest.raises(MappingError, match=r"mapping.toml line 2: a: .*bad directive"):
        reads("a,b\n1,2\n", text)


BEFORE = """[columns]
a = { time = "a", before = "b" }
b = "b"
[intervals.x]
from = "a"
to = "b"
"""


def test_a_time_of_day_before_midnight_is_the_day_befores_and_is_counted(reads: Reader) -> None:
    table = "a,b\n23:58:00,2024-05-07 00:03:00\n09:59:30,2024-05-06 10:00:00\n10:00:30,2024-05-06 10:00:00\n"
    read = reads(table, BEFORE)
    assert seconds(read, "x") == [30, 300]
    assert found(read)["rollover", "a"] == (1, (2,)) and found(read)["negative", "x"] == (1, (4,))
    assert "before midnight: the day before b" in " ".join(terminal_text(read).split())
    read = reads(table, BEFORE.replace("before =", "rollover = false, before ="))
    assert seconds(read, "x") == [30] and ("rollover", "a") not in found(read)


def test_the_clock_change_between_a_time_and_the_day_before_it_is_counted(reads: Reader) -> None:
    text = '[time]\nzone = "Europe/Brussels"\n' + BEFORE
    assert seconds(reads("a,b\n23:30,2024-03-31 03:30\n", text), "x") == [3 * 3600]


def test_a_time_is_taken_for_another_days_only_beyond_what_the_mapping_says(reads: Reader) -> None:
    table = "d,a,b\n2024-05-06,10:00,09:00\n2024-05-06,13:00,10:00\n2024-05-06,10:00,08:00\n"
    text = '[time]\nrollover_within = "24:00:00"\n[columns]\na = { date = "d", time = "a" }\n'
    text += 'b = { time = "b", after = "a" }\n[intervals.x]\nfrom = "a"\nto = "b"\n'
    assert seconds(reads(table, text), "x") == [21 * 3600, 22 * 3600, 23 * 3600]
    read = reads(table, text.replace("[columns]", 'rollover_beyond = "2:00:00"\n[columns]'))
    assert seconds(read, "x") == [21 * 3600] and found(read)["rollover", "b"] == (1, (3,))
    assert found(read)["negative", "x"] == (2, (2, 4))


def test_moments_and_a_clocks_reading_are_not_subtracted_without_a_zone(reads: Reader) -> None:
    table = "a,b\n2024-05-06T10:00:00Z,2024-05-06 12:05:00\n"
    with pytest.raises(MappingError, match=r"say in \[time\] zone"):
        reads(table, ENDS)
    assert seconds(reads(table, '[time]\nzone = "Europe/Brussels"\n' + ENDS), "x") == [300]


def test_a_date_in_several_columns_is_one_text(reads: Reader) -> None:
    text = """[columns]
a = { date = ["Day", "Month", "Year"], time = "Call", formats = ["%d %B %Y"] }
b = { time = "There", after = "a" }
[intervals.x]
from = "a"
to = "b"
"""
    read = reads(
        "Day,Month,Year,Call,There\n1,July,2014,23:59:00,00:04:00\n,July,2014,10:00,10:01\n,,,10:00,10:01\n", text
    )
    assert seconds(read, "x") == [300]
    assert found(read)["unreadable", "a (Day Month Year)"] == (1, (3,)) and found(read)["missing", "x"] == (2, (3, 4))


def test_times_of_day_without_any_date_are_measured_through_midnight(reads: Reader) -> None:
    text = """[time]
zone = "Europe/Brussels"
[columns]
a = { time = "a" }
b = { time = "b", after = "a" }
[intervals.x]
from = "a"
to = "b"
[groups]
h = { time = "a", by = "hour" }
"""
    read = reads("a,b\n23:58,00:03\n10:00,10:05:23\n", text)
    assert seconds(read, "x") == [300, 323] and read.report.first == ""
    assert [part.key for part in read.report.groups["h"]] == ["10", "23"]


def test_a_time_is_told_in_the_zone_of_the_report_whatever_zone_it_is_written_in(reads: Reader) -> None:
    text = """[time]
zone = "Europe/Brussels"
[columns]
a = { column = "a", zone = "UTC" }
b = "b"
[intervals.x]
from = "a"
to = "b"
[groups]
h = { time = "a", by = "hour" }
"""
    read = reads("a,b\n2024-07-01 22:30:00,2024-07-02 00:35:00\n", text)
    assert seconds(read, "x") == [300] and [part.key for part in read.report.groups["h"]] == ["00"]
    with pytest.raises(MappingError, match="others a clock's reading"):
        reads("a,b\n2024-07-01 22:30:00,2024-07-02 00:35:00\n", text.replace('"UTC"', '""'))
