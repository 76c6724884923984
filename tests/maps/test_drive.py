"""A drive across three zones with gaps and outliers, held against its generated truth at every second."""

import math
import statistics
from collections.abc import Callable
from datetime import timedelta

import pytest

from maps.motion import away_m
from maps.track import CONFIDENCE, Track, track_of
from maps.zones import Zones
from tests.maps.drive import PARKED_S, START, Drive, drive

SILENT_S = 10  # longer without a position is a gap


def apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot(*away_m(*a, *b))


def moments(driven: Drive) -> list[tuple[int, Track, tuple[float, float]]]:
    """Each second from the third fix on: what was known of her then, and the last true fix's place."""
    made: list[tuple[int, Track, tuple[float, float]]] = []
    track, came, last, coming = Track(), [], (0.0, 0.0), iter([*driven.reports, None])
    ahead = next(coming)
    for second in range(len(driven.truth)):
        while ahead is not None and ahead.fix.time is not None and ahead.fix.time <= START + timedelta(seconds=second):
            came.append(ahead.fix)
            track = track_of(came, track)
            last = last if ahead.outlier else (ahead.fix.lat, ahead.fix.lon)
            ahead = next(coming)
        if len(came) > 2:
            made.append((second, track, last))
    return made


def test_the_way_leads_through_three_zones(zones: Zones) -> None:
    truth = drive(0, doppler=True).truth
    lats, lons = zip(*truth, strict=True)
    assert len(set(zones.zones_of(lats, lons))) == 3


@pytest.mark.parametrize("drives", [12, pytest.param(300, marks=[pytest.mark.prove, pytest.mark.timeout(900)])])
@pytest.mark.parametrize("doppler", [True, False], ids=["with speed", "positions alone"])
def test_on_a_drive_outliers_are_flagged_the_guess_is_nearer_and_the_circle_holds_her(
    drives: int, doppler: bool, record_testsuite_property: Callable[[str, object], None]
) -> None:
    outliers = wrongly = missed = 0
    held: list[bool] = []
    held_in_gaps: list[bool] = []
    guessed: list[float] = []
    kept: list[float] = []
    stops: list[float] = []
    for seed in range(drives):
        driven = drive(seed, doppler=doppler)
        wrong = {one.fix.time for one in driven.reports if one.outlier}
        for second, track, last in moments(driven):
            now, truth = START + timedelta(seconds=second), driven.truth[second]
            reach = track.reach(now)
            assert reach is not None
            inside = apart_m((reach.lat, reach.lon), truth) <= reach.radius_m
            held.append(inside)
            if reach.age_s > SILENT_S:
                held_in_gaps.append(inside)
            if reach.guess is not None and reach.age_s > 0:
                guessed.append(apart_m(reach.guess, truth))
                kept.append(apart_m(last, truth))
        # At the moment it comes, and none is forgiven later.
        came = [one.fix for one in driven.reports]
        missed += sum(one.outlier and track_of(came[:n]).doubt is None for n, one in enumerate(driven.reports, 1))
        flagged = {
            START + timedelta(seconds=s.at_s - START.timestamp()) for s in track_of(came).steps if s.jump is not None
        }
        outliers += len(wrong)
        wrongly += len(flagged - wrong)
        missed += len(wrong - flagged)
        begin = START.timestamp() + driven.parked[0]
        stops += [
            abs(stop.since_s - begin) for stop in track.stops if stop.since_s < begin + PARKED_S < stop.until_s + 90
        ]
    assert (wrongly, missed) == (0, 0)
    assert outliers > 3 * drives
    assert statistics.mean(held) >= CONFIDENCE / 100 and statistics.mean(held_in_gaps) >= CONFIDENCE / 100
    assert statistics.mean(guessed) < 0.6 * statistics.mean(kept)
    assert statistics.median(guessed) < 0.6 * statistics.median(kept)
    assert len(stops) > 0.8 * drives and statistics.median(stops) < 15
    how = "with speed" if doppler else "positions alone"
    for what, value in {
        "outliers flagged, others flagged": f"{outliers} of {outliers}, {wrongly}",
        "she was in the circle, in gaps": f"{statistics.mean(held):.1%}, {statistics.mean(held_in_gaps):.1%}",
        "mean error of the guess, of the last fix, m": f"{statistics.mean(guessed):.0f}, {statistics.mean(kept):.0f}",
    }.items():
        record_testsuite_property(f"{drives} drives, {how}: {what}", value)
