"""The facts of a view: from one filtered table, with no share before 20 are counted."""

from datetime import date, timedelta
from statistics import median

import msgspec
import pandas as pd
import pytest

from dashboard.supervisor.review.export import made
from dashboard.supervisor.review.facts import facts
from dashboard.supervisor.review.parts import busiest
from dashboard.supervisor.review.view import View
from reports.catalogue import translator
from reports.measures.profiles import PROFILES
from reports.measures.select import select
from reports.measures.shape import Selection
from reports.measures.table import table_of
from tests.dashboard.supervisor.review.parts import NOW, past, story


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return past(600, seed=7)


def shown(table: pd.DataFrame, **chosen: object) -> dict:
    """The facts as a page receives them."""
    return msgspec.json.decode(msgspec.json.encode(facts(table, View(**chosen), now=NOW)))


def few(count: int, **after: float | None) -> pd.DataFrame:
    """So many real presses, one a week, to whom police came after 500 s."""
    times = {"routed": 40.0, "on_scene": 500.0} | after
    return table_of(story(n, NOW - timedelta(days=7 * n + 1), as_class="real", after=dict(times)) for n in range(count))


def test_the_promise_is_n_of_m_real_presses_and_has_a_share_from_twenty_only() -> None:
    with_19 = shown(few(19))["promise"]
    assert (with_19["within"]["value"], with_19["counted"]["value"], with_19["share"]) == (19, 19, None)
    with_20 = shown(few(20))["promise"]
    assert (with_20["share"]["value"], with_20["share"]["n"], with_20["share"]["high"]) == (1.0, 20, 1.0)
    assert with_20["share"]["low"] == pytest.approx(20 / (20 + 1.959963984540054**2))


def test_below_twenty_counted_nothing_is_a_share_a_limit_or_a_colour() -> None:
    made = shown(few(19))
    assert made["targets"][0]["figure"] is None
    assert made["ecdf"]["enough"] is False
    assert made["ecdf"]["times"] == [500.4] * 19
    assert made["days"]["enough"] is False
    assert [point for point in made["days"]["points"] if point["share"]] == []
    assert made["zones"] == {"5415": {"n": 19, "share": None}}


def test_periods_with_fewer_than_twenty_have_no_share_among_those_that_have() -> None:
    busy = [story(n, NOW - timedelta(days=2, minutes=n)) for n in range(25)]
    quiet = [story(100 + n, NOW - timedelta(days=60, minutes=n)) for n in range(3)]
    made = shown(table_of([*quiet, *busy]), profile="cic")["days"]
    with_share = [point for point in made["points"] if point["share"]]
    assert [point["n"] for point in with_share] == [25]
    assert made["few"] == 1


def test_the_shortest_period_that_counts_twenty_is_drawn() -> None:
    daily = [story(n, NOW - timedelta(days=1 + n // 30, minutes=n % 30)) for n in range(300)]
    assert shown(table_of(daily), profile="cic", period="month")["days"]["by"] == "day"
    weekly = [story(n, NOW - timedelta(days=n / 5)) for n in range(300)]
    assert shown(table_of(weekly), profile="cic")["days"]["by"] == "week"


CHOICES = [
    {},
    {"profile": "cic"},
    {"classes": ["real"]},
    {"classes": ["test", "accidental"], "drills": True},
    {"zones": ["5415"]},
    {"cics": ["BRU"], "shifts": ["19:00"]},
    {"weekdays": [2], "hours": [3, 4]},
    {"period": "month"},
]


@pytest.mark.parametrize("chosen", CHOICES, ids=range(len(CHOICES)))
def test_every_part_is_of_the_same_rows_as_the_selection_gives(table: pd.DataFrame, chosen: dict) -> None:
    made = shown(table, **chosen)
    until = NOW.date()
    since = until - timedelta(days=29) if chosen.get("period") else until.replace(year=until.year - 1) + timedelta(1)
    plain = {k: tuple(v) for k, v in chosen.items() if k not in ("period", "profile", "drills")}
    drills = bool(chosen.get("drills"))
    rows, _ = select(table, Selection(since=since, until=until, drills=drills, **plain))
    assert made["selected"]["value"] == len(rows) == made["dots"]["total"] == sum(made["heat"])
    took = rows[made["target"]["interval"] + "_s"]
    good = took[took >= 0]
    assert made["ecdf"]["n"] == len(good) == made["targets"][0]["counted"]["value"]
    assert sum(point["n"] for point in made["days"]["points"]) == len(good)
    assert sum(zone["n"] for zone in made["zones"].values()) == len(good)
    if len(good):
        assert made["quantiles"][0]["value"] == pytest.approx(median(good))
        assert made["slowest"][0]["s"][made["target"]["interval"]] == good.max()


@pytest.mark.parametrize("chosen", [*CHOICES, {"only": "over", "profile": "cic"}, {"only": "look"}], ids=range(10))
def test_what_is_said_to_be_left_out_is_what_including_it_would_show(table: pd.DataFrame, chosen: dict) -> None:
    made, tests = shown(table, **chosen), {"classes": ["test"], "drills": False}
    if "test" not in chosen.get("classes", ()):
        assert made["excluded"].get("test", 0) == shown(table, **{**chosen, **tests})["selected"]["value"]
    everything = {"classes": ["real", "accidental", "unknown", "", "test"]}
    if not chosen.get("drills"):
        with_drills = shown(table, **{**chosen, **everything, "drills": True})["selected"]["value"]
        without = shown(table, **{**chosen, **everything})["selected"]["value"]
        assert made["excluded"].get("drill", 0) == with_drills - without


@pytest.mark.parametrize("chosen", CHOICES, ids=range(len(CHOICES)))
def test_the_page_and_the_report_of_a_view_tell_the_same_figures_and_of_too_few_none(
    table: pd.DataFrame, chosen: dict
) -> None:
    page = shown(table, **chosen)
    profile = PROFILES[chosen.get("profile", "amr")]
    content, *_ = made(
        table, View(**chosen), profile, "json", now=NOW, begun=None, names={}, translate=translator("en")
    )
    report = msgspec.json.decode(content)
    assert report["excluded"].get("test", 0) == page["excluded"].get("test", 0)
    (whole,) = [one for one in report["summaries"] if one["interval"] == page["target"]["interval"]]
    for stat in ("median", "p90", "p95", "p99"):
        figure = next((one["value"] for one in page["quantiles"] if one["stat"] == stat), None)
        assert whole[stat]["value"] == pytest.approx(figure), stat
    share = page["targets"][0]["figure"]
    assert whole["within"]["value"] == (share and pytest.approx(share["value"]))
    assert (whole["mean"] is None) == (whole["counted"] < 20) == (share is None)
    real = report["promise"]
    assert real["within_count"] == page["promise"]["within"]["value"]
    assert real["counted"] == page["promise"]["counted"]["value"]
    assert (real["within"]["value"] is None) == (page["promise"]["share"] is None)
    kinds = [problem["kind"] for problem in report["problems"]]
    assert {kind: one["value"] for kind, one in page["quality"]["kinds"].items()} == {k: kinds.count(k) for k in kinds}


def test_the_months_that_are_listed_sum_to_what_is_counted_and_each_opens_as_what_it_says() -> None:
    rows = [story(n, NOW - timedelta(days=30 * n), as_class="real", after={"on_scene": 500.0}) for n in range(13)]
    table = table_of(rows)
    made = shown(table)["days"]
    listed = [point for point in made["points"] if point["n"]]
    assert len(listed) == 13 and sum(point["n"] for point in listed) == made["n"] == 13
    for point in listed:
        days = {name: date.fromisoformat(point[name]) for name in ("since", "until")}
        view = {"period": "range", **days}
        assert shown(table, **view)["selected"]["value"] == point["n"]


def test_a_press_that_was_held_up_on_the_way_is_named_in_the_picture_the_list_and_the_quality() -> None:
    late = story(1, NOW - timedelta(days=1), as_class="real", after={"pressed": -651.0, "on_scene": 300.0})
    made = shown(table_of([story(0, NOW - timedelta(days=2), as_class="real", after={"on_scene": 60.0}), late]))
    assert made["dots"]["held"] == [None, 651.0]
    assert [one["held"] for one in made["slowest"]] == [651.0, None]
    assert made["quality"]["kinds"]["held_up"]["value"] == 1


def test_a_choice_says_how_many_it_would_show_beside_the_others(table: pd.DataFrame) -> None:
    made = shown(table, zones=["5415"], classes=["real"])
    for zone, n in made["facets"]["zones"].items():
        assert n == shown(table, zones=[zone], classes=["real"])["selected"]["value"]
    for name, n in made["facets"]["classes"].items():
        assert n == shown(table, zones=["5415"], classes=[name])["selected"]["value"]


def test_only_those_over_the_target_or_in_need_of_a_look(table: pd.DataFrame) -> None:
    whole, over = shown(table, profile="cic"), shown(table, profile="cic", only="over")
    late = whole["targets"][0]["counted"]["value"] - whole["targets"][0]["within"]["value"]
    assert over["selected"]["value"] == late
    assert over["targets"][0]["within"]["value"] == 0
    look = shown(table, only="look")
    assert look["selected"]["value"] == shown(table)["quality"]["rows"]["value"] == look["quality"]["rows"]["value"]


def test_the_present_shift_is_what_came_since_it_began_and_nothing_when_nothing_came() -> None:
    table = table_of([story(1, NOW - timedelta(hours=20)), story(2, NOW - timedelta(minutes=5))])
    view = View(period="shift")
    begun = facts(table, view, now=NOW, shift_start=NOW - timedelta(hours=1))
    assert begun["dots"]["ids"] == ["incident-00002"]
    assert facts(table, view, now=NOW, shift_start=NOW)["selected"].value == 0


def test_a_view_of_nothing_shows_nothing_and_divides_by_nothing(table: pd.DataFrame) -> None:
    made = shown(table, zones=["nowhere"])
    assert made["selected"]["value"] == 0
    assert (made["quantiles"], made["slowest"], made["busiest"], made["zones"]) == ([], [], None, {})
    empty = shown(table_of([]))
    assert empty["promise"]["counted"]["value"] == 0


def test_open_incidents_are_told_apart_and_not_counted() -> None:
    rows = [story(n, NOW - timedelta(days=n + 1), as_class="real", after={"on_scene": 300.0}) for n in range(3)]
    still = story(9, NOW - timedelta(hours=1), as_class="real", open=True, state="routed", after={"closed": None})
    made = shown(table_of([*rows, still]))
    assert made["open"]["value"] == 1
    assert made["promise"]["open"]["value"] == 1
    assert made["promise"]["counted"]["value"] == 3


@pytest.mark.parametrize("form", ["csv", "json", "pdf"])
def test_a_view_as_a_file_is_of_the_same_rows_and_names_no_operator(table: pd.DataFrame, form: str) -> None:
    view = View(profile="cic", only="over", zones=("5415",))
    content, rows, selection = made(
        table, view, PROFILES["cic"], form, now=NOW, begun=None, names={"5415": "Gent"}, translate=translator("en")
    )
    selected = shown(table, profile="cic", only="over", zones=["5415"])["selected"]["value"]
    assert b"desk-a" not in content and rows == selected and "5415" in selection
    match form:
        case "csv":
            assert len(content.decode().splitlines()) == selected + 1
        case "json":
            assert msgspec.json.decode(content)["selected"] == selected
        case "pdf":
            assert content.startswith(b"%PDF")


@pytest.mark.parametrize(("at", "offset"), [("2026-10-25T01:10Z", "+01:00"), ("2026-10-25T02:10Z", "")])
def test_a_busiest_hour_whose_name_comes_twice_says_which_it_is(at: str, offset: str) -> None:
    found = busiest(pd.DataFrame({"incident": ["a"], "received": pd.to_datetime([at])}))
    assert found is not None and found["offset"] == offset
