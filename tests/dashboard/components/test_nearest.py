"""The nearest units: which stand in the list and in which order, what is asked of a router, and what a page is told."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dashboard.components.actions.nearest import ASKED, OLD_S, VERY_OLD_S, candidates, ranked
from dashboard.components.actions.road_times import AGAIN_S, ALARMS, KEPT_S, Known, RoadTimes
from dashboard.components.tracks import track, unsure
from dashboard.operator.session import Session
from incidents import commands as do
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.messages import Fix, UnitReport
from incidents.ports import Leg, NoRoads, Spot
from incidents.roles import WITHOUT_SIGN_IN, User
from tests.dashboard.conftest import START, House, Paper
from tests.incidents.facts import incident_of
from tests.rules.house import ROOT
from tests.waiting import until

HER = Fix(51.0536, 3.7253, 18.0, time=START - timedelta(seconds=10))

ages = st.sampled_from([0.0, 30.0, OLD_S, OLD_S + 1, VERY_OLD_S, VERY_OLD_S + 1, 80_000.0])
places = st.builds(Fix, lat=st.floats(49.5, 51.5), lon=st.floats(2.5, 6.4))


@st.composite
def some_units(draw: st.DrawFn) -> list[UnitNow]:
    made = []
    for n in range(draw(st.integers(0, 20))):
        status = draw(st.sampled_from(["available", "available", "assigned", "en_route", "off"]))
        at = START - timedelta(seconds=draw(ages))
        fix = draw(st.none() | places)
        made.append(UnitNow(unit=f"U-{n}", zone="5415", status=status, at=at, fix=fix))  # type: ignore[arg-type]
    return made


legs_of = st.dictionaries(
    st.integers(0, 19).map(lambda n: f"U-{n}"),
    st.none() | st.builds(Leg, seconds=st.floats(0, 9000), metres=st.floats(0, 90_000)),
)


@given(some_units(), legs_of)
def test_who_would_be_there_first_comes_first_and_who_may_be_anywhere_last(
    units: list[UnitNow], legs: dict[str, Leg | None]
) -> None:
    free = {unit.unit: unit for unit in units if unit.status == "available" and unit.fix is not None}
    near = candidates(units, HER, START)
    assert len(near) == min(len(free), ASKED)
    assert {unit.unit for unit in near} <= set(free)
    found = ranked(near, HER, legs, START)
    assert {one.unit for one in found} == {unit.unit for unit in near}
    known = [one for one in found if not one.asking]
    order = [(one.age == "very_old", one.road_s is None, one.m if one.road_s is None else one.road_s) for one in known]
    assert order == sorted(order)
    assert {one.unit for one in found if one.asking} == ({unit.unit for unit in near} - set(legs) if legs else set())
    for one in found:
        seconds = (START - free[one.unit].at).total_seconds()
        assert one.age == ("very_old" if seconds > VERY_OLD_S else "old" if seconds > OLD_S else "")
        assert (one.road_s is None) == (legs.get(one.unit) is None)
    left = [
        one.m for one in ranked([u for u in free.values() if u not in near], HER, {}, START) if one.age != "very_old"
    ]
    kept = [one.m for one in found]
    assert not left or max(kept) <= min(left) * 1.02 + 1  # the flat earth that chooses them errs by less


@given(some_units(), legs_of)
def test_the_order_of_the_feed_does_not_matter(units: list[UnitNow], legs: dict[str, Leg | None]) -> None:
    near = candidates(units, HER, START)
    assert ranked(near, HER, legs, START) == ranked(near[::-1], HER, legs, START)


def at(unit: str, lat: float, **beside: Any) -> UnitNow:
    return UnitNow(unit=unit, zone="5415", status="available", at=START, fix=Fix(lat, 3.7253), **beside)


def test_a_river_between_makes_the_farther_unit_the_nearer_one() -> None:
    near, far = at("near", 51.06), at("far", 51.08)
    assert [one.unit for one in ranked((near, far), HER, {}, START)] == ["near", "far"]
    legs = {"near": Leg(900.0, 12_000.0), "far": Leg(240.0, 3_100.0)}
    first = ranked((near, far), HER, legs, START)[0]
    assert (first.unit, first.road_s, first.road_m, first.m) == ("far", 240, 3100, 2937)
    legs["far"] = None  # type: ignore[assignment]
    assert [one.unit for one in ranked((near, far), HER, legs, START)] == ["near", "far"]


def test_a_unit_whose_way_by_road_is_not_known_yet_stands_by_its_straight_line_and_says_so() -> None:
    units = [at(name, 51.0536 + n / 100) for n, name in enumerate(("new", "one", "newer", "two", "none"))]
    legs = {"one": Leg(600.0, 4_000.0), "two": Leg(700.0, 5_000.0), "none": None}
    found = ranked(units[::-1], HER, legs, START)
    assert [one.unit for one in found] == ["new", "one", "newer", "two", "none"]
    assert [one.unit for one in found if one.asking] == ["new", "newer"]
    old = START + timedelta(seconds=VERY_OLD_S + 1)
    later = [msgspec.structs.replace(unit, at=old) if unit.unit != "new" else unit for unit in units]
    assert [one.unit for one in ranked(later, HER, legs, old)][-1] == "new"
    assert not any(one.asking for one in ranked(units, HER, {}, START)), "the title says of all that they are asked for"


def test_whatever_measures_from_her_position_asks_whether_that_bears_it() -> None:
    """A module that reads her position and measures, itself or by one that does: this finds the next one."""
    text = {path: path.read_text("utf-8") for path in (ROOT / "dashboard").rglob("*.py")}
    measures = {path for path, said in text.items() if "ground_distance_m" in said}
    by_name = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in measures}
    beside = {path for path, said in text.items() if any(f"from {name} import" in said for name in by_name)}
    from_her = {path for path in measures | beside if re.search(r"\bincident\.position\.fix\b", text[path])}
    asks = {path for path in from_her if "unsure(" in text[path]}
    # The proposal of a zone has its own bar; what is only told on is not measured.
    assert {path.name for path in from_her - asks} <= {"detail.py"} and {"units.py", "relation.py"} <= {
        path.name for path in asks
    }


FAR = (49.6, 5.8)


@pytest.mark.parametrize(
    ("facts", "apart_m", "why"),
    [
        ({}, 2_400.0, ""),
        ({}, 15.0, "wide"),
        ({"fix": replace(HER, radius=12_000.0)}, 2_400.0, "wide"),
        ({"fix": replace(HER, radius=None)}, 2_400.0, "no_circle"),
        ({"fix": replace(HER, radius=None, method="hand")}, 2_400.0, ""),
        ({"at": START - timedelta(seconds=601)}, 2_400.0, "old"),
        ({"at": START - timedelta(seconds=300)}, 300.0, "wide"),  # it has grown
        ({"trail": (HER, replace(HER, lat=FAR[0], lon=FAR[1], time=START))}, 2_400.0, "doubted"),
    ],
)
def test_units_are_compared_only_where_her_position_bears_it(facts: dict[str, Any], apart_m: float, why: str) -> None:
    where = {f"position__{name}": fact for name, fact in ({"fix": HER, "at": START} | facts).items()}
    incident = incident_of("one", START, device="AMR-1", **where)
    assert unsure(incident, track(incident), START, apart_m) == why


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class Asked:
    """A router that answers when it is told to."""

    def __init__(self) -> None:
        self.questions: list[tuple[tuple[Spot, ...], Spot]] = []
        self.answer: Sequence[Leg | None] | Exception = (Leg(240.0, 3000.0),)
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, origins: Sequence[Spot], to: Spot) -> Sequence[Leg | None]:
        self.questions.append((tuple(origins), to))
        await self.go.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


ORIGINS, TO = {"G-1": (51.06, 3.7)}, (51.05, 3.72)


async def test_a_question_is_asked_once_for_all_who_look_and_each_is_told_once() -> None:
    roads, clock, told = Asked(), Clock(), list[str]()
    times = RoadTimes(roads, clock)
    roads.go.clear()
    one, two = (lambda: told.append("one")), (lambda: told.append("two"))
    assert [times.of("a", ORIGINS, TO, who) for who in (one, two, one)] == [Known(straight="asking")] * 3
    await asyncio.sleep(0)
    assert roads.questions == [(((51.06, 3.7),), TO)]
    roads.go.set()
    await until(lambda: sorted(told) == ["one", "two"])
    assert times.of("a", ORIGINS, TO, one).legs == {"G-1": Leg(240.0, 3000.0)}
    clock.at += AGAIN_S - 0.1
    times.of("a", ORIGINS, TO, one)
    await asyncio.sleep(0)
    assert len(roads.questions) == 1
    clock.at += 0.2
    times.of("a", ORIGINS, TO, one)
    await until(lambda: len(roads.questions) == 2)


async def test_nobody_who_looks_asks_nothing_and_an_answer_gets_old() -> None:
    roads, clock = Asked(), Clock()
    times = RoadTimes(roads, clock)
    assert times.of("a", ORIGINS, TO, None) == Known(straight="unasked")
    assert times.of("a", {}, TO, lambda: None) == Known(straight="unasked")
    await asyncio.sleep(0)
    assert roads.questions == []
    times.of("a", ORIGINS, TO, lambda: None)
    await until(lambda: times.of("a", ORIGINS, TO, None).straight == "")
    clock.at += KEPT_S + 0.1
    assert times.of("a", ORIGINS, TO, None) == Known(straight="unasked")
    assert RoadTimes(None).of("a", ORIGINS, TO, lambda: None) == Known(straight="no_router")


@pytest.mark.parametrize(
    ("answer", "straight"),
    [
        (NoRoads("no_answer"), "no_answer"),
        (NoRoads("unreadable"), "unreadable"),
        ((), "unreadable"),
        (RuntimeError("51.06"), "unreadable"),
    ],
)
async def test_a_router_that_fails_leaves_straight_lines_and_says_why(
    answer: Any, straight: str, caplog: pytest.LogCaptureFixture
) -> None:
    roads, clock = Asked(), Clock()
    times = RoadTimes(roads, clock)
    times.of("a", ORIGINS, TO, lambda: None)
    await until(lambda: times.of("a", ORIGINS, TO, None).straight == "")
    roads.answer, clock.at = answer, clock.at + AGAIN_S
    times.of("a", ORIGINS, TO, lambda: None)
    await until(lambda: times.of("a", ORIGINS, TO, None) == Known(straight=straight))  # type: ignore[arg-type]
    assert "51.06" not in caplog.text
    await times.stop()


async def test_of_however_many_alarms_somebody_looks_at_each_is_asked_about_seconds_apart() -> None:
    roads, clock = Asked(), Clock()
    times = RoadTimes(roads, clock)
    names = [f"alarm-{n}" for n in range(2 * ALARMS)]
    for _ in range(3):
        for name in names:
            times.of(name, ORIGINS, TO, lambda: None)
        await until(lambda: all(times.of(name, ORIGINS, TO, None).straight == "" for name in names))
        clock.at += 1.0
    assert len(roads.questions) == len(names)
    clock.at += KEPT_S + 0.1
    for n in range(2 * ALARMS):
        times.of(f"other-{n}", ORIGINS, TO, lambda: None)
    assert len(times._alarms) <= 2 * ALARMS, "nobody looks at the first any more"
    await times.stop()


async def test_who_stops_waits_for_no_router() -> None:
    roads = Asked()
    roads.go.clear()
    times = RoadTimes(roads, Clock())
    times.of("a", ORIGINS, TO, lambda: None)
    async with asyncio.timeout(1):
        await times.stop()


class Desk:
    """A house with units, and a page that looks at her alarm."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.session, self.paper = house.page("Ann")

    async def unit(self, unit: str, lat: float, zone: str = "5416", status: Any = "available") -> None:
        await self.house.report(UnitReport(unit=unit, zone=zone, status=status, fix=Fix(lat, 3.7253)))

    async def select(self, incident: Incident) -> None:
        self.session.take(json.dumps({"do": "seen", "visible": True, "sound": "armed"}))
        self.session.take(json.dumps({"do": "select", "incident": incident.id}))
        await asyncio.sleep(0)

    async def told(self) -> dict[str, Any] | None:
        """What the page is told of units when it looks anew; {} when that is no news."""
        self.session.tick()
        return dict((await self.paper.turn()).get("units") or {})


async def test_a_page_is_told_the_nearest_in_a_straight_line_at_once(house: House) -> None:
    desk = Desk(house)
    incident = await house.press("AMR-00777")
    await desk.unit("far", 51.09)
    await desk.unit("near", 51.06)
    await desk.unit("busy", 51.054, status="en_route")
    await desk.select(incident)
    told = await desk.told()
    assert told is not None and told["id"] == incident.id and told["straight"] == "no_router"
    assert [(one["unit"], one["m"]) for one in told["units"]] == [("near", 712), ("far", 4049)]
    assert told["units"][0]["at"] == START.timestamp() * 1000
    assert await desk.told() == {}, "what stands there is not sent again"
    await desk.unit("near", 51.06, status="assigned")
    told = await desk.told()
    assert told is not None and [one["unit"] for one in told["units"]] == ["far"]


@pytest.mark.parametrize(
    ("radius", "off", "blurred"),
    [(18.0, [None, None], None), (400.0, [400, None], None), (12_000.0, [12_000] * 2, True)],
)
async def test_a_distance_from_a_wide_position_says_how_wide(
    house: House, radius: float, off: list[int | None], blurred: bool | None
) -> None:
    desk = Desk(house)
    await desk.unit("near", 51.06)
    await desk.unit("far", 51.5)
    await desk.select(await house.press("AMR-00777", fix=replace(HER, radius=radius)))
    told = await desk.told()
    assert told is not None and [one.get("off_m") for one in told["units"]] == off
    assert told.get("blurred") is blurred


async def test_a_unit_that_another_open_alarm_asked_for_is_offered_to_no_second_one(house: House) -> None:
    desk = Desk(house)
    first = await house.press("AMR-00777")
    await desk.unit("near", 51.06, "5416")
    await desk.unit("far", 51.09, "5416")
    ann = User(actor=house.desk.pseudonym("Ann"), roles=WITHOUT_SIGN_IN, name="Ann")
    await house.desk.command(do.Acknowledge(id=house.name(), incident=first.id), ann)
    asked = do.Route(id=house.name(), incident=first.id, zone="5416", asked_unit="near", anyway=True)
    await house.desk.command(asked, ann)
    await desk.select(await house.press("AMR-00778"))
    told = await desk.told()
    assert told is not None and [one["unit"] for one in told["units"]] == ["far"]
    await house.desk.command(do.Progress(id=house.name(), incident=first.id, step="declined"), ann)
    told = await desk.told()
    assert told is not None and [one["unit"] for one in told["units"]] == ["near", "far"]


async def test_units_of_a_zone_that_the_case_excludes_or_that_refused_are_not_proposed(house: House) -> None:
    desk = Desk(house)
    incident = await house.press()  # whose case excludes 5415
    for unit, zone in (("hers", "5415"), ("theirs", "5416"), ("ours", "5406")):
        await desk.unit(unit, 51.06, zone)
    await desk.select(incident)
    told = await desk.told()
    assert told is not None and [one["unit"] for one in told["units"]] == ["ours", "theirs"]
    ann = User(actor=house.desk.pseudonym("Ann"), roles=WITHOUT_SIGN_IN, name="Ann")
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), ann)
    asked = do.Route(id=house.name(), incident=incident.id, zone="5416", asked_unit=" theirs ", anyway=True)
    await house.desk.command(asked, ann)
    order = house.desk.board.incidents[incident.id].order
    assert order is not None and order.asked_unit == "theirs"
    await house.desk.command(do.Progress(id=house.name(), incident=incident.id, step="declined"), ann)
    told = await desk.told()
    assert told is not None and [one["unit"] for one in told["units"]] == ["ours"]


async def test_who_the_case_excludes_is_told_of_no_unit(house: House) -> None:
    excluded, paper = house.page("Desk 9")
    incident = await house.press()
    await Desk(house).unit("near", 51.06, "5406")
    excluded.take(json.dumps({"do": "select", "incident": incident.id}))
    await asyncio.sleep(0)
    message = await paper.turn()
    assert message["units"] is None and "near" not in json.dumps(message.get("units"))


async def test_a_page_is_told_again_when_the_router_answers(house: House) -> None:
    roads = Asked()
    house.given.road_times = RoadTimes(roads)
    desk = Desk(house)
    incident = await house.press("AMR-00777")
    await desk.unit("near", 51.06)
    roads.go.clear()
    await desk.select(incident)
    told = await desk.told()
    assert told is not None and (told["straight"], told["units"][0].get("road_s")) == ("asking", None)
    roads.go.set()
    await until(lambda: desk.session._timer is not None)  # it is pushed without being asked
    message = await _merged(desk.session, desk.paper)
    assert (message["units"].get("straight"), message["units"]["units"][0]["road_s"]) == (None, 240)
    assert roads.questions == [(((51.06, 3.7253),), (51.0536, 3.7253))]


async def _merged(session: Session, paper: Paper) -> dict[str, Any]:
    await until(lambda: paper.waiting)
    return await paper.turn()


async def test_a_page_that_nobody_has_in_sight_asks_no_router(house: House) -> None:
    roads = Asked()
    house.given.road_times = RoadTimes(roads)
    desk = Desk(house)
    incident = await house.press("AMR-00777")
    await desk.unit("near", 51.06)
    await desk.select(incident)
    desk.session.take(json.dumps({"do": "seen", "visible": False, "sound": "armed"}))
    await asyncio.sleep(0)
    asked = len(roads.questions)
    await desk.told()
    await asyncio.sleep(0)
    assert len(roads.questions) == asked == 0
