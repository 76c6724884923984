"""One set of incidents, written in many formats with a mapping for each, gives the same numbers as a naive computation."""

import csv
import io
import math
import statistics
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.conftest import Reader, found, seconds

ZONE = ZoneInfo("Europe/Brussels")
# Away from the nights the clocks change: those have tests of their own.
starts = st.datetimes(datetime(2023, 4, 2), datetime(2023, 10, 20)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
rows = st.lists(st.tuples(starts, st.none() | st.integers(0, 5 * 3600)), min_size=1, max_size=25)
FORMATS = {  # name -> format of the writer, of the mapping
    "iso": ("%Y-%m-%dT%H:%M:%S", 'formats = ["iso"]'),
    "day first": ("%d/%m/%Y %H:%M:%S", "day_first = true"),
    "12 hours": ("%m/%d/%Y %I:%M:%S %p", "day_first = false"),
    "words": ("%d %B %Y, %H.%M.%S", 'formats = ["%Y", "%d %B %Y, %H.%M.%S"]'),
    "epoch": ("epoch", 'formats = ["epoch_s"]'),
    "offset": ("offset", ""),
}


def written(at: datetime, form: str) -> str:
    aware = at.replace(tzinfo=ZONE)
    if form == "epoch":
        return str(int(aware.timestamp()))
    return aware.isoformat() if form == "offset" else at.strftime(form)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows,
    st.sampled_from(sorted(FORMATS)),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8-sig", "utf-16", "cp1252"]),
)
def test_any_way_of_writing_gives_the_naive_figures(
    reads: Reader, incidents: list[tuple[datetime, int | None]], form: str, delimiter: str, encoding: str
) -> None:
    how, keys = FORMATS[form]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(["note", "Début", "Fin", "took"])
    for at, took in incidents:
        end = "" if took is None else written(at + timedelta(seconds=took), how)
        clock = "" if took is None else f"{took // 60}:{took % 60:02}"
        writer.writerow(['a "note"\nof two lines', written(at, how), end, clock])
    mapping = f"""
[file]
encoding = "{encoding}"
[time]
zone = "Europe/Brussels"
[columns]
a = {{ column = "Début"{", " + keys if keys else ""} }}
b = {{ column = "Fin"{", " + keys if keys else ""} }}
[intervals]
x = {{ from = "a", to = "b", target = 3600 }}
y = {{ column = "took", unit = "mm:ss" }}
[statistics]
percentiles = [50, 90]
method = "inverted_cdf"
"""
    read = reads(buffer.getvalue().encode(encoding), mapping)
    took = sorted(float(one) for _, one in incidents if one is not None)
    assert seconds(read, "x") == seconds(read, "y") == took
    for summary in read.report.summaries:
        assert summary.missing == len(incidents) - len(took) and summary.negative == 0
        if took:
            assert summary.mean is not None and math.isclose(summary.mean, statistics.fmean(took), abs_tol=1e-9)
            assert summary.p90.value == took[math.ceil(0.9 * len(took)) - 1]
            assert summary.median.value == took[math.ceil(0.5 * len(took)) - 1]
            assert summary.maximum == took[-1]
    assert read.report.summaries[0].within_count == sum(one <= 3600 for one in took)
    assert {kind for kind, _ in found(read)} <= {"missing"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_a_date_and_times_of_day_give_the_same_through_midnight(
    reads: Reader, incidents: list[tuple[datetime, int | None]]
) -> None:
    table = "day;from;till\n"
    for at, took in incidents:
        end = "" if took is None else f"{at + timedelta(seconds=took):%H%M%S}"
        table += f"{at:%d.%m.%Y};{at:%H:%M:%S};{end}\n"
    mapping = """
[time]
zone = "Europe/Brussels"
day_first = true
[columns]
a = { date = "day", time = "from" }
b = { time = "till", after = "a" }
[intervals]
x = { from = "a", to = "b" }
"""
    read = reads(table, mapping)
    assert seconds(read, "x") == sorted(float(one) for _, one in incidents if one is not None)
    over = sum(one is not None and (at + timedelta(seconds=one)).date() > at.date() for at, one in incidents)
    assert found(read).get(("rollover", "b"), (0, ()))[0] == over
