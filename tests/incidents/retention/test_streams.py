"""Every stream that the code writes has a time, or nothing sealed; a key of a month ends when that is over."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.past import generate
from incidents.log.months import key_of, month_of_key
from incidents.log.snapshot import snapshot
from incidents.retention.streams import RULES, end_of_month, ends_by, months_over
from incidents.retention.times import Times
from maps.zones import Zones
from tests.rules.house import sources

TIMES = Times()
NOW = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)
_BEGINS = re.compile(r'"([a-z]+/(?![^"]*\.(?:html|json|js|css|md|png|shp)\b)[^"\n]*)"')
# What looks like the beginning of a stream's name and is none.
OTHERS = {
    "drill/": "of what a drill's id is made",
    "hand/": "a message that nobody's feed sent",
    **dict.fromkeys(("m/", "events/", "points/", "records/"), "a unit, a second"),
    **dict.fromkeys(("application/", "audio/", "image/", "text/"), "a kind of content"),
    **dict.fromkeys(("guide/", "supervisor/", "training/", "dashboard/", "reports/"), "a folder"),
    "forgotten/": "the id of the record that a name was erased",
    "past/": "the id of a made-up record",
}


def begins() -> set[str]:
    """The texts in the code that may begin a stream's name."""
    kinds = {"incidents/retention/streams.py", "incidents/log/months.py"}
    return {text for path, code in sources("*.py").items() if path not in kinds for text in _BEGINS.findall(code)}


def test_every_stream_that_the_code_writes_has_a_rule() -> None:
    said = begins()
    found = {text for text in said if text.split("/")[0] + "/" not in OTHERS}
    assert {text.split("/")[0] for text in found} == {
        "incident",
        "audit",
        "device",
        "feed",
        "desk",
        "zone",
        "actor",
    }, "a stream, or of OTHERS?"
    without = {text for text in found if ends_by(text) is None}
    assert without == set(), "say in incidents/retention/streams.py by which time it ends"
    assert OTHERS.keys() <= {text.split("/")[0] + "/" for text in said}, "it is said nowhere any more"


def test_every_stream_of_a_lived_log_has_a_rule_and_what_holds_nothing_says_so_truly(tmp_path: Path) -> None:
    generate(tmp_path / "vigie.log", incidents=40, seed=5, locate=Zones.load().locate, months=2, until=NOW)
    with snapshot(tmp_path / "vigie.log") as log:
        streams = log.streams("")
        assert {ends_by(stream) for stream in streams} == {"incident", "device", "desk", "nothing"}
        for stream, records in log.records(streams):
            if ends_by(stream) == "nothing":
                assert not any(record.sealed for record in records), stream


def test_the_times_of_the_rules_are_times() -> None:
    assert {ends for _, ends in RULES} - {"incident", "nothing"} <= {name for name, _ in TIMES.each()}


@pytest.mark.parametrize("stream", ["device/abc", "desk/shift", "desk/access"])
def test_a_month_is_over_its_days_after_its_end(stream: str) -> None:
    days = {"device/abc": TIMES.device, "desk/shift": TIMES.desk, "desk/access": TIMES.looks}[stream]
    key, over = f"{stream}/2020-02", datetime(2020, 3, 1, tzinfo=UTC) + timedelta(days=days)
    assert months_over([key], {}, TIMES, over - timedelta(seconds=1)) == []
    assert months_over([key], {}, TIMES, over) == [(key, ends_by(stream), datetime(2020, 3, 1, tzinfo=UTC), over)]


def test_a_key_of_before_there_were_months_ends_with_what_it_sealed() -> None:
    long_ago, keys = datetime(2000, 5, 1, tzinfo=UTC), ["device/a", "device/a/2026-10", "device/b", "desk/c"]
    found = months_over(keys, {"device/b": long_ago, "device/a": NOW}, TIMES, NOW)
    assert [key for key, *_ in found] == ["device/b"]  # of `desk/c` nobody knows
    later = months_over(keys, {}, TIMES, datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=TIMES.device))
    assert [key for key, *_ in later] == ["device/a"]


@pytest.mark.parametrize(
    "key", ["audit/2026-13", "audit/", "device/a/2026-13", "device/a/0000-00", "incident/x", "x/y", ""]
)
def test_what_is_no_month_ends_nothing(key: str) -> None:
    assert months_over([key], {}, TIMES, NOW) == []


@given(st.dates(max_value=date(9998, 12, 31)))
def test_a_month_ends_with_its_last_day(day: date) -> None:
    ended = end_of_month(f"{day:%Y-%m}".zfill(7)).date()
    assert ended > day >= (ended - timedelta(days=1)).replace(day=1) and ended.day == 1


@given(st.text(max_size=20), st.sampled_from(["device/", "desk/", "incident/", "audit/"]))
def test_a_key_says_its_stream_and_its_month(name: str, begins: str) -> None:
    stream = begins + name.replace("/", "")
    key = key_of(stream, "2026-11-28T03:30:00.000Z")
    monthly = begins in ("device/", "desk/")
    assert key == (f"{stream}/2026-11" if monthly else stream)
    if monthly and "\n" not in name:
        assert month_of_key(key) == (stream, "2026-11")
