"""The track of fixes: impossible jumps are flagged and never hidden, stops are known, a guess is short, a circle grows."""

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incidents.messages import Fix
from maps.geodesy import bearing_deg, ground_distance_m
from maps.motion import STOP_S, TOP_M_S, away_m, moved
from maps.track import FASTER, GUESS_S, MAX_GROWTH_M, RUN, WALK_M_S, Track, track_of

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
HOME = (51.0536, 3.7253)


def fix(second: float, north_m: float = 0.0, east_m: float = 0.0, radius: float | None = 12.0, **more: Any) -> Fix:
    return Fix(*moved(*HOME, north_m, east_m), radius=radius, time=NOW + timedelta(seconds=second), **more)


def walked(seconds: range, m_s: float, *, radius: float = 12.0, seed: int = 1) -> list[Fix]:
    """To the north-east, with errors as large as the radius says."""
    dice, sigma, part = random.Random(seed), radius / 1.51, m_s / math.sqrt(2)
    return [fix(s, part * s + dice.gauss(0, sigma), part * s + dice.gauss(0, sigma), radius) for s in seconds]


def flagged(track: Track) -> list[float]:
    return [step.at_s - NOW.timestamp() for step in track.steps if step.jump is not None]


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def lines(track: Track) -> list[list[float]]:
    """The seconds of the steps that a line may join, run by run."""
    kept = [step for step in track.steps if step.jump is None]
    runs = dict.fromkeys(step.run for step in kept)
    return [[step.at_s - NOW.timestamp() for step in kept if step.run == run] for run in runs]


places = st.floats(-30_000, 30_000)
anything = st.none() | st.floats()
seconds = st.integers(0, 900) | st.floats(-1e9, 1e9)
fixes = st.builds(
    fix, seconds, places, places, radius=anything, confidence=anything, speed=anything, course=anything
) | st.builds(Fix, st.floats(-90, 90), st.floats(-180, 180), time=st.none() | st.just(NOW))


@given(st.lists(fixes, max_size=25), st.randoms(use_true_random=False))
def test_neither_the_order_of_arrival_nor_a_repetition_changes_anything(came: list[Fix], dice: random.Random) -> None:
    mixed = [*came, *dice.sample(came, len(came) // 2)]
    dice.shuffle(mixed)
    one, other = track_of(came), track_of(mixed)
    assert (one.steps, one.stops, one.main, one.rival) == (other.steps, other.stops, other.main, other.rival)


@given(st.lists(fixes, max_size=25))
def test_one_more_at_a_time_gives_what_all_at_once_do(came: list[Fix]) -> None:
    grown = list(accumulate(range(len(came)), lambda track, n: track_of(came[: n + 1], track), initial=Track()))[-1]
    assert grown == track_of(came)


def test_the_oldest_fixes_may_go_when_newer_ones_come() -> None:
    came = walked(range(0, 400, 4), 1.4)
    track = track_of(came[:60])
    later = track_of(came[20:61], track)
    assert later.main == track_of(came[:61]).main  # it went on from what it knew
    assert track_of(came[20:60]).main != track.main


@given(st.lists(fixes, min_size=1, max_size=25), st.floats(0, 1e7))
def test_whatever_comes_every_number_is_one(came: list[Fix], later_s: float) -> None:
    track = track_of(came)
    numbers = [n for step in track.steps for n in (step.lat, step.lon, step.at_s)]
    numbers += [n for stop in track.stops for n in (stop.lat, stop.lon, stop.since_s, stop.until_s)]
    numbers += [n for n in (track.speed_m_s, track.course_deg, track.growth_m_s) if n is not None]
    reach = track.reach(at(later_s))
    if reach is not None:
        numbers += [reach.lat, reach.lon, reach.radius_m, reach.age_s, *(reach.guess or ())]
        assert -90 <= reach.lat <= 90 and -180 <= reach.lon <= 180 and reach.radius_m > 0
    assert all(map(math.isfinite, numbers))
    assert (reach is None) == (not track.steps) == all(one.time is None for one in came)
    assert {step.at_s for step in track.steps} == {one.time.timestamp() for one in came if one.time is not None}


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("radius", [8.0, 40.0, 1_200.0])
def test_jitter_alone_neither_moves_her_nor_is_flagged(seed: int, radius: float) -> None:
    track = track_of(walked(range(0, 400, 5), 0.0, radius=radius, seed=seed))
    assert flagged(track) == []
    assert not track.speed_m_s and track.course_deg is None
    assert track.stops == ()
    if radius < 100:
        standing = track.standing
        assert standing is not None and standing.since_s - NOW.timestamp() < STOP_S
        assert ground_distance_m(HOME, (standing.lat, standing.lon)) < radius


@given(st.floats(2_000, 200_000), st.floats(0, math.tau), st.sampled_from([0.0, 1.4, 14.0]))
def test_one_impossible_jump_is_flagged_and_the_next_good_fix_is_kept(far_m: float, to: float, m_s: float) -> None:
    way = walked(range(0, 120, 4), m_s)
    wrong = fix(122, far_m * math.cos(to), far_m * math.sin(to) + 120 * m_s)
    track = track_of([*way, wrong])
    assert flagged(track) == [122.0]
    assert track.doubt is not None and track.doubt.seconds == 6.0
    assert track.doubt.distance_m == pytest.approx(far_m, abs=150 * m_s + 40, rel=0.02)
    good = track_of([*way, wrong, *walked(range(124, 160, 4), m_s)])
    assert flagged(good) == [122.0] and good.doubt is None
    assert [122.0] not in lines(good) and len(lines(good)) == 1


def test_who_walks_is_not_three_hundred_metres_on_in_four_seconds_and_a_car_may_start_hard() -> None:
    way = walked(range(0, 120, 4), 1.4)
    assert flagged(track_of([*way, fix(120, 400, 100)])) == [120.0]
    start = [fix(120 + 2 * n, 119 + 2.5 * (2 * n) ** 2, 119) for n in range(10)]  # 0 to 100 km/h in 5.6 s
    assert flagged(track_of([*way, *start])) == []


def test_a_coarse_fix_far_off_is_kept_and_hardly_moves_her() -> None:
    way = walked(range(0, 120, 4), 1.4)
    before, after = track_of(way).reach(at(120)), track_of([*way, fix(120, 900, -900, 2_000.0)]).reach(at(120))
    assert before is not None and after is not None
    assert flagged(track_of([*way, fix(120, 900, -900, 2_000.0)])) == []
    assert ground_distance_m((before.lat, before.lon), (after.lat, after.lon)) < 25


def test_a_flagged_run_that_goes_on_becomes_the_truth() -> None:
    stood, elsewhere = walked(range(0, 100, 4), 0.0), [fix(100 + 4 * n, 40_000 + 8 * n, 0) for n in range(RUN)]
    assert flagged(track_of([*stood, *elsewhere[:-1]])) == [100.0, 104.0]
    track = track_of([*stood, *elsewhere])
    assert flagged(track) == []
    assert [len(line) for line in lines(track)] == [25, RUN]  # two lines: nobody was between
    assert track.doubt is None and len(track.stops) == 1 and track.standing is None


def test_a_first_fix_that_was_wrong_is_found_out() -> None:
    wrong, way = fix(0, 9_000, 9_000), walked(range(4, 60, 4), 1.4)
    assert flagged(track_of([wrong, way[0]])) == [4.0]  # one of the two is: nothing says which
    assert flagged(track_of([wrong, *way])) == [0.0]


def test_a_train_is_never_flagged() -> None:
    gone = accumulate(10 * 83.0 * min(n, 12) / 12 for n in range(60))  # it starts in two minutes
    way = [fix(10 * n, metres, 0, 30.0) for n, metres in enumerate(gone)]
    assert flagged(track_of(way)) == []


def test_after_a_long_silence_she_may_be_anywhere_and_that_is_no_jump() -> None:
    way = walked(range(0, 60, 4), 1.4)
    track = track_of([*way, fix(3_600, 60_000, 0)])
    assert flagged(track) == [] and track.speed_m_s is None


@pytest.mark.parametrize("m_s", [4.0, 14.0, 33.0])
@pytest.mark.parametrize("seed", range(5))
def test_speed_and_course_are_those_she_has(m_s: float, seed: int) -> None:
    track = track_of(walked(range(0, 120, 4), m_s, seed=seed))
    assert track.speed_m_s == pytest.approx(m_s, rel=0.15, abs=1.2)
    assert track.course_deg == pytest.approx(45, abs=15)
    assert track.standing is None and track.stops == ()


def test_most_walks_are_known_by_their_positions_alone_and_none_is_a_stop() -> None:
    tracks = [track_of(walked(range(0, 120, 4), 1.4, seed=seed)) for seed in range(40)]
    assert sum(track.speed_m_s is not None for track in tracks) >= 30
    assert all(track.standing is None and track.stops == () for track in tracks)


def test_a_telephone_s_own_speed_is_believed_from_the_first_fix() -> None:
    track = track_of([fix(0, speed=14.0, course=90.0)])
    assert track.speed_m_s == pytest.approx(14.0, abs=0.3) and track.course_deg == pytest.approx(90, abs=0.1)
    assert track_of([fix(0, speed=14.0)]).growth_m_s == FASTER * 14.0
    assert track_of([fix(0, speed=1e9, course=5.0)]).growth_m_s == WALK_M_S
    assert track_of([fix(0)]).speed_m_s is None


def test_a_stop_is_known_after_a_minute_and_ends_when_she_goes() -> None:
    came = walked(range(0, 100, 4), 0.0)
    assert track_of(came[:15]).standing is None
    assert track_of(came[:18]).standing is not None
    assert track_of(came[:18]).speed_m_s == 0.0
    gone = track_of([*came, *(fix(100 + 4 * n, 40.0 * n, 0) for n in range(2, 8))])
    assert gone.standing is None and [round(stop.since_s - NOW.timestamp()) for stop in gone.stops] == [0]
    assert gone.speed_m_s == pytest.approx(10.0, rel=0.1)


def test_who_walks_slowly_in_a_wide_circle_does_not_stand_where_her_telephone_says_that_she_walks() -> None:
    came = [fix(4 * n, 2.0 * n, 0, 60.0) for n in range(30)]
    assert track_of(came).standing is not None, "by the positions alone nobody could tell"
    assert track_of([replace(one, speed=1.4, course=0.0) for one in came]).standing is None


def test_one_fix_beside_her_ends_no_stop() -> None:
    came = walked(range(0, 100, 4), 0.0)
    track = track_of([*came, fix(101, 70, 0), *walked(range(104, 140, 4), 0.0)])
    assert track.standing is not None and track.standing.since_s == NOW.timestamp()


def test_the_guess_goes_on_as_she_did_for_two_minutes_and_then_is_none() -> None:
    track = track_of([fix(4 * n, 0, 48.0 * n, speed=12.0, course=90.0) for n in range(20)])
    early, late = track.reach(at(76 + 60)), track.reach(at(76 + GUESS_S + 1))
    assert early is not None and early.guess is not None and late is not None and late.guess is None
    assert ground_distance_m((early.lat, early.lon), early.guess) == pytest.approx(720, rel=0.03)
    assert bearing_deg((early.lat, early.lon), early.guess) == pytest.approx(90, abs=1)
    assert ground_distance_m((early.lat, early.lon), early.guess) < early.radius_m < late.radius_m


@given(st.floats(0, TOP_M_S), st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_circle_grows_with_age_and_speed_and_has_an_end(m_s: float, one_s: float, other_s: float) -> None:
    track = track_of([fix(0, speed=m_s, course=10.0)])
    young, old = track.reach(at(min(one_s, other_s))), track.reach(at(max(one_s, other_s)))
    assert young is not None and old is not None
    assert young.radius_m <= old.radius_m <= MAX_GROWTH_M + 100
    assert young.radius_m >= min(m_s * young.age_s, MAX_GROWTH_M)
    before = track.reach(at(-100))
    assert before is not None and before.age_s == 0


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(-5_000, 5_000), st.floats(-5_000, 5_000))
def test_metres_go_there_and_back(lat: float, lon: float, north: float, east: float) -> None:
    there = moved(lat, lon, north, east)
    assert away_m(lat, lon, *there) == pytest.approx((north, east), abs=0.01)
    assert ground_distance_m((lat, lon), there) == pytest.approx(math.hypot(north, east), rel=0.01, abs=0.1)
