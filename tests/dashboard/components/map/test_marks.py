"""What a map is told of an alarm and of a unit: true sizes, circles that grow in time, and words that stay words."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dashboard.components.map.labels import NAME_LENGTH, length, plain, span
from dashboard.components.map.marks import (
    MAX_CIRCLE_M,
    BoardMarks,
    Chosen,
    Mark,
    Sight,
    Told,
    chosen_of,
    mark_of,
    unit_mark,
)
from dashboard.components.map.palette import SHAPE_OF_STATE
from dashboard.components.map.words import words
from dashboard.components.tracks import STEP, least_growth_m, track
from dashboard.shell.clock import milliseconds
from incidents.incident import OPEN, Incident
from incidents.messages import Fix
from maps.geodesy import to_mercator
from maps.motion import moved
from maps.overlays import true_circle
from maps.track import FASTER
from maps.zones import Zones
from tests.dashboard.components.map.parts import CASE, GENT, NOW, alarm, board_of, unit, went
from tests.incidents.facts import with_facts

ASKS_S, LATEST_S = 5.0, 1.3  # how often a page is told of what grows, and how late that may come
ROUNDED_M = 0.11


def mark(incident: Incident, zones: Zones, now: datetime = NOW) -> Mark:
    return mark_of(incident, track(incident), now, zones)[0]


def test_an_alarm_stands_where_she_is_in_a_circle_of_true_size(zones: Zones) -> None:
    made, true = mark(alarm("a", radius=400.0), zones), true_circle(*GENT, 400.0)
    assert (made.x, made.y) == pytest.approx((true.x, to_mercator(*GENT)[1]), abs=ROUNDED_M)
    assert (made.radius_m, made.circle) == (400.0, pytest.approx((true.y, true.r), abs=ROUNDED_M))


@pytest.mark.parametrize(("radius", "told"), [(None, None), (0.0, None), (MAX_CIRCLE_M + 1, MAX_CIRCLE_M + 1)])
def test_an_unknown_circle_and_one_larger_than_the_country_is_none(zones: Zones, radius: Any, told: Any) -> None:
    made = mark(alarm("a", radius=radius), zones)
    assert made.circle is None and made.radius_m == told


def test_every_open_state_has_a_shape() -> None:
    assert SHAPE_OF_STATE.keys() == OPEN


def test_an_alarm_without_a_position_has_the_area_that_was_named_or_nothing(zones: Zones) -> None:
    raised = alarm("a", None, origin="hand", device=None, by_hand__place="Gent", zone="5415")
    made, (x, y) = mark(raised, zones), to_mercator(*GENT)
    assert made.area is not None and made.x is None and made.at is None
    x0, y0, x1, y1 = made.area
    assert x0 < x < x1 and y0 < y < y1 and x1 - x0 < 50_000
    for nowhere in (with_facts(raised, by_hand__place=""), with_facts(raised, zone="", by_hand__place="Lille")):
        assert mark(nowhere, zones).area is None
    assert (made.name, made.nameless) == ("Gent", "")
    assert mark(with_facts(raised, by_hand__place=""), zones).nameless == "by_hand"
    assert mark(alarm("b", device=None), zones).nameless == "no_device"


def test_a_position_without_a_time_has_none(zones: Zones) -> None:
    assert mark(with_facts(alarm("a", Fix(*GENT, 20.0)), position__at=None), zones).at is None


speeds = st.one_of(st.none(), st.floats(0.0, 60.0))
radii = st.one_of(st.none(), st.floats(1.0, 150_000.0))


@given(speeds, radii, st.one_of(st.floats(0, 100), st.floats(0, 20_000)), st.floats(0, LATEST_S))
def test_a_circle_is_never_smaller_than_where_she_may_be_until_the_page_is_told_anew(
    zones: Zones, speed: float | None, radius: float | None, age_s: float, late_s: float
) -> None:
    fix_at = NOW - timedelta(seconds=age_s)
    incident = alarm("a", Fix(*GENT, radius, time=fix_at, speed=speed, course=90.0), age_s=age_s)
    of, told, now = track(incident), Told(), NOW + timedelta(seconds=late_s)
    board = board_of(incident)
    marks, steps = BoardMarks(board, zones), []
    for _ in range(12):
        news = told.news(Sight(now=now, board=board), marks, Chosen())
        if "marks" in news:
            grown = msgspec.json.decode(news["marks"]["a"], type=Mark).grown
            steps = list(grown.steps) if grown is not None else []
        ends = now + timedelta(seconds=ASKS_S + LATEST_S - late_s)
        before = (datetime.fromtimestamp((at - 1) / 1000, NOW.tzinfo) for at, _, _ in steps)
        for moment in (now, *(at for at in before if now < at < ends), ends):
            drawn = next((r for at, _, r in reversed(steps) if at <= milliseconds(moment)), None)
            reach = of.reach(moment)
            assert reach is not None and incident.position.fix is not None
            least = true_circle(reach.lat, reach.lon, min(reach.radius_m, MAX_CIRCLE_M)).r
            slack = ROUNDED_M + of.growth_m_s / 500  # a moment is whole to a millisecond
            if drawn is None:
                assert of.grown_m(reach.age_s) <= least_growth_m(incident.position.fix) + slack
            else:
                assert least - slack <= drawn <= STEP * least + slack
        now += timedelta(seconds=ASKS_S)


def test_a_circle_grows_in_few_steps(zones: Zones) -> None:
    incident = alarm("a", Fix(*GENT, 20.0, time=NOW, speed=1.5))
    grown = [mark(incident, zones, NOW + timedelta(seconds=n)).grown for n in range(0, 600, 5)]
    radii = {r for one in grown if one is not None for _, _, r in one.steps}
    assert len(radii) < 30
    assert max(radii) > true_circle(*GENT, FASTER * 1.5 * 600).r


@given(speed=st.one_of(st.none(), st.floats()), age_s=st.floats(0, 1e9))
def test_no_circle_is_larger_than_a_country(zones: Zones, speed: float | None, age_s: float) -> None:
    made = mark(alarm("a", Fix(*GENT, 20.0, speed=speed), age_s=age_s), zones)
    largest = true_circle(*GENT, MAX_CIRCLE_M).r
    assert made.grown is None or all(0 < r <= largest + ROUNDED_M for _, _, r in made.grown.steps)


def test_a_flagged_position_says_so_keeps_its_mark_and_the_circle_is_where_she_was(zones: Zones) -> None:
    made = mark(went(*((0.0, n) for n in range(14)), (15_000.0, 20_000.0)), zones)
    wrong, (x, y) = to_mercator(*moved(*GENT, 15_000.0, 20_000.0)), to_mercator(*GENT)
    assert made.doubted and (made.x, made.y) == pytest.approx(wrong, abs=ROUNDED_M)
    assert made.grown is not None and made.grown.steps[0][0] <= milliseconds(NOW)
    assert abs(made.grown.x - x) < 100 and abs(made.grown.steps[0][1] - y) < 100


def test_a_vague_position_among_sure_ones_has_their_circle_within_its_own(zones: Zones) -> None:
    way = went(*[(0.0, 0.0)] * 15)
    vague = Fix(*moved(*GENT, 600.0, 0.0), 1_200.0, time=NOW + timedelta(seconds=1))
    made = mark(
        with_facts(way, position__fix=vague, position__trail=(*way.position.trail, vague)),
        zones,
        NOW + timedelta(seconds=1),
    )
    assert not made.doubted and made.circle is not None and made.circle[1] > 1_800
    assert made.grown is not None and made.grown.steps[0][2] < 200


def test_a_unit_has_a_mark_while_it_is_on_duty_and_somebody_knows_where() -> None:
    made = unit_mark(unit("G12", clock_wrong=True))
    assert made is not None and (made.x, made.y) == pytest.approx(to_mercator(*GENT), abs=ROUNDED_M)
    assert (made.name, made.status, made.at, made.clock_wrong) == ("G12", "en_route", milliseconds(NOW), True)
    assert unit_mark(unit("G12", status="off")) is None
    assert unit_mark(unit("G12", None)) is None


def chosen(incident: Incident, after_s: float = 0.0, **kind: Any) -> Chosen:
    return chosen_of(incident, track(incident), kind.get("case"), NOW + timedelta(seconds=after_s))


WAY = [(20.0 * n, 0.0) for n in range(8)]


def test_a_position_that_may_be_wrong_is_told_apart_and_no_line_joins_it() -> None:
    made = chosen(went(*WAY[:5], (0.0, 9_000.0), *WAY[6:]))
    x, y = to_mercator(*moved(*GENT, 0.0, 9_000.0))
    assert made.wrong == (pytest.approx((x, y), abs=ROUNDED_M),)
    assert len(made.line) == 7 and all(point and point[0] < x - 10_000 for point in made.line)


def test_a_real_move_that_was_flagged_is_two_ways() -> None:
    made = chosen(went(*WAY[:5], *((30_000.0 + 20 * n, 0.0) for n in range(4))))
    assert [point is None for point in made.line].index(True) == 5
    assert len(made.line) == 10 and not made.wrong


def test_the_guess_goes_on_for_two_minutes_and_is_none_of_who_stands_or_is_safe() -> None:
    incident = went(*((40.0 * n, 0.0) for n in range(10)))
    guess = chosen(incident, 30).guess
    there = to_mercator(*moved(*GENT, 360.0 + 300.0, 0.0))
    assert guess is not None and guess[:2] == pytest.approx(there, abs=60)
    assert chosen(incident, 130).guess is None
    assert chosen(replace(incident, state="closed"), 30).guess is None
    assert chosen(went(*[(0.0, 0.0)] * 20), 30).guess is None


def test_where_she_stood_is_told_with_for_how_long() -> None:
    (stop,) = chosen(went(*[(0.0, 0.0)] * 30, *((50.0 * n, 0.0) for n in range(1, 9)))).stops
    assert stop[:2] == pytest.approx(to_mercator(*GENT), abs=20) and 100 < stop[2] < 130


def test_the_places_of_her_case_are_in_true_size() -> None:
    (home,) = chosen(alarm("a"), case=CASE).places
    true = true_circle(51.0476, 3.7153, 500.0)
    assert (home.name, home.radius_m, home.circle) == ("home", 500.0, pytest.approx((true.y, true.r), abs=ROUNDED_M))


def test_an_age_is_said_as_the_rows_say_it() -> None:
    ages = {0.4: "0 s", 0.5: "1 s", 59.4: "59 s", 59.6: "1 min", 3599: "59 min", 4800: "1 h 20", 183_600: "2 d 3 h"}
    assert {age: span(words(str), age) for age in ages} == ages


@pytest.mark.parametrize(("metres", "said"), [(17.6, "18 m"), (1400, "1.4 km"), (23_400, "23 km")])
def test_a_length_is_said_shortly(metres: float, said: str) -> None:
    assert length(metres) == said


@given(st.text(max_size=200))
def test_a_name_from_a_feed_is_one_short_line_without_control_characters(text: str) -> None:
    line = plain(text)
    assert len(line) <= NAME_LENGTH
    assert not any(unicodedata.category(c).startswith("C") for c in line)


def test_a_hostile_name_stays_text(zones: Zones) -> None:
    assert mark(alarm("a", device="<b>x</b>\n\u202eevil"), zones).name == "<b>x</b> evil"
