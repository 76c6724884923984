"""What a page is sent of a drill: the row, case and mark of an alarm, then DRILL, and nothing once a real alarm is there."""

import asyncio
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from dashboard.components.map.marks import Sight
from dashboard.operator.session import Session
from dashboard.supervisor.session import SupervisorSession
from incidents import commands as cmd
from incidents.drills.fold import Drill
from incidents.messages import Fix, UnitReport
from incidents.roles import User
from tests.dashboard.conftest import House, Paper
from tests.waiting import LONG_S, until

TRAINER = User(actor="tr", roles=frozenset({"trainer"}))
SUPERVISOR = User(actor="su", roles=frozenset({"supervisor"}))


async def live(house: House, *, victim: str = "V. Verzonnen") -> Drill:
    """A drill in the queue of everybody who has a page."""
    await house.well()
    drills = house.desk.drills
    wish = cmd.ProposeDrill(
        id=house.name() + "-p", zone="5415", lat=51.05, lon=3.72, victim=victim, story="A car waits at the school"
    )
    await house.desk.command(wish, TRAINER)
    drill = list(house.desk.board.drills.drills.values())[-1]
    await house.desk.command(cmd.ConfirmDrill(id=house.name() + "-c", drill=drill.id, within_min=0), SUPERVISOR)
    await drills.tick()
    shown = drills.shown
    assert shown is not None
    return shown


def closing(incident: str) -> cmd.Close:
    """The end of a real alarm, so that a drill may come."""
    return cmd.Close(
        id="closing-1",
        incident=incident,
        as_class="test",
        outcome="test_ok",
        verified="duplicate",
        reason="it is over",
        anyway=True,
    )


async def turned(paper: Paper) -> dict[str, Any]:
    """All that came since, later over earlier."""
    before = len(paper.sent)
    await paper.turn()
    return {key: value for message in paper.sent[before:] for key, value in message.items()}


async def test_until_it_is_acknowledged_its_row_is_that_of_an_alarm(house: House) -> None:
    real = await house.press()
    _, paper = house.page("Desk 1")
    await paper.turn()
    as_alarm = house.consoles.rows.encoded(real.id)
    assert as_alarm is not None
    await house.desk.command(closing(real.id), User(actor="su", roles=frozenset({"dispatcher"})))
    drill = await live(house)
    row = (await turned(paper))["rows"][drill.id]
    known = json.loads(bytes(as_alarm))
    # A case may have no weapon, as a drill's has none.
    assert set(row) == set(known) - {"warns"} and "drill" not in json.dumps(row).lower()
    told = ("state", "press", "origin", "zone_name", "municipality", "centre", "next", "loudness", "priority")
    assert {name: row.get(name) for name in told} == {name: known.get(name) for name in told}
    assert re.fullmatch(r"AMR-\d{5}", row["label"])


async def test_until_it_is_acknowledged_the_same_may_be_done_with_it_as_with_an_alarm(house: House) -> None:
    session, paper = house.page("Desk 1")
    told = []
    for id in ((await house.press()).id, ""):
        if not id:
            await house.desk.command(closing(session.selected or ""), User(actor="su", roles=frozenset({"dispatcher"})))
            id = (await live(house)).id
            await turned(paper)
        session.take(json.dumps({"do": "select", "incident": id}))
        await until(partial(lambda chosen: session.selected == chosen, id), LONG_S)
        told.append((await turned(paper))["actions"])
    alarm, drill = told
    assert alarm.pop("id") != drill.pop("id")
    assert drill == alarm and alarm["next"] == "acknowledge"


async def test_its_place_is_said_in_the_readers_language_as_that_of_an_alarm(house: House) -> None:
    """Else its words alone would tell it from an alarm."""
    _, paper = house.page("Desk 1")
    paper.language = "de"
    await paper.turn()
    drill = await live(house)
    near = ""
    async with asyncio.timeout(LONG_S):
        while not near:  # the addresses are read meanwhile
            near = (await turned(paper)).get("rows", {}).get(drill.id, {}).get("near", "")
            await asyncio.sleep(0.02)
    assert near.startswith("Nähe ")


async def test_once_acknowledged_row_and_case_say_drill_and_offer_nothing(house: House) -> None:
    session, paper = house.page("Desk 1")
    drill = await live(house)
    session.take(json.dumps({"do": "select", "incident": drill.id}))
    await until(lambda: session.selected)
    detail = (await turned(paper))["detail"]
    assert detail["case"]["victim"] == "V. Verzonnen" and detail["case"]["state"] == "open"
    assert "A car waits at the school" in json.dumps(detail["case"]) and "DRILL" not in json.dumps(detail)
    session.take(json.dumps({"do": "presented", "ids": [drill.id], "audible": True}))
    await until(lambda: house.desk.board.drills.drills[drill.id].presented)
    house.clock.pass_s(3)
    session.take(
        json.dumps({"do": "command", "command": {"do": "acknowledge", "id": "take-00001", "incident": drill.id}})
    )
    await until(lambda: house.desk.board.drills.drills[drill.id].acknowledged_by)
    await asyncio.sleep(0)
    row = (await turned(paper))["rows"][drill.id]
    assert row["drill"] and row["label"].startswith("DRILL ") and row["owner"] == "Desk 1" and "next" not in row
    for wish in ({"do": "route", "zone": "5415"}, {"do": "note", "text": "x"}, {"do": "progress", "step": "on_scene"}):
        before = len(paper.sent)
        session.take(
            json.dumps({"do": "command", "command": {"id": house.name() + "-w", "incident": drill.id, **wish}})
        )
        await until(lambda: paper.waiting)
        await paper.turn()
        answers = [r["answer"] for m in paper.sent[before:] for r in m.get("replies", []) if "answer" in r]
        assert [a["code"] for a in answers] == ["drill"]
    assert house.desk.board.incidents == {}


async def test_until_it_is_acknowledged_units_stand_there_as_for_an_alarm(house: House) -> None:
    session, paper = house.page("Desk 1")
    await house.report(UnitReport(unit="GENT-21", zone="5415", status="available", fix=Fix(51.06, 3.72)))
    drill = await live(house)
    session.take(json.dumps({"do": "select", "incident": drill.id}))
    await until(lambda: session.selected)
    told = (await turned(paper))["units"]
    assert (told["id"], [one["unit"] for one in told["units"]]) == (drill.id, ["GENT-21"])
    await house.desk.command(cmd.Acknowledge(id="acknowledging-1", incident=drill.id), session.user)
    session.take(json.dumps({"do": "select", "incident": drill.id}))
    await asyncio.sleep(0)
    assert (await turned(paper))["units"] is None


async def test_a_real_press_comes_in_the_message_that_takes_the_drill_away_and_says_so(house: House) -> None:
    _, paper = house.page("Desk 1")
    drill = await live(house)
    await paper.turn()
    before = len(paper.sent)
    incident = await house.press()
    await paper.turn()
    first = paper.sent[before]
    assert first["rows"][drill.id] is None and first["rows"][incident.id]["state"] == "raised"
    assert first["drill"]["why"] == "alarm"


async def test_a_fault_in_a_drill_keeps_no_alarm_from_the_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _, paper = house.page("Desk 1")
    await live(house)
    await paper.turn()
    monkeypatch.setattr(house.consoles.drills, "shown_to", lambda session: 1 / 0)
    incident = await house.press()
    assert (await turned(paper))["rows"][incident.id]["state"] == "raised"


async def test_it_comes_to_the_pages_of_those_it_is_for_and_to_no_other(house: House) -> None:
    here, paper = house.page("Desk 1")
    drill = await live(house)
    late, _ = house.page("Desk 2")
    floor = SupervisorSession(house.consoles, Paper())  # type: ignore[arg-type]
    house.consoles.enter(floor, "Desk 1", here.browser)
    assert drill.id in (await turned(paper))["rows"]
    here.covers = frozenset({"ANT"})  # a neighbour's console, whoever sits there
    told = json.loads(here.compose())
    assert told["rows"] == {drill.id: None} and "drill" not in told
    for page in (late, floor):
        assert drill.id not in json.loads(page.compose()).get("rows", {})


async def test_the_map_draws_it_where_it_would_be(house: House) -> None:
    drawn: list[Sight] = []

    class Map:
        def show(self, sight: Callable[[], Sight]) -> None:
            drawn.append(sight())

    paper = Paper()
    session = Session(house.consoles, paper, Map())
    house.consoles.enter(session, "Desk 1", "b1")
    drill = await live(house)
    await session._drawing._draw()
    assert (shown := drawn[-1].incident(drill.id)) is not None
    assert shown.position.fix is not None and shown.position.fix.lat == 51.05
    await house.press()
    await session._drawing._draw()
    assert drawn[-1].incident(drill.id) is None
