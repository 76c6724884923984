"""A day of a Europe of 450 million with 100,000 devices, on three servers of one log: nothing is lost, nothing is there twice.

What the day is made of, and what its figures mean: docs/scale.md.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.european_day.plan import DAY, DEVICES, Counts
from bench.european_day.running import Found, live

SPEED = 160.0  # seconds of the day in one of ours: nine minutes, where the machine can
FEW = DEVICES // 1000
AT_ONCE = DAY.total_seconds()  # the day in a second: as fast as it goes
Say = Callable[[str, object], None]


def judge(found: Found) -> None:
    assert (found.lost, found.twice) == (0, 0), found
    assert found.verified and found.copies_agree, found
    assert found.records == found.records_planned, found
    assert found.heard_elsewhere > 0, "each press is told to every server, and a tenth of all comes again"


@pytest.mark.timeout(180)
def test_a_thousandth_of_a_european_day_is_in_the_log_once_whoever_heard_it(tmp_path: Path) -> None:
    judge(live(tmp_path, Counts.of(FEW), speed=AT_ONCE))


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_a_european_day_is_in_the_log_once_whoever_heard_it(tmp_path: Path, record_testsuite_property: Say) -> None:
    began = time.monotonic()
    found = live(tmp_path, Counts.of(DEVICES), speed=SPEED)
    for name, value in found.told().items():
        record_testsuite_property(f"European day: {name}", value)
    record_testsuite_property("European day: all of it, with planning and reading, s", round(time.monotonic() - began))
    judge(found)
