"""What is drawn for an alarm and a unit: true sizes, growth, rings, and words that stay words."""

import math
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dashboard.components.map.drawings import Drawings
from dashboard.components.map.labels import (
    ALARM_AWAY_PX,
    GATHER_PX,
    MARK_PX,
    NAME_LENGTH,
    Paper,
    apart,
    box,
    gather,
    length,
    plain,
    span,
    span_lasts_s,
)
from dashboard.components.map.marks import (
    MAX_CIRCLE_M,
    RING_PX,
    UNIT_STALE_S,
    Drawn,
    at_zoom,
    draw_alarm,
    draw_unit,
    is_ring,
)
from dashboard.components.map.palette import PALETTES, SHAPE_OF_STATE
from dashboard.components.map.words import words
from dashboard.components.tracks import STEP, track
from incidents.fold.units import UnitNow
from incidents.incident import OPEN, Incident
from incidents.messages import Fix
from maps.geodesy import ground_distance_m, to_mercator, to_wgs84
from maps.overlays import true_circle
from maps.track import FASTER

NOW = datetime(2026, 11, 24, 21, 14, 7, tzinfo=UTC)
WORDS = words(str)
DARK = PALETTES["dark"]


def alarm(fix: Fix, *, age_s: float = 2.0, device: str | None = "AMR-00412", state: str = "raised") -> Incident:
    return Incident(
        id="a1",
        version=1,
        state=state,
        origin="press",
        pressed_at=NOW,
        received_at=NOW,
        changed_at=NOW,
        last_press_at=NOW,
        device=device,
        fix=fix,
        fix_at=NOW - timedelta(seconds=age_s),
    )


def drawn(fix: Fix, **kind):
    incident = alarm(fix, **kind)
    return draw_alarm(incident, fix, track(incident), NOW, DARK, WORDS)


@given(
    lat=st.floats(49.4, 51.6),
    lon=st.floats(2.5, 6.5),
    radius_m=st.floats(1.0, 50_000.0),
)
def test_a_circle_reaches_as_far_over_the_ground_as_it_says(lat, lon, radius_m):
    circle = true_circle(lat, lon, radius_m)
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        edge = to_wgs84(circle.x + dx * circle.r, circle.y + dy * circle.r)
        assert ground_distance_m((lat, lon), edge) == pytest.approx(radius_m, rel=0.004, abs=0.01)


def test_an_accuracy_circle_is_in_the_row_in_true_size_with_its_radius_written():
    fix = Fix(lat=51.0536, lon=3.7253, radius=400.0)
    row = at_zoom(drawn(fix), 2.0, (0.0, 0.0), "right")
    assert row["cr"] == pytest.approx(400.0 / math.cos(math.radians(51.0536)), rel=0.004)
    assert row["label"] == "AMR-00412\n± 400 m · 2 s"
    assert row.get("ring", 0.0) == 0.0


def test_a_circle_smaller_than_its_mark_becomes_a_ring_with_its_radius_written():
    fix = Fix(lat=51.0536, lon=3.7253, radius=18.0)
    row = at_zoom(drawn(fix), 20.0, (0.0, 0.0), "right")
    assert row["ring"] == RING_PX
    assert math.isnan(row["cr"])
    assert "± 18 m" in row["label"]


@given(radius=st.floats(0.1, 1e5), m_per_px=st.floats(0.25, 2200.0))
def test_a_circle_is_either_drawn_or_a_ring(radius, m_per_px):
    fix = Fix(lat=50.85, lon=4.35, radius=radius)
    row = at_zoom(drawn(fix), m_per_px, (0.0, 0.0), "right")
    assert (row.get("ring", 0.0) > 0) == math.isnan(row["cr"]) == is_ring(true_circle(50.85, 4.35, radius).r, m_per_px)


@pytest.mark.parametrize("radius", [None, 0.0])
def test_an_unknown_radius_draws_no_circle_and_says_so(radius):
    row = at_zoom(drawn(Fix(lat=51.0, lon=4.0, radius=radius)), 2.0, (0.0, 0.0), "right")
    assert "cr" not in row
    assert "± ?" in row["label"]


def test_an_old_fix_grows_with_its_age_and_last_speed_and_in_few_steps():
    fix = Fix(lat=51.0, lon=4.0, radius=20.0, speed=1.5)
    assert "gr" not in drawn(fix, age_s=1.0).row
    ages = range(10, 610)
    radii = [drawn(fix, age_s=float(age)).row["gr"] for age in ages]
    true = [true_circle(51.0, 4.0, FASTER * 1.5 * age).r for age in ages]
    assert all(at_least <= radius <= STEP * (at_least + 60) for radius, at_least in zip(radii, true, strict=True))
    assert radii == sorted(radii) and len(set(radii)) < 25


@pytest.mark.parametrize("speed", [None, 0.2, 1.5, 14.0])
def test_a_drawing_that_is_kept_is_never_smaller_than_where_she_may_be(speed):
    fix = Fix(lat=51.0, lon=4.0, radius=20.0, speed=speed, course=90.0)
    incident, kept = alarm(fix, age_s=0.0), Drawings("dark", WORDS)
    of, made = track(incident), []
    for second in range(600):
        now = NOW + timedelta(seconds=second)
        made.append(kept.alarm(incident, fix, now))
        reach = of.reach(now)
        if "gr" in made[-1].row:
            assert made[-1].row["gr"] >= true_circle(reach.lat, reach.lon, reach.radius_m - 2 * of.growth_m_s).r
        else:
            assert of.grown_m(second) < 10.0 + 2 * of.growth_m_s
    assert "gr" in made[-1].row
    assert len({one.row.get("gr") for one in made}) < 40


@given(speed=st.one_of(st.none(), st.floats()), age_s=st.floats(0, 1e9))
def test_no_circle_is_larger_than_a_country(speed, age_s):
    row = drawn(Fix(lat=51.0, lon=4.0, radius=20.0, speed=speed), age_s=age_s).row
    assert 0.0 <= row.get("gr", 0.0) <= true_circle(51.0, 4.0, MAX_CIRCLE_M).r


def moving(*trail: Fix) -> Drawn:
    incident = replace(alarm(trail[-1]), trail=trail)
    return draw_alarm(incident, trail[-1], track(incident), NOW, DARK, WORDS)


def test_a_flagged_position_says_so_keeps_its_mark_and_the_circle_is_where_she_was():
    way = [Fix(lat=51.0, lon=4.0 + n / 1e5, radius=10.0, time=NOW - timedelta(seconds=30 - 2 * n)) for n in range(14)]
    wrong = Fix(lat=51.2, lon=4.3, radius=10.0, time=NOW - timedelta(seconds=2))
    made = moving(*way, wrong)
    assert made.label == "AMR-00412\nmay be wrong · ± 10 m · 2 s"
    assert (made.tx, made.ty) == to_mercator(51.2, 4.3)
    assert math.hypot(made.row["gx"] - to_mercator(51.0, 4.0)[0], made.row["gy"] - to_mercator(51.0, 4.0)[1]) < 100


def test_a_vague_position_among_sure_ones_has_their_circle_within_its_own():
    way = [Fix(lat=51.0, lon=4.0, radius=10.0, time=NOW - timedelta(seconds=60 - 4 * n)) for n in range(15)]
    made = moving(*way, Fix(lat=51.006, lon=4.0, radius=1_200.0, time=NOW - timedelta(seconds=1)))
    assert made.row["cr"] > 1_800 and made.row["gr"] < 200
    assert "may be wrong" not in made.label


def test_a_fix_without_a_time_says_its_age_is_unknown():
    fix = Fix(lat=51.0, lon=4.0, radius=20.0)
    incident = Incident(
        id="a1", version=1, state="raised", origin="press", pressed_at=NOW, received_at=NOW, changed_at=NOW,
        last_press_at=NOW, device="AMR-1", fix=fix,
    )  # fmt: skip
    assert draw_alarm(incident, fix, track(incident), NOW, DARK, WORDS).label.endswith("· ?")


def test_every_open_state_has_a_shape():
    assert SHAPE_OF_STATE.keys() == OPEN


def test_a_unit_shows_its_status_and_the_age_of_its_position_once_it_is_old():
    unit = UnitNow(unit="G12", zone="5415", status="en_route", at=NOW)
    fresh = Fix(lat=51.0, lon=4.0, time=NOW - timedelta(seconds=3))
    stale = Fix(lat=51.0, lon=4.0, time=NOW - timedelta(seconds=200))
    assert draw_unit(unit, fresh, NOW, DARK, WORDS).label == "G12 · en route"
    assert draw_unit(unit, stale, NOW, DARK, WORDS).label == "G12 · en route · 3 min"


@given(age_s=st.floats(0.0, 7000.0))
def test_what_is_written_of_a_units_age_stays_true_until_it_is_redrawn(age_s):
    unit = UnitNow(unit="G12", zone="5415", status="available", at=NOW)
    fix = Fix(lat=51.0, lon=4.0, time=NOW - timedelta(seconds=age_s))
    first = draw_unit(unit, fix, NOW, DARK, WORDS)
    later = draw_unit(unit, fix, NOW + timedelta(seconds=first.stays_s * 0.98), DARK, WORDS)
    assert 0 < first.stays_s <= max(60.0, UNIT_STALE_S)
    assert later.label == first.label


@given(st.floats(0.0, 1e6))
def test_an_age_says_the_same_for_as_long_as_it_promises(age_s):
    assert span_lasts_s(age_s) > 0
    assert span(WORDS, age_s) == span(WORDS, age_s + span_lasts_s(age_s) * 0.99)


def test_an_age_is_said_as_the_rows_say_it():
    ages = {0.4: "0 s", 0.5: "1 s", 59.4: "59 s", 59.6: "1 min", 3599: "59 min", 4800: "1 h 20", 183_600: "2 d 3 h"}
    assert {age: span(WORDS, age) for age in ages} == ages


@given(st.text(max_size=200))
def test_a_name_from_a_feed_is_one_short_line_without_control_characters(text):
    line = plain(text)
    assert len(line) <= NAME_LENGTH
    assert not any(unicodedata.category(c).startswith("C") for c in line)
    assert "\n" not in line


def test_a_hostile_name_stays_text():
    assert plain("<b>x</b>\n\u202eevil") == "<b>x</b> evil"


@pytest.mark.parametrize(("metres", "said"), [(17.6, "18 m"), (1400, "1.4 km"), (23_400, "23 km")])
def test_a_length_is_said_shortly(metres, said):
    assert length(metres) == said


@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(-30, 30)), min_size=1, max_size=20))
def test_marks_that_would_hide_each_other_stand_apart(points):
    keyed = [(str(i), x, y) for i, (x, y) in enumerate(points)]
    offsets = apart(keyed)
    assert offsets.keys() == {key for key, _, _ in keyed}
    same = apart([(str(i), 0.0, 0.0) for i in range(len(points))])
    placed = list(same.values())
    nearest = min((math.dist(a, b) for i, a in enumerate(placed) for b in placed[:i]), default=math.inf)
    assert nearest >= 30.0


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)), min_size=1, max_size=40))
def test_each_mark_stands_for_itself_or_is_counted_once_in_a_graver_one_near_it(points):
    keyed = [(str(i), x, y) for i, (x, y) in enumerate(points)]
    at = {key: (x, y) for key, x, y in keyed}
    groups = gather(keyed)
    counted = [key for keys in groups.values() for key in keys]
    assert len(counted) == len(set(counted)) and not groups.keys() & set(counted)
    for head, keys in groups.items():
        assert len(keys) > 1
        assert all(int(head) < int(key) and math.dist(at[head], at[key]) < GATHER_PX for key in keys)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 400)), min_size=1, max_size=30))
def test_no_label_hides_another_or_a_mark(points):
    paper, name = Paper((0, 0, 600, 400)), "AMR-00001"
    for x, y in points:
        paper.mark(x, y)
    sides = [(x, y, paper.write(x, y, name, ALARM_AWAY_PX)) for x, y in points]
    written = [box(x, y, name, side, ALARM_AWAY_PX) for x, y, side in sides if side is not None]
    half = MARK_PX / 2
    marks = [(x - half, y - half, MARK_PX, MARK_PX) for x, y in points]
    for n, (left, bottom, wide, high) in enumerate(written):
        assert left >= 0 and bottom >= 0 and left + wide <= 600 and bottom + high <= 400
        for x, y, w, h in (*marks, *written[:n]):
            assert left + wide <= x or x + w <= left or bottom + high <= y or y + h <= bottom


def test_a_mark_alone_stands_where_she_is():
    assert apart([("a", 0.0, 0.0), ("b", 500.0, 0.0)]) == {"a": (0.0, 0.0), "b": (0.0, 0.0)}
