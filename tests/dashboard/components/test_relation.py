"""Where she is from her places: for who is shown the case, never surer than two fixes are, and nowhere else."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from dashboard.components.case.relation import relation
from incidents import commands as do
from incidents.case import Protected
from incidents.incident import Incident
from incidents.messages import Fix, FixReport
from incidents.roles import User
from tests.dashboard.conftest import FewCases, House
from tests.incidents.facts import incident_of, with_facts

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
HOME = Protected(name="home, Lindestraat 7, 9000 Gent", lat=51.05, lon=3.72)
FAR = Protected(name="work", lat=51.2, lon=3.72)
CASE = replace(FewCases().case, places=(FAR, HOME))


def fix(south_m: float, ago_s: float | None = 0.0, radius: float | None = 10.0) -> Fix:
    time = None if ago_s is None else NOW - timedelta(seconds=ago_s)
    return Fix(HOME.lat - south_m / 111_250, HOME.lon, radius, time=time)


def at(*trail: Fix) -> Incident:
    """An alarm that was there, the last position its newest."""
    where = {"position__fix": trail[-1], "position__at": NOW, "position__trail": trail}
    return incident_of("one", NOW, device="AMR-1", **where)


@pytest.mark.parametrize(
    ("trail", "words"),
    [
        ((fix(310),), "310 m S of home"),
        ((fix(200, 100), fix(310)), "310 m S of home, moving away at 4 km/h"),
        ((fix(430, 100), fix(310)), "310 m S of home, coming nearer at 4 km/h"),
        ((fix(295, 100), fix(310)), "310 m S of home"),  # less than both are sure
        ((fix(200, 100, None), fix(310)), "310 m S of home"),
        ((fix(200, None), fix(310)), "310 m S of home"),  # nobody knows when
        ((fix(200, 2), fix(310)), "310 m S of home"),
        ((fix(200, 1000), fix(310)), "310 m S of home"),
        ((fix(200, 100), fix(295, 50), fix(310)), "310 m S of home, moving away at 4 km/h"),  # the last that tells
        ((fix(310, -100), fix(310)), "310 m S of home"),
        ((fix(310, 0, 60.0),), "310 m ± 60 m S of home"),
        ((fix(310, 0, 400.0),), "near home"),
        ((fix(310, 0, 12_000.0),), ""),  # a town is near to nothing in it
        ((fix(310, 0, None),), ""),
    ],
)
def test_it_is_said_as_surely_as_two_positions_allow(trail: tuple[Fix, ...], words: str) -> None:
    assert relation(at(*trail), CASE, str, now=NOW).replace("\u00a0", " ") == words


def test_without_position_case_or_places_nothing_is_said() -> None:
    assert relation(with_facts(at(fix(310)), position__fix=None), CASE, str, now=NOW) == ""
    assert relation(at(fix(310)), None, str, now=NOW) == ""
    assert relation(at(fix(310)), replace(CASE, places=()), str, now=NOW) == ""


async def test_which_place_she_left_is_told_as_her_places_are_and_to_nobody_else(house: House) -> None:
    house.cases.case = msgspec.structs.replace(house.cases.case, places=(HOME,), exclusions=())
    session, paper = house.page("Jan")
    _, others = house.page("Els")
    incident = await house.press(fix=fix(0, 300))
    await session._select(incident.id)
    me = User(actor="me", roles=frozenset({"dispatcher"}), name="Jan")
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), me)
    await house.report(FixReport(device=incident.device or "", fix=fix(310)))
    now = house.desk.board.incidents[incident.id]
    assert (now.realarm, [one.way for one in now.position.passages]) == ("place", ["left"])
    shown = (await paper.turn())["detail"]
    assert [(one["place"], one["way"]) for one in shown["live"]["passages"]] == [("home", "left")]
    assert [line["text"] for line in shown["history"] if line["code"] == "place_left"] == ["home"]
    rows = [house.consoles.rows.encoded(incident.id), house.consoles.locked_rows.encoded(incident.id)]
    told = [bytes(row or b"").decode() for row in rows] + [json.dumps(await others.turn())]
    assert all('"realarm":"place"' in row for row in told[:2]), "that it alarms again is everybody's"
    assert not [text for text in told if "home" in text or "place_left" in text or "passages" in text]
    house.cases.state = "locked"
    session.refresh("alarm")
    hidden = (await paper.turn())["detail"]
    assert "passages" not in hidden["live"] and "home" not in json.dumps(hidden)
    codes = {line["code"] for line in hidden["history"]}
    assert "place_passed" in codes and codes.isdisjoint({"place_left", "place_reached"}), "nor which way she went"


async def test_only_a_page_that_is_shown_the_case_is_told_and_no_row_order_or_page_of_another(house: House) -> None:
    house.cases.case = msgspec.structs.replace(house.cases.case, places=(HOME,), exclusions=())
    session, paper = house.page("Jan")
    other, others = house.page("Els")
    incident = await house.press(fix=fix(310, None))
    await session._select(incident.id)
    shown = (await paper.turn())["detail"]
    assert shown["live"]["relation"] == "310 m S of home"
    me = User(actor="me", roles=frozenset({"dispatcher"}), name="Jan")
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), me)
    await house.desk.command(do.Route(id=house.name(), incident=incident.id, zone="5415"), me)
    await house.report(FixReport(device=incident.device or "", fix=fix(330, None)))
    now = house.desk.board.incidents[incident.id]
    assert now.order is not None
    rows = [house.consoles.rows.encoded(incident.id), house.consoles.locked_rows.encoded(incident.id)]
    told = [bytes(row or b"").decode() for row in rows] + [one.body for one in now.order.outbox]
    told += [json.dumps(await others.turn()), house.consoles.services.whereabouts.now(now)]
    assert not [text for text in told if " of home" in text or "relation" in text]
    house.cases.state = "locked"
    session.refresh("alarm")
    assert "relation" not in (await paper.turn())["detail"]["live"]
    assert other.selected is None
