"""One mailbox a page: newest versions, one push at a time, nothing to a page that is not there."""

import asyncio
import json
from time import monotonic
from typing import Any

import pytest
from msgspec.structs import replace

from dashboard.shell.outbox import MERGE_S
from incidents.health import FeedHealth
from incidents.messages import Fix, FixReport, UnitReport
from tests.dashboard.conftest import DEVICE, START, House, Paper
from tests.waiting import LONG_S, until


async def test_a_press_is_pushed_with_the_next_turn(house: House) -> None:
    _, paper = house.page()
    await paper.turn()
    incident = await house.press()
    message = await paper.turn()
    row = message["rows"][incident.id]
    assert (row["label"], row["state"], row["zone_name"], row["municipality"]) == (DEVICE, "raised", "Gent", "Gent")


async def test_twenty_positions_make_one_merged_push(house: House) -> None:
    _, paper = house.page()
    await house.press()
    await paper.turn()
    sent, began = len(paper.sent), monotonic()
    for n in range(20):
        await house.report(FixReport(device=DEVICE, fix=Fix(51.05 + n / 1000, 3.72, 10.0)))
    assert (
        paper.waiting == [] or monotonic() - began >= MERGE_S
    )  # a machine that is busy takes longer than what is merged
    await until(lambda: paper.waiting)
    assert len(paper.waiting) == 1
    await paper.turn()
    assert len(paper.sent) == sent + 1
    assert MERGE_S < 0.25  # four to five times a second


async def test_a_feed_that_is_as_it_was_waits_for_the_heartbeat_and_one_that_fell_silent_does_not(house: House) -> None:
    session, paper = house.page()
    was = FeedHealth(name="112-app", state="live", since=START)
    await house.desk.feed_health(was)
    await paper.turn()
    for seq in range(5):
        await house.desk.feed_health(replace(was, seq=seq, heartbeat_at=START))
    assert paper.waiting == []
    session.tick()
    assert (await paper.turn())["health"]["feed_state"] == "live"
    await house.desk.feed_health(replace(was, state="silent"))
    assert (await paper.turn())["health"]["feed_state"] == "silent"


async def test_a_page_that_is_not_there_is_never_pushed_to(house: House) -> None:
    _, paper = house.page()
    await paper.turn()
    paper.here = False
    await house.press()
    assert paper.waiting == []


async def test_hello_brings_everything_and_the_newest_of_it(house: House) -> None:
    incident = await house.press()
    session, paper = house.page()
    session.take(json.dumps({"do": "hello", "desk": "", "browser": "b", "selected": incident.id}))
    await until(lambda: paper.waiting)
    await asyncio.sleep(0)
    message = await paper.turn()
    assert message["replies"][0]["welcome"]["desk"] == "Desk 1"
    assert list(message["rows"]) == [incident.id]
    assert message["detail"]["case"]["victim"] == "A. Voorbeeld"
    assert message["health"]["recording"] == "ok"


async def ask(session: Any, paper: Paper, **facts: Any) -> dict[str, Any]:
    session.take(json.dumps({"do": "command", "typed": {}, "command": facts}))
    answers: list[dict[str, Any]] = []

    def answered() -> bool:
        answers.extend(
            r["answer"]
            for m in paper.sent
            for r in m.get("replies", ())
            if r.get("answer", {}).get("id") == facts["id"]
        )
        return bool(answers)

    async with asyncio.timeout(LONG_S):
        while not answered():
            await paper.turn()
            await asyncio.sleep(0.01)
    return answers[0]


async def test_second_claim_is_told_who_won(house: House) -> None:
    incident = await house.press()
    (first, one), (second, two) = house.page(), house.page()
    assert (await ask(first, one, do="acknowledge", id="claim-one", incident=incident.id))["ok"]
    told = await ask(second, two, do="acknowledge", id="claim-two", incident=incident.id)
    assert (told["ok"], told["code"], told["who"]) == (False, "taken", "Desk 1")
    assert told["since"] > 0


async def test_a_command_that_fits_no_type_is_refused_and_changes_nothing(house: House) -> None:
    incident = await house.press()
    session, paper = house.page()
    for n, facts in enumerate(
        ({"do": "acknowledge"}, {"do": "hack", "incident": incident.id}, {"do": "note", "incident": 7, "text": []})
    ):
        answer = await ask(session, paper, id=f"wrong-00{n}", **facts)
        assert (answer["ok"], answer["code"]) == (False, "invalid")
    for rubbish in (None, 7, "{", "[]", '{"do": 3}', '{"do": "nothing"}', "x" * 100_000):
        session.take(rubbish)
    assert house.desk.board.incidents[incident.id].state == "raised"


async def test_the_heartbeat_goes_to_every_page(house: House) -> None:
    session, paper = house.page()
    session.tick()
    assert {"tick": True} in (await paper.turn())["replies"]


async def test_a_fault_of_what_is_looked_at_each_second_stops_no_heart_and_no_other_look(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    incident = await house.press()
    session, paper = house.page()
    session.take(json.dumps({"do": "seen", "visible": True, "sound": "armed"}))
    session.take(json.dumps({"do": "select", "incident": incident.id}))
    await until(lambda: session.selected)
    await paper.turn()

    words = "51.0536, 3.7253"

    def broken(*facts: Any) -> None:
        raise ArithmeticError(words)

    monkeypatch.setattr("dashboard.components.case.part.grown", broken)
    await house.report(UnitReport(unit="GENT-21", zone="5416", status="available", fix=Fix(51.06, 3.72)))
    await paper.turn()
    for _ in range(2):
        house.consoles._sessions.beat()
        message = await paper.turn()
        assert {"tick": True} in message["replies"]
    house.desk.board.units.clear()
    house.consoles._sessions.beat()
    assert (await paper.turn())["units"] is None
    assert "ArithmeticError" in caplog.text and words not in caplog.text


async def test_a_fault_of_the_case_keeps_no_alarm_from_the_queue(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = await house.press()
    session, paper = house.page()
    session.take(json.dumps({"do": "select", "incident": first.id}))
    await until(lambda: session.selected)
    await paper.turn()

    def broken(*facts: Any) -> None:
        raise RuntimeError(house.cases.case.victim.name)

    monkeypatch.setattr("dashboard.components.case.part.detail", broken)
    second = await house.press("AMR-00777")
    session.refresh("alarm")
    message = await paper.turn()
    assert second.id in message["rows"]
    assert "could not be made" in caplog.text
    assert "Voorbeeld" not in caplog.text
